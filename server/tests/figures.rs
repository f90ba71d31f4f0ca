//! What the figures of an agency promise: all of the chain is counted, nothing of it twice, and what is still open counts as open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod portal;
#[macro_use]
mod trial;

use app::{
    Lang,
    view::{AgencyFigures, Change, Standing},
};
use chain::{
    approval::{Act, Drawn, GenreRule, NewStep, Opening, Rule, StepRule},
    entry::Entry,
    hash::Hash,
    note::{self, KeyType, Signer},
    part::Commitment,
    statement::{self, Agency, Core, Key, Post, Redaction, Reference, Statement, Status, StatusKind},
};
use futures_util::future::join_all;
use server::{
    compose::{Draft, Fixed, random_id},
    counting,
    fsck::{Check, fsck},
    keys,
    node::Node,
    recover::recover,
    sequencer::Receipt,
    store::NewContent,
    views::{self, Context},
};
use sqlx::Connection;
use std::time::Duration;
use trial::{Engine, Trial, agency, close, draft, reference};

on_each_engine! {
    every_publication_is_counted_however_many_there_are,
    an_override_of_a_status_and_a_redactions_approval_are_counted,
    a_case_that_was_rejected_counts_as_unopened_until_it_is_published,
    where_steps_are_logged_with_the_publication_nothing_is_said_of_time,
    a_step_from_before_what_it_waits_for_was_decided_anew_says_nothing_of_time,
    an_agency_has_its_own_figures_and_no_others,
    a_chain_from_before_there_were_figures_is_caught_up_and_says_so_meanwhile,
    what_is_published_before_that_is_counted_with_the_rest,
    a_page_of_what_is_still_being_counted_is_made_anew_for_everybody,
    figures_that_were_altered_are_named,
}

/// An agency where a clerk drafts and a director signs; the minister may skip either.
struct Office {
    trial: Trial,
    node: Node,
    agency: String,
}

/// A text on its way, with what was decided on it.
struct Case {
    id: String,
    core_line: String,
    contents: Vec<NewContent>,
    steps: Vec<u64>,
    opening: Vec<Opening>,
    newest: Option<Reference>,
}

impl Case {
    fn of(core_line: String, contents: Vec<NewContent>) -> Case {
        Case { id: random_id().unwrap(), core_line, contents, steps: vec![], opening: vec![], newest: None }
    }
}

fn key(post: &str) -> Signer {
    Signer::new(post, KeyType::Ed25519, &Hash::of(&[post.as_bytes()]).0).unwrap()
}

impl Office {
    async fn on(engine: Engine) -> Office {
        let trial = Trial::on(engine);
        let mut node = trial.open().await;
        let agency = agency(&mut node, "finance").await;
        let office = Office { trial, node, agency };
        office.rule(false).await;
        for name in ["clerk", "director", "minister"] {
            let post = office.post(name);
            let keys = vec![Key { key: key(&post).vkey().clone(), custody: None, ended: None }];
            let names = [("en".to_owned(), name.to_owned())].into();
            office.register("post", &Post { post, agency: office.agency.clone(), name: names, keys, replaces: None }).await;
        }
        office
    }

    fn post(&self, name: &str) -> String {
        format!("{}/{name}", self.agency)
    }

    async fn register<T: serde::Serialize>(&self, kind: &str, core: &T) {
        let registrar = keys::open(&self.trial.place.data.join("keys/registrar.key")).unwrap();
        let line = statement::core_line(kind, &random_id().unwrap(), core).unwrap();
        let note = note::sign(&statement::text(&self.node.origin, &line, None), &[&registrar]);
        self.node.submitter.submit(note, vec![]).await.unwrap();
    }

    async fn rule(&self, deferred: bool) {
        let mut agency: Agency = self.node.submitter.state().agency(&self.agency).unwrap().1.clone();
        let step = |code: &str, by: &str, after: &[&str]| StepRule {
            code: code.into(),
            posts: vec![self.post(by)],
            count: 1,
            after: after.iter().map(|code| (*code).to_owned()).collect(),
        };
        let genre = |genre: &str, steps: Vec<StepRule>| GenreRule { genre: genre.into(), steps };
        let genres = vec![
            genre("*", vec![step("draft", "clerk", &[]), step("sign", "director", &["draft"])]),
            genre("status", vec![step("sign", "director", &[])]),
            genre("redaction", vec![step("sign", "director", &[])]),
        ];
        agency.rule = Some(Rule { genres, overriders: vec![self.post("minister")], deferred });
        self.register("agency", &agency).await;
    }

    /// Leaf hash of the entry with the rule in force.
    fn in_force(&self) -> Hash {
        self.node.submitter.state().agency(&self.agency).unwrap().0.leaf
    }

    fn text(&self, draft: Draft) -> Case {
        let Fixed { core_line, contents } = draft.fix(&random_id().unwrap()).unwrap();
        Case::of(core_line, contents)
    }

    fn disclosure(&self, title: &str) -> Case {
        self.text(draft(&self.agency, title, "Each lantern is lit."))
    }

    fn status(&self, target: Reference, kind: StatusKind) -> Case {
        let core = Status { agency: self.agency.clone(), target, kind, effective: None, ground: "decided".into(), by: None };
        Case::of(statement::core_line("status", &random_id().unwrap(), &core).unwrap(), vec![])
    }

    fn redaction(&self, target: Reference, parts: Vec<Commitment>) -> Case {
        let core = Redaction { agency: self.agency.clone(), target, parts, ground: "privacy".into() };
        Case::of(statement::core_line("redaction", &random_id().unwrap(), &core).unwrap(), vec![])
    }

    async fn decide(&self, case: &mut Case, post: &str, code: &str, decision: &str) {
        let step = NewStep {
            origin: &self.node.origin,
            agency: &self.agency,
            case: &case.id,
            previous: case.newest,
            after: None,
            code,
            decision,
            rule: self.in_force(),
            core_line: &case.core_line,
            reason: (decision != "approve").then(|| Commitment::to(&[7; 16], b"Not like this.")),
        };
        let random = || keys::random::<16>().unwrap();
        let taken = step.write(&Drawn { id: random(), core: random(), step: random() }).unwrap();
        let note = note::sign(&taken.text, &[&key(&self.post(post))]);
        let receipt = self.node.submitter.submit(note, vec![]).await.unwrap();
        case.newest = Some(reference(&receipt));
        case.steps.push(receipt.index);
        case.opening.push(taken.opening);
    }

    async fn publish(&self, case: &Case) -> Receipt {
        let act = Act { case: case.id.clone(), rule: self.in_force(), steps: case.steps.clone(), opening: case.opening.clone() };
        let text = statement::text(&self.node.origin, &case.core_line, Some(&serde_json::to_string(&act).unwrap()));
        let seal = self.node.seal(&self.agency).unwrap();
        self.node.submitter.seal(&text, seal, case.contents.clone()).await.unwrap().await.unwrap().unwrap()
    }

    /// Drafted, signed and published.
    async fn approved(&self, mut case: Case) -> Receipt {
        self.decide(&mut case, "clerk", "draft", "approve").await;
        self.decide(&mut case, "director", "sign", "approve").await;
        self.publish(&case).await
    }

    /// Something of everything: approved, skipped, rejected, corrected, with a part taken away, replaced, and one that is still open.
    async fn story(&self) {
        let first = self.approved(self.disclosure("Lanterns")).await;
        let mut correction = self.status(reference(&first), StatusKind::Corrected);
        self.decide(&mut correction, "director", "sign", "reject").await;
        self.decide(&mut correction, "director", "sign", "approve").await;
        self.decide(&mut correction, "minister", "sign", "override").await;
        self.publish(&correction).await;
        let mut redaction = self.redaction(reference(&first), vec![self.parts(first.index).await[1]]);
        self.decide(&mut redaction, "director", "sign", "approve").await;
        self.publish(&redaction).await;
        let again = Draft { revises: Some(reference(&first)), ..draft(&self.agency, "Lanterns, again", "None is lit.") };
        self.approved(self.text(again)).await;
        let mut open = self.disclosure("Bridges");
        self.decide(&mut open, "clerk", "draft", "approve").await;
    }

    async fn parts(&self, index: u64) -> Vec<Commitment> {
        let bytes = self.node.store.entry(index).await.unwrap().unwrap();
        match Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core {
            Core::Disclosure(core) => core.parts.iter().map(|part| part.commitment).collect(),
            other => panic!("{other:?}"),
        }
    }

    async fn figures(&self) -> Option<AgencyFigures> {
        self.figures_of(&self.agency).await
    }

    async fn figures_of(&self, agency: &str) -> Option<AgencyFigures> {
        views::agency(&Context::new(&self.node, Lang::En), agency, 0).await.unwrap().unwrap().figures
    }

    fn size(&self) -> u64 {
        self.node.heads.borrow().size
    }

    async fn caught_up(&self) {
        tokio::time::timeout(Duration::from_secs(60), async {
            while self.node.store.counted().await.unwrap() < self.size() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
    }

    /// Closes it, and finds that everything is as the entries say.
    async fn audited(self) -> Trial {
        close(self.node).await;
        let report = fsck(&self.trial.place, &|_, _, _| {}).await.unwrap();
        assert_eq!((report.differs, report.uncounted), (None, 0));
        self.trial
    }
}

/// By kind: its code, how many stood, were overrides, were rejections, and whether it is known how long they took.
fn steps(of: &AgencyFigures) -> Vec<(&str, u64, u64, u64, bool)> {
    of.steps.iter().map(|step| (step.code.as_str(), step.taken, step.overridden, step.rejected, step.times.is_some())).collect()
}

async fn every_publication_is_counted_however_many_there_are(engine: Engine) {
    const MANY: u64 = 130;
    let office = Office::on(engine).await;
    assert_eq!(office.figures().await, None, "there is nothing to count yet");
    let mut cases: Vec<Case> = (0..MANY).map(|n| office.disclosure(&format!("Notice {n}"))).collect();
    for (post, code) in [("clerk", "draft"), ("director", "sign")] {
        join_all(cases.iter_mut().map(|case| office.decide(case, post, code, "approve"))).await;
    }
    assert_eq!(office.figures().await.unwrap().unopened, MANY);
    join_all(cases.iter().map(|case| office.publish(case))).await;
    let said = office.figures().await.unwrap();
    assert_eq!((said.approved, said.unopened, said.behind), (MANY, 0, None));
    // Nobody knows how long a step took that waits for nothing.
    assert_eq!(steps(&said), [("draft", MANY, 0, 0, false), ("sign", MANY, 0, 0, true)]);
    let times = said.steps[1].times.unwrap();
    assert!(0 <= times.median && times.median <= times.longest && times.mean <= times.longest, "{times:?}");
    assert_eq!(said.changes, [(Change::Became(Standing::Corrected), 0)]);
    office.audited().await;
}

async fn an_override_of_a_status_and_a_redactions_approval_are_counted(engine: Engine) {
    let office = Office::on(engine).await;
    office.story().await;
    let said = office.figures().await.unwrap();
    assert_eq!((said.approved, said.unopened), (4, 1));
    // Two signed the correction: the director, who had rejected it first, and over the director's head the minister.
    assert_eq!(steps(&said), [("draft", 2, 0, 0, false), ("sign", 5, 1, 1, true)]);
    let changes = [(Change::Became(Standing::Corrected), 1), (Change::Became(Standing::Superseded), 1), (Change::Redacted, 1)];
    assert_eq!(said.changes, changes);
    let began = Entry::parse(&office.node.store.entry(0).await.unwrap().unwrap()).unwrap().header.time;
    assert_eq!(said.began.unwrap().utc_ms, began);
    office.audited().await;
}

async fn a_case_that_was_rejected_counts_as_unopened_until_it_is_published(engine: Engine) {
    let office = Office::on(engine).await;
    let mut case = office.disclosure("Bridges");
    office.decide(&mut case, "clerk", "draft", "approve").await;
    office.decide(&mut case, "director", "sign", "reject").await;
    let said = office.figures().await.unwrap();
    assert_eq!((said.approved, said.unopened), (0, 1));
    assert!(said.steps.is_empty(), "what was decided stays closed");
    office.decide(&mut case, "director", "sign", "approve").await;
    assert_eq!(office.figures().await.unwrap().unopened, 1);
    office.publish(&case).await;
    let said = office.figures().await.unwrap();
    assert_eq!((said.approved, said.unopened), (1, 0));
    assert_eq!(steps(&said), [("draft", 1, 0, 0, false), ("sign", 1, 0, 1, true)]);
    office.audited().await;
}

async fn where_steps_are_logged_with_the_publication_nothing_is_said_of_time(engine: Engine) {
    let office = Office::on(engine).await;
    office.rule(true).await;
    office.approved(office.disclosure("Lanterns")).await;
    let said = office.figures().await.unwrap();
    assert_eq!(steps(&said), [("draft", 1, 0, 0, false), ("sign", 1, 0, 0, false)]);
    // Of what was approved under another rule, it is.
    office.rule(false).await;
    office.approved(office.disclosure("Bridges")).await;
    assert_eq!(steps(&office.figures().await.unwrap()), [("draft", 2, 0, 0, false), ("sign", 2, 0, 0, true)]);
    office.audited().await;
}

async fn a_step_from_before_what_it_waits_for_was_decided_anew_says_nothing_of_time(engine: Engine) {
    let office = Office::on(engine).await;
    let mut case = office.disclosure("Lanterns");
    for (post, code) in [("clerk", "draft"), ("director", "sign"), ("clerk", "draft")] {
        office.decide(&mut case, post, code, "approve").await;
    }
    office.publish(&case).await;
    assert_eq!(steps(&office.figures().await.unwrap()), [("draft", 1, 0, 0, false), ("sign", 1, 0, 0, false)]);
}

async fn an_agency_has_its_own_figures_and_no_others(engine: Engine) {
    let mut office = Office::on(engine).await;
    let other = agency(&mut office.node, "weather").await;
    office.story().await;
    assert_eq!(office.figures_of(&other).await, None);
    let published = trial::publish(&office.node, draft(&other, "Rain", "It rains.")).await.unwrap();
    assert_eq!(office.figures_of(&other).await, None, "a first version that nobody approves is one of its documents, and no more");
    trial::status(&office.node, &other, reference(&published), StatusKind::Withdrawn).await.unwrap();
    let said = office.figures_of(&other).await.unwrap();
    assert_eq!((said.approved, said.unopened, steps(&said)), (0, 0, vec![]));
    assert_eq!(said.changes, [(Change::Became(Standing::Corrected), 0), (Change::Became(Standing::Withdrawn), 1)]);
    office.audited().await;
}

async fn a_chain_from_before_there_were_figures_is_caught_up_and_says_so_meanwhile(engine: Engine) {
    let office = Office::on(engine).await;
    office.story().await;
    let before = office.figures().await.unwrap();
    let Office { trial, node, agency } = office;
    close(node).await;
    let mut raw = trial.raw().await;
    let undone = ["drop table counted", "drop table acts", "drop table decisions", "delete from _sqlx_migrations where version = 2"];
    for sql in undone {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    raw.close().await.unwrap();
    let office = Office { node: trial.open().await, trial, agency };
    let said = office.figures().await.unwrap();
    assert_eq!(said.behind, Some((0, office.size())));
    assert_eq!((said.approved, said.unopened, steps(&said)), (0, 0, vec![]), "nothing is said of what is not counted");
    counting::catch_up(&office.node.store, office.size()).await.unwrap();
    assert_eq!(office.figures().await.unwrap(), before);
    office.audited().await;
}

async fn what_is_published_before_that_is_counted_with_the_rest(engine: Engine) {
    let office = Office::on(engine).await;
    office.story().await;
    let before = office.figures().await.unwrap().approved;
    let mut raw = office.trial.raw().await;
    sqlx::query("update counted set size = 0").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    office.approved(office.disclosure("Meanwhile")).await;
    assert_eq!(office.node.store.counted().await.unwrap(), 0);
    let counting = counting::start(office.node.store.clone(), office.node.heads.clone());
    office.caught_up().await;
    assert_eq!(office.figures().await.unwrap().approved, before + 1, "and nothing twice");
    counting.abort();
    drop(counting.await);
    // From here on each batch counts itself.
    office.approved(office.disclosure("Afterwards")).await;
    let said = office.figures().await.unwrap();
    assert_eq!((said.approved, said.behind), (before + 2, None));
    office.audited().await;
}

async fn a_page_of_what_is_still_being_counted_is_made_anew_for_everybody(engine: Engine) {
    let office = Office::on(engine).await;
    office.story().await;
    let mut raw = office.trial.raw().await;
    sqlx::query("update counted set size = 0").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let portal = portal::portal(&office.trial, &office.node).await;
    let path = format!("/en/agencies/{}", office.agency);
    let page = async || String::from_utf8(portal::bytes(&portal, &path).await).unwrap();
    assert!(page().await.contains("Still being counted"));
    counting::catch_up(&office.node.store, office.size()).await.unwrap();
    assert!(!page().await.contains("Still being counted"), "no entry came in between");
}

async fn figures_that_were_altered_are_named(engine: Engine) {
    let office = Office::on(engine).await;
    office.story().await;
    let good = office.audited().await;
    for sql in [
        "update decisions set took = took + 1 where took is not null",
        "update decisions set decision = 'approve' where decision = 'override'",
        "delete from decisions where decision = 'reject'",
        "insert into decisions (step, act, agency, code, decision) values (0, 1, 'gazette.example/finance', 'sign', 'approve')",
        "update acts set kind = 'amended' where kind = 'corrected'",
        "update acts set \"case\" = null where kind = 'version'",
        "delete from acts where kind = 'redaction'",
        "update counted set size = size + 1",
        "delete from counted",
    ] {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        assert!(sqlx::query(sql).execute(&mut raw).await.unwrap().rows_affected() > 0, "{sql}");
        raw.close().await.unwrap();
        let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
        assert_eq!(report.differs.map(|differs| differs.check), Some(Check::Figures), "{sql}");
    }
    // Whoever takes the table away does not pass for an older program.
    let trial = good.copy();
    let mut raw = trial.raw().await;
    sqlx::query("drop table counted").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!(report.differs.map(|differs| differs.check), Some(Check::Figures));
    // What is not counted yet is no difference.
    let mut raw = good.raw().await;
    for sql in ["update counted set size = 0", "delete from acts", "delete from decisions"] {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    raw.close().await.unwrap();
    let report = fsck(&good.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.uncounted), (None, report.entries));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_from_another_copy_is_counted_as_it_comes() {
    let Office { trial, node, agency } = Office::on(Engine::Sqlite).await;
    close(node).await;
    let old = trial.copy();
    let office = Office { node: trial.open().await, trial, agency };
    office.story().await;
    let before = office.figures().await.unwrap();
    let Office { mut trial, node, agency } = office;
    close(node).await;
    let newest = trial.copy();
    trial.restore(&old);
    recover(&trial.place, newest.place.data.to_str().unwrap(), &|_, _| {}).await.unwrap();
    let office = Office { node: trial.open().await, trial, agency };
    assert_eq!(office.figures().await.unwrap(), before);
    office.audited().await;
}
