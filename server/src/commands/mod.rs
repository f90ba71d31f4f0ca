//! The commands, and the settings they share.

mod fsck;
mod handed;
mod import;
mod key;
mod outside;
mod post;
mod read_file;
mod recover;
mod registrar;
mod seal;
mod serve;
mod staff;
mod submit;
mod vouch;

use clap::{Args, Parser, Subcommand, builder::FalseyValueParser};
use server::{node::Place, sequencer::Clock};
use std::{path::PathBuf, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

/// A public transparency portal with a verifiable timeline.
#[derive(Parser)]
#[command(name = "gazette", version)]
pub struct Gazette {
    /// File whose first line is the passphrase that key files are locked by; else the systemd credential `gazette-passphrase`.
    #[arg(long, global = true, env = "GAZETTE_PASSPHRASE_FILE", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Let key files of the log and of seals lie in plain also where the chain is no trial: for trying things out, never in earnest.
    #[arg(long, global = true, env = "GAZETTE_PLAIN_KEYS", value_parser = FalseyValueParser::new())]
    plain_keys: bool,
    #[command(flatten)]
    token: Token,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal; an empty data folder becomes a trial chain with a small sample.
    Serve(serve::Serve),
    /// Copy files of published records into the chain, sealed by the archive. Run it again to go on where it stopped.
    Import(import::Import),
    /// Rebuild everything from the entries and name the first thing that differs.
    Fsck(fsck::Fsck),
    /// Fetch what an old copy of the chain lacks, from a newer copy or from whoever serves the log.
    Recover(recover::Recover),
    /// State that the copy here is the newest, on a machine that keeps no mark of what the log has signed.
    Vouch(vouch::Vouch),
    /// Make the keys that the server keeps, and print their public halves.
    Key(key::KeyCommand),
    /// What officers do who sign outside the browser: a post's key, and steps signed with it.
    Post(post::Post),
    /// Seal what an agency's desk approved, from what the page of its case gives to be sealed; prints what that page takes. For an agency
    /// that keeps its own seal. Every part is compared with what the statement commits to, and named before.
    Seal(seal::Seal),
    /// What registrars do, offline: keys, charters, registrations, signatures.
    Registrar(Box<registrar::Registrar>),
    /// What an operator does for the desk's people: a link that makes an administrator where none is left.
    Staff(staff::StaffCommand),
    /// Hand signed statements to the sequencer.
    Submit(submit::Submit),
    /// Say what a file on standard input holds: what the server has done apart from itself.
    #[command(hide = true)]
    ReadFile,
}

/// The PKCS#11 token that seals are kept in, where they are.
#[derive(Args)]
struct Token {
    /// Library of the token's maker (PKCS#11), for example `/usr/lib/softhsm/libsofthsm2.so`.
    #[arg(long, global = true, env = "GAZETTE_TOKEN_MODULE", value_name = "FILE", requires = "token_label")]
    token_module: Option<PathBuf>,
    /// The token's label.
    #[arg(long, global = true, env = "GAZETTE_TOKEN_LABEL", value_name = "LABEL")]
    token_label: Option<String>,
    /// File whose first line is the token's PIN; else GAZETTE_TOKEN_PIN in the environment has it.
    #[arg(long, global = true, env = "GAZETTE_TOKEN_PIN_FILE", value_name = "FILE")]
    token_pin_file: Option<PathBuf>,
}

/// Where the chain is kept.
#[derive(Args, Clone)]
pub struct Folder {
    /// Data folder: database, keys, large parts, search index.
    #[arg(long, env = "GAZETTE_DATA", default_value = "data")]
    data: PathBuf,
    /// Folder outside the data folder where the high-water mark and the list of what was removed are kept.
    #[arg(long, env = "GAZETTE_STATE")]
    state: Option<PathBuf>,
    /// PostgreSQL instead of the data folder's own SQLite.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
    /// Name of the chain, for example `example.gov/log`; needed to found one that is not a trial.
    #[arg(long, env = "GAZETTE_ORIGIN")]
    origin: Option<String>,
}

impl Folder {
    pub fn place(&self, charter: Option<PathBuf>) -> Place {
        let state = self.state.clone().unwrap_or_else(|| {
            let home = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
            let home = home.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")));
            home.unwrap_or_else(|| PathBuf::from("/var/lib")).join("gazette")
        });
        Place { data: self.data.clone(), state, database: self.database.clone(), origin: self.origin.clone(), charter }
    }
}

impl Gazette {
    /// What is done before anything of the program is there: what reads a stranger's file has no threads, no log and no settings.
    pub fn apart(&self) -> Option<ExitCode> {
        matches!(self.command, Command::ReadFile).then(read_file::run)
    }
}

pub type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

pub async fn run(gazette: Gazette) -> Outcome {
    let passphrase = server::keys::unlock_with(gazette.passphrase_file.as_deref())?;
    if !gazette.plain_keys {
        server::keys::refuse_plain();
    }
    let Token { token_module, token_label, token_pin_file } = gazette.token;
    if let Some((module, label)) = token_module.zip(token_label) {
        server::keys::use_token(server::keys::TokenPlace { module, label, pin_file: token_pin_file });
    }
    match gazette.command {
        Command::Serve(serve) => serve.run(Clock::system()).await,
        Command::Import(import) => import.run().await,
        Command::Fsck(fsck) => fsck.run().await,
        Command::Recover(recover) => recover.run().await,
        Command::Vouch(vouch) => vouch.run().await,
        Command::Key(key) => key.run(passphrase).await,
        Command::Post(post) => post.run(),
        Command::Seal(seal) => seal.run(),
        Command::Registrar(registrar) => registrar.run(),
        Command::Staff(staff) => staff.run().await,
        Command::Submit(submit) => submit.run().await,
        Command::ReadFile => Ok(read_file::run()),
    }
}

/// Ends when this process is asked to stop: an interrupt from the keyboard, or a service manager's SIGTERM. From this
/// call on neither ends the process by itself.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}
