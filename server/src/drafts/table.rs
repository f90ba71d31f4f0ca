//! Tables: a CSV file read as drafts, a row each, with what is wrong told by row and field. Nothing of it is kept here.
//!
//! What its columns fill is in `columns`; how a cell is put into its field, in `cells`.

mod cells;
mod columns;

pub(super) use cells::language_of;
pub use columns::{Called, Column, FIELDS};

use super::{Told, What, Written};
use encoding_rs::{Encoding, GB18030, UTF_8};

/// Most bytes of a table, and most rows that are taken at once.
pub const LARGEST_TABLE: usize = 20 << 20;
pub const MOST_ROWS: usize = 1_000;

/// Why nothing of a table can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("the table is empty or larger than is taken")]
    Size,
    #[error("it is neither UTF-8 nor GB18030")]
    Encoding,
    #[error("its first line names no title")]
    NoTitle,
    #[error("two columns are called {0}")]
    Twice(String),
    #[error("it has more than {MOST_ROWS} rows")]
    TooManyRows,
    #[error("line {0} cannot be read")]
    Line(u64),
}

/// One row, its files still by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableRow {
    /// Where it begins in the file, from 1.
    pub line: u64,
    pub written: Written,
    /// The file that the text lies in, and those of texts in other languages.
    pub text: Option<String>,
    pub texts: Vec<(&'static str, String)>,
    pub files: Vec<String>,
    pub told: Vec<Told>,
    /// Whether it says which language it is in.
    stated_language: bool,
}

/// A whole table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub rows: Vec<TableRow>,
    /// Columns that no field is called like: nothing of them is taken.
    pub unknown: Vec<String>,
}

/// Text in the encodings that spreadsheets and editors save here.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    let whole = |encoding: &'static Encoding, bytes| {
        let (text, wrong) = encoding.decode_without_bom_handling(bytes);
        (!wrong && !text.contains('\0')).then(|| text.into_owned())
    };
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => whole(encoding, &bytes[mark..]),
        None => whole(UTF_8, bytes).or_else(|| whole(GB18030, bytes)),
    }
}

/// What separates cells: whatever the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let most = [b',', b'\t', b';'].into_iter().rev().max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count());
    most.unwrap_or(b',')
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(separator(text)).flexible(true).from_reader(text.as_bytes())
}

/// Whether a file's first line names a title, as a table of drafts has it.
pub(super) fn is_table(bytes: &[u8], called: &Called) -> bool {
    let first = decoded(bytes).and_then(|text| reader(&text).headers().ok().cloned());
    first.is_some_and(|first| first.iter().any(|name| called.column(name.trim()) == Some(Column::Field("title"))))
}

/// Reads a table whose first line names its columns. What a row does not say stands in `plain`.
pub fn read(bytes: &[u8], called: &Called, plain: &Written) -> Result<Table, Unread> {
    if bytes.is_empty() || bytes.len() > LARGEST_TABLE {
        return Err(Unread::Size);
    }
    let text = decoded(bytes).ok_or(Unread::Encoding)?;
    let mut reader = reader(&text);
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    for name in reader.headers().map_err(|_| Unread::Line(1))? {
        let name = name.trim();
        let column = called.column(name);
        if column.is_some() && columns.contains(&column) {
            return Err(Unread::Twice(name.to_owned()));
        }
        if column.is_none() && !name.is_empty() {
            unknown.push(name.to_owned());
        }
        columns.push(column);
    }
    if !columns.contains(&Some(Column::Field("title"))) {
        return Err(Unread::NoTitle);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Unread::Line(error.position().map_or(0, csv::Position::line)))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Unread::TooManyRows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(row(line, &record, &columns, called, plain));
    }
    Ok(Table { rows, unknown })
}

fn row(line: u64, record: &csv::StringRecord, columns: &[Option<Column>], called: &Called, plain: &Written) -> TableRow {
    let mut row = TableRow { line, written: plain.clone(), ..TableRow::default() };
    for (column, cell) in columns.iter().zip(record).filter_map(|(column, cell)| Some(((*column)?, cell))) {
        let prose = matches!(column, Column::Field("body") | Column::TextIn(_));
        if !prose && cell.trim_start().starts_with(['=', '@']) {
            row.told.push(Told::of(column.field(), What::Formula, cell));
        }
        if !cell.trim().is_empty() {
            row.put(column, cell, called);
        }
    }
    if !row.stated_language {
        row.written.language = language_of(&row.written.title, &plain.language);
    }
    if record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
        row.told.push(Told::of("", What::Longer, ""));
    }
    row
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{super::Translation, *};

    fn called() -> Called {
        let columns = [
            ("标题", Column::Field("title")),
            ("正文", Column::Field("body")),
            ("成文日期", Column::Field("issued")),
            ("公文种类", Column::Field("genre")),
            ("Keywords", Column::Field("keywords")),
            ("Title (English)", Column::TitleIn("en")),
            ("标题（英文）", Column::TitleIn("en")),
            ("附件", Column::Files),
        ];
        Called {
            columns: columns.map(|(name, column)| (name.to_owned(), column)).to_vec(),
            genres: [("通知", "notice"), ("Notice", "notice"), ("周报", "weekly")].map(|(name, code)| (name.into(), code.into())).to_vec(),
            languages: vec![("中文".to_owned(), "zh")],
            authentic: vec![("原件".to_owned(), "original")],
        }
    }

    fn plain() -> Written {
        Written { genre: "notice".into(), language: "zh".into(), ..Written::default() }
    }

    fn table(bytes: &[u8]) -> Result<Table, Unread> {
        read(bytes, &called(), &plain())
    }

    const CHINESE: &str = "标题,公文种类,成文日期,正文\r\n灯笼,通知,2026/3/1,\"全部点亮。\n\n第二段，含\"\"引号\"\"\"\r\n\r\n,,,\r\n路灯,通知,2026年11月2日,亮。\r\n";

    #[test]
    fn the_same_rows_come_from_every_encoding_that_spreadsheets_save() {
        let plain = table(CHINESE.as_bytes()).unwrap();
        assert_eq!(plain.rows.len(), 2, "empty rows are none");
        assert!(plain.rows.iter().all(|row| row.told.is_empty()), "{plain:?}");
        let first = &plain.rows[0].written;
        assert_eq!((&*first.title, &*first.genre, &*first.issued), ("灯笼", "notice", "2026-03-01"));
        assert_eq!(first.body, "全部点亮。\n\n第二段，含\"引号\"");
        assert_eq!(plain.rows[1].written.issued, "2026-11-02");
        assert_eq!(table(format!("\u{feff}{CHINESE}").as_bytes()).unwrap(), plain);
        assert_eq!(table(&GB18030.encode(CHINESE).0).unwrap(), plain);
        let wide: Vec<u8> = [0xfeff].into_iter().chain(CHINESE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(table(&wide).unwrap(), plain);
        assert_eq!(table(b"title\n\xff\xff\n"), Err(Unread::Encoding));
        assert_eq!(table(b""), Err(Unread::Size));
    }

    #[test]
    fn columns_are_known_by_name_in_either_language_and_told_where_they_are_not() {
        assert_eq!(table(b"Headline;colour\nLanterns;red\n"), Err(Unread::NoTitle));
        let read = table("title;colour;KEYWORDS\nLanterns;red;light；night、river\n".as_bytes()).unwrap();
        assert_eq!(read.unknown, ["colour"]);
        assert_eq!(read.rows[0].written.keywords, ["light", "night", "river"]);
        assert_eq!(table("title,标题\na,b\n".as_bytes()), Err(Unread::Twice("标题".into())));
        assert_eq!(table(b"body\na\n"), Err(Unread::NoTitle));
    }

    #[test]
    fn texts_in_other_languages_and_files_have_columns_of_their_own() {
        for heading in ["title_en", "Title (English)", "标题（英文）", "标题(英文)"] {
            let read = table(format!("标题,{heading},body_en,附件,body_file_en\n灯笼,Lanterns,Lit.,a.pdf；b.png,\n").as_bytes()).unwrap();
            let row = &read.rows[0];
            assert_eq!(row.written.translations, [Translation { language: "en".into(), title: "Lanterns".into(), body: "Lit.".into() }]);
            assert_eq!(row.files, ["a.pdf", "b.png"]);
            assert!(row.texts.is_empty());
        }
    }

    #[test]
    fn a_row_that_names_no_language_is_in_that_of_its_title() {
        let of = |title: &str| table(format!("title\n{title}\n").as_bytes()).unwrap().rows[0].written.language.clone();
        assert_eq!((&*of("灯笼 No. 7"), &*of("Lanterns, 7"), &*of("2026"), &*of("ちょうちん")), ("zh", "en", "zh", "zh"));
        let stated = table("title,language\n灯笼,en\n".as_bytes()).unwrap();
        assert_eq!(stated.rows[0].written.language, "en");
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_field_and_spoils_no_other_row() {
        let text = "title,genre,language,body\nGood,notice,zh,Lit.\nBad,circular,zh,Lit.\nWorse,notice,klingon,Lit.\n\
                    Short,周报\nLong,notice,zh,Lit.,more\n";
        let rows = table(text.as_bytes()).unwrap().rows;
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.told.first().cloned())).collect();
        assert_eq!(told[0], (2, None));
        assert_eq!(told[1], (3, Some(Told::of("genre", What::Choice, "circular"))));
        assert_eq!(told[2], (4, Some(Told::of("language", What::Choice, "klingon"))));
        assert_eq!((told[3].1.as_ref(), &*rows[3].written.genre), (None, "weekly"));
        assert_eq!(told[4], (6, Some(Told::of("", What::Longer, ""))), "a comma in a text that nobody quoted");
    }

    #[test]
    fn a_formula_is_told_and_a_text_may_begin_with_any_sign() {
        for cell in ["=1+1", " =HYPERLINK(\"\"http://a\"\")", "@SUM(A1)"] {
            let rows = table(format!("title,issued,body\n\"{cell}\",2026-03-01,Lit.\n").as_bytes()).unwrap().rows;
            assert_eq!(rows[0].told.first().map(|told| (&*told.field, told.what)), Some(("title", What::Formula)), "{cell}");
        }
        assert_eq!(table(b"title,issued,body\n- 1 -,20260301,@everybody\n").unwrap().rows[0].told, []);
    }

    #[test]
    fn a_hundred_thousand_rows_are_refused_and_a_thousand_are_not() {
        let rows = |count: usize| format!("title\n{}", "Lanterns\n".repeat(count));
        assert_eq!(table(rows(100_000).as_bytes()), Err(Unread::TooManyRows));
        assert_eq!(table(rows(MOST_ROWS).as_bytes()).unwrap().rows.len(), MOST_ROWS);
        assert_eq!(table(&vec![b'a'; LARGEST_TABLE + 1]), Err(Unread::Size));
    }
}
