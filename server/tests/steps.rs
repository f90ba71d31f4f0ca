//! What the desk promises about steps: who takes one and when, that none is forged or taken twice, and when the log has them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    approval::ApprovalError,
    entry::Entry,
    note,
    statement::{self, Statement},
};
use desk_house::*;
use server::{
    drafts::{FrozenState, Given, Kind, Outcome, Refusal, Standing, keep_publishing},
    staff::Role,
};
use trial::Engine;

on_each_engine! {
    under_a_rule_that_asks_for_nothing_but_the_draft_no_author_takes_that_step,
    nobody_approves_what_they_wrote_with_whatever_post,
    a_step_by_the_wrong_post_person_or_agency_is_refused,
    a_forged_step_is_refused,
    a_replayed_step_is_refused,
    a_step_under_the_id_of_another_is_refused_and_forgotten,
    a_step_before_what_it_waits_for_is_refused,
    a_rejection_stops_a_case_until_the_same_post_approves,
    an_override_needs_its_reason_and_is_told,
    a_step_past_the_desk_does_not_hold_a_draft_for_ever,
    officers_who_sign_at_the_same_moment_all_come_through,
    where_the_rule_says_so_steps_are_logged_with_the_publication_and_not_before,
    a_rule_that_no_longer_keeps_steps_has_them_logged_before_the_next,
    a_kept_step_whose_key_was_lost_meanwhile_is_taken_again,
    what_was_approved_with_a_key_that_was_stolen_by_then_does_not_come_out,
    where_the_agencys_seal_is_elsewhere_nothing_comes_out_and_it_is_said_why,
}

async fn nobody_approves_what_they_wrote_with_whatever_post(engine: Engine) {
    let house = House::on(engine).await;
    // The author has every role that signs, and holds the clerk's post, and a lawyer's, and the director's.
    house.hire("author", &[Role::Drafter, Role::Reviewer, Role::Approver], &house.agency).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.hold("author", &["clerk", "lawyer-a", "director", "minister"]).await;
    house.approve_by(&frozen, "author", "clerk", "draft").await.unwrap();
    for (post, code, decision) in [("lawyer-a", "legal", "approve"), ("minister", "legal", "override"), ("lawyer-a", "legal", "reject")] {
        let refused = house.decide(&frozen, "author", post, code, decision, Some("mine")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::OwnDraft), "{post} {decision}");
    }
    // A colleague with the clerk's post meets the rule of the chain: one post takes one kind of step.
    house.hold("colleague", &["clerk", "lawyer-a", "lawyer-b"]).await;
    let refused = house.approve_by(&frozen, "colleague", "clerk", "budget").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::SelfApproval)));
    // Two lawyers are two people.
    house.approve_by(&frozen, "colleague", "lawyer-a", "legal").await.unwrap();
    let refused = house.approve_by(&frozen, "colleague", "lawyer-b", "legal").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::TwoSteps));
    // Whoever added a file wrote a part of it.
    let able = house.drafts.able(&house.who("author"), &house.case(&frozen).await).await.unwrap();
    assert!(able.iter().all(|able| able.code == "draft"), "{able:?}");
}

async fn a_step_by_the_wrong_post_person_or_agency_is_refused(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let refused = house.approve(&frozen, "director", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Post)));
    let refused = house.approve(&frozen, "director", "coffee").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Post)));
    let refused = house.decide(&frozen, "director", "director", "draft", "override", Some("haste")).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Post)), "only the minister overrides");
    // The key is right, and the account is not the one whose hands the post is in.
    let refused = house.approve_by(&frozen, "lawyer-a", "clerk", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotHolder));
    // Another agency's people do not see that there is such a case; its posts take no step in it.
    let refused = house.approve_by(&frozen, "stranger", "nurse", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Nothing));
    house.hold("clerk", &["nurse"]).await;
    let refused = house.approve_by(&frozen, "clerk", "nurse", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Post)));
    assert_eq!(house.case(&frozen).await.steps, [], "nothing of it came to the log");
}

async fn a_forged_step_is_refused(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let case = house.case(&frozen).await;
    let clerk = house.who("clerk");
    let good = house.sign(&case, "clerk", "draft", "approve", None);
    let mut forged = good.clone();
    forged.note = house.sign_with(&case, &impostor(&house.post("clerk")), ("draft", "approve", None)).note;
    let refused = house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::UnknownKey));
    // The signature of another step.
    let mut forged = good.clone();
    let other = house.sign(&case, "clerk", "draft", "approve", None).note;
    let (text, lines) = (other.split_once("\n\n").unwrap().0, good.note.split_once("\n\n").unwrap().1);
    forged.note = format!("{text}\n\n{lines}");
    let refused = house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::Signature(_))), "{refused}");
    let mut forged = good.clone();
    forged.opening.text = forged.opening.text.replace("approve", "override");
    assert_eq!(house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err().refusal(), Some(&Refusal::Opening));
    let mut forged = good.clone();
    forged.opening.salt = "00".repeat(16);
    assert_eq!(house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err().refusal(), Some(&Refusal::Opening));
    let mut forged = good.clone();
    forged.note = forged.note.replace("\"type\":\"step\"", "\"type\":\"post\"");
    assert_eq!(house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err().refusal(), Some(&Refusal::NotAStep));
    for nonsense in ["", "{}", "gazette/v1/statement x\n{}\n\n— a b\n"] {
        let mut forged = good.clone();
        forged.note = nonsense.to_owned();
        assert_eq!(house.drafts.take(&clerk, &case.id, &forged).await.unwrap_err().refusal(), Some(&Refusal::NotAStep));
    }
    let size = house.node.heads.borrow().size;
    house.drafts.take(&clerk, &case.id, &good).await.unwrap();
    assert_eq!(house.node.heads.borrow().size, size + 1);
    // A key that was lost signs nothing more, and whoever has it is told that it is the key.
    house.lose_key("clerk").await;
    let refused = house.drafts.take(&clerk, &case.id, &good).await.unwrap_err();
    assert_eq!(refused.refusal().map(Refusal::code), Some("unknown-key"), "{refused}");
}

async fn a_replayed_step_is_refused(engine: Engine) {
    let house = House::on(engine).await;
    let (frozen, other) = (house.submitted("Lanterns", 0).await, house.submitted("Bridges", 0).await);
    let case = house.case(&frozen).await;
    let clerk = house.who("clerk");
    let given = house.sign(&case, "clerk", "draft", "approve", None);
    house.drafts.take(&clerk, &case.id, &given).await.unwrap();
    let again = house.drafts.take(&clerk, &case.id, &given).await.unwrap_err();
    assert_eq!(again.refusal(), Some(&Refusal::StaleCase));
    let elsewhere = house.drafts.take(&clerk, &other.case, &given).await.unwrap_err();
    assert_eq!(elsewhere.refusal(), Some(&Refusal::NotAStep));
    // In its own case, and about the text of another.
    let mut lying = house.case(&frozen).await;
    lying.frozen.core_line.clone_from(&other.core_line);
    let of_other = house.sign(&lying, "lawyer-a", "legal", "approve", None);
    let refused = house.drafts.take(&house.who("lawyer-a"), &case.id, &of_other).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::OtherCore));
    assert_eq!(house.case(&frozen).await.steps.len(), 1);
}

/// The log takes an id once: a second step under the id of a first is in no log, whatever the log answers.
async fn a_step_under_the_id_of_another_is_refused_and_forgotten(engine: Engine) {
    let house = House::on(engine).await;
    let (one, two) = (house.submitted("Lanterns", 0).await, house.submitted("Bridges", 0).await);
    let clerk = house.who("clerk");
    let first = house.sign(&house.case(&one).await, "clerk", "draft", "approve", None);
    house.drafts.take(&clerk, &one.case, &first).await.unwrap();
    let id = |note: &str| Statement::parse(note.as_bytes()).unwrap().id;
    let second = house.sign(&house.case(&two).await, "clerk", "draft", "approve", None);
    let text = note::text_of(&second.note).replace(&id(&second.note), &id(&first.note));
    let second = Given { note: note::sign(&text, &[&key_of(&house.post("clerk"))]), ..second };
    let refused = house.drafts.take(&clerk, &two.case, &second).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Differs));
    assert!(house.case(&two).await.steps.is_empty());
    // And the case goes on.
    house.approve_all(&two).await;
    house.published(&two).await;
}

async fn a_step_before_what_it_waits_for_is_refused(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    for (post, code) in [("lawyer-a", "legal"), ("director", "sign")] {
        let refused = house.approve(&frozen, post, code).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Order)), "{post}");
    }
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    house.approve(&frozen, "lawyer-a", "legal").await.unwrap();
    let refused = house.approve(&frozen, "director", "sign").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Approval(ApprovalError::Order)), "one lawyer of two");
    // What is offered to each is what would be taken.
    let case = house.case(&frozen).await;
    for (who, codes) in [("director", vec![]), ("lawyer-b", vec!["legal"]), ("controller", vec!["budget"]), ("author", vec![])] {
        let able = house.drafts.able(&house.who(who), &case).await.unwrap();
        assert_eq!(able.iter().map(|able| able.code.as_str()).collect::<Vec<_>>(), codes, "{who}");
    }
    let waiting = |open: Vec<server::drafts::Frozen>| open.into_iter().map(|frozen| frozen.case).collect::<Vec<_>>();
    let theirs = waiting(house.drafts.waiting_for(&house.who("lawyer-b")).await.unwrap());
    assert_eq!(theirs, std::slice::from_ref(&case.id));
    assert!(waiting(house.drafts.waiting_for(&house.who("lawyer-a")).await.unwrap()).is_empty(), "who has decided waits for others");
    assert!(waiting(house.drafts.waiting_for(&house.who("director")).await.unwrap()).is_empty());
}

async fn a_rejection_stops_a_case_until_the_same_post_approves(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    let refused = house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", None).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NoReason));
    let refused = house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", Some("  ")).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NoReason));
    house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", Some("Section 2 has no basis.")).await.unwrap();
    for (post, code) in [("lawyer-b", "legal"), ("controller", "budget")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    let case = house.case(&frozen).await;
    assert!(matches!(&case.standing, Standing::Under { verdict: Err(ApprovalError::Rejected), .. }), "{:?}", case.standing);
    assert_eq!(case.steps[1].reason.as_deref(), Some("Section 2 has no basis."));
    house.approve(&frozen, "lawyer-a", "legal").await.unwrap();
    house.approve(&frozen, "director", "sign").await.unwrap();
    let index = house.published(&frozen).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    // The decision is public, its reason is not.
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("reject") && !text.contains("Section 2"), "{text}");
}

async fn an_override_needs_its_reason_and_is_told(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    house.approve(&frozen, "controller", "budget").await.unwrap();
    let refused = house.decide(&frozen, "minister", "minister", "legal", "override", None).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NoReason));
    house.decide(&frozen, "minister", "minister", "legal", "override", Some("The dam is failing.")).await.unwrap();
    let refused = house.decide(&frozen, "minister", "minister", "sign", "override", Some("The dam is failing.")).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::Approval(ApprovalError::SelfApproval))), "{refused}");
    house.approve(&frozen, "director", "sign").await.unwrap();
    let case = house.case(&frozen).await;
    assert!(matches!(&case.standing, Standing::Under { verdict: Ok(skipped), .. } if skipped == &["legal"]), "{:?}", case.standing);
    house.published(&frozen).await;
}

async fn a_step_past_the_desk_does_not_hold_a_draft_for_ever(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let frozen = house.submitted("Lanterns", 0).await;
    let case = house.case(&frozen).await;
    // Any post of the agency may add to a case; what it committed to, it keeps for itself.
    let secret = house.sign(&case, "minister", "draft", "reject", Some("I say so."));
    house.node.submitter.submit(secret.note, vec![]).await.unwrap();
    let refused = house.approve(&frozen, "clerk", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::StaleCase));
    house.drafts.withdraw(&author, &frozen.draft).await.unwrap();
    let again = house.drafts.freeze(&author, &frozen.draft, 1, 0).await.unwrap();
    assert_ne!(again.case, frozen.case);
    house.approve_all(&again).await;
    house.published(&again).await;
}

async fn officers_who_sign_at_the_same_moment_all_come_through(engine: Engine) {
    let house = std::sync::Arc::new(House::on(engine).await);
    // What looks for interrupted steps runs beside them, as it does in a server.
    let publishing = tokio::spawn(keep_publishing(house.drafts.clone()));
    for round in 0..12 {
        let frozen = house.submitted(&format!("Lanterns {round}"), 3_600_000).await;
        house.approve(&frozen, "clerk", "draft").await.unwrap();
        let officers = [("lawyer-a", "legal"), ("controller", "budget"), ("lawyer-b", "legal")].map(|(post, code)| {
            let (house, frozen) = (house.clone(), frozen.clone());
            tokio::spawn(async move {
                // As the desk's script does: what stands now is looked at again, and signed behind.
                for _ in 0..200 {
                    let refused = match house.approve(&frozen, post, code).await {
                        Ok(taken) => return taken.index.unwrap(),
                        Err(error) => error,
                    };
                    assert!(refused.refusal().is_some_and(Refusal::passes), "{post}: {refused}");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                panic!("{post} is kept waiting for ever");
            })
        });
        let mut taken = Vec::new();
        for officer in officers {
            taken.push(officer.await.unwrap());
        }
        taken.sort_unstable();
        let steps = house.case(&frozen).await.steps;
        assert_eq!(steps.iter().skip(1).filter_map(|step| step.index).collect::<Vec<_>>(), taken, "what was taken stays");
        house.approve(&frozen, "director", "sign").await.unwrap();
        assert!(matches!(house.case(&frozen).await.standing, Standing::Under { verdict: Ok(_), .. }));
    }
    publishing.abort();
}

async fn where_the_rule_says_so_steps_are_logged_with_the_publication_and_not_before(engine: Engine) {
    let house = House::on(engine).await;
    house.defer(true).await;
    let before = house.node.heads.borrow().size;
    let frozen = house.submitted("Lanterns", 1_000).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    let case = house.case(&frozen).await;
    let (a, b) = (house.sign(&case, "lawyer-a", "legal", "approve", None), house.sign(&case, "lawyer-b", "legal", "approve", None));
    let taken = house.drafts.take(&house.who("lawyer-a"), &case.id, &a).await.unwrap();
    assert_eq!(taken.index, None, "kept, and in no log");
    let late = house.drafts.take(&house.who("lawyer-b"), &case.id, &b).await.unwrap_err();
    assert_eq!(late.refusal(), Some(&Refusal::StaleCase), "signed behind the clerk's step, and another stands there now");
    let replayed = house.drafts.take(&house.who("lawyer-a"), &case.id, &a).await.unwrap_err();
    assert_eq!(replayed.refusal(), Some(&Refusal::StaleCase));
    for (post, code) in [("lawyer-b", "legal"), ("controller", "budget"), ("director", "sign")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "its time has not come");
    let house = house.reopened().await;
    assert_eq!(house.node.heads.borrow().size, before, "nobody outside can tell that anything was decided");
    house.turn(1_000);
    let index = house.published(&frozen).await;
    assert_eq!(index, before + 5, "five steps, then what they approve");
    let steps = house.case(&frozen).await.steps;
    assert_eq!(steps.iter().map(|step| step.index.unwrap()).collect::<Vec<_>>(), (before..before + 5).collect::<Vec<_>>());
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let statement = Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().act.unwrap();
    assert_eq!(statement.steps, (before..before + 5).collect::<Vec<_>>());
    let report = server::fsck::fsck(&house.trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!(report.differs, None, "a full audit follows links between steps as well");
}

async fn a_rule_that_no_longer_keeps_steps_has_them_logged_before_the_next(engine: Engine) {
    let house = House::on(engine).await;
    house.defer(true).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    house.approve(&frozen, "lawyer-a", "legal").await.unwrap();
    house.defer(false).await;
    // What was approved under the old rule counts no more, and stays a part of the case.
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    let steps = house.case(&frozen).await.steps;
    assert_eq!(steps.len(), 7);
    assert!(steps.windows(2).all(|two| two[0].index < two[1].index) && steps[6].index < Some(index));
}

async fn a_kept_step_whose_key_was_lost_meanwhile_is_taken_again(engine: Engine) {
    let house = House::on(engine).await;
    house.defer(true).await;
    let frozen = house.submitted("Lanterns", 1_000).await;
    house.approve_all(&frozen).await;
    house.lose_key("lawyer-b").await;
    house.turn(1_000);
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code: "step-refused", .. })]), "{outcomes:?}");
    let case = house.case(&frozen).await;
    assert_eq!(case.frozen.state, FrozenState::Open);
    assert_eq!(case.steps.iter().map(|step| step.code.as_str()).collect::<Vec<_>>(), ["draft"], "those signed behind it went with it");
    for (post, code) in [("lawyer-a", "legal"), ("controller", "budget")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    let case = house.case(&frozen).await;
    let again = house.sign_with(&case, &new_key(&house.post("lawyer-b")), ("legal", "approve", None));
    house.drafts.take(&house.who("lawyer-b"), &case.id, &again).await.unwrap();
    house.approve(&frozen, "director", "sign").await.unwrap();
    house.published(&frozen).await;
}

async fn what_was_approved_with_a_key_that_was_stolen_by_then_does_not_come_out(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 5_000).await;
    house.approve_all(&frozen).await;
    house.steal_key("clerk").await;
    house.turn(5_000);
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code: "stolen-step", .. })]), "{outcomes:?}");
    let case = house.case(&frozen).await;
    assert!(case.frozen.state == FrozenState::Open && !case.frozen.ready);
    assert!(case.frozen.told.is_some_and(|told| told.starts_with("stolen-step")), "those who wrote it are told why");
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "it is not tried again and again");
}

async fn where_the_agencys_seal_is_elsewhere_nothing_comes_out_and_it_is_said_why(engine: Engine) {
    let house = House::on(engine).await;
    let mut finance = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    let at = house.node.submitter.state().size();
    let elsewhere = new_key(&house.agency).vkey().clone();
    finance.seals[0].ended = Some(statement::Ended { how: statement::Ending::Retired, at });
    finance.seals.push(statement::Key { key: elsewhere, custody: Some("agency".into()), ended: None });
    house.register("agency", &finance).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code: "no-seal", .. })]), "{outcomes:?}");
    let case = house.case(&frozen).await;
    assert!(case.frozen.state == FrozenState::Open && case.frozen.told.is_some_and(|told| told.starts_with("no-seal")));
}

async fn under_a_rule_that_asks_for_nothing_but_the_draft_no_author_takes_that_step(engine: Engine) {
    let house = House::on(engine).await;
    let mut agency = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    let mut rule = agency.rule.take().unwrap();
    rule.genres[0].steps.truncate(1);
    assert_eq!(rule.genres[0].steps[0].code, "draft");
    agency.rule = Some(rule);
    house.register("agency", &agency).await;
    house.hire("boss", &[Role::Drafter, Role::Approver], &house.agency).await;
    house.hold("boss", &["clerk"]).await;
    house.hold("author", &["clerk"]).await;
    house.hold("director", &["clerk"]).await;
    let boss = house.who("boss");
    let draft = house.drafts.begin(&boss, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    let frozen = house.drafts.freeze(&boss, &draft.id, draft.revision, 0).await.unwrap();
    let refused = house.approve_by(&frozen, "boss", "clerk", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::OwnDraft), "it would be their own approval");
    let refused = house.approve_by(&frozen, "author", "clerk", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Role), "nor is it enough to draft");
    house.approve_by(&frozen, "director", "clerk", "draft").await.unwrap();
    house.published(&frozen).await;
}
