//! A document: as it stands, in its second version, and as an old copy that has ended.

use super::{agency, copy, item, moment, target};
use app::view::*;

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
        reason: (decision == "override").then(|| {
            (
                "07".repeat(16),
                if lang == Lang::Zh { "汛期将至。\n须先行开工。" } else { "The flood season is near.\nWork must begin." }.to_owned(),
            )
        }),
    }
}
