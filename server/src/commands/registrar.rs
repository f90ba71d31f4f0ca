//! `gazette registrar`: what registrars do, on a machine of theirs: keys, charters, agencies, posts, signatures. Offline.

use super::Outcome;
use chain::{
    note::{Signer, Vkey},
    statement::{self, Agency, Charter, Key, LogKey, Names, Post, Registrars, Statement},
};
use clap::{Args, Subcommand};
use server::{compose, keys};
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
    /// Write a charter, to be signed: entry 0 of a chain.
    Charter {
        /// Name of the chain, for example `example.gov/log`.
        #[arg(long)]
        origin: String,
        /// Public key of the log, as `gazette key log` prints it.
        #[arg(long)]
        log: String,
        /// Public keys of the registrars.
        #[arg(long = "registrar", required = true)]
        registrars: Vec<String>,
        /// How many of them must sign a registration.
        #[arg(long, default_value_t = 1)]
        threshold: usize,
        /// What the portal is called in Chinese.
        #[arg(long)]
        name_zh: String,
        /// What the portal is called in English.
        #[arg(long)]
        name_en: String,
        /// IANA time zone that dates are shown in.
        #[arg(long, default_value = "Asia/Shanghai")]
        zone: String,
        /// A tlog-policy file with the witnesses to ask; none without.
        #[arg(long)]
        policy: Option<PathBuf>,
    },
    /// Write an agency's registration, to be signed.
    Agency {
        /// Name of the chain.
        #[arg(long)]
        origin: String,
        /// The agency's id, for example `example.gov/finance`.
        #[arg(long)]
        id: String,
        /// What the agency is called in Chinese.
        #[arg(long)]
        name_zh: String,
        /// What the agency is called in English.
        #[arg(long)]
        name_en: String,
        /// Public half of its seal, as `gazette key seal` prints it.
        #[arg(long)]
        seal: String,
        /// Who keeps the seal: portal, token or agency.
        #[arg(long, default_value = "portal")]
        custody: String,
        /// It seals copies of what others published.
        #[arg(long)]
        archive: bool,
    },
    /// Write a post's registration, to be signed.
    Post {
        /// Name of the chain.
        #[arg(long)]
        origin: String,
        /// The post's id, for example `example.gov/finance/approver`.
        #[arg(long)]
        id: String,
        /// Id of the agency it belongs to.
        #[arg(long)]
        agency: String,
        /// What the post is called in Chinese.
        #[arg(long)]
        name_zh: String,
        /// What the post is called in English.
        #[arg(long)]
        name_en: String,
        /// Public half of the post's key.
        #[arg(long)]
        key: String,
    },
    /// Add a registrar's signature to a statement; prints the signed note.
    Sign {
        /// The registrar's private key file.
        #[arg(long)]
        key: PathBuf,
        /// The statement: its text, or a note that others have signed before.
        statement: PathBuf,
    },
}

fn names(zh: String, en: String) -> Names {
    [("zh".to_owned(), zh), ("en".to_owned(), en)].into()
}

/// Prints a statement's text, which ends in a newline.
fn print<T: serde::Serialize>(origin: &str, kind: &str, core: &T) -> Outcome {
    let line = statement::core_line(kind, &compose::random_id()?, core)?;
    print!("{}", statement::text(origin, &line, None));
    Ok(ExitCode::SUCCESS)
}

impl Registrar {
    pub fn run(self) -> Outcome {
        match self.act {
            Act::Key { out, name } => {
                println!("{}", keys::create(&out, &name)?.vkey());
                Ok(ExitCode::SUCCESS)
            }
            Act::Charter { origin, log, registrars, threshold, name_zh, name_en, zone, policy } => {
                let keys = registrars.iter().map(|key| Vkey::parse(key)).collect::<Result<Vec<_>, _>>()?;
                let policy = policy.map_or(Ok("quorum none\n".to_owned()), std::fs::read_to_string)?;
                let logs = vec![LogKey { key: Vkey::parse(&log)?, from: 0 }];
                let registrars = Registrars { threshold, keys };
                let name = names(name_zh, name_en);
                print(&origin.clone(), "charter", &Charter { origin, trial: false, name, zone, logs, registrars, policy, amends: None })
            }
            Act::Agency { origin, id, name_zh, name_en, seal, custody, archive } => {
                let seals = vec![Key { key: Vkey::parse(&seal)?, custody: Some(custody), ended: None }];
                let name = names(name_zh, name_en);
                let agency = Agency { agency: id, name, seals, rule: None, successor: None, overseers: vec![], archive };
                print(&origin, "agency", &agency)
            }
            Act::Post { origin, id, agency, name_zh, name_en, key } => {
                let keys = vec![Key { key: Vkey::parse(&key)?, custody: None, ended: None }];
                print(&origin, "post", &Post { post: id, agency, name: names(name_zh, name_en), keys })
            }
            Act::Sign { key, statement } => {
                let note = std::fs::read_to_string(&statement)?;
                print!("{}", sign(&note, &keys::open(&key)?)?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// `note` with one more signature; refuses what would not be taken as a statement.
fn sign(note: &str, registrar: &Signer) -> Result<String, Box<dyn std::error::Error>> {
    let (text, signed) = match note.split_once("\n\n") {
        Some((text, signatures)) => (format!("{text}\n"), signatures),
        None => (note.to_owned(), ""),
    };
    let signed = format!("{text}\n{signed}{}", registrar.sign(&text));
    Statement::parse(signed.as_bytes())?;
    Ok(signed)
}
