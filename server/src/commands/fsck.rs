//! `gazette fsck`: rebuilds everything from the entries, compares, and names the first thing that differs.

use super::{Folder, Outcome};
use clap::Args;
use server::{fsck, journal};
use std::process::ExitCode;

#[derive(Args)]
pub struct Fsck {
    #[command(flatten)]
    folder: Folder,
    /// Where nothing differs, remove the objects that no statement names and that have been there for an hour.
    #[arg(long)]
    remove_leftovers: bool,
}

impl Fsck {
    pub async fn run(self) -> Outcome {
        let bar = indicatif::ProgressBar::no_length();
        let style = indicatif::ProgressStyle::with_template("{msg} {human_pos} of {human_len} {per_sec} {eta}");
        bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
        let progress = |step: &'static str, done: u64, of: u64| {
            bar.set_message(step);
            bar.set_length(of);
            bar.set_position(done);
        };
        let place = self.folder.place(None);
        let report = fsck::fsck(&place, &progress).await?;
        let journal = if report.differs.is_none() { journal::check(&place, &progress).await? } else { None };
        bar.finish_and_clear();
        if let Some(difference) = &report.differs {
            println!("{difference}");
            return Ok(ExitCode::FAILURE);
        }
        println!(
            "{} ({}): {} entries, {} versions of documents, {} checkpoints, {} parts ({} redacted): everything is as the entries say",
            report.origin, report.identity, report.entries, report.versions, report.checkpoints, report.parts, report.redacted
        );
        if let Some(journal) = journal {
            if let Some(fault) = &journal.fault {
                println!("the journal of the desk: {fault}");
                return Ok(ExitCode::FAILURE);
            }
            println!("the journal of the desk: {} entries, {} rows: everything is as the entries say", journal.entries, journal.rows);
        }
        if report.ahead > 0 {
            println!(
                "{} parts were removed by redactions that are not here, as this machine's list says: this is an old copy, and `gazette recover` brings them",
                report.ahead
            );
        }
        if report.index_behind > 0 {
            println!("the search index is {} entries behind; it catches up when the chain is served", report.index_behind);
        }
        if report.uncounted > 0 {
            println!("the figures of agencies are {} entries behind; they catch up when the chain is served", report.uncounted);
        }
        if report.unkept > 0 {
            println!(
                "{} checkpoints that the log must have signed are not kept: `gazette recover` brings none back but the newest; where it was not run, somebody removed them",
                report.unkept
            );
        }
        if let Some(why) = &report.index_unread {
            println!("the search index was not looked at, since nothing can be written here: {why}");
        }
        if report.leftovers > 0 {
            println!("{} objects that no statement names were left by an interrupted publication", report.leftovers);
        }
        if self.remove_leftovers {
            let removed = fsck::remove_leftovers(&place).await?;
            println!("{removed} of them were removed; what was put within the last hour stays, since it may be about to be named");
        }
        Ok(ExitCode::SUCCESS)
    }
}
