//! Strangers' software reads the log: the C2SP crates of another project verify every entry we serve.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod portal;
mod trial;

use axum::http::StatusCode;
use portal::{bytes, get, portal};
use server::node::Node;
use signed_note::{Note, StandardVerifier, VerifierList};
use std::collections::HashMap;
use tlog_tiles::{Checkpoint, HashReader, Tile, TileHashReader, TileReader, stored_hash_index};
use trial::{Trial, import_all, line};

/// Tiles as a stranger's client asks for them, fetched beforehand since its interface cannot wait.
struct Fetched(HashMap<String, Vec<u8>>);

/// Their paths name the height of tiles, as Go's checksum database does; C2SP's do not.
fn ours(tile: &Tile) -> String {
    format!("/log/{}", tile.path().replacen("tile/8/", "tile/", 1))
}

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }
    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles.iter().map(|tile| self.0[&ours(tile)].clone()).collect())
    }
    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

async fn long_chain(trial: &Trial) -> Node {
    let node = trial.open().await;
    let lines: String = (0..600).map(|n| line(n, "")).collect();
    let report = import_all(&node, &[trial.file("notices.jsonl", &lines)]).await;
    assert_eq!(report.added, 600);
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_client_verifies_every_entry_of_the_log() {
    let trial = Trial::new();
    let node = long_chain(&trial).await;
    let portal = portal(&trial, &node).await;
    let policy = String::from_utf8(bytes(&portal, "/log/policy").await).unwrap();
    let vkey = policy.lines().find_map(|line| line.strip_prefix("log ")).unwrap();

    let note = Note::from_bytes(&bytes(&portal, "/log/checkpoint").await).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())]);
    let (verified, unverified) = note.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    let checkpoint = Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(checkpoint.extension(), "");
    let size = checkpoint.size();
    assert!(size > 512, "more than two full tiles");

    let mut fetched = HashMap::new();
    for tile in Tile::new_tiles(8, 0, size) {
        let path = ours(&tile);
        let body = bytes(&portal, &path).await;
        assert_eq!(body.len(), tile.width() as usize * 32, "{path}");
        fetched.insert(path, body);
    }
    let fetched = Fetched(fetched);
    let tree = TileHashReader::new(size, *checkpoint.hash(), &fetched);
    for number in 0..size.div_ceil(256) {
        let width = (size - number * 256).min(256) as u16;
        let bundle = bytes(&portal, &format!("/log/{}", chain::tile::bundle_path(number, width))).await;
        let entries = chain::tile::split_bundle(&bundle, width).expect("exactly as many entries as the width says");
        for (index, entry) in (number * 256..).zip(entries) {
            // Their reader proves the tile against the checkpoint before it gives the hash out.
            let leaf = tree.read_hashes(&[stored_hash_index(0, index)]).unwrap()[0];
            assert_eq!(leaf, tlog_tiles::record_hash(entry), "entry {index}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_404_and_what_is_no_path_is_400() {
    let trial = Trial::new();
    let node = long_chain(&trial).await;
    let portal = portal(&trial, &node).await;
    let size = node.heads.borrow().size;
    let next = size % 256 + 1;
    for path in [
        format!("/log/tile/0/002.p/{next}"),
        "/log/tile/0/002".into(),
        "/log/tile/0/003".into(),
        "/log/tile/1/001".into(),
        "/log/tile/2/000".into(),
        "/log/tile/63/000".into(),
        format!("/log/tile/entries/002.p/{next}"),
        format!("/log/entry/{size}"),
        format!("/log/proof/{size}.tlog-proof"),
        format!("/log/evidence/{}/0", size + 1),
        "/content/sha256:0000000000000000000000000000000000000000000000000000000000000000".into(),
    ] {
        assert_eq!(get(&portal, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/log/tile/0/2",
        "/log/tile/0/0002",
        "/log/tile/00/002",
        "/log/tile/64/000",
        "/log/tile/0/002.p/0",
        "/log/tile/0/002.p/256",
        "/log/tile/0/002.p/01",
        "/log/tile/0/x000/002",
        "/log/tile/-1/000",
        "/log/entry/01",
        "/log/evidence/5/3,1",
        "/log/evidence/5/0-64",
        "/content/sha256:ABCD",
    ] {
        assert_eq!(get(&portal, path).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_tile_is_the_beginning_of_the_full_one() {
    let trial = Trial::new();
    let node = long_chain(&trial).await;
    let portal = portal(&trial, &node).await;
    let full = bytes(&portal, "/log/tile/0/001").await;
    for width in [1, 7, 255] {
        let part = bytes(&portal, &format!("/log/tile/0/001.p/{width}")).await;
        assert_eq!(part, full[..width * 32]);
    }
    let (_, media, _) = get(&portal, "/log/checkpoint").await;
    assert_eq!(media, "text/plain; charset=utf-8");
    let (_, media, _) = get(&portal, "/log/tile/0/001").await;
    assert_eq!(media, "application/octet-stream");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_proof_file_checks_against_the_checkpoint_in_it() {
    let trial = Trial::new();
    let node = long_chain(&trial).await;
    let portal = portal(&trial, &node).await;
    let log = node.submitter.state().charter().unwrap().logs[0].key.clone();
    for index in [0, 1, 255, 256, 511, 512, node.heads.borrow().size - 1] {
        let file = String::from_utf8(bytes(&portal, &format!("/log/proof/{index}.tlog-proof")).await).unwrap();
        let entry = bytes(&portal, &format!("/log/entry/{index}")).await;
        let proof = chain::proof::TlogProof::parse(&file).unwrap();
        assert_eq!(proof.index, index);
        proof.check(chain::tree::leaf_hash(&entry), &log).unwrap();
        let mut altered = entry;
        altered[20] ^= 1;
        assert!(proof.check(chain::tree::leaf_hash(&altered), &log).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bundle_of_evidence_decides_a_whole_page() {
    use chain::check::{Answer, Reader, Scope, Shown};
    let trial = Trial::new();
    let node = long_chain(&trial).await;
    let portal = portal(&trial, &node).await;
    let size = node.heads.borrow().size;
    let bundle = bytes(&portal, &format!("/log/evidence/{size}/{}-{}", size - 25, size - 1)).await;
    let bundle: chain::evidence::Bundle = chain::json::read(&String::from_utf8(bundle).unwrap()).unwrap();
    let contents = bytes(&portal, &format!("/content/of/{}-{}", size - 25, size - 1)).await;
    let contents: chain::evidence::Contents = chain::json::read(&String::from_utf8(contents).unwrap()).unwrap();
    let asked: Vec<u64> = (size - 25..size).collect();
    // Nothing of what belongs to the answer is left out.
    let reader = Reader::open(&bundle).unwrap().asked(&asked);
    for index in size - 25..size {
        let mut findings = reader.check(index);
        let facts = vec![("title".into(), format!("Notice {} of Qinghe", index + 600 - size))];
        findings.push(reader.content(index, &contents, Scope::Catalogue, &Shown { facts, ..Shown::default() }));
        for finding in findings {
            assert!(matches!(finding.answer, Answer::Holds | Answer::NotApplicable), "entry {index}: {finding:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_two_versions_share_reads_as_redacted_on_both_once_one_of_them_is_redacted() {
    use chain::{
        check::{Answer, Reader, Scope},
        evidence::{Bundle, Content, Contents},
    };
    let trial = Trial::new();
    let mut node = trial.open().await;
    let works = trial::agency(&mut node, "works").await;
    let first = trial::compose(&node, trial::draft(&works, "Bridge closed", "From Monday."));
    let shared = first.contents[1].clone();
    let seal = node.seal(&works).unwrap();
    let first = node.submitter.seal(&first.text, seal, first.contents).await.unwrap().await.unwrap().unwrap();
    let mut draft = trial::draft(&works, "Bridge open", "From Friday.");
    draft.revises = Some(trial::reference(&first));
    let mut second = trial::compose(&node, draft);
    second.text = second.text.replace(&second.contents[1].commitment.to_string(), &shared.commitment.to_string());
    second.contents.truncate(1);
    let second = node.submitter.seal(&second.text, seal, second.contents).await.unwrap().await.unwrap().unwrap();
    let redaction = trial::redact(&node, &works, trial::reference(&second), vec![shared.commitment]).await.unwrap();

    let portal = portal(&trial, &node).await;
    let (status, _, body) = get(&portal, &format!("/content/{}", shared.commitment)).await;
    assert_eq!(status, StatusCode::GONE);
    assert_eq!(String::from_utf8(body).unwrap().trim_end(), format!("redacted by entry {}", redaction.index));
    let size = redaction.index + 1;
    for version in [first.index, second.index] {
        let bundle = bytes(&portal, &format!("/log/evidence/{size}/{version}")).await;
        let bundle: Bundle = chain::json::read(&String::from_utf8(bundle).unwrap()).unwrap();
        let catalogue = bytes(&portal, &format!("/content/of/{version}")).await;
        let mut contents: Contents = chain::json::read(&String::from_utf8(catalogue).unwrap()).unwrap();
        contents.insert(shared.commitment.to_string(), Content::Redacted { by: redaction.index });
        let asked = [version, redaction.index];
        let reader = Reader::open(&bundle).unwrap().asked(&asked);
        let finding = reader.content(version, &contents, Scope::Everything, &chain::check::Shown::default());
        assert_eq!((finding.answer, finding.reason), (Answer::Holds, "redacted"), "version {version}: {finding:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_a_document_and_a_status_about_it_shows_the_title_in_both_lines() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let works = trial::agency(&mut node, "works").await;
    let bridge = trial::publish(&node, trial::draft(&works, "Bridge closed", "From Monday.")).await.unwrap();
    trial::status(&node, &works, trial::reference(&bridge), chain::statement::StatusKind::Repealed).await.unwrap();
    let page = String::from_utf8(bytes(&portal(&trial, &node).await, "/en/").await).unwrap();
    assert!(page.matches("Bridge closed").count() >= 2, "once in its own line, once in the line of the status");
    assert!(!page.contains("Title missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_about_a_document_has_every_redaction_of_it_and_its_newest_statuses() {
    use chain::statement::StatusKind::{Reinstated, Withdrawn};
    let trial = Trial::new();
    let mut node = trial.open().await;
    let works = trial::agency(&mut node, "works").await;
    let document = trial::compose(&node, trial::draft(&works, "Bridge closed", "From Monday."));
    let part = document.contents[1].commitment;
    let sealing = node.submitter.seal(&document.text, node.seal(&works).unwrap(), document.contents);
    let document = sealing.await.unwrap().await.unwrap().unwrap();
    let redaction = trial::redact(&node, &works, trial::reference(&document), vec![part]).await.unwrap();
    let mut statuses = Vec::new();
    for n in 0..70 {
        let kind = if n % 2 == 0 { Withdrawn } else { Reinstated };
        statuses.push(trial::status(&node, &works, trial::reference(&document), kind).await.unwrap().index);
    }
    let portal = portal(&trial, &node).await;
    let handed = async |size: u64| {
        let bundle = bytes(&portal, &format!("/log/evidence/{size}/{}", document.index)).await;
        let bundle = chain::evidence::read_bundle(&String::from_utf8(bundle).unwrap()).unwrap();
        bundle.entries.iter().map(|logged| logged.index).collect::<Vec<_>>()
    };
    let newest = handed(statuses[69] + 1).await;
    assert!(newest.contains(&redaction.index), "a part that is gone is blamed on it");
    assert!(statuses[6..].iter().all(|status| newest.contains(status)));
    assert!(statuses[..5].iter().all(|status| !newest.contains(status)), "thousands would be too much to hand over");
    let earlier = handed(statuses[3] + 1).await;
    assert!(statuses[..=3].iter().all(|status| earlier.contains(status)), "newest in the tree that is asked about");
}
