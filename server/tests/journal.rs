//! The journal's log: every row once and in order, whatever stops on the way; what is altered in it is found; who did what goes
//! after its time; and nobody reads it who may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod portal;
#[macro_use]
mod trial;

use axum::http::StatusCode;
use chain::Hash;
use desk::{Desk, Person};
use serde_json::json;
use server::{
    journal::{self, Fault, JournalError},
    staff::{NewMachine, Role, Scope},
};
use sqlx::{AnyConnection, Connection, any::install_default_drivers};
use trial::Engine;

on_each_engine! {
    each_row_goes_into_the_log_once_and_in_order,
    a_stop_between_logging_a_row_and_writing_that_down_logs_nothing_twice,
    rows_that_were_written_before_there_was_a_log_go_first,
    an_older_copy_of_the_staff_database_goes_on_from_what_the_log_has,
    an_edited_a_dropped_and_an_exchanged_row_are_found,
    a_row_dropped_while_it_waits_leaves_a_gap,
    a_row_that_the_log_never_takes_is_said_with_its_reason_and_those_before_it_are_logged,
    a_log_that_cannot_be_written_is_said_with_its_reason_until_it_can,
    who_did_what_goes_after_its_time_and_the_row_still_holds,
    rows_are_found_by_what_was_done_and_by_the_day,
    an_auditor_finds_what_one_person_did_and_nothing_of_others,
    a_row_that_no_longer_says_who_did_it_is_nobodys_and_the_page_says_so,
    nobody_but_auditors_and_the_portals_administrators_reaches_it,
}

const A: &str = "gazette.example/archive";
const DAY: i64 = 86_400_000;

async fn noted(desk: &Desk, count: i64) {
    for n in 0..count {
        desk.staff.journal().note("", "tried", "something", &json!({ "n": n })).await.unwrap();
    }
}

/// Runs SQL on the journal's database behind everybody's back.
async fn behind(desk: &Desk, sql: &'static str) {
    install_default_drivers();
    let place = journal::place_of(&desk.trial.place, None);
    let sqlite = || format!("sqlite://{}", place.data.join("gazette.sqlite").display());
    let mut connection = AnyConnection::connect(&place.database.clone().unwrap_or_else(sqlite)).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn staff_sql(desk: &Desk, sql: &'static str) {
    sqlx::query(sql).execute(desk.staff.store().pool()).await.unwrap();
}

async fn each_row_goes_into_the_log_once_and_in_order(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    noted(&desk, 300).await;
    let waiting = desk.staff.journal().waiting().await.unwrap();
    assert!(waiting >= 300);
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains(&format!("{waiting} rows are on their way")), "{page}");
    journal.feed().await.unwrap();
    assert_eq!(desk.staff.journal().waiting().await.unwrap(), 0);
    assert!(desk.staff.journal().before(i64::MAX, 10).await.unwrap().is_empty(), "what was logged lies in the log alone");
    let places = desk.staff.journal().places_before(i64::MAX, 1_000).await.unwrap();
    let numbers: Vec<i64> = places.iter().rev().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=waiting).collect::<Vec<_>>());
    assert!(places.windows(2).all(|pair| pair[0].1 == pair[1].1 + 1), "one behind the other");
    let examined = journal.examine().await.unwrap();
    assert_eq!((examined.rows, examined.fault), (waiting, None));
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains(&format!("checked all {waiting} rows")) && !page.contains("does not hold:"), "{page}");
    assert_eq!(page.matches("The server found it as it was written.").count(), 50);
    // Nothing personal stands in an entry.
    for (_, index) in &places {
        let entry = String::from_utf8(journal.node.store.entry(*index).await.unwrap().unwrap()).unwrap();
        assert!(!entry.contains(&auditor.account.id) && !entry.contains("Officer") && !entry.contains("\"n\":"), "{entry}");
    }
    // The next row names the newest that was logged.
    noted(&desk, 1).await;
    assert_eq!(desk.staff.journal().verify().await.unwrap(), (1, None));
    journal.feed().await.unwrap();
    assert_eq!(journal.examine().await.unwrap().fault, None);
}

async fn a_stop_between_logging_a_row_and_writing_that_down_logs_nothing_twice(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    noted(&desk, 5).await;
    staff_sql(&desk, "create table kept as select * from journal").await;
    journal.feed().await.unwrap();
    let (size, places) = (journal.node.heads.borrow().size, desk.staff.journal().places_before(i64::MAX, 10).await.unwrap());
    // As it was before the staff database had written down that they are logged.
    staff_sql(&desk, "insert into journal select * from kept").await;
    staff_sql(&desk, "delete from journal_places").await;
    staff_sql(&desk, "update journal_logged set number = 0").await;
    journal.feed().await.unwrap();
    assert_eq!(journal.node.heads.borrow().size, size, "nothing was added");
    assert_eq!(desk.staff.journal().places_before(i64::MAX, 10).await.unwrap(), places);
    assert_eq!(desk.staff.journal().waiting().await.unwrap(), 0);
    assert_eq!(journal.examine().await.unwrap().fault, None);
}

async fn rows_that_were_written_before_there_was_a_log_go_first(engine: Engine) {
    let desk = Desk::on(engine).await;
    noted(&desk, 7).await;
    staff_sql(&desk, "update journal set id = '', salt = ''").await;
    let (desk, journal) = desk.with_journal(0).await;
    noted(&desk, 2).await;
    journal.feed().await.unwrap();
    let examined = journal.examine().await.unwrap();
    assert_eq!((examined.rows, examined.fault), (9, None));
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert_eq!(page.matches("The server found it as it was written.").count(), 9, "{page}");
}

async fn an_older_copy_of_the_staff_database_goes_on_from_what_the_log_has(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    noted(&desk, 4).await;
    journal.feed().await.unwrap();
    journal.close().await;
    staff_sql(&desk, "delete from journal_places").await;
    staff_sql(&desk, "update journal_logged set number = 1").await;
    let (desk, journal) = desk.with_journal(0).await;
    noted(&desk, 1).await;
    journal.feed().await.unwrap();
    let examined = journal.examine().await.unwrap();
    assert_eq!((examined.rows, examined.fault), (5, None));
    drop(desk);
}

async fn an_edited_a_dropped_and_an_exchanged_row_are_found(engine: Engine) {
    for (sql, row) in [
        ("update entries set bytes = (select bytes from entries where idx = 5) where idx = 6", 5),
        ("delete from entries where idx = 7", 6),
        ("update contents set bytes = (select bytes from contents where entry = 4) where entry = 5", 4),
        ("update contents set bytes = null, salt = null where entry = 5", 4),
    ] {
        let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
        noted(&desk, 8).await;
        journal.feed().await.unwrap();
        assert_eq!(journal.examine().await.unwrap().fault, None);
        let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
        behind(&desk, sql).await;
        assert!(matches!(journal.examine().await.unwrap().fault, Some(Fault::Log(_))), "{sql}");
        let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
        assert!(page.contains("The journal does not hold together"), "{page}");
        let at = page.find(&format!("<span class=\"number\">{row}</span>")).unwrap();
        let found = page[at..].split("class=\"verdict\">").nth(1).unwrap();
        assert!(found.starts_with("The server found that this does not hold"), "{sql}: {}", &found[..200]);
    }
}

async fn a_row_dropped_while_it_waits_leaves_a_gap(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    noted(&desk, 6).await;
    staff_sql(&desk, "delete from journal where number = 3").await;
    staff_sql(&desk, "update journal set details = '{}' where number = 5").await;
    journal.feed().await.unwrap();
    assert_eq!(journal.examine().await.unwrap().fault, Some(Fault::Gap(3)));
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains("Row 3 is missing"), "{page}");
    // The gap under row 4, and the edit of row 5.
    assert_eq!(page.matches("The server found that this does not hold").count(), 2, "{page}");
}

async fn a_row_that_the_log_never_takes_is_said_with_its_reason_and_those_before_it_are_logged(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    journal.feed().await.unwrap();
    let first = desk.staff.journal().newest_logged().await.unwrap();
    noted(&desk, 4).await;
    staff_sql(&desk, "update journal set id = 'no id' where number = (select max(number) - 1 from journal)").await;
    let bad = first + 3;
    for _ in 0..2 {
        assert!(matches!(journal.feed().await, Err(JournalError::Row { number, .. }) if number == bad));
        assert_eq!(desk.staff.journal().newest_logged().await.unwrap(), bad - 1, "what stands before it does not wait for it");
        assert_eq!(desk.staff.journal().waiting().await.unwrap(), 2);
    }
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains(&format!("does not take row {bad}, however often it is tried")), "{page}");
    assert!(
        page.contains(&format!("the journal&#39;s log did not take row {bad}: "))
            || page.contains(&format!("log did not take row {bad}: "))
    );
    let at = page.find(&format!("<span class=\"number\">{bad}</span>")).unwrap();
    let said = page[at..].split("class=\"verdict\">").nth(1).unwrap();
    assert!(said.starts_with("The journal's log does not take this row."), "{}", &said[..100]);
    assert_eq!(page.matches("does not take this row").count(), 1);
    let page = desk.get(Some(&auditor.token), "/zh/desk/journal").await.body;
    assert!(page.contains(&format!("第 {bad} 行屡试均未能记入日志")), "{page}");
    staff_sql(&desk, "update journal set id = '0123456789abcdef0123456789abcdef' where id = 'no id'").await;
    journal.feed().await.unwrap();
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(!page.contains("data-trouble") && !page.contains("does not take"), "{page}");
    assert_eq!(journal.examine().await.unwrap().fault, None);
}

async fn a_log_that_cannot_be_written_is_said_with_its_reason_until_it_can(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(30).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    journal.feed().await.unwrap();
    let (full, empty) = match engine {
        Engine::Sqlite => (
            "create trigger full_disk before insert on entries begin select raise(abort, 'the disk is full'); end",
            "drop trigger full_disk",
        ),
        Engine::Postgres => {
            ("alter table entries add constraint full_disk check (idx < 0) not valid", "alter table entries drop constraint full_disk")
        }
    };
    behind(&desk, full).await;
    noted(&desk, 2).await;
    assert!(journal.feed().await.is_err());
    desk.pass(40 * DAY);
    assert!(journal.retain().await.is_err());
    let auditor = desk.signed_in(auditor.account).await;
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(
        page.contains("The journal's log cannot be written.")
            && page.contains("Names and details that were due for removal could not be removed"),
        "{page}"
    );
    assert_eq!(page.matches("data-trouble").count(), 2);
    assert_eq!(page.matches(if engine == Engine::Sqlite { "the disk is full" } else { "full_disk" }).count(), 2, "{page}");
    assert!(page.contains("on their way") && !page.contains("does not take"), "{page}");
    behind(&desk, empty).await;
    journal.feed().await.unwrap();
    assert!(journal.retain().await.unwrap() > 0);
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(!page.contains("data-trouble"), "{page}");
    assert_eq!(journal.examine().await.unwrap().fault, None);
}

async fn who_did_what_goes_after_its_time_and_the_row_still_holds(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(30).await;
    let old = desk.person("li.wei", &[(Role::Drafter, A)]).await;
    desk.staff.journal().note(&old.account.id, "draft-saved", "d1", &json!({ "revision": 4711 })).await.unwrap();
    journal.feed().await.unwrap();
    let rows = desk.staff.journal().newest_logged().await.unwrap();
    desk.pass(20 * DAY);
    desk.staff.journal().note(&old.account.id, "draft-saved", "d2", &json!({ "revision": 4712 })).await.unwrap();
    journal.feed().await.unwrap();
    assert_eq!(journal.retain().await.unwrap(), 0);
    desk.pass(20 * DAY);
    assert_eq!(journal.retain().await.unwrap(), u64::try_from(rows).unwrap());
    assert_eq!(journal.retain().await.unwrap(), 0, "once");
    assert_eq!(journal.examine().await.unwrap().fault, None);
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains("4712") && !page.contains("4711"), "{page}");
    assert_eq!(page.matches("Who did it was removed after its time. The row itself").count(), usize::try_from(rows).unwrap(), "{page}");
    assert!(page.contains("Draft saved") && !page.contains("does not hold:"), "{page}");
    let held: Vec<_> = journal.node.store.contents(0, 1_000).await.unwrap();
    assert_eq!(held.iter().filter(|part| part.removed_by.is_none()).count(), 1);
    assert!(held.iter().filter(|part| part.removed_by.is_some()).all(|part| part.bytes.is_none() && part.salt.is_none()));
}

/// Numbers of the rows of a page.
fn numbers(page: &str) -> Vec<i64> {
    page.split("class=\"number\">").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
}

async fn rows_are_found_by_what_was_done_and_by_the_day(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    // By the portal's clocks it is early on 29 May 2026; in London, and for machines, it is the day before still.
    noted(&desk, 3).await;
    journal.feed().await.unwrap();
    let first = desk.staff.journal().newest_logged().await.unwrap();
    desk.pass(DAY);
    for n in 0..60 {
        desk.staff.journal().note("", "draft-saved", "d1", &json!({ "revision": n })).await.unwrap();
        if n == 30 {
            noted(&desk, 1).await;
        }
    }
    journal.feed().await.unwrap();
    let second = desk.staff.journal().newest_logged().await.unwrap();
    desk.pass(DAY);
    let auditor = desk.signed_in(auditor.account).await;
    noted(&desk, 2).await;
    journal.feed().await.unwrap();
    noted(&desk, 1).await;
    let third = desk.staff.journal().before(i64::MAX, 1).await.unwrap()[0].number;
    let asked = async |query: &str| {
        let answer = desk.get(Some(&auditor.token), &format!("/en/desk/journal?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(!answer.body.contains("does not hold:"), "{query}: {}", answer.body);
        answer.body
    };
    assert_eq!(numbers(&asked("act=&day=2026-05-29").await), (1..=first).rev().collect::<Vec<_>>());
    // The second day's are more than a page, and lead to the rest of that day alone.
    let page = asked("day=2026-05-30").await;
    assert_eq!(numbers(&page), (second - 49..=second).rev().collect::<Vec<_>>());
    let older = format!("before={}&amp;day=2026-05-30", second - 49);
    assert!(page.contains(&older), "{page}");
    let page = asked(&older.replace("&amp;", "&")).await;
    assert_eq!(numbers(&page), (first + 1..second - 49).rev().collect::<Vec<_>>());
    assert!(!page.contains("class=\"pager\""), "{page}");
    // Rows of one act do not stand one behind the other, and hold all the same; one that waits is found too.
    let tried = asked("act=tried&day=").await;
    let all = numbers(&tried);
    assert_eq!((all.len(), all[0]), (7, third));
    assert!(tried.contains("Rows between these are left out") && tried.contains("<option value=\"tried\" selected"), "{tried}");
    assert_eq!(numbers(&asked("act=tried&day=2026-05-31").await).len(), 3);
    assert_eq!(numbers(&asked("act=tried&day=2026-05-30").await).len(), 1);
    let page = asked("act=draft-saved").await;
    let last = numbers(&page)[49];
    assert_eq!(numbers(&asked(&format!("act=draft-saved&before={last}")).await).len(), 10);
    for none in ["day=2026-05-28", "day=2026-06-01", "act=signed-out", "act=%3Cb%3E"] {
        let page = asked(none).await;
        assert!(numbers(&page).is_empty() && page.contains("There is no such row") && !page.contains("<b>"), "{none}: {page}");
    }
    for bad in ["day=yesterday", "before=0", "day=2026-13-01"] {
        let answer = desk.get(Some(&auditor.token), &format!("/zh/desk/journal?{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

/// A page of the journal, every row of which holds.
async fn sought(desk: &Desk, auditor: &Person, query: &str) -> String {
    let answer = desk.get(Some(&auditor.token), &format!("/en/desk/journal?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}");
    assert!(!answer.body.contains("does not hold:"), "{query}: {}", answer.body);
    answer.body
}

async fn did(desk: &Desk, who: &str, what: &str) {
    desk.staff.journal().note(who, what, "d1", &json!({})).await.unwrap();
}

async fn an_auditor_finds_what_one_person_did_and_nothing_of_others(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    let chief = desk.person("chief", &[(Role::Administrator, A)]).await.account;
    let li = desk.person("li.wei", &[(Role::Drafter, A)]).await.account.id;
    let wang = desk.person("wang.fang", &[(Role::Drafter, A)]).await.account.id;
    let new = NewMachine { name: "Records system".into(), scopes: vec![Scope::Draft], days: 30, addresses: String::new() };
    let machine = desk.staff.make_machine(&chief, A, &new).await.unwrap().unwrap().0.id;
    for _ in 0..60 {
        did(&desk, &li, "draft-saved").await;
        did(&desk, &wang, "draft-saved").await;
    }
    did(&desk, &machine, "draft-begun").await;
    let all = desk.staff.journal().before(i64::MAX, 1_000).await.unwrap();
    let of = |who: &str| all.iter().filter(|row| row.who == who).map(|row| row.number).collect::<Vec<_>>();
    let (lis, wangs) = (of(&li), of(&wang));
    assert!(lis.len() > 60, "and that the account was made");
    // While they wait as well as from the log; who has left is asked for like all others.
    staff_sql(&desk, "update accounts set ended = 1 where login = 'wang.fang'").await;
    for _ in 0..2 {
        for (who, login, rows) in [(&li, "li.wei", &lis), (&wang, "wang.fang", &wangs)] {
            let page = sought(&desk, &auditor, &format!("act=&who={who}&day=")).await;
            assert_eq!(numbers(&page), rows[..50], "{login}");
            assert_eq!(page.matches("data-told").count(), page.matches(&format!("<code>{login}</code>")).count(), "{login}: {page}");
            assert!(
                page.contains(&format!("<option value=\"{who}\" selected")) && page.contains("Rows between these are left out"),
                "{page}"
            );
            assert!(!page.contains(&format!("who={login}")), "no name in an address");
            let older = format!("before={}&amp;who={who}", rows[49]);
            assert!(page.contains(&older), "{page}");
            let page = sought(&desk, &auditor, &older.replace("&amp;", "&")).await;
            assert_eq!(numbers(&page), rows[50..], "{login}");
            assert!(!page.contains("class=\"pager\"") && !page.contains("no longer say who did them"), "{page}");
        }
        journal.feed().await.unwrap();
    }
    let page = sought(&desk, &auditor, &format!("who={machine}")).await;
    assert_eq!(numbers(&page), of(&machine));
    let (left, programs) = (page.find("label=\"Accounts that have ended\"").unwrap(), page.find("label=\"Programs\"").unwrap());
    assert!(page[left..].contains("Officer wang.fang · wang.fang"), "{page}");
    assert!(page[programs..left].contains(&format!("Records system · {A}")), "{page}");
    let row = format!("<a href=\"/en/desk/journal?who={machine}\"");
    assert!(sought(&desk, &auditor, "act=draft-begun").await.contains(&row), "a row leads to all of the same program's");
    // Together with an act and a day.
    desk.pass(DAY);
    let auditor = desk.signed_in(auditor.account).await;
    did(&desk, &li, "draft-saved").await;
    did(&desk, &wang, "draft-saved").await;
    did(&desk, &li, "draft-dropped").await;
    journal.feed().await.unwrap();
    let newest = desk.staff.journal().newest_logged().await.unwrap();
    assert_eq!(numbers(&sought(&desk, &auditor, &format!("who={li}&day=2026-05-30")).await), [newest, newest - 2]);
    assert_eq!(numbers(&sought(&desk, &auditor, &format!("act=draft-saved&who={li}&day=2026-05-30")).await), [newest - 2]);
    let page = sought(&desk, &auditor, &format!("act=draft-saved&who={li}&day=2026-05-29")).await;
    assert_eq!(numbers(&page).len(), 50);
    assert!(page.contains(&format!("&amp;act=draft-saved&amp;who={li}&amp;day=2026-05-29")), "{page}");
    // One that waits behind more than a page of others is found as well.
    did(&desk, &li, "draft-begun").await;
    noted(&desk, 120).await;
    assert_eq!(numbers(&sought(&desk, &auditor, &format!("who={li}&day=2026-05-30")).await), [newest + 1, newest, newest - 2]);
    for none in [format!("act=signed-out&who={li}"), format!("who={li}&day=2026-05-28"), "who=nobody".into(), "who=%3Cb%3E".into()] {
        let page = sought(&desk, &auditor, &none).await;
        assert!(numbers(&page).is_empty() && page.contains("There is no such row") && !page.contains("<b>"), "{none}: {page}");
    }
}

async fn a_row_that_no_longer_says_who_did_it_is_nobodys_and_the_page_says_so(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(30).await;
    let li = desk.person("li.wei", &[(Role::Drafter, A)]).await.account.id;
    did(&desk, &li, "draft-saved").await;
    journal.feed().await.unwrap();
    let old = desk.staff.journal().newest_logged().await.unwrap();
    desk.pass(20 * DAY);
    did(&desk, &li, "draft-saved").await;
    did(&desk, &li, "draft-saved").await;
    journal.feed().await.unwrap();
    desk.pass(20 * DAY);
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    // As soon as its time is over, removed or not.
    for removed in [false, true] {
        if removed {
            assert_eq!(journal.retain().await.unwrap(), u64::try_from(old).unwrap());
        }
        let page = sought(&desk, &auditor, &format!("who={li}")).await;
        assert_eq!(numbers(&page), [old + 2, old + 1]);
        assert!(page.contains("Rows older than 30 days are not looked at") && !page.contains("no longer say who did them"), "{page}");
        let page = sought(&desk, &auditor, &format!("who={li}&day=2026-05-29")).await;
        assert!(numbers(&page).is_empty() && page.contains("Rows older than 30 days are not looked at"), "{page}");
    }
    let page = sought(&desk, &auditor, "act=draft-saved").await;
    assert_eq!(numbers(&page), [old + 2, old + 1, old]);
    assert!(!page.contains("are not looked at") && !page.contains("no longer say who did them"), "{page}");
    // Where the time was made longer since, and where somebody took a part away, nobody knows either: such rows are counted.
    journal.close().await;
    let (desk, _journal) = desk.with_journal(90).await;
    let page = sought(&desk, &auditor, &format!("who={li}")).await;
    assert_eq!(numbers(&page), [old + 2, old + 1]);
    assert!(page.contains(&format!("no longer say who did them, because that was removed or cannot be read: {old}.")), "{page}");
    behind(&desk, "update contents set bytes = null, salt = null where entry = (select max(entry) from contents)").await;
    let page = sought(&desk, &auditor, &format!("who={li}")).await;
    assert_eq!(numbers(&page), [old + 1]);
    assert!(page.contains(&format!("because that was removed or cannot be read: {}.", old + 1)), "{page}");
}

async fn nobody_but_auditors_and_the_portals_administrators_reaches_it(engine: Engine) {
    let (desk, journal) = Desk::on(engine).await.with_journal(0).await;
    noted(&desk, 3).await;
    journal.feed().await.unwrap();
    let size = journal.node.heads.borrow().size;
    let paths = [
        "/desk/journal/log/checkpoint".to_owned(),
        format!("/desk/journal/log/evidence/{size}/2-4"),
        format!("/desk/journal/log/consistency/2-{size}"),
        "/desk/journal/log/contents/2-4".to_owned(),
    ];
    for (login, roles, may) in [
        ("portal", &[(Role::Administrator, "")][..], true),
        ("auditor", &[(Role::Auditor, "")], true),
        ("admin", &[(Role::Administrator, A), (Role::Publisher, A)], false),
        ("registrar", &[(Role::Registrar, "")], false),
    ] {
        let person = desk.person(login, roles).await;
        for path in &paths {
            let answer = desk.get(Some(&person.token), path).await;
            assert_eq!(answer.status, if may { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{login} {path}");
            assert_eq!(answer.header(axum::http::header::CACHE_CONTROL), "no-store", "{path}");
        }
        let posted = desk.post(Some(&person.token), "/en/desk/journal", &[]).await.status;
        assert_eq!(posted, if may { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND }, "{login}");
    }
    for path in &paths {
        let answer = desk.get(None, path).await;
        assert_ne!(answer.status, StatusCode::OK, "{path}");
    }
    // What is public serves nothing of it.
    let entry = journal.node.store.entry(3).await.unwrap().unwrap();
    let part = journal.node.store.contents(3, 4).await.unwrap().remove(0).commitment;
    assert_eq!(desk.get(None, &format!("/content/{part}")).await.status, StatusCode::NOT_FOUND);
    let public = desk.get(None, "/log/entry/3").await;
    assert_ne!(public.body.as_bytes(), entry.as_slice());
    let journals = chain::tree::leaf_hash(&journal.node.store.entry(0).await.unwrap().unwrap());
    let portals = chain::tree::leaf_hash(&desk.node.store.entry(0).await.unwrap().unwrap());
    assert!(journals != portals && journals != Hash::ZERO, "another chain with keys of its own");
}

/// A journal cut back to an older copy signs no second history: what is done meanwhile waits, and goes in when the newest is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_journal_takes_nothing_and_loses_nothing() {
    let (desk, journal) = Desk::on(Engine::Sqlite).await.with_journal(0).await;
    noted(&desk, 3).await;
    journal.feed().await.unwrap();
    let folder = journal::place_of(&desk.trial.place, None).data;
    let (old, new) = (desk.trial.dir.path().join("old"), desk.trial.dir.path().join("new"));
    let swap = |to: &std::path::Path| {
        std::fs::remove_dir_all(&folder).unwrap();
        trial::copy(to, &folder);
    };
    journal.close().await;
    trial::copy(&folder, &old);
    let (desk, journal) = desk.with_journal(0).await;
    noted(&desk, 3).await;
    journal.feed().await.unwrap();
    journal.close().await;
    trial::copy(&folder, &new);
    swap(&old);
    let (desk, journal) = desk.with_journal(0).await;
    let auditor = desk.person("auditor", &[(Role::Auditor, "")]).await;
    noted(&desk, 1).await;
    assert!(journal.node.behind().is_some() && journal.feed().await.is_err());
    assert!(matches!(journal.examine().await.unwrap().fault, Some(Fault::Log(_))));
    let page = desk.get(Some(&auditor.token), "/en/desk/journal").await.body;
    assert!(page.contains("is an old one") && page.contains("on their way"), "{page}");
    journal.close().await;
    swap(&new);
    let (desk, journal) = desk.with_journal(0).await;
    journal.feed().await.unwrap();
    let examined = journal.examine().await.unwrap();
    assert_eq!(examined.fault, None);
    assert_eq!(examined.rows, desk.staff.journal().newest_logged().await.unwrap());
}
