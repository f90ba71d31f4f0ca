//! Templates: who keeps an agency's own, who begins drafts with them, and that none of another agency's is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;

use axum::http::StatusCode;
use desk_house::*;
use pages_at_desk::Pages;
use server::{
    drafts::{HOUSE, Refusal, Translation, Written},
    staff::Role,
};
use trial::Engine;

on_each_engine! {
    an_administrator_keeps_templates_and_drafters_begin_with_them,
    a_template_that_somebody_changed_meanwhile_is_not_written_over,
    no_template_of_another_agency_is_there,
    each_template_of_the_house_gives_a_draft_that_can_be_submitted,
    the_pages_make_change_use_and_end_a_template_in_both_languages,
}

fn weekly() -> Written {
    Written {
        genre: "notice".into(),
        language: "en".into(),
        title: "Lanterns of week 【week】".into(),
        body: "【which】 are lit.".into(),
        basis: "Lantern Act".into(),
        document_number: "No. 【number】".into(),
        translations: vec![Translation {
            language: "zh".into(), title: "第【周】周灯笼".into(), body: "【哪些】点亮。".into()
        }],
        ..Written::default()
    }
}

async fn house_on(engine: Engine) -> House {
    let house = House::on(engine).await;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    house.hire("keeper", &[Role::Administrator, Role::Drafter], &house.other).await;
    house
}

async fn an_administrator_keeps_templates_and_drafters_begin_with_them(engine: Engine) {
    let house = house_on(engine).await;
    let (chief, author) = (house.who("chief"), house.who("author"));
    let id = house.drafts.make_template(&chief, &house.agency, " Weekly\nlanterns ", &weekly()).await.unwrap();
    let kept = house.drafts.templates(&author, &house.agency).await.unwrap();
    assert_eq!(kept.iter().map(|one| (one.name.as_str(), one.revision)).collect::<Vec<_>>(), [("Weeklylanterns", 1)]);
    let draft = house.drafts.begin_from(&author, &house.agency, &id, ("zh", true, "Finance")).await.unwrap();
    let written = &draft.written;
    assert_eq!((&*written.language, &*written.title, &*written.basis), ("zh", "第【周】周灯笼", "Lantern Act"));
    assert_eq!((&*written.translations[0].language, &*written.document_number), ("en", ""));
    assert_eq!(written.issuing_agencies, ["Finance"]);
    // Nobody else keeps them, and whoever only keeps them does not draft.
    for name in ["author", "clerk", "stranger", "keeper"] {
        let who = house.who(name);
        let refused = house.drafts.make_template(&who, &house.agency, "Mine", &weekly()).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Nothing), "{name}");
        assert_eq!(house.drafts.change_template(&who, &id, 1, "Mine", &weekly()).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
        assert_eq!(house.drafts.end_template(&who, &id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    }
    let refused = house.drafts.begin_from(&chief, &house.agency, &id, ("zh", true, "Finance")).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Nothing));
    assert!(matches!(
        house.drafts.make_template(&chief, &house.agency, "  ", &weekly()).await.unwrap_err().refusal(),
        Some(Refusal::Lacks(_))
    ));
    // Ended, it is gone; what began with it is not.
    house.drafts.end_template(&chief, &id).await.unwrap();
    assert!(house.drafts.templates(&author, &house.agency).await.unwrap().is_empty());
    assert_eq!(
        house.drafts.begin_from(&author, &house.agency, &id, ("zh", true, "Finance")).await.unwrap_err().refusal(),
        Some(&Refusal::Nothing)
    );
    assert_eq!(house.drafts.draft(&author, &draft.id).await.unwrap().written, draft.written);
    let noted = house.staff.journal().before(i64::MAX, 50).await.unwrap();
    for what in ["template-made", "template-ended"] {
        assert_eq!(noted.iter().filter(|row| row.what == what && row.who == chief.id).count(), 1, "{what}");
    }
}

async fn a_template_that_somebody_changed_meanwhile_is_not_written_over(engine: Engine) {
    let house = house_on(engine).await;
    let chief = house.who("chief");
    let id = house.drafts.make_template(&chief, &house.agency, "Weekly", &weekly()).await.unwrap();
    house.drafts.change_template(&chief, &id, 1, "Weekly lanterns", &weekly()).await.unwrap();
    let refused = house.drafts.change_template(&chief, &id, 1, "Other", &weekly()).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Changed));
    let kept = house.drafts.template(&chief, &id).await.unwrap();
    assert_eq!((kept.name.as_str(), kept.revision), ("Weekly lanterns", 2));
}

async fn no_template_of_another_agency_is_there(engine: Engine) {
    let house = house_on(engine).await;
    let (author, keeper) = (house.who("author"), house.who("keeper"));
    let theirs = house.drafts.make_template(&keeper, &house.other, "Theirs", &weekly()).await.unwrap();
    assert_eq!(house.drafts.template(&author, &theirs).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    assert_eq!(house.drafts.templates(&author, &house.other).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    for agency in [&house.agency, &house.other] {
        let refused = house.drafts.begin_from(&author, agency, &theirs, ("en", false, "x")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Nothing));
    }
    // Nor by somebody of both agencies, into the other one.
    house.hire_for("both", &[(Role::Drafter, &house.agency), (Role::Drafter, &house.other)]).await;
    let both = house.who("both");
    assert!(house.drafts.begin_from(&both, &house.other, &theirs, ("en", false, "x")).await.is_ok());
    let refused = house.drafts.begin_from(&both, &house.agency, &theirs, ("en", false, "x")).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Nothing));
}

async fn each_template_of_the_house_gives_a_draft_that_can_be_submitted(engine: Engine) {
    let house = house_on(engine).await;
    let author = house.who("author");
    for template in HOUSE {
        for language in ["zh", "en"] {
            let draft = house.drafts.begin_from(&author, &house.agency, template.code, (language, true, "Finance")).await.unwrap();
            let mut written = draft.written;
            assert_eq!(written.language, language);
            // What drafters fill in: a number and a day.
            (written.document_number, written.issued, written.published) = ("No. 1".into(), "2026-03-01".into(), "2026-03-02".into());
            house.drafts.save(&author, &draft.id, 1, &written).await.unwrap();
            house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap();
        }
    }
}

async fn the_pages_make_change_use_and_end_a_template_in_both_languages(engine: Engine) {
    let pages = Pages::of(house_on(engine).await).await;
    let (chief, author, clerk) = (pages.house.enter("chief").await, pages.house.enter("author").await, pages.house.enter("clerk").await);
    let agency = pages.house.agency.clone();
    for (lang, words) in [("zh", ["通用模板", "复制为本机关模板"]), ("en", ["For every agency", "Copy for this agency"])] {
        let list = pages.get(&chief, &format!("/{lang}/desk/templates")).await;
        assert!(list.status == StatusCode::OK && words.iter().all(|word| list.body.contains(word)), "{}", list.body);
        let shown = pages.get(&author, &format!("/{lang}/desk/templates")).await.body;
        assert!(shown.contains(words[0]) && !shown.contains(words[1]), "who drafts, keeps none");
        let new = format!("/{lang}/desk/templates/new");
        assert_eq!(pages.get(&author, &format!("{new}?agency={agency}")).await.status, StatusCode::NOT_FOUND);
        let copy = pages.get(&chief, &format!("{new}?agency={agency}&like=approval")).await;
        let wanted = copy.status == StatusCode::OK && copy.body.contains("的批复") && copy.body.contains("Approval of");
        assert!(wanted, "{}", copy.body);
        let unnamed = pages.post(&chief, &new, &[("agency", &agency), ("name", ""), ("title", "Kept")]).await;
        assert!(unnamed.status == StatusCode::UNPROCESSABLE_ENTITY && unnamed.body.contains("value=\"Kept\""), "what was typed stays");
        let name = format!("Weekly {lang} <b>");
        let fields = [
            ("agency", agency.as_str()),
            ("name", &name),
            ("genre", "notice"),
            ("language", lang),
            ("title", "Lanterns"),
            ("body", "Lit."),
            ("translation_language", "fr"),
            ("translation_title", "Lanternes"),
            ("translation_body", "Toutes."),
        ];
        assert_eq!(pages.post(&author, &new, &fields).await.status, StatusCode::NOT_FOUND);
        let made = pages.post(&chief, &new, &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let at = made.to.split('?').next().unwrap().to_owned();
        for stranger in [&author, &clerk] {
            assert_eq!(pages.get(stranger, &at).await.status, StatusCode::NOT_FOUND);
            assert_eq!(pages.post(stranger, &at, &[("do", "end")]).await.status, StatusCode::NOT_FOUND);
        }
        let shown = pages.get(&author, &format!("/{lang}/desk/templates")).await.body;
        assert!(shown.contains(&format!("Weekly {lang} &lt;b&gt;")) && !shown.contains("<b>"), "{shown}");
        let id = at.rsplit('/').next().unwrap();
        let begun =
            pages.post(&author, &format!("/{lang}/desk/templates"), &[("agency", &agency), ("template", id), ("translate", "1")]).await;
        let shown = pages.get(&author, &begun.to).await.body;
        assert!(shown.contains("value=\"Lanterns\"") && shown.contains("Lanternes"), "{shown}");
        // On top of what somebody else saved meanwhile: told, and nothing lost.
        let changed = [("name", "Other"), ("genre", "notice"), ("language", lang), ("revision", "1"), ("title", "Other lanterns")];
        assert_eq!(pages.post(&chief, &at, &changed).await.status, StatusCode::SEE_OTHER);
        let late = pages.post(&chief, &at, &changed).await;
        let told = late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("name=\"revision\" value=\"2\"");
        assert!(told, "{}", late.body);
        assert_eq!(pages.post(&chief, &at, &[("do", "end")]).await.to, format!("/{lang}/desk/templates"));
        assert_eq!(pages.get(&chief, &at).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(pages.get(&clerk, "/en/desk/templates").await.status, StatusCode::NOT_FOUND, "who neither drafts nor keeps");
}
