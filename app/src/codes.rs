//! What the codes of statements are called, in both languages: pages say it, and readers' browsers hold pages to it.

use crate::Lang;

/// One thing that becomes of a document, in the places that say so.
pub struct Becomes {
    /// Over the document.
    pub notice: &'static str,
    /// As a tag of one word or two.
    pub tag: &'static str,
    /// Before what the document is called.
    pub before: &'static str,
}

const fn becoming(notice: &'static str, tag: &'static str, before: &'static str) -> Becomes {
    Becomes { notice, tag, before }
}

/// By the kind of a status, or the type of a statement that takes something away.
static KINDS: [(&str, Becomes, Becomes); 8] = [
    ("amended", becoming("本文件已修改", "已修改", "修改："), becoming("This document has been amended", "Amended", "Amended: ")),
    ("corrected", becoming("本文件已更正", "已更正", "更正："), becoming("This document has been corrected", "Corrected", "Corrected: ")),
    ("repealed", becoming("本文件已废止", "已废止", "废止："), becoming("This document has been repealed", "Repealed", "Repealed: ")),
    ("lapsed", becoming("本文件已失效", "已失效", "失效："), becoming("This document has lapsed", "Lapsed", "Lapsed: ")),
    ("annulled", becoming("本文件已撤销", "已撤销", "撤销："), becoming("This document has been annulled", "Annulled", "Annulled: ")),
    (
        "withdrawn",
        becoming("本文件已撤回发布", "已撤回", "撤回："),
        becoming("The agency has taken back its publication of this document", "Withdrawn", "Withdrawn: "),
    ),
    (
        "reinstated",
        becoming("本文件已恢复效力", "恢复效力", "恢复效力："),
        becoming("This document is in force again", "In force again", "In force again: "),
    ),
    (
        "redaction",
        becoming("本文件有部分内容已撤下", "撤下内容", "撤下部分内容："),
        becoming("Parts of this document were removed", "Removal of parts", "Parts removed: "),
    ),
];

/// Statements hold codes; a ground that is not here is shown as its code.
static GROUNDS: [(&str, &str, &str); 19] = [
    // Why a document holds no more, or not as it was.
    ("replaced-by-new-rule", "已由新的规定取代", "a newer rule takes its place"),
    ("term-ended", "施行期限届满", "its term ended"),
    ("task-completed", "所定任务已经完成", "what it ordered has been done"),
    ("conflicts-with-law", "与上位法不一致", "it conflicts with higher law"),
    ("court-decision", "法院裁判", "a court decided so"),
    ("organisation-changed", "机构职能调整", "duties moved to another body"),
    ("error-in-figures", "数据有误", "figures were wrong"),
    ("error-in-text", "文字有误", "the wording was wrong"),
    ("facts-changed", "情况发生变化", "the facts have changed"),
    // Why a document or a part is no longer shown.
    ("published-in-error", "误发", "published by mistake"),
    ("published-twice", "重复发布", "published twice"),
    ("personal-data", "含有个人信息", "it held personal data"),
    ("personal-privacy", "涉及个人隐私", "it touched on someone's privacy"),
    ("trade-secret", "涉及商业秘密", "it held a trade secret"),
    ("state-secret", "依法确定为国家秘密", "the law makes it a state secret"),
    ("public-safety", "可能危及公共安全", "it might endanger public safety"),
    ("copyright", "涉及他人著作权", "someone else holds the copyright"),
    // Of copies.
    ("stated-by-source", "来源如此载明", "the source says so"),
    ("withdrawn-at-source", "来源处已不见此件", "it is no longer at its source"),
];

/// Kinds of documents; an office may use others, which are shown as their codes.
static GENRES: [(&str, &str, &str); 26] = [
    ("accounts", "决算", "Accounts"),
    ("announcement", "公告", "Announcement"),
    ("approval", "批复", "Approval"),
    ("budget", "预算", "Budget"),
    ("decision", "决定", "Decision"),
    ("departmental-rule", "部门规章", "Departmental rule"),
    ("document", "文件", "Document"),
    ("executive-order", "行政命令", "Executive order"),
    ("faq", "问答", "Questions and answers"),
    ("gender-pay-gap-report", "性别薪酬差距报告", "Gender pay gap report"),
    ("ics-advisory", "工业控制系统安全公告", "ICS advisory"),
    ("ics-medical-advisory", "医疗工业控制系统安全公告", "ICS medical advisory"),
    ("inspection", "检查", "Inspection"),
    ("interpretation", "解读", "Interpretation"),
    ("judicial-interpretation", "司法解释", "Judicial interpretation"),
    ("law", "法律", "Law"),
    ("notice", "通知", "Notice"),
    ("penalty", "行政处罚", "Penalty"),
    ("plan", "规划计划", "Plan"),
    ("procurement", "采购", "Procurement"),
    ("regulation", "行政法规", "Regulation"),
    ("report", "报告", "Report"),
    ("rule", "规范性文件", "Rule"),
    ("state-council-document", "国务院文件", "State Council document"),
    ("statistics", "统计", "Statistics"),
    ("vulnerability-advisory", "漏洞公告", "Vulnerability advisory"),
];

/// Kinds of approval steps; a rule may name others, which are shown as their codes.
static STEPS: [(&str, &str, &str); 7] = [
    ("draft", "拟稿", "Draft"),
    ("review", "审核", "Review"),
    ("legal", "合法性审核", "Legal review"),
    ("confidentiality", "保密审查", "Confidentiality review"),
    ("budget", "预算审核", "Budget review"),
    ("sign", "签发", "Sign-off"),
    ("sign-off", "签发", "Sign-off"),
];

/// What a post decides in one.
static DECISIONS: [(&str, &str, &str); 3] =
    [("approve", "同意", "approved"), ("reject", "不同意", "rejected"), ("override", "越过此步", "skipped by override")];

/// Where ids of subjects come from; here too one that nobody here knows is shown as its code.
static SCHEMES: [(&str, &str, &str); 7] = [
    ("uscc", "统一社会信用代码", "Unified social credit code"),
    ("company-number", "公司注册号", "Company number"),
    ("companies-house", "英国公司注册处", "Companies House"),
    ("lei", "全球法人识别编码", "Legal entity identifier"),
    ("gpg-employer", "英国性别薪酬差距申报系统", "Gender pay gap service"),
    ("vendor", "厂商", "Vendor"),
    ("name", "名称", "Name"),
];

/// Languages, by the first part of their tags; of others the tag is shown.
pub static LANGUAGES: [(&str, &str, &str); 2] = [("zh", "中文", "Chinese"), ("en", "英文", "English")];

/// Whether what was published is itself the act, or a copy of it.
static AUTHENTIC: [(&str, &str, &str); 2] = [("original", "原件", "original"), ("copy", "副本", "copy")];

/// What keys are for.
static KEY_ROLES: [(&str, &str, &str); 5] = [
    ("log", "日志密钥", "Log key"),
    ("registrar", "登记员密钥", "Registrar key"),
    ("seal", "印章密钥", "Seal key"),
    ("post", "岗位密钥", "Post key"),
    ("witness", "见证方密钥", "Witness key"),
];

/// What a kind of status is called.
#[must_use]
pub fn becomes(lang: Lang, code: &str) -> Option<&'static Becomes> {
    let (_, zh, en) = KINDS.iter().find(|(known, ..)| *known == code)?;
    Some(if lang == Lang::Zh { zh } else { en })
}

/// What becomes of `what`.
#[must_use]
pub fn before(lang: Lang, code: &str, what: &str) -> String {
    becomes(lang, code).map_or("", |becomes| becomes.before).to_owned() + what
}

fn called(known: &[(&str, &'static str, &'static str)], lang: Lang, code: &str) -> Option<&'static str> {
    let (_, zh, en) = known.iter().find(|(known, ..)| *known == code)?;
    Some(if lang == Lang::Zh { zh } else { en })
}

/// What a ground is called.
#[must_use]
pub fn ground(lang: Lang, code: &str) -> Option<&'static str> {
    called(&GROUNDS, lang, code)
}

/// Grounds that an office may choose from; those of copies are the copier's.
pub fn grounds() -> impl Iterator<Item = &'static str> {
    GROUNDS.iter().map(|(code, ..)| *code).filter(|code| !code.contains("source"))
}

/// What a kind of documents is called.
#[must_use]
pub fn genre(lang: Lang, code: &str) -> Option<&'static str> {
    called(&GENRES, lang, code)
}

/// What a language is called.
#[must_use]
pub fn language(lang: Lang, tag: &str) -> Option<&'static str> {
    called(&LANGUAGES, lang, tag.split('-').next().unwrap_or_default())
}

/// What an original or a copy is called.
#[must_use]
pub fn authentic(lang: Lang, code: &str) -> Option<&'static str> {
    called(&AUTHENTIC, lang, code)
}

/// What a kind of approval step is called.
#[must_use]
pub fn step(lang: Lang, code: &str) -> Option<&'static str> {
    called(&STEPS, lang, code)
}

/// What a decision is called.
#[must_use]
pub fn decision(lang: Lang, code: &str) -> Option<&'static str> {
    called(&DECISIONS, lang, code)
}

/// What a step and how it was decided are called together; given as the two codes with a space between.
#[must_use]
pub fn decided(lang: Lang, codes: &str) -> String {
    let (code, word) = codes.split_once(' ').unwrap_or((codes, ""));
    let between = if lang == Lang::Zh { "：" } else { ": " };
    [step(lang, code).unwrap_or(code), between, decision(lang, word).unwrap_or(word)].concat()
}

/// How long a step took, as pages say it: in its two largest units of day, hour and minute.
#[must_use]
pub fn took(lang: Lang, millis: u64) -> String {
    let minutes = millis / 60_000;
    let (before, none, [day, hour, minute]) = match lang {
        Lang::Zh => ("用时", "用时不到 1 分钟", [" 天", " 小时", " 分钟"]),
        Lang::En => ("took", "took less than a minute", [" d", " h", " min"]),
    };
    let (large, small) = match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => return none.to_owned(),
        (0, 0, minutes) => ((minutes, minute), None),
        (0, hours, minutes) => ((hours, hour), Some((minutes, minute))),
        (days, hours, _) => ((days, day), Some((hours, hour))),
    };
    let mut said = before.to_owned();
    for (count, unit) in [Some(large), small].into_iter().flatten() {
        said = said + " " + &count.to_string() + unit;
    }
    said
}

/// What a scheme of ids is called.
#[must_use]
pub fn scheme(lang: Lang, code: &str) -> Option<&'static str> {
    called(&SCHEMES, lang, code)
}

/// What a key that has this role is called.
#[must_use]
pub fn key_role(lang: Lang, code: &str) -> Option<&'static str> {
    called(&KEY_ROLES, lang, code)
}

/// Whether `shown`, displayed for a code of the statement's member `member`, is what that code is called; `about` is what the
/// document that the statement speaks of is called within it.
#[must_use]
pub fn calls(lang: Lang, member: &str, code: &str, shown: &str, about: Option<&str>) -> bool {
    match member {
        "ground" => shown == ground(lang, code).unwrap_or(code),
        "genre" => shown == genre(lang, code).unwrap_or(code),
        "language" => shown == language(lang, code).unwrap_or(code),
        "step" => shown == decided(lang, code),
        "authentic" => shown == authentic(lang, code).unwrap_or(code),
        "entry" => code.parse().is_ok_and(|index| shown == entry(lang, index)),
        "took" => code.parse().is_ok_and(|millis| shown == took(lang, millis)),
        _ => becomes(lang, code).is_some_and(|known| {
            shown == known.notice || shown == known.tag || about.is_some_and(|about| shown.strip_prefix(known.before) == Some(about))
        }),
    }
}

/// What an entry without a title is called.
#[must_use]
pub fn entry(lang: Lang, index: u64) -> String {
    match lang {
        Lang::Zh => format!("第 {index} 条"),
        Lang::En => format!("Entry {}", grouped(index)),
    }
}

/// A number as a language writes it.
#[must_use]
pub fn number(lang: Lang, number: u64) -> String {
    match lang {
        Lang::Zh => number.to_string(),
        Lang::En => grouped(number),
    }
}

/// A number with its digits in groups of three.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_words_that_are_no_code() {
        for (code, ..) in GROUNDS.iter().chain(&SCHEMES).chain(&GENRES) {
            let ground = |lang, code| ground(lang, code).or_else(|| scheme(lang, code)).or_else(|| genre(lang, code));
            assert!(ground(Lang::En, code).is_some_and(|words| words != *code && !words.is_empty()), "{code}");
            assert!(ground(Lang::Zh, code).is_some_and(|words| !words.is_ascii()), "{code}");
        }
        for (code, ..) in &KINDS {
            assert!(becomes(Lang::En, code).is_some_and(|words| words.before.ends_with(": ")), "{code}");
            assert!(becomes(Lang::Zh, code).is_some_and(|words| !words.tag.is_ascii()), "{code}");
        }
    }

    #[test]
    fn a_ground_nobody_here_knows_stays_a_code() {
        assert_eq!((ground(Lang::En, "by-decree-7"), ground(Lang::Zh, "")), (None, None));
        assert!(calls(Lang::En, "ground", "by-decree-7", "by-decree-7", None));
        assert!(!calls(Lang::En, "ground", "by-decree-7", "trade-secret", None));
    }

    #[test]
    fn how_long_a_step_took_is_said_in_its_two_largest_units() {
        let (minute, hour, day) = (60_000, 3_600_000, 86_400_000);
        for (millis, zh, en) in [
            (minute - 1, "用时不到 1 分钟", "took less than a minute"),
            (5 * minute, "用时 5 分钟", "took 5 min"),
            (2 * hour + minute, "用时 2 小时 1 分钟", "took 2 h 1 min"),
            (3 * day + 23 * hour + 59 * minute, "用时 3 天 23 小时", "took 3 d 23 h"),
        ] {
            assert_eq!((took(Lang::Zh, millis).as_str(), took(Lang::En, millis).as_str()), (zh, en));
            assert!(calls(Lang::En, "took", &millis.to_string(), en, None));
            assert!(!calls(Lang::En, "took", &(millis + 2 * day).to_string(), en, None));
        }
    }

    #[test]
    fn no_words_stand_for_another_code() {
        for lang in [Lang::En, Lang::Zh] {
            for member in ["kind", "ground"] {
                let codes: Vec<&str> = match member {
                    "kind" => KINDS.iter().map(|(code, ..)| *code).collect(),
                    _ => GROUNDS.iter().map(|(code, ..)| *code).collect(),
                };
                for (code, other) in codes.iter().flat_map(|code| codes.iter().map(move |other| (code, other))) {
                    let words = match becomes(lang, other) {
                        Some(words) => vec![words.notice.to_owned(), words.tag.to_owned(), format!("{}The title", words.before)],
                        None => vec![ground(lang, other).unwrap_or_default().to_owned()],
                    };
                    for words in words {
                        assert_eq!(calls(lang, member, code, &words, Some("The title")), code == other, "{code}: {words}");
                    }
                }
            }
            let repealed = |what: &str, about| calls(lang, "kind", "repealed", &before(lang, "repealed", what), about);
            assert!(repealed("The title", Some("The title")));
            assert!(!repealed("The title and more", Some("The title")));
            assert!(!repealed("The title", None));
            assert!(calls(lang, "entry", "12345", &entry(lang, 12_345), None));
            assert!(!calls(lang, "entry", "12345", &entry(lang, 12_346), None));
            assert!(!calls(lang, "kind", "in-force", "In force", None));
        }
    }
}
