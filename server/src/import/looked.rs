//! Looking only: records are read and judged as an import does, looked through for numbers of persons, and left where they are.
//!
//! No chain is opened. What only the chain knows, such as what of a file is logged already, is not told.

use super::{
    ImportError, Opened, Progress, Report, Stop, prepare,
    read::{self, Chunk},
    record::Record,
};
use crate::{
    drafts::{Found, Looked, in_composed, look},
    extract::Spot,
};
use chain::{Hash, statement::Core};
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    fs::File,
    path::{Path, PathBuf},
};

/// Whose copies these are said to be, while they are judged.
const NOBODY: &str = "example/archive";
/// Chunks read ahead: one for each of two cores.
const AHEAD: usize = 2;
/// Numbers that are told of one record; of more it is said how many.
const TOLD: usize = 8;

/// A record with what looks like numbers of persons. It is told with those shortened, since what a terminal shows is often kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    pub file: PathBuf,
    /// From 1.
    pub line: u64,
    pub record: String,
    pub looked: Looked,
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {:?}", self.file.display(), self.line, shown(&self.record))?;
        let found = &self.looked.found;
        for (at, (part, one)) in found.iter().take(TOLD).enumerate() {
            let parted = if at == 0 { ": " } else { "; " };
            write!(f, "{parted}{} {} in {}", one.sort.code(), shortened(&one.number), place(part.as_deref(), one))?;
        }
        if found.len() > TOLD {
            write!(f, "; and {} more", found.len() - TOLD)?;
        }
        if self.looked.unread.is_empty() { Ok(()) } else { write!(f, "; not all of it was looked through") }
    }
}

/// Looks through files in the order given, and imports nothing.
pub async fn check(files: Vec<Opened>, stop: &Stop, progress: &dyn Progress) -> Result<Report, ImportError> {
    progress.start(files.iter().map(|file| file.bytes).sum());
    let mut report = Report::default();
    let mut before = 0;
    for Opened { path, stem, file, bytes } in files {
        if stop.asked() {
            report.stopped = true;
            break;
        }
        let mut run = Run { path: &path, progress, report: &mut report, known: HashMap::new() };
        run.file(&stem, file, before, stop).await?;
        before += bytes;
        progress.at(&report, before);
    }
    progress.done(&report);
    Ok(report)
}

/// A line, as far as it could be taken without its neighbours.
struct Seen {
    line: u64,
    record: String,
    /// The id of its statement.
    id: String,
    supersedes: Option<String>,
    looked: Looked,
}

/// A chunk, looked through: each line or why it is bad, in order.
struct Ready {
    lines: Vec<Result<Seen, (u64, String)>>,
    position: u64,
}

struct Run<'a> {
    path: &'a Path,
    progress: &'a dyn Progress,
    report: &'a mut Report,
    /// By record id: the id of the statement made of it, and whether it would be imported.
    known: HashMap<String, (String, bool)>,
}

impl Run<'_> {
    /// `before` is how many bytes of earlier files were read.
    async fn file(&mut self, stem: &str, file: File, before: u64, stop: &Stop) -> Result<(), ImportError> {
        let mut chunks = read::chunks(self.path, file);
        let mut ahead: VecDeque<tokio::task::JoinHandle<Ready>> = VecDeque::new();
        let mut more = true;
        loop {
            if stop.asked() {
                self.report.stopped = true;
                return Ok(());
            }
            while more && ahead.len() < AHEAD {
                let Some(chunk) = chunks.recv().await else {
                    more = false;
                    break;
                };
                let stem = stem.to_owned();
                ahead.push_back(tokio::task::spawn_blocking(move || look_through(&chunk, &stem)));
            }
            let Some(next) = ahead.pop_front() else { return Ok(()) };
            let ready = next.await.map_err(|_| ImportError::Task)?;
            for line in ready.lines {
                self.line(line);
            }
            self.progress.at(self.report, before + ready.position);
        }
    }

    fn bad(&mut self, line: u64, reason: String) {
        self.report.bad(self.progress, self.path, line, reason);
    }

    fn line(&mut self, line: Result<Seen, (u64, String)>) {
        self.report.lines += 1;
        let Seen { line, record, id, supersedes, looked } = match line {
            Ok(seen) => seen,
            Err((line, reason)) => return self.bad(line, reason),
        };
        match self.known.get(&record) {
            // The same line once more, of which everything is told.
            Some((known, _)) if *known == id => return,
            Some(_) => {
                return self.bad(line, format!("the id {:?} already stands on an earlier line, with another content", shown(&record)));
            }
            None => {}
        }
        let fault = supersedes.and_then(|other| match self.known.get(&other) {
            Some((_, true)) => None,
            Some((_, false)) => Some(format!("it supersedes {:?}, which would not be imported", shown(&other))),
            None => Some(format!("it supersedes {:?}, which no earlier line of this file is", shown(&other))),
        });
        self.report.looked += 1;
        if !looked.is_clean() {
            self.report.personal += 1;
            let file = self.path.to_path_buf();
            self.progress.found(&Personal { file, line, record: record.clone(), looked });
        }
        self.known.insert(record, (id, fault.is_none()));
        if let Some(fault) = fault {
            self.bad(line, fault);
        }
    }
}

fn look_through(chunk: &Chunk, stem: &str) -> Ready {
    let bad = chunk.bad.iter().map(|(line, reason)| Err((*line, reason.clone())));
    let good = chunk.lines().map(|(number, line)| seen(number, line, stem).map_err(|reason| (number, reason)));
    let mut lines: Vec<_> = bad.chain(good).collect();
    lines.sort_by_key(|line| match line {
        Ok(seen) => seen.line,
        Err((line, _)) => *line,
    });
    Ready { lines, position: chunk.position }
}

fn seen(number: u64, line: &[u8], stem: &str) -> Result<Seen, String> {
    let record = Record::read(line)?;
    let id = prepare::statement_id(stem, &record.id, "", &Hash::of(&[line]));
    let (name, supersedes) = (record.id.clone(), record.supersedes.clone());
    let draft = record.draft(NOBODY, stem, line);
    prepare::check(&draft)?;
    let looked = in_composed(&draft);
    // What could not be composed, or read back.
    let fixed = draft.fix(&id).map_err(|error| error.to_string())?;
    Core::read(&fixed.core_line).map_err(|error| error.to_string())?;
    Ok(Seen { line: number, record: name, id, supersedes, looked })
}

/// Where a number stands: a field of the catalogue, or a part.
fn place(part: Option<&str>, found: &Found) -> String {
    match (part, &found.spot) {
        (_, Spot::Field(field)) => field.clone(),
        (Some(part), Spot::Line(line)) => format!("{part}, line {line}"),
        (part, _) => part.unwrap_or("the catalogue").to_owned(),
    }
}

/// Its first three characters and its last two: enough to find it in its record.
fn shortened(number: &str) -> String {
    let first: String = number.chars().take(3).collect();
    let last: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    format!("{first}…{last}")
}

/// A record's id as it is told: it may be somebody's number.
fn shown(id: &str) -> String {
    let found = look(&id.replace('_', ";"));
    found.iter().fold(id.to_owned(), |id, one| id.replace(&one.number, &shortened(&one.number)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::import::{BadLine, open};
    use std::sync::Mutex;

    /// What was told of numbers, and of bad lines.
    #[derive(Default)]
    struct Heard {
        found: Mutex<Vec<String>>,
        bad: Mutex<Vec<(u64, String)>>,
    }

    impl Progress for Heard {
        fn bad(&self, line: &BadLine) {
            self.bad.lock().unwrap().push((line.line, line.reason.clone()));
        }

        fn found(&self, record: &Personal) {
            self.found.lock().unwrap().push(record.to_string());
        }
    }

    fn line(id: &str, body: &str, more: &str) -> String {
        format!(
            "{{\"id\":\"{id}\",\"title\":\"Notice\",\"published\":\"2026-01-02\",\"agency\":\"Qinghe Works\",\"category\":\"Notice\",\
             \"language\":\"en\",\"source_url\":\"https://qinghe.example/1\",\"body\":\"{body}\"{more}}}\n"
        )
    }

    async fn checked(text: &str) -> (Report, Vec<String>, Vec<(u64, String)>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("papers.jsonl");
        std::fs::write(&path, text).unwrap();
        let heard = Heard::default();
        let report = check(open(&[path]).unwrap(), &Stop::default(), &heard).await.unwrap();
        let place = format!("{}/", dir.path().display());
        let found = heard.found.into_inner().unwrap().into_iter().map(|told| told.replace(&place, "")).collect();
        (report, found, heard.bad.into_inner().unwrap())
    }

    #[tokio::test]
    async fn a_record_is_told_with_where_its_numbers_stand_and_not_with_the_numbers() {
        let text = [
            line("qh-0", "The lantern is lit. Landline 010-62881234.", ""),
            line("qh-1", "Rain.\\nCall 138 0013 8000.", r#","topic":"11010519491231002X","data":{"card":"a\n4111 1111 1111 1111"}"#),
            line("list_13900139000", "Rain.", r#","subject":{"id":"name:1","name":"Wang 13900139000"}"#),
        ];
        let (report, found, bad) = checked(&text.concat()).await;
        assert_eq!((report.lines, report.looked, report.personal, report.bad), (3, 3, 2, 0), "{bad:?}");
        assert_eq!(
            found,
            [
                "papers.jsonl:2: \"qh-1\": identity-card 110…2X in theme; mobile 138…00 in body.md, line 2; bank-card 411…11 in data.json",
                "papers.jsonl:3: \"list_139…00\": mobile 139…00 in subjects",
            ]
        );
    }

    #[tokio::test]
    async fn lines_that_would_not_be_imported_are_told_as_an_import_tells_them() {
        let text = [
            line("qh-0", "Rain.", ""),
            line("qh-0", "Rain.", ""),
            line("qh-0", "Hail.", ""),
            line("qh-1", "Rain.", r#","supersedes":"qh-9""#),
            line("qh-2", "Rain.", r#","supersedes":"qh-1""#),
            line("qh-3", "Rain.", r#","supersedes":"qh-0""#),
            "{}\n".to_owned(),
            line("qh-4", "Rain.", &format!(r#","citation":"{}""#, "x".repeat(70_000))),
        ];
        let (report, found, bad) = checked(&text.concat()).await;
        assert_eq!((report.lines, report.looked, report.personal), (8, 4, 0), "{found:?}");
        let expected = [(3, "already stands"), (4, "no earlier line"), (5, "would not be imported"), (7, "not a record"), (8, "at most")];
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), expected.map(|(line, _)| line), "{bad:?}");
        for ((_, reason), (line, words)) in bad.iter().zip(expected) {
            assert!(reason.contains(words), "{line}: {reason}");
        }
    }

    #[tokio::test]
    async fn of_a_record_with_very_many_numbers_it_is_said_how_many_more_there_are() {
        let numbers: String = (0..60).map(|n| format!("{}\\n", 13_000_000_000_u64 + n)).collect();
        let (report, found, _) = checked(&line("qh-0", &numbers, "")).await;
        assert_eq!(report.personal, 1);
        assert!(found[0].ends_with("; and 42 more; not all of it was looked through"), "{found:?}");
    }

    #[tokio::test]
    async fn one_that_is_asked_to_stop_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("papers.jsonl");
        std::fs::write(&path, line("qh-0", "Rain.", "")).unwrap();
        let stop = Stop::default();
        stop.ask();
        let report = check(open(&[path]).unwrap(), &stop, &Heard::default()).await.unwrap();
        assert_eq!((report.stopped, report.lines), (true, 0));
    }
}
