//! Bringing a table or a folder: the form, and what would become of what was brought.

use super::{FileRow, PersonalView, TranslationRow, Typed};
use crate::dates::Moment;
use crate::view::AgencyRef;

/// The form.
#[derive(Clone, Debug, Default)]
pub struct BringView {
    /// Agencies in which they may begin drafts, and which is chosen.
    pub agencies: Vec<AgencyRef>,
    pub chosen: String,
    pub fault: Option<BringFault>,
    /// What they brought before and have not decided about, by its id.
    pub waiting: Option<String>,
    /// Columns of a table: heading, and what stands in it.
    pub columns: Vec<(String, Option<&'static str>)>,
}

/// Why nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BringFault {
    Nothing,
    NoRows,
    TwoTables,
    TableSize,
    Encoding,
    NoTitle,
    Twice(String),
    TooManyRows,
    Line(u64),
    Broken,
    TooManyFiles,
    TooLarge,
    TooMuchText,
    Again,
    /// Too many bring something at once.
    Busy,
    NoRoom,
}

/// What would become of it, row by row.
#[derive(Clone, Debug)]
pub struct BroughtView {
    pub id: String,
    pub agency: AgencyRef,
    pub until: Moment,
    /// The table's name; none: each file by itself.
    pub table: Option<String>,
    pub unknown: Vec<String>,
    /// Files of which no use is made: name, and why.
    pub left_out: Vec<(String, &'static str)>,
    pub rows: Vec<BroughtRowView>,
    /// How many drafts this request has just made.
    pub just_made: Option<usize>,
    /// Nothing was chosen.
    pub none_chosen: bool,
}

#[derive(Clone, Debug)]
pub struct BroughtRowView {
    pub number: i64,
    /// The line of the table, or the file's name.
    pub place: String,
    pub typed: Typed,
    pub translations: Vec<TranslationRow>,
    pub files: Vec<FileRow>,
    pub told: Vec<ToldView>,
    pub personal: PersonalView,
    pub same: Option<SameView>,
    pub draft: Option<String>,
    /// Whether a draft can be made of it.
    pub sound: bool,
}

/// What is wrong with a field, or worth knowing.
#[derive(Clone, Debug)]
pub struct ToldView {
    pub field: String,
    pub what: String,
    pub said: String,
    /// Whether no draft can be made while it is so.
    pub stops: bool,
}

/// What looks like the row and is there already.
#[derive(Clone, Debug)]
pub enum SameView {
    Draft { id: String, title: String },
    Row(String),
}
