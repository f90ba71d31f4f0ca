//! Tables: a CSV file read as drafts, a row each, with what is wrong told by row and field. Nothing of it is kept here.

use super::{GENRES, LANGUAGES, Translation, Whom, Written};
use encoding_rs::{Encoding, GB18030, UTF_8};
use serde::{Deserialize, Serialize};

/// Most bytes of a table, and most rows that are taken at once.
pub const LARGEST_TABLE: usize = 20 << 20;
pub const MOST_ROWS: usize = 1_000;

/// What a column fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// A field of the draft, by its name.
    Field(&'static str),
    /// Names the file that the text lies in.
    TextFile,
    /// Names the files that go with it.
    Files,
    /// The same in another language.
    TitleIn(&'static str),
    TextIn(&'static str),
    TextFileIn(&'static str),
}

/// Fields that a column may fill, in the order of a model table.
pub const FIELDS: [&str; 20] = [
    "title",
    "genre",
    "language",
    "document_number",
    "issued",
    "published",
    "effective",
    "expires",
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
    "body",
];

impl Column {
    /// Every column there may be.
    pub fn all() -> impl Iterator<Item = Column> {
        let own = FIELDS.into_iter().map(Column::Field).chain([Column::TextFile, Column::Files]);
        own.chain(LANGUAGES.into_iter().flat_map(|tag| [Column::TitleIn(tag), Column::TextIn(tag), Column::TextFileIn(tag)]))
    }

    /// Its name for programs: `title`, `body_file`, `title_en`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Column::Field(field) => field.to_owned(),
            Column::TextFile => "body_file".to_owned(),
            Column::Files => "files".to_owned(),
            Column::TitleIn(tag) => format!("title_{tag}"),
            Column::TextIn(tag) => format!("body_{tag}"),
            Column::TextFileIn(tag) => format!("body_file_{tag}"),
        }
    }

    /// The draft's field that it is about.
    const fn field(self) -> &'static str {
        match self {
            Column::Field(field) => field,
            Column::TextFile => "body",
            Column::Files => "files",
            _ => "translations",
        }
    }
}

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

/// What is wrong with a cell, or worth knowing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Missing,
    Date,
    Order,
    Choice,
    TooLong,
    Twice,
    /// A spreadsheet's formula stands where its value should.
    Formula,
    /// The row has more cells than the first line.
    Longer,
    /// A file that it names was not brought.
    NotBrought,
    TooManyFiles,
    /// A text was to lie in it, and none does.
    NotText,
    /// By its content it is something else than by its name.
    OtherKind,
}

impl What {
    /// A stable name for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            What::Missing => "missing",
            What::Date => "date",
            What::Order => "order",
            What::Choice => "choice",
            What::TooLong => "too-long",
            What::Twice => "twice",
            What::Formula => "formula",
            What::Longer => "longer",
            What::NotBrought => "not-brought",
            What::TooManyFiles => "too-many-files",
            What::NotText => "not-text",
            What::OtherKind => "other-kind",
        }
    }
}

/// It, where it is, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub field: String,
    pub what: What,
    pub said: String,
}

impl Told {
    pub(super) fn of(field: &str, what: What, said: &str) -> Told {
        Told { field: field.to_owned(), what, said: said.chars().take(200).collect() }
    }

    /// Whether no draft can be made while it is so. What is merely missing is written in the editor.
    #[must_use]
    pub fn stops(&self) -> bool {
        match self.what {
            What::Missing => self.field == "title",
            What::OtherKind => false,
            _ => true,
        }
    }
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

/// What people call columns and what stands in them, in any language: a name, and what it stands for.
#[derive(Debug, Clone, Default)]
pub struct Called {
    pub columns: Vec<(String, Column)>,
    pub genres: Vec<(String, String)>,
    pub languages: Vec<(String, &'static str)>,
    pub authentic: Vec<(String, &'static str)>,
}

fn meant<'c, T>(names: &'c [(String, T)], said: &str) -> Option<&'c T> {
    names.iter().find(|(name, _)| name.to_lowercase() == said.to_lowercase()).map(|(_, meant)| meant)
}

impl Called {
    fn column(&self, heading: &str) -> Option<Column> {
        let folded = heading.replace('(', "（").replace(')', "）").replace(" （", "（");
        let said = |name: &str| name.replace('(', "（").replace(')', "）").replace(" （", "（").to_lowercase() == folded.to_lowercase();
        Column::all().find(|column| column.code() == heading).or_else(|| {
            let found = self.columns.iter().find(|(name, _)| said(name));
            found.map(|(_, column)| *column)
        })
    }
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

impl TableRow {
    fn put(&mut self, column: Column, cell: &str, called: &Called) {
        let one = cell.trim();
        match column {
            Column::Field(field) => self.put_field(field, cell, called),
            Column::TextFile => self.text = Some(one.to_owned()),
            Column::Files => self.files = several(one),
            Column::TitleIn(tag) => self.in_language(tag).title = one.to_owned(),
            Column::TextIn(tag) => self.in_language(tag).body = cell.replace("\r\n", "\n"),
            Column::TextFileIn(tag) => {
                self.in_language(tag);
                self.texts.push((tag, one.to_owned()));
            }
        }
    }

    pub(super) fn in_language(&mut self, tag: &str) -> &mut Translation {
        let texts = &mut self.written.translations;
        let place = texts.iter().position(|text| text.language == tag).unwrap_or_else(|| {
            texts.push(Translation { language: tag.to_owned(), ..Translation::default() });
            texts.len() - 1
        });
        &mut texts[place]
    }

    fn put_field(&mut self, field: &'static str, cell: &str, called: &Called) {
        let one = cell.trim().to_owned();
        let written = &mut self.written;
        match field {
            "title" => written.title = one,
            "genre" => match meant(&called.genres, &one) {
                Some(code) => written.genre.clone_from(code),
                None if GENRES.iter().any(|(code, _)| *code == one) => written.genre = one,
                // Not one that this agency uses: the word stands beside the field, so that it can be put right.
                None => {
                    self.told.push(Told::of(field, What::Choice, &one));
                    written.genre.clear();
                }
            },
            "language" => {
                self.stated_language = true;
                let known = LANGUAGES.into_iter().find(|tag| *tag == one).or_else(|| meant(&called.languages, &one).copied());
                match known {
                    Some(tag) => written.language = tag.to_owned(),
                    None => self.told.push(Told::of(field, What::Choice, &one)),
                }
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
            "keywords" => written.keywords = several(&one.replace('、', ";")),
            "region" => written.region = one,
            "subjects" => written.subjects = several(&one).iter().map(|line| whom(line)).collect(),
            "source" => written.source = one,
            "authentic" => written.authentic = meant(&called.authentic, &one).map_or(one, |code| (*code).to_owned()),
            _ => {}
        }
    }
}

/// Which of the two languages of these pages a title is in, told by its letters; of any other, what else is said of it.
pub(super) fn language_of(title: &str, otherwise: &str) -> String {
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    let (mut han, mut latin) = (false, false);
    for c in title.chars().filter(|c| c.is_alphabetic()) {
        match c {
            c if is_han(c) => han = true,
            c if c.is_ascii() => latin = true,
            _ => return otherwise.to_owned(),
        }
    }
    match (han, latin) {
        (true, _) => "zh".to_owned(),
        (_, true) => "en".to_owned(),
        _ => otherwise.to_owned(),
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
        [all] if all.len() == 8 && all.bytes().all(|byte| byte.is_ascii_digit()) => format!("{}-{}-{}", &all[..4], &all[4..6], &all[6..]),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
