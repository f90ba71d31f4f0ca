//! One line of a corpus: its shape, its rules, and how its fields become a disclosure's.

use crate::compose::{Document, Draft};
use chain::{
    catalogue::{Catalogue, Subject},
    statement::{StatusKind, is_code},
    time::parse_date,
};
use serde::Deserialize;

/// A record as the line has it. Other members are allowed and left where they are.
#[derive(Debug, Deserialize)]
pub struct Record {
    pub id: String,
    title: String,
    published: String,
    agency: String,
    category: String,
    language: String,
    source_url: String,
    body: String,
    doc_number: Option<String>,
    /// When it was made out, in files of the State Council, whose ids are index numbers.
    written: Option<String>,
    signed: Option<String>,
    effective: Option<String>,
    topic: Option<String>,
    citation: Option<String>,
    disposition: Option<String>,
    subject: Option<Whom>,
    revisions: Option<serde::de::IgnoredAny>,
    data: Option<serde::de::IgnoredAny>,
    status: Option<String>,
    /// When it was first looked for and not found. Not a day that the source gave, so nothing says that it is one.
    withdrawn_seen: Option<String>,
    pub supersedes: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Whom {
    id: String,
    name: String,
    company_number: Option<String>,
}

/// What the source says became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    pub kind: StatusKind,
    pub ground: &'static str,
    /// The word that makes its statement's id another than the record's.
    pub label: &'static str,
}

impl Record {
    /// Reads and judges a line.
    pub fn read(line: &[u8]) -> Result<Record, String> {
        let record: Record = serde_json::from_slice(line).map_err(|error| format!("not a record: {}", within(&error)))?;
        for (name, value) in [
            ("id", &record.id),
            ("title", &record.title),
            ("published", &record.published),
            ("agency", &record.agency),
            ("category", &record.category),
            ("language", &record.language),
            ("source_url", &record.source_url),
            ("body", &record.body),
        ] {
            if value.trim().is_empty() {
                return Err(format!("{name} is empty"));
            }
        }
        let dates = [&record.written, &record.signed, &record.effective, &record.withdrawn_seen].map(Option::as_deref);
        let names = ["written", "signed", "effective", "withdrawn_seen"];
        for (name, date) in names.into_iter().zip(dates).chain([("published", Some(record.published.as_str()))]) {
            if date.is_some_and(|date| parse_date(date).is_none()) {
                return Err(format!("{name} is not a day written YYYY-MM-DD: {:?}", clip(date.unwrap_or_default())));
            }
        }
        if !is_code(&record.language) {
            return Err(format!("language is not a code: {:?}", clip(&record.language)));
        }
        match record.status.as_deref() {
            None | Some("expired") => Ok(record),
            Some(other) => Err(format!("status is not one this import knows: {:?}", clip(other))),
        }
    }

    /// What the source says became of it.
    #[must_use]
    pub fn fates(&self) -> Vec<Fate> {
        let lapsed = self.status.as_ref().map(|_| Fate { kind: StatusKind::Lapsed, ground: "stated-by-source", label: "lapsed" });
        let withdrawn =
            self.withdrawn_seen.as_ref().map(|_| Fate { kind: StatusKind::Withdrawn, ground: "withdrawn-at-source", label: "withdrawn" });
        lapsed.into_iter().chain(withdrawn).collect()
    }

    /// The disclosure that `archive` seals: a copy, said to be by the record's agency. `line` is the line it was read from.
    #[must_use]
    pub fn draft(self, archive: &str, stem: &str, line: &[u8]) -> Draft {
        let catalogue = Catalogue {
            index_number: self.written.as_ref().map(|_| self.id.clone()),
            // Advisories have their number as their id and nowhere else.
            document_number: self.doc_number.or_else(|| self.revisions.map(|_| self.id)),
            issuing_agencies: self.agency.split('、').map(str::to_owned).collect(),
            issued: self.written.or(self.signed),
            published: Some(self.published),
            effective: self.effective,
            theme: self.topic,
            genre: Some(self.category.clone()),
            summary: summary(self.citation, self.disposition),
            language: Some(self.language.clone()),
            subjects: self.subject.map(subjects).unwrap_or_default(),
            source: Some(self.source_url.clone()),
            authentic: Some("copy".into()),
            title: self.title,
            ..Catalogue::default()
        };
        let body = Document {
            role: "body",
            media: "text/markdown".into(),
            language: Some(self.language.clone()),
            name: "body.md".into(),
            bytes: self.body.into_bytes(),
        };
        let data = self.data.and_then(|_| member(line, "data")).map(|bytes| Document {
            role: "attachment",
            media: "application/json".into(),
            language: None,
            name: "data.json".into(),
            bytes: bytes.to_vec(),
        });
        Draft {
            agency: archive.to_owned(),
            genre: genre_code(&self.category),
            theme: None,
            language: self.language,
            catalogue,
            documents: [body].into_iter().chain(data).collect(),
            revises: None,
            ground: None,
            stated_agency: Some(self.agency),
            source: Some(host(&self.source_url).unwrap_or_else(|| stem.to_owned())),
        }
    }
}

/// What is wrong within a line, whose number whoever reads it knows better.
fn within(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.strip_suffix(&format!(" at line {} column {}", error.line(), error.column())) {
        Some(what) => format!("{what}, at byte {}", error.column()),
        None => said,
    }
}

/// The beginning of a value, for a message.
fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

fn summary(citation: Option<String>, disposition: Option<String>) -> Option<String> {
    let lines: Vec<_> = [citation, disposition].into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n\n"))
}

/// Whom it is about. The id stays as the source writes it, prefix and all; the scheme says what the prefix means.
fn subjects(whom: Whom) -> Vec<Subject> {
    let scheme = match whom.id.split_once(':') {
        Some(("gpg", _)) => "gpg-employer",
        Some(("ch", _)) => "companies-house",
        Some(("name", _)) => "name",
        _ => "vendor",
    };
    let subject = |scheme: &str, id| Subject { scheme: Some(scheme.into()), id, name: whom.name.clone() };
    let company = whom.company_number.clone().filter(|number| !number.is_empty());
    [subject(scheme, whom.id.clone())].into_iter().chain(company.map(|number| subject("company-number", number))).collect()
}

/// The code of a genre, from the category as printed.
fn genre_code(category: &str) -> String {
    match category {
        "法律" => return "law".into(),
        "行政法规" => return "regulation".into(),
        "司法解释" => return "judicial-interpretation".into(),
        "部门规章" => return "departmental-rule".into(),
        _ => {}
    }
    let mut code = String::new();
    for c in category.chars() {
        if c.is_ascii_alphanumeric() {
            code.push(c.to_ascii_lowercase());
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    code.truncate(64);
    match code.trim_end_matches('-') {
        "" => "document".into(),
        code => code.into(),
    }
}

/// The host of an address, lowercase.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let web = matches!(scheme, "http" | "https") && !host.is_empty() && host.len() <= 255 && host.is_ascii();
    web.then(|| host.to_ascii_lowercase())
}

/// The bytes of a member of the object `line`, as the source wrote them. `line` is JSON that was read before.
fn member<'l>(line: &'l [u8], name: &str) -> Option<&'l [u8]> {
    let (mut depth, mut at) = (0, 0);
    let (mut key, mut from) = (None, 0);
    while at < line.len() {
        match line[at] {
            b'"' => {
                let start = at;
                at += 1;
                while *line.get(at)? != b'"' {
                    at += if line[at] == b'\\' { 2 } else { 1 };
                }
                if depth == 1 && key.is_none() {
                    key = Some(&line[start + 1..at]);
                }
            }
            b':' if depth == 1 => from = at + 1,
            b'{' | b'[' => depth += 1,
            b',' | b'}' if depth == 1 && key.take() == Some(name.as_bytes()) => return Some(line[from..at].trim_ascii()),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_category_becomes_a_code_whatever_it_is_written_in() {
        for (category, code) in [
            ("法律", "law"),
            ("部门规章", "departmental-rule"),
            ("ICS medical advisory", "ics-medical-advisory"),
            ("  Notice — of (2) things! ", "notice-of-2-things"),
            ("市政府文件", "document"),
        ] {
            assert_eq!(genre_code(category), code);
        }
        assert!(is_code(&genre_code(&"long word ".repeat(40))));
    }

    #[test]
    fn a_member_is_cut_out_as_it_was_written() {
        let line = br#"{"a":{"data":1},"b":["data",{"data":2}], "data" : {"x":1.50,"y":"}\",{"} ,"z":0}"#;
        assert_eq!(member(line, "data").unwrap(), br#"{"x":1.50,"y":"}\",{"}"#);
        assert_eq!(member(line, "z").unwrap(), b"0");
        assert_eq!(member(line, "y"), None);
    }

    #[test]
    fn a_source_is_named_by_its_host() {
        assert_eq!(host("https://User@Example.org/a?b").as_deref(), Some("example.org"));
        for bad in ["ftp://example.org/", "example.org", "https:///x", "https://例/"] {
            assert_eq!(host(bad), None);
        }
    }
}
