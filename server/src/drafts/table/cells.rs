//! Cells: what stands in one, put into the draft's field that its column fills.

use super::{
    super::{GENRES, LANGUAGES, Told, Translation, What, Whom},
    Called, Column, TableRow,
    columns::meant,
};

impl TableRow {
    pub(super) fn put(&mut self, column: Column, cell: &str, called: &Called) {
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

    fn in_language(&mut self, tag: &str) -> &mut Translation {
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
pub(in crate::drafts) fn language_of(title: &str, otherwise: &str) -> String {
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
