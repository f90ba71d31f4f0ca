//! The journal: what is in it, who reads it, and that an altered one is found.

use crate::{
    desk::{Desk, PASSWORD},
    trial::{self, Engine},
};
use axum::http::StatusCode;
use serde_json::json;
use server::staff::Role;

on_each_engine! {
    what_people_do_is_written_down_with_who_did_it,
    a_changed_or_missing_row_is_found_while_it_waits,
    only_auditors_and_the_portals_administrators_read_it,
    many_writing_at_once_make_one_journal,
}

const A: &str = "gazette.example/archive";

async fn what_people_do_is_written_down_with_who_did_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    let admin = desk.person("admin", &[(Role::Administrator, A)]).await;
    let person = desk.person("li.wei", &[(Role::Drafter, A)]).await;
    let before = desk.staff.journal().before(i64::MAX, 1).await.unwrap()[0].number;
    desk.post(None, "/en/desk/sign-in", &[("login", "li.wei"), ("password", "wrong")]).await;
    desk.post(None, "/en/desk/sign-in", &[("login", "nobody"), ("password", "wrong")]).await;
    let token = desk.post(None, "/en/desk/sign-in", &[("login", "li.wei"), ("password", PASSWORD)]).await.session().unwrap();
    desk.post(Some(&token), "/en/desk/sign-out", &[]).await.to();
    let invite = [("do", "invite"), ("whom", "Wang Fang"), ("role", "drafter")];
    desk.post(Some(&admin.token), &format!("/en/desk/people/of/{A}"), &invite).await.to();
    let path = format!("/en/desk/people/person/{}", person.account.id);
    desk.post(Some(&admin.token), &path, &[("do", "roles"), ("agency", A), ("role", "drafter"), ("role", "reviewer")]).await.to();
    desk.post(Some(&person.token), "/en/desk/account", &[("do", "end-others")]).await;
    let mut rows = desk.staff.journal().before(i64::MAX, 100).await.unwrap();
    rows.reverse();
    let (admin, person) = (admin.account.id.as_str(), person.account.id.as_str());
    let said: Vec<_> = rows.iter().filter(|row| row.number > before).map(|row| (&*row.who, &*row.what, &*row.about)).collect();
    assert_eq!(
        said,
        [
            ("", "sign-in-failed", person),
            ("", "sign-in-failed", ""),
            (person, "signed-in", person),
            (person, "signed-out", person),
            (admin, "invited", A),
            (admin, "role-given", person),
        ]
    );
    assert!(rows.iter().all(|row| !row.details.contains(PASSWORD)));
    assert!(rows.iter().any(|row| row.what == "signed-in" && row.details.contains("203.0.113.7")));
    assert_eq!(desk.staff.journal().verify().await.unwrap(), (rows.len() as i64, None));
}

async fn a_changed_or_missing_row_is_found_while_it_waits(engine: Engine) {
    let desk = Desk::on(engine).await;
    for n in 0..20 {
        desk.staff.journal().note("", "tried", "something", &json!({ "n": n })).await.unwrap();
    }
    assert_eq!(desk.staff.journal().verify().await.unwrap(), (20, None));
    for (change, undo, first) in [
        ("update journal set details = '{\"n\":99}' where number = 9", "update journal set details = '{\"n\":8}' where number = 9", 9),
        ("update journal set number = 100 where number = 12", "update journal set number = 12 where number = 100", 13),
        ("update journal set time = time + 1 where number = 1", "update journal set time = time - 1 where number = 1", 1),
        ("update journal set who = 'x' where number = 3", "update journal set who = '' where number = 3", 3),
    ] {
        sqlx::query(change).execute(desk.staff.store().pool()).await.unwrap();
        assert_eq!(desk.staff.journal().verify().await.unwrap(), (first - 1 - i64::from(first == 13), Some(first)), "{change}");
        sqlx::query(undo).execute(desk.staff.store().pool()).await.unwrap();
        assert_eq!(desk.staff.journal().verify().await.unwrap(), (20, None), "{undo}");
    }
}

async fn only_auditors_and_the_portals_administrators_read_it(engine: Engine) {
    let desk = Desk::on(engine).await;
    for (login, roles, status) in [
        ("portal", &[(Role::Administrator, "")][..], StatusCode::OK),
        ("auditor", &[(Role::Auditor, "")], StatusCode::OK),
        ("admin", &[(Role::Administrator, A)], StatusCode::NOT_FOUND),
        ("drafter", &[(Role::Drafter, A), (Role::Approver, A)], StatusCode::NOT_FOUND),
        ("registrar", &[(Role::Registrar, "")], StatusCode::NOT_FOUND),
    ] {
        let person = desk.person(login, roles).await;
        assert_eq!(desk.get(Some(&person.token), "/zh/desk/journal").await.status, status, "{login}");
        let linked = desk.get(Some(&person.token), "/zh/desk").await.body.contains("/zh/desk/journal");
        assert_eq!(linked, status == StatusCode::OK, "{login}");
    }
    let auditor = desk.person("second", &[(Role::Auditor, "")]).await;
    for bad in ["0", "-1", "x", "99999999999999999999"] {
        let answer = desk.get(Some(&auditor.token), &format!("/en/desk/journal?before={bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    // What somebody put into it is shown as text.
    desk.staff.journal().note("<b>x</b>", "<script>", "\"><script>", &json!({ "<i>": "<script>alert(1)</script>" })).await.unwrap();
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(!page.contains("<script") && !page.contains("<b>x") && page.contains("&lt;script&gt;"), "{page}");
}

async fn many_writing_at_once_make_one_journal(engine: Engine) {
    let desk = Desk::on(engine).await;
    let writing: Vec<_> = (0..8)
        .map(|who| {
            let staff = desk.staff.clone();
            tokio::spawn(async move {
                for n in 0..10 {
                    staff.journal().note(&who.to_string(), "tried", "", &json!({ "n": n })).await.unwrap();
                }
            })
        })
        .collect();
    for one in writing {
        one.await.unwrap();
    }
    assert_eq!(desk.staff.journal().verify().await.unwrap(), (80, None));
}
