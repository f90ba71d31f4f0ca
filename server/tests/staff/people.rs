//! Looking after people: who may, who may not, and that what is ended has ended.

use crate::{
    desk::{Answer, Desk, MINUTE, PASSWORD, Person},
    trial::{self, Engine},
};
use axum::http::{StatusCode, header};
use server::staff::{NewAccount, Refusal, Role};

on_each_engine! {
    an_operator_makes_an_administrator_where_none_is_left_and_it_is_noted,
    whoever_changes_their_name_is_called_so_and_it_is_noted,
    somebody_is_invited_by_a_link_shown_once_and_is_what_they_were_invited_to_be,
    an_invitation_ends_when_it_is_used_withdrawn_or_old_and_when_its_maker_may_no_more,
    another_agencys_people_are_answered_as_not_there,
    only_the_roles_that_are_given_are_held_and_what_is_taken_is_taken_at_once,
    an_auditor_is_nothing_else_and_who_is_something_else_becomes_none,
    an_administrator_of_an_agency_takes_over_nobody_who_also_works_elsewhere,
    an_ended_account_comes_in_no_more_and_its_sessions_and_links_end_with_it,
    the_last_administrator_of_the_portal_remains,
    recovery_sets_a_new_password_once_and_ends_every_session,
    a_password_is_changed_by_who_knows_it_and_everywhere_else_is_signed_out,
    sessions_are_listed_and_ended_by_their_own_account_alone,
    whoever_looks_after_somebody_ends_their_sessions_alone_and_it_is_noted,
}

const A: &str = "gazette.example/archive";
const B: &str = "gazette.example/harbour";

fn people(agency: &str) -> String {
    format!("/en/desk/people/of/{agency}")
}

/// The address of the link that an answer leads to, as the page shows it.
async fn link_shown(desk: &Desk, by: &Person, made: &Answer) -> String {
    assert_eq!(made.to(), "/en/desk/people/link");
    let once = made.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    let cookie = format!("{once}; __Host-gazette={}", by.token.reveal());
    let ask = |cookie: &str| {
        let request = axum::http::Request::get("/en/desk/people/link").header(header::COOKIE, cookie);
        desk.ask(request.body(axum::body::Body::empty()).unwrap())
    };
    let page = ask(&cookie).await;
    assert!(page.header(header::SET_COOKIE).contains("Max-Age=0"));
    let from = page.body.find("http://127.0.0.1:3000/en/desk/links/").unwrap();
    let link = &page.body[from + "http://127.0.0.1:3000".len()..];
    let link = link[..link.find('<').unwrap()].to_owned();
    // Without what the browser was given it is not shown again.
    assert!(desk.get(Some(&by.token), "/en/desk/people/link").await.body.contains("shown once already"));
    link
}

async fn invited(desk: &Desk, by: &Person, agency: &str, roles: &[&str]) -> String {
    let fields: Vec<_> = [("do", "invite"), ("whom", "Wang Fang")].into_iter().chain(roles.iter().map(|role| ("role", *role))).collect();
    let made = desk.post(Some(&by.token), &people(agency), &fields).await;
    link_shown(desk, by, &made).await
}

const NEW: [(&str, &str); 4] = [("name", "Wang Fang"), ("login", "wang.fang"), ("password", PASSWORD), ("repeat", PASSWORD)];

async fn sign_in(desk: &Desk, login: &str, password: &str) -> Answer {
    desk.post(None, "/en/desk/sign-in", &[("login", login), ("password", password)]).await
}

async fn somebody_is_invited_by_a_link_shown_once_and_is_what_they_were_invited_to_be(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    for (fields, said) in [
        (vec![("do", "invite"), ("whom", "Wang Fang")], "Choose at least one role"),
        (vec![("do", "invite"), ("whom", "Wang Fang"), ("role", "auditor"), ("role", "king")], "Choose at least one role"),
        (vec![("do", "invite"), ("whom", ""), ("role", "drafter")], "Enter a name"),
    ] {
        let page = desk.post(Some(&admin.token), &people(A), &fields).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.body.contains(said), "{}", page.body);
    }
    let link = invited(&desk, &admin, A, &["drafter", "registrar"]).await;
    let list = desk.get(Some(&admin.token), &people(A)).await.body;
    assert!(list.contains("Wang Fang") && !list.contains(&link));
    let page = desk.get(None, &link).await;
    assert!(page.body.contains("value=\"Wang Fang\"") && page.body.contains("writes drafts"), "{}", page.body);
    let made = desk.post(None, &link, &NEW).await;
    let token = made.session().unwrap();
    let (_, account) = desk.staff.session(&token).await.unwrap().unwrap();
    assert_eq!(account.roles.iter().collect::<Vec<_>>(), [(Role::Drafter, A)]);
    // A name that is taken is taken, in any case.
    let link = invited(&desk, &admin, A, &["drafter"]).await;
    let again = [("name", "Wang"), ("login", "Wang.Fang"), ("password", PASSWORD), ("repeat", PASSWORD)];
    assert!(desk.post(None, &link, &again).await.body.contains("Somebody signs in with this name already"));
}

async fn an_invitation_ends_when_it_is_used_withdrawn_or_old_and_when_its_maker_may_no_more(engine: Engine) {
    let desk = Desk::on(engine).await;
    let portal = desk.person("portal", &[(Role::Administrator, "")]).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let status = async |link: &str| desk.get(None, link).await.status;
    let used = invited(&desk, &admin, A, &["drafter"]).await;
    desk.post(None, &used, &NEW).await.to();
    assert_eq!(status(&used).await, StatusCode::NOT_FOUND);
    let withdrawn = invited(&desk, &admin, A, &["drafter"]).await;
    let list = desk.get(Some(&admin.token), &people(A)).await.body;
    let id = list.split("name=\"link\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let other = desk.person("other", &[(Role::Administrator, B)]).await;
    desk.post(Some(&other.token), &people(B), &[("do", "withdraw"), ("link", &id)]).await.to();
    assert_eq!(status(&withdrawn).await, StatusCode::OK, "another agency's administrator withdrew it");
    desk.post(Some(&admin.token), &people(A), &[("do", "withdraw"), ("link", &id)]).await.to();
    assert_eq!(status(&withdrawn).await, StatusCode::NOT_FOUND);
    let old = invited(&desk, &admin, A, &["drafter"]).await;
    let kept = invited(&desk, &admin, A, &["administrator"]).await;
    desk.pass(20 * MINUTE);
    assert_eq!(status(&old).await, StatusCode::OK);
    // Its maker loses the role that it was made with.
    let fields = [("do", "roles"), ("agency", A), ("role", "drafter")];
    desk.post(Some(&portal.token), &format!("/en/desk/people/person/{}", admin.account.id), &fields).await.to();
    let late = [("name", "Zhao"), ("login", "zhao"), ("password", PASSWORD), ("repeat", PASSWORD)];
    assert_eq!(desk.post(None, &kept, &late).await.status, StatusCode::NOT_FOUND);
    desk.pass(72 * 60 * MINUTE);
    assert_eq!(status(&old).await, StatusCode::NOT_FOUND);
}

async fn another_agencys_people_are_answered_as_not_there(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let drafter = desk.person("drafter", &[(Role::Drafter, A), (Role::Approver, A)]).await;
    let other = desk.person("other", &[(Role::Drafter, B)]).await;
    let nothing = desk.get(Some(&admin.token), "/en/desk/people/of/gazette.example/nowhere").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let person = format!("/en/desk/people/person/{}", other.account.id);
    for path in [&*people(B), "/en/desk/people/portal", &person, "/en/desk/people/person/0"] {
        let theirs = desk.get(Some(&admin.token), path).await;
        assert_eq!((theirs.status, &theirs.headers, theirs.body), (nothing.status, &nothing.headers, nothing.body.clone()), "{path}");
        for fields in [&[("do", "invite"), ("whom", "W"), ("role", "drafter")][..], &[("do", "end")], &[("do", "recovery")], &[]] {
            let tried = desk.post(Some(&admin.token), path, fields).await;
            assert_eq!((tried.status, tried.body), (nothing.status, nothing.body.clone()), "{path} {fields:?}");
        }
    }
    // Who administers nobody sees nobody, their own agency's people included.
    let own = format!("/en/desk/people/person/{}", drafter.account.id);
    for path in ["/en/desk/people", &people(A), &own, "/en/desk/people/link"] {
        assert_eq!(desk.get(Some(&drafter.token), path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!desk.get(Some(&drafter.token), "/en/desk").await.body.contains("/desk/people"));
    // An auditor sees everybody and changes nothing.
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let seen = desk.get(Some(&auditor.token), &people(A)).await;
    assert!(seen.body.contains("Officer drafter") && !seen.body.contains("value=\"invite\""), "{}", seen.body);
    let invite = [("do", "invite"), ("whom", "Wang"), ("role", "drafter")];
    assert_eq!(desk.post(Some(&auditor.token), &people(A), &invite).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post(Some(&auditor.token), &own, &[("do", "end")]).await.status, StatusCode::NOT_FOUND);
    let roles = [("do", "roles"), ("agency", A), ("role", "administrator")];
    assert_eq!(desk.post(Some(&auditor.token), &own, &roles).await.status, StatusCode::NOT_FOUND);
}

async fn only_the_roles_that_are_given_are_held_and_what_is_taken_is_taken_at_once(engine: Engine) {
    let desk = Desk::on(engine).await;
    let portal = desk.person("portal", &[(Role::Administrator, "")]).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let person = desk.person("li", &[(Role::Drafter, A)]).await;
    let path = format!("/en/desk/people/person/{}", person.account.id);
    let held = async || {
        let account = desk.staff.account(&person.account.id).await.unwrap().unwrap();
        account.roles.iter().map(|(role, agency)| (role, agency.to_owned())).collect::<Vec<_>>()
    };
    let fields = [("do", "roles"), ("agency", A), ("role", "administrator"), ("role", "approver"), ("role", "auditor")];
    desk.post(Some(&admin.token), &path, &fields).await.to();
    assert_eq!(held().await, [(Role::Approver, A.to_owned()), (Role::Administrator, A.to_owned())]);
    assert_eq!(desk.get(Some(&person.token), &people(A)).await.status, StatusCode::OK);
    desk.post(Some(&admin.token), &path, &[("do", "roles"), ("agency", A), ("role", "approver")]).await.to();
    assert_eq!(desk.get(Some(&person.token), &people(A)).await.status, StatusCode::NOT_FOUND);
    // An agency's administrator gives nothing elsewhere.
    for agency in [B, ""] {
        let fields = [("do", "roles"), ("agency", agency), ("role", "administrator")];
        assert_eq!(desk.post(Some(&admin.token), &path, &fields).await.status, StatusCode::NOT_FOUND, "{agency}");
    }
    desk.post(Some(&portal.token), &path, &[("do", "roles"), ("agency", ""), ("role", "registrar")]).await.to();
    assert_eq!(held().await, [(Role::Registrar, String::new()), (Role::Approver, A.to_owned())]);
}

async fn an_auditor_is_nothing_else_and_who_is_something_else_becomes_none(engine: Engine) {
    const SAID: &str = "An auditor holds no other role";
    let desk = Desk::on(engine).await;
    let portal = desk.person("portal", &[(Role::Administrator, "")]).await;
    // What is said stands beside the roles that were chosen, and those are chosen still.
    let refused = async |path: &str, fields: &[(&str, &str)]| {
        let page = desk.post(Some(&portal.token), path, fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let field = page.body.split("id=\"role\"").nth(1).unwrap().split("</fieldset>").next().unwrap().to_owned();
        (field.contains(SAID), field.matches("checked").count())
    };
    let both = [("do", "invite"), ("whom", "Wang Fang"), ("role", "auditor"), ("role", "registrar")];
    assert_eq!(refused("/en/desk/people/portal", &both).await, (true, 2));
    assert!(desk.staff.invitations("").await.unwrap().is_empty());
    let page = desk.post(Some(&portal.token), "/zh/desk/people/portal", &both).await;
    assert!(page.body.contains("审计员只可查阅、不得改动"), "{}", page.body);

    let person = desk.person("li", &[(Role::Drafter, A)]).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let path = |of: &Person| format!("/en/desk/people/person/{}", of.account.id);
    let to_audit = [("do", "roles"), ("agency", ""), ("role", "auditor")];
    assert_eq!(refused(&path(&person), &to_audit).await, (true, 1));
    for fields in [
        &[("do", "roles"), ("agency", ""), ("role", "auditor"), ("role", "registrar")][..],
        // They work nowhere yet: this is the form that brings them into an agency.
        &[("do", "roles"), ("agency", A), ("role", "drafter"), ("role", "approver")],
    ] {
        assert_eq!(refused(&path(&auditor), fields).await, (true, 2), "{fields:?}");
    }
    let held = async |of: &Person| {
        let account = desk.staff.account(&of.account.id).await.unwrap().unwrap();
        account.roles.iter().map(|(role, agency)| (role, agency.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(held(&person).await, [(Role::Drafter, A.to_owned())]);
    assert_eq!(held(&auditor).await, [(Role::Auditor, String::new())]);
    // The one for the other is no both.
    desk.post(Some(&portal.token), &path(&auditor), &[("do", "roles"), ("agency", ""), ("role", "registrar")]).await.to();
    assert_eq!(held(&auditor).await, [(Role::Registrar, String::new())]);
    let new = NewAccount { login: "zhao".into(), name: "Zhao".into(), password: PASSWORD.into() };
    let roles = [(Role::Auditor, String::new()), (Role::Drafter, A.to_owned())].into_iter().collect();
    assert_eq!(desk.staff.make_account(&new, &roles, "").await.unwrap(), Err(vec![Refusal::AuditorAlone]));
}

async fn an_administrator_of_an_agency_takes_over_nobody_who_also_works_elsewhere(engine: Engine) {
    let desk = Desk::on(engine).await;
    let portal = desk.person("portal", &[(Role::Administrator, "")]).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let both = desk.person("both", &[(Role::Drafter, A), (Role::Approver, B)]).await;
    let path = format!("/en/desk/people/person/{}", both.account.id);
    let page = desk.get(Some(&admin.token), &path).await;
    assert!(page.status == StatusCode::OK && !page.body.contains(B) && !page.body.contains("End this account"), "{}", page.body);
    for fields in [[("do", "recovery")], [("do", "end")], [("do", "sessions")]] {
        assert_eq!(desk.post(Some(&admin.token), &path, &fields).await.status, StatusCode::NOT_FOUND);
    }
    let made = desk.post(Some(&portal.token), &path, &[("do", "recovery")]).await;
    link_shown(&desk, &portal, &made).await;
}

async fn an_ended_account_comes_in_no_more_and_its_sessions_and_links_end_with_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    desk.person("portal", &[(Role::Administrator, "")]).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let person = desk.person("li", &[(Role::Administrator, A)]).await;
    let link = invited(&desk, &person, A, &["drafter"]).await;
    let path = format!("/en/desk/people/person/{}", person.account.id);
    assert!(desk.post(Some(&person.token), &path, &[("do", "end")]).await.body.contains("Nobody ends their own account"));
    desk.post(Some(&admin.token), &path, &[("do", "end")]).await.to();
    assert_eq!(desk.get(Some(&person.token), "/en/desk").await.to(), "/en/desk/sign-in");
    let nobody = sign_in(&desk, "nobody", PASSWORD).await;
    assert_eq!(sign_in(&desk, "li", PASSWORD).await.body.replace("\"li\"", "\"nobody\""), nobody.body);
    assert_eq!(desk.get(None, &link).await.status, StatusCode::NOT_FOUND);
    // Nothing more is done with it, and it stays to be seen.
    assert_eq!(desk.post(Some(&admin.token), &path, &[("do", "recovery")]).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get(Some(&admin.token), &path).await.body.contains("ended on"));
    let before = desk.staff.begin_session(&person.account.id, server::staff::Strength::SecondFactor, &Default::default()).await.unwrap();
    assert_eq!(desk.get(Some(&before), "/en/desk").await.to(), "/en/desk/sign-in");
}

async fn the_last_administrator_of_the_portal_remains(engine: Engine) {
    let desk = Desk::on(engine).await;
    let portal = desk.person("portal", &[(Role::Administrator, "")]).await;
    let path = format!("/en/desk/people/person/{}", portal.account.id);
    let without = [("do", "roles"), ("agency", ""), ("role", "auditor")];
    let refused = desk.post(Some(&portal.token), &path, &without).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Somebody must remain"), "{}", refused.body);
    let still = desk.staff.account(&portal.account.id).await.unwrap().unwrap();
    assert!(still.roles.holds(Role::Administrator, "") && !still.roles.holds(Role::Auditor, ""));
    desk.person("second", &[(Role::Administrator, "")]).await;
    desk.post(Some(&portal.token), &path, &without).await.to();
}

async fn recovery_sets_a_new_password_once_and_ends_every_session(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let person = desk.person("li.wei", &[(Role::Drafter, A)]).await;
    let path = format!("/en/desk/people/person/{}", person.account.id);
    let made = desk.post(Some(&admin.token), &path, &[("do", "recovery")]).await;
    let first = link_shown(&desk, &admin, &made).await;
    let made = desk.post(Some(&admin.token), &path, &[("do", "recovery")]).await;
    let link = link_shown(&desk, &admin, &made).await;
    assert_eq!(desk.get(None, &first).await.status, StatusCode::NOT_FOUND, "an older link still works");
    // Nothing changes until it is used.
    assert_eq!(desk.get(Some(&person.token), "/en/desk").await.status, StatusCode::OK);
    let page = desk.get(None, &link).await;
    assert!(page.body.contains("A new password") && page.body.contains("li.wei"));
    let new = "nine herons on the far bank";
    let weak = desk.post(None, &link, &[("password", "li.wei-li.wei"), ("repeat", "li.wei-li.wei")]).await;
    assert!(weak.body.contains("made from your own name"), "{}", weak.body);
    // Whoever had locked themselves out comes in with it at once.
    for _ in 0..5 {
        assert!(sign_in(&desk, "li.wei", "wrong").await.session().is_none());
    }
    assert!(sign_in(&desk, "li.wei", PASSWORD).await.body.contains("Try again in"));
    let back = desk.post(None, &link, &[("password", new), ("repeat", new)]).await;
    assert_eq!(back.to(), "/en/desk");
    assert_eq!(desk.get(Some(&person.token), "/en/desk").await.to(), "/en/desk/sign-in");
    assert_eq!(desk.get(back.session().as_ref(), "/en/desk").await.status, StatusCode::OK);
    assert_eq!(desk.post(None, &link, &[("password", new), ("repeat", new)]).await.status, StatusCode::NOT_FOUND);
    assert!(sign_in(&desk, "li.wei", PASSWORD).await.session().is_none());
    assert!(sign_in(&desk, "li.wei", new).await.session().is_some());
    let made = desk.post(Some(&admin.token), &path, &[("do", "recovery")]).await;
    let late = link_shown(&desk, &admin, &made).await;
    desk.pass(60 * MINUTE);
    assert_eq!(desk.post(None, &late, &[("password", new), ("repeat", new)]).await.status, StatusCode::NOT_FOUND);
}

async fn a_password_is_changed_by_who_knows_it_and_everywhere_else_is_signed_out(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, A)]).await;
    let other = desk.signed_in(person.account.clone()).await;
    let new = "nine herons on the far bank";
    let change = async |present: &str, new: &str, repeat: &str| {
        let fields = [("do", "password"), ("present", present), ("password", new), ("repeat", repeat)];
        desk.post(Some(&person.token), "/en/desk/account", &fields).await
    };
    assert!(change("wrong", new, new).await.body.contains("not your present password"));
    assert!(change(PASSWORD, new, "x").await.body.contains("The two passwords differ"));
    assert!(change(PASSWORD, "short", "short").await.body.contains("at least 12 characters"));
    let changed = change(PASSWORD, new, new).await;
    assert_eq!(changed.to(), "/en/desk/account?done=password");
    for old in [&person.token, &other.token] {
        assert!(desk.get(Some(old), "/en/desk").await.to().contains("/sign-in"));
    }
    assert_eq!(desk.get(changed.session().as_ref(), "/en/desk/account").await.status, StatusCode::OK);
    assert!(sign_in(&desk, "li.wei", PASSWORD).await.session().is_none());
    // Tries count as those at the door do.
    let token = sign_in(&desk, "li.wei", new).await.session().unwrap();
    let fields = [("do", "password"), ("present", "wrong"), ("password", PASSWORD), ("repeat", PASSWORD)];
    for _ in 0..5 {
        desk.post(Some(&token), "/en/desk/account", &fields).await;
    }
    assert!(desk.post(Some(&token), "/en/desk/account", &fields).await.body.contains("Too many attempts"));
}

async fn sessions_are_listed_and_ended_by_their_own_account_alone(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, A)]).await;
    let stranger = desk.person("zhao", &[(Role::Drafter, A)]).await;
    let elsewhere = desk.signed_in(person.account.clone()).await;
    let third = desk.signed_in(person.account.clone()).await;
    let list = desk.staff.sessions_of(&person.account.id).await.unwrap();
    assert_eq!(list.len(), 3);
    let (session, _) = desk.staff.session(&elsewhere.token).await.unwrap().unwrap();
    let end = [("do", "end"), ("session", session.handle())];
    let here = async |person: &Person| desk.get(Some(&person.token), "/en/desk").await.status == StatusCode::OK;
    desk.post(Some(&stranger.token), "/en/desk/account", &end).await.to();
    assert!(here(&elsewhere).await, "somebody else ended it");
    for short in ["", "0"] {
        desk.post(Some(&person.token), "/en/desk/account", &[("do", "end"), ("session", short)]).await.to();
    }
    assert!(here(&elsewhere).await && here(&third).await);
    desk.post(Some(&person.token), "/en/desk/account", &end).await.to();
    assert!(!here(&elsewhere).await && here(&third).await);
    desk.post(Some(&person.token), "/en/desk/account", &[("do", "end-others")]).await.to();
    assert!(here(&person).await && !here(&third).await && here(&stranger).await);
}

async fn whoever_looks_after_somebody_ends_their_sessions_alone_and_it_is_noted(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let person = desk.person("li", &[(Role::Drafter, A)]).await;
    let elsewhere = desk.signed_in(person.account.clone()).await;
    let colleague = desk.person("wang", &[(Role::Drafter, A)]).await;
    let stranger = desk.person("stranger", &[(Role::Administrator, B)]).await;
    let (path, end) = (format!("/en/desk/people/person/{}", person.account.id), [("do", "sessions")]);
    for other in [&colleague, &stranger] {
        assert_eq!(desk.post(Some(&other.token), &path, &end).await.status, StatusCode::NOT_FOUND);
    }
    let page = desk.get(Some(&admin.token), &path).await.body;
    assert!(page.contains("They are signed in at 2 places.") && page.contains("End all sessions"), "{page}");
    let page = desk.get(Some(&admin.token), &path.replace("/en/", "/zh/")).await.body;
    assert!(page.contains("目前在 2 处登录。") && page.contains("使全部登录退出"), "{page}");
    let own = format!("/en/desk/people/person/{}", admin.account.id);
    assert!(!desk.get(Some(&admin.token), &own).await.body.contains("End all sessions"), "one's own are on one's account's page");
    // Ended once, there is nothing more to end, nor to note.
    for _ in 0..2 {
        assert_eq!(desk.post(Some(&admin.token), &path, &end).await.to(), path);
    }
    for ended in [&person, &elsewhere] {
        assert_eq!(desk.get(Some(&ended.token), "/en/desk").await.to(), "/en/desk/sign-in");
    }
    for other in [&admin, &colleague, &stranger] {
        assert_eq!(desk.get(Some(&other.token), "/en/desk").await.status, StatusCode::OK);
    }
    assert!(desk.get(Some(&admin.token), &path).await.body.contains("They are signed in nowhere just now."));
    let rows = desk.staff.journal().before(i64::MAX, 50).await.unwrap();
    let noted: Vec<_> = rows.iter().filter(|row| row.what == "sessions-ended").collect();
    assert_eq!(noted.len(), 1);
    assert_eq!((&noted[0].who, &noted[0].about), (&admin.account.id, &person.account.id));
    assert_eq!(noted[0].details, r#"{"count":2}"#);
    assert!(sign_in(&desk, "li", PASSWORD).await.session().is_some(), "the account is as it was");
}

async fn an_operator_makes_an_administrator_where_none_is_left_and_it_is_noted(engine: Engine) {
    let desk = Desk::on(engine).await;
    desk.person("li.wei", &[(Role::Drafter, "trial.example/finance")]).await;
    let secret = desk.staff.administrator_link().await.unwrap();
    let fields = [("name", "Zhao"), ("login", "zhao"), ("password", PASSWORD), ("repeat", PASSWORD)];
    let made = desk.post(None, &format!("/en/desk/links/{secret}"), &fields).await;
    let (_, account) = desk.staff.session(&made.session().unwrap()).await.unwrap().unwrap();
    assert!(account.roles.holds(Role::Administrator, ""));
    let sql = "select count(*) from journal where what = 'administrator-link-made'";
    let noted: i64 = sqlx::query_scalar(sql).fetch_one(desk.staff.store().pool()).await.unwrap();
    assert_eq!(noted, 1);
    assert!(desk.staff.link(&secret).await.unwrap().is_none(), "it is good once");
}

async fn whoever_changes_their_name_is_called_so_and_it_is_noted(engine: Engine) {
    let desk = Desk::on(engine).await;
    let person = desk.person("li.wei", &[(Role::Drafter, "trial.example/finance")]).await;
    let bad = desk.post(Some(&person.token), "/en/desk/account", &[("do", "name"), ("name", "a\u{202e}b")]).await;
    assert_eq!(bad.status, axum::http::StatusCode::UNPROCESSABLE_ENTITY);
    let done = desk.post(Some(&person.token), "/en/desk/account", &[("do", "name"), ("name", " 李  伟 ")]).await;
    assert_eq!(done.to(), "/en/desk/account?done=saved");
    assert!(desk.get(Some(&person.token), "/en/desk").await.body.contains("李 伟"));
    let sql = "select details from journal where what = 'name-changed'";
    let noted: String = sqlx::query_scalar(sql).fetch_one(desk.staff.store().pool()).await.unwrap();
    assert!(noted.contains("Officer li.wei") && noted.contains("李 伟"), "{noted}");
}
