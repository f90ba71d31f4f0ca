//! Tiles, checkpoints and the head, compared with the tree that the entries make.

use super::{
    Check, End, Progress, Report, differs,
    entries::{Rebuilt, View, count},
};
use crate::store::{from_sql, to_hash, to_sql};
use chain::{checkpoint::Checkpoint, tile};
use sqlx::Row;

/// Every byte of every tile, the growing ones too, and no tile more.
pub(super) async fn tiles(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    let mut expected = 0;
    for level in 0..8u8 {
        let hashes = match level.checked_sub(1) {
            None => &rebuilt.leaves,
            Some(upper) => &rebuilt.upper[usize::from(upper)],
        };
        for (n, chunk) in hashes.chunks(64 * tile::WIDTH as usize).enumerate() {
            let first = n as u64 * 64;
            let sql = "select number, bytes from tiles where level = $1 and number >= $2 and number < $3 order by number";
            let rows = sqlx::query(sql).bind(i64::from(level)).bind(to_sql(first)).bind(to_sql(first + 64));
            let mut rows = rows.fetch_all(&mut **view).await?.into_iter();
            for (number, hashes) in (first..).zip(chunk.chunks(tile::WIDTH as usize)) {
                expected += 1;
                let at = format!("tile/{level}/{}", tile::number_path(number));
                let row = rows.next();
                let found =
                    row.as_ref().map(|row| Ok::<_, sqlx::Error>((from_sql(row.try_get(0)?), row.try_get::<Vec<u8>, _>(1)?))).transpose()?;
                let Some((_, bytes)) = found.filter(|(found, _)| *found == number) else {
                    return differs(Check::Inclusion, at, "it is missing");
                };
                let position = (0..hashes.len()).find(|n| bytes.get(n * 32..n * 32 + 32) != Some(&hashes[*n].0[..]));
                if let Some(position) = position {
                    return differs(Check::Inclusion, at, format!("hash {position} is not the one that the entries make"));
                }
                if bytes.len() != hashes.len() * 32 {
                    return differs(Check::Inclusion, at, format!("it has {} bytes and should have {}", bytes.len(), hashes.len() * 32));
                }
            }
        }
    }
    let found = count(view, "select count(*) from tiles").await?;
    if found != expected {
        return differs(Check::Inclusion, "tiles", format!("there are {found} and should be {expected}"));
    }
    Ok(())
}

/// Every checkpoint that was signed: by the charter's key for its size, over the root that the entries make.
pub(super) async fn checkpoints(view: &mut View, rebuilt: &Rebuilt, progress: Progress<'_>, report: &mut Report) -> Result<(), End> {
    for roots in rebuilt.roots.chunks(512) {
        let (Some(first), Some(last)) = (roots.first(), roots.last()) else { continue };
        let sql = "select size, note, time from checkpoints where size >= $1 and size <= $2 order by size";
        let rows = sqlx::query(sql).bind(to_sql(first.0)).bind(to_sql(last.0)).fetch_all(&mut **view).await?;
        for ((size, root, time), row) in roots.iter().zip(&rows) {
            let at = || format!("checkpoint {size}");
            let Some(key) = rebuilt.state.charter().and_then(|charter| charter.log_key(*size)) else {
                return differs(Check::Checkpoint, at(), "the charter has no key for it");
            };
            let checkpoint = match Checkpoint::open(row.try_get::<String, _>(1)?.as_bytes(), key) {
                Ok(checkpoint) => checkpoint,
                Err(error) => return differs(Check::Checkpoint, at(), error.to_string()),
            };
            if checkpoint.size != *size || from_sql(row.try_get(0)?) != *size {
                return differs(Check::Checkpoint, at(), format!("it is signed for {} entries", checkpoint.size));
            }
            if checkpoint.root != *root {
                return differs(
                    Check::Checkpoint,
                    at(),
                    format!("it is signed for the root {}, and the entries make {root}", checkpoint.root),
                );
            }
            if row.try_get::<i64, _>(2)? != *time {
                return differs(Check::Checkpoint, at(), "its time is not that of its newest entry");
            }
            report.checkpoints += 1;
        }
        progress("checkpoints", report.checkpoints, rebuilt.roots.len() as u64);
    }
    match rebuilt.roots.last() {
        Some((size, ..)) if *size == rebuilt.size() => Ok(()),
        _ => differs(Check::Checkpoint, format!("checkpoint {}", rebuilt.size()), "it is missing"),
    }
}

/// The one row that says what the newest entry is.
pub(super) async fn head(view: &mut View, rebuilt: &Rebuilt) -> Result<(), End> {
    let at = "the newest state";
    let sql = "select h.origin, h.size, h.leaf, h.time, h.checkpoint, c.note from head h left join checkpoints c on c.size = h.size";
    let rows = sqlx::query(sql).fetch_all(&mut **view).await?;
    let [row] = rows.as_slice() else { return differs(Check::Head, at, "there is none") };
    let (origin, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    if origin != rebuilt.state.origin() {
        return differs(Check::Head, at, format!("it names the chain {origin:?}, and entry 0 {:?}", rebuilt.state.origin()));
    }
    if size != to_sql(rebuilt.size()) {
        return differs(Check::Head, at, format!("it says {size} entries, and there are {}", rebuilt.size()));
    }
    if Some((to_hash(row.try_get(2)?)?, row.try_get::<i64, _>(3)?)) != rebuilt.state.last() {
        return differs(Check::Head, at, "its leaf hash or time is not the newest entry's");
    }
    if row.try_get::<String, _>(4)? != row.try_get::<Option<String>, _>(5)?.unwrap_or_default() {
        return differs(Check::Checkpoint, at, "its checkpoint is not the one signed at that size");
    }
    Ok(())
}
