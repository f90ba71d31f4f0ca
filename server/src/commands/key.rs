//! `gazette key`: makes the keys that the server keeps, and prints their public halves for registrars.

use super::{Folder, Outcome};
use chain::statement::is_id;
use clap::{Args, Subcommand};
use server::keys::{self, Passphrase};
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
pub struct KeyCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// The log's key, for the charter.
    Log {
        #[command(flatten)]
        folder: Folder,
        /// Make the key that is to sign after this one, for an amendment of the charter.
        #[arg(long)]
        next: bool,
    },
    /// An agency's seal, for its registration.
    Seal {
        #[command(flatten)]
        folder: Folder,
        /// The agency's id, for example `example.gov/finance`.
        agency: String,
        /// Make the seal that is to take over from those that are registered: the same one however often, until the chain here names it.
        #[arg(long)]
        next: bool,
    },
    /// An agency's seal in the PKCS#11 token, for its registration: made there, and never read out of it.
    Token {
        /// The agency's id, for example `example.gov/finance`.
        agency: String,
        /// Label of the key in the token: the agency's id if nothing was said.
        #[arg(long)]
        label: Option<String>,
    },
    /// Lock the key files of the data folder by a passphrase; those that are locked already, by the passphrase they have, too.
    Lock {
        #[command(flatten)]
        folder: Folder,
        /// File with the passphrase they are to be locked by from now on, if it is not the one that opens them.
        #[arg(long, value_name = "FILE")]
        new: Option<PathBuf>,
    },
}

impl KeyCommand {
    /// `given`: where the passphrase of this process is.
    pub async fn run(self, given: Option<PathBuf>) -> Outcome {
        let signer = match self.act {
            Act::Log { folder, next: true } => {
                let files = folder.place(None).data.join("keys");
                keys::may_make(&files)?;
                keys::next_log_key(&files)?
            }
            Act::Log { folder, next: false } => {
                let place = folder.place(None);
                let origin = place.origin.ok_or("the log's key is named after the chain: give --origin")?;
                let (files, path) = (place.data.join("keys"), place.data.join("keys/log.key"));
                if !path.exists() {
                    keys::may_make(&files)?;
                }
                keys::open_or_create(&path, &origin)?
            }
            Act::Seal { folder, agency, next: true } => {
                let (place, agency) = (folder.place(None), named(&agency)?);
                let registered = place.registered_seals(agency).await?.ok_or_else(|| {
                    format!("there is no chain in {}, so nobody can tell which seals are registered", place.data.display())
                })?;
                keys::next_seal(&place.data.join("keys"), agency, &registered)?
            }
            Act::Seal { folder, agency, next: false } => {
                // It is a file's name as well.
                let (files, agency) = (folder.place(None).data.join("keys"), named(&agency)?);
                if !keys::seals(&files)?.contains_key(agency) {
                    keys::may_make(&files)?;
                }
                keys::seal(&files, agency)?
            }
            Act::Token { agency, label } => {
                let token = keys::token().ok_or("which token? Give --token-module and --token-label")?;
                println!("{}", token.make(named(&agency)?, label.as_deref().unwrap_or(&agency))?);
                return Ok(ExitCode::SUCCESS);
            }
            Act::Lock { folder, new } => {
                let new = new.or(given).ok_or("give the passphrase's file: --passphrase-file, or --new")?;
                let (place, passphrase) = (folder.place(None), Passphrase::read(&new)?);
                let journal = server::journal::place_of(&place, None).data.join("keys");
                for folder in [Some(place.data.join("keys")), Some(journal).filter(|folder| folder.exists())].into_iter().flatten() {
                    for path in keys::lock_all(&folder, &passphrase)? {
                        println!("locked {}", path.display());
                    }
                }
                return Ok(ExitCode::SUCCESS);
            }
        };
        println!("{}", signer.vkey());
        Ok(ExitCode::SUCCESS)
    }
}

fn named(agency: &str) -> Result<&str, String> {
    if is_id(agency) {
        Ok(agency)
    } else {
        Err(format!("{agency:?} cannot be an agency's id: lowercase ASCII letters, digits, and - . _ / only"))
    }
}
