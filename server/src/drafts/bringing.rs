//! Bringing: files taken one by one or out of an archive, read as a table or as a folder, and kept as the drafts they would become.

use super::{
    Drafts, DraftsError, Kind, LARGEST_FILE, LARGEST_TABLE, LONGEST, Lack, MOST_FILES, Refusal, Unread, Written,
    brought::{BroughtFile, Unbrought, Whole, path, written_down},
    fields, files,
    folder::{self, Alone, Aside, MOST_BROUGHT, MOST_BYTES, Shut, Skip},
    looked::Looked,
    new_id, personal,
    room::Held,
    table::{self, Called, Table, TableRow},
    told::{Told, What},
};
use crate::{extract::Gap, staff::Account};
use serde_json::json;
use sqlx::Row;
use std::{collections::HashSet, path::PathBuf, time::Duration};
use tokio::{sync::mpsc, time::Instant};

/// Most bytes of an archive as it comes.
pub const LARGEST_ARCHIVE: u64 = 256 << 20;
/// Most bytes of all texts of the drafts that it would become, and of all files that would go with them: one file may go with many.
const MOST_TEXT: usize = 32 << 20;
const MOST_COPIED: u64 = 1 << 30;
/// How long all files are looked through for personal data; what is left then is looked at before it is submitted.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most left-out files that are told by name.
const MOST_TOLD: usize = 100;

/// On its way.
pub struct Bringing {
    drafts: Drafts,
    who: Account,
    pub id: String,
    agency: String,
    files: Vec<BroughtFile>,
    left_out: Vec<Aside>,
    /// Bytes that may still come.
    room: u64,
    _place: Held,
}

/// A row with its files found.
struct Resolved {
    place: String,
    written: Written,
    files: Vec<usize>,
    told: Vec<Told>,
    looked: Looked,
}

impl Drafts {
    /// Begins to take what somebody brings for an agency.
    pub async fn begin_bringing(&self, who: &Account, agency: &str) -> Result<Bringing, DraftsError> {
        if !self.may_begin(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let place = self.room.bring()?;
        let id = new_id()?;
        let sql = "insert into brought (id, account, agency, came, whole, told) values ($1, $2, $3, $4, 0, '{}')";
        let query = sqlx::query(sql).bind(&id).bind(&who.id).bind(agency).bind(self.staff.now());
        query.execute(self.staff.store().pool()).await?;
        let (drafts, who, agency) = (self.clone(), who.clone(), agency.to_owned());
        Ok(Bringing { drafts, who, id, agency, files: vec![], left_out: vec![], room: MOST_BYTES, _place: place })
    }
}

impl Bringing {
    /// One file, by the name it came with.
    pub async fn file(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), DraftsError> {
        self.room = self.room.checked_sub(bytes.len() as u64).ok_or(Unbrought::Shut(Shut::TooMuch))?;
        self.take(name, Ok(bytes)).await
    }

    /// A file larger than any draft takes, of which the rest was not read.
    pub fn too_large(&mut self, name: &str) {
        self.leave_out(name, Skip::TooLarge);
    }

    /// Where an archive is written, to be opened with [`Bringing::open`].
    pub async fn archive(&self) -> Result<PathBuf, DraftsError> {
        self.drafts.files.beside(&format!("brought/{}/archive", self.id)).await
    }

    /// Opens the archive that was written there, and takes its files.
    pub async fn open(&mut self) -> Result<(), DraftsError> {
        let path = self.archive().await?;
        let (sender, mut files) = mpsc::channel(1);
        let mut room = self.room;
        let opened = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::open(path).map_err(|_| Shut::Broken)?;
            folder::unpack(file, &mut room, |name, bytes| sender.blocking_send((name, bytes)).is_ok()).map(|()| room)
        });
        while let Some((name, bytes)) = files.recv().await {
            self.take(&name, bytes).await?;
        }
        self.room = opened.await.map_err(|_| DraftsError::Unreadable("an archive"))?.map_err(Unbrought::Shut)?;
        self.drafts.files.remove(&format!("brought/{}/archive", self.id)).await
    }

    async fn take(&mut self, name: &str, bytes: Result<Vec<u8>, Skip>) -> Result<(), DraftsError> {
        let place = match folder::place_of(name) {
            Ok(Some(place)) => place,
            Ok(None) => return Ok(()),
            Err(skip) => {
                self.leave_out(name, skip);
                return Ok(());
            }
        };
        let bytes = match bytes {
            Ok(bytes) if bytes.is_empty() => Err(Skip::Empty),
            Ok(bytes) if bytes.len() > LARGEST_FILE => Err(Skip::TooLarge),
            Ok(_) if self.files.iter().any(|file| file.name == place) => Err(Skip::Twice),
            bytes => bytes,
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(skip) => {
                self.leave_out(&place, skip);
                return Ok(());
            }
        };
        if self.files.len() >= MOST_BROUGHT {
            return Err(Unbrought::Shut(Shut::TooMany).into());
        }
        let number = i64::try_from(self.files.len()).unwrap_or(i64::MAX);
        let (media, size) = (files::media_of(&bytes).to_owned(), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.drafts.files.put(&path(&self.id, number), bytes).await?;
        self.files.push(BroughtFile { number, name: place, media, size });
        Ok(())
    }

    fn leave_out(&mut self, name: &str, why: Skip) {
        if self.left_out.len() < MOST_TOLD {
            let name = name.chars().filter(|c| !c.is_control()).take(200).collect();
            self.left_out.push(Aside { name, why });
        }
    }

    /// Gives it up.
    pub async fn give_up(&self) -> Result<(), DraftsError> {
        self.drafts.remove_brought(&self.id).await
    }

    async fn bytes(&self, at: usize) -> Result<Vec<u8>, DraftsError> {
        self.drafts.files.get(&path(&self.id, self.files[at].number)).await
    }

    /// The table among the files, if there is one.
    async fn table(&self, called: &Called) -> Result<Option<usize>, DraftsError> {
        let mut found = None;
        for at in (0..self.files.len()).filter(|at| folder::is_called_table(&self.files[*at].name)) {
            let alone = self.files.len() == 1;
            if alone || (self.files[at].size <= LARGEST_TABLE as i64 && table::is_table(&self.bytes(at).await?, called)) {
                if found.is_some() {
                    return Err(Unbrought::TwoTables.into());
                }
                found = Some(at);
            }
        }
        Ok(found)
    }

    /// All has come: what it would become is looked at and kept, in place of whatever the same person brought before. What a table does
    /// not say stands in `plain`.
    pub async fn finish(&mut self, called: Called, plain: Written) -> Result<String, DraftsError> {
        if self.files.is_empty() && self.left_out.is_empty() {
            return Err(Unbrought::Nothing.into());
        }
        let places: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        let names = folder::within(&places);
        for (file, name) in std::iter::zip(&mut self.files, &names) {
            file.name.clone_from(name);
        }
        let table = self.table(&called).await?;
        let (rows, unknown) = match table {
            Some(at) => self.rows_of_table(at, &names, called, plain).await?,
            None => (self.rows_of_folder(&names, &plain).await?, vec![]),
        };
        if rows.is_empty() {
            return Err(Unbrought::NoRows.into());
        }
        let rows = self.judged(rows).await?;
        let used: HashSet<usize> = rows.iter().flat_map(|row| row.files.iter().copied()).chain(table).collect();
        let whole = Whole { table: table.map(|at| names[at].clone()), unknown, left_out: std::mem::take(&mut self.left_out) };
        self.keep(rows, whole, &used).await
    }

    async fn rows_of_table(
        &mut self,
        at: usize,
        names: &[String],
        called: Called,
        plain: Written,
    ) -> Result<(Vec<Resolved>, Vec<String>), DraftsError> {
        let bytes = self.bytes(at).await?;
        let read = tokio::task::spawn_blocking(move || table::read(&bytes, &called, &plain)).await;
        let Table { rows, unknown } = read.map_err(|_| DraftsError::Unreadable("a table"))?.map_err(Unbrought::Table)?;
        let (mut resolved, mut texts, mut used) = (Vec::with_capacity(rows.len()), 0, HashSet::from([at]));
        for row in rows {
            let row = self.found(row, names, &mut used).await?;
            texts += length(&row.written);
            if texts > MOST_TEXT {
                return Err(Unbrought::TooMuch.into());
            }
            resolved.push(row);
        }
        for at in (0..names.len()).filter(|at| !used.contains(at)) {
            self.leave_out(&names[at], Skip::Unused);
        }
        Ok((resolved, unknown))
    }

    /// A row with the files that it names.
    async fn found(&self, row: TableRow, names: &[String], used: &mut HashSet<usize>) -> Result<Resolved, DraftsError> {
        let TableRow { line, mut written, text, texts, files, mut told, .. } = row;
        let mut attached = Vec::new();
        let find = |said: &str, field: &str, told: &mut Vec<Told>, used: &mut HashSet<usize>| {
            let found = folder::meant(names, said);
            match found {
                Some(at) => drop(used.insert(at)),
                None => told.push(Told::of(field, What::NotBrought, said)),
            }
            found
        };
        if let Some(at) = text.and_then(|said| find(&said, "body", &mut told, used)) {
            match self.text(at).await? {
                Some(text) => written.body = text,
                // A scan, or what a word processor made: the file itself stands for the text.
                None => attached.push(at),
            }
        }
        for (tag, said) in texts {
            let Some(at) = find(&said, "translations", &mut told, used) else { continue };
            match self.text(at).await? {
                Some(text) => {
                    if let Some(translation) = written.translations.iter_mut().find(|text| text.language == tag) {
                        translation.body = text;
                    }
                }
                None => told.push(Told::of("translations", What::NotText, &said)),
            }
        }
        for said in files {
            if let Some(at) = find(&said, "files", &mut told, used)
                && !attached.contains(&at)
            {
                attached.push(at);
            }
        }
        Ok(Resolved { place: line.to_string(), written, files: attached, told, looked: Looked::default() })
    }

    /// A file as text, if it is one that a draft takes.
    async fn text(&self, at: usize) -> Result<Option<String>, DraftsError> {
        let file = &self.files[at];
        if !personal::may_be_text(&file.media) || file.size > LONGEST as i64 {
            return Ok(None);
        }
        Ok(table::decoded(&self.bytes(at).await?).map(|text| text.replace("\r\n", "\n")))
    }

    async fn rows_of_folder(&mut self, names: &[String], plain: &Written) -> Result<Vec<Resolved>, DraftsError> {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|one, other| names[*one].cmp(&names[*other]));
        let (mut rows, mut texts) = (Vec::new(), 0);
        for at in order {
            let media = self.files[at].media.clone();
            let may = self.files[at].size <= LONGEST as i64;
            let bytes = if may && media != "application/pdf" { self.bytes(at).await? } else { vec![] };
            let (title, body, files) = match folder::alone(&names[at], &media, &bytes) {
                Some(Alone::Text(title, body)) if may => (title, body, vec![]),
                Some(Alone::File(title)) => (title, String::new(), vec![at]),
                _ => {
                    self.leave_out(&names[at], if may { Skip::OtherKind } else { Skip::TooLarge });
                    continue;
                }
            };
            if rows.len() == table::MOST_ROWS {
                return Err(Unbrought::Table(Unread::TooManyRows).into());
            }
            let language = table::language_of(&title, &plain.language);
            let written = Written { title, body, language, ..plain.clone() };
            texts += length(&written);
            if texts > MOST_TEXT {
                return Err(Unbrought::TooMuch.into());
            }
            rows.push(Resolved { place: names[at].clone(), written, files, told: vec![], looked: Looked::default() });
        }
        Ok(rows)
    }

    /// What is wrong with each, and what in it belongs to persons.
    async fn judged(&self, mut rows: Vec<Resolved>) -> Result<Vec<Resolved>, DraftsError> {
        let copied: u64 = rows.iter().flat_map(|row| &row.files).map(|at| u64::try_from(self.files[*at].size).unwrap_or(0)).sum();
        if copied > MOST_COPIED {
            return Err(Unbrought::TooMuch.into());
        }
        let until = Instant::now() + PATIENCE;
        for row in &mut rows {
            for at in row.files.clone() {
                let file = &self.files[at];
                if folder::misnamed(&file.name, &file.media) {
                    row.told.push(Told::of("files", What::OtherKind, &format!("{} ({})", file.name, file.media)));
                }
                personal::look_at_name(&mut row.looked.found, &file.name);
                // One that goes with several rows is read once, as any file is.
                let (drafts, path) = (&self.drafts, path(&self.id, file.number));
                let seen = drafts.looking.file(&drafts.files, &self.agency, &path, &file.media, until).await?;
                row.looked.add(&file.name, &seen);
            }
            for (_, gap) in &mut row.looked.unread {
                if *gap == Gap::Waiting {
                    *gap = Gap::Later;
                }
            }
            if row.files.len() > MOST_FILES {
                row.told.push(Told::of("files", What::TooManyFiles, &row.files.len().to_string()));
            }
            for (field, lack) in fields::faults(Kind::Disclosure, &row.written, row.files.len()) {
                if !row.told.iter().any(|told| told.field == field) {
                    row.told.push(Told::of(field, what_of(lack), ""));
                }
            }
            if super::draft::write(&row.written).is_err() {
                row.told.push(Told::of("body", What::TooLong, ""));
            }
        }
        let looked = tokio::task::spawn_blocking(move || {
            for row in &mut rows {
                let found = personal::in_written(&row.written);
                row.looked.found.splice(0..0, found);
            }
            rows
        });
        looked.await.map_err(|_| DraftsError::Unreadable("a text"))
    }

    async fn keep(&self, rows: Vec<Resolved>, whole: Whole, used: &HashSet<usize>) -> Result<String, DraftsError> {
        let (staff, id) = (&self.drafts.staff, &self.id);
        let mut turn = staff.store().turn().await?;
        let sql = "select id from brought where account = $1 and id <> $2";
        let before = sqlx::query(sql).bind(&self.who.id).bind(id).fetch_all(&mut *turn).await?;
        let before = before.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        let sql = "update brought set whole = 1, told = $1 where id = $2";
        if sqlx::query(sql).bind(written_down(&whole)?).bind(id).execute(&mut *turn).await?.rows_affected() != 1 {
            // The same person brought something else meanwhile, and that came first.
            return Err(Refusal::Busy.into());
        }
        for (at, file) in self.files.iter().enumerate().filter(|(at, _)| used.contains(at)) {
            debug_assert_eq!(at, usize::try_from(file.number).unwrap_or_default());
            let sql = "insert into brought_files (brought, number, name, media, size) values ($1, $2, $3, $4, $5)";
            sqlx::query(sql).bind(id).bind(file.number).bind(&file.name).bind(&file.media).bind(file.size).execute(&mut *turn).await?;
        }
        for (number, row) in (0_i64..).zip(&rows) {
            let sql = "insert into brought_rows (brought, number, place, written, files, told, personal, unread, draft) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, '')";
            let numbers: Vec<i64> = row.files.iter().map(|at| self.files[*at].number).collect();
            sqlx::query(sql)
                .bind(id)
                .bind(number)
                .bind(&row.place)
                .bind(written_down(&row.written)?)
                .bind(written_down(&numbers)?)
                .bind(written_down(&row.told)?)
                .bind(written_down(&row.looked.found)?)
                .bind(written_down(&row.looked.unread)?)
                .execute(&mut *turn)
                .await?;
        }
        let details = json!({ "agency": self.agency, "files": self.files.len(), "drafts": rows.len() });
        staff.journal().note_in(&mut turn, &self.who.id, "brought", id, &details).await?;
        turn.commit().await?;
        for earlier in &before {
            self.drafts.remove_brought(earlier).await?;
        }
        // What no row means lies there for nothing.
        for (_, file) in self.files.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
            self.drafts.files.remove(&path(id, file.number)).await?;
        }
        Ok(id.clone())
    }
}

fn length(written: &Written) -> usize {
    written.body.len() + written.translations.iter().map(|text| text.body.len()).sum::<usize>()
}

const fn what_of(lack: Lack) -> What {
    match lack {
        Lack::Missing => What::Missing,
        Lack::Date => What::Date,
        Lack::Order => What::Order,
        Lack::Choice => What::Choice,
        Lack::TooLong => What::TooLong,
        Lack::Twice => What::Twice,
    }
}
