//! What an agency's page, and the entry that registers it, tell citizens of its rule of approval.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/gallery/yunze/mod.rs"]
mod yunze;

use app::view::*;
use app::{Lang, pages};

/// What a page says, without its tags.
fn text_of(html: &str) -> String {
    html.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}

#[test]
fn an_agencys_rule_is_told_in_words_and_as_no_fact_that_a_browser_checked() {
    let site = yunze::site();
    let shell = |lang| Shell { site: &site, lang, path: "/agencies/yunze.example/water" };
    let section = |html: &str| {
        let section = html.split("class=\"ruled\"").nth(1).unwrap().split("</section>").next().unwrap();
        (section.to_owned(), text_of(section).replace("&lt;", "<").replace("&gt;", ">"))
    };
    let en = [
        "As registered in Entry 905. Your browser does not check these words",
        "Notice",
        "Draft",
        "By Drafting",
        "Waits for no other step.",
        "By 2 of these 3: Legal review, yunze.example/water/<gone> (not registered), Drafting",
        "Only after: Draft.",
        "Sign-off",
        "By Director",
        "Only after: Draft, Legal review.",
        "Every other kind of document",
        "By one of Legal review, Director",
        "Removals of parts",
        "by-decree-7",
        "By both Legal review, Director",
        "By all 3: Drafting, Legal review, Director",
        "May skip a step, which everybody is shown: Director",
        "Each step comes to the chain when it is taken.",
    ];
    let zh = [
        "据第 905 条登记。浏览器不核验此处文字",
        "通知",
        "拟稿",
        "办理岗位：拟稿岗",
        "无须等待其他步骤。",
        "须由以下 3 个岗位中的 2 个办理：法规审核岗、yunze.example/water/<gone>（未登记）、拟稿岗",
        "须待拟稿办结。",
        "签发",
        "办理岗位：局长",
        "须待拟稿、合法性审核办结。",
        "其余各类文件",
        "由以下岗位之一办理：法规审核岗、局长",
        "撤下文件部分内容",
        "by-decree-7",
        "须由以下 2 个岗位全部办理：法规审核岗、局长",
        "须由以下 3 个岗位全部办理：拟稿岗、法规审核岗、局长",
        "可越过步骤（越过即公开可见）：局长",
        "各步骤办理时即入链。",
    ];
    for (lang, told) in [(Lang::En, en), (Lang::Zh, zh)] {
        let html = pages::agency(&shell(lang), &yunze::agency_page(lang));
        let (drawn, said) = section(&html);
        // In this order, one behind the other.
        let mut rest = said.as_str();
        for words in told {
            rest = rest.split_once(words).unwrap_or_else(|| panic!("{words}: {said}")).1;
        }
        for at in [14, 15, 16, 905] {
            assert!(drawn.contains(&format!("href=\"/{}/entries/{at}\"", lang.code())), "{at}: {drawn}");
        }
        assert!(!drawn.contains("data-field") && !drawn.contains("data-index") && !drawn.contains("data-of"), "{drawn}");
        let place = html.split("class=\"registration\"").nth(1).unwrap().split("class=\"ruled\"").next().unwrap();
        assert!(!place.contains(told[3]), "it stands in no place that is about an entry");
        // The entry that registers it tells the same.
        let entry = EntryView { rule: Some(yunze::rule(lang)), ..yunze::entry(lang) };
        assert_eq!(section(&pages::entry(&shell(lang), &entry)).1, said);
        assert!(!pages::entry(&shell(lang), &yunze::entry(lang)).contains("class=\"ruled\""));
        // One rule for whatever there is, with steps that come late and that nobody may skip; and none at all.
        let kinds = yunze::rule(lang).kinds.into_iter().filter(|kind| kind.genre == "*").collect();
        let plain = ApprovalRule { kinds, overriders: vec![], deferred: true, ..yunze::rule(lang) };
        let (_, said) = section(&pages::agency(&shell(lang), &AgencyView { rule: Some(plain), ..yunze::agency_page(lang) }));
        let all = match lang {
            Lang::En => ["All that it publishes", "No post may skip a step.", "it does not say when each was taken."],
            Lang::Zh => ["所发布的一切", "任何岗位都不得越过步骤。", "链上不载明各步骤何时办理。"],
        };
        assert!(all.iter().all(|words| said.contains(words)), "{said}");
        let (_, said) = section(&pages::agency(&shell(lang), &AgencyView { rule: None, ..yunze::agency_page(lang) }));
        assert!(said.contains(if lang == Lang::En { "Its seal alone is enough." } else { "盖章即可，无须另行审批。" }), "{said}");
    }
}
