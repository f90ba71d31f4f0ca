//! The log: its own page, and that of an entry which is no document.

use super::{moment, plain, target};
use app::view::*;

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
