//! What the desk promises about reasons: they stay at the desk, unless whoever decides lets the public read one, and may be closed again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    approval::{Act, Decision},
    entry::Entry,
    json,
    part::Commitment,
    statement::{Core, Statement},
};
use desk_house::*;
use server::{
    drafts::{DraftsError, Frozen, Given, Kind, Reason, Refusal, Written},
    fsck::{self, Check, Difference},
    staff::Role,
    store::OpenReason,
};
use trial::Engine;

on_each_engine! {
    a_reason_stays_at_the_desk_unless_whoever_decides_lets_it_be_read,
    a_reason_that_was_published_is_closed_again_by_whoever_publishes_there,
    a_reason_with_a_personal_number_is_not_published,
    a_reason_about_another_text_than_came_out_stays_at_the_desk,
    where_no_act_opens_its_step_a_reason_stays_closed_and_nothing_differs,
    an_old_copy_of_the_chain_is_made_to_say_what_the_desk_says,
    a_redaction_closes_what_was_to_be_read_of_that_version,
    a_reason_that_is_not_the_one_committed_to_is_found,
}

const WHY: &str = "The river\ndoes not wait.";

/// Rejected by the clerk, with a reason that the public may read or not.
async fn rejected(house: &House, frozen: &Frozen, why: &str, public: bool) -> Result<(), DraftsError> {
    let given = house.sign(&house.case(frozen).await, "clerk", "draft", "reject", Some(why));
    let reason = given.reason.map(|reason| Reason { public, ..reason });
    house.drafts.take(&house.who("clerk"), &frozen.case, &Given { reason, ..given }).await.map(drop)
}

/// The same, then approved by everybody, and published.
async fn published(house: &House, title: &str, public: bool) -> (Frozen, u64) {
    let frozen = house.submitted(title, 0).await;
    rejected(house, &frozen, WHY, public).await.unwrap();
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    (frozen, index)
}

async fn open(house: &House, index: u64) -> Vec<OpenReason> {
    house.node.store.reasons(index).await.unwrap()
}

/// What the log says of the steps of a publication.
async fn act(house: &House, index: u64) -> Option<Act> {
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().act
}

async fn differs(house: &House) -> Option<Difference> {
    fsck::fsck(&house.trial.place, &|_, _, _| {}).await.unwrap().differs
}

fn is_nothing(refused: &Result<(), DraftsError>) -> bool {
    matches!(refused, Err(DraftsError::Refused(Refusal::Nothing)))
}

async fn a_reason_stays_at_the_desk_unless_whoever_decides_lets_it_be_read(engine: Engine) {
    let house = House::on(engine).await;
    for public in [false, true] {
        let (frozen, index) = published(&house, "Lanterns", public).await;
        let open = open(&house, index).await;
        assert_eq!(open.len(), usize::from(public));
        assert_eq!(house.case(&frozen).await.steps[0].reason.as_deref(), Some(WHY), "the desk keeps it");
        let Some(open) = open.first() else { continue };
        // The one that the step committed to, as everybody reads it in the log.
        let act = act(&house, index).await.unwrap();
        let decision: Decision = json::read(&act.opening[0].text).unwrap();
        assert_eq!((open.step, open.act, &*open.text), (act.steps[0], index, WHY));
        assert_eq!(decision.reason, Some(Commitment::to(&open.salt, WHY.as_bytes())));
    }
    assert_eq!(differs(&house).await, None);
}

async fn a_reason_that_was_published_is_closed_again_by_whoever_publishes_there(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    house.hire("outsider", &[Role::Publisher, Role::Administrator], &house.other).await;
    let (frozen, index) = published(&house, "Lanterns", true).await;
    for who in ["author", "clerk", "outsider"] {
        assert!(is_nothing(&house.drafts.close_reason(&house.who(who), &frozen.case, 1).await), "{who}");
    }
    let publisher = house.who("publisher");
    assert!(is_nothing(&house.drafts.close_reason(&publisher, &frozen.case, 2).await), "that step gave none");
    assert_eq!(open(&house, index).await.len(), 1);
    house.drafts.close_reason(&publisher, &frozen.case, 1).await.unwrap();
    assert_eq!(open(&house, index).await, []);
    // Nothing opens it again.
    house.drafts.reconcile_reasons().await.unwrap();
    let (_, other) = published(&house, "Bridges", true).await;
    assert_eq!((open(&house, index).await.len(), open(&house, other).await.len()), (0, 1));
    assert_eq!(house.case(&frozen).await.steps[0].reason.as_deref(), Some(WHY));
    // Also before anything is published.
    let frozen = house.submitted("Ponds", 0).await;
    rejected(&house, &frozen, WHY, true).await.unwrap();
    house.drafts.close_reason(&publisher, &frozen.case, 1).await.unwrap();
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    assert_eq!(open(&house, index).await, []);
}

async fn a_reason_with_a_personal_number_is_not_published(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let size = house.node.heads.borrow().size;
    let why = "He wrote 13800138000 on it.";
    let refused = rejected(&house, &frozen, why, true).await;
    assert!(matches!(refused, Err(DraftsError::Refused(Refusal::PersonalReason))), "{refused:?}");
    assert_eq!(house.node.heads.borrow().size, size, "no step was taken");
    rejected(&house, &frozen, why, false).await.unwrap();
}

async fn a_reason_about_another_text_than_came_out_stays_at_the_desk(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    rejected(&house, &first, WHY, true).await.unwrap();
    let author = house.who("author");
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    let second = house.drafts.freeze(&author, &first.draft, 1, 0).await.unwrap();
    assert_eq!(second.case, first.case);
    house.approve_all(&second).await;
    let index = house.published(&second).await;
    assert_eq!(act(&house, index).await.unwrap().steps.len(), 6, "the rejection is told");
    assert_eq!(open(&house, index).await, []);
    assert!(!house.case(&second).await.steps[0].opened, "and the desk does not say that it may be read");
}

async fn where_no_act_opens_its_step_a_reason_stays_closed_and_nothing_differs(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    let frozen = house.submitted("Lanterns", 0).await;
    rejected(&house, &frozen, WHY, true).await.unwrap();
    let mut agency = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    agency.rule = None;
    house.register("agency", &agency).await;
    house.drafts.release(&house.who("publisher"), &frozen.id).await.unwrap();
    let index = house.published(&frozen).await;
    assert_eq!(act(&house, index).await, None);
    assert_eq!(open(&house, index).await, []);
    assert_eq!(differs(&house).await, None);
}

async fn an_old_copy_of_the_chain_is_made_to_say_what_the_desk_says(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    let (kept, index) = published(&house, "Lanterns", true).await;
    let (closed, other) = published(&house, "Bridges", true).await;
    let (there, gone) = (open(&house, index).await.remove(0), open(&house, other).await.remove(0));
    house.drafts.close_reason(&house.who("publisher"), &closed.case, 1).await.unwrap();
    // As in a copy from before the one was closed, and from before the other was opened.
    house.node.store.open_reason(&gone).await.unwrap();
    house.node.store.close_reason(there.step).await.unwrap();
    house.drafts.reconcile_reasons().await.unwrap();
    assert_eq!((open(&house, index).await, open(&house, other).await), (vec![there], vec![]));
    assert!(house.case(&kept).await.steps[0].opened);
}

async fn a_redaction_closes_what_was_to_be_read_of_that_version(engine: Engine) {
    let house = House::on(engine).await;
    let (frozen, index) = published(&house, "Lanterns", true).await;
    let (_, other) = published(&house, "Bridges", true).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    let Core::Disclosure(core) = Statement::parse(entry.note.as_bytes()).unwrap().core else { panic!("no disclosure") };
    let parts = vec![core.parts[1].commitment.to_string()];
    let redaction = Written { target: Some(index), parts, ground: "personal-data".into(), ..Written::default() };
    let redaction = house.submit(Kind::Redaction, &redaction, 0).await;
    house.approve(&redaction, "director", "sign").await.unwrap();
    house.published(&redaction).await;
    assert_eq!((open(&house, index).await.len(), open(&house, other).await.len()), (0, 1));
    house.drafts.erase_redacted().await.unwrap();
    assert!(!house.case(&frozen).await.steps[0].opened);
    house.drafts.reconcile_reasons().await.unwrap();
    assert_eq!(open(&house, index).await, []);
    assert_eq!(differs(&house).await, None);
}

async fn a_reason_that_is_not_the_one_committed_to_is_found(engine: Engine) {
    let house = House::on(engine).await;
    let (_, index) = published(&house, "Lanterns", true).await;
    let mut forged = open(&house, index).await.remove(0);
    house.node.store.close_reason(forged.step).await.unwrap();
    forged.text.push('!');
    house.node.store.open_reason(&forged).await.unwrap();
    let differs = differs(&house).await.unwrap();
    assert_eq!(differs.check, Check::Content);
    assert!(differs.why.contains("reason"), "{differs}");
}
