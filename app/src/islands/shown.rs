//! Reading the page: what it displays of each entry, exactly, and marking it.

use crate::{
    Lang,
    contract::{Piece, SealState, State, attr, select, shown},
    dates,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
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

/// Elements that say something of what `within` is about: of a place all that stand in it, of the page those in no place.
fn of(within: &Element, selector: &str) -> Vec<Element> {
    let mut found = all(within, selector);
    found.retain(|element| element.closest(select::PLACE).ok().flatten().is_none_or(|place| place == *within));
    found
}

/// What an element displays, read back exactly; `None` when it shows one thing and declares another.
fn exact(element: &Element, lang: Lang) -> Option<String> {
    if let Some(day) = element.get_attribute("datetime") {
        return (element.text_content()? == dates::day(lang, &day)).then_some(day);
    }
    if let Some(code) = element.get_attribute(attr::VALUE) {
        return Some(code);
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

/// Every fact displayed: (member, text). What cannot be read back exactly is given as a text that no catalogue holds, so that
/// it fails.
pub fn facts(within: &Element, lang: Lang) -> Vec<(String, String)> {
    named(within, attr::FIELD, lang)
}

/// Agency ids and names as displayed.
pub fn agencies(within: &Element, lang: Lang) -> Vec<(String, String)> {
    named(within, attr::AGENCY_NAME, lang)
}

/// Indexes of other entries spoken of, and their titles as displayed.
pub fn titles(within: &Element, lang: Lang) -> Vec<(u64, String)> {
    named(within, attr::OF, lang).into_iter().filter_map(|(of, title)| Some((of.parse().ok()?, title))).collect()
}

fn named(within: &Element, name: &str, lang: Lang) -> Vec<(String, String)> {
    let fields = of(within, &format!("[{name}]"));
    fields
        .iter()
        .filter_map(|field| Some((field.get_attribute(name)?, exact(field, lang).unwrap_or_else(|| "\u{fffe}".to_owned()))))
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
pub fn entry(page: &Element, lang: Lang) -> Option<String> {
    first(page, select::ENTRY).map(|entry| exact(&entry, lang).unwrap_or_default())
}

/// The log's time as displayed beside an entry: (for machines, for people).
pub fn logged(within: &Element) -> Option<(String, String)> {
    let time = of(within, select::LOGGED).into_iter().next()?;
    Some((time.get_attribute("datetime")?, time.text_content()?))
}

/// The same for machines alone; where people are shown another time than machines, what people are shown.
pub fn logged_exactly(within: &Element, zone: Option<&str>, lang: Lang) -> Option<String> {
    let (machine, people) = logged(within)?;
    // A browser that does not know the zone compares what machines are shown.
    let right = zone.and_then(|zone| in_zone(&machine, zone)).and_then(|clock| dates::minute(lang, &clock));
    Some(if right.is_none_or(|right| right == people) { machine } else { people })
}

/// What a clock of a time zone shows at an instant, as Swedes write it: `2026-11-22 13:45:00`.
fn in_zone(instant: &str, zone: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    Instant::new(instant).clock("sv-SE", &options).ok()
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Date)]
    type Instant;
    #[wasm_bindgen(constructor, js_class = "Date")]
    fn new(written: &str) -> Instant;
    // Throws where the browser does not know the zone.
    #[wasm_bindgen(method, catch, js_class = "Date", js_name = toLocaleString)]
    fn clock(this: &Instant, locale: &str, options: &js_sys::Object) -> Result<String, JsValue>;
}
