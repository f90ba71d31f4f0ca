//! Erasing: of what is published, the chain's own store alone keeps the text and what opens it; and what a redaction takes from there
//! goes from the staff database too, whoever had it logged, as does what was given up. From its files it goes when they are cleared
//! ([`crate::staff`]).

use super::{Drafts, DraftsError, Frozen, Written, draft};
use crate::store::{StoreError, from_sql, to_sql};
use chain::{
    entry::Entry,
    part::Commitment,
    statement::{Core, Statement},
};
use sqlx::{AnyConnection, Row};
use std::time::Duration;

/// Entries read at a time.
const STRIDE: u64 = 512;
/// How long to leave it between two looks, and after trouble.
const PAUSE: Duration = Duration::from_secs(1);

impl Drafts {
    /// Goes on erasing what is redacted until it is dropped, or the chain is closed.
    pub(super) async fn go_on_erasing(&self) {
        let mut heads = self.node.heads.clone();
        // Known when this process began, and done once.
        let mut ahead = self.node.ahead();
        loop {
            // Whatever is logged from here on is told as a change.
            heads.mark_unchanged();
            let erased = match self.erase_parts(ahead).await {
                Ok(count) => {
                    ahead = &[];
                    self.erase_redacted().await.map(|more| count + more)
                }
                Err(error) => Err(error),
            };
            let over = match erased {
                Ok(count) => {
                    if count > 0 {
                        tracing::info!(count, "redacted parts were erased at the desk");
                    }
                    heads.changed().await.is_err()
                }
                Err(error) => {
                    tracing::error!(%error, "what was redacted could not be erased at the desk; it is tried again");
                    heads.has_changed().is_err()
                }
            };
            if over {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Blanks what the staff database says of the parts that were redacted since it was last looked: by this desk, by a program of the
    /// agency's, or by whoever came after it. How many of them it knew.
    ///
    /// How far the log was read is kept in the same database and moves in the same turn: what is interrupted is done again, and when a
    /// backup of the staff database is put back, it is caught up from where it stood, so that nothing comes back with it.
    pub async fn erase_redacted(&self) -> Result<u64, DraftsError> {
        let size = self.node.heads.borrow().size;
        let row = sqlx::query("select size from erased where one = 1").fetch_one(self.staff.store().pool()).await?;
        let (mut from, mut erased) = (from_sql(row.try_get(0)?), 0);
        while from < size {
            let to = size.min(from + STRIDE);
            let (redacted, targets) = self.redacted_within(from, to).await?;
            let mut turn = self.staff.store().turn().await?;
            let moves = sqlx::query("update erased set size = $1 where one = 1 and size = $2").bind(to_sql(to)).bind(to_sql(from));
            // Another process with the same database has come first, and done it.
            if moves.execute(&mut *turn).await?.rows_affected() != 1 {
                break;
            }
            for part in &redacted {
                erased += u64::from(forget_part(&mut turn, part).await?);
            }
            // The store has closed what was to be read of the steps by which it was approved.
            for target in &targets {
                let sql =
                    "update steps set opened = 0 where \"case\" in (select \"case\" from frozen where idx = $1 and state = 'published')";
                sqlx::query(sql).bind(to_sql(*target)).execute(&mut *turn).await?;
            }
            turn.commit().await?;
            if !redacted.is_empty() {
                self.staff.store().blanked();
            }
            from = to;
        }
        Ok(erased)
    }

    /// Blanks what the staff database says of parts that are gone from the chain's own store ahead of their redactions
    /// ([`crate::node::Node::ahead`]): an old copy of the one is put back together with an old copy of the other. How many it knew.
    pub async fn erase_parts(&self, parts: &[Commitment]) -> Result<u64, DraftsError> {
        if parts.is_empty() {
            return Ok(0);
        }
        let (mut turn, mut erased) = (self.staff.store().turn().await?, 0);
        for part in parts {
            erased += u64::from(forget_part(&mut turn, part).await?);
        }
        turn.commit().await?;
        self.staff.store().blanked();
        Ok(erased)
    }

    /// The parts that are redacted by the entries `[from, to)`, and the versions that these belong to.
    async fn redacted_within(&self, from: u64, to: u64) -> Result<(Vec<Commitment>, Vec<u64>), DraftsError> {
        let entries = self.node.store.entries(from, to).await?;
        // One that is missing may be a redaction: it is waited for, and not passed by.
        if entries.len() as u64 != to - from {
            return Err(StoreError::Absent("entry that was logged").into());
        }
        let (mut redacted, mut targets): (Vec<Commitment>, Vec<u64>) = (Vec::new(), Vec::new());
        for (index, bytes) in &entries {
            let unreadable = |reason: String| StoreError::Entry { index: *index, reason };
            let entry = Entry::parse(bytes).map_err(|error| unreadable(error.to_string()))?;
            let statement = Statement::parse(entry.note.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
            if let Core::Redaction(core) = &statement.core {
                redacted.extend(&core.parts);
                targets.push(core.target.index);
            }
        }
        Ok((redacted, targets))
    }

    /// Lets go of what a frozen version's parts say that is just now published: of all of them what was typed and what opens them, and of
    /// those that are redacted already (as a part may be that it has in common with the version it replaces) the names too.
    pub(super) async fn let_go_of_published(&self, turn: &mut AnyConnection, frozen: &Frozen) -> Result<(), DraftsError> {
        forget_text(turn, &frozen.draft, left_of).await?;
        let parts = Frozen::parts(turn, &frozen.id).await?;
        let parts: Vec<_> = parts.iter().map(|part| part.commitment).collect();
        // Within the turn: a redaction of this moment is found here, or finds the version published.
        let removed = self.node.store.removed(&parts).await?;
        for part in removed.keys() {
            forget_part(turn, part).await?;
        }
        Ok(())
    }
}

/// What the desk needs of a published draft: what its lists call it, and what it speaks of, as its statement says for good.
fn left_of(written: Written) -> Written {
    let Written { title, target, change, by, parts, .. } = written;
    Written { title, target, change, by, parts, ..Written::default() }
}

/// The same of one whose catalogue was redacted.
fn nameless(written: Written) -> Written {
    Written { title: String::new(), ..left_of(written) }
}

/// Blanks what was typed into a draft that is published or given up, but for what is left of it: also what was kept aside of it, and the
/// salts of all versions that were ever submitted. From the chain's own store a redaction takes it; from here nothing would.
async fn forget_text(turn: &mut AnyConnection, id: &str, left: fn(Written) -> Written) -> Result<(), DraftsError> {
    let row = sqlx::query("select written from drafts where id = $1").bind(id).fetch_optional(&mut *turn).await?;
    let Some(row) = row else { return Ok(()) };
    // What cannot be read is blanked all the same.
    let written = draft::write(&left(draft::read(row.try_get(0)?).unwrap_or_default()))?;
    sqlx::query("update drafts set written = $1 where id = $2").bind(&written).bind(id).execute(&mut *turn).await?;
    sqlx::query("delete from draft_asides where draft = $1").bind(id).execute(&mut *turn).await?;
    let sql = "update frozen_parts set salt = '' where frozen in (select id from frozen where draft = $1)";
    sqlx::query(sql).bind(id).execute(&mut *turn).await?;
    Ok(())
}

/// What is left of a draft that was given up, as it is kept.
pub(super) fn nothing() -> Result<String, DraftsError> {
    Ok(draft::write(&Written::default())?)
}

/// Blanks all of a draft that was given up, and lets go of its files, whose bytes are gone.
pub(super) async fn forget_draft(turn: &mut AnyConnection, id: &str) -> Result<(), DraftsError> {
    forget_names(turn, id, |_| Written::default()).await?;
    sqlx::query("delete from draft_files where draft = $1").bind(id).execute(turn).await?;
    Ok(())
}

/// Blanks what a draft is called, and its files, with its text: of one that is published, all of that stands in its catalogue.
async fn forget_names(turn: &mut AnyConnection, id: &str, left: fn(Written) -> Written) -> Result<(), DraftsError> {
    forget_text(turn, id, left).await?;
    for sql in [
        "update drafts set title = '' where id = $1",
        "update frozen set title = '', sealed = '' where draft = $1",
        "update frozen_parts set name = '' where frozen in (select id from frozen where draft = $1)",
        "update draft_files set name = '' where draft = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *turn).await?;
    }
    Ok(())
}

/// Blanks what is said of a redacted part. Whether anything was known of it. A version that waits and has the part in common with a
/// published one keeps what it will be published with: nothing of it is shown then either, and it is let go of in that very turn.
async fn forget_part(turn: &mut AnyConnection, part: &Commitment) -> Result<bool, DraftsError> {
    let sql = "select p.frozen, p.role, p.name, f.draft, f.state from frozen_parts p join frozen f on f.id = p.frozen \
               where p.commitment = $1 and f.state in ('published', 'withdrawn')";
    let rows = sqlx::query(sql).bind(part.to_string()).fetch_all(&mut *turn).await?;
    for row in &rows {
        let (frozen, role, name): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let (id, state): (String, String) = (row.try_get(3)?, row.try_get(4)?);
        let sql = "update frozen_parts set name = '', salt = '' where frozen = $1 and commitment = $2";
        sqlx::query(sql).bind(&frozen).bind(part.to_string()).execute(&mut *turn).await?;
        if state != "published" {
            continue;
        }
        if role == "catalogue" {
            forget_names(turn, &id, nameless).await?;
            continue;
        }
        // Also what came after it was published, on top of an older revision.
        forget_text(turn, &id, left_of).await?;
        // Versions that were taken back called it the same, and so does the draft.
        let sql = "update frozen_parts set name = '' where name = $1 and frozen in (select id from frozen where draft = $2)";
        sqlx::query(sql).bind(&name).bind(&id).execute(&mut *turn).await?;
        sqlx::query("update draft_files set name = '' where name = $1 and draft = $2").bind(&name).bind(&id).execute(&mut *turn).await?;
    }
    Ok(!rows.is_empty())
}
