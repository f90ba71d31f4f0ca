//! How much of drafts lies on the disk: what one agency may have there, that nothing lies there to which nothing leads, and that
//! neither tidying nor what cannot be read keeps anything due waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use desk_house::*;
use server::drafts::{Called, Column, FrozenState, Kind, Refusal, SMALLEST_PIECE, Stage, Written, keep_publishing};
use sqlx::Row;
use std::{path::Path, time::Duration};
use trial::Engine;

on_each_engine! {
    an_agency_has_its_room_for_files_and_takes_no_more_until_some_are_published_or_dropped,
    bytes_that_no_row_leads_to_are_removed_and_all_others_stay,
    a_draft_that_was_given_up_is_erased_after_a_month_and_until_then_comes_back_whole,
    what_is_due_comes_out_beside_tidying_and_past_a_step_that_cannot_be_read,
}

const DAY: i64 = 24 * 3_600_000;
/// Before this moment all that a test has written was written.
const EVER: i64 = i64::MAX;

fn digest(bytes: &[u8]) -> String {
    chain::Hash::of(&[bytes]).to_hex()
}

/// How many files lie under a folder.
fn lying(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { lying(&path) } else { 1 }).sum()
}

async fn an_agency_has_its_room_for_files_and_takes_no_more_until_some_are_published_or_dropped(engine: Engine) {
    let house = House::on(engine).await;
    let drafts = house.drafts.clone().with_most_of_agency(100);
    let author = house.who("author");
    let one = drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap().id;
    let other = drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lamps")).await.unwrap().id;
    drafts.attach(&author, &one, "a.txt", vec![b'a'; 60]).await.unwrap();
    drafts.begin_upload(&author, &one, "b.txt", 30, &digest(&[b'b'; 30])).await.unwrap();
    let refused = |error: server::drafts::DraftsError| error.refusal().cloned();
    // The other draft of the same agency has what is left, also counting what is on its way.
    assert_eq!(drafts.attach(&author, &other, "c.txt", vec![b'c'; 11]).await.map_err(refused), Err(Some(Refusal::NoRoom)));
    assert_eq!(drafts.begin_upload(&author, &other, "c.txt", 11, &digest(b"c")).await.map_err(refused), Err(Some(Refusal::NoRoom)));
    assert_eq!(lying(&house.trial.place.data.join("drafts")), 1, "what was refused lies nowhere");
    drafts.attach(&author, &other, "c.txt", vec![b'c'; 10]).await.unwrap();
    // Another agency has its own.
    let stranger = house.who("stranger");
    let theirs = drafts.begin(&stranger, &house.other, Kind::Disclosure, &written("Beds")).await.unwrap().id;
    drafts.attach(&stranger, &theirs, "d.txt", vec![b'd'; 100]).await.unwrap();
    // What was brought is held to it too, and none of it is made drafts of.
    let mut bringing = drafts.begin_bringing(&author, &house.agency).await.unwrap();
    bringing.file("t.csv", b"title,files\nRoads,map.txt\n".to_vec()).await.unwrap();
    bringing.file("map.txt", b"here".to_vec()).await.unwrap();
    let called = Called { columns: vec![("title".into(), Column::Field("title")), ("files".into(), Column::Files)], ..Called::default() };
    let id = bringing.finish(called, Written { language: "en".into(), ..Written::default() }).await.unwrap();
    let before = drafts.list(&author, Stage::Writing, 50).await.unwrap().len();
    assert_eq!(drafts.draft_brought(&author, &id, &[0]).await.map_err(refused), Err(Some(Refusal::NoRoom)));
    assert_eq!(drafts.list(&author, Stage::Writing, 50).await.unwrap().len(), before);
}

async fn bytes_that_no_row_leads_to_are_removed_and_all_others_stay(engine: Engine) {
    let house = House::on(engine).await;
    let (drafts, author) = (&house.drafts, house.who("author"));
    let folder = house.trial.place.data.join("drafts");
    // A file, a piece of one on its way, a frozen version, and what was brought.
    let writing = drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap().id;
    let file = drafts.attach(&author, &writing, "a.txt", b"a".to_vec()).await.unwrap();
    let bytes = vec![b'b'; 2 * SMALLEST_PIECE];
    let upload = drafts.begin_upload(&author, &writing, "b.txt", bytes.len() as i64, &digest(&bytes)).await.unwrap();
    drafts.go_on(&author, &writing, &upload.id, 0, bytes[..SMALLEST_PIECE].to_vec()).await.unwrap();
    let frozen = house.submitted("Lamps", 0).await;
    let mut bringing = drafts.begin_bringing(&author, &house.agency).await.unwrap();
    bringing.file("roads.md", b"# Roads\n".to_vec()).await.unwrap();
    let brought = bringing.finish(Called::default(), Written { language: "en".into(), ..Written::default() }).await.unwrap();
    let whole = lying(&folder);
    assert_eq!(drafts.forget_strays(EVER).await.unwrap(), 0, "each has its row");
    assert_eq!(lying(&folder), whole);
    // What a request left that broke between its bytes and its row.
    for stray in
        [format!("{writing}/{}", "0".repeat(32)), format!("{writing}/pieces/{}", "1".repeat(32)), "brought/gone/0".into(), "gone/1".into()]
    {
        let path = folder.join(stray);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"left").unwrap();
    }
    assert_eq!(drafts.forget_strays(0).await.unwrap(), 0, "what is young may get its row yet");
    assert_eq!(drafts.forget_strays(EVER).await.unwrap(), 4);
    assert_eq!(lying(&folder), whole);
    assert_eq!(drafts.file(&author, &writing, &file.id).await.unwrap().1, b"a");
    drafts.go_on(&author, &writing, &upload.id, SMALLEST_PIECE as i64, bytes[SMALLEST_PIECE..].to_vec()).await.unwrap();
    drafts.draft_brought(&author, &brought, &[0]).await.unwrap();
    for part in house.case(&frozen).await.parts {
        drafts.part(&author, &frozen.id, &part.commitment).await.unwrap();
    }
}

/// Wherever the desk keeps something of a text.
const KEPT: &str = "select written from drafts union all select title from drafts union all select written from draft_asides \
                    union all select title from frozen union all select name from frozen_parts union all select name from draft_files";

async fn a_draft_that_was_given_up_is_erased_after_a_month_and_until_then_comes_back_whole(engine: Engine) {
    let house = House::on(engine).await;
    let (drafts, author, colleague) = (&house.drafts, house.who("author"), house.who("colleague"));
    let kept = async || {
        let rows = sqlx::query(KEPT).fetch_all(house.staff.store().pool()).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
    };
    // Submitted once, taken back, and with a text kept aside.
    let frozen = house.submitted("Lanterns", 0).await;
    drafts.withdraw(&author, &frozen.draft).await.unwrap();
    drafts.save(&author, &frozen.draft, 1, &written("Lanterns of the river")).await.unwrap();
    drafts.save(&colleague, &frozen.draft, 1, &written("Lanterns of the bridge")).await.unwrap();
    let whole = drafts.draft(&author, &frozen.draft).await.unwrap();
    house.turn(90 * DAY);
    drafts.drop_draft(&author, &frozen.draft, 2).await.unwrap();
    house.turn(29 * DAY);
    assert_eq!(drafts.forget_dropped().await.unwrap(), 0);
    // Its month begins anew with each time that it is given up.
    drafts.take_up(&colleague, &frozen.draft).await.unwrap();
    let back = drafts.draft(&author, &frozen.draft).await.unwrap();
    assert_eq!((&back.written, back.stage, back.revision), (&whole.written, Stage::Writing, 2));
    assert_eq!(drafts.files(&author, &frozen.draft).await.unwrap().len(), 1);
    assert_eq!(drafts.asides(&author, &frozen.draft).await.unwrap().len(), 1);
    house.turn(2 * DAY);
    assert_eq!(drafts.forget_dropped().await.unwrap(), 0, "it is being written");
    drafts.drop_draft(&author, &frozen.draft, 2).await.unwrap();
    house.turn(31 * DAY);
    let late = drafts.take_up(&author, &frozen.draft).await.unwrap_err();
    assert_eq!(late.refusal(), Some(&Refusal::Nothing), "it is over, whether or not anybody has tidied");
    assert!(kept().await.contains("Lanterns of the river"));
    let other = drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Bridges")).await.unwrap();
    assert_eq!(drafts.forget_dropped().await.unwrap(), 1);
    assert_eq!(drafts.forget_dropped().await.unwrap(), 0);
    let left = kept().await;
    for text in ["Lanterns", "lantern is lit", "灯笼", "figures.csv"] {
        assert!(!left.replace(&serde_json::to_string(&other.written).unwrap(), "").contains(text), "{text}: {left}");
    }
    assert_eq!(drafts.draft(&author, &other.id).await.unwrap().written, other.written, "nothing else goes with it");
    assert_eq!(lying(&house.trial.place.data.join("drafts")), 0);
}

async fn what_is_due_comes_out_beside_tidying_and_past_a_step_that_cannot_be_read(engine: Engine) {
    let house = House::on(engine).await;
    let columns = "\"case\", number, frozen, note, salt, opening, reason_salt, reason, account, post, code, decision, taken, idx, leaf";
    let values = "'gone', 1, 'gone', 'no statement', '', '', '', '', '', '', '', '', 0, -1, ''";
    let sql = sqlx::AssertSqlSafe(format!("insert into steps ({columns}) values ({values})"));
    sqlx::query(sql).execute(house.staff.store().pool()).await.unwrap();
    let first = house.submitted("Lanterns", 0).await;
    house.approve_all(&first).await;
    house.published(&first).await;
    // And by what publishes in a running server.
    let second = house.submitted("Lamps", 0).await;
    house.approve_all(&second).await;
    let publishing = tokio::spawn(keep_publishing(house.drafts.clone()));
    for _ in 0..300 {
        if house.case(&second).await.frozen.state == FrozenState::Published {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(house.case(&second).await.frozen.state, FrozenState::Published);
    publishing.abort();
}
