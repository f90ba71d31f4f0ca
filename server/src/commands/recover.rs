//! `gazette recover`: fetches what an old copy of the chain lacks, and verifies all of it before it is kept.

use super::{Folder, Outcome};
use clap::Args;
use server::recover;
use std::process::ExitCode;

#[derive(Args)]
pub struct Recover {
    #[command(flatten)]
    folder: Folder,
    /// A newer copy of the data folder, or an address that serves this log, such as http://mirror.example.
    #[arg(long)]
    from: String,
}

impl Recover {
    pub async fn run(self) -> Outcome {
        let bar = indicatif::ProgressBar::no_length();
        let style = indicatif::ProgressStyle::with_template("entries {human_pos} of {human_len} {per_sec} {eta}");
        bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
        let progress = |done: u64, of: u64| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let recovered = recover::recover(&self.folder.place(None), &self.from, &progress).await?;
        bar.finish_and_clear();
        let added = recovered.size - recovered.from;
        println!("{}: {added} entries and {} parts recovered; here are {} entries now", recovered.origin, recovered.parts, recovered.size);
        match recovered.behind {
            Some(behind) => Err(behind.into()),
            None => Ok(ExitCode::SUCCESS),
        }
    }
}
