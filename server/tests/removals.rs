//! What the list of removed parts promises: torn, false, missing or beyond its place, it takes nothing away that no redaction did, and
//! shows nothing again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod portal;
mod put_back;
mod trial;

use put_back::*;
use server::{
    fsck::fsck,
    node::{Node, NodeError},
    sequencer::{Behind, Clock, OpenError, SubmitError},
    vouch::{VouchError, vouch},
};
use std::io::Write;
use trial::{Engine, Trial, agency, close, draft, publish, redact, reference};

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_from_before_there_was_a_list_is_listed_at_its_next_start() {
    let Restored { newest, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    let listed = lines(&newest);
    assert_eq!(listed.len(), 2);
    std::fs::remove_file(list(&newest)).unwrap();
    close(newest.open().await).await;
    assert_eq!(lines(&newest), listed);
    close(newest.open().await).await;
    assert_eq!(lines(&newest), listed, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_last_line_keeps_no_other_from_being_believed_and_is_mended() {
    let mut restored = restored(Engine::Sqlite, &[1, 2]).await;
    let path = list(&restored.trial);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 2]).unwrap();
    let node = restored.trial.open().await;
    assert!(is_gone(&node, &restored.redacted[0].commitment).await && is_there(&node, &restored.redacted[1].commitment).await);
    close(node).await;
    recovered(&restored.trial, &restored.newest).await;
    restored.trial.restore(&restored.old);
    let node = restored.trial.open().await;
    for part in &restored.redacted {
        assert!(is_gone(&node, &part.commitment).await);
    }
    close(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_no_redaction_here_bears_out_removes_nothing() {
    let Restored { newest, contents, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    let mut file = std::fs::File::options().append(true).open(list(&newest)).unwrap();
    // A redaction of other parts, and a disclosure.
    for by in [BY, INDEX] {
        writeln!(file, "{} {by}", contents[0].commitment).unwrap();
        let node = newest.open().await;
        assert!(is_there(&node, &contents[0].commitment).await, "entry {by}");
        close(node).await;
    }
    assert_eq!(fsck(&newest.place, &|_, _, _| {}).await.unwrap().differs, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_no_redaction_bears_out_is_not_listed() {
    let Restored { newest, contents, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    let listed = lines(&newest);
    let mut raw = newest.raw().await;
    let sql = "update contents set removed_by = $1, salt = null, bytes = null where commitment = $2";
    let done = sqlx::query(sql).bind(BY as i64).bind(&contents[0].commitment.0.0[..]).execute(&mut raw).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    drop(raw);
    close(newest.open().await).await;
    assert_eq!(lines(&newest), listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_redaction_that_is_not_here_is_known_to_be_missing_though_the_mark_is_lost() {
    let Restored { trial, old, newest, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    lose_mark(&trial);
    let refused = vouch(&trial.place, OLD).await;
    assert!(matches!(refused, Err(VouchError::Behind(Behind::Missing { found: OLD, signed: 6 }))), "{refused:?}");
    let nothing = recovered(&trial, &old).await;
    assert_eq!((nothing.size, nothing.behind), (OLD, Some(Behind::Missing { found: OLD, signed: BY + 1 })));
    let node = trial.open().await;
    assert!(node.behind().is_some(), "nothing is signed on top of it");
    close(node).await;
    assert_eq!(recovered(&trial, &newest).await.behind, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_is_older_than_the_list_lets_nothing_be_signed_before_the_redaction_is_here() {
    let Restored { trial, old, newest, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    // As if a power cut had taken the marks that were raised since.
    let mark = kept(&trial.place.state, "mark");
    std::fs::copy(kept(&old.place.state, "mark"), &mark).unwrap();
    let stale = std::fs::read_to_string(&mark).unwrap();
    assert!(stale.starts_with(&format!("{OLD} ")), "{stale}");
    let node = trial.open().await;
    let missing = Some(Behind::Missing { found: OLD, signed: BY + 1 });
    assert_eq!(node.behind(), missing);
    let finance = node.sibling("finance");
    let outcome = publish(&node, draft(&finance, "Otherwise", "text")).await;
    assert!(matches!(outcome, Err(SubmitError::Behind(_))), "{outcome:?}");
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), stale, "nor is a mark made of it");
    // It is fetched while the server runs.
    assert_eq!(recovered(&trial, &newest).await.behind, None);
    until(|| node.behind().is_none()).await;
    assert_eq!(publish(&node, draft(&finance, "After", "text")).await.unwrap().index, NEW);
    close(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redaction_that_could_not_be_listed_is_listed_once_that_can_be_done() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (first, contents) = disclose(&node, &id).await;
    let list = kept(&trial.place.state, "mark").with_extension("removed");
    std::fs::create_dir(&list).unwrap();
    let by = redact(&node, &id, reference(&first), vec![contents[1].commitment]).await.unwrap().index;
    assert!(list.is_dir(), "it is acknowledged all the same");
    std::fs::remove_dir(&list).unwrap();
    publish(&node, draft(&id, "Bridges", "text")).await.unwrap();
    assert_eq!(std::fs::read_to_string(&list).unwrap(), format!("{} {by}\n", contents[1].commitment));
    close(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_read_keeps_the_copy_from_being_opened() {
    let Restored { trial, .. } = restored(Engine::Sqlite, &[1, 2]).await;
    let path = list(&trial);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    match Node::open(&trial.place, Clock::system()).await {
        Err(error @ NodeError::Open(OpenError::Removed(_))) => {
            assert!(error.to_string().contains("the list of what was removed"), "{error}");
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}
