//! What the values under a check are called: the names that `chain` gives them, and the codes that some of them are.

use super::Words;
use crate::Lang;

/// By the names of [`chain::check::VALUES`].
static NAMES: [(&str, &str, &str); 43] = [
    ("index", "序号", "Position"),
    ("time", "时间（UTC）", "Time (UTC)"),
    ("previous", "本条所记的前条指纹", "Fingerprint of the entry before, as written in this one"),
    ("neighbour", "由前条算出的指纹", "Fingerprint of the entry before, as computed"),
    ("leaf", "由本条算出的指纹", "Fingerprint of this entry, as computed"),
    ("size", "树中条目数", "Entries in the tree"),
    ("root", "日志签署的树根", "Root signed by the log"),
    ("root-computed", "由证明算出的树根", "Root computed from the proof"),
    ("hashes", "证明中的哈希个数", "Hashes in the proof"),
    ("origin", "链名", "Origin"),
    ("identity", "链的身份", "Identity of the chain"),
    ("key", "所用密钥", "Key it was verified with"),
    ("signature", "签名", "Signature"),
    ("signer", "签署者", "Signed by"),
    ("registry", "当时的登记册树根", "Root of the registry at that moment"),
    ("registered", "登记此密钥的条目", "Entry that registered the key"),
    ("custody", "密钥由谁保管", "Who keeps the key"),
    ("since", "自第几条起报失窃", "Reported stolen from entry"),
    ("target", "所涉条目", "Entry it speaks of"),
    ("of", "所涉文件的机关", "Agency whose document it speaks of"),
    ("policy", "所依名单", "Whose list"),
    ("seen-by", "见证方及其签署时间（UTC）", "Witness, and when it signed (UTC)"),
    ("seen", "达到足数的时间（UTC）", "Enough had signed by (UTC)"),
    ("witnesses", "名单上的见证方数", "Witnesses on the list"),
    ("rule", "载有规则的条目的指纹", "Fingerprint of the entry that holds the rule"),
    ("genre", "所按种类", "Kind it was approved as"),
    ("step", "审批步骤的条目", "Entry of the step"),
    ("post", "经手岗位", "Post that took it"),
    ("overridden", "越过的步骤", "Step passed over"),
    ("why", "何处不符", "What is wrong"),
    ("parts", "已核部分数", "Parts checked"),
    ("part", "部分", "Part"),
    ("commitment", "盖章时的指纹", "Fingerprint sealed"),
    ("computed", "算出的指纹", "Fingerprint computed"),
    ("bytes", "字节数", "Bytes"),
    ("by", "撤下它的条目", "Entry that removed it"),
    ("member", "不符之处", "What differs"),
    ("shown", "本页显示", "This page shows"),
    ("compared", "已与本页比对", "Compared with this page"),
    ("kept-size", "以前所见树中条目数", "Entries in the tree seen before"),
    ("kept-root", "以前所见树根", "Root seen before"),
    ("kept", "以前所见的链的身份", "Identity of the chain seen before"),
    ("found", "现在的链的身份", "Identity of the chain now"),
];

/// Values that are codes: roles of parts, whose list, why an approval fails.
static CODES: [(&str, &str, &str); 17] = [
    ("catalogue", "目录", "catalogue"),
    ("body", "正文", "text"),
    ("attachment", "附件", "attachment"),
    ("translation", "译文", "translation"),
    ("portal", "本链章程所载名单", "this chain's charter"),
    ("no-act", "规则要求审批，声明未载明任何审批", "the rule asks for approval, and the statement names none"),
    ("no-rule", "声明载有审批，而机关没有规则", "the statement names approvals, and the agency has no rule"),
    ("stale-rule", "所依规则不是当时的规则", "the rule is not the one in force"),
    ("genre", "规则未涉及这一种类", "the rule says nothing of this kind"),
    ("incomplete", "并非每一步都自首步起依次公开", "not every step is opened, from the first, in order"),
    ("opening", "有一步公开的内容与其指纹不符", "what was opened of a step is not what was committed"),
    ("reason", "有一步不予批准或越过而未载明理由", "a step was rejected or skipped without a reason"),
    ("post", "有一步由无权的岗位经手", "a step was taken by a post that may not take it"),
    ("order", "有一步先于它应当等待的步骤", "a step was taken before one it must wait for"),
    ("self-approval", "同一岗位经手了两种步骤", "one post took two kinds of step"),
    ("rejected", "有一步未予批准，其后也未重办", "a step was rejected and not taken again"),
    ("missing", "缺少一项批准", "an approval is missing"),
];

/// Who keeps a seal, as its registration says.
static CUSTODIES: [(&str, &str, &str); 3] =
    [("portal", "本站", "the portal"), ("token", "硬件密码设备", "a hardware token"), ("agency", "机关自行保管", "the agency itself")];

/// What a page shows beside what catalogues have.
static MEMBERS: [(&str, &str, &str); 19] = [
    ("stated", "所载日期", "stated date"),
    ("stated_agency", "所称机关", "stated agency"),
    ("kind", "变动", "what became of it"),
    ("type", "变动", "what became of it"),
    ("ground", "理由", "reason"),
    ("leaf", "指纹", "fingerprint"),
    ("previous", "前一条的指纹", "fingerprint of the entry before"),
    ("key", "密钥", "key"),
    ("signed_by", "签署者", "signatures"),
    ("index", "条目", "which entry it is"),
    ("before", "前一条", "the entry before"),
    ("time", "链上时间", "time of the log"),
    ("agency", "机关", "agency"),
    ("titles", "所涉文件的标题", "title of a document it speaks of"),
    ("text", "正文", "text"),
    ("entry", "条目原文", "entry as logged"),
    ("parts", "文件名", "names of files"),
    ("step", "审批步骤", "steps of the approval"),
    // What a page marks as something that no entry has.
    ("?", "本条没有的内容", "something that it does not have"),
];

/// As pages carry them, a line each: a name, a blank and what it is called. Codes have an equals sign before them, members a plus, custodies an asterisk.
#[must_use]
pub fn written(w: &Words) -> String {
    let (c, r) = (&w.catalogue, &w.record);
    let catalogue = [
        ("title", c.title),
        ("index_number", c.index_number),
        ("document_number", c.document_number),
        ("issuing_agencies", c.issuers),
        ("joint_agencies", c.joint),
        ("issued", c.issued),
        ("published", c.published),
        ("effective", c.effective),
        ("expires", c.expires),
        ("theme", c.theme),
        ("genre", c.genre),
        ("basis", c.basis),
        ("summary", c.summary),
        ("keywords", c.keywords),
        ("language", c.language),
        ("region", c.region),
        ("subjects", c.subjects),
        ("source", c.source),
        ("authentic", c.authentic),
        ("origin", r.origin),
        ("post", r.post),
        ("case", r.case),
        ("zone", r.zone),
    ];
    let picked = |sign: &'static str, known: &'static [(&str, &str, &str)]| {
        known.iter().map(move |(name, zh, en)| (sign, *name, if w.lang == Lang::Zh { *zh } else { *en }))
    };
    let all = picked("", &NAMES).chain(picked("=", &CODES)).chain(picked("+", &MEMBERS)).chain(picked("*", &CUSTODIES));
    let all = all.chain(catalogue.map(|(name, called)| ("+", name, called)));
    all.map(|(sign, name, called)| format!("{sign}{name} {called}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::Names;
    use chain::{approval::ApprovalError, check::VALUES};

    #[test]
    fn every_value_of_a_check_has_a_label_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let text = written(crate::words::of(lang));
            let names = Names(&text);
            for name in VALUES {
                let label = names.label(name);
                assert!(!label.is_empty() && (lang == Lang::En || !label.is_ascii()), "{name}: {label}");
                // Two values under one name could not be told apart.
                let same = VALUES.iter().filter(|other| names.label(other) == label).count();
                assert_eq!(same, 1, "{name}: {label}");
            }
        }
    }

    #[test]
    fn every_code_among_the_values_is_said_in_words() {
        for lang in [Lang::Zh, Lang::En] {
            let text = written(crate::words::of(lang));
            let names = Names(&text);
            let why = ApprovalError::ALL.map(|error| ("why", error.code()));
            let parts = ["catalogue", "body", "attachment", "translation"].map(|role| ("part", role));
            for (name, code) in why.into_iter().chain(parts).chain([
                ("policy", "portal"),
                ("member", "title"),
                ("compared", "entry"),
                ("compared", "step"),
                ("custody", "portal"),
                ("custody", "token"),
                ("custody", "agency"),
            ]) {
                let said = names.value(name, code);
                assert!(said != names.value("member", "?"), "{name} {code}");
                assert!(!said.is_empty() && (lang == Lang::En || !said.is_ascii()), "{name} {code}: {said}");
            }
            // A page can mark as a fact whatever it likes.
            assert_eq!(
                names.value("member", "colour"),
                if lang == Lang::En { "something that it does not have" } else { "本条没有的内容" }
            );
            assert_eq!(names.value("size", "56"), "56");
        }
    }
}
