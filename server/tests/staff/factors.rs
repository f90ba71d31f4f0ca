//! The second factor: who needs one, what is open before, and that a code opens once.

use crate::{
    desk::{Answer, Desk, MINUTE, PASSWORD, Person},
    trial::{self, Engine},
};
use axum::http::{StatusCode, header};
use server::staff::{From, Refusal, Role, Site, Strength, Token};
use totp_rs::{Builder, Secret};

on_each_engine! {
    whoever_may_do_more_than_draft_adds_a_second_factor_before_anything_else,
    a_code_opens_once_and_no_code_opens_nothing,
    recovery_codes_are_shown_once_open_once_and_end_when_new_ones_are_made,
    wrong_codes_lock_for_longer_each_time,
    whoever_came_in_a_while_ago_shows_once_more_who_they_are_before_another_way_in,
    a_lost_second_factor_is_taken_away_by_a_link_that_says_so,
    a_given_role_asks_for_the_second_factor_at_once,
    what_no_passkey_has_signed_opens_nothing_and_without_a_name_there_are_no_passkeys,
}

const A: &str = "gazette.example/archive";

/// The code an app shows at the desk's own time.
fn code(secret: &str, desk: &Desk) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(desk.staff.now() / 1_000).unwrap()).to_string()
}

async fn sign_in(desk: &Desk, login: &str, password: &str) -> Token {
    let fields = [("login", login), ("password", password)];
    desk.post(None, "/en/desk/sign-in", &fields).await.session().unwrap()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// Adds an app; answers its secret and the stronger session.
async fn enrolled(desk: &Desk, token: &Token) -> (String, Answer) {
    let page = desk.get(Some(token), "/en/desk/account/authenticator").await;
    let secret = between(&page.body, "name=\"secret\" value=\"", "\"").to_owned();
    let fields = [("secret", &*secret), ("code", &code(&secret, desk))];
    let added = desk.post(Some(token), "/en/desk/account/authenticator", &fields).await;
    (secret, added)
}

/// The session and the codes among what an answer gives a browser.
fn cookies(answer: &Answer) -> (Token, Vec<String>) {
    let all: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    let value = |name: &str| all.iter().find_map(|cookie| cookie.strip_prefix(name)).unwrap().split(';').next().unwrap().to_owned();
    let codes = value("__Host-gazette-once=").split('.').map(str::to_owned).collect();
    (Token::read(&value("__Host-gazette=")).unwrap(), codes)
}

async fn weakly(desk: &Desk, person: &Person) -> Token {
    desk.staff.begin_session(&person.account.id, Strength::Password, &From::default()).await.unwrap()
}

async fn whoever_may_do_more_than_draft_adds_a_second_factor_before_anything_else(engine: Engine) {
    let desk = Desk::on(engine).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let token = weakly(&desk, &drafter).await;
    assert_eq!(desk.get(Some(&token), "/en/desk").await.status, StatusCode::OK);
    let admin = desk.person("admin", &[(Role::Administrator, A), (Role::Drafter, A)]).await;
    let token = weakly(&desk, &admin).await;
    let people = format!("/en/desk/people/of/{A}");
    for path in ["/en/desk", "/en/desk/people", &people, "/en/desk/account", "/en/desk/code", "/en/desk/no-such-page"] {
        let to = desk.get(Some(&token), path).await.to().to_owned();
        assert!(["/en/desk/account/authenticator", "/en/desk"].contains(&&*to), "{path}: {to}");
    }
    let invite = [("do", "invite"), ("whom", "Wang"), ("role", "drafter")];
    assert_eq!(desk.post(Some(&token), &people, &invite).await.to(), "/en/desk/account/authenticator");
    let page = desk.get(Some(&token), "/en/desk/account/authenticator").await;
    assert!(page.body.contains("Before anything else") && page.body.contains("<svg") && !page.body.contains("/en/desk/people"));
    let secret = between(&page.body, "name=\"secret\" value=\"", "\"");
    for (secret, code) in [(secret, "000000"), (secret, ""), ("AAAA", "000000")] {
        let refused = desk.post(Some(&token), "/en/desk/account/authenticator", &[("secret", secret), ("code", code)]).await;
        assert!(refused.session().is_none());
        assert!(refused.status == StatusCode::SEE_OTHER || refused.body.contains("This code is not right"));
    }
    let (_, added) = enrolled(&desk, &token).await;
    assert_eq!(added.to(), "/en/desk/account/codes");
    let (stronger, _) = cookies(&added);
    assert_eq!(desk.get(Some(&stronger), &people).await.status, StatusCode::OK);
    assert!(desk.get(Some(&token), "/en/desk").await.to().contains("/sign-in"), "the weaker session goes on");
}

async fn a_code_opens_once_and_no_code_opens_nothing(engine: Engine) {
    let desk = Desk::on(engine).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let (secret, added) = enrolled(&desk, &drafter.token).await;
    let token = sign_in(&desk, "drafter", PASSWORD).await;
    for path in ["/en/desk", "/en/desk/account"] {
        assert!(desk.get(Some(&token), path).await.to().starts_with("/en/desk/code?to="), "{path}");
    }
    // Nor is another app added, or the old one replaced, by who has only the password.
    assert_eq!(desk.get(Some(&token), "/en/desk/account/authenticator").await.to(), "/en/desk/code");
    let fields = [("secret", &*secret), ("code", &code(&secret, &desk))];
    assert_eq!(desk.post(Some(&token), "/en/desk/account/authenticator", &fields).await.to(), "/en/desk/code");
    assert!(desk.post(Some(&token), "/en/desk/account/codes", &[]).await.to().starts_with("/en/desk/code"));
    let show =
        async |token: &Token, code: &str| desk.post(Some(token), "/en/desk/code", &[("code", code), ("to", "/en/desk/account")]).await;
    // The one that confirmed the app was its step's.
    let used = show(&token, &code(&secret, &desk)).await;
    assert!(used.status == StatusCode::UNPROCESSABLE_ENTITY && used.body.contains("This code is not right"), "{}", used.body);
    desk.pass(MINUTE / 2);
    let now = code(&secret, &desk);
    let spaced = format!(" {} {} ", &now[..3], &now[3..]);
    let shown = show(&token, &spaced).await;
    assert_eq!(shown.to(), "/en/desk/account");
    assert_eq!(desk.get(shown.session().as_ref(), "/en/desk/account").await.status, StatusCode::OK);
    assert!(desk.get(Some(&token), "/en/desk").await.to().contains("/sign-in"), "the weaker session goes on");
    // Somebody who looked over the shoulder, and knows the password.
    let other = sign_in(&desk, "drafter", PASSWORD).await;
    assert_eq!(show(&other, &now).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a code opened twice");
    for old in ["", "000000", "１２３４５６", &"1".repeat(5_000)] {
        assert!(show(&other, old).await.session().is_none());
    }
    drop(added);
}

async fn recovery_codes_are_shown_once_open_once_and_end_when_new_ones_are_made(engine: Engine) {
    let desk = Desk::on(engine).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let (_, added) = enrolled(&desk, &drafter.token).await;
    let (token, codes) = cookies(&added);
    assert_eq!(codes.len(), 10);
    let page = async |once: &str| {
        let cookie = format!("__Host-gazette={}; __Host-gazette-once={once}", token.reveal());
        let request = axum::http::Request::get("/en/desk/account/codes").header(header::COOKIE, cookie);
        desk.ask(request.body(axum::body::Body::empty()).unwrap()).await
    };
    let shown = page(&codes.join(".")).await;
    assert!(shown.body.contains(&codes[0][..4]) && shown.header(header::SET_COOKIE).contains("Max-Age=0"), "{}", shown.body);
    for forged in ["", "abcdefghjkmn", &format!("{}.abcdefghjkmn", codes[0])] {
        assert!(page(forged).await.body.contains("shown once already"), "{forged}");
    }
    let weak = sign_in(&desk, "drafter", PASSWORD).await;
    let written = format!("{}-{}-{}", &codes[0][..4], &codes[0][4..8].to_uppercase(), &codes[0][8..]);
    let shown = desk.post(Some(&weak), "/en/desk/code", &[("code", &written)]).await;
    assert_eq!(shown.to(), "/en/desk");
    let weak = sign_in(&desk, "drafter", PASSWORD).await;
    assert!(desk.post(Some(&weak), "/en/desk/code", &[("code", &codes[0])]).await.session().is_none(), "a recovery code opened twice");
    let account = desk.get(Some(&token), "/en/desk/account").await.body;
    assert!(account.contains("9 recovery codes are left"), "{account}");
    let made = desk.post(Some(&token), "/en/desk/account/codes", &[]).await;
    let new = made.header(header::SET_COOKIE).strip_prefix("__Host-gazette-once=").unwrap().split(['.', ';']).next().unwrap().to_owned();
    assert!(desk.post(Some(&weak), "/en/desk/code", &[("code", &codes[1])]).await.session().is_none(), "an old code opens");
    assert!(desk.post(Some(&weak), "/en/desk/code", &[("code", &new)]).await.session().is_some());
}

async fn wrong_codes_lock_for_longer_each_time(engine: Engine) {
    let desk = Desk::on(engine).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let (secret, _) = enrolled(&desk, &drafter.token).await;
    let token = sign_in(&desk, "drafter", PASSWORD).await;
    let show = async |code: &str| desk.post(Some(&token), "/en/desk/code", &[("code", code)]).await;
    for _ in 0..5 {
        assert!(show("000000").await.body.contains("This code is not right"));
    }
    desk.pass(MINUTE / 4);
    assert!(show("000000").await.body.contains("Too many attempts"));
    assert!(show(&code(&secret, &desk)).await.body.contains("Too many attempts"));
    desk.pass(MINUTE);
    assert_eq!(show(&code(&secret, &desk)).await.to(), "/en/desk");
}

async fn whoever_came_in_a_while_ago_shows_once_more_who_they_are_before_another_way_in(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let (secret, added) = enrolled(&desk, &admin.token).await;
    let (token, _) = cookies(&added);
    desk.pass(14 * MINUTE);
    assert_eq!(desk.get(Some(&token), "/en/desk/account/authenticator").await.status, StatusCode::OK);
    desk.pass(2 * MINUTE);
    let anew = |answer: &Answer| answer.to().starts_with("/en/desk/code?to=%2Fen%2Fdesk%2F");
    for path in ["/en/desk/account/authenticator", "/en/desk/account/passkeys"] {
        assert!(anew(&desk.get(Some(&token), path).await), "{path}");
    }
    let machines = format!("/en/desk/machines/of/{A}");
    let asked: [(&str, &[(&str, &str)]); 6] = [
        ("/en/desk/account/authenticator", &[("secret", &secret), ("code", &code(&secret, &desk))]),
        ("/en/desk/account/passkeys", &[("do", "add"), ("name", "key"), ("credential", "{}")]),
        ("/en/desk/account/codes", &[]),
        ("/en/desk/account", &[("do", "address"), ("address", "thief@a.example")]),
        ("/en/desk/account", &[("do", "bind"), ("department", "finance")]),
        (&machines, &[("do", "make"), ("name", "Records"), ("role", "read"), ("days", "1")]),
    ];
    for (path, fields) in asked {
        assert!(anew(&desk.post(Some(&token), path, fields).await), "{path} {fields:?}");
    }
    assert_eq!(desk.staff.factors_of(&admin.account.id).await.unwrap(), (true, 10));
    assert!(desk.staff.machines(A).await.unwrap().is_empty());
    // All else goes on, and so does what takes a way in away.
    assert_eq!(desk.get(Some(&token), "/en/desk/account").await.status, StatusCode::OK);
    let page = desk.get(Some(&token), "/en/desk/code?to=%2Fen%2Fdesk%2Faccount%2Fauthenticator").await;
    assert!(page.body.contains("You came in a while ago"), "{}", page.body);
    let show =
        async |code: &str| desk.post(Some(&token), "/en/desk/code", &[("code", code), ("to", "/en/desk/account/authenticator")]).await;
    assert_eq!(show("000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = show(&code(&secret, &desk)).await;
    assert_eq!(shown.to(), "/en/desk/account/authenticator");
    assert_eq!(desk.get(shown.session().as_ref(), shown.to()).await.status, StatusCode::OK);
    assert!(desk.get(Some(&token), "/en/desk").await.to().contains("/sign-in"), "the session of before goes on");
}

async fn a_lost_second_factor_is_taken_away_by_a_link_that_says_so(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let (_, added) = enrolled(&desk, &drafter.token).await;
    let (_, codes) = cookies(&added);
    let path = format!("/en/desk/people/person/{}", drafter.account.id);
    let mut password = "nine herons on the far bank".to_owned();
    for (fields, kept) in [(vec![("do", "recovery")], true), (vec![("do", "recovery"), ("factors", "1")], false)] {
        password.push('!');
        let made = desk.post(Some(&admin.token), &path, &fields).await;
        let secret = made.header(header::SET_COOKIE).strip_prefix("__Host-gazette-once=").unwrap().split(';').next().unwrap().to_owned();
        let new = [("password", &*password), ("repeat", &*password)];
        let back = desk.post(None, &format!("/en/desk/links/{secret}"), &new).await.session().unwrap();
        let home = desk.get(Some(&back), "/en/desk").await;
        assert_eq!(home.status, if kept { StatusCode::SEE_OTHER } else { StatusCode::OK });
    }
    assert!(!desk.staff.account(&drafter.account.id).await.unwrap().unwrap().second_factor);
    assert!(!desk.staff.are_recovery_codes(&drafter.account.id, &codes[..1]).await.unwrap());
}

async fn a_given_role_asks_for_the_second_factor_at_once(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    let token = weakly(&desk, &drafter).await;
    assert_eq!(desk.get(Some(&token), "/en/desk").await.status, StatusCode::OK);
    let fields = [("do", "roles"), ("agency", A), ("role", "drafter"), ("role", "approver")];
    desk.post(Some(&admin.token), &format!("/en/desk/people/person/{}", drafter.account.id), &fields).await.to();
    assert_eq!(desk.get(Some(&token), "/en/desk").await.to(), "/en/desk/account/authenticator");
}

async fn what_no_passkey_has_signed_opens_nothing_and_without_a_name_there_are_no_passkeys(engine: Engine) {
    let desk = Desk::on(engine).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A)]).await;
    // This portal is reached under an address alone.
    assert_eq!(desk.get(Some(&drafter.token), "/en/desk/account/passkeys").await.status, StatusCode::NOT_FOUND);
    let add = [("do", "add"), ("name", "phone"), ("credential", "{}")];
    assert_eq!(desk.post(Some(&drafter.token), "/en/desk/account/passkeys", &add).await.status, StatusCode::NOT_FOUND);
    assert!(!desk.get(Some(&drafter.token), "/en/desk/account").await.body.contains("/account/passkeys"));
    let site = Site::at("https://gazette.example.gov").unwrap();
    let (session, account) = desk.staff.session(&drafter.token).await.unwrap().unwrap();
    let asked = desk.staff.ask_new_passkey(&session, &account, &site).await.unwrap().unwrap();
    assert!(asked.contains("\"gazette.example.gov\"") && asked.contains("\"challenge\""), "{asked}");
    for made in ["", "{}", "[]", "{\"id\":\"AA\"}", &"{".repeat(100_000)] {
        // Each question is answered once, rightly or not.
        assert!(matches!(desk.staff.add_passkey(&session, &site, made, "phone").await.unwrap(), Err(Refusal::WrongCode)));
        desk.staff.ask_new_passkey(&session, &account, &site).await.unwrap();
    }
    assert!(matches!(desk.staff.show_passkey(&session, &site, "{}").await.unwrap(), Err(Refusal::WrongCode)));
    assert_eq!(desk.staff.ask_passkey(&session, &site).await.unwrap(), None);
    assert!(desk.staff.passkeys_of(&account.id).await.unwrap().is_empty());
    assert!(matches!(desk.staff.remove_passkey(&session, "00").await.unwrap(), Err(Refusal::Nobody)));
}
