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
    /// Other bytes, with the commitment that would be theirs.
    Differs(Commitment),
    Unknown(&'static str),
}

impl Reader<'_> {
    /// C7.
    #[must_use]
    pub fn content(&self, index: u64, contents: &Contents, scope: Scope, shown: &Shown) -> Finding {
        let found = self.parts_and_facts(index, contents, scope, shown);
        let found = if found.answer == Answer::Fails { found } else { self.beside(index, contents, shown).unwrap_or(found) };
        // A line of a list has no place to say it in.
        if scope == Scope::Catalogue { found } else { shown.compared().into_iter().fold(found, |found, name| found.with("compared", name)) }
    }

    fn parts_and_facts(&self, index: u64, contents: &Contents, scope: Scope, shown: &Shown) -> Finding {
        let code = Code::C7;
        let Some(statement) = self.statement(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        if shown.entry.as_deref().is_some_and(|entry| self.text(index) != Some(entry)) {
            return Finding::fails(code, "shown-differs").with("member", "entry");
        }
        // One that is left out might be an override, or somebody's refusal.
        if shown.steps.as_ref().is_some_and(|steps| !self.steps_are(index, steps)) {
            return Finding::fails(code, "shown-differs").with("member", "step");
        }
        let Core::Disclosure(core) = &statement.core else {
            let so = |name: &str, text: &str| {
                self.headed(index, name, text) || says(statement, name, text) || self.stepped(index, shown.about, contents, (name, text))
            };
            return match shown.facts.iter().find(|(name, text)| !so(name, text)) {
                Some((name, text)) => Finding::fails(code, "shown-differs").with("member", name).with("shown", text),
                None => Finding::new(code, Answer::NotApplicable, "no-parts"),
            };
        };
        let mut redacted = Vec::new();
        let mut catalogue = None;
        let mut altered = None;
        let mut unknown = None;
        let mut undecided = false;
        let mut checked = 0;
        let mut values = Vec::new();
        for part in &core.parts {
            let is_catalogue = part.role == "catalogue";
            if scope == Scope::Catalogue && !is_catalogue {
                continue;
            }
            checked += 1;
            values.extend([("part", part.role.clone()), ("commitment", part.commitment.to_string())]);
            match self.part(index, core, part, contents) {
                Found::Matches(bytes) if is_catalogue => match Catalogue::read(bytes) {
                    Ok(read) => catalogue = Some(read),
                    Err(_) => {
                        return Finding::fails(code, "catalogue-unreadable").of(part);
                    }
                },
                Found::Matches(bytes) => altered = altered.or_else(|| shown.differs(part, bytes)),
                Found::Redacted(by) => {
                    values.push(("by", by.to_string()));
                    redacted.push(part.commitment);
                    continue;
                }
                Found::Fails(reason) => return Finding::fails(code, reason).of(part),
                Found::Differs(computed) => return Finding::fails(code, "bytes-differ").of(part).with("computed", computed),
                // A failure further on says more than what is not at hand.
                Found::Unknown(reason) => {
                    undecided |= is_catalogue;
                    unknown.get_or_insert_with(|| Finding::cannot_tell(code, reason).of(part));
                    continue;
                }
            }
            // What was computed is what was sealed.
            values.extend([("computed", part.commitment.to_string()), ("bytes", part.size.to_string())]);
        }
        if !undecided && let Some(finding) = shown.wrongly(core, catalogue.as_ref()) {
            return finding;
        }
        let shows = |name: &str, text: &str| self.headed(index, name, text) || displays(catalogue.as_ref(), core, name, text);
        if !undecided && let Some((name, text)) = shown.facts.iter().find(|(name, text)| !shows(name, text)) {
            return Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
        }
        // Shown under a commitment that no part of this disclosure has, or only one that was removed.
        let gone = |part: &Part| redacted.contains(&part.commitment);
        let stray = |(name, _): &&(String, String)| !core.parts.iter().any(|part| part.commitment.to_string() == *name && !gone(part));
        let altered = altered.or_else(|| shown.texts.iter().flatten().find(stray).map(|(name, html)| differs(name, html)));
        if let Some(finding) = altered.or(unknown) {
            return finding;
        }
        let finding = if redacted.is_empty() { Finding::holds(code) } else { Finding::new(code, Answer::Holds, "redacted") };
        values.into_iter().fold(finding.with("parts", checked), |finding, (name, value)| finding.with(name, value))
    }

    pub(super) fn part<'c>(&self, index: u64, core: &Disclosure, part: &Part, contents: &'c Contents) -> Found<'c> {
        let matches = |salt: &[u8; 16], bytes: &'c [u8]| {
            let computed = Commitment::to(salt, bytes);
            let right = computed == part.commitment && bytes.len() as u64 == part.size;
            if right { Found::Matches(bytes) } else { Found::Differs(computed) }
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
        // The tree that this is checked against does not have it. Whoever asks while a redaction is being logged asks again,
        // with the newer checkpoint.
        let beyond = by >= self.checkpoint().size;
        let (Some(target), Some(known)) = (self.known(index), self.known(by)) else {
            return if beyond || self.was_asked(by) { Found::Fails("no-redaction") } else { Found::Unknown("no-redaction-entry") };
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

impl Finding {
    /// Of one part.
    pub(super) fn of(self, part: &Part) -> Finding {
        self.with("part", &part.role).with("commitment", part.commitment)
    }
}

impl Shown {
    /// Members of which this says something, once each.
    fn compared(&self) -> Vec<&str> {
        let others = [
            ("time", self.time.is_some()),
            ("agency", !self.agencies.is_empty()),
            ("titles", !self.titles.is_empty()),
            ("text", self.texts.is_some()),
            ("entry", self.entry.is_some()),
            ("step", self.steps.as_ref().is_some_and(|steps| !steps.is_empty())),
            ("parts", self.parts.as_ref().is_some_and(|parts| !parts.is_empty())),
            ("subjects", self.subjects.as_ref().is_some_and(|subjects| !subjects.is_empty())),
        ];
        let others = others.into_iter().filter(|(_, is)| *is).map(|(name, _)| name);
        let mut names = Vec::new();
        // A part's own name stands under its commitment.
        let facts = self.facts.iter().map(|(name, _)| if name.starts_with("sha256:") { "parts" } else { name.as_str() });
        for name in facts.chain(others) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether a page that shows texts shows this part as another text than its bytes, twice, or not at all.
    pub(super) fn differs(&self, part: &Part, bytes: &[u8]) -> Option<Finding> {
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
pub(super) fn differs(part: &str, from: &str) -> Finding {
    let mut tag = false;
    let words = from.chars().filter(|c| {
        let within = tag || *c == '<';
        tag = within && *c != '>';
        !within
    });
    let beginning: String = words.take(80).collect();
    Finding::fails(Code::C7, "shown-differs").with("member", "text").with("commitment", part).with("shown", beginning)
}
