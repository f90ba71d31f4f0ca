//! What letters say, and the words around them: where mail goes, which of it, and links that go by mail.

use super::{super::super::Lang, Text, letters_en, letters_zh};

/// A letter's subject, and its sentence above the link.
pub struct Said {
    pub subject: String,
    pub text: String,
}

pub struct LetterWords {
    pub waits: fn(&str) -> Said,
    pub rejected: fn(&str) -> Said,
    pub published: fn(&str) -> Said,
    pub again: fn(&str) -> Said,
    pub unsealed: fn(&str) -> Said,
    pub taken_back: fn(&str) -> Said,
    pub daily: fn(&str) -> Said,
    pub confirm: fn(&str) -> Said,
    pub address_changed: fn(&str) -> Said,
    pub invitation: fn(&str) -> Said,
    pub recovery: fn(&str) -> Said,
    pub new_place: fn(&str) -> Said,
    pub new_way: fn(&str) -> Said,
    pub password_changed: fn(&str) -> Said,
    pub foot: fn(&str) -> String,
    pub section: Text,
    pub none: Text,
    pub goes_to: fn(&str) -> String,
    pub asked: fn(&str) -> String,
    pub address: Text,
    pub address_help: Text,
    pub ask: Text,
    pub remove: Text,
    pub wanted: Text,
    pub each: Text,
    pub daily_choice: Text,
    pub no_work: Text,
    pub always: Text,
    pub language: Text,
    pub save: Text,
    pub confirm_title: Text,
    pub confirm_lead: fn(&str) -> String,
    pub confirm_button: Text,
    pub invite_address: Text,
    pub invite_address_help: Text,
    pub by_mail: Text,
    pub by_mail_help: fn(bool) -> Text,
    pub sent: Text,
}

pub fn of(lang: Lang) -> &'static LetterWords {
    match lang {
        Lang::Zh => &letters_zh::WORDS,
        Lang::En => &letters_en::WORDS,
    }
}
