//! `gazette post`: what an officer does who will not sign in a page that the portal serves: a key of a post,
//! the proof of having it, and steps signed with it.

use super::Outcome;
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    Hash,
    approval::{Drawn, NewStep},
    check::{Finding, Said, said},
    json::Shape,
    part::{Commitment, Salt, format_salt, parse_salt},
    possession::{self, Office},
    statement::{Core, Reference, is_id},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use server::keys;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

type Failed = Box<dyn std::error::Error>;

#[derive(Args)]
pub struct Post {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make a post's key and print its public half, to be registered.
    Key {
        /// File to keep the private key in; must not exist.
        #[arg(long)]
        out: PathBuf,
        /// The post's id, for example `example.gov/finance/approver`.
        #[arg(long)]
        name: String,
    },
    /// Prove that you have a post's key, to be handed in where it is enrolled: its signature over the post and your account.
    Prove {
        /// The post's private key file, or the backup of one that a browser saved; --passphrase-file opens it.
        #[arg(long)]
        key: PathBuf,
        /// Name of the chain, for example `example.gov/log`.
        #[arg(long)]
        origin: String,
        /// Your account at the desk, as the page of the post's key says it.
        #[arg(long)]
        account: String,
    },
    /// Sign a step of a case, from what its page gives to be signed; prints what that page takes. Every part is compared with what
    /// the step commits to, and named for whoever reads it before.
    Sign(Sign),
}

#[derive(Args)]
struct Sign {
    /// The post's private key file, or the backup of one that a browser saved; --passphrase-file opens it.
    #[arg(long)]
    key: PathBuf,
    /// What approves, rejects or overrides.
    #[arg(long, value_parser = ["approve", "reject", "override"])]
    decision: String,
    /// The kind of step, where the file names none.
    #[arg(long)]
    code: Option<String>,
    /// A text file with the reason. To reject and to override need one.
    #[arg(long)]
    reason: Option<PathBuf>,
    /// A part of the document as it was downloaded and read; repeat it for each, in any order.
    #[arg(long = "part", value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// The file to sign, as the case's page gives it.
    ask: PathBuf,
}

impl Post {
    pub fn run(self) -> Outcome {
        match self.act {
            Act::Key { out, name } => {
                if !is_id(&name) {
                    return Err(format!("{name:?} cannot be a post's id: lowercase ASCII letters, digits, and - . _ / only").into());
                }
                println!("{}", keys::create(&out, &name)?.vkey());
            }
            Act::Prove { key, origin, account } => {
                let signer = keys::open(&key)?;
                let text = possession::text(&origin, Office::Post, signer.vkey().name(), &account, signer.vkey())?;
                print!("{}", signer.add_to(&text)?);
            }
            Act::Sign(sign) => println!("{}", sign.run()?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A member of what is to be signed.
fn member<T: Shape>(ask: &Value, name: &str) -> Result<T, Failed> {
    T::read(ask[name].clone()).map_err(|error| format!("what is to be signed: {name:?}: {error}").into())
}

impl Sign {
    fn run(self) -> Result<Value, Failed> {
        let ask: Value = serde_json::from_slice(&read(&self.ask)?)?;
        let text = |name| member::<String>(&ask, name);
        let (origin, agency, case, core_line) = (text("origin")?, text("agency")?, text("case")?, text("core_line")?);
        let (rule, previous): (Hash, Option<Reference>) = (member(&ask, "rule")?, member(&ask, "previous")?);
        let after: Option<Hash> = member(&ask, "after")?;
        let code = self.code.clone().map_or_else(|| text("code"), Ok)?;
        let parts = self.parts(&ask)?;
        let refused = |found: Finding| {
            let about: Vec<_> = found.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let what = match found.reason {
                "missing" => "a part of it is not among the files: give every one with --part, as it was downloaded",
                "stray-part" => "a file is no part of it",
                other => other,
            };
            Failed::from(format!("not signed: {what} ({})", about.join(", ")))
        };
        let said = said(&core_line, &parts).map_err(refused)?;
        tell(&origin, &agency, &code, &said);
        let reason = match (&self.reason, self.decision.as_str()) {
            (Some(path), _) => Some(String::from_utf8(read(path)?)?.trim().to_owned()).filter(|reason| !reason.is_empty()),
            (None, _) => None,
        };
        if reason.is_none() && self.decision != "approve" {
            return Err(format!("to {} needs a reason: give a file with --reason", self.decision).into());
        }
        let reason_salt: Salt = keys::random()?;
        let committed = reason.as_ref().map(|reason| Commitment::to(&reason_salt, reason.as_bytes()));
        let step = NewStep {
            origin: &origin,
            agency: &agency,
            case: &case,
            previous,
            after,
            code: &code,
            decision: &self.decision,
            rule,
            core_line: &core_line,
            reason: committed,
        };
        let taken = step.write(&Drawn { id: keys::random()?, core: keys::random()?, step: keys::random()? })?;
        let note = keys::open(&self.key)?.add_to(&taken.text)?;
        let mut sent = json!({ "note": note, "opening": taken.opening });
        if let Some(reason) = reason {
            sent["reason"] = json!({ "salt": format_salt(&reason_salt), "text": reason });
        }
        Ok(sent)
    }

    /// Each part with its salt: bytes that the file brings itself, or the file on disk that this salt makes match.
    fn parts(&self, ask: &Value) -> Result<Vec<(Salt, Vec<u8>)>, Failed> {
        let mut files = Vec::new();
        for path in &self.parts {
            files.push((path, read(path)?));
        }
        let mut found = Vec::new();
        for part in ask["parts"].as_array().into_iter().flatten() {
            let commitment: Commitment = member(part, "commitment")?;
            let salt = parse_salt(&member::<String>(part, "salt")?).ok_or("what is to be signed: a salt is none")?;
            if let Some(bytes) = part["bytes"].as_str() {
                found.push((salt, STANDARD.decode(bytes)?));
            } else if let Some(at) = files.iter().position(|(_, bytes)| Commitment::to(&salt, bytes) == commitment) {
                found.push((salt, files.swap_remove(at).1));
            }
        }
        match files.first() {
            Some((path, _)) => Err(format!("{}: it is no part of what is to be signed, or was changed", path.display()).into()),
            None => Ok(found),
        }
    }
}

/// All that is about to be signed, for whoever signs it.
fn tell(origin: &str, agency: &str, code: &str, said: &Said) {
    eprintln!("step {code:?} of {agency} on the chain {origin}, about a {}:", said.core.kind());
    for (name, text) in &said.facts {
        eprintln!("  {name}: {text:?}");
    }
    let Core::Disclosure(core) = &said.core else { return };
    for subject in &said.catalogue.subjects {
        eprintln!("  about: {:?}, {} {:?}", subject.name, subject.scheme.as_deref().unwrap_or_default(), subject.id);
    }
    let names = said.catalogue.parts.iter().map(String::as_str).chain(std::iter::repeat(""));
    for (part, name) in core.parts.iter().skip(1).zip(names) {
        eprintln!("  {}: {name:?}, {}, {} bytes", part.role, part.media, part.size);
    }
}
