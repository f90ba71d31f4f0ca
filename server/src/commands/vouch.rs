//! `gazette vouch`: the operator's word that the copy here is the newest there is.

use super::{Folder, Outcome};
use clap::Args;
use server::vouch;
use std::process::ExitCode;

#[derive(Args)]
pub struct Vouch {
    #[command(flatten)]
    folder: Folder,
    /// How many entries the log has signed: what the newest checkpoint says that readers or mirrors have.
    #[arg(long)]
    entries: u64,
}

impl Vouch {
    pub async fn run(self) -> Outcome {
        let signed = vouch::vouch(&self.folder.place(None), self.entries).await?;
        println!("noted: the log has signed {} entries, with the root {}", signed.size, signed.root);
        Ok(ExitCode::SUCCESS)
    }
}
