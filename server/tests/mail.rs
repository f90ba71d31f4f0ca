//! Mail, through a real mail server: what comes, to whom and how often, and what is done where a server will not take it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use desk_house::*;
use server::{
    mail::{Mail, Smtp},
    registrar::{Change, Registrar, Subject},
    staff::{From, NewAccount, Role, Session, Strength, Wanted},
};
use sqlx::Row;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};
use trial::Engine;

on_each_engine! {
    nothing_goes_to_an_address_before_the_link_that_was_sent_there_was_opened,
    whoever_is_waited_for_is_told_once_and_learns_nothing_of_the_text,
    a_registrar_is_told_once_of_what_waits_for_their_signature,
    an_author_is_told_of_a_rejection_and_of_the_publication,
    an_author_is_told_when_somebody_else_took_it_back,
    once_a_day_one_letter_tells_of_everything_and_none_tells_of_nothing,
    a_refusal_ends_a_letter_with_a_note_and_a_later_is_tried_again,
    while_the_server_is_away_nothing_is_lost_also_across_a_restart,
    without_tls_nothing_is_said_to_a_server_that_must_have_it,
    a_wrong_password_or_a_certificate_of_somebody_else_loses_no_letter,
    a_sign_in_from_a_new_place_and_a_changed_password_are_told,
    an_invitation_by_mail_and_a_way_back_in_open_what_they_are_for,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const BASE: &str = "https://gazette.example.gov";
const PASSWORD: &str = "seven lanterns over the river";

/// The mail server that the browser tests use, as a program of its own.
struct Post {
    folder: tempfile::TempDir,
    running: Option<Child>,
    port: u16,
    kind: &'static str,
    said: Option<Receiver<serde_json::Value>>,
}

impl Post {
    fn start(kind: &'static str) -> Post {
        let mut post = Post { folder: tempfile::tempdir().unwrap(), running: None, port: 0, kind, said: None };
        post.up();
        post
    }

    fn up(&mut self) {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../end2end/post.js");
        let mut child = Command::new("node")
            .args([script.as_os_str(), self.folder.path().as_os_str()])
            .args([self.port.to_string(), self.kind.to_owned()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is not installed: run `.ci/setup test`");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (say, said) = channel::<serde_json::Value>();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if say.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let first: serde_json::Value =
            said.recv_timeout(Duration::from_secs(60)).expect("the mail server did not start: run `.ci/setup test`");
        self.port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        (self.running, self.said) = (Some(child), Some(said));
    }

    fn down(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        self.said = None;
    }

    /// The letter that has come. There is one.
    fn letter(&self) -> Came {
        Came(self.said.as_ref().unwrap().recv_timeout(Duration::from_secs(30)).expect("no letter came"))
    }

    fn nothing(&self) {
        // Whatever was accepted was said before the answer to it was read here.
        assert!(self.said.as_ref().is_none_or(|said| said.try_recv().is_err()), "a letter came");
    }

    fn smtp(&self, url: &str) -> Smtp {
        let authority = std::fs::read(self.folder.path().join("cert.pem")).unwrap();
        let url = url.replace("PORT", &self.port.to_string());
        Smtp::new(&url, None, "desk@gazette.example.gov", "gazette.example.gov", Some(&authority)).unwrap()
    }

    fn mail(&self, house: &House) -> Mail {
        let url = match self.kind {
            "tls" => "smtps://desk:paper%20lanterns@127.0.0.1:PORT",
            _ => "smtp://desk:paper%20lanterns@127.0.0.1:PORT",
        };
        Mail::new(self.smtp(url), house.drafts.clone(), BASE.into())
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.down();
    }
}

struct Came(serde_json::Value);

impl Came {
    fn of(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn to(&self) -> &str {
        self.0["to"][0].as_str().unwrap()
    }

    /// What stands last in the link.
    fn secret(&self) -> &str {
        self.of("link").rsplit('/').next().unwrap()
    }
}

/// Gives somebody of the house an account of their own, signed in.
async fn enter(house: &House, name: &str) -> Session {
    let known = house.who(name);
    let new = NewAccount { login: name.into(), name: format!("Officer {name}"), password: PASSWORD.into() };
    let account = house.staff.make_account(&new, &known.roles, "").await.unwrap().unwrap();
    let token = house.staff.begin_session(&account.id, Strength::SecondFactor, &From::default()).await.unwrap();
    house.is_now(name, account).await;
    house.staff.session(&token).await.unwrap().unwrap().0
}

/// The same, with an address that was confirmed.
async fn reachable(house: &House, post: &Post, name: &str) -> Session {
    let session = enter(house, name).await;
    house.staff.ask_address(&session, &format!("{name}@staff.example.gov"), app::Lang::En).await.unwrap().unwrap();
    assert!(post.mail(house).send_due().await.unwrap());
    let came = post.letter();
    house.staff.confirm_address(&session, came.secret()).await.unwrap().unwrap();
    session
}

async fn noted(house: &House, what: &str) -> i64 {
    let sql = "select count(*) from journal where what = $1";
    sqlx::query(sql).bind(what).fetch_one(house.staff.store().pool()).await.unwrap().try_get(0).unwrap()
}

async fn waiting(house: &House) -> i64 {
    sqlx::query("select count(*) from letters").fetch_one(house.staff.store().pool()).await.unwrap().try_get(0).unwrap()
}

async fn nothing_goes_to_an_address_before_the_link_that_was_sent_there_was_opened(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("tls"));
    let mail = post.mail(&house);
    let session = enter(&house, "clerk").await;
    let (stranger, staff) = (enter(&house, "stranger").await, &house.staff);
    assert!(staff.ask_address(&session, "not an address", app::Lang::Zh).await.unwrap().is_err());
    staff.ask_address(&session, "clerk@staff.example.gov", app::Lang::Zh).await.unwrap().unwrap();
    house.submitted("Lanterns", 0).await;
    assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), 0);
    assert!(mail.send_due().await.unwrap());
    let came = post.letter();
    assert_eq!((came.to(), came.0["tls"].as_bool()), ("clerk@staff.example.gov", Some(true)));
    assert!(
        came.of("subject").starts_with("请确认您在") && came.of("link").starts_with(&format!("{BASE}/zh/desk/account/address/")),
        "{}",
        came.0
    );
    for header in ["Auto-Submitted: auto-generated", "Date: ", "Message-ID: <", "From: ", "To: clerk@staff.example.gov"] {
        assert!(came.of("head").contains(header), "{header}: {}", came.of("head"));
    }
    post.nothing();
    // Nobody else's account is reached there by it, and it is good once.
    assert!(staff.confirm_address(&stranger, came.secret()).await.unwrap().is_err());
    staff.confirm_address(&session, came.secret()).await.unwrap().unwrap();
    assert!(staff.confirm_address(&session, came.secret()).await.unwrap().is_err());
    assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), 1);
    assert!(mail.send_due().await.unwrap());
    assert!(post.letter().of("subject").contains("待您办理"));
    // Another address: the first is told, and a link that is too old confirms nothing.
    staff.ask_address(&session, "new@staff.example.gov", app::Lang::Zh).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    let late = post.letter();
    house.turn(DAY + 1);
    assert!(staff.confirm_address(&session, late.secret()).await.unwrap().is_err());
    staff.ask_address(&session, "new@staff.example.gov", app::Lang::Zh).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    staff.confirm_address(&session, post.letter().secret()).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    assert_eq!(post.letter().to(), "clerk@staff.example.gov");
}

async fn whoever_is_waited_for_is_told_once_and_learns_nothing_of_the_text(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    reachable(&house, &post, "clerk").await;
    reachable(&house, &post, "stranger").await;
    house.submitted("Lanterns by the river", 0).await;
    for times in [1, 0] {
        assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), times);
        assert!(mail.send_due().await.unwrap());
    }
    let came = post.letter();
    assert_eq!((came.to(), came.0["tls"].as_bool()), ("clerk@staff.example.gov", Some(true)));
    assert_eq!(came.of("link"), format!("{BASE}/en/desk"));
    assert!(came.of("subject").starts_with("Something waits for you at "), "{}", came.of("subject"));
    assert!(!came.0.to_string().contains("Lanterns") && !came.0.to_string().contains("灯笼"), "{}", came.0);
    post.nothing();
    assert_eq!(waiting(&house).await, 0);
}

async fn a_registrar_is_told_once_of_what_waits_for_their_signature(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    house.hire_for("registrar", &[(Role::Registrar, "")]).await;
    reachable(&house, &post, "registrar").await;
    reachable(&house, &post, "clerk").await;
    let registrar = Registrar::new(house.staff.clone(), house.node.clone());
    let rename = |lang: &str, name: &str| Change::Agency {
        names: [(lang.to_owned(), name.to_owned())].into(),
        seal: None,
        custody: "portal".into(),
    };
    let subject = Subject::agency(&house.agency);
    let ask = async |lang: &str, name: &str| registrar.ask(&house.who("clerk").id, &subject, &rename(lang, name)).await.unwrap();
    let (one, other) = (ask("en", "Treasury").await, ask("zh", "财政厅").await);
    for times in [2, 0] {
        assert_eq!(registrar.tell_those_waited_for().await.unwrap(), times);
        assert!(mail.send_due().await.unwrap());
    }
    for _ in [&one, &other] {
        let came = post.letter();
        assert_eq!((came.to(), came.of("link")), ("registrar@staff.example.gov", &*format!("{BASE}/en/desk")));
        assert!(came.of("subject").starts_with("Something waits for you at "), "{}", came.of("subject"));
        assert!(!came.0.to_string().contains("Treasury") && !came.0.to_string().contains("财政厅"), "{}", came.0);
    }
    post.nothing();
    // Once one of them is registered, the other says something else, and is told anew; what is over is not told.
    registrar.sign_here(&house.who("registrar").id, &one).await.unwrap();
    assert_eq!(registrar.tell_those_waited_for().await.unwrap(), 1);
    assert!(mail.send_due().await.unwrap());
    post.letter();
    registrar.withdraw(&house.who("clerk").id, &other).await.unwrap();
    assert_eq!(registrar.tell_those_waited_for().await.unwrap(), 0);
    post.nothing();
    assert_eq!(waiting(&house).await, 0);
}

async fn an_author_is_told_of_a_rejection_and_of_the_publication(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    reachable(&house, &post, "author").await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", Some("Not lit.")).await.unwrap();
    assert!(mail.send_due().await.unwrap());
    let came = post.letter();
    assert!(came.of("subject").starts_with("A step was rejected at ") && !came.of("source").contains("Not lit"), "{}", came.0);
    for (who, code) in [("lawyer-a", "legal"), ("lawyer-b", "legal"), ("controller", "budget"), ("director", "sign")] {
        house.approve(&frozen, who, code).await.unwrap();
    }
    house.published(&frozen).await;
    assert!(mail.send_due().await.unwrap());
    assert!(post.letter().of("subject").starts_with("Published by "));
    post.nothing();
    // Approved under a rule that is another one when its time comes.
    let late = house.submitted("Bridges", 1_000).await;
    house.approve_all(&late).await;
    house.change_rule().await;
    house.turn(2_000);
    house.drafts.publish_due().await.unwrap();
    assert!(mail.send_due().await.unwrap());
    assert!(post.letter().of("subject").starts_with("Something needs approving again at "));
    post.nothing();
}

async fn an_author_is_told_when_somebody_else_took_it_back(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    reachable(&house, &post, "author").await;
    let frozen = house.submitted("Lanterns", 60_000).await;
    house.drafts.withdraw(&house.who("publisher"), &frozen.draft).await.unwrap();
    assert!(mail.send_due().await.unwrap());
    let came = post.letter();
    assert!(came.of("subject").starts_with("Something was taken back at ") && !came.0.to_string().contains("Lanterns"), "{}", came.0);
    // Who takes back what they wrote knows it.
    let author = house.who("author");
    house.drafts.freeze(&author, &frozen.draft, 1, 0).await.unwrap();
    house.drafts.withdraw(&author, &frozen.draft).await.unwrap();
    assert!(mail.send_due().await.unwrap());
    post.nothing();
}

async fn once_a_day_one_letter_tells_of_everything_and_none_tells_of_nothing(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    let session = reachable(&house, &post, "clerk").await;
    let send = async |told: usize| {
        assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), told);
        assert!(mail.send_due().await.unwrap());
    };
    house.staff.choose_letters(&session, Wanted::Daily, app::Lang::En).await.unwrap();
    house.submitted("One", 0).await;
    send(1).await;
    assert!(post.letter().of("subject").starts_with("News at the desk of "));
    house.submitted("Two", 0).await;
    house.submitted("Three", 0).await;
    send(2).await;
    post.nothing();
    house.turn(DAY);
    send(0).await;
    assert!(post.letter().of("subject").starts_with("News at the desk of "));
    post.nothing();
    house.staff.choose_letters(&session, Wanted::None, app::Lang::En).await.unwrap();
    house.submitted("Four", 0).await;
    send(0).await;
    post.nothing();
}

async fn a_refusal_ends_a_letter_with_a_note_and_a_later_is_tried_again(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    let (one, two) = (enter(&house, "clerk").await, enter(&house, "director").await);
    house.staff.ask_address(&one, "refused@staff.example.gov", app::Lang::En).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    assert_eq!((waiting(&house).await, noted(&house, "mail-given-up").await), (0, 1));
    house.staff.ask_address(&two, "later@staff.example.gov", app::Lang::En).await.unwrap().unwrap();
    // Each pause is longer than the one before.
    for pause in [0, 1, 5, 15] {
        house.turn(pause * MINUTE - 1);
        assert!(mail.send_due().await.unwrap());
        house.turn(1);
        assert!(mail.send_due().await.unwrap());
        assert_eq!(waiting(&house).await, 1);
    }
    std::fs::write(post.folder.path().join("open"), "").unwrap();
    assert!(mail.send_due().await.unwrap());
    post.nothing();
    house.turn(60 * MINUTE);
    assert!(mail.send_due().await.unwrap());
    assert_eq!((post.letter().to(), waiting(&house).await), ("later@staff.example.gov", 0));
    assert_eq!(noted(&house, "mail-given-up").await, 1);
    // A link that has ended is not sent any more.
    std::fs::remove_file(post.folder.path().join("open")).unwrap();
    house.staff.ask_address(&two, "later@staff.example.gov", app::Lang::En).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    house.turn(DAY);
    assert!(mail.send_due().await.unwrap());
    assert_eq!((waiting(&house).await, noted(&house, "mail-given-up").await), (0, 2));
}

async fn while_the_server_is_away_nothing_is_lost_also_across_a_restart(engine: Engine) {
    let (house, mut post) = (House::on(engine).await, Post::start("plain"));
    reachable(&house, &post, "clerk").await;
    post.down();
    house.submitted("Lanterns", 0).await;
    assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), 1);
    assert!(!post.mail(&house).send_due().await.unwrap(), "there is no server");
    let house = house.reopened().await;
    assert_eq!(house.drafts.tell_those_waited_for().await.unwrap(), 0, "told is told");
    post.up();
    house.turn(MINUTE);
    assert!(post.mail(&house).send_due().await.unwrap());
    assert_eq!((post.letter().to(), waiting(&house).await), ("clerk@staff.example.gov", 0));
    // Somebody who took a letter and never came back: another takes it, and it is the same letter.
    house.submitted("Bridges", 0).await;
    house.drafts.tell_those_waited_for().await.unwrap();
    let taken = house.staff.next_letter().await.unwrap().unwrap();
    assert!(post.mail(&house).send_due().await.unwrap());
    post.nothing();
    house.turn(5 * MINUTE);
    assert!(post.mail(&house).send_due().await.unwrap());
    assert!(post.letter().of("head").contains(&format!("Message-ID: <{}@gazette.example.gov>", taken.id)));
}

async fn without_tls_nothing_is_said_to_a_server_that_must_have_it(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("bare"));
    let session = enter(&house, "clerk").await;
    house.staff.ask_address(&session, "clerk@staff.example.gov", app::Lang::En).await.unwrap().unwrap();
    assert!(!post.mail(&house).send_due().await.unwrap());
    let open = Mail::new(post.smtp("smtp://127.0.0.1:PORT?tls=required"), house.drafts.clone(), BASE.into());
    house.turn(MINUTE);
    assert!(!open.send_due().await.unwrap());
    post.nothing();
    assert_eq!(waiting(&house).await, 1);
    // Asked to do without on this machine, it does.
    let bare = Mail::new(post.smtp("smtp://127.0.0.1:PORT?tls=none"), house.drafts.clone(), BASE.into());
    house.turn(5 * MINUTE);
    assert!(bare.send_due().await.unwrap());
    assert_eq!(post.letter().0["tls"].as_bool(), Some(false));
}

async fn a_wrong_password_or_a_certificate_of_somebody_else_loses_no_letter(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let session = enter(&house, "clerk").await;
    house.staff.ask_address(&session, "clerk@staff.example.gov", app::Lang::En).await.unwrap().unwrap();
    let wrong = Mail::new(post.smtp("smtp://desk:wrong@127.0.0.1:PORT"), house.drafts.clone(), BASE.into());
    assert!(!wrong.send_due().await.unwrap());
    house.turn(MINUTE);
    let url = format!("smtp://desk:paper%20lanterns@127.0.0.1:{}", post.port);
    let distrusting = Smtp::new(&url, None, "desk@gazette.example.gov", "gazette.example.gov", None).unwrap();
    assert!(!Mail::new(distrusting, house.drafts.clone(), BASE.into()).send_due().await.unwrap());
    post.nothing();
    assert_eq!((waiting(&house).await, noted(&house, "mail-given-up").await), (1, 0));
    house.turn(5 * MINUTE);
    assert!(post.mail(&house).send_due().await.unwrap());
    post.letter();
}

async fn a_sign_in_from_a_new_place_and_a_changed_password_are_told(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    let session = reachable(&house, &post, "clerk").await;
    house.staff.choose_letters(&session, Wanted::None, app::Lang::En).await.unwrap();
    let from = |address: &str| From { address: address.into(), agent: "Chrome/140.0".into() };
    for (address, told) in [("203.0.113.7", true), ("203.0.113.99", false), ("198.51.100.1", true), ("203.0.113.1", false)] {
        house.staff.sign_in("clerk", PASSWORD, &from(address)).await.unwrap();
        assert!(mail.send_due().await.unwrap());
        if told {
            assert!(post.letter().of("subject").starts_with("New sign-in at "), "{address}");
        }
        post.nothing();
    }
    let account = house.who("clerk").id;
    let token = house.staff.begin_session(&account, Strength::SecondFactor, &from("203.0.113.7")).await.unwrap();
    house.staff.change_password(&token, PASSWORD, "eight paper boats in the rain", &[]).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    assert!(post.letter().of("subject").contains("password"));
    post.nothing();
    // Somebody else's way in comes to be known of, too.
    let (session, _) = house
        .staff
        .session(&house.staff.begin_session(&account, Strength::SecondFactor, &from("203.0.113.7")).await.unwrap())
        .await
        .unwrap()
        .unwrap();
    house.staff.new_recovery_codes(&session).await.unwrap();
    assert!(mail.send_due().await.unwrap());
    assert!(post.letter().of("subject").starts_with("A new way in to your account at "));
    post.nothing();
}

async fn an_invitation_by_mail_and_a_way_back_in_open_what_they_are_for(engine: Engine) {
    let (house, post) = (House::on(engine).await, Post::start("plain"));
    let mail = post.mail(&house);
    house.hire_for("chief", &[(Role::Administrator, "")]).await;
    enter(&house, "chief").await;
    let (chief, staff) = (house.who("chief").id, &house.staff);
    let at = |address| Some((address, app::Lang::Zh));
    for bad in ["", "nobody", "a@b.example\r\nBcc: everybody@b.example"] {
        let refused = staff.invite_at(&chief, &house.agency, &[Role::Drafter], "王芳", at(bad)).await.unwrap();
        assert!(refused.is_err(), "{bad:?}");
    }
    staff.invite_at(&chief, &house.agency, &[Role::Drafter], "王芳", at("wang@staff.example.gov")).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    let came = post.letter();
    assert_eq!(came.to(), "wang@staff.example.gov");
    assert!(came.of("link").starts_with(&format!("{BASE}/zh/desk/links/")), "{}", came.0);
    let new = NewAccount { login: "wang.fang".into(), name: "王芳".into(), password: PASSWORD.into() };
    staff.accept(came.secret(), &new, &[]).await.unwrap().unwrap();
    // A way back in goes only to an address that its owner has confirmed.
    enter(&house, "clerk").await;
    assert!(staff.recovery_at(&chief, &house.who("clerk").id, false, true).await.unwrap().is_err());
    reachable(&house, &post, "director").await;
    staff.recovery_at(&chief, &house.who("director").id, false, true).await.unwrap().unwrap();
    assert!(mail.send_due().await.unwrap());
    let came = post.letter();
    assert_eq!(came.to(), "director@staff.example.gov");
    staff.recover(came.secret(), "eight paper boats in the rain", &[]).await.unwrap().unwrap();
}
