//! `gazette seal`: what an agency does that keeps its own seal: on a machine of its own it seals what its desk approved, once that was
//! looked at there.

use super::{
    Outcome,
    handed::{self, Failed, Handed},
};
use chain::{
    approval::{Act, Decision, core_commitment},
    check::said,
    json,
    note::{self, KeyType, Signer, Vkey, with_signature},
    part::parse_salt,
    statement::Statement,
};
use clap::Args;
use serde_json::{Value, json};
use server::keys::{self, Token};
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
pub struct Seal {
    /// The seal's private key file; --passphrase-file opens it.
    #[arg(long, required_unless_present = "vkey", conflicts_with = "vkey")]
    key: Option<PathBuf>,
    /// Public half of a seal that lies in the token which --token-module and --token-label name, as it is registered.
    #[arg(long, value_parser = Vkey::parse)]
    vkey: Option<Vkey>,
    /// A part of the document as it was downloaded and read; repeat it for each, in any order.
    #[arg(long = "part", value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// The file to seal, as the case's page gives it.
    ask: PathBuf,
}

/// What seals.
enum Hand {
    Key(Box<Signer>),
    Token(&'static Token, Box<Vkey>),
}

impl Hand {
    fn vkey(&self) -> &Vkey {
        match self {
            Hand::Key(signer) => signer.vkey(),
            Hand::Token(_, key) => key,
        }
    }

    fn seal(&self, text: &str) -> Result<String, Failed> {
        Ok(match self {
            Hand::Key(signer) => note::sign(text, &[&**signer]),
            Hand::Token(token, key) => with_signature(text, key, &token.sign(key, text)?)?,
        })
    }
}

impl Seal {
    pub fn run(self) -> Outcome {
        println!("{}", self.sealed()?);
        Ok(ExitCode::SUCCESS)
    }

    fn hand(&self) -> Result<Hand, Failed> {
        match (&self.key, &self.vkey) {
            (Some(path), _) => Ok(Hand::Key(Box::new(keys::open(path)?))),
            (None, Some(key)) => {
                let token = keys::token().ok_or("which token? Give --token-module and --token-label")?;
                Ok(Hand::Token(token, Box::new(key.clone())))
            }
            (None, None) => Err("which seal? Give --key, or --vkey".into()),
        }
    }

    fn sealed(&self) -> Result<Value, Failed> {
        let ask = Handed::read(&self.ask)?;
        let member = |name| ask.member::<String>(name);
        let (origin, agency, id, text) = (member("origin")?, member("agency")?, member("statement")?, member("text")?);
        let hand = self.hand()?;
        if hand.vkey().name() != agency {
            return Err(format!("not sealed: this is a key of {:?}, and the statement is {agency:?}'s", hand.vkey().name()).into());
        }
        // A statement is read with a signature on it. This one's key nobody has, and the note goes nowhere.
        let nobody = Signer::new(&agency, KeyType::Ed25519, &keys::random()?)?;
        let unsealed = note::sign(&text, &[&nobody]);
        let statement = Statement::parse(unsealed.as_bytes()).map_err(|error| format!("not sealed: it is no statement: {error}"))?;
        if statement.note.text != text || statement.origin != origin || statement.id != id || statement.signer() != agency {
            return Err("not sealed: the text is not what the file says that it is".into());
        }
        let parts = ask.parts(&self.parts)?;
        let said = said(statement.core_line, &parts).map_err(|found| handed::refused("sealed", &found))?;
        eprintln!("to be sealed by {agency} on the chain {origin}, the {} {id}:", said.core.kind());
        handed::tell(&said);
        approved(statement.core_line, statement.act.as_ref())?;
        let note = hand.seal(&text)?;
        Ok(json!({ "note": note }))
    }
}

/// Tells how it was approved, as far as that can be told without the log.
fn approved(core_line: &str, act: Option<&Act>) -> Result<(), Failed> {
    let Some(act) = act else {
        eprintln!("  no step of approval");
        return Ok(());
    };
    for (index, opening) in act.steps.iter().zip(&act.opening) {
        let unread = || format!("not sealed: what opens the step in entry {index} cannot be read");
        let decision: Decision = json::read(&opening.text).map_err(|_| unread())?;
        let salt = parse_salt(&decision.salt).ok_or_else(unread)?;
        let about = if decision.core == core_commitment(&salt, core_line) { "this text" } else { "an earlier text" };
        eprintln!("  step {:?} in entry {index}: {:?}, about {about}", decision.code, decision.decision);
    }
    Ok(())
}
