//! What belongs to persons in what is about to be published, and what nobody looked through.

#[derive(Clone, Debug, Default)]
pub struct PersonalView {
    pub rows: Vec<PersonalRow>,
    pub unread: Vec<UnreadRow>,
}

impl PersonalView {
    /// Whether there is anything to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unread.is_empty()
    }
}

/// A number that belongs to a person.
#[derive(Clone, Debug)]
pub struct PersonalRow {
    /// The part it stands in: its name, or none for the catalogue.
    pub part: Option<String>,
    /// `identity-card`, `mobile`, `bank-card`.
    pub sort: &'static str,
    pub number: String,
    pub spot: SpotView,
}

/// Where in a part it stands, each counted from 1.
#[derive(Clone, Debug)]
pub enum SpotView {
    Line(usize),
    Page(usize),
    Row {
        sheet: String,
        row: usize,
    },
    /// Of the catalogue, by its name.
    Field(String),
    /// In it.
    Within,
}

/// A file, or what of it, was not looked through.
#[derive(Clone, Debug)]
pub struct UnreadRow {
    /// The file's; `catalogue`, where it is of the catalogue that there is more than is told.
    pub name: String,
    /// Why: `locked`, `no-text`, `pages`, and so on.
    pub gap: &'static str,
    /// The pages it is about: `2–5, 9`.
    pub pages: String,
}
