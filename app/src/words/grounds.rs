//! Grounds of statuses and redactions in words. Statements hold codes; a code that is not here is shown as it is.

macro_rules! grounds {
    ($($code:literal: $zh:literal, $en:literal;)*) => {
        pub(super) fn zh(code: &str) -> Option<&'static str> {
            match code { $($code => Some($zh),)* _ => None }
        }
        pub(super) fn en(code: &str) -> Option<&'static str> {
            match code { $($code => Some($en),)* _ => None }
        }
        #[cfg(test)]
        const CODES: &[&str] = &[$($code,)*];
    };
}

grounds! {
    // Why a document holds no more, or not as it was.
    "replaced-by-new-rule": "已由新的规定取代", "a newer rule takes its place";
    "term-ended": "施行期限届满", "its term ended";
    "task-completed": "所定任务已经完成", "what it ordered has been done";
    "conflicts-with-law": "与上位法不一致", "it conflicts with higher law";
    "court-decision": "法院裁判", "a court decided so";
    "organisation-changed": "机构职能调整", "duties moved to another body";
    "error-in-figures": "数据有误", "figures were wrong";
    "error-in-text": "文字有误", "the wording was wrong";
    // Why a document or a part is no longer shown.
    "published-in-error": "误发", "published by mistake";
    "published-twice": "重复发布", "published twice";
    "personal-data": "含有个人信息", "it held personal data";
    "personal-privacy": "涉及个人隐私", "it touched on someone's privacy";
    "trade-secret": "涉及商业秘密", "it held a trade secret";
    "state-secret": "依法确定为国家秘密", "the law makes it a state secret";
    "public-safety": "可能危及公共安全", "it might endanger public safety";
    "copyright": "涉及他人著作权", "someone else holds the copyright";
    // Of copies.
    "stated-by-source": "来源如此载明", "the source says so";
    "withdrawn-at-source": "来源已撤下", "the source withdrew it";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ground_has_words_that_are_no_code() {
        for code in CODES {
            assert!(en(code).is_some_and(|words| words != *code && !words.is_empty()), "{code}");
            assert!(zh(code).is_some_and(|words| !words.is_ascii()), "{code}");
        }
    }

    #[test]
    fn a_ground_nobody_here_knows_stays_a_code() {
        assert_eq!((en("by-decree-7"), zh("")), (None, None));
    }
}
