//! What a registrar is shown of an amendment before they sign it: all that changes of the charter, apart from all that stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    check::{Amended, Answer, Finding, Shown, amended, amendment},
    note::KeyType,
    statement::{Charter, LogKey},
};
use common::{papers::*, story::founded, *};

/// A charter that another amends in every article: what is shown of it, and the line that is signed.
fn story() -> (Chain, Charter, String) {
    let mut chain = founded();
    let mut now = chain.state.charter().unwrap().clone();
    now.amends = Some(chain.at(0));
    now.trial = false;
    now.name.insert("en".into(), "Gazette".into());
    now.name.insert("zh".into(), "公报".into());
    now.zone = "Europe/Berlin".into();
    now.logs.push(LogKey { key: key_of(ORIGIN, KeyType::Ed25519, 1).vkey().clone(), from: 99 });
    now.registrars.keys.remove(0);
    now.registrars.keys.push(registrar(4).vkey().clone());
    now.registrars.threshold = 3;
    now.policy = "quorum none\n".into();
    let line = chain.line("charter", &now);
    (chain, now, line)
}

fn judged(chain: &Chain, line: &str, facts: Vec<(String, String)>) -> Finding {
    amendment(line, chain.entries[0].as_bytes(), &Shown { facts, ..Shown::default() })
}

fn displayed(chain: &Chain, now: &Charter) -> Vec<(String, String)> {
    let Amended { changes, stays } = amended(chain.at(0), chain.state.charter().unwrap(), now);
    changes.into_iter().chain(stays).collect()
}

#[test]
fn what_changes_stands_apart_from_what_stays_and_nothing_of_either_is_left_out_or_altered() {
    let (chain, now, line) = story();
    let before = chain.state.charter().unwrap();
    let Amended { changes, stays } = amended(chain.at(0), before, &now);
    let texts = |facts: &[(String, String)], name: &str| -> Vec<String> {
        facts.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect()
    };
    assert_eq!(texts(&changes, "was-registrar"), [registrar(1).vkey().to_string()]);
    assert_eq!(texts(&changes, "new-registrar"), [registrar(4).vkey().to_string()]);
    assert_eq!(texts(&stays, "registrar"), [2, 3].map(|n| registrar(n).vkey().to_string()));
    assert_eq!((texts(&changes, "was-threshold"), texts(&changes, "new-threshold")), (vec!["2".into()], vec!["3".into()]));
    assert_eq!(
        (texts(&changes, "new-log").len(), texts(&changes, "new-from"), texts(&stays, "from")),
        (1, vec!["99".into()], vec!["0".into()])
    );
    assert_eq!(texts(&changes, "was-policy").len(), policy().split('\n').count());
    assert_eq!((texts(&stays, "origin"), texts(&stays, "amends")), (vec![ORIGIN.into()], vec!["0".into()]));
    for name in ["was-trial", "new-trial", "was-name", "new-language", "was-zone", "new-zone", "new-policy"] {
        assert!(!texts(&changes, name).is_empty(), "{name}");
    }

    let all = displayed(&chain, &now);
    let whole = judged(&chain, &line, all.clone());
    assert_eq!(whole.answer, Answer::Holds, "{whole:?}");
    for n in 0..all.len() {
        let mut some = all.clone();
        let out = some.remove(n);
        assert_eq!(judged(&chain, &line, some).reason, "shown-differs", "{out:?} is not shown");
        let mut altered = all.clone();
        altered[n].1.push('!');
        assert_eq!(judged(&chain, &line, altered).reason, "shown-differs", "{out:?} is shown otherwise");
        // What changes is not shown as though it stayed.
        let mut kept = all.clone();
        let bare = kept[n].0.split_once('-').map_or(format!("new-{}", kept[n].0), |(_, bare)| bare.to_owned());
        kept[n].0 = bare;
        assert_eq!(judged(&chain, &line, kept).reason, "shown-differs", "{out:?} is shown in the other part");
    }
    let more = [&all[..], &[("registrar".to_owned(), registrar(5).vkey().to_string())]].concat();
    assert_eq!(judged(&chain, &line, more).reason, "shown-differs");
}

#[test]
fn nobody_is_shown_another_charter_than_the_one_that_is_amended() {
    let (mut chain, now, line) = story();
    let facts = displayed(&chain, &now);
    let shown = Shown { facts, ..Shown::default() };
    let first = chain.entries[0].clone();
    assert_eq!(amendment(&line, first.as_bytes(), &shown).answer, Answer::Holds);
    let other = first.replace("Asia/Shanghai", "Europe/Madrid");
    for wrong in [other.as_bytes(), chain.entries[1].as_bytes(), b"", b"{}"] {
        assert_eq!(amendment(&line, wrong, &shown).reason, "other-charter");
    }
    // Nor the first one for an amendment of a later one.
    let mut later = chain.state.charter().unwrap().clone();
    later.amends = Some(chain.at(0));
    later.zone = "Europe/Berlin".into();
    let second = chain.register("charter", &later);
    later.amends = Some(chain.at(second));
    later.zone = "Europe/Madrid".into();
    let line = chain.line("charter", &later);
    assert_eq!(amendment(&line, first.as_bytes(), &shown).reason, "other-charter");
}

#[test]
fn an_amendment_is_whole_and_says_nothing_that_no_reader_knows() {
    let (mut chain, now, line) = story();
    let facts = displayed(&chain, &now);
    for member in [r#","later":true}"#, r#","amended":false}"#] {
        let more = line.strip_suffix('}').unwrap().to_owned() + member;
        assert_eq!(judged(&chain, &more, facts.clone()).reason, "more-said", "{member}");
    }
    // A charter that amends nothing founds a chain, and is nothing that a desk gives to be signed; nor is anything else.
    let founding = chain.line("charter", &charter());
    let other = chain.line("agency", &agency(FINANCE));
    for none in [founding.as_str(), other.as_str(), "", "{}"] {
        assert_eq!(judged(&chain, none, facts.clone()).reason, "no-registration", "{none}");
    }
}

#[test]
fn another_order_of_the_same_is_no_change_and_a_moved_line_of_the_policy_is_one() {
    let chain = founded();
    let before = chain.state.charter().unwrap();
    let mut now = before.clone();
    now.amends = Some(chain.at(0));
    now.registrars.keys.reverse();
    assert_eq!(amended(chain.at(0), before, &now).changes, []);
    let mut lines: Vec<_> = before.policy.lines().collect();
    lines.swap(0, 1);
    now.policy = lines.join("\n") + "\n";
    let changes = amended(chain.at(0), before, &now).changes;
    assert_eq!(changes.len(), 2 * before.policy.split('\n').count());
    assert!(changes.iter().all(|(name, _)| name == "was-policy" || name == "new-policy"));
}
