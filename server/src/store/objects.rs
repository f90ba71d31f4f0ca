//! Objects: large parts, put before the statement that names them is sequenced, and removed when none does or a redaction
//! took them.

use super::{Batch, Gone, Store, StoreError, read::object_path};
use chain::part::Commitment;
use object_store::ObjectStoreExt;
use sqlx::{AnyConnection, Row};

const REMOVED_BY: &str = "select removed_by from contents where commitment = $1";

impl Store {
    /// Puts a large part where it will be served from, durably, before the statement that names it is sequenced.
    pub async fn put_object(&self, commitment: &Commitment, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.objects.put(&object_path(commitment), bytes.into()).await?;
        Ok(())
    }

    /// Removes a redacted part's object. `false`: it was gone already.
    pub async fn remove_object(&self, commitment: &Commitment) -> Result<bool, StoreError> {
        match self.objects.delete(&object_path(commitment)).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a part is here to be served. Its bytes are not read: of those in the object store it is asked whether they are there.
    pub(crate) async fn has_content(&self, commitment: &Commitment) -> Result<bool, StoreError> {
        let sql = "select case when bytes is null then 0 else 1 end from contents \
                   where commitment = $1 and removed_by is null and salt is not null";
        let row = sqlx::query(sql).bind(&commitment.0.0[..]).fetch_optional(self.reader().await?.ask()?).await?;
        let Some(row) = row else { return Ok(false) };
        if row.try_get::<i64, _>(0)? == 1 {
            return Ok(true);
        }
        match self.objects.head(&object_path(commitment)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a statement with this [`super::submission_key`] is logged.
    pub(crate) async fn has_logged(&self, key: &chain::Hash) -> Result<bool, StoreError> {
        let row = sqlx::query("select 1 from submissions where key = $1").bind(&key.0[..]);
        Ok(row.fetch_optional(self.reader().await?.ask()?).await?.is_some())
    }

    /// That the objects of a batch's large parts are there, asked with the head held and the batch written: until this
    /// commits, nobody takes any of them back.
    pub(crate) async fn has_objects(&self, connection: &mut AnyConnection, batch: &Batch) -> Result<(), StoreError> {
        let contents = batch.entries.iter().flat_map(|entry| &entry.contents);
        for content in contents.filter(|content| content.bytes.is_none()) {
            // One that was redacted has none, whoever names it again.
            if !self.serves(connection, &content.commitment).await? {
                continue;
            }
            match self.objects.head(&object_path(&content.commitment)).await {
                Ok(_) => {}
                Err(object_store::Error::NotFound { .. }) => return Err(StoreError::Absent("large part that was handed in")),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Removes these objects where no entry names them, or a redaction took them. The head is held meanwhile, so that no
    /// process commits an entry that names one. Says how many were removed.
    pub(crate) async fn take_back(&self, commitments: &[Commitment]) -> Result<u64, StoreError> {
        let mut transaction = self.hold().await?;
        let mut removed = 0;
        for commitment in commitments {
            if !self.serves(&mut transaction, commitment).await? {
                removed += u64::from(self.remove_object(commitment).await?);
            }
        }
        transaction.rollback().await?;
        Ok(removed)
    }

    /// Whether an entry names this part and nothing redacted it.
    async fn serves(&self, connection: &mut AnyConnection, commitment: &Commitment) -> Result<bool, StoreError> {
        let row = sqlx::query(REMOVED_BY).bind(&commitment.0.0[..]).fetch_optional(connection).await?;
        Ok(row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?.is_some_and(|removed_by| removed_by.is_none()))
    }

    /// Removes the objects of redacted parts that a crash between commit and removal has left; says how many there were.
    pub(crate) async fn remove_redacted(&self, gone: &[Gone]) -> Result<u64, StoreError> {
        let mut removed = 0;
        for gone in gone.iter().filter(|gone| gone.large) {
            removed += u64::from(self.remove_object(&gone.part).await?);
        }
        Ok(removed)
    }
}
