//! C7: whether parts match their commitments, and whether what a page displays is what was committed.

use super::{Answer, Code, Finding, Reader};
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

/// What a page displays of an item: (catalogue member, text as displayed).
pub type Shown = Vec<(String, String)>;

enum Found<'c> {
    Matches(&'c [u8]),
    Redacted(u64),
    Fails(&'static str),
    Unknown(&'static str),
}

impl Reader<'_> {
    /// C7.
    #[must_use]
    pub fn content(&self, index: u64, contents: &Contents, scope: Scope, shown: &Shown) -> Finding {
        let code = Code::C7;
        let Some(statement) = self.statement(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        let Core::Disclosure(core) = &statement.core else {
            return Finding::new(code, Answer::NotApplicable, "no-parts");
        };
        let mut redacted = Vec::new();
        let mut catalogue = None;
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
                Found::Matches(_) => {}
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
        if told && let Some((name, text)) = shown.iter().find(|(name, text)| !displays(catalogue.as_ref(), core, name, text)) {
            return Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
        }
        if let Some(finding) = unknown {
            return finding;
        }
        let finding = if redacted.is_empty() { Finding::holds(code) } else { Finding::new(code, Answer::Holds, "redacted") };
        let finding = finding.with("parts", checked);
        redacted.into_iter().fold(finding, |finding, (by, part)| finding.with("redacted", part).with("by", by))
    }

    fn part<'c>(&self, index: u64, core: &Disclosure, part: &Part, contents: &'c Contents) -> Found<'c> {
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
            return Found::Unknown("no-redaction-entry");
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

/// Whether `text`, displayed as the catalogue member `name`, is what the catalogue has there.
fn displays(catalogue: Option<&Catalogue>, core: &Disclosure, name: &str, text: &str) -> bool {
    // These stand in the statement itself, so they are there even when the catalogue is not.
    if name == "stated_agency" {
        return core.stated_agency.as_deref() == Some(text);
    }
    if name == "source" && core.source.as_deref() == Some(text) {
        return true;
    }
    if name == "genre" && catalogue.is_none_or(|catalogue| catalogue.genre.is_none()) {
        return core.genre == text;
    }
    let Some(catalogue) = catalogue else {
        return false;
    };
    let one = |member: &Option<String>| member.as_deref() == Some(text);
    let among = |members: &[String]| members.iter().any(|member| member == text);
    match name {
        "title" => catalogue.title == text,
        "index_number" => one(&catalogue.index_number),
        "document_number" => one(&catalogue.document_number),
        "issuing_agencies" => among(&catalogue.issuing_agencies),
        "joint_agencies" => among(&catalogue.joint_agencies),
        "issued" => one(&catalogue.issued),
        "published" => one(&catalogue.published),
        "effective" => one(&catalogue.effective),
        "expires" => one(&catalogue.expires),
        "theme" => one(&catalogue.theme),
        "genre" => one(&catalogue.genre),
        "basis" => one(&catalogue.basis),
        "summary" => one(&catalogue.summary),
        "keywords" => among(&catalogue.keywords),
        "language" => one(&catalogue.language),
        "region" => one(&catalogue.region),
        "subjects" => catalogue.subjects.iter().any(|subject| subject.name == text || subject.id == text),
        "source" => one(&catalogue.source),
        "authentic" => one(&catalogue.authentic),
        "parts" => among(&catalogue.parts),
        _ => false,
    }
}
