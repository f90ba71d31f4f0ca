//! What an agency's rule of approval is told in.

use super::{Text, number};

pub struct RuleWords {
    pub title: Text,
    /// Of an agency that has none.
    pub none: Text,
    /// Before and behind the entry that the rule stands in.
    pub registered: (Text, Text),
    pub status: Text,
    pub redaction: Text,
    /// Of kinds that the rule does not name: where it names some, and where it names none.
    pub every_other: Text,
    pub everything: Text,
    /// Before the posts that may take a step: how many must, and how many there are.
    pub takers: fn(usize, usize) -> String,
    pub waits_for: fn(&[String]) -> String,
    pub waits_for_none: Text,
    /// Between two posts, and behind one that is not registered.
    pub between: Text,
    pub unregistered: Text,
    /// Before the posts that may skip a step.
    pub overriders: Text,
    pub no_overriders: Text,
    pub deferred: Text,
    pub at_their_time: Text,
}

pub(super) const EN: RuleWords = RuleWords {
    title: "Approval rule",
    none: "Its seal alone is enough.",
    registered: ("As registered in ", ". Your browser does not check these words; whether each approval met the rule, it does."),
    status: "Changes of a document's standing",
    redaction: "Removals of parts",
    every_other: "Every other kind of document",
    everything: "All that it publishes",
    takers: |count, of| match (count, of) {
        (1, 1) => "By ".to_owned(),
        (1, _) => "By one of ".to_owned(),
        (2, 2) => "By both ".to_owned(),
        (count, of) if count == of => format!("By all {}: ", number(of as u64)),
        (count, of) => format!("By {} of these {}: ", number(count as u64), number(of as u64)),
    },
    waits_for: |steps| format!("Only after: {}.", steps.join(", ")),
    waits_for_none: "Waits for no other step.",
    between: ", ",
    unregistered: " (not registered)",
    overriders: "May skip a step, which everybody is shown: ",
    no_overriders: "No post may skip a step.",
    deferred: "Steps come to the chain together with the publication they lead to: it does not say when each was taken.",
    at_their_time: "Each step comes to the chain when it is taken.",
};

pub(super) const ZH: RuleWords = RuleWords {
    title: "审批规则",
    none: "盖章即可，无须另行审批。",
    registered: ("据", "登记。浏览器不核验此处文字，但会逐件核验审批是否符合规则。"),
    status: "文件效力变更",
    redaction: "撤下文件部分内容",
    every_other: "其余各类文件",
    everything: "所发布的一切",
    takers: |count, of| match (count, of) {
        (1, 1) => "办理岗位：".to_owned(),
        (1, _) => "由以下岗位之一办理：".to_owned(),
        (count, of) if count == of => format!("须由以下 {of} 个岗位全部办理："),
        (count, of) => format!("须由以下 {of} 个岗位中的 {count} 个办理："),
    },
    waits_for: |steps| format!("须待{}办结。", steps.join("、")),
    waits_for_none: "无须等待其他步骤。",
    between: "、",
    unregistered: "（未登记）",
    overriders: "可越过步骤（越过即公开可见）：",
    no_overriders: "任何岗位都不得越过步骤。",
    deferred: "各步骤随所促成的发布一并入链，链上不载明各步骤何时办理。",
    at_their_time: "各步骤办理时即入链。",
};
