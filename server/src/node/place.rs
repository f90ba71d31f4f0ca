//! A place: where a node lives, and what may be founded there.

use super::NodeError;
use crate::{
    journal,
    keys::{self, KeyError},
    mark::Mark,
    sequencer::OpenError,
    store::{FILE, Store, StoreError},
};
use chain::{
    entry::Entry,
    note::Signer,
    statement::{Core, Key, Statement},
};
use std::path::{Path, PathBuf};

/// Where a node lives and what it is.
#[derive(Debug, Clone)]
pub struct Place {
    pub data: PathBuf,
    /// Where the high-water mark is kept outside the data folder.
    pub state: PathBuf,
    /// `DATABASE_URL`, for PostgreSQL; the data folder's own SQLite otherwise.
    pub database: Option<String>,
    /// Needed to found a chain; afterwards it must be the chain's own or absent.
    pub origin: Option<String>,
    /// A charter signed offline, to found a chain that is not a trial.
    pub charter: Option<PathBuf>,
}

/// What may be founded where there is no chain yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Founding<'p> {
    Nothing,
    /// A trial chain, with its registrar's key on the server.
    Trial,
    /// A chain as this charter says, signed offline.
    Charter(&'p Path),
    /// The journal of a desk, with its registrar's key on the server: its one agency seals what is done there.
    Journal,
}

impl Place {
    /// What a place asks to be founded: a name alone is not yet a charter, and a trial under it would use up its key.
    #[must_use]
    pub fn founding(&self) -> Founding<'_> {
        match (&self.charter, &self.origin) {
            (Some(charter), _) => Founding::Charter(charter),
            (None, None) => Founding::Trial,
            (None, Some(_)) => Founding::Nothing,
        }
    }

    /// Whether it is plain without opening anything that there is no chain.
    pub(super) fn is_empty(&self) -> bool {
        self.database.is_none() && !self.data.is_file() && !self.data.join(FILE).exists()
    }

    /// Why a chain may not begin here, where there is none.
    pub(super) fn may_begin(&self, founding: Founding<'_>) -> Result<(), NodeError> {
        let folder = self.data.join("keys");
        match self.log_key()? {
            // A new key in the place of one that was lost would sign what nobody could verify.
            None if Mark::stands_in(&self.data) => return Err(NodeError::NoLogKey(folder.join("log.key"))),
            None => {}
            Some(log) => {
                let mark = Mark::new(&self.data, &self.state, log.vkey());
                // At 0 stands what an interrupted founding leaves.
                if let Some(newest) = mark.read().map_err(OpenError::from)?.first().filter(|newest| newest.size > 0) {
                    return Err(NodeError::Lost { data: self.data.clone(), signed: newest.size });
                }
                // Beside the key and saved with it: on a new machine there is no mark to tell.
                let noted = folder.join("log.founded");
                if noted.exists() {
                    return Err(NodeError::Founded(self.data.clone(), noted));
                }
                // A trial's own key is never made before its registrar's.
                if matches!(founding, Founding::Trial | Founding::Journal) && !folder.join(keys::REGISTRAR).exists() {
                    return Err(NodeError::KeyForCharter(self.data.clone(), folder.join("log.key")));
                }
            }
        }
        match (founding, &self.origin) {
            (Founding::Charter(_), None) => Err(NodeError::NoOrigin),
            (Founding::Nothing, Some(origin)) => Err(NodeError::NoCharter { data: self.data.clone(), origin: origin.clone() }),
            (Founding::Nothing, None) => Err(NodeError::NoChain(self.data.clone())),
            _ => Ok(()),
        }
    }

    pub(crate) async fn store(&self) -> Result<Store, StoreError> {
        match &self.database {
            Some(url) => Store::connect(url, &self.data).await,
            None => Store::open(&self.data).await,
        }
    }

    /// The log's key, if there is one here.
    pub(crate) fn log_key(&self) -> Result<Option<Signer>, KeyError> {
        let file = self.data.join("keys/log.key");
        // Asked of the file system: a folder that cannot be looked into is not one without a key.
        match file.try_exists() {
            Ok(true) => keys::open(&file).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(KeyError::File(file, error)),
        }
    }

    /// Key files that lie in plain: the chain's, and those of the journal beside it.
    pub fn plain_keys(&self) -> Result<Vec<PathBuf>, KeyError> {
        let mut plain = keys::plain(&self.data.join("keys"))?;
        plain.extend(keys::plain(&journal::place_of(self, None).data.join("keys"))?);
        Ok(plain)
    }

    /// The store as it stands, for one who changes nothing in it.
    async fn look(&self) -> Result<Store, StoreError> {
        match &self.database {
            Some(url) => Store::look_at(url, &self.data).await,
            None => Store::look(&self.data).await,
        }
    }

    /// An agency's seals as the chain here has them registered; none of one that it does not know. Only looked up, also beside a server
    /// that writes there. `None`: there is no chain here.
    pub async fn registered_seals(&self, agency: &str) -> Result<Option<Vec<Key>>, StoreError> {
        if self.is_empty() {
            return Ok(None);
        }
        let store = self.look().await?;
        let registered = async {
            let Some(head) = store.head().await?.filter(|head| head.size > 0) else { return Ok(None) };
            let (state, ..) = store.load(&head.origin).await?;
            Ok(Some(state.agency(agency).map_or_else(Vec::new, |(_, agency)| agency.seals.clone())))
        };
        let registered = registered.await;
        store.close().await;
        registered
    }

    /// Whether the chain here is one in earnest. Only looked up, so that whoever is refused can go back to the program they had: this one
    /// would change the tables. `false` also where that cannot be read yet.
    pub(super) async fn is_in_earnest(&self) -> bool {
        let Ok(store) = self.look().await else { return false };
        let first = store.entry(0).await;
        store.close().await;
        let Ok(Some(bytes)) = first else { return false };
        let core = Entry::parse(&bytes).ok().and_then(|entry| Some(Statement::parse(entry.note.as_bytes()).ok()?.core));
        matches!(core, Some(Core::Charter(charter)) if !charter.trial)
    }

    /// Refuses key files that lie in plain, unless this process takes them: of a chain that is not a trial, whose seals are worth a theft.
    pub(super) fn refuse_plain_keys(&self) -> Result<(), KeyError> {
        if !keys::refuses_plain() {
            return Ok(());
        }
        let files = match self.plain_keys()?.as_slice() {
            [] => return Ok(()),
            [file] => file.display().to_string(),
            [first, others @ ..] => format!("{} and {} more", first.display(), others.len()),
        };
        Err(KeyError::Plain { files, data: self.data.clone() })
    }
}
