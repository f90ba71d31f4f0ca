//! What registering from the desk promises: officers make keys, registrars sign, the chain takes what enough of them signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod portal;
#[macro_use]
mod trial;

use axum::http::StatusCode;
use chain::{
    note::{KeyType, Signer, with_signature},
    possession::Office,
    state::Refusal,
    statement::{Core, Post, Reference, Registrars, Statement},
};
use desk::{Answer, Desk, Person};
use server::{compose, keys, node::Node, sequencer::SubmitError, staff::Role};
use trial::Engine;

on_each_engine! {
    on_a_trial_an_officers_key_is_registered_by_one_click_and_signs,
    two_of_three_registrars_sign_in_any_order_and_by_file_or_browser,
    a_signature_never_counts_for_a_text_its_registrar_had_not_seen,
    a_registrar_who_is_none_any_more_has_signed_nothing_that_waits,
    only_those_who_work_there_ask_and_only_registrars_sign,
    a_post_is_given_by_its_agencys_administrator_and_its_next_keys_are_its_holders,
    a_key_that_is_lost_ends_and_one_that_is_anothers_is_never_registered,
    a_rule_is_asked_for_by_a_form_and_only_if_something_can_meet_it,
    a_new_agency_gets_a_seal_that_seals_at_once,
    a_key_is_enrolled_only_by_whoever_proves_to_have_it,
    who_keeps_a_new_agencys_seal_is_chosen_and_registered,
    a_successor_speaks_for_an_abolished_body_and_an_overseer_states_what_became_of_its_documents,
    what_was_signed_and_taken_back_goes_stale_and_what_came_to_the_log_by_another_way_waits_for_nobody,
    that_a_key_has_ended_is_asked_for_even_where_too_much_waits,
    a_name_that_looks_like_a_persons_number_is_warned_of_and_not_refused,
}

const AGENCY: &str = "gazette.example/archive";
const POST: &str = "gazette.example/archive/approver";
const NAMES: &str = "agency=gazette.example%2Farchive&zh=%E5%AE%A1%E6%89%B9%E4%BA%BA&en=Approver";

fn key(name: &str) -> Signer {
    Signer::new(name, KeyType::Ed25519, &keys::random().unwrap()).unwrap()
}

fn post(node: &Node) -> Option<Post> {
    let state = node.submitter.state();
    server::registrar::post(&state, POST).map(|(_, post)| post.clone())
}

/// The registrar's key of a trial.
fn registrar(desk: &Desk) -> Signer {
    keys::open(&desk.trial.place.data.join("keys/registrar.key")).unwrap()
}

async fn amend(desk: &Desk, threshold: usize, registrars: &[&Signer]) -> Reference {
    let charter = desk.node.store.entry(0).await.unwrap().unwrap();
    let first = Reference { index: 0, leaf: chain::tree::leaf_hash(&charter) };
    amend_by(desk, first, threshold, registrars, &[&registrar(desk)]).await
}

async fn amend_by(desk: &Desk, amends: Reference, threshold: usize, registrars: &[&Signer], by: &[&Signer]) -> Reference {
    let keys = registrars.iter().map(|signer| signer.vkey().clone()).collect();
    let mut amended = desk.node.submitter.state().charter().unwrap().clone();
    (amended.registrars, amended.amends) = (Registrars { threshold, keys }, Some(amends));
    let line = chain::statement::core_line("charter", &compose::random_id().unwrap(), &amended).unwrap();
    let note = chain::note::sign(&chain::statement::text(&desk.node.origin, &line, None), by);
    let receipt = desk.node.submitter.submit(note, vec![]).await.unwrap();
    Reference { index: receipt.index, leaf: receipt.leaf.unwrap() }
}

/// Somebody of the agency asks for a key of the post; the registration's path, without the language.
async fn enrol(desk: &Desk, who: &Person, key: &Signer) -> Answer {
    hand_in(desk, who, &proof(desk, &who.account.id, key.vkey(), key)).await
}

/// What proves that somebody has a key, signed by `by`.
fn proof(desk: &Desk, account: &str, key: &chain::note::Vkey, by: &Signer) -> String {
    chain::note::sign(&chain::possession::text(&desk.node.origin, Office::Post, POST, account, key).unwrap(), &[by])
}

async fn hand_in(desk: &Desk, who: &Person, proof: &str) -> Answer {
    desk.post(Some(&who.token), &format!("/en/desk/posts/key/{POST}?{NAMES}"), &[("proof", proof)]).await
}

/// The one registration that waits, as a registrar finds it.
async fn waiting(desk: &Desk, registrar: &Person) -> String {
    let page = desk.get(Some(&registrar.token), "/en/desk/registrations").await;
    let at = page.body.find("/en/desk/registrations/").unwrap_or_else(|| panic!("nothing waits: {}", page.body));
    page.body[at..].split('"').next().unwrap().to_owned()
}

async fn text(desk: &Desk, registrar: &Person, path: &str) -> String {
    desk.get(Some(&registrar.token), &format!("{path}/text")).await.body
}

async fn on_a_trial_an_officers_key_is_registered_by_one_click_and_signs(engine: Engine) {
    let desk = Desk::on(engine).await;
    let officer = desk.person("officer", &[(Role::Approver, AGENCY)]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    let key = key(POST);
    assert_eq!(enrol(&desk, &officer, &key).await.to(), format!("/en/desk/posts/of/{AGENCY}"));
    assert!(post(&desk.node).is_none(), "it waits");
    let path = waiting(&desk, &registrar).await;
    let page = desk.get(Some(&registrar.token), &path).await.body;
    assert!(page.contains("Register with the key on this server") && page.contains(&key.vkey().to_string()), "{page}");
    desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await.to();
    let registered = post(&desk.node).unwrap();
    assert_eq!((registered.keys[0].key.to_string(), &*registered.name["en"]), (key.vkey().to_string(), "Approver"));
    assert!(desk.get(Some(&registrar.token), "/en/desk/registrations").await.body.contains("Nothing waits"));
    let noted: Vec<_> = desk.staff.journal().before(i64::MAX, 100).await.unwrap().into_iter().map(|noted| noted.what).collect();
    for what in ["registration-asked", "registration-signed", "registered"] {
        assert!(noted.iter().any(|noted| noted == what), "{what} is not in the journal: {noted:?}");
    }
}

async fn two_of_three_registrars_sign_in_any_order_and_by_file_or_browser(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two, three) = (registrar(&desk), key("gazette.example/registrar-2"), key("gazette.example/registrar-3"));
    amend(&desk, 2, &[&one, &two, &three]).await;
    let officer = desk.person("officer", &[(Role::Approver, AGENCY)]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    enrol(&desk, &officer, &key(POST)).await.to();
    let path = waiting(&desk, &registrar).await;
    let page = desk.get(Some(&registrar.token), &path).await.body;
    assert!(!page.contains("Register with the key on this server"), "one key is not enough here");
    let here = desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await;
    assert!(here.status == StatusCode::NOT_FOUND && post(&desk.node).is_none(), "{}", here.status);

    let text = text(&desk, &registrar, &path).await;
    let hand_in = async |note: &str| desk.post(Some(&registrar.token), &path, &[("note", note)]).await;
    // What nobody should sign it with, or what is another text.
    let stranger = key("gazette.example/registrar-2");
    for wrong in [
        text.clone(),
        String::new(),
        stranger.add_to(&text).unwrap(),
        three.add_to(&text.replace("Approver", "Minister")).unwrap(),
        three.add_to(&text).unwrap().replace("Approver", "Minister"),
    ] {
        let refused = hand_in(&wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(
            refused.body.contains("No registrar&#x27;s signature") || refused.body.contains("No registrar's signature"),
            "{}",
            refused.body
        );
    }
    // From a machine that ends its lines otherwise.
    assert_eq!(hand_in(&three.add_to(&text).unwrap().replace('\n', "\r\n")).await.to(), path);
    assert!(post(&desk.node).is_none(), "one of two");
    assert_eq!(hand_in(&three.add_to(&text).unwrap()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not twice by one");
    hand_in(&one.add_to(&text).unwrap()).await.to();
    let registered = post(&desk.node).unwrap();
    assert_eq!(registered.keys.len(), 1);
    // The entry has both signatures, and no other.
    let entry = desk.node.store.entry(desk.node.heads.borrow().size - 1).await.unwrap().unwrap();
    let entry = chain::entry::Entry::parse(&entry).unwrap();
    assert_eq!(Statement::parse(entry.note.as_bytes()).unwrap().note.signatures.len(), 2);
}

async fn a_signature_never_counts_for_a_text_its_registrar_had_not_seen(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, two) = (registrar(&desk), key("gazette.example/registrar-2"));
    amend(&desk, 2, &[&one, &two]).await;
    let officer = desk.person("officer", &[(Role::Approver, AGENCY)]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    enrol(&desk, &officer, &key(POST)).await.to();
    let first = waiting(&desk, &registrar).await;
    let text_of_first = text(&desk, &registrar, &first).await;
    desk.post(Some(&registrar.token), &first, &[("note", &one.add_to(&text_of_first).unwrap())]).await.to();
    // Another key of the same post is registered meanwhile, by both, offline.
    let other = Post { post: POST.into(), agency: AGENCY.into(), name: Default::default(), keys: vec![], replaces: None };
    let other = Post { keys: vec![chain::statement::Key { key: key(POST).vkey().clone(), custody: None, ended: None }], ..other };
    let line = chain::statement::core_line("post", &compose::random_id().unwrap(), &other).unwrap();
    let note = chain::note::sign(&chain::statement::text(&desk.node.origin, &line, None), &[&one, &two]);
    desk.node.submitter.submit(note, vec![]).await.unwrap();

    let refused = desk.post(Some(&registrar.token), &first, &[("note", &two.add_to(&text_of_first).unwrap())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let anew = text(&desk, &registrar, &first).await;
    assert_eq!(anew, chain::note::text_of(&anew), "the signature on the text before is gone");
    let Core::Post(says) = server::registrar::said(&anew).unwrap() else { panic!("{anew}") };
    assert_eq!(says.keys.len(), 2, "and it keeps the key that was registered meanwhile");
    for signer in [&one, &two] {
        desk.post(Some(&registrar.token), &first, &[("note", &signer.add_to(&anew).unwrap())]).await.to();
    }
    assert_eq!(post(&desk.node).unwrap().keys.len(), 2);
}

async fn a_registrar_who_is_none_any_more_has_signed_nothing_that_waits(engine: Engine) {
    let desk = Desk::on(engine).await;
    let [one, two, three] = ["1", "2", "3"].map(|n| key(&format!("gazette.example/registrar-{n}")));
    let at = amend(&desk, 2, &[&one, &two]).await;
    let officer = desk.person("officer", &[(Role::Approver, AGENCY)]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    enrol(&desk, &officer, &key(POST)).await.to();
    let path = waiting(&desk, &registrar).await;
    let hand_in = async |signer: &Signer| {
        let note = signer.add_to(chain::note::text_of(&text(&desk, &registrar, &path).await)).unwrap();
        desk.post(Some(&registrar.token), &path, &[("note", &note)]).await.to().to_owned()
    };
    assert_eq!(hand_in(&one).await, path);
    amend_by(&desk, at, 2, &[&two, &three], &[&one, &two]).await;
    assert_eq!(hand_in(&two).await, path, "one of two, again");
    assert!(post(&desk.node).is_none());
    assert_ne!(hand_in(&three).await, path);
    assert!(post(&desk.node).is_some());
}

async fn only_those_who_work_there_ask_and_only_registrars_sign(engine: Engine) {
    let desk = Desk::on(engine).await;
    let officer = desk.person("officer", &[(Role::Approver, AGENCY)]).await;
    let stranger = desk.person("stranger", &[(Role::Administrator, "gazette.example/other")]).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    let of = format!("/en/desk/posts/of/{AGENCY}");
    for (who, seen) in [(&officer, true), (&auditor, true), (&registrar, true), (&stranger, false)] {
        let page = desk.get(Some(&who.token), &of).await;
        assert_eq!(page.status == StatusCode::OK, seen, "{}", who.account.login);
    }
    assert_eq!(enrol(&desk, &stranger, &key(POST)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(enrol(&desk, &auditor, &key(POST)).await.status, StatusCode::NOT_FOUND);
    enrol(&desk, &officer, &key(POST)).await.to();
    let path = waiting(&desk, &registrar).await;
    for (who, status) in [(&stranger, StatusCode::NOT_FOUND), (&auditor, StatusCode::OK), (&officer, StatusCode::OK)] {
        assert_eq!(desk.get(Some(&who.token), &path).await.status, status, "{}", who.account.login);
        assert_eq!(desk.post(Some(&who.token), &format!("{path}?here"), &[]).await.status, StatusCode::NOT_FOUND, "{}", who.account.login);
        let list = if who.account.login == "auditor" { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(desk.get(Some(&who.token), "/en/desk/registrations").await.status, list, "{}", who.account.login);
    }
    for who in [&officer, &auditor, &stranger] {
        let rule = desk.post(Some(&who.token), &format!("{of}?rule"), &[("none", "1")]).await;
        assert_eq!(rule.status, StatusCode::NOT_FOUND, "{}", who.account.login);
    }
    assert_eq!(desk.post(Some(&auditor.token), &format!("{path}?withdraw"), &[]).await.status, StatusCode::NOT_FOUND);
    desk.post(Some(&officer.token), &format!("{path}?withdraw"), &[]).await.to();
    assert_eq!(desk.get(Some(&registrar.token), &path).await.status, StatusCode::NOT_FOUND);
    assert!(post(&desk.node).is_none());
}

async fn a_post_is_given_by_its_agencys_administrator_and_its_next_keys_are_its_holders(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY)]).await;
    let (officer, other) =
        (desk.person("officer", &[(Role::Approver, AGENCY)]).await, desk.person("other", &[(Role::Approver, AGENCY)]).await);
    let stranger = desk.person("stranger", &[(Role::Administrator, "gazette.example/other")]).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    enrol(&desk, &officer, &key(POST)).await.to();
    let path = waiting(&desk, &registrar).await;
    desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await.to();
    let page = format!("/en/desk/posts/key/{POST}");
    let hold = async |who: &Person, what: &str, whom: &Person| {
        desk.post(Some(&who.token), &format!("{page}?holder"), &[(what, &whom.account.id)]).await.status
    };
    for who in [&officer, &stranger, &registrar] {
        assert_eq!(hold(who, "give", &officer).await, StatusCode::NOT_FOUND, "{}", who.account.login);
    }
    assert_eq!(hold(&head, "give", &stranger).await, StatusCode::NOT_FOUND, "who works elsewhere");
    // Who takes no step there is given none, and it is said why.
    let publisher = desk.person("publisher", &[(Role::Publisher, AGENCY)]).await;
    for (lang, said) in [("en", "Give them such a role first."), ("zh", "请先授予职责。")] {
        let path = format!("/{lang}/desk/posts/key/{POST}?holder");
        let refused = desk.post(Some(&head.token), &path, &[("give", &publisher.account.id)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}");
        assert!(refused.body.contains(said), "{}", refused.body);
    }
    let drafter = desk.person("drafter", &[(Role::Drafter, AGENCY)]).await;
    assert_eq!(hold(&head, "give", &drafter).await, StatusCode::SEE_OTHER, "a drafting post is one");
    assert_eq!(hold(&head, "take", &drafter).await, StatusCode::SEE_OTHER);
    assert_eq!(hold(&head, "give", &officer).await, StatusCode::SEE_OTHER);
    assert!(desk.get(Some(&head.token), &format!("/en/desk/posts/of/{AGENCY}")).await.body.contains("Held by Officer officer"));
    assert_eq!(enrol(&desk, &other, &key(POST)).await.status, StatusCode::NOT_FOUND, "it is not theirs");
    assert_eq!(enrol(&desk, &officer, &key(POST)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(hold(&head, "take", &officer).await, StatusCode::SEE_OTHER);
    assert!(desk.get(Some(&head.token), &page).await.body.contains("Nobody: no step"));
}

async fn a_key_that_is_lost_ends_and_one_that_is_anothers_is_never_registered(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY), (Role::Registrar, "")]).await;
    let key = key(POST);
    let register = async |path: String| desk.post(Some(&head.token), &format!("{path}?here"), &[]).await.to().to_owned();
    register(enrol(&desk, &head, &key).await.to().to_owned()).await;
    let again = enrol(&desk, &head, &key).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "registered already");
    let other = Signer::new("gazette.example/archive/other", KeyType::Ed25519, &keys::random().unwrap()).unwrap();
    assert_eq!(enrol(&desk, &head, &other).await.status, StatusCode::UNPROCESSABLE_ENTITY, "another post's name");

    let of = format!("/en/desk/posts/of/{AGENCY}?end");
    let vkey = key.vkey().to_string();
    let end =
        |how: &'static str, at: &'static str| [("subject", POST.to_owned()), ("key", vkey.clone()), ("how", how.into()), ("at", at.into())];
    let ask = async |fields: [(&str, String); 4]| {
        desk.post(Some(&head.token), &of, &fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()).await
    };
    assert_eq!(ask(end("sold", "9")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ask(end("lost", "soon")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    register(ask(end("lost", "9")).await.to().to_owned()).await;
    let ended = post(&desk.node).unwrap().keys[0].ended.unwrap();
    assert_eq!((ended.how.as_str(), ended.at), ("lost", 9));
    assert_eq!(ask(end("lost", "10")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "an end never moves later");
    let page = desk.get(Some(&head.token), &format!("/en/desk/posts/key/{POST}")).await.body;
    assert!(page.contains("lost: signs nothing from entry 9 on"), "{page}");
    // It was worse, and earlier; that is not taken back either.
    assert!(desk.get(Some(&head.token), &format!("/en/desk/posts/of/{AGENCY}")).await.body.contains("It was worse, or earlier"));
    register(ask(end("compromised", "7")).await.to().to_owned()).await;
    let ended = post(&desk.node).unwrap().keys[0].ended.unwrap();
    assert_eq!((ended.how.as_str(), ended.at), ("compromised", 7));
    assert_eq!(ask(end("lost", "7")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_rule_is_asked_for_by_a_form_and_only_if_something_can_meet_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY), (Role::Registrar, "")]).await;
    let of = format!("/en/desk/posts/of/{AGENCY}?rule");
    let legal = "gazette.example/archive/legal";
    let sound = [
        ("code-0", "legal"),
        ("genre-0", "*"),
        ("count-0", "1"),
        ("posts-0", legal),
        ("after-0", ""),
        ("code-1", "sign"),
        ("genre-1", "*"),
        ("count-1", "1"),
        ("posts-1", POST),
        ("after-1", "legal"),
        ("code-2", ""),
        ("genre-2", "*"),
        ("count-2", "1"),
        ("overriders", POST),
    ];
    for (field, value) in [("count-0", "2"), ("count-0", "none"), ("after-1", "nothing"), ("code-1", "legal"), ("genre-1", "Two Words")] {
        let mut fields = sound;
        fields.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, old)| *old = value);
        let refused = desk.post(Some(&head.token), &of, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(refused.body.contains("No publication could meet this rule") && refused.body.contains(&format!("value=\"{value}\"")));
    }
    let mut fields = sound;
    fields[13].1 = "</textarea><h1>mine</h1>";
    let refused = desk.post(Some(&head.token), &of, &fields).await;
    assert!(refused.body.contains("mine") && !refused.body.contains("<h1>mine"), "{}", refused.body);
    let path = desk.post(Some(&head.token), &of, &sound).await.to().to_owned();
    desk.post(Some(&head.token), &format!("{path}?here"), &[]).await.to();
    let state = desk.node.submitter.state();
    let rule = state.agency(AGENCY).unwrap().1.rule.clone().unwrap();
    assert_eq!((rule.genres.len(), rule.genres[0].steps[1].after.as_slice()), (1, &["legal".to_owned()][..]));
    assert_eq!(rule.overriders, [POST]);
    let path = desk.post(Some(&head.token), &of, &[("none", "1")]).await.to().to_owned();
    desk.post(Some(&head.token), &format!("{path}?here"), &[]).await.to();
    assert!(desk.node.submitter.state().agency(AGENCY).unwrap().1.rule.is_none());
}

async fn a_new_agency_gets_a_seal_that_seals_at_once(engine: Engine) {
    let desk = Desk::on(engine).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    let fields = |id: &'static str| [("id", id), ("name_zh", "市公路局"), ("name_en", "Roads Office")];
    for bad in ["Roads", "", AGENCY, "gazette.example/log"] {
        let refused = desk.post(Some(&registrar.token), "/en/desk/registrations", &fields(bad)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let id = "gazette.example/roads";
    let path = desk.post(Some(&registrar.token), "/en/desk/registrations", &fields(id)).await.to().to_owned();
    assert!(desk.node.seal(id).is_none());
    desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await.to();
    let seal = desk.node.seal(id).unwrap();
    assert_eq!(desk.node.submitter.state().may_seal(seal.vkey()), Ok(()));
}

#[tokio::test]
async fn a_signature_made_elsewhere_is_what_the_browser_makes() {
    // The desk's script asks the browser for 64 bytes over the text, and finishes the note with the same function.
    let registrar = key("gazette.example/registrar-1");
    let text = "gazette/v1/statement gazette.example/log\n{}\n";
    let signed = registrar.add_to(text).unwrap();
    let line = chain::note::Note::parse(signed.as_bytes()).unwrap().signatures[0].bytes.clone();
    let bytes: [u8; 64] = line.try_into().unwrap();
    assert_eq!(with_signature(text, registrar.vkey(), &bytes), Ok(signed));
}

async fn a_key_is_enrolled_only_by_whoever_proves_to_have_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (officer, other) =
        (desk.person("officer", &[(Role::Approver, AGENCY)]).await, desk.person("other", &[(Role::Approver, AGENCY)]).await);
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    let (mine, theirs) = (key(POST), key(POST));
    let account = &officer.account.id;
    let good = proof(&desk, account, mine.vkey(), &mine);
    for (what, wrong) in [
        ("nothing", String::new()),
        ("the public half alone", mine.vkey().to_string()),
        ("another's public half", proof(&desk, account, theirs.vkey(), &mine)),
        ("a proof for another account", proof(&desk, &other.account.id, mine.vkey(), &mine)),
        ("a proof that was altered", good.replace(account, &other.account.id)),
        ("a statement", mine.add_to("gazette/v1/statement gazette.example/log\n{}\n").unwrap()),
    ] {
        let refused = hand_in(&desk, &officer, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(refused.body.contains("does not prove that you have the key"), "{what}");
    }
    assert_eq!(hand_in(&desk, &other, &good).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody hands in another's proof");
    hand_in(&desk, &officer, &good.replace('\n', "\r\n")).await.to();
    let path = waiting(&desk, &registrar).await;
    // What was altered where it waits is refused where registrars sign.
    let sql = "update registrations set change = replace(change, $1, $2) where settled = 0";
    let altered = sqlx::query(sql).bind(mine.vkey().to_string()).bind(theirs.vkey().to_string());
    assert_eq!(altered.execute(desk.staff.store().pool()).await.unwrap().rows_affected(), 1);
    assert!(desk.get(Some(&registrar.token), &path).await.body.contains("the log would refuse it"));
    let refused = desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    assert!(post(&desk.node).is_none());
}

async fn who_keeps_a_new_agencys_seal_is_chosen_and_registered(engine: Engine) {
    let desk = Desk::on(engine).await;
    let registrar = desk.person("registrar", &[(Role::Registrar, "")]).await;
    let ask = async |id: &str, custody: &str, seal: &str| {
        let fields = [("id", id), ("name_zh", "市公路局"), ("name_en", "Roads Office"), ("custody", custody), ("seal", seal)];
        desk.post(Some(&registrar.token), "/en/desk/registrations", &fields).await
    };
    let (roads, rivers) = ("gazette.example/roads", "gazette.example/rivers");
    let seal = key(roads);
    for wrong in ["", "roads", &key(rivers).vkey().to_string()] {
        assert_eq!(ask(roads, "token", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    for (id, custody, seal) in [(roads, "token", seal.vkey().to_string()), (rivers, "agency", key(rivers).vkey().to_string())] {
        let path = ask(id, custody, &seal).await.to().to_owned();
        let page = desk.get(Some(&registrar.token), &path).await.body;
        assert!(page.contains(&format!("<small data-field=\"custody\">{custody}</small>")), "{page}");
        desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await.to();
        let state = desk.node.submitter.state();
        let registered = &state.agency(id).unwrap().1.seals[0];
        assert_eq!((registered.key.to_string(), registered.custody.as_deref()), (seal, Some(custody)));
        assert!(desk.node.seal(id).is_none(), "nothing was made here");
    }
    // Another one, for an agency that has one.
    let more = key(roads).vkey().to_string();
    let of = format!("/en/desk/posts/of/{roads}");
    let fields = [("custody", "agency"), ("seal", more.as_str())];
    let path = desk.post(Some(&registrar.token), &format!("{of}?seal"), &fields).await.to().to_owned();
    desk.post(Some(&registrar.token), &format!("{path}?here"), &[]).await.to();
    let state = desk.node.submitter.state();
    let custodies: Vec<_> = state.agency(roads).unwrap().1.seals.iter().map(|seal| seal.custody.clone().unwrap()).collect();
    assert_eq!(custodies, ["token", "agency"]);
}

async fn a_successor_speaks_for_an_abolished_body_and_an_overseer_states_what_became_of_its_documents(engine: Engine) {
    let mut desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Registrar, "")]).await;
    let works = trial::agency(&mut desk.node, "works").await;
    let (roads, council) = (trial::agency(&mut desk.node, "roads").await, trial::agency(&mut desk.node, "council").await);
    let old = trial::publish(&desk.node, trial::draft(&works, "Lanterns", "# Lit")).await.unwrap();
    let repeal = async || trial::status(&desk.node, &council, trial::reference(&old), chain::statement::StatusKind::Annulled).await;
    repeal().await.unwrap_err();
    let of = format!("/en/desk/posts/of/{works}?bodies");
    let ask = async |successor: &str, overseers: &str| {
        desk.post(Some(&head.token), &of, &[("successor", successor), ("overseers", overseers)]).await
    };
    for (successor, overseers) in [(&*works, ""), ("gazette.example/nobody", ""), (&*roads, "gazette.example/nobody")] {
        let refused = ask(successor, overseers).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{successor} {overseers}");
        assert!(refused.body.contains("other agencies that are registered"));
    }
    let path = ask(&roads, &council).await.to().to_owned();
    let page = desk.get(Some(&head.token), &path).await.body;
    for said in [format!("data-field=\"successor\">{roads}<"), format!("data-field=\"overseer\">{council}<")] {
        assert!(page.contains(&said), "{said}: {page}");
    }
    desk.post(Some(&head.token), &format!("{path}?here"), &[]).await.to();
    repeal().await.unwrap();
    // The successor revises what the abolished body published.
    let mut revised = trial::draft(&roads, "Lanterns", "# Out");
    revised.revises = Some(trial::reference(&old));
    trial::publish(&desk.node, revised).await.unwrap();
}

async fn what_was_signed_and_taken_back_goes_stale_and_what_came_to_the_log_by_another_way_waits_for_nobody(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY), (Role::Registrar, "")]).await;
    let (signer, key) = (registrar(&desk), key(POST));
    enrol(&desk, &head, &key).await.to();
    let first = waiting(&desk, &head).await;
    desk.post(Some(&head.token), &format!("{first}?here"), &[]).await.to();
    let vkey = key.vkey().to_string();
    let end = async |how: &str| {
        let fields = [("subject", POST), ("key", &vkey), ("how", how), ("at", "90")];
        desk.post(Some(&head.token), &format!("/en/desk/posts/of/{AGENCY}?end"), &fields).await.to().to_owned()
    };
    let submit = async |note: String| desk.node.submitter.submit(note, vec![]).await;
    // Signed by enough of them, and taken back before it was handed in: whoever has the text kept it.
    let left = end("retired").await;
    let kept = signer.add_to(&text(&desk, &head, &left).await).unwrap();
    let page = desk.get(Some(&head.token), &left).await.body;
    let at = server::registrar::post(&desk.node.submitter.state(), POST).unwrap().0;
    assert!(page.contains(&format!("data-field=\"replaces\">{}<", at.index)), "{page}");
    desk.post(Some(&head.token), &format!("{left}?withdraw"), &[]).await.to();
    // Another registration of the same post comes to the log, past the desk that asked for it.
    let other = end("lost").await;
    let receipt = submit(signer.add_to(&text(&desk, &head, &other).await).unwrap()).await.unwrap();
    let answer = desk.get(Some(&head.token), &other).await;
    assert_ne!(answer.status, StatusCode::OK, "it waits for nobody: {}", answer.body);
    assert!(desk.get(Some(&head.token), "/en/desk/registrations").await.body.contains("Nothing waits"));
    let noted: Vec<_> = desk.staff.journal().before(i64::MAX, 100).await.unwrap();
    let settled =
        noted.iter().filter(|noted| noted.what == "registered" && noted.details.contains(&format!("\"entry\":{}", receipt.index)));
    assert_eq!(settled.count(), 1, "{noted:?}");
    // The one that was left says what it would have replaced, and that is in force no more.
    let refused = submit(kept).await.unwrap_err();
    assert!(matches!(&refused, SubmitError::Refused(Refusal::StaleRegistration(id)) if id == POST), "{refused:?}");
    assert_eq!(post(&desk.node).unwrap().keys[0].ended.unwrap().how.as_str(), "lost");
}

async fn that_a_key_has_ended_is_asked_for_even_where_too_much_waits(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY), (Role::Registrar, "")]).await;
    let key = key(POST);
    enrol(&desk, &head, &key).await.to();
    let first = waiting(&desk, &head).await;
    desk.post(Some(&head.token), &format!("{first}?here"), &[]).await.to();
    let fill = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200) \
                insert into registrations (id, kind, subject, agency, change, note, asked, asked_by, settled, settled_by, entry) \
                select 'fill' || i, 'agency', 'gazette.example/archive', 'gazette.example/archive', '{\"do\":\"rule\",\"rule\":null}', '', 1, '', 0, '', -1 from n";
    sqlx::query(fill).execute(desk.staff.store().pool()).await.unwrap();
    let of = format!("/en/desk/posts/of/{AGENCY}");
    let more = desk.post(Some(&head.token), &format!("{of}?rule"), &[("none", "1")]).await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    let vkey = key.vkey().to_string();
    let fields = [("subject", POST), ("key", &*vkey), ("how", "compromised"), ("at", "3")];
    let path = desk.post(Some(&head.token), &format!("{of}?end"), &fields).await.to().to_owned();
    desk.post(Some(&head.token), &format!("{path}?here"), &[]).await.to();
    assert_eq!(post(&desk.node).unwrap().keys[0].ended.unwrap().how.as_str(), "compromised");
}

/// What a form that was drawn again warns of beside a field, and what it says was seen.
fn warned(answer: &Answer, field: &str, said: &str) -> String {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let beside = answer.body.split(&format!("<label for=\"{field}\"")).nth(1).unwrap().split("</div>").next().unwrap();
    assert!(beside.contains(said), "{beside}");
    answer.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn a_name_that_looks_like_a_persons_number_is_warned_of_and_not_refused(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, AGENCY), (Role::Registrar, "")]).await;
    let post = async |lang: &str, name: &str, seen: &str| {
        let fields = [("id", "duty"), ("name_zh", name), ("name_en", "On duty"), ("seen", seen)];
        desk.post(Some(&head.token), &format!("/{lang}/desk/posts/of/{AGENCY}?post"), &fields).await
    };
    let name = "值班员_13800138000";
    assert!(post("en", "值班员", "").await.to().starts_with(&format!("/en/desk/posts/key/{AGENCY}/duty?")), "an ordinary name goes on");
    let seen = warned(&post("en", name, "").await, "name_zh", "personal data (mobile number)");
    warned(&post("zh", name, "").await, "name_zh", "疑似个人信息（手机号）");
    warned(&post("en", "值班员_13900139000", &seen).await, "name_zh", "personal data (mobile number)");
    let on = post("en", name, &seen).await.to().to_owned();
    // Where its key is made, and where registrars sign it, it is said once more.
    let said = "A name here looks like personal data (mobile number).";
    assert!(desk.get(Some(&head.token), &on).await.body.contains(said));
    let key = key(&format!("{AGENCY}/duty"));
    let text = chain::possession::text(&desk.node.origin, Office::Post, key.vkey().name(), &head.account.id, key.vkey()).unwrap();
    let asked = desk.post(Some(&head.token), &on, &[("proof", &chain::note::sign(&text, &[&key]))]).await.to().to_owned();
    assert!(desk.get(Some(&head.token), &asked).await.body.contains(said));
    desk.post(Some(&head.token), &format!("{asked}?here"), &[]).await.to();
    assert!(!desk.get(Some(&head.token), &format!("/en/desk/posts/key/{AGENCY}/duty")).await.body.contains(said), "it is registered");
    // An agency's, before anything of it is made.
    let agency = async |seen: &str| {
        let id = "gazette.example/11010519491231002x";
        let fields = [("id", id), ("name_zh", "道路局"), ("name_en", "Roads"), ("custody", "portal"), ("seen", seen)];
        desk.post(Some(&head.token), "/en/desk/registrations", &fields).await
    };
    let seals = || std::fs::read_dir(desk.trial.place.data.join("keys")).unwrap().count();
    let before = seals();
    let seen = warned(&agency("").await, "id", "personal data (identity-card number)");
    assert_eq!(seals(), before);
    agency(&seen).await.to();
    assert_eq!(seals(), before + 1);
}
