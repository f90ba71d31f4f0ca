//! What keeps the journal from being written, as auditors are told of it.

use super::JournalError;
use crate::sequencer::SubmitError;

/// What went wrong when it was last tried; nothing once it went well again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Bringing rows into the log.
    pub feeding: Option<Trouble>,
    /// Removing who did what after its time.
    pub retaining: Option<Trouble>,
}

/// Why something was not written into the journal's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub cause: Cause,
    /// In the words of the program.
    pub said: String,
}

/// What has to be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This row, which is refused however often it is tried.
    Row(i64),
    /// The copy of the journal, which is an old one.
    Copy,
    Clock,
    /// A key that this server does not hold.
    Key,
    /// A database or a disk.
    Store,
}

impl Trouble {
    pub(super) fn of(error: &JournalError) -> Trouble {
        let cause = match error {
            JournalError::NoSeal => Cause::Key,
            JournalError::Row { source, .. } | JournalError::Redaction(source) => match source {
                SubmitError::Behind(_) => Cause::Copy,
                SubmitError::Clock(_) => Cause::Clock,
                SubmitError::LogKey(_) | SubmitError::StrangeLogKey(_) => Cause::Key,
                source if source.passes() => Cause::Store,
                _ => match error {
                    JournalError::Row { number, .. } => Cause::Row(*number),
                    _ => Cause::Store,
                },
            },
            _ => Cause::Store,
        };
        Trouble { cause, said: error.to_string() }
    }
}
