//! What verifies the journal at the desk, in an auditor's browser: takes what the server gives for the rows of the page, and has
//! `chain` decide about each.

use crate::{
    Lang,
    deeds::Told,
    islands::shown::{all, first, index, minute, root, text},
};
use chain::{
    Hash,
    check::{self, Answer, Consistency, Finding, Memory, Reader, ShownRow, unspaced},
    evidence::{Bundle, Contents, parse_indexes, read_bundle, read_contents},
    json, time,
};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

const ROWS: &str = "[data-row][data-index]";
const TOLD: &str = "[data-told]";

/// Never a sentence: a code, for which the page has words.
fn told(code: &str) -> JsError {
    JsError::new(code)
}

fn line(finding: &Finding) -> String {
    format!("{} {} {}", finding.code.as_str(), finding.answer.as_str(), finding.reason)
}

/// What the server gave for a page: the newest checkpoint, evidence for its rows, and their committed parts.
#[wasm_bindgen]
pub struct Audit {
    bundle: Bundle,
    contents: Contents,
    asked: Vec<u64>,
}

#[wasm_bindgen]
impl Audit {
    #[wasm_bindgen(constructor)]
    pub fn new(checkpoint: String, evidence: &str, contents: &str, asked: &str) -> Result<Audit, JsError> {
        let bundle = Bundle { checkpoint, ..read_bundle(evidence).map_err(|_| told("answer"))? };
        let contents = read_contents(contents).map_err(|_| told("answer"))?;
        let audit = Audit { bundle, contents, asked: parse_indexes(asked).ok_or_else(|| told("answer"))? };
        audit.reader()?;
        Ok(audit)
    }

    fn reader(&self) -> Result<Reader<'_>, JsError> {
        Ok(Reader::open(&self.bundle).map_err(|_| told("answer"))?.asked(&self.asked))
    }

    /// C8: whether this goes on from what this browser kept. `proof`: one hash a line; nothing where none could be had.
    pub fn memory(&self, kept: Option<String>, proof: Option<String>) -> Result<String, JsError> {
        let reader = self.reader()?;
        // What cannot be read is no memory that anything could be compared with, and is not to be taken for a first visit.
        let kept: Option<Memory> = kept.map(|kept| json::read(&kept)).transpose().map_err(|_| told("memory"))?;
        let hashes: Option<Vec<Hash>> = proof.and_then(|proof| proof.lines().map(|line| Hash::parse(line).ok()).collect());
        let proof = hashes.as_deref().map_or(Consistency::Withheld, Consistency::Proof);
        Ok(line(&check::memory(kept.as_ref(), reader.identity(), reader.checkpoint(), proof)))
    }

    /// What to keep for the next visit, if the log's signature holds.
    pub fn remembered(&self, seen: f64) -> Result<Option<String>, JsError> {
        let reader = self.reader()?;
        let Some(identity) = reader.identity().filter(|_| reader.signed().answer == Answer::Holds) else { return Ok(None) };
        let note = self.bundle.checkpoint.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        Ok(Some(format!(r#"{{"identity":"{identity}","checkpoint":"{note}","seen":{}}}"#, seen as i64)))
    }

    /// C1 to C7 of each row that the page shows as logged, in its order: a finding a line. `apart`: rows between those were not asked for,
    /// so that none is held to the one below.
    pub fn rows(&self, document: &Document, apart: bool) -> Result<Vec<String>, JsError> {
        let reader = self.reader()?;
        let page = root(document).ok_or_else(|| told("page"))?;
        let lang = crate::signing::lang(document);
        let zone = first(&page, "[data-journal]").and_then(|kit| kit.get_attribute("data-zone")).unwrap_or_default();
        let rows = all(&page, ROWS);
        let places: Vec<Option<u64>> = rows.iter().map(index).collect();
        let judge = |(n, row): (usize, &Element)| {
            let Some(index) = places[n] else { return "C2 fails not-in-tree".to_owned() };
            let below = places.get(n + 1).copied().flatten().filter(|_| !apart);
            let shown = displayed(row, lang, &zone, below);
            let findings = [
                reader.row_link(index, &self.contents, &shown),
                reader.inclusion(index),
                reader.signed(),
                reader.witnesses(),
                reader.seal(index),
                reader.approval(index),
                reader.row(index, &self.contents, &shown, |deed, code| Told::of(lang, deed, code).text()),
            ];
            findings.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        Ok(rows.iter().enumerate().map(judge).collect())
    }
}

fn displayed(row: &Element, lang: Lang, zone: &str, below: Option<u64>) -> ShownRow {
    let number = first(row, ".number").and_then(|number| text(&number).trim().parse().ok());
    let moment = first(row, "time");
    let done = moment.as_ref().and_then(|moment| time::parse_time(&moment.get_attribute("datetime")?));
    // What people read there is what machines read.
    let done = done.filter(|done| minute(*done, zone, lang).is_none_or(|right| moment.is_some_and(|moment| text(&moment) == right)));
    let text = first(row, TOLD).map(|told| unspaced(&text(&told))).unwrap_or_default();
    ShownRow { number, done, text, below }
}
