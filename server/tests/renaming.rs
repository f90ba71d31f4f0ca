//! What other names promise, for an agency and for its posts: asked for at the desk, signed by registrars, found by readers; and that
//! nobody registers an agency otherwise without being told what that does to approvals under way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;

use axum::http::StatusCode;
use desk_house::{House, key_of, written};
use pages_at_desk::Pages;
use portal::Answer;
use server::{
    drafts::Kind,
    staff::{Role, Token},
};
use trial::Engine;

/// Which form is sent, its fields, and what is warned of.
type Asked<'a> = (&'a str, Vec<(&'a str, &'a str)>, Option<&'a str>);

on_each_engine! {
    an_agency_and_a_post_of_it_are_called_otherwise_and_readers_find_the_new_names,
    names_that_are_missing_or_no_others_are_refused_and_a_persons_number_is_warned_of,
    nobody_renames_what_they_do_not_look_after,
    whoever_registers_an_agency_otherwise_is_told_how_many_approvals_that_voids,
    where_nothing_is_approved_a_rule_is_told_to_ask_for_it_and_nothing_else_is_said,
    a_posts_other_name_leaves_approvals_as_they_are,
    whoever_ends_a_posts_key_is_told_how_many_texts_it_may_have_approved_anew,
}

async fn registrar(house: &House) -> Token {
    house.hire_for("head", &[(Role::Registrar, "")]).await;
    house.enter("head").await
}

/// Sends the form that asks for other names of an agency, or a post of it.
async fn rename(pages: &Pages, who: &Token, subject: &str, (zh, en): (&str, &str), seen: &str) -> Answer {
    let fields = [("subject", subject), ("to_zh", zh), ("to_en", en), ("seen", seen)];
    pages.post(who, &format!("/en/desk/posts/of/{}?rename", pages.house.agency), &fields).await
}

/// Has what was asked for registered with the key on this server; the page on which it waited.
async fn register(pages: &Pages, head: &Token, asked: &Answer) -> String {
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let page = pages.get(head, &asked.to).await.body;
    let done = pages.post(head, &format!("{}?here", asked.to), &[]).await;
    assert!(done.status == StatusCode::SEE_OTHER && done.to.contains("/desk/posts/of/"), "{} {}", done.to, done.body);
    page
}

async fn public(pages: &Pages, path: &str) -> String {
    String::from_utf8(portal::bytes(&pages.portal, path).await).unwrap()
}

async fn an_agency_and_a_post_of_it_are_called_otherwise_and_readers_find_the_new_names(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let before = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    let asked = rename(&pages, &head, &house.agency, ("金库", "Treasury"), "").await;
    let page = register(&pages, &head, &asked).await;
    // In words, as what is signed, and what it was.
    for said in ["other names", "data-field=\"name\">Treasury</bdi>", "data-field=\"name\">金库</bdi>", "Registered until now as"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("<bdi>Qinghe finance bureau</bdi>"), "{page}");
    let after = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    assert_eq!((after.name["zh"].as_str(), after.name["en"].as_str()), ("金库", "Treasury"));
    assert_eq!((&after.seals, &after.rule, &after.overseers), (&before.seals, &before.rule, &before.overseers), "all else stays");

    let director = house.post("director");
    let asked = rename(&pages, &head, &director, ("首长", "Chief of the treasury"), "").await;
    let page = register(&pages, &head, &asked).await;
    for said in ["data-field=\"name\">Chief of the treasury</bdi>".to_owned(), format!("<bdi>{director}</bdi>")] {
        assert!(page.contains(&said), "{said}: {page}");
    }
    let state = house.node.submitter.state();
    let post = &server::registrar::post(&state, &director).unwrap().1;
    assert_eq!((post.name["zh"].as_str(), post.name["en"].as_str(), post.keys.len()), ("首长", "Chief of the treasury", 1));

    for (lang, said) in [("en", ["Treasury", "Chief of the treasury"]), ("zh", ["金库", "首长"])] {
        let page = public(&pages, &format!("/{lang}/agencies/{}", house.agency)).await;
        for said in said {
            assert!(page.contains(said), "{said}: {page}");
        }
    }
    // The forms have them, each in a field of its own.
    let page = pages.get(&head, &format!("/en/desk/posts/of/{}", house.agency)).await.body;
    for (field, name) in [(format!("to_en-{}", house.agency), "Treasury"), (format!("to_zh-{director}"), "首长")] {
        let input = page.split(&format!("<input id=\"{field}\"")).nth(1).unwrap_or_else(|| panic!("{field}: {page}"));
        assert!(input.split('>').next().unwrap().contains(&format!("value=\"{name}\"")), "{field}");
    }
    let noted = house.staff.journal().before(i64::MAX, 100).await.unwrap();
    let asked = noted.iter().filter(|noted| noted.what == "registration-asked" && noted.details.contains("\"do\":\"names\""));
    assert_eq!(asked.count(), 2);
}

async fn names_that_are_missing_or_no_others_are_refused_and_a_persons_number_is_warned_of(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let size = house.node.heads.borrow().size;
    let director = house.post("director");
    for subject in [&house.agency, &director] {
        for (names, kept) in [(("", "Treasury"), "value=\"Treasury\""), (("金库", " "), "value=\"金库\"")] {
            let refused = rename(&pages, &head, subject, names, "").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{names:?}");
            assert!(refused.body.contains("Give a name in Chinese and one in English.") && refused.body.contains(kept), "{}", refused.body);
        }
        // Of the page's seven forms it is the one that was sent, and no field's id stands there twice.
        let refused = rename(&pages, &head, subject, ("", ""), "").await.body;
        let ids = ["id=\"to_zh\"", "id=\"to_zh-gazette"].map(|id| refused.matches(id).count());
        assert_eq!(ids, [1, 6], "{refused}");
    }
    let long = "金".repeat(134);
    assert_eq!(rename(&pages, &head, &director, (&long, "Chief"), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let name = "值班员_13800138000";
    let warned = rename(&pages, &head, &director, (name, "On duty"), "").await;
    assert_eq!(warned.status, StatusCode::UNPROCESSABLE_ENTITY);
    let beside = warned.body.split("<label for=\"to_zh\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(beside.contains("personal data (mobile number)"), "{beside}");
    let seen = warned.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let other = rename(&pages, &head, &director, ("值班员_13900139000", "On duty"), seen).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "another number is another warning");
    assert_eq!(house.node.heads.borrow().size, size);
    let asked = rename(&pages, &head, &director, (name, "On duty"), seen).await;
    let page = register(&pages, &head, &asked).await;
    assert!(page.contains("A name here looks like personal data (mobile number)."), "{page}");

    // A registration that changes nothing would void approvals for nothing.
    let asked = rename(&pages, &head, &house.agency, ("金库", "Treasury"), "").await;
    register(&pages, &head, &asked).await;
    for (lang, said) in [("en", "It is called so already"), ("zh", "名称原已如此")] {
        let fields = [("subject", house.agency.as_str()), ("to_zh", "金库"), ("to_en", "Treasury"), ("seen", "")];
        let refused = pages.post(&head, &format!("/{lang}/desk/posts/of/{}?rename", house.agency), &fields).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains(said), "{lang}: {}", refused.body);
    }
}

async fn nobody_renames_what_they_do_not_look_after(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    house.hire("mayor", &[Role::Administrator], &house.other).await;
    let (chief, mayor, author) = (house.enter("chief").await, house.enter("mayor").await, house.enter("author").await);
    let names = ("金库", "Treasury");
    for who in [&mayor, &author] {
        assert_eq!(rename(&pages, who, &house.agency, names, "").await.status, StatusCode::NOT_FOUND);
    }
    // Nor another's post by the page of one's own agency, nor what is nobody's.
    for subject in [house.post("director"), house.agency.clone(), house.other.replace("health", "nobody")] {
        let fields = [("subject", subject.as_str()), ("to_zh", names.0), ("to_en", names.1)];
        let refused = pages.post(&mayor, &format!("/en/desk/posts/of/{}?rename", house.other), &fields).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{subject}");
    }
    // Who looks after the agency asks, and registers nothing.
    let size = house.node.heads.borrow().size;
    let asked = rename(&pages, &chief, &house.agency, names, "").await;
    assert_eq!(asked.to, format!("/en/desk/posts/of/{}", house.agency), "{}", asked.body);
    assert_eq!(house.node.heads.borrow().size, size);
}

async fn whoever_registers_an_agency_otherwise_is_told_how_many_approvals_that_voids(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    let chief = house.enter("chief").await;
    let of = format!("/desk/posts/of/{}", house.agency);
    assert!(!pages.get(&chief, &format!("/en{of}")).await.body.contains("under approval"));
    let one = house.submitted("Lanterns", 0).await;
    assert!(pages.get(&chief, &format!("/en{of}")).await.body.contains("1 text of this agency is under approval."));
    house.submitted("Bridges", 0).await;
    house.approve(&one, "clerk", "draft").await.unwrap();
    for who in [&chief, &head] {
        assert!(pages.get(who, &format!("/en{of}")).await.body.contains("2 texts of this agency are under approval."));
        assert!(pages.get(who, &format!("/zh{of}")).await.body.contains("本机关有 2 件文件正在审批"));
    }
    // It is said where a registrar signs, of whatever registers the agency otherwise, and of nothing else.
    let seal = house.node.seal(&house.agency).unwrap().vkey().to_string();
    let anew = "2 texts of this agency are under approval. With this entered they must be approved anew";
    let to_publish = "what was signed so far counts no more, and a publisher decides about them";
    let director = house.post("director");
    let (agency, other) = (house.agency.as_str(), house.other.as_str());
    let forms: [Asked<'_>; 6] = [
        ("rename", vec![("subject", agency), ("to_zh", "金库"), ("to_en", "Treasury")], Some(anew)),
        ("seal", vec![("custody", "portal"), ("seal", "")], Some(anew)),
        ("end", vec![("subject", agency), ("key", seal.as_str()), ("how", "retired"), ("at", "9999")], Some(anew)),
        ("bodies", vec![("successor", other), ("overseers", "")], Some(anew)),
        ("rule", vec![("none", "1")], Some(to_publish)),
        ("rename", vec![("subject", director.as_str()), ("to_zh", "首长"), ("to_en", "Chief")], None),
    ];
    for (form, fields, said) in forms {
        let asked = pages.post(&head, &format!("/en{of}?{form}"), &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{form}: {}", asked.body);
        let page = pages.get(&head, &asked.to).await.body;
        assert_eq!(page.contains("of this agency are"), said.is_some(), "{form}: {page}");
        assert!(said.is_none_or(|said| page.contains(said)), "{form}: {page}");
        assert_eq!(pages.post(&head, &format!("{}?withdraw", asked.to), &[]).await.status, StatusCode::SEE_OTHER);
    }
    // And so it is: nothing comes out on what was signed before.
    for (post, code) in [("lawyer-b", "legal"), ("controller", "budget"), ("lawyer-a", "legal")] {
        house.approve(&one, post, code).await.unwrap();
    }
    let asked = rename(&pages, &head, &house.agency, ("金库", "Treasury"), "").await;
    register(&pages, &head, &asked).await;
    assert!(house.approve(&one, "director", "sign").await.is_err(), "what the last step waits for is not there any more");
    house.approve_all(&one).await;
    house.published(&one).await;
    assert!(pages.get(&chief, &format!("/en{of}")).await.body.contains("1 text of this agency is under approval."));
}

async fn where_nothing_is_approved_a_rule_is_told_to_ask_for_it_and_nothing_else_is_said(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    house.hire("writer", &[Role::Drafter], &house.free).await;
    let writer = house.who("writer");
    let draft = house.drafts.begin(&writer, &house.free, Kind::Disclosure, &written("Rain")).await.unwrap();
    house.drafts.freeze(&writer, &draft.id, draft.revision, 0).await.unwrap();
    let of = format!("/en/desk/posts/of/{}", house.free);
    assert!(!pages.get(&head, &of).await.body.contains("class=\"caution\""), "nobody approves it");
    let post = format!("{}/director", house.free);
    let rule = [("code-0", "sign"), ("genre-0", "*"), ("count-0", "1"), ("posts-0", post.as_str()), ("after-0", ""), ("overriders", "")];
    let first = "1 text of this agency is on the way to be published. With this entered it must be approved first.";
    let names = [("subject", house.free.as_str()), ("to_zh", "气象局"), ("to_en", "Weather")];
    for (form, fields, said) in [("rule", &rule[..], Some(first)), ("rename", &names[..], None)] {
        let asked = pages.post(&head, &format!("{of}?{form}"), fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{form}: {}", asked.body);
        let page = pages.get(&head, &asked.to).await.body;
        assert_eq!(page.contains("class=\"caution\""), said.is_some(), "{form}: {page}");
        assert!(said.is_none_or(|said| page.contains(said)), "{form}: {page}");
    }
}

async fn a_posts_other_name_leaves_approvals_as_they_are(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let frozen = house.submitted("Lanterns", 0).await;
    for (post, code) in [("clerk", "draft"), ("lawyer-b", "legal"), ("controller", "budget"), ("lawyer-a", "legal")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    for post in ["clerk", "lawyer-a", "director"] {
        let asked = rename(&pages, &head, &house.post(post), ("新名", "Otherwise called"), "").await;
        register(&pages, &head, &asked).await;
    }
    house.approve(&frozen, "director", "sign").await.unwrap();
    house.published(&frozen).await;
}

async fn whoever_ends_a_posts_key_is_told_how_many_texts_it_may_have_approved_anew(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let one = house.submitted("Lanterns", 0).await;
    house.submitted("Bridges", 0).await;
    house.approve(&one, "clerk", "draft").await.unwrap();
    let of = format!("/desk/posts/of/{}", house.agency);
    let key = |post: &str| key_of(&house.post(post)).vkey().to_string();
    // In the form that ends the key of the post which signed, and in no other.
    let said =
        [("en", "1 text of this agency is under approval with a step that this post signed"), ("zh", "1 件正在审批的文件载有此岗位")];
    for (lang, said) in said {
        let page = pages.get(&head, &format!("/{lang}{of}")).await.body;
        for (post, warned) in [("clerk", true), ("director", false)] {
            let form = page.split(&format!("name=\"key\" value=\"{}\"", key(post))).nth(1).unwrap_or_else(|| panic!("{post}: {page}"));
            let form = form.split("</form>").next().unwrap();
            assert_eq!(form.contains(said), warned, "{post}: {form}");
        }
    }
    let ends = async |post: &str, how: &str, at: &str, warned: bool| {
        let (subject, key) = (house.post(post), key(post));
        let fields = [("subject", subject.as_str()), ("key", key.as_str()), ("how", how), ("at", at)];
        let asked = pages.post(&head, &format!("/en{of}?end"), &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{post} {how}: {}", asked.body);
        let said = [("en", "With this entered it may have to be approved anew"), ("zh", "此项登记后可能须重新审批")];
        for (lang, said) in said {
            let page = pages.get(&head, &asked.to.replace("/en/", &format!("/{lang}/"))).await.body;
            assert_eq!(page.contains(said), warned, "{post} {how} {at}: {page}");
            assert_eq!(page.contains("class=\"caution\""), warned, "{post} {how} {at}: {page}");
        }
        assert_eq!(pages.post(&head, &format!("{}?withdraw", asked.to), &[]).await.status, StatusCode::SEE_OTHER);
    };
    ends("clerk", "compromised", "1", true).await;
    // What it signed before it was stolen counts, as does what is in the log when it is lost; and the director has signed nothing.
    ends("clerk", "compromised", "9999", false).await;
    ends("clerk", "lost", "9999", false).await;
    ends("director", "compromised", "1", false).await;
    // A step that is to come to the log with its publication does not come there once its key has ended.
    house.defer(true).await;
    house.approve(&one, "clerk", "draft").await.unwrap();
    ends("clerk", "lost", "9999", true).await;
}
