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
                Found::Unknown(reason) => {
                    return Finding::cannot_tell(code, reason).with("part", part.commitment);
                }
            }
        }
        if let Some((name, text)) = shown.iter().find(|(name, text)| !displays(catalogue.as_ref(), name, text)) {
            return Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
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

    /// Whether entry `by` really is a redaction of this part by one entitled to it.
    fn redacted<'c>(&self, index: u64, core: &Disclosure, part: &Part, by: u64) -> Found<'c> {
        let (Some(target), Some(known)) = (self.known(index), self.known(by)) else {
            return Found::Unknown("no-redaction-entry");
        };
        let Some(Core::Redaction(redaction)) = known.statement.as_ref().map(|statement| &statement.core) else {
            return Found::Fails("no-redaction");
        };
        let names = redaction.target.index == index && redaction.target.leaf == target.leaf && redaction.parts.contains(&part.commitment);
        let successor = || self.sealing_agency(index).is_some_and(|owner| crate::state::speaks_for(owner, &redaction.agency, false));
        let entitled = redaction.agency == core.agency || successor();
        if !names || !entitled || self.inclusion(by).answer != Answer::Holds {
            return Found::Fails("no-redaction");
        }
        match self.seal(by).answer {
            Answer::Holds => Found::Redacted(by),
            Answer::Fails => Found::Fails("no-redaction"),
            _ => Found::Unknown("redaction-seal"),
        }
    }
}

/// Whether `text`, displayed as the catalogue member `name`, is what the catalogue has there.
fn displays(catalogue: Option<&Catalogue>, name: &str, text: &str) -> bool {
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
