//! A chain of a million entries: what its server holds in memory after answering for a while, and how fast it does.
//!
//! Sealed here, each with a catalogue cut from the documents in turn. `LARGE` in the environment makes it shorter.

use crate::{
    http,
    import::Data,
    portal::Portal,
    publish,
    table::{Table, per_second, rate, rate_and_cost},
    texts::Corpus,
};
use chain::catalogue::Catalogue;
use server::{
    compose::{Composed, Draft, random_id},
    node::{ARCHIVE, Node},
    search::Document,
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

const COUNT: usize = 1_000_000;
/// Statements that one task composes and seals.
const CHUNK: usize = 512;
/// Characters of a text that its catalogue has.
const SUMMARY: usize = 160;
/// How long the index may take.
const LONGEST: Duration = Duration::from_secs(1_200);
const GOAL: &str = "500 MB at 1,000,000 entries";

pub fn measure(table: &mut Table, corpus: &Corpus, program: &Path, scratch: &Path) {
    let count = std::env::var("LARGE").map_or(COUNT, |count| count.parse().expect("LARGE is a number"));
    let folder = scratch.join("large");
    let last = format!("lantern{}", std::process::id());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let begun = Instant::now();
    runtime.block_on(async {
        let node = publish::node(&folder).await;
        fill(&node, corpus.documents(), count, &last).await;
        publish::close(node).await;
    });
    drop(runtime);
    let made = begun.elapsed();
    table.row(&format!("chain of {count}, made here from {}", corpus.name), per_second(rate(count, made)), "–", None, "–");
    let data = Data { data: folder.join("data"), state: folder.join("state") };
    let portal = Portal::serve(program, &data);
    let begun = Instant::now();
    let covered =
        || portal.get(&format!("/en/search?q={last}")).is_some_and(|page| String::from_utf8_lossy(&page).contains("class=\"knot\""));
    while !covered() {
        assert!(begun.elapsed() < LONGEST, "search does not cover the chain after {LONGEST:?}");
        std::thread::sleep(Duration::from_millis(500));
    }
    table.row("found by search", format!("after {:.1} s", begun.elapsed().as_secs_f64()), "–", None, "–");
    memory(table, &portal, "memory once all is indexed");
    // The peak from here on is that of serving.
    std::fs::write(format!("/proc/{}/clear_refs", portal.process()), "5").unwrap();
    let newest = http::newest(&portal);
    let script = scratch.join("large.lua");
    for (what, seconds, paths) in [
        ("record pages at random", "10s", format!("page = 100, tile = 0, bundle = 0, newest = {newest}")),
        ("pages, tiles, bundles and searches at random", "20s", format!("page = 60, tile = 15, bundle = 5, newest = {newest}")),
    ] {
        std::fs::write(&script, format!("local want = {{ {paths} }}\n{ASK}")).unwrap();
        let (each, cost) = http::cost_for(&portal, "/", Some(&script), seconds);
        table.row(&format!("{what}, {count} entries"), rate_and_cost(each, cost), "–", None, "–");
    }
    memory(table, &portal, "memory after answering all that");
}

/// What is asked for, by chance.
const ASK: &str = r"
local words = { 'pay', 'gender pay gap', 'university', 'london borough', 'water supply', 'national emergency', '2019', 'trust' }
local function number(n)
  if n < 1000 then return string.format('%03d', n) end
  return string.format('x%03d/%03d', math.floor(n / 1000), n % 1000)
end
request = function()
  local chance, tiles = math.random(100), math.max(math.floor(want.newest / 256), 1)
  if chance <= want.page then return wrk.format('GET', '/en/disclosures/' .. math.random(3, want.newest)) end
  chance = chance - want.page
  if chance <= want.tile then return wrk.format('GET', '/log/tile/0/' .. number(math.random(0, tiles - 1))) end
  if chance <= want.tile + want.bundle then return wrk.format('GET', '/log/tile/entries/' .. number(math.random(0, tiles - 1))) end
  local word = words[math.random(#words)]:gsub(' ', '+')
  return wrk.format('GET', '/en/search?q=' .. word .. '&page=' .. math.random(1, 3))
end
";

fn memory(table: &mut Table, portal: &Portal<'_>, what: &str) {
    let said = |name: &str| portal.memory_of(name);
    let measured =
        format!("{} MB: {} of its own, {} of files; most so far {}", said("VmRSS"), said("RssAnon"), said("RssFile"), said("VmHWM"));
    table.row(what, measured, "–", None, GOAL);
}

/// Publishes `count` disclosures, the last one with a word of its own in its title.
async fn fill(node: &Node, texts: Vec<Document>, count: usize, last: &str) {
    let (texts, room) = (Arc::new(texts), Arc::new(Semaphore::new(4)));
    let mut tasks = JoinSet::new();
    for from in (0..count).step_by(CHUNK) {
        let permit = room.clone().acquire_owned().await.unwrap();
        let (node, texts) = (node.clone(), texts.clone());
        let last = last.to_owned();
        tasks.spawn(async move {
            let (archive, state) = (node.sibling(ARCHIVE), node.submitter.state());
            let mut waiting = Vec::with_capacity(CHUNK);
            for n in from..count.min(from + CHUNK) {
                let mut draft = draft(&archive, &texts[n % texts.len()], n);
                if n + 1 == count {
                    draft.catalogue.title.push_str(&format!(" {last}"));
                }
                let Composed { text, contents } = draft.compose(&node.origin, &random_id().unwrap()).unwrap();
                let (note, verified) = state.seal(&text, node.seal(&archive).unwrap()).unwrap();
                waiting.push(node.submitter.sealed(note, verified, contents).await.unwrap());
            }
            drop(permit);
            for waiting in waiting {
                assert!(!waiting.await.unwrap().unwrap().repeated);
            }
        });
        while let Some(done) = tasks.try_join_next() {
            done.unwrap();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

fn draft(archive: &str, text: &Document, n: usize) -> Draft {
    let stated = text.stated.map(|day| format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100));
    Draft {
        agency: archive.to_owned(),
        genre: "notice".into(),
        theme: None,
        language: text.language.clone(),
        catalogue: Catalogue {
            title: format!("{} ({n})", text.title),
            published: stated,
            document_number: Some(format!("{n}")),
            summary: Some(text.body.chars().take(SUMMARY).collect()),
            ..Catalogue::default()
        },
        documents: vec![],
        revises: None,
        ground: None,
        stated_agency: Some("Finance Bureau".into()),
        source: None,
    }
}
