//! Stable names for what was wrong, so that vectors need no words of this implementation.

use chain::{
    approval::ApprovalError,
    note::NoteError,
    state::{Fault, Refusal},
    statement::StatementError,
};

pub fn note(error: &NoteError) -> String {
    match error {
        NoteError::TooLarge => "too-large",
        NoteError::NotUtf8 => "not-utf8",
        NoteError::ControlCharacter => "control-character",
        NoteError::NoSignatures => "no-signatures",
        NoteError::SignatureLine(_) => "signature-line",
        NoteError::TooManySignatures => "too-many-signatures",
        NoteError::Key(_) => "key",
        NoteError::KeyType(_) => "key-type",
        NoteError::WeakKey(_) => "weak-key",
        NoteError::Signature(_) => "signature",
        NoteError::NotSignedBy(_) => "not-signed-by",
    }
    .into()
}

pub fn statement(error: &StatementError) -> String {
    match error {
        StatementError::Note(error) => format!("note:{}", note(error)),
        StatementError::TooLarge { .. } => "too-large".into(),
        StatementError::Lines => "lines".into(),
        StatementError::Json(line, _) => format!("json:{line}"),
        StatementError::Member(name) => format!("member:{name}"),
        StatementError::Act(_) => "act".into(),
        StatementError::Type(_) => "type".into(),
    }
}

pub fn refusal(error: &Refusal) -> String {
    match error {
        Refusal::Statement(error) => format!("statement:{}", statement(error)),
        Refusal::Origin(_) => "origin".into(),
        Refusal::Charter => "charter".into(),
        Refusal::StaleCharter => "stale-charter".into(),
        Refusal::NotRegistered(_) => "not-registered".into(),
        Refusal::OtherKind(_) => "other-kind".into(),
        Refusal::UnknownKey(_) => "unknown-key".into(),
        Refusal::TooFewRegistrars { .. } => "too-few-registrars".into(),
        Refusal::UnknownSignature => "unknown-signature".into(),
        Refusal::Signature(_) => "signature".into(),
        Refusal::KeyReused(_) => "key-reused".into(),
        Refusal::KeyDropped(_) => "key-dropped".into(),
        Refusal::Reference(_) => "reference".into(),
        Refusal::NotHead(_) => "not-head".into(),
        Refusal::NotEntitled { .. } => "not-entitled".into(),
        Refusal::PartTaken(_) => "part-taken".into(),
        Refusal::NotACopy(_) => "not-a-copy".into(),
        Refusal::StaleCase => "stale-case".into(),
        Refusal::Approval(error) => format!("approval:{}", approval(*error)),
    }
}

pub fn approval(error: ApprovalError) -> &'static str {
    match error {
        ApprovalError::NoAct => "no-act",
        ApprovalError::NoRule => "no-rule",
        ApprovalError::StaleRule => "stale-rule",
        ApprovalError::Genre => "genre",
        ApprovalError::Incomplete => "incomplete",
        ApprovalError::Opening => "opening",
        ApprovalError::Post => "post",
        ApprovalError::Order => "order",
        ApprovalError::SelfApproval => "self-approval",
        ApprovalError::Rejected => "rejected",
        ApprovalError::Missing => "missing",
    }
}

pub fn fault(error: &Fault) -> String {
    match error {
        Fault::Entry(_) => "entry".into(),
        Fault::Index(_) => "index".into(),
        Fault::Link => "link".into(),
        Fault::Time => "time".into(),
        Fault::Registry => "registry".into(),
        Fault::Repeat(_) => "repeat".into(),
        Fault::Refused(error) => format!("refused:{}", refusal(error)),
    }
}
