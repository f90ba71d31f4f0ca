//! Coming in and leaving: what is refused, and that nobody learns more from a refusal than that.

use crate::{
    desk::{Desk, MINUTE, PASSWORD, form},
    trial::{self, Engine},
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use server::staff::{Role, Token};

on_each_engine! {
    the_first_link_makes_one_administrator_and_ends,
    a_link_ends_with_its_hour_and_a_newer_one_replaces_it,
    a_wrong_password_and_an_account_that_is_not_there_are_answered_alike,
    wrong_passwords_lock_a_name_for_longer_each_time_and_the_right_one_works_afterwards,
    one_address_tries_only_so_often_however_many_names_it_tries,
    a_session_ends_when_it_is_idle_when_it_is_old_and_when_somebody_leaves,
    without_a_session_every_page_leads_to_the_sign_in_and_only_own_pages_follow_it,
    a_form_of_another_site_or_without_its_token_does_nothing,
    hostile_and_over_long_input_is_refused_beside_its_field_and_shown_as_text,
    what_is_not_there_looks_like_what_is_not_theirs,
}

async fn first_link(desk: &Desk) -> String {
    desk.staff.first_link().await.unwrap().unwrap()
}

const NEW: [(&str, &str); 4] = [("name", "李伟"), ("login", "li.wei"), ("password", PASSWORD), ("repeat", PASSWORD)];

async fn the_first_link_makes_one_administrator_and_ends(engine: Engine) {
    let desk = Desk::on(engine).await;
    let path = format!("/en/desk/links/{}", first_link(&desk).await);
    let page = desk.get(None, &path).await;
    assert!(page.status == StatusCode::OK && page.body.contains("The first administrator"), "{}", page.body);
    let made = desk.post(None, &path, &NEW).await;
    assert_eq!(made.to(), "/en/desk");
    let cookie = made.header(header::SET_COOKIE);
    assert!(["Path=/", "Secure", "HttpOnly", "SameSite=Strict"].iter().all(|part| cookie.contains(part)), "{cookie}");
    // It may do more than draft, so a second factor comes before anything else.
    assert_eq!(desk.get(made.session().as_ref(), "/zh/desk").await.to(), "/zh/desk/account/authenticator");
    let (_, account) = desk.staff.session(&made.session().unwrap()).await.unwrap().unwrap();
    let home = desk.get(Some(&desk.signed_in(account).await.token), "/zh/desk").await;
    assert!(home.body.contains("李伟") && home.body.contains("管理员") && home.body.contains("li.wei"), "{}", home.body);
    assert_eq!(home.header(header::CACHE_CONTROL), "no-store");
    // Used: neither its page nor its form does anything more, and no further one is made.
    assert_eq!(desk.get(None, &path).await.status, StatusCode::NOT_FOUND);
    let again = [("name", "Zhao"), ("login", "zhao"), ("password", PASSWORD), ("repeat", PASSWORD)];
    assert_eq!(desk.post(None, &path, &again).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.staff.first_link().await.unwrap(), None);
}

async fn a_link_ends_with_its_hour_and_a_newer_one_replaces_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    let old = first_link(&desk).await;
    let new = first_link(&desk).await;
    let status = async |secret: &str| desk.get(None, &format!("/zh/desk/links/{secret}")).await.status;
    assert_eq!((status(&old).await, status(&new).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    desk.pass(60 * MINUTE);
    assert_eq!(status(&new).await, StatusCode::NOT_FOUND);
    assert_eq!(desk.post(None, &format!("/en/desk/links/{new}"), &NEW).await.status, StatusCode::NOT_FOUND);
    assert!(desk.staff.is_empty().await.unwrap());
}

async fn sign_in(desk: &Desk, login: &str, password: &str) -> crate::desk::Answer {
    desk.post(None, "/en/desk/sign-in", &[("login", login), ("password", password)]).await
}

async fn a_wrong_password_and_an_account_that_is_not_there_are_answered_alike(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    let wrong = sign_in(&desk, "li.wei", "seven lanterns over the sea").await;
    let nobody = sign_in(&desk, "wang.fang", "seven lanterns over the sea").await;
    assert_eq!((wrong.status, wrong.session().is_none()), (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert_eq!((nobody.status, nobody.body), (wrong.status, wrong.body.replace("li.wei", "wang.fang")));
    assert_eq!(sign_in(&desk, " Li.Wei ", PASSWORD).await.to(), "/en/desk");
    assert_ne!(sign_in(&desk, "li.wei", PASSWORD).await.session().unwrap().reveal(), person.token.reveal());
}

async fn wrong_passwords_lock_a_name_for_longer_each_time_and_the_right_one_works_afterwards(engine: Engine) {
    let desk = Desk::on(engine).await;
    desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    for login in ["li.wei", "wang.fang"] {
        for _ in 0..5 {
            assert!(sign_in(&desk, login, "wrong").await.body.contains("do not belong together"));
        }
        // Locked, whoever it is, and whatever is typed.
        assert!(sign_in(&desk, login, PASSWORD).await.body.contains("Try again in 31 seconds"));
    }
    desk.pass(MINUTE / 2);
    assert!(sign_in(&desk, "li.wei", "wrong").await.body.contains("do not belong together"));
    assert!(sign_in(&desk, "li.wei", PASSWORD).await.body.contains("Try again in 61 seconds"));
    desk.pass(MINUTE);
    assert_eq!(sign_in(&desk, "li.wei", PASSWORD).await.to(), "/en/desk");
    // Forgotten with the right one.
    assert!(sign_in(&desk, "li.wei", "wrong").await.body.contains("do not belong together"));
    assert_eq!(sign_in(&desk, "li.wei", PASSWORD).await.to(), "/en/desk");
}

async fn one_address_tries_only_so_often_however_many_names_it_tries(engine: Engine) {
    let desk = Desk::on(engine).await;
    desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    let mut refused = 0;
    for n in 0..45 {
        // Too long to be anybody's, so that it is refused before it costs anything.
        let answer = sign_in(&desk, &format!("name{n}"), &"x".repeat(600)).await;
        assert!(answer.session().is_none());
        refused += usize::from(answer.body.contains("Too many attempts"));
    }
    assert!((3..=5).contains(&refused), "{refused}");
    let fields = [("login", "li.wei"), ("password", PASSWORD)];
    let elsewhere = desk.ask_from("198.51.100.20:9", form(None, "/en/desk/sign-in", &fields)).await;
    assert!(elsewhere.session().is_some());
}

async fn a_session_ends_when_it_is_idle_when_it_is_old_and_when_somebody_leaves(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    let here = async |token: &Token| desk.get(Some(token), "/en/desk").await.status == StatusCode::OK;
    assert!(here(&person.token).await);
    desk.pass(29 * MINUTE);
    assert!(here(&person.token).await);
    desk.pass(30 * MINUTE);
    assert!(!here(&person.token).await);
    // Always busy, and over all the same after twelve hours.
    let person = desk.signed_in(person.account).await;
    for _ in 0..35 {
        desk.pass(20 * MINUTE);
        assert!(here(&person.token).await);
    }
    desk.pass(20 * MINUTE);
    assert!(!here(&person.token).await);
    let person = desk.signed_in(person.account).await;
    let left = desk.post(Some(&person.token), "/en/desk/sign-out", &[]).await;
    assert_eq!(left.to(), "/en/desk/sign-in?out=1");
    assert!(left.header(header::SET_COOKIE).contains("Max-Age=0"));
    assert!(!here(&person.token).await);
}

async fn without_a_session_every_page_leads_to_the_sign_in_and_only_own_pages_follow_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    assert_eq!(desk.get(None, "/zh/desk").await.to(), "/zh/desk/sign-in");
    for path in ["/en/desk/people", "/en/desk/no-such-page"] {
        let to = desk.get(None, path).await.to().to_owned();
        assert_eq!(to, format!("/en/desk/sign-in?to={}", path.replace('/', "%2F")), "{path}");
        assert!(desk.get(None, &to).await.body.contains(&format!("value=\"{path}\"")));
    }
    let then = async |to: &str| {
        let fields = [("login", "li.wei"), ("password", PASSWORD), ("to", to)];
        desk.post(None, "/en/desk/sign-in", &fields).await.to().to_owned()
    };
    assert_eq!(then("/zh/desk/people?page=2").await, "/zh/desk/people?page=2");
    for elsewhere in
        ["https://evil.example/en/desk", "//evil.example", "/\\evil.example", "/en/", "/en/desk/sign-out", "/en/desk\r\nx: y", ""]
    {
        assert_eq!(then(elsewhere).await, "/en/desk", "{elsewhere:?}");
    }
    // A cookie that is none, and one of nobody.
    for forged in ["x".to_owned(), "0".repeat(64)] {
        let request = Request::get("/en/desk").header(header::COOKIE, format!("__Host-gazette={forged}")).body(Body::empty()).unwrap();
        assert_eq!(desk.ask(request).await.to(), "/en/desk/sign-in");
    }
}

async fn a_form_of_another_site_or_without_its_token_does_nothing(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    let other = desk.person("zhao", &[(Role::Drafter, "a/b")]).await;
    let who = Some(&person.token);
    let token = person.token.form();
    let others = other.token.form();
    for fields in [&[][..], &[("token", "")], &[("token", &others)], &[("token", person.token.reveal())]] {
        let refused = desk.ask(form(who, "/en/desk/sign-out", fields)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body.contains("no longer valid"), "{}", refused.body);
    }
    for (origin, site) in [
        (Some("https://evil.example"), None),
        (Some("https://evil.example"), Some("same-origin")),
        (Some("http://127.0.0.1:3000"), Some("cross-site")),
        (Some("null"), None),
        (None, Some("same-site")),
        (None, Some("none")),
        (None, None),
    ] {
        let mut request = form(who, "/en/desk/sign-out", &[("token", &token)]);
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove("sec-fetch-site");
        origin.map(|origin| request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap()));
        site.map(|site| request.headers_mut().insert("sec-fetch-site", site.parse().unwrap()));
        assert_eq!(desk.ask(request).await.status, StatusCode::FORBIDDEN, "{origin:?} {site:?}");
    }
    // Nor can another site sign somebody in under a name of its choosing.
    let mut request = form(None, "/en/desk/sign-in", &[("login", "zhao"), ("password", PASSWORD)]);
    request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    assert_eq!(desk.ask(request).await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.get(who, "/en/desk").await.status, StatusCode::OK);
    assert_eq!(desk.ask(form(who, "/en/desk/sign-out", &[("token", &token)])).await.status, StatusCode::SEE_OTHER);
}

async fn hostile_and_over_long_input_is_refused_beside_its_field_and_shown_as_text(engine: Engine) {
    let desk = Desk::on(engine).await;
    let path = format!("/en/desk/links/{}", first_link(&desk).await);
    let hostile = "\"><script>alert(1)</script>";
    let long = "a".repeat(20_000);
    for login in [hostile, &long, "a\u{0}b", "", "李伟"] {
        let fields = [("name", "Li"), ("login", login), ("password", PASSWORD), ("repeat", PASSWORD)];
        let page = desk.post(None, &path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Use 2 to 64 letters") && page.body.contains("href=\"#login\"") && !page.body.contains("<script"));
        assert!(page.body.len() < 20_000);
        let answer = sign_in(&desk, login, "x").await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && !answer.body.contains("<script") && answer.body.len() < 20_000);
    }
    for (fields, said) in [
        ([("name", hostile), ("login", "li"), ("password", "short"), ("repeat", "short")], "at least 12 characters"),
        ([("name", "\u{202e}iL"), ("login", "li"), ("password", PASSWORD), ("repeat", PASSWORD)], "as colleagues know it"),
        ([("name", "Li"), ("login", "li"), ("password", PASSWORD), ("repeat", "x")], "The two passwords differ"),
        ([("name", "Li"), ("login", "li"), ("password", "password1234"), ("repeat", "password1234")], "among the first"),
        ([("name", "Li"), ("login", "li"), ("password", &long), ("repeat", &long)], "too long"),
    ] {
        let page = desk.post(None, &path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains(said) && !page.body.contains("<script"), "{said}: {}", page.body);
        // No password comes back.
        assert!(!page.body.contains(PASSWORD) && !page.body.contains("password1234"));
    }
    let huge = "a".repeat(300_000);
    assert_eq!(desk.post(None, &path, &[("name", &huge)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(desk.staff.is_empty().await.unwrap());
}

async fn what_is_not_there_looks_like_what_is_not_theirs(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, "a/b")]).await;
    let page = desk.get(Some(&person.token), "/en/desk/no-such-page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("There is no such page"));
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
}
