//! What signs at the desk, in the browser that keeps the key: looks at what is to be signed, writes it, and finishes the note.
//!
//! It decides nothing itself: `chain` does, from what the page displays and from the bytes that the server sends. The key is not
//! here either; the page's script asks the browser for a signature over the text that this wrote.

use crate::{Lang, islands::shown};
use chain::{
    Hash,
    approval::{Drawn, NewStep},
    check::{self, Answer, Finding, Shown, ShownPart},
    json,
    note::{KeyType, Vkey, text_of, with_signature},
    part::{Commitment, Salt, format_salt, parse_salt},
    possession::{self, Office},
    statement::{Core, HEADER, Reference, parse_index},
};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

/// Where a page shows what is up for approval, and where what is to be registered.
const FROZEN: &str = "[data-frozen]";
const REGISTRATION: &str = "[data-registration]";

/// Never a sentence: a code, for which the page has words, and what it is about.
fn told(code: &str) -> JsError {
    JsError::new(code)
}

fn finding(found: &Finding) -> String {
    if found.answer == Answer::Holds {
        return String::new();
    }
    let values = found.values.iter().map(|(name, value)| format!("\n{name} {value}"));
    found.reason.to_owned() + &values.collect::<String>()
}

pub(crate) fn lang(document: &Document) -> Lang {
    let tag = shown::root(document).and_then(|page| page.get_attribute("lang"));
    if tag.is_some_and(|tag| tag.starts_with("zh")) { Lang::Zh } else { Lang::En }
}

fn within(document: &Document, selector: &str) -> Result<Element, JsError> {
    document.query_selector(selector).ok().flatten().ok_or_else(|| told("page"))
}

/// The text form of a key from its name and its 32 public bytes, if it may be registered.
#[wasm_bindgen]
pub fn vkey(name: &str, public: &[u8]) -> Result<String, JsError> {
    let public: &[u8; 32] = public.try_into().map_err(|_| told("key"))?;
    let vkey = Vkey::new(name, KeyType::Ed25519, public).map_err(|_| told("key"))?;
    if vkey.is_torsion_free() { Ok(vkey.to_string()) } else { Err(told("key")) }
}

/// What a key signs to show that it is in somebody's hands, before it is registered for a post.
#[wasm_bindgen]
pub fn possession(origin: &str, office: &str, name: &str, account: &str, vkey: &str) -> Result<String, JsError> {
    let key = Vkey::parse(vkey).map_err(|_| told("key"))?;
    let office = Office::named(office).ok_or_else(|| told("answer"))?;
    possession::text(origin, office, name, account, &key).map_err(|_| told("answer"))
}

/// What a signature on a text, or on what others have signed of it, covers.
#[wasm_bindgen]
pub fn covered(note: &str) -> String {
    text_of(note).to_owned()
}

/// A text, or what others have signed of it, with the signature that a key made over it.
#[wasm_bindgen]
pub fn signed(note: &str, vkey: &str, signature: &[u8]) -> Result<String, JsError> {
    let key = Vkey::parse(vkey).map_err(|_| told("key"))?;
    let signature = signature.try_into().map_err(|_| told("signature"))?;
    with_signature(note, &key, signature).map_err(|_| told("signature"))
}

/// What is up for approval, as the server hands it over.
#[wasm_bindgen]
pub struct Paper {
    line: String,
    core: Core,
    parts: Vec<(Salt, Vec<u8>)>,
}

#[wasm_bindgen]
impl Paper {
    #[wasm_bindgen(constructor)]
    pub fn new(core_line: &str) -> Result<Paper, JsError> {
        let (_, core) = Core::read(core_line).map_err(|_| told("core"))?;
        Ok(Paper { line: core_line.to_owned(), core, parts: Vec::new() })
    }

    /// The core line's fingerprint, as the page has it.
    #[must_use]
    pub fn digest(&self) -> String {
        Hash::of(&[self.line.as_bytes()]).to_hex()
    }

    /// One part of it.
    pub fn take(&mut self, salt: &str, bytes: Vec<u8>) -> Result<(), JsError> {
        self.parts.push((parse_salt(salt).ok_or_else(|| told("answer"))?, bytes));
        Ok(())
    }

    /// Nothing if these are all its parts and the page displays just this; else why not.
    pub fn judge(&self, document: &Document) -> Result<String, JsError> {
        let (page, lang) = (within(document, FROZEN)?, lang(document));
        let mut facts = shown::facts(&page, lang);
        // Words in the place of a title that are none.
        facts.extend(shown::unmarked(&page, &self.core, false, true));
        let disclosure = matches!(self.core, Core::Disclosure(_));
        // A part's name stands beside its fingerprint, in a list of them.
        let listed: Vec<ShownPart> = shown::all(&page, ".parts li[data-part]").iter().map(|item| part(item, lang)).collect();
        if disclosure {
            let in_list = shown::all(&page, ".parts li[data-part] [data-field=parts]").len();
            if facts.iter().filter(|(name, _)| name == "parts").count() == in_list {
                facts.retain(|(name, _)| name != "parts");
            }
            let in_list = shown::all(&page, ".subjects li [data-field=subjects]").len();
            if facts.iter().filter(|(name, _)| name == "subjects").count() == in_list {
                facts.retain(|(name, _)| name != "subjects");
            }
        }
        let shown = Shown {
            facts,
            named: disclosure,
            parts: disclosure.then_some(listed),
            subjects: disclosure.then(|| shown::subjects(&page, lang)),
            texts: disclosure.then(|| shown::texts(&page)),
            ..Shown::default()
        };
        Ok(finding(&check::frozen(&self.line, &self.parts, &shown)))
    }

    /// A step about it. `ask` is a JSON object of texts: `origin`, `agency`, `case`, `code`, `decision`, `rule`, and where there are
    /// any `index` and `leaf` of the step before, or `after`, and `reason`; `random` 64 bytes that nobody has used before.
    pub fn step(&self, ask: &str, random: &[u8]) -> Result<Taken, JsError> {
        let asked: BTreeMap<String, String> = json::read_any(ask).map_err(|_| told("answer"))?;
        let of = |name: &str| asked.get(name).map(String::as_str).filter(|text| !text.is_empty());
        let previous = match (of("index"), of("leaf")) {
            (None, None) => None,
            (Some(index), Some(leaf)) => Some(Reference {
                index: parse_index(index).ok_or_else(|| told("answer"))?,
                leaf: Hash::parse(leaf).map_err(|_| told("answer"))?,
            }),
            _ => return Err(told("answer")),
        };
        let (salts, []) = random.as_chunks::<16>() else { return Err(told("failed")) };
        let [id, core, step, reason_salt] = salts.try_into().map_err(|_| told("failed"))?;
        let reason = of("reason").map(|text| Commitment::to(&reason_salt, text.as_bytes()));
        let new = NewStep {
            origin: of("origin").unwrap_or_default(),
            agency: of("agency").unwrap_or_default(),
            case: of("case").unwrap_or_default(),
            previous,
            after: of("after").map(Hash::parse).transpose().map_err(|_| told("answer"))?,
            code: of("code").unwrap_or_default(),
            decision: of("decision").unwrap_or_default(),
            rule: of("rule").and_then(|rule| Hash::parse(rule).ok()).ok_or_else(|| told("answer"))?,
            core_line: &self.line,
            reason,
        };
        let taken = new.write(&Drawn { id, core, step }).map_err(|_| told("answer"))?;
        let reason_salt = reason.map(|_| format_salt(&reason_salt)).unwrap_or_default();
        Ok(Taken { text: taken.text, salt: taken.opening.salt, opening: taken.opening.text, reason_salt })
    }
}

/// A part as the page lists it: its whole link is its name, and leads to the bytes that were looked at.
fn part(item: &Element, lang: Lang) -> ShownPart {
    let names = shown::all(item, "[data-field=parts]");
    let link = shown::first(item, "a");
    let wholly = match (&link, names.first()) {
        (Some(link), Some(name)) => shown::text(link) == shown::text(name),
        _ => true,
    };
    let commitment = item.get_attribute("data-part").filter(|of| {
        let leads = link.as_ref().and_then(|link| link.get_attribute("href")).is_none_or(|href| href.ends_with(of.as_str()));
        leads && wholly && names.len() < 2
    });
    ShownPart { commitment: commitment.unwrap_or_default(), name: names.first().map(|name| shown::displayed(name, lang)) }
}

/// A step that was written: the text to sign, and what opens it.
#[wasm_bindgen(getter_with_clone)]
pub struct Taken {
    pub text: String,
    pub salt: String,
    pub opening: String,
    /// Empty where no reason was given.
    pub reason_salt: String,
}

/// Nothing if a registration of the chain `origin` says what the page displays of it; else why not. An amendment of the charter comes
/// with the entry that it amends.
#[wasm_bindgen]
pub fn registration(note: &str, origin: &str, before: &[u8], document: &Document) -> Result<String, JsError> {
    let text = text_of(note);
    let mut lines = text.split('\n');
    let (Some(header), Some(line), Some(""), None) = (lines.next(), lines.next(), lines.next(), lines.next()) else {
        return Err(told("core"));
    };
    if header.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix(' ')) != Some(origin) {
        return Ok("other-chain".into());
    }
    let (_, core) = Core::read(line).map_err(|_| told("core"))?;
    let page = within(document, REGISTRATION)?;
    let shown = Shown { facts: shown::facts(&page, lang(document)), ..Shown::default() };
    Ok(finding(&match core {
        Core::Charter(_) => check::amendment(line, before, &shown),
        _ => check::registration(line, &shown),
    }))
}
