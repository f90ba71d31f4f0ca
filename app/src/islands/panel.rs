//! The page's own entry: the panel of the eight checks, with the values each was decided on.

use super::shown::{all, check, first, mark, reveal, say};
use crate::{
    contract::{State, attr, select},
    phrases::{Answer as Said, IslandWords, Phrase},
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

/// The label of a value; a name without one is shown as it is.
fn label<'w>(words: &'w IslandWords, name: &'w str) -> &'w str {
    let phrase = match name {
        "index" => Phrase::ValueIndex,
        "time" => Phrase::ValueTime,
        "previous" => Phrase::ValuePrevious,
        "neighbour" => Phrase::ValuePreviousComputed,
        "leaf" => Phrase::ValueLeaf,
        "root" => Phrase::ValueRoot,
        "size" => Phrase::ValueTreeSize,
        "origin" => Phrase::ValueOrigin,
        "key" => Phrase::ValueKey,
        "signer" => Phrase::ValueSealKey,
        "registry" => Phrase::ValueRegistryRoot,
        "since" => Phrase::ValueKeySince,
        "seen-by" => Phrase::ValueWitness,
        "step" | "steps" => Phrase::ValueStep,
        "part" | "parts" | "redacted" => Phrase::ValuePart,
        "shown" => Phrase::ValueShown,
        "kept-root" | "kept-size" => Phrase::ValueRemembered,
        _ => return name,
    };
    words.get(phrase)
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
    say(first(&details, select::ANSWER), sentence(words, finding));
    if finding.answer == Answer::Fails {
        mark(&details, "open", "");
        if let Some(remedy) = first(&details, select::REMEDY) {
            reveal(&remedy);
        }
    }
    let Some(values) = first(&details, select::VALUES) else { return };
    values.set_text_content(None);
    for (name, value) in &finding.values {
        let Ok(row) = document.create_element("div") else { return };
        for (tag, text) in [("dt", label(words, name)), ("dd", value.as_str())] {
            if let Ok(cell) = document.create_element(tag) {
                cell.set_text_content(Some(text));
                drop(row.append_child(&cell));
            }
        }
        drop(values.append_child(&row));
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
