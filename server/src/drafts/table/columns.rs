//! Columns: what a column of a table fills, and what people call it and what stands in it, in any language.

use super::super::LANGUAGES;

/// What a column fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// A field of the draft, by its name.
    Field(&'static str),
    /// Names the file that the text lies in.
    TextFile,
    /// Names the files that go with it.
    Files,
    /// The same in another language.
    TitleIn(&'static str),
    TextIn(&'static str),
    TextFileIn(&'static str),
}

/// Fields that a column may fill, in the order of a model table.
pub const FIELDS: [&str; 20] = [
    "title",
    "genre",
    "language",
    "document_number",
    "issued",
    "published",
    "effective",
    "expires",
    "index_number",
    "theme",
    "issuing_agencies",
    "joint_agencies",
    "basis",
    "summary",
    "keywords",
    "region",
    "subjects",
    "source",
    "authentic",
    "body",
];

impl Column {
    /// Every column there may be.
    pub fn all() -> impl Iterator<Item = Column> {
        let own = FIELDS.into_iter().map(Column::Field).chain([Column::TextFile, Column::Files]);
        own.chain(LANGUAGES.into_iter().flat_map(|tag| [Column::TitleIn(tag), Column::TextIn(tag), Column::TextFileIn(tag)]))
    }

    /// Its name for programs: `title`, `body_file`, `title_en`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Column::Field(field) => field.to_owned(),
            Column::TextFile => "body_file".to_owned(),
            Column::Files => "files".to_owned(),
            Column::TitleIn(tag) => format!("title_{tag}"),
            Column::TextIn(tag) => format!("body_{tag}"),
            Column::TextFileIn(tag) => format!("body_file_{tag}"),
        }
    }

    /// The draft's field that it is about.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Column::Field(field) => field,
            Column::TextFile => "body",
            Column::Files => "files",
            _ => "translations",
        }
    }
}

/// What people call columns and what stands in them, in any language: a name, and what it stands for.
#[derive(Debug, Clone, Default)]
pub struct Called {
    pub columns: Vec<(String, Column)>,
    pub genres: Vec<(String, String)>,
    pub languages: Vec<(String, &'static str)>,
    pub authentic: Vec<(String, &'static str)>,
}

pub(super) fn meant<'c, T>(names: &'c [(String, T)], said: &str) -> Option<&'c T> {
    names.iter().find(|(name, _)| name.to_lowercase() == said.to_lowercase()).map(|(_, meant)| meant)
}

impl Called {
    pub(super) fn column(&self, heading: &str) -> Option<Column> {
        let folded = heading.replace('(', "（").replace(')', "）").replace(" （", "（");
        let said = |name: &str| name.replace('(', "（").replace(')', "）").replace(" （", "（").to_lowercase() == folded.to_lowercase();
        Column::all().find(|column| column.code() == heading).or_else(|| {
            let found = self.columns.iter().find(|(name, _)| said(name));
            found.map(|(_, column)| *column)
        })
    }
}
