//! Invented work at the desk: what waits, what is written, and a case on its way.

use crate::yunze::{self, agency, moment};
use app::{
    Lang, codes,
    pages::desk,
    view::{desk::*, *},
};

pub fn pages(site: &Site, lang: Lang) -> Vec<(&'static str, String)> {
    let who = Who {
        name: "Li Wei 李伟".into(),
        token: "0".repeat(64),
        account: "0".repeat(32),
        rooms: vec![Room::Home, Room::Drafts, Room::Account],
        waiting: 2,
    };
    let desk = |path: &'static str| Desk { site, lang, path, who: Some(who.clone()) };
    let faulty = EditorView { faults: vec![("title", Fault::Lack(Lack::Missing)), ("effective", Fault::Lack(Lack::Date))], ..editor(lang) };
    let twice = EditorView { conflict: Some(conflict(lang)), over: true, ..editor(lang) };
    let published = CaseView {
        state: CaseState::Published { index: 1231 },
        able: vec![],
        text: FrozenText::Gone,
        changed: None,
        personal: PersonalView::default(),
        told: None,
        timing: None,
        ..case(lang)
    };
    let unsealed = CaseView { able: vec![], told: None, sealing: Some(SealingView::Open { brings: true }), ..case(lang) };
    vec![
        ("desk-drafts", desk::drafts(&desk("/desk/drafts"), &drafts(lang))),
        ("desk-editor", desk::editor(&desk("/desk/drafts/1"), &editor(lang))),
        ("desk-editor-faulty", desk::editor(&desk("/desk/drafts/1"), &faulty)),
        ("desk-editor-twice", desk::editor(&desk("/desk/drafts/1"), &twice)),
        ("desk-aside", desk::aside(&desk("/desk/drafts/1/asides/1"), &aside(lang))),
        ("desk-submit", desk::submit(&desk("/desk/drafts/1/submit"), &submit(lang))),
        ("desk-case", desk::case(&desk("/desk/cases/1"), &case(lang))),
        ("desk-case-published", desk::case(&desk("/desk/cases/1"), &published)),
        ("desk-case-unsealed", desk::case(&desk("/desk/cases/1"), &unsealed)),
        ("desk-bring", desk::bring(&desk("/desk/bring"), &bring(lang))),
        ("desk-brought", desk::brought(&desk("/desk/bring/1"), &brought(lang))),
    ]
}

fn word(lang: Lang, zh: &str, en: &str) -> String {
    if lang == Lang::Zh { zh } else { en }.to_owned()
}

fn title(lang: Lang) -> String {
    word(lang, "云泽市元宵灯会交通管制办法", "Traffic rules for the Lantern Festival in Yunze")
}

fn drafts(lang: Lang) -> DraftsView {
    let row = |kind, zh: &str, en: &str, ready: bool, refused, rejected| CaseRow {
        case: "1".into(),
        kind,
        title: word(lang, zh, en),
        agency: agency(lang, 1),
        submitted: moment(300),
        due: ready.then(|| moment(-900)),
        ready,
        rejected,
        refused,
        unsealed: false,
    };
    let draft = |zh: &str, en: &str, index| DraftRow {
        id: "1".into(),
        kind: DraftKind::Disclosure,
        title: word(lang, zh, en),
        agency: agency(lang, 1),
        saved: moment(20),
        by: "Zhao Min".into(),
        index,
        until: None,
    };
    let whole = |rows| Paged { rows, newer: None, older: None };
    DraftsView {
        waiting: vec![
            row(DraftKind::Disclosure, "云泽市元宵灯会交通管制办法", "Traffic rules for the Lantern Festival in Yunze", false, false, true),
            row(DraftKind::Status, "", "", false, false, false),
        ],
        writing: whole(vec![draft("供水水质公告", "Water quality at the public intakes", None), draft("", "", None)]),
        submitted: Paged {
            rows: vec![
                row(DraftKind::Disclosure, "二〇二六年财政预算", "Budget for 2026", true, false, false),
                row(DraftKind::Redaction, "", "", false, true, false),
            ],
            ..Paged::default()
        },
        published: Paged {
            rows: vec![draft("校车采购结果", "School buses: award", Some(1187))],
            newer: Some(String::new()),
            older: Some("published=behind.1790000000000.0a".into()),
        },
        discarded: whole(vec![DraftRow { until: Some(moment(-30_000)), ..draft("灯会公告草稿", "Lanterns, a first draft", None) }]),
        discarded_days: 30,
        begin: vec![agency(lang, 1), agency(lang, 2)],
        typed: Typed([("target", "the third".into())].into()),
        faults: vec![("target", Fault::Entry)],
    }
}

fn conflict(lang: Lang) -> Conflict {
    let change = TextChangeView { language: None, title: vec![], blocks: changed(lang).texts.remove(0).blocks, cut: false };
    Conflict {
        by: "Zhao Min".into(),
        saved: moment(3),
        submitted: false,
        fields: vec![
            ("summary", String::new(), word(lang, "老城各路口的管制时间。", "When the streets of the old town are closed.")),
            ("keywords", word(lang, "灯会", "lanterns"), word(lang, "灯会\n交通", "lanterns\ntraffic")),
        ],
        texts: vec![OtherText { change, title: String::new(), body: "# All\n\nLit.".into() }],
    }
}

fn aside(lang: Lang) -> AsideView {
    AsideView {
        draft: "1".into(),
        by: "Zhao Min".into(),
        kept: moment(40),
        typed: vec![("title", title(lang)), ("keywords", word(lang, "灯会\n交通", "lanterns\ntraffic")), ("body", "# All\n\nLit.".into())],
    }
}

/// What readers would see of it.
fn preview(lang: Lang) -> PreviewView {
    let shown = yunze::disclosure(lang);
    let html = "<h2>第一条</h2>\n<p>灯会期间<strong>禁止</strong>机动车进入老城。</p>\n<ul>\n<li>南门</li>\n<li>东门</li>\n</ul>\n";
    let text = |language: &str, title: &str, html: &str| PreviewText {
        language: language.into(),
        title: title.into(),
        html: html.into(),
        formatted: true,
    };
    PreviewView {
        item: Item { title: Title::Text(title(lang)), standing: None, ..shown.item },
        catalogue: shown.catalogue.unwrap(),
        body: Some(text(lang.code(), "", html)),
        translations: vec![text("bo", "Lanterns", "<p>No cars in the old town.</p>")],
    }
}

fn editor(lang: Lang) -> EditorView {
    let typed = [
        ("title", title(lang)),
        ("genre", "rule".into()),
        ("language", lang.code().into()),
        ("body", "# 第一条\n\n灯会期间**禁止**机动车进入老城。\n\n- 南门\n- 东门\n".into()),
        ("issued", "2026-11-20".into()),
        ("issuing_agencies", agency(lang, 1).name),
        ("subjects", "云泽公交有限公司 | uscc | 91330100MA2ABCDE0X".into()),
    ];
    EditorView {
        id: "1".into(),
        kind: DraftKind::Disclosure,
        agency: agency(lang, 1),
        revision: 4,
        saved: moment(20),
        saved_by: "Zhao Min".into(),
        just_saved: true,
        typed: Typed(typed.into_iter().collect()),
        faults: vec![],
        files: vec![FileRow {
            id: "1".into(),
            name: word(lang, "管制路段图.pdf", "map-of-closures.pdf"),
            media: "application/pdf".into(),
            size: 482_113,
        }],
        preview: Some(preview(lang)),
        target: None,
        parts: vec![],
        conflict: None,
        over: false,
        asides: vec![AsideRow { id: "1".into(), by: "Zhao Min".into(), kept: moment(40) }],
        discarded_days: 30,
        genres: ["notice", "rule", "decision", "penalty"].map(Into::into).to_vec(),
        grounds: codes::grounds().collect(),
        changes: vec!["repealed", "corrected"],
        may_write: true,
        translations: vec![],
        another_translation: false,
        languages: vec!["zh", "en", "bo"],
        agencies: vec![agency(lang, 1).name, agency(lang, 2).name],
        asked: vec![("rule", &["issued", "effective", "document_number"])],
        account: String::new(),
        largest_file: 20 << 20,
        most_files: 24,
    }
}

fn personal() -> PersonalView {
    let row = |part: Option<&str>, sort: &'static str, number: &str, spot| PersonalRow {
        part: part.map(str::to_owned),
        sort,
        number: number.into(),
        spot,
    };
    let unread = |name: &str, gap: &'static str, pages: &str| UnreadRow { name: name.into(), gap, pages: pages.into() };
    PersonalView {
        rows: vec![
            row(None, "mobile", "138 0013 8000", SpotView::Field("summary".into())),
            row(Some("body.md"), "identity-card", "11010519491231002X", SpotView::Line(12)),
            row(Some("map.pdf"), "mobile", "13800138000", SpotView::Page(2)),
            row(Some("list.xlsx"), "bank-card", "4111111111111111", SpotView::Row { sheet: "名单".into(), row: 7 }),
        ],
        unread: vec![unread("scan.pdf", "no-text", ""), unread("map.pdf", "pages", "2–5, 9")],
    }
}

fn submit(lang: Lang) -> SubmitView {
    SubmitView {
        id: "1".into(),
        kind: DraftKind::Disclosure,
        title: title(lang),
        revision: 4,
        lacks: vec![],
        personal: personal(),
        typed: Typed::default(),
        faults: vec![("day", Fault::Lack(Lack::Time))],
        refused: None,
        rule: true,
        seals: true,
    }
}

fn case(lang: Lang) -> CaseView {
    let decided = |code: &str, zh: &str, en: &str, by: &str, decision: &str, back, reason: Option<&str>, counts| Decided {
        code: code.into(),
        post: word(lang, zh, en),
        by: by.into(),
        decision: decision.into(),
        when: moment(back),
        index: Some(1201),
        deferred: false,
        reason: reason.map(str::to_owned),
        opened: reason.is_some(),
        closing: None,
        counts,
    };
    let draft = decided("draft", "拟稿岗", "Drafting", "Zhao Min", "approve", 400, None, true);
    let legal = decided("legal", "法规审核岗一", "Legal review A", "Sun Li", "approve", 200, None, true);
    let rejected = decided("legal", "法规审核岗二", "Legal review B", "Qian Bo", "reject", 900, Some("第三条没有依据。"), false);
    let kind = |code: &str, posts: Vec<String>, count, waits: &[&str], complete, stage, decided: Vec<Decided>| KindView {
        code: code.into(),
        posts,
        count,
        waits: waits.iter().map(|code| (*code).to_owned()).collect(),
        complete,
        stage,
        decided,
    };
    let lawyers = vec![word(lang, "法规审核岗一", "Legal review A"), word(lang, "法规审核岗二", "Legal review B")];
    let kinds = vec![
        kind("draft", vec![word(lang, "拟稿岗", "Drafting")], 1, &[], true, 0, vec![draft.clone()]),
        kind("legal", lawyers, 2, &[], false, 1, vec![legal.clone()]),
        kind("budget", vec![word(lang, "预算审核岗", "Budget review")], 1, &[], false, 1, vec![]),
        kind("sign", vec![word(lang, "局长", "Director")], 1, &["legal", "budget"], false, 2, vec![]),
    ];
    let shown = yunze::disclosure(lang);
    let body = preview(lang).body.unwrap().html;
    CaseView {
        id: "1".into(),
        draft: "1".into(),
        kind: DraftKind::Disclosure,
        agency: agency(lang, 1),
        title: title(lang),
        genre: "rule".into(),
        submitted: moment(500),
        by: "Zhao Min".into(),
        due: Some(moment(-3000)),
        state: CaseState::Open,
        told: Some(("stale-rule".into(), "the rule is not the one in force".into())),
        rule: RuleView::Under { kinds, verdict: Some("missing") },
        able: vec![AbleView {
            code: "legal".into(),
            post: "yunze.example/transport/legal-b".into(),
            post_name: word(lang, "法规审核岗二", "Legal review B"),
            decisions: vec!["approve", "reject"],
        }],
        history: vec![rejected, draft, legal],
        text: FrozenText::Disclosure(Box::new(FrozenDisclosure {
            holders: vec![],
            revises: None,
            ground: None,
            item: Item { title: Title::Text(title(lang)), ..shown.item },
            catalogue: shown.catalogue.unwrap(),
            body: Some(FrozenProse { commitment: "sha256:01".into(), html: body, formatted: true }),
            translations: vec![(
                "en".into(),
                FrozenProse { commitment: "sha256:02".into(), html: "<p>No cars in the old town.</p>".into(), formatted: true },
            )],
            parts: vec![FrozenFile {
                name: "map.pdf".into(),
                media: "application/pdf".into(),
                size: 482_113,
                commitment: "sha256:00".into(),
            }],
        })),
        changed: Some(changed(lang)),
        personal: personal(),
        rule_leaf: String::new(),
        core: String::new(),
        may_withdraw: true,
        writes: true,
        may_release: false,
        releases_own: false,
        timing: Some(Typed([("day", "2026-11-25".into()), ("hour", "09:00".into())].into())),
        faults: vec![],
        refused: None,
        sealing: None,
        unsealed: None,
        own: false,
    }
}

fn changed(lang: Lang) -> ChangedView {
    let same = |zh: &str, en: &str| PieceView::Same(word(lang, zh, en));
    let pieces = vec![
        same("交通管制时间为", "Traffic is stopped from "),
        PieceView::Gone(word(lang, "十八时", "six")),
        PieceView::New(word(lang, "十七时三十分", "half past five")),
        same("至二十三时。", " until eleven.\n"),
    ];
    ChangedView {
        choices: vec![
            AgainstView::Earlier { key: "0".into(), submitted: moment(900), decided: Some("reject".into()) },
            AgainstView::Published { index: 1203 },
        ],
        chosen: 0,
        gone: false,
        fields: vec![("effective", vec![PieceView::Gone("2026-03-01".into()), PieceView::New("2026-03-02".into())])],
        texts: vec![TextChangeView {
            language: None,
            title: vec![],
            blocks: vec![
                BlockView::Folded(4),
                BlockView::Same(word(lang, "## 时间\n", "## Hours\n")),
                BlockView::Changed(pieces),
                BlockView::Folded(12),
            ],
            cut: false,
        }],
        files: vec![FileChangeView {
            what: "replaced",
            name: "map.pdf".into(),
            before: Some(("application/pdf".into(), 401_002)),
            after: Some(("application/pdf".into(), 482_113)),
        }],
    }
}

fn bring(lang: Lang) -> BringView {
    BringView {
        agencies: vec![agency(lang, 1)],
        chosen: String::new(),
        fault: Some(BringFault::NoTitle),
        waiting: Some("1".into()),
        columns: vec![(word(lang, "标题", "Title"), None), (word(lang, "成文日期", "Issued"), Some("2026-11-25"))],
    }
}

fn brought(lang: Lang) -> BroughtView {
    let row = |number: i64, sound, told, same| BroughtRowView {
        number,
        place: (number + 2).to_string(),
        typed: Typed([("title", title(lang)), ("genre", "notice".into()), ("language", lang.code().into())].into()),
        translations: vec![],
        files: vec![FileRow { id: String::new(), name: "map.pdf".into(), media: "application/pdf".into(), size: 482_113 }],
        told,
        personal: if sound { PersonalView::default() } else { personal() },
        same,
        draft: (number == 2).then(|| "1".into()),
        sound,
    };
    let told = |field: &str, what: &str, said: &str, stops| ToldView { field: field.into(), what: what.into(), said: said.into(), stops };
    BroughtView {
        id: "1".into(),
        agency: agency(lang, 1),
        until: moment(-900),
        table: Some("drafts.csv".into()),
        unknown: vec!["colour".into()],
        left_out: vec![("unused.txt".into(), "unused")],
        rows: vec![
            row(0, true, vec![told("issued", "missing", "", false)], Some(SameView::Row("9".into()))),
            row(1, false, vec![told("genre", "choice", "circular", true), told("files", "not-brought", "sea.pdf", true)], None),
            row(2, true, vec![], None),
        ],
        just_made: Some(1),
        none_chosen: false,
    }
}
