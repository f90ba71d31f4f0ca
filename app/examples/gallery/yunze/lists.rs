//! Lists: entries as rows, and the pages that list them, by time, by date and as found.

use super::{agency, foreign, moment};
use app::view::*;

pub fn item(lang: Lang, index: u64) -> Item {
    let titles = [
        ("云泽市2026年上半年预算执行情况的报告", "zh", "云财发〔2026〕18号", "报告", 0),
        ("关于调整居民生活用水价格的通知", "zh", "云水规〔2026〕3号", "通知", 1),
        ("Notice of night works on the Lotus Bridge, 24 to 29 November", "en", "YHC 2026/41", "Notice", 2),
        ("云泽市人民政府关于印发《云泽市城市地下管网更新改造实施方案（2026—2030年）》的通知", "zh", "云政发〔2026〕5号", "通知", 3),
        ("Rules for the register of small boats on Mirror Lake", "en", "YCG Order 12 of 2026", "Order", 3),
        ("云泽市冬季流感疫苗接种安排", "zh", "云卫函〔2026〕77号", "公告", 5),
        ("Water quality at the seven public intakes, October 2026", "en", "YWB 2026/110", "Report", 1),
    ];
    let (title, language, number, genre, which) = titles[(index % 7) as usize];
    let standing = match index % 9 {
        2 => Standing::Amended,
        4 => Standing::Repealed,
        7 => Standing::NotYetInForce,
        _ => Standing::InForce,
    };
    Item {
        index,
        kind: Kind::Disclosure,
        document: index,
        version: if index.is_multiple_of(8) { 2 } else { 1 },
        title: Title::Text(title.into()),
        language: language.into(),
        stated: Some(format!("2026-11-{:02}", 1 + index % 20)),
        logged: Some(moment((1300 - index as i64) * 97)),
        agency: Some(agency(lang, which)),
        stated_agency: None,
        source: None,
        document_number: Some(number.into()),
        genre: Some(genre.into()),
        standing: Some(standing),
        standing_by: None,
        about: None,
    }
}

pub fn plain(lang: Lang, index: u64, kind: Kind, about: Option<About>) -> Item {
    Item {
        kind,
        title: Title::None,
        stated: None,
        document_number: None,
        genre: None,
        standing: None,
        version: 1,
        about,
        ..item(lang, index)
    }
}

/// A copy of a document of another body, sealed by the archive.
pub fn copy(lang: Lang, index: u64) -> Item {
    Item {
        title: Title::Text("Tide tables for the estuary, 1998".into()),
        language: "en".into(),
        agency: Some(agency(lang, 4)),
        stated_agency: Some("Harbour Office of Old Yunze".into()),
        source: Some(Source {
            name: "Harbour Office yearbook".into(),
            url: Some("https://yearbook.example/1998/tides".into()),
            record: Some("HO-1998-004".into()),
        }),
        stated: Some("1998-03-02".into()),
        document_number: None,
        version: 1,
        standing: Some(Standing::InForce),
        ..item(lang, index)
    }
}

pub fn hostile(lang: Lang, index: u64) -> Item {
    Item {
        title: Title::Text("Budget \u{202e}6202 <script>alert(1)</script> & \u{200b}annex".into()),
        language: "en".into(),
        ..item(lang, index)
    }
}

pub fn target(index: u64) -> EntryRef {
    EntryRef { index, title: Some("云泽市河道采砂管理办法".into()), disclosure: true }
}

pub fn timeline(lang: Lang) -> TimelineView {
    let mut items: Vec<Item> = (0..25).map(|n| item(lang, 1234 - n)).collect();
    items[3] = plain(lang, 1231, Kind::Status, Some(About::Standing(Standing::Repealed, target(611))));
    items[6] = copy(lang, 1228);
    items[8] = hostile(lang, 1226);
    items[9] = Item { title: Title::Removed, document_number: None, genre: None, ..item(lang, 1225) };
    items[11] = Item { agency: None, ..plain(lang, 1223, Kind::Agency, Some(About::Agency(agency(lang, 2)))) };
    items[12] = Item { agency: None, ..plain(lang, 1222, Kind::Post, Some(About::Post("yunze.example/housing/clerk".into()))) };
    items[14] = plain(lang, 1220, Kind::Redaction, Some(About::Redaction(target(640))));
    items[16] = Item { title: Title::Missing, document_number: None, genre: None, ..item(lang, 1218) };
    items[17].agency = Some(foreign("Port Authority"));
    TimelineView { order: Order::Chain, items, pager: Pager::of_chain(1210, 1234, 1235) }
}

pub fn by_date(lang: Lang) -> TimelineView {
    let items = (0..8).map(|n| item(lang, 1100 - n * 13)).collect();
    let pager = Pager { older: Some("after=2026-10-30.988".into()), oldest: Some("last".into()), ..Pager::default() };
    TimelineView { order: Order::Stated, items, pager }
}

pub fn search(lang: Lang) -> SearchView {
    let fragment = |text: &str, hit: bool| Fragment { text: text.into(), hit };
    let hits = (0..6)
        .map(|n| Hit {
            item: item(lang, 1200 - n * 7 - n),
            snippet: match lang {
                Lang::Zh => vec![
                    fragment("……为促进节约用水，保障", false),
                    fragment("供水", true),
                    fragment("安全，经市人民政府同意，现就调整我市居民生活用水价格……", false),
                ],
                Lang::En => vec![
                    fragment("… kept on Mirror Lake for more than fourteen days in a year. The ", false),
                    fragment("register", true),
                    fragment(" is public, except for the owner's address …", false),
                ],
            },
        })
        .collect();
    SearchView {
        query: SearchQuery {
            q: if lang == Lang::Zh { "供水" } else { "register" }.into(),
            from: "2026-01-01".into(),
            page: 2,
            ..SearchQuery::default()
        },
        agencies: (0..3)
            .map(|n| Choice { value: agency(lang, n).id, label: agency(lang, n).name, count: Some(40 - n as u64 * 7) })
            .collect(),
        genres: vec![Choice { value: "通知".into(), label: "通知".into(), count: Some(31) }],
        outcome: Outcome::Found { hits, total: 1_204, pages: 49 },
        notices: vec![],
    }
}

pub fn nothing(lang: Lang) -> SearchView {
    SearchView {
        query: SearchQuery { q: "\"<b>养蜂</b>\"".into(), ..SearchQuery::default() },
        outcome: Outcome::Found { hits: vec![], total: 0, pages: 0 },
        ..search(lang)
    }
}
