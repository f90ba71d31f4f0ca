//! The doors to the outside: statements that strangers bring, floods, and what a browser has already.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod portal;
mod trial;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use portal::{ask, bytes, get, portal};
use serde_json::{Value, json};
use server::{compose::Composed, follow, http::Portal, node::Node, store::NewContent};
use trial::{Trial, agency, compose, draft};

fn line_of(node: &Node, id: &str, Composed { text, contents }: &Composed) -> String {
    let part =
        |part: &NewContent| json!({ "salt": chain::part::format_salt(&part.salt), "bytes": STANDARD.encode(part.bytes.as_ref().unwrap()) });
    let note = chain::note::sign(text, &[node.seal(id).unwrap()]);
    format!("{}\n", json!({ "note": note, "parts": contents.iter().map(part).collect::<Vec<_>>() }))
}

async fn post(portal: &Portal, body: impl Into<Body>) -> (StatusCode, Vec<Value>) {
    let (status, _, body) = ask(portal, "203.0.113.7:9", Request::post("/submit").body(body.into()).unwrap()).await;
    (status, body.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_brought_over_http_are_logged_in_the_order_of_their_lines_and_only_once() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let lines: Vec<_> = (0..100).map(|n| line_of(&node, &id, &compose(&node, draft(&id, &format!("Notice {n}"), "The text.")))).collect();
    let portal = portal(&trial, &node).await;
    let (status, answers) = post(&portal, lines.concat()).await;
    assert_eq!((status, answers.len()), (StatusCode::OK, 100));
    let first = answers[0]["index"].as_u64().unwrap();
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!((answer["index"].as_u64(), answer["repeated"].as_bool()), (Some(first + n as u64), Some(false)), "{answer}");
    }
    let entry = bytes(&portal, &format!("/log/entry/{}", first + 7)).await;
    assert_eq!(answers[7]["leaf"].as_str(), Some(&*chain::tree::leaf_hash(&entry).to_string()));
    let page = String::from_utf8(bytes(&portal, &format!("/en/disclosures/{}", first + 7)).await).unwrap();
    assert!(page.contains("Notice 7") && page.contains("The text."));
    let (_, again) = post(&portal, lines[7].clone()).await;
    assert_eq!((again[0]["index"].as_u64(), again[0]["repeated"].as_bool()), (Some(first + 7), Some(true)));
    assert_eq!(node.heads.borrow().size, first + 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_line_is_told_why_and_the_good_ones_beside_it_are_logged() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let made = |title: &str| line_of(&node, &id, &compose(&node, draft(&id, title, "The text.")));
    let good = made("Good");
    let altered = made("Altered").replacen("notice", "report", 1);
    let mut partless: Value = serde_json::from_str(&made("Without its parts")).unwrap();
    partless["parts"] = json!([]);
    let mut unsalted: Value = serde_json::from_str(&made("With a wrong salt")).unwrap();
    unsalted["parts"][0]["salt"] = "ab".into();
    let other = Trial::new();
    let mut stranger = other.open().await;
    agency(&mut stranger, "finance").await;
    let forged = line_of(&stranger, &id, &compose(&node, draft(&id, "Forged", "The text.")));
    let body = format!("{altered}not json\n\n{good}{partless}\n{unsalted}\n{{\"note\":\"\",\"more\":1}}\n{forged}");
    let before = node.heads.borrow().size;
    let portal = portal(&trial, &node).await;
    let (status, answers) = post(&portal, body).await;
    assert_eq!(status, StatusCode::OK);
    let refused: Vec<_> = answers.iter().map(|answer| answer["refused"].as_str().unwrap_or("")).collect();
    assert!(refused[0].contains("signature") || refused[0].contains("verify"), "{}", refused[0]);
    assert!(refused[1].contains("not a line of this address"), "{}", refused[1]);
    assert_eq!((refused[2], answers[2]["index"].as_u64()), ("", Some(before)));
    assert!(refused[3].contains("was not handed in"), "{}", refused[3]);
    assert!(refused[4].contains("salt"), "{}", refused[4]);
    assert!(refused[5].contains("more"), "{}", refused[5]);
    assert!(!refused[6].is_empty(), "a seal that another chain's registry knows");
    assert!(answers.iter().all(|answer| answer["retry"].as_bool() != Some(true)));
    assert_eq!(node.heads.borrow().size, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_beyond_the_limit_is_refused_before_it_is_read() {
    let trial = Trial::new();
    let node = trial.open().await;
    let portal = portal(&trial, &node).await;
    let (status, _) = post(&portal, vec![b' '; (32 << 20) + 1]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, _) = post(&portal, vec![b'\n'; 32 << 20]).await;
    assert_eq!(status, StatusCode::OK, "as much as is promised is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_served_as_what_its_statement_says_it_is() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let mut composed = compose(&node, draft(&id, "Notice", "# The text"));
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    composed.contents.iter_mut().for_each(|part| part.media = "text/html".into());
    let body = composed.contents[1].commitment;
    node.submitter.submit(note, composed.contents).await.unwrap();
    let (_, media, _) = get(&portal(&trial, &node).await, &format!("/content/{body}")).await;
    assert!(media.starts_with("text/markdown"), "{media}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_asked_for_again_stays_as_shut_in_as_it_was() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = compose(&node, draft(&id, "Notice", "# The text"));
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let address = format!("/content/{}", composed.contents[1].commitment);
    node.submitter.submit(note, composed.contents).await.unwrap();
    let portal = portal(&trial, &node).await;
    let first = || Request::get(&address);
    let (status, whole, _) = ask(&portal, "203.0.113.7:9", first().body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(whole[header::CONTENT_SECURITY_POLICY].to_str().unwrap().ends_with("sandbox"));
    let again = first().header(header::IF_NONE_MATCH, &whole[header::ETAG]).body(Body::empty()).unwrap();
    let (status, known, _) = ask(&portal, "203.0.113.7:9", again).await;
    assert_eq!(status, StatusCode::NOT_MODIFIED);
    // A browser takes the later of these for the bytes that it has.
    for name in [header::CONTENT_SECURITY_POLICY, header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::X_CONTENT_TYPE_OPTIONS] {
        assert_eq!(known[&name], whole[&name], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_told_to_wait_in_the_readers_language_and_others_are_served() {
    let trial = Trial::new();
    let node = trial.open().await;
    let portal = portal(&trial, &node).await;
    let from = |peer: &'static str, path: &'static str| ask(&portal, peer, Request::get(path).body(Body::empty()).unwrap());
    let mut refused = None;
    for _ in 0..5_000 {
        let (status, headers, body) = from("203.0.113.7:9", "/zh/about").await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some((headers, String::from_utf8(body).unwrap()));
            break;
        }
    }
    let (headers, page) = refused.expect("five thousand requests in a row");
    assert!(headers[header::RETRY_AFTER].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    assert!(page.contains("lang=\"zh") && headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert_eq!(from("203.0.113.8:9", "/zh/about").await.0, StatusCode::OK);
    assert_eq!(from("127.0.0.1:9", "/zh/about").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_has_a_page_gets_it_again_only_after_the_next_entry() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let portal = portal(&trial, &node).await;
    let page = |tag: Option<String>| {
        let mut request = Request::get("/en/").body(Body::empty()).unwrap();
        if let Some(tag) = tag {
            request.headers_mut().insert(header::IF_NONE_MATCH, tag.parse().unwrap());
        }
        ask(&portal, "127.0.0.1:9", request)
    };
    let (status, headers, _) = page(None).await;
    assert_eq!(status, StatusCode::OK);
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let (status, headers, body) = page(Some(tag.clone())).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(headers[header::ETAG].to_str().unwrap(), tag);
    trial::publish(&node, draft(&id, "Lanterns", "The text.")).await.unwrap();
    let (status, _, body) = page(Some(tag)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(String::from_utf8(body).unwrap().contains("Lanterns"));
}

/// They are answered without the layers around everything else.
#[tokio::test(flavor = "multi_thread")]
async fn the_logs_small_answers_carry_what_every_answer_does_and_count_like_any() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    agency(&mut node, "finance").await;
    let portal = portal(&trial, &node).await;
    let size = node.heads.borrow().size;
    let ask = |peer: &'static str, request: Request<Body>| ask(&portal, peer, request);
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let (tile, bundle) = (format!("/log/tile/0/000.p/{size}"), format!("/log/tile/entries/000.p/{size}"));
    let immutable = "public, max-age=31536000, immutable";
    for (path, media, cache) in [
        ("/log/checkpoint", "text/plain; charset=utf-8", "public, max-age=1, must-revalidate"),
        (&tile, "application/octet-stream", immutable),
        (&bundle, "application/octet-stream", immutable),
        ("/log/entry/0", "text/plain; charset=utf-8", immutable),
    ] {
        // Made, and then from memory.
        let mut bodies = Vec::new();
        for _ in 0..2 {
            let (status, headers, body) = ask("127.0.0.1:9", get(path)).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            for (name, value) in [
                ("content-type", media),
                ("cache-control", cache),
                ("access-control-allow-origin", "*"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
            ] {
                assert_eq!(headers.get_all(name).iter().collect::<Vec<_>>(), [value], "{path} {name}");
            }
            assert!(headers.contains_key("content-security-policy") && headers.contains_key("permissions-policy"), "{path}");
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[1], "{path}");
        let posted = ask("127.0.0.1:9", Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(posted.0, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let (_, headers, _) = ask("127.0.0.1:9", get(&tile)).await;
    let mut again = get(&tile);
    again.headers_mut().insert(header::IF_NONE_MATCH, headers[header::ETAG].clone());
    assert_eq!(ask("127.0.0.1:9", again).await.0, StatusCode::NOT_MODIFIED);
    let mut packed = get(&bundle);
    packed.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let (_, headers, _) = ask("127.0.0.1:9", packed).await;
    assert_eq!(
        (&headers[header::CONTENT_ENCODING], &headers[header::VARY]),
        (&"gzip".parse().unwrap(), &"accept-encoding".parse().unwrap())
    );
    // Hashes cannot be made smaller; nobody tries, whether they are kept or not.
    for _ in 0..2 {
        let mut hashes = get(&format!("/log/tile/0/000.p/{}", size - 1));
        hashes.headers_mut().insert(header::ACCEPT_ENCODING, "gzip, br".parse().unwrap());
        let (status, headers, body) = ask("127.0.0.1:9", hashes).await;
        assert_eq!((status, headers.get(header::CONTENT_ENCODING), body.len() as u64), (StatusCode::OK, None, 32 * (size - 1)));
    }
    for path in ["/log/checkpoint", &tile] {
        let mut refused = None;
        for _ in 0..5_000 {
            let (status, headers, _) = ask("203.0.113.9:9", get(path)).await;
            if status == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(headers);
                break;
            }
        }
        let headers = refused.expect("five thousand requests in a row");
        assert!(headers.contains_key(header::RETRY_AFTER) && headers.contains_key(header::CONTENT_SECURITY_POLICY));
    }
    let (_, headers, body) = ask("127.0.0.1:9", Request::head("/log/checkpoint").body(Body::empty()).unwrap()).await;
    assert!(body.is_empty() && headers["access-control-allow-origin"] == "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_nobody_could_read_is_refused_at_the_door() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let mut odd = compose(&node, draft(&id, "Notice", "The text."));
    let catalogue = &mut odd.contents[0];
    let (old, size) = (catalogue.commitment.to_string(), catalogue.size);
    let bytes = "{\"title\":\"a\u{ffff}\"}".as_bytes().to_vec();
    (catalogue.commitment, catalogue.size) = (chain::part::Commitment::to(&catalogue.salt, &bytes), bytes.len() as u64);
    odd.text = odd.text.replace(&old, &catalogue.commitment.to_string());
    odd.text = odd.text.replacen(&format!("\"size\":{size}"), &format!("\"size\":{}", bytes.len()), 1);
    catalogue.bytes = Some(bytes);
    let size = node.heads.borrow().size;
    let (status, answers) = post(&portal(&trial, &node).await, line_of(&node, &id, &odd)).await;
    assert_eq!(status, StatusCode::OK);
    let refused = answers[0]["refused"].as_str().unwrap();
    assert!(refused.contains("does not read") && answers[0]["retry"] == false, "{refused}");
    assert_eq!(node.heads.borrow().size, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_is_answered_with_a_page_in_its_language() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    trial::publish(&node, draft(&id, "Lanterns", "The text.")).await.unwrap();
    let size = node.heads.borrow().size;
    let (index, _) = follow::open(&trial.place.data, size).unwrap();
    follow::catch_up(&node.store, &index, size).await.unwrap();
    let portal = portal(&trial, &node).await;
    for (path, status) in [
        ("/en/?before=1&before=2", 400),
        ("/en/?before=x", 400),
        ("/en/?order=stated&page=0", 400),
        ("/en/?order=stated&page=99999999999999999999", 400),
        ("/en/?order=stated&page=4000", 404),
        ("/en/disclosures/%ff", 400),
        ("/en/disclosures/x", 400),
        ("/en/entries/%ff", 400),
        ("/en/entries/99", 404),
        ("/en/agencies/%ff", 400),
        ("/en/agencies/nobody", 404),
        (&format!("/en/agencies/{id}?page=1&page=2"), 400),
        (&format!("/en/agencies/{id}?page=-1"), 400),
        (&format!("/en/agencies/{id}?page=2"), 404),
        ("/en/search?q=a&q=b", 400),
        ("/en/search?q=lanterns&page=0", 400),
        ("/en/search?page=4000", 404),
        ("/en/search?standing=nonsense", 400),
        (&format!("/en/search?genre={}", "x".repeat(500)), 400),
        ("/en/nowhere", 404),
        ("/en/%ff", 404),
    ] {
        for (lang, path) in [("en", path.to_owned()), ("zh", path.replacen("/en/", "/zh/", 1))] {
            let (found, media, body) = get(&portal, &path).await;
            let body = String::from_utf8(body).unwrap();
            assert_eq!(found.as_u16(), status, "{path}: {body}");
            assert!(media.starts_with("text/html") && body.contains(&format!("<html lang=\"{lang}")), "{path}: {body}");
        }
    }
    assert_eq!(get(&portal, &format!("/en/agencies/{id}?page=1")).await.0, StatusCode::OK);
    assert_eq!(get(&portal, "/en/?order=stated&page=1").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_too_large_for_a_list_is_refused_and_the_line_beside_it_is_logged() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let titled = |length: usize| draft(&id, &"t".repeat(length), "The text.");
    let too_large = titled(70_000).compose(&node.origin, &server::compose::random_id().unwrap()).unwrap_err().to_string();
    assert!(too_large.contains("at most 65536 bytes"), "{too_large}");
    // What is composed elsewhere says what it likes.
    let mut large = compose(&node, titled(10));
    let catalogue = &mut large.contents[0];
    let (old, size) = (catalogue.commitment.to_string(), catalogue.size);
    let bytes = format!("{{\"title\":\"{}\"}}", "t".repeat(70_000)).into_bytes();
    (catalogue.commitment, catalogue.size) = (chain::part::Commitment::to(&catalogue.salt, &bytes), bytes.len() as u64);
    large.text = large.text.replace(&old, &catalogue.commitment.to_string());
    large.text = large.text.replacen(&format!("\"size\":{size}"), &format!("\"size\":{}", bytes.len()), 1);
    catalogue.bytes = Some(bytes);
    let body = format!("{}{}", line_of(&node, &id, &large), line_of(&node, &id, &compose(&node, titled(60_000))));
    let size = node.heads.borrow().size;
    let (status, answers) = post(&portal(&trial, &node).await, body).await;
    assert_eq!(status, StatusCode::OK);
    let refused = answers[0]["refused"].as_str().unwrap();
    assert!(refused.contains("at most 65536 bytes") && answers[0]["retry"] == false, "{refused}");
    assert_eq!(answers[1]["index"].as_u64(), Some(size));
    let line = trial::line(1, "").replace("Notice 1 of Qinghe", &"t".repeat(70_000));
    let report = trial::import_all(&node, &[trial.file("long.jsonl", &format!("{line}{}", trial::line(2, "")))]).await;
    assert_eq!(report.added, 1, "{report:?}");
    assert!(format!("{report:?}").contains("at most 65536 bytes"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_downloaded_under_the_name_in_its_catalogue_as_long_as_that_may_be_known() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let mut notice = draft(&id, "Notice", "The text.");
    let file = |name: &str, media: &str| server::compose::Document {
        role: "attachment",
        media: media.into(),
        language: None,
        name: name.into(),
        bytes: name.as_bytes().to_vec(),
    };
    notice.documents.extend([file("收费表.csv", "text/csv"), file("seal.html", "text/html")]);
    let composed = compose(&node, notice);
    let parts: Vec<_> = composed.contents.iter().map(|part| part.commitment).collect();
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let receipt = node.submitter.submit(note, composed.contents).await.unwrap();
    let portal = portal(&trial, &node).await;
    let disposition = async |path: String| {
        let (_, headers, _) = ask(&portal, "127.0.0.1:9", Request::get(path).body(Body::empty()).unwrap()).await;
        headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned()
    };
    let of = |part: usize| format!("/content/{}", parts[part]);
    assert_eq!(disposition(of(1)).await, "inline; filename=\"body.md\"; filename*=UTF-8''body.md");
    assert_eq!(disposition(of(2)).await, "inline; filename=\"___.csv\"; filename*=UTF-8''%E6%94%B6%E8%B4%B9%E8%A1%A8.csv");
    assert_eq!(disposition(of(3)).await, "attachment; filename=\"seal.html\"; filename*=UTF-8''seal.html");
    assert_eq!(disposition(of(0)).await, "inline");
    assert_eq!(disposition(format!("{}.salt", of(2))).await, "inline");
    trial::redact(&node, &id, trial::reference(&receipt), vec![parts[0]]).await.unwrap();
    assert_eq!(disposition(of(3)).await, "attachment", "a name may be what was redacted");
}
