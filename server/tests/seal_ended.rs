//! What is promised of a text that waits while the seal of its agency ends, or is away: under a seal that ended it does not come out any more,
//! whatever ended it; whoever wrote it is told why; nothing of it is lost; and under a new seal, or the old one that is back, it comes out as
//! it was submitted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    entry::Entry,
    note::{Note, Vkey},
    statement::{Agency, Ended, Ending, Key, Statement},
};
use desk_house::{House, written};
use server::{
    drafts::{Frozen, FrozenState, Kind, Outcome, Stage},
    keys,
    staff::{Account, Role},
};
use trial::Engine;

on_each_engine! {
    under_a_seal_that_was_retired_nothing_comes_out_and_under_a_new_one_it_does,
    under_a_seal_that_was_lost_nothing_comes_out_and_under_a_new_one_it_does,
    under_a_seal_that_was_stolen_nothing_comes_out_and_under_a_new_one_it_does,
    what_a_rule_approved_waits_for_a_seal_and_is_approved_again_once_there_is_one,
    a_seal_that_ends_while_a_text_is_due_and_is_told_of_is_not_tried_again_and_again,
    what_waits_while_the_file_of_a_seal_is_away_comes_out_by_itself_once_it_is_back,
}

/// How long a text waits for its time.
const LATER: i64 = 5_000;

/// An agency's registration with something of it changed.
async fn amended(house: &House, agency: &str, change: impl FnOnce(&mut Agency)) {
    let mut amended: Agency = house.node.submitter.state().agency(agency).unwrap().1.clone();
    change(&mut amended);
    house.register("agency", &amended).await;
}

/// A registrar's entry says that the seal which the portal keeps for an agency signs nothing from here on.
async fn ended(house: &House, agency: &str, how: Ending) {
    let at = house.node.heads.borrow().size;
    amended(house, agency, |agency| agency.seals[0].ended = Some(Ended { how, at })).await;
}

/// Another seal is made beside the ended one, and registered.
async fn with_new_seal(house: House, agency: &str) -> (House, Vkey) {
    let new = house.node.make_seal(agency).unwrap();
    let key = Key { key: new.clone(), custody: Some("portal".into()), ended: None };
    amended(&house, agency, |agency| agency.seals.push(key)).await;
    (house, new)
}

/// Every part of what was submitted, as it waits at the desk.
async fn parts(house: &House, who: &Account, frozen: &Frozen) -> Vec<(String, Vec<u8>)> {
    let mut parts = Vec::new();
    for part in house.drafts.case(who, &frozen.case).await.unwrap().parts {
        assert!(part.salt.is_some(), "what opens it is kept: {part:?}");
        let (part, bytes) = house.drafts.part(who, &frozen.id, &part.commitment).await.unwrap();
        parts.push((part.commitment.to_string(), bytes));
    }
    parts
}

/// What became of all that was due.
async fn outcomes(house: &House) -> Vec<(String, Outcome)> {
    house.drafts.publish_due().await.unwrap()
}

/// The one text that was due is refused with this code, which whoever wrote it is told, and waits as it was.
async fn refused(house: &House, who: &Account, frozen: &Frozen, code: &str) {
    let size = house.node.heads.borrow().size;
    let found = outcomes(house).await;
    assert!(matches!(&found[..], [(id, Outcome::Refused { code: said, .. })] if *id == frozen.id && *said == code), "{code}: {found:?}");
    assert_eq!(house.node.heads.borrow().size, size, "nothing came to the log");
    let now = house.drafts.case(who, &frozen.case).await.unwrap().frozen;
    assert_eq!((now.state, now.ready, now.index), (FrozenState::Open, false, None));
    assert!(now.told.as_deref().is_some_and(|told| told.split('\n').next() == Some(code)), "{:?}", now.told);
    assert_eq!((&now.core_line, now.due), (&frozen.core_line, frozen.due));
    assert_eq!(house.drafts.draft(who, &frozen.draft).await.unwrap().stage, Stage::Frozen);
    let noted = house.staff.journal().before(i64::MAX, 50).await.unwrap();
    let noted = noted.iter().find(|row| row.what == word(code)).unwrap();
    assert!(noted.about == frozen.draft && noted.details.contains(&format!("\"code\":\"{code}\"")), "{noted:?}");
}

/// What the journal says of it: that a text waits for its seal is no failure.
fn word(code: &str) -> &'static str {
    if code == "no-seal" { "waits-for-seal" } else { "not-published" }
}

/// Text and signature of an entry are what was submitted and this key's.
async fn is_sealed_by(house: &House, index: u64, frozen: &Frozen, key: &Vkey) {
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let note = Entry::parse(&bytes).unwrap().note.to_owned();
    Note::parse(note.as_bytes()).unwrap().verify(key).unwrap();
    assert_eq!(Statement::parse(note.as_bytes()).unwrap().core_line, frozen.core_line);
}

/// The seal of an agency without a rule ends so while a text that was released waits for its time.
async fn ends_while_a_text_waits(engine: Engine, how: Ending) {
    let house = House::on(engine).await;
    let agency = house.free.clone();
    house.hire_for("forecaster", &[(Role::Drafter, &agency), (Role::Publisher, &agency)]).await;
    let who = house.who("forecaster");
    let draft = house.drafts.begin(&who, &agency, Kind::Disclosure, &written("Storm")).await.unwrap();
    house.drafts.attach(&who, &draft.id, "gusts.csv", b"hour,gust\n6,31\n".to_vec()).await.unwrap();
    let frozen = house.drafts.freeze(&who, &draft.id, draft.revision, house.staff.now() + LATER).await.unwrap();
    house.drafts.release(&who, &frozen.id).await.unwrap();
    let before = parts(&house, &who, &frozen).await;
    let old = house.node.seal(&agency).unwrap().vkey().clone();
    ended(&house, &agency, how).await;
    assert_eq!(outcomes(&house).await, [], "its time has not come");
    house.turn(LATER);
    refused(&house, &who, &frozen, "no-seal").await;
    assert_eq!(parts(&house, &who, &frozen).await, before);
    // Released once more it is told once more, and does not come out either, as long as there is no other seal.
    house.drafts.release(&who, &frozen.id).await.unwrap();
    refused(&house, &who, &frozen, "no-seal").await;
    let (house, new) = with_new_seal(house, &agency).await;
    assert_ne!(new, old);
    assert_eq!(parts(&house, &who, &frozen).await, before);
    // It was released, and no rule is in it: it needs nobody any more.
    let index = house.published(&frozen).await;
    is_sealed_by(&house, index, &frozen, &new).await;
    let report = server::fsck::fsck(&house.trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!(report.differs, None);
}

async fn under_a_seal_that_was_retired_nothing_comes_out_and_under_a_new_one_it_does(engine: Engine) {
    ends_while_a_text_waits(engine, Ending::Retired).await;
}

async fn under_a_seal_that_was_lost_nothing_comes_out_and_under_a_new_one_it_does(engine: Engine) {
    ends_while_a_text_waits(engine, Ending::Lost).await;
}

async fn under_a_seal_that_was_stolen_nothing_comes_out_and_under_a_new_one_it_does(engine: Engine) {
    ends_while_a_text_waits(engine, Ending::Compromised).await;
}

async fn what_a_rule_approved_waits_for_a_seal_and_is_approved_again_once_there_is_one(engine: Engine) {
    let house = House::on(engine).await;
    let (agency, who) = (house.agency.clone(), house.who("colleague"));
    let frozen = house.submitted("Lanterns", LATER).await;
    house.approve_all(&frozen).await;
    let before = parts(&house, &who, &frozen).await;
    ended(&house, &agency, Ending::Lost).await;
    house.turn(LATER);
    // The end of a seal is an entry of the agency like any other: what was approved under the one before does not count. But the next seal
    // is another one, so nobody is asked to approve it in between.
    refused(&house, &who, &frozen, "no-seal").await;
    assert_eq!(outcomes(&house).await, [], "as long as there is no seal anywhere it is not tried again");
    // Whoever approves it all the same is told so again.
    house.approve_all(&frozen).await;
    refused(&house, &who, &frozen, "no-seal").await;
    assert_eq!(parts(&house, &who, &frozen).await, before);
    let (house, new) = with_new_seal(house, &agency).await;
    refused(&house, &who, &frozen, "missing").await;
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    is_sealed_by(&house, index, &frozen, &new).await;
    // Every step of the case is opened, those under the entries of before as well.
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let act = Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().act.unwrap();
    assert_eq!(act.steps.len(), 15);
}

async fn a_seal_that_ends_while_a_text_is_due_and_is_told_of_is_not_tried_again_and_again(engine: Engine) {
    let house = House::on(engine).await;
    let (agency, who) = (house.agency.clone(), house.who("colleague"));
    ended(&house, &agency, Ending::Retired).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    refused(&house, &who, &frozen, "no-seal").await;
    for _ in 0..3 {
        house.turn(LATER);
        assert_eq!(outcomes(&house).await, []);
    }
    let told = house.staff.journal().before(i64::MAX, 200).await.unwrap();
    assert_eq!(told.iter().filter(|row| row.what == "waits-for-seal").count(), 1, "{told:?}");
    assert!(told.iter().all(|row| row.what != "not-published"), "{told:?}");
    // It is taken back and written on like any other.
    house.drafts.withdraw(&house.who("author"), &frozen.draft).await.unwrap();
    assert_eq!(house.drafts.draft(&who, &frozen.draft).await.unwrap().stage, Stage::Writing);
}

async fn what_waits_while_the_file_of_a_seal_is_away_comes_out_by_itself_once_it_is_back(engine: Engine) {
    let house = House::on(engine).await;
    let agencies = [house.agency.clone(), house.free.clone()];
    house.hire_for("forecaster", &[(Role::Drafter, &agencies[1]), (Role::Publisher, &agencies[1])]).await;
    let seals = agencies.clone().map(|agency| house.node.seal(&agency).unwrap().vkey().clone());
    let files = agencies.clone().map(|agency| keys::seal_file(&house.trial.place.data.join("keys"), &agency));
    for file in &files {
        std::fs::rename(file, file.with_extension("away")).unwrap();
    }
    let house = house.reopened().await;
    // One that was approved, and one of an agency without a rule.
    let approved = house.submitted("Lanterns", 0).await;
    house.approve_all(&approved).await;
    refused(&house, &house.who("colleague"), &approved, "no-seal").await;
    let forecaster = house.who("forecaster");
    let draft = house.drafts.begin(&forecaster, &agencies[1], Kind::Disclosure, &written("Storm")).await.unwrap();
    let released = house.drafts.freeze(&forecaster, &draft.id, draft.revision, 0).await.unwrap();
    house.drafts.release(&forecaster, &released.id).await.unwrap();
    refused(&house, &forecaster, &released, "no-seal").await;
    house.turn(LATER);
    assert_eq!(outcomes(&house).await, []);
    for file in &files {
        std::fs::rename(file.with_extension("away"), file).unwrap();
    }
    // Nothing is registered, approved or released since.
    let house = house.reopened().await;
    let found = outcomes(&house).await;
    for (frozen, seal) in [approved, released].iter().zip(&seals) {
        let index = found.iter().find_map(|(id, outcome)| match outcome {
            Outcome::Published(index) if *id == frozen.id => Some(*index),
            _ => None,
        });
        is_sealed_by(&house, index.unwrap_or_else(|| panic!("{found:?}")), frozen, seal).await;
    }
}
