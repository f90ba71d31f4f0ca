//! Rows that are derived from entries, compared with what the entries say.

use super::{
    Check, End, differs,
    entries::{Rebuilt, View, count, event_row, item_row},
};
use crate::store::{from_sql, to_hash, to_sql};
use chain::{Hash, statement::Reference};
use sqlx::Row;

pub(super) const STRIDE: usize = 4096;

pub(super) async fn registrations(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    let rows = sqlx::query("select idx, id, leaf from registrations order by idx").fetch_all(&mut **view).await?;
    for n in 0..rows.len().max(rebuilt.registrations.len()) {
        let found =
            rows.get(n).map(|row| Ok::<_, End>((from_sql(row.try_get(0)?), row.try_get::<String, _>(1)?, to_hash(row.try_get(2)?)?)));
        let (found, expected) = (found.transpose()?, rebuilt.registrations.get(n));
        if found.as_ref() != expected {
            let at = expected.or(found.as_ref()).map_or(0, |(index, ..)| *index);
            return differs(Check::Registrations, format!("entry {at}"), "its row is not what the entry registers");
        }
    }
    Ok(())
}

/// One row for each version; whether it is the newest is known only after the last entry.
pub(super) async fn items(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    for chunk in rebuilt.versions.chunks(STRIDE) {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { continue };
        let sql = "select idx, leaf, document, newest, agency, genre, theme, language, stated, stated_agency from items \
            where idx >= $1 and idx <= $2 order by idx";
        let rows = sqlx::query(sql).bind(to_sql(first.index)).bind(to_sql(last.index)).fetch_all(&mut **view).await?;
        let mut rows = rows.iter();
        for kept in chunk {
            let at = || format!("entry {}", kept.index);
            let Some(row) = rows.next() else { return differs(Check::Items, at(), "its row is missing") };
            let optional = |column: usize| row.try_get::<Option<String>, _>(column);
            let (agency, genre, language): (String, String, String) = (row.try_get(4)?, row.try_get(5)?, row.try_get(7)?);
            let (theme, stated, stated_agency) = (optional(6)?, optional(8)?, optional(9)?);
            let fields = (&*agency, &*genre, theme.as_deref(), &*language, stated.as_deref(), stated_agency.as_deref());
            let leaf: Vec<u8> = row.try_get(1)?;
            if item_row(from_sql(row.try_get(0)?), &leaf, from_sql(row.try_get(2)?), fields) != kept.row {
                return differs(Check::Items, at(), "its row is not what the entry says");
            }
            if row.try_get::<i64, _>(3)? != i64::from(kept.newest) {
                let why =
                    if kept.newest { "its row hides that it is the newest version" } else { "its row says that it is the newest version" };
                return differs(Check::Items, at(), why);
            }
        }
    }
    same_count(view, Check::Items, "select count(*) from items", rebuilt.versions.len()).await
}

pub(super) async fn cases(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    let rows = sqlx::query("select agency, \"case\", idx, leaf from cases").fetch_all(&mut **view).await?;
    for row in &rows {
        let (agency, case): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let found = Reference { index: from_sql(row.try_get(2)?), leaf: to_hash(row.try_get(3)?)? };
        let at = format!("case {case}");
        if rebuilt.cases.get(&(agency, case)) != Some(&found) {
            return differs(Check::Cases, at, "its row does not name the case's newest step");
        }
    }
    same_count(view, Check::Cases, "select count(*) from cases", rebuilt.cases.len()).await
}

pub(super) async fn events(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    for chunk in rebuilt.events.chunks(STRIDE) {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { continue };
        let sql = "select idx, target, kind, instrument from events where idx >= $1 and idx <= $2 order by idx";
        let rows = sqlx::query(sql).bind(to_sql(first.0)).bind(to_sql(last.0)).fetch_all(&mut **view).await?;
        let mut rows = rows.iter();
        for (index, expected) in chunk {
            let at = format!("entry {index}");
            let Some(row) = rows.next() else { return differs(Check::Events, at, "its row is missing") };
            let instrument = row.try_get::<Option<i64>, _>(3)?.map(from_sql);
            let kind: String = row.try_get(2)?;
            if event_row(from_sql(row.try_get(0)?), from_sql(row.try_get(1)?), &kind, instrument) != *expected {
                return differs(Check::Events, at, "its row is not what the entry says");
            }
        }
    }
    same_count(view, Check::Events, "select count(*) from events", rebuilt.events.len()).await
}

pub(super) async fn submissions(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    let mut after: Vec<u8> = Vec::new();
    loop {
        let sql = "select key, idx from submissions where key > $1 order by key limit $2";
        let rows = sqlx::query(sql).bind(after.clone()).bind(STRIDE as i64).fetch_all(&mut **view).await?;
        for row in &rows {
            after = row.try_get(0)?;
            let index = from_sql(row.try_get(1)?);
            let key = <[u8; 32]>::try_from(after.as_slice()).ok().map(Hash);
            if key.and_then(|key| rebuilt.submissions.get(&key)) != Some(&index) {
                return differs(Check::Submissions, format!("entry {index}"), "a row says that it is a statement which it is not");
            }
        }
        if rows.len() < STRIDE {
            break;
        }
    }
    same_count(view, Check::Submissions, "select count(*) from submissions", rebuilt.submissions.len()).await
}

pub(super) async fn same_count(view: &mut View, check: Check, sql: &'static str, expected: usize) -> Result<(), End> {
    let found = count(view, sql).await?;
    if found == expected as u64 {
        return Ok(());
    }
    differs(check, "rows", format!("there are {found} and should be {expected}"))
}
