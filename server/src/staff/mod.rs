//! People: who works at the desk, what each may do, how they come in, and a journal of what was done.
//!
//! All of it lies in a database of its own, apart from the chain: none of it is public, and none of it is for ever.

mod accounts;
mod clearing;
mod factors;
mod identities;
mod journal;
mod letters;
mod links;
mod mailboxes;
mod passkeys;
mod passwords;
mod people;
mod places;
mod roles;
mod sessions;
mod store;
mod tokens;

pub use accounts::{Account, NewAccount, Refusal, login_of, name_of};
pub use factors::{NewAuthenticator, Stand};
pub use identities::{Begun, Identity, Purpose, Way};
pub use journal::{Journal, Noted, Prepared};
pub(crate) use letters::tell;
pub use letters::{Letter, LetterKind};
pub use links::{Kind, Link};
pub use mailboxes::{Mailbox, Wanted, address_of};
pub use passkeys::{Passkey, Site};
pub use passwords::{MOST as LONGEST_PASSWORD, SHORTEST as SHORTEST_PASSWORD, Weakness};
pub use people::Asked;
pub use roles::{Role, Roles};
pub use sessions::{Entered, From, Session, SignIn, Strength, Token};
pub use store::{FILE, StaffError, Store};
pub use tokens::{Asked as AskedToken, Machine, NewMachine, PREFIX, Scope, Turned};

use crate::node::Place;
use chain::time::Millis;
use passwords::Passwords;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};
use tokio::sync::Notify;

/// The desk's people. Cloning shares them.
#[derive(Clone)]
pub struct Staff {
    store: Store,
    passwords: Passwords,
    ceremonies: passkeys::Ceremonies,
    /// A letter may wait to be sent.
    letters: Arc<Notify>,
    /// Whether letters are sent at all.
    mails: Arc<AtomicBool>,
    misses: Arc<Mutex<sessions::Misses>>,
    clock: Arc<dyn Fn() -> Millis + Send + Sync>,
}

impl Staff {
    /// Opens the staff database of a place, making it when there is none.
    pub async fn open(place: &Place) -> Result<Staff, StaffError> {
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
        let now = move || since(SystemTime::now()).and_then(|passed| Millis::try_from(passed.as_millis()).ok()).unwrap_or_default();
        Staff::open_with(place, now).await
    }

    /// The same with a clock of the caller's, for tests that turn it.
    pub async fn open_with(place: &Place, clock: impl Fn() -> Millis + Send + Sync + 'static) -> Result<Staff, StaffError> {
        Ok(Staff {
            store: Store::open(place).await?,
            passwords: Passwords::default(),
            ceremonies: passkeys::Ceremonies::default(),
            letters: Arc::default(),
            mails: Arc::default(),
            misses: Arc::default(),
            clock: Arc::new(clock),
        })
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// The database, for the rooms that keep their tables in it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What was done, by whom.
    #[must_use]
    pub fn journal(&self) -> Journal<'_> {
        Journal::new(self)
    }

    /// From now on letters are sent.
    pub fn has_mail(&self) {
        self.mails.store(true, Ordering::Relaxed);
    }

    /// Whether letters are sent.
    #[must_use]
    pub fn mails(&self) -> bool {
        self.mails.load(Ordering::Relaxed)
    }

    /// Wakes whoever sends them.
    pub(crate) fn letters_may_wait(&self) {
        self.letters.notify_one();
    }

    /// Ends when a letter may wait to be sent.
    pub async fn letters_wait(&self) {
        self.letters.notified().await;
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
