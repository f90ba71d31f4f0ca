//! What roles open at the desk, whatever posts lie in somebody's hands: who says that a text is ready, who reviews, who signs off, who
//! calls back, and that posts change hands only where they do.
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
    drafts::{Frozen, FrozenState, Kind, Refusal, Stage, Written},
    staff::{Account, Noted, Role},
};
use trial::Engine;

on_each_engine! {
    somebody_who_only_drafts_takes_no_step_whatever_post_they_hold,
    a_reviewer_signs_nothing_off_and_overrides_nothing_and_an_approver_reviews_too,
    where_one_kind_of_step_is_asked_for_it_is_the_last,
    a_publisher_and_the_agencys_administrator_call_back_until_it_is_being_sealed,
    the_page_of_a_case_is_where_it_is_called_back,
    whoever_publishes_what_they_wrote_is_told_that_nobody_else_is_asked,
    a_post_that_changes_no_hands_is_not_noted,
}

/// What somebody may decide about what was submitted: kind of step, post, decisions.
async fn able(house: &House, who: &str, frozen: &Frozen) -> Vec<(String, String, Vec<&'static str>)> {
    let able = house.drafts.able(&house.who(who), &house.case(frozen).await).await.unwrap();
    able.into_iter().map(|able| (able.code, able.post, able.decisions)).collect()
}

/// Two who hold the same posts and differ in their roles alone.
async fn both(house: &House, posts: &[&str]) {
    for (who, role) in [("reviewer", Role::Reviewer), ("approver", Role::Approver)] {
        house.hire(who, &[role], &house.agency).await;
        house.hold(who, posts).await;
    }
}

async fn somebody_who_only_drafts_takes_no_step_whatever_post_they_hold(engine: Engine) {
    let house = House::on(engine).await;
    let (frozen, other) = (house.submitted("Lanterns", 0).await, house.submitted("Bridges", 0).await);
    // Neither wrote a word of it.
    house.hire("typist", &[Role::Drafter], &house.agency).await;
    house.hire("manager", &[Role::Publisher, Role::Administrator], &house.agency).await;
    for who in ["typist", "manager"] {
        house.hold(who, &["clerk", "lawyer-a", "director", "minister"]).await;
    }
    // That a text is ready is said by whoever drafts; by nobody whose roles sign nothing, and it is skipped by neither.
    for (who, post, decision) in [("manager", "clerk", "approve"), ("manager", "minister", "override"), ("typist", "minister", "override")]
    {
        let refused = house.decide(&other, who, post, "draft", decision, Some("haste")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Role), "{who} {post}");
    }
    house.approve_by(&other, "typist", "clerk", "draft").await.unwrap();
    // All else is for those who review or sign off.
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    for who in ["typist", "manager"] {
        for (post, code, decision) in [
            ("lawyer-a", "legal", "approve"),
            ("lawyer-a", "legal", "reject"),
            ("clerk", "budget", "approve"),
            ("minister", "legal", "override"),
            ("minister", "sign", "override"),
        ] {
            let refused = house.decide(&frozen, who, post, code, decision, Some("haste")).await.unwrap_err();
            assert_eq!(refused.refusal(), Some(&Refusal::Role), "{who} {post} {code} {decision}");
        }
        let able = house.drafts.able(&house.who(who), &house.case(&frozen).await).await.unwrap();
        assert!(able.iter().all(|able| able.code == "draft" && !able.decisions.contains(&"override")), "{who}: {able:?}");
        assert!(house.drafts.waiting_for(&house.who(who)).await.unwrap().is_empty(), "{who}");
    }
    for (post, code) in [("lawyer-a", "legal"), ("lawyer-b", "legal"), ("controller", "budget")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    for who in ["typist", "manager"] {
        let refused = house.approve_by(&frozen, who, "director", "sign").await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Role), "{who}");
    }
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "nobody has signed it off");
    // The same hands, once the role is theirs too.
    let roles = [Role::Drafter, Role::Approver].map(|role| (role, house.agency.clone())).into_iter().collect();
    house.is_now("typist", Account { roles, ..house.who("typist") }).await;
    house.approve_by(&frozen, "typist", "director", "sign").await.unwrap();
    house.published(&frozen).await;
}

async fn a_reviewer_signs_nothing_off_and_overrides_nothing_and_an_approver_reviews_too(engine: Engine) {
    let house = House::on(engine).await;
    both(&house, &["lawyer-a", "director", "minister"]).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    let legal = ("legal".to_owned(), house.post("lawyer-a"), vec!["approve", "reject"]);
    let skips = ("legal".to_owned(), house.post("minister"), vec!["override"]);
    assert_eq!(able(&house, "reviewer", &frozen).await, std::slice::from_ref(&legal), "what another step waits for, and no override");
    for code in ["legal", "sign"] {
        let refused = house.decide(&frozen, "reviewer", "minister", code, "override", Some("haste")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Role), "{code}");
    }
    let may = able(&house, "approver", &frozen).await;
    assert!(may.contains(&legal) && may.contains(&skips), "{may:?}");
    house.approve_by(&frozen, "approver", "lawyer-a", "legal").await.unwrap();
    house.approve(&frozen, "lawyer-b", "legal").await.unwrap();
    house.approve(&frozen, "controller", "budget").await.unwrap();
    for decision in ["approve", "reject"] {
        let refused = house.decide(&frozen, "reviewer", "director", "sign", decision, Some("mine")).await.unwrap_err();
        assert_eq!(refused.refusal().map(Refusal::code), Some("role"), "{decision}");
    }
    let may = able(&house, "reviewer", &frozen).await;
    assert!(may.iter().all(|(code, ..)| code != "sign"), "{may:?}");
    assert!(house.drafts.waiting_for(&house.who("reviewer")).await.unwrap().is_empty(), "nor is it told to wait for them");
    house.approve(&frozen, "director", "sign").await.unwrap();
    house.published(&frozen).await;
}

async fn where_one_kind_of_step_is_asked_for_it_is_the_last(engine: Engine) {
    let house = House::on(engine).await;
    both(&house, &["director"]).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let target = Some(house.published(&frozen).await);
    let status =
        Written { target, change: "repealed".into(), effective: "2026-12-01".into(), ground: "term-ended".into(), ..Written::default() };
    let repeal = house.submit(Kind::Status, &status, 0).await;
    assert!(able(&house, "reviewer", &repeal).await.is_empty());
    let refused = house.approve_by(&repeal, "reviewer", "director", "sign").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::Role));
    house.approve_by(&repeal, "approver", "director", "sign").await.unwrap();
    house.published(&repeal).await;
}

async fn a_publisher_and_the_agencys_administrator_call_back_until_it_is_being_sealed(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    house.hire("elsewhere", &[Role::Publisher, Role::Administrator], &house.other).await;
    house.hire_for("portals", &[(Role::Administrator, ""), (Role::Reviewer, &house.agency)]).await;
    let author = house.who("author");
    for who in ["publisher", "chief"] {
        let frozen = house.submitted("Lanterns", 60_000).await;
        house.approve_all(&frozen).await;
        for other in ["lawyer-a", "director", "elsewhere", "portals"] {
            let refused = house.drafts.withdraw(&house.who(other), &frozen.draft).await.unwrap_err();
            assert_eq!(refused.refusal(), Some(&Refusal::Nothing), "{other}");
        }
        house.drafts.withdraw(&house.who(who), &frozen.draft).await.unwrap();
        let noted = house.staff.journal().before(i64::MAX, 1).await.unwrap().remove(0);
        assert_eq!((noted.what.as_str(), noted.who, noted.about), ("draft-withdrawn", house.who(who).id, frozen.draft.clone()));
        assert_eq!(house.case(&frozen).await.frozen.state, FrozenState::Withdrawn);
        let draft = house.drafts.draft(&author, &frozen.draft).await.unwrap();
        assert_eq!(draft.stage, Stage::Writing, "its authors go on with it");
        // Whoever called it back writes nothing in it.
        let refused = house.drafts.save(&house.who(who), &draft.id, draft.revision, &draft.written).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Nothing));
        house.turn(60_000);
        assert!(house.drafts.publish_due().await.unwrap().is_empty(), "its time comes, and nothing is published");
    }
    // Claimed to be sealed: nobody calls it back any more, and it comes out.
    let frozen = house.submitted("Bridges", 0).await;
    house.approve_all(&frozen).await;
    house.sql("update frozen set state = 'sealing' where state = 'open'").await;
    for who in ["publisher", "chief"] {
        let refused = house.drafts.withdraw(&house.who(who), &frozen.draft).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::NotOpen), "{who}");
    }
    house.published(&frozen).await;
}

async fn the_page_of_a_case_is_where_it_is_called_back(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    let (author, clerk, chief) = (house.enter("author").await, house.enter("clerk").await, house.enter("chief").await);
    let frozen = house.submitted("Lanterns", 0).await;
    let case = format!("/en/desk/cases/{}", frozen.case);
    let theirs = pages.get(&author, &case).await.body;
    assert!(theirs.contains("Take back and write on") && !theirs.contains("Call it back"), "{theirs}");
    assert!(!pages.get(&clerk, &case).await.body.contains("/withdraw"), "a reviewer calls nothing back");
    assert_eq!(pages.post(&clerk, &format!("{case}/withdraw"), &[]).await.status, StatusCode::NOT_FOUND);
    let page = pages.get(&chief, &case).await.body;
    assert!(page.contains("Call it back") && !page.contains("Take back and write on") && page.contains("who are told"), "{page}");
    assert!(pages.get(&chief, &case.replace("/en/", "/zh/")).await.body.contains("退回起草人员并告知其本人"));
    // They see what became of it; the editor is its authors'.
    let back = pages.post(&chief, &format!("{case}/withdraw"), &[]).await;
    assert_eq!((back.status, back.to.as_str()), (StatusCode::SEE_OTHER, case.as_str()), "{}", back.body);
    let page = pages.get(&chief, &case).await.body;
    assert!(page.contains("Taken back for changes") && !page.contains("Call it back"), "{page}");
}

async fn whoever_publishes_what_they_wrote_is_told_that_nobody_else_is_asked(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    house.hire("editor", &[Role::Drafter, Role::Publisher], &house.free).await;
    house.hire("publisher", &[Role::Publisher], &house.free).await;
    let (editor, publisher) = (house.enter("editor").await, house.enter("publisher").await);
    let who = house.who("editor");
    let draft = house.drafts.begin(&who, &house.free, Kind::Disclosure, &written("Weather")).await.unwrap();
    let frozen = house.drafts.freeze(&who, &draft.id, draft.revision, 0).await.unwrap();
    for (lang, said) in [("en", "You wrote this yourself, and your agency has no rule"), ("zh", "此稿由您本人起草")] {
        let case = format!("/{lang}/desk/cases/{}", frozen.case);
        let page = pages.get(&editor, &case).await.body;
        assert!(page.contains("/release") && page.contains(said), "{page}");
        let page = pages.get(&publisher, &case).await.body;
        assert!(page.contains("/release") && !page.contains(said), "{page}");
    }
    let case = format!("/en/desk/cases/{}", frozen.case);
    assert_eq!(pages.post(&editor, &format!("{case}/release"), &[]).await.to, case);
    house.published(&frozen).await;
}

async fn a_post_that_changes_no_hands_is_not_noted(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    for name in ["chief", "colleague"] {
        house.enter(name).await;
    }
    let (chief, colleague, post) = (house.who("chief"), house.who("colleague"), house.post("lawyer-a"));
    let noted = async || {
        let rows = house.staff.journal().before(i64::MAX, 200).await.unwrap();
        let about = |row: &&Noted| row.what.starts_with("post-") && row.about == colleague.id;
        rows.iter().rev().filter(about).map(|row| row.what.clone()).collect::<Vec<_>>()
    };
    // Nothing to take yet.
    house.drafts.take_post(&chief, &post, &colleague.id).await.unwrap();
    assert_eq!(noted().await, Vec::<String>::new());
    for _ in 0..2 {
        house.drafts.give_post(&chief, &post, &colleague.id).await.unwrap();
    }
    assert_eq!(noted().await, ["post-given"]);
    for _ in 0..2 {
        house.drafts.take_post(&chief, &post, &colleague.id).await.unwrap();
    }
    assert_eq!(noted().await, ["post-given", "post-taken"]);
    house.drafts.give_post(&chief, &post, &colleague.id).await.unwrap();
    assert_eq!(noted().await, ["post-given", "post-taken", "post-given"]);
}
