//! The catalogue: the part that holds what describes a disclosure, committed and redactable like any part.

use crate::{
    json::{self, JsonError},
    shape::members,
};
use serde::Serialize;

/// Fields of the Chinese disclosure directories and of international practice. Unknown members survive in the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    pub title: String,
    /// 索引号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_number: Option<String>,
    /// 发文字号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// 发文机关
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuing_agencies: Vec<String>,
    /// 联合发文单位
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joint_agencies: Vec<String>,
    /// 成文日期; this and the three below are `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// 发布日期
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// 实施日期
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// 废止日期
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// 主题分类
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// 公文种类
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// 法定主动公开事项
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// 概述
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `original` or `copy`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentic: Option<String>,
    /// Names of the other parts, in the statement's order after the catalogue itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

/// Whom a disclosure is about: never a natural person's identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    pub id: String,
    pub name: String,
}

members! {
    Catalogue {
        index_number, document_number, issued, published, effective, expires, theme, genre, basis, summary, language, region, source, authentic;
        title, issuing_agencies, joint_agencies, keywords, subjects, parts
    }
    Subject { scheme; id, name }
}

impl Catalogue {
    /// Reads a catalogue part; the JSON rules of statements hold for it too.
    pub fn read(bytes: &[u8]) -> Result<Catalogue, JsonError> {
        json::read(std::str::from_utf8(bytes).unwrap_or_default())
    }
}
