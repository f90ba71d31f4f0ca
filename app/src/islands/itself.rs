//! What a page says of the chain itself, and whether that is so: said on the chain's own page, and in the alarm of any.

use super::{
    panel,
    shown::{all, check, displayed, first, is_page_of_chain, say, text},
};
use crate::{
    Lang, codes,
    contract::{State, attr, select},
    phrases::{IslandWords, Phrase, fill},
};
use chain::check::{Answer, Reader};
use web_sys::{Document, Element};

/// What the page displays of the chain: identity, origin, keys.
fn displays(document: &Document, page: &Element, lang: Lang) -> Vec<(&'static str, String)> {
    let mut shown = Vec::new();
    for (what, selector) in [("identity", select::IDENTITY), ("origin", select::ORIGIN)] {
        shown.extend(all(page, selector).iter().map(|place| (what, displayed(place, lang))));
    }
    if !is_page_of_chain(document) {
        return shown;
    }
    // What is given to other software: the address of the log, its origin, its key.
    let client = first(page, select::CLIENT).map(|client| text(&client)).unwrap_or_default();
    shown.extend(["", "origin", "log-key"].into_iter().zip(client.split('\n')).skip(1).map(|(what, line)| (what, line.to_owned())));
    let mut keys = String::new();
    for row in all(page, select::KEYS) {
        let (role, key) = (first(&row, select::ROLE), first(&row, select::VKEY));
        let code = role.as_ref().and_then(|role| role.get_attribute(attr::VALUE)).unwrap_or_default();
        let said = role.map(|role| text(&role)).unwrap_or_default();
        if codes::key_role(lang, &code) == Some(&said) {
            keys = keys + &code + " ";
        }
        keys = keys + &key.map(|key| displayed(&key, lang)).unwrap_or_default() + "\n";
    }
    shown.push(("keys", keys));
    shown
}

/// Compares what the page says of the chain with the chain, and says so where the page has a place for it.
pub fn compare(document: &Document, page: &Element, words: &IslandWords, lang: Lang, reader: &Reader<'_>) -> Answer {
    let answer = reader.itself(&displays(document, page, lang)).answer;
    let size = codes::number(lang, reader.checkpoint().size.saturating_sub(1));
    let sentence = match answer {
        Answer::Holds => Phrase::ChainHolds,
        Answer::Fails => Phrase::ChainFails,
        _ => Phrase::ChainUnknown,
    };
    judge(page, panel::state(answer), &fill(words.get(sentence), &[("size", &size)]));
    answer
}

/// Beside the chain's identity, on the chain's own page.
pub fn judge(page: &Element, state: State, sentence: &str) {
    if let Some(place) = first(page, select::ITSELF) {
        check(&place, state);
        say(first(&place, select::VERDICT), sentence);
    }
}
