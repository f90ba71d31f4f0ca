//! A draft: what is being written, by whom, and saving it so that nobody's text is lost.

use super::{Drafts, DraftsError, Refusal, asides, new_id};
use crate::staff::{Account, Role};
use chain::{catalogue::Subject, time::Millis};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// What a draft will be once it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A document, or a new version of one.
    Disclosure,
    /// What became of a published one: repealed, corrected, withdrawn …
    Status,
    /// Parts of a published one that are no longer to be served.
    Redaction,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Disclosure, Kind::Status, Kind::Redaction];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Disclosure => "disclosure",
            Kind::Status => "status",
            Kind::Redaction => "redaction",
        }
    }

    #[must_use]
    pub fn named(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Writing,
    /// Waits for approval, or for its time.
    Frozen,
    Published,
    /// Nobody goes on with it.
    Dropped,
}

impl Stage {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Stage::Writing => "writing",
            Stage::Frozen => "frozen",
            Stage::Published => "published",
            Stage::Dropped => "dropped",
        }
    }

    fn named(code: &str) -> Option<Stage> {
        [Stage::Writing, Stage::Frozen, Stage::Published, Stage::Dropped].into_iter().find(|stage| stage.code() == code)
    }
}

/// All that can be typed into a draft, as it was typed. Dates are `YYYY-MM-DD`; what is empty is not stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Written {
    pub genre: String,
    pub theme: String,
    pub language: String,
    pub title: String,
    pub index_number: String,
    pub document_number: String,
    pub issuing_agencies: Vec<String>,
    pub joint_agencies: Vec<String>,
    pub issued: String,
    pub published: String,
    pub effective: String,
    pub expires: String,
    pub basis: String,
    pub summary: String,
    pub keywords: Vec<String>,
    pub region: String,
    pub subjects: Vec<Whom>,
    pub source: String,
    pub authentic: String,
    /// Markdown.
    pub body: String,
    pub translations: Vec<Translation>,
    /// The published version this is about: which it replaces, or whose fate it states.
    pub target: Option<u64>,
    /// Of a status, what becomes of the target.
    pub change: String,
    pub ground: String,
    /// Of a status, the instrument that does it.
    pub by: Option<u64>,
    /// Of a redaction, the commitments of the parts.
    pub parts: Vec<String>,
}

/// Whom a disclosure is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Whom {
    pub scheme: String,
    pub id: String,
    pub name: String,
}

impl From<&Whom> for Subject {
    fn from(whom: &Whom) -> Subject {
        Subject { scheme: super::stated(&whom.scheme), id: super::plain(&whom.id), name: super::plain(&whom.name) }
    }
}

/// The text in another language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Translation {
    pub language: String,
    pub title: String,
    pub body: String,
}

/// A draft as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: String,
    pub agency: String,
    pub kind: Kind,
    pub stage: Stage,
    /// Goes up by one with each save; a save names the one it was written on.
    pub revision: i64,
    pub written: Written,
    pub author: String,
    pub made: Millis,
    pub saved: Millis,
    pub saved_by: String,
    /// The newest frozen version.
    pub frozen: Option<String>,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// The new revision.
    Revision(i64),
    /// Somebody else saved meanwhile. What was given is kept aside; what stands is `newest`.
    Aside { aside: String, newest: Box<Draft> },
}

/// How somebody saves.
#[derive(Clone, Copy)]
enum Saving {
    ByHand,
    ByItself,
    /// Over what they were shown.
    Over,
}

/// How long after a save another one by the same hand belongs to the same stretch of writing.
const STRETCH: chain::time::Millis = 5 * 60_000;

/// Most bytes of all that is typed into one draft.
pub const LONGEST: usize = 2 << 20;

const COLUMNS: &str = "id, agency, kind, state, revision, written, author, made, saved, saved_by, frozen";

impl Draft {
    fn row(row: &AnyRow) -> Result<Draft, DraftsError> {
        Ok(Draft {
            id: row.try_get(0)?,
            agency: row.try_get(1)?,
            kind: Kind::named(row.try_get(2)?).ok_or(DraftsError::Unreadable("a kind of draft"))?,
            stage: Stage::named(row.try_get(3)?).ok_or(DraftsError::Unreadable("where a draft stands"))?,
            revision: row.try_get(4)?,
            written: read(row.try_get(5)?)?,
            author: row.try_get(6)?,
            made: row.try_get(7)?,
            saved: row.try_get(8)?,
            saved_by: row.try_get(9)?,
            frozen: super::given(row.try_get(10)?),
        })
    }

    pub(super) async fn read(connection: &mut AnyConnection, id: &str) -> Result<Option<Draft>, DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from drafts where id = $1"));
        sqlx::query(sql).bind(id).fetch_optional(connection).await?.as_ref().map(Draft::row).transpose()
    }

    /// Moves it on, if it stands there still.
    pub(super) async fn move_on(
        connection: &mut AnyConnection,
        id: &str,
        from: Stage,
        to: Stage,
        frozen: &str,
    ) -> Result<bool, DraftsError> {
        let sql = "update drafts set state = $1, frozen = $2 where id = $3 and state = $4";
        let moved = sqlx::query(sql).bind(to.code()).bind(frozen).bind(id).bind(from.code()).execute(connection).await?;
        Ok(moved.rows_affected() == 1)
    }
}

pub(super) fn read(written: &str) -> Result<Written, DraftsError> {
    serde_json::from_str(written).map_err(|_| DraftsError::Unreadable("what was written"))
}

pub(super) fn write(written: &Written) -> Result<String, Refusal> {
    let text = serde_json::to_string(written).map_err(|_| Refusal::TooLong)?;
    if text.len() > LONGEST { Err(Refusal::TooLong) } else { Ok(text) }
}

impl Drafts {
    /// Begins a draft.
    pub async fn begin(&self, who: &Account, agency: &str, kind: Kind, written: &Written) -> Result<Draft, DraftsError> {
        let id = new_id()?;
        self.begin_as(who, agency, kind, written, &id).await?.ok_or(DraftsError::Unreadable("a draft"))
    }

    /// Whether somebody may begin drafts for an agency: one that is registered, and publishes in its own name.
    #[must_use]
    pub fn may_begin(&self, who: &Account, agency: &str) -> bool {
        who.roles.may(Role::Drafter, agency) && self.node.submitter.state().agency(agency).is_some_and(|(_, agency)| !agency.archive)
    }

    /// The same under an id of the caller's. None: there is one already.
    pub(super) async fn begin_as(
        &self,
        who: &Account,
        agency: &str,
        kind: Kind,
        written: &Written,
        id: &str,
    ) -> Result<Option<Draft>, DraftsError> {
        if !self.may_begin(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let mut turn = self.staff.store().turn().await?;
        if !self.insert(&mut turn, who, (id, agency, kind), written).await? {
            return Ok(None);
        }
        let draft = Draft::read(&mut turn, id).await?;
        turn.commit().await?;
        Ok(draft)
    }

    /// Writes a new draft down, in the name of who writes it. False: there is one of this id already.
    pub(super) async fn insert(
        &self,
        turn: &mut AnyConnection,
        who: &Account,
        (id, agency, kind): (&str, &str, Kind),
        written: &Written,
    ) -> Result<bool, DraftsError> {
        let (text, now) = (write(written)?, self.staff.now());
        let sql = "insert into drafts (id, agency, kind, state, revision, written, title, author, made, saved, saved_by, frozen) \
                   values ($1, $2, $3, 'writing', 1, $4, $5, $6, $7, $7, $6, '') on conflict (id) do nothing";
        let query = sqlx::query(sql).bind(id).bind(agency).bind(kind.code()).bind(&text).bind(&written.title).bind(&who.id).bind(now);
        if query.execute(&mut *turn).await?.rows_affected() == 0 {
            return Ok(false);
        }
        wrote(turn, id, &who.id).await?;
        self.staff.journal().note_in(turn, &who.id, "draft-begun", id, &json!({ "agency": agency, "kind": kind.code() })).await?;
        Ok(true)
    }

    /// A draft that this person may see; what they may not see is not there.
    pub async fn draft(&self, who: &Account, id: &str) -> Result<Draft, DraftsError> {
        let draft = Draft::read(&mut *self.staff.store().pool().acquire().await?, id).await?;
        draft.filter(|draft| who.roles.sees(&draft.agency)).ok_or_else(|| Refusal::Nothing.into())
    }

    /// The same, if they may write in it.
    pub(super) async fn own(&self, who: &Account, id: &str) -> Result<Draft, DraftsError> {
        let draft = self.draft(who, id).await?;
        if who.roles.may(Role::Drafter, &draft.agency) { Ok(draft) } else { Err(Refusal::Nothing.into()) }
    }

    /// Drafts of the agencies whose work this person sees, those saved last first.
    pub async fn list(&self, who: &Account, stage: Stage, most: i64) -> Result<Vec<Draft>, DraftsError> {
        let Some((within, agencies)) = seen(who, 3) else { return Ok(vec![]) };
        let sql = format!("select {COLUMNS} from drafts where state = $1 {within} order by saved desc, id limit $2");
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(stage.code()).bind(most);
        for agency in agencies {
            query = query.bind(agency);
        }
        query.fetch_all(self.staff.store().pool()).await?.iter().map(Draft::row).collect()
    }

    /// Saves what somebody wrote on top of `revision`. On top of an older one it is refused, and kept aside.
    pub async fn save(&self, who: &Account, id: &str, revision: i64, written: &Written) -> Result<Saved, DraftsError> {
        self.put(who, id, revision, written, Saving::ByHand).await
    }

    /// The same, by an editor that saves while somebody writes: the journal has one line for a stretch of it.
    pub async fn save_by_itself(&self, who: &Account, id: &str, revision: i64, written: &Written) -> Result<Saved, DraftsError> {
        self.put(who, id, revision, written, Saving::ByItself).await
    }

    /// The same, by whoever was shown what stands at `revision` beside a text of their own, and saves over it: in that turn it is kept aside,
    /// in the name of who had saved it.
    pub async fn save_over(&self, who: &Account, id: &str, revision: i64, written: &Written) -> Result<Saved, DraftsError> {
        self.put(who, id, revision, written, Saving::Over).await
    }

    async fn put(&self, who: &Account, id: &str, revision: i64, written: &Written, how: Saving) -> Result<Saved, DraftsError> {
        let draft = self.own(who, id).await?;
        let (text, now) = (write(written)?, self.staff.now());
        let mut turn = self.staff.store().turn().await?;
        let over = match how {
            Saving::Over => stands(&mut turn, id, revision).await?.filter(|(stands, _)| *stands != text),
            _ => None,
        };
        let sql = "update drafts set revision = revision + 1, written = $1, title = $2, saved = $3, saved_by = $4 \
                   where id = $5 and revision = $6 and state = 'writing'";
        let query = sqlx::query(sql).bind(&text).bind(&written.title).bind(now).bind(&who.id).bind(id).bind(revision);
        if query.execute(&mut *turn).await?.rows_affected() == 1 {
            if let Some((over, by)) = over {
                asides::keep(&mut turn, id, revision - 1, &over, (&by, now)).await?;
                let details = json!({ "revision": revision - 1, "newest": revision + 1 });
                self.staff.journal().note_in(&mut turn, &who.id, "draft-kept-aside", id, &details).await?;
            }
            wrote(&mut turn, id, &who.id).await?;
            let goes_on = matches!(how, Saving::ByItself) && draft.saved_by == who.id && draft.revision > 1 && now - draft.saved < STRETCH;
            if !goes_on {
                self.staff.journal().note_in(&mut turn, &who.id, "draft-saved", id, &json!({ "revision": revision + 1 })).await?;
            }
            turn.commit().await?;
            return Ok(Saved::Revision(revision + 1));
        }
        let newest = Draft::read(&mut turn, id).await?.ok_or(Refusal::Nothing)?;
        // Sent twice, for the first answer was lost on its way: they have what they wrote, and nobody else has written since.
        if newest.stage == Stage::Writing && newest.saved_by == who.id && write(&newest.written)? == text {
            return Ok(Saved::Revision(newest.revision));
        }
        // Nobody loses a word: not to a colleague who was quicker, and not to one who has submitted it meanwhile.
        let aside = asides::keep(&mut turn, id, revision, &text, (&who.id, now)).await?;
        // Whoever takes it over does not make it theirs.
        wrote(&mut turn, id, &who.id).await?;
        if aside.new {
            let details = json!({ "revision": revision, "newest": newest.revision });
            self.staff.journal().note_in(&mut turn, &who.id, "draft-kept-aside", &draft.id, &details).await?;
        }
        turn.commit().await?;
        Ok(Saved::Aside { aside: aside.id, newest: Box::new(newest) })
    }

    /// The case of what was submitted last, if anything was.
    pub async fn case_of(&self, draft: &Draft) -> Result<Option<String>, DraftsError> {
        let Some(frozen) = &draft.frozen else { return Ok(None) };
        let frozen = super::Frozen::read(&mut *self.staff.store().pool().acquire().await?, frozen).await?;
        Ok(frozen.map(|frozen| frozen.case))
    }

    /// Everybody who ever wrote something of a draft.
    pub async fn authors(&self, draft: &str) -> Result<Vec<String>, DraftsError> {
        authors(&mut *self.staff.store().pool().acquire().await?, draft).await
    }
}

/// What stands at a revision, as it is kept, and who saved it.
async fn stands(turn: &mut AnyConnection, id: &str, revision: i64) -> Result<Option<(String, String)>, DraftsError> {
    let row = sqlx::query("select written, saved_by from drafts where id = $1 and revision = $2").bind(id).bind(revision);
    let row = row.fetch_optional(turn).await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?)
}

/// Writes down that somebody wrote in a draft.
pub(super) async fn wrote(turn: &mut AnyConnection, draft: &str, account: &str) -> Result<(), DraftsError> {
    let sql = "insert into draft_authors (draft, account) values ($1, $2) on conflict (draft, account) do nothing";
    sqlx::query(sql).bind(draft).bind(account).execute(turn).await?;
    Ok(())
}

/// Whoever wrote in a draft: people and machines.
pub(super) async fn writers(connection: &mut AnyConnection, draft: &str) -> Result<Vec<String>, DraftsError> {
    let rows = sqlx::query("select account from draft_authors where draft = $1 order by account").bind(draft).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Drafts, each with whoever wrote in it, and, of what a machine wrote, whoever made its token.
pub(super) const AUTHORS: &str = "select draft, account from draft_authors union \
                                  select a.draft, m.made_by as account from machines m join draft_authors a on a.account = m.id";

/// Those who approve nothing of a draft.
pub(super) async fn authors(connection: &mut AnyConnection, draft: &str) -> Result<Vec<String>, DraftsError> {
    let sql = sqlx::AssertSqlSafe(format!("select account from ({AUTHORS}) authors where draft = $1 order by account"));
    let rows = sqlx::query(sql).bind(draft).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// What to ask of a query's `agency` so that it finds what this person may see, with what is to be bound from place `first` on.
/// None: nothing at all.
pub(super) fn seen(who: &Account, first: usize) -> Option<(String, Vec<String>)> {
    if who.roles.holds(Role::Auditor, "") {
        return Some((String::new(), vec![]));
    }
    let mut agencies: Vec<String> = who.roles.iter().map(|(_, agency)| agency.to_owned()).filter(|agency| !agency.is_empty()).collect();
    agencies.dedup();
    within(agencies, first)
}

/// The same for what this person may write.
pub(super) fn writes(who: &Account, first: usize) -> Option<(String, Vec<String>)> {
    within(who.roles.agencies(Role::Drafter).map(str::to_owned).collect(), first)
}

fn within(agencies: Vec<String>, first: usize) -> Option<(String, Vec<String>)> {
    if agencies.is_empty() {
        return None;
    }
    let places: Vec<_> = (first..first + agencies.len()).map(|place| format!("${place}")).collect();
    Some((format!("and agency in ({})", places.join(", ")), agencies))
}
