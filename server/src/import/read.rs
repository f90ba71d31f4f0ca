//! Reading a file of lines, packed or not, in chunks, on a thread of its own.

use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;

/// Lines in a chunk, and about how many bytes.
const LINES: usize = 256;
const BYTES: usize = 4 << 20;
/// Longest line that is read; a longer one is a bad line.
pub const LONGEST: usize = 64 << 20;
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Some lines of a file, without their ends; empty ones are left out.
#[derive(Debug, Default)]
pub struct Chunk {
    bytes: Vec<u8>,
    lines: Vec<(u64, Range<usize>)>,
    /// Lines that could not be read, by number, and why.
    pub bad: Vec<(u64, String)>,
    /// How far into the file, as it lies on disk.
    pub position: u64,
}

impl Chunk {
    /// Line numbers, from 1, and lines.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.lines.iter().map(|(number, range)| (*number, &self.bytes[range.clone()]))
    }
}

/// Counts what is read of a file, for whoever shows how far it is.
struct Counted {
    file: File,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads `file` on another thread; at most two chunks wait to be taken.
pub fn chunks(path: &Path, mut file: File) -> mpsc::Receiver<Chunk> {
    let (sender, receiver) = mpsc::channel(2);
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    tokio::task::spawn_blocking(move || {
        let count = Arc::new(AtomicU64::new(0));
        drop(file.rewind());
        let counted = BufReader::with_capacity(1 << 16, Counted { file, count: count.clone() });
        let reader: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        let mut reader = BufReader::with_capacity(1 << 18, reader);
        let mut number = 0;
        loop {
            let (mut chunk, more) = chunk(&mut reader, &mut number);
            chunk.position = count.load(Ordering::Relaxed);
            // Nobody takes it any more: the import was stopped.
            if sender.blocking_send(chunk).is_err() || !more {
                return;
            }
        }
    });
    receiver
}

/// The next lines, and whether there may be more.
fn chunk(reader: &mut impl BufRead, number: &mut u64) -> (Chunk, bool) {
    let mut chunk = Chunk::default();
    while chunk.lines.len() < LINES && chunk.bytes.len() < BYTES {
        let mut from = chunk.bytes.len();
        *number += 1;
        let read = reader.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut chunk.bytes);
        match read {
            Ok(0) => return (chunk, false),
            Ok(length) if length > LONGEST && chunk.bytes.last() != Some(&b'\n') => {
                chunk.bytes.truncate(from);
                chunk.bad.push((*number, format!("the line is longer than {LONGEST} bytes")));
                if let Err(error) = skip_line(reader) {
                    chunk.bad.push((*number, format!("the file cannot be read further: {error}")));
                    return (chunk, false);
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                chunk.bytes.truncate(from);
                chunk.bad.push((*number, format!("the file cannot be read further: {error}")));
                return (chunk, false);
            }
        }
        // Some programs begin a file with a mark, which belongs to no line.
        if *number == 1 && chunk.bytes[from..].starts_with(BYTE_ORDER_MARK) {
            from += BYTE_ORDER_MARK.len();
        }
        let line = &chunk.bytes[from..];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.trim_ascii().is_empty() {
            chunk.lines.push((*number, from..from + line.len()));
        }
    }
    (chunk, true)
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (length, ended) = (end.map_or(buffer.len(), |end| end + 1), end.is_some() || buffer.is_empty());
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_past_empty_ones_and_any_line_end() {
        let mut number = 0;
        let (chunk, more) = chunk(&mut &b"{1}\r\n\n  \n{2}\n{3}"[..], &mut number);
        assert_eq!(chunk.lines().collect::<Vec<_>>(), [(1, &b"{1}"[..]), (4, b"{2}"), (5, b"{3}")]);
        assert!(!more && chunk.bad.is_empty());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        let mut number = 0;
        let (chunk, _) = chunk(&mut "\u{FEFF}{1}\n\u{FEFF}{2}\n".as_bytes(), &mut number);
        assert_eq!(chunk.lines().collect::<Vec<_>>(), [(1, &b"{1}"[..]), (2, "\u{FEFF}{2}".as_bytes())]);
    }

    #[test]
    fn a_line_without_end_is_skipped_and_the_next_one_is_read() {
        let mut text = vec![b'x'; LONGEST + 9];
        text.extend(b"\n{2}\n");
        let mut number = 0;
        let (chunk, _) = chunk(&mut &text[..], &mut number);
        assert_eq!(chunk.bad.len(), 1);
        assert_eq!(chunk.lines().collect::<Vec<_>>(), [(2, &b"{2}"[..])]);
    }
}
