//! From an acknowledged publication to its page and to search: published by another process on the folder of a running portal.

use crate::{
    portal::Portal,
    table::{Table, percentiles},
};
use chain::catalogue::Catalogue;
use server::{
    compose::{Composed, Draft, random_id},
    node::{ARCHIVE, Node, Place},
    sequencer::Clock,
};
use std::time::{Duration, Instant};

const COUNT: usize = 100;
const LONGEST: Duration = Duration::from_secs(20);

pub fn measure(table: &mut Table, portal: &Portal<'_>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let place = Place { data: portal.data.data.clone(), state: portal.data.state.clone(), database: None, origin: None, charter: None };
    let node = runtime.block_on(Node::open(&place, Clock::system())).unwrap();
    let (mut page, mut search) = (Vec::new(), Vec::new());
    for n in 0..COUNT {
        let word = format!("lantern{}x{n}", std::process::id());
        let (index, begun) = runtime.block_on(publish(&node, &word));
        page.push(until(begun, || portal.get(&format!("/en/disclosures/{index}")).is_some()));
        search.push(until(begun, || {
            let found = portal.get(&format!("/en/search?q={word}")).unwrap_or_default();
            let link = format!("/en/disclosures/{index}");
            String::from_utf8_lossy(&found).contains(&link)
        }));
    }
    let said = |times: &mut [Duration]| {
        let [p50, _, p99, most] = percentiles(times);
        format!("p50 {p50:.0}, p99 {p99:.0}, most {most:.0} ms")
    };
    table.row("publish to visible in its page", said(&mut page), "–", None, "p99 under 1 s");
    table.row("publish to visible in search", said(&mut search), "–", None, "p99 under 1 s");
}

/// Where it stands, and when that was acknowledged.
async fn publish(node: &Node, word: &str) -> (u64, Instant) {
    let archive = node.sibling(ARCHIVE);
    let catalogue = Catalogue { title: format!("Notice of the {word}"), published: Some("2026-03-01".into()), ..Catalogue::default() };
    let (genre, language) = ("notice".into(), "en".into());
    let draft = Draft {
        agency: archive.clone(),
        genre,
        theme: None,
        language,
        catalogue,
        documents: vec![],
        revises: None,
        ground: None,
        stated_agency: Some("Finance Bureau".into()),
        source: None,
    };
    let Composed { text, contents } = draft.compose(&node.origin, &random_id().unwrap()).unwrap();
    let waiting = node.submitter.seal(&text, node.seal(&archive).unwrap(), contents).await.unwrap();
    let receipt = waiting.await.unwrap().unwrap();
    (receipt.index, Instant::now())
}

fn until(begun: Instant, seen: impl Fn() -> bool) -> Duration {
    while !seen() {
        assert!(begun.elapsed() < LONGEST, "still not visible after {LONGEST:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}
