//! `gazette post`: what an officer does who will not sign in a page that the portal serves: a key of a post,
//! the proof of having it, and steps signed with it.

use super::{
    Outcome,
    handed::{self, Failed, Handed, read},
};
use chain::{
    Hash,
    approval::{Drawn, NewStep},
    check::said,
    part::{Commitment, Salt, format_salt},
    possession::{self, Office},
    statement::{Reference, is_id},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use server::keys;
use std::{path::PathBuf, process::ExitCode};

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
    /// Anybody may read the reason once the text is published; else it stays at the desk.
    #[arg(long, requires = "reason")]
    publish_reason: bool,
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

impl Sign {
    fn run(self) -> Result<Value, Failed> {
        let ask = Handed::read(&self.ask)?;
        let text = |name| ask.member::<String>(name);
        let (origin, agency, case, core_line) = (text("origin")?, text("agency")?, text("case")?, text("core_line")?);
        let (rule, previous): (Hash, Option<Reference>) = (ask.member("rule")?, ask.member("previous")?);
        let after: Option<Hash> = ask.member("after")?;
        let code = self.code.clone().map_or_else(|| text("code"), Ok)?;
        let parts = ask.parts(&self.parts)?;
        let said = said(&core_line, &parts).map_err(|found| handed::refused("signed", &found))?;
        eprintln!("step {code:?} of {agency} on the chain {origin}, about a {}:", said.core.kind());
        handed::tell(&said);
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
            sent["reason"] = json!({ "salt": format_salt(&reason_salt), "text": reason, "public": self.publish_reason });
        }
        Ok(sent)
    }
}
