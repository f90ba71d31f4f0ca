//! What the desk's lists promise: whoever is waited for is told, whoever wrote something too, and everything there is can be reached.
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
    drafts::{Back, Kind, Outcome, Place, Returned, Stage},
    staff::{Account, From, Role, Strength},
};
use std::collections::BTreeSet;
use trial::Engine;

on_each_engine! {
    a_text_that_was_rejected_waits_for_those_who_wrote_it_until_they_take_it_back,
    a_text_that_the_log_did_not_take_waits_for_those_who_wrote_it,
    what_came_back_waits_for_nobody_who_may_not_go_on_with_it,
    a_list_goes_on_from_page_to_page_and_leaves_nothing_out,
    what_comes_and_goes_moves_nothing_out_of_a_page,
    about_any_published_document_something_is_begun_by_its_number,
    what_was_given_up_is_listed_for_a_month_and_may_be_taken_back,
}

const DAY: i64 = 24 * 3_600_000;

/// A section of the page of drafts.
fn section<'p>(page: &'p str, id: &str) -> &'p str {
    let behind = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("{id}: {page}"));
    behind.split("</section>").next().unwrap()
}

/// Where a section leads on to, or back.
fn beside(page: &str, id: &str, way: &str) -> Option<String> {
    let (before, _) = section(page, id).split_once(&format!("rel=\"{way}\""))?;
    let address = before.rsplit("href=\"").next()?.split(['"', '#']).next()?;
    Some(address.to_owned())
}

async fn returned(house: &House, who: &str) -> Vec<(Back, bool)> {
    let returned = house.drafts.returned(&house.who(who)).await.unwrap();
    returned.iter().map(|Returned { why, waits, .. }| (*why, *waits)).collect()
}

async fn a_text_that_was_rejected_waits_for_those_who_wrote_it_until_they_take_it_back(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let (author, colleague, clerk) = (house.enter("author").await, house.enter("colleague").await, house.enter("clerk").await);
    let frozen = house.submitted("Lanterns", 0).await;
    house.submitted("Bridges", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    assert_eq!(returned(house, "author").await, []);
    assert!(!pages.get(&author, "/en/desk").await.body.contains("Lanterns"), "it waits for others");
    house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", Some("Not like this.")).await.unwrap();
    assert_eq!(returned(house, "author").await, [(Back::Rejected, true)]);
    for (lang, tag, count) in [("en", "Rejected", "1 thing waits for you"), ("zh", "审批未通过", "1")] {
        let home = pages.get(&author, &format!("/{lang}/desk")).await.body;
        assert!(home.contains("Lanterns") && home.contains(tag) && home.contains(count) && !home.contains("Bridges"), "{home}");
        // Where everybody of the agency sees it.
        let list = pages.get(&author, &format!("/{lang}/desk/drafts")).await.body;
        assert!(list.contains(tag) && !section(&list, "submitted").contains("Lanterns"), "among what waits: {list}");
        for who in [&colleague, &clerk] {
            let list = pages.get(who, &format!("/{lang}/desk/drafts")).await.body;
            assert!(list.contains(tag) && list.contains("Lanterns"), "{list}");
        }
    }
    // Nobody else waits for it; and what was rejected by mistake goes on.
    assert_eq!(returned(house, "colleague").await, [(Back::Rejected, false)]);
    assert!(!pages.get(&colleague, "/en/desk").await.body.contains("Lanterns"));
    house.approve(&frozen, "lawyer-a", "legal").await.unwrap();
    assert_eq!(returned(house, "author").await, []);
    house.decide(&frozen, "lawyer-a", "lawyer-a", "legal", "reject", Some("Not like this.")).await.unwrap();
    // Whoever wrote a word of it wrote it; and taken back it is theirs to write on.
    house.drafts.withdraw(&house.who("colleague"), &frozen.draft).await.unwrap();
    assert_eq!(returned(house, "author").await, []);
    house.drafts.save(&house.who("colleague"), &frozen.draft, 1, &written("Lanterns again")).await.unwrap();
    let second = house.drafts.freeze(&house.who("colleague"), &frozen.draft, 2, 0).await.unwrap();
    assert_eq!(returned(house, "author").await, [], "what was rejected was another text");
    house.decide(&second, "clerk", "clerk", "draft", "reject", Some("Nor like this.")).await.unwrap();
    for who in ["author", "colleague"] {
        assert_eq!(returned(house, who).await, [(Back::Rejected, true)], "{who}");
    }
}

async fn a_text_that_the_log_did_not_take_waits_for_those_who_wrote_it(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let author = house.enter("author").await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    house.change_rule().await;
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { .. })]), "{outcomes:?}");
    assert_eq!(returned(house, "author").await, [(Back::NotPublished, true)]);
    for (lang, tag) in [("en", "Not published"), ("zh", "未能发布")] {
        let home = pages.get(&author, &format!("/{lang}/desk")).await.body;
        assert!(home.contains("Lanterns") && home.contains(tag), "{home}");
    }
    // What is tried again by itself waits for nobody.
    house.sql("update frozen set told = 'later\nbusy'").await;
    assert_eq!(returned(house, "author").await, []);
    // What is published waits for nobody either.
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
    assert_eq!(returned(house, "author").await, []);
}

async fn what_came_back_waits_for_nobody_who_may_not_go_on_with_it(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.decide(&frozen, "clerk", "clerk", "draft", "reject", Some("Not like this.")).await.unwrap();
    let author = house.who("author");
    for (roles, seen) in [(vec![(Role::Reviewer, house.agency.clone())], 1), (vec![(Role::Drafter, house.other.clone())], 0), (vec![], 0)] {
        let moved = Account { roles: roles.into_iter().collect(), ..author.clone() };
        let returned = house.drafts.returned(&moved).await.unwrap();
        assert_eq!(returned.len(), seen);
        assert!(returned.iter().all(|back| !back.waits), "{returned:?}");
    }
    assert_eq!(returned(&house, "stranger").await, []);
}

/// Drafts of the author's, some of them saved at the same moment.
async fn many(house: &House, count: usize) -> BTreeSet<String> {
    let author = house.who("author");
    let mut ids = BTreeSet::new();
    for number in 0..count {
        let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written(&format!("Lantern {number}"))).await.unwrap();
        ids.insert(draft.id);
        if number % 7 == 0 {
            house.turn(1_000);
        }
    }
    ids
}

async fn a_list_goes_on_from_page_to_page_and_leaves_nothing_out(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let all = many(&pages.house, 215).await;
    for (list, sql) in [("writing", ""), ("published", "update drafts set state = 'published'")] {
        if !sql.is_empty() {
            pages.house.sql(sql).await;
        }
        let mut seen = BTreeSet::new();
        let mut path = "/en/desk/drafts".to_owned();
        let mut ways = vec![path.clone()];
        loop {
            let page = pages.get(&author, &path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let before = seen.len();
            let rows = section(&page.body, list).split("href=\"/en/desk/drafts/").skip(1);
            seen.extend(rows.map(|row| row.split('"').next().unwrap().to_owned()));
            assert!(seen.len() - before <= 100, "{path}");
            match beside(&page.body, list, "next") {
                Some(next) => path = next,
                None => break,
            }
            ways.push(path.clone());
        }
        assert_eq!((seen == all, ways.len()), (true, 3), "{list}: {} of {}", seen.len(), all.len());
        // And back, to the page where it began.
        for _ in 1..ways.len() {
            let page = pages.get(&author, &path).await.body;
            path = beside(&page, list, "prev").unwrap();
        }
        let first = pages.get(&author, &path).await.body;
        assert!(beside(&first, list, "prev").is_none(), "{path}");
        let rows =
            |page: &str| section(page, list).split("href=\"/en/desk/drafts/").skip(1).map(|row| row[..32].to_owned()).collect::<Vec<_>>();
        assert_eq!(rows(&first), rows(&pages.get(&author, "/en/desk/drafts").await.body));
        // The other language has the same page.
        assert!(first.contains(&format!("href=\"{}\"", path.replace("/en/", "/zh/"))), "{path}");
    }
    for nonsense in ["behind", "behind.1", "behind.x.0", "before.1.'", "beside.1.0"] {
        let answer = pages.get(&author, &format!("/en/desk/drafts?writing={nonsense}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
}

async fn what_comes_and_goes_moves_nothing_out_of_a_page(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    many(&house, 9).await;
    let first = house.drafts.drafts_at(&author, Stage::Writing, &Place::First, 4).await.unwrap();
    let behind = first.on.unwrap();
    let second = house.drafts.drafts_at(&author, Stage::Writing, &behind, 4).await.unwrap();
    // What is saved meanwhile comes first; nothing behind the first page is passed over for it.
    house.turn(60_000);
    many(&house, 2).await;
    let again = house.drafts.drafts_at(&author, Stage::Writing, &behind, 4).await.unwrap();
    assert_eq!(second, again);
    let back = house.drafts.drafts_at(&author, Stage::Writing, &again.back.unwrap(), 4).await.unwrap();
    assert_eq!(back.rows, first.rows);
    assert!(back.back.is_some(), "what came meanwhile is before it");
    // Cases, oldest first.
    for title in ["One", "Two", "Three"] {
        house.submitted(title, 0).await;
        house.turn(1_000);
    }
    let titles = |page: &server::drafts::Page<server::drafts::Frozen>| page.rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>();
    let first = house.drafts.open_cases(&author, &Place::First, 2).await.unwrap();
    assert_eq!((titles(&first), first.back.is_none()), (vec!["One".to_owned(), "Two".to_owned()], true));
    let last = house.drafts.open_cases(&author, &first.on.clone().unwrap(), 2).await.unwrap();
    assert_eq!((titles(&last), last.on.is_none()), (vec!["Three".to_owned()], true));
    assert_eq!(house.drafts.open_cases(&author, &last.back.unwrap(), 2).await.unwrap().rows, first.rows);
    assert_eq!(house.drafts.open_cases(&house.who("stranger"), &Place::First, 2).await.unwrap().rows, []);
}

async fn about_any_published_document_something_is_begun_by_its_number(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let (author, clerk) = (house.enter("author").await, house.enter("clerk").await);
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await.to_string();
    // As if it had not come from this desk.
    house.sql("update drafts set agency = 'gone'").await;
    let page = pages.get(&author, "/en/desk/drafts").await.body;
    assert!(!page.contains("Lanterns") && section(&page, "published").contains("Number of an entry"), "{page}");
    assert!(!pages.get(&clerk, "/en/desk/drafts").await.body.contains("Number of an entry"), "a reviewer begins nothing");
    for (kind, said) in [("disclosure", "Each lantern is lit."), ("status", "What becomes of it"), ("redaction", "body.md (body)")] {
        let fields = [("agency", house.agency.as_str()), ("target", index.as_str()), ("kind", kind)];
        let begun = pages.post(&author, "/en/desk/drafts", &fields).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        let editor = pages.get(&author, &begun.to).await.body;
        assert!(editor.contains(said) && editor.contains(&format!("value=\"{index}\"")), "{kind}: {editor}");
    }
    // A number under which there is none is told beside the field, as it was typed.
    for (number, kind) in [("99999", "status"), ("the third", "disclosure"), ("", "redaction"), ("0", "disclosure")] {
        let fields = [("agency", house.agency.as_str()), ("target", number), ("kind", kind)];
        let refused = pages.post(&author, "/en/desk/drafts", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        let form = section(&refused.body, "published");
        assert!(form.contains("Give the number of an entry.") && form.contains(&format!("value=\"{number}\"")), "{number}: {form}");
        let option = form.split(&format!("<option value=\"{kind}\"")).nth(1).unwrap();
        assert!(option.split('>').next().unwrap().contains("selected"), "{number}: {form}");
    }
    // In another agency's name nothing is begun, whatever the number.
    for number in [index.as_str(), "99999"] {
        let fields = [("agency", house.other.as_str()), ("target", number), ("kind", "status")];
        assert_eq!(pages.post(&author, "/en/desk/drafts", &fields).await.status, StatusCode::NOT_FOUND);
    }
}

async fn what_was_given_up_is_listed_for_a_month_and_may_be_taken_back(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let draft = house.drafts.begin(&house.who("author"), &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    house.drafts.attach(&house.who("author"), &draft.id, "a.txt", b"a".to_vec()).await.unwrap();
    // However long ago it was saved.
    house.turn(40 * DAY);
    let (author, colleague) = (house.enter("author").await, house.enter("colleague").await);
    let (clerk, stranger) = (house.enter("clerk").await, house.enter("stranger").await);
    let at = format!("/en/desk/drafts/{}", draft.id);
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("A discarded draft is kept for 30 days"), "{editor}");
    let title = [("title", "Lanterns"), ("body", "All of them."), ("do", "drop"), ("revision", "1")];
    let dropped = pages.post(&author, &at, &title).await;
    assert_eq!((dropped.status, &*dropped.to), (StatusCode::SEE_OTHER, "/en/desk/drafts#discarded"), "{}", dropped.body);
    let up = format!("{at}/take-up");
    for who in [&author, &colleague] {
        let list = pages.get(who, "/en/desk/drafts").await.body;
        let gone = section(&list, "discarded");
        assert!(gone.contains("Lanterns") && gone.contains("by Officer author") && gone.contains(&up) && gone.contains("erased"), "{gone}");
        assert!(!section(&list, "writing").contains("Lanterns"), "{list}");
    }
    for who in [&clerk, &stranger] {
        assert!(!pages.get(who, "/en/desk/drafts").await.body.contains("Lanterns"));
        assert_eq!(pages.post(who, &up, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(pages.get(&author, &at).await.status, StatusCode::NOT_FOUND);
    // A colleague takes it back, with all that was in it.
    let taken = pages.post(&colleague, &up, &[]).await;
    assert_eq!((taken.status, &*taken.to), (StatusCode::SEE_OTHER, &*at), "{}", taken.body);
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("All of them.") && editor.contains("a.txt"), "{editor}");
    assert_eq!(pages.post(&colleague, &up, &[]).await.status, StatusCode::NOT_FOUND, "it is not given up any more");
    let noted = house.staff.journal().before(i64::MAX, 200).await.unwrap();
    assert_eq!(noted.iter().filter(|row| row.what == "draft-taken-up").count(), 1);
    // And once more, for as long as it is kept.
    assert_eq!(pages.post(&author, &at, &[("do", "drop"), ("revision", "2"), ("title", "Lanterns")]).await.status, StatusCode::SEE_OTHER);
    house.turn(30 * DAY + 1);
    let author = house.staff.begin_session(&house.who("author").id, Strength::SecondFactor, &From::default()).await.unwrap();
    assert!(!pages.get(&author, "/en/desk/drafts").await.body.contains("Lanterns"));
    assert_eq!(pages.post(&author, &up, &[]).await.status, StatusCode::NOT_FOUND);
}
