//! What a registrar's machine knows of the chain: entries as the log serves them, verified from the first charter on; and
//! statements judged by what they say before anybody signs one.

use chain::{
    entry::Entry,
    state::{Refusal, State, verify_registrars},
    statement::{Core, Reference, Statement},
    tree::leaf_hash,
};
use clap::Args;
use serde::Serialize;
use server::{compose, registrar};
use std::path::PathBuf;

#[derive(Args)]
pub struct Chain {
    /// Name of the chain, for example `example.gov/log`; entries say it, too.
    #[arg(long, required_unless_present = "entries")]
    origin: Option<String>,
    /// A file with an entry of the chain, as `/log/entry/N` serves it: each charter, from entry 0 on, and each registration
    /// that this one goes on from.
    #[arg(long = "entry", value_name = "FILE")]
    entries: Vec<PathBuf>,
}

/// The chain as far as it is known.
pub struct Known {
    pub state: State,
    /// Where the newest charter stands.
    pub charter: Option<Reference>,
}

type Failed = Box<dyn std::error::Error>;

impl Chain {
    /// Reads the entries. Nothing of them is believed but the first charter, which is named for whoever compares it with paper.
    pub fn open(&self) -> Result<Known, Failed> {
        let mut read = Vec::new();
        for path in &self.entries {
            read.push((path.display(), std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?));
        }
        let mut entries = Vec::new();
        for (path, bytes) in &read {
            let entry = Entry::parse(bytes).map_err(|error| format!("{path}: {error}"))?;
            let statement = Statement::parse(entry.note.as_bytes()).map_err(|error| format!("{path}: {error}"))?;
            entries.push((path, Reference { index: entry.header.index, leaf: leaf_hash(bytes) }, statement));
        }
        entries.sort_by_key(|(_, at, _)| at.index);
        let origin = self.origin.as_deref().or(entries.first().map(|(_, _, statement)| statement.origin)).unwrap_or_default();
        let mut known = Known { state: State::new(origin), charter: None };
        let mut registrars = Vec::new();
        for (path, at, statement) in &entries {
            if statement.origin != origin {
                return Err(format!("{path}: it is an entry of the chain {:?}, not of {origin:?}", statement.origin).into());
            }
            let signed = match (&statement.core, registrars.last()) {
                (Core::Charter(core), None) if at.index == 0 => {
                    eprintln!("going by the charter whose identity is {}: compare it with what was printed", at.leaf);
                    verify_registrars(statement, &core.registrars)
                }
                (Core::Charter(_), Some(before)) => verify_registrars(statement, before),
                // Who may sign it now need not be who signed it then.
                (Core::Agency(_) | Core::Post(_), Some(now)) => registrars
                    .iter()
                    .rev()
                    .map(|registrars| verify_registrars(statement, registrars))
                    .find(Result::is_ok)
                    .unwrap_or_else(|| verify_registrars(statement, now)),
                (Core::Charter(_) | Core::Agency(_) | Core::Post(_), None) => {
                    return Err(format!("{path}: give every charter with it, from entry 0 on: they say whose signatures it needs").into());
                }
                (other, _) => return Err(format!("{path}: it is a {}, which registers nothing", other.kind()).into()),
            };
            signed.map_err(|refusal| format!("{path}: {refusal}"))?;
            if let Core::Charter(core) = &statement.core {
                registrars.push(core.registrars.clone());
                known.charter = Some(*at);
            }
            known.state.restore(*at, statement);
        }
        Ok(known)
    }
}

impl Known {
    /// The text of a statement, to be signed; refused if the log would refuse it for what it says.
    pub fn text<T: Serialize>(&self, kind: &str, core: &T) -> Result<String, Failed> {
        // What is wrong with it says by itself that the log would refuse it.
        let (text, core) = registrar::written(self.state.origin(), kind, &compose::random_id()?, core)?;
        match self.state.may_say(&core) {
            // Its agency's registration need not be at hand here; the log has it.
            Err(Refusal::NotRegistered(agency)) => eprintln!("whether {agency:?} is registered is not known here"),
            judged => judged.map_err(|refusal| format!("the log would refuse it: {refusal}"))?,
        }
        Ok(text)
    }
}
