//! Approval: a publication stands only on every step of its case, by the right posts, in order, about this very core.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    approval::{ApprovalError, Progress, Rule},
    part::{Commitment, format_salt},
    state::{LoggedStep, Refusal},
};
use common::{papers::*, story::*, *};

/// A finance paper under approval.
struct Desk {
    chain: Chain,
    case: Case,
    line: String,
}

fn desk() -> Desk {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let case = Case::open(&mut chain, FINANCE);
    Desk { chain, case, line }
}

impl Desk {
    fn take(&mut self, post: &str, code: &str, decision: &str) -> &mut Desk {
        let line = self.line.clone();
        self.case.take(&mut self.chain, post, code, decision, &line);
        self
    }
    fn approve(&mut self, steps: &[(&str, &str)]) -> &mut Desk {
        for (post, code) in steps {
            self.take(post, code, "approve");
        }
        self
    }
    fn answer(&self) -> Result<Option<u64>, Refusal> {
        self.chain.judge(&self.case.seal(&self.line))
    }
    fn refused(&self) -> ApprovalError {
        match self.answer() {
            Err(Refusal::Approval(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

const ALL: [(&str, &str); 5] = [(CLERK, "draft"), (LAWYER_A, "legal"), (CONTROLLER, "budget"), (LAWYER_B, "legal"), (DIRECTOR, "sign")];

#[test]
fn every_step_taken_in_order_approves() {
    assert_eq!(desk().approve(&ALL).answer(), Ok(None));
    // Parallel steps come in any order among themselves.
    let other = [(CLERK, "draft"), (CONTROLLER, "budget"), (LAWYER_B, "legal"), (LAWYER_A, "legal"), (DIRECTOR, "sign")];
    assert_eq!(desk().approve(&other).answer(), Ok(None));
}

#[test]
fn a_missing_step_or_too_few_of_a_kind_is_missing() {
    assert_eq!(desk().approve(&ALL[..4]).refused(), ApprovalError::Missing);
    assert_eq!(desk().approve(&[ALL[0], ALL[1], ALL[3]]).refused(), ApprovalError::Missing, "no budget, no signature");
    // The same lawyer twice is one lawyer.
    assert_eq!(desk().approve(&[ALL[0], ALL[1], ALL[1], ALL[2]]).refused(), ApprovalError::Missing);
}

#[test]
fn a_step_before_the_ones_it_waits_for_is_out_of_order() {
    assert_eq!(desk().approve(&[ALL[1], ALL[0]]).refused(), ApprovalError::Order);
    assert_eq!(desk().approve(&[ALL[0], ALL[1], ALL[2], ALL[4], ALL[3]]).refused(), ApprovalError::Order, "signed with one lawyer of two");
}

#[test]
fn nobody_takes_two_kinds_of_step_in_one_case() {
    let clerk_checks_himself = [(CLERK, "draft"), (LAWYER_A, "legal"), (CLERK, "budget"), (LAWYER_B, "legal"), (DIRECTOR, "sign")];
    assert_eq!(desk().approve(&clerk_checks_himself).refused(), ApprovalError::SelfApproval);
    let lawyer_signs = [ALL[0], ALL[1], ALL[2], ALL[3], (LAWYER_A, "sign")];
    assert_eq!(desk().approve(&lawyer_signs).refused(), ApprovalError::SelfApproval);
}

#[test]
fn a_post_that_may_not_take_a_step_or_a_kind_unknown_approves_nothing() {
    assert_eq!(desk().approve(&[(DIRECTOR, "draft")]).refused(), ApprovalError::Post);
    assert_eq!(desk().approve(&[(CLERK, "coffee")]).refused(), ApprovalError::Post);
    assert_eq!(desk().take(DIRECTOR, "draft", "override").refused(), ApprovalError::Post, "only the minister overrides");
}

#[test]
fn a_rejection_stands_until_the_same_post_approves() {
    let mut desk = desk();
    desk.approve(&ALL[..3]).take(LAWYER_B, "legal", "reject");
    assert_eq!(desk.refused(), ApprovalError::Rejected);
    desk.approve(&[ALL[3], ALL[4]]);
    assert_eq!(desk.answer(), Ok(None));
    desk.take(DIRECTOR, "sign", "reject");
    assert_eq!(desk.refused(), ApprovalError::Rejected);
}

#[test]
fn a_rejection_or_an_override_without_a_reason_approves_nothing() {
    for (post, decision) in [(LAWYER_B, "reject"), (MINISTER, "override")] {
        let mut desk = desk();
        desk.approve(&ALL[..3]).case.silent = true;
        desk.take(post, "legal", decision);
        assert_eq!(desk.refused(), ApprovalError::Reason, "{decision}");
        desk.approve(&ALL[3..]);
        assert_eq!(desk.refused(), ApprovalError::Reason, "approving after it does not mend it");
    }
}

#[test]
fn an_override_completes_a_kind_of_step_and_is_marked() {
    let mut desk = desk();
    desk.approve(&[ALL[0], ALL[2]]).take(MINISTER, "legal", "override").approve(&[ALL[4]]);
    assert_eq!(desk.answer(), Ok(None));
    let index = desk.chain.publish(&desk.case.seal(&desk.line)).unwrap();
    let bundle = desk.chain.bundle(&[index]);
    let finding = common::evidence::finding(&bundle, index, chain::check::Code::C6);
    assert_eq!((finding.answer, finding.reason), (chain::check::Answer::Holds, "overridden"));
    assert!(finding.values.contains(&("overridden", "legal".into())));
}

#[test]
fn a_changed_core_voids_what_was_approved() {
    let mut desk = desk();
    desk.approve(&ALL);
    desk.line = desk.line.replace("\"notice\"", "\"order\"");
    assert_eq!(desk.refused(), ApprovalError::Missing);
    // Approved again in the same case, the steps about the older core stay named and count for nothing.
    desk.approve(&ALL);
    assert_eq!(desk.answer(), Ok(None));
}

#[test]
fn a_rule_that_changed_needs_the_paper_approved_again() {
    let mut desk = desk();
    desk.approve(&ALL);
    let mut finance = desk.chain.state.agency(FINANCE).unwrap().1.clone();
    finance.name.insert("zh".into(), "财政局".into());
    desk.chain.register("agency", &finance);
    assert_eq!(desk.refused(), ApprovalError::StaleRule);
    // Naming the new rule without anybody having seen it is no way round.
    desk.case.rule = desk.chain.state.agency(FINANCE).unwrap().0.leaf;
    assert_eq!(desk.refused(), ApprovalError::Missing);
    desk.approve(&ALL);
    assert_eq!(desk.answer(), Ok(None));
}

#[test]
fn every_step_is_opened_from_the_first() {
    let mut desk = desk();
    desk.approve(&ALL);
    let whole = desk.case.clone();
    desk.case.steps.remove(0);
    assert_eq!(desk.refused(), ApprovalError::Incomplete, "steps and openings differ in number");
    desk.case.opening.remove(0);
    assert_eq!(desk.refused(), ApprovalError::Incomplete, "the first step is not the case's first");
    desk.case = whole.clone();
    desk.case.steps.swap(1, 2);
    desk.case.opening.swap(1, 2);
    assert_eq!(desk.refused(), ApprovalError::Incomplete, "not in the order they were taken");
    desk.case = whole.clone();
    (desk.case.steps, desk.case.opening) = (vec![], vec![]);
    assert_eq!(desk.refused(), ApprovalError::Incomplete, "none at all");
    desk.case = whole.clone();
    desk.case.opening[2].text = desk.case.opening[2].text.replace("approve", "override");
    assert_eq!(desk.refused(), ApprovalError::Opening, "another decision than was committed");
    desk.case = whole.clone();
    desk.case.opening[2].salt = "00".repeat(16);
    assert_eq!(desk.refused(), ApprovalError::Opening);
    desk.case = whole.clone();
    desk.case.opening.swap(1, 2);
    assert_eq!(desk.refused(), ApprovalError::Opening, "openings of each other");
    desk.case = whole;
    desk.case.case = "0".repeat(32);
    assert_eq!(desk.refused(), ApprovalError::Incomplete, "steps of another case than the act names");
}

#[test]
fn steps_of_one_case_approve_nothing_in_another() {
    let mut desk = desk();
    desk.approve(&ALL);
    let first = desk.case.clone();
    desk.case = Case::open(&mut desk.chain, FINANCE);
    desk.case.steps = first.steps.clone();
    desk.case.opening = first.opening.clone();
    assert_eq!(desk.refused(), ApprovalError::Incomplete);
    // The approved case under another paper: what was approved is not this.
    desk.case = first;
    let paper = desk.chain.paper(FINANCE, "Another paper");
    desk.line = desk.chain.line("disclosure", &paper);
    assert_eq!(desk.refused(), ApprovalError::Missing);
}

#[test]
fn a_committed_text_that_is_no_decision_opens_nothing() {
    for text in ["", "{}", "approve", r#"{"code":"draft","code":"sign"}"#] {
        let mut desk = desk();
        let salt = desk.chain.salt();
        let step = serde_json::json!({"agency": FINANCE, "case": desk.case.case, "commitment": Commitment::to(&salt, text.as_bytes())});
        let line = desk.chain.line("step", &step);
        let index = desk.chain.publish(&sealed(&line, None, &signer(CLERK))).unwrap();
        desk.case.steps.push(index);
        desk.case.opening.push(chain::approval::Opening { salt: format_salt(&salt), text: text.into() });
        assert_eq!(desk.refused(), ApprovalError::Opening, "{text}");
    }
}

#[test]
fn a_genre_the_rule_does_not_name_falls_to_every_or_to_none() {
    let mut desk = desk();
    let mut finance = desk.chain.state.agency(FINANCE).unwrap().1.clone();
    let narrow = Rule { genres: vec![rule().genres[1].clone()], overriders: vec![], deferred: false };
    finance.rule = Some(narrow);
    desk.chain.register("agency", &finance);
    desk.case = Case::open(&mut desk.chain, FINANCE);
    desk.approve(&ALL[..1]);
    assert_eq!(desk.refused(), ApprovalError::Genre);
}

#[test]
fn steps_that_were_not_logged_yet_follow_each_other_by_what_they_say() {
    let mut desk = desk();
    desk.case.deferred = true;
    let (line, mut waiting) = (desk.line.clone(), Vec::new());
    desk.approve(&ALL[..2]);
    // The same two behind each other the other way round, or one behind itself, are taken by no log.
    for (post, code) in [ALL[2], ALL[3]] {
        let (note, opening) = desk.case.step(&mut desk.chain, post, code, "approve", &line);
        waiting.push((note, opening));
    }
    let (first, second) = (waiting.remove(0), waiting.remove(0));
    let index = desk.chain.publish(&first.0).unwrap();
    assert_eq!(desk.chain.judge(&second.0), Err(Refusal::StaleCase), "both were signed behind the second step");
    desk.case.steps.push(index);
    desk.case.opening.push(first.1);
    desk.approve(&ALL[3..]);
    assert_eq!(desk.answer(), Ok(None));
    let index = desk.chain.publish(&desk.case.seal(&desk.line)).unwrap();
    let bundle = desk.chain.bundle(&[index]);
    assert_eq!(common::evidence::finding(&bundle, index, chain::check::Code::C6).answer, chain::check::Answer::Holds);
}

#[test]
fn a_link_says_who_took_the_step_what_it_commits_to_and_what_it_followed() {
    let mut desk = desk();
    desk.case.deferred = true;
    desk.approve(&ALL[..3]);
    let LoggedStep { post, step, .. } = desk.chain.facts.steps[&desk.case.steps[2]].clone();
    let before = desk.chain.at(desk.case.steps[1]);
    let link = |post: &str, step: &chain::statement::Step| chain::approval::link(post, step);
    let whole = link(&post, &step);
    assert_ne!(whole, link(DIRECTOR, &step));
    assert_ne!(whole, link(&post, &chain::statement::Step { after: None, previous: Some(before), ..step.clone() }));
    assert_ne!(whole, link(&post, &chain::statement::Step { commitment: Commitment::to(&[1; 16], b""), ..step.clone() }));
    // No log takes a step that names the one before in both ways, or in neither.
    for (previous, after) in [(Some(before), step.after), (None, None)] {
        let both = chain::statement::Step { previous, after, ..step.clone() };
        let line = desk.chain.line("step", &both);
        assert_eq!(desk.chain.judge(&sealed(&line, None, &signer(CONTROLLER))), Err(Refusal::StaleCase));
    }
}

/// What is said of a case's next step, and what stands once all of `steps` were taken.
fn progress<T>(desk: &Desk, say: impl FnOnce(&Progress<'_>) -> T) -> Result<T, ApprovalError> {
    progress_by(desk.chain.state.agency(FINANCE).unwrap().1.rule.as_ref().unwrap(), desk, say)
}

/// The same by a rule that says the same in other words.
fn progress_by<T>(rule: &Rule, desk: &Desk, say: impl FnOnce(&Progress<'_>) -> T) -> Result<T, ApprovalError> {
    let step = |index: &u64| desk.chain.facts.steps[index].taken(*index);
    let taken: Vec<_> = desk.case.steps.iter().map(step).collect();
    let leaf = desk.chain.state.agency(FINANCE).unwrap().0.leaf;
    Progress::of((rule, leaf), "notice", &desk.line, FINANCE, &desk.case.act(), &taken).map(|it| say(&it))
}

#[test]
fn what_is_said_of_the_next_step_is_what_becomes_of_it() {
    const POSTS: [&str; 6] = FINANCE_POSTS;
    for taken in 0..=ALL.len() {
        for code in ["draft", "legal", "budget", "sign", "coffee"] {
            for (post, decision) in POSTS.iter().flat_map(|post| ["approve", "override"].map(|decision| (*post, decision))) {
                let mut desk = desk();
                desk.approve(&ALL[..taken]);
                let said = progress(&desk, |so_far| so_far.may_take(code, post, decision)).unwrap();
                desk.take(post, code, decision);
                let became = match desk.answer() {
                    Err(Refusal::Approval(error @ (ApprovalError::Post | ApprovalError::Order | ApprovalError::SelfApproval))) => {
                        Err(error)
                    }
                    _ => Ok(()),
                };
                assert_eq!(said, became, "{post} {decision}s {code} after {taken}");
            }
        }
    }
}

#[test]
fn how_far_a_case_has_come_agrees_with_the_verdict_at_every_step() {
    let mut desk = desk();
    assert_eq!(progress(&desk, |so_far| so_far.judge()), Ok(Err(ApprovalError::Missing)), "nobody has decided anything");
    for (n, (post, code)) in ALL.into_iter().enumerate() {
        desk.approve(&[(post, code)]);
        let verdict = progress(&desk, |so_far| so_far.judge()).unwrap().map(|approved| approved.overridden);
        let answer = desk.answer().map(|_| vec![]).map_err(|refusal| match refusal {
            Refusal::Approval(error) => error,
            other => panic!("{other:?}"),
        });
        assert_eq!(verdict, answer, "after {n}");
    }
    let complete = progress(&desk, |all| all.wanted().iter().all(|kind| all.complete(&kind.code))).unwrap();
    assert!(complete);
    desk.take(LAWYER_B, "legal", "reject");
    assert_eq!(progress(&desk, |so_far| so_far.judge()), Ok(Err(ApprovalError::Rejected)));
    assert_eq!(progress(&desk, |so_far| so_far.may_take("legal", LAWYER_B, "approve")), Ok(Ok(())));
    // About another core nothing of it counts, and everything may begin again.
    desk.line = desk.line.replace("\"notice\"", "\"order\"");
    assert_eq!(progress(&desk, |so_far| (so_far.decisions().count(), so_far.may_take("draft", CLERK, "approve"))), Ok((0, Ok(()))));
    assert_eq!(progress(&desk, |so_far| so_far.may_take("sign", DIRECTOR, "approve")), Ok(Err(ApprovalError::Order)));
}

/// Number, stage and milliseconds of each step that stands, by the rule in force or by the same with steps logged at the end.
fn course(desk: &Desk, deferred: bool) -> Vec<(usize, usize, Option<u64>)> {
    let rule = Rule { deferred, ..rule() };
    let times: Vec<_> = desk.case.steps.iter().map(|step| desk.chain.header(*step).time).collect();
    let places = progress_by(&rule, desk, |so_far| so_far.course(&times)).unwrap();
    places.iter().map(|place| (place.number, place.stage, place.took)).collect()
}

#[test]
fn a_step_takes_as_long_as_since_all_was_there_that_it_waits_for() {
    let mut desk = desk();
    for (step, gap) in ALL.iter().zip([0, 5_000, 60_000, 1_000, 7_000]) {
        desk.chain.clock += gap;
        desk.approve(&[*step]);
    }
    // Each entry of the fictional chain is a second behind the one before, and so much more.
    let expected = [(0, 0, None), (1, 1, Some(6_000)), (2, 1, Some(67_000)), (3, 1, Some(69_000)), (4, 2, Some(8_000))];
    assert_eq!(course(&desk, false), expected);
    assert_eq!(course(&desk, true), expected.map(|(number, stage, _)| (number, stage, None)), "logged with the publication");
}

#[test]
fn a_step_that_counts_no_more_has_no_place_in_the_course() {
    let mut desk = desk();
    desk.approve(&ALL[..2]).take(CONTROLLER, "budget", "reject").take(CONTROLLER, "budget", "approve");
    assert_eq!(course(&desk, false), [(0, 0, None), (1, 1, Some(1_000)), (3, 1, Some(3_000))]);
    // What was there before the draft was decided once more took no time that anything tells.
    desk.take(CLERK, "draft", "approve");
    assert_eq!(course(&desk, false), [(1, 1, None), (3, 1, None), (4, 0, None)]);
}
