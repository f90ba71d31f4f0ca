//! What the desk promises an agency that keeps its own seal: what it approved is published once it was sealed and brought back, and nothing
//! else is, by nobody else, and never before its time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    entry::Entry,
    note::{self, Note, Signer},
    statement,
};
use desk_house::*;
use server::{
    drafts::{Case, Frozen, FrozenState, Kind, Outcome, Refusal, Sealing},
    staff::Role,
};
use trial::Engine;

on_each_engine! {
    what_was_approved_is_published_once_its_agency_has_sealed_it,
    nothing_is_taken_but_this_text_under_a_seal_of_the_agency_that_is_good,
    nobody_has_it_or_brings_it_who_does_not_publish_there,
    what_is_not_approved_or_is_sealed_here_is_not_to_be_sealed,
    what_was_sealed_is_not_published_before_its_time_and_is_there_after_a_restart,
    once_the_rule_has_changed_what_was_sealed_before_counts_for_nothing,
    a_step_after_it_was_sealed_makes_it_another_text,
    what_was_sealed_goes_when_the_text_is_taken_back,
    steps_that_are_logged_with_the_publication_are_named_in_what_is_sealed,
    without_a_rule_it_is_sealed_once_a_publisher_has_had_it_published,
    what_was_brought_under_a_seal_that_ended_since_is_not_published,
    what_waits_for_its_seal_when_the_rule_changes_is_told_that_it_is_approved_no_more,
    what_the_log_would_not_take_is_not_to_be_sealed_before_it_is_decided_about_again,
}

/// An agency whose seal no server has, and its publisher.
async fn agency_of_its_own(engine: Engine) -> (House, Signer) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    let seal = house.seal_anew(&house.agency, 2).await;
    (house, seal)
}

/// What the agency makes of what it is given.
fn sealed(house: &House, case: &Case, seal: &Signer) -> String {
    note::sign(&house.drafts.to_seal(&house.who("publisher"), case).unwrap(), &[seal])
}

async fn bring(house: &House, frozen: &Frozen, note: &str) {
    house.drafts.take_sealed(&house.who("publisher"), &frozen.case, note).await.unwrap();
}

/// Why it is not taken from somebody.
async fn refused(house: &House, who: &str, frozen: &Frozen, note: &str) -> &'static str {
    let error = house.drafts.take_sealed(&house.who(who), &frozen.case, note).await.unwrap_err();
    error.refusal().map_or("trouble", Refusal::code)
}

/// Tries to publish what is due, which is this one alone and comes to nothing for that reason.
async fn not_published(house: &House, why: &[&str]) {
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code, .. })] if why.contains(code)), "{outcomes:?}");
}

async fn note_of(house: &House, index: u64) -> String {
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    Entry::parse(&bytes).unwrap().note.to_owned()
}

async fn what_was_approved_is_published_once_its_agency_has_sealed_it(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let (publisher, author) = (house.who("publisher"), house.who("author"));
    assert!(!house.drafts.seals(&house.agency) && house.drafts.seals(&house.other));
    let frozen = house.submitted("Lanterns", 0).await;
    assert_eq!(house.drafts.sealing(&house.case(&frozen).await).unwrap(), Sealing::Later);
    assert!(house.drafts.waiting_for(&publisher).await.unwrap().is_empty());
    house.approve_all(&frozen).await;
    not_published(&house, &["no-seal"]).await;
    let case = house.case(&frozen).await;
    assert!(case.frozen.state == FrozenState::Open && !case.frozen.ready);
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "it is not tried again and again");
    // It waits for whoever publishes there, and came back to nobody.
    assert_eq!(house.drafts.waiting_for(&publisher).await.unwrap().len(), 1);
    assert!(house.drafts.returned(&author).await.unwrap().is_empty());
    let note = sealed(&house, &case, &seal);
    bring(&house, &frozen, &note).await;
    assert!(house.drafts.waiting_for(&publisher).await.unwrap().is_empty());
    let case = house.case(&frozen).await;
    assert!(matches!(house.drafts.sealing(&case).unwrap(), Sealing::Sealed(_)));
    assert!(case.frozen.ready && case.frozen.told.is_none());
    // The same once more is no more than that.
    bring(&house, &frozen, &note).await;
    let index = house.published(&frozen).await;
    assert!(note_of(&house, index).await == note, "what the agency sealed, to the byte");
    Note::parse(note.as_bytes()).unwrap().verify(seal.vkey()).unwrap();
    assert_eq!(house.case(&frozen).await.frozen.sealed, None, "the log has it, and the desk no more");
    let noted = house.staff.journal().before(i64::MAX, 100).await.unwrap();
    let noted: Vec<_> = noted.iter().filter(|row| row.what == "sealed-elsewhere").map(|row| (&*row.who, &*row.about)).collect();
    assert_eq!(noted, [(&*publisher.id, &*frozen.draft)]);
    assert_eq!(refused(&house, "publisher", &frozen, &note).await, "not-open");
}

async fn nothing_is_taken_but_this_text_under_a_seal_of_the_agency_that_is_good(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let case = house.case(&frozen).await;
    let text = house.drafts.to_seal(&house.who("publisher"), &case).unwrap();
    let good = note::sign(&text, &[&seal]);
    let stranger = impostor(&house.agency);
    let retired = house.node.seal(&house.agency).unwrap();
    let others = house.node.seal(&house.other).unwrap();
    // Another's signature, of another text, below this one.
    let elsewhere = note::sign(&format!("{text}more\n"), &[&seal]);
    let line = elsewhere.rsplit_once("\n\n").unwrap().1;
    for wrong in [
        note::sign(&text, &[&stranger]),
        note::sign(&text, &[retired]),
        note::sign(&text, &[others]),
        note::sign(&text, &[&seal, &stranger]),
        note::sign(&text, &[&seal, &seal]),
        format!("{text}\n{line}"),
        text.clone(),
        good.trim_end().to_owned(),
        String::new(),
        "{}".to_owned(),
    ] {
        assert_eq!(refused(&house, "publisher", &frozen, &wrong).await, "not-sealed", "{wrong}");
    }
    let other_kind = text.replace("\"genre\":\"notice\"", "\"genre\":\"report\"");
    let unapproved = statement::text(&house.node.origin, &frozen.core_line, None);
    for other in [other_kind, unapproved] {
        assert_ne!(other, text);
        assert_eq!(refused(&house, "publisher", &frozen, &note::sign(&other, &[&seal])).await, "not-this-text", "{other}");
    }
    assert_eq!(house.case(&frozen).await.frozen.sealed, None);
    not_published(&house, &["no-seal"]).await;
    bring(&house, &frozen, &good).await;
    house.published(&frozen).await;
}

async fn nobody_has_it_or_brings_it_who_does_not_publish_there(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    house.hire_for("auditor", &[(Role::Auditor, "")]).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let case = house.case(&frozen).await;
    let note = sealed(&house, &case, &seal);
    // The stranger publishes, and for another agency.
    for who in ["author", "colleague", "director", "chief", "auditor", "stranger"] {
        let kept_from = house.drafts.to_seal(&house.who(who), &case).unwrap_err();
        assert_eq!(kept_from.refusal(), Some(&Refusal::Nothing), "{who}");
        assert_eq!(refused(&house, who, &frozen, &note).await, "nothing", "{who}");
    }
    assert_eq!(house.case(&frozen).await.frozen.sealed, None);
}

async fn what_is_not_approved_or_is_sealed_here_is_not_to_be_sealed(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    let publisher = house.who("publisher");
    let here = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&here).await;
    let case = house.case(&here).await;
    assert_eq!(house.drafts.sealing(&case).unwrap(), Sealing::Here);
    assert_eq!(house.drafts.to_seal(&publisher, &case).unwrap_err().refusal(), Some(&Refusal::NotToSeal));
    assert!(house.drafts.waiting_for(&publisher).await.unwrap().is_empty());
    let seal = house.seal_anew(&house.agency, 2).await;
    let waits = house.submitted("Bridges", 0).await;
    let unapproved = note::sign(&statement::text(&house.node.origin, &waits.core_line, None), &[&seal]);
    for (post, code) in [("clerk", "draft"), ("lawyer-a", "legal"), ("lawyer-b", "legal"), ("controller", "budget")] {
        let case = house.case(&waits).await;
        assert_eq!(house.drafts.sealing(&case).unwrap(), Sealing::Later);
        assert_eq!(house.drafts.to_seal(&publisher, &case).unwrap_err().refusal(), Some(&Refusal::NotToSeal));
        assert_eq!(refused(&house, "publisher", &waits, &unapproved).await, "not-to-seal");
        house.approve(&waits, post, code).await.unwrap();
    }
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
}

async fn what_was_sealed_is_not_published_before_its_time_and_is_there_after_a_restart(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let frozen = house.submitted("Lanterns", 60_000).await;
    house.approve_all(&frozen).await;
    let note = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &note).await;
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    house.turn(59_999);
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "not a moment before");
    let house = house.reopened().await;
    assert_eq!(house.case(&frozen).await.frozen.sealed.as_ref(), Some(&note));
    house.turn(1);
    let index = house.published(&frozen).await;
    assert!(note_of(&house, index).await == note);
}

async fn once_the_rule_has_changed_what_was_sealed_before_counts_for_nothing(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let frozen = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&frozen).await;
    let early = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &early).await;
    house.change_rule().await;
    assert_eq!(refused(&house, "publisher", &frozen, &early).await, "not-to-seal", "nobody has approved it under this rule");
    house.turn(5_000);
    let size = house.node.heads.borrow().size;
    not_published(&house, &["stale-rule", "missing"]).await;
    assert_eq!(house.node.heads.borrow().size, size);
    assert_eq!(house.case(&frozen).await.frozen.sealed, None);
    house.approve_all(&frozen).await;
    assert_eq!(refused(&house, "publisher", &frozen, &early).await, "not-this-text");
    not_published(&house, &["no-seal"]).await;
    let note = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &note).await;
    house.published(&frozen).await;
}

async fn a_step_after_it_was_sealed_makes_it_another_text(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let frozen = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&frozen).await;
    let early = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &early).await;
    house.decide(&frozen, "director", "director", "sign", "reject", Some("Not this month.")).await.unwrap();
    let case = house.case(&frozen).await;
    assert_eq!((case.frozen.sealed.as_deref(), house.drafts.sealing(&case).unwrap()), (None, Sealing::Later));
    house.turn(5_000);
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    house.approve(&frozen, "director", "sign").await.unwrap();
    not_published(&house, &["no-seal"]).await;
    assert_eq!(refused(&house, "publisher", &frozen, &early).await, "not-this-text");
    let note = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &note).await;
    house.published(&frozen).await;
}

async fn what_was_sealed_goes_when_the_text_is_taken_back(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&first).await;
    let early = sealed(&house, &house.case(&first).await, &seal);
    bring(&house, &first, &early).await;
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    assert_eq!(house.case(&first).await.frozen.sealed, None);
    assert_eq!(refused(&house, "publisher", &first, &early).await, "not-open");
    let revision = house.drafts.draft(&author, &first.draft).await.unwrap().revision;
    let second = house.drafts.freeze(&author, &first.draft, revision, 0).await.unwrap();
    assert_eq!(refused(&house, "publisher", &second, &early).await, "not-to-seal");
    house.turn(5_000);
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    house.approve_all(&second).await;
    assert_eq!(refused(&house, "publisher", &second, &early).await, "not-this-text");
    not_published(&house, &["no-seal"]).await;
}

async fn steps_that_are_logged_with_the_publication_are_named_in_what_is_sealed(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    house.defer(true).await;
    let size = house.node.heads.borrow().size;
    let frozen = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&frozen).await;
    let case = house.case(&frozen).await;
    assert_eq!(house.drafts.sealing(&case).unwrap(), Sealing::AtItsTime);
    assert_eq!(house.drafts.to_seal(&house.who("publisher"), &case).unwrap_err().refusal(), Some(&Refusal::NotToSeal));
    assert_eq!(house.node.heads.borrow().size, size, "nothing shows before its time");
    house.turn(5_000);
    not_published(&house, &["no-seal"]).await;
    let case = house.case(&frozen).await;
    assert!(case.steps.iter().all(|step| step.index.is_some()));
    let note = sealed(&house, &case, &seal);
    bring(&house, &frozen, &note).await;
    let index = house.published(&frozen).await;
    let act = statement::Statement::parse(note.as_bytes()).unwrap().act.unwrap();
    assert_eq!(act.steps, case.steps.iter().filter_map(|step| step.index).collect::<Vec<_>>());
    assert!(act.steps.iter().all(|step| *step < index));
}

/// A text of the agency without a rule, which a publisher has had published; not before so many milliseconds from now.
async fn released(house: &House, later: i64) -> Frozen {
    house.hire("freewriter", &[Role::Drafter], &house.free).await;
    house.hire("publisher", &[Role::Publisher], &house.free).await;
    let writer = house.who("freewriter");
    let draft = house.drafts.begin(&writer, &house.free, Kind::Disclosure, &written("Weather")).await.unwrap();
    let due = if later > 0 { house.staff.now() + later } else { 0 };
    let frozen = house.drafts.freeze(&writer, &draft.id, 1, due).await.unwrap();
    let case = house.drafts.case(&writer, &frozen.case).await.unwrap();
    assert_eq!(house.drafts.sealing(&case).unwrap(), Sealing::Later, "nobody has had it published");
    house.drafts.release(&house.who("publisher"), &frozen.id).await.unwrap();
    frozen
}

async fn without_a_rule_it_is_sealed_once_a_publisher_has_had_it_published(engine: Engine) {
    let house = House::on(engine).await;
    let seal = house.seal_anew(&house.free, 2).await;
    let frozen = released(&house, 0).await;
    not_published(&house, &["no-seal"]).await;
    let publisher = house.who("publisher");
    assert_eq!(house.drafts.waiting_for(&publisher).await.unwrap().len(), 1);
    let case = house.drafts.case(&publisher, &frozen.case).await.unwrap();
    let text = house.drafts.to_seal(&publisher, &case).unwrap();
    assert_eq!(text, statement::text(&house.node.origin, &frozen.core_line, None));
    bring(&house, &frozen, &note::sign(&text, &[&seal])).await;
    house.published(&frozen).await;
}

async fn what_was_brought_under_a_seal_that_ended_since_is_not_published(engine: Engine) {
    let house = House::on(engine).await;
    let old = house.seal_anew(&house.free, 2).await;
    let frozen = released(&house, 5_000).await;
    let publisher = house.who("publisher");
    let case = house.drafts.case(&publisher, &frozen.case).await.unwrap();
    let early = sealed(&house, &case, &old);
    bring(&house, &frozen, &early).await;
    // The text stays what it was: no rule is in it.
    let next = house.seal_anew(&house.free, 3).await;
    house.turn(5_000);
    not_published(&house, &["no-seal"]).await;
    assert_eq!(refused(&house, "publisher", &frozen, &early).await, "not-sealed");
    let note = sealed(&house, &case, &next);
    bring(&house, &frozen, &note).await;
    let index = house.published(&frozen).await;
    assert!(note_of(&house, index).await == note);
}

async fn what_waits_for_its_seal_when_the_rule_changes_is_told_that_it_is_approved_no_more(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let (author, publisher) = (house.who("author"), house.who("publisher"));
    let (frozen, later) = (house.submitted("Lanterns", 0).await, house.submitted("Bridges", 0).await);
    for frozen in [&frozen, &later] {
        house.approve_all(frozen).await;
        not_published(&house, &["no-seal"]).await;
    }
    house.drafts.set_due(&author, &later.id, house.staff.now() + 60_000).await.unwrap();
    house.change_rule().await;
    not_published(&house, &["stale-rule", "missing"]).await;
    let told = house.case(&frozen).await.frozen.told.unwrap();
    assert!(!told.starts_with("no-seal"), "{told}");
    assert_eq!(house.drafts.returned(&author).await.unwrap().len(), 1, "whoever wrote it is told");
    assert!(house.drafts.waiting_for(&publisher).await.unwrap().is_empty());
    // The other is not due: it waits for approvals, and is said to wait for nothing else.
    let other = house.case(&later).await.frozen;
    assert_eq!((other.told, other.ready, other.state), (None, false, FrozenState::Open));
    house.approve_all(&frozen).await;
    not_published(&house, &["no-seal"]).await;
    let note = sealed(&house, &house.case(&frozen).await, &seal);
    bring(&house, &frozen, &note).await;
    house.published(&frozen).await;
}

async fn what_the_log_would_not_take_is_not_to_be_sealed_before_it_is_decided_about_again(engine: Engine) {
    let (house, seal) = agency_of_its_own(engine).await;
    let publisher = house.who("publisher");
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let note = sealed(&house, &house.case(&frozen).await, &seal);
    // By the rule it stays approved, and the log alone would not take it.
    house.steal_key("clerk").await;
    bring(&house, &frozen, &note).await;
    not_published(&house, &["stolen-step"]).await;
    let case = house.case(&frozen).await;
    assert_eq!(house.drafts.sealing(&case).unwrap(), Sealing::Later);
    assert!(house.drafts.waiting_for(&publisher).await.unwrap().is_empty(), "nobody is asked to seal it");
    assert_eq!(house.drafts.to_seal(&publisher, &case).unwrap_err().refusal(), Some(&Refusal::NotToSeal));
    assert_eq!(refused(&house, "publisher", &frozen, &note).await, "not-to-seal");
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    // With a further step it is another text, which may be tried.
    house.decide(&frozen, "director", "director", "sign", "reject", Some("Whose step was it?")).await.unwrap();
    house.approve(&frozen, "director", "sign").await.unwrap();
    assert!(matches!(house.drafts.sealing(&house.case(&frozen).await).unwrap(), Sealing::Open(_)));
}
