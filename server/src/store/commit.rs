//! Writing: one transaction a batch, from the claim on the head row to the new head.

use super::{Bulk, Store, StoreError, figures, read::Head, to_sql};
use chain::{
    Hash,
    part::{Commitment, Salt},
    state::Facts,
    statement::Core,
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};

/// A part on its way in. Larger ones were already put into the object store, durably, and have no bytes here.
#[derive(Debug, Clone)]
pub struct NewContent {
    pub commitment: Commitment,
    pub media: String,
    pub size: u64,
    pub salt: Salt,
    pub bytes: Option<Vec<u8>>,
}

/// An entry on its way in, as the sequencer made it.
#[derive(Debug)]
pub struct NewEntry {
    pub index: u64,
    pub leaf: Hash,
    pub bytes: Vec<u8>,
    /// What [`submission_key`] gives for its statement.
    pub key: Hash,
    /// What its statement says, and whether it names approvals.
    pub core: Core,
    pub approved: bool,
    pub contents: Vec<NewContent>,
}

/// Everything one transaction writes.
#[derive(Debug, Default)]
pub struct Batch {
    pub entries: Vec<NewEntry>,
    /// Growing and full tiles as they stand after the batch: level, number, bytes.
    pub tiles: Vec<(u8, u64, Vec<u8>)>,
}

/// Writes the head row, and so keeps every other sequencing transaction out until the end of this one.
const CLAIM: &str = "update head set claim = ~claim where one = 1";

/// What identifies a submission: SHA-256(signer ‖ 0 ‖ id).
pub(crate) fn submission_key(signer: &str, id: &str) -> Hash {
    Hash::of(&[signer.as_bytes(), b"\0", id.as_bytes()])
}

impl Store {
    /// Begins a sequencing transaction by claiming the head after `size` entries, the last of them `leaf`. `None`: another
    /// process moved it.
    pub async fn claim(&self, size: u64, leaf: Hash) -> Result<Option<Transaction<'static, Any>>, StoreError> {
        let mut transaction = self.writing.begin().await?;
        let query = sqlx::query(AssertSqlSafe(format!("{CLAIM} and size = $1 and leaf = $2")));
        let claimed = query.bind(to_sql(size)).bind(&leaf.0[..]).execute(&mut *transaction).await?;
        Ok((claimed.rows_affected() == 1).then_some(transaction))
    }

    /// Begins a sequencing transaction by claiming the head wherever it stands.
    pub async fn hold(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let mut transaction = self.writing.begin().await?;
        match sqlx::query(CLAIM).execute(&mut *transaction).await?.rows_affected() {
            1 => Ok(transaction),
            _ => Err(StoreError::Absent("chain")),
        }
    }

    /// Creates the head row of a new chain; `false` when there is one already.
    pub async fn found(&self, origin: &str) -> Result<bool, StoreError> {
        let sql =
            "insert into head (one, origin, size, leaf, time, checkpoint, claim) values (1, $1, 0, $2, 0, '', 0) on conflict do nothing";
        let done = sqlx::query(sql).bind(origin).bind(&Hash::ZERO.0[..]).execute(&self.writing).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes a batch inside its transaction; nobody else sees it before [`Store::finish`].
    pub async fn write(&self, connection: &mut AnyConnection, batch: &Batch, facts: &Facts) -> Result<(), StoreError> {
        let insert = |into, columns| Bulk { into, columns, then: "" };
        insert("entries (idx, bytes)", 2)
            .insert(connection, &batch.entries, |query, entry| query.bind(to_sql(entry.index)).bind(&entry.bytes[..]))
            .await?;
        // Keys are hashes: in order, a batch goes through the pages of their tree once, and does not jump about in it.
        let mut keys: Vec<_> = batch.entries.iter().map(|entry| (&entry.key.0, to_sql(entry.index))).collect();
        keys.sort_unstable();
        insert("submissions (key, idx)", 2).insert(connection, &keys, |query, (key, index)| query.bind(&key[..]).bind(*index)).await?;
        let mut items = Vec::new();
        let mut contents = Vec::new();
        let mut events = Vec::new();
        let (mut redacted, mut reasons) = (Vec::new(), Vec::new());
        for entry in &batch.entries {
            let at = to_sql(entry.index);
            match &entry.core {
                Core::Disclosure(core) => {
                    let version = facts.versions.get(&entry.index).ok_or(StoreError::Absent("facts of a new version"))?;
                    if let Some(revised) = core.revises {
                        sqlx::query("update items set newest = 0 where idx = $1")
                            .bind(to_sql(revised.index))
                            .execute(&mut *connection)
                            .await?;
                    }
                    for content in &entry.contents {
                        // Numbered as the statement lists them, in whatever order they were handed in.
                        if let Some(part) = core.parts.iter().position(|part| part.commitment == content.commitment) {
                            contents.push((entry.index, part as u64, content));
                        }
                    }
                    // Not newest any more when a later entry of this same batch revises it.
                    items.push((entry.index, entry.leaf, core, version.document, version.newest));
                }
                Core::Status(core) => {
                    let kind = serde_json::to_value(core.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
                    events.push((at, to_sql(core.target.index), kind, core.by.map(|by| to_sql(by.index))));
                }
                Core::Redaction(core) => {
                    events.push((at, to_sql(core.target.index), "redaction".to_owned(), None));
                    redacted.extend(core.parts.iter().map(|part| (at, *part)));
                    reasons.push(to_sql(core.target.index));
                }
                Core::Step(core) => {
                    let sql = "insert into cases (agency, \"case\", idx, leaf) values ($1, $2, $3, $4) \
                        on conflict (agency, \"case\") do update set idx = excluded.idx, leaf = excluded.leaf";
                    sqlx::query(sql).bind(&core.agency).bind(&core.case).bind(at).bind(&entry.leaf.0[..]).execute(&mut *connection).await?;
                }
                core => {
                    let id = core.registry_id().unwrap_or_default();
                    let sql = "insert into registrations (idx, id, leaf) values ($1, $2, $3)";
                    sqlx::query(sql).bind(at).bind(id).bind(&entry.leaf.0[..]).execute(&mut *connection).await?;
                }
            }
        }
        insert("items (idx, leaf, document, newest, agency, genre, theme, language, stated, stated_agency)", 10)
            .insert(connection, &items, |query, (index, leaf, core, document, newest)| {
                query
                    .bind(to_sql(*index))
                    .bind(leaf.0.to_vec())
                    .bind(to_sql(*document))
                    .bind(i64::from(*newest))
                    .bind(&*core.agency)
                    .bind(&*core.genre)
                    .bind(core.theme.clone())
                    .bind(&*core.language)
                    .bind(stated_date(core))
                    .bind(stated_agency(core))
            })
            .await?;
        // As above, and for the same reason.
        contents.sort_unstable_by_key(|(.., content)| content.commitment.0.0);
        Bulk { into: "contents (entry, part, commitment, media, size, salt, bytes)", columns: 7, then: "on conflict do nothing" }
            .insert(connection, &contents, |query, (entry, part, content)| {
                query
                    .bind(to_sql(*entry))
                    .bind(to_sql(*part))
                    .bind(content.commitment.0.0.to_vec())
                    .bind(&*content.media)
                    .bind(to_sql(content.size))
                    .bind(&content.salt[..])
                    .bind(content.bytes.clone())
            })
            .await?;
        insert("events (idx, target, kind, instrument)", 4)
            .insert(connection, &events, |query, (at, target, kind, instrument)| {
                query.bind(*at).bind(*target).bind(&**kind).bind(*instrument)
            })
            .await?;
        // After the parts of this same batch are in: one of them may be redacted in it already.
        redact(connection, &redacted).await?;
        // One may say what is taken away.
        for act in reasons {
            sqlx::query("delete from reasons where act = $1").bind(act).execute(&mut *connection).await?;
        }
        let then = "on conflict (level, number) do update set bytes = excluded.bytes";
        Bulk { into: "tiles (level, number, bytes)", columns: 3, then }
            .insert(connection, &batch.tiles, |query, (level, number, bytes)| {
                query.bind(i64::from(*level)).bind(to_sql(*number)).bind(&bytes[..])
            })
            .await?;
        // After everything that these rows are derived from.
        figures::count_batch(connection, batch).await
    }

    /// Makes `head` the newest state, and commits.
    pub async fn finish(&self, mut transaction: Transaction<'static, Any>, head: &Head) -> Result<(), StoreError> {
        let connection = &mut *transaction;
        sqlx::query("insert into checkpoints (size, note, time) values ($1, $2, $3)")
            .bind(to_sql(head.size))
            .bind(&head.checkpoint)
            .bind(head.time)
            .execute(&mut *connection)
            .await?;
        let moved = sqlx::query("update head set size = $1, leaf = $2, time = $3, checkpoint = $4 where one = 1")
            .bind(to_sql(head.size))
            .bind(&head.leaf.0[..])
            .bind(head.time)
            .bind(&head.checkpoint)
            .execute(&mut *connection)
            .await?;
        if moved.rows_affected() != 1 {
            return Err(StoreError::Absent("head row"));
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Takes what these parts say, and what opens them, out of the table: each by the redaction at this index. Of several it was the first,
/// also of a part that was taken out before the first was here, as the machine's list says.
pub(super) async fn redact(connection: &mut AnyConnection, redacted: &[(i64, Commitment)]) -> Result<(), StoreError> {
    let sql = "update contents set salt = null, bytes = null, removed_by = $1 \
        where commitment = $2 and (removed_by is null or removed_by > $3)";
    for (by, part) in redacted {
        sqlx::query(sql).bind(*by).bind(&part.0.0[..]).bind(*by).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The date a list is sorted by: published, else issued, else effective.
pub(crate) fn stated_date(core: &chain::statement::Disclosure) -> Option<String> {
    core.stated.day().map(str::to_owned)
}

/// As a row has it: PostgreSQL's text has no room for the one character that JSON allows and it does not.
pub(crate) fn stated_agency(core: &chain::statement::Disclosure) -> Option<String> {
    core.stated_agency.as_deref().map(|name| name.replace('\0', "\u{fffd}"))
}

pub(crate) fn to_hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::Absent("32-byte hash where one belongs"))
}
