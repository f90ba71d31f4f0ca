//! What pages show of the store: a record in one question, its neighbours, its versions, and nothing that was redacted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod portal;
#[macro_use]
mod trial;

use chain::{
    approval::{GenreRule, Rule, StepRule},
    entry::Entry,
    part::Commitment,
    statement::{Core, Key, Names, Post, Statement, StatusKind, core_line, text},
};
use portal::{bytes, portal};
use server::{follow, http::Portal, node::Node, sequencer::Receipt};
use std::time::Duration;
use trial::{Engine, Trial, agency, close, draft, publish, redact, reference, status};

on_each_engine! {
    a_records_page_shows_its_text_its_neighbours_and_what_became_of_it,
    a_version_shows_parts_that_came_with_an_earlier_one,
    what_was_redacted_is_on_no_page_and_in_no_snippet,
    a_redaction_by_another_process_is_seen_by_pages_that_were_kept,
    a_piece_of_a_long_text_is_shown_from_wherever_the_words_are,
    an_agencys_page_shows_its_rule_and_its_posts,
    a_search_says_how_far_its_index_has_come_and_what_of_the_question_it_left_out,
    the_standing_asked_for_is_the_standing_shown,
    texts_made_to_keep_the_portal_busy_are_shown_as_written_and_stop_no_other_page,
}

/// Registers with the trial's own registrar; the number of the entry.
async fn register<T: serde::Serialize>(trial: &Trial, node: &Node, kind: &str, core: &T) -> u64 {
    let registrar = server::keys::open(&trial.place.data.join("keys/registrar.key")).unwrap();
    let line = core_line(kind, &server::compose::random_id().unwrap(), core).unwrap();
    let note = chain::note::sign(&text(&node.origin, &line, None), &[&registrar]);
    node.submitter.submit(note, vec![]).await.unwrap().index
}

async fn an_agencys_page_shows_its_rule_and_its_posts(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = page(&portal(&trial, &node).await, &format!("/en/agencies/{id}")).await;
    assert!(before.contains("Its seal alone is enough."), "{before}");
    let name = Names::from([("en".into(), "Approver".into()), ("zh".into(), "审批岗".into())]);
    let of = format!("{id}/approver");
    let key = server::keys::create(&trial.dir.path().join("approver.key"), &of).unwrap().vkey().clone();
    let keys = vec![Key { key, custody: None, ended: None }];
    let at = register(&trial, &node, "post", &Post { post: of.clone(), agency: id.clone(), name, keys, replaces: None }).await;
    let (_, mut core) = node.submitter.state().agency(&id).unwrap().clone();
    let step = |code: &str, after: &[&str]| StepRule {
        code: code.into(),
        posts: vec![of.clone()],
        count: 1,
        after: after.iter().map(|code| (*code).to_owned()).collect(),
    };
    let genres = vec![GenreRule { genre: "*".into(), steps: vec![step("legal", &[]), step("sign", &["legal"])] }];
    core.rule = Some(Rule { genres, overriders: vec![], deferred: false });
    register(&trial, &node, "agency", &core).await;
    let after = page(&portal(&trial, &node).await, &format!("/en/agencies/{id}")).await;
    assert!(!after.contains("Its seal alone is enough."), "{after}");
    let newest = node.submitter.state().agency(&id).unwrap().0.index;
    let told = after.split("class=\"ruled\"").nth(1).unwrap().split("</section>").next().unwrap();
    for said in ["All that it publishes", "Legal review", "Waits for no other step.", "Sign-off", "Only after: Legal review.", ">Approver<"]
    {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(told.contains(&format!("/en/entries/{newest}\">Entry {newest}<")) && !told.contains(&of), "by its name: {told}");
    let entry = page(&portal(&trial, &node).await, &format!("/zh/entries/{newest}")).await;
    assert!(entry.contains("办理岗位：") && entry.contains(">审批岗<"), "{entry}");
    assert!(after.contains(&of) && after.contains(&format!("/en/entries/{at}")), "{after}");
}

async fn page(portal: &Portal, path: &str) -> String {
    String::from_utf8(bytes(portal, path).await).unwrap()
}

async fn record(portal: &Portal, receipt: &Receipt) -> String {
    page(portal, &format!("/en/disclosures/{}", receipt.index)).await
}

async fn parts(node: &Node, receipt: &Receipt) -> Vec<Commitment> {
    let bytes = node.store.entry(receipt.index).await.unwrap().unwrap();
    match Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core {
        Core::Disclosure(core) => core.parts.iter().map(|part| part.commitment).collect(),
        other => panic!("{other:?}"),
    }
}

/// The portal over a chain that its search index covers.
async fn searched(trial: &Trial, node: &Node) -> Portal {
    let size = node.heads.borrow().size;
    let (index, _) = follow::open(&trial.place.data, size).unwrap();
    follow::catch_up(&node.store, &index, size).await.unwrap();
    drop(index);
    portal(trial, node).await
}

async fn a_records_page_shows_its_text_its_neighbours_and_what_became_of_it(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let older = publish(&node, draft(&id, "Older lanterns", "One.")).await.unwrap();
    let here = publish(&node, draft(&id, "Bridge tolls", "# Tolls\n\nA **fee** of 3.")).await.unwrap();
    let newer = publish(&node, draft(&id, "Newer harbours", "Two.")).await.unwrap();
    let portal = portal(&trial, &node).await;
    let shown = record(&portal, &here).await;
    for said in
        ["Bridge tolls", "<h2>Tolls</h2>", "A <strong>fee</strong> of 3.", "Older lanterns", "Newer harbours", "data-standing=\"in-force\""]
    {
        assert!(shown.contains(said), "{said}");
    }
    assert!(!shown.contains("class=\"versions\"") && !shown.contains("See the statement"));
    let first = record(&portal, &older).await;
    // Its own older neighbour is an agency's registration, which has no title.
    assert!(first.contains(&format!("/en/entries/{}", older.index - 1)) && first.contains("Bridge tolls"));
    status(&node, &id, reference(&here), StatusKind::Repealed).await.unwrap();
    let shown = record(&portal, &here).await;
    assert!(shown.contains("data-standing=\"repealed\"") && shown.contains(&format!("/en/entries/{}", newer.index + 1)));
    close(node).await;
}

async fn a_version_shows_parts_that_came_with_an_earlier_one(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let first = publish(&node, draft(&id, "Parking", "Twenty lanterns.")).await.unwrap();
    let (old, mut revision) = (parts(&node, &first).await, draft(&id, "Parking, again", "Twenty lanterns."));
    (revision.revises, revision.ground) = (Some(reference(&first)), Some("facts-changed".into()));
    let composed = trial::compose(&node, revision);
    let text = composed.text.replace(&composed.contents[1].commitment.to_string(), &old[1].to_string());
    let contents = composed.contents[..1].to_vec();
    let second = node.submitter.seal(&text, node.seal(&id).unwrap(), contents).await.unwrap().await.unwrap().unwrap();
    let portal = searched(&trial, &node).await;
    let shown = record(&portal, &second).await;
    assert!(shown.contains("Parking, again") && shown.contains("Twenty lanterns.") && shown.contains("class=\"versions\""));
    let shown = record(&portal, &first).await;
    assert!(shown.contains("data-standing=\"superseded\"") && shown.contains(&format!("/en/disclosures/{}", second.index)));
    // Each of the two pages leads to the other, and says why.
    for receipt in [&first, &second] {
        assert!(record(&portal, receipt).await.contains("data-value=\"facts-changed\">the facts have changed<"));
    }
    let found = page(&portal, "/en/search?q=lanterns").await;
    assert!(found.contains("<mark>lanterns</mark>") && found.contains("Parking, again"));
    close(node).await;
}

async fn what_was_redacted_is_on_no_page_and_in_no_snippet(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let gone = publish(&node, draft(&id, "Xenolantern of a person", "Yttrium lives in it.")).await.unwrap();
    let beside = publish(&node, draft(&id, "Beside", "Nothing.")).await.unwrap();
    let portal = searched(&trial, &node).await;
    let paths = [
        format!("/en/disclosures/{}", gone.index),
        format!("/en/disclosures/{}", beside.index),
        format!("/en/entries/{}", beside.index),
        "/en/".to_owned(),
        format!("/en/agencies/{id}"),
        "/en/search?q=yttrium".to_owned(),
    ];
    for path in &paths {
        assert!(page(&portal, path).await.contains("Xenolantern"), "{path}");
    }
    assert!(page(&portal, &paths[5]).await.contains("<mark>Yttrium</mark>"));
    let all = parts(&node, &gone).await;
    redact(&node, &id, reference(&gone), vec![all[1]]).await.unwrap();
    // The index has not followed: what it finds is shown without what was taken away.
    let found = page(&portal, &paths[5]).await;
    assert!(found.contains("Xenolantern") && !found.contains("<mark>"));
    let shown = record(&portal, &gone).await;
    assert!(!shown.contains("lives in it") && shown.contains("Xenolantern"));
    redact(&node, &id, reference(&gone), vec![all[0]]).await.unwrap();
    for path in &paths {
        assert!(!page(&portal, path).await.contains("Xenolantern"), "{path}");
    }
    close(node).await;
}

async fn a_redaction_by_another_process_is_seen_by_pages_that_were_kept(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let gone = publish(&node, draft(&id, "Xenolantern of a person", "Yttrium lives in it.")).await.unwrap();
    let portal = portal(&trial, &node).await;
    assert!(record(&portal, &gone).await.contains("Yttrium"));
    let other = trial.open().await;
    redact(&other, &id, reference(&gone), parts(&node, &gone).await).await.unwrap();
    let size = other.heads.borrow().size;
    tokio::time::timeout(Duration::from_secs(10), node.heads.wait_for(|head| head.size >= size)).await.unwrap().unwrap();
    let shown = record(&portal, &gone).await;
    assert!(!shown.contains("Yttrium") && !shown.contains("Xenolantern"));
    close(other).await;
    close(node).await;
}

async fn a_piece_of_a_long_text_is_shown_from_wherever_the_words_are(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let filler = "Filler about nothing in particular. ".repeat(1_000);
    publish(&node, draft(&id, "Beginning", &format!("The xenolantern hangs. {filler}"))).await.unwrap();
    publish(&node, draft(&id, "Middle", &format!("{filler}\n\nA xenolantern stands here. {filler}"))).await.unwrap();
    // Beyond what the database keeps: from the folder of large parts.
    publish(&node, draft(&id, "Large", &format!("A xenolantern burns. {}", filler.repeat(4)))).await.unwrap();
    let portal = searched(&trial, &node).await;
    let found = page(&portal, "/en/search?q=xenolantern").await;
    for said in ["The <mark>xenolantern</mark> hangs", "A <mark>xenolantern</mark> stands here", "A <mark>xenolantern</mark> burns"] {
        assert!(found.contains(said), "{said}");
    }
    close(node).await;
}

async fn texts_made_to_keep_the_portal_busy_are_shown_as_written_and_stop_no_other_page(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let lines = "a\n".repeat(20_000);
    let mut hostile = Vec::new();
    // Each of these costs the parser hours: every line is asked of every item or quotation around it.
    for opening in ["- ", "> ", "1. ", "> 1. - "] {
        let body = format!("lanterns {}a\n{lines}", opening.repeat(400_000 / opening.len()));
        for body in [body.replacen("lanterns ", "", 1), format!("lanterns\n\n{}", &body[9..])] {
            hostile.push(publish(&node, draft(&id, "Hostile", &body)).await.unwrap());
        }
    }
    hostile.push(publish(&node, draft(&id, "Long", &"A very long text. ".repeat(100_000))).await.unwrap());
    let plain = publish(&node, draft(&id, "Bridge tolls", "A **fee** of 3.")).await.unwrap();
    let portal = searched(&trial, &node).await;
    let asked: Vec<_> = hostile
        .iter()
        .map(|receipt| {
            let (portal, path) = (portal.clone(), format!("/en/disclosures/{}", receipt.index));
            tokio::spawn(async move { page(&portal, &path).await })
        })
        .collect();
    assert!(record(&portal, &plain).await.contains("A <strong>fee</strong> of 3."));
    assert!(page(&portal, "/en/search?q=lanterns").await.contains("<mark>lanterns</mark>"));
    for asked in asked {
        let shown = asked.await.unwrap();
        assert!(shown.contains("shown as it was sealed, without formatting") && shown.contains("<pre>"));
    }
    assert!(!record(&portal, &plain).await.contains("without formatting"));
    close(node).await;
}

/// Numbers and standings of the lines of a list.
fn lines(page: &str) -> Vec<(u64, String)> {
    let knots = page.split("<li").filter(|knot| knot.contains("data-document="));
    let of = |knot: &str, name: &str| knot.split(name).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    knots
        .map(|knot| {
            (of(knot, "data-index=\"").unwrap().parse().unwrap(), of(knot, "data-standing=\"").unwrap_or_else(|| "in-force".into()))
        })
        .collect()
}

async fn the_standing_asked_for_is_the_standing_shown(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    server::sample::publish(&mut node).await.unwrap();
    let id = agency(&mut node, "finance").await;
    // What the sample has none of.
    let dated = |title: &str, effective: &str, expires: Option<&str>| {
        let mut draft = draft(&id, title, "Dated lanterns.");
        (draft.catalogue.effective, draft.catalogue.expires) = (Some(effective.into()), expires.map(str::to_owned));
        draft
    };
    let ran_out = publish(&node, dated("Ran out", "2001-01-01", Some("2001-12-31"))).await.unwrap();
    let ahead = publish(&node, dated("Ahead", "2999-01-01", None)).await.unwrap();
    let now = publish(&node, dated("Now", "2001-01-01", Some("2999-12-31"))).await.unwrap();
    for kind in [StatusKind::Annulled, StatusKind::Lapsed, StatusKind::Withdrawn, StatusKind::Corrected, StatusKind::Amended] {
        let one = publish(&node, draft(&id, &format!("{kind:?}"), "Plain lanterns.")).await.unwrap();
        status(&node, &id, reference(&one), kind).await.unwrap();
        // Said of an old version, some of these are all that is told of it.
        let mut newer = draft(&id, "Newer", "Newer lanterns.");
        newer.revises = Some(reference(&one));
        publish(&node, newer).await.unwrap();
        let only = publish(&node, draft(&id, &format!("Only {kind:?}"), "Plain lanterns.")).await.unwrap();
        status(&node, &id, reference(&only), kind).await.unwrap();
        let ended = publish(&node, draft(&id, &format!("Again {kind:?}"), "Plain lanterns.")).await.unwrap();
        status(&node, &id, reference(&ended), StatusKind::Repealed).await.unwrap();
        status(&node, &id, reference(&ended), kind).await.unwrap();
    }
    // Nobody here knows whether what was copied holds.
    let copied = node.heads.borrow().size;
    trial::import_all(&node, &[trial.file("copies.jsonl", &(trial::line(1, "") + &trial::line(2, r#","withdrawn_seen":"2026-02-11""#)))])
        .await;
    let portal = searched(&trial, &node).await;
    let mut expected = std::collections::BTreeMap::new();
    for index in 0..node.heads.borrow().size {
        let (status, _, shown) = portal::get(&portal, &format!("/en/disclosures/{index}")).await;
        let shown = String::from_utf8(shown).unwrap();
        // A version whose catalogue was taken away has no title and is in no index.
        if status.is_success() && !shown.contains("The catalogue of this entry") {
            let standing = shown.split("data-standing=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
            expected.extend(standing.map(|standing| (index, standing)));
        }
    }
    for (one, standing) in [(&ran_out, "lapsed"), (&ahead, "not-yet"), (&now, "in-force")] {
        assert_eq!(expected[&one.index], standing);
    }
    assert_eq!((expected.get(&copied), expected[&(copied + 1)].as_str()), (None, "withdrawn"));
    let mut found = std::collections::BTreeMap::new();
    for standing in app::view::Standing::ALL {
        for (words, number) in [("", 1), ("lanterns", 1), ("", 2), ("", 3)] {
            let path = format!("/en/search?q={words}&standing={}&page={number}", standing.code());
            let (status, _, shown) = portal::get(&portal, &path).await;
            let lines = lines(std::str::from_utf8(&shown).unwrap());
            assert!(status.is_success() || (status.as_u16() == 404 && number > 1 && lines.is_empty()), "{path}: {status}");
            assert!(lines.iter().all(|(_, shown)| shown == standing.code()), "{standing:?}: {lines:?}");
            if words.is_empty() {
                found.extend(lines);
            } else {
                let with_words = expected.iter().filter(|(index, of)| **index >= ran_out.index && *of == standing.code()).count();
                assert_eq!(lines.len(), with_words, "{standing:?}");
            }
        }
    }
    assert_eq!(found, expected, "each is found by what its page says, and by nothing else");
    assert!(found.values().collect::<std::collections::BTreeSet<_>>().len() == app::view::Standing::ALL.len());
    close(node).await;
}

async fn a_search_says_how_far_its_index_has_come_and_what_of_the_question_it_left_out(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    publish(&node, draft(&id, "Old lanterns", "One.")).await.unwrap();
    let portal = searched(&trial, &node).await;
    let covered = node.heads.borrow().size;
    assert!(page(&portal, "/en/search?q=harbours").await.contains("Nothing found for"));
    publish(&node, draft(&id, "New harbours", "Two.")).await.unwrap();
    let shown = page(&portal, "/en/search?q=harbours").await;
    assert!(!shown.contains("Nothing found for"), "it is there, and only the index does not know yet");
    assert!(shown.contains(&format!("Nothing was found among the first {covered} of {} entries.", covered + 1)), "{shown}");
    let shown = page(&portal, "/zh/search?q=lanterns").await;
    assert!(shown.contains("Old lanterns") && shown.contains(&format!("全链 {} 条，现只能检索前 {covered} 条", covered + 1)), "{shown}");
    let portal = searched(&trial, &node).await;
    let shown = page(&portal, "/en/search?q=harbours").await;
    assert!(shown.contains("New harbours") && !shown.contains("are still being added"));

    // A question of many words, and one of very many characters.
    let many = (0..40).map(|n| format!("w{n}x+")).collect::<String>();
    assert!(page(&portal, &format!("/en/search?q={many}")).await.contains("at most its first 512 characters, and 32 words"));
    let long = format!("lanterns{}unread", "+".repeat(40_000));
    let shown = page(&portal, &format!("/en/search?q={long}")).await;
    assert!(shown.contains("at most its first 512 characters") && shown.contains("Old lanterns"), "{shown}");
    assert!(!shown.contains("unread") && shown.len() < 40_000, "{shown}");
    assert!(!page(&portal, "/en/search?q=lanterns").await.contains("at most its first"));
    assert!(page(&portal, "/en/search?q=...%3F").await.contains("There is no word in it"));
    close(node).await;
}
