//! C7 before there is an entry: whether what somebody is about to sign is what it commits to, and what their page displays.

use super::{
    Code, Finding, Shown,
    content::differs,
    facts::{core_says, displays},
};
use crate::{
    approval::Rule,
    catalogue::Catalogue,
    holders::{self, Holders},
    part::{Commitment, Salt},
    statement::{Core, Key, Names, core_line},
};

/// Whether `parts`, each a salt and bytes, are all the parts of `core` and no other, and whether `shown` is what they say. What a
/// post is about to sign is decided by this, not by what its page was told.
#[must_use]
pub fn frozen(core: &Core, parts: &[(Salt, Vec<u8>)], shown: &Shown) -> Finding {
    let code = Code::C7;
    let shown_differs = |name: &str, text: &str| Finding::fails(code, "shown-differs").with("member", name).with("shown", text);
    let core = match core {
        Core::Disclosure(core) => core,
        Core::Status(_) | Core::Redaction(_) => {
            return match shown.facts.iter().find(|(name, text)| !core_says(core, name, text)) {
                Some((name, text)) => shown_differs(name, text),
                None if parts.is_empty() => Finding::holds(code),
                None => Finding::fails(code, "stray-part"),
            };
        }
        // Nothing else is up for approval.
        _ => return Finding::fails(code, "not-approved"),
    };
    let brought: Vec<_> = parts.iter().map(|(salt, bytes)| (Commitment::to(salt, bytes), bytes.as_slice())).collect();
    let mut catalogue = None;
    let mut holders = None;
    for part in &core.parts {
        let Some((_, bytes)) = brought.iter().find(|(commitment, _)| *commitment == part.commitment) else {
            return Finding::fails(code, "missing").of(part);
        };
        if bytes.len() as u64 != part.size {
            return Finding::fails(code, "bytes-differ").of(part);
        }
        if part.role == "catalogue" {
            match Catalogue::read(bytes) {
                Ok(read) => catalogue = Some(read),
                Err(_) => return Finding::fails(code, "catalogue-unreadable").of(part),
            }
        } else if part.role == holders::ROLE {
            match Holders::read(bytes) {
                Ok(read) if holders.is_none() => holders = Some(read),
                _ => return Finding::fails(code, "holders-unreadable").of(part),
            }
        } else if let Some(finding) = shown.differs(part, bytes) {
            return finding;
        }
    }
    if let Some((stray, _)) = brought.iter().find(|(commitment, _)| core.parts.iter().all(|part| part.commitment != *commitment)) {
        return Finding::fails(code, "stray-part").with("commitment", stray);
    }
    if let Some(finding) = shown.wrongly(core, catalogue.as_ref()) {
        return finding;
    }
    if let Some((name, text)) = shown.facts.iter().find(|(name, text)| name != "holder" && !displays(catalogue.as_ref(), core, name, text))
    {
        return shown_differs(name, text);
    }
    // Whom the text names as holders of posts is read out in whole, or nobody has approved it.
    let named = holders.iter().flat_map(|holders| &holders.holders).map(|holder| format!("{} {}", holder.id, holder.name));
    let displayed = shown.facts.iter().filter(|(name, _)| name == "holder").map(|(_, text)| text.as_str());
    if !named.clone().eq(displayed) {
        return shown_differs("holder", &named.collect::<Vec<_>>().join(", "));
    }
    let stray = |(name, _): &&(String, String)| !core.parts.iter().any(|part| part.commitment.to_string() == *name);
    shown.texts.iter().flatten().find(stray).map_or_else(|| Finding::holds(code), |(name, html)| differs(name, html))
}

/// Whether what a page displays of a registration before a registrar signs it (`shown`) is all that its core line says, and no more:
/// whose it is, every name and its language; every key, in order, with who keeps it, if it says so, and how and from which entry on it
/// ended; then of an agency which bodies speak for it, or oversee it, whether it is an archive, and its rule.
#[must_use]
pub fn registration(line: &str, shown: &Shown) -> Finding {
    let code = Code::C7;
    let Ok((id, core)) = Core::read(line) else { return Finding::fails(code, "no-registration") };
    let (again, id, agency, names, keys): (_, &str, &str, &Names, &[Key]) = match &core {
        Core::Agency(said) => (core_line("agency", &id, said), &said.agency, &said.agency, &said.name, &said.seals),
        Core::Post(said) => (core_line("post", &id, said), &said.post, &said.agency, &said.name, &said.keys),
        _ => return Finding::fails(code, "no-registration"),
    };
    // What no reader understands today no page shows, and a later reader might take it for something.
    if !again.is_ok_and(|again| again == line) {
        return Finding::fails(code, "more-said");
    }
    let mut said: Vec<(&str, String)> = vec![(core.kind(), id.to_owned())];
    if core.kind() == "post" {
        said.push(("agency", agency.to_owned()));
    }
    said.extend(names.iter().flat_map(|(language, name)| [("language", language.clone()), ("name", name.clone())]));
    for key in keys {
        said.push(("key", key.key.to_string()));
        said.extend(key.custody.clone().map(|custody| ("custody", custody)));
        said.extend(key.ended.map(|ended| ("ended", format!("{} {}", ended.how.as_str(), ended.at))));
    }
    if let Core::Agency(core) = &core {
        said.extend(core.successor.clone().map(|body| ("successor", body)));
        said.extend(core.overseers.iter().map(|body| ("overseer", body.clone())));
        said.extend(core.archive.then(|| ("archive", "archive".to_owned())));
        said.extend(core.rule.iter().flat_map(rule));
    }
    let mut displayed = shown.facts.iter();
    for (name, text) in &said {
        let found = displayed.next();
        if found.is_none_or(|(of, words)| of != name || words != text) {
            return Finding::fails(code, "shown-differs").with("member", name).with("shown", found.map_or("", |(_, words)| words));
        }
    }
    displayed.next().map_or_else(
        || Finding::holds(code),
        |(name, words)| Finding::fails(code, "shown-differs").with("member", name).with("shown", words),
    )
}

/// Everything that a rule of approval says: how many steps there are, each with its genre, how many of which posts must take it, and
/// after which; then who may skip one, and whether they are logged with what they lead to. Two rules that are sound never say the same.
fn rule(rule: &Rule) -> Vec<(&'static str, String)> {
    let steps = rule.genres.iter().flat_map(|genre| genre.steps.iter().map(move |step| (genre, step)));
    let mut said = vec![("rule", steps.clone().count().to_string())];
    for (genre, step) in steps {
        said.extend([("step", step.code.clone()), ("genre", genre.genre.clone()), ("count", step.count.to_string())]);
        said.extend(step.posts.iter().map(|post| ("taker", post.clone())));
        said.extend(step.after.iter().map(|code| ("after", code.clone())));
    }
    said.extend(rule.overriders.iter().map(|post| ("overrider", post.clone())));
    said.extend(rule.deferred.then(|| ("deferred", "deferred".to_owned())));
    said
}
