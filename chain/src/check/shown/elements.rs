//! The elements of a page, each with the Markdown that must stand in the source where it begins and where it ends.

use super::{
    End, Walk,
    syntax::{decoded, definition, destination, number, same_address, same_label, title},
};

impl<'s> Walk<'s> {
    pub(super) fn open(&mut self, tag: &str, value: Option<&str>) -> Option<End<'s>> {
        if tag == "pre" && !self.pre {
            (self.pre, self.verbatim) = (true, true);
            return Some(End::Pre);
        }
        if self.pre && tag == "code" && self.markdown {
            return self.fence();
        }
        // Code and plain texts have no other elements in them.
        if self.verbatim {
            return None;
        }
        match tag {
            "p" | "tbody" => Some(End::Nothing),
            "table" if !self.table => {
                (self.table, self.ruled) = (true, false);
                Some(End::Table)
            }
            "thead" => Some(End::Head),
            "blockquote" => {
                self.quotes += 1;
                Some(End::Quote)
            }
            "ul" | "ol" => {
                self.lists.push(if tag == "ul" { None } else { Some(value.map_or(Some(1), |start| number(start, 10))?) });
                Some(End::List)
            }
            "tr" if self.table => {
                self.settle();
                self.cells = 0;
                Some(End::Row)
            }
            "th" | "td" if self.table => self.cell(),
            "br" => {
                if self.rest.starts_with("\\\n") {
                    self.advance(1);
                }
                self.settle();
                if self.rest.starts_with("<br") {
                    self.advance(self.rest.find('>')? + 1);
                    self.apart = true;
                }
                self.shown_apart = true;
                Some(End::Nothing)
            }
            _ => {
                self.settle();
                match tag {
                    "li" => self.item(value),
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(self.heading()),
                    "hr" => {
                        let mark = self.rest.get(..1).filter(|mark| "-*_".contains(mark))?;
                        self.line_of(mark).filter(|line| line.chars().filter(|c| mark.starts_with(*c)).count() >= 3)?;
                        Some(End::Nothing)
                    }
                    "em" => self.emphasis(1),
                    "strong" => self.emphasis(2),
                    "del" => {
                        let marks = self.rest.get(..self.run('~')).filter(|marks| matches!(marks.len(), 1 | 2))?;
                        self.advance(marks.len());
                        (!self.rest.starts_with(char::is_whitespace)).then_some(())?;
                        Some(End::Mark(marks))
                    }
                    // Without marks: HTML in the source, which pages show as it is written.
                    "code" => {
                        let marks = self.rest.get(..self.run('`'))?;
                        self.advance(marks.len());
                        (self.verbatim, self.loose) = (true, true);
                        Some(End::Code(marks))
                    }
                    "a" => self.link(value?),
                    _ => None,
                }
            }
        }
    }

    pub(super) fn close(&mut self, end: End<'s>) -> Option<()> {
        match end {
            End::Nothing => {}
            End::Mark(mark) => {
                self.rest.starts_with(mark).then(|| self.advance(mark.len()))?;
                let within_word = mark.starts_with('_') && self.rest.chars().next().is_some_and(in_word);
                return (!within_word).then_some(());
            }
            End::Code(marks) => {
                let text = self.rest.trim_start();
                self.verbatim = false;
                self.loose = true;
                let length = self.rest.len() - text.len();
                if !marks.is_empty() {
                    self.advance(length);
                    (self.run('`') == marks.len()).then(|| self.advance(marks.len()))?;
                }
            }
            End::Link(href, start) => return self.link_end(&href, start),
            End::Heading => {
                let line = self.rest.split('\n').next()?;
                let marks = line.starts_with(char::is_whitespace) && line.trim().trim_end_matches('#').is_empty();
                if marks {
                    self.advance(line.len());
                }
            }
            End::Underline => {
                self.settle();
                let mark = self.rest.get(..1).filter(|mark| "=-".contains(mark))?;
                self.line_of(mark)?;
            }
            End::Fence(mark, length) => {
                self.settle();
                let closing = self.run(mark);
                if closing >= length {
                    self.advance(closing);
                }
            }
            End::Pre => (self.pre, self.verbatim) = (false, !self.markdown),
            End::Quote => {
                self.settle();
                self.quotes -= 1;
            }
            End::List => drop(self.lists.pop()),
            End::Cell => {
                self.settle();
                self.cell = false;
            }
            End::Row => {
                self.cell = true;
                self.settle();
                if self.rest.starts_with('|') {
                    self.advance(1);
                }
                self.settle();
                self.cell = false;
                return self.at_line_end().then_some(());
            }
            End::Table => {
                self.table = false;
                return self.ruled.then_some(());
            }
            End::Head => {
                self.settle();
                self.ruled = true;
                self.line_of("|:-").filter(|line| line.contains('-'))?;
            }
        }
        Some(())
    }

    fn fence(&mut self) -> Option<End<'s>> {
        self.settle();
        for mark in ['`', '~'] {
            let length = self.run(mark);
            if self.fresh && length >= 3 {
                let line = self.rest.split('\n').next()?;
                // One word, such as a language, may stand unseen behind the fence; a sentence may not.
                let silent = line.get(length..)?.split_whitespace().count() < 2;
                silent.then(|| self.advance(line.len()))?;
                return Some(End::Fence(mark, length));
            }
        }
        Some(End::Nothing)
    }

    fn cell(&mut self) -> Option<End<'s>> {
        self.cell = true;
        self.settle();
        if self.rest.starts_with('|') {
            self.advance(1);
        } else if self.cells > 0 && !self.at_line_end() {
            return None;
        }
        self.cells += 1;
        (self.apart, self.fresh) = (true, false);
        Some(End::Cell)
    }

    /// An item of the innermost list: its mark, or the number it is shown with.
    fn item(&mut self, value: Option<&str>) -> Option<End<'s>> {
        let length = match self.lists.last_mut()? {
            None => usize::from(self.rest.starts_with(['-', '+', '*'])),
            Some(next) => {
                if let Some(value) = value {
                    *next = number(value, 10)?;
                }
                let digits = self.rest.find(|c: char| !c.is_ascii_digit())?;
                let written = number(self.rest.get(..digits)?, 10)?;
                let right = written == *next && self.rest.get(digits..)?.starts_with(['.', ')']);
                *next += 1;
                if right { digits + 1 } else { 0 }
            }
        };
        let behind = self.rest.get(length..)?;
        let marked = self.fresh && length > 0 && (behind.is_empty() || behind.starts_with(char::is_whitespace));
        marked.then(|| self.advance(length))?;
        Some(End::Nothing)
    }

    fn heading(&mut self) -> End<'s> {
        let marks = self.run('#');
        let behind = self.rest.trim_start_matches('#');
        if self.fresh && (1..=6).contains(&marks) && (behind.is_empty() || behind.starts_with(char::is_whitespace)) {
            self.advance(marks);
            End::Heading
        } else {
            End::Underline
        }
    }

    /// Marks that touch the text they emphasise, as Markdown demands; elsewhere they are signs that must be shown.
    fn emphasis(&mut self, length: usize) -> Option<End<'s>> {
        let marks = self.rest.get(..length)?;
        let mark = if self.run('*') >= length { '*' } else { '_' };
        let touches = !self.rest.trim_start_matches(mark).starts_with(char::is_whitespace);
        let within_word = mark == '_' && in_word(self.last);
        (self.run(mark) >= length && touches && !within_word).then(|| self.advance(length))?;
        self.fresh = false;
        Some(End::Mark(marks))
    }

    fn link(&mut self, href: &str) -> Option<End<'s>> {
        let mut leads_to = String::new();
        let mut rest = href;
        while let Some((c, length)) = decoded(rest) {
            leads_to.push(c);
            rest = rest.get(length..)?;
        }
        self.fresh = false;
        if let Some(written) = self.rest.strip_prefix('<') {
            let (address, _) = written.split_once('>')?;
            let bare = leads_to.strip_prefix("mailto:").filter(|_| address.contains('@')).unwrap_or(&leads_to);
            let same = same_address(&leads_to, address) || same_address(bare, address);
            same.then(|| self.advance(1))?;
            self.verbatim = true;
            return Some(End::Link(String::new(), ""));
        }
        // Pictures are not loaded: pages link to them instead.
        if self.rest.starts_with("![") {
            self.advance(1);
        }
        self.rest.starts_with('[').then(|| self.advance(1))?;
        Some(End::Link(leads_to, self.rest))
    }

    fn link_end(&mut self, href: &str, start: &'s str) -> Option<()> {
        if self.verbatim {
            self.verbatim = false;
            return self.rest.starts_with('>').then(|| self.advance(1));
        }
        self.settle();
        let text = start.get(..start.len() - self.rest.len())?;
        self.rest.starts_with(']').then(|| self.advance(1))?;
        if let Some(inside) = self.rest.strip_prefix('(') {
            let (address, length) = destination(inside)?;
            let inside = inside.get(length..)?;
            let behind = title(inside)?.trim_start().strip_prefix(')')?;
            self.advance(self.rest.len() - behind.len());
            return same_address(href, &address).then_some(());
        }
        let mut label = text;
        if let Some((given, behind)) = self.rest.strip_prefix('[').and_then(|given| given.split_once(']')) {
            self.advance(self.rest.len() - behind.len());
            label = if given.is_empty() { text } else { given };
        }
        let mut lines = self.whole.split('\n');
        let address = lines.find_map(|line| {
            let (of, address) = definition(line.trim_start_matches(['>', ' ']))?;
            same_label(of, label).then_some(address)
        })?;
        same_address(href, &address).then_some(())
    }
}

/// Whether an underscore beside this character is a sign and no mark. Of other scripts' signs, only the common ones are known.
fn in_word(c: char) -> bool {
    let sign = matches!(c, '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}');
    c.is_ascii_alphanumeric() || !c.is_ascii() && !sign
}
