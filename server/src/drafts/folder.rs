//! Folders: files that came together, each by where it lay; an archive opened within bounds; which file somebody means by a name.

use super::{LARGEST_FILE, files, table::decoded};
use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufReader, Read},
};
use unicode_normalization::UnicodeNormalization;
use zip::ZipArchive;

/// Most files that are brought at once, and most bytes of all of them, unpacked.
pub const MOST_BROUGHT: usize = 2_000;
pub const MOST_BYTES: u64 = 512 << 20;
/// Names that an archive may list before it is opened: a list of millions would fill the memory.
const MOST_LISTED: usize = 10 * MOST_BROUGHT;
/// Most characters of a name with its folders.
const LONGEST_PLACE: usize = 400;

/// Why a file was left out, or no use was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// Its name leads out of the folder.
    Outside,
    Empty,
    TooLarge,
    /// Locked with a password, packed in an unusual way, or broken.
    Unreadable,
    Link,
    /// Another file lies at the same place.
    Twice,
    /// No row names it.
    Unused,
    /// Neither a text nor a PDF.
    OtherKind,
}

impl Skip {
    /// A stable name for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Skip::Outside => "outside",
            Skip::Empty => "empty",
            Skip::TooLarge => "too-large",
            Skip::Unreadable => "unreadable",
            Skip::Link => "link",
            Skip::Twice => "twice",
            Skip::Unused => "unused",
            Skip::OtherKind => "other-kind",
        }
    }
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    pub name: String,
    pub why: Skip,
}

/// Why nothing of an archive is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    #[error("it is no ZIP archive, or a broken one")]
    Broken,
    #[error("it holds more than {MOST_BROUGHT} files")]
    TooMany,
    #[error("unpacked it is larger than is taken")]
    TooMuch,
}

/// Where a file lay, from the folder on; nothing of what systems leave lying about.
pub(super) fn place_of(given: &str) -> Result<Option<String>, Skip> {
    let drive = given.as_bytes().get(1) == Some(&b':') && given.as_bytes()[0].is_ascii_alphabetic();
    let pieces: Vec<&str> = given.split(['/', '\\']).collect();
    if drive || given.starts_with(['/', '\\']) || pieces.contains(&"..") {
        return Err(Skip::Outside);
    }
    let pieces: Vec<String> = pieces.into_iter().filter(|piece| !piece.is_empty() && *piece != ".").map(files::name_of).collect();
    let litter = |piece: &String| {
        piece.starts_with('.') || piece.starts_with("~$") || ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(&piece.as_str())
    };
    if pieces.is_empty() || pieces.iter().any(litter) {
        return Ok(None);
    }
    // One way of writing accents, whichever system packed them.
    Ok(Some(pieces.join("/").nfc().take(LONGEST_PLACE).collect()))
}

/// A name in an archive: UTF-8, whether or not it says so, else what Chinese systems write.
fn name_in(raw: &[u8]) -> String {
    String::from_utf8(raw.to_vec()).unwrap_or_else(|_| GB18030.decode_without_bom_handling(raw).0.into_owned())
}

/// Opens an archive and hands on its files one by one, each with its bytes or why it is left out. Sizes are counted while they are
/// unpacked, whatever is said of them: `room` is what may still come. False from `take`: nobody wants more.
pub(super) fn unpack(file: File, room: &mut u64, mut take: impl FnMut(String, Result<Vec<u8>, Skip>) -> bool) -> Result<(), Shut> {
    if listed(&file).map_err(|_| Shut::Broken)? > MOST_LISTED {
        return Err(Shut::TooMany);
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| Shut::Broken)?;
    if archive.len() > MOST_BROUGHT {
        return Err(Shut::TooMany);
    }
    for at in 0..archive.len() {
        let (name, link, folder, said) = {
            let Ok(entry) = archive.by_index_raw(at) else { return Err(Shut::Broken) };
            (name_in(entry.name_raw()), entry.is_symlink(), entry.is_dir(), entry.size())
        };
        if folder {
            continue;
        }
        let bytes = match archive.by_index(at) {
            _ if link => Err(Skip::Link),
            _ if said > LARGEST_FILE as u64 => Err(Skip::TooLarge),
            Err(_) => Err(Skip::Unreadable),
            Ok(entry) => bytes_of(entry, room)?,
        };
        if !take(name, bytes) {
            return Ok(());
        }
    }
    Ok(())
}

fn bytes_of(entry: impl Read, room: &mut u64) -> Result<Result<Vec<u8>, Skip>, Shut> {
    let most = (LARGEST_FILE as u64 + 1).min(room.saturating_add(1));
    let mut bytes = Vec::new();
    let read = entry.take(most).read_to_end(&mut bytes);
    *room = room.checked_sub(bytes.len() as u64).ok_or(Shut::TooMuch)?;
    Ok(match read {
        Err(_) => Err(Skip::Unreadable),
        Ok(_) if bytes.len() > LARGEST_FILE => Err(Skip::TooLarge),
        Ok(_) => Ok(bytes),
    })
}

/// How many names an archive may list: its central directory's marks, counted without keeping anything.
fn listed(file: &File) -> std::io::Result<usize> {
    let mut reader = BufReader::with_capacity(1 << 16, file.try_clone()?);
    let (mut count, mut window) = (0, 0_u32);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        for byte in &buffer[..read] {
            window = window << 8 | u32::from(*byte);
            count += usize::from(window == u32::from_be_bytes(*b"PK\x01\x02"));
        }
    }
    std::io::Seek::rewind(&mut reader)?;
    Ok(count)
}

/// The folder that all of them lie in, where there is one: it says nothing of any.
fn common(names: &[&str]) -> usize {
    let Some((top, _)) = names.first().and_then(|name| name.split_once('/')) else { return 0 };
    let all = names.iter().all(|name| name.split_once('/').is_some_and(|(first, _)| first == top));
    if all { top.len() + 1 } else { 0 }
}

/// Names without the folder that is around all of them.
pub(super) fn within(names: &[&str]) -> Vec<String> {
    let from = common(names);
    names.iter().map(|name| name[from..].to_owned()).collect()
}

/// Which of `names` somebody means: one that lies just there, else the only one that is called so.
pub(super) fn meant(names: &[String], said: &str) -> Option<usize> {
    let said = said.replace('\\', "/");
    let said: String = said.trim_start_matches("./").nfc().collect();
    let exact = names.iter().position(|name| *name == said);
    let only = |same: &dyn Fn(&str) -> bool| {
        let mut found = names.iter().enumerate().filter(|(_, name)| same(name)).map(|(at, _)| at);
        found.next().filter(|_| found.next().is_none())
    };
    let folded = said.to_lowercase();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    exact.or_else(|| only(&|name| name.to_lowercase() == folded)).or_else(|| only(&|name| last(name) == last(&folded)))
}

/// What files called so hold, where a name says it.
const KINDS: [(&str, &str); 12] = [
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("zip", "application/zip"),
    ("txt", "text/plain"),
    ("md", "text/plain"),
    ("csv", "text/plain"),
];

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

/// Whether a name says something else than the bytes do.
pub(super) fn misnamed(name: &str, media: &str) -> bool {
    let ending = ending(name);
    KINDS.iter().any(|(known, holds)| *known == ending && *holds != media)
}

/// Whether a file is called as tables are.
pub(super) fn is_called_table(name: &str) -> bool {
    ["csv", "tsv"].contains(&ending(name).as_str())
}

/// A file that becomes a draft of its own.
pub(super) enum Alone {
    /// Its title and its text.
    Text(String, String),
    /// Its title: the file itself goes with it.
    File(String),
}

/// What a file without a table becomes. Without bytes: what it would by its name and kind.
pub(super) fn alone(name: &str, media: &str, bytes: &[u8]) -> Option<Alone> {
    let last = name.rsplit('/').next().unwrap_or_default();
    let called = || last.rsplit_once('.').map_or(last, |(called, _)| called).trim().to_owned();
    let texts = ["md", "markdown", "txt", "text", ""];
    // What is not UTF-8 is no text to most of this house: here it may be GB18030.
    let read = || if texts.contains(&ending(last).as_str()) { decoded(bytes) } else { None };
    if media == "application/pdf" {
        return Some(Alone::File(called()));
    }
    let text = if media.starts_with("text/") || media == "application/octet-stream" { read()? } else { return None };
    let text = text.replace("\r\n", "\n");
    Some(match heading(&text) {
        Some((heading, rest)) => Alone::Text(heading.to_owned(), rest.to_owned()),
        None => Alone::Text(called(), text),
    })
}

/// A first line that is a heading, and what follows: the page shows the title above the text.
fn heading(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = first.strip_prefix("# ")?.trim().trim_end_matches('#').trim();
    (!said.is_empty()).then_some((said, rest.trim_start_matches(['\n', '\r'])))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};
    use zip::{ZipWriter, write::SimpleFileOptions};

    fn archive(entries: &[(&str, &[u8])]) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for (name, bytes) in entries {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let mut file = zip.finish().unwrap();
        file.rewind().unwrap();
        file
    }

    /// Each by its place: its bytes, or why it was left out.
    type Unpacked = Vec<(String, Result<Vec<u8>, Skip>)>;

    fn unpacked(file: File, mut room: u64) -> Result<Unpacked, Shut> {
        let mut found = Vec::new();
        unpack(file, &mut room, |name, bytes| {
            found.push((name, bytes));
            true
        })
        .map(|()| found)
    }

    #[test]
    fn an_archive_gives_its_files_and_nothing_beyond_its_room() {
        let file = || archive(&[("a.txt", b"one"), ("b/c.txt", b"two")]);
        assert_eq!(unpacked(file(), 100).unwrap(), [("a.txt".into(), Ok(b"one".into())), ("b/c.txt".into(), Ok(b"two".into()))]);
        assert_eq!(unpacked(file(), 6).unwrap().len(), 2);
        assert_eq!(unpacked(file(), 5), Err(Shut::TooMuch));
    }

    #[test]
    fn a_bomb_is_counted_while_it_is_unpacked_whatever_it_says_of_itself() {
        let much = vec![0; LARGEST_FILE + 2];
        let mut bytes = Vec::new();
        archive(&[("bomb.txt", &much)]).read_to_end(&mut bytes).unwrap();
        assert!(bytes.len() < 100_000, "well packed");
        let lying = |bytes: &mut [u8]| {
            // The size it states, in front of it and in the list at the end.
            for mark in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
                let at = bytes.windows(4).position(|four| four == mark.0).unwrap();
                bytes[at + mark.1..at + mark.1 + 4].copy_from_slice(&10_u32.to_le_bytes());
            }
        };
        let file = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            file.rewind().unwrap();
            file
        };
        assert_eq!(unpacked(file(&bytes), MOST_BYTES).unwrap(), [("bomb.txt".into(), Err(Skip::TooLarge))]);
        lying(&mut bytes);
        let found = unpacked(file(&bytes), MOST_BYTES).unwrap();
        assert!(matches!(found[0].1, Err(Skip::TooLarge | Skip::Unreadable)), "{:?}", found[0].1.as_ref().map(Vec::len));
        let some = vec![0; 10 << 20];
        assert_eq!(unpacked(archive(&[("a.txt", &some), ("b.txt", &some)]), 15 << 20), Err(Shut::TooMuch));
    }

    #[test]
    fn an_archive_of_more_files_than_are_taken_is_not_opened() {
        let many = |count: usize| {
            let names: Vec<_> = (0..count).map(|number| format!("{number}.txt")).collect();
            archive(&names.iter().map(|name| (name.as_str(), &b"x"[..])).collect::<Vec<_>>())
        };
        assert_eq!(unpacked(many(MOST_BROUGHT + 1), MOST_BYTES), Err(Shut::TooMany));
        assert_eq!(unpacked(many(MOST_LISTED + 1), MOST_BYTES), Err(Shut::TooMany));
        assert_eq!(listed(&many(30)).unwrap(), 30);
        let mut nothing = tempfile::tempfile().unwrap();
        nothing.write_all(b"no archive at all").unwrap();
        assert_eq!(unpacked(nothing, 10), Err(Shut::Broken));
    }

    #[test]
    fn names_are_read_in_utf_8_and_in_gb18030_and_none_leads_out_of_the_folder() {
        assert_eq!(name_in("附件/预算.pdf".as_bytes()), "附件/预算.pdf");
        assert_eq!(name_in(&GB18030.encode("附件/预算.pdf").0), "附件/预算.pdf");
        for out in ["../a", "a/../../b", "/etc/passwd", "C:\\a.txt", "..\\a", "\\\\host\\a"] {
            assert_eq!(place_of(out), Err(Skip::Outside), "{out}");
        }
        for litter in ["__MACOSX/a.txt", ".DS_Store", "a/.git/b", "Thumbs.db", "~$plan.docx", "/".trim_matches('/')] {
            assert_eq!(place_of(litter), Ok(None), "{litter}");
        }
        assert_eq!(place_of("a\\.\\b.txt"), Ok(Some("a/b.txt".into())));
        assert_eq!(place_of("Cafe\u{301}.txt"), Ok(Some("Caf\u{e9}.txt".into())));
        assert_eq!(place_of("a\u{202e}fdp.exe"), Ok(Some("afdp.exe".into())));
    }

    #[test]
    fn a_file_is_found_by_its_place_and_by_its_name_where_only_one_is_called_so() {
        let names = within(&["all/a/plan.pdf", "all/b/plan.pdf", "all/b/map.png"]);
        assert_eq!(names, ["a/plan.pdf", "b/plan.pdf", "b/map.png"]);
        assert_eq!(meant(&names, "b\\plan.pdf"), Some(1));
        assert_eq!(meant(&names, "./A/Plan.PDF"), Some(0));
        assert_eq!(meant(&names, "MAP.png"), Some(2));
        assert_eq!(meant(&names, "plan.pdf"), None, "which of the two");
        assert_eq!(meant(&names, "sea.png"), None);
    }

    #[test]
    fn a_file_alone_is_called_by_its_heading_or_by_its_name() {
        let text = |name: &str, text: &str| match alone(name, "text/plain", text.as_bytes()) {
            Some(Alone::Text(title, text)) => (title, text),
            _ => (String::new(), name.to_owned()),
        };
        assert_eq!(text("a/x.md", "\n# 灯笼 #\n\n全部点亮。\n"), ("灯笼".into(), "全部点亮。\n".into()));
        assert_eq!(text("a/灯笼.txt", "全部点亮。"), ("灯笼".into(), "全部点亮。".into()));
        assert!(matches!(alone("b.pdf", "application/pdf", b"%PDF"), Some(Alone::File(title)) if title == "b"));
        assert!(alone("b.docx", "application/octet-stream", b"\xff\xff").is_none());
        let chinese = GB18030.encode("# 灯笼\n亮。").0.into_owned();
        assert!(matches!(alone("b.txt", "application/octet-stream", &chinese), Some(Alone::Text(title, _)) if title == "灯笼"));
        assert!(misnamed("plan.pdf", "image/png") && !misnamed("plan.PDF", "application/pdf") && !misnamed("plan", "image/png"));
    }
}
