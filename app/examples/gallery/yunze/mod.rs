//! Invented records of a city that does not exist, enough to fill every page.
#![allow(dead_code)]

mod agencies;
mod document;
mod lists;
mod log;

pub use agencies::*;
pub use document::*;
pub use lists::*;
pub use log::*;

use app::view::*;

const OFFSET: i32 = 480;
/// 2026-11-22T05:45:00.123Z
const NOON: i64 = 1_795_326_300_123;

pub fn site() -> Site {
    Site {
        name_zh: "云泽市政府公报".into(),
        name_en: "Gazette of Yunze City".into(),
        origin: "yunze.example/log".into(),
        base: "https://gazette.yunze.example".into(),
        chain: "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=".into(),
        trial: true,
        read_only: None,
        zone: "Asia/Shanghai".into(),
        assets: Assets {
            css: "main.css".into(),
            desk_css: "desk.css".into(),
            boot_js: "/pkg/boot.js".into(),
            passkey_js: "/pkg/passkey.js".into(),
            editor_js: "/pkg/editor.js".into(),
            glue_js: "/pkg/gazette.js".into(),
            wasm: "/pkg/gazette.wasm".into(),
            ..Assets::default()
        },
    }
}

pub fn moment(back_minutes: i64) -> Moment {
    Moment::new(NOON - back_minutes * 60_000, OFFSET)
}

pub fn agency(lang: Lang, which: usize) -> AgencyRef {
    let list = [
        ("finance", "云泽市财政局", "Yunze Finance Bureau"),
        ("water", "云泽市水务局", "Yunze Water Bureau"),
        ("housing", "云泽市住房和城乡建设局", "Yunze Housing and Construction Bureau"),
        ("government", "云泽市人民政府", "Yunze City Government"),
        ("archive", "档案馆", "Yunze Archive"),
        ("health", "云泽市卫生健康委员会", "Yunze Health Commission"),
    ];
    let (id, zh, en) = list[which % list.len()];
    let name = if lang == Lang::Zh { zh } else { en };
    AgencyRef { id: format!("yunze.example/{id}"), name: name.into(), seal: zh.into() }
}

pub fn foreign(name: &str) -> AgencyRef {
    AgencyRef { id: "yunze.example/port".into(), name: name.into(), seal: name.into() }
}

/// Every page in one language, by the name of its file and its path on the site.
pub fn pages(site: &Site, lang: Lang) -> Vec<(&'static str, String)> {
    use app::pages;
    let shell = |path: &'static str| Shell { site, lang, path };
    vec![
        ("timeline", pages::timeline(&shell("/"), &timeline(lang))),
        ("stated", pages::timeline(&shell("/?order=stated"), &by_date(lang))),
        ("disclosure", pages::disclosure(&shell("/disclosures/1229"), &disclosure(lang))),
        ("ended", pages::disclosure(&shell("/disclosures/1180"), &ended(lang))),
        ("entry", pages::entry(&shell("/entries/1231"), &entry(lang))),
        ("search", pages::search(&shell("/search?q=x&page=2"), &search(lang))),
        ("nothing", pages::search(&shell("/search?q=x"), &nothing(lang))),
        ("agencies", pages::agencies(&shell("/agencies"), &agencies(lang))),
        ("agency", pages::agency(&shell("/agencies/yunze.example/water"), &agency_page(lang))),
        ("chain", pages::chain(&shell("/chain"), &chain())),
        ("about", pages::about(&shell("/about"))),
        ("missing", pages::problem(&shell("/nowhere"), &Problem::NotFound)),
        ("removed", pages::problem(&shell("/content/x"), &Problem::Removed { by: 1231 })),
    ]
}
