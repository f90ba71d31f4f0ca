//! Packages: what office programs save as a ZIP of XML parts (OOXML, OpenDocument, OFD).

use super::{
    Gap, Spot, Text, sheets,
    xml::{self, Kind},
};
use std::{
    borrow::Cow,
    io::{Cursor, Read},
};
use zip::{ZipArchive, result::ZipError};

/// Endings of pictures.
const PICTURES: [&str; 12] = ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "emf", "wmf", "jb2", "svg"];
/// Folders whose parts are paragraphs and cells.
const RUNNING: [&str; 3] = ["word/", "ppt/", "xl/"];

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// What a package is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Ooxml,
    OpenDocument,
    Ofd,
}

fn sort_of(names: &[String]) -> Option<Sort> {
    let has = |name: &str| names.iter().any(|own| own == name);
    if has("[Content_Types].xml") {
        Some(Sort::Ooxml)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Some(Sort::OpenDocument)
    } else if has("OFD.xml") {
        Some(Sort::Ofd)
    } else {
        None
    }
}

fn shut(error: &ZipError) -> Gap {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Gap::Locked,
        _ => Gap::Damaged,
    }
}

/// Reads a package that lies in `depth` other files.
pub(super) fn package(bytes: &[u8], text: &mut Text, depth: usize) -> Result<(), Gap> {
    let mut archive: Archive<'_> = ZipArchive::new(Cursor::new(bytes)).map_err(|error| shut(&error))?;
    let names: Vec<String> = archive.file_names().map(|name| name.map(Cow::into_owned).unwrap_or_default()).collect();
    let sort = sort_of(&names).ok_or(Gap::OtherKind)?;
    if names.len() > text.bounds.files {
        return Err(Gap::TooLarge);
    }
    weigh(&mut archive, text)?;
    if sort == Sort::OpenDocument && is_locked(&mut archive, &names) {
        return Err(Gap::Locked);
    }
    let cells = cells(bytes, &names, sort, text);
    for (at, name) in names.iter().enumerate() {
        let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
        if PICTURES.contains(&ending.as_str()) {
            // A small picture of the first page says what the page says.
            if !name.contains("humbnail") && !name.starts_with("ObjectReplacements/") {
                text.gap(Gap::Pictures);
            }
        } else if is_embedded(name, sort) {
            embedded(unpacked(&mut archive, at)?, text, depth);
        } else if ["xml", "rels", "vml"].contains(&ending.as_str()) && !(cells && is_cells(name)) {
            let runs = sort != Sort::Ooxml || RUNNING.iter().any(|folder| name.starts_with(folder));
            let kind = if runs { Kind::Running } else { Kind::Fields };
            let part = xml::text_of(&unpacked(&mut archive, at)?, kind, text);
            if !text.take(Spot::Somewhere, &part) {
                break;
            }
        }
    }
    Ok(())
}

/// Unpacks all of it once, keeping nothing, and counts: from then on no part is larger than may be.
fn weigh(archive: &mut Archive<'_>, text: &Text) -> Result<(), Gap> {
    let mut room = text.bounds.entries;
    for at in 0..archive.len() {
        let most = text.bounds.entry.min(room);
        let entry = archive.by_index(at).map_err(|error| shut(&error))?;
        let came = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink()).map_err(|_| Gap::Damaged)?;
        if came > most {
            return Err(Gap::TooLarge);
        }
        room -= came;
    }
    Ok(())
}

fn unpacked(archive: &mut Archive<'_>, at: usize) -> Result<Vec<u8>, Gap> {
    let mut bytes = Vec::new();
    archive.by_index(at).map_err(|error| shut(&error))?.read_to_end(&mut bytes).map_err(|_| Gap::Damaged)?;
    Ok(bytes)
}

/// OpenDocument says in its manifest that a password is asked for; its parts look like broken ones.
fn is_locked(archive: &mut Archive<'_>, names: &[String]) -> bool {
    let manifest = names.iter().position(|name| name == "META-INF/manifest.xml").map(|at| unpacked(archive, at));
    matches!(manifest, Some(Ok(manifest)) if String::from_utf8_lossy(&manifest).contains("encryption-data"))
}

/// Reads a spreadsheet's cells, by sheet and row. False: it is none, or they are read with everything else.
fn cells(bytes: &[u8], names: &[String], sort: Sort, text: &mut Text) -> bool {
    let has = |name: &str| names.iter().any(|own| own == name);
    let read = match sort {
        Sort::Ooxml if has("xl/workbook.xml") => sheets::xlsx(bytes, text),
        Sort::Ooxml if has("xl/workbook.bin") => sheets::xlsb(bytes, text),
        Sort::OpenDocument => sheets::ods(bytes, text),
        _ => return false,
    };
    // What the library does not follow is not lost: then its parts are read as any others.
    if read.is_err() && has("xl/workbook.bin") {
        text.gap(Gap::Damaged);
    }
    read.is_ok()
}

/// Whether the parts of a spreadsheet's cells are told by this name. OpenDocument keeps comments in the same part.
fn is_cells(name: &str) -> bool {
    name == "xl/sharedStrings.xml" || (name.starts_with("xl/worksheets/") && !name.contains("_rels/"))
}

fn is_embedded(name: &str, sort: Sort) -> bool {
    match sort {
        Sort::Ooxml => name.contains("/embeddings/") && !name.ends_with('/'),
        Sort::OpenDocument => name.starts_with("Object ") && !name.contains('/'),
        Sort::Ofd => name.contains("/Attachs/") && !name.ends_with('/') && !name.ends_with(".xml"),
    }
}

fn embedded(bytes: Vec<u8>, text: &mut Text, depth: usize) {
    if depth > 0 || super::read(bytes, text, depth + 1).is_err() {
        text.gap(Gap::Embedded);
    }
}
