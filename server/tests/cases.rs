//! What the desk promises about cases: one goes on as long as a statement can open it, and none loses what was decided in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{entry::Entry, statement::Statement};
use desk_house::*;
use server::drafts::{Frozen, Refusal, keep_publishing};
use trial::Engine;

on_each_engine! {
    a_publication_opens_every_rejection_however_often_it_was_submitted,
    a_case_that_no_statement_could_open_is_followed_by_another,
    what_was_kept_for_publication_is_logged_when_its_case_is_left,
    a_draft_is_not_submitted_again_while_a_step_is_on_its_way,
}

/// Rejected, withdrawn, and submitted once more, with as long a reason as there may be: only its commitment is opened.
async fn again(house: &House, frozen: &Frozen) -> Frozen {
    house.decide(frozen, "clerk", "clerk", "draft", "reject", Some("Not like this.")).await.unwrap();
    let author = house.who("author");
    house.drafts.withdraw(&author, &frozen.draft).await.unwrap();
    let draft = house.drafts.draft(&author, &frozen.draft).await.unwrap();
    house.drafts.freeze(&author, &frozen.draft, draft.revision, 0).await.unwrap()
}

async fn a_publication_opens_every_rejection_however_often_it_was_submitted(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    let mut frozen = first.clone();
    for _ in 0..13 {
        frozen = again(&house, &frozen).await;
        assert_eq!(frozen.case, first.case, "the case goes on");
    }
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let act = Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().act.unwrap();
    let rejected = act.opening.iter().filter(|opening| opening.text.contains("\"reject\"")).count();
    assert_eq!((rejected, act.steps.len()), (13, 18), "thirteen rejections, then the five that the rule asks for");
}

async fn a_case_that_no_statement_could_open_is_followed_by_another(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    let mut frozen = first.clone();
    let mut rounds = 0;
    while frozen.case == first.case {
        frozen = again(&house, &frozen).await;
        rounds += 1;
        assert!(rounds < 60, "a statement is bounded");
    }
    assert!(rounds > 15, "left after {rounds} rounds, with room for more");
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
}

async fn what_was_kept_for_publication_is_logged_when_its_case_is_left(engine: Engine) {
    let house = House::on(engine).await;
    house.defer(true).await;
    let before = house.node.heads.borrow().size;
    let first = house.submitted("Lanterns", 0).await;
    let (mut frozen, mut rounds) = (first.clone(), 0);
    while frozen.case == first.case {
        assert_eq!(house.node.heads.borrow().size, before, "kept, and in no log");
        frozen = again(&house, &frozen).await;
        rounds += 1;
        assert!(rounds < 60, "a statement is bounded");
    }
    assert_eq!(house.node.heads.borrow().size, before + rounds, "no rejection stayed at the desk");
    assert!(house.case(&first).await.steps.iter().all(|step| step.index.is_some()));
}

async fn a_draft_is_not_submitted_again_while_a_step_is_on_its_way(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    house.approve(&first, "clerk", "draft").await.unwrap();
    let author = house.who("author");
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    house.sql("update steps set idx = -1, leaf = ''").await;
    let refused = house.drafts.freeze(&author, &first.draft, 1, 0).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Busy));
    // It is found in the log, and the case goes on behind it.
    let looking = tokio::spawn(keep_publishing(house.drafts.clone()));
    let second = loop {
        match house.drafts.freeze(&author, &first.draft, 1, 0).await {
            Ok(second) => break second,
            Err(error) => assert_eq!(error.refusal(), Some(&Refusal::Busy)),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(second.case, first.case);
    looking.abort();
}
