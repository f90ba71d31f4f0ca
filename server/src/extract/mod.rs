//! The text of a file: a PDF, or what word processors, spreadsheets and slides are saved as. What of it was not read is said with it.
//!
//! Files come from strangers, and the libraries that read them are large: `apart` has it done by a process of its own.

mod apart;
mod office;
mod pdf;
mod sheets;
mod xml;

pub use apart::{Reader, answer, this_program};

use serde::{Deserialize, Serialize};

/// Where a text stands, as whoever opens the file finds it; each counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spot {
    Line(usize),
    Page(usize),
    Row {
        sheet: String,
        row: usize,
    },
    /// A field of a catalogue, by its name.
    Field(String),
    /// What is in it has no numbers: a paragraph, a comment, what belongs to the file itself.
    #[default]
    Somewhere,
}

/// What of a file was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// A password is asked for.
    Locked,
    /// No text is in it: a picture, or a scan.
    NoText,
    /// It is none of the kinds that are read.
    OtherKind,
    Damaged,
    /// It takes more memory, or holds more when it is unpacked, than it is given.
    TooLarge,
    TooLong,
    /// It could not be begun.
    Failed,
    /// Others come first: when it is asked for again, it may be there.
    Waiting,
    /// It is looked at when it is submitted.
    Later,
    /// Pages with a picture that may be a text, or with letters of which nothing says which they are.
    Pages(Vec<usize>),
    Pictures,
    /// Files within it.
    Embedded,
    /// All behind as much as is taken.
    Rest,
}

impl Gap {
    /// A stable name for it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Gap::Locked => "locked",
            Gap::NoText => "no-text",
            Gap::OtherKind => "other-kind",
            Gap::Damaged => "damaged",
            Gap::TooLarge => "too-large",
            Gap::TooLong => "too-long",
            Gap::Failed => "failed",
            Gap::Waiting => "waiting",
            Gap::Later => "later",
            Gap::Pages(_) => "pages",
            Gap::Pictures => "pictures",
            Gap::Embedded => "embedded",
            Gap::Rest => "rest",
        }
    }

    /// The pages it is about, those in a row together: `2–5, 9`. Nothing where it is about no pages.
    #[must_use]
    pub fn pages(&self) -> String {
        let Gap::Pages(pages) = self else { return String::new() };
        let mut rows: Vec<(usize, usize)> = Vec::new();
        for page in pages {
            match rows.last_mut() {
                Some((_, last)) if *last + 1 == *page => *last = *page,
                _ => rows.push((*page, *page)),
            }
        }
        let said =
            rows.iter().take(MOST_ROWS).map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") });
        let said = said.collect::<Vec<_>>().join(", ");
        if rows.len() > MOST_ROWS { format!("{said} …") } else { said }
    }
}

/// Most rows of pages that are told.
const MOST_ROWS: usize = 12;

/// A text of a file that stands in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub spot: Spot,
    pub text: String,
}

/// All that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    pub pieces: Vec<Piece>,
    pub gaps: Vec<Gap>,
}

/// How much is unpacked and taken.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most bytes of one file in a package, and of all of them, unpacked; and most files.
    pub entry: u64,
    pub entries: u64,
    pub files: usize,
    /// Most bytes of text.
    pub text: usize,
    pub pages: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { entry: 128 << 20, entries: 384 << 20, files: 20_000, text: 8 << 20, pages: 5_000 }
    }
}

/// Reads a file within bounds. It may still end in a panic, or take long: see [`Reader`].
#[must_use]
pub fn extract(bytes: Vec<u8>, bounds: Bounds) -> Extracted {
    let mut text = Text { bounds, room: bounds.text, pieces: vec![], gaps: vec![] };
    match read(bytes, &mut text, 0) {
        Err(gap) => text.gap(gap),
        Ok(()) if text.pieces.is_empty() => {
            text.gaps.retain(|gap| !matches!(gap, Gap::Pages(_) | Gap::Pictures));
            text.gap(Gap::NoText);
        }
        Ok(()) => {}
    }
    Extracted { pieces: text.pieces, gaps: text.gaps }
}

/// How files begin that are read here.
const PDF: &[u8] = b"%PDF";
const PACKAGE: &[u8] = b"PK\x03\x04";
const BINARY: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Whether bytes are of a kind that is read here, whatever they are called.
#[must_use]
pub fn reads(bytes: &[u8]) -> bool {
    [PDF, PACKAGE, BINARY].iter().any(|begin| bytes.starts_with(begin))
}

/// By its first bytes, whatever it is called. `depth`: in how many other files it lies.
fn read(bytes: Vec<u8>, text: &mut Text, depth: usize) -> Result<(), Gap> {
    if bytes.starts_with(PDF) {
        pdf::read(bytes, text, depth)
    } else if bytes.starts_with(PACKAGE) {
        office::package(&bytes, text, depth)
    } else if bytes.starts_with(BINARY) {
        sheets::binary(&bytes, text)
    } else {
        Err(Gap::OtherKind)
    }
}

/// What has been read so far.
struct Text {
    bounds: Bounds,
    /// Bytes that are taken still.
    room: usize,
    pieces: Vec<Piece>,
    gaps: Vec<Gap>,
}

impl Text {
    /// About what a piece takes beside its text where it is handed on.
    const BESIDE: usize = 64;

    /// Takes a text, if anything is in it. False: no more is taken.
    fn take(&mut self, spot: Spot, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() {
            return true;
        }
        let fits = text.floor_char_boundary(self.room.saturating_sub(Text::BESIDE));
        let kept = text[..fits].chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
        self.room = self.room.saturating_sub(fits + Text::BESIDE);
        if fits > 0 {
            self.pieces.push(Piece { spot, text: kept });
        }
        if fits < text.len() {
            self.gap(Gap::Rest);
        }
        fits == text.len()
    }

    fn gap(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Reads a file that lies in one which lies in `depth` others. What lies deeper, or is of no kind that is read, is said to be there.
    fn embedded(&mut self, bytes: Vec<u8>, depth: usize) {
        if depth > 0 || read(bytes, self, depth + 1).is_err() {
            self.gap(Gap::Embedded);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(most: usize) -> Text {
        Text { bounds: Bounds::default(), room: most, pieces: vec![], gaps: vec![] }
    }

    #[test]
    fn pages_in_a_row_are_told_together_and_not_without_end() {
        assert_eq!(Gap::Pages(vec![2, 3, 4, 9]).pages(), "2–4, 9");
        assert_eq!(Gap::Pages((1..100).map(|page| 2 * page).collect()).pages(), "2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24 …");
        assert_eq!(Gap::Locked.pages(), "");
    }

    #[test]
    fn more_text_than_is_taken_is_cut_between_letters_and_that_is_said() {
        let mut text = text(Text::BESIDE + 4);
        assert!(text.take(Spot::Page(1), "  "), "nothing is in it");
        assert!(!text.take(Spot::Page(1), "灯笼"));
        assert_eq!((text.pieces[0].text.as_str(), &text.gaps[..]), ("灯", &[Gap::Rest][..]));
        assert!(!text.take(Spot::Page(2), "more") && text.pieces.len() == 1);
    }

    #[test]
    fn what_controls_a_terminal_is_no_text() {
        let mut text = text(1 << 10);
        assert!(text.take(Spot::Somewhere, "a\u{1}b\tc\nd"));
        assert_eq!(text.pieces[0].text, "a b\tc\nd");
    }

    #[test]
    fn a_file_of_no_kind_that_is_read_is_said_to_be_that() {
        assert_eq!(extract(b"GIF89a".to_vec(), Bounds::default()), Extracted { pieces: vec![], gaps: vec![Gap::OtherKind] });
    }
}
