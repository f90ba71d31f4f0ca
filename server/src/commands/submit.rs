//! `gazette submit`: hands signed statements without parts (registrations, statuses) to the sequencer.

use super::{Folder, Outcome};
use clap::Args;
use server::{
    node::{Founding, Node},
    sequencer::Clock,
};
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
        let mut notes = Vec::new();
        for path in self.notes {
            let note = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            notes.push((path, note));
        }
        let node = Node::open_or_found(&self.folder.place(None), Founding::Nothing, Clock::system()).await?;
        for (path, note) in notes {
            let receipt = node.submitter.submit(note, vec![]).await.map_err(|error| format!("{}: {error}", path.display()))?;
            let how = if receipt.repeated { "was there before, as" } else { "is" };
            println!("{} {how} entry {}", path.display(), receipt.index);
        }
        Ok(ExitCode::SUCCESS)
    }
}
