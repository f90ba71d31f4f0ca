//! Apart: a file is read by another process of this program, which gets the file, no settings and no secrets, and ends when it has taken
//! too much of anything. Whatever a file does to those who read it, it does to that process alone.

use super::{Bounds, Extracted, Gap, extract};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, nice, setrlimit};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

/// What the program is called with to read a file.
const CALLED: &str = "read-file";
/// How long a file is read.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most bytes that are taken of what it says: its text, and how that is written down.
const MOST_SAID: u64 = 20 << 20;
/// Bytes of memory, and seconds of computing, for one file.
const MEMORY: u64 = 1 << 30;
const SECONDS: u64 = 15;

/// This program as it runs, also where its file is another one by now: a newer one may answer otherwise.
pub fn this_program() -> io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

/// Has files read. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Reader {
    program: PathBuf,
    patience: Duration,
}

impl Reader {
    /// `program`: this one.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Reader {
        Reader { program: program.into(), patience: PATIENCE }
    }

    /// With another bound for how long a file is read.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Reader {
        Reader { patience, ..self }
    }

    /// Reads a file. Its reader is ended once nobody waits for it any more.
    pub async fn read(&self, file: File) -> Result<Extracted, Gap> {
        timeout(self.patience, ask(&self.program, file.into(), vec![])).await.unwrap_or(Err(Gap::TooLong))
    }

    /// The same of bytes that lie in no file.
    pub async fn read_bytes(&self, bytes: Vec<u8>) -> Result<Extracted, Gap> {
        timeout(self.patience, ask(&self.program, Stdio::piped(), bytes)).await.unwrap_or(Err(Gap::TooLong))
    }
}

/// `bytes`: what is written into `stdin`, where that is a pipe.
async fn ask(program: &Path, stdin: Stdio, bytes: Vec<u8>) -> Result<Extracted, Gap> {
    let failed = |error: io::Error| {
        tracing::warn!(%error, "the reader of files could not be begun, or be heard");
        Gap::Failed
    };
    let mut command = Command::new(program);
    command.arg(CALLED).env_clear().current_dir("/").kill_on_drop(true);
    let mut reader = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let (into, out) = (reader.stdin.take(), reader.stdout.take());
    let give = async move {
        if let Some(mut into) = into {
            // A reader that ends before it has taken everything says by how it ends why.
            drop(into.write_all(&bytes).await);
        }
    };
    let hear = async {
        let mut said = Vec::new();
        if let Some(out) = out {
            out.take(MOST_SAID + 1).read_to_end(&mut said).await?;
        }
        Ok::<_, io::Error>(said)
    };
    let ((), heard) = tokio::join!(give, hear);
    let said = heard.map_err(failed)?;
    if said.len() as u64 > MOST_SAID {
        return Err(Gap::TooLarge);
    }
    let status = reader.wait().await.map_err(failed)?;
    if !status.success() {
        return Err(ended(status));
    }
    let heard = tokio::task::spawn_blocking(move || serde_json::from_slice(&said).ok()).await;
    heard.ok().flatten().ok_or(Gap::Damaged)
}

/// Why it came to no answer.
fn ended(status: ExitStatus) -> Gap {
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => Gap::TooLong,
        // Memory that is not to be had ends a program like this.
        Some(signal) if signal == Signal::ABORT.as_raw() || signal == Signal::KILL.as_raw() => Gap::TooLarge,
        // It said so itself, before or after it read; a panic says something else.
        None if matches!(status.code(), Some(1 | 2)) => Gap::Failed,
        _ => Gap::Damaged,
    }
}

/// The other side: takes a file of at most `largest` bytes from standard input, and says on standard output what it holds.
pub fn answer(largest: u64) -> io::Result<()> {
    confine()?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(largest + 1).read_to_end(&mut bytes)?;
    let extracted = if bytes.len() as u64 > largest {
        Extracted { pieces: vec![], gaps: vec![Gap::TooLarge] }
    } else {
        extract(bytes, Bounds::default())
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, &extracted)?;
    out.flush()
}

/// Before anything of a file is looked at. What the process held of it lies in no core file afterwards.
fn confine() -> io::Result<()> {
    // Everybody else comes first, and where memory runs out this one goes. Where neither is to be had, it is read all the same.
    let _ = nice(19);
    drop(std::fs::write("/proc/self/oom_score_adj", "1000"));
    let limit = |resource, soft: u64, hard: u64| {
        // Nobody raises what the server itself was given.
        let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        setrlimit(resource, Rlimit { current: Some(soft.min(most)), maximum: Some(hard.min(most)) })
    };
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Cpu, SECONDS, SECONDS + 5)?;
    limit(Resource::As, MEMORY, MEMORY)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nproc, 0, 0)?;
    // What it reads and where it answers are open. It opens nothing more: no key, no database, no socket.
    limit(Resource::Nofile, 0, 0)?;
    Ok(())
}
