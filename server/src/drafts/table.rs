//! Tables: a CSV file read as drafts, a row each, with what is wrong told by row and field. Nothing of it is kept here.

use super::{Kind, LANGUAGES, Lack, Whom, Written, fields};
use encoding_rs::{GB18030, UTF_8};

/// Most bytes of a table, and most rows that are taken at once.
pub const LARGEST_TABLE: usize = 20 << 20;
pub const MOST_ROWS: usize = 1_000;

/// Columns there may be, by the names of the fields they fill.
const COLUMNS: [&str; 20] = [
    "title",
    "genre",
    "language",
    "body",
    "issued",
    "published",
    "effective",
    "expires",
    "document_number",
    "index_number",
    "theme",
    "issuing_agencies",
    "joint_agencies",
    "basis",
    "summary",
    "keywords",
    "region",
    "subjects",
    "source",
    "authentic",
];

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

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Lack(Lack),
    /// A spreadsheet's formula stands where its value should.
    Formula,
}

impl Wrong {
    /// Whether a draft can be made all the same, and this be put right in the editor.
    #[must_use]
    pub fn passes(self, field: &str) -> bool {
        self == Wrong::Lack(Lack::Missing) && field != "title"
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Where it begins in the file, from 1.
    pub line: u64,
    pub written: Written,
    pub wrong: Vec<(&'static str, Wrong)>,
    /// It has more cells than the first line.
    pub longer: bool,
}

impl TableRow {
    /// Whether it becomes a draft.
    #[must_use]
    pub fn good(&self) -> bool {
        !self.longer && self.wrong.iter().all(|(field, wrong)| wrong.passes(field))
    }
}

/// A whole table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub rows: Vec<TableRow>,
    /// Columns that no field is called like: nothing of them is taken.
    pub unknown: Vec<String>,
}

/// What people call fields and what stands in them, in any language: a name, and what it stands for.
#[derive(Debug, Clone, Default)]
pub struct Called {
    pub fields: Vec<(String, &'static str)>,
    pub genres: Vec<(String, &'static str)>,
    pub languages: Vec<(String, &'static str)>,
}

fn meant(names: &[(String, &'static str)], said: &str) -> Option<&'static str> {
    names.iter().find(|(name, _)| name.eq_ignore_ascii_case(said)).map(|(_, code)| *code)
}

/// Text in the encodings that spreadsheets save here.
fn decoded(bytes: &[u8]) -> Result<String, Unread> {
    if bytes.is_empty() || bytes.len() > LARGEST_TABLE {
        return Err(Unread::Size);
    }
    let (text, wrong) = UTF_8.decode_with_bom_removal(bytes);
    if !wrong {
        return Ok(text.into_owned());
    }
    let (text, wrong) = GB18030.decode_without_bom_handling(bytes);
    if wrong || text.contains('\0') { Err(Unread::Encoding) } else { Ok(text.into_owned()) }
}

/// What separates cells: whatever the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let most = [b',', b'\t', b';'].into_iter().rev().max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count());
    most.unwrap_or(b',')
}

/// Reads a table whose first line names its columns.
pub fn read(bytes: &[u8], called: &Called, template: &Written) -> Result<Table, Unread> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new().delimiter(separator(&text)).flexible(true).from_reader(text.as_bytes());
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    for name in reader.headers().map_err(|_| Unread::Line(1))? {
        let name = name.trim();
        let field = COLUMNS.into_iter().find(|field| *field == name).or_else(|| meant(&called.fields, name));
        if field.is_some() && columns.contains(&field) {
            return Err(Unread::Twice(name.to_owned()));
        }
        if field.is_none() && !name.is_empty() {
            unknown.push(name.to_owned());
        }
        columns.push(field);
    }
    if !columns.contains(&Some("title")) {
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
        rows.push(row(line, &record, &columns, called, template));
    }
    Ok(Table { rows, unknown })
}

fn row(line: u64, record: &csv::StringRecord, columns: &[Option<&'static str>], called: &Called, template: &Written) -> TableRow {
    let mut written = template.clone();
    let mut wrong = Vec::new();
    for (field, cell) in columns.iter().zip(record).filter_map(|(field, cell)| Some(((*field)?, cell))) {
        if cell.trim_start().starts_with(['=', '@']) {
            wrong.push((field, Wrong::Formula));
        }
        if !cell.trim().is_empty() {
            put(&mut written, field, cell, called);
        }
    }
    for (field, lack) in fields::faults(Kind::Disclosure, &written, 0) {
        if !wrong.iter().any(|(known, _)| *known == field) {
            wrong.push((field, Wrong::Lack(lack)));
        }
    }
    let longer = record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty());
    TableRow { line, written, wrong, longer }
}

fn put(written: &mut Written, field: &str, cell: &str, called: &Called) {
    let one = cell.trim().to_owned();
    match field {
        "title" => written.title = one,
        "genre" => written.genre = meant(&called.genres, &one).map_or(one, str::to_owned),
        "language" => {
            let known = LANGUAGES.contains(&&*one);
            written.language = meant(&called.languages, &one).filter(|_| !known).map_or(one, str::to_owned);
        }
        "body" => written.body = cell.replace("\r\n", "\n"),
        "issued" => written.issued = day(&one),
        "published" => written.published = day(&one),
        "effective" => written.effective = day(&one),
        "expires" => written.expires = day(&one),
        "document_number" => written.document_number = one,
        "index_number" => written.index_number = one,
        "theme" => written.theme = one,
        "issuing_agencies" => written.issuing_agencies = several(&one),
        "joint_agencies" => written.joint_agencies = several(&one),
        "basis" => written.basis = one,
        "summary" => written.summary = one,
        "keywords" => written.keywords = several(&one),
        "region" => written.region = one,
        "subjects" => written.subjects = several(&one).iter().map(|line| whom(line)).collect(),
        "source" => written.source = one,
        "authentic" => written.authentic = one,
        _ => {}
    }
}

fn several(cell: &str) -> Vec<String> {
    cell.split(['\n', ';', '；']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

fn whom(line: &str) -> Whom {
    let mut pieces = line.split(['|', '｜']).map(|piece| piece.trim().to_owned());
    let mut next = || pieces.next().unwrap_or_default();
    Whom { name: next(), scheme: next(), id: next() }
}

/// A day as spreadsheets write it, with its noughts; what is none is left as it stands, and told.
fn day(cell: &str) -> String {
    let pieces: Vec<&str> = cell.split(['-', '/', '.', '年', '月', '日']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    match &pieces[..] {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn called() -> Called {
        let pairs = |pairs: &[(&str, &'static str)]| pairs.iter().map(|(name, code)| ((*name).to_owned(), *code)).collect();
        Called {
            fields: pairs(&[("标题", "title"), ("正文", "body"), ("成文日期", "issued"), ("公文种类", "genre"), ("Keywords", "keywords")]),
            genres: pairs(&[("通知", "notice"), ("Notice", "notice")]),
            languages: pairs(&[("中文", "zh")]),
        }
    }

    fn template() -> Written {
        Written { genre: "notice".into(), language: "zh".into(), ..Written::default() }
    }

    fn table(bytes: &[u8]) -> Result<Table, Unread> {
        read(bytes, &called(), &template())
    }

    const CHINESE: &str = "标题,公文种类,成文日期,正文\r\n灯笼,通知,2026/3/1,\"全部点亮。\n\n第二段，含\"\"引号\"\"\"\r\n\r\n,,,\r\n路灯,通知,2026年11月2日,亮。\r\n";

    #[test]
    fn the_same_rows_come_from_utf_8_with_and_without_its_mark_and_from_gb18030() {
        let plain = table(CHINESE.as_bytes()).unwrap();
        assert_eq!(plain.rows.len(), 2, "empty rows are none");
        assert!(plain.rows.iter().all(TableRow::good), "{plain:?}");
        let first = &plain.rows[0].written;
        assert_eq!((&*first.title, &*first.genre, &*first.issued), ("灯笼", "notice", "2026-03-01"));
        assert_eq!(first.body, "全部点亮。\n\n第二段，含\"引号\"");
        assert_eq!(plain.rows[1].written.issued, "2026-11-02");
        assert_eq!(table(format!("\u{feff}{CHINESE}").as_bytes()).unwrap(), plain);
        assert_eq!(table(&GB18030.encode(CHINESE).0).unwrap(), plain);
        assert_eq!(table(b"title\n\xff\xff\n"), Err(Unread::Encoding));
        assert_eq!(table(b""), Err(Unread::Size));
    }

    #[test]
    fn columns_are_known_by_name_in_either_language_and_told_where_they_are_not() {
        let read = table("Title;colour;KEYWORDS\nLanterns;red;light\n".as_bytes());
        assert_eq!(read, Err(Unread::NoTitle), "a column's own name is in small letters");
        let read = table("title;colour;KEYWORDS\nLanterns;red;light；night\n".as_bytes()).unwrap();
        assert_eq!(read.unknown, ["colour"]);
        assert_eq!(read.rows[0].written.keywords, ["light", "night"]);
        assert_eq!(table("title,标题\na,b\n".as_bytes()), Err(Unread::Twice("标题".into())));
        assert_eq!(table(b"body\na\n"), Err(Unread::NoTitle));
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_field_and_spoils_no_other_row() {
        let text = "title,genre,issued,body\nGood,notice,2026-03-01,Lit.\n,notice,2026-03-01,Lit.\nBad,notice,2026-02-30,Lit.\n\
                    Short,notice\nLong,notice,2026-03-01,Lit.,more\n";
        let rows = table(text.as_bytes()).unwrap().rows;
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.good(), row.wrong.first().copied())).collect();
        assert_eq!(told[0], (2, true, None));
        assert_eq!(told[1], (3, false, Some(("title", Wrong::Lack(Lack::Missing)))));
        assert_eq!(told[2], (4, false, Some(("issued", Wrong::Lack(Lack::Date)))));
        assert!(told[3].1, "what is missing is written in the editor: {:?}", rows[3].wrong);
        assert_eq!((told[4].1, rows[4].longer), (false, true), "a comma in a text that nobody quoted");
    }

    #[test]
    fn a_formula_is_told_and_never_taken_for_a_value() {
        for cell in ["=1+1", " =HYPERLINK(\"\"http://a\"\")", "@SUM(A1)"] {
            let rows = table(format!("title,issued,body\n\"{cell}\",2026-03-01,Lit.\n").as_bytes()).unwrap().rows;
            assert_eq!(rows[0].wrong.first(), Some(&("title", Wrong::Formula)), "{cell}");
            assert!(!rows[0].good());
        }
        assert!(table(b"title,issued,body\n- 1 -,2026-03-01,- a list\n").unwrap().rows[0].good());
    }

    #[test]
    fn a_hundred_thousand_rows_are_refused_and_a_thousand_are_not() {
        let rows = |count: usize| format!("title\n{}", "Lanterns\n".repeat(count));
        assert_eq!(table(rows(100_000).as_bytes()), Err(Unread::TooManyRows));
        assert_eq!(table(rows(MOST_ROWS).as_bytes()).unwrap().rows.len(), MOST_ROWS);
        assert_eq!(table(&vec![b'a'; LARGEST_TABLE + 1]), Err(Unread::Size));
    }
}
