//! What the desk promises two who write in one draft at once: each is shown all in which the two differ, and no word of either goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;

use app::{Lang, codes};
use axum::http::StatusCode;
use desk_house::*;
use pages_at_desk::Pages;
use server::{
    drafts::{Kind, Saved, Stage, Written},
    staff::{Role, Token},
};
use trial::Engine;

on_each_engine! {
    each_field_that_differs_is_shown_with_what_was_typed_and_what_stands,
    each_text_that_differs_is_shown_with_in_what_and_whole,
    what_two_say_of_a_published_document_is_shown_too,
    what_was_typed_where_a_number_is_wanted_is_not_lost_on_the_way,
    a_text_that_was_kept_aside_is_read_whole_by_whoever_sees_the_draft_and_by_nobody_else,
    what_is_saved_over_knowingly_is_kept_aside_in_that_turn,
    there_is_an_end_to_what_is_kept_aside,
}

impl Pages {
    /// A draft that the author has saved once more; by its address.
    async fn saved(&self, author: &Token, kind: Kind, fields: &[(&str, &str)]) -> String {
        let draft = self.house.drafts.begin(&self.house.who("author"), &self.house.agency, kind, &Written::default()).await.unwrap();
        let at = format!("/en/desk/drafts/{}", draft.id);
        let saved = self.post(author, &at, &with(fields, "1")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        at
    }

    /// What a colleague is shown who has written on top of what stood before that.
    async fn overtaken(&self, colleague: &Token, at: &str, fields: &[(&str, &str)]) -> String {
        let late = self.post(colleague, at, &with(fields, "1")).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.body);
        late.body
    }
}

fn with<'a>(fields: &[(&'a str, &'a str)], revision: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().chain([("do", "save"), ("revision", revision)]).collect()
}

/// What the page says of one thing in which the two differ; nothing where it says they do not.
fn differs<'p>(page: &'p str, what: &str) -> Option<&'p str> {
    page.split(&format!("data-differs=\"{what}\"")).nth(1)?.split("data-differs=").next()
}

/// Each field of a document: what a colleague typed, and what the author had saved.
static FIELDS: [(&str, &str, &str); 20] = [
    ("title", "Red lanterns", "Blue lanterns"),
    ("genre", "decision", "notice"),
    ("language", "zh", "en"),
    ("target", "7", "12"),
    ("issued", "2026-03-01", "2026-03-02"),
    ("published", "2026-03-03", ""),
    ("effective", "", "2026-03-04"),
    ("expires", "2027-01-01", "2027-01-02"),
    ("ground", "facts-changed", "error-in-figures"),
    ("document_number", "No. 7 (2026)", "No. 8 (2026)"),
    ("index_number", "A-7", "A-8"),
    ("theme", "lights", "rivers"),
    ("issuing_agencies", "Finance Bureau", "Water Bureau"),
    ("joint_agencies", "Health Bureau", "Parks Office"),
    ("basis", "Lantern Act", "River Act"),
    ("summary", "Of the red ones.", "Of the blue ones."),
    ("keywords", "red\r\nevening", "blue\r\nmorning"),
    ("subjects", "Bus Company | uscc | 91330100MA2ABCDE0X", "Tram Company"),
    ("source", "the town hall", "the old archive"),
    ("authentic", "original", "copy"),
];

/// As the page shows it.
fn shown(field: &str, value: &str) -> String {
    let known = match field {
        "genre" => codes::genre(Lang::En, value),
        "language" => codes::language(Lang::En, value),
        "ground" => codes::ground(Lang::En, value),
        "authentic" => codes::authentic(Lang::En, value),
        _ => None,
    };
    known.unwrap_or(value).replace("\r\n", "\n")
}

async fn each_field_that_differs_is_shown_with_what_was_typed_and_what_stands(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let fields = |side: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
        let fields = FIELDS.iter().map(|field| (field.0, side(field)));
        fields.chain([("region", "Old town"), ("body", "All of them.")]).collect::<Vec<_>>()
    };
    let (mine, theirs) = (fields(|field| field.1), fields(|field| field.2));
    let at = pages.saved(&author, Kind::Disclosure, &theirs).await;
    let page = pages.overtaken(&colleague, &at, &mine).await;
    assert!(page.contains("Officer author saved this draft at"), "{page}");
    for (field, typed, stands) in FIELDS {
        let beside = differs(&page, field).unwrap_or_else(|| panic!("{field}: {page}"));
        let (mine, theirs) = beside.split_once("What stands now").unwrap_or_else(|| panic!("{field}: {beside}"));
        for (side, value) in [(mine, typed), (theirs, stands)] {
            let said = if value.is_empty() { "Nothing stands there.".to_owned() } else { shown(field, value) };
            assert!(side.contains(&format!(">{said}<")), "{field}, {value}: {side}");
        }
    }
    for same in ["region", "body", "change", "by", "parts"] {
        assert!(differs(&page, same).is_none(), "{same} is the same: {page}");
    }
    // And each by the name that the form gives it, in the other language too.
    let page = pages.overtaken(&colleague, &at.replace("/en/", "/zh/"), &mine).await;
    for (field, label) in [("summary", "概述"), ("keywords", "关键词"), ("target", "已发布文件的编号"), ("ground", "理由")] {
        assert!(differs(&page, field).unwrap().contains(label), "{field}: {page}");
    }
}

async fn each_text_that_differs_is_shown_with_in_what_and_whole(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let text = |language, title, body| [("translation_language", language), ("translation_title", title), ("translation_body", body)];
    let of = |body, texts: &[[(&'static str, &'static str); 3]]| {
        let own = [("title", "Lanterns"), ("language", "en"), ("body", body)];
        own.into_iter().chain(texts.iter().flatten().copied()).collect::<Vec<_>>()
    };
    let theirs = of(
        "One.\r\nEach lantern is lit at six.\r\nLast.",
        &[text("fr", "Lanternes", "Toutes allumées."), text("zh", "灯笼", "全部点亮。"), text("ar", "same", "same")],
    );
    let mine = of(
        "One.\r\nEach lantern is lit at seven.\r\nLast.",
        &[text("fr", "Lampions", "Toutes éteintes."), text("de", "Laternen", "Alle <b>rot</b>."), text("ar", "same", "same")],
    );
    let at = pages.saved(&author, Kind::Disclosure, &theirs).await;
    let page = pages.overtaken(&colleague, &at, &mine).await;
    let body = differs(&page, "body").unwrap();
    assert!(body.contains("seven</del>") && body.contains("six</ins>"), "{body}");
    assert!(body.contains("One.\nEach lantern is lit at six.\nLast.</pre>"), "{body}");
    let french = differs(&page, "translation-fr").unwrap();
    for said in ["Lampions</del>", "Lanternes</ins>", "teintes</del>", "Toutes allumées.</pre>"] {
        assert!(french.contains(said), "{said}: {french}");
    }
    // One that only one of the two has.
    let chinese = differs(&page, "translation-zh").unwrap();
    assert!(chinese.contains("灯笼</ins>") && chinese.contains("全部点亮。</pre>"), "{chinese}");
    let german = differs(&page, "translation-de").unwrap();
    assert!(german.contains("Laternen</del>") && german.contains("Alle &lt;b") && german.contains("Nothing stands there."), "{german}");
    assert!(differs(&page, "translation-ar").is_none(), "{page}");
    // What was typed stands in the form, whole.
    assert!(page.contains("Each lantern is lit at seven.\nLast.</textarea>") && page.contains("value=\"Laternen\""), "{page}");
}

async fn what_two_say_of_a_published_document_is_shown_too(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let (author, colleague) = (house.enter("author").await, house.enter("colleague").await);
    let status = |target, change, effective, ground, by| {
        [("target", target), ("change", change), ("effective", effective), ("ground", ground), ("by", by)]
    };
    let at = pages.saved(&author, Kind::Status, &status("3", "repealed", "2026-12-01", "term-ended", "8")).await;
    let page = pages.overtaken(&colleague, &at, &status("4", "corrected", "2026-12-02", "error-in-figures", "9")).await;
    for (field, typed, stands) in [
        ("target", "4", "3"),
        ("change", "It is corrected", "It is repealed"),
        ("effective", "2026-12-02", "2026-12-01"),
        ("ground", codes::ground(Lang::En, "error-in-figures").unwrap(), codes::ground(Lang::En, "term-ended").unwrap()),
        ("by", "9", "8"),
    ] {
        let (mine, theirs) = differs(&page, field).unwrap().split_once("What stands now").unwrap();
        assert!(mine.contains(&format!(">{typed}<")) && theirs.contains(&format!(">{stands}<")), "{field}: {page}");
    }
    // Parts that are to be removed, as their document calls them.
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await.to_string();
    let at = pages.saved(&author, Kind::Redaction, &[("target", index.as_str())]).await;
    let editor = pages.get(&author, &at).await.body;
    let parts: Vec<_> = editor.split("name=\"parts\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(parts.len(), 4, "{editor}");
    let named =
        |part: usize, revision| [("target", index.as_str()), ("ground", "personal-data"), ("parts", parts[part]), ("revision", revision)];
    assert_eq!(pages.post(&author, &at, &named(1, "2")).await.status, StatusCode::SEE_OTHER);
    let late = pages.post(&colleague, &at, &named(3, "2")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (mine, theirs) = differs(&late.body, "parts").unwrap().split_once("What stands now").unwrap();
    assert!(mine.contains("figures.csv (attachment)") && theirs.contains("body.md (body)"), "{}", late.body);
}

async fn what_was_typed_where_a_number_is_wanted_is_not_lost_on_the_way(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let at = pages.saved(&author, Kind::Disclosure, &[("title", "Lanterns")]).await;
    let page = pages.overtaken(&colleague, &at, &[("title", "Lanterns"), ("target", "the third")]).await;
    assert!(page.contains("value=\"the third\"") && page.contains("Give the number of an entry."), "{page}");
}

async fn a_text_that_was_kept_aside_is_read_whole_by_whoever_sees_the_draft_and_by_nobody_else(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let (author, colleague) = (house.enter("author").await, house.enter("colleague").await);
    let (clerk, stranger) = (house.enter("clerk").await, house.enter("stranger").await);
    let fields: Vec<_> = FIELDS.iter().map(|field| (field.0, field.1)).collect();
    let texts = [
        ("body", "Only the <b>red</b> ones."),
        ("translation_language", "zh"),
        ("translation_title", "红灯笼"),
        ("translation_body", "只点红的。"),
    ];
    let at = pages.saved(&author, Kind::Disclosure, &[("title", "Lanterns")]).await;
    pages.overtaken(&colleague, &at, &[&fields[..], &texts].concat()).await;
    let id = at.rsplit('/').next().unwrap();
    let kept = house.drafts.asides(&house.who("author"), id).await.unwrap();
    assert_eq!(kept.len(), 1);
    let aside = format!("{at}/asides/{}", kept[0].id);
    // The editor leads to it, and it says all that stands in it.
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("Texts that were kept aside") && editor.contains(&format!("href=\"{aside}\"")), "{editor}");
    for who in [&author, &colleague, &clerk] {
        let page = pages.get(who, &aside).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("By Officer colleague"), "{}", page.body);
        for (field, typed, _) in FIELDS.iter().filter(|field| !field.1.is_empty()) {
            let within = page.body.split(&format!("data-typed=\"{field}\"")).nth(1).unwrap_or_else(|| panic!("{field}: {}", page.body));
            assert!(within.split("</textarea>").next().unwrap().contains(&shown(field, typed)), "{field}: {within}");
        }
        for text in ["Only the &lt;b&gt;red&lt;/b&gt; ones.", "Chinese", "红灯笼", "只点红的。"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
    }
    assert!(pages.get(&author, &aside.replace("/en/", "/zh/")).await.body.contains("另存的文字"));
    // While it waits for approval, too.
    house.drafts.save(&house.who("author"), id, 2, &written("Lanterns")).await.unwrap();
    house.drafts.freeze(&house.who("author"), id, 3, 0).await.unwrap();
    assert_eq!(pages.get(&author, &aside).await.status, StatusCode::OK);
    // Nobody else, and of no other draft.
    assert_eq!(pages.get(&stranger, &aside).await.status, StatusCode::NOT_FOUND);
    let other = pages.saved(&author, Kind::Disclosure, &[("title", "Bridges")]).await;
    assert_eq!(pages.get(&author, &format!("{other}/asides/{}", kept[0].id)).await.status, StatusCode::NOT_FOUND);
}

async fn what_is_saved_over_knowingly_is_kept_aside_in_that_turn(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let (author, colleague) = (house.enter("author").await, house.enter("colleague").await);
    let theirs = [("title", "Lanterns"), ("summary", "Of the blue ones."), ("keywords", "blue")];
    let at = pages.saved(&author, Kind::Disclosure, &theirs).await;
    let id = at.rsplit('/').next().unwrap().to_owned();
    let mine = [("title", "Lanterns"), ("body", "Red ones.")];
    let page = pages.overtaken(&colleague, &at, &mine).await;
    assert!(page.contains("name=\"over\" value=\"1\"") && page.contains("name=\"revision\" value=\"2\""), "{page}");
    let who = house.who("author");
    let stood = house.drafts.draft(&who, &id).await.unwrap().written;
    // Too much at once changes nothing, and the next try is as knowing.
    let much = "x".repeat((2 << 20) + 1);
    let long = pages.post(&colleague, &at, &[("over", "1"), ("revision", "2"), ("body", &much), ("do", "save")]).await;
    assert!(long.status == StatusCode::UNPROCESSABLE_ENTITY && long.body.contains("name=\"over\" value=\"1\""));
    assert_eq!(house.drafts.asides(&who, &id).await.unwrap().len(), 1);
    // As the page has it: what stood goes nowhere, in the name of who had saved it.
    let over = pages.post(&colleague, &at, &[&with(&mine, "2")[..], &[("over", "1")]].concat()).await;
    assert_eq!(over.status, StatusCode::SEE_OTHER, "{}", over.body);
    assert_eq!(house.drafts.draft(&who, &id).await.unwrap().written.body, "Red ones.");
    let kept = house.drafts.asides(&who, &id).await.unwrap();
    let of_author: Vec<_> = kept.iter().filter(|aside| aside.kept_by == who.id).collect();
    assert_eq!((kept.len(), of_author.len()), (2, 1));
    assert_eq!(house.drafts.aside(&who, &id, &of_author[0].id).await.unwrap().1, stood);
    let noted = house.staff.journal().before(i64::MAX, 200).await.unwrap();
    assert_eq!(noted.iter().filter(|row| row.what == "draft-kept-aside").count(), 2);
    // Nothing is kept of what goes on as it stood, nor where nobody was overtaken.
    let again = Written { body: "Red ones.".into(), title: "Lanterns".into(), ..Written::default() };
    assert_eq!(house.drafts.save_over(&house.who("colleague"), &id, 3, &again).await.unwrap(), Saved::Revision(4));
    assert_eq!(house.drafts.save(&who, &id, 4, &stood).await.unwrap(), Saved::Revision(5));
    assert_eq!(house.drafts.asides(&who, &id).await.unwrap().len(), 2);
    // Overtaken once more in between, it is not saved over what they have not seen.
    let late = pages.post(&colleague, &at, &[&with(&mine, "4")[..], &[("over", "1")]].concat()).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.drafts.draft(&who, &id).await.unwrap().written, stood);
    // Given up from there, it is kept as well.
    let dropped = pages.post(&colleague, &at, &[("over", "1"), ("revision", "5"), ("do", "drop"), ("title", "Mine")]).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER, "{}", dropped.body);
    let kept = house.drafts.asides(&who, &id).await.unwrap();
    assert_eq!(house.drafts.draft(&who, &id).await.unwrap().stage, Stage::Dropped);
    assert_eq!(kept.iter().filter(|aside| aside.kept_by == who.id).count(), 2);
}

async fn there_is_an_end_to_what_is_kept_aside(engine: Engine) {
    let house = House::on(engine).await;
    let (author, colleague) = (house.who("author"), house.who("colleague"));
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("0")).await.unwrap();
    for round in 0..45 {
        let revision = 1 + 2 * round;
        let saved = house.drafts.save(&author, &draft.id, revision, &written(&format!("theirs {round}"))).await.unwrap();
        assert_eq!(saved, Saved::Revision(revision + 1));
        house.drafts.save_over(&colleague, &draft.id, revision + 1, &written(&format!("mine {round}"))).await.unwrap();
        house.turn(1);
    }
    let kept = house.drafts.asides(&author, &draft.id).await.unwrap();
    assert_eq!(kept.len(), 40);
    assert_eq!(house.drafts.aside(&author, &draft.id, &kept[0].id).await.unwrap().1.title, "theirs 44", "the newest are kept");
    assert_eq!(house.drafts.aside(&author, &draft.id, &kept[39].id).await.unwrap().1.title, "theirs 5");
    // Each person has room of their own.
    house.hire("deputy", &[Role::Drafter], &house.agency).await;
    house.drafts.save(&house.who("deputy"), &draft.id, 1, &written("late")).await.unwrap();
    assert_eq!(house.drafts.asides(&author, &draft.id).await.unwrap().len(), 41);
}
