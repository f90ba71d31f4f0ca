//! What recovering promises: an old copy signs nothing and says so, what it lacks comes back verified, and nothing else does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use chain::{
    entry::Entry,
    note::{KeyType, Signer},
    part::Commitment,
    statement::{Core, Statement, StatusKind},
};
use server::{
    evidence::Registries,
    follow,
    fsck::fsck,
    http::{self, App, Assets, Portal},
    import::{ImportError, Silent, Stop, import},
    node::{Node, NodeError},
    recover::{RecoverError, Recovered, recover},
    sequencer::{Behind, Clock, SubmitError},
    store::StoredContent,
    vouch::vouch,
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tower::ServiceExt;
use trial::{Engine, Trial, agency, close, draft, import_all, line, publish, redact, reference, status};

on_each_engine! {
    what_is_missing_comes_back_from_an_address_and_everything_is_as_it_was,
    a_server_that_runs_takes_statements_again_once_nothing_is_missing,
    a_lost_chain_is_not_founded_again_and_comes_back_whole,
}

/// Entries of the old copy and of the newest one.
const OLD: u64 = 6;
const NEW: u64 = 614;

async fn parts(node: &Node, index: u64) -> Vec<Commitment> {
    let bytes = node.store.entry(index).await.unwrap().unwrap();
    match Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core {
        Core::Disclosure(core) => core.parts.iter().map(|part| part.commitment).collect(),
        other => panic!("{other:?}"),
    }
}

/// The machine with an old copy in its data folder, and the newest copy elsewhere.
struct Restored {
    trial: Trial,
    newest: Trial,
    /// Parts that were redacted after the old copy was made: one of it, one that came later.
    redacted: [Commitment; 2],
    large: Commitment,
}

async fn restored(engine: Engine) -> Restored {
    let mut trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let first = publish(&node, draft(&id, "Parking", "Twenty lanterns.")).await.unwrap();
    publish(&node, draft(&id, "Bridges", &"bridge ".repeat(40_000))).await.unwrap();
    status(&node, &id, reference(&first), StatusKind::Corrected).await.unwrap();
    assert_eq!(node.heads.borrow().size, OLD);
    let old_part = parts(&node, first.index).await[1];
    close(node).await;
    let old = trial.copy();

    let mut node = trial.open().await;
    agency(&mut node, "works").await;
    let mut again = draft(&id, "Parking, again", "Thirty lanterns.");
    again.revises = Some(reference(&first));
    publish(&node, again).await.unwrap();
    redact(&node, &id, reference(&first), vec![old_part]).await.unwrap();
    let gone = publish(&node, draft(&id, "Gone", &"gone ".repeat(40_000))).await.unwrap();
    let large = publish(&node, draft(&id, "Large", &"lantern ".repeat(40_000))).await.unwrap();
    let gone_part = parts(&node, gone.index).await[1];
    let large = parts(&node, large.index).await[1];
    import_all(&node, &[trial.file("papers.jsonl", &(0..600).map(|n| line(n, "")).collect::<String>())]).await;
    redact(&node, &id, reference(&gone), vec![gone_part]).await.unwrap();
    publish(&node, draft(&id, "Last", "text")).await.unwrap();
    publish(&node, draft(&id, "Very last", "text")).await.unwrap();
    assert_eq!(node.heads.borrow().size, NEW);
    close(node).await;
    let newest = trial.copy();
    trial.restore(&old);
    Restored { trial, newest, redacted: [old_part, gone_part], large }
}

async fn portal(trial: &Trial, node: &Node) -> Portal {
    let index = Arc::new(follow::open(&trial.place.data, node.heads.borrow().size).unwrap().0);
    let identity = chain::tree::leaf_hash(&node.store.entry(0).await.unwrap().unwrap());
    let base = "http://127.0.0.1:3000".into();
    let staff = server::staff::Staff::open(&trial.place).await.unwrap();
    http::portal(App {
        departments: Arc::default(),
        limits: server::http::Limits::new(0, &[]),
        drafts: server::drafts::Drafts::open(staff.clone(), node.clone()).unwrap(),
        staff,
        journal: None,
        node: node.clone(),
        registries: Registries::default(),
        index,
        assets: Arc::new(Assets::default()),
        base,
        identity,
    })
}

/// Serves a copy on an address of its own.
async fn served(trial: &Trial) -> String {
    let node = trial.open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let portal = portal(trial, &node).await;
    tokio::spawn(async move { axum::serve(listener, axum::ServiceExt::<Request<Body>>::into_make_service(portal)).await });
    address
}

async fn get(portal: &Portal, path: &str) -> String {
    let response = portal.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    String::from_utf8(to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec()).unwrap()
}

async fn from(trial: &Trial, source: &str) -> Result<Recovered, RecoverError> {
    recover(&trial.place, source, &|_, _| {}).await
}

fn folder(trial: &Trial) -> String {
    trial.place.data.display().to_string()
}

fn objects(trial: &Trial) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(trial.place.data.join("content")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .collect();
    found.sort();
    found
}

/// Everything of the newest copy is here, nothing more, and it goes on.
async fn as_it_was(restored: &Restored, recovered: &Recovered) {
    let Restored { trial, newest, redacted, large } = restored;
    assert_eq!((recovered.from, recovered.size, recovered.behind), (OLD, NEW, None));
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.entries, report.redacted, report.leftovers), (None, NEW, 2, 0));
    let (node, other) = (trial.open().await, newest.open().await);
    assert_eq!(node.store.head().await.unwrap(), other.store.head().await.unwrap(), "to the byte of the checkpoint");
    assert_eq!(node.store.entries(0, NEW).await.unwrap(), other.store.entries(0, NEW).await.unwrap());
    for part in redacted {
        assert!(matches!(node.store.content(part).await.unwrap(), Some(StoredContent::Removed { .. })));
    }
    assert!(matches!(node.store.content(large).await.unwrap(), Some(StoredContent::Present { bytes, .. }) if bytes.len() == 320_000));
    assert_eq!(node.behind(), None);
    let receipt = publish(&node, draft(&node.sibling("finance"), "After", "text")).await.unwrap();
    assert_eq!(receipt.index, NEW);
    close(other).await;
    close(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_is_served_says_so_on_every_page_and_signs_nothing() {
    let Restored { trial, .. } = restored(Engine::Sqlite).await;
    let node = trial.open().await;
    assert_eq!(node.behind(), Some(Behind::Missing { found: OLD, signed: NEW }));
    let before = node.store.head().await.unwrap().unwrap();
    let refused = publish(&node, draft(&node.sibling("finance"), "Otherwise", "text")).await;
    assert!(matches!(refused, Err(SubmitError::Behind(_))), "{refused:?}");
    let refused = import(&node, &[trial.file("more.jsonl", &line(1, ""))], &Stop::default(), &Silent).await;
    assert!(matches!(refused, Err(ImportError::Sequencing { error: SubmitError::Behind(_), .. })));
    let portal = portal(&trial, &node).await;
    for path in
        ["", "disclosures/3", "entries/5", "search?q=lanterns", "agencies", "agencies/gazette.example/finance", "chain", "about", "nowhere"]
    {
        let english = get(&portal, &format!("/en/{path}")).await;
        assert!(english.contains("It shows the chain up to entry 5; later entries are missing for now"), "/en/{path}");
        assert!(get(&portal, &format!("/zh/{path}")).await.contains("现只到第 5 条"), "/zh/{path}");
    }
    assert_eq!(get(&portal, "/log/checkpoint").await, before.checkpoint);
    assert_eq!(node.store.head().await.unwrap().unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_comes_back_from_a_newer_copy_of_the_folder() {
    let restored = restored(Engine::Sqlite).await;
    let recovered = from(&restored.trial, &folder(&restored.newest)).await.unwrap();
    as_it_was(&restored, &recovered).await;
    // Once more: nothing to do. And no page speaks of it any more.
    let again = from(&restored.trial, &folder(&restored.newest)).await.unwrap();
    assert_eq!((again.from, again.size, again.behind), (NEW + 1, NEW + 1, None));
    let node = restored.trial.open().await;
    assert!(!get(&portal(&restored.trial, &node).await, "/en/").await.contains("missing for now"));
}

async fn what_is_missing_comes_back_from_an_address_and_everything_is_as_it_was(engine: Engine) {
    let restored = restored(engine).await;
    let address = served(&restored.newest).await;
    // As a monitor would be told it, too.
    let recovered = from(&restored.trial, &format!("{address}/log/")).await.unwrap();
    as_it_was(&restored, &recovered).await;
}

async fn a_server_that_runs_takes_statements_again_once_nothing_is_missing(engine: Engine) {
    let Restored { trial, newest, .. } = restored(engine).await;
    let node = trial.open().await;
    assert!(node.behind().is_some());
    let address = served(&newest).await;
    from(&trial, &address).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), async {
        while node.behind().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let receipt = publish(&node, draft(&node.sibling("finance"), "After", "text")).await.unwrap();
    assert_eq!(receipt.index, NEW);
}

async fn a_lost_chain_is_not_founded_again_and_comes_back_whole(engine: Engine) {
    let Restored { newest, trial, .. } = restored(engine).await;
    let address = served(&newest).await;
    // A new disk, the keys put back on it from where they are kept apart, and the mark outside it.
    let lost = Trial::on(engine);
    trial::copy(&trial.place.state, &lost.place.state);
    trial::copy(&trial.place.data.join("keys"), &lost.place.data.join("keys"));
    match Node::open(&lost.place, Clock::system()).await {
        Err(NodeError::Lost { signed: NEW, .. }) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was founded"),
    }
    // Another chain under the same name has everything but this one's key.
    let other = Trial::new();
    close(other.open().await).await;
    assert!(matches!(from(&lost, &folder(&other)).await, Err(RecoverError::Checkpoint(_))));
    let recovered = from(&lost, &address).await.unwrap();
    assert_eq!((recovered.from, recovered.size, recovered.behind), (0, NEW, None));
    let report = fsck(&lost.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.entries), (None, NEW));
    let node = lost.open().await;
    assert_eq!(node.behind(), None);
    publish(&node, draft(&node.sibling("finance"), "After", "text")).await.unwrap();
    close(node).await;
    // Without the keys it is nobody's chain: said, and none is made.
    std::fs::remove_dir_all(lost.place.data.join("keys")).unwrap();
    assert!(matches!(Node::open(&lost.place, Clock::system()).await, Err(NodeError::NoLogKey(_))));
    assert!(matches!(from(&lost, &address).await, Err(RecoverError::NoKey(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_without_a_mark_goes_on_once_a_source_has_no_more_than_it() {
    let Restored { trial, newest, .. } = restored(Engine::Sqlite).await;
    let moved = newest.copy();
    std::fs::remove_dir_all(&moved.place.state).unwrap();
    // An older source says nothing about what may be missing.
    let recovered = from(&moved, &folder(&trial)).await.unwrap();
    assert_eq!((recovered.size, recovered.behind), (NEW, Some(Behind::Unmarked { found: NEW })));
    let node = moved.open().await;
    let page = get(&portal(&moved, &node).await, "/en/").await;
    assert!(page.contains("Nothing can be published here for now") && !page.contains("missing for now"));
    assert!(get(&portal(&moved, &node).await, "/zh/").await.contains("本站尚未确认这份链是否为最新"));
    close(node).await;
    let recovered = from(&moved, &folder(&newest)).await.unwrap();
    assert_eq!((recovered.from, recovered.size, recovered.behind), (NEW, NEW, None));
    let node = moved.open().await;
    assert_eq!(publish(&node, draft(&node.sibling("finance"), "After", "text")).await.unwrap().index, NEW);
    close(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_has_only_some_of_it_brings_that_and_the_rest_stays_missing() {
    let Restored { trial, newest, .. } = restored(Engine::Sqlite).await;
    let node = newest.open().await;
    publish(&node, draft(&node.sibling("finance"), "Later", "text")).await.unwrap();
    close(node).await;
    let newer = newest.copy();
    // The machine had signed one more than the first source has.
    std::fs::remove_dir_all(&trial.place.state).unwrap();
    trial::copy(&newer.place.state, &trial.place.state);
    let Restored { newest: some, .. } = restored(Engine::Sqlite).await;
    assert!(matches!(from(&trial, &folder(&some)).await, Err(RecoverError::Fork { .. })), "another chain under the same name");
    let mut raw = newer.raw().await;
    for sql in [
        "update head set size = 614, leaf = (select leaf from items where idx = 613), checkpoint = (select note from checkpoints where size = 614)",
        "delete from entries where idx = 614",
    ] {
        sqlx::raw_sql(sql).execute(&mut raw).await.unwrap();
    }
    drop(raw);
    let recovered = from(&trial, &folder(&newer)).await.unwrap();
    assert_eq!((recovered.size, recovered.behind), (NEW, Some(Behind::Missing { found: NEW, signed: NEW + 1 })));
    let node = trial.open().await;
    assert!(node.behind().is_some());
    close(node).await;
}

/// A source that was altered, and what is said of it. Nothing here changes.
async fn refused(restored: &Restored, sql: &str) -> RecoverError {
    let source = restored.newest.copy();
    let mut raw = source.raw().await;
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut raw).await.unwrap();
    assert!(done.rows_affected() > 0, "nothing was altered by {sql}");
    drop(raw);
    refuses(restored, &source).await
}

async fn refuses(restored: &Restored, source: &Trial) -> RecoverError {
    let (trial, before) = (&restored.trial, objects(&restored.trial));
    let error = from(trial, &folder(source)).await.unwrap_err();
    assert_eq!(objects(trial), before, "{error}");
    let node = trial.open().await;
    assert_eq!(node.behind(), Some(Behind::Missing { found: OLD, signed: NEW }), "{error}");
    assert_eq!(node.store.entry(OLD).await.unwrap(), None);
    close(node).await;
    println!("{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_from_a_source_of_which_anything_does_not_hold() {
    let restored = restored(Engine::Sqlite).await;
    let of = |index: u64| format!("(select bytes from entries where idx = {index})");
    let rewritten = format!("update entries set bytes = cast(replace({}, 'city-notice', 'city-order') as blob) where idx = 300", of(300));
    assert!(matches!(refused(&restored, &rewritten).await, RecoverError::Entry { index: 300, .. }));
    let doubled = format!("update entries set bytes = {} where idx = 301", of(300));
    assert!(matches!(refused(&restored, &doubled).await, RecoverError::Entry { index: 301, .. }));
    assert!(matches!(refused(&restored, "delete from entries where idx = 300").await, RecoverError::Source { .. }));
    // The newest entry has no other that names it: only the signed root does.
    let last = format!("update entries set bytes = cast(replace({}, 'time 2', 'time 3') as blob) where idx = 613", of(613));
    assert!(matches!(refused(&restored, &last).await, RecoverError::OtherHistory { size: NEW, .. }));

    let part = |error: &RecoverError, words: &str| matches!(error, RecoverError::Part { why, .. } if why.contains(words));
    let sql = "update contents set bytes = cast('other' as blob) where entry = 300 and part = 1";
    assert!(part(&refused(&restored, sql).await, "does not match"));
    assert!(part(&refused(&restored, "update contents set salt = zeroblob(16) where entry = 300 and part = 1").await, "does not match"));
    assert!(part(&refused(&restored, "delete from contents where entry = 300 and part = 1").await, "missing"));
    let sql = "update contents set bytes = null, salt = null, removed_by = 8 where entry = 300 and part = 1";
    assert!(part(&refused(&restored, sql).await, "no entry redacts it"));

    assert!(matches!(refused(&restored, "update head set checkpoint = 'nothing'").await, RecoverError::Checkpoint(_)));
    assert!(matches!(
        refused(&restored, "update tiles set bytes = zeroblob(8192) where level = 0 and number = 0").await,
        RecoverError::Fork { .. }
    ));
    let stranger = Signer::new("gazette.example/log", KeyType::Ed25519, &[9; 32]).unwrap();
    let source = restored.newest.copy();
    let mut raw = source.raw().await;
    let (note,): (String,) = sqlx::query_as("select checkpoint from head").fetch_one(&mut raw).await.unwrap();
    let note = chain::note::sign(&(note.split_once("\n\n").unwrap().0.to_owned() + "\n"), &[&stranger]);
    sqlx::query("update head set checkpoint = $1").bind(note).execute(&mut raw).await.unwrap();
    drop(raw);
    assert!(matches!(refuses(&restored, &source).await, RecoverError::Checkpoint(_)));

    let recovered = from(&restored.trial, &folder(&restored.newest)).await.unwrap();
    as_it_was(&restored, &recovered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_by_the_same_key_is_never_taken_for_the_one_that_was_signed() {
    let restored = restored(Engine::Sqlite).await;
    // The same old copy, continued elsewhere by somebody with all its keys, further than this machine ever came.
    let other = restored.trial.copy();
    std::fs::remove_dir_all(&other.place.state).unwrap();
    std::fs::remove_file(other.place.data.join("high-water.mark")).unwrap();
    vouch(&other.place, OLD).await.unwrap();
    let node = other.open().await;
    assert_eq!(node.behind(), None);
    import_all(&node, &[other.file("other.jsonl", &(0..700).map(|n| line(n, "")).collect::<String>())]).await;
    close(node).await;
    assert!(matches!(refuses(&restored, &other).await, RecoverError::OtherHistory { size: NEW, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_none_is_named() {
    let Restored { trial, .. } = restored(Engine::Sqlite).await;
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (source, words) in [
        ("/nowhere", "neither a data folder"),
        (&*folder(&trial), "the data folder itself"),
        ("https://mirror.example", "https addresses are not read"),
        (&*nobody, "refused"),
    ] {
        let error = from(&trial, source).await.unwrap_err().to_string();
        assert!(error.contains(source) && error.contains(words), "{error}");
    }
}
