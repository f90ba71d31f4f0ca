//! Reasons that may be read: each is the one that its step committed to.

use super::{
    Check, End, differs,
    entries::{View, count, entry},
};
use crate::store::{REASON, reason};

/// All of them: there are few.
pub(super) async fn reasons(view: &mut View) -> Result<(), End> {
    // In a copy from before there were any, which may only be read.
    if count(view, "select count(*) from _sqlx_migrations where version = 3").await? == 0 {
        return Ok(());
    }
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{REASON} order by step"))).fetch_all(&mut **view).await?;
    for row in &rows {
        let open = reason(row)?;
        let publication = entry(view, open.act).await?.unwrap_or_default();
        if !open.is_of(&publication) {
            let why = format!("its reason is not what it committed to, as entry {} opens it", open.act);
            return differs(Check::Content, format!("step {}", open.step), why);
        }
    }
    Ok(())
}
