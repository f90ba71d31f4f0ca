//! Rows of the desk's journal: whether they follow each other without a gap, and whether a page shows what was committed.

use super::{Answer, Code, Finding, Reader, Scope, Shown};
use crate::{
    deed::{Deed, Open},
    evidence::{Content, Contents},
    statement::Core,
};

/// What a page displays of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    pub number: Option<i64>,
    /// When it was done, as machines read it on the page: milliseconds since 1970.
    pub done: Option<i64>,
    /// All that it says of who did what, without spaces.
    pub text: String,
    /// The entry of the row below, which is the one before; nothing under the last of a page.
    pub below: Option<u64>,
}

/// A text without its white space: what two ways of laying a row out have in common.
#[must_use]
pub fn unspaced(text: &str) -> String {
    text.split_whitespace().collect()
}

impl Reader<'_> {
    /// What an entry of the journal says in the open, and its code.
    #[must_use]
    pub fn open_row(&self, index: u64) -> Option<(Open, &str)> {
        let statement = self.statement(index)?;
        let Core::Disclosure(core) = &statement.core else { return None };
        Some((Open::read(statement.core_line).ok()?, &core.genre))
    }

    fn part_of_row(&self, index: u64, contents: &Contents) -> Option<Deed> {
        let Core::Disclosure(core) = &self.statement(index)?.core else { return None };
        match contents.get(&core.parts.first()?.commitment.to_string())? {
            Content::Text { text, .. } => Deed::read(text.as_bytes()).ok(),
            Content::Bytes { bytes, .. } => Deed::read(bytes).ok(),
            _ => None,
        }
    }

    /// C1 of a row: its entry's own, and that the row below is the one before it.
    #[must_use]
    pub fn row_link(&self, index: u64, contents: &Contents, shown: &ShownRow) -> Finding {
        let link = self.link(index);
        let (Answer::Holds, Some(below)) = (link.answer, shown.below) else { return link };
        let follows = |(row, _): (Open, &str), (before, _): (Open, &str)| {
            let hashes = self.part_of_row(index, contents).zip(self.part_of_row(below, contents));
            before.number.checked_add(1) == Some(row.number) && hashes.is_none_or(|(row, before)| row.previous == before.hash)
        };
        match self.open_row(index).zip(self.open_row(below)) {
            Some((row, before)) if follows(row.clone(), before.clone()) => link,
            _ => Finding::fails(Code::C1, "link").with("index", index).with("neighbour", below),
        }
    }

    /// C7 of a row. `told` says what a page displays of it: of a part that was removed after its time, only the code is left.
    #[must_use]
    pub fn row(&self, index: u64, contents: &Contents, shown: &ShownRow, told: impl Fn(Option<&Deed>, &str) -> String) -> Finding {
        let finding = self.content(index, contents, Scope::Catalogue, &Shown::default());
        if finding.answer != Answer::Holds {
            return finding;
        }
        let differs = |member: &str| Finding::fails(Code::C7, "shown-differs").with("member", member).with("shown", &shown.text);
        let Some((open, genre)) = self.open_row(index) else { return Finding::fails(Code::C7, "catalogue-unreadable") };
        if shown.number != Some(open.number) {
            return differs("number");
        }
        if shown.done != Some(open.done) {
            return differs("time");
        }
        let deed = if finding.reason == "redacted" {
            None
        } else {
            // Written down otherwise than it was logged: somebody changed the row while it waited.
            match self.part_of_row(index, contents) {
                Some(deed) if deed.agrees(&open, genre) => Some(deed),
                Some(_) => return differs("hash"),
                None => return Finding::fails(Code::C7, "catalogue-unreadable"),
            }
        };
        if unspaced(&told(deed.as_ref(), genre)) == shown.text { finding } else { differs("text") }
    }
}
