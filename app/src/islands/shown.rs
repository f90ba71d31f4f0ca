//! Reading the page: what it displays of each entry, exactly, and marking it.

use crate::contract::{Piece, SealState, State, attr, select, shown};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Node};

pub fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = within.query_selector_all(selector) else { return vec![] };
    (0..list.length()).filter_map(|n| list.get(n)?.dyn_into().ok()).collect()
}

pub fn first(within: &Element, selector: &str) -> Option<Element> {
    within.query_selector(selector).ok().flatten()
}

pub fn root(document: &Document) -> Option<Element> {
    document.document_element()
}

pub fn index(element: &Element) -> Option<u64> {
    element.get_attribute(attr::INDEX)?.parse().ok()
}

/// Sets an attribute. A page whose markup refuses one is a page of somebody else's; there is nothing to do about it.
pub fn mark(element: &Element, name: &str, value: &str) {
    drop(element.set_attribute(name, value));
}

pub fn check(element: &Element, state: State) {
    mark(element, attr::CHECK, state.value());
}

pub fn seal(within: &Element, state: SealState) {
    for seal in all(within, ".seal") {
        mark(&seal, attr::SEAL, state.value());
    }
}

pub fn say(element: Option<Element>, text: &str) {
    if let Some(element) = element {
        element.set_text_content(Some(text));
    }
}

pub fn reveal(element: &Element) {
    drop(element.remove_attribute("hidden"));
}

/// What an element displays, read back exactly; `None` when it shows one thing and declares another.
fn exact(element: &Element) -> Option<String> {
    if let Some(day) = element.get_attribute("datetime") {
        return Some(day);
    }
    let nodes = element.child_nodes();
    let nodes: Vec<Node> = (0..nodes.length()).filter_map(|n| nodes.get(n)).collect();
    let texts: Vec<(Option<String>, String)> = nodes
        .iter()
        .map(|node| (node.dyn_ref::<Element>().and_then(|e| e.get_attribute(attr::CHAR)), node.text_content().unwrap_or_default()))
        .collect();
    shown(texts.iter().map(|(code, text)| match code {
        Some(code) => Piece::Char { code, text },
        None => Piece::Text(text),
    }))
}

/// Every fact an element displays: (member, text). What cannot be read back exactly is given as a text that no
/// catalogue holds, so that it fails.
pub fn facts(within: &Element) -> Vec<(String, String)> {
    let fields = all(within, "[data-field]");
    fields
        .iter()
        .filter_map(|field| {
            let name = field.get_attribute(attr::FIELD)?;
            Some((name, exact(field).unwrap_or_else(|| "\u{fffe}".to_owned())))
        })
        .collect()
}

/// Every text the page displays, by the commitment it stands under, as the browser would write it down again; none on pages
/// that are not a disclosure's own.
pub fn texts(page: &Element) -> Option<Vec<(String, String)>> {
    let address = page.base_uri().ok()??;
    address.contains("/disclosures/").then(|| {
        let texts = all(page, select::TEXT);
        texts.iter().filter_map(|text| Some((text.get_attribute(attr::PART)?, text.inner_html()))).collect()
    })
}

/// The entry's own text, where the page shows it as it was logged.
pub fn entry(page: &Element) -> Option<String> {
    first(page, select::ENTRY).map(|entry| exact(&entry).unwrap_or_default())
}

/// Agency ids and names as displayed.
pub fn agencies(within: &Element) -> Vec<(String, String)> {
    let names = all(within, "[data-agency-name]");
    names.iter().filter_map(|name| Some((name.get_attribute(attr::AGENCY_NAME)?, exact(name).unwrap_or_default()))).collect()
}

/// The log's date as displayed beside an entry: (machine-readable, for people).
pub fn logged(within: &Element) -> Option<(String, String)> {
    let time = first(within, ".logged time, .for-logged time")?;
    Some((time.get_attribute("datetime")?, time.text_content()?))
}
