//! What the journal's page displays of a row is what `deeds` makes of its committed part, letter by letter: the auditor's browser
//! compares the two.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/gallery/yunze/mod.rs"]
mod yunze;

use app::{Lang, deeds::Told, pages::desk, view::desk::*};
use chain::{
    check::unspaced,
    deed::{BEGINNING, Deed, Party},
};

fn deed(what: &str, details: &str) -> Deed {
    Deed {
        number: 1,
        done: 0,
        who: Party { id: "7".into(), name: "Li <Wei> & 李伟".into(), login: "li.wei".into() },
        what: what.into(),
        about: Party { id: "example.gov/finance".into(), ..Party::default() },
        details: details.into(),
        previous: BEGINNING.into(),
        hash: BEGINNING.into(),
    }
}

/// The deeds of these tests: names, nobody, oneself, something else, and details of every kind.
fn deeds() -> Vec<Deed> {
    let whole = r#"{"address":"203.0.113.7","roles":[["drafter","example.gov/finance"],["auditor",""]],"agency":"","role":"reviewer",
        "held":true,"link":false,"size":42,"why":"<script>\u0022&\u0022 quote's","strange":{"a":[1]}}"#;
    let nobody = Deed { who: Party::default(), ..deed("sign-in-failed", "{}") };
    let oneself = Deed { about: deed("", "").who, ..deed("signed-in", "{}") };
    let other = Deed { about: Party { id: "8".into(), name: "Zhao Min".into(), login: "zhao".into() }, ..deed("role-given", whole) };
    vec![deed("draft-saved", whole), nobody, oneself, other, deed("No code <b>", "not JSON"), deed("started", r#"{"days":30}"#)]
}

fn drawn(lang: Lang, told: &Told) -> String {
    let site = yunze::site();
    let row =
        JournalRow { number: 1, at: yunze::moment(3), account: Some("7".into()), told: told.clone(), index: Some(4), found: Found::Holds };
    let view = JournalView {
        examined: None,
        waiting: 0,
        read_only: false,
        stuck: None,
        overdue: None,
        days: Some(30),
        newest: None,
        identity: None,
        rows: vec![row],
        older: None,
        act: String::new(),
        who: String::new(),
        day: String::new(),
        acts: vec![],
        doers: vec![],
        unknown: 0,
    };
    desk::journal(&Desk { site: &site, lang, path: "/desk/journal", who: None }, &view)
}

/// What a browser reads of the element that begins here.
fn read(html: &str) -> String {
    let (mut depth, mut text) = (0, String::new());
    for piece in html.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').unwrap();
        // Leptos marks places between nodes with comments.
        if !tag.starts_with('!') {
            depth += if tag.starts_with('/') { -1 } else { 1 };
        }
        if depth == 0 {
            break;
        }
        text.push_str(after);
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (written, read)| text.replace(written, read))
}

#[test]
fn a_page_shows_what_was_committed_and_nothing_else() {
    for lang in Lang::ALL {
        for deed in deeds() {
            for told in [Told::of(lang, Some(&deed), &deed.what), Told::of(lang, None, &deed.what)] {
                let page = drawn(lang, &told);
                let at = page.find("data-told").and_then(|at| page[..at].rfind('<')).unwrap();
                assert_eq!(unspaced(&read(&page[at..])), unspaced(&told.text()), "{lang:?} {}", deed.what);
            }
        }
    }
}

#[test]
fn whatever_a_part_says_shows_in_what_is_told_of_it() {
    for lang in Lang::ALL {
        let honest = deed("role-given", r#"{"role":"drafter","agency":"example.gov/finance","size":1}"#);
        let told = |deed: &Deed| Told::of(lang, Some(deed), &deed.what).text();
        let party = |name: &str, login: &str| Party { id: "7".into(), name: name.into(), login: login.into() };
        for lie in [
            Deed { who: party("Li Wai", "li.wei"), ..honest.clone() },
            Deed { who: Party::default(), ..honest.clone() },
            Deed { what: "role-taken".into(), ..honest.clone() },
            Deed { about: Party { id: "example.gov/health".into(), ..Party::default() }, ..honest.clone() },
            Deed { about: Party::default(), ..honest.clone() },
            Deed { details: r#"{"role":"auditor","agency":"example.gov/finance","size":1}"#.into(), ..honest.clone() },
            Deed { details: r#"{"role":"drafter","agency":"","size":1}"#.into(), ..honest.clone() },
            Deed { details: r#"{"role":"drafter","agency":"example.gov/finance","size":2}"#.into(), ..honest.clone() },
            Deed { details: r#"{"role":"drafter","agency":"example.gov/finance"}"#.into(), ..honest.clone() },
            Deed { details: "{}".into(), ..honest.clone() },
        ] {
            assert_ne!(told(&lie), told(&honest), "{lie:?}");
        }
    }
}

#[test]
fn of_a_part_that_was_removed_only_what_was_done_is_told() {
    for lang in Lang::ALL {
        let deed = deed("role-given", r#"{"role":"drafter"}"#);
        let told = Told::of(lang, None, "role-given");
        assert_eq!(told.what, Told::of(lang, Some(&deed), "role-given").what);
        assert!(told.about.is_none() && told.details.is_empty());
    }
}
