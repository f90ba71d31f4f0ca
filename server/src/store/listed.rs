//! Parts that were removed, and the removal of those that the machine's list names and a store that was put back still holds
//! ([`crate::removed`]): by the very statement, and with the same care for what lies beside the table, as by a redaction.

use super::{
    Store, StoreError,
    bulk::placeholders,
    commit::{redact, to_hash},
    from_sql, to_sql,
};
use crate::sequencer::SMALL;
use chain::{
    entry::Entry,
    part::Commitment,
    statement::{Core, Statement},
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashMap;

/// Most values in one question.
const MOST: usize = 256;

/// A part that was removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone {
    pub part: Commitment,
    /// The redaction that did it, which an old copy may not have.
    pub by: u64,
    /// Whether it lay in the object store.
    pub large: bool,
}

/// What became of parts that are listed.
#[derive(Debug)]
pub(crate) struct TakenOut {
    /// Those that were held and are no more.
    pub removed: Vec<Commitment>,
    /// Those that no entry here names.
    pub unnamed: Vec<Commitment>,
}

impl Store {
    /// Every part that was removed. Goes through the whole table.
    pub(crate) async fn gone(&self) -> Result<Vec<Gone>, StoreError> {
        let sql = "select commitment, removed_by, size from contents where removed_by is not null";
        let rows = sqlx::query(sql).fetch_all(self.reader().await?.ask()?).await?;
        let mut gone = Vec::with_capacity(rows.len());
        for row in &rows {
            let size = from_sql(row.try_get(2)?);
            gone.push(Gone { part: Commitment(to_hash(row.try_get(0)?)?), by: from_sql(row.try_get(1)?), large: size > SMALL as u64 });
        }
        Ok(gone)
    }

    /// Removes those of these parts that are still held, from the table and from everything beside it. Says how many were.
    pub(crate) async fn remove_listed(&self, listed: &[(Commitment, u64)]) -> Result<u64, StoreError> {
        let mut transaction = self.hold().await?;
        // Asked with the head held: nobody moves it meanwhile.
        let size = self.head().await?.map_or(0, |head| head.size);
        let TakenOut { mut removed, unnamed } = self.take_out(&mut transaction, listed, size).await?;
        transaction.commit().await?;
        let count = removed.len() as u64;
        // The folder of large parts may have been copied after the database, and so may have what no entry here names yet.
        removed.extend(unnamed);
        self.erase_parts(&removed).await;
        Ok(count)
    }

    /// The same within a transaction, and only in the table, of a chain of `size` entries. Where the entry that is said to have removed
    /// a part is among them, it is asked.
    pub(crate) async fn take_out(
        &self,
        connection: &mut AnyConnection,
        listed: &[(Commitment, u64)],
        size: u64,
    ) -> Result<TakenOut, StoreError> {
        let (mut held, mut unnamed) = (Vec::new(), Vec::new());
        for some in listed.chunks(MOST) {
            let known = self.removed_in(connection, some).await?;
            for (part, by) in some {
                match known.get(part) {
                    None => unnamed.push(*part),
                    Some(Some(_)) => {}
                    Some(None) if *by >= size => held.push((to_sql(*by), *part)),
                    Some(None) => {
                        let sql = "select bytes from entries where idx = $1";
                        let row = sqlx::query(sql).bind(to_sql(*by)).fetch_optional(&mut *connection).await?;
                        let entry: Option<Vec<u8>> = row.map(|row| row.try_get(0)).transpose()?;
                        if entry.is_some_and(|entry| redacts(&entry, part)) {
                            held.push((to_sql(*by), *part));
                        } else {
                            tracing::error!(%part, by, "it is listed as removed by an entry that is no redaction of it, and was left");
                        }
                    }
                }
            }
        }
        redact(connection, &held).await?;
        Ok(TakenOut { removed: held.into_iter().map(|(_, part)| part).collect(), unnamed })
    }

    /// Of those of these parts that an entry names: what removed them, if anything did.
    async fn removed_in(
        &self,
        connection: &mut AnyConnection,
        parts: &[(Commitment, u64)],
    ) -> Result<HashMap<Commitment, Option<i64>>, StoreError> {
        let places = placeholders(parts.len(), self.numbered());
        let sql = format!("select commitment, removed_by from contents where commitment in ({places})");
        let query = parts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, (part, _)| query.bind(&part.0.0[..]));
        let rows = query.persistent(parts.len() == MOST).fetch_all(connection).await?;
        rows.iter().map(|row| Ok((Commitment(to_hash(row.try_get(0)?)?), row.try_get(1)?))).collect()
    }

    /// Those of these parts of which the entry that is said to have removed them is here, and is a redaction of them.
    pub(crate) async fn borne_out(&self, removed: Vec<(Commitment, u64)>) -> Result<Vec<(Commitment, u64)>, StoreError> {
        let mut borne_out = Vec::with_capacity(removed.len());
        for some in removed.chunks(MOST) {
            let entries = self.entries_at(&some.iter().map(|(_, by)| *by).collect::<Vec<_>>()).await?;
            let says_so = |(part, by): &&(Commitment, u64)| entries.get(by).is_some_and(|entry| redacts(entry, part));
            borne_out.extend(some.iter().filter(says_so).copied());
        }
        Ok(borne_out)
    }
}

/// The parts that an entry takes away: none if it is no redaction.
pub(crate) fn redacted(entry: &[u8]) -> Vec<Commitment> {
    let core = Entry::parse(entry).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok().map(|statement| statement.core));
    match core {
        Some(Core::Redaction(core)) => core.parts,
        _ => vec![],
    }
}

/// Whether an entry is a redaction of a part.
fn redacts(entry: &[u8], part: &Commitment) -> bool {
    redacted(entry).contains(part)
}
