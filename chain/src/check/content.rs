//! C7: whether parts match their commitments, and whether what a page displays is what was committed.

use super::{
    Answer, Code, Finding, Reader, Shown,
    facts::{displays, says},
    shows,
};
use crate::{
    catalogue::Catalogue,
    evidence::{Content, Contents},
    hash::unhex,
    part::Commitment,
    statement::{Core, Disclosure, Part},
};

/// Which parts are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The catalogue alone: what a line of a list shows.
    Catalogue,
    Everything,
}

pub(super) enum Found<'c> {
    Matches(&'c [u8]),
    Redacted(u64),
    Fails(&'static str),
    Unknown(&'static str),
}

impl Reader<'_> {
    /// C7.
    #[must_use]
    pub fn content(&self, index: u64, contents: &Contents, scope: Scope, shown: &Shown) -> Finding {
        let found = self.parts_and_facts(index, contents, scope, shown);
        if found.answer == Answer::Fails { found } else { self.beside(index, contents, shown).unwrap_or(found) }
    }

    fn parts_and_facts(&self, index: u64, contents: &Contents, scope: Scope, shown: &Shown) -> Finding {
        let code = Code::C7;
        let Some(statement) = self.statement(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        if shown.entry.as_deref().is_some_and(|entry| self.text(index) != Some(entry)) {
            return Finding::fails(code, "shown-differs").with("index", index);
        }
        let Core::Disclosure(core) = &statement.core else {
            return match shown.facts.iter().find(|(name, text)| !says(statement, name, text)) {
                Some((name, text)) => Finding::fails(code, "shown-differs").with("member", name).with("shown", text),
                None => Finding::new(code, Answer::NotApplicable, "no-parts"),
            };
        };
        let mut redacted = Vec::new();
        let mut catalogue = None;
        let mut altered = None;
        let mut unknown = None;
        let mut checked = 0;
        for part in &core.parts {
            let is_catalogue = part.role == "catalogue";
            if scope == Scope::Catalogue && !is_catalogue {
                continue;
            }
            checked += 1;
            match self.part(index, core, part, contents) {
                Found::Matches(bytes) if is_catalogue => match Catalogue::read(bytes) {
                    Ok(read) => catalogue = Some(read),
                    Err(_) => {
                        return Finding::fails(code, "catalogue-unreadable").with("part", part.commitment);
                    }
                },
                Found::Matches(bytes) => altered = altered.or_else(|| shown.differs(part, bytes)),
                Found::Redacted(by) => redacted.push((by, part.commitment)),
                Found::Fails(reason) => {
                    return Finding::fails(code, reason).with("part", part.commitment).with("role", &part.role);
                }
                // A failure further on says more than what is not at hand.
                Found::Unknown(reason) => {
                    unknown.get_or_insert_with(|| Finding::cannot_tell(code, reason).with("part", part.commitment));
                }
            }
        }
        let told = catalogue.is_some() || unknown.is_none();
        if told && let Some((name, text)) = shown.facts.iter().find(|(name, text)| !displays(catalogue.as_ref(), core, name, text)) {
            return Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
        }
        // Shown under a commitment that no part of this disclosure has, or only one that was removed.
        let gone = |part: &Part| redacted.iter().any(|(_, of)| *of == part.commitment);
        let stray = |(name, _): &&(String, String)| !core.parts.iter().any(|part| part.commitment.to_string() == *name && !gone(part));
        let altered = altered.or_else(|| shown.texts.iter().flatten().find(stray).map(|(name, html)| differs(name, html)));
        if let Some(finding) = altered.or(unknown) {
            return finding;
        }
        let finding = if redacted.is_empty() { Finding::holds(code) } else { Finding::new(code, Answer::Holds, "redacted") };
        let finding = finding.with("parts", checked);
        redacted.into_iter().fold(finding, |finding, (by, part)| finding.with("redacted", part).with("by", by))
    }

    pub(super) fn part<'c>(&self, index: u64, core: &Disclosure, part: &Part, contents: &'c Contents) -> Found<'c> {
        let matches = |salt: &[u8; 16], bytes: &'c [u8]| {
            let right = Commitment::to(salt, bytes) == part.commitment && bytes.len() as u64 == part.size;
            if right { Found::Matches(bytes) } else { Found::Fails("bytes-differ") }
        };
        match contents.get(&part.commitment.to_string()) {
            None => Found::Unknown("not-fetched"),
            Some(Content::Missing) => Found::Fails("missing"),
            Some(Content::Text { salt, text }) => unhex(salt).map_or(Found::Fails("bytes-differ"), |salt| matches(&salt, text.as_bytes())),
            Some(Content::Bytes { salt, bytes }) => matches(salt, bytes),
            Some(Content::Redacted { by }) => self.redacted(index, core, part, *by),
        }
    }

    /// Whether entry `by` really is a redaction of this part, by one entitled to it (C5 says so) and approved (C6).
    fn redacted<'c>(&self, index: u64, core: &Disclosure, part: &Part, by: u64) -> Found<'c> {
        let (Some(target), Some(known)) = (self.known(index), self.known(by)) else {
            return if self.was_asked(by) { Found::Fails("no-redaction") } else { Found::Unknown("no-redaction-entry") };
        };
        let Some(Core::Redaction(redaction)) = known.statement.as_ref().map(|statement| &statement.core) else {
            return Found::Fails("no-redaction");
        };
        // Versions of one document may share a part; the redaction then names one of them. A part never belongs to two
        // documents, and an agency can only take away what it sealed itself.
        let shares = || {
            let version = self.known(redaction.target.index).filter(|version| version.leaf == redaction.target.leaf && version.placed());
            match version.and_then(|version| version.statement.as_ref()).map(|statement| &statement.core) {
                Some(Core::Disclosure(version)) => {
                    version.agency == core.agency && version.parts.iter().any(|other| other.commitment == part.commitment)
                }
                _ => false,
            }
        };
        let this = redaction.target.index == index && redaction.target.leaf == target.leaf;
        let names = redaction.parts.contains(&part.commitment) && (this || shares());
        if !names || !known.placed() {
            return Found::Fails("no-redaction");
        }
        match (self.seal(by).answer, self.approval(by).answer) {
            (Answer::Fails, _) | (_, Answer::Fails) => Found::Fails("no-redaction"),
            (Answer::Holds, Answer::Holds | Answer::NotApplicable) => Found::Redacted(by),
            (Answer::Holds, _) => Found::Unknown("redaction-approval"),
            _ => Found::Unknown("redaction-seal"),
        }
    }
}

impl Shown {
    /// Whether a page that shows texts shows this part as another text than its bytes, twice, or not at all.
    fn differs(&self, part: &Part, bytes: &[u8]) -> Option<Finding> {
        let texts = self.texts.as_ref()?;
        let name = part.commitment.to_string();
        let mut here = texts.iter().filter(|(of, _)| *of == name).map(|(_, html)| html.as_str());
        let text = std::str::from_utf8(bytes).ok().filter(|_| matches!(part.media.as_str(), "text/markdown" | "text/plain"));
        match (here.next(), text) {
            (Some(html), Some(text)) => match (shows(html, text, part.media == "text/markdown"), here.next()) {
                (Ok(()), None) => None,
                (Ok(()), Some(again)) => Some(differs(&name, again)),
                (Err(from), _) => Some(differs(&name, from)),
            },
            // A body that can be read must be there to be read.
            (None, Some(_)) if part.role == "body" => Some(differs(&name, "")),
            (None, _) => None,
            (Some(html), None) => Some(differs(&name, html)),
        }
    }
}

/// What is shown under `part` is not that part, from `from` on, which is told without its tags.
fn differs(part: &str, from: &str) -> Finding {
    let mut tag = false;
    let words = from.chars().filter(|c| {
        let within = tag || *c == '<';
        tag = within && *c != '>';
        !within
    });
    let beginning: String = words.take(80).collect();
    Finding::fails(Code::C7, "shown-differs").with("part", part).with("shown", beginning)
}
