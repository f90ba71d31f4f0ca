//! What amending the charter from the desk promises: the registrars of before sign it, nobody is locked out, a running log takes its new
//! key over, and what waits for a registrar is found and told until they have signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod portal;
#[macro_use]
mod trial;

use axum::http::StatusCode;
use chain::{
    checkpoint::Checkpoint,
    note::{KeyType, Signer, Vkey, sign},
    possession::{self, Office},
    statement::Charter,
};
use desk::{Answer, Desk, Person};
use server::{keys, registrar::Registrar, staff::Role};
use trial::Engine;

on_each_engine! {
    the_registrars_of_before_sign_and_those_of_after_from_then_on,
    what_would_lock_everybody_out_or_cannot_be_is_refused_with_a_sentence,
    a_running_log_takes_over_the_key_that_was_made_for_it_at_the_desk,
    a_registrars_key_is_enrolled_by_whoever_proves_to_have_it_and_under_a_name_of_its_own,
    what_waits_for_a_registrar_is_counted_until_they_have_signed_its_text,
    an_amendment_over_another_charter_is_written_anew_and_signed_anew,
    a_name_that_looks_like_a_persons_number_is_warned_of_before_it_is_asked_for,
}

const TWO: &str = "gazette.example/registrar-2";
const CHARTER: &str = "/en/desk/charter";

fn key(name: &str) -> Signer {
    Signer::new(name, KeyType::Ed25519, &keys::random().unwrap()).unwrap()
}

/// The registrar's key of a trial.
fn first(desk: &Desk) -> Signer {
    keys::open(&desk.trial.place.data.join("keys/registrar.key")).unwrap()
}

fn charter(desk: &Desk) -> Charter {
    desk.node.submitter.state().charter().unwrap().clone()
}

async fn registrar(desk: &Desk, login: &str) -> Person {
    desk.person(login, &[(Role::Registrar, "")]).await
}

fn proof(desk: &Desk, office: Office, name: &str, who: &Person, key: &Vkey, by: &Signer) -> String {
    sign(&possession::text(&desk.node.origin, office, name, &who.account.id, key).unwrap(), &[by])
}

/// Asks that a key become a registrar's.
async fn enrol(desk: &Desk, who: &Person, key: &Signer) -> Answer {
    let proof = proof(desk, Office::Registrar, key.vkey().name(), who, key.vkey(), key);
    desk.post(Some(&who.token), &format!("{CHARTER}/key/{}", key.vkey().name()), &[("proof", &proof)]).await
}

/// The form as the page fills it, but for what is given here; what is given as nothing is left out.
async fn ask(desk: &Desk, who: &Person, changed: &[(&str, &str)]) -> Answer {
    let charter = charter(desk);
    let registrars: Vec<_> = charter.registrars.keys.iter().map(ToString::to_string).collect();
    let threshold = charter.registrars.threshold.to_string();
    let mut fields: Vec<(&str, &str)> = registrars.iter().map(|key| ("registrar", key.as_str())).collect();
    fields.extend([("threshold", threshold.as_str()), ("zone", &charter.zone), ("policy", &charter.policy)]);
    fields.extend([("name_zh", charter.name["zh"].as_str()), ("name_en", charter.name["en"].as_str())]);
    fields.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
    fields.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
    desk.post(Some(&who.token), CHARTER, &fields).await
}

async fn text(desk: &Desk, who: &Person, path: &str) -> String {
    desk.get(Some(&who.token), &format!("{path}/text")).await.body
}

async fn hand_in(desk: &Desk, who: &Person, path: &str, by: &Signer) -> Answer {
    let note = by.add_to(&text(desk, who, path).await).unwrap();
    desk.post(Some(&who.token), path, &[("note", &note)]).await
}

async fn here(desk: &Desk, who: &Person, path: &str) -> Answer {
    desk.post(Some(&who.token), &format!("{path}?here"), &[]).await
}

/// Two registrars, of whom both must sign.
async fn with_two(desk: &Desk) -> (Person, Person, Signer) {
    let (one, two, second) = (registrar(desk, "one").await, registrar(desk, "two").await, key(TWO));
    let asked = enrol(desk, &two, &second).await.to().to_owned();
    let id = asked.rsplit('/').next().unwrap();
    let path = ask(desk, &one, &[("candidate", id), ("threshold", "2")]).await.to().to_owned();
    assert_eq!(here(desk, &one, &path).await.to(), CHARTER);
    (one, two, second)
}

async fn the_registrars_of_before_sign_and_those_of_after_from_then_on(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two, second) = with_two(&desk).await;
    let amended = charter(&desk);
    assert_eq!((amended.registrars.threshold, amended.registrars.keys.len()), (2, 2));
    assert_eq!(amended.registrars.keys[1], *second.vkey());
    // Who asked to become one is one, and waits no more.
    assert!(desk.get(Some(&one.token), CHARTER).await.body.contains("Nothing waits"));
    let noted: Vec<_> = desk.staff.journal().before(i64::MAX, 100).await.unwrap().into_iter().map(|noted| noted.what).collect();
    assert_eq!(noted.iter().filter(|what| *what == "registered").count(), 2, "the amendment, and the key that it took up: {noted:?}");

    let path = ask(&desk, &one, &[("zone", "Europe/Berlin")]).await.to().to_owned();
    let page = desk.get(Some(&two.token), &path).await.body;
    for said in [
        r#"data-field="was-zone">Asia/Shanghai<"#,
        r#"data-field="new-zone">Europe/Berlin<"#,
        r#"data-field="threshold">2<"#,
        r#"data-before="/log/entry/"#,
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Register with the key on this server"), "one key is not enough any more");
    assert_eq!(here(&desk, &one, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(hand_in(&desk, &one, &path, &first(&desk)).await.to(), path);
    assert_eq!(charter(&desk).zone, "Asia/Shanghai", "one of two");
    assert_eq!(hand_in(&desk, &two, &path, &key(TWO)).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a key of the same name");
    assert_eq!(hand_in(&desk, &two, &path, &second).await.to(), CHARTER);
    assert_eq!(charter(&desk).zone, "Europe/Berlin");

    // One goes: both sign that, and from then on the other alone.
    let path = ask(&desk, &one, &[("registrar", &second.vkey().to_string()), ("threshold", "1")]).await.to().to_owned();
    hand_in(&desk, &two, &path, &second).await.to();
    assert_eq!(charter(&desk).registrars.keys.len(), 2);
    hand_in(&desk, &one, &path, &first(&desk)).await.to();
    assert_eq!(charter(&desk).registrars.keys, [second.vkey().clone()]);
    let path = ask(&desk, &one, &[("name_en", "Yunze Gazette")]).await.to().to_owned();
    assert_eq!(hand_in(&desk, &one, &path, &first(&desk)).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a registrar no more");
    hand_in(&desk, &two, &path, &second).await.to();
    let amended = charter(&desk);
    assert_eq!((&*amended.name["en"], amended.name["zh"].is_empty(), amended.trial), ("Yunze Gazette", false, true));
    trial::close(desk.node).await;
    server::fsck::fsck(&desk.trial.place, &|_, _, _| {}).await.unwrap();
}

async fn what_would_lock_everybody_out_or_cannot_be_is_refused_with_a_sentence(engine: Engine) {
    let desk = Desk::on(engine).await;
    let one = registrar(&desk, "one").await;
    let size = desk.node.heads.borrow().size.to_string();
    for (changed, said) in [
        (&[("registrar", "")][..], "No registrar would be left"),
        (&[("threshold", "2")], "2 registrars would have to sign and there would be 1"),
        (&[("threshold", "0")], "At least one registrar must sign"),
        (&[("threshold", "two")], "Give a whole number"),
        (&[("threshold", "-1")], "Give a whole number"),
        (&[("zone", "Atlantis/Capital")], "Give a time zone"),
        (&[("policy", "quorum maybe")], "This is no tlog-policy file"),
        (&[("policy", "")], "This is no tlog-policy file"),
        (&[("name_en", "")], "Give a name in Chinese and one in English"),
        (&[("rotates", "1"), ("from", &size)], "Give a number larger than"),
        (&[("rotates", "1"), ("from", "soon")], "Give a whole number"),
        (&[], "The charter says so already"),
    ] {
        let refused = ask(&desk, &one, changed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed:?}");
        assert!(refused.body.contains(said), "{changed:?}: {}", refused.body);
    }
    let page = desk.get(Some(&one.token), CHARTER).await.body;
    assert!(page.contains("Nothing waits"), "nothing of it was asked for");
    // What was typed is not lost.
    let refused = ask(&desk, &one, &[("threshold", "7"), ("zone", "Europe/Berlin")]).await.body;
    assert!(refused.contains(r#"value="7""#) && refused.contains(r#"value="Europe/Berlin""#));
    // Nobody else amends anything; auditors read it.
    for role in [(Role::Auditor, ""), (Role::Administrator, ""), (Role::Administrator, "gazette.example/archive")] {
        let other = desk.person(&format!("other-{}-{}", role.0.code(), role.1.len()), &[role]).await;
        let seen = if role.0 == Role::Auditor { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(desk.get(Some(&other.token), CHARTER).await.status, seen, "{role:?}");
        assert_eq!(ask(&desk, &other, &[("zone", "Europe/Berlin")]).await.status, StatusCode::NOT_FOUND, "{role:?}");
        assert_eq!(enrol(&desk, &other, &key(TWO)).await.status, StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn a_running_log_takes_over_the_key_that_was_made_for_it_at_the_desk(engine: Engine) {
    let mut desk = Desk::on(engine).await;
    let one = registrar(&desk, "one").await;
    let agency = trial::agency(&mut desk.node, "works").await;
    let folder = desk.trial.place.data.join("keys");
    let old = keys::open(&folder.join("log.key")).unwrap();
    let size = || desk.node.heads.borrow().size;
    let from = size() + 3;
    let rotation = [("rotates", "1".to_owned()), ("from", from.to_string())];
    let rotation: Vec<_> = rotation.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Asked for and taken back: the key that was made for it is the one that is taken the next time.
    let withdrawn = ask(&desk, &one, &rotation).await.to().to_owned();
    desk.post(Some(&one.token), &format!("{withdrawn}?withdraw"), &[]).await.to();
    let path = ask(&desk, &one, &rotation).await.to().to_owned();
    assert!(folder.join("log-2.key").exists() && !folder.join("log-3.key").exists());
    here(&desk, &one, &path).await.to();
    let new = keys::open(&folder.join("log-2.key")).unwrap();
    let newest = charter(&desk).logs.last().unwrap().clone();
    assert_eq!((&newest.key, newest.from), (new.vkey(), from));
    let signed_by = |key: &Vkey| Checkpoint::open(desk.node.heads.borrow().checkpoint.as_bytes(), key).is_ok();
    while size() < from {
        assert!(signed_by(old.vkey()) && !signed_by(new.vkey()), "at {}", size());
        trial::publish(&desk.node, trial::draft(&agency, "Lanterns", "# Lit")).await.unwrap();
    }
    assert!(signed_by(new.vkey()) && !signed_by(old.vkey()), "no restart lies in between");
    // Another one behind it; one that begins where the log is already, once enough have signed, is not taken.
    let from = (size() + 1).to_string();
    let path = ask(&desk, &one, &[("rotates", "1"), ("from", &from)]).await.to().to_owned();
    trial::publish(&desk.node, trial::draft(&agency, "Lanterns", "# Out")).await.unwrap();
    assert!(desk.get(Some(&one.token), &path).await.body.contains("the log would refuse it"));
    let refused = here(&desk, &one, &path).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(charter(&desk).logs.len(), 2);
    trial::close(desk.node).await;
    server::fsck::fsck(&desk.trial.place, &|_, _, _| {}).await.unwrap();
}

async fn a_registrars_key_is_enrolled_by_whoever_proves_to_have_it_and_under_a_name_of_its_own(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two) = (registrar(&desk, "one").await, registrar(&desk, "two").await);
    for (typed, free) in
        [("registrar-2", true), ("registrar", false), ("archive", false), ("log", false), ("a/b", false), ("Two", false), ("", false)]
    {
        let answer = desk.post(Some(&two.token), &format!("{CHARTER}?key"), &[("key", typed)]).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, free, "{typed:?}");
    }
    let (mine, theirs) = (key(TWO), key(TWO));
    let name = "gazette.example/archive";
    for (what, at, wrong) in [
        ("nothing", TWO, String::new()),
        ("the public half alone", TWO, mine.vkey().to_string()),
        ("another's public half", TWO, proof(&desk, Office::Registrar, TWO, &two, theirs.vkey(), &mine)),
        ("a proof for another account", TWO, proof(&desk, Office::Registrar, TWO, &one, mine.vkey(), &mine)),
        ("a proof of a post's key", TWO, proof(&desk, Office::Post, TWO, &two, mine.vkey(), &mine)),
        ("a proof of another name", "gazette.example/registrar-3", proof(&desk, Office::Registrar, TWO, &two, mine.vkey(), &mine)),
        ("a statement", TWO, mine.add_to("gazette/v1/statement gazette.example/log\n{}\n").unwrap()),
    ] {
        let refused = desk.post(Some(&two.token), &format!("{CHARTER}/key/{at}"), &[("proof", &wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(refused.body.contains("does not prove that you have the key"), "{what}");
    }
    assert_eq!(enrol(&desk, &two, &key(name)).await.status, StatusCode::NOT_FOUND, "an agency's name");
    // The key of a seal becomes no registrar's, under whatever name.
    let seal = server::keys::open(&desk.trial.place.data.join("keys/log.key")).unwrap();
    let path = enrol(&desk, &two, &mine).await.to().to_owned();
    assert!(desk.get(Some(&one.token), CHARTER).await.body.contains(&mine.vkey().to_string()));
    assert_eq!(enrol(&desk, &two, &seal).await.status, StatusCode::NOT_FOUND, "the log's own name");
    here(&desk, &one, &path).await.to();
    assert_eq!(charter(&desk).registrars.keys.len(), 2);
    assert_eq!(enrol(&desk, &one, &key(TWO)).await.status, StatusCode::UNPROCESSABLE_ENTITY, "another key of that name");
    // It signs, as the charter says.
    let path = ask(&desk, &one, &[("zone", "Europe/Berlin")]).await.to().to_owned();
    hand_in(&desk, &two, &path, &mine).await.to();
    assert_eq!(charter(&desk).zone, "Europe/Berlin");
}

async fn what_waits_for_a_registrar_is_counted_until_they_have_signed_its_text(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two, second) = with_two(&desk).await;
    let other = desk.person("other", &[(Role::Administrator, "gazette.example/archive")]).await;
    let room = Registrar::new(desk.staff.clone(), desk.node.clone());
    let waits = async |who: &Person| room.waiting_for(&who.account).await.unwrap().len();
    let home = async |who: &Person| desk.get(Some(&who.token), "/en/desk").await.body;
    assert_eq!((waits(&one).await, waits(&two).await), (0, 0));
    let path = ask(&desk, &one, &[("zone", "Europe/Berlin")]).await.to().to_owned();
    for who in [&one, &two] {
        assert_eq!(waits(who).await, 1, "{}", who.account.login);
        let page = home(who).await;
        assert!(page.contains("1 thing waits for you") && page.contains(&format!("href=\"{path}\"")), "{page}");
    }
    assert_eq!(waits(&other).await, 0);
    assert!(!home(&other).await.contains(&path));
    hand_in(&desk, &one, &path, &first(&desk)).await.to();
    assert_eq!((waits(&one).await, waits(&two).await), (0, 1), "whoever has signed has done what waited");
    assert!(!home(&one).await.contains("1 thing waits for you") && home(&two).await.contains("1 thing waits for you"));
    hand_in(&desk, &two, &path, &second).await.to();
    assert_eq!((waits(&one).await, waits(&two).await), (0, 0));
    // Taken back before anybody signed it.
    let path = ask(&desk, &one, &[("zone", "Asia/Shanghai")]).await.to().to_owned();
    assert_eq!(waits(&two).await, 1);
    desk.post(Some(&one.token), &format!("{path}?withdraw"), &[]).await.to();
    assert_eq!(waits(&two).await, 0);
}

async fn an_amendment_over_another_charter_is_written_anew_and_signed_anew(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two, second) = with_two(&desk).await;
    let room = Registrar::new(desk.staff.clone(), desk.node.clone());
    let waits = async |who: &Person| room.waiting_for(&who.account).await.unwrap().len();
    let zone = ask(&desk, &one, &[("zone", "Europe/Berlin")]).await.to().to_owned();
    hand_in(&desk, &one, &zone, &first(&desk)).await.to();
    let old = text(&desk, &one, &zone).await;
    let name = ask(&desk, &one, &[("name_en", "Yunze Gazette")]).await.to().to_owned();
    hand_in(&desk, &one, &name, &first(&desk)).await.to();
    hand_in(&desk, &two, &name, &second).await.to();
    // Whoever had signed the first is waited for again, before anybody looks at it.
    assert_eq!((waits(&one).await, waits(&two).await), (1, 1));
    let late = second.add_to(&old).unwrap();
    assert_eq!(desk.post(Some(&two.token), &zone, &[("note", &late)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let anew = text(&desk, &one, &zone).await;
    assert!(anew == chain::note::text_of(&anew) && anew.contains("Yunze Gazette"), "{anew}");
    hand_in(&desk, &two, &zone, &second).await.to();
    assert_eq!((waits(&one).await, waits(&two).await), (1, 0));
    hand_in(&desk, &one, &zone, &first(&desk)).await.to();
    let amended = charter(&desk);
    assert_eq!((&*amended.zone, &*amended.name["en"]), ("Europe/Berlin", "Yunze Gazette"));
}

/// What a form that was drawn again says was seen.
fn seen(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains("This looks like personal data (mobile number)"), "{}", answer.body);
    answer.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn a_name_that_looks_like_a_persons_number_is_warned_of_before_it_is_asked_for(engine: Engine) {
    let desk = Desk::on(engine).await;
    let one = registrar(&desk, "one").await;
    let name = ("name_zh", "云泽公报 13800138000");
    let warned = seen(&ask(&desk, &one, &[name]).await);
    assert!(desk.get(Some(&one.token), CHARTER).await.body.contains("Nothing waits"), "nothing was asked for");
    let other = seen(&ask(&desk, &one, &[("name_zh", "云泽公报 13900139000"), ("seen", &warned)]).await);
    assert_ne!(other, warned, "what was seen is one text");
    let path = ask(&desk, &one, &[name, ("seen", &warned)]).await.to().to_owned();
    for (lang, said) in [("en", "A name here looks like personal data (mobile number)."), ("zh", "此处名称疑似含有个人信息（手机号）")]
    {
        let page = desk.get(Some(&one.token), &path.replace("/en/", &format!("/{lang}/"))).await.body;
        assert!(page.contains(said), "whoever signs it is warned too: {page}");
    }
    // It stands there now: an amendment of something else is none of it.
    here(&desk, &one, &path).await.to();
    assert_eq!(ask(&desk, &one, &[("zone", "Europe/Berlin")]).await.status, StatusCode::SEE_OTHER);
    let key = async |seen: &str| desk.post(Some(&one.token), &format!("{CHARTER}?key"), &[("key", "13800138000"), ("seen", seen)]).await;
    let warned = seen(&key("").await);
    assert_eq!(key(&warned).await.to(), format!("{CHARTER}/key/gazette.example/13800138000"));
}
