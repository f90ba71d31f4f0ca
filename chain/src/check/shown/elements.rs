//! The elements of a page, each with the Markdown that must stand in the source where it begins and where it ends.

use super::{
    End, LONGEST_RUN, Table, Walk,
    syntax::{automatic, balanced, decoded, destination, ends_mark, label, number, same_address, sign, title, word},
};

impl<'s> Walk<'s> {
    pub(super) fn open(&mut self, tag: &str, value: Option<&str>) -> Option<End<'s>> {
        // Code has no other elements in it, and plain texts only this one.
        if tag == "pre" && !self.pre && !(self.markdown && self.verbatim) {
            (self.pre, self.verbatim) = (true, true);
            return Some(End::Pre);
        }
        if self.pre && tag == "code" && self.markdown {
            return self.fence();
        }
        if self.verbatim {
            return None;
        }
        match tag {
            "tbody" => (self.table == Table::Ruled).then_some(End::Nothing),
            "table" => {
                self.settle();
                self.table = Table::Begun;
                Some(End::Table)
            }
            "thead" => (self.table == Table::Begun).then_some(End::Head),
            "blockquote" => {
                self.quotes += 1;
                Some(End::Quote)
            }
            "ul" | "ol" => {
                self.lists.push(if tag == "ul" { None } else { Some(value.map_or(Some(1), |start| number(start, 10))?) });
                Some(End::List)
            }
            "tr" => {
                self.settle();
                self.cells = 0;
                // A head is one row.
                match self.table {
                    Table::Begun => self.table = Table::Headed,
                    Table::Headed => return None,
                    Table::Ruled => {}
                }
                self.fresh.then_some(End::Row)
            }
            "th" | "td" => self.cell(),
            "br" => {
                let (blanks, escaped) = (self.blanks, self.rest.starts_with("\\\n"));
                if escaped {
                    self.advance(1);
                }
                self.settle();
                if let Some(mark) = ["<br>", "<br/>", "<br />"].iter().find(|mark| self.rest.starts_with(**mark)) {
                    self.advance(mark.len());
                    (self.apart, self.fresh) = (true, false);
                }
                self.shown_apart = true;
                // At the end of a paragraph the sign is a sign.
                (!escaped || self.blanks == blanks).then_some(End::Nothing)
            }
            _ => {
                self.settle();
                match tag {
                    "p" => Some(End::Nothing),
                    "li" => self.item(value),
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(),
                    "hr" => {
                        let mark = self.rest.get(..1).filter(|mark| self.begins() && "-*_".contains(mark))?;
                        self.line_of(mark).filter(|line| line.chars().filter(|c| mark.starts_with(*c)).count() >= 3)?;
                        Some(End::Nothing)
                    }
                    "em" => self.emphasis("*_", 1),
                    "strong" => self.emphasis("*_", 2),
                    "del" => self.emphasis("~", 2),
                    "code" => self.code(),
                    "a" => self.link(value?),
                    _ => None,
                }
            }
        }
    }

    pub(super) fn close(&mut self, end: End<'s>) -> Option<()> {
        match end {
            End::Nothing => {}
            End::Mark(marks, start) => return self.emphasis_end(marks, start),
            End::Code(marks, padded) => {
                self.settle();
                self.verbatim = false;
                (self.last != '`' && self.run('`') == marks.len()).then(|| self.advance(marks.len()))?;
                if padded {
                    (self.apart, self.shown_apart) = (false, false);
                }
            }
            End::Written => {
                self.verbatim = false;
                return (self.last == '>').then_some(());
            }
            End::Address => {
                self.verbatim = false;
                return self.rest.starts_with('>').then(|| self.advance(1));
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
                let mark = self.rest.get(..1).filter(|mark| self.begins() && "=-".contains(mark))?;
                return self.line_of(mark).and_then(|line| (!line.trim_end().contains(char::is_whitespace)).then_some(()));
            }
            End::Fence(mark, length) => {
                self.settle();
                let closing = self.run(mark);
                let behind = self.rest.get(closing..)?.trim_start_matches([' ', '\t', '\r']);
                if self.fresh && closing >= length && (behind.is_empty() || behind.starts_with('\n')) {
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
            End::Table => return (self.table == Table::Ruled).then_some(()),
            End::Head => return self.rule(),
        }
        Some(())
    }

    fn fence(&mut self) -> Option<End<'s>> {
        self.settle();
        let Some((mark, length, info)) = self.fenced() else { return Some(End::Nothing) };
        // The name of a language may stand unseen behind the fence; a sentence may not.
        let name = info.trim();
        let silent = name.len() <= 20 && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-#._".contains(c));
        silent.then(|| self.advance(length + info.len()))?;
        Some(End::Fence(mark, length))
    }

    /// The fence that begins code here, its length, and what stands behind it on its line.
    pub(super) fn fenced(&self) -> Option<(char, usize, &'s str)> {
        let mark = self.rest.chars().next().filter(|mark| self.begins() && matches!(mark, '`' | '~'))?;
        let length = self.run(mark);
        let info = self.rest.get(length..)?.split('\n').next()?;
        (length >= 3 && !(mark == '`' && info.contains(mark))).then_some((mark, length, info))
    }

    /// The rule under a table's head, with as many columns.
    fn rule(&mut self) -> Option<()> {
        self.settle();
        let line = self.line_of("|:-")?.trim();
        let line = line.strip_prefix('|').unwrap_or(line);
        let columns = line.strip_suffix('|').unwrap_or(line).split('|');
        let found = columns.filter(|column| column.contains('-')).count();
        let all = line.matches('|').count() + usize::from(!line.ends_with('|'));
        let right = self.table == Table::Headed && found == self.cells && found == all;
        (self.table, self.fresh) = (Table::Ruled, false);
        right.then_some(())
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
        let within = self.indent < 4 || self.lists.len() > 1;
        let marked = self.fresh && within && length > 0 && ends_mark(behind);
        marked.then(|| self.advance(length))?;
        Some(End::Nothing)
    }

    fn heading(&mut self) -> Option<End<'s>> {
        let marks = self.run('#');
        let behind = self.rest.get(marks..).unwrap_or_default();
        if self.begins() && (1..=6).contains(&marks) && ends_mark(behind) {
            self.advance(marks);
            self.fresh = false;
            Some(End::Heading)
        } else {
            (self.begins() || !self.fresh).then_some(End::Underline)
        }
    }

    /// Marks that touch the text they emphasise, as Markdown demands; elsewhere they are signs that must be shown.
    fn emphasis(&mut self, of: &str, length: usize) -> Option<End<'s>> {
        let mark = self.rest.chars().next().filter(|mark| of.contains(*mark))?;
        let behind = self.behind(mark, length)?;
        let touches = !behind.is_whitespace();
        // Beside a letter on the outside and a sign on the inside, the mark is a sign.
        let flanks = mark == '~' || self.last == mark || !sign(behind) || !word(self.last);
        let within_word = mark == '_' && word(self.last);
        (touches && flanks && !within_word).then_some(())?;
        let marks = self.rest.get(..length)?;
        self.advance(length);
        self.fresh = false;
        Some(End::Mark(marks, self.rest))
    }

    fn emphasis_end(&mut self, marks: &str, start: &str) -> Option<()> {
        let mark = marks.chars().next()?;
        let behind = self.behind(mark, marks.len())?;
        let flanks = mark == '~' || self.last == mark || !sign(self.last) || !word(behind);
        let within_word = mark == '_' && word(behind);
        // Marks around nothing, or around marks alone, are signs.
        let text = start.get(..start.len().checked_sub(self.rest.len())?)?;
        let right = !self.apart && flanks && !within_word && !text.trim_matches(mark).is_empty();
        right.then(|| self.advance(marks.len()))
    }

    /// What stands behind a run of marks here, if the run can give `length` of them.
    fn behind(&self, mark: char, length: usize) -> Option<char> {
        let run = self.run(mark);
        let most = if mark == '~' { length + 1 } else { LONGEST_RUN };
        (length..most).contains(&run).then(|| self.rest.get(run..)?.chars().next().or(Some(' ')))?
    }

    fn code(&mut self) -> Option<End<'s>> {
        let length = self.run('`');
        self.fresh = false;
        self.verbatim = true;
        if length == 0 {
            return self.rest.starts_with('<').then_some(End::Written);
        }
        (self.last != '`' && length < LONGEST_RUN && self.apart == self.shown_apart).then_some(())?;
        let marks = self.rest.get(..length)?;
        self.advance(length);
        let mut end = 0;
        loop {
            end += self.rest.get(end..)?.find('`')?;
            let behind = self.rest.get(end..)?;
            let run = behind.len() - behind.trim_start_matches('`').len();
            if run == length {
                break;
            }
            end += run;
        }
        let inside = self.rest.get(..end)?;
        let padded = inside.starts_with(char::is_whitespace) && inside.ends_with(char::is_whitespace) && !inside.trim().is_empty();
        self.loose = padded;
        Some(End::Code(marks, padded))
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
            let end = written.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))?;
            let address = written.get(..end).filter(|address| automatic(address))?;
            let bare = leads_to.strip_prefix("mailto:").filter(|_| address.contains('@')).unwrap_or(&leads_to);
            let same = same_address(&leads_to, address) || same_address(bare, address);
            (same && !self.linked).then(|| self.advance(1))?;
            self.verbatim = true;
            return Some(End::Address);
        }
        // Pictures are not loaded: pages link to them instead.
        if self.rest.starts_with("![") {
            self.advance(1);
        }
        (!self.linked && self.rest.starts_with('[')).then(|| self.advance(1))?;
        self.linked = true;
        Some(End::Link(leads_to, self.rest))
    }

    fn link_end(&mut self, href: &str, start: &'s str) -> Option<()> {
        self.settle();
        self.linked = false;
        let text = start.get(..start.len().checked_sub(self.rest.len())?)?;
        (balanced(text) && self.rest.starts_with(']')).then(|| self.advance(1))?;
        if let Some(inside) = self.rest.strip_prefix('(') {
            let (address, length) = destination(inside)?;
            let behind = title(inside.get(length..)?)?.trim_start().strip_prefix(')')?;
            let written = self.rest.get(..self.rest.len() - behind.len())?;
            (!written.contains('\n')).then(|| self.advance(written.len()))?;
            return same_address(href, &address).then_some(());
        }
        let mut named = text;
        if let Some((given, behind)) = self.rest.strip_prefix('[').and_then(|given| given.split_once(']')) {
            self.advance(self.rest.len() - behind.len());
            named = if given.is_empty() { text } else { given };
        }
        let named = label(named)?;
        let address = self.defined.get(&named)?;
        same_address(href, address).then(|| self.used.insert(named, String::new()))?;
        Some(())
    }
}
