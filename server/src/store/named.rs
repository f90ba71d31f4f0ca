//! What a part is called: its name in the catalogue of the entry it came with.

use super::{Store, StoreError};
use chain::{catalogue::Catalogue, part::Commitment};
use sqlx::Row;

impl Store {
    /// The name of a part, if it has one and that may still be known.
    pub async fn name_of(&self, part: &Commitment) -> Result<Option<String>, StoreError> {
        let sql = "select p.part, c.bytes from contents p join contents c on c.entry = p.entry and c.part = 0 \
                   where p.commitment = $1 and p.part > 0 and c.removed_by is null and c.bytes is not null";
        let row = sqlx::query(sql).bind(&part.0.0[..]).fetch_optional(self.reader().await?.ask()?).await?;
        let Some(row) = row else { return Ok(None) };
        let (place, catalogue): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        // Names follow the statement's order after the catalogue itself.
        let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
        Ok(Catalogue::read(&catalogue).ok().and_then(|catalogue| catalogue.parts.get(place).cloned()))
    }
}
