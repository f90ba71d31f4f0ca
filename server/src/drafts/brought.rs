//! What was brought: a table, a folder or both, kept apart for a day until whoever brought it has seen what would become of it and
//! made drafts of it. It is theirs alone: no colleague sees it, no page and no address of published things leads to it.

use super::{
    Drafts, DraftsError, Found, Kind, LARGEST_FILE, LARGEST_TABLE, LONGEST, Lack, MOST_FILES, Refusal, Unread, Written, fields,
    files::{self, File},
    folder::{self, Alone, Aside, MOST_BROUGHT, MOST_BYTES, Shut, Skip},
    new_id,
    personal::{self, Place},
    table::{self, Called, Table, TableRow, Told, What},
};
use crate::staff::{Account, Role};
use chain::time::Millis;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use sqlx::{AnyConnection, Row};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
};
use tokio::sync::mpsc;

/// Most bytes of an archive as it comes.
pub const LARGEST_ARCHIVE: u64 = 256 << 20;
/// How long it is kept.
const KEPT: Millis = 24 * 3_600_000;
/// Most bytes of all texts of the drafts that it would become, and of all files that would go with them: one file may go with many.
const MOST_TEXT: usize = 32 << 20;
const MOST_COPIED: u64 = 1 << 30;
/// Files longer than this are looked through for personal data only before they are submitted.
const LOOKED_THROUGH: i64 = 2 << 20;
/// Most left-out files that are told by name.
const MOST_TOLD: usize = 100;

/// Why nothing of what was brought is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbrought {
    #[error("there is no file in it")]
    Nothing,
    #[error("no draft can be made of any of it")]
    NoRows,
    #[error("there are two tables in it")]
    TwoTables,
    #[error("{0}")]
    Table(#[from] Unread),
    #[error("{0}")]
    Shut(#[from] Shut),
    #[error("its texts are longer than is taken at once, or its files go with too many rows")]
    TooMuch,
}

impl From<Unbrought> for DraftsError {
    fn from(why: Unbrought) -> DraftsError {
        Refusal::Brought(why).into()
    }
}

/// A file that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtFile {
    pub number: i64,
    /// Where it lay in the folder.
    pub name: String,
    pub media: String,
    pub size: i64,
}

/// What is there already and looks like a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Same {
    /// A draft of this agency: its id and its title.
    Draft(String, String),
    /// Another row, by its place.
    Row(String),
}

/// A row: what would become a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtRow {
    pub number: i64,
    /// The line of the table, or the file's name.
    pub place: String,
    pub written: Written,
    pub files: Vec<BroughtFile>,
    pub told: Vec<Told>,
    pub personal: Vec<(Option<String>, Found)>,
    pub same: Option<Same>,
    /// What became of it.
    pub draft: Option<String>,
}

impl BroughtRow {
    /// Whether a draft can be made of it.
    #[must_use]
    pub fn sound(&self) -> bool {
        !self.told.iter().any(Told::stops)
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    pub id: String,
    pub agency: String,
    pub came: Millis,
    /// When it goes.
    pub until: Millis,
    /// Whether there was a table.
    pub table: Option<String>,
    /// Columns that nothing is taken of.
    pub unknown: Vec<String>,
    pub left_out: Vec<Aside>,
    pub rows: Vec<BroughtRow>,
}

/// What is told of the whole.
#[derive(Default, Serialize, Deserialize)]
struct Whole {
    table: Option<String>,
    unknown: Vec<String>,
    left_out: Vec<Aside>,
}

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
}

/// A row with its files found.
struct Resolved {
    place: String,
    written: Written,
    files: Vec<usize>,
    told: Vec<Told>,
    personal: Vec<(Place, Found)>,
}

fn path(id: &str, number: i64) -> String {
    format!("brought/{id}/{number}")
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, DraftsError> {
    serde_json::from_str(json).map_err(|_| DraftsError::Unreadable("what was brought"))
}

fn written_down<T: Serialize>(what: &T) -> Result<String, DraftsError> {
    serde_json::to_string(what).map_err(|_| DraftsError::Unreadable("what was brought"))
}

impl Drafts {
    /// Begins to take what somebody brings for an agency.
    pub async fn begin_bringing(&self, who: &Account, agency: &str) -> Result<Bringing, DraftsError> {
        if !self.may_begin(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let id = new_id()?;
        let sql = "insert into brought (id, account, agency, came, whole, told) values ($1, $2, $3, $4, 0, '{}')";
        let query = sqlx::query(sql).bind(&id).bind(&who.id).bind(agency).bind(self.staff.now());
        query.execute(self.staff.store().pool()).await?;
        let (drafts, who, agency) = (self.clone(), who.clone(), agency.to_owned());
        Ok(Bringing { drafts, who, id, agency, files: vec![], left_out: vec![], room: MOST_BYTES })
    }

    /// What this person brought and has not thrown away, the newest.
    pub async fn brought_last(&self, who: &Account) -> Result<Option<String>, DraftsError> {
        let sql = "select id, agency from brought where account = $1 and whole = 1 and came > $2 order by came desc, id limit 1";
        let query = sqlx::query(sql).bind(&who.id).bind(self.staff.now() - KEPT);
        let Some(row) = query.fetch_optional(self.staff.store().pool()).await? else { return Ok(None) };
        Ok(who.roles.may(Role::Drafter, row.try_get(1)?).then(|| row.try_get(0)).transpose()?)
    }

    /// What was brought, for whoever brought it: for others there is no such thing.
    pub async fn brought(&self, who: &Account, id: &str) -> Result<Brought, DraftsError> {
        let mut connection = self.staff.store().pool().acquire().await?;
        let sql = "select agency, came, told from brought where id = $1 and account = $2 and whole = 1 and came > $3";
        let query = sqlx::query(sql).bind(id).bind(&who.id).bind(self.staff.now() - KEPT);
        let row = query.fetch_optional(&mut *connection).await?.ok_or(Refusal::Nothing)?;
        let (agency, came): (String, Millis) = (row.try_get(0)?, row.try_get(1)?);
        if !who.roles.may(Role::Drafter, &agency) {
            return Err(Refusal::Nothing.into());
        }
        let Whole { table, unknown, left_out } = read(row.try_get(2)?)?;
        let files = brought_files(&mut connection, id).await?;
        let sql = "select number, place, written, files, told, personal, draft from brought_rows where brought = $1 order by number";
        let mut rows = Vec::new();
        for row in sqlx::query(sql).bind(id).fetch_all(&mut *connection).await? {
            let numbers: Vec<i64> = read(row.try_get(3)?)?;
            let file = |number: i64| files.iter().find(|file| file.number == number).cloned();
            rows.push(BroughtRow {
                number: row.try_get(0)?,
                place: row.try_get(1)?,
                written: read(row.try_get(2)?)?,
                files: numbers.into_iter().filter_map(file).collect(),
                told: read(row.try_get(4)?)?,
                personal: read(row.try_get(5)?)?,
                same: None,
                draft: super::given(row.try_get(6)?),
            });
        }
        self.find_same(&mut connection, &agency, &mut rows).await?;
        Ok(Brought { id: id.to_owned(), agency, came, until: came + KEPT, table, unknown, left_out, rows })
    }

    /// Tells which rows are there already: by their document number, else by their title.
    async fn find_same(&self, connection: &mut AnyConnection, agency: &str, rows: &mut [BroughtRow]) -> Result<(), DraftsError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Known {
            title: String,
            document_number: String,
        }
        let key = |text: &str| text.trim().to_lowercase();
        let wanted: HashSet<String> = rows
            .iter()
            .flat_map(|row| [key(&row.written.title), key(&row.written.document_number)])
            .filter(|key| !key.is_empty())
            .collect();
        let (mut numbers, mut titles) = (HashMap::new(), HashMap::new());
        let sql = "select id, written from drafts where agency = $1 and state <> 'dropped' order by made, id";
        let mut drafts = sqlx::query(sql).bind(agency).fetch(connection);
        while let Some(row) = drafts.try_next().await? {
            let known: Known = read(row.try_get(1)?)?;
            for (kept, text) in [(&mut numbers, &known.document_number), (&mut titles, &known.title)] {
                let key = key(text);
                if wanted.contains(&key) {
                    kept.insert(key, Same::Draft(row.try_get(0)?, known.title.clone()));
                }
            }
        }
        for row in rows {
            let (number, title) = (key(&row.written.document_number), key(&row.written.title));
            if row.draft.is_none() {
                // Many notices of one title are told apart by their numbers.
                row.same = numbers.get(&number).or_else(|| titles.get(&title).filter(|_| number.is_empty())).cloned();
            }
            for (kept, key) in [(&mut numbers, number), (&mut titles, title)] {
                if !key.is_empty() {
                    kept.entry(key).or_insert_with(|| Same::Row(row.place.clone()));
                }
            }
        }
        Ok(())
    }

    /// Makes drafts of the rows that were chosen and are sound, each with its files: of all of them, or of none. How many.
    pub async fn draft_brought(&self, who: &Account, id: &str, chosen: &[i64]) -> Result<usize, DraftsError> {
        let brought = self.brought(who, id).await?;
        let rows: Vec<_> = brought.rows.iter().filter(|row| row.draft.is_none() && row.sound() && chosen.contains(&row.number)).collect();
        let mut put = Vec::new();
        let made = self.draft_rows(who, &brought, &rows, &mut put).await;
        // Bytes of what was not made after all, or was made by the same button pressed twice.
        let keep = made.as_ref().map_or(&[][..], |(_, kept)| kept);
        for path in put.iter().filter(|path| !keep.contains(path)) {
            self.files.remove(path).await?;
        }
        made.map(|(count, _)| count)
    }

    async fn draft_rows(
        &self,
        who: &Account,
        brought: &Brought,
        rows: &[&BroughtRow],
        put: &mut Vec<String>,
    ) -> Result<(usize, Vec<String>), DraftsError> {
        let mut ready = Vec::with_capacity(rows.len());
        for row in rows {
            let draft = new_id()?;
            let mut attached = Vec::new();
            for (place, file) in (0..).zip(&row.files) {
                let name = files::name_of(&file.name);
                // In the order they are named in, which is that of their times.
                let added = self.staff.now() + place;
                let new = File {
                    id: new_id()?,
                    draft: draft.clone(),
                    name,
                    media: file.media.clone(),
                    size: file.size,
                    added,
                    added_by: who.id.clone(),
                };
                put.push(new.path());
                self.files.put(&new.path(), self.files.get(&path(&brought.id, file.number)).await?).await?;
                attached.push(new);
            }
            ready.push((draft, *row, attached));
        }
        let (mut count, mut kept) = (0, Vec::new());
        let mut turn = self.staff.store().turn().await?;
        for (draft, row, attached) in &ready {
            let sql = "update brought_rows set draft = $1 where brought = $2 and number = $3 and draft = ''";
            if sqlx::query(sql).bind(draft).bind(&brought.id).bind(row.number).execute(&mut *turn).await?.rows_affected() != 1 {
                continue;
            }
            self.insert(&mut turn, who, (draft, &brought.agency, Kind::Disclosure), &row.written).await?;
            for file in attached {
                self.insert_file(&mut turn, who, file).await?;
                kept.push(file.path());
            }
            count += 1;
        }
        let details = json!({ "agency": brought.agency, "drafts": count });
        self.staff.journal().note_in(&mut turn, &who.id, "brought-made", &brought.id, &details).await?;
        turn.commit().await?;
        Ok((count, kept))
    }

    /// Throws it away. Drafts that were made of it stay.
    pub async fn discard_brought(&self, who: &Account, id: &str) -> Result<(), DraftsError> {
        let brought = self.brought(who, id).await?;
        self.remove_brought(id).await?;
        self.staff.journal().note(&who.id, "brought-discarded", id, &json!({ "agency": brought.agency })).await?;
        Ok(())
    }

    /// Removes what nobody has decided about for a day. How much there was.
    pub async fn forget_brought(&self) -> Result<usize, DraftsError> {
        let sql = "select id from brought where came <= $1";
        let rows = sqlx::query(sql).bind(self.staff.now() - KEPT).fetch_all(self.staff.store().pool()).await?;
        for row in &rows {
            self.remove_brought(row.try_get(0)?).await?;
        }
        Ok(rows.len())
    }

    /// Bytes first: a row that is left leads to them again.
    async fn remove_brought(&self, id: &str) -> Result<(), DraftsError> {
        self.files.remove_all(&format!("brought/{id}")).await?;
        let mut turn = self.staff.store().turn().await?;
        for sql in [
            "delete from brought_rows where brought = $1",
            "delete from brought_files where brought = $1",
            "delete from brought where id = $1",
        ] {
            sqlx::query(sql).bind(id).execute(&mut *turn).await?;
        }
        turn.commit().await?;
        Ok(())
    }
}

async fn brought_files(connection: &mut AnyConnection, id: &str) -> Result<Vec<BroughtFile>, DraftsError> {
    let sql = "select number, name, media, size from brought_files where brought = $1 order by number";
    let rows = sqlx::query(sql).bind(id).fetch_all(connection).await?;
    rows.iter()
        .map(|row| Ok(BroughtFile { number: row.try_get(0)?, name: row.try_get(1)?, media: row.try_get(2)?, size: row.try_get(3)? }))
        .collect()
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
        Ok(Resolved { place: line.to_string(), written, files: attached, told, personal: vec![] })
    }

    /// A file as text, if it is one that a draft takes.
    async fn text(&self, at: usize) -> Result<Option<String>, DraftsError> {
        let file = &self.files[at];
        let may = personal::is_text(&file.media) || file.media == "application/octet-stream";
        if !may || file.size > LONGEST as i64 {
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
            rows.push(Resolved { place: names[at].clone(), written, files, told: vec![], personal: vec![] });
        }
        Ok(rows)
    }

    /// What is wrong with each, and what in it belongs to persons.
    async fn judged(&self, mut rows: Vec<Resolved>) -> Result<Vec<Resolved>, DraftsError> {
        let copied: u64 = rows.iter().flat_map(|row| &row.files).map(|at| u64::try_from(self.files[*at].size).unwrap_or(0)).sum();
        if copied > MOST_COPIED {
            return Err(Unbrought::TooMuch.into());
        }
        let mut within: HashMap<usize, Vec<Found>> = HashMap::new();
        for row in &mut rows {
            for at in row.files.clone() {
                let file = &self.files[at];
                if folder::misnamed(&file.name, &file.media) {
                    row.told.push(Told::of("files", What::OtherKind, &format!("{} ({})", file.name, file.media)));
                }
                if personal::is_text(&file.media) && file.size <= LOOKED_THROUGH && !within.contains_key(&at) {
                    let bytes = self.bytes(at).await?;
                    let looked = tokio::task::spawn_blocking(move || super::look(&String::from_utf8_lossy(&bytes)));
                    within.insert(at, looked.await.map_err(|_| DraftsError::Unreadable("a text"))?);
                }
                for found in within.get(&at).into_iter().flatten() {
                    row.personal.push((Some(file.name.clone()), found.clone()));
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
                row.personal.splice(0..0, found);
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
            let sql = "insert into brought_rows (brought, number, place, written, files, told, personal, draft) \
                       values ($1, $2, $3, $4, $5, $6, $7, '')";
            let numbers: Vec<i64> = row.files.iter().map(|at| self.files[*at].number).collect();
            sqlx::query(sql)
                .bind(id)
                .bind(number)
                .bind(&row.place)
                .bind(written_down(&row.written)?)
                .bind(written_down(&numbers)?)
                .bind(written_down(&row.told)?)
                .bind(written_down(&row.personal)?)
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
