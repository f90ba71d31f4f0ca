//! `gazette registrar`: what registrars do, on a machine of theirs: keys, charters, agencies, posts, signatures. Offline.

mod charter;
mod known;
mod parties;

use super::Outcome;
use chain::{
    note::Signer,
    possession::{self, Office},
    statement::{Names, Statement},
};
use clap::{Args, Subcommand};
use server::keys;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
pub struct Registrar {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make a key and print its public half.
    Key {
        /// File to keep the private key in; must not exist.
        #[arg(long)]
        out: PathBuf,
        /// Name of the key, for example `example.gov/registrar-1`.
        #[arg(long)]
        name: String,
    },
    /// Prove that you have a key that is to become a registrar's, to be handed in at the desk: its signature over its name and your account.
    Prove {
        /// The private key file.
        #[arg(long)]
        key: PathBuf,
        /// Name of the chain, for example `example.gov/log`.
        #[arg(long)]
        origin: String,
        /// Your account at the desk, as the page of the key says it.
        #[arg(long)]
        account: String,
    },
    /// Write a charter, to be signed: entry 0 of a chain, or an amendment of the charter among the entries given.
    Charter(charter::Charter),
    /// Write an agency's registration, to be signed: its first, or what becomes of the one among the entries given.
    Agency(parties::Agency),
    /// Write a post's registration, to be signed: its first, or what becomes of the one among the entries given.
    Post(parties::Post),
    /// Add a registrar's signature to a statement; prints the signed note.
    Sign {
        /// The registrar's private key file, or the backup of one that a browser saved; --passphrase-file opens it.
        #[arg(long)]
        key: PathBuf,
        /// The statement: its text, or a note that others have signed before.
        statement: PathBuf,
    },
}

/// What something is called; of what is new, both names are wanted.
#[derive(Args)]
struct Named {
    /// What it is called in Chinese.
    #[arg(long)]
    name_zh: Option<String>,
    /// What it is called in English.
    #[arg(long)]
    name_en: Option<String>,
}

impl Named {
    fn over(self, before: Option<&Names>) -> Result<Names, &'static str> {
        let given = [("zh", self.name_zh), ("en", self.name_en)];
        if before.is_none() && given.iter().any(|(_, name)| name.is_none()) {
            return Err("what is new needs --name-zh and --name-en");
        }
        let mut names = before.cloned().unwrap_or_default();
        names.extend(given.into_iter().filter_map(|(language, name)| Some((language.to_owned(), name?))));
        Ok(names)
    }
}

impl Registrar {
    pub fn run(self) -> Outcome {
        match self.act {
            Act::Key { out, name } => println!("{}", keys::create(&out, &name)?.vkey()),
            Act::Prove { key, origin, account } => {
                let signer = keys::open(&key)?;
                let text = possession::text(&origin, Office::Registrar, signer.vkey().name(), &account, signer.vkey())?;
                print!("{}", signer.add_to(&text)?);
            }
            Act::Charter(charter) => print!("{}", charter.write()?),
            Act::Agency(agency) => print!("{}", agency.write()?),
            Act::Post(post) => print!("{}", post.write()?),
            Act::Sign { key, statement } => {
                let note = std::fs::read_to_string(&statement)?;
                print!("{}", sign(&note, &keys::open(&key)?)?);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// `note` with one more signature; refuses what would not be taken as a statement.
fn sign(note: &str, registrar: &Signer) -> Result<String, Box<dyn std::error::Error>> {
    let signed = registrar.add_to(note)?;
    Statement::parse(signed.as_bytes())?;
    Ok(signed)
}
