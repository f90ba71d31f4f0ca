//! The words of the journal's page; what was done is called in [`crate::deeds`].

use super::Text;

pub struct JournalWords {
    pub title: Text,
    pub lead: Text,
    /// Entries and rows of the whole journal, and when the server looked.
    pub holds: fn(u64, i64, &str) -> String,
    pub not_examined: Text,
    pub broken_title: Text,
    pub broken: fn(&str, &str) -> String,
    pub gap: fn(i64) -> String,
    pub twice: fn(i64) -> String,
    pub changed: fn(i64) -> String,
    pub moved: fn(i64) -> String,
    pub examine: Text,
    pub waiting: fn(i64) -> String,
    pub read_only: Text,
    /// Over what keeps rows from being written, and over what keeps them from being removed.
    pub stuck: Text,
    pub overdue: Text,
    pub refused: fn(i64) -> String,
    pub clock: Text,
    pub key: Text,
    pub unwritten: Text,
    pub server_says: Text,
    pub kept: fn(u32) -> String,
    pub kept_for_ever: Text,
    pub newest: fn(u64) -> String,
    pub identity: Text,
    pub without_script: Text,
    pub older: Text,
    /// Its form: by what was done, by who did it, and by the day.
    pub act: Text,
    pub every_act: Text,
    pub who: Text,
    pub anyone: Text,
    pub accounts: Text,
    pub programs: Text,
    pub ended: Text,
    /// Where a row leads to all of the same person's.
    pub theirs: Text,
    pub day: Text,
    pub seek: Text,
    pub every_row: Text,
    pub none_sought: Text,
    /// Of rows that do not stand one behind the other.
    pub apart: Text,
    /// Of rows that no person can be asked for any more: how many there are among those looked at, and from which age on.
    pub unknown: fn(i64) -> String,
    pub past: fn(u32) -> String,
    /// What the server says of a row.
    pub row_waits: Text,
    pub row_refused: Text,
    pub row_holds: Text,
    pub row_erased: Text,
    pub row_fails: Text,
    pub checks: Text,
    pub audit: AuditWords,
}

macro_rules! audit {
    ($($name:ident),* $(,)?) => {
        /// What the page's script may say, each under its name.
        pub struct AuditWords {
            $(pub $name: Text,)*
        }

        impl AuditWords {
            /// A sentence a line, after its name with `-` for `_`.
            pub fn written(&self) -> String {
                [$((stringify!($name), self.$name),)*].map(|(name, text)| format!("{} {text}", name.replace('_', "-"))).join("\n")
            }
        }
    };
}

audit! {
    working, failed, offline, answer, memory, page, holds, erased, fails, pending, cannot_tell, alarm, all, first, again, rolled_back,
    forgets, whole, whole_progress, whole_holds, whole_stopped, whole_gap, whole_row, c1, c2, c3, c4, c5, c6, c7, c8, is_holds, is_fails,
    is_pending, is_not_applicable, is_cannot_tell
}
