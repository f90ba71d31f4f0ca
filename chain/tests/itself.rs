//! What a page says of the chain itself (its identity, its origin, its keys) is compared with the charter that the tree has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::check::{Answer, Reader};
use common::{evidence::*, story::*, *};

fn keys(story: &Story, registrars: &[u8]) -> String {
    let log = format!("log {}\n", story.chain.log().vkey());
    registrars.iter().fold(log, |lines, n| format!("{lines}registrar {}\n", registrar(*n).vkey()))
}

#[test]
fn a_page_gives_the_identity_the_origin_and_the_keys_of_the_chain_it_shows() {
    let story = story();
    let bundle = story.chain.bundle(&[story.finance]);
    let reader = Reader::open(&bundle).unwrap();
    let right = [("identity", story.chain.leaf(0).to_string()), ("origin", ORIGIN.to_owned())];
    let says = |shown: &[(&'static str, String)]| {
        let found = reader.itself(shown);
        (found.answer, found.reason)
    };
    let more = |what: &'static str, text: &str| says(&[right[0].clone(), right[1].clone(), (what, text.to_owned())]);
    let differs = (Answer::Fails, "shown-differs");
    assert_eq!(says(&right), HOLDS);
    assert_eq!((says(&right[..1]), says(&right[1..]), says(&[])), (differs, differs, differs), "no page is without them");
    assert_eq!(more("identity", &right[0].1), HOLDS, "in two places");
    assert_eq!(more("identity", &story.chain.leaf(1).to_string()), differs, "in one of two places");
    assert_eq!(more("origin", "elsewhere.example/log"), differs);
    assert_eq!(more("keys", &keys(&story, &[2, 3, 4])), HOLDS);
    assert_eq!(more("keys", &keys(&story, &[1, 2, 3])), differs, "those of entry 0, which was amended");
    assert_eq!(more("keys", &keys(&story, &[2, 3])), differs, "one left out");
    assert_eq!(more("keys", &keys(&story, &[2, 3, 4]).replace("registrar ", "log ")), differs, "called another's");
    assert_eq!(more("keys", ""), differs);
    assert_eq!(more("log-key", &story.chain.log().vkey().to_string()), HOLDS);
    assert_eq!(more("log-key", &registrar(2).vkey().to_string()), differs);
}

#[test]
fn without_the_charter_it_cannot_be_told() {
    let story = story();
    let mut bundle = story.chain.bundle(&[story.finance]);
    bundle.entries.retain(|logged| logged.index != 0);
    let found = Reader::open(&bundle).unwrap().itself(&[]);
    assert_eq!((found.answer, found.reason), cannot_tell("no-charter"));
}
