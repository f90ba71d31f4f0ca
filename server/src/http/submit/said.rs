//! What became of a line: where its statement came to stand, or why it was not taken, with a stable name and in both languages.

use super::persons::Told;
use crate::{
    drafts::Looked,
    extract::Gap,
    http::api::personal_of,
    sequencer::{Receipt, SubmitError},
};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// Answered in the order of the lines.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Said {
    Logged {
        index: u64,
        /// Of a repeated statement it is not looked up again.
        #[serde(skip_serializing_if = "Option::is_none")]
        leaf: Option<chain::Hash>,
        repeated: bool,
        /// Where it was looked through before.
        #[serde(skip_serializing_if = "Option::is_none")]
        personal: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        unread: Option<Value>,
    },
    /// It would be taken, and was not.
    Checked {
        /// So that nobody takes it for a receipt.
        checked: bool,
        /// Whether nothing would be added, since it is logged already or stands before.
        repeated: bool,
        /// Of what would not be added nothing is looked through: there is none of these then, so that nobody takes it for clean.
        #[serde(skip_serializing_if = "Option::is_none")]
        personal: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        unread: Option<Value>,
    },
    /// Refused for what stands in it, as the request asks.
    Personal { code: &'static str, refused: &'static str, refused_zh: &'static str, retry: bool, personal: Value, unread: Value },
    Refused {
        code: Cow<'static, str>,
        /// In English, with what exactly was wrong.
        refused: String,
        refused_zh: &'static str,
        /// Whether the same line may be taken later.
        retry: bool,
    },
}

impl Said {
    /// With what was said of it before it was offered.
    pub(super) fn telling(self, told: Option<Told>) -> Said {
        match (self, told) {
            (Said::Logged { index, leaf, repeated, .. }, Some((personal, unread))) => {
                Said::Logged { index, leaf, repeated, personal: Some(personal), unread: Some(unread) }
            }
            (said, _) => said,
        }
    }

    pub(super) fn would_be_taken((personal, unread): Told) -> Said {
        Said::Checked { checked: true, repeated: false, personal: Some(personal), unread: Some(unread) }
    }

    pub(super) fn would_be_repeated() -> Said {
        Said::Checked { checked: true, repeated: true, personal: None, unread: None }
    }

    /// Why a line is not offered in which something is found, or was not looked through.
    pub(super) fn personal(looked: &Looked) -> Said {
        let (refused, refused_zh) = if looked.found.is_empty() {
            ("a part of it could not be looked through for numbers of persons", "有部分内容未能作个人信息检查，按请求的要求未予接受。")
        } else {
            ("what looks like numbers of persons stands in it", "含有疑似个人信息，按请求的要求未予接受。")
        };
        // Time ran out, and nothing else: fewer lines at once may be read to their end.
        let retry = looked.found.is_empty() && looked.unread.iter().all(|(_, gap)| *gap == Gap::Waiting);
        let (personal, unread) = personal_of(looked);
        Said::Personal { code: "personal", refused, refused_zh, retry, personal, unread }
    }
}

/// Why a line was not even a statement for the log's door, or not one for this caller.
#[derive(Debug, thiserror::Error)]
pub(super) enum Line {
    #[error("not a line of this address: {0}")]
    Misread(String),
    #[error("a salt is 32 hexadecimal digits")]
    Salt,
    #[error("the bytes of a part are not base64")]
    Base64,
    #[error("the agency's own key did not sign it")]
    NotYours,
    #[error("under this id another statement is logged")]
    Differs,
}

impl From<Line> for Said {
    fn from(fault: Line) -> Said {
        let (code, refused_zh) = match &fault {
            Line::Misread(_) => ("line", "此行不符合该地址的格式。"),
            Line::Salt => ("salt", "盐值应为 32 位十六进制数字。"),
            Line::Base64 => ("base64", "内容不是 Base64 编码。"),
            Line::NotYours => ("not-yours", "不是由本机关自己的密钥签署。"),
            Line::Differs => ("differs", "此标识下已记入另一份声明。"),
        };
        Said::Refused { code: code.into(), refused: fault.to_string(), refused_zh, retry: false }
    }
}

impl From<SubmitError> for Said {
    fn from(error: SubmitError) -> Said {
        Said::Refused { refused: error.to_string(), refused_zh: in_chinese(&error.code()), retry: error.passes(), code: error.code() }
    }
}

impl From<Result<Receipt, SubmitError>> for Said {
    fn from(result: Result<Receipt, SubmitError>) -> Said {
        match result {
            Ok(Receipt { index, leaf, repeated }) => Said::Logged { index, leaf, repeated, personal: None, unread: None },
            Err(error) => error.into(),
        }
    }
}

/// A sentence for a code of [`SubmitError::code`].
pub(in crate::http) fn in_chinese(code: &str) -> &'static str {
    in_words(code).0
}

/// Why, by the code of it, in Chinese and in English, for whoever is not helped by what the program says.
pub(in crate::http) fn in_words(code: &str) -> (&'static str, &'static str) {
    match code.split(':').next().unwrap_or_default() {
        "statement" => ("声明的格式不正确。", "The statement is malformed."),
        "approval" => ("未满足该机关的审批规则。", "The agency's rule of approval is not met."),
        "origin" => ("该声明是为另一条链签署的。", "The statement was signed for another chain."),
        "charter" | "stale-charter" => ("章程声明与现行章程不符。", "The charter it states does not follow the one in force."),
        "not-registered" => ("签署者尚未登记。", "Whoever signed it is not registered."),
        "other-kind" => ("该标识已登记为其他类别。", "This id is registered as something else."),
        "unknown-key" => ("签署所用的密钥此时无效。", "The key that signed it is not good now."),
        "too-few-registrars" => ("登记员签名不足。", "Too few registrars have signed it."),
        "unknown-signature" => ("含有不应签署者的签名行。", "There is a signature on it that does not belong there."),
        "signature" => ("签名验证不通过。", "A signature does not hold."),
        "key-reused" => ("该公钥已有其他用途。", "This public key has another role already."),
        "stale-registration" => ("所接替的登记已非现行登记。", "What it replaces is not the registration in force."),
        "key-dropped" => ("新登记遗漏了原有的密钥或其终止记录。", "A key, or the end of one, is missing from the new registration."),
        "reference" => ("所引用的条目与其所述不符。", "An entry that it refers to is not what it says."),
        "not-head" => ("所修订的不是该文件的最新版本。", "What it revises is not the newest version of its document."),
        "not-entitled" => ("该机关无权就此文件作此声明。", "This agency may not say so of this document."),
        "part-taken" => ("该部分属于另一份文件。", "A part of it belongs to another document."),
        "not-a-copy" => ("档案机构须注明原发布机关。", "An archive has to name the agency that published the original."),
        "stale-case" => ("该案件已有更新的步骤。", "The case has a newer step."),
        "stolen-step" => ("某一步骤所用的密钥已报失窃。", "A step of it was signed with a key reported stolen."),
        "part-missing" => ("缺少声明所列的部分。", "A part that it lists is missing."),
        "part-differs" => ("有一部分与其指纹不符。", "A part of it does not match its fingerprint."),
        "catalogue" => ("目录部分无法读取。", "Its catalogue cannot be read."),
        "too-large" => ("声明过大。", "It is too large."),
        "busy" => ("繁忙，请稍后重试。", "Busy: try again in a moment."),
        "clock" => ("服务器时钟异常，暂停接收。", "The server's clock is wrong, and it takes nothing until that is mended."),
        "behind" => ("服务器数据落后，暂停接收。", "The server's data are an old copy, and it takes nothing until they are mended."),
        "store" => ("存储出错，请稍后重试。", "It could not be stored: try again in a moment."),
        "log-key" => ("服务器没有章程所指定的日志密钥。", "The server does not hold the log key that the charter names."),
        "stopped" => ("日志已停止接收，请稍后重试。", "The log has stopped taking anything: try again in a moment."),
        _ => ("未获接受。", "It was not taken."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts::look;
    use chain::{part::Commitment, state::Refusal};
    use serde_json::json;

    fn told(found: &str, gaps: &[Gap]) -> Value {
        let found = look(found).into_iter().map(|found| (Some("list.pdf".to_owned()), found)).collect();
        let unread = gaps.iter().map(|gap| ("list.pdf".to_owned(), gap.clone())).collect();
        serde_json::to_value(Said::personal(&Looked { found, unread })).unwrap_or_default()
    }

    #[test]
    fn what_time_ran_out_for_may_be_taken_later_and_what_was_found_may_not() {
        let found = told("13800138000", &[Gap::Waiting]);
        assert_eq!((&found["code"], &found["retry"]), (&json!("personal"), &json!(false)));
        assert_eq!(found["personal"][0]["kind"], "mobile");
        assert!(!found.to_string().contains("13800138000"));
        assert_eq!(told("", &[Gap::Waiting, Gap::Waiting])["retry"], true);
        for gaps in [&[Gap::NoText][..], &[Gap::Waiting, Gap::Locked]] {
            let told = told("", gaps);
            assert_eq!((&told["retry"], &told["unread"][0]["file"]), (&json!(false), &json!("list.pdf")), "{gaps:?}");
            assert_ne!(told["refused"], found["refused"]);
        }
    }

    #[test]
    fn why_the_chain_would_not_take_a_document_is_said_in_chinese_too() {
        let part = Commitment::to(&[7; 16], b"lanterns");
        for (refusal, zh) in [
            (Refusal::Reference(7), "所引用的条目与其所述不符。"),
            (Refusal::NotHead(1_234), "所修订的不是该文件的最新版本。"),
            (Refusal::NotEntitled { by: "a.example/b".into(), of: "a.example/c-2".into() }, "该机关无权就此文件作此声明。"),
            (Refusal::PartTaken(part), "该部分属于另一份文件。"),
            (Refusal::NotACopy("a.example/b".into()), "档案机构须注明原发布机关。"),
        ] {
            assert_eq!(in_chinese(&refusal.code()), zh);
        }
    }
}
