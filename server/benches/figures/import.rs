//! Importing files of documents with the built program, beside the search engine alone on the same texts; then `fsck`.

use crate::{
    table::{Table, per_second, rate},
    texts::{Corpus, nth},
};
use server::search::{Budget, Change, Index};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A data folder, and where its high-water mark is kept.
pub struct Data {
    pub data: PathBuf,
    pub state: PathBuf,
}

impl Data {
    pub fn command(&self, program: &Path, name: &str) -> Command {
        let mut command = Command::new(program);
        command.arg(name).arg("--data").arg(&self.data).arg("--state").arg(&self.state);
        command
    }
}

/// Imports the corpus into a fresh folder; measures it when `counted`.
pub fn measure(table: &mut Table, corpus: &Corpus, program: &Path, scratch: &Path, counted: bool) -> Data {
    let data = Data { data: scratch.join("data"), state: scratch.join("state") };
    let (took, memory, said) = run(data.command(program, "import").args(&corpus.files));
    if !counted {
        return data;
    }
    let documents = corpus.documents();
    let (count, bytes) = (documents.len(), documents.iter().map(|document| document.title.len() + document.body.len()).sum::<usize>());
    let alone = alone(&scratch.join("alone"), &documents);
    drop(documents);
    let seconds = |took: Duration| format!("{:.1} s", took.as_secs_f64());
    table.row(
        &format!("import, indexed: {count} {}, {} MB of text", corpus.name, bytes / 1_000_000),
        format!("{}, {} documents, peak {memory} MB", seconds(took), per_second(rate(count, took))),
        format!("{} for tantivy with jieba alone", seconds(alone)),
        Some(took.as_secs_f64() / alone.as_secs_f64()),
        "under 30 s",
    );
    println!("   {}", said.trim());
    let (took, memory, said) = run(&mut data.command(program, "fsck"));
    println!("   {}", said.trim());
    table.row("fsck of the same", format!("{}, peak {memory} MB", seconds(took)), "–", None, "–");
    data
}

/// Runs to the end: how long it took, the most memory it held in MB, and what it said.
fn run(command: &mut Command) -> (Duration, u64, String) {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        let most = std::fs::read_to_string(&status).unwrap_or_default();
        let most = most.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        memory = memory.max(most.unwrap_or(0) / 1_000);
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = begun.elapsed();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    (took, memory, said)
}

/// The index without a chain.
fn alone(folder: &Path, documents: &[server::search::Document]) -> Duration {
    let begun = Instant::now();
    let (index, _) = Index::open(folder).unwrap();
    let mut writer = index.writer(Budget::Bulk).unwrap();
    for from in (0..documents.len()).step_by(16_384) {
        let to = documents.len().min(from + 16_384);
        writer.apply((from..to).map(|n| Change::Put(Box::new(nth(documents, n)))).collect(), to as u64).unwrap();
    }
    writer.finish().unwrap();
    let took = begun.elapsed();
    std::fs::remove_dir_all(folder).unwrap();
    took
}
