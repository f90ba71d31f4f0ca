//! What the page of a case says of what changed.

use super::Text;

pub struct ChangedWords {
    pub title: Text,
    pub help: Text,
    pub since_published: fn(u64) -> String,
    pub since_earlier: fn(&str) -> String,
    pub since_decided: fn(&str, &str) -> String,
    pub other: Text,
    pub summary: fn(&str) -> String,
    pub nothing: Text,
    pub gone: Text,
    pub fields: Text,
    pub files: Text,
    /// For those who cannot see how a piece is marked.
    pub added: Text,
    pub removed: Text,
    pub folded: fn(usize) -> String,
    pub cut: Text,
    pub file: fn(&str) -> Text,
    pub count_files: fn(usize) -> String,
    pub to_text: Text,
    pub legend: (Text, Text),
}
