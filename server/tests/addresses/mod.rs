//! Every address of the desk and of programs, with what may be sent there, read from the sources of the router itself: a new one is among
//! them by itself.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// How handlers are named. `any` takes whatever is sent.
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "any"];

/// Those of a folder or file below `server/src/http`: method and address, as `("POST", "/{lang}/desk/drafts/{id}")`.
pub fn of(place: &str) -> BTreeSet<(String, String)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http").join(place);
    let mut found = BTreeSet::new();
    for file in sources(&place) {
        let text = std::fs::read_to_string(&file).unwrap();
        // What tests build there is served to nobody.
        let text = text.split("\nmod tests").next().unwrap();
        let own = in_text(text, place.ends_with("desk"));
        // However an address is written down some day, none is passed over.
        for method in METHODS {
            let read = own.iter().filter(|(own, _)| own.eq_ignore_ascii_case(method)).count();
            assert_eq!(read, called(text, method), "an address that takes {method} cannot be read in {}", file.display());
        }
        found.extend(own);
    }
    found
}

fn sources(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let within = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    let all = within.filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"));
    all.flat_map(|path| sources(&path)).collect()
}

/// Texts in quotation marks with handlers behind them, be it in a call, a list, or within what puts a language before it.
fn in_text(text: &str, desk: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('"') {
        let Some((path, behind)) = text[at + 1..].split_once('"') else { continue };
        let address = (path.is_empty() || path.starts_with('/')) && !path.contains(char::is_whitespace);
        let Some(behind) = behind.strip_prefix(')').unwrap_or(behind).strip_prefix(',').filter(|_| address) else { continue };
        // At the desk what scripts ask stands whole, and pages stand below their language.
        let before = if desk && !path.starts_with("/desk") { "/{lang}/desk" } else { "" };
        found.extend(handlers(behind.trim_start()).into_iter().map(|method| (method.to_uppercase(), format!("{before}{path}"))));
    }
    found
}

/// The methods of `get(…).post(…).layer(…)`, with which a text begins.
fn handlers(text: &str) -> Vec<&str> {
    let (mut rest, mut found) = (text, Vec::new());
    while let Some((name, within)) = rest.split_once('(') {
        let handles = METHODS.contains(&name);
        if handles {
            found.push(name);
        }
        // What is called before any of them is something else; behind one it may be a layer.
        let goes_on = handles || (!found.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let Some(end) = closed(within).filter(|_| goes_on) else { break };
        let Some(next) = within[end + 1..].trim_start().strip_prefix('.') else { break };
        rest = next;
    }
    found
}

/// How often a method is called as it is with a handler: behind the comma after an address, or behind another method's bracket, and with
/// nothing but the name of a function.
fn called(text: &str, method: &str) -> usize {
    let call = format!("{method}(");
    let handles = |at: usize| {
        let before = &text[..at];
        let name = text[at + call.len()..].split(')').next().unwrap();
        let follows = before.trim_end().ends_with(',') || before.strip_suffix('.').is_some_and(|before| before.trim_end().ends_with(')'));
        follows && !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | ':'))
    };
    text.match_indices(call.as_str()).filter(|(at, _)| handles(*at)).count()
}

/// Where the bracket closes that was opened right before a text.
fn closed(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}
