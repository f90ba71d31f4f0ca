//! `gazette import`: copies of what others published, sealed by the portal's archive.

use super::{Folder, Outcome};
use clap::{Args, builder::FalseyValueParser};
use server::{
    follow,
    import::{self, Bar, Opened, Stop},
    node::{Founding, Node},
    sequencer::Clock,
};
use std::{path::PathBuf, process::ExitCode, sync::Arc};

#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    folder: Folder,
    /// Files of one JSON object a line, `.jsonl` or `.jsonl.gz`.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Found a trial chain under the given name, with its registrar's key on this machine.
    #[arg(long, env = "GAZETTE_TRIAL", value_parser = FalseyValueParser::new())]
    trial: bool,
    /// Look the records through for numbers of persons, and import nothing: no chain is opened.
    #[arg(long)]
    check: bool,
}

impl Import {
    pub async fn run(self) -> Outcome {
        // Before anything is founded, and all of them: a misspelt name leaves no trace.
        let files = import::open(&self.files)?;
        if self.check {
            return check(files).await;
        }
        let place = self.folder.place(None);
        let founding = if self.trial { Founding::Trial } else { place.founding() };
        let node = Node::open_or_found(&place, founding, Clock::system()).await?;
        if let Some(behind) = node.behind() {
            return Err(behind.into());
        }
        let size = node.heads.borrow().size;
        let (index, _) = follow::open(&place.data, size)?;
        let index = Arc::new(index);
        // A server beside this process may be writing the index already; then this one leaves it to the server.
        let following = follow::start(node.store.clone(), node.heads.clone(), index.clone());
        let stop = asked_to_stop("stopping; what was handed in is still being logged")?;
        let report = import::import_opened(&node, files, &stop, &Bar::new()).await;
        // Also where it failed: the index is not left to a runtime that is going away.
        following.abort();
        drop(following.await);
        let report = report?;
        let size = node.heads.borrow().size;
        match follow::catch_up(&node.store, &index, size).await {
            Err(follow::FollowError::Search(server::search::Error::Busy)) => {}
            done => done?,
        }
        println!(
            "{} lines: {} documents added ({} of them revisions), {} present already, {} statuses added, {} lines not imported; the chain has {size} entries",
            report.lines, report.added, report.revisions, report.present, report.statuses, report.bad
        );
        Ok(if report.bad == 0 && !report.stopped { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }
}

/// Looks the records through and says what would be published of persons.
async fn check(files: Vec<Opened>) -> Outcome {
    let stop = asked_to_stop("stopping")?;
    let report = import::check(files, &stop, &Bar::new()).await?;
    println!(
        "{} lines: {} records looked through, {} of them with what looks like numbers of persons, {} lines that would not be imported; nothing was imported",
        report.lines, report.looked, report.personal, report.bad
    );
    Ok(if report.personal == 0 && report.bad == 0 && !report.stopped { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// What says so once this process is asked to stop, with these words on the terminal.
fn asked_to_stop(words: &'static str) -> std::io::Result<Stop> {
    let stop = Stop::default();
    let (asked, stopped) = (stop.clone(), super::stopped()?);
    tokio::spawn(async move {
        stopped.await;
        eprintln!("{words}");
        asked.ask();
    });
    Ok(stop)
}
