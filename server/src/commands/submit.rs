//! `gazette submit`: hands signed statements without parts (registrations, statuses) to the sequencer.

use super::{Folder, Outcome};
use clap::Args;
use server::{node::Node, sequencer::Clock};
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
pub struct Submit {
    #[command(flatten)]
    folder: Folder,
    /// Signed notes, one statement a file.
    #[arg(required = true)]
    notes: Vec<PathBuf>,
}

impl Submit {
    pub async fn run(self) -> Outcome {
        let node = Node::open(&self.folder.place(None), Clock::system()).await?;
        for path in self.notes {
            let note = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let receipt = node.submitter.submit(note, vec![]).await.map_err(|error| format!("{}: {error}", path.display()))?;
            let how = if receipt.repeated { "was there before, as" } else { "is" };
            println!("{} {how} entry {}", path.display(), receipt.index);
        }
        Ok(ExitCode::SUCCESS)
    }
}
