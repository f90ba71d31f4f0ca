//! Spreadsheets: their cells row by row, as what they hold and not as it is shown. A telephone number kept as a number is read as its digits.

use super::{Gap, Spot, Text};
use calamine::{Data, Ods, OdsError, Reader, Xls, XlsError, Xlsb, Xlsx, XlsxError};
use std::io::Cursor;

/// Most characters of a sheet's name.
const LONGEST_NAME: usize = 40;

/// Cells as they come, each with the number of its row.
type Numbered = (usize, String);

/// What older programs save: a spreadsheet, or a package that a password locks.
pub(super) fn binary(bytes: &[u8], text: &mut Text) -> Result<(), Gap> {
    match Xls::new(Cursor::new(bytes)) {
        Ok(book) => ranges(book, text),
        Err(XlsError::Password) => Err(Gap::Locked),
        Err(_) => match Xlsx::new(Cursor::new(bytes)) {
            Err(XlsxError::Password) => Err(Gap::Locked),
            _ => Err(Gap::OtherKind),
        },
    }
}

pub(super) fn xlsx(bytes: &[u8], text: &mut Text) -> Result<(), Gap> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Gap::Damaged)?;
    for sheet in book.sheet_names() {
        // Cell by cell: two far apart would have all between them kept as well.
        let mut reader = book.worksheet_cells_reader(&sheet).map_err(|_| Gap::Damaged)?;
        let mut broken = false;
        let cells = std::iter::from_fn(|| match reader.next_cell() {
            Ok(cell) => cell.map(|cell| (cell.get_position().0 as usize + 1, Data::from(cell.get_value().clone()).to_string())),
            Err(_) => {
                broken = true;
                None
            }
        });
        let whole = rows(&sheet, cells, text);
        if broken {
            return Err(Gap::Damaged);
        }
        if !whole {
            break;
        }
    }
    Ok(())
}

pub(super) fn xlsb(bytes: &[u8], text: &mut Text) -> Result<(), Gap> {
    ranges(Xlsb::new(Cursor::new(bytes)).map_err(|_| Gap::Damaged)?, text)
}

pub(super) fn ods(bytes: &[u8], text: &mut Text) -> Result<(), Gap> {
    match Ods::new(Cursor::new(bytes)) {
        Ok(book) => ranges(book, text),
        Err(OdsError::Password) => Err(Gap::Locked),
        Err(_) => Err(Gap::Damaged),
    }
}

fn ranges<'b, B: Reader<Cursor<&'b [u8]>>>(mut book: B, text: &mut Text) -> Result<(), Gap> {
    for sheet in book.sheet_names() {
        let range = book.worksheet_range(&sheet).map_err(|_| Gap::Damaged)?;
        let top = range.start().map_or(0, |(row, _)| row as usize);
        let cells = range.used_cells().map(|(row, _, cell)| (top + row + 1, cell.to_string()));
        if !rows(&sheet, cells, text) {
            break;
        }
    }
    Ok(())
}

/// Takes cells row by row. False: no more is taken.
fn rows(sheet: &str, cells: impl Iterator<Item = Numbered>, text: &mut Text) -> bool {
    let sheet: String = sheet.chars().take(LONGEST_NAME).collect();
    let (mut row, mut line) = (0, String::new());
    for (number, cell) in cells {
        if number != row {
            if !text.take(Spot::Row { sheet: sheet.clone(), row }, &line) {
                return false;
            }
            row = number;
            line.clear();
        }
        if !line.is_empty() {
            line.push('\t');
        }
        line.push_str(&cell);
    }
    text.take(Spot::Row { sheet, row }, &line)
}
