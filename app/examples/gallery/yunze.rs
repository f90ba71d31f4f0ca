//! Invented records of a city that does not exist, enough to fill every page.
#![allow(dead_code)]

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

#[allow(clippy::too_many_arguments)]
fn step(lang: Lang, index: u64, post: &str, zh: &str, en: &str, code: &str, decision: &str, back: i64, took: Option<u64>) -> Step {
    Step {
        index,
        post: format!("yunze.example/water/{post}"),
        name: Some(if lang == Lang::Zh { zh } else { en }.to_owned()),
        code: code.to_owned(),
        decision: decision.to_owned(),
        logged: moment(back),
        holders: vec![],
        took,
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

pub const BODY_ZH: &str = "<h1>关于调整居民生活用水价格的通知</h1><p>各区人民政府，市政府各部门，各供水单位：</p>\
<p>为促进节约用水，保障供水安全，经市人民政府同意，现就调整我市居民生活用水价格有关事项通知如下。</p>\
<h2>一、调整范围</h2><p>本市行政区域内由城市公共供水管网供水的居民用户。</p>\
<h2>二、价格标准</h2><table><thead><tr><th>阶梯</th><th>年用水量</th><th>每立方米价格</th></tr></thead>\
<tbody><tr><td>第一级</td><td>180立方米（含）以下</td><td>2.85元</td></tr><tr><td>第二级</td><td>181至260立方米（含）</td><td>3.95元</td></tr>\
<tr><td>第三级</td><td>260立方米以上</td><td>6.20元</td></tr></tbody></table>\
<h2>三、施行时间</h2><p>本通知自2026年12月1日起施行，原标准同时停止执行。此前规定与本通知不一致的，以本通知为准。</p>\
<p>云泽市水务局</p><p>2026年11月12日</p>";

pub const BODY_EN: &str = "<p>By the powers given to it in the Inland Waters Rules, the City Government orders as follows.</p>\
<h2>1. The register</h2><p>The harbour clerk keeps a register of every boat shorter than eight metres that is kept on Mirror Lake \
for more than fourteen days in a year. The register is public, except for the owner's address.</p>\
<h2>2. Marks</h2><p>A registered boat carries its number on both sides of the bow, in figures at least ten centimetres high.</p>\
<ul><li>Boats without an engine may carry smaller figures.</li><li>Boats of the rescue service carry none.</li></ul>\
<blockquote><p>A boat without its number is not thereby unsafe; it is merely unregistered.</p></blockquote>\
<h2>3. Commencement</h2><p>This order takes effect on 1 January 2027 and replaces Order 4 of 2019.</p>";

pub fn disclosure(lang: Lang) -> DisclosureView {
    let zh = lang == Lang::Zh;
    let mut item = item(lang, if zh { 1226 } else { 1229 });
    if zh {
        item.title = Title::Text("关于调整居民生活用水价格的通知".into());
        item.language = "zh".into();
        item.document_number = Some("云水规〔2026〕3号".into());
        item.agency = Some(agency(lang, 1));
        item.genre = Some("通知".into());
    } else {
        item.title = Title::Text("Rules for the register of small boats on Mirror Lake".into());
        item.language = "en".into();
        item.document_number = Some("YCG Order 12 of 2026".into());
        item.agency = Some(agency(lang, 3));
        item.genre = Some("Order".into());
    }
    item.version = 2;
    item.standing = Some(Standing::Amended);
    let word = |zh_word: &str, en_word: &str| Some((if zh { zh_word } else { en_word }).to_owned());
    DisclosureView {
        catalogue: Some(Catalogue {
            index_number: Some("YZ001-0300-2026-00017".into()),
            document_number: item.document_number.clone(),
            issuers: vec![item.agency.clone().unwrap().name],
            joint: vec![agency(lang, 0).name],
            issued: Some("2026-11-12".into()),
            published: Some("2026-11-14".into()),
            effective: Some("2026-12-01".into()),
            expires: None,
            theme: word("城乡建设、环境保护\\水资源", "Harbours and inland waters"),
            genre: item.genre.clone(),
            basis: word("《云泽市政府信息公开规定》第九条第（四）项", "Open Records Rules, rule 9(4)"),
            summary: word(
                "调整本市居民生活用水三级阶梯价格，自2026年12月1日起施行。",
                "Sets up a public register of small boats kept on Mirror Lake, and the numbers they carry.",
            ),
            keywords: match zh {
                true => vec!["水价".into(), "居民用水".into(), "阶梯价格".into()],
                false => vec!["boats".into(), "register".into(), "Mirror Lake".into()],
            },
            region: word("云泽市", "Yunze City"),
            subjects: vec![Subject {
                scheme: word("统一社会信用代码", "company number"),
                id: Some("91330000YZ00017X".into()),
                name: if zh { "云泽市自来水有限公司".into() } else { "Mirror Lake Boatyards".into() },
            }],
            source: None,
            authentic: Some("original".into()),
        }),
        body: Body::Html(if zh { BODY_ZH } else { BODY_EN }.into()),
        parts: vec![
            Part {
                role: PartRole::Attachment,
                name: word("附件：各级阶梯水价对照表.pdf", "Annex A: form of application.pdf"),
                media: "application/pdf".into(),
                size: 182_340,
                commitment: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
                language: None,
                removed: None,
            },
            Part {
                role: PartRole::Attachment,
                name: word("附件二：听证会名单.pdf", "Annex B: list of objections.pdf"),
                media: "application/pdf".into(),
                size: 41_200,
                commitment: "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".into(),
                language: None,
                removed: Some(1231),
            },
            Part {
                role: PartRole::Translation,
                name: word("英文译本", "Chinese translation"),
                media: "text/markdown".into(),
                size: 3_100,
                commitment: "sha256:fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13".into(),
                language: Some(if zh { "en" } else { "zh" }.into()),
                removed: None,
            },
        ],
        translation: None,
        catalogue_commitment: Some("sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".into()),
        body_commitment: Some("sha256:fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9".into()),
        versions: vec![
            Version { index: 1180, number: 1, ground: None, stated: Some("2026-11-02".into()), logged: Some(moment(16_000)) },
            Version {
                index: item.index,
                number: 2,
                ground: Some("facts-changed".into()),
                stated: item.stated.clone(),
                logged: item.logged,
            },
        ],
        notices: vec![Notice {
            of: None,
            change: Change::Became(Standing::Amended),
            index: 1231,
            effective: Some("2026-12-15".into()),
            ground: Some("error-in-text".into()),
            by: Some(target(1230)),
            stated_by: Some(agency(lang, 3)),
        }],
        seen: None,
        older: Some(EntryRef {
            index: item.index - 1,
            title: Some("Water quality at the seven public intakes, October 2026".into()),
            disclosure: true,
        }),
        newer: Some(EntryRef { index: item.index + 1, title: None, disclosure: false }),
        leaf: "CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=".into(),
        previous: "q1bZ9m3E1pC0aTgV0p9w3bS0oJ6nq2l1YxM8dHhK0aE=".into(),
        approval: Some(Approval {
            deferred: false,
            stages: vec![
                Stage { steps: vec![step(lang, 1201, "clerk", "拟稿岗", "Drafting", "draft", "approve", 5000, None)] },
                Stage {
                    steps: vec![
                        step(lang, 1207, "legal", "法规审核岗", "Legal review", "legal", "approve", 4000, Some(3_900_000)),
                        step(lang, 1209, "budget", "预算审核岗", "Budget review", "budget", "override", 3900, Some(90_000)),
                    ],
                },
                Stage { steps: vec![step(lang, 1230, "director", "局长", "Director", "sign", "approve", 3000, Some(90_000_000))] },
            ],
            earlier: vec![step(lang, 1203, "legal", "法规审核岗", "Legal review", "legal", "reject", 4500, None)],
        }),
        item,
    }
}

/// The same document as an old, repealed, redacted copy.
pub fn ended(lang: Lang) -> DisclosureView {
    let mut view = disclosure(lang);
    view.item = copy(lang, 1180);
    view.item.standing = Some(Standing::Repealed);
    view.body = Body::Removed(1231);
    view.catalogue = Some(Catalogue {
        source: view.item.source.clone(),
        authentic: Some("copy".into()),
        issued: Some("1998-03-02".into()),
        ..Catalogue::default()
    });
    view.approval = None;
    view.parts.clear();
    view.notices = vec![Notice {
        of: None,
        change: Change::Became(Standing::Repealed),
        index: 1231,
        effective: Some("2026-12-15".into()),
        ground: None,
        by: Some(target(1230)),
        stated_by: None,
    }];
    view
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

pub fn agencies(lang: Lang) -> AgenciesView {
    AgenciesView {
        agencies: (0..6)
            .map(|n| AgencyRow {
                agency: agency(lang, n),
                documents: [212, 97, 64, 1_033, 67_965, 0][n],
                newest: (n != 5).then(|| moment(n as i64 * 700)),
                registered: n as u64 + 1,
                ended: (n == 2).then(|| AgencyEnd { day: Some("2026-10-01".into()), successor: Some(agency(lang, 3)) }),
                archive: n == 4,
            })
            .collect(),
        stated: vec![
            StatedRow { name: "Harbour Office of Old Yunze".into(), documents: 1_466, path: "/search?q=&agency=x".into() },
            StatedRow { name: "云泽县人民委员会".into(), documents: 60, path: "/search?q=&agency=y".into() },
        ],
    }
}

fn keys() -> Vec<KeyRow> {
    vec![
        KeyRow {
            role: KeyRole::Seal,
            vkey: "yunze.example/water+5c0e1a7b+AYq3Hw21lVkuV7Zis5EFg0kCD82D2LDm0phY0+xKbHyZ".into(),
            from: 12,
            ended: Some(KeyEnd::Stolen(900)),
            custody: Some(Custody::Portal),
        },
        KeyRow {
            role: KeyRole::Seal,
            vkey: "yunze.example/water+91d2c4aa+AbHyZfq3Hw21lVkuV7Zis5EFg0kCD82D2LDm0phY0+xK".into(),
            from: 905,
            ended: None,
            custody: Some(Custody::Token),
        },
    ]
}

/// A rule of three kinds of step for notices, of one for whatever else, and of two for removals.
pub fn rule(lang: Lang) -> ApprovalRule {
    let post = |which: usize| {
        let (zh, en, at) = [("拟稿岗", "Drafting", 14), ("法规审核岗", "Legal review", 15), ("局长", "Director", 16)][which];
        RuledPost { name: if lang == Lang::Zh { zh } else { en }.into(), registered: Some(at) }
    };
    let gone = || RuledPost { name: "yunze.example/water/<gone>".into(), registered: None };
    let step = |code: &str, posts: Vec<RuledPost>, count, after: &[&str]| RuledStep {
        code: code.into(),
        posts,
        count,
        after: after.iter().map(|code| (*code).to_owned()).collect(),
    };
    let kind = |genre: &str, steps: Vec<RuledStep>| RuledKind { genre: genre.into(), steps };
    ApprovalRule {
        registered: 905,
        kinds: vec![
            kind(
                "notice",
                vec![
                    step("draft", vec![post(0)], 1, &[]),
                    step("legal", vec![post(1), gone(), post(0)], 2, &["draft"]),
                    step("sign", vec![post(2)], 1, &["draft", "legal"]),
                ],
            ),
            kind("*", vec![step("sign", vec![post(1), post(2)], 1, &[])]),
            kind(
                "redaction",
                vec![step("by-decree-7", vec![post(1), post(2)], 2, &[]), step("sign", vec![post(0), post(1), post(2)], 3, &[])],
            ),
        ],
        overriders: vec![post(2)],
        deferred: false,
    }
}

pub fn agency_page(lang: Lang) -> AgencyView {
    let step = |code: &str, taken, (overridden, rejected), times: Option<[i64; 3]>| StepFigure {
        code: code.into(),
        taken,
        overridden,
        rejected,
        times: times.map(|[median, mean, longest]| StepTimes { median, mean, longest }),
    };
    AgencyView {
        figures: Some(AgencyFigures {
            began: Some(moment(1_300 * 97)),
            behind: None,
            approved: 141,
            steps: vec![
                step("draft", 139, (0, 0), None),
                step("legal", 277, (1, 3), Some([5_400_000, 9_900_000, 190_000_000])),
                step("sign", 141, (0, 1), Some([1_500_000, 3_000_000, 90_000_000])),
            ],
            changes: vec![
                (Change::Became(Standing::Corrected), 2),
                (Change::Became(Standing::Superseded), 17),
                (Change::Became(Standing::Repealed), 4),
                (Change::Reinstated, 1),
                (Change::Redacted, 1),
            ],
            unopened: 2,
        }),
        agency: agency(lang, 1),
        archive: false,
        registered: 905,
        ended: None,
        keys: keys(),
        rule: Some(rule(lang)),
        posts: [("clerk", "拟稿岗", "Drafting", 14), ("legal", "法规审核岗", "Legal review", 15), ("director", "局长", "Director", 16)]
            .map(|(id, zh, en, registered)| PostRow {
                id: format!("yunze.example/water/{id}"),
                name: if lang == Lang::Zh { zh } else { en }.into(),
                registered,
            })
            .into(),
        documents: 97,
        items: [1229, 1222, 1215, 1208].map(|index| Item { agency: Some(agency(lang, 1)), ..item(lang, index) }).into(),
        pager: Pager { older: Some("before=1208".into()), oldest: Some("before=60".into()), ..Pager::default() },
    }
}

pub const CHECKPOINT: &str = "yunze.example/log\n1235\nCD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=\n\n\
— yunze.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

pub fn chain() -> ChainView {
    ChainView {
        checkpoint: Some(CHECKPOINT.into()),
        size: Some(1_235),
        charter: 0,
        began: Some(moment(120_000)),
        keys: vec![
            KeyRow {
                role: KeyRole::Log,
                vkey: "yunze.example/log+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".into(),
                from: 0,
                ended: None,
                custody: None,
            },
            KeyRow {
                role: KeyRole::Registrar,
                vkey: "yunze.example/registrar+2be1f0d3+AfDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0kCD82D2".into(),
                from: 0,
                ended: None,
                custody: None,
            },
        ],
        threshold: (1, 1),
        policy: None,
    }
}

pub fn entry(lang: Lang) -> EntryView {
    EntryView {
        approval: None,
        rule: None,
        item: plain(lang, 1231, Kind::Status, Some(About::Standing(Standing::Repealed, target(611)))),
        facts: vec![
            Fact::Target(target(611)),
            Fact::Became(Standing::Repealed),
            Fact::Effective("2026-12-15".into()),
            Fact::By(target(1230)),
            Fact::SignedBy("yunze.example/water".into()),
        ],
        text: Some(
            "gazette/v1\nindex 1231\ntime 2026-11-22T05:45:00.123Z\nprevious jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
registry CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=\n\ngazette/v1/statement yunze.example/log\n\
{\"type\":\"status\",\"id\":\"9f2c\",\"agency\":\"yunze.example/water\",\"target\":611,\"kind\":\"repealed\"}\n\n\
— yunze.example/water Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz\n"
                .into(),
        ),
        older: Some(target(1230)),
        newer: None,
        leaf: "CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=".into(),
        previous: "q1bZ9m3E1pC0aTgV0p9w3bS0oJ6nq2l1YxM8dHhK0aE=".into(),
    }
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
