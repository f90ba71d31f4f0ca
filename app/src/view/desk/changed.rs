//! What changed in a text that waits for approval, beside one that somebody knows.

use crate::dates::Moment;

#[derive(Clone, Debug)]
pub struct ChangedView {
    /// What it may be compared with, and which of them it is.
    pub choices: Vec<AgainstView>,
    pub chosen: usize,
    /// Whether that one is there no more.
    pub gone: bool,
    /// Fields that differ, by their names.
    pub fields: Vec<(&'static str, Vec<PieceView>)>,
    pub texts: Vec<TextChangeView>,
    pub files: Vec<FileChangeView>,
}

#[derive(Clone, Debug)]
pub enum AgainstView {
    Published {
        index: u64,
    },
    Earlier {
        key: String,
        submitted: Moment,
        /// What whoever asks decided about it.
        decided: Option<String>,
    },
}

impl AgainstView {
    /// As an address names it.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            AgainstView::Published { .. } => "published",
            AgainstView::Earlier { key, .. } => key,
        }
    }
}

/// A piece of text, and what became of it.
#[derive(Clone, Debug)]
pub enum PieceView {
    Same(String),
    Gone(String),
    New(String),
}

/// The text, or one in another language.
#[derive(Clone, Debug)]
pub struct TextChangeView {
    /// Its language, where it is a translation.
    pub language: Option<String>,
    /// Of a translation, its title.
    pub title: Vec<PieceView>,
    pub blocks: Vec<BlockView>,
    /// Whether there is more than is shown.
    pub cut: bool,
}

#[derive(Clone, Debug)]
pub enum BlockView {
    Same(String),
    Folded(usize),
    Changed(Vec<PieceView>),
}

#[derive(Clone, Debug)]
pub struct FileChangeView {
    /// `added`, `removed`, `replaced`, `unread`.
    pub what: &'static str,
    pub name: String,
    /// Kind and bytes, before and after.
    pub before: Option<(String, u64)>,
    pub after: Option<(String, u64)>,
}
