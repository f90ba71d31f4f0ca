//! What changed, as a case's page shows it to those who decide: beside the version they decided on, the one submitted before, and the
//! published one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod portal;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use desk_house::*;
use server::{
    drafts::{Against, FileChange, Frozen, Kind, Refusal, Translation, Written},
    staff::{From, NewAccount, Strength},
};
use trial::Engine;

on_each_engine! {
    who_decided_sees_what_changed_since_the_text_they_decided_on,
    a_new_version_is_shown_beside_the_published_one,
    a_file_is_told_by_its_content_and_not_by_its_name,
    texts_that_were_taken_back_are_kept_for_the_case_alone_and_go_with_it,
    the_page_marks_what_came_and_went_beside_the_whole_text,
    a_text_without_end_keeps_nobody_waiting,
    nobody_of_another_agency_sees_what_changed,
}

/// Taken back, written otherwise, and submitted once more.
async fn again(house: &House, frozen: &Frozen, change: impl FnOnce(&mut Written)) -> Frozen {
    let author = house.who("author");
    house.drafts.withdraw(&author, &frozen.draft).await.unwrap();
    let draft = house.drafts.draft(&author, &frozen.draft).await.unwrap();
    let mut written = draft.written;
    change(&mut written);
    house.drafts.save(&author, &draft.id, draft.revision, &written).await.unwrap();
    house.drafts.freeze(&author, &draft.id, draft.revision + 1, 0).await.unwrap()
}

async fn who_decided_sees_what_changed_since_the_text_they_decided_on(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    house.approve(&first, "clerk", "draft").await.unwrap();
    house.decide(&first, "lawyer-a", "lawyer-a", "legal", "reject", Some("No basis.")).await.unwrap();
    let second = again(&house, &first, |written| written.basis = "Lantern Act, section 2".into()).await;
    house.approve(&second, "clerk", "draft").await.unwrap();
    let third = again(&house, &second, |written| written.body = "# All of them\n\nEvery lantern is lit.".into()).await;
    let case = house.case(&third).await;
    let of = async |who: &str| house.drafts.comparable(&house.who(who), &case).await.unwrap();
    let lawyer = of("lawyer-a").await;
    assert!(
        matches!(&lawyer[0], Against::Earlier { frozen, decided: Some(decided), .. } if *frozen == first.id && decided == "reject"),
        "{lawyer:?}"
    );
    assert!(matches!(&of("clerk").await[0], Against::Earlier { frozen, decided: Some(_), .. } if *frozen == second.id));
    assert!(
        matches!(&of("director").await[0], Against::Earlier { frozen, decided: None, .. } if *frozen == second.id),
        "the newest before"
    );
    assert_eq!(lawyer.len(), 2);
    let changes = house.drafts.changes(&house.who("lawyer-a"), &case, &lawyer[0]).await.unwrap().unwrap();
    assert_eq!((&*changes.before.written.basis, &*changes.after.written.basis), ("", "Lantern Act, section 2"));
    assert_eq!(changes.before.written.body, "# All of them\n\nEach lantern is lit.\n");
    assert_eq!(changes.after.written.body, "# All of them\n\nEvery lantern is lit.\n");
    assert_eq!(changes.before.written.translations, changes.after.written.translations);
    assert_eq!(changes.files, [], "the file is the same");
}

async fn a_new_version_is_shown_beside_the_published_one(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    house.approve_all(&first).await;
    let index = house.published(&first).await;
    let draft = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, index).await.unwrap();
    let mut written = draft.written.clone();
    (written.effective, written.ground) = ("2026-05-01".into(), "facts-changed".into());
    written.translations.push(Translation { language: "fr".into(), title: "Lanternes".into(), body: "Toutes.".into() });
    house.drafts.save(&author, &draft.id, 1, &written).await.unwrap();
    let second = house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap();
    let case = house.case(&second).await;
    let choices = house.drafts.comparable(&house.who("director"), &case).await.unwrap();
    assert_eq!(choices, [Against::Published(index)]);
    let changes = house.drafts.changes(&house.who("director"), &case, &choices[0]).await.unwrap().unwrap();
    assert_eq!((&*changes.before.written.effective, &*changes.after.written.effective), ("", "2026-05-01"));
    assert_eq!(changes.before.written.body, changes.after.written.body);
    assert_eq!(changes.after.written.translations.len(), changes.before.written.translations.len() + 1);
    assert_eq!(changes.files, [], "brought along unchanged");
}

async fn a_file_is_told_by_its_content_and_not_by_its_name(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    let attach = async |name: &str, bytes: &[u8]| house.drafts.attach(&author, &draft.id, name, bytes.to_vec()).await.unwrap();
    for (name, bytes) in [("same.txt", &b"same"[..]), ("edited.txt", b"year 2025"), ("gone.txt", b"gone")] {
        attach(name, bytes).await;
        house.turn(1);
    }
    let first = house.drafts.freeze(&author, &draft.id, 1, 0).await.unwrap();
    house.approve_all(&first).await;
    let index = house.published(&first).await;
    let new = house.version_of(index).await;
    let files = house.drafts.files(&author, &new.id).await.unwrap();
    let id = |name: &str| files.iter().find(|file| file.name == name).unwrap().id.clone();
    for name in ["edited.txt", "gone.txt"] {
        house.drafts.detach(&author, &new.id, &id(name)).await.unwrap();
    }
    // As long as before, and other bytes.
    house.drafts.attach(&author, &new.id, "edited.txt", b"year 2026".to_vec()).await.unwrap();
    house.drafts.attach(&author, &new.id, "new.txt", b"new".to_vec()).await.unwrap();
    let second = house.drafts.freeze(&author, &new.id, new.revision, 0).await.unwrap();
    let case = house.case(&second).await;
    let changes = house.drafts.changes(&house.who("director"), &case, &Against::Published(index)).await.unwrap().unwrap();
    let mut told: Vec<_> = changes
        .files
        .iter()
        .map(|change| match change {
            FileChange::Added(file) => format!("+{}", file.name),
            FileChange::Removed(file) => format!("-{}", file.name),
            FileChange::Replaced(old, new) => format!("{}>{}", old.name, new.name),
            FileChange::Unread(file) => format!("?{}", file.name),
        })
        .collect();
    told.sort();
    assert_eq!(told, ["+new.txt", "-gone.txt", "edited.txt>edited.txt"]);
}

async fn texts_that_were_taken_back_are_kept_for_the_case_alone_and_go_with_it(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    house.approve(&first, "clerk", "draft").await.unwrap();
    let second = again(&house, &first, |written| written.body = "Other words.".into()).await;
    let case = house.case(&second).await;
    let clerk = house.who("clerk");
    let choices = house.drafts.comparable(&clerk, &case).await.unwrap();
    assert!(house.drafts.changes(&clerk, &case, &choices[0]).await.unwrap().is_some());
    house.approve_all(&second).await;
    house.published(&second).await;
    assert_eq!(house.waiting_files(), 0, "published, nothing of what was submitted before lies with the drafts");
    let third = house.submitted("Bridges", 0).await;
    let fourth = again(&house, &third, |written| written.body = "Other words.".into()).await;
    let author = house.who("author");
    house.drafts.withdraw(&author, &fourth.draft).await.unwrap();
    let revision = house.drafts.draft(&author, &fourth.draft).await.unwrap().revision;
    house.drafts.drop_draft(&author, &fourth.draft, revision).await.unwrap();
    assert_eq!(house.waiting_files(), 1, "given up, only the draft's own file stays");
    // What lies there no more is told as that.
    let fifth = house.submitted("Roads", 0).await;
    let sixth = again(&house, &fifth, |written| written.body = "Other words.".into()).await;
    let case = house.case(&sixth).await;
    for file in std::fs::read_dir(house.trial.place.data.join("drafts").join(&fifth.draft)).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with(&fifth.id) {
            std::fs::remove_file(path).unwrap();
        }
    }
    let choices = house.drafts.comparable(&author, &case).await.unwrap();
    assert_eq!(house.drafts.changes(&author, &case, &choices[0]).await.unwrap(), None);
}

/// A case's page as somebody sees it.
async fn page(house: &House, name: &str, path: &str) -> (StatusCode, String) {
    let known = house.who(name);
    let new = NewAccount { login: name.into(), name: format!("Officer {name}"), password: "seven lanterns over the river".into() };
    let account = match house.staff.make_account(&new, &known.roles, "").await.unwrap() {
        Ok(account) => account,
        Err(_) => known.clone(),
    };
    if account.id != known.id {
        let sql = "update steps set account = $1 where account = $2";
        sqlx::query(sql).bind(&account.id).bind(&known.id).execute(house.staff.store().pool()).await.unwrap();
        house.is_now(name, account.clone()).await;
    }
    let token = house.staff.begin_session(&account.id, Strength::SecondFactor, &From::default()).await.unwrap();
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let request = Request::get(path).header(header::COOKIE, format!("__Host-gazette={}", token.reveal())).body(Body::empty()).unwrap();
    let (status, _, body) = portal::ask(&portal, "203.0.113.7:9", request).await;
    (status, String::from_utf8(body).unwrap())
}

async fn the_page_marks_what_came_and_went_beside_the_whole_text(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    house.decide(&first, "clerk", "clerk", "draft", "reject", Some("Which?")).await.unwrap();
    let second = again(&house, &first, |written| {
        written.body = "# All of them\n\nEach <lamp> is lit.".into();
        written.translations[0].body = "一半点亮。".into();
        written.genre = "announcement".into();
    })
    .await;
    let path = format!("/en/desk/cases/{}", second.case);
    let (status, shown) = page(&house, "clerk", &path).await;
    assert_eq!(status, StatusCode::OK);
    let (changes, rest) = shown.split_once("id=\"changes\"").unwrap().1.split_once("</section>").unwrap();
    for piece in [
        "you decided on last (rejected)",
        "removed: </span>lantern</del>",
        "added: </span>&lt;lamp&gt;</ins>",
        "一半</ins>",
        "Announcement",
    ] {
        assert!(changes.contains(piece), "{piece}: {changes}");
    }
    assert!(!changes.contains("data-part") && rest.contains("data-frozen"), "what is signed stands by itself, whole");
    let (_, shown) = page(&house, "clerk", &format!("/zh/desk/cases/{}?against={}", second.case, first.id)).await;
    assert!(shown.contains("改动对照") && shown.contains("以全文为准"));
    // What was not asked for anybody's comparing: the first text has nothing beside it.
    let alone = house.submitted("Bridges", 0).await;
    assert!(!page(&house, "clerk", &format!("/en/desk/cases/{}", alone.case)).await.1.contains("id=\"changes\""));
}

async fn a_text_without_end_keeps_nobody_waiting(engine: Engine) {
    let house = House::on(engine).await;
    let long =
        |word: &str| (0..40_000).map(|number: u32| format!("{word} {}\n", number.wrapping_mul(2_654_435_761) % 1_000)).collect::<String>();
    let first = house.submit(Kind::Disclosure, &Written { body: long("灯笼"), ..written("Lanterns") }, 0).await;
    let second = again(&house, &first, |written| written.body = long("路灯")).await;
    let (status, shown) = page(&house, "clerk", &format!("/en/desk/cases/{}", second.case)).await;
    assert_eq!(status, StatusCode::OK);
    let changes = shown.split_once("id=\"changes\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(changes.contains("Too much changed") && changes.len() < 1 << 20, "{}", changes.len());
}

async fn nobody_of_another_agency_sees_what_changed(engine: Engine) {
    let house = House::on(engine).await;
    let first = house.submitted("Lanterns", 0).await;
    let second = again(&house, &first, |written| written.body = "Other words.".into()).await;
    let other = house.submitted("Bridges", 0).await;
    let case = house.case(&second).await;
    let stranger = house.who("stranger");
    let against = Against::Earlier { frozen: first.id.clone(), submitted: 0, decided: None };
    assert_eq!(house.drafts.changes(&stranger, &case, &against).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    let (status, shown) = page(&house, "stranger", &format!("/en/desk/cases/{}?against={}", second.case, first.id)).await;
    assert!(status == StatusCode::NOT_FOUND && !shown.contains("Other words"));
    // Another case's text is none of this one.
    let against = Against::Earlier { frozen: other.id, submitted: 0, decided: None };
    let clerk = house.who("clerk");
    assert_eq!(house.drafts.changes(&clerk, &case, &against).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
}
