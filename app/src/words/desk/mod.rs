//! Every word of the desk's pages, once per language: one struct for each file of pages. A missing translation does not compile.

pub mod drafts;
mod drafts_en;
mod drafts_zh;
mod en;
mod zh;

use crate::{
    Lang,
    view::desk::{Fault, Role, Room},
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
}

/// What surrounds each page, and what its forms say.
pub struct FrameWords {
    pub desk: Text,
    pub public: Text,
    pub navigation: Text,
    pub signed_in: fn(&str) -> String,
    pub sign_out: Text,
    pub room: fn(Room) -> Text,
    pub role: fn(Role) -> Text,
    pub role_means: fn(Role) -> Text,
    pub portal: Text,
    pub fault_title: Text,
    /// Before the title of a page with faults.
    pub fault_before: fn(&str) -> String,
    pub fault: fn(Fault) -> String,
    pub foot: Text,
    pub stale: (Text, Text),
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
    pub lead_first: Text,
    pub lead: Text,
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
}

pub struct HomeWords {
    pub title: Text,
    pub lead: fn(&str) -> String,
    pub roles: Text,
    pub none: Text,
}
