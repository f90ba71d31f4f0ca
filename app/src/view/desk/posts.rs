//! Posts, their keys, agencies' rules, and what waits for registrars.

use super::Faults;
use crate::{
    dates::Moment,
    view::{AgencyRef, ApprovalRule},
};

/// The agencies whose posts somebody may look at.
#[derive(Clone, Debug, Default)]
pub struct PostsView {
    pub agencies: Vec<AgencyPosts>,
    /// Whether somebody may register a new agency.
    pub registers: bool,
}

#[derive(Clone, Debug)]
pub struct AgencyPosts {
    pub agency: AgencyRef,
    pub posts: usize,
    pub waiting: usize,
}

/// A key that was registered, or waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostKey {
    pub vkey: String,
    /// How it ended, and from which entry on it signs nothing.
    pub ended: Option<(String, u64)>,
    /// Who keeps it, of a seal.
    pub custody: Option<String>,
}

/// Names in both languages, as they are registered or were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BothNames {
    pub zh: String,
    pub en: String,
}

/// Other names for an agency or a post of it, as they were typed.
#[derive(Clone, Debug)]
pub struct Renaming {
    /// Its id.
    pub subject: String,
    pub names: BothNames,
    /// What was warned of already, as its form sends it again.
    pub seen: String,
}

#[derive(Clone, Debug)]
pub struct PostRow {
    pub id: String,
    pub name: String,
    /// What it is called in each language.
    pub called: BothNames,
    pub keys: Vec<PostKey>,
    /// Who holds it, by name.
    pub holders: Vec<String>,
    /// How many texts under approval have a step that it signed, where its keys may be ended.
    pub signed: usize,
}

/// One agency's posts.
#[derive(Clone, Debug)]
pub struct AgencyPostsView {
    pub agency: AgencyRef,
    /// What it is called in each language.
    pub called: BothNames,
    /// How many of its texts are approved anew once it is registered anew.
    pub under_approval: usize,
    pub posts: Vec<PostRow>,
    pub seals: Vec<PostKey>,
    pub waiting: Vec<WaitingRow>,
    /// Its rule as a form, with empty rows behind.
    pub rule: RuleForm,
    /// The one it has now, as readers are told it.
    pub told: Option<ApprovalRule>,
    /// Whether whoever asks may ask for changes.
    pub may: bool,
    /// Number of entries now: where an end begins, if nothing else is said.
    pub size: u64,
    /// The body that speaks for it, and those that oversee it, one a line.
    pub successor: String,
    pub overseers: String,
    /// A new post, or seal, as it was typed.
    pub typed: NewPost,
    pub renaming: Option<Renaming>,
    /// Whether its texts name who holds the posts that approve them.
    pub names: bool,
    /// Whether whoever asks may change that.
    pub may_name: bool,
    pub faults: Faults,
}

#[derive(Clone, Debug, Default)]
pub struct NewPost {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    /// What was warned of already, as its form sends it again.
    pub seen: String,
    /// Of an agency's seal: who keeps it, and its public half where it was made elsewhere.
    pub custody: String,
    pub seal: String,
}

/// A rule of approval, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleForm {
    pub rows: Vec<RuleRow>,
    /// Ids, one a line.
    pub overriders: String,
    /// Steps are logged with the publication they lead to.
    pub deferred: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRow {
    pub genre: String,
    pub code: String,
    pub posts: Vec<String>,
    pub count: String,
    /// Codes, with spaces between.
    pub after: String,
}

/// One post: its keys, and the key that this browser keeps.
#[derive(Clone, Debug)]
pub struct PostKeyView {
    pub agency: AgencyRef,
    pub post: PostRow,
    /// What its names look like that belongs to persons, of one that its first key is to register.
    pub personal: Vec<&'static str>,
    /// Public halves that wait to be registered.
    pub waiting: Vec<String>,
    /// Whether whoever asks may have a key registered for it.
    pub may: bool,
    /// Whether whoever asks may give it to people, and take it back.
    pub gives: bool,
    /// Who could be given it: account and name.
    pub people: Vec<(String, String)>,
    /// Who holds it: account and name.
    pub holders: Vec<(String, String)>,
    pub size: u64,
    pub faults: Faults,
}

/// What a registration changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Key,
    End {
        how: String,
        at: u64,
    },
    Rule,
    NoRule,
    Bodies,
    Seal,
    Names,
    Agency,
    /// The charter: somebody becomes a registrar, or it says something else.
    Registrar,
    Charter,
}

/// What becomes of texts under way once an agency is registered otherwise, or a post's key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voids {
    /// They are approved anew.
    Anew,
    /// They are approved, where nobody had to approve them.
    First,
    /// They are published by whoever publishes, where they had to be approved.
    Published,
    /// They have a step that the post signed whose key ends, and may have to be approved anew.
    Signed,
}

/// What waits for registrars.
#[derive(Clone, Debug)]
pub struct WaitingRow {
    pub id: String,
    /// A post or an agency.
    pub subject: String,
    pub what: Asked,
    /// The key it is about, if it is about one.
    pub key: Option<String>,
    pub asked: Moment,
    pub by: String,
    pub signed: usize,
    pub needed: usize,
}

#[derive(Clone, Debug, Default)]
pub struct RegistrationsView {
    pub waiting: Vec<WaitingRow>,
    pub needed: usize,
    pub registrars: Vec<String>,
    /// Whether a registrar's key lies on this server, and is enough: a trial.
    pub alone: bool,
    /// Whether whoever asks registers; others only read.
    pub registers: bool,
    pub faults: Faults,
    pub typed: NewPost,
}

/// One registration, to be read and signed.
#[derive(Clone, Debug)]
pub struct RegistrationView {
    pub row: WaitingRow,
    /// What it says, in the order of its text; what a browser compares.
    pub says: Says,
    /// The same of an amendment of the charter, in place of that.
    pub amended: Option<super::AmendedView>,
    /// Languages and names that it is registered under now, where others are asked for.
    pub was: Vec<(String, String)>,
    /// How many texts under way it touches, and what becomes of them.
    pub voids: Option<(usize, Voids)>,
    /// What in its names looks like numbers that belong to persons, by their kinds.
    pub personal: Vec<&'static str>,
    /// The whole text that is signed.
    pub text: String,
    /// Names of keys, and whether each has signed.
    pub registrars: Vec<(String, bool)>,
    pub alone: bool,
    /// Whether whoever asks signs.
    pub signs: bool,
    /// Whether whoever asks may take it back.
    pub withdraws: bool,
    /// Signed by enough, and yet not taken.
    pub stuck: bool,
    /// Why the log would refuse it as it is now.
    pub trouble: bool,
    pub faults: Faults,
}

/// What a registration says.
#[derive(Clone, Debug, Default)]
pub struct Says {
    pub post: bool,
    pub id: String,
    pub agency: String,
    /// Languages and names.
    pub names: Vec<(String, String)>,
    pub keys: Vec<PostKey>,
    /// Steps of a rule, where there is one.
    pub rule: Option<Vec<RuleRow>>,
    pub overriders: Vec<String>,
    pub deferred: bool,
    pub successor: Option<String>,
    pub overseers: Vec<String>,
    pub archive: bool,
    /// The entry it takes the place of.
    pub replaces: Option<u64>,
}

/// Where somebody's key as a registrar is kept.
#[derive(Clone, Debug)]
pub struct RegistrarKeyView {
    pub name: String,
    pub vkey: String,
}
