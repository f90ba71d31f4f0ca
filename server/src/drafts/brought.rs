//! What was brought: a table, a folder or both, kept apart for a day until whoever brought it has seen what would become of it and
//! made drafts of it. It is theirs alone: no colleague sees it, no page and no address of published things leads to it.

use super::{
    Drafts, DraftsError, Found, Kind, Refusal, Unread, Written,
    files::{self, File},
    folder::{Aside, Shut},
    new_id,
    told::Told,
};
use crate::{
    extract::Gap,
    staff::{Account, Role},
};
use chain::time::Millis;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use sqlx::{AnyConnection, Row};
use std::collections::{HashMap, HashSet};

/// How long it is kept.
const KEPT: Millis = 24 * 3_600_000;

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
    /// What in it belongs to persons, and what of its files was not looked through.
    pub personal: Vec<(Option<String>, Found)>,
    pub unread: Vec<(String, Gap)>,
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
pub(super) struct Whole {
    pub table: Option<String>,
    pub unknown: Vec<String>,
    pub left_out: Vec<Aside>,
}

pub(super) fn path(id: &str, number: i64) -> String {
    format!("brought/{id}/{number}")
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, DraftsError> {
    serde_json::from_str(json).map_err(|_| DraftsError::Unreadable("what was brought"))
}

pub(super) fn written_down<T: Serialize>(what: &T) -> Result<String, DraftsError> {
    serde_json::to_string(what).map_err(|_| DraftsError::Unreadable("what was brought"))
}

impl Drafts {
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
        let sql =
            "select number, place, written, files, told, personal, unread, draft from brought_rows where brought = $1 order by number";
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
                unread: read(row.try_get(6)?)?,
                same: None,
                draft: super::given(row.try_get(7)?),
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
        let more = ready.iter().flat_map(|(.., attached)| attached).map(|file| file.size).sum();
        self.has_room(&mut turn, &brought.agency, more).await?;
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
    pub(super) async fn remove_brought(&self, id: &str) -> Result<(), DraftsError> {
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
