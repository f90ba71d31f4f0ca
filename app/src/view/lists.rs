//! Views of the pages that list entries: timeline, search, agencies.

use super::*;

/// How the timeline is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// As logged, newest first: the chain itself.
    #[default]
    Chain,
    /// By the date the agency states, newest first.
    Stated,
}

#[derive(Clone, Debug)]
pub struct TimelineView {
    pub order: Order,
    pub items: Vec<Item>,
    pub pager: Pager,
}

/// Links to the neighbouring pages, as whole query strings (`before=1200`); empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pager {
    /// The first page; `Some("")` is the page with no query.
    pub newest: Option<String>,
    pub newer: Option<String>,
    pub older: Option<String>,
    pub oldest: Option<String>,
    /// First and last index on this page, highest first, if in chain order.
    pub span: Option<(u64, u64)>,
}

/// Entries on one page of a list.
pub const PAGE: u64 = 25;

impl Pager {
    /// For a page of the chain that shows `[lowest, highest]` of `size` entries. Pages behind the
    /// first are named by what they stop before, so an address always shows the same entries.
    pub fn of_chain(lowest: u64, highest: u64, size: u64) -> Pager {
        let newer = highest + 1 < size;
        let older = lowest > 0;
        let query = |before: u64| match before >= size {
            true => String::new(),
            false => format!("before={before}"),
        };
        Pager {
            newest: newer.then(String::new),
            newer: newer.then(|| query(highest + 1 + PAGE)),
            older: older.then(|| query(lowest)),
            oldest: older.then(|| query(PAGE.min(size))),
            span: Some((highest, lowest)),
        }
    }
}

/// What the reader asked for; also fills the form again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    pub q: String,
    /// Filters by the codes of [`Choice::value`]; empty for all.
    pub agency: String,
    pub genre: String,
    pub language: String,
    pub standing: String,
    /// Stated dates, `YYYY-MM-DD`.
    pub from: String,
    pub to: String,
    pub sort: Sort,
    /// From 1.
    pub page: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Relevance,
    Newest,
    Oldest,
}

impl Sort {
    pub const fn code(self) -> &'static str {
        match self {
            Sort::Relevance => "relevance",
            Sort::Newest => "newest",
            Sort::Oldest => "oldest",
        }
    }
}

/// One value of a filter, with how many of the results have it if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub count: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct SearchView {
    pub query: SearchQuery,
    pub agencies: Vec<Choice>,
    pub genres: Vec<Choice>,
    pub outcome: Outcome,
    pub notices: Vec<SearchNotice>,
}

/// What of the question or of the chain was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchNotice {
    /// Only so much of the question was read.
    Shortened { characters: usize, words: usize },
    /// No text has what was written together; these have its words.
    Apart,
    /// The index has not come to the chain's end: entries it covers, and there are.
    Behind { covered: u64, size: u64 },
}

#[derive(Clone, Debug)]
pub enum Outcome {
    /// Nothing was asked: only the form.
    Nothing,
    Found {
        hits: Vec<Hit>,
        total: u64,
        pages: u64,
    },
    /// There is no answer to the question.
    Problem(SearchProblem),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchProblem {
    BadDate,
    /// There is no word in the question.
    NoWords,
    /// No such page of results.
    PastTheEnd {
        pages: u64,
    },
    /// Nothing was found, and the index has not come to the chain's end.
    NotReady {
        covered: u64,
        size: u64,
    },
}

#[derive(Clone, Debug)]
pub struct Hit {
    pub item: Item,
    pub snippet: Vec<Fragment>,
}

/// A stretch of a snippet; `hit` if it matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub text: String,
    pub hit: bool,
}

#[derive(Clone, Debug)]
pub struct AgenciesView {
    pub agencies: Vec<AgencyRow>,
    /// Bodies named in copied documents, which have no seal here.
    pub stated: Vec<StatedRow>,
}

#[derive(Clone, Debug)]
pub struct AgencyRow {
    pub agency: AgencyRef,
    pub documents: u64,
    pub newest: Option<Moment>,
    /// The newest entry that registers it.
    pub registered: u64,
    pub ended: Option<AgencyEnd>,
    /// The portal's own archive, which seals copies.
    pub archive: bool,
}

#[derive(Clone, Debug)]
pub struct StatedRow {
    pub name: String,
    pub documents: u64,
    /// Path and query, without the language, that finds them.
    pub path: String,
}

/// An agency that exists no more.
#[derive(Clone, Debug)]
pub struct AgencyEnd {
    pub day: Option<String>,
    pub successor: Option<AgencyRef>,
}

#[derive(Clone, Debug)]
pub struct AgencyView {
    pub agency: AgencyRef,
    pub archive: bool,
    /// The newest entry that registers it.
    pub registered: u64,
    pub ended: Option<AgencyEnd>,
    pub keys: Vec<KeyRow>,
    /// None if its seal alone is enough.
    pub rule: Option<ApprovalRule>,
    pub figures: Option<AgencyFigures>,
    pub posts: Vec<PostRow>,
    pub documents: u64,
    pub items: Vec<Item>,
    pub pager: Pager,
}

/// What the portal counted of an agency over the whole chain. Browsers check none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyFigures {
    /// When the first entry was logged.
    pub began: Option<Moment>,
    /// Entries that are counted, and that there are, where those are not all yet.
    pub behind: Option<(u64, u64)>,
    /// Disclosures, statuses and redactions that were approved.
    pub approved: u64,
    pub steps: Vec<StepFigure>,
    /// What became of documents by this agency's word, and how often.
    pub changes: Vec<(Change, u64)>,
    /// Cases with steps in the log that nothing published has opened.
    pub unopened: u64,
}

/// One kind of step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFigure {
    pub code: String,
    /// Those that stood when what they approve was published; of these, overrides.
    pub taken: u64,
    pub overridden: u64,
    /// Rejections on the way to what was published all the same.
    pub rejected: u64,
    /// `None` where it is of no step known how long it took.
    pub times: Option<StepTimes>,
}

/// Milliseconds since what steps waited for was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepTimes {
    pub median: i64,
    pub mean: i64,
    pub longest: i64,
}

#[derive(Clone, Debug)]
pub struct PostRow {
    pub id: String,
    pub name: String,
    pub registered: u64,
}
