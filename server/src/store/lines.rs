//! An entry together with what is derived from it, in one question: what a line of a list, or a record's page, shows.
//!
//! A question crosses to the database's own thread and back, which costs more than its answer; a page asks one.

use super::{Item, Store, StoreError, StoredContent, commit::to_hash, from_sql, read::item, to_sql};
use chain::part::Commitment;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};
use std::sync::LazyLock;

/// A part that stands at the place in its statement where it is looked for first.
pub type Found = (Commitment, StoredContent);

/// An entry with the rows that were derived from it.
#[derive(Debug)]
pub struct Line {
    pub index: u64,
    pub bytes: Vec<u8>,
    pub item: Option<Item>,
    /// The first part. None where there is none, or where it came with an earlier version already.
    pub catalogue: Option<Found>,
    /// Statuses and redactions that speak of it.
    pub events: u64,
}

/// What is known of an entry that is only linked to.
#[derive(Debug)]
pub struct Beside {
    pub index: u64,
    pub item: bool,
    pub catalogue: Option<Found>,
    pub events: u64,
}

/// A record with all that its page shows, as far as one question can tell.
#[derive(Debug)]
pub struct Record {
    pub line: Line,
    /// The second part, which nearly always is the text.
    pub second: Option<Found>,
    pub older: Option<Beside>,
    pub newer: Option<Beside>,
}

/// The beginning of a part.
#[derive(Debug)]
pub struct Beginning {
    pub commitment: Commitment,
    pub media: String,
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
}

const ITEM: &str = "i.idx, i.document, i.newest, i.agency, i.genre, i.theme, i.language, i.stated, i.stated_agency";
const CONTENT: [&str; 5] = ["commitment", "media", "salt", "bytes", "removed_by"];
/// Columns of an item and of a part.
const ITEMS: usize = 9;
const CONTENTS: usize = CONTENT.len();

fn content(table: &str) -> String {
    CONTENT.map(|column| format!("{table}.{column}")).join(", ")
}

fn line_columns() -> String {
    format!("e.idx, e.bytes, (select count(*) from events t where t.target = e.idx), {ITEM}, {}", content("c"))
}

const LINE: usize = 3 + ITEMS + CONTENTS;
const LINE_JOINS: &str = "from entries e left join items i on i.idx = e.idx left join contents c on c.entry = e.idx and c.part = 0";

static RECORD: LazyLock<String> = LazyLock::new(|| {
    // What is not here any more has no name either, whatever the derived rows say.
    let beside = |items: &str, contents: &str| {
        format!("{items}.idx, (select count(*) from events t where t.target = {items}.idx), {}", content(contents))
    };
    format!(
        "select {}, {}, {}, {} {LINE_JOINS} left join contents b on b.entry = e.idx and b.part = 1 \
         left join items o on o.idx = e.idx - 1 and exists (select 1 from entries x where x.idx = o.idx) \
         left join contents oc on oc.entry = o.idx and oc.part = 0 \
         left join items n on n.idx = e.idx + 1 and exists (select 1 from entries x where x.idx = n.idx) \
         left join contents nc on nc.entry = n.idx and nc.part = 0 \
         where e.idx = $1",
        line_columns(),
        content("b"),
        beside("o", "oc"),
        beside("n", "nc"),
    )
});

impl Store {
    /// These entries; those that are missing are left out.
    pub async fn lines(&self, indexes: &[u64]) -> Result<Vec<Line>, StoreError> {
        let rows = self.at(&format!("select {} {LINE_JOINS} where e.idx in", line_columns()), indexes, "").await?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            lines.push(self.line(row).await?);
        }
        Ok(lines)
    }

    /// An entry, its first two parts, and what its neighbours are called.
    pub async fn record(&self, index: u64) -> Result<Option<Record>, StoreError> {
        let query = sqlx::query(AssertSqlSafe(RECORD.as_str())).bind(to_sql(index));
        let row = query.fetch_optional(self.reader().await?.ask()?).await?;
        let Some(row) = row else { return Ok(None) };
        let (second, older) = (LINE, LINE + CONTENTS);
        Ok(Some(Record {
            line: self.line(&row).await?,
            second: self.part_at(&row, second).await?,
            older: match index.checked_sub(1) {
                Some(index) => Some(self.beside(&row, older, index).await?),
                None => None,
            },
            newer: Some(self.beside(&row, older + 2 + CONTENTS, index + 1).await?),
        }))
    }

    /// The beginnings of the second parts of these entries, at most `most` bytes of each, with the entry they came with.
    /// Those that were redacted, lost, or lie in the object store are left out.
    pub async fn beginnings(&self, indexes: &[u64], most: usize) -> Result<Vec<(u64, Beginning)>, StoreError> {
        let select = format!(
            "select entry, commitment, media, substr(bytes, 1, {most}), size from contents \
             where part = 1 and removed_by is null and bytes is not null and entry in"
        );
        let rows = self.at(&select, indexes, "").await?;
        let beginning = |row: &AnyRow| {
            let bytes: Vec<u8> = row.try_get(3)?;
            let whole = bytes.len() as u64 >= from_sql(row.try_get(4)?);
            let commitment = Commitment(to_hash(row.try_get(1)?)?);
            Ok((from_sql(row.try_get(0)?), Beginning { commitment, media: row.try_get(2)?, bytes, whole }))
        };
        rows.iter().map(beginning).collect()
    }

    async fn line(&self, row: &AnyRow) -> Result<Line, StoreError> {
        let there: Option<i64> = row.try_get(3)?;
        Ok(Line {
            index: from_sql(row.try_get(0)?),
            bytes: row.try_get(1)?,
            events: from_sql(row.try_get(2)?),
            item: match there {
                Some(_) => Some(item(row, 3)?),
                None => None,
            },
            catalogue: self.part_at(row, 3 + ITEMS).await?,
        })
    }

    async fn beside(&self, row: &AnyRow, at: usize, index: u64) -> Result<Beside, StoreError> {
        let item: Option<i64> = row.try_get(at)?;
        let events: i64 = row.try_get(at + 1)?;
        Ok(Beside { index, item: item.is_some(), events: from_sql(events), catalogue: self.part_at(row, at + 2).await? })
    }

    async fn part_at(&self, row: &AnyRow, at: usize) -> Result<Option<Found>, StoreError> {
        let Some(commitment) = row.try_get::<Option<Vec<u8>>, _>(at)? else { return Ok(None) };
        let commitment = Commitment(to_hash(commitment)?);
        Ok(Some((commitment, self.stored(&commitment, row, at + 1).await?)))
    }
}
