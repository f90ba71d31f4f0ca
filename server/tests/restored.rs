//! What is promised where a copy from before a redaction is put back: nothing of what was redacted is served, found or kept, and once the
//! redaction is fetched everything is as where it was made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod portal;
mod program;
mod put_back;

use axum::http::StatusCode;
use program::{Program, text};
use put_back::*;
use server::{
    follow,
    fsck::{Check, fsck},
    node::{Node, Place},
    sequencer::{Behind, Clock},
    store::StoredContent,
};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::{path::PathBuf, time::Duration};
use trial::{Engine, Trial, agency, close, draft, publish, redact, reference};

on_each_engine! {
    what_was_redacted_since_is_neither_served_nor_found_nor_kept,
    without_its_catalogue_a_disclosure_keeps_its_place_and_nothing_differs_but_that_the_copy_is_old,
    once_the_redaction_is_fetched_everything_is_as_where_it_was_made,
    an_older_source_brings_nothing_back_that_is_listed,
    without_the_list_a_copy_shows_what_it_has_until_the_redaction_is_fetched_which_is_then_listed,
    what_is_put_back_under_a_running_server_is_removed_before_the_shorter_chain_is_told,
    what_another_server_on_the_same_database_redacts_is_listed_here_too,
}

async fn what_was_redacted_since_is_neither_served_nor_found_nor_kept(engine: Engine) {
    let restored = restored(engine, &[1, 2]).await;
    let Restored { trial, contents, redacted, .. } = &restored;
    assert!(!files_with(&trial.place.data, WORD.as_bytes()).is_empty(), "the copy has it");
    let node = trial.open().await;
    assert_eq!(node.behind(), Some(Behind::Missing { found: OLD, signed: NEW }));
    // What was put back with it finds it; nobody is served before it does not.
    let index = follow::open(&trial.place.data, OLD).unwrap().0;
    assert_eq!(find(&index, WORD), [INDEX]);
    follow::erase_ahead(&node.store, &index, node.ahead()).await.unwrap();
    assert!(find(&index, WORD).is_empty());
    assert_eq!(find(&index, TITLE), [INDEX], "what is left of it is found");
    assert_eq!(find(&index, "bridges"), [INDEX + 1]);

    let portal = portal::portal(trial, &node).await;
    for part in redacted {
        assert!(is_gone(&node, &part.commitment).await);
        for end in ["", ".salt"] {
            let (status, _, body) = portal::get(&portal, &format!("/content/{}{end}", part.commitment)).await;
            assert_eq!((status, text(&body)), (StatusCode::GONE, format!("redacted by entry {BY}\n")));
        }
    }
    assert!(is_there(&node, &contents[0].commitment).await);
    for (lang, words) in [("en", "The statement that removed it is among the later entries"), ("zh", "撤下声明在其后的条目之中")]
    {
        let page = text(&portal::bytes(&portal, &format!("/{lang}/disclosures/{INDEX}")).await);
        assert!(page.contains(words) && page.contains(TITLE), "{page}");
        for none in [WORD.to_owned(), format!("/entries/{BY}\""), format!("href=\"/content/{}\"", contents[2].commitment)] {
            assert!(!page.contains(&none), "{none}: {page}");
        }
        let searched = text(&portal::bytes(&portal, &format!("/{lang}/search?q={WORD}")).await);
        assert!(!searched.contains(&format!("/disclosures/{INDEX}")), "{searched}");
    }

    assert_eq!(files_with(&trial.place.data, WORD.as_bytes()), Vec::<PathBuf>::new());
    for part in redacted {
        assert_eq!(files_with(&trial.place.data, &part.salt), Vec::<PathBuf>::new(), "nor what opens it");
    }
    let rows = node.store.contents(INDEX, INDEX + 1).await.unwrap();
    let gone: Vec<_> = rows.iter().filter(|row| row.removed_by == Some(BY)).collect();
    assert!(gone.len() == 2 && gone.iter().all(|row| row.salt.is_none() && row.bytes.is_none()), "{gone:?}");
    drop(portal);
    close(node).await;
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    let differs = report.differs.map(|difference| difference.check);
    assert_eq!((differs, report.ahead, report.redacted), (Some(Check::Mark), 2, 0), "it is an old copy, and that is all");
}

async fn without_its_catalogue_a_disclosure_keeps_its_place_and_nothing_differs_but_that_the_copy_is_old(engine: Engine) {
    let restored = restored(engine, &[0, 1, 2]).await;
    let trial = &restored.trial;
    // The list alone is left to tell that it is one.
    lose_mark(trial);
    let node = trial.open().await;
    assert_eq!(node.behind(), Some(Behind::Missing { found: OLD, signed: BY + 1 }));
    assert_eq!(node.ahead().len(), 3);
    let index = follow::open(&trial.place.data, OLD).unwrap().0;
    assert_eq!(find(&index, TITLE), [INDEX]);
    follow::erase_ahead(&node.store, &index, node.ahead()).await.unwrap();
    assert!(find(&index, TITLE).is_empty() && find(&index, WORD).is_empty());
    let portal = portal::portal(trial, &node).await;
    for path in
        [format!("/en/disclosures/{INDEX}"), format!("/en/entries/{INDEX}"), "/en/".into(), format!("/zh/disclosures/{}", INDEX + 1)]
    {
        let page = text(&portal::bytes(&portal, &path).await);
        assert!(!page.contains(TITLE) && !page.contains(WORD), "{path}: {page}");
    }
    assert!(text(&portal::bytes(&portal, &format!("/en/disclosures/{INDEX}")).await).contains("was removed"));
    for word in [TITLE, WORD] {
        assert_eq!(files_with(&trial.place.data, word.as_bytes()), Vec::<PathBuf>::new());
    }
    drop(portal);
    close(node).await;
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.ahead, report.redacted, report.indexed), (None, 3, 0, Some(1)));
    // Another start finds it so, and does no more.
    let node = trial.open().await;
    assert_eq!(node.ahead().len(), 3);
    close(node).await;
    // Without the list nothing explains what is gone.
    std::fs::remove_file(list(trial)).unwrap();
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    let difference = report.differs.unwrap();
    assert_eq!((difference.check, difference.at), (Check::Content, format!("entry {INDEX}")));
    assert!(difference.why.contains("`gazette recover` brings it"), "{}", difference.why);
}

async fn once_the_redaction_is_fetched_everything_is_as_where_it_was_made(engine: Engine) {
    let restored = restored(engine, &[0, 1, 2]).await;
    let Restored { trial, newest, .. } = &restored;
    let node = trial.open().await;
    let index = follow::open(&trial.place.data, OLD).unwrap().0;
    follow::erase_ahead(&node.store, &index, node.ahead()).await.unwrap();
    drop(index);
    close(node).await;
    let recovered = recovered(trial, newest).await;
    assert_eq!((recovered.from, recovered.size, recovered.behind), (OLD, NEW, None));
    let node = trial.open().await;
    assert!(node.ahead().is_empty() && node.behind().is_none());
    searchable(trial, &node).await;
    let other = newest.open().await;
    assert_eq!(rows(&node).await, rows(&other).await);
    assert_eq!(node.store.head().await.unwrap(), other.store.head().await.unwrap());
    close(other).await;
    publish(&node, draft(&node.sibling("finance"), "After", "text")).await.unwrap();
    searchable(trial, &node).await;
    close(node).await;
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.ahead, report.redacted, report.leftovers, report.indexed), (None, 0, 3, 0, Some(3)));
    assert_eq!(lines(trial), lines(newest), "and nothing is listed twice");
}

async fn an_older_source_brings_nothing_back_that_is_listed(engine: Engine) {
    let mut trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    close(node).await;
    let old = trial.copy();
    let node = trial.open().await;
    let (first, contents) = disclose(&node, &id).await;
    let size = node.heads.borrow().size;
    close(node).await;
    let before_it = trial.copy();
    let node = trial.open().await;
    let parts: Vec<_> = contents[1..].iter().map(|part| part.commitment).collect();
    let by = redact(&node, &id, reference(&first), parts.clone()).await.unwrap().index;
    close(node).await;
    let newest = trial.copy();
    trial.restore(&old);

    let some = recovered(&trial, &before_it).await;
    assert_eq!((some.size, some.behind), (size, Some(Behind::Missing { found: size, signed: by + 1 })));
    let node = trial.open().await;
    for part in &parts {
        assert_eq!(node.store.content(part).await.unwrap(), Some(StoredContent::Removed { by }));
    }
    assert!(is_there(&node, &contents[0].commitment).await, "what was not redacted came back");
    close(node).await;
    assert_eq!(files_with(&trial.place.data, WORD.as_bytes()), Vec::<PathBuf>::new());
    let all = recovered(&trial, &newest).await;
    assert_eq!((all.size, all.behind), (by + 1, None));
    let report = fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.ahead, report.redacted, report.leftovers), (None, 0, 2, 0));
}

async fn without_the_list_a_copy_shows_what_it_has_until_the_redaction_is_fetched_which_is_then_listed(engine: Engine) {
    let mut restored = restored(engine, &[1, 2]).await;
    let listed = lines(&restored.trial);
    std::fs::remove_file(list(&restored.trial)).unwrap();
    let node = restored.trial.open().await;
    assert!(node.ahead().is_empty() && is_there(&node, &restored.redacted[0].commitment).await);
    close(node).await;
    assert_eq!(recovered(&restored.trial, &restored.newest).await.behind, None);
    assert_eq!(lines(&restored.trial), listed);
    // From then on it does what it is for.
    restored.trial.restore(&restored.old);
    let node = restored.trial.open().await;
    for part in &restored.redacted {
        assert!(is_gone(&node, &part.commitment).await);
    }
    close(node).await;
}

/// The chain's own tables, but for reasons, of which there are none.
const TABLES: [&str; 13] = [
    "head",
    "entries",
    "submissions",
    "tiles",
    "checkpoints",
    "registrations",
    "cases",
    "items",
    "events",
    "contents",
    "counted",
    "acts",
    "decisions",
];

/// Asks for something about each of them, all in one transaction.
async fn of_each_table(raw: &mut AnyConnection, sql: impl Fn(&str) -> String) {
    let all: String = TABLES.iter().map(|table| sql(table)).collect();
    sqlx::raw_sql(AssertSqlSafe(format!("begin; {all} commit"))).execute(raw).await.unwrap();
}

async fn what_is_put_back_under_a_running_server_is_removed_before_the_shorter_chain_is_told(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (first, contents) = disclose(&node, &id).await;
    let old = node.heads.borrow().size;
    let mut raw = trial.raw().await;
    of_each_table(&mut raw, |table| format!("create table aside_{table} as select * from {table};")).await;
    let parts: Vec<_> = contents[1..].iter().map(|part| part.commitment).collect();
    let by = redact(&node, &id, reference(&first), parts.clone()).await.unwrap().index;
    let mut heads = node.heads.clone();
    of_each_table(&mut raw, |table| format!("delete from {table}; insert into {table} select * from aside_{table};")).await;
    tokio::time::timeout(Duration::from_secs(20), heads.wait_for(|head| head.size == old)).await.unwrap().unwrap();
    assert_eq!(node.behind(), Some(Behind::Missing { found: old, signed: by + 1 }));
    for part in &parts {
        assert_eq!(node.store.content(part).await.unwrap(), Some(StoredContent::Removed { by }));
    }
    assert!(is_there(&node, &contents[0].commitment).await, "what was not redacted is served as it was");
}

async fn what_another_server_on_the_same_database_redacts_is_listed_here_too(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (first, contents) = disclose(&node, &id).await;
    // On a machine of its own.
    let other = Place { state: trial.dir.path().join("other"), ..trial.place.clone() };
    trial::copy(&trial.place.state, &other.state);
    let second = Node::open(&other, Clock::system()).await.unwrap();
    assert_eq!(second.behind(), None);
    let by = redact(&node, &id, reference(&first), vec![contents[1].commitment]).await.unwrap().index;
    let mut heads = second.heads.clone();
    tokio::time::timeout(Duration::from_secs(20), heads.wait_for(|head| head.size > by)).await.unwrap().unwrap();
    let listed = std::fs::read_to_string(kept(&other.state, "removed")).unwrap();
    assert_eq!(listed, format!("{} {by}\n", contents[1].commitment));
    assert_eq!(listed, lines(&trial).join("\n") + "\n", "as it is where it was redacted");
}

#[test]
fn a_server_that_is_started_on_such_a_copy_shows_nothing_of_it_from_its_first_answer() {
    let Restored { trial, contents, redacted, .. } = trial::runtime().block_on(restored(Engine::Sqlite, &[1, 2]));
    let program = Program::new();
    for folder in ["data", "state"] {
        trial::copy(&trial.dir.path().join(folder), &program.dir.path().join(folder));
    }
    let data = program.dir.path().join("data");
    assert!(!files_with(&data, WORD.as_bytes()).is_empty());
    let server = program.serve();
    let searched = server.get(&format!("/en/search?q={WORD}"));
    assert!(searched.contains("200 OK") && !searched.contains(&format!("/disclosures/{INDEX}")), "{searched}");
    assert!(server.get(&format!("/en/search?q={TITLE}")).contains(&format!("/disclosures/{INDEX}")));
    let page = server.get(&format!("/en/disclosures/{INDEX}"));
    assert!(page.contains("200 OK") && page.contains(TITLE) && !page.contains(WORD), "{page}");
    for part in &redacted {
        let answer = server.get(&format!("/content/{}", part.commitment));
        assert!(answer.contains("410 Gone") && answer.contains(&format!("redacted by entry {BY}")), "{answer}");
        assert_eq!(files_with(&data, &part.salt), Vec::<PathBuf>::new());
    }
    assert!(server.get(&format!("/content/{}", contents[0].commitment)).contains("200 OK"));
    assert_eq!(files_with(&data, WORD.as_bytes()), Vec::<PathBuf>::new());
    server.end();
    let fsck = program.run(&["fsck"]);
    assert!(!fsck.status.success() && text(&fsck.stdout).starts_with("high-water mark"), "{}", text(&fsck.stdout));
}
