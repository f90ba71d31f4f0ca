//! What is promised of an agency that has a rule and seals for itself: its key alone publishes nothing. Whatever door its statement comes
//! by (`/api/v1/statements`, `/submit`), it opens every step of its case, and they meet the rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod by_token;
mod described;
mod desk_house;
mod portal;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use by_token::{Machines, id};
use chain::{
    Hash,
    approval::{Act, Decision, Opening, core_commitment},
    entry::Entry,
    note::{self, Signer},
    part::{Commitment, format_salt},
    statement::{self, Agency, Ended, Ending, Key, Reference, Statement, Step},
    tree::leaf_hash,
};
use desk_house::{House, key_of, new_key};
use serde_json::{Value, json};
use server::{compose, drafts::Outcome, keys, staff::Scope, store::NewContent};
use trial::Engine;

on_each_engine! {
    without_an_act_or_with_half_of_one_an_agencys_own_key_publishes_nothing,
    with_every_step_opened_an_agencys_own_statement_is_taken,
    what_the_desk_approved_is_sealed_by_the_agencys_own_key_and_the_desk_knows_it,
    an_act_of_another_statement_or_with_another_agencys_step_approves_nothing,
    a_rejection_stands_in_the_way_whether_it_is_named_or_left_out,
}

/// What the rule of the house asks for, in an order in which it may come.
const ALL: [(&str, &str); 5] =
    [("clerk", "draft"), ("lawyer-a", "legal"), ("lawyer-b", "legal"), ("controller", "budget"), ("director", "sign")];

/// The agency with a rule, which seals for itself, and the token by which its program hands in.
struct Sealing {
    m: Machines,
    own: Signer,
    /// The seal that the portal kept until then.
    old: Signer,
    token: String,
}

/// A statement about to be approved.
struct Text {
    core_line: String,
    contents: Vec<NewContent>,
}

/// A case under way.
struct Course {
    case: String,
    steps: Vec<u64>,
    opening: Vec<Opening>,
    newest: Option<Reference>,
}

impl Course {
    fn new() -> Course {
        Course { case: compose::random_id().unwrap(), steps: vec![], opening: vec![], newest: None }
    }
}

impl Sealing {
    async fn on(engine: Engine) -> Sealing {
        let m = Machines::on(engine).await;
        let house = &m.house;
        let own = new_key(&house.agency);
        let mut finance: Agency = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
        let at = house.node.heads.borrow().size;
        finance.seals[0].ended = Some(Ended { how: Ending::Retired, at });
        finance.seals.push(Key { key: own.vkey().clone(), custody: Some("agency".into()), ended: None });
        house.register("agency", &finance).await;
        let old = keys::open(&keys::seal_file(&house.trial.place.data.join("keys"), &house.agency)).unwrap();
        let token = m.token(&house.agency, &[Scope::Statements]).await;
        Sealing { m, own, old, token }
    }

    fn house(&self) -> &House {
        &self.m.house
    }

    fn text(&self, n: u8, title: &str) -> Text {
        let compose::Fixed { core_line, contents } =
            trial::draft(&self.house().agency, title, "Each lantern is lit.\n").fix(&id(n)).unwrap();
        Text { core_line, contents }
    }

    /// Leaf hash of the entry that has the rule.
    fn rule(&self) -> Hash {
        self.house().node.submitter.state().agency(&self.house().agency).unwrap().0.leaf
    }

    /// What a post's machine makes of a decision: the signed step, and what opens it.
    fn step(&self, agency: &str, post: &str, course: &Course, core_line: &str, (code, decision): (&str, &str)) -> (String, Opening) {
        let (of_core, salt) = (keys::random::<16>().unwrap(), keys::random::<16>().unwrap());
        let decision = Decision {
            code: code.into(),
            decision: decision.into(),
            rule: self.rule(),
            core: core_commitment(&of_core, core_line),
            salt: format_salt(&of_core),
            reason: (decision != "approve").then(|| Commitment::to(&salt, b"Not like this.")),
        };
        let text = serde_json::to_string(&decision).unwrap();
        let commitment = Commitment::to(&salt, text.as_bytes());
        // A case is one of its agency's: of another's nothing came before.
        let previous = course.newest.filter(|_| agency == self.house().agency);
        let step = Step { agency: agency.into(), case: course.case.clone(), previous, after: None, commitment };
        let line = statement::core_line("step", &compose::random_id().unwrap(), &step).unwrap();
        let note = note::sign(&statement::text(&self.house().node.origin, &line, None), &[&key_of(&self.house().post(post))]);
        (note, Opening { salt: format_salt(&salt), text })
    }

    /// Has a post of the agency take a step in a case, and hands it in past the desk.
    async fn take(&self, course: &mut Course, core_line: &str, (post, code): (&str, &str), decision: &str) {
        let (note, opening) = self.step(&self.house().agency, post, course, core_line, (code, decision));
        let said = self.submit(&json!({ "note": note }).to_string()).await.remove(0);
        let index = said["index"].as_u64().unwrap_or_else(|| panic!("{post} {code}: {said}"));
        let entry = self.house().node.store.entry(index).await.unwrap().unwrap();
        course.newest = Some(Reference { index, leaf: leaf_hash(&entry) });
        course.steps.push(index);
        course.opening.push(opening);
    }

    /// A case in which all is approved that the rule asks for.
    async fn approved(&self, core_line: &str) -> Course {
        let mut course = Course::new();
        for step in ALL {
            self.take(&mut course, core_line, step, "approve").await;
        }
        course
    }

    fn act(&self, course: &Course) -> Act {
        Act { case: course.case.clone(), rule: self.rule(), steps: course.steps.clone(), opening: course.opening.clone() }
    }

    /// A line as the agency's own program hands it in.
    fn line(&self, text: &Text, act: Option<&Act>, seal: &Signer) -> String {
        let act_line = act.map(|act| serde_json::to_string(act).unwrap());
        let note = note::sign(&statement::text(&self.house().node.origin, &text.core_line, act_line.as_deref()), &[seal]);
        let part = |part: &NewContent| json!({ "salt": format_salt(&part.salt), "bytes": STANDARD.encode(part.bytes.as_ref().unwrap()) });
        json!({ "note": note, "parts": text.contents.iter().map(part).collect::<Vec<_>>() }).to_string()
    }

    /// Anybody's door.
    async fn submit(&self, lines: &str) -> Vec<Value> {
        self.m.ask("", "POST", "/submit", lines.to_owned()).await.lines()
    }

    /// Its program's.
    async fn hand_in(&self, lines: &str) -> Vec<Value> {
        self.m.ask(&self.token, "POST", "/api/v1/statements", lines.to_owned()).await.lines()
    }

    /// That a line is refused at both doors, for this reason, and leaves nothing.
    async fn refused(&self, line: &str, code: &str, why: &str) {
        let size = self.house().node.heads.borrow().size;
        for said in [self.hand_in(line).await.remove(0), self.submit(line).await.remove(0)] {
            assert_eq!((&said["code"], &said["retry"]), (&json!(code), &json!(false)), "{why}: {said}");
            let zh = said["refused_zh"].as_str().unwrap();
            assert!(!said["refused"].as_str().unwrap().is_empty() && zh.ends_with('。') && zh != "未获接受。", "{said}");
        }
        assert_eq!(self.house().node.heads.borrow().size, size, "{why}");
    }

    async fn act_of(&self, index: u64) -> Act {
        let bytes = self.house().node.store.entry(index).await.unwrap().unwrap();
        Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().act.unwrap()
    }
}

async fn without_an_act_or_with_half_of_one_an_agencys_own_key_publishes_nothing(engine: Engine) {
    let sealing = Sealing::on(engine).await;
    let text = sealing.text(1, "Lanterns");
    sealing.refused(&sealing.line(&text, None, &sealing.own), "approval:no-act", "nobody approved it").await;
    let mut course = Course::new();
    let none = sealing.act(&course);
    sealing.refused(&sealing.line(&text, Some(&none), &sealing.own), "approval:incomplete", "an act without steps").await;
    for step in &ALL[..4] {
        sealing.take(&mut course, &text.core_line, *step, "approve").await;
    }
    let four = sealing.act(&course);
    sealing.refused(&sealing.line(&text, Some(&four), &sealing.own), "approval:missing", "the last signature is missing").await;
    let mut closed = four.clone();
    closed.opening.pop();
    sealing.refused(&sealing.line(&text, Some(&closed), &sealing.own), "approval:incomplete", "a step is not opened").await;
    // An opening that says more than was committed to.
    let mut forged = four.clone();
    forged.opening[0].text = forged.opening[0].text.replace("\"draft\"", "\"sign\"");
    sealing.refused(&sealing.line(&text, Some(&forged), &sealing.own), "approval:opening", "another decision than was signed").await;
    // Nor does the rule of before count, under which nothing was asked for.
    let mut stale = four;
    stale.rule = Hash::ZERO;
    sealing.refused(&sealing.line(&text, Some(&stale), &sealing.own), "approval:stale-rule", "another rule").await;
}

async fn with_every_step_opened_an_agencys_own_statement_is_taken(engine: Engine) {
    let sealing = Sealing::on(engine).await;
    for (n, by_program) in [(1, true), (2, false)] {
        let text = sealing.text(n, "Lanterns");
        let act = sealing.act(&sealing.approved(&text.core_line).await);
        // The posts have approved it; who seals is still the agency, by the key that is good now.
        sealing.refused(&sealing.line(&text, Some(&act), &sealing.old), "unknown-key", "the seal that was retired").await;
        let line = sealing.line(&text, Some(&act), &sealing.own);
        let said = if by_program { sealing.hand_in(&line).await } else { sealing.submit(&line).await };
        let index = said[0]["index"].as_u64().unwrap_or_else(|| panic!("{}", said[0]));
        assert_eq!(sealing.act_of(index).await, act);
        let again = sealing.hand_in(&line).await.remove(0);
        assert_eq!((&again["index"], &again["repeated"]), (&json!(index), &json!(true)));
    }
    let report = server::fsck::fsck(&sealing.house().trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!(report.differs, None, "an audit finds each approval again");
}

async fn what_the_desk_approved_is_sealed_by_the_agencys_own_key_and_the_desk_knows_it(engine: Engine) {
    let sealing = Sealing::on(engine).await;
    let house = sealing.house();
    let (frozen, other) = (house.submitted("Lanterns", 0).await, house.submitted("Bridges", 0).await);
    house.approve_all(&frozen).await;
    // As the agency's machine has it from the desk: the text that was approved, its parts with their salts, and what opens each step.
    let case = house.case(&frozen).await;
    let mut contents = Vec::new();
    for part in &case.parts {
        let (_, bytes) = house.drafts.part(&house.who("colleague"), &frozen.id, &part.commitment).await.unwrap();
        let (commitment, media, salt) = (part.commitment, part.media.clone(), part.salt.unwrap());
        contents.push(NewContent { commitment, media, size: bytes.len() as u64, salt, bytes: Some(bytes) });
    }
    let text = Text { core_line: frozen.core_line.clone(), contents };
    let act = Act {
        case: case.id.clone(),
        rule: sealing.rule(),
        steps: case.steps.iter().map(|step| step.index.unwrap()).collect(),
        opening: case.steps.iter().map(|step| step.opening.clone()).collect(),
    };
    let size = house.node.heads.borrow().size;
    let said = sealing.hand_in(&sealing.line(&text, Some(&act), &sealing.own)).await.remove(0);
    assert_eq!(said["index"].as_u64(), Some(size), "{said}");
    // Its draft is published, and once: what waits beside it is not.
    assert_eq!(house.drafts.publish_due().await.unwrap(), [(frozen.id.clone(), Outcome::Published(size))]);
    assert_eq!(house.case(&frozen).await.frozen.index, Some(size));
    assert_eq!(house.case(&other).await.frozen.index, None);
    assert_eq!(house.node.heads.borrow().size, size + 1);
}

async fn an_act_of_another_statement_or_with_another_agencys_step_approves_nothing(engine: Engine) {
    let sealing = Sealing::on(engine).await;
    let (one, two) = (sealing.text(1, "Lanterns"), sealing.text(2, "Bridges"));
    let course = sealing.approved(&one.core_line).await;
    let act = sealing.act(&course);
    sealing.refused(&sealing.line(&two, Some(&act), &sealing.own), "approval:missing", "what was approved is another text").await;
    // In another case than the steps were taken in.
    let moved = Act { case: Course::new().case, ..act.clone() };
    sealing.refused(&sealing.line(&one, Some(&moved), &sealing.own), "approval:incomplete", "the steps are of another case").await;
    // A step of another agency's post comes to no case of this one.
    let house = sealing.house();
    let (theirs, _) = sealing.step(&house.agency, "nurse", &course, &one.core_line, ("sign", "approve"));
    let said = sealing.submit(&json!({ "note": theirs }).to_string()).await.remove(0);
    assert_eq!(said["code"], "not-entitled", "{said}");
    // In a case of its own agency it is logged, under the same number, and counts in no other.
    let (theirs, opening) = sealing.step(&house.other, "nurse", &course, &one.core_line, ("sign", "approve"));
    let said = sealing.submit(&json!({ "note": theirs }).to_string()).await.remove(0);
    let index = said["index"].as_u64().unwrap_or_else(|| panic!("{said}"));
    let mut with_theirs = act.clone();
    with_theirs.steps[4] = index;
    with_theirs.opening[4] = opening;
    sealing
        .refused(&sealing.line(&one, Some(&with_theirs), &sealing.own), "approval:incomplete", "the director's place is the nurse's")
        .await;
    // Nor does a post of the agency take a step that the rule gives to another.
    let mut wrong = Course::new();
    sealing.take(&mut wrong, &one.core_line, ("director", "draft"), "approve").await;
    sealing.refused(&sealing.line(&one, Some(&sealing.act(&wrong)), &sealing.own), "approval:post", "the director writes no draft").await;
    // The act as it was approved is taken all the same: nothing of that has spoilt it.
    let said = sealing.hand_in(&sealing.line(&one, Some(&act), &sealing.own)).await.remove(0);
    assert!(said["index"].is_u64(), "{said}");
}

async fn a_rejection_stands_in_the_way_whether_it_is_named_or_left_out(engine: Engine) {
    let sealing = Sealing::on(engine).await;
    let text = sealing.text(1, "Lanterns");
    let mut course = sealing.approved(&text.core_line).await;
    let before = sealing.act(&course);
    sealing.take(&mut course, &text.core_line, ("lawyer-b", "legal"), "reject").await;
    let after = sealing.act(&course);
    sealing.refused(&sealing.line(&text, Some(&before), &sealing.own), "stale-case", "the rejection is left out").await;
    sealing.refused(&sealing.line(&text, Some(&after), &sealing.own), "approval:rejected", "the rejection is named").await;
    let mut without = after.clone();
    without.steps.remove(0);
    without.opening.remove(0);
    sealing
        .refused(&sealing.line(&text, Some(&without), &sealing.own), "approval:incomplete", "the case does not begin with this step")
        .await;
    // Taken again by the same post, it is approved.
    sealing.take(&mut course, &text.core_line, ("lawyer-b", "legal"), "approve").await;
    let said = sealing.hand_in(&sealing.line(&text, Some(&sealing.act(&course)), &sealing.own)).await.remove(0);
    assert!(said["index"].is_u64(), "{said}");
}
