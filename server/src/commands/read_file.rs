//! `gazette read-file`: what a file holds, for a server that does not read strangers' files itself.

use server::{drafts::LARGEST_FILE, extract};
use std::process::ExitCode;

pub fn run() -> ExitCode {
    match extract::answer(LARGEST_FILE as u64) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gazette: {error}");
            ExitCode::FAILURE
        }
    }
}
