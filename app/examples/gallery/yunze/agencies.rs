//! Agencies: their list, and the page of one with its keys, its rule of approval and its figures.

use super::{agency, item, moment};
use app::view::*;

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
