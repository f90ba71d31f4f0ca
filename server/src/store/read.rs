//! Reading: the head, entries, tiles, contents and the rows derived from them.

use super::{Store, StoreError, bulk::placeholders, commit::to_hash, from_sql, to_sql};
use chain::{
    Hash,
    entry::Entry,
    part::{Commitment, Salt},
    state::State,
    statement::{Reference, Statement},
    tile::{self, Tiles},
    tree::Frontier,
};
use object_store::{ObjectStoreExt, path::Path};
use sqlx::{AnyConnection, AssertSqlSafe, Row, any::AnyRow};

/// The newest state of the chain: its size, newest leaf and time, and the checkpoint signed over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub origin: String,
    pub size: u64,
    pub leaf: Hash,
    pub time: i64,
    pub checkpoint: String,
}

/// One version of a document, as lists need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub index: u64,
    pub document: u64,
    pub newest: bool,
    pub agency: String,
    pub genre: String,
    pub theme: Option<String>,
    pub language: String,
    pub stated: Option<String>,
    pub stated_agency: Option<String>,
}

/// A part as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredContent {
    Present {
        media: String,
        salt: Salt,
        bytes: Vec<u8>,
    },
    Removed {
        by: u64,
    },
    /// A row without bytes that no redaction explains: something was lost or taken.
    Lost,
}

/// Genre codes of the items before an index.
#[derive(Debug, Default)]
pub(super) struct Genres {
    before: u64,
    codes: std::collections::BTreeSet<String>,
}

const HEAD: &str = "select origin, size, leaf, time, checkpoint from head where one = 1";
pub(super) const ITEM: &str = "select idx, document, newest, agency, genre, theme, language, stated, stated_agency from items";

impl Store {
    pub async fn head(&self) -> Result<Option<Head>, StoreError> {
        let row = sqlx::query(HEAD).fetch_optional(self.reader().await?.ask()?).await?;
        row.map(|row| {
            Ok(Head {
                origin: row.try_get(0)?,
                size: from_sql(row.try_get(1)?),
                leaf: to_hash(row.try_get(2)?)?,
                time: row.try_get(3)?,
                checkpoint: row.try_get(4)?,
            })
        })
        .transpose()
    }

    /// The chain's state and the right edge of its tiles, from one consistent view of the store. What is loaded was
    /// judged when it was sequenced; `fsck` judges it again.
    pub async fn load(&self, origin: &str) -> Result<(State, Tiles, Head), StoreError> {
        load_in(&mut *self.snapshot().await?, origin).await
    }

    /// A tile's bytes as they stand, which may be more than a smaller tree's partial tile has.
    pub async fn tile(&self, level: u8, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
        tile_bytes(self.reader().await?.ask()?, level, number).await
    }

    pub async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let row =
            sqlx::query("select bytes from entries where idx = $1").bind(to_sql(index)).fetch_optional(self.reader().await?.ask()?).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Entries `[from, to)` with their indexes, rising; those that are missing are left out.
    pub async fn entries(&self, from: u64, to: u64) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let sql = "select idx, bytes from entries where idx >= $1 and idx < $2 order by idx";
        let rows = sqlx::query(sql).bind(to_sql(from)).bind(to_sql(to)).fetch_all(self.reader().await?.ask()?).await?;
        rows.iter().map(|row| Ok((from_sql(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    /// The checkpoint that was signed at exactly this size, if one was.
    pub async fn checkpoint(&self, size: u64) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("select note from checkpoints where size = $1")
            .bind(to_sql(size))
            .fetch_optional(self.reader().await?.ask()?)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Every registration in order: index, id, leaf hash.
    pub async fn registrations(&self) -> Result<Vec<(u64, String, Hash)>, StoreError> {
        let rows = sqlx::query("select idx, id, leaf from registrations order by idx").fetch_all(self.reader().await?.ask()?).await?;
        rows.iter().map(|row| Ok((from_sql(row.try_get(0)?), row.try_get(1)?, to_hash(row.try_get(2)?)?))).collect()
    }

    /// A part by its commitment; `None` when no logged statement refers to it.
    pub async fn content(&self, commitment: &Commitment) -> Result<Option<StoredContent>, StoreError> {
        let sql = "select media, salt, bytes, removed_by from contents where commitment = $1";
        let row = sqlx::query(sql).bind(&commitment.0.0[..]).fetch_optional(self.reader().await?.ask()?).await?;
        let Some(row) = row else { return Ok(None) };
        self.stored(commitment, &row, 0).await.map(Some)
    }

    /// From a row whose columns from `at` on are media, salt, bytes, removed_by.
    pub(super) async fn stored(&self, commitment: &Commitment, row: &AnyRow, at: usize) -> Result<StoredContent, StoreError> {
        if let Some(by) = row.try_get::<Option<i64>, _>(at + 3)? {
            return Ok(StoredContent::Removed { by: from_sql(by) });
        }
        let salt: Option<Vec<u8>> = row.try_get(at + 1)?;
        let Some(salt) = salt.and_then(|salt| Salt::try_from(salt).ok()) else { return Ok(StoredContent::Lost) };
        let media: String = row.try_get(at)?;
        if let Some(bytes) = row.try_get(at + 2)? {
            return Ok(StoredContent::Present { media, salt, bytes });
        }
        match self.objects.get(&object_path(commitment)).await {
            Ok(found) => Ok(StoredContent::Present { media, salt, bytes: found.bytes().await?.to_vec() }),
            Err(object_store::Error::NotFound { .. }) => Ok(StoredContent::Lost),
            Err(error) => Err(error.into()),
        }
    }

    pub async fn item(&self, index: u64) -> Result<Option<Item>, StoreError> {
        let sql = format!("{ITEM} where idx = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(to_sql(index)).fetch_optional(self.reader().await?.ask()?).await?;
        row.as_ref().map(|row| item(row, 0)).transpose()
    }

    /// Every version of a document, oldest first.
    pub async fn versions(&self, document: u64) -> Result<Vec<Item>, StoreError> {
        let sql = format!("{ITEM} where document = $1 order by idx");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(to_sql(document)).fetch_all(self.reader().await?.ask()?).await?;
        rows.iter().map(|row| item(row, 0)).collect()
    }

    /// Newest versions by stated date, newest first: `count` from `offset` on.
    pub async fn by_stated(&self, offset: u64, count: u64) -> Result<Vec<Item>, StoreError> {
        let sql = format!("{ITEM} where newest = 1 and stated is not null order by stated desc, idx desc limit $1 offset $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(to_sql(count)).bind(to_sql(offset)).fetch_all(self.reader().await?.ask()?).await?;
        rows.iter().map(|row| item(row, 0)).collect()
    }

    /// One agency's items, newest in the chain first.
    pub async fn by_agency(&self, agency: &str, offset: u64, count: u64) -> Result<Vec<Item>, StoreError> {
        let sql = format!("{ITEM} where agency = $1 order by idx desc limit $2 offset $3");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(agency).bind(to_sql(count)).bind(to_sql(offset));
        query.fetch_all(self.reader().await?.ask()?).await?.iter().map(|row| item(row, 0)).collect()
    }

    /// Indexes in `[from, to)` of items of one genre, newest first, at most `count`. Goes through every item between.
    pub async fn by_genre(&self, genre: &str, from: u64, to: u64, count: u64) -> Result<Vec<u64>, StoreError> {
        let sql = "select idx from items where genre = $1 and idx >= $2 and idx < $3 order by idx desc limit $4";
        let query = sqlx::query(sql).bind(genre).bind(to_sql(from)).bind(to_sql(to)).bind(to_sql(count));
        query.fetch_all(self.reader().await?.ask()?).await?.iter().map(|row| Ok(from_sql(row.try_get(0)?))).collect()
    }

    /// How many items each agency sealed, and how many newest versions with a stated date there are.
    pub async fn counts(&self) -> Result<(Vec<(String, u64)>, u64), StoreError> {
        let rows = sqlx::query("select agency, count(*) from items group by agency").fetch_all(self.reader().await?.ask()?).await?;
        let agencies = rows.iter().map(|row| Ok((row.try_get(0)?, from_sql(row.try_get(1)?)))).collect::<Result<_, sqlx::Error>>()?;
        let row = sqlx::query("select count(*) from items where newest = 1 and stated is not null")
            .fetch_one(self.reader().await?.ask()?)
            .await?;
        Ok((agencies, from_sql(row.try_get(0)?)))
    }

    /// Every genre code ever used. Looks only at the items that came since it was last asked.
    pub async fn genres(&self) -> Result<Vec<String>, StoreError> {
        let seen = self.known_genres().before;
        let sql = "select genre, max(idx) from items where idx >= $1 group by genre";
        let rows = sqlx::query(sql).bind(to_sql(seen)).fetch_all(self.reader().await?.ask()?).await?;
        let mut known = self.known_genres();
        for row in rows {
            known.codes.insert(row.try_get(0)?);
            known.before = known.before.max(from_sql(row.try_get(1)?) + 1);
        }
        Ok(known.codes.iter().cloned().collect())
    }

    fn known_genres(&self) -> std::sync::MutexGuard<'_, Genres> {
        // Codes only ever come in, each at once: a panic elsewhere leaves nothing half done.
        self.genres.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Indexes of what is said, among the first `size` entries, of any version of the documents these versions belong to: all
    /// redactions, since a part that is gone is blamed on one of them, and the newest `most` statuses.
    pub async fn events_of_documents(&self, versions: &[u64], size: u64, most: i64) -> Result<Vec<u64>, StoreError> {
        let mut events = Vec::new();
        for versions in versions.chunks(256) {
            let more = |n: usize| if self.numbered() { format!("${}", versions.len() + n) } else { "?".to_owned() };
            for (kind, most) in [("=", i64::MAX), ("<>", most)] {
                let sql = format!(
                    "select e.idx from events e join items i on i.idx = e.target \
                     where i.document in (select document from items where idx in ({})) \
                     and e.idx < {} and e.kind {kind} 'redaction' order by e.idx desc limit {}",
                    placeholders(versions.len(), self.numbered()),
                    more(1),
                    more(2),
                );
                let query = versions.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, version| query.bind(to_sql(*version)));
                for row in query.bind(to_sql(size)).bind(most).fetch_all(self.reader().await?.ask()?).await? {
                    events.push(from_sql(row.try_get(0)?));
                }
            }
        }
        Ok(events)
    }
}

/// The same, as a connection sees it while nobody's writing changes what it sees.
pub(crate) async fn load_in(connection: &mut AnyConnection, origin: &str) -> Result<(State, Tiles, Head), StoreError> {
    let head = sqlx::query(HEAD).fetch_optional(&mut *connection).await?.ok_or(StoreError::Absent("chain"))?;
    let found: String = head.try_get(0)?;
    if found != origin {
        return Err(StoreError::OtherChain { found, wanted: origin.into() });
    }
    let head = Head {
        origin: found,
        size: from_sql(head.try_get(1)?),
        leaf: to_hash(head.try_get(2)?)?,
        time: head.try_get(3)?,
        checkpoint: head.try_get(4)?,
    };
    let mut state = State::new(origin);
    let rows = sqlx::query("select r.idx, r.leaf, e.bytes from registrations r join entries e on e.idx = r.idx order by r.idx");
    for row in rows.fetch_all(&mut *connection).await? {
        let at = Reference { index: from_sql(row.try_get(0)?), leaf: to_hash(row.try_get(1)?)? };
        let bytes: Vec<u8> = row.try_get(2)?;
        let unreadable = |reason: String| StoreError::Entry { index: at.index, reason };
        let entry = Entry::parse(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let statement = Statement::parse(entry.note.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
        state.restore(at, &statement);
    }
    let mut edge = Tiles::new(head.size);
    for level in 0..8u8 {
        let Some(last) = head.size.checked_shr(u32::from(level) * 8).filter(|n| *n > 0).map(|n| (n - 1) / tile::WIDTH) else { break };
        // The right-most tile that exists; a level whose hashes end on a full tile keeps that one.
        let bytes = tile_bytes(connection, level, last).await?.ok_or(StoreError::Absent("tile at the tree's edge"))?;
        edge.insert(level, last, &bytes);
    }
    if head.size > 0 {
        let frontier = Frontier::load(&edge, head.size).map_err(|_| StoreError::Absent("tile at the tree's edge"))?;
        state.resume(frontier, (head.leaf, head.time));
    }
    Ok((state, edge, head))
}

/// Where the object store keeps a part: two levels, so that no folder grows without bound.
pub(super) fn object_path(commitment: &Commitment) -> Path {
    let hex = commitment.0.to_hex();
    Path::from(format!("{}/{}", &hex[..2], hex))
}

async fn tile_bytes(connection: &mut AnyConnection, level: u8, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select bytes from tiles where level = $1 and number = $2";
    let row = sqlx::query(sql).bind(i64::from(level)).bind(to_sql(number)).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// From a row whose columns from `at` on are those of an item.
pub(super) fn item(row: &AnyRow, at: usize) -> Result<Item, StoreError> {
    Ok(Item {
        index: from_sql(row.try_get(at)?),
        document: from_sql(row.try_get(at + 1)?),
        newest: row.try_get::<i64, _>(at + 2)? == 1,
        agency: row.try_get(at + 3)?,
        genre: row.try_get(at + 4)?,
        theme: row.try_get(at + 5)?,
        language: row.try_get(at + 6)?,
        stated: row.try_get(at + 7)?,
        stated_agency: row.try_get(at + 8)?,
    })
}
