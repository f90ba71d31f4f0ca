//! What became of a line: where its statement came to stand, or why it was not taken, with a stable name and in both languages.

use crate::sequencer::{Receipt, SubmitError};
use serde::Serialize;
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
    },
    Refused {
        code: Cow<'static, str>,
        /// In English, with what exactly was wrong.
        refused: String,
        refused_zh: &'static str,
        /// Whether the same line may be taken later.
        retry: bool,
    },
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
            Ok(Receipt { index, leaf, repeated }) => Said::Logged { index, leaf, repeated },
            Err(error) => error.into(),
        }
    }
}

/// A sentence for a code of [`SubmitError::code`].
pub(in crate::http) fn in_chinese(code: &str) -> &'static str {
    match code.split(':').next().unwrap_or_default() {
        "statement" => "声明的格式不正确。",
        "approval" => "未满足该机关的审批规则。",
        "origin" => "该声明是为另一条链签署的。",
        "charter" | "stale-charter" => "章程声明与现行章程不符。",
        "not-registered" => "签署者尚未登记。",
        "other-kind" => "该标识已登记为其他类别。",
        "unknown-key" => "签署所用的密钥此时无效。",
        "too-few-registrars" => "登记员签名不足。",
        "unknown-signature" => "含有不应签署者的签名行。",
        "signature" => "签名验证不通过。",
        "key-reused" => "该公钥已有其他用途。",
        "stale-registration" => "所接替的登记已非现行登记。",
        "key-dropped" => "新登记遗漏了原有的密钥或其终止记录。",
        "reference" => "所引用的条目与其所述不符。",
        "not-head" => "所修订的不是该文件的最新版本。",
        "not-entitled" => "该机关无权就此文件作此声明。",
        "part-taken" => "该部分属于另一份文件。",
        "not-a-copy" => "档案机构须注明原发布机关。",
        "stale-case" => "该案件已有更新的步骤。",
        "stolen-step" => "某一步骤所用的密钥已报失窃。",
        "part-missing" => "缺少声明所列的部分。",
        "part-differs" => "有一部分与其指纹不符。",
        "catalogue" => "目录部分无法读取。",
        "too-large" => "声明过大。",
        "busy" => "繁忙，请稍后重试。",
        "clock" => "服务器时钟异常，暂停接收。",
        "behind" => "服务器数据落后，暂停接收。",
        "store" => "存储出错，请稍后重试。",
        "log-key" => "服务器没有章程所指定的日志密钥。",
        "stopped" => "日志已停止接收，请稍后重试。",
        _ => "未获接受。",
    }
}

#[cfg(test)]
mod tests {
    use super::in_chinese;
    use chain::{part::Commitment, state::Refusal};

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
