//! Writing: one transaction a batch, from the claim on the head row to the new head.

use super::{Bulk, Store, StoreError, bulk::placeholders, from_sql, read::Head, to_sql};
use chain::{
    Hash,
    entry::Entry,
    part::{Commitment, Salt},
    state::{Facts, Version},
    statement::{Core, Reference, Statement},
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, Transaction};
use std::collections::{BTreeSet, HashMap};

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
    pub contents: Vec<NewContent>,
}

/// Everything one transaction writes.
#[derive(Debug, Default)]
pub struct Batch {
    pub entries: Vec<NewEntry>,
    /// Growing and full tiles as they stand after the batch: level, number, bytes.
    pub tiles: Vec<(u8, u64, Vec<u8>)>,
}

/// What identifies a submission: SHA-256(signer ‖ 0 ‖ id).
pub(crate) fn submission_key(signer: &str, id: &str) -> Hash {
    Hash::of(&[signer.as_bytes(), b"\0", id.as_bytes()])
}

impl Store {
    /// Begins a sequencing transaction by claiming the head at `size`. `None`: another process moved it.
    pub async fn claim(&self, size: u64, claim: i64) -> Result<Option<Transaction<'static, Any>>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let claimed = sqlx::query("update head set claim = $1 where one = 1 and size = $2")
            .bind(claim)
            .bind(to_sql(size))
            .execute(&mut *transaction)
            .await?;
        Ok((claimed.rows_affected() == 1).then_some(transaction))
    }

    /// Creates the head row of a new chain; `false` when there is one already.
    pub async fn found(&self, origin: &str) -> Result<bool, StoreError> {
        let sql =
            "insert into head (one, origin, size, leaf, time, checkpoint, claim) values (1, $1, 0, $2, 0, '', 0) on conflict do nothing";
        let done = sqlx::query(sql).bind(origin).bind(&Hash::ZERO.0[..]).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Collects the facts that a batch of statements refers to, inside its transaction.
    pub async fn facts(&self, transaction: &mut Transaction<'static, Any>, statements: &[&Statement<'_>]) -> Result<Facts, StoreError> {
        let mut facts = Facts { owners: self.owners(transaction, statements).await?, ..Facts::default() };
        let keys: Vec<_> = statements.iter().map(|statement| submission_key(statement.signer(), &statement.id)).collect();
        for (keys, statements) in keys.chunks(256).zip(statements.chunks(256)) {
            let sql = format!("select key, idx from submissions where key in ({})", placeholders(keys.len(), self.numbered()));
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(keys.len() == 256);
            for key in keys {
                query = query.bind(&key.0[..]);
            }
            for row in query.fetch_all(&mut **transaction).await? {
                let found: Vec<u8> = row.try_get(0)?;
                let index = from_sql(row.try_get(1)?);
                for (_, statement) in keys.iter().zip(statements).filter(|(key, _)| key.0[..] == found[..]) {
                    facts.logged.insert((statement.signer().to_owned(), statement.id.clone()), index);
                }
            }
        }
        let mut versions = BTreeSet::new();
        let mut steps = BTreeSet::new();
        for statement in statements {
            match &statement.core {
                Core::Disclosure(core) => versions.extend(core.revises.map(|at| at.index)),
                Core::Status(core) => versions.extend([core.target.index].into_iter().chain(core.by.map(|at| at.index))),
                Core::Redaction(core) => drop(versions.insert(core.target.index)),
                Core::Step(core) => self.case(transaction, &mut facts, &core.agency, &core.case).await?,
                _ => {}
            }
            if let Some(act) = &statement.act {
                steps.extend(&act.steps);
                self.case(transaction, &mut facts, statement.signer(), &act.case).await?;
            }
        }
        for index in versions {
            let sql = "select leaf, document, newest, agency from items where idx = $1";
            let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(&mut **transaction).await? else { continue };
            let version = Version {
                leaf: to_hash(row.try_get(0)?)?,
                document: from_sql(row.try_get(1)?),
                newest: row.try_get::<i64, _>(2)? == 1,
                agency: row.try_get(3)?,
                parts: self.parts_of(transaction, index).await?,
            };
            facts.versions.insert(index, version);
        }
        for index in steps {
            let sql = "select bytes from entries where idx = $1";
            let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(&mut **transaction).await? else { continue };
            let bytes: Vec<u8> = row.try_get(0)?;
            let Ok(entry) = Entry::parse(&bytes) else { continue };
            if let Ok(Statement { core: Core::Step(step), note, .. }) = &Statement::parse(entry.note.as_bytes()) {
                let post = note.signatures.first().map_or(String::new(), |line| line.name.to_owned());
                facts.steps.insert(index, (chain::tree::leaf_hash(&bytes), post, (**step).clone()));
            }
        }
        Ok(facts)
    }

    /// Which documents the parts of these statements belong to already.
    pub async fn owners(
        &self,
        transaction: &mut Transaction<'static, Any>,
        statements: &[&Statement<'_>],
    ) -> Result<HashMap<Commitment, u64>, StoreError> {
        let parts = statements.iter().filter_map(|statement| match &statement.core {
            Core::Disclosure(core) => Some(core.parts.iter().map(|part| part.commitment)),
            _ => None,
        });
        let parts: Vec<Commitment> = parts.flatten().collect();
        let mut owners = HashMap::new();
        for parts in parts.chunks(256) {
            let sql = format!(
                "select c.commitment, i.document from contents c join items i on i.idx = c.entry where c.commitment in ({})",
                placeholders(parts.len(), self.numbered())
            );
            let query = parts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, part| query.bind(&part.0.0[..]));
            for row in query.persistent(parts.len() == 256).fetch_all(&mut **transaction).await? {
                owners.insert(Commitment(to_hash(row.try_get(0)?)?), from_sql(row.try_get(1)?));
            }
        }
        Ok(owners)
    }

    async fn case(
        &self,
        transaction: &mut Transaction<'static, Any>,
        facts: &mut Facts,
        agency: &str,
        case: &str,
    ) -> Result<(), StoreError> {
        let sql = "select idx, leaf from cases where agency = $1 and \"case\" = $2";
        if let Some(row) = sqlx::query(sql).bind(agency).bind(case).fetch_optional(&mut **transaction).await? {
            let at = Reference { index: from_sql(row.try_get(0)?), leaf: to_hash(row.try_get(1)?)? };
            facts.cases.insert((agency.to_owned(), case.to_owned()), at);
        }
        Ok(())
    }

    async fn parts_of(&self, transaction: &mut Transaction<'static, Any>, index: u64) -> Result<Vec<Commitment>, StoreError> {
        let sql = "select bytes from entries where idx = $1";
        let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(&mut **transaction).await? else { return Ok(vec![]) };
        let bytes: Vec<u8> = row.try_get(0)?;
        let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        Ok(match statement.as_ref().map(|statement| &statement.core) {
            Some(Core::Disclosure(core)) => core.parts.iter().map(|part| part.commitment).collect(),
            _ => vec![],
        })
    }

    /// Writes the batch and the new head and commits. `statements` are those of `batch.entries`, in order.
    pub async fn commit(
        &self,
        mut transaction: Transaction<'static, Any>,
        batch: &Batch,
        statements: &[&Statement<'_>],
        facts: &Facts,
        head: &Head,
    ) -> Result<(), StoreError> {
        self.write(&mut transaction, batch, statements, facts).await?;
        self.finish(transaction, head).await
    }

    /// Writes a batch inside its transaction; nobody else sees it before [`Store::finish`].
    pub(crate) async fn write(
        &self,
        connection: &mut AnyConnection,
        batch: &Batch,
        statements: &[&Statement<'_>],
        facts: &Facts,
    ) -> Result<(), StoreError> {
        let insert = |into, columns| Bulk { into, columns, then: "" };
        insert("entries (idx, bytes)", 2)
            .insert(connection, &batch.entries, |query, entry| query.bind(to_sql(entry.index)).bind(&entry.bytes[..]))
            .await?;
        let both: Vec<_> = batch.entries.iter().zip(statements).collect();
        insert("submissions (key, idx)", 2)
            .insert(connection, &both, |query, (entry, statement)| {
                query.bind(submission_key(statement.signer(), &statement.id).0.to_vec()).bind(to_sql(entry.index))
            })
            .await?;
        let mut items = Vec::new();
        let mut contents = Vec::new();
        let mut redacted = Vec::new();
        for (entry, statement) in &both {
            let at = to_sql(entry.index);
            match &statement.core {
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
                    let instrument = core.by.map(|by| to_sql(by.index));
                    event(connection, at, to_sql(core.target.index), &kind, instrument).await?;
                }
                Core::Redaction(core) => {
                    event(connection, at, to_sql(core.target.index), "redaction", None).await?;
                    redacted.extend(core.parts.iter().map(|part| (at, part)));
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
        // After the parts of this same batch are in: one of them may be redacted in it already.
        for (by, part) in redacted {
            let sql = "update contents set salt = null, bytes = null, removed_by = $1 where commitment = $2 and removed_by is null";
            sqlx::query(sql).bind(by).bind(&part.0.0[..]).execute(&mut *connection).await?;
        }
        let then = "on conflict (level, number) do update set bytes = excluded.bytes";
        Bulk { into: "tiles (level, number, bytes)", columns: 3, then }
            .insert(connection, &batch.tiles, |query, (level, number, bytes)| {
                query.bind(i64::from(*level)).bind(to_sql(*number)).bind(&bytes[..])
            })
            .await?;
        Ok(())
    }

    /// Makes `head` the newest state, and commits.
    pub(crate) async fn finish(&self, mut transaction: Transaction<'static, Any>, head: &Head) -> Result<(), StoreError> {
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

/// The date a list is sorted by: published, else issued, else effective.
pub(crate) fn stated_date(core: &chain::statement::Disclosure) -> Option<String> {
    core.stated.day().map(str::to_owned)
}

/// As a row has it: PostgreSQL's text has no room for the one character that JSON allows and it does not.
pub(crate) fn stated_agency(core: &chain::statement::Disclosure) -> Option<String> {
    core.stated_agency.as_deref().map(|name| name.replace('\0', "\u{fffd}"))
}

async fn event(connection: &mut AnyConnection, at: i64, target: i64, kind: &str, instrument: Option<i64>) -> Result<(), sqlx::Error> {
    let sql = "insert into events (idx, target, kind, instrument) values ($1, $2, $3, $4)";
    sqlx::query(sql).bind(at).bind(target).bind(kind).bind(instrument).execute(connection).await?;
    Ok(())
}

pub(crate) fn to_hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::Absent("32-byte hash where one belongs"))
}
