//! Files of drafts: attachments while they wait, and the bytes of frozen parts, in a folder that no public address leads to.

use super::{Drafts, DraftsError, Refusal, new_id};
use crate::staff::Account;
use chain::time::Millis;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::{path::PathBuf, sync::Arc};

/// Most bytes of one file, and most files of one draft.
pub const LARGEST_FILE: usize = 20 << 20;
pub const MOST_FILES: usize = 24;
/// Most characters of a file's name.
const LONGEST_NAME: usize = 120;

/// The folder.
#[derive(Clone)]
pub(super) struct Files {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl Files {
    pub(super) fn open(data: &std::path::Path) -> Result<Files, DraftsError> {
        let folder = data.join("drafts");
        let failed = |source| object_store::Error::Generic { store: "drafts", source: Box::new(source) };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        Ok(Files { store: Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true)), folder })
    }

    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), DraftsError> {
        self.store.put(&Path::from(path), bytes.into()).await?;
        Ok(())
    }

    pub(super) async fn get(&self, path: &str) -> Result<Vec<u8>, DraftsError> {
        Ok(self.store.get(&Path::from(path)).await?.bytes().await?.to_vec())
    }

    /// A file to be read by somebody else, without its bytes in this process.
    pub(super) async fn handle(&self, path: &str) -> Result<std::fs::File, DraftsError> {
        let failed = |source| object_store::Error::Generic { store: "drafts", source: Box::new(source) };
        Ok(tokio::fs::File::open(self.folder.join(path)).await.map_err(failed)?.into_std().await)
    }

    /// Where bytes are written that come in no particular pieces, and are read again from any place: archives.
    pub(super) async fn beside(&self, path: &str) -> Result<PathBuf, DraftsError> {
        let failed = |source| object_store::Error::Generic { store: "drafts", source: Box::new(source) };
        let path = self.folder.join(path);
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(failed)?;
        }
        Ok(path)
    }

    /// Removes a folder with all that lies in it, which may be gone already.
    pub(super) async fn remove_all(&self, folder: &str) -> Result<(), DraftsError> {
        match tokio::fs::remove_dir_all(self.folder.join(folder)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(object_store::Error::Generic { store: "drafts", source: Box::new(error) }.into())
            }
            _ => Ok(()),
        }
    }

    /// What was written before a moment.
    pub(super) async fn older_than(&self, before: Millis) -> Result<Vec<String>, DraftsError> {
        let all: Vec<_> = self.store.list(None).try_collect().await?;
        Ok(all
            .into_iter()
            .filter(|object| object.last_modified.timestamp_millis() < before)
            .map(|object| object.location.to_string())
            .collect())
    }

    /// Removes what may be gone already.
    pub(super) async fn remove(&self, path: &str) -> Result<(), DraftsError> {
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A file that goes with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: String,
    pub draft: String,
    pub name: String,
    /// By its content, not by its name.
    pub media: String,
    pub size: i64,
    pub added: Millis,
    pub added_by: String,
}

impl File {
    fn row(row: &AnyRow) -> Result<File, DraftsError> {
        Ok(File {
            id: row.try_get(0)?,
            draft: row.try_get(1)?,
            name: row.try_get(2)?,
            media: row.try_get(3)?,
            size: row.try_get(4)?,
            added: row.try_get(5)?,
            added_by: row.try_get(6)?,
        })
    }

    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.draft, self.id)
    }
}

/// A file's name as it is kept: without folders, and without what cannot be seen.
pub(super) fn name_of(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let hides = |c: &char| {
        c.is_control()
            || matches!(u32::from(*c), 0xfdd0..=0xfdef)
            || u32::from(*c) & 0xfffe == 0xfffe
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let seen: String = last.chars().filter(|c| !hides(c)).collect();
    let short: String = seen.trim().chars().take(LONGEST_NAME).collect();
    if short.trim_matches('.').is_empty() { "file".to_owned() } else { short }
}

/// What bytes are: told by themselves, and where they are text by nothing but that.
#[must_use]
pub(super) fn media_of(bytes: &[u8]) -> &'static str {
    let own = infer::get(bytes).map(|kind| kind.mime_type());
    // Only names that a statement can carry.
    let plain = |media: &&str| media.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"/-.+".contains(&c));
    match (own.filter(plain), std::str::from_utf8(bytes)) {
        (Some(media), _) if !media.starts_with("text/") => media,
        // What browsers would run is text here: it is handed out as nothing else.
        (_, Ok(_)) => "text/plain",
        _ => "application/octet-stream",
    }
}

/// How many files a draft has, and how many are on their way to it.
pub(super) async fn taken(connection: &mut AnyConnection, draft: &str) -> Result<usize, DraftsError> {
    let sql = "select (select count(*) from draft_files where draft = $1) + (select count(*) from draft_uploads where draft = $1)";
    let count: i64 = sqlx::query(sql).bind(draft).fetch_one(connection).await?.try_get(0)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

const COLUMNS: &str = "id, draft, name, media, size, added, added_by";

pub(super) async fn of_draft(connection: &mut AnyConnection, draft: &str) -> Result<Vec<File>, DraftsError> {
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from draft_files where draft = $1 order by added, id"));
    sqlx::query(sql).bind(draft).fetch_all(connection).await?.iter().map(File::row).collect()
}

impl Drafts {
    /// The files of a draft, in the order they came.
    pub async fn files(&self, who: &Account, draft: &str) -> Result<Vec<File>, DraftsError> {
        self.draft(who, draft).await?;
        of_draft(&mut *self.staff.store().pool().acquire().await?, draft).await
    }

    /// Adds a file to a draft that is being written.
    pub async fn attach(&self, who: &Account, draft: &str, name: &str, bytes: Vec<u8>) -> Result<File, DraftsError> {
        self.attach_as(who, draft, name, bytes, &new_id()?).await
    }

    /// The same under an id of the caller's, who has found that there is no such file.
    pub(super) async fn attach_as(&self, who: &Account, draft: &str, name: &str, bytes: Vec<u8>, id: &str) -> Result<File, DraftsError> {
        self.add(who, draft, (id, name), bytes, None).await
    }

    /// The same, of one that came piece by piece, which is on its way no more once it is here.
    pub(super) async fn add(
        &self,
        who: &Account,
        draft: &str,
        (id, name): (&str, &str),
        bytes: Vec<u8>,
        upload: Option<&str>,
    ) -> Result<File, DraftsError> {
        let agency = self.own(who, draft).await?.agency;
        if bytes.is_empty() || bytes.len() > LARGEST_FILE {
            return Err(Refusal::FileSize.into());
        }
        let file = File {
            id: id.to_owned(),
            draft: draft.to_owned(),
            name: name_of(name),
            media: media_of(&bytes).to_owned(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            added: self.staff.now(),
            added_by: who.id.clone(),
        };
        self.files.put(&file.path(), bytes).await?;
        let kept = self.keep_file(who, &agency, &file, upload).await;
        // One of this id that came first at the same time has the same bytes.
        if kept.is_err() && !self.files(who, draft).await?.iter().any(|other| other.id == file.id) {
            self.files.remove(&file.path()).await?;
        }
        kept.map(|()| file)
    }

    async fn keep_file(&self, who: &Account, agency: &str, file: &File, upload: Option<&str>) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        self.revise(&mut turn, who, &file.draft).await?;
        if of_draft(&mut turn, &file.draft).await?.iter().any(|other| other.id == file.id) {
            return Ok(());
        }
        if let Some(upload) = upload {
            sqlx::query("delete from draft_pieces where upload = $1").bind(upload).execute(&mut *turn).await?;
            let gone = sqlx::query("delete from draft_uploads where id = $1").bind(upload).execute(&mut *turn).await?;
            // Two who brought the last piece at once bring one file.
            if gone.rows_affected() != 1 {
                return Err(Refusal::Nothing.into());
            }
        }
        if taken(&mut turn, &file.draft).await? >= MOST_FILES {
            return Err(Refusal::TooManyFiles.into());
        }
        self.has_room(&mut turn, agency, file.size).await?;
        self.insert_file(&mut turn, who, file).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Writes down that a draft has a file, whose bytes are there.
    pub(super) async fn insert_file(&self, turn: &mut AnyConnection, who: &Account, file: &File) -> Result<(), DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("insert into draft_files ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)"));
        sqlx::query(sql)
            .bind(&file.id)
            .bind(&file.draft)
            .bind(&file.name)
            .bind(&file.media)
            .bind(file.size)
            .bind(file.added)
            .bind(&file.added_by)
            .execute(&mut *turn)
            .await?;
        let details = json!({ "file": file.id, "media": file.media, "size": file.size });
        Ok(self.staff.journal().note_in(turn, &who.id, "file-added", &file.draft, &details).await?)
    }

    /// That a draft is being written still, and that this person is one of its authors from now on.
    pub(super) async fn revise(&self, turn: &mut AnyConnection, who: &Account, draft: &str) -> Result<(), DraftsError> {
        let found = sqlx::query("select 1 from drafts where id = $1 and state = 'writing'").bind(draft).fetch_optional(&mut *turn).await?;
        found.ok_or(Refusal::NotWriting)?;
        super::draft::wrote(turn, draft, &who.id).await
    }

    /// Takes a file away from a draft that is being written.
    pub async fn detach(&self, who: &Account, draft: &str, file: &str) -> Result<(), DraftsError> {
        self.own(who, draft).await?;
        let mut turn = self.staff.store().turn().await?;
        self.revise(&mut turn, who, draft).await?;
        let files = of_draft(&mut turn, draft).await?;
        let file = files.iter().find(|other| other.id == file).ok_or(Refusal::Nothing)?;
        sqlx::query("delete from draft_files where id = $1").bind(&file.id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "file-removed", draft, &json!({ "file": file.id })).await?;
        turn.commit().await?;
        self.files.remove(&file.path()).await
    }

    /// A file of a draft with its bytes.
    pub async fn file(&self, who: &Account, draft: &str, file: &str) -> Result<(File, Vec<u8>), DraftsError> {
        let found = self.files(who, draft).await?.into_iter().find(|other| other.id == file).ok_or(Refusal::Nothing)?;
        let bytes = self.files.get(&found.path()).await?;
        Ok((found, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_are_and_not_what_its_name_says() {
        assert_eq!(media_of(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(media_of(b"\x89PNG\r\n\x1a\n0000"), "image/png");
        assert_eq!(media_of("年,数\n2026,1\n".as_bytes()), "text/plain");
        assert_eq!(media_of(b"<!DOCTYPE html><script>alert(1)</script>"), "text/plain");
        assert_eq!(media_of(b"\xff\xfe\x00\x01"), "application/octet-stream");
    }

    #[test]
    fn a_files_name_has_no_folders_and_hides_nothing() {
        assert_eq!(name_of("C:\\plans\\预算.pdf"), "预算.pdf");
        assert_eq!(name_of("../../etc/passwd"), "passwd");
        assert_eq!(name_of("a\u{202e}fdp.exe"), "afdp.exe");
        assert_eq!(name_of("  "), "file");
        assert_eq!(name_of(".."), "file");
    }
}
