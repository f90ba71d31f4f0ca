//! What a letter says: that there is something, where, and a link. No title and no text of a draft ever stands in one.

use crate::{
    drafts::Drafts,
    staff::{Letter, LetterKind},
    views,
};
use app::{Lang, words::desk::letters as words};
use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use std::time::{Duration, SystemTime};

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    #[error(transparent)]
    Address(#[from] lettre::address::AddressError),
    #[error(transparent)]
    Message(#[from] lettre::error::Error),
}

/// The portal a letter comes from.
pub struct Surroundings<'a> {
    pub base: &'a str,
    pub portal: String,
    /// What an agency is called.
    pub agency: Box<dyn Fn(&str) -> String + Send + Sync>,
}

/// A name on one line.
fn flat(name: &str) -> String {
    name.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Surroundings<'_> {
    pub fn of<'a>(drafts: &Drafts, base: &'a str, lang: Lang) -> Surroundings<'a> {
        let state = drafts.node.submitter.state();
        let portal = state.charter().and_then(|charter| views::name_in(&charter.name, lang)).unwrap_or("Gazette").to_owned();
        let agency = move |id: &str| state.agency(id).map_or_else(|| id.to_owned(), |(_, agency)| views::agency_ref(agency, lang).name);
        Surroundings { base, portal, agency: Box::new(agency) }
    }

    /// The name of the host that people reach.
    fn host(&self) -> &str {
        let authority = self.base.split_once("://").map_or(self.base, |(_, authority)| authority);
        authority.rsplit_once(':').map_or(authority, |(host, _)| host)
    }
}

pub fn message(letter: &Letter, around: &Surroundings<'_>, sender: &Mailbox) -> Result<Message, TextError> {
    let w = words::of(letter.lang);
    let portal = flat(&around.portal);
    let place = if letter.about.is_empty() { portal.clone() } else { flat(&(around.agency)(&letter.about)) };
    let at = |path: &str| format!("{}/{}{path}", around.base, letter.lang.code());
    let (said, link) = match letter.kind {
        LetterKind::Waits => ((w.waits)(&place), at("/desk")),
        LetterKind::Rejected => ((w.rejected)(&place), at("/desk/drafts")),
        LetterKind::Published => ((w.published)(&place), at("/desk/drafts")),
        LetterKind::Again => ((w.again)(&place), at("/desk/drafts")),
        LetterKind::Unsealed => ((w.unsealed)(&place), at("/desk/drafts")),
        LetterKind::TakenBack => ((w.taken_back)(&place), at("/desk/drafts")),
        LetterKind::Daily => ((w.daily)(&portal), at("/desk")),
        LetterKind::Confirm => ((w.confirm)(&portal), at(&format!("/desk/account/address/{}", letter.secret))),
        LetterKind::AddressChanged => ((w.address_changed)(&portal), at("/desk/account")),
        LetterKind::Invitation => ((w.invitation)(&place), at(&format!("/desk/links/{}", letter.secret))),
        LetterKind::Recovery => ((w.recovery)(&portal), at(&format!("/desk/links/{}", letter.secret))),
        LetterKind::NewPlace => ((w.new_place)(&portal), at("/desk/account")),
        LetterKind::NewWay => ((w.new_way)(&portal), at("/desk/account")),
        LetterKind::PasswordChanged => ((w.password_changed)(&portal), at("/desk/account")),
    };
    let body = format!("{}\r\n\r\n{link}\r\n\r\n-- \r\n{}\r\n", said.text, (w.foot)(&portal));
    let made = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.made).unwrap_or_default());
    let message = Message::builder()
        .from(Mailbox::new(sender.name.clone().or(Some(portal)), sender.email.clone()))
        .to(Mailbox::new(None, letter.address.parse()?))
        .subject(said.subject)
        .date(made)
        .message_id(Some(format!("<{}@{}>", letter.id, around.host())))
        // RFC 3834: no machine answers it.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
        .header(ContentType::TEXT_PLAIN)
        .body(body)?;
    Ok(message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HOSTILE: &str = "Finance\r\nBcc: everybody@a.example\r\n\r\n<b>hear</b>\u{2028}\0";

    #[test]
    fn names_that_somebody_registered_add_no_line_to_a_letter() {
        let around =
            Surroundings { base: "https://gazette.example.gov:8443", portal: HOSTILE.into(), agency: Box::new(|_| HOSTILE.into()) };
        let sender: Mailbox = "desk@gazette.example.gov".parse().unwrap();
        for kind in LetterKind::ALL {
            for lang in Lang::ALL {
                let letter = Letter::sample(kind, lang);
                let written = String::from_utf8(message(&letter, &around, &sender).unwrap().formatted()).unwrap();
                let (head, _) = written.split_once("\r\n\r\n").unwrap();
                let names: Vec<_> =
                    head.lines().filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split(':').next().unwrap()).collect();
                assert!(!names.contains(&"Bcc"), "{head}");
                assert_eq!(names.iter().filter(|name| **name == "Subject").count(), 1);
                assert!(head.contains("Auto-Submitted: auto-generated") && head.contains("@gazette.example.gov>"), "{head}");
                assert!(head.is_ascii() && written.lines().all(|line| line.len() <= 998), "{head}");
            }
        }
        let mut letter = Letter::sample(LetterKind::Waits, Lang::En);
        letter.address = "a@b.example\r\nBcc: c@d.example".into();
        assert!(message(&letter, &around, &sender).is_err());
    }
}
