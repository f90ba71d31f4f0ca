//! The page's own entry: the panel of the eight checks, with the values each was decided on.

use super::shown::{all, check, first, mark, reveal, say};
use crate::{
    contract::{State, attr, select},
    phrases::{Answer as Said, IslandWords, Names, Phrase},
};
use chain::check::{Answer, Code, Finding};
use web_sys::{Document, Element};

pub fn state(answer: Answer) -> State {
    match answer {
        Answer::Holds => State::Holds,
        Answer::Fails => State::Fails,
        Answer::Pending => State::Pending,
        Answer::NotApplicable => State::NotApplicable,
        Answer::CannotTell => State::Unknown,
    }
}

fn said(answer: Answer) -> Said {
    match answer {
        Answer::Holds => Said::Holds,
        Answer::Fails => Said::Fails,
        Answer::Pending => Said::Pending,
        Answer::NotApplicable => Said::NotApplicable,
        Answer::CannotTell => Said::CannotTell,
    }
}

/// What a finding says: its check's own sentence, or a closer one.
pub fn sentence<'w>(words: &'w IslandWords, finding: &Finding) -> &'w str {
    match (finding.answer, finding.reason) {
        (_, "key-stolen") => words.get(Phrase::RowStolen),
        // Who has no proof that the chain only grew shows another chain.
        (Answer::Fails, "withheld") if finding.code != Code::C8 => words.get(match finding.code {
            Code::C1 | Code::C2 => Phrase::EntryWithheld,
            _ => Phrase::ProofWithheld,
        }),
        (Answer::Fails, "neighbour-withheld") => words.get(Phrase::NeighbourWithheld),
        (Answer::Holds, "redacted") => words.get(Phrase::ContentRedacted),
        (Answer::Holds, "overridden") => words.get(Phrase::ApprovalOverridden),
        (Answer::Fails, "charter-altered" | "charter-withheld") => words.get(Phrase::CharterFails),
        _ => words.check(finding.code as usize, said(finding.answer)),
    }
}

/// Fills one check of the panel. The reason's code stands on it for those who look for it by name.
pub fn fill(document: &Document, checks: &Element, words: &IslandWords, finding: &Finding) {
    let code = finding.code.as_str();
    let Some(details) = first(checks, &format!("details[data-code={code}]")) else { return };
    check(&details, state(finding.answer));
    mark(&details, "data-reason", finding.reason);
    let names = checks.get_attribute(attr::NAMES).unwrap_or_default();
    let names = Names(&names);
    let mut said = sentence(words, finding).to_owned();
    if finding.answer == Answer::Holds
        && let Some((name, custody)) = finding.values.iter().find(|(name, _)| *name == "custody")
    {
        said += &crate::phrases::fill(words.get(Phrase::KeptBy), &[(name, names.value(name, custody))]);
    }
    say(first(&details, select::ANSWER), &said);
    if finding.answer == Answer::Fails {
        mark(&details, "open", "");
        if let Some(remedy) = first(&details, select::REMEDY) {
            reveal(&remedy);
        }
    }
    let Some(values) = first(&details, select::VALUES) else { return };
    values.set_text_content(None);
    // Values of one name that follow each other stand under one label.
    let (mut last, mut row) = ("", None);
    for (name, value) in &finding.values {
        if *name != last {
            row = element(document, &values, "div");
            let label = row.as_ref().and_then(|row| element(document, row, "dt"));
            say(label, names.label(name));
        }
        last = *name;
        if let Some(cell) = row.as_ref().and_then(|row| element(document, row, "dd")) {
            shorten(document, &cell, names.value(name, value));
        }
    }
}

fn element(document: &Document, within: &Element, tag: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    within.append_child(&element).ok()?;
    Some(element)
}

/// Shows a value; of a fingerprint, a key or a signature its two ends, and all of it to whoever goes to it.
fn shorten(document: &Document, cell: &Element, value: &str) {
    let whole = value.len() < 40 || !value.is_ascii() || value.contains(' ');
    let (true, Some(code)) = (!whole, element(document, cell, "code")) else {
        return cell.set_text_content(Some(value));
    };
    mark(&code, "class", "hash cut");
    mark(&code, "tabindex", "0");
    // The name of a hash, or of a key's owner with the key's id, is no part of what can be told by its ends. Base64 has `+` too.
    let id =
        |at: usize| value.get(at + 1..at + 10).is_some_and(|id| id.find(|c: char| !c.is_ascii_hexdigit()) == Some(8) && id.ends_with('+'));
    let owner = value.match_indices('+').find(|(at, _)| id(*at)).map(|(at, _)| at + 10);
    let named = owner.or_else(|| Some(value.find(':')? + 1)).unwrap_or_default();
    let (first, last) = (named.min(24) + 8, value.len() - 8);
    for (n, piece) in [&value[..first], &value[first..last], &value[last..]].into_iter().enumerate() {
        if let Some(span) = element(document, &code, "span") {
            span.set_text_content(Some(piece));
            if n == 1 {
                mark(&span, "class", "mid");
            }
        }
    }
}

/// Marks every check as one that could not be made.
pub fn unreachable(checks: &Element, words: &IslandWords) {
    for details in all(checks, "details[data-code]") {
        check(&details, State::Unknown);
        say(first(&details, select::ANSWER), words.get(Phrase::Offline));
        drop(details.remove_attribute(attr::LINK));
    }
}
