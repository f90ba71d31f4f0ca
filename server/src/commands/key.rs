//! `gazette key`: makes the keys that the server keeps, and prints their public halves for registrars.

use super::{Folder, Outcome};
use chain::statement::is_id;
use clap::{Args, Subcommand};
use server::keys;
use std::process::ExitCode;

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
    },
    /// An agency's seal, for its registration.
    Seal {
        #[command(flatten)]
        folder: Folder,
        /// The agency's id, for example `example.gov/finance`.
        agency: String,
    },
}

impl KeyCommand {
    pub fn run(self) -> Outcome {
        let signer = match self.act {
            Act::Log { folder } => {
                let place = folder.place(None);
                let origin = place.origin.ok_or("the log's key is named after the chain: give --origin")?;
                keys::open_or_create(&place.data.join("keys/log.key"), &origin)?
            }
            Act::Seal { folder, agency } => {
                // It is a file's name as well.
                if !is_id(&agency) {
                    return Err(format!("{agency:?} cannot be an agency's id: lowercase ASCII letters, digits, and - . _ / only").into());
                }
                keys::seal(&folder.place(None).data.join("keys"), &agency)?
            }
        };
        println!("{}", signer.vkey());
        Ok(ExitCode::SUCCESS)
    }
}
