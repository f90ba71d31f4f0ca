//! What the figures on an agency's page are called.

use super::{Text, number};
use crate::view::{Change, Standing};

pub struct FigureWords {
    pub title: Text,
    /// Who counted, and since which day, where that is known.
    pub counted: fn(Option<&str>) -> String,
    /// Entries that are counted, and that there are.
    pub behind: fn(u64, u64) -> String,
    /// Over how many approvals the table speaks.
    pub table: fn(u64) -> String,
    pub step: Text,
    pub taken: Text,
    pub median: Text,
    pub mean: Text,
    pub longest: Text,
    /// Where nothing says how long a step took.
    pub unknown: Text,
    pub table_note: Text,
    pub overridden: Text,
    pub rejected: Text,
    /// Of which kinds of step, and how many of each.
    pub kinds: fn(&[(String, u64)]) -> String,
    pub change: fn(Change) -> Text,
    pub leads: Text,
    pub unopened: fn(u64) -> String,
    /// A length of time in milliseconds.
    pub span: fn(i64) -> String,
}

pub(super) const EN: FigureWords = FigureWords {
    title: "Approvals and changes",
    counted: |day| {
        let since = day.map_or_else(String::new, |day| format!(", since its first entry on {day}"));
        format!(
            "Counted by this portal from the whole chain{since}. Browsers do not check these numbers; each approval can be checked on its own page."
        )
    },
    behind: |covered, size| format!("Still being counted: so far the first {} of {} entries.", number(covered), number(size)),
    table: |count| match count {
        1 => "Time per step, in the one approval that led to publication".to_owned(),
        _ => format!("Time per step, in {} approvals that led to publication", number(count)),
    },
    step: "Step",
    taken: "Taken",
    median: "Half within",
    mean: "On average",
    longest: "Longest",
    unknown: "not known",
    table_note: "Time runs from when the steps before were done. Of a first step, and of steps that are logged only with the publication, \
            it is not known.",
    overridden: "Steps skipped by override",
    rejected: "Rejections on the way",
    kinds: |kinds| kinds.iter().map(|(name, count)| format!("{name}: {}", number(*count))).collect::<Vec<_>>().join(", "),
    change: |change| match change {
        Change::Became(Standing::InForce | Standing::NotYetInForce) | Change::Reinstated => "Reinstatements",
        Change::Became(Standing::Superseded) => "New versions",
        Change::Became(Standing::Corrected) => "Corrections",
        Change::Became(Standing::Amended) => "Amendments",
        Change::Became(Standing::Repealed) => "Repeals",
        Change::Became(Standing::Lapsed) => "Lapses",
        Change::Became(Standing::Annulled) => "Annulments",
        Change::Became(Standing::Withdrawn) => "Withdrawals",
        Change::Redacted => "Removals of parts",
    },
    leads: "A number that is a link leads to the documents that stand so today.",
    unopened: |count| match count {
        1 => "The log also has decisions in 1 case that no publication opens: it is under way, was given up, or was left for another case."
            .to_owned(),
        _ => format!(
            "The log also has decisions in {} cases that no publication opens: they are under way, were given up, or were left for other cases.",
            number(count)
        ),
    },
    span: |ms| match (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60) {
        (0, 0, 0) => "under a minute".into(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, hours, _) => format!("{days} days {hours} h"),
    },
};

pub(super) const ZH: FigureWords = FigureWords {
    title: "审批与变动",
    counted: |day| {
        let since = day.map_or_else(String::new, |day| format!("自{day}首条记录起，"));
        format!("由本站{since}据全链统计。浏览器不核验这些数字；每次审批均可在其页面上逐一核对。")
    },
    behind: |covered, size| format!("尚在统计：全链 {size} 条，现已计入前 {covered} 条。"),
    table: |count| format!("各步骤用时（已获发布的审批 {count} 次）"),
    step: "步骤",
    taken: "次数",
    median: "中位数",
    mean: "平均",
    longest: "最长",
    unknown: "不详",
    table_note: "用时自其前各步骤办结起算。首个步骤，以及随发布一并入链的步骤，用时不详。",
    overridden: "越过步骤",
    rejected: "审批中不予批准",
    kinds: |kinds| kinds.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join("、"),
    change: |change| match change {
        Change::Became(Standing::InForce | Standing::NotYetInForce) | Change::Reinstated => "恢复效力",
        Change::Became(Standing::Superseded) => "发布新版本",
        Change::Became(Standing::Corrected) => "更正",
        Change::Became(Standing::Amended) => "修改",
        Change::Became(Standing::Repealed) => "废止",
        Change::Became(Standing::Lapsed) => "宣布失效",
        Change::Became(Standing::Annulled) => "撤销",
        Change::Became(Standing::Withdrawn) => "撤回发布",
        Change::Redacted => "撤下部分内容",
    },
    leads: "点击带链接的数字，可查看目前处于该状态的文件。",
    unopened: |count| format!("链上另有 {count} 件的审批决定未随任何发布公开：或仍在办理，或已放弃，或已改立他件。"),
    span: |ms| match (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60) {
        (0, 0, 0) => "不足一分钟".into(),
        (0, 0, minutes) => format!("{minutes} 分钟"),
        (0, hours, minutes) => format!("{hours} 小时 {minutes} 分钟"),
        (days, hours, _) => format!("{days} 天 {hours} 小时"),
    },
};
