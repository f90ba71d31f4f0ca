//! The `gazette` program: its commands and their settings.

mod commands;

use clap::Parser;
use std::{io::IsTerminal, process::ExitCode};

fn main() -> ExitCode {
    let gazette = commands::Gazette::parse();
    if let Some(done) = gazette.apart() {
        return done;
    }
    let filter = tracing_subscriber::EnvFilter::try_from_env("GAZETTE_LOG").unwrap_or_else(|_| "info,tantivy=warn,sqlx=warn".into());
    let colour = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("gazette: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(gazette)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gazette: {error}");
            ExitCode::FAILURE
        }
    }
}
