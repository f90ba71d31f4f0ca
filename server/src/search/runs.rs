//! How text is read for searching: folded characters, gathered into runs of Han and into words.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// What a run is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Characters written without spaces between words: Han and kana.
    Han,
    /// Letters and digits of every other script.
    Word,
}

/// A stretch of text of one kind, already folded.
#[derive(Debug)]
pub struct Run<'a> {
    pub kind: Kind,
    /// Lower case, half width, without accents and without invisible characters.
    pub text: &'a str,
    /// For each byte of `text` that begins a character, and for its end: where that stood in the source.
    pub source: &'a [u32],
    /// A sentence ended since the last run: no phrase reaches across.
    pub after_stop: bool,
}

impl Run<'_> {
    /// Byte range in the source of a byte range of `text`.
    pub fn source_range(&self, from: usize, to: usize) -> (usize, usize) {
        (self.source[from] as usize, self.source[to] as usize)
    }
}

/// Longest word in bytes; what is longer is cut, in texts and in queries alike.
const WORD_LIMIT: usize = 96;

/// A run this long is handed over in pieces, so that no text makes a buffer grow without end.
const HAN_LIMIT: usize = 48 * 1024;

/// Reads `text` and hands its runs to `sink` in order, until `sink` answers false.
pub fn read(text: &str, mut sink: impl FnMut(&Run<'_>) -> bool) {
    let mut reader = Reader::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let inside_word =
            |next: Option<&(usize, char)>| reader.kind == Some(Kind::Word) && next.is_some_and(|(_, n)| n.is_alphabetic() && !is_han(*n));
        if matches!(c, '\'' | '’' | 'ʼ' | '＇') && inside_word(chars.peek()) {
            reader.push(Kind::Word, '\'', at, after);
            continue;
        }
        let mut more = true;
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                more = reader.accept(Kind::Word, c.to_ascii_lowercase(), at, after, &mut sink);
            } else {
                more = reader.separate(c, &mut sink);
            }
        } else if is_ideograph(c) {
            more = reader.accept(Kind::Han, c, at, after, &mut sink);
        } else if !is_invisible(c) {
            fold(c, &mut |folded| {
                more = more
                    && match kind(folded) {
                        Some(kind) => reader.accept(kind, folded, at, after, &mut sink),
                        None => reader.separate(folded, &mut sink),
                    };
            });
        }
        if !more {
            return;
        }
    }
    reader.flush(&mut sink);
}

/// The folded spelling of one character: compatibility form, no accents, lower case. May be empty.
fn fold(c: char, emit: &mut dyn FnMut(char)) {
    // Syllables and voiced kana must stay whole: their parts are not accents.
    if matches!(c, '\u{3040}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}') {
        return emit(c);
    }
    decompose_compatible(c, |part| {
        if !is_combining_mark(part) {
            part.to_lowercase().filter(|l| !is_combining_mark(*l)).for_each(&mut *emit);
        }
    });
}

fn kind(c: char) -> Option<Kind> {
    if is_han(c) {
        Some(Kind::Han)
    } else if c.is_alphanumeric() {
        Some(Kind::Word)
    } else {
        None
    }
}

/// Characters a segmentation dictionary knows.
pub fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}')
}

fn is_han(c: char) -> bool {
    // Private use characters stand for rare ideographs that a source could not spell.
    is_ideograph(c)
        || matches!(c, '々' | '〇' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{E000}'..='\u{F8FF}' | '\u{F900}'..='\u{FAFF}')
}

/// Characters that show nothing: zero-width, direction controls, soft hyphens, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[derive(Default)]
struct Reader {
    kind: Option<Kind>,
    text: String,
    source: Vec<u32>,
    end: u32,
    stop: bool,
}

impl Reader {
    fn accept(&mut self, kind: Kind, c: char, at: usize, after: usize, sink: &mut impl FnMut(&Run<'_>) -> bool) -> bool {
        if (self.kind.is_some_and(|k| k != kind) || self.text.len() > HAN_LIMIT) && !self.flush(sink) {
            return false;
        }
        self.push(kind, c, at, after);
        true
    }

    fn push(&mut self, kind: Kind, c: char, at: usize, after: usize) {
        self.kind = Some(kind);
        if kind == Kind::Word && self.text.len() + c.len_utf8() > WORD_LIMIT {
            return;
        }
        self.text.push(c);
        self.source.resize(self.text.len(), at as u32);
        self.end = after as u32;
    }

    fn separate(&mut self, c: char, sink: &mut impl FnMut(&Run<'_>) -> bool) -> bool {
        let more = self.flush(sink);
        self.stop |= matches!(c, '。' | '!' | '?');
        more
    }

    fn flush(&mut self, sink: &mut impl FnMut(&Run<'_>) -> bool) -> bool {
        let Some(kind) = self.kind.take() else { return true };
        self.source.push(self.end);
        let more = sink(&Run { kind, text: &self.text, source: &self.source, after_stop: self.stop });
        self.text.clear();
        self.source.clear();
        self.stop = false;
        more
    }
}

/// One spelling for a document or index number, whatever brackets, dashes, spaces or case it was typed with:
/// letters and digits, with a hyphen where something else stood or letters meet digits.
pub fn number(text: &str) -> String {
    let mut out = String::new();
    read(text, |run| {
        let mut last: Option<bool> = None;
        if !out.is_empty() {
            out.push('-');
        }
        for c in run.text.chars() {
            let digit = c.is_numeric();
            if last.is_some_and(|l| l != digit) {
                out.push('-');
            }
            out.push(c);
            last = Some(digit);
        }
        out.len() < 4 * WORD_LIMIT
    });
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn runs(text: &str) -> Vec<(Kind, String)> {
        let mut out = Vec::new();
        read(text, |run| {
            out.push((run.kind, run.text.to_owned()));
            true
        });
        out
    }

    #[test]
    fn full_width_accents_case_and_invisible_characters_make_no_difference() {
        let plain = runs("Muller cafe 2019年abc");
        assert_eq!(runs("ＭÜLLER\u{200B} Cafe\u{301} ２０１９年ＡＢＣ"), plain);
        assert_eq!(runs("mu\u{202E}ller ca\u{AD}fé 2019年abc"), plain);
    }

    #[test]
    fn han_and_latin_part_where_they_meet() {
        assert_eq!(
            runs("关于IT服务的employer's report"),
            [(Kind::Han, "关于"), (Kind::Word, "it"), (Kind::Han, "服务的"), (Kind::Word, "employer's"), (Kind::Word, "report")]
                .map(|(k, t)| (k, t.to_owned()))
        );
    }

    #[test]
    fn a_run_knows_where_it_stood() {
        let text = "见《ＡＢ\u{200B}C》，青禾\u{200B}市";
        let mut found = Vec::new();
        read(text, |run| {
            let (from, to) = run.source_range(0, run.text.len());
            found.push(text[from..to].to_owned());
            true
        });
        assert_eq!(found, ["见", "ＡＢ\u{200B}C", "青禾\u{200B}市"]);
    }

    #[test]
    fn a_number_has_one_spelling_whatever_its_brackets() {
        for written in ["国发〔2019〕5号", "国发[2019]5号", "国发（２０１９）5 号", "国发(2019)5号", "国发2019 5号", "国发【2019】5号"]
        {
            assert_eq!(number(written), "国发-2019-5-号", "{written}");
        }
        assert_eq!(number("icsa-23-348-10"), number("ICSA 23–348–10"));
        assert_eq!(number("Executive Order 13959"), "executive-order-13959");
    }
}
