//! Reading the page: what it displays of each entry, exactly, and marking it.

use crate::{
    Lang, codes,
    contract::{Piece, SealState, State, attr, select, shown},
    dates,
};
use chain::{
    catalogue::Subject,
    check::{ShownPart, ShownStep},
    statement::Core,
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

/// What keeps an element from the eye.
const UNSEEN: &str = "[hidden], .visually-hidden";

fn unseen(element: &Element) -> bool {
    element.closest(UNSEEN).ok().flatten().is_some()
}

pub fn matches(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or_default()
}

pub fn text(element: &Element) -> String {
    element.text_content().unwrap_or_default()
}

/// What an element displays, read back exactly; `None` when it shows one thing and declares another.
fn exact(element: &Element, lang: Lang) -> Option<String> {
    if unseen(element) || first(element, UNSEEN).is_some() {
        return None;
    }
    if let Some(day) = element.get_attribute("datetime") {
        return (matches(element, "time") && text(element) == dates::day(lang, &day)).then_some(day);
    }
    if let Some(code) = element.get_attribute(attr::VALUE) {
        let member = element.get_attribute(attr::FIELD).unwrap_or_default();
        let about = first(element, select::ABOUT).map(|about| text(&about));
        let called = codes::calls(lang, &member, &code, &text(element), about.as_deref());
        return (called && matches(element, select::CODED)).then_some(code);
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

/// What an element displays; where that cannot be read back exactly, a text that no catalogue holds, so that it fails.
pub fn displayed(element: &Element, lang: Lang) -> String {
    exact(element, lang).unwrap_or_else(|| "\u{fffe}".to_owned())
}

/// Every fact displayed: (member, text).
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
    fields.iter().filter_map(|field| Some((field.get_attribute(name)?, displayed(field, lang)))).collect()
}

/// What stands in the places of a disclosure's title, issuer and stated date, or of what became of it, and is not wholly a fact
/// that says so: given as that fact, so that no words stand there which no check reads. `titled` says whether there is a title to
/// be shown, `record` whether the page is a disclosure's own.
pub fn unmarked(within: &Element, core: &Core, record: bool, titled: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut look = |places: &str, marks: &str, name: &str, needed: &dyn Fn(&str) -> bool| {
        for place in of(within, places) {
            let words = text(&place);
            let mark = if matches(&place, marks) { Some(place) } else { first(&place, marks) };
            if mark.map_or_else(|| needed(&words), |mark| text(&mark) != words) {
                found.push((name.to_owned(), words));
            }
        }
    };
    let core = match core {
        Core::Disclosure(core) => core,
        Core::Status(_) | Core::Redaction(_) => {
            look(select::CHANGE, select::BECOMES, "kind", &|_| true);
            return found;
        }
        _ => return found,
    };
    let dated = core.stated.day().is_some();
    look(select::HEADING, select::TITLE, "title", &|_| titled);
    let spoken = "[data-field], [data-agency-name]";
    look(select::BESIDE, spoken, "stated_agency", &|_| true);
    // The page of an entry as it was logged has its number there.
    if record {
        look(select::ISSUER, spoken, "stated_agency", &|words| !words.is_empty());
    }
    look(select::STATED, "[data-field]", "stated", &|words| dated || words.bytes().any(|byte| byte.is_ascii_digit()));
    found
}

/// The entry that this page's address names.
pub fn address(document: &Document) -> Option<u64> {
    let address = path(document)?;
    let (before, index) = address.rsplit_once('/')?;
    (before.ends_with("/disclosures") || before.ends_with("/entries")).then(|| index.parse().ok())?
}

/// The address as the browser has it; what a page says of its base changes nothing.
fn path(document: &Document) -> Option<String> {
    Some(document.url().ok()?.split(['?', '#']).next()?.to_owned())
}

pub fn is_record(document: &Document) -> bool {
    path(document).is_some_and(|path| path.contains("/disclosures/"))
}

pub fn is_page_of_chain(document: &Document) -> bool {
    path(document).is_some_and(|path| path.ends_with("/chain"))
}

/// The entries that a knot is drawn as tied to: the one its cord names, and the one below it. None in a list without cord.
pub fn before(knot: &Element) -> Vec<u64> {
    let mut before = Vec::new();
    if matches(knot, select::TIED) {
        let index = |element: Element, name: &str| element.get_attribute(name).and_then(|index| index.parse().ok()).unwrap_or(u64::MAX);
        before.extend(first(knot, select::LINK).map(|link| index(link, attr::LINK_TO)));
        let below = knot.next_element_sibling().filter(|below| matches(below, select::KNOT));
        before.extend(below.map(|below| index(below, attr::INDEX)));
    }
    before
}

/// Every text a disclosure's page displays, by the commitment it stands under, as the browser would write it down again. What
/// stands beside a text in its section stands under none, and an unseen text is none.
pub fn texts(page: &Element) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for prose in all(page, select::TEXT) {
        let html = if unseen(&prose) { String::new() } else { prose.inner_html() };
        texts.push((prose.get_attribute(attr::PART).unwrap_or_default(), html));
        let section = prose.closest(select::BODY).ok().flatten();
        let heading = section.as_ref().and_then(|section| first(section, ":scope > h2")).map(|heading| text(&heading)).unwrap_or_default();
        let alone = section.as_ref().is_some_and(|section| {
            all(section, ":scope > *").iter().all(|child| *child == prose || matches(child, "h2"))
                && text(section) == heading + &text(&prose)
        });
        if !alone {
            texts.push((String::new(), section.map_or_else(String::new, |section| text(&section))));
        }
    }
    texts
}

/// The parts that a disclosure's page lists: each by the commitment its link leads to, or a removed one by that it stands
/// under, and by the name that is all its link says.
fn parts(page: &Element, lang: Lang) -> Vec<ShownPart> {
    let listed = |item: &Element| {
        let links = all(item, "a");
        let within = links.first().unwrap_or(item);
        let name = first(within, select::PART_NAME);
        let wholly = links.is_empty() || name.as_ref().is_none_or(|name| text(name) == text(within));
        let leads_to = match links.first() {
            Some(link) => link.get_attribute("href").and_then(|href| Some(href.strip_prefix("/content/")?.to_owned())),
            None => item.get_attribute(attr::PART),
        };
        // Its fingerprint stands there too, and may not be another's.
        let alone = links.len() < 2 && all(item, select::PART_NAME).len() < 2 && !unseen(item);
        let right = alone && wholly && first(item, ".hash").map(|hash| text(&hash)) == leads_to;
        ShownPart { commitment: leads_to.filter(|_| right).unwrap_or_default(), name: name.map(|name| displayed(&name, lang)) }
    };
    all(page, select::PARTS).iter().map(listed).collect()
}

/// Whom a disclosure's page says it is about.
pub fn subjects(page: &Element, lang: Lang) -> Vec<Subject> {
    let listed = |item: &Element| {
        let [name, scheme, id] = [select::SUBJECT_NAME, select::SCHEME, select::SUBJECT_ID].map(|what| first(item, what));
        let said = |what: &Option<Element>| what.as_ref().map(text).unwrap_or_default();
        let field = |what: &Option<Element>| what.as_ref().map(|what| displayed(what, lang)).unwrap_or_default();
        let code = scheme.as_ref().and_then(|scheme| scheme.get_attribute(attr::VALUE));
        let called = code.as_deref().map(|code| codes::scheme(lang, code).unwrap_or(code)).unwrap_or_default();
        let right = called == said(&scheme) && said(&name) + called + &said(&id) == text(item);
        Subject { scheme: code, name: if right { field(&name) } else { text(item) }, id: field(&id) }
    };
    all(page, select::SUBJECTS).iter().map(listed).collect()
}

/// The lists of a disclosure's page, whose facts are then no longer among `facts`: one that stands elsewhere stays there.
pub fn lists(page: &Element, lang: Lang, facts: &mut Vec<(String, String)>) -> (Vec<ShownPart>, Vec<Subject>) {
    let in_list = |(name, _): &(String, String)| matches!(name.as_str(), "parts" | "subjects");
    if facts.iter().filter(|fact| in_list(fact)).count() == all(page, select::LISTED).len() {
        facts.retain(|fact| !in_list(fact));
    }
    // Under another base no link leads where it says.
    if first(page, "base").is_some() {
        facts.push(("base".to_owned(), String::new()));
    }
    (parts(page, lang), subjects(page, lang))
}

/// The steps that an entry's own page lists, each of which says what was decided.
pub fn steps(page: &Element, lang: Lang) -> Vec<ShownStep> {
    let rows = all(page, select::STAGE);
    let seen = all(page, select::STEP).into_iter().filter(|step| !unseen(step));
    let listed = |step: Element| {
        let place = step.closest(select::PLACE).ok()??;
        let row = place.closest(select::STAGE).ok()?;
        let stage = row.and_then(|row| rows.iter().position(|of| *of == row));
        Some(ShownStep { index: index(&place)?, stage, took: first(&place, select::TOOK).map(|took| displayed(&took, lang)) })
    };
    seen.filter_map(listed).collect()
}

/// The entry's own text, where the page shows it as it was logged.
pub fn entry(page: &Element, lang: Lang) -> Option<String> {
    first(page, select::ENTRY).map(|entry| exact(&entry, lang).unwrap_or_default())
}

/// The log's time as displayed beside an entry, for machines; where people are shown another than `right`, what they are shown.
/// A browser that cannot tell what is right compares what machines are shown.
pub fn logged(within: &Element, right: Option<&str>) -> Option<String> {
    let mut time = None;
    for place in of(within, select::LOGGED) {
        let words = text(&place);
        let machine = first(&place, "time").and_then(|time| time.get_attribute("datetime"));
        match machine {
            Some(machine) if right.is_none_or(|right| right == words) => time = Some(machine),
            None if !words.bytes().any(|byte| byte.is_ascii_digit()) => {}
            _ => return Some(words),
        }
    }
    time
}

/// What a clock of a time zone shows at an instant; `None` where the browser does not know the zone.
pub fn minute(millis: i64, zone: &str, lang: Lang) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // As Swedes write it: `2026-11-22 13:45:00`.
    dates::minute(lang, &Instant::new(millis as f64).clock("sv-SE", &options).ok()?)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Date)]
    type Instant;
    #[wasm_bindgen(constructor, js_class = "Date")]
    fn new(millis: f64) -> Instant;
    // Throws where the browser does not know the zone.
    #[wasm_bindgen(method, catch, js_class = "Date", js_name = toLocaleString)]
    fn clock(this: &Instant, locale: &str, options: &js_sys::Object) -> Result<String, JsValue>;
}
