//! The table: what was measured, the yardstick of the same run, how they compare, and the goal.

use std::time::Duration;

pub struct Table {
    rows: Vec<[String; 5]>,
}

impl Table {
    pub fn begin() -> Table {
        println!("{}", machine());
        Table { rows: Vec::new() }
    }

    /// Adds a row, and shows it at once: a run takes minutes.
    pub fn row(&mut self, what: &str, measured: impl Into<String>, yardstick: impl Into<String>, ratio: Option<f64>, goal: &str) {
        let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        let row = [what.to_owned(), measured.into(), yardstick.into(), ratio, goal.to_owned()];
        println!("   {}: {} (yardstick: {})", row[0], row[1], row[2]);
        self.rows.push(row);
    }

    /// As Markdown, so that it can be kept as it is.
    pub fn print(&self) {
        let head = ["what", "measured", "yardstick, same run", "ratio", "goal"].map(str::to_owned);
        let all: Vec<_> = [&head].into_iter().chain(&self.rows).collect();
        let widths: Vec<_> = (0..5).map(|column| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
        println!("\n{}\n", machine());
        for (number, row) in all.iter().enumerate() {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            println!("| {} |", cells.join(" | "));
            if number == 0 {
                println!("|{}|", widths.iter().map(|width| "-".repeat(width + 2)).collect::<Vec<_>>().join("|"));
            }
        }
    }
}

fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let model =
        read("/proc/cpuinfo").lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name.to_owned()));
    let load = read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{} × {}, load average {load}", cores, model.unwrap_or_else(|| "unknown processor".into()))
}

pub fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

pub fn per_second(rate: f64) -> String {
    let rate = rate.round() as u64;
    if rate < 1_000 { format!("{rate}/s") } else { format!("{},{:03}/s", rate / 1_000, rate % 1_000) }
}

/// Processor time that a process has used, all its threads together: what stays true on a busy machine. `self` or a number.
pub fn processor(process: impl std::fmt::Display) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in parentheses, may hold spaces. Linux tells time in hundredths of a second here.
    let fields: Vec<u64> = stat.rsplit_once(')').unwrap().1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields[11] + fields[12]) * 10)
}

/// `12,345/s, 81 µs of processor each`.
pub fn rate_and_cost(rate: f64, each: Duration) -> String {
    format!("{}, {} µs of processor each", per_second(rate), each.as_micros())
}

/// p50, p95, p99 and the longest, in milliseconds.
pub fn percentiles(times: &mut [Duration]) -> [f64; 4] {
    times.sort_unstable();
    [50, 95, 99, 100].map(|part| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3)
}
