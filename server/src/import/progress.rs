//! What an import shows of itself while it runs.

use super::{BadLine, Personal, Report};
use indicatif::{ProgressBar, ProgressStyle};

/// Hears how far an import has come. Bytes are those of the files as they lie on disk.
pub trait Progress: Send + Sync {
    fn start(&self, _bytes: u64) {}
    fn at(&self, _report: &Report, _bytes: u64) {}
    fn bad(&self, _line: &BadLine) {}
    /// Numbers of persons were found in a record that is only looked through.
    fn found(&self, _record: &Personal) {}
    fn done(&self, _report: &Report) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

/// A bar with documents, rate and time left on the terminal's error stream.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Default for Bar {
    fn default() -> Bar {
        Bar::new()
    }
}

impl Bar {
    #[must_use]
    pub fn new() -> Bar {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}  {eta} left") {
            bar.set_style(style);
        }
        Bar { bar }
    }
}

impl Progress for Bar {
    fn start(&self, bytes: u64) {
        self.bar.set_length(bytes);
        self.bar.reset();
    }

    fn at(&self, report: &Report, bytes: u64) {
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let documents = report.added + report.present + report.looked;
        self.bar.set_position(bytes);
        self.bar.set_message(format!("{documents} documents, {:.0}/s", documents as f64 / seconds));
    }

    fn bad(&self, line: &BadLine) {
        self.bar.suspend(|| eprintln!("{}:{}: {}", line.file.display(), line.line, line.reason));
    }

    fn found(&self, record: &Personal) {
        self.bar.suspend(|| println!("{record}"));
    }

    fn done(&self, _: &Report) {
        self.bar.finish_and_clear();
    }
}
