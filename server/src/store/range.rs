//! Reading many rows at a time: for importing, for following the log, and for checking all of it.

use super::{
    Store, StoreError,
    bulk::placeholders,
    commit::{submission_key, to_hash},
    from_sql, to_sql,
};
use chain::part::{Commitment, Salt};
use object_store::ObjectStoreExt;
use sqlx::{Any, AssertSqlSafe, Row, Transaction};
use std::collections::HashMap;

/// A row of contents as it is kept; bytes of large parts lie in the object store.
#[derive(Debug)]
pub struct ContentRow {
    pub entry: u64,
    pub part: u64,
    pub commitment: Commitment,
    pub media: String,
    pub size: u64,
    pub salt: Option<Salt>,
    pub bytes: Option<Vec<u8>>,
    pub removed_by: Option<u64>,
}

impl Store {
    /// Which of these statements of one signer are logged already, and where.
    pub async fn logged(&self, signer: &str, ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
        let mut logged = HashMap::new();
        for ids in ids.chunks(256) {
            let keys: HashMap<_, _> = ids.iter().map(|id| (submission_key(signer, id).0, id)).collect();
            let sql = format!("select key, idx from submissions where key in ({})", placeholders(keys.len(), self.numbered()));
            let query = keys.keys().fold(sqlx::query(AssertSqlSafe(sql)), |query, key| query.bind(&key[..]));
            for row in query.persistent(keys.len() == 256).fetch_all(self.reader().await?.ask()?).await? {
                let key = to_hash(row.try_get(0)?)?;
                if let Some(id) = keys.get(&key.0) {
                    logged.insert((*id).clone(), from_sql(row.try_get(1)?));
                }
            }
        }
        Ok(logged)
    }

    /// Parts that came with the entries `[from, to)`, in order.
    pub async fn contents(&self, from: u64, to: u64) -> Result<Vec<ContentRow>, StoreError> {
        contents(self.reader().await?.ask()?, from, to).await
    }

    /// One view of the whole database that nobody's writing changes.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        if transaction.backend_name() == "PostgreSQL" {
            sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }

    /// A large part's bytes, if the object store has them.
    pub(crate) async fn object(&self, commitment: &Commitment) -> Result<Option<Vec<u8>>, StoreError> {
        match self.objects.get(&super::read::object_path(commitment)).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Folders of the object store.
    pub(crate) async fn object_folders(&self) -> Result<Vec<object_store::path::Path>, StoreError> {
        Ok(self.objects.list_with_delimiter(None).await?.common_prefixes)
    }

    /// What one folder of the object store keeps: the commitment each name spells, or the name where it spells none.
    pub(crate) async fn objects_in(&self, folder: &object_store::path::Path) -> Result<Vec<Result<Commitment, String>>, StoreError> {
        let found = self.objects.list_with_delimiter(Some(folder)).await?.objects;
        let name = |object: &object_store::ObjectMeta| object.location.filename().unwrap_or_default().to_owned();
        Ok(found.iter().map(|object| Commitment::parse(&format!("sha256:{}", name(object))).ok_or_else(|| name(object))).collect())
    }

    /// The objects in one folder that were put before a moment, in seconds since 1970.
    pub(crate) async fn objects_before(&self, folder: &object_store::path::Path, moment: i64) -> Result<Vec<Commitment>, StoreError> {
        let found = self.objects.list_with_delimiter(Some(folder)).await?.objects;
        let old = found.iter().filter(|object| object.last_modified.timestamp() < moment);
        Ok(old.filter_map(|object| Commitment::parse(&format!("sha256:{}", object.location.filename()?))).collect())
    }
}

/// Parts that came with the entries `[from, to)`, as one connection sees them.
pub(crate) async fn contents(connection: &mut sqlx::AnyConnection, from: u64, to: u64) -> Result<Vec<ContentRow>, StoreError> {
    let sql = "select entry, part, commitment, media, size, salt, bytes, removed_by from contents \
        where entry >= $1 and entry < $2 order by entry, part";
    let rows = sqlx::query(sql).bind(to_sql(from)).bind(to_sql(to)).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(ContentRow {
                entry: from_sql(row.try_get(0)?),
                part: from_sql(row.try_get(1)?),
                commitment: Commitment(to_hash(row.try_get(2)?)?),
                media: row.try_get(3)?,
                size: from_sql(row.try_get(4)?),
                salt: row.try_get::<Option<Vec<u8>>, _>(5)?.and_then(|salt| salt.try_into().ok()),
                bytes: row.try_get(6)?,
                removed_by: row.try_get::<Option<i64>, _>(7)?.map(from_sql),
            })
        })
        .collect()
}
