//! `gazette staff`: what an operator does for the desk's people where none of them can.

use super::{Folder, Outcome, serve::base};
use clap::{Args, Subcommand};
use server::staff::Staff;
use std::process::ExitCode;

#[derive(Args)]
pub struct StaffCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Print a link, good once and for an hour, that makes an administrator of the portal. The journal notes it.
    Link {
        #[command(flatten)]
        folder: Folder,
        /// Address under which people reach the portal.
        #[arg(long, env = "GAZETTE_BASE", value_parser = base, default_value = "http://127.0.0.1:3000")]
        base: String,
        /// For an administrator of the whole portal: the only kind there is.
        #[arg(long, required = true)]
        administrator: bool,
    },
}

impl StaffCommand {
    pub async fn run(self) -> Outcome {
        let Act::Link { folder, base, administrator: _ } = self.act;
        let place = folder.place(None);
        // A folder without a desk is a misspelt one, not one to begin a desk in.
        if place.database.is_none() && !place.data.join(server::staff::FILE).exists() {
            return Err(format!("{} holds no desk", place.data.display()).into());
        }
        let staff = Staff::open(&place).await?;
        let secret = staff.administrator_link().await?;
        println!("{base}/desk/links/{secret}");
        staff.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
