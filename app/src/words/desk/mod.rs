//! Every word of the desk's pages, once per language: one struct for each file of pages. A missing translation does not compile.

pub mod bringing;
mod bringing_en;
mod bringing_zh;
pub mod changed;
mod changed_en;
mod changed_zh;
mod charter;
mod charter_en;
mod charter_zh;
pub mod departments;
pub mod drafts;
mod drafts_en;
mod drafts_zh;
pub mod editing;
mod editing_en;
mod editing_zh;
mod en;
pub mod journal;
mod journal_en;
mod journal_zh;
mod keys;
mod keys_en;
mod keys_zh;
pub mod letters;
mod letters_en;
mod letters_zh;
mod machines;
mod machines_en;
mod machines_zh;
mod sealing;
mod sealing_en;
mod sealing_zh;
pub mod templates;
mod templates_en;
mod templates_zh;
mod zh;

pub use charter::CharterWords;
pub use journal::JournalWords;
pub use keys::{KeyWords, PostsWords, SigningWords};
pub use machines::MachineWords;
pub use sealing::SealingWords;

use crate::{
    Lang,
    view::desk::{AccountDone, Fault, Role, Room},
};

type Text = &'static str;

/// The desk's words in one language.
pub fn of(lang: Lang) -> &'static DeskWords {
    match lang {
        Lang::Zh => &zh::WORDS,
        Lang::En => &en::WORDS,
    }
}

pub struct DeskWords {
    pub lang: Lang,
    pub frame: FrameWords,
    pub sign_in: SignInWords,
    pub link: LinkWords,
    pub home: HomeWords,
    pub drafts: drafts::DraftsWords,
    pub bringing: bringing::BringingWords,
    pub changed: changed::ChangedWords,
    pub templates: templates::TemplatesWords,
    pub editing: editing::EditingWords,
    pub posts: PostsWords,
    pub keys: KeyWords,
    pub charter: CharterWords,
    pub signing: SigningWords,
    pub sealing: SealingWords,
    pub machines: MachineWords,
    pub people: PeopleWords,
    pub account: AccountWords,
    pub factors: FactorWords,
    pub journal: JournalWords,
}

/// What surrounds each page, and what its forms say.
pub struct FrameWords {
    pub desk: Text,
    pub public: Text,
    pub navigation: Text,
    pub signed_in: fn(&str) -> String,
    pub sign_out: Text,
    pub room: fn(Room) -> Text,
    /// For those who cannot see that a number stands beside a room.
    pub waiting: fn(usize) -> String,
    pub role: fn(Role) -> Text,
    pub role_means: fn(Role) -> Text,
    pub portal: Text,
    pub fault_title: Text,
    /// Before the title of a page with faults.
    pub fault_before: fn(&str) -> String,
    pub fault: fn(Fault) -> String,
    pub foot: Text,
    pub stale: (Text, Text),
    pub too_long: (Text, Text),
    pub spent: (Text, Text),
    pub back: Text,
}

pub struct SignInWords {
    pub title: Text,
    pub lead: Text,
    pub out: Text,
    pub login: Text,
    pub password: Text,
    pub button: Text,
    pub help: Text,
}

pub struct LinkWords {
    pub title_first: Text,
    pub title: Text,
    pub title_recovery: Text,
    pub lead_first: Text,
    pub lead: Text,
    pub lead_recovery: fn(&str) -> String,
    pub gives: Text,
    pub until: fn(&str) -> String,
    pub name: Text,
    pub name_help: Text,
    pub login: Text,
    pub login_help: Text,
    pub password: Text,
    pub password_help: Text,
    pub repeat: Text,
    pub button: Text,
    pub button_recovery: Text,
}

pub struct HomeWords {
    pub title: Text,
    pub lead: fn(&str) -> String,
    pub roles: Text,
    pub none: Text,
    pub all_waiting: fn(usize) -> String,
    pub registrations: Text,
}

pub struct PeopleWords {
    pub title: Text,
    pub lead: Text,
    pub count: fn(usize) -> String,
    pub invited: fn(usize) -> String,
    pub of_portal: Text,
    pub lead_place: Text,
    pub lead_portal: Text,
    pub back: Text,
    pub name: Text,
    pub login: Text,
    pub roles: Text,
    pub second_factor: fn(bool) -> Text,
    pub you: Text,
    pub no_role: Text,
    pub nobody: Text,
    pub ended: fn(&str) -> String,
    pub invitations: Text,
    pub no_invitations: Text,
    pub until: fn(&str) -> String,
    pub withdraw: Text,
    /// For those who cannot see whose invitation a button is about.
    pub withdraw_of: fn(&str) -> String,
    pub invite: Text,
    pub invite_lead: Text,
    pub whom: Text,
    pub whom_help: Text,
    pub which_roles: Text,
    pub invite_button: Text,
    pub since: fn(&str) -> String,
    pub in_place: Text,
    pub save: Text,
    pub bring: Text,
    pub bring_lead: Text,
    pub agency: Text,
    pub recovery: Text,
    pub recovery_lead: Text,
    pub recovery_button: Text,
    pub reset: Text,
    pub reset_help: Text,
    pub sessions: Text,
    pub sessions_open: fn(usize) -> String,
    pub sessions_lead: Text,
    pub sessions_button: Text,
    pub end: Text,
    pub end_lead: Text,
    pub end_button: Text,
    pub once_title: Text,
    pub once_lead: fn(&str) -> String,
    pub once_lead_recovery: fn(&str) -> String,
    pub once_label: Text,
    pub once_note: Text,
    pub once_gone: Text,
}

pub struct AccountWords {
    pub title: Text,
    pub lead: fn(&str, &str) -> String,
    pub done: fn(AccountDone) -> Text,
    pub password: Text,
    pub password_lead: Text,
    pub password_none: Text,
    pub present: Text,
    pub new: Text,
    pub repeat: Text,
    pub change: Text,
    pub rename: Text,
    pub sessions: Text,
    pub sessions_lead: Text,
    pub here: Text,
    pub begun: Text,
    pub seen: Text,
    pub from: Text,
    pub agent: Text,
    pub end: Text,
    /// For those who cannot see which session a button is about.
    pub end_of: fn(&str) -> String,
    pub end_others: Text,
    pub unknown: Text,
}

pub struct FactorWords {
    pub code_title: Text,
    pub code_lead: Text,
    pub code_anew: Text,
    pub code: Text,
    pub code_help: Text,
    pub code_button: Text,
    pub add_title: Text,
    pub must: Text,
    pub lead: Text,
    pub replaces: Text,
    pub first: Text,
    pub drawing: Text,
    pub by_hand: Text,
    pub second: Text,
    pub add_code: Text,
    pub add_button: Text,
    pub codes_title: Text,
    pub codes_lead: Text,
    pub codes_gone: Text,
    pub codes_done: Text,
    pub section: Text,
    pub has: fn(bool) -> Text,
    pub left: fn(u32) -> String,
    pub add: Text,
    pub replace: Text,
    pub new_codes: Text,
    pub passkeys: Text,
    pub passkeys_lead: Text,
    pub passkeys_none: Text,
    pub passkeys_count: fn(usize) -> String,
    pub passkey_name: Text,
    pub passkey_name_help: Text,
    pub passkey_add: Text,
    pub passkey_instead: Text,
    pub passkey_show: Text,
    pub passkey_failed: Text,
    pub passkey_scripts: Text,
    pub passkey_added: Text,
    pub passkey_used: Text,
    pub passkey_remove: Text,
    /// For those who cannot see which passkey a button is about.
    pub passkey_remove_of: fn(&str) -> String,
}
