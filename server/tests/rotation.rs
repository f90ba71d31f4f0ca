//! What a log promises when its charter names another key for it: the running server takes it over at the size the charter says, and
//! whoever reads can tell which key signs which size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    checkpoint::Checkpoint,
    note::{self, Signer, Vkey},
    statement::{self, LogKey, Reference},
};
use server::{
    compose::random_id,
    keys,
    node::{Node, NodeError},
    sequencer::{Clock, SubmitError},
};
use trial::{Engine, Trial};

on_each_engine! {
    a_new_log_key_is_taken_over_while_running_at_the_size_it_starts_at,
    several_log_keys_take_over_one_after_another_and_every_checkpoint_still_verifies,
    an_amendment_that_names_a_log_key_nobody_here_holds_is_not_taken,
    without_the_key_nothing_is_signed_and_nothing_is_lost,
    a_chain_whose_newest_log_key_is_missing_does_not_open,
}

fn folder(trial: &Trial) -> std::path::PathBuf {
    trial.place.data.join("keys")
}

/// The charter with one log key more, signed by the trial's registrar.
async fn amendment(trial: &Trial, node: &Node, key: &Vkey, from: u64) -> String {
    let registrar = keys::open(&folder(trial).join("registrar.key")).unwrap();
    let mut charter = node.submitter.state().charter().unwrap().clone();
    charter.logs.push(LogKey { key: key.clone(), from });
    charter.amends = Some(newest_charter(node).await);
    let line = statement::core_line("charter", &random_id().unwrap(), &charter).unwrap();
    note::sign(&statement::text(&node.origin, &line, None), &[&registrar])
}

async fn newest_charter(node: &Node) -> Reference {
    let mut newest = None;
    for index in 0..node.heads.borrow().size {
        let bytes = node.store.entry(index).await.unwrap().unwrap();
        if String::from_utf8_lossy(&bytes).contains("\"type\":\"charter\"") {
            newest = Some(Reference { index, leaf: trial::leaf(&bytes) });
        }
    }
    newest.unwrap()
}

fn size(node: &Node) -> u64 {
    node.heads.borrow().size
}

/// Whose signature the newest checkpoint bears.
fn signed_by(node: &Node, key: &Vkey) -> bool {
    Checkpoint::open(node.heads.borrow().checkpoint.as_bytes(), key).is_ok()
}

async fn one_more(node: &Node, agency: &str) {
    trial::publish(node, trial::draft(agency, "Lanterns", "# Lit")).await.unwrap();
}

fn first(trial: &Trial) -> Signer {
    keys::open(&folder(trial).join("log.key")).unwrap()
}

async fn a_new_log_key_is_taken_over_while_running_at_the_size_it_starts_at(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let agency = trial::agency(&mut node, "works").await;
    let old = first(&trial);
    let new = keys::next_log_key(&folder(&trial)).unwrap();
    // The amendment itself is still under the old key, and one entry more.
    let from = size(&node) + 3;
    node.submitter.submit(amendment(&trial, &node, new.vkey(), from).await, vec![]).await.unwrap();
    one_more(&node, &agency).await;
    assert!(size(&node) == from - 1 && signed_by(&node, old.vkey()) && !signed_by(&node, new.vkey()));
    one_more(&node, &agency).await;
    assert!(size(&node) == from && signed_by(&node, new.vkey()) && !signed_by(&node, old.vkey()), "no restart lies in between");
    trial::close(node).await;
    let node = trial.open().await;
    one_more(&node, &agency).await;
    assert!(signed_by(&node, new.vkey()), "nor does one change it");
    trial::close(node).await;
    server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap();
}

async fn several_log_keys_take_over_one_after_another_and_every_checkpoint_still_verifies(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let agency = trial::agency(&mut node, "works").await;
    let (second, third) = (keys::next_log_key(&folder(&trial)).unwrap(), keys::next_log_key(&folder(&trial)).unwrap());
    let begun = size(&node);
    let mut seen = vec![node.heads.borrow().checkpoint.clone()];
    for key in [&second, &third] {
        let from = size(&node) + 2;
        node.submitter.submit(amendment(&trial, &node, key.vkey(), from).await, vec![]).await.unwrap();
        seen.push(node.heads.borrow().checkpoint.clone());
        for _ in 0..2 {
            one_more(&node, &agency).await;
            seen.push(node.heads.borrow().checkpoint.clone());
        }
    }
    let charter = node.submitter.state().charter().unwrap().clone();
    assert_eq!(charter.logs.iter().map(|log| log.from).collect::<Vec<_>>(), [0, begun + 2, begun + 5]);
    for note in &seen {
        let said = Checkpoint::parse(&format!("{}\n", note.split_once("\n\n").unwrap().0)).unwrap();
        for log in &charter.logs {
            let right = charter.log_key(said.size) == Some(&log.key);
            assert_eq!(Checkpoint::open(note.as_bytes(), &log.key).is_ok(), right, "size {}, key from {}", said.size, log.from);
        }
    }
}

async fn an_amendment_that_names_a_log_key_nobody_here_holds_is_not_taken(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let stranger = Signer::new(&node.origin, note::KeyType::Ed25519, &keys::random().unwrap()).unwrap();
    let from = size(&node) + 2;
    let amendment = amendment(&trial, &node, stranger.vkey(), from).await;
    let refused = node.submitter.submit(amendment, vec![]).await.unwrap_err();
    assert!(matches!(&refused, SubmitError::StrangeLogKey(key) if *key == stranger.vkey().to_string()) && !refused.passes(), "{refused}");
}

async fn without_the_key_nothing_is_signed_and_nothing_is_lost(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let agency = trial::agency(&mut node, "works").await;
    let new = keys::next_log_key(&folder(&trial)).unwrap();
    let from = size(&node) + 2;
    node.submitter.submit(amendment(&trial, &node, new.vkey(), from).await, vec![]).await.unwrap();
    trial::close(node).await;
    // Opened again while the new key's file is away: the old key is good for no size that could come.
    let (file, away) = (folder(&trial).join("log-2.key"), trial.dir.path().join("away.key"));
    std::fs::rename(&file, &away).unwrap();
    assert!(matches!(Node::open(&trial.place, Clock::system()).await, Err(NodeError::Open(_))));
    std::fs::rename(&away, &file).unwrap();
    let node = trial.open().await;
    one_more(&node, &agency).await;
    assert!(signed_by(&node, new.vkey()));
}

async fn a_chain_whose_newest_log_key_is_missing_does_not_open(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let new = keys::next_log_key(&folder(&trial)).unwrap();
    let from = size(&node) + 1;
    node.submitter.submit(amendment(&trial, &node, new.vkey(), from).await, vec![]).await.unwrap();
    assert!(signed_by(&node, new.vkey()), "at the very size that the amendment makes");
    trial::close(node).await;
    std::fs::remove_file(folder(&trial).join("log-2.key")).unwrap();
    let Err(refused) = Node::open(&trial.place, Clock::system()).await else { panic!("it opened") };
    assert!(refused.to_string().contains(&new.vkey().to_string()), "{refused}");
}
