//! Writes the vectors of approval: a rule, what was decided, and whether the one meets the other.

use super::common::{papers::*, story::founded, *};
use chain::{
    approval::{self, Act, Opening, Rule, TakenStep, link},
    part::{Commitment, format_salt},
    state::LoggedStep,
};
use serde_json::{Value, json};

/// A paper of finance's under approval.
#[derive(Clone)]
struct Desk {
    chain: Chain,
    case: Case,
    line: String,
    rule: Option<Rule>,
    genre: &'static str,
    acts: bool,
}

impl Desk {
    fn take(mut self, post: &str, code: &str, decision: &str) -> Desk {
        self.case.take(&mut self.chain, post, code, decision, &self.line);
        self
    }

    fn approve(self, steps: &[(&str, &str)]) -> Desk {
        steps.iter().fold(self, |desk, (post, code)| desk.take(post, code, "approve"))
    }

    fn with(mut self, edit: impl FnOnce(&mut Desk)) -> Desk {
        edit(&mut self);
        self
    }

    fn written(&self, case: &str) -> Value {
        let leaf = self.chain.state.agency(FINANCE).unwrap().0.leaf;
        let act: Option<Act> = self.acts.then(|| self.case.act());
        let steps = self.case.steps.iter().filter_map(|index| self.chain.facts.steps.get(index).map(|step| (*index, step)));
        let taken: Vec<TakenStep> = steps.map(|(index, step)| step.taken(index)).collect();
        let rule = self.rule.as_ref().map(|rule| (rule, leaf));
        let answer = match approval::check(rule, self.genre, &self.line, FINANCE, act.as_ref(), &taken) {
            Ok(None) => "no rule".to_owned(),
            Ok(Some(approved)) if approved.overridden.is_empty() => "approved".into(),
            Ok(Some(approved)) => format!("overridden {}", approved.overridden.join(" ")),
            Err(error) => error.code().into(),
        };
        let taken = taken.iter().map(|step| json!({"index": step.index, "leaf": step.leaf, "post": step.post, "step": step.step}));
        json!({
            "case": case, "agency": FINANCE, "rule": self.rule, "rule_leaf": leaf, "genre": self.genre, "core": self.line,
            "act": act, "taken": taken.collect::<Vec<_>>(), "answer": answer,
        })
    }
}

const ALL: [(&str, &str); 5] = [(CLERK, "draft"), (LAWYER_A, "legal"), (CONTROLLER, "budget"), (LAWYER_B, "legal"), (DIRECTOR, "sign")];

pub fn approvals() -> Value {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let case = Case::open(&mut chain, FINANCE);
    let empty = Desk { chain, case, line, rule: Some(rule()), genre: "notice", acts: true };
    let desk = || empty.clone();
    let whole = || desk().approve(&ALL);
    let elsewhere = whole().with(|desk| {
        let steps = desk.case.clone();
        desk.case = Case::open(&mut desk.chain, FINANCE);
        (desk.case.steps, desk.case.opening) = (steps.steps, steps.opening);
    });
    let narrow = Rule { genres: vec![rule().genres[1].clone()], overriders: vec![], deferred: false };
    let undecided = desk().with(|desk| {
        let salt = desk.chain.salt();
        let step = json!({"agency": FINANCE, "case": desk.case.case, "commitment": Commitment::to(&salt, b"{}")});
        let line = desk.chain.line("step", &step);
        desk.case.steps.push(desk.chain.publish(&sealed(&line, None, &signer(CLERK))).unwrap());
        desk.case.opening.push(Opening { salt: format_salt(&salt), text: "{}".into() });
    });
    // The second names the first; the third names the first again.
    let crossed = desk().with(|desk| desk.case.deferred = true).approve(&ALL[..2]).with(|desk| {
        let first = &desk.chain.facts.steps[&desk.case.steps[0]];
        let after = link(&first.post, &first.step);
        let index = desk.case.steps[1];
        if let Some(LoggedStep { step, .. }) = desk.chain.facts.steps.get_mut(&index) {
            step.after = Some(after);
        }
        desk.case.deferred = false;
        desk.case.take(&mut desk.chain, CONTROLLER, "budget", "approve", &desk.line);
        let index = desk.case.steps[2];
        if let Some(LoggedStep { step, .. }) = desk.chain.facts.steps.get_mut(&index) {
            (step.previous, step.after) = (None, Some(after));
        }
    });
    let cases = [
        ("every step in order", whole()),
        ("parallel steps the other way round", desk().approve(&[ALL[0], ALL[2], ALL[3], ALL[1], ALL[4]])),
        ("neither rule nor act", desk().with(|desk| (desk.rule, desk.acts) = (None, false))),
        ("a rule and no act", desk().with(|desk| desk.acts = false)),
        ("an act and no rule", whole().with(|desk| desk.rule = None)),
        ("another rule named than is in force", whole().with(|desk| desk.case.rule = desk.chain.leaf(0))),
        ("a genre without a rule", whole().with(|desk| desk.rule = Some(narrow))),
        ("a genre that has its own steps", desk().with(|desk| desk.genre = "status").approve(&ALL[4..])),
        ("no step at all", desk()),
        (
            "the first step left out",
            whole().with(|desk| {
                desk.case.steps.remove(0);
                desk.case.opening.remove(0);
            }),
        ),
        ("a step without its opening", whole().with(|desk| drop(desk.case.opening.pop()))),
        (
            "steps in another order than taken",
            whole().with(|desk| {
                desk.case.steps.swap(1, 2);
                desk.case.opening.swap(1, 2);
            }),
        ),
        ("steps of another case", elsewhere),
        (
            "another decision than was committed",
            whole().with(|desk| {
                desk.case.opening[2].text = desk.case.opening[2].text.replace("approve", "override");
            }),
        ),
        ("another salt", whole().with(|desk| desk.case.opening[2].salt = "00".repeat(16))),
        ("a text that is no decision", undecided),
        ("a post that may not take the step", desk().approve(&[(DIRECTOR, "draft")])),
        ("a kind of step that the rule does not know", desk().approve(&[(CLERK, "coffee")])),
        ("an override by one who may not", desk().take(DIRECTOR, "draft", "override")),
        ("a step before the one it waits for", desk().approve(&[ALL[1], ALL[0]])),
        ("signed with one lawyer of two", desk().approve(&[ALL[0], ALL[1], ALL[2], ALL[4], ALL[3]])),
        ("one post in two kinds of step", desk().approve(&[ALL[0], ALL[1], (CLERK, "budget"), ALL[3], ALL[4]])),
        ("rejected", desk().approve(&ALL[..3]).take(LAWYER_B, "legal", "reject")),
        ("rejected, then approved by the same post", desk().approve(&ALL[..3]).take(LAWYER_B, "legal", "reject").approve(&ALL[3..])),
        ("rejected without a reason", desk().with(|desk| desk.case.silent = true).approve(&ALL[..3]).take(LAWYER_B, "legal", "reject")),
        (
            "overridden without a reason",
            desk().approve(&[ALL[0], ALL[2]]).with(|desk| desk.case.silent = true).take(MINISTER, "legal", "override").approve(&ALL[4..]),
        ),
        ("rejected after everything", whole().take(DIRECTOR, "sign", "reject")),
        ("the last step missing", desk().approve(&ALL[..4])),
        ("the same lawyer twice", desk().approve(&[ALL[0], ALL[1], ALL[1], ALL[2]])),
        ("a word that is no decision", desk().approve(&ALL[..4]).take(DIRECTOR, "sign", "nod")),
        ("another core than was approved", whole().with(|desk| desk.line = desk.line.replace("\"notice\"", "\"order\""))),
        ("approved again after a change", whole().with(|desk| desk.line = desk.line.replace("\"notice\"", "\"order\"")).approve(&ALL)),
        ("steps that were not logged when the next was taken", desk().with(|desk| desk.case.deferred = true).approve(&ALL)),
        (
            "steps logged when they were taken, then some that were not",
            desk()
                .approve(&ALL[..2])
                .with(|desk| desk.case.deferred = true)
                .approve(&ALL[2..4])
                .with(|desk| desk.case.deferred = false)
                .approve(&ALL[4..]),
        ),
        ("a step behind another than the one before", crossed),
        ("a kind completed by override", desk().approve(&[ALL[0], ALL[2]]).take(MINISTER, "legal", "override").approve(&ALL[4..])),
    ];
    json!({"approvals": cases.iter().map(|(case, desk)| desk.written(case)).collect::<Vec<_>>()})
}
