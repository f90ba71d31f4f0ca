//! Reading what a page needs by a list: a question crosses to the database's own thread and back, which costs more than
//! its answer, so a page of 25 lines asks six and not a hundred.

use super::{
    Store, StoreError,
    bulk::placeholders,
    commit::to_hash,
    from_sql,
    read::{ITEM, Item, StoredContent, item},
    to_sql,
};
use chain::part::Commitment;
use sqlx::{Any, AssertSqlSafe, Encode, Row, Type, any::AnyRow};
use std::collections::HashMap;

/// Most values in one question.
const MOST: usize = 256;

impl Store {
    /// Rows of `select`, which ends before its list, for these values. Lists are filled up to a power of two with their
    /// last value, so that a handful of prepared questions serves all lengths.
    async fn listed<T>(&self, select: &str, values: &[T], then: &str) -> Result<Vec<AnyRow>, StoreError>
    where
        T: Clone + for<'q> Encode<'q, Any> + Type<Any>,
    {
        let mut rows = Vec::new();
        for values in values.chunks(MOST) {
            let Some(last) = values.last() else { continue };
            let width = values.len().next_power_of_two();
            let mut query = sqlx::query(AssertSqlSafe(format!("{select} ({}) {then}", placeholders(width, self.numbered()))));
            for value in values.iter().chain(std::iter::repeat_n(last, width - values.len())) {
                query = query.bind(value.clone());
            }
            rows.extend(query.fetch_all(self.reader().await?.ask()?).await?);
        }
        Ok(rows)
    }

    pub(super) async fn at(&self, select: &str, indexes: &[u64], then: &str) -> Result<Vec<AnyRow>, StoreError> {
        let indexes: Vec<i64> = indexes.iter().copied().map(to_sql).collect();
        self.listed(select, &indexes, then).await
    }

    async fn of(&self, select: &str, commitments: &[Commitment]) -> Result<Vec<(Commitment, AnyRow)>, StoreError> {
        let keys: Vec<Vec<u8>> = commitments.iter().map(|commitment| commitment.0.0.to_vec()).collect();
        let rows = self.listed(select, &keys, "").await?;
        rows.into_iter().map(|row| Ok((Commitment(to_hash(row.try_get(0)?)?), row))).collect()
    }

    /// Entries by index; those that are missing are left out.
    pub async fn entries_at(&self, indexes: &[u64]) -> Result<HashMap<u64, Vec<u8>>, StoreError> {
        let rows = self.at("select idx, bytes from entries where idx in", indexes, "").await?;
        rows.iter().map(|row| Ok((from_sql(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    /// The items among these entries.
    pub async fn items(&self, indexes: &[u64]) -> Result<HashMap<u64, Item>, StoreError> {
        let rows = self.at(&format!("{ITEM} where idx in"), indexes, "").await?;
        rows.iter().map(|row| item(row, 0).map(|item| (item.index, item))).collect()
    }

    /// Every version of these documents, oldest first.
    pub async fn versions_of(&self, documents: &[u64]) -> Result<Vec<Item>, StoreError> {
        self.at(&format!("{ITEM} where document in"), documents, "order by idx").await?.iter().map(|row| item(row, 0)).collect()
    }

    /// Statuses and redactions that speak of any of these versions: (target, index, kind, instrument), in order.
    pub async fn events(&self, targets: &[u64]) -> Result<Vec<(u64, u64, String, Option<u64>)>, StoreError> {
        let rows = self.at("select target, idx, kind, instrument from events where target in", targets, "order by idx").await?;
        let event = |row: &AnyRow| {
            let instrument: Option<i64> = row.try_get(3)?;
            Ok((from_sql(row.try_get(0)?), from_sql(row.try_get(1)?), row.try_get(2)?, instrument.map(from_sql)))
        };
        rows.iter().map(event).collect()
    }

    /// Parts by commitment; those that no logged statement refers to are left out.
    pub async fn contents_of(&self, commitments: &[Commitment]) -> Result<HashMap<Commitment, StoredContent>, StoreError> {
        let select = "select commitment, media, salt, bytes, removed_by from contents where commitment in";
        let mut contents = HashMap::new();
        for (commitment, row) in self.of(select, commitments).await? {
            let content = self.stored(&commitment, &row, 1).await?;
            contents.insert(commitment, content);
        }
        Ok(contents)
    }

    /// The entries that these parts came with.
    pub(crate) async fn came_with(&self, commitments: &[Commitment]) -> Result<HashMap<Commitment, u64>, StoreError> {
        let rows = self.of("select commitment, entry from contents where commitment in", commitments).await?;
        rows.into_iter().map(|(commitment, row)| Ok((commitment, from_sql(row.try_get(1)?)))).collect()
    }

    /// Which of these parts were redacted, and by which entry.
    pub async fn removed(&self, commitments: &[Commitment]) -> Result<HashMap<Commitment, u64>, StoreError> {
        let rows =
            self.of("select commitment, removed_by from contents where removed_by is not null and commitment in", commitments).await?;
        rows.into_iter().map(|(commitment, row)| Ok((commitment, from_sql(row.try_get(1)?)))).collect()
    }
}
