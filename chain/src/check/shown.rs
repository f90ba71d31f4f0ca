//! Whether the text a page shows is the committed one: both are walked side by side, and nothing may be left over in either.
//!
//! A browser's `innerHTML` of the shown text is its own certificate: each element says which Markdown it was made from, and
//! that syntax must stand in the source at just that place. Nothing else of the source may be passed over, so that a word,
//! digit or sign that is left out, added, moved or altered has no place to hide. What this does not understand, differs: a
//! page that shows the source itself in a `<pre>` always passes.
//!
//! Words must be apart where the source has them apart; how wide the space is, and which heading is how large, is not compared.
//! `docs/protocol.md` says the whole of it, for other readers. Every step looks at a bounded piece, or at one that is then
//! passed, so that no text makes the walk longer than in proportion.

mod elements;
mod syntax;

use crate::statement::Names;
pub use syntax::decoded as resolved;
use syntax::{decoded, definition};

/// Longer runs of one mark are no marks here. CommonMark knows no such limit, but no text needs more.
const LONGEST_RUN: usize = 99;

/// What must stand in the source where an element of the page ends.
enum End<'s> {
    Nothing,
    /// The mark that the element began with, and the source behind it.
    Mark(&'s str, &'s str),
    /// The marks around the code, and whether there is space within them on both sides, which is not shown.
    Code(&'s str, bool),
    /// HTML in the source, shown as it is written.
    Written,
    Address,
    /// Where the link leads, and the source from its text on.
    Link(String, &'s str),
    Heading,
    Underline,
    Fence(char, usize),
    Pre,
    Quote,
    List,
    Cell,
    Row,
    Head,
    Table,
}

struct Walk<'s> {
    /// What of the source was not yet shown.
    rest: &'s str,
    markdown: bool,
    /// The source's character before `rest`.
    last: char,
    /// Only marks of lists and quotations stand before `rest` on its line.
    fresh: bool,
    /// The space before `rest` on its line, or behind the mark of quotation there.
    indent: usize,
    /// The line before was empty, so that a definition may follow.
    blank: bool,
    /// How many lines were empty so far.
    blanks: usize,
    /// Marks of quotation passed over on this line, and how many there may be.
    quoted: usize,
    quotes: usize,
    /// Space met since the last character, in the source and on the page, and whether it matters here.
    apart: bool,
    shown_apart: bool,
    loose: bool,
    /// Nothing here is syntax: code, and texts that are no Markdown.
    verbatim: bool,
    pre: bool,
    /// Inside a link, which has no other within.
    linked: bool,
    table: Table,
    /// Inside a table's cell, which ends with its line.
    cell: bool,
    cells: usize,
    /// The numbers that the next items of the lists around bear; none in one without numbers.
    lists: Vec<Option<u64>>,
    /// The address of each label, the definitions that were passed over, and those that links led by. One that no link led by is
    /// a line that nobody sees.
    defined: Names,
    passed: Names,
    used: Names,
    /// What was left of the source where a line was last found to be no definition.
    undefined: usize,
}

/// What of a table was passed. The last one's say is kept outside of tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Begun,
    Headed,
    Ruled,
}

/// Whether `html`, a browser's serialisation of the element that shows a text, shows `source`; else from where on it does not.
pub fn shows<'h>(html: &'h str, source: &str, markdown: bool) -> Result<(), &'h str> {
    let mut walk = Walk {
        rest: source,
        markdown,
        last: '\n',
        fresh: true,
        indent: 0,
        blank: true,
        blanks: 0,
        quoted: 0,
        quotes: 0,
        apart: true,
        shown_apart: true,
        loose: false,
        verbatim: !markdown,
        pre: false,
        linked: false,
        table: Table::Begun,
        cell: false,
        cells: 0,
        lists: Vec::new(),
        defined: Names::new(),
        passed: Names::new(),
        used: Names::new(),
        undefined: usize::MAX,
    };
    for line in source.split('\n').filter(|_| markdown) {
        if let Some((label, address)) = definition(line.trim_start_matches(['>', ' ']))
            && !walk.defined.contains_key(&label)
        {
            walk.defined.insert(label, address);
        }
    }
    let mut open: Vec<(&str, End<'_>, usize)> = Vec::new();
    let mut html = html;
    while !html.is_empty() {
        html = walk.step(html, &mut open).ok_or(html)?;
        html = walk.alike(html);
    }
    walk.settle();
    let seen = walk.passed.keys().all(|label| walk.used.contains_key(label));
    if walk.rest.is_empty() && open.is_empty() && seen { Ok(()) } else { Err(html) }
}

impl<'s> Walk<'s> {
    /// Takes one character or tag of the page; answers what follows it.
    fn step<'h>(&mut self, html: &'h str, open: &mut Vec<(&'h str, End<'s>, usize)>) -> Option<&'h str> {
        let Some(tag) = html.strip_prefix('<') else {
            let (c, length) = decoded(html)?;
            if c.is_whitespace() {
                self.shown_apart = true;
            } else {
                self.character(c)?;
            }
            return html.get(length..);
        };
        if let Some(tag) = tag.strip_prefix('/') {
            let (name, after) = tag.split_once('>')?;
            let (opened, end, blanks) = open.pop()?;
            self.close(end).filter(|()| opened == name)?;
            let parts = self.pre || matches!(name, "pre" | "ul" | "ol" | "li" | "blockquote");
            (parts || self.blanks == blanks).then_some(())?;
            self.shown_apart |= block(name);
            return Some(after);
        }
        let at = tag.find([' ', '>'])?;
        let (name, mut after) = tag.split_at(at);
        let mut value = None;
        while let Some(attribute) = after.strip_prefix(' ') {
            let (key, rest) = attribute.split_once('=')?;
            let (text, rest) = rest.strip_prefix('"')?.split_once('"')?;
            match (name, key) {
                ("a", "href") | ("ol", "start") | ("li", "value") => value = Some(text),
                // How it stands or is followed, not what it says.
                ("a", "rel") | ("td" | "th", "align") => {}
                _ => return None,
            }
            after = rest;
        }
        let after = after.strip_prefix('>')?;
        stands(name, open.last().map_or("", |(within, ..)| within)).then_some(())?;
        self.shown_apart |= block(name);
        let end = self.open(name, value)?;
        if !matches!(name, "br" | "hr") {
            open.push((name, end, self.blanks));
        }
        Some(after)
    }

    /// Takes a stretch that page and source have alike and in which no character is more than itself: only what
    /// [`Walk::step`] would take one by one, since most of a text is this.
    fn alike<'h>(&mut self, html: &'h str) -> &'h str {
        if self.fresh || self.apart || self.shown_apart || self.loose {
            return html;
        }
        let (shown, source) = (html.as_bytes(), self.rest.as_bytes());
        let mut length = 0;
        while let (Some(byte), Some(other)) = (shown.get(length), source.get(length)) {
            // One space between words; more of it, and line ends, may stand differently.
            let between = *byte == b' '
                && shown.get(length + 1).is_some_and(u8::is_ascii_alphanumeric)
                && shown.get(length + 1) == source.get(length + 1);
            if byte != other || !(between || itself(*byte)) {
                break;
            }
            length += 1;
        }
        let length = html.floor_char_boundary(length);
        if length > 0 {
            self.advance(length);
        }
        html.get(length..).unwrap_or_default()
    }

    /// The next character of the source, with what it is written as resolved, and its length there.
    fn next(&self) -> Option<(char, usize)> {
        let first = self.rest.chars().next()?;
        let second = self.rest.chars().nth(1);
        match (first, second) {
            ('\\', Some('|')) if self.cell => Some(('|', 2)),
            ('\\', Some(c)) if !self.verbatim && c.is_ascii_punctuation() => Some((c, 2)),
            ('&', _) if !self.verbatim => decoded(self.rest),
            ('\0', _) => Some(('\u{fffd}', 1)),
            _ => Some((first, first.len_utf8())),
        }
    }

    fn advance(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.last = passed.chars().next_back().unwrap_or(self.last);
        self.rest = rest;
    }

    /// Passes over space, and over what stands before the text of a line.
    fn settle(&mut self) {
        while let Some((c, length)) = self.next() {
            if self.rest.starts_with('\n') {
                if self.cell {
                    return;
                }
                self.blank = self.fresh;
                self.blanks += usize::from(self.fresh);
                (self.fresh, self.indent, self.quoted) = (true, 0, 0);
                self.advance(1);
            } else if c.is_whitespace() {
                // Other space is text, before which no mark stands.
                self.fresh &= length == 1;
                self.indent += if c == '\t' { 4 } else { 1 };
                self.advance(length);
            } else if self.begins() && self.quoted < self.quotes && self.rest.starts_with('>') {
                self.quoted += 1;
                self.indent = 0;
                self.advance(if self.rest.starts_with("> ") { 2 } else { 1 });
            } else if !(self.begins() && self.blank && !self.verbatim && self.passes_definition()) {
                return;
            }
            self.apart = true;
        }
    }

    /// Passes over the first definition of a label.
    fn passes_definition(&mut self) -> bool {
        if self.rest.len() == self.undefined {
            return false;
        }
        match definition(self.rest) {
            Some((label, address)) if self.defined.get(&label) == Some(&address) && !self.passed.contains_key(&label) => {
                self.passed.insert(label, address);
                self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
                true
            }
            _ => {
                self.undefined = self.rest.len();
                false
            }
        }
    }

    /// Whether a mark that begins a line may stand here. Further in, it is text; within lists, how far is not reckoned.
    fn begins(&self) -> bool {
        self.fresh && (self.indent < 4 || !self.lists.is_empty())
    }

    fn character(&mut self, shown: char) -> Option<()> {
        self.settle();
        let (c, length) = self.next()?;
        let ends_cell = self.cell && self.rest.starts_with('|');
        // What stands behind a fence is no Markdown, so the fence itself is no text.
        let fenced = !self.verbatim && self.fenced().is_some();
        if c != shown || ends_cell || fenced || (self.apart != self.shown_apart && !self.loose) {
            return None;
        }
        self.advance(length);
        (self.fresh, self.apart, self.shown_apart, self.loose) = (false, false, false, false);
        Some(())
    }

    /// How often the source has `c` here.
    fn run(&self, c: char) -> usize {
        self.rest.chars().take(LONGEST_RUN).take_while(|other| *other == c).count()
    }

    fn at_line_end(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with('\n')
    }

    /// Takes the rest of the line, if it is made of these characters alone.
    fn line_of(&mut self, characters: &str) -> Option<&'s str> {
        let line = self.rest.split('\n').next()?;
        line.chars().all(|c| c.is_whitespace() || characters.contains(c)).then(|| self.advance(line.len()))?;
        Some(line)
    }
}

/// Whether a byte within a text stands for itself in every place: no space, no mark that escapes, refers, or ends a cell or a
/// text. Of characters beyond ASCII those from U+4000 on, none of which is a space.
fn itself(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'&' | b'<' | b'|') || matches!(byte, 0x80..=0xbf | 0xe4..)
}

/// Whether an element stands on lines of its own, so that what is in it is apart from what is not.
fn block(tag: &str) -> bool {
    !matches!(tag, "em" | "strong" | "del" | "code" | "a")
}

/// Whether an element stands where Markdown puts it.
fn stands(tag: &str, within: &str) -> bool {
    match tag {
        "li" => matches!(within, "ul" | "ol"),
        "thead" | "tbody" => within == "table",
        "tr" => matches!(within, "thead" | "tbody"),
        "th" | "td" => within == "tr",
        "br" => true,
        _ => !block(tag) || matches!(within, "" | "blockquote" | "li"),
    }
}
