//! Markdown as pages show it: drawn from a short list of elements in which nothing can run, load or track.
//!
//! Safe by how it is made, twice over. What is drawn are these elements, and of a document its text, escaped, and the
//! addresses that [`followed`] lets through; no HTML of the document is handed on. And what was drawn is shown only if
//! [`shows`] walks it, which knows no other elements or attributes either; else the source itself is shown, escaped.
//! It is drawn as a browser would write it, so that what readers' browsers walk is the same. A text that would cost more
//! than others of its length, or nest deeper than browsers and people follow, is shown as it is written too.

mod bounds;
#[cfg(test)]
mod tests;

use app::pages::text::escape;
use chain::check::{resolved, shows};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
use pulldown_cmark_escape::escape_href;
use std::{borrow::Cow, ops::Range};

const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_FOOTNOTES);

/// A document's headings stand below the page's own, which is its title.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

/// A link as it is being drawn.
enum Drawn {
    Link,
    /// An address that no page may lead to: the source itself is shown, from the end of the link's text on.
    Source {
        behind: usize,
    },
    /// A picture within a link, of which the words are shown.
    Words,
}

/// Draws the events of one text. Everything in the source that says something is drawn: what could run or load, as text.
struct Drawing<'m> {
    source: &'m str,
    lower: bool,
    links: Vec<Drawn>,
    /// The number that the next item of each list around would be given.
    lists: Vec<Option<u64>>,
    /// How the columns of the table at hand stand, the next cell of its row, and whether that is of its head.
    columns: Vec<Alignment>,
    cell: usize,
    head: bool,
    /// Elements open, and the most there were at once.
    open: usize,
    deepest: usize,
}

impl<'m> Drawing<'m> {
    fn draw(&mut self, event: Event<'m>, range: Range<usize>) -> Event<'m> {
        let source = self.source.get(range.clone()).unwrap_or_default();
        let behind = range.end;
        match event {
            Event::Start(_) => self.open += 1,
            Event::End(_) => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.deepest = self.deepest.max(self.open);
        if let (Some(Drawn::Source { behind: at }), false) =
            (self.links.last_mut(), matches!(event, Event::End(TagEnd::Link | TagEnd::Image)))
        {
            *at = behind;
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) if self.lower => {
                Event::Start(Tag::Heading { level: below(level), id: None, classes: vec![], attrs: vec![] })
            }
            Event::End(TagEnd::Heading(level)) if self.lower => Event::End(TagEnd::Heading(below(level))),
            // Only names that every reader's check resolves too.
            Event::Text(_) if source.starts_with('&') && source.len() > 1 && resolved(source).is_none_or(|(_, length)| length == 1) => {
                Event::Text(source.into())
            }
            Event::HardBreak => Event::Html("<br>\n".into()),
            Event::InlineHtml(html) if matches!(&*html, "<br>" | "<br/>" | "<br />") => Event::Html("<br>\n".into()),
            Event::InlineHtml(html) => Event::Code(html),
            Event::Start(Tag::HtmlBlock) => Event::Html("<pre>".into()),
            Event::End(TagEnd::HtmlBlock) => Event::Html("</pre>\n".into()),
            Event::Html(html) => Event::Text(html),
            Event::FootnoteReference(label) => Event::Text(format!("[^{label}]").into()),
            Event::Start(Tag::FootnoteDefinition(label)) => Event::Html(format!("<p>[^{}]:</p>\n", escape(&label)).into()),
            Event::End(TagEnd::FootnoteDefinition) => Event::Html("".into()),
            Event::Start(Tag::List(first)) => {
                self.lists.push(first);
                Event::Start(Tag::List(first))
            }
            Event::End(TagEnd::List(ordered)) => {
                self.lists.pop();
                Event::End(TagEnd::List(ordered))
            }
            Event::Start(Tag::Item) => self.item(source),
            Event::Rule => Event::Html("<hr>\n".into()),
            // Without the language, which would be a class.
            Event::Start(Tag::CodeBlock(_)) => Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)),
            Event::Start(Tag::Table(columns)) => {
                (self.columns, self.head) = (columns, true);
                Event::Start(Tag::Table(vec![]))
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                self.cell = 0;
                event
            }
            Event::End(TagEnd::TableHead) => {
                self.head = false;
                event
            }
            Event::Start(Tag::TableCell) => {
                let right = self.columns.get(self.cell) == Some(&Alignment::Right);
                self.cell += 1;
                match (right, self.head) {
                    (false, _) => event,
                    (true, true) => Event::Html("<th align=\"right\">".into()),
                    (true, false) => Event::Html("<td align=\"right\">".into()),
                }
            }
            Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                let drawn = match self.links.iter().any(|link| matches!(link, Drawn::Link)) {
                    true => Drawn::Words,
                    false if followed(&dest_url) => Drawn::Link,
                    false => Drawn::Source { behind: range.start + source.find(['[', '<']).map_or(0, |at| at + 1) },
                };
                let begun = match drawn {
                    Drawn::Link => Event::Html(link(link_type, &dest_url).into()),
                    Drawn::Words => Event::Text("".into()),
                    Drawn::Source { behind } => Event::Text(self.source.get(range.start..behind).unwrap_or_default().into()),
                };
                self.links.push(drawn);
                begun
            }
            Event::End(TagEnd::Link | TagEnd::Image) => match self.links.pop() {
                Some(Drawn::Source { behind }) => Event::Text(self.source.get(behind..range.end).unwrap_or_default().into()),
                Some(Drawn::Words) => Event::Text("".into()),
                _ => Event::End(TagEnd::Link),
            },
            other => other,
        }
    }

    /// An item bears the number that the source has, where counting on would give another.
    fn item(&mut self, source: &str) -> Event<'m> {
        let Some(Some(next)) = self.lists.last_mut() else { return Event::Start(Tag::Item) };
        let digits = source.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let counted = *next;
        let number = source[..digits].parse().unwrap_or(counted);
        *next = number + 1;
        if number == counted { Event::Start(Tag::Item) } else { Event::Html(format!("<li value=\"{number}\">").into()) }
    }
}

/// Whether a page may lead to an address: one without a scheme, or with one of those known. Asked of the address as a browser
/// would resolve it: whatever else stands before the first colon, be it white space that browsers leave out, is no known scheme.
fn followed(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme.is_none_or(|(scheme, _)| SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// A text as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Safe HTML.
    pub html: String,
    /// Whether its Markdown was followed; else it is shown as it is written.
    pub formatted: bool,
}

/// Safe HTML of a Markdown text, of which readers' browsers can tell that it says what the text says; HTML in the text is
/// shown as it is written. A text whose Markdown is too unusual for that is shown as it is written altogether.
#[must_use]
pub fn render(markdown: &str) -> Shown {
    let drawn = if bounds::within(markdown) { formatted(&printable(markdown)) } else { None };
    match drawn.filter(|html| shows(html, markdown, true).is_ok()) {
        Some(html) => Shown { html, formatted: true },
        None => Shown { html: plain(markdown), formatted: false },
    }
}

/// A NUL is dropped by browsers; it is shown as what stands for a character that cannot be.
fn printable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// None of a text that nests too deeply.
fn formatted(markdown: &str) -> Option<String> {
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    let events = || Parser::new_ext(markdown, OPTIONS).into_offset_iter();
    // Gone through twice rather than kept: the pieces of a text take many times its bytes.
    let first = |(event, _)| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    let lower = markdown.contains(['#', '=']) && events().any(first);
    let mut drawing =
        Drawing { source: markdown, lower, links: vec![], lists: vec![], columns: vec![], cell: 0, head: false, open: 0, deepest: 0 };
    html::push_html(&mut html, events().map(|(event, range)| drawing.draw(event, range)));
    (drawing.deepest <= bounds::DEEPEST).then_some(html)
}

/// Where a link begins. Its address is escaped by what Markdown's own HTML is, and then as a browser writes it.
fn link(kind: LinkType, address: &str) -> String {
    let mut href = String::with_capacity(address.len() + 16);
    // Writing to a String cannot fail.
    let _ = escape_href(&mut href, address);
    let mail = if kind == LinkType::Email { "mailto:" } else { "" };
    format!("<a href=\"{mail}{}\" rel=\"nofollow noopener noreferrer\">", href.replace("&#x27;", "'"))
}

/// Safe HTML of a plain text: its lines as they are.
#[must_use]
pub fn plain(text: &str) -> String {
    format!("<pre>{}</pre>", escape(&printable(text)))
}

/// The words of a Markdown text without its marks, for snippets.
#[must_use]
pub fn words(markdown: &str) -> String {
    if !bounds::within(markdown) {
        return markdown.to_owned();
    }
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Text(piece) | Event::Code(piece) | Event::Html(piece) | Event::InlineHtml(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::TableCell) => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow) => text.push('\n'),
            _ => {}
        }
    }
    text
}
