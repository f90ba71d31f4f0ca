//! What is known of a batch's surroundings before it is judged: earlier statements it refers to, and whose its parts are.

use super::{Store, StoreError, bulk::placeholders, commit::to_hash, from_sql, to_sql};
use chain::{
    Hash,
    entry::Entry,
    part::Commitment,
    state::{Facts, LoggedStep, Version},
    statement::{Core, Reference, Statement},
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::{BTreeSet, HashMap};

/// The document each part belongs to.
type Owners = HashMap<Commitment, u64>;

impl Store {
    /// Collects the facts that a batch of statements refers to; `keys` are what [`super::submission_key`] gives for them.
    /// `earlier` is the batch before them, which may be stored or not: what it knows goes before what is stored.
    pub async fn known(&self, statements: &[Statement<'_>], keys: &[Hash], earlier: &Facts) -> Result<Facts, StoreError> {
        self.known_in(self.reader().await?.ask()?, statements, keys, earlier).await
    }

    /// Where the statement of a [`super::submission_key`] is logged.
    pub(crate) async fn logged_at(&self, key: &Hash) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query("select idx from submissions where key = $1").bind(&key.0[..]);
        let row = query.fetch_optional(self.reader().await?.ask()?).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map(from_sql))
    }

    /// The newest step of a case.
    pub(crate) async fn newest_step(&self, agency: &str, case: &str) -> Result<Option<Reference>, StoreError> {
        let query = sqlx::query("select idx, leaf from cases where agency = $1 and \"case\" = $2").bind(agency).bind(case);
        let row = query.fetch_optional(self.reader().await?.ask()?).await?;
        row.map(|row| Ok(Reference { index: from_sql(row.try_get(0)?), leaf: to_hash(row.try_get(1)?)? })).transpose()
    }

    /// The same, as a transaction sees it.
    pub async fn known_in(
        &self,
        connection: &mut AnyConnection,
        statements: &[Statement<'_>],
        keys: &[Hash],
        earlier: &Facts,
    ) -> Result<Facts, StoreError> {
        let mut facts = Facts { owners: self.owners(connection, statements, &earlier.owners).await?, ..Facts::default() };
        for (keys, statements) in keys.chunks(256).zip(statements.chunks(256)) {
            let sql = format!("select key, idx from submissions where key in ({})", placeholders(keys.len(), self.numbered()));
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(keys.len() == 256);
            for key in keys {
                query = query.bind(&key.0[..]);
            }
            for row in query.fetch_all(&mut *connection).await? {
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
            if !earlier.logged.is_empty() {
                let name = (statement.signer().to_owned(), statement.id.clone());
                if let Some(index) = earlier.logged.get(&name) {
                    facts.logged.insert(name, *index);
                }
            }
            match &statement.core {
                Core::Disclosure(core) => versions.extend(core.revises.map(|at| at.index)),
                Core::Status(core) => versions.extend([core.target.index].into_iter().chain(core.by.map(|at| at.index))),
                Core::Redaction(core) => drop(versions.insert(core.target.index)),
                Core::Step(core) => {
                    self.case(connection, &mut facts, earlier, (&core.agency, &core.case)).await?;
                    let newest = facts.cases.get(&(core.agency.clone(), core.case.clone()));
                    // It names the one before by what that one says.
                    steps.extend(newest.filter(|_| core.after.is_some()).map(|at| at.index));
                }
                _ => {}
            }
            if let Some(act) = &statement.act {
                steps.extend(&act.steps);
                self.case(connection, &mut facts, earlier, (statement.signer(), &act.case)).await?;
            }
        }
        for index in versions {
            if let Some(version) = earlier.versions.get(&index) {
                facts.versions.insert(index, version.clone());
                continue;
            }
            let sql = "select leaf, document, newest, agency from items where idx = $1";
            let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(&mut *connection).await? else { continue };
            let version = Version {
                leaf: to_hash(row.try_get(0)?)?,
                document: from_sql(row.try_get(1)?),
                newest: row.try_get::<i64, _>(2)? == 1,
                agency: row.try_get(3)?,
                parts: self.parts_of(connection, index).await?,
            };
            facts.versions.insert(index, version);
        }
        for index in steps {
            if let Some(step) = earlier.steps.get(&index) {
                facts.steps.insert(index, step.clone());
                continue;
            }
            let sql = "select bytes from entries where idx = $1";
            let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(&mut *connection).await? else { continue };
            let bytes: Vec<u8> = row.try_get(0)?;
            let Ok(entry) = Entry::parse(&bytes) else { continue };
            let Ok(statement) = Statement::parse(entry.note.as_bytes()) else { continue };
            facts.steps.extend(LoggedStep::of(chain::tree::leaf_hash(&bytes), &statement).map(|step| (index, step)));
        }
        Ok(facts)
    }

    /// Which documents the parts of these statements belong to already.
    async fn owners(&self, connection: &mut AnyConnection, statements: &[Statement<'_>], earlier: &Owners) -> Result<Owners, StoreError> {
        let parts = statements.iter().filter_map(|statement| match &statement.core {
            Core::Disclosure(core) => Some(core.parts.iter().map(|part| part.commitment)),
            _ => None,
        });
        let parts: Vec<Commitment> = parts.flatten().collect();
        let mut owners = Owners::new();
        for parts in parts.chunks(256) {
            let sql = format!(
                "select c.commitment, i.document from contents c join items i on i.idx = c.entry where c.commitment in ({})",
                placeholders(parts.len(), self.numbered())
            );
            let query = parts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, part| query.bind(&part.0.0[..]));
            for row in query.persistent(parts.len() == 256).fetch_all(&mut *connection).await? {
                owners.insert(Commitment(to_hash(row.try_get(0)?)?), from_sql(row.try_get(1)?));
            }
        }
        owners.extend(parts.iter().filter_map(|part| Some((*part, *earlier.get(part)?))));
        Ok(owners)
    }

    async fn case(
        &self,
        connection: &mut AnyConnection,
        facts: &mut Facts,
        earlier: &Facts,
        (agency, case): (&str, &str),
    ) -> Result<(), StoreError> {
        let name = (agency.to_owned(), case.to_owned());
        if let Some(at) = earlier.cases.get(&name) {
            facts.cases.insert(name, *at);
            return Ok(());
        }
        let sql = "select idx, leaf from cases where agency = $1 and \"case\" = $2";
        if let Some(row) = sqlx::query(sql).bind(agency).bind(case).fetch_optional(connection).await? {
            let at = Reference { index: from_sql(row.try_get(0)?), leaf: to_hash(row.try_get(1)?)? };
            facts.cases.insert(name, at);
        }
        Ok(())
    }

    async fn parts_of(&self, connection: &mut AnyConnection, index: u64) -> Result<Vec<Commitment>, StoreError> {
        let sql = "select bytes from entries where idx = $1";
        let Some(row) = sqlx::query(sql).bind(to_sql(index)).fetch_optional(connection).await? else { return Ok(vec![]) };
        let bytes: Vec<u8> = row.try_get(0)?;
        let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        Ok(match statement.as_ref().map(|statement| &statement.core) {
            Some(Core::Disclosure(core)) => core.parts.iter().map(|part| part.commitment).collect(),
            _ => vec![],
        })
    }
}
