//! What the page of a case says of what changed, in English.

use super::changed::*;

pub(super) const WORDS: ChangedWords = ChangedWords {
    title: "What changed",
    help: "This is an aid. What you sign is the whole text below: go by that.",
    since_published: |index| format!("Beside the published version (entry {index})"),
    since_earlier: |at| format!("Beside the text submitted {at}"),
    since_decided: |at, decision| format!("Beside the text you decided on last ({decision}), submitted {at}"),
    other: "Instead:",
    summary: |what| format!("Changed: {what}"),
    nothing: "Nothing changed.",
    gone: "The text to compare with is kept no more. Read the whole text.",
    fields: "Catalogue",
    files: "Files",
    added: "added: ",
    removed: "removed: ",
    folded: |lines| match lines {
        1 => "… 1 line as before …".to_owned(),
        lines => format!("… {lines} lines as before …"),
    },
    cut: "Too much changed to be shown here. Read the whole text.",
    file: |what| match what {
        "added" => "added",
        "removed" => "removed",
        "replaced" => "replaced",
        _ => "called and as long as before; its content was not compared",
    },
    count_files: |count| match count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    },
    to_text: "To the whole text",
    legend: ("added", "removed"),
};
