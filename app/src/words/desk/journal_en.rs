//! The journal's page in English.

use super::journal::{AuditWords, JournalWords};

pub(super) const JOURNAL: JournalWords = JournalWords {
    title: "Journal",
    lead: "What was done at the desk, and by whom. It is a chain of its own: a row that was changed, taken out or exchanged shows, and your browser checks it.",
    holds: |entries, rows, at| {
        format!("On {at} the server checked all {rows} rows ({entries} entries): they are as they were written, and none is missing.")
    },
    not_examined: "The server has not checked the whole journal since it was started.",
    broken_title: "The journal does not hold together",
    broken: |at, why| format!("At {at}: {why}. Tell whoever looks after the server, and keep a copy of it."),
    gap: |row| format!("Row {row} is missing. Tell whoever looks after the server, and keep a copy of it."),
    twice: |row| format!("Row {row} is there twice. Tell whoever looks after the server, and keep a copy of it."),
    changed: |row| format!("Row {row}, which waits for its place, is not as it was written, or does not follow the row before."),
    moved: |row| format!("Row {row} is not where the desk's database says that it is."),
    examine: "Check the whole journal now",
    waiting: |rows| match rows {
        1 => "One row is on its way into the journal.".into(),
        _ => format!("{rows} rows are on their way into the journal."),
    },
    read_only: "The journal's copy on this server is an old one, so nothing is added to it. What is done meanwhile is kept, and added once the newest copy is back.",
    stuck: "Nothing is written into the journal now",
    overdue: "Names and details that were due for removal could not be removed",
    refused: |row| {
        format!(
            "The journal's log does not take row {row}, however often it is tried. That row and all after it wait; none is lost. Tell whoever looks after the server."
        )
    },
    clock: "The server's clock fell behind or jumped. Nothing is lost: as soon as the clock is right, everything is written.",
    key: "This server does not hold a key that the journal is signed with. Nothing is lost: once the key is back, everything is written. Tell whoever looks after the server.",
    unwritten: "The journal's log cannot be written. Nothing is lost: it is tried again and again. If this stays, tell whoever looks after the server.",
    server_says: "The server says:",
    kept: |days| format!("Names and details are kept for {} and then removed. What was done, and when, stays.", count(days)),
    kept_for_ever: "Who did what is kept for ever.",
    newest: |size| format!("Fingerprint of the journal's {size} entries, to compare with one you noted earlier:"),
    identity: "The journal's identity:",
    without_script: "Without scripts your browser checks nothing itself: what stands beside each row is what the server found.",
    older: "Older rows",
    act: "What was done",
    every_act: "Anything",
    who: "Who did it",
    anyone: "Anyone",
    accounts: "Accounts",
    programs: "Programs",
    ended: "Accounts that have ended",
    theirs: "All that they did",
    day: "On the day",
    seek: "Show these rows",
    every_row: "Show all rows",
    none_sought: "There is no such row among those looked at.",
    apart: "Rows between these are left out, so that only each row by itself is checked here: that none is missing is checked where all are shown.",
    unknown: |rows| {
        format!(
            "Rows looked at that no longer say who did them, because that was removed or cannot be read: {rows}. They are left out here."
        )
    },
    past: |days| format!("Rows older than {} are not looked at: who did them is removed after that time.", count(days)),
    row_waits: "On its way into the journal.",
    row_refused: "The journal's log does not take this row.",
    row_holds: "The server found it as it was written.",
    row_erased: "Who did it was removed after its time. The row itself is as it was written.",
    row_fails: "The server found that this does not hold:",
    checks: "The eight checks",
    audit: AuditWords {
        working: "Being checked in this browser…",
        failed: "Something went wrong in this browser. Nothing was checked.",
        offline: "The server cannot be reached. Nothing was checked.",
        answer: "The server's answer cannot be read. Nothing was checked.",
        memory: "What this browser kept of the journal cannot be read.",
        page: "This page lacks what would be checked.",
        holds: "As it was written: checked in this browser.",
        erased: "Who did it was removed after its time, and the removal is logged. The row itself is as it was written: checked in this browser.",
        fails: "Does not hold: {check}.",
        pending: "Not complete yet: {check}.",
        cannot_tell: "Could not be checked: {check}.",
        alarm: "Rows of this page, or the journal itself, are not as they were written. Tell whoever looks after the server, and keep a copy of it.",
        all: "This browser has checked the {count} logged rows of this page.",
        first: "This browser sees the journal for the first time; from now on it notices if anything is taken from its end.",
        again: "The journal goes on from what this browser saw before ({size} entries).",
        rolled_back: "The journal is not the one that this browser saw before: it was shortened or rewritten, or is another.",
        forgets: "What this browser saw of the journal before could not be compared.",
        whole: "Check all of it in this browser",
        whole_progress: "Checked so far: {count} of {of} rows.",
        whole_holds: "This browser has checked all {count} rows, from the newest to the first: each is as it was written and follows the one before.",
        whole_stopped: "Stopped at row {number}. {said}",
        whole_gap: "Stopped at row {number}: it is missing.",
        whole_row: "Go to row {number}",
        c1: "follows the row before",
        c2: "stands in the signed tree",
        c3: "the log's signature",
        c4: "witnesses",
        c5: "the desk's seal",
        c6: "approval",
        c7: "what this page shows is what was written",
        c8: "the same journal as before",
        is_holds: "holds",
        is_fails: "does not hold",
        is_pending: "not yet",
        is_not_applicable: "nothing to check",
        is_cannot_tell: "could not be checked",
    },
};

fn count(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}
