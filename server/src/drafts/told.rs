//! Told: what is wrong with what was brought, or worth knowing of it, by the field where it is.

use serde::{Deserialize, Serialize};

/// What is wrong with a cell, or worth knowing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Missing,
    Date,
    Order,
    Choice,
    TooLong,
    Twice,
    /// A spreadsheet's formula stands where its value should.
    Formula,
    /// The row has more cells than the first line.
    Longer,
    /// A file that it names was not brought.
    NotBrought,
    TooManyFiles,
    /// A text was to lie in it, and none does.
    NotText,
    /// By its content it is something else than by its name.
    OtherKind,
}

impl What {
    /// A stable name for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            What::Missing => "missing",
            What::Date => "date",
            What::Order => "order",
            What::Choice => "choice",
            What::TooLong => "too-long",
            What::Twice => "twice",
            What::Formula => "formula",
            What::Longer => "longer",
            What::NotBrought => "not-brought",
            What::TooManyFiles => "too-many-files",
            What::NotText => "not-text",
            What::OtherKind => "other-kind",
        }
    }
}

/// It, where it is, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub field: String,
    pub what: What,
    pub said: String,
}

impl Told {
    pub(super) fn of(field: &str, what: What, said: &str) -> Told {
        Told { field: field.to_owned(), what, said: said.chars().take(200).collect() }
    }

    /// Whether no draft can be made while it is so. What is merely missing is written in the editor.
    #[must_use]
    pub fn stops(&self) -> bool {
        match self.what {
            What::Missing => self.field == "title",
            What::OtherKind => false,
            _ => true,
        }
    }
}
