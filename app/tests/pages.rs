//! What a reader is promised of every page, whatever was published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/gallery/yunze/mod.rs"]
mod yunze;

use app::contract::{CHECKS, attr};
use app::phrases::{Answer, PER_CHECK, Phrase};
use app::view::*;
use app::{Lang, pages, words};

fn every_page() -> Vec<(Lang, &'static str, String)> {
    let site = yunze::site();
    Lang::ALL.into_iter().flat_map(|lang| yunze::pages(&site, lang).into_iter().map(move |(name, html)| (lang, name, html))).collect()
}

fn list(lang: Lang, items: Vec<Item>) -> String {
    let site = yunze::site();
    let view = TimelineView { order: Order::Chain, items, pager: Pager::default() };
    pages::timeline(&Shell { site: &site, lang, path: "/" }, &view)
}

/// The start tags of a page, without their angle brackets.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|piece| piece.split('>').next()).filter(|tag| !tag.starts_with('/'))
}

/// What a page says, without its tags.
fn text_of(html: &str) -> String {
    html.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let name = format!(" {name}=\"");
    html.split(name.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_says_its_language_and_where_the_other_is() {
    for (lang, name, html) in every_page() {
        assert!(html.starts_with("<!DOCTYPE html><html "), "{name}");
        assert!(html.contains(&format!("<html lang=\"{}\"", lang.tag())), "{name}");
        for other in Lang::ALL {
            let link = format!("hreflang=\"{}\" href=\"https://gazette.yunze.example/{}/", other.tag(), other.code());
            assert!(html.contains(&link), "{name} lacks {link}");
        }
    }
}

#[test]
fn no_page_carries_a_script_or_a_style_of_its_own() {
    for (_, name, html) in every_page() {
        for tag in tags(&html) {
            assert!(!tag.starts_with("style"), "{name}: <{tag}>");
            assert!(!tag.contains(" style="), "{name}: <{tag}>");
            assert!(!tag.split_whitespace().any(|word| word.starts_with("on") && word.contains('=')), "{name}: <{tag}>");
            assert!(!tag.contains("javascript:"), "{name}: <{tag}>");
            if tag.starts_with("script") {
                assert!(tag.contains(" src=\"/pkg/boot.js\""), "{name}: <{tag}>");
            }
        }
        assert_eq!(html.matches("</script>").count(), 1, "{name}");
    }
}

#[test]
fn every_page_of_a_trial_chain_says_so() {
    for (lang, name, html) in every_page() {
        let sample = if lang == Lang::Zh { "样例" } else { "Sample" };
        assert!(html.contains(&format!("<strong>{sample}</strong>")), "{name}");
    }
    let site = Site { trial: false, ..yunze::site() };
    let html = pages::about(&Shell { site: &site, lang: Lang::En, path: "/about" });
    assert!(!html.contains("class=\"trial\""));
}

#[test]
fn a_hostile_title_stays_text_wherever_it_is_shown() {
    let mut view = yunze::disclosure(Lang::En);
    let title = "</title></bdi><script>alert(1)</script>\"><img src=x onerror=alert(1)> \u{202e}gnp.txt";
    view.item.title = Title::Text(title.into());
    view.item.document_number = Some(title.into());
    view.item.genre = Some(title.into());
    let agency = AgencyRef { id: "yunze.example/\"x".into(), name: title.into(), seal: title.into() };
    view.item.agency = Some(agency);
    let catalogue = view.catalogue.as_mut().unwrap();
    catalogue.summary = Some(title.into());
    catalogue.keywords = vec![title.into()];
    catalogue.source = Some(Source { name: title.into(), url: Some("javascript:alert(1)".into()), record: None });
    view.older.as_mut().unwrap().title = Some(title.into());
    view.parts[0].name = Some(title.into());
    let site = yunze::site();
    let html = pages::disclosure(&Shell { site: &site, lang: Lang::En, path: "/disclosures/1" }, &view);
    for tag in tags(&html) {
        assert!(!tag.starts_with("img"), "<{tag}>");
        assert!(!tag.starts_with("script") || tag.contains("boot.js"), "<{tag}>");
        assert!(!tag.contains("href=\"javascript:"), "<{tag}>");
    }
    assert!(!html.contains('\u{202e}'), "a character that turns text reached the page");
    assert!(html.contains(r#"data-char="202e""#));
}

#[test]
fn a_hostile_search_is_shown_back_as_text() {
    for (_, name, html) in every_page().into_iter().filter(|(_, name, _)| *name == "nothing") {
        assert!(!html.contains("<b>"), "{name}");
        assert!(html.contains("value=\"&quot;&lt;b&gt;"), "{name}");
    }
}

#[test]
fn headings_step_down_one_at_a_time_from_a_single_h1() {
    for (lang, name, html) in every_page() {
        if matches!(name, "disclosure") && lang == Lang::Zh {
            // Its text brings headings of its own.
            continue;
        }
        let levels: Vec<u32> = tags(&html)
            .filter_map(|tag| tag.split_whitespace().next())
            .filter_map(|tag| tag.strip_prefix('h').and_then(|level| level.parse().ok()))
            .collect();
        assert_eq!(levels.first(), Some(&1), "{name}: {levels:?}");
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}: {levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
    }
}

#[test]
fn ids_are_unique_and_landmarks_are_there() {
    for (_, name, html) in every_page() {
        let mut ids = values(&html, "id");
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
        for landmark in ["<header", "<nav", "<main", "<footer", "class=\"skip\"", "role=\"alert\""] {
            assert!(html.contains(landmark), "{name} lacks {landmark}");
        }
    }
}

#[test]
fn nothing_is_drawn_as_checked_before_a_browser_has_checked_it() {
    for (_, name, html) in every_page().into_iter().filter(|(_, name, _)| *name != "about") {
        for state in values(&html, attr::CHECK).into_iter().chain(values(&html, attr::LINK)).chain(values(&html, attr::SEAL)) {
            assert_eq!(state, "unchecked", "{name}");
        }
        assert!(!html.contains("Verified") && !html.contains("已验证"), "{name}");
    }
}

#[test]
fn a_ground_is_said_in_words_and_an_unknown_one_is_shown_as_it_is() {
    let site = yunze::site();
    for (lang, words) in [(Lang::En, "the wording was wrong"), (Lang::Zh, "文字有误")] {
        let mut view = yunze::disclosure(lang);
        for (code, shown) in [("error-in-text", words), ("by-decree-7", "by-decree-7"), ("<b>", "&lt;b&gt;")] {
            view.notices[0].ground = Some(code.into());
            let html = pages::disclosure(&Shell { site: &site, lang, path: "/disclosures/1" }, &view);
            let said = html.split("data-field=\"ground\" data-value=").nth(1).and_then(|rest| rest.split_once('>')).unwrap().1;
            assert!(said.starts_with(&format!("{shown}<")), "{said:.40}");
        }
    }
}

#[test]
fn a_new_version_says_which_one_it_took_the_place_of_and_why() {
    let site = yunze::site();
    for (lang, label, words) in [(Lang::En, "Takes the place of: ", "the facts have changed"), (Lang::Zh, "取代：", "情况发生变化")]
    {
        let mut view = yunze::disclosure(lang);
        let shown = |view: &DisclosureView| pages::disclosure(&Shell { site: &site, lang, path: "/disclosures/1" }, view);
        let ground = format!("data-field=\"ground\" data-value=\"facts-changed\">{words}<");
        let html = shown(&view);
        let said = html.split("class=\"replaces\"").nth(1).and_then(|rest| rest.split_once("</p>")).unwrap().0;
        assert!(said.contains(label) && said.contains("/disclosures/1180\"") && said.contains(&ground), "{said}");
        let row = html.split("<tr").skip(1).find(|row| row.contains("aria-current")).unwrap();
        assert!(row.contains(&ground), "{row}");
        view.versions[1].ground = None;
        let html = shown(&view);
        assert!(html.contains("class=\"replaces\"") && !html.contains("facts-changed"), "where nobody said why");
        view.versions.remove(0);
        assert!(!shown(&view).contains("class=\"replaces\""), "a first version replaces nothing");
    }
}

#[test]
fn words_put_into_a_sentence_cannot_open_another_blank_of_it() {
    let mut item = yunze::copy(Lang::En, 9);
    let agency = item.agency.as_mut().unwrap();
    agency.name = "Archive \u{fdd1} <i>".into();
    item.source.as_mut().unwrap().name = "Yearbook \u{fdd0}".into();
    let html = list(Lang::En, vec![item]);
    assert_eq!(html.matches("Yearbook").count(), 1);
    assert!(!html.contains("<i>"));
}

#[test]
fn every_entry_of_the_chain_is_a_knot_tied_to_the_one_before() {
    let html = list(Lang::En, yunze::timeline(Lang::En).items);
    assert_eq!(tags(&html).filter(|tag| tag.starts_with("li ") && tag.contains("class=\"knot")).count(), 25);
    let below: Vec<String> = (1209..1234).rev().map(|index| index.to_string()).collect();
    assert_eq!(values(&html, attr::LINK_TO), below);
    let first = list(Lang::En, vec![yunze::plain(Lang::En, 0, Kind::Charter, None)]);
    assert!(values(&first, attr::LINK_TO).is_empty(), "nothing comes before the first entry");
    assert!(first.contains("Charter of this chain"));
}

#[test]
fn a_list_in_another_order_draws_no_cord_between_its_knots() {
    let html = every_page().into_iter().find(|(lang, name, _)| *lang == Lang::En && *name == "stated").unwrap().2;
    assert!(html.contains("class=\"cord loose\"") && values(&html, attr::LINK).is_empty());
}

#[test]
fn a_copy_says_whose_seal_it_lacks() {
    for (lang, sentence) in [
        (Lang::En, "Copied by Yunze Archive from Harbour Office yearbook; not sealed by the stated agency."),
        (Lang::Zh, "由档案馆抄录自 Harbour Office yearbook，未经所称机关盖章。"),
    ] {
        assert!(text_of(&list(lang, vec![yunze::copy(lang, 9)])).contains(sentence));
        let site = yunze::site();
        let page = pages::disclosure(&Shell { site: &site, lang, path: "/disclosures/1180" }, &yunze::ended(lang));
        assert!(text_of(&page).contains(sentence));
    }
}

#[test]
fn a_removed_title_keeps_its_place_and_a_missing_one_is_not_excused() {
    let removed = Item { title: Title::Removed, ..yunze::item(Lang::En, 5) };
    let missing = Item { title: Title::Missing, ..yunze::item(Lang::En, 6) };
    let html = list(Lang::En, vec![missing, removed]);
    assert!(html.contains(">Catalogue removed<") && html.contains("class=\"gone missing\">Title missing<"));
    assert!(!html.contains("data-field=\"title\""));
}

#[test]
fn the_title_shown_is_exactly_the_catalogues() {
    let title = "Fees & “charges”, 1 < 2";
    let html = list(Lang::En, vec![Item { title: Title::Text(title.into()), ..yunze::item(Lang::En, 5) }]);
    let shown = html.split("data-field=\"title\"").nth(1).and_then(|rest| rest.split_once('>')).unwrap().1;
    let shown = shown.split("</bdi>").next().unwrap();
    assert_eq!(shown.replace("&lt;", "<").replace("&amp;", "&"), title);
}

#[test]
fn a_disclosure_offers_all_eight_checks_and_the_raw_bytes() {
    for (_, name, html) in every_page().into_iter().filter(|(_, name, _)| matches!(*name, "disclosure" | "entry")) {
        assert_eq!(values(&html, attr::CODE), CHECKS, "{name}");
        assert!(html.contains("href=\"/log/entry/12") && html.contains(".tlog-proof\""), "{name}");
    }
}

#[test]
fn stated_and_logged_dates_are_never_in_one_place() {
    let html = list(Lang::En, vec![yunze::item(Lang::En, 5)]);
    let stated = html.split("class=\"stated\"").nth(1).unwrap().split("</div>").next().unwrap();
    let logged = html.split("class=\"logged\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(stated.contains("datetime=\"2026-11-06\"") && !stated.contains("UTC"));
    assert!(logged.contains("UTC\"") && !logged.contains("2026-11-06\""));
}

#[test]
fn an_agencys_figures_say_who_counted_and_lead_to_what_can_be_found() {
    let site = yunze::site();
    let page = |lang, figures| {
        let view = AgencyView { figures: Some(figures), ..yunze::agency_page(lang) };
        pages::agency(&Shell { site: &site, lang, path: "/agencies/yunze.example/water" }, &view)
    };
    let figures = |lang| yunze::agency_page(lang).figures.unwrap();
    for (lang, counted, over, unpublished) in [
        (Lang::En, "Browsers do not check these numbers", "in 141 approvals", "decisions in 2 cases that no publication opens"),
        (Lang::Zh, "浏览器不核验这些数字", "已获发布的审批 141 次", "链上另有 2 件的审批决定未随任何发布公开"),
    ] {
        let html = page(lang, figures(lang));
        let said = text_of(&html);
        assert!(said.contains(counted) && said.contains(over) && said.contains(unpublished), "{said}");
        let href = format!("href=\"/{}/search?q=&amp;agency=yunze.example%2Fwater&amp;standing=", lang.code());
        // Those replaced, in force again, or with a part removed are no list of their own.
        assert_eq!(html.matches(&href).count(), 2);
        assert!(html.contains(&format!("{href}corrected\">2</a>")) && html.contains(&format!("{href}repealed\">4</a>")), "{html}");
        let said = text_of(&page(lang, AgencyFigures { behind: Some((256, 70_000)), unopened: 0, ..figures(lang) }));
        assert!(said.contains("256") && (said.contains("70,000") || said.contains("70000")) && !said.contains(unpublished));
        let none = page(lang, AgencyFigures { changes: vec![(Change::Became(Standing::Corrected), 0)], ..AgencyFigures::default() });
        let figures = none.split("aria-labelledby=\"figures\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(figures.contains("<dd><span>0</span></dd>") && !figures.contains("<table") && !figures.contains("<a "), "{figures}");
    }
}

#[test]
fn pages_of_the_chain_keep_their_addresses_as_it_grows() {
    let first = Pager::of_chain(1210, 1234, 1235);
    assert_eq!((first.newest, first.newer), (None, None));
    assert_eq!(first.older.as_deref(), Some("before=1210"));
    let middle = Pager::of_chain(1185, 1209, 1235);
    assert_eq!(middle.newer.as_deref(), Some(""), "one page up is the first");
    assert_eq!(Pager::of_chain(1185, 1209, 5000).newer.as_deref(), Some("before=1235"));
    assert_eq!(middle.older, Pager::of_chain(1185, 1209, 5000).older);
    let last = Pager::of_chain(0, 24, 1235);
    assert_eq!((last.older, last.oldest), (None, None));
}

#[test]
fn the_browser_has_a_sentence_for_every_answer_in_both_languages() {
    let both = Lang::ALL.map(words::island);
    for island in &both {
        assert_eq!((island.checks.len(), island.phrases.len()), (8 * PER_CHECK, Phrase::ALL.len()));
        assert!(island.checks.iter().chain(&island.phrases).all(|text| !text.trim().is_empty()));
        for number in 0..8 {
            let said: Vec<&str> = Answer::ALL.iter().map(|answer| island.check(number, *answer)).collect();
            assert!(said.iter().enumerate().all(|(at, text)| !said[..at].contains(text)), "C{}", number + 1);
            assert!(!island.remedy(number).is_empty());
        }
    }
    let [zh, en] = &both;
    for phrase in Phrase::ALL {
        assert_eq!(places(zh.get(*phrase)), places(en.get(*phrase)), "{phrase:?}");
    }
}

fn places(template: &str) -> Vec<&str> {
    let mut names: Vec<&str> = template.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_problem_has_its_own_plain_words() {
    let site = yunze::site();
    let problems = [
        (Problem::BadAddress, 400),
        (Problem::NotFound, 404),
        (Problem::NotYetLogged { index: 9_999_999 }, 404),
        (Problem::Removed { by: 12 }, 410),
        (Problem::TooMany { seconds: 30 }, 429),
        (Problem::Broken, 500),
        (Problem::Busy { seconds: 2 }, 503),
    ];
    for lang in Lang::ALL {
        let mut seen = Vec::new();
        for (problem, status) in &problems {
            assert_eq!(problem.status(), *status);
            let html = pages::problem(&Shell { site: &site, lang, path: "/x" }, problem);
            let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned();
            assert!(main.contains(&format!(">{status}<")) && !seen.contains(&main));
            seen.push(main);
        }
    }
}

#[test]
fn the_marks_for_hydration_stay_out_of_plain_pages() {
    for (_, name, html) in every_page() {
        let plain = html.split("<leptos-island").next().unwrap();
        assert!(!plain.contains("<!>"), "{name}");
    }
}
