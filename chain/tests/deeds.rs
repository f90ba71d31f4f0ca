//! Rows of a desk's journal: what is edited, dropped, exchanged or shown otherwise than it was committed fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    check::{Answer, Code, Finding, Reader, ShownRow, unspaced},
    deed::{self, BEGINNING, Deed, Open, Party, code},
    evidence::{Bundle, Content},
    part::Commitment,
    statement::{Disclosure, Part, Stated},
};
use common::{evidence::*, papers::*, story::founded, *};
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    disclosure: Disclosure,
    #[serde(flatten)]
    open: Open,
}

/// A desk with its rows: each one's deed and entry.
struct Desk {
    chain: Chain,
    rows: Vec<(Deed, u64)>,
}

/// What the page of these tests says of a row.
fn told(deed: Option<&Deed>, code: &str) -> String {
    deed.map_or_else(|| format!("removed {code}"), |deed| format!("{} {} {} {}", deed.who.name, deed.what, deed.about.id, deed.details))
}

fn commitment(deed: &Deed, chain: &mut Chain) -> (Commitment, u64) {
    let text = serde_json::to_string(deed).unwrap();
    (chain.keep(&text), text.len() as u64)
}

impl Desk {
    /// Five rows as they are written.
    fn new() -> Desk {
        let mut desk = Desk { chain: founded(), rows: vec![] };
        for what in ["signed-in", "draft-begun", "Not a code", "role-given", "signed-out"] {
            let deed = desk.next(what);
            desk.log(deed);
        }
        desk
    }

    fn next(&self, what: &str) -> Deed {
        let (number, previous) = self.rows.last().map_or((1, BEGINNING), |(deed, _)| (deed.number + 1, &*deed.hash));
        let who = Party { id: "7".into(), name: "Li Wei".into(), login: "li.wei".into() };
        let about = Party { id: "draft".into(), ..Party::default() };
        let mut deed = Deed {
            number,
            done: START + number,
            who,
            what: what.into(),
            about,
            details: r#"{"n":1}"#.into(),
            previous: previous.into(),
            hash: String::new(),
        };
        deed.hash = deed.hashed();
        deed
    }

    fn log(&mut self, deed: Deed) {
        let open = Open { number: deed.number, done: deed.done };
        let genre = code(&deed.what).to_owned();
        self.log_as(deed, open, genre);
    }

    /// … with other words in the open.
    fn log_as(&mut self, deed: Deed, open: Open, genre: String) {
        let (commitment, size) = commitment(&deed, &mut self.chain);
        let part = Part { role: "catalogue".into(), media: "application/json".into(), size, commitment, language: None };
        let disclosure = Disclosure {
            agency: HEALTH.into(),
            genre,
            theme: None,
            language: "zxx".into(),
            stated: Stated::default(),
            parts: vec![part],
            revises: None,
            ground: None,
            stated_agency: None,
            source: None,
        };
        let line = self.chain.line("disclosure", &Line { disclosure, open });
        let index = self.chain.publish(&sealed(&line, None, &signer(HEALTH))).unwrap();
        self.rows.push((deed, index));
    }

    fn bundle(&self) -> Bundle {
        self.chain.bundle(&self.rows.iter().map(|(_, index)| *index).collect::<Vec<_>>())
    }

    /// What an honest page shows of row `n`, counted from 0, with the one before below it.
    fn shown(&self, n: usize) -> ShownRow {
        let (deed, _) = &self.rows[n];
        let below = n.checked_sub(1).map(|below| self.rows[below].1);
        ShownRow { number: Some(deed.number), done: Some(deed.done), text: unspaced(&told(Some(deed), &deed.what)), below }
    }

    fn link(&self, n: usize, shown: &ShownRow) -> (Answer, &'static str) {
        said(&Reader::open(&self.bundle()).unwrap().row_link(self.rows[n].1, &self.chain.contents, shown))
    }

    fn row(&self, n: usize, shown: &ShownRow) -> (Answer, &'static str) {
        said(&Reader::open(&self.bundle()).unwrap().row(self.rows[n].1, &self.chain.contents, shown, told))
    }

    fn commitment_of(&self, n: usize) -> String {
        let statement = chain::entry::Entry::parse(self.chain.entries[self.rows[n].1 as usize].as_bytes()).unwrap();
        let statement = chain::statement::Statement::parse(statement.note.as_bytes()).unwrap();
        let chain::statement::Core::Disclosure(core) = &statement.core else { panic!("no row") };
        core.parts[0].commitment.to_string()
    }
}

fn said(finding: &Finding) -> (Answer, &'static str) {
    assert!([Code::C1, Code::C7].contains(&finding.code));
    (finding.answer, finding.reason)
}

#[test]
fn rows_as_they_were_written_hold() {
    let desk = Desk::new();
    for n in 0..desk.rows.len() {
        let shown = desk.shown(n);
        assert_eq!(desk.link(n, &shown), HOLDS);
        assert_eq!(desk.row(n, &shown), HOLDS);
    }
    // What is no code is told by its part alone.
    let bundle = desk.bundle();
    let reader = Reader::open(&bundle).unwrap();
    assert_eq!(reader.open_row(desk.rows[2].1).unwrap().1, "other");
    assert_eq!(desk.rows[2].0.what, "Not a code");
    assert!(reader.open_row(0).is_none(), "a charter is no row");
}

#[test]
fn whatever_a_page_shows_otherwise_fails_c7() {
    let desk = Desk::new();
    let honest = desk.shown(1);
    let other = desk.shown(2);
    for lie in [
        ShownRow { number: other.number, ..honest.clone() },
        ShownRow { number: None, ..honest.clone() },
        ShownRow { done: other.done, ..honest.clone() },
        ShownRow { done: None, ..honest.clone() },
        ShownRow { text: other.text.clone(), ..honest.clone() },
        ShownRow { text: String::new(), ..honest.clone() },
        ShownRow { text: honest.text.replace("LiWei", "LiWai"), ..honest.clone() },
        // That it was removed, while it is there.
        ShownRow { text: unspaced(&told(None, "draft-begun")), ..honest.clone() },
    ] {
        assert_eq!(desk.row(1, &lie), fails("shown-differs"), "{lie:?}");
    }
    // A row in another's place, with all that it says.
    assert_eq!(desk.row(1, &other), fails("shown-differs"));
}

#[test]
fn a_dropped_and_an_exchanged_row_fail_c1() {
    let desk = Desk::new();
    let honest = desk.shown(3);
    for below in [0, 1, 3, 4] {
        assert_eq!(desk.link(3, &ShownRow { below: Some(desk.rows[below].1), ..honest.clone() }), fails("link"), "{below}");
    }
    // Something that is no row; something that is not there.
    for below in [0, desk.chain.size() + 5] {
        assert_eq!(desk.link(3, &ShownRow { below: Some(below), ..honest.clone() }), fails("link"));
    }
}

#[test]
fn a_row_that_was_put_in_anothers_place_before_it_was_logged_fails_c1() {
    let mut desk = Desk::new();
    // Written anew with the right number and a right hash of its own, but the next one was written after another.
    let (mut forged, _) = desk.rows[2].clone();
    forged.details = r#"{"n":2}"#.into();
    forged.hash = forged.hashed();
    let (after, _) = desk.rows[3].clone();
    desk.rows.truncate(2);
    desk.log(forged);
    desk.log(after);
    let shown = desk.shown(3);
    assert_eq!(desk.row(3, &shown), HOLDS);
    assert_eq!(desk.link(3, &shown), fails("link"));
}

#[test]
fn a_row_edited_while_it_waited_fails_c7_though_the_log_sealed_it() {
    for edit in [
        |deed: &mut Deed| deed.who.id = "8".into(),
        |deed: &mut Deed| deed.what = "other".into(),
        |deed: &mut Deed| deed.about.id = "another".into(),
        |deed: &mut Deed| deed.details = "{}".into(),
        |deed: &mut Deed| deed.previous = BEGINNING.into(),
        |deed: &mut Deed| deed.done += 1,
        |deed: &mut Deed| deed.number += 1,
        |deed: &mut Deed| deed.hash = BEGINNING.into(),
    ] {
        let mut desk = Desk::new();
        let mut deed = desk.next("signed-in");
        edit(&mut deed);
        desk.log(deed);
        assert_eq!(desk.row(5, &desk.shown(5)), fails("shown-differs"));
    }
}

#[test]
fn an_entry_that_says_otherwise_in_the_open_than_its_part_fails_c7() {
    for (number, done, genre) in [(0, 0, "signed-out"), (1, 0, "signed-in"), (0, -1, "signed-in")] {
        let mut desk = Desk::new();
        let deed = desk.next("signed-in");
        let said = Open { number: deed.number + number, done: deed.done + done };
        let shown = ShownRow { number: Some(said.number), done: Some(said.done), text: unspaced(&told(Some(&deed), genre)), below: None };
        desk.log_as(deed, said, genre.to_owned());
        assert_eq!(desk.row(5, &shown), fails("shown-differs"), "{genre}");
    }
}

#[test]
fn a_part_that_was_altered_or_is_missing_fails_c7_and_one_removed_after_its_time_holds() {
    let mut desk = Desk::new();
    let part = desk.commitment_of(1);
    let shown = desk.shown(1);
    let kept = desk.chain.contents[&part].clone();
    let Content::Text { salt, text } = &kept else { panic!("no text") };
    desk.chain.contents.insert(part.clone(), Content::Text { salt: salt.clone(), text: text.replace("Li Wei", "Li Wai") });
    assert_eq!(desk.row(1, &shown), fails("bytes-differ"));
    desk.chain.contents.insert(part.clone(), Content::Missing);
    assert_eq!(desk.row(1, &shown).0, Answer::Fails);

    // Said to be removed by something that is no removal of it.
    desk.chain.contents.insert(part.clone(), Content::Redacted { by: desk.rows[2].1 });
    let erased = ShownRow { text: unspaced(&told(None, "draft-begun")), ..shown.clone() };
    assert_eq!(desk.row(1, &erased).0, Answer::Fails);

    let mut redaction = desk.chain.redaction(HEALTH, desk.rows[1].1, vec![Commitment::parse(&part).unwrap()]);
    redaction.ground = "retention".into();
    let line = desk.chain.line("redaction", &redaction);
    let by = desk.chain.publish(&sealed(&line, None, &signer(HEALTH))).unwrap();
    desk.chain.contents.insert(part, Content::Redacted { by });
    let bundle = desk.chain.bundle(&[desk.rows[1].1, by]);
    let reader = Reader::open(&bundle).unwrap();
    let ask = |shown: &ShownRow| said(&reader.row(desk.rows[1].1, &desk.chain.contents, shown, told));
    assert_eq!(ask(&erased), (Answer::Holds, "redacted"));
    assert_eq!(ask(&shown), fails("shown-differs"), "nobody is named any more");
    // Its neighbours still follow each other by their numbers.
    assert_eq!(desk.link(2, &desk.shown(2)), HOLDS);
    assert_eq!(desk.link(1, &erased), HOLDS);
}

#[test]
fn the_hash_of_a_row_tells_its_texts_apart() {
    let hash = |texts: [&str; 5]| deed::hash(1, START, texts);
    assert_ne!(hash(["ab", "c", "", "{}", BEGINNING]), hash(["a", "bc", "", "{}", BEGINNING]));
    assert_ne!(hash(["a\",\"b", "", "", "{}", BEGINNING]), hash(["a", "b", "", "{}", BEGINNING]));
    assert_ne!(hash(["", "", "", "{}", BEGINNING]), deed::hash(2, START, ["", "", "", "{}", BEGINNING]));
}
