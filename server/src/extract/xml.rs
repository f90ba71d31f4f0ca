//! The text of one XML part of a document: letters of one paragraph or cell stay together, whatever marks them up.

use super::{Gap, Text};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// What a part is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Paragraphs and cells, with marks within them.
    #[default]
    Running,
    /// Fields, each by itself, with all that is said in attributes.
    Fields,
    /// What stands beside the cells of a sheet: headers, remarks, formulas, what may be chosen. The cells are read elsewhere.
    Beside,
}

/// Elements that part one text from the next in OOXML, OpenDocument and OFD. All others are marks within a text: Word parts a number
/// for no more than that somebody changed a digit of it later.
const PARTING: [&str; 22] = [
    "p",
    "h",
    "br",
    "cr",
    "line-break",
    "tab",
    "tc",
    "tr",
    "table-cell",
    "table-row",
    "row",
    "c",
    "v",
    "f",
    "si",
    "is",
    "cell",
    "comment",
    "text",
    "note",
    "annotation",
    "TextObject",
];

/// Attributes that people write in, or that keep a copy of what stands elsewhere.
const SAYING: &[&str] = &[
    "descr",
    "title",
    "alt",
    "altText",
    "tooltip",
    "prompt",
    "promptTitle",
    "error",
    "errorTitle",
    "display",
    "displayText",
    "Target",
    "href",
    "value",
    "string-value",
    "v",
];

/// What a cell of a sheet shows.
const SHOWN: [&str; 2] = ["v", "is"];

/// The text of a part; where it is broken, as far as it goes.
pub(super) fn text_of(xml: &[u8], kind: Kind, into: &mut Text) -> String {
    // By its mark; without one it is UTF-8.
    let (xml, ..) = encoding_rs::UTF_8.decode(xml);
    let mut reader = Reader::from_str(&xml);
    let mut texts = Texts { kind, ..Texts::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                texts.element(&element);
                let name = element.local_name().into_inner();
                texts.in_deleted |= name == "delText";
                texts.in_cell |= kind == Kind::Beside && SHOWN.contains(&name);
            }
            Ok(Event::Empty(element)) => texts.element(&element),
            Ok(Event::End(element)) => {
                let name = element.local_name().into_inner();
                texts.in_deleted &= name != "delText";
                texts.in_cell &= !SHOWN.contains(&name);
                texts.parted_by(name);
            }
            // Indented files have lines between their elements that are no text.
            Ok(Event::Text(text)) if text.trim().is_empty() && text.contains('\n') => {}
            Ok(Event::Text(text)) => texts.letters(&text),
            Ok(Event::CData(text)) => texts.letters(&text),
            Ok(Event::GeneralRef(named)) => match named.resolve_char_ref() {
                Ok(Some(letter)) => texts.letters(letter.encode_utf8(&mut [0; 4])),
                // `&amp;` and its like, none of which is a digit.
                _ => texts.letters("&"),
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                into.gap(Gap::Damaged);
                break;
            }
        }
    }
    let Texts { text, deleted, beside, .. } = texts;
    let text = if kind == Kind::Beside { without_codes(&text) } else { text };
    [text, deleted, beside].join("\n")
}

/// In headers and footers of a sheet, `&` and a letter say how the text behind is set: `&L` at the left, `&K` and six digits in which
/// colour.
fn without_codes(text: &str) -> String {
    let mut parts = text.split('&');
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = match part.chars().next() {
            Some('K') => part.char_indices().take_while(|(at, c)| *at < 7 && (c.is_ascii_alphanumeric() || matches!(c, '+' | '-'))).count(),
            Some(c) if c.is_ascii_alphabetic() => 1,
            _ => 0,
        };
        said.push(if code > 0 { '\n' } else { '&' });
        said.push_str(&part[code..]);
    }
    said
}

#[derive(Default)]
struct Texts {
    kind: Kind,
    text: String,
    /// What was deleted and is kept to be seen: it stands between letters that belong together.
    deleted: String,
    in_deleted: bool,
    /// In what a cell shows, which is not wanted.
    in_cell: bool,
    /// What attributes say.
    beside: String,
}

impl Texts {
    fn letters(&mut self, letters: &str) {
        if self.in_cell {
            return;
        }
        let to = if self.in_deleted { &mut self.deleted } else { &mut self.text };
        to.push_str(letters);
    }

    fn parted_by(&mut self, name: &str) {
        if self.kind != Kind::Running || PARTING.contains(&name) {
            for text in [&mut self.text, &mut self.deleted] {
                // One is enough, however many cells there are that say nothing.
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
        } else if name == "del" {
            self.deleted.push('\n');
        } else if name == "s" {
            self.text.push(' ');
        } else if name == "noBreakHyphen" {
            self.text.push('-');
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) {
        self.parted_by(element.local_name().into_inner());
        let mut attributes = element.attributes();
        for attribute in attributes.with_checks(false).flatten() {
            let name = attribute.key.local_name().into_inner();
            // What only leads to another part of the same package is for programs.
            let says = match self.kind {
                Kind::Fields => attribute.key.as_namespace_binding().is_none(),
                Kind::Running | Kind::Beside => SAYING.contains(&name) && (name != "Target" || attribute.value.contains(':')),
            };
            if says {
                let said = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default();
                self.beside.push_str(&said);
                self.beside.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Bounds;

    fn read(xml: &str) -> (String, Vec<Gap>) {
        read_as(Kind::Running, xml)
    }

    fn read_as(kind: Kind, xml: &str) -> (String, Vec<Gap>) {
        let mut into = Text { bounds: Bounds::default(), room: 1 << 20, pieces: vec![], gaps: vec![] };
        let text = text_of(xml.as_bytes(), kind, &mut into);
        (text.split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join("|"), into.gaps)
    }

    #[test]
    fn a_number_in_several_runs_is_one_and_two_cells_are_two() {
        let word = "<w:p><w:r><w:t>1380</w:t></w:r><w:proofErr w:type=\"x\"/><w:r><w:rPr><w:b/></w:rPr><w:t>0138000</w:t></w:r></w:p>";
        assert_eq!(read(word).0, "13800138000");
        assert_eq!(read("<w:tr><w:tc><w:p><w:t>1</w:t></w:p></w:tc>\n  <w:tc><w:p><w:t>2</w:t></w:p></w:tc></w:tr>").0, "1|2");
        assert_eq!(read("<text:p>12<text:span>3</text:span>4<text:note>1</text:note><text:tab/>5</text:p>").0, "1234|1|5");
    }

    #[test]
    fn what_was_deleted_and_is_still_in_the_file_is_read_and_parts_nothing() {
        let changed =
            "<w:p><w:r><w:t>138</w:t></w:r><w:del><w:r><w:delText>99</w:delText></w:r></w:del><w:r><w:t>00138000</w:t></w:r></w:p>";
        assert_eq!(read(changed).0, "13800138000|99");
    }

    #[test]
    fn letters_written_as_numbers_and_what_attributes_say_are_read() {
        assert_eq!(read("<p title=\"a &amp; b\" id=\"7\">&#49;3&#x38;&amp;</p>").0, "138&|a & b");
    }

    #[test]
    fn fields_are_read_each_by_itself_with_their_attributes() {
        let meta = "<meta xmlns:dc=\"13900139000\"><creator>A1</creator><phone of=\"home\">13800138000</phone></meta>";
        assert_eq!(read_as(Kind::Fields, meta).0, "A1|13800138000|home");
    }

    #[test]
    fn what_stands_beside_the_cells_of_a_sheet_is_read_without_the_cells() {
        let sheet = "<sheetData><c r=\"A1\"><f>\"139\"&amp;B1</f><v>7</v></c><c><is><r><t>8</t></r></is></c></sheetData>\
                     <dataValidation prompt=\"call\"><formula1>1,2</formula1></dataValidation>\
                     <oddHeader>&amp;L13800138000&amp;KFF000013700137000&amp;K00&amp;\"a,b\"c</oddHeader>";
        assert_eq!(read_as(Kind::Beside, sheet).0, "\"139\"|1|1,2|13800138000|13700137000|&\"a,b\"c|call");
    }

    #[test]
    fn a_broken_part_is_read_as_far_as_it_goes_and_that_is_said() {
        assert_eq!(read("<p>138</p><q></r>"), ("138".into(), vec![Gap::Damaged]));
        let wide: Vec<u8> = std::iter::once(0xfeff_u16).chain("<p>灯</p>".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let mut into = Text { bounds: Bounds::default(), room: 1 << 20, pieces: vec![], gaps: vec![] };
        assert_eq!(text_of(&wide, Kind::Running, &mut into).trim(), "灯");
    }
}
