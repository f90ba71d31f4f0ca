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
const PICTURES: &[&str] = &[
    "png", "jpg", "jpeg", "jfif", "gif", "bmp", "dib", "tif", "tiff", "webp", "avif", "heic", "emf", "wmf", "emz", "wmz", "wdp", "jxr",
    "jb2", "svg", "svm", "eps", "pct", "pcx", "ico",
];
/// Endings of XML.
const XML: &[&str] = &["xml", "rels", "vml", "rdf", "psmdcp"];
/// Endings of what nobody writes in: fonts, and where signatures begin.
const HARMLESS: &[&str] = &["odttf", "ttf", "otf", "ttc", "fntdata", "woff", "woff2", "sigs"];

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
        let whole = match part_of(name, sort) {
            Part::Passed => true,
            Part::Picture => {
                text.gap(Gap::Pictures);
                true
            }
            Part::Strings if cells => true,
            Part::Sheet => {
                let part = unpacked(&mut archive, at)?;
                (cells || take(&part, Kind::Running, text)) && take(&part, Kind::Beside, text)
            }
            Part::Strings | Part::Running => take(&unpacked(&mut archive, at)?, Kind::Running, text),
            Part::Fields => take(&unpacked(&mut archive, at)?, Kind::Fields, text),
            Part::Other => {
                text.embedded(unpacked(&mut archive, at)?, depth);
                true
            }
        };
        if !whole {
            break;
        }
    }
    Ok(())
}

/// Takes the text of a part. False: no more is taken.
fn take(part: &[u8], kind: Kind, text: &mut Text) -> bool {
    let said = xml::text_of(part, kind, text);
    text.take(Spot::Somewhere, &said)
}

/// What a part of a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nobody writes in it, or it is read with the cells.
    Passed,
    Picture,
    /// Texts of cells, or a sheet of them.
    Strings,
    Sheet,
    Running,
    Fields,
    /// A file within it, or what no other kind is known of: nothing is passed over without a word.
    Other,
}

fn part_of(name: &str, sort: Sort) -> Part {
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    let ending = last.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
    let is = |endings: &[&str]| endings.contains(&ending.as_str());
    if name.ends_with('/') || is(HARMLESS) || is_passed(name, last, sort) {
        Part::Passed
    } else if is(PICTURES) {
        // A small picture of the first page says what the page says.
        if name.contains("humbnail") { Part::Passed } else { Part::Picture }
    } else if is_embedded(name, sort) || !is(XML) {
        Part::Other
    } else if name == "xl/sharedStrings.xml" {
        Part::Strings
    } else if name.starts_with("xl/worksheets/") && !name.contains("_rels/") {
        Part::Sheet
    } else if is_fields(name, last, sort) {
        Part::Fields
    } else {
        Part::Running
    }
}

/// Parts of no known ending that say nothing of their own.
fn is_passed(name: &str, last: &str, sort: Sort) -> bool {
    match sort {
        // Of a binary spreadsheet these are read with the cells, or say how they look.
        Sort::Ooxml => {
            let binary = ["xl/workbook.bin", "xl/sharedStrings.bin", "xl/styles.bin", "xl/calcChain.bin"].contains(&name);
            binary || name.contains("/printerSettings/") || (name.starts_with("xl/worksheets/") && last.ends_with(".bin"))
        }
        Sort::OpenDocument => matches!(name, "mimetype" | "layout-cache") || name.starts_with("ObjectReplacements/"),
        Sort::Ofd => name.contains("/Signs/") && matches!(last, "SignedValue.dat" | "Seal.esl"),
    }
}

/// Whether a part is made of fields rather than of paragraphs: what is said of the document, and how it is set up.
fn is_fields(name: &str, last: &str, sort: Sort) -> bool {
    match sort {
        Sort::Ooxml => (name.starts_with("docProps/") || name.starts_with("customXml/")) && !last.ends_with(".rels"),
        Sort::OpenDocument => !matches!(last, "content.xml" | "styles.xml" | "manifest.xml"),
        Sort::Ofd => last != "Content.xml" && !["/Pages/", "/Tpls/", "/Annots/"].iter().any(|folder| name.contains(folder)),
    }
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

fn is_embedded(name: &str, sort: Sort) -> bool {
    match sort {
        Sort::Ooxml => name.contains("/embeddings/") && !name.ends_with('/'),
        Sort::OpenDocument => name.starts_with("Object ") && !name.contains('/'),
        Sort::Ofd => name.contains("/Attachs/") && !name.ends_with('/') && !name.ends_with(".xml"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read_or_known_to_say_nothing_or_said_to_be_there() {
        let parts = [
            ("word/document.xml", Part::Running),
            ("word/_rels/document.xml.rels", Part::Running),
            ("docProps/core.xml", Part::Fields),
            ("docProps/thumbnail.jpeg", Part::Passed),
            ("word/fonts/font1.odttf", Part::Passed),
            ("word/media/", Part::Passed),
            ("word/media/image1.PNG", Part::Picture),
            ("xl/printerSettings/printerSettings1.bin", Part::Passed),
            ("xl/worksheets/sheet1.xml", Part::Sheet),
            ("xl/worksheets/sheet1.bin", Part::Passed),
            ("xl/worksheets/_rels/sheet1.xml.rels", Part::Running),
            ("xl/comments1.bin", Part::Other),
            ("word/afchunk.mht", Part::Other),
            ("word/document.foo", Part::Other),
            ("word/embeddings/sheet.xlsx", Part::Other),
            ("word/vbaProject.bin", Part::Other),
        ];
        for (name, part) in parts {
            assert_eq!(part_of(name, Sort::Ooxml), part, "{name}");
        }
        let parts = [
            ("mimetype", Part::Passed),
            ("Object 1", Part::Other),
            ("Object 1/content.xml", Part::Running),
            ("meta.xml", Part::Fields),
            ("Versions/Version1", Part::Other),
        ];
        for (name, part) in parts {
            assert_eq!(part_of(name, Sort::OpenDocument), part, "{name}");
        }
        let parts = [
            ("OFD.xml", Part::Fields),
            ("Doc_0/Document.xml", Part::Fields),
            ("Doc_0/Pages/Page_0/Content.xml", Part::Running),
            ("Doc_0/Signs/Sign_0/Seal.esl", Part::Passed),
            ("Doc_0/Attachs/list.docx", Part::Other),
        ];
        for (name, part) in parts {
            assert_eq!(part_of(name, Sort::Ofd), part, "{name}");
        }
    }
}
