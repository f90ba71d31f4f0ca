//! C7 before there is an entry: whether what somebody is about to sign is what it commits to, and what their page displays.

use super::{
    Code, Finding, Shown,
    content::differs,
    facts::{core_says, displays},
};
use crate::{
    catalogue::Catalogue,
    holders::{self, Holders},
    part::{Commitment, Salt},
    statement::Core,
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
