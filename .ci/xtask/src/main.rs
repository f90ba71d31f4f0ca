//! Build helper: `xtask web` turns the app's wasm into what a browser loads.

mod css;
mod site;
mod wasm;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: xtask web --wasm FILE --desk FILE --tools DIR --out DIR";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}\n{USAGE}")]
    Usage(String),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{program} did not start: {source}")]
    Start { program: PathBuf, source: std::io::Error },
    #[error("{program} failed ({status})")]
    Program { program: PathBuf, status: std::process::ExitStatus },
    #[error("wasm-bindgen refused {path}: {reason}")]
    Bindgen { path: PathBuf, reason: String },
    #[error("{file}: imports {import}, which must be a plain file name beside it")]
    Import { file: PathBuf, import: String },
    #[error("{file}: as many blocks must be closed as are opened")]
    Unclosed { file: PathBuf },
    #[error("wasm and glue are {size} bytes compressed, over the budget of {budget}: readers on a phone pay for this")]
    Budget { size: u64, budget: u64 },
}

/// Names the file in what went wrong with it.
pub fn at<T>(path: impl Into<PathBuf>, result: std::io::Result<T>) -> Result<T, Error> {
    result.map_err(|source| Error::File { path: path.into(), source })
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Error> {
    match arguments.next().as_deref() {
        Some("web") => {}
        Some(other) => return Err(Error::Usage(format!("unknown command {other}"))),
        None => return Err(Error::Usage("no command".into())),
    }
    let (mut wasm, mut desk, mut tools, mut out) = (None, None, None, None);
    while let Some(name) = arguments.next() {
        let slot = match name.as_str() {
            "--wasm" => &mut wasm,
            "--desk" => &mut desk,
            "--tools" => &mut tools,
            "--out" => &mut out,
            _ => return Err(Error::Usage(format!("unknown option {name}"))),
        };
        let value = arguments.next().ok_or_else(|| Error::Usage(format!("{name} needs a value")))?;
        *slot = Some(PathBuf::from(value));
    }
    let needed = |value: Option<PathBuf>, name: &str| value.ok_or_else(|| Error::Usage(format!("{name} is missing")));
    site::build(&site::Plan {
        // Where it is run, not where it was built: one folder of compiled code may serve several checkouts.
        root: PathBuf::from("."),
        wasm: needed(wasm, "--wasm")?,
        desk: needed(desk, "--desk")?,
        tools: needed(tools, "--tools")?,
        out: needed(out, "--out")?,
    })
}
