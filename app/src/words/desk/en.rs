//! The desk in English.

use super::*;
use crate::view::desk::Weak;

pub(super) static WORDS: DeskWords = DeskWords {
    lang: Lang::En,
    frame: FrameWords {
        desk: "Desk",
        public: "Public pages",
        navigation: "Rooms of the desk",
        signed_in: |name| format!("Signed in: {name}"),
        sign_out: "Sign out",
        room: |room| match room {
            Room::Home => "Overview",
            Room::Drafts => "Drafts",
            Room::Account => "My account",
            Room::None => "",
        },
        role: |role| match role {
            Role::Drafter => "Drafter",
            Role::Reviewer => "Reviewer",
            Role::Approver => "Approver",
            Role::Publisher => "Publisher",
            Role::Administrator => "Administrator",
            Role::Registrar => "Registrar",
            Role::Auditor => "Auditor",
        },
        role_means: |role| match role {
            Role::Drafter => "writes drafts",
            Role::Reviewer => "takes review steps",
            Role::Approver => "signs off",
            Role::Publisher => "publishes what is approved",
            Role::Administrator => "invites people and gives roles",
            Role::Registrar => "registers agencies, posts and rules",
            Role::Auditor => "reads everything, changes nothing",
        },
        portal: "The whole portal",
        fault_title: "Something needs your attention",
        fault_before: |title| format!("Error: {title}"),
        fault: |fault| match fault {
            Fault::WrongSignIn => "This name and this password do not belong together.".into(),
            Fault::Wait { seconds } => format!("Too many attempts. Try again in {}.", wait(seconds)),
            Fault::Busy => "Many people are signing in just now. Try again in a moment.".into(),
            Fault::Login => "Use 2 to 64 letters, digits and . - _ @, beginning and ending with a letter or digit.".into(),
            Fault::LoginTaken => "Somebody signs in with this name already. Choose another.".into(),
            Fault::Name => "Enter a name of up to 80 characters, as colleagues know it.".into(),
            Fault::Password(Weak::Short { least }) => {
                format!("Use at least {least} characters. A few words in a row are easy to remember.")
            }
            Fault::Password(Weak::Long) => "This password is too long.".into(),
            Fault::Password(Weak::Common) => "This password is among the first that would be tried. Choose another.".into(),
            Fault::Password(Weak::OwnName) => "This password is made from your own name or the portal's. Choose another.".into(),
            Fault::Password(Weak::Pattern) => {
                "This password is easy to guess: a word alone, a date, a row of keys or a repetition. Add unrelated words.".into()
            }
            Fault::Repeat => "The two passwords differ.".into(),
            Fault::Lack(lack) => (drafts_en::WORDS.lack)(lack).into(),
        },
        foot: "What is done at the desk is written down in its journal.",
        stale: (
            "This form is no longer valid",
            "It was open for too long, or did not come from this site. Nothing was changed. Go back, load the page again and repeat what you did.",
        ),
        spent: (
            "This link cannot be used",
            "It was used already, has expired, or was not copied in full. Ask whoever gave it to you for a new one.",
        ),
        back: "To the desk",
    },
    sign_in: SignInWords {
        title: "Sign in",
        lead: "For staff of the agencies that publish here.",
        out: "You have signed out.",
        login: "Name to sign in with",
        password: "Password",
        button: "Sign in",
        help: "Forgotten your password? Your agency's administrator can give you a way back in.",
    },
    link: LinkWords {
        title_first: "The first administrator",
        title: "Your account",
        lead_first: "Nobody has an account at this desk yet. Yours will look after the whole portal and invite the others.",
        lead: "You were invited to this desk. Choose how you will sign in.",
        gives: "What this account may do",
        until: |at| format!("This link can be used once, until {at}."),
        name: "Your name",
        name_help: "As colleagues know you. It is never shown to the public.",
        login: "Name to sign in with",
        login_help: "Latin letters and digits, for example li.wei. An e-mail address is fine.",
        password: "Password",
        password_help: "At least 12 characters. A few unrelated words are strong and easy to remember.",
        repeat: "Password once more",
        button: "Make my account",
    },
    home: HomeWords {
        title: "Overview",
        lead: |login| format!("You sign in as {login}."),
        roles: "What you may do",
        none: "You hold no role yet. Your agency's administrator can give you one.",
    },
    drafts: drafts_en::WORDS,
};

fn wait(seconds: u32) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
