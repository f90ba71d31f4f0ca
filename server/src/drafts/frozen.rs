//! Frozen versions: what was submitted, exactly as it will be published, or nothing of it.

use super::{Draft, Drafts, DraftsError, Kind, Refusal, Stage, given, room::Held};
use crate::{
    staff::{Account, LetterKind, Role},
    store::NewContent,
};
use chain::{
    part::{Commitment, Salt, parse_salt},
    time::Millis,
};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Where a frozen version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for approval or for its time.
    Open,
    /// Is being sealed, or was when something interrupted it.
    Sealing,
    Published,
    /// Taken back to be written on.
    Withdrawn,
}

impl State {
    pub(super) const fn code(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Sealing => "sealing",
            State::Published => "published",
            State::Withdrawn => "withdrawn",
        }
    }

    fn named(code: &str) -> Option<State> {
        [State::Open, State::Sealing, State::Published, State::Withdrawn].into_iter().find(|state| state.code() == code)
    }
}

/// One part of a frozen version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenPart {
    pub role: String,
    pub media: String,
    pub language: Option<String>,
    /// As the catalogue calls it.
    pub name: String,
    pub size: u64,
    pub commitment: Commitment,
    /// What opens it. None once the version is published, or taken back: from then on it is the chain's to keep, or nobody's.
    pub salt: Option<Salt>,
    pub(super) path: String,
}

/// A version that was submitted: exactly what will be published, or nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The statement's id.
    pub id: String,
    pub draft: String,
    pub case: String,
    pub agency: String,
    pub kind: Kind,
    /// As a rule judges it: a disclosure's own, else `status` or `redaction`.
    pub genre: String,
    pub title: String,
    pub core_line: String,
    pub state: State,
    pub made: Millis,
    pub made_by: String,
    /// Not published before.
    pub due: Millis,
    /// Who had it published where no rule asks for approval.
    pub released_by: Option<String>,
    /// Whether what is asked for was there when it was looked at last.
    pub ready: bool,
    pub tried: Millis,
    /// What became of the last try, as a code and perhaps what the sequencer said.
    pub told: Option<String>,
    pub index: Option<u64>,
    pub published: Option<Millis>,
    /// What its agency sealed itself and brought, until it is published.
    pub sealed: Option<String>,
}

pub(super) const COLUMNS: &str = "id, draft, \"case\", agency, kind, genre, title, core, state, made, made_by, due, released_by, ready, \
                                  tried, told, idx, published, sealed";

impl Frozen {
    pub(super) fn row(row: &AnyRow) -> Result<Frozen, DraftsError> {
        let index: i64 = row.try_get(16)?;
        let published: Millis = row.try_get(17)?;
        Ok(Frozen {
            id: row.try_get(0)?,
            draft: row.try_get(1)?,
            case: row.try_get(2)?,
            agency: row.try_get(3)?,
            kind: Kind::named(row.try_get(4)?).ok_or(DraftsError::Unreadable("a kind of draft"))?,
            genre: row.try_get(5)?,
            title: row.try_get(6)?,
            core_line: row.try_get(7)?,
            state: State::named(row.try_get(8)?).ok_or(DraftsError::Unreadable("where a frozen version stands"))?,
            made: row.try_get(9)?,
            made_by: row.try_get(10)?,
            due: row.try_get(11)?,
            released_by: given(row.try_get(12)?),
            ready: row.try_get::<i64, _>(13)? == 1,
            tried: row.try_get(14)?,
            told: given(row.try_get(15)?),
            index: u64::try_from(index).ok(),
            published: (published > 0).then_some(published),
            sealed: given(row.try_get(18)?),
        })
    }

    pub(super) async fn read(connection: &mut AnyConnection, id: &str) -> Result<Option<Frozen>, DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from frozen where id = $1"));
        sqlx::query(sql).bind(id).fetch_optional(connection).await?.as_ref().map(Frozen::row).transpose()
    }

    /// Versions of a case, newest first.
    pub(super) async fn of_case(connection: &mut AnyConnection, case: &str) -> Result<Vec<Frozen>, DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from frozen where \"case\" = $1 order by number desc"));
        sqlx::query(sql).bind(case).fetch_all(connection).await?.iter().map(Frozen::row).collect()
    }

    /// Its parts, in the statement's order.
    pub(super) async fn parts(connection: &mut AnyConnection, id: &str) -> Result<Vec<FrozenPart>, DraftsError> {
        let sql = "select role, media, language, name, size, commitment, salt, path from frozen_parts where frozen = $1 order by number";
        let part = |row: &AnyRow| {
            let unreadable = || DraftsError::Unreadable("a frozen part");
            let salt = given(row.try_get(6)?).map(|salt| parse_salt(&salt).ok_or_else(unreadable)).transpose()?;
            Ok(FrozenPart {
                role: row.try_get(0)?,
                media: row.try_get(1)?,
                language: given(row.try_get(2)?),
                name: row.try_get(3)?,
                size: u64::try_from(row.try_get::<i64, _>(4)?).map_err(|_| unreadable())?,
                commitment: Commitment::parse(row.try_get(5)?).ok_or_else(unreadable)?,
                salt,
                path: row.try_get(7)?,
            })
        };
        sqlx::query(sql).bind(id).fetch_all(connection).await?.iter().map(part).collect()
    }
}

impl Drafts {
    /// Whether somebody may take back what an agency submitted, until it is being sealed: whoever drafts there, and for what must not come
    /// out, whoever publishes and the agency's administrator too.
    #[must_use]
    pub fn may_withdraw(who: &Account, agency: &str) -> bool {
        [Role::Drafter, Role::Publisher, Role::Administrator].into_iter().any(|role| who.roles.holds(role, agency))
    }

    /// Takes a frozen version back, to be written on. What was decided about it stays in its case and counts no more.
    pub async fn withdraw(&self, who: &Account, id: &str) -> Result<(), DraftsError> {
        let draft = self.draft(who, id).await?;
        if !Drafts::may_withdraw(who, &draft.agency) {
            return Err(Refusal::Nothing.into());
        }
        let mut turn = self.staff.store().turn().await?;
        let frozen = match &draft.frozen {
            Some(frozen) => Frozen::read(&mut turn, frozen).await?.ok_or(Refusal::NotOpen)?,
            None => return Err(Refusal::NotOpen.into()),
        };
        let sql = "update frozen set state = 'withdrawn', ready = 0, sealed = '' where id = $1 and state = 'open'";
        let withdrawn = sqlx::query(sql).bind(&frozen.id).execute(&mut *turn).await?.rows_affected() == 1;
        if !withdrawn || !Draft::move_on(&mut turn, id, Stage::Frozen, Stage::Writing, "").await? {
            return Err(Refusal::NotOpen.into());
        }
        // Its text stays until the draft is published or given up: whoever decided about it sees what changed since. Nobody signs it.
        sqlx::query("update frozen_parts set salt = '' where frozen = $1").bind(&frozen.id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "draft-withdrawn", id, &json!({ "statement": frozen.id })).await?;
        self.tell_authors(&mut turn, &frozen.id, LetterKind::TakenBack, &who.id).await?;
        turn.commit().await?;
        self.staff.letters_may_wait();
        self.staff.store().blanked();
        Ok(())
    }

    /// Removes the bytes that only frozen versions of a draft kept; files of the draft stay.
    pub(super) async fn forget_texts(&self, draft: &str) -> Result<(), DraftsError> {
        let sql = "select p.path from frozen_parts p join frozen f on f.id = p.frozen where f.draft = $1";
        let paths = sqlx::query(sql).bind(draft).fetch_all(self.staff.store().pool()).await?;
        let own = "select id from draft_files where draft = $1";
        let own = sqlx::query(own).bind(draft).fetch_all(self.staff.store().pool()).await?;
        let own = own.iter().map(|row| Ok(format!("{draft}/{}", row.try_get::<String, _>(0)?))).collect::<Result<Vec<_>, sqlx::Error>>()?;
        for path in &paths {
            let path: String = path.try_get(0)?;
            if !own.contains(&path) {
                self.files.remove(&path).await?;
            }
        }
        Ok(())
    }

    /// Has a frozen version published where no rule asks for approval. Only a publisher does.
    pub async fn release(&self, who: &Account, frozen: &str) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let frozen = Frozen::read(&mut turn, frozen).await?.filter(|frozen| who.roles.sees(&frozen.agency)).ok_or(Refusal::Nothing)?;
        if !who.roles.may(Role::Publisher, &frozen.agency) {
            return Err(Refusal::Nothing.into());
        }
        let state = self.node.submitter.state();
        if state.agency(&frozen.agency).is_none_or(|(_, agency)| agency.rule.is_some()) {
            return Err(Refusal::Approval(chain::approval::ApprovalError::NoAct).into());
        }
        let sql = "update frozen set released_by = $1, ready = 1, tried = 0, told = '' where id = $2 and state = 'open'";
        if sqlx::query(sql).bind(&who.id).bind(&frozen.id).execute(&mut *turn).await?.rows_affected() != 1 {
            return Err(Refusal::NotOpen.into());
        }
        self.staff.journal().note_in(&mut turn, &who.id, "draft-released", &frozen.draft, &json!({ "statement": frozen.id })).await?;
        turn.commit().await?;
        self.wake.notify_one();
        Ok(())
    }

    /// The bytes of one part of a frozen version, for those who may see it.
    pub async fn part(&self, who: &Account, frozen: &str, commitment: &Commitment) -> Result<(FrozenPart, Vec<u8>), DraftsError> {
        let mut connection = self.staff.store().pool().acquire().await?;
        let frozen =
            Frozen::read(&mut connection, frozen).await?.filter(|frozen| who.roles.sees(&frozen.agency)).ok_or(Refusal::Nothing)?;
        let parts = Frozen::parts(&mut connection, &frozen.id).await?;
        drop(connection);
        let part = parts.into_iter().find(|part| part.commitment == *commitment).ok_or(Refusal::Nothing)?;
        let bytes = self.files.get(&part.path).await?;
        Ok((part, bytes))
    }

    pub(super) async fn contents(&self, frozen: &str) -> Result<(Vec<NewContent>, Held), DraftsError> {
        let parts = Frozen::parts(&mut *self.staff.store().pool().acquire().await?, frozen).await?;
        let room = self.room.hold(parts.iter().map(|part| part.size).sum()).await?;
        let mut contents = Vec::with_capacity(parts.len());
        for FrozenPart { commitment, media, size, salt, path, .. } in parts {
            // Only what waits has its salts, and nothing else comes here.
            let salt = salt.ok_or(DraftsError::Unreadable("a frozen part"))?;
            contents.push(NewContent { commitment, media, size, salt, bytes: Some(self.files.get(&path).await?) });
        }
        Ok((contents, room))
    }

    /// Removes the bytes of what is published: from now on the chain's own store has them.
    pub(super) async fn forget(&self, frozen: &Frozen) -> Result<(), DraftsError> {
        let mut connection = self.staff.store().pool().acquire().await?;
        let parts = Frozen::parts(&mut connection, &frozen.id).await?;
        drop(connection);
        for part in parts {
            self.files.remove(&part.path).await?;
        }
        self.forget_texts(&frozen.draft).await
    }
}
