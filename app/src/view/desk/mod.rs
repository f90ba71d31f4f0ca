//! What the server fills before a page of the desk is drawn.

mod account;
mod bring;
mod changed;
mod charter;
mod departments;
mod drafts;
mod factors;
mod home;
mod journal;
mod machines;
mod people;
mod personal;
mod posts;
mod sealing;
mod sign_in;
mod templates;

pub use account::*;
pub use bring::*;
pub use changed::*;
pub use charter::*;
pub use departments::*;
pub use drafts::*;
pub use factors::*;
pub use home::*;
pub use journal::*;
pub use machines::*;
pub use people::*;
pub use personal::*;
pub use posts::*;
pub use sealing::*;
pub use sign_in::*;
pub use templates::*;

use super::{Lang, Shell, Site};

/// One request to the desk: the site, the language, which page this is, and who asks.
#[derive(Clone, Debug)]
pub struct Desk<'a> {
    pub site: &'a Site,
    pub lang: Lang,
    /// Path and query without the language: `/desk/people`.
    pub path: &'a str,
    /// None before somebody has signed in.
    pub who: Option<Who>,
}

impl Desk<'_> {
    /// The address of a page in this language.
    pub fn at(&self, path: &str) -> String {
        format!("/{}{path}", self.lang.code())
    }

    pub fn shell(&self) -> Shell<'_> {
        Shell { site: self.site, lang: self.lang, path: self.path }
    }

    /// What each form of this session carries.
    pub fn token(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.token)
    }

    /// The account that is signed in.
    pub fn account(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.account)
    }
}

/// Who is signed in, as the masthead names them.
#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    /// What each form of this session carries.
    pub token: String,
    /// The account, as a key is enrolled under it.
    pub account: String,
    /// Which pages their roles open, in order.
    pub rooms: Vec<Room>,
    /// How much waits for them.
    pub waiting: usize,
}

/// A room of the desk, as its navigation has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Home,
    Drafts,
    People,
    Journal,
    Machines,
    Account,
    Posts,
    Registrations,
    /// Before somebody has signed in, and on pages that stand in no room.
    None,
}

impl Room {
    /// Path of its first page, without the language.
    pub const fn path(self) -> &'static str {
        match self {
            Room::Home | Room::None => "/desk",
            Room::Drafts => "/desk/drafts",
            Room::People => "/desk/people",
            Room::Journal => "/desk/journal",
            Room::Machines => "/desk/machines",
            Room::Account => "/desk/account",
            Room::Posts => "/desk/posts",
            Room::Registrations => "/desk/registrations",
        }
    }
}

/// A role as the server keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Drafter,
    Reviewer,
    Approver,
    Publisher,
    Administrator,
    Registrar,
    Auditor,
}

impl Role {
    /// As forms send it.
    pub const fn code(self) -> &'static str {
        match self {
            Role::Drafter => "drafter",
            Role::Reviewer => "reviewer",
            Role::Approver => "approver",
            Role::Publisher => "publisher",
            Role::Administrator => "administrator",
            Role::Registrar => "registrar",
            Role::Auditor => "auditor",
        }
    }
}

/// What somebody may do in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// None: the whole portal.
    pub agency: Option<super::AgencyRef>,
    pub roles: Vec<Role>,
}

/// Why a form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Name and password do not belong together.
    WrongSignIn,
    /// Too many wrong ones, or too many from one place: wait so many seconds.
    Wait {
        seconds: u32,
    },
    /// More sign in than this server can take just now.
    Busy,
    /// No address that mail can be sent to.
    Address,
    /// A sign-in that opens another account.
    Bound,
    /// Nothing else would let them in.
    LastWay,
    /// Whose link was to go by mail has none.
    NoAddress,
    Login,
    LoginTaken,
    Name,
    Password(Weak),
    /// The second writing of the password differs.
    Repeat,
    /// Of a draft's field.
    Lack(Lack),
    /// Not an id of this agency's, or taken.
    PostId,
    /// Names in both languages are wanted.
    Names,
    /// They are what they were.
    SameNames,
    /// A key that this server was to make was not made.
    NotMade,
    /// A warning: what looks like a number of this kind would be registered for ever. Sent once more as it is, it is taken.
    Personal {
        sort: &'static str,
    },
    /// A key that is malformed, another's, or registered already.
    Key,
    /// Not the id of another registered agency.
    Body,
    /// The charter cannot become so.
    Charter(Barred),
    /// Nobody has proved to have it.
    Possession,
    /// An entry's number is wanted.
    Entry,
    /// A rule that nothing could meet: see its words.
    Rule,
    /// Nobody's signature in it is new, of a registrar, and of this very text.
    NoSignature,
    /// The log would refuse it as things are now.
    Registered,
    /// The log takes nothing just now.
    NotTaken,
    TooMany,
    /// The present password was not the one given.
    WrongPassword,
    /// No code of now, or one that was used.
    WrongCode,
    /// The browser's passkey is none of this account, or came too late.
    WrongPasskey,
    /// Whoever must have a second factor keeps the last.
    LastFactor,
    /// Somebody must remain who looks after the portal's people.
    LastAdministrator,
    /// Nobody ends their own account.
    Own,
    /// No role was chosen.
    NoRole,
    /// An auditor holds no other role.
    AuditorAlone,
    /// Of a token: nothing was chosen that it may do, for how long, from where, or there are too many.
    NoScope,
    Days,
    Addresses,
    TooManyTokens,
}

/// Why a charter cannot become what somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// No registrar would be left.
    Nobody,
    /// More would have to sign than there are, or none.
    Threshold {
        needed: usize,
        of: usize,
    },
    /// No number.
    Number,
    Zone,
    Policy,
    /// The log is that large already, or another of its keys begins there.
    Passed {
        than: u64,
    },
    /// It says so already.
    Same,
    /// The name of a key that is not free.
    KeyName,
}

/// Why a password is too weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    Short { least: u32 },
    Long,
    Common,
    OwnName,
    Pattern,
}

/// What was wrong with a form as it was sent: the field's name, or `""` for the whole, and why.
pub type Faults = Vec<(&'static str, Fault)>;

/// Why there is no page of the desk for this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskProblem {
    /// A form without the token of its session, or sent from another site.
    Stale,
    /// A form with more in it than is taken.
    TooLong,
    /// A one-time link that was used, has expired, or was never made.
    Link,
    /// What a department sent somebody back with does not hold.
    Department,
    /// A department that does not answer, or not as it should.
    Unreachable,
    /// A department knows them, the desk does not.
    Stranger,
    /// A sign-in that opens another account.
    Bound,
    /// Of an account that was to be made.
    LoginTaken,
}
