//! Uploads: files that come piece by piece, and go on where a lost connection left them.
//!
//! Each piece is an object of its own, so that nothing is ever written into what is there already; it counts once the row that
//! says how much came has moved on from where the piece began. Two that claim one place: the second is told how far it is.

use super::{Drafts, DraftsError, File, LARGEST_FILE, MOST_FILES, Refusal, files, new_id};
use crate::staff::Account;
use chain::{Hash, time::Millis};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Most bytes of one piece, and fewest of one that is not the last: a file is never thousands of pieces.
pub const LARGEST_PIECE: usize = 4 << 20;
pub const SMALLEST_PIECE: usize = 64 << 10;
/// How long one is kept that nobody goes on with.
const KEPT: Millis = 24 * 3_600_000;

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: String,
    pub draft: String,
    /// Who began it, and alone goes on with it.
    pub account: String,
    pub name: String,
    pub size: i64,
    /// SHA-256 of the whole, in hexadecimal, as it was announced.
    pub digest: String,
    /// Bytes that are here.
    pub came: i64,
    pub begun: Millis,
}

/// How far one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// So many bytes are here.
    Part(i64),
    /// All of it: it is a file of the draft now.
    Whole(File),
}

const COLUMNS: &str = "id, draft, account, name, size, digest, came, begun";

impl Upload {
    fn row(row: &AnyRow) -> Result<Upload, DraftsError> {
        Ok(Upload {
            id: row.try_get(0)?,
            draft: row.try_get(1)?,
            account: row.try_get(2)?,
            name: row.try_get(3)?,
            size: row.try_get(4)?,
            digest: row.try_get(5)?,
            came: row.try_get(6)?,
            begun: row.try_get(7)?,
        })
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Where the pieces lie, in their order.
async fn paths(connection: &mut AnyConnection, upload: &str) -> Result<Vec<String>, DraftsError> {
    let sql = "select path from draft_pieces where upload = $1 order by start";
    let rows = sqlx::query(sql).bind(upload).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

impl Drafts {
    /// Announces a file. It takes a place among the draft's files until it came, was given up, or a day has passed.
    pub async fn begin_upload(&self, who: &Account, draft: &str, name: &str, size: i64, digest: &str) -> Result<Upload, DraftsError> {
        let agency = self.own(who, draft).await?.agency;
        if size < 1 || usize::try_from(size).is_ok_and(|size| size > LARGEST_FILE) {
            return Err(Refusal::FileSize.into());
        }
        if !is_digest(digest) {
            return Err(Refusal::Digest.into());
        }
        let now = self.staff.now();
        let upload = Upload {
            id: new_id()?,
            draft: draft.to_owned(),
            account: who.id.clone(),
            name: files::name_of(name),
            size,
            digest: digest.to_owned(),
            came: 0,
            begun: now,
        };
        let mut turn = self.staff.store().turn().await?;
        self.revise(&mut turn, who, draft).await?;
        if files::taken(&mut turn, draft).await? >= MOST_FILES {
            return Err(Refusal::TooManyFiles.into());
        }
        self.has_room(&mut turn, &agency, size).await?;
        let sql = sqlx::AssertSqlSafe(format!("insert into draft_uploads ({COLUMNS}, touched) values ($1, $2, $3, $4, $5, $6, 0, $7, $7)"));
        sqlx::query(sql)
            .bind(&upload.id)
            .bind(&upload.draft)
            .bind(&upload.account)
            .bind(&upload.name)
            .bind(upload.size)
            .bind(&upload.digest)
            .bind(now)
            .execute(&mut *turn)
            .await?;
        let details = json!({ "upload": upload.id, "size": size });
        self.staff.journal().note_in(&mut turn, &who.id, "upload-begun", draft, &details).await?;
        turn.commit().await?;
        Ok(upload)
    }

    /// Files that this person has on their way to a draft, in the order they were begun.
    pub async fn uploads(&self, who: &Account, draft: &str) -> Result<Vec<Upload>, DraftsError> {
        self.own(who, draft).await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from draft_uploads where draft = $1 and account = $2 order by begun, id"));
        let rows = sqlx::query(sql).bind(draft).bind(&who.id).fetch_all(self.staff.store().pool()).await?;
        rows.iter().map(Upload::row).collect()
    }

    /// One of them. Somebody else's is not there.
    pub async fn upload(&self, who: &Account, draft: &str, id: &str) -> Result<Upload, DraftsError> {
        let found = self.uploads(who, draft).await?.into_iter().find(|upload| upload.id == id);
        found.ok_or_else(|| Refusal::Nothing.into())
    }

    /// Takes the bytes that begin at `offset`, which is where the last ones ended. With the last of them the file is the draft's;
    /// no bytes at the end finish what was interrupted there.
    pub async fn go_on(&self, who: &Account, draft: &str, id: &str, offset: i64, bytes: Vec<u8>) -> Result<Came, DraftsError> {
        let upload = self.upload(who, draft, id).await?;
        if offset != upload.came {
            return Err(Refusal::Offset(upload.came).into());
        }
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let came = offset.saturating_add(length);
        if came > upload.size {
            return Err(Refusal::FileSize.into());
        }
        let last = came == upload.size;
        if bytes.len() > LARGEST_PIECE || (bytes.len() < SMALLEST_PIECE && !last) {
            return Err(Refusal::PieceSize.into());
        }
        if length > 0 {
            let path = format!("{draft}/pieces/{}", new_id()?);
            self.files.put(&path, bytes).await?;
            let kept = self.keep_piece(&upload, length, &path).await;
            if kept.is_err() {
                self.files.remove(&path).await?;
            }
            kept?;
        }
        if last { self.finish(who, &upload).await.map(Came::Whole) } else { Ok(Came::Part(came)) }
    }

    async fn keep_piece(&self, upload: &Upload, length: i64, path: &str) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let sql = "update draft_uploads set came = came + $1, touched = $2 where id = $3 and came = $4";
        let query = sqlx::query(sql).bind(length).bind(self.staff.now()).bind(&upload.id).bind(upload.came);
        if query.execute(&mut *turn).await?.rows_affected() != 1 {
            let sql = "select came from draft_uploads where id = $1";
            let row = sqlx::query(sql).bind(&upload.id).fetch_optional(&mut *turn).await?.ok_or(Refusal::Nothing)?;
            return Err(Refusal::Offset(row.try_get(0)?).into());
        }
        let sql = "insert into draft_pieces (upload, start, path) values ($1, $2, $3)";
        sqlx::query(sql).bind(&upload.id).bind(upload.came).bind(path).execute(&mut *turn).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Puts the pieces together. What is not what was announced is thrown away.
    async fn finish(&self, who: &Account, upload: &Upload) -> Result<File, DraftsError> {
        let paths = paths(&mut *self.staff.store().pool().acquire().await?, &upload.id).await?;
        let mut bytes = Vec::with_capacity(usize::try_from(upload.size).unwrap_or_default().min(LARGEST_FILE));
        for path in &paths {
            bytes.extend(self.files.get(path).await?);
        }
        if Hash::of(&[&bytes]).to_hex() != upload.digest {
            self.give_up(who, &upload.draft, &upload.id).await?;
            return Err(Refusal::Digest.into());
        }
        let file = self.add(who, &upload.draft, (&new_id()?, &upload.name), bytes, Some(&upload.id)).await?;
        for path in &paths {
            self.files.remove(path).await?;
        }
        Ok(file)
    }

    /// Gives one up.
    pub async fn give_up(&self, who: &Account, draft: &str, id: &str) -> Result<(), DraftsError> {
        let upload = self.upload(who, draft, id).await?;
        self.throw_away(&upload.id, None, Some((who, draft))).await
    }

    /// Removes what nobody has gone on with for a day. How many there were.
    pub async fn forget_unfinished(&self) -> Result<usize, DraftsError> {
        let before = self.staff.now() - KEPT;
        let sql = "select id from draft_uploads where touched < $1";
        let rows = sqlx::query(sql).bind(before).fetch_all(self.staff.store().pool()).await?;
        for row in &rows {
            self.throw_away(row.try_get(0)?, Some(before), None).await?;
        }
        Ok(rows.len())
    }

    /// Rows first, then bytes. With a time: only if nobody has gone on with it since.
    async fn throw_away(&self, id: &str, before: Option<Millis>, by: Option<(&Account, &str)>) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let paths = paths(&mut turn, id).await?;
        let sql = "delete from draft_uploads where id = $1 and touched < $2";
        let gone = sqlx::query(sql).bind(id).bind(before.unwrap_or(i64::MAX)).execute(&mut *turn).await?;
        if gone.rows_affected() != 1 {
            return Ok(());
        }
        sqlx::query("delete from draft_pieces where upload = $1").bind(id).execute(&mut *turn).await?;
        if let Some((who, draft)) = by {
            self.staff.journal().note_in(&mut turn, &who.id, "upload-given-up", draft, &json!({ "upload": id })).await?;
        }
        turn.commit().await?;
        for path in &paths {
            self.files.remove(path).await?;
        }
        Ok(())
    }
}
