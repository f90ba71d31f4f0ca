//! C7 before there is an entry: whether what somebody is about to sign is what it commits to, and what their page displays.

use super::{Code, Finding, Shown, content::differs, facts::displays};
use crate::{
    catalogue::{Catalogue, Subject},
    holders::{self, Holders},
    part::{Commitment, Salt},
    statement::{Core, Disclosure, Stated, core_line},
};
use serde::Serialize;

/// Everything that a core line says with its parts, as (member, text) in one order: what nobody may sign without having been told it.
/// Of a disclosure also what its parts are: their bytes are told by whoever has them.
pub struct Said<'p> {
    pub core: Core,
    pub catalogue: Catalogue,
    pub facts: Vec<(&'static str, String)>,
    /// The parts of a disclosure, each by the commitment that was computed of it.
    brought: Vec<(Commitment, &'p [u8])>,
}

/// Reads a core line that is up for approval with `parts`, each a salt and bytes; why that cannot be done, or what it would say that no
/// reader is told, as a finding that fails.
pub fn said<'p>(line: &str, parts: &'p [(Salt, Vec<u8>)]) -> Result<Said<'p>, Finding> {
    let fails = |reason| Finding::fails(Code::C7, reason);
    let Ok((id, core)) = Core::read(line) else { return Err(fails("not-approved")) };
    let again = match &core {
        Core::Disclosure(said) => core_line(core.kind(), &id, said),
        Core::Status(said) => core_line(core.kind(), &id, said),
        Core::Redaction(said) => core_line(core.kind(), &id, said),
        // Nothing else is up for approval.
        _ => return Err(fails("not-approved")),
    };
    // What no reader understands today no page shows, and a later reader might take it for something.
    if again.ok().as_deref() != Some(line) {
        return Err(fails("more-said"));
    }
    let mut catalogue = Catalogue::default();
    // Hashed once: files are large, and this is done where somebody waits.
    let brought: Vec<_> = parts.iter().map(|(salt, bytes)| (Commitment::to(salt, bytes), bytes.as_slice())).collect();
    let entry = |index: u64| ("entry", index.to_string());
    let facts = match &core {
        Core::Disclosure(said) => {
            let (read, holders) = committed(said, &brought)?;
            catalogue = read;
            disclosed(said, &catalogue, &holders)
        }
        _ if !parts.is_empty() => return Err(fails("stray-part")),
        Core::Status(said) => {
            let mut facts = vec![entry(said.target.index), ("kind", said.kind.as_str().to_owned())];
            facts.extend(said.effective.clone().map(|day| ("effective", day)));
            facts.push(("ground", said.ground.clone()));
            facts.extend(said.by.map(|by| entry(by.index)));
            facts
        }
        Core::Redaction(said) => {
            let mut facts = vec![entry(said.target.index)];
            facts.extend(said.parts.iter().map(|part| ("parts", part.to_string())));
            facts.push(("ground", said.ground.clone()));
            facts
        }
        _ => vec![],
    };
    Ok(Said { core, catalogue, facts, brought })
}

/// The catalogue and the holders of a disclosure whose parts are these and no others. What the statement says beside the catalogue, by
/// which rules and lists judge it, must be what the catalogue says.
fn committed(core: &Disclosure, brought: &[(Commitment, &[u8])]) -> Result<(Catalogue, Holders), Finding> {
    let fails = |reason| Finding::fails(Code::C7, reason);
    let (mut catalogue, mut holders) = (None, None);
    for part in &core.parts {
        let Some((_, bytes)) = brought.iter().find(|(commitment, _)| *commitment == part.commitment) else {
            return Err(fails("missing").of(part));
        };
        if bytes.len() as u64 != part.size {
            return Err(fails("bytes-differ").of(part));
        }
        if part.role == "catalogue" {
            match Catalogue::read(bytes) {
                Ok(read) if is_all(&read, bytes) => catalogue = Some(read),
                Ok(_) => return Err(fails("more-said").of(part)),
                Err(_) => return Err(fails("catalogue-unreadable").of(part)),
            }
        } else if part.role == holders::ROLE {
            match Holders::read(bytes) {
                // A scheme is nothing that is read out either.
                Ok(read) if read.holders.iter().any(|holder| holder.scheme.is_some()) || !is_all(&read, bytes) => {
                    return Err(fails("more-said").of(part));
                }
                Ok(read) if holders.is_none() => holders = Some(read),
                _ => return Err(fails("holders-unreadable").of(part)),
            }
        }
    }
    if let Some((stray, _)) = brought.iter().find(|(commitment, _)| core.parts.iter().all(|part| part.commitment != *commitment)) {
        return Err(fails("stray-part").with("commitment", stray));
    }
    let catalogue = catalogue.unwrap_or_default();
    let stated = Stated {
        issued: catalogue.issued.clone(),
        published: catalogue.published.clone(),
        effective: catalogue.effective.clone(),
        expires: catalogue.expires.clone(),
    };
    let same = |member: &Option<String>, stated: &str| member.as_deref().is_none_or(|member| member == stated);
    let agrees = stated == core.stated
        && catalogue.theme == core.theme
        && same(&catalogue.genre, &core.genre)
        && same(&catalogue.language, &core.language);
    if agrees { Ok((catalogue, holders.unwrap_or_default())) } else { Err(fails("catalogue-differs")) }
}

/// Whether what was read of a part is all that its bytes say.
fn is_all(read: &impl Serialize, bytes: &[u8]) -> bool {
    serde_json::to_vec(read).is_ok_and(|again| again == bytes)
}

/// What a disclosure says in its statement and its catalogue; its subjects are listed by their own.
fn disclosed(core: &Disclosure, catalogue: &Catalogue, holders: &Holders) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut say = |name: &'static str, texts: &[String]| facts.extend(texts.iter().map(|text| (name, text.clone())));
    say("entry", core.revises.map(|revised| revised.index.to_string()).as_slice());
    say("ground", core.ground.as_slice());
    say("title", Some(catalogue.title.clone()).filter(|title| !title.is_empty()).as_slice());
    say("genre", std::slice::from_ref(&core.genre));
    say("language", std::slice::from_ref(&core.language));
    say("stated_agency", core.stated_agency.as_slice());
    say("source", core.source.as_slice());
    say("index_number", catalogue.index_number.as_slice());
    say("document_number", catalogue.document_number.as_slice());
    say("issuing_agencies", &catalogue.issuing_agencies);
    say("joint_agencies", &catalogue.joint_agencies);
    say("issued", catalogue.issued.as_slice());
    say("published", catalogue.published.as_slice());
    say("effective", catalogue.effective.as_slice());
    say("expires", catalogue.expires.as_slice());
    say("theme", catalogue.theme.as_slice());
    say("basis", catalogue.basis.as_slice());
    say("summary", catalogue.summary.as_slice());
    say("keywords", &catalogue.keywords);
    say("region", catalogue.region.as_slice());
    say("source", catalogue.source.as_slice());
    say("authentic", catalogue.authentic.as_slice());
    // Each in one text: whoever could exchange a name would name another's post.
    let held: Vec<String> = holders.holders.iter().map(|holder| format!("{} {}", holder.id, holder.name)).collect();
    say("holder", &held);
    facts
}

/// Whether a page that somebody signs on displays all that the core line says with `parts`, each a salt and bytes, and nothing else:
/// every fact, every part in its list, every text, everybody it is about. What a post signs is decided by this, not by what its page was
/// told.
#[must_use]
pub fn frozen(line: &str, parts: &[(Salt, Vec<u8>)], shown: &Shown) -> Finding {
    let code = Code::C7;
    let shown_differs = |name: &str, text: &str| Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
    let Said { core, catalogue, facts, brought } = match said(line, parts) {
        Ok(said) => said,
        Err(finding) => return finding,
    };
    let is = |(name, text): &(&'static str, String), (displayed, words): &(String, String)| name == displayed && text == words;
    let Core::Disclosure(core) = &core else {
        // In one order, so that no two entries can be exchanged.
        let wrong = facts.iter().zip(&shown.facts).find(|(said, displayed)| !is(said, displayed)).map(|(said, _)| said);
        let lacking = facts.get(shown.facts.len());
        return match (wrong.or(lacking), shown.facts.get(facts.len())) {
            (Some((name, text)), _) => shown_differs(name, text),
            (None, Some((name, text))) => shown_differs(name, text),
            (None, None) => Finding::holds(code),
        };
    };
    if let Some((name, text)) = facts.iter().find(|said| !shown.facts.iter().any(|displayed| is(said, displayed))) {
        return shown_differs(name, text);
    }
    let own = |name: &str| name == "entry" || name == "holder";
    let so = |fact: &(String, String)| match own(&fact.0) {
        true => facts.iter().any(|said| is(said, fact)),
        false => displays(Some(&catalogue), core, &fact.0, &fact.1),
    };
    if let Some((name, text)) = shown.facts.iter().find(|fact| !so(fact)) {
        return shown_differs(name, text);
    }
    if let Some(finding) = shown.wrongly(core, Some(&catalogue)) {
        return finding;
    }
    // All but the catalogue, which stands there itself; that each is one of them, once, is seen to above.
    let listed = shown.parts.as_ref().map(Vec::len);
    if listed != Some(core.parts.iter().filter(|part| part.role != "catalogue").count()) {
        return shown_differs("parts", "");
    }
    let scheme = |subject: &Subject| subject.scheme.clone().unwrap_or_default();
    let alike = |one: &Subject, other: &Subject| (&one.id, &one.name, scheme(one)) == (&other.id, &other.name, scheme(other));
    let about = shown.subjects.as_deref().unwrap_or_default();
    if about.len() != catalogue.subjects.len() || !about.iter().zip(&catalogue.subjects).all(|(one, other)| alike(one, other)) {
        return shown_differs("subjects", "");
    }
    let Some(texts) = &shown.texts else { return shown_differs("text", "") };
    for part in core.parts.iter().filter(|part| part.role != "catalogue") {
        let Some((_, bytes)) = brought.iter().find(|(commitment, _)| *commitment == part.commitment) else { continue };
        let name = part.commitment.to_string();
        // A translation is read by those who read nothing else of it.
        if part.role == "translation" && part.media == "text/markdown" && !texts.iter().any(|(of, _)| *of == name) {
            return differs(&name, "");
        }
        if let Some(finding) = shown.differs(part, bytes) {
            return finding;
        }
    }
    let stray = |(name, _): &&(String, String)| !core.parts.iter().any(|part| part.commitment.to_string() == *name);
    texts.iter().find(stray).map_or_else(|| Finding::holds(code), |(name, html)| differs(name, html))
}
