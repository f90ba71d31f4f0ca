//! A node: one chain opened for reading and writing, with the keys this process holds.

mod place;
mod seals;

pub use place::{Founding, Place};

use crate::{
    compose,
    keys::{self, KeyError, LogKeys, Sealer},
    mark::Mark,
    removed::{self, Removals, ReplayError},
    sequencer::{Behind, Clock, OpenError, Sequencer, SubmitError, Submitter},
    store::{Head, Store, StoreError},
};
use chain::{
    note::{Signer, Vkey},
    part::Commitment,
    state::{Facts, State},
    statement::{self, Agency, Charter, Core, Key, LogKey, Names, Registrars, Statement},
};
use std::{collections::HashMap, path::PathBuf, sync::Arc};
use tokio::sync::{Mutex, watch};

/// Why a node could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Removed(#[from] ReplayError),
    #[error("founding the chain: {0}")]
    Found(#[from] SubmitError),
    #[error("the charter {0} cannot be read: {1}")]
    Charter(PathBuf, std::io::Error),
    #[error("this data folder holds the chain {found:?}, not {wanted:?}")]
    OtherChain { found: String, wanted: String },
    #[error("here is a chain and not its key file {0}: put it back from where keys are kept")]
    NoLogKey(PathBuf),
    #[error(
        "there is no chain in {data}, and this machine has signed {signed} entries with the key in it: put the newest copy back, or fetch them all with `gazette recover`"
    )]
    Lost { data: PathBuf, signed: u64 },
    #[error(
        "there is no chain in {0}, and its key has founded one before, says {1}: put the newest copy back, or fetch all of it with `gazette recover`"
    )]
    Founded(PathBuf, PathBuf),
    #[error("there is no chain in {0}, and this founds none: is it the right data folder?")]
    NoChain(PathBuf),
    #[error(
        "there is no chain in {data}: to found {origin:?}, give `gazette serve` the --charter that its registrars signed, or --trial for a trial of that name"
    )]
    NoCharter { data: PathBuf, origin: String },
    #[error(
        "there is no chain in {0}, and the key {1} was made for one that is not a trial: give its --origin and the --charter that its registrars signed"
    )]
    KeyForCharter(PathBuf, PathBuf),
    #[error("a chain that is not a trial needs --origin together with --charter")]
    NoOrigin,
    #[error("{0:?} cannot be an origin: lowercase ASCII letters, digits, and - . _ / only")]
    BadOrigin(String),
    #[error("the charter does not name this server's log key {0}")]
    OtherLogKey(String),
    #[error(transparent)]
    Compose(#[from] compose::ComposeError),
}

/// Origin of a trial chain when none is given.
pub const TRIAL_ORIGIN: &str = "gazette.example/log";
/// Last part of the id of the agency that seals copies.
pub const ARCHIVE: &str = "archive";

/// How many documents the chain has.
#[derive(Debug, Default)]
pub struct Counts {
    by_agency: HashMap<String, u64>,
    /// Newest versions with a stated date.
    pub stated: u64,
}

impl Counts {
    /// How many versions of documents an agency sealed.
    #[must_use]
    pub fn by(&self, agency: &str) -> u64 {
        self.by_agency.get(agency).copied().unwrap_or_default()
    }
}

/// An open chain.
#[derive(Clone)]
pub struct Node {
    pub store: Store,
    pub submitter: Submitter,
    pub heads: watch::Receiver<Head>,
    pub origin: String,
    pub data: PathBuf,
    seals: Arc<seals::Seals>,
    /// Only a trial chain's registrar key lies on the server.
    registrar: Arc<Option<Signer>>,
    /// What was counted last, and at which size of the chain.
    counted: Arc<Mutex<(u64, Arc<Counts>)>>,
    ahead: Arc<Vec<Commitment>>,
}

impl Node {
    /// Opens the chain of a data folder. An empty folder becomes one first, if the place says of what kind.
    pub async fn open(place: &Place, clock: Clock) -> Result<Node, NodeError> {
        Node::open_or_found(place, place.founding(), clock).await
    }

    /// Opens the chain of a data folder, founding only what is said. Where nothing may be founded nothing is made either.
    pub async fn open_or_found(place: &Place, founding: Founding<'_>, clock: Clock) -> Result<Node, NodeError> {
        if let Some(origin) = place.origin.as_ref().filter(|origin| !statement::is_id(origin)) {
            return Err(NodeError::BadOrigin(origin.clone()));
        }
        if place.is_empty() {
            place.may_begin(founding)?;
        }
        // Told before the store is opened, and asked again below of what it says then.
        if founding != Founding::Journal
            && let Err(refused) = place.refuse_plain_keys()
            && place.is_in_earnest().await
        {
            return Err(refused.into());
        }
        let store = place.store().await?;
        let head = store.head().await?;
        let founded = head.as_ref().is_some_and(|head| head.size > 0);
        let origin = match (&head, &place.origin) {
            (Some(head), Some(wanted)) if head.origin != *wanted => {
                return Err(NodeError::OtherChain { found: head.origin.clone(), wanted: wanted.clone() });
            }
            (Some(head), _) => head.origin.clone(),
            (None, Some(wanted)) => wanted.clone(),
            (None, None) => TRIAL_ORIGIN.to_owned(),
        };
        if !founded {
            place.may_begin(founding)?;
        }
        let folder = place.data.join("keys");
        let registrar_file = folder.join(keys::REGISTRAR);
        let registrar = match founding {
            Founding::Trial | Founding::Journal if !founded => Some(keys::open_or_create(&registrar_file, &sibling(&origin, "registrar"))?),
            _ => None,
        };
        let log = match place.log_key()? {
            Some(log) => log,
            None if founded => return Err(NodeError::NoLogKey(folder.join("log.key"))),
            None => {
                if matches!(founding, Founding::Charter(_)) {
                    keys::may_make(&folder)?;
                }
                keys::create(&folder.join("log.key"), &origin)?
            }
        };
        let log_key = log.vkey().clone();
        let mark = Mark::new(&place.data, &place.state, &log_key);
        let removals = Removals::beside(&mark);
        if !founded {
            // What cannot be read now could not be kept when the first entry is signed.
            mark.read().map_err(OpenError::from)?;
        }
        let noted = folder.join("log.founded");
        let journal = founding == Founding::Journal;
        // Judged before anything is written: a charter that cannot found a chain leaves no trace of one.
        let founding = match (founding, &registrar) {
            _ if founded => None,
            (Founding::Charter(path), _) => {
                Some(std::fs::read_to_string(path).map_err(|error| NodeError::Charter(path.to_path_buf(), error))?)
            }
            (_, registrar) => registrar.as_ref().map(|registrar| own_charter(&origin, &log_key, registrar, founding)).transpose()?,
        };
        if let Some(charter) = &founding {
            let statement = Statement::parse(charter.as_bytes()).map_err(SubmitError::from)?;
            let empty = State::new(&origin);
            empty
                .verify(&statement)
                .and_then(|verified| empty.admit(&statement, Some(verified), &Facts::default()))
                .map_err(SubmitError::from)?;
            match &statement.core {
                Core::Charter(charter) if charter.log_key(0) == Some(&log_key) => {
                    if !charter.trial && !journal {
                        place.refuse_plain_keys()?;
                    }
                }
                _ => return Err(NodeError::OtherLogKey(log_key.to_string())),
            }
            let kind = match (&registrar, journal) {
                (Some(_), true) => "the journal of the desk",
                (Some(_), false) => "a trial chain",
                (None, _) => "a chain",
            };
            tracing::info!("founding {kind}, {origin:?}, in {}", place.data.display());
            store.found(&origin).await?;
        }
        let sequencer = Sequencer::open(store.clone(), LogKeys::new(&folder, log), mark, clock).await?;
        // Before anything is signed. A journal's keys are looked at with those of the chain that it belongs to.
        if sequencer.in_earnest() && !journal {
            place.refuse_plain_keys()?;
        }
        let (submitter, heads) = sequencer.start()?;
        let mut node = Node {
            store,
            submitter,
            heads,
            origin,
            data: place.data.clone(),
            seals: Arc::new(seals::Seals::new(&folder)),
            registrar: Arc::new(None),
            counted: Arc::default(),
            ahead: Arc::default(),
        };
        if let Some(charter) = founding {
            node.submitter.submit(charter, vec![]).await?;
        }
        if !noted.exists()
            && let Some(charter) = node.store.entry(0).await?
        {
            let identity = chain::tree::leaf_hash(&charter);
            std::fs::write(&noted, format!("{identity}\n")).map_err(|error| KeyError::File(noted, error))?;
        }
        node.ahead = Arc::new(removed::replay(&node.store, &removals).await?);
        if registrar_file.exists() {
            node.registrar = Arc::new(Some(keys::open(&registrar_file)?));
        }
        node.seals.load()?;
        if node.registrar.is_some() && node.behind().is_none() {
            let (id, names) = if journal {
                (crate::journal::AGENCY, [("zh", "工作台"), ("en", "The desk")])
            } else {
                (ARCHIVE, [("zh", "本站档案室"), ("en", "Portal archive")])
            };
            node.register_agency(id, &names.map(|(l, n)| (l.to_owned(), n.to_owned())).into(), !journal).await?;
        }
        Ok(node)
    }

    /// Why nothing can be published now, if this is an old copy of the chain.
    #[must_use]
    pub fn behind(&self) -> Option<Behind> {
        self.submitter.behind()
    }

    /// Parts that were gone from here when this process began, ahead of their redactions: of these, this copy of the chain knew only what
    /// the machine's list says ([`crate::removed`]).
    #[must_use]
    pub fn ahead(&self) -> &[Commitment] {
        &self.ahead
    }

    /// How many documents there are. Counting goes through all of them, so it is done once for each size of the chain, and by
    /// one of those who ask.
    pub async fn counts(&self) -> Result<Arc<Counts>, StoreError> {
        let size = self.heads.borrow().size;
        let mut counted = self.counted.lock().await;
        if counted.0 < size {
            let (agencies, stated) = self.store.counts().await?;
            *counted = (size, Arc::new(Counts { by_agency: agencies.into_iter().collect(), stated }));
        }
        Ok(counted.1.clone())
    }

    /// `example.gov/finance` beside `example.gov/log`.
    #[must_use]
    pub fn sibling(&self, name: &str) -> String {
        sibling(&self.origin, name)
    }

    /// The seal of an agency, if this process keeps one: of several, the one that seals now.
    #[must_use]
    pub fn seal(&self, agency: &str) -> Option<&Signer> {
        self.seals.of(agency, &self.submitter.state())
    }

    /// What seals for an agency as it is registered in `state`: among its keys here the one that was registered last of those that are
    /// good, or the one in the token. None where neither is good, and none is kept here that once was.
    #[must_use]
    pub fn sealer(&self, agency: &str, state: &State) -> Option<Sealer<'_>> {
        let here = self.seals.of(agency, state);
        if here.is_none_or(|seal| state.may_seal(seal.vkey()).is_err())
            && let Some(token) = keys::token()
            && let Some((_, registered)) = state.agency(agency)
        {
            let mut kept = registered.seals.iter().filter(|seal| seal.custody.as_deref() == Some("token"));
            if let Some(seal) = kept.rfind(|seal| state.may_seal(&seal.key).is_ok()) {
                return Some(Sealer::Token(token, Box::new(seal.key.clone())));
            }
        }
        here.map(Sealer::Here)
    }

    /// A registrar's key, where one lies on this server: of a trial chain.
    #[must_use]
    pub fn registrar(&self) -> Option<&Signer> {
        self.registrar.as_ref().as_ref()
    }

    /// The public half of the seal that an agency takes next, its first if it has none, which is made and kept here if it is not there
    /// yet.
    pub fn make_seal(&self, agency: &str) -> Result<Vkey, KeyError> {
        let state = self.submitter.state();
        let registered = state.agency(agency).map_or(&[][..], |(_, agency)| agency.seals.as_slice());
        Ok(keys::next_seal(&self.data.join("keys"), agency, registered)?.vkey().clone())
    }

    /// The public half of the key that the log takes next, which is made and kept here if it is not there yet.
    pub fn next_log_key(&self, charter: &Charter) -> Result<Vkey, KeyError> {
        keys::unnamed_log_key(&self.data.join("keys"), &charter.logs)
    }

    /// After an agency was registered: those of its seals that are kept here seal from now on.
    pub fn take_seals(&self, agency: &str) {
        self.seals.take(agency);
    }

    /// On a trial chain: registers the agency `name` beside the origin, with a seal kept here. Does nothing when it is
    /// registered already.
    pub async fn register_agency(&mut self, name: &str, names: &Names, archive: bool) -> Result<String, NodeError> {
        let id = self.sibling(name);
        let folder = self.data.join("keys");
        let Some(registrar) = &*self.registrar else { return Ok(id) };
        if self.submitter.state().agency(&id).is_none() {
            let seal = keys::seal(&folder, &id)?;
            let agency = Agency {
                agency: id.clone(),
                name: names.clone(),
                seals: vec![Key { key: seal.vkey().clone(), custody: Some("portal".into()), ended: None }],
                rule: None,
                successor: None,
                overseers: vec![],
                archive,
                replaces: None,
            };
            let line = statement::core_line("agency", &compose::random_id().map_err(compose::ComposeError::from)?, &agency);
            let text = statement::text(&self.origin, &line.map_err(compose::ComposeError::from)?, None);
            self.submitter.submit(chain::note::sign(&text, &[registrar]), vec![]).await?;
            self.seals.load()?;
        }
        Ok(id)
    }
}

/// The id that stands beside a chain's origin.
#[must_use]
pub fn sibling(origin: &str, name: &str) -> String {
    origin.rsplit_once('/').map_or_else(|| format!("{origin}/{name}"), |(site, _)| format!("{site}/{name}"))
}

/// The charter of a chain whose registrar's key is on the server.
fn own_charter(origin: &str, log: &Vkey, registrar: &Signer, founding: Founding<'_>) -> Result<String, compose::ComposeError> {
    let trial = founding != Founding::Journal;
    let names = if trial {
        [("zh", "云泽市政府公报（样例）"), ("en", "Yunze City Gazette (sample)")]
    } else {
        [("zh", "工作台日志"), ("en", "Journal of the desk")]
    };
    let charter = Charter {
        origin: origin.to_owned(),
        trial,
        name: names.map(|(language, name)| (language.to_owned(), name.to_owned())).into(),
        zone: "Asia/Shanghai".into(),
        logs: vec![LogKey { key: log.clone(), from: 0 }],
        registrars: Registrars { threshold: 1, keys: vec![registrar.vkey().clone()] },
        policy: "quorum none\n".into(),
        amends: None,
    };
    let line = statement::core_line("charter", &compose::random_id()?, &charter)?;
    Ok(chain::note::sign(&statement::text(origin, &line, None), &[registrar]))
}
