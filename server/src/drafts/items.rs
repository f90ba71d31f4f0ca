//! What machines hand in: a document under an id of the program's own, so that asking again is safe, however often and
//! however far the first try came.

use super::{Draft, Drafts, DraftsError, Frozen, FrozenState, Kind, LARGEST_FILE, LONGEST, MOST_FILES, Refusal, Stage, Written, fields};
use crate::staff::{Account, Machine, Scope};
use chain::{Hash, approval::ApprovalError, time::Millis};
use serde_json::json;
use sqlx::Row;

const DAY: Millis = 86_400_000;

/// What a machine asks for under one id.
#[derive(Debug, Clone)]
pub struct Item {
    /// 32 hexadecimal digits: the id of the statement that comes of it.
    pub id: String,
    pub kind: Kind,
    pub written: Written,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Submit it for approval, to come out not before (0: at once).
    pub submit: Option<Millis>,
    /// Publish it, where no rule asks for approval.
    pub publish: bool,
}

fn short(parts: &[&[u8]]) -> String {
    Hash::of(parts).to_hex()[..32].to_owned()
}

/// The draft of what an agency's machines named so. Another agency's name for something of its own never leads here.
fn draft_of(agency: &str, id: &str) -> String {
    short(&[b"gazette/v1 machine draft\n", agency.as_bytes(), b"\n", id.as_bytes()])
}

impl Item {
    /// A hash of all that is asked for.
    fn asked(&self) -> Result<String, Refusal> {
        let files: Vec<_> = self.files.iter().map(|(name, bytes)| (name, Hash::of(&[bytes]).to_hex())).collect();
        let all = serde_json::to_string(&(self.kind.code(), &self.written, files, self.submit, self.publish));
        let all = all.map_err(|_| Refusal::TooLong)?;
        if all.len() > LONGEST { Err(Refusal::TooLong) } else { Ok(Hash::of(&[b"gazette/v1 machine item\n", all.as_bytes()]).to_hex()) }
    }

    fn files(&self, draft: &str) -> Vec<(String, &str, &[u8])> {
        let numbered = self.files.iter().enumerate();
        numbered
            .map(|(number, (name, bytes))| {
                (short(&[b"gazette/v1 machine file\n", draft.as_bytes(), &number.to_be_bytes()]), &**name, &**bytes)
            })
            .collect()
    }
}

impl Drafts {
    /// The draft a program means: by its own name for it, or by the desk's.
    pub async fn meant(&self, who: &Account, agency: &str, id: &str) -> Result<Draft, DraftsError> {
        match self.draft(who, &draft_of(agency, id)).await {
            Err(DraftsError::Refused(Refusal::Nothing)) => self.draft(who, id).await,
            found => found,
        }
    }

    /// What was submitted of a draft last.
    pub async fn submitted_of(&self, draft: &Draft) -> Result<Option<Frozen>, DraftsError> {
        let Some(id) = &draft.frozen else { return Ok(None) };
        Frozen::read(&mut *self.staff.store().pool().acquire().await?, id).await
    }

    /// Does what a machine asks for, as far as it is not done yet. The same id with anything else is refused.
    pub async fn hand_in(&self, machine: &Machine, item: &Item) -> Result<Draft, DraftsError> {
        let scope = |scope| machine.acting(scope).ok_or(Refusal::Scope);
        let writer = scope(Scope::Draft)?;
        let submitter = item.submit.map(|_| scope(Scope::Submit)).transpose()?;
        let publisher = if item.publish { Some(scope(Scope::Publish)?) } else { None };
        let (asked, id) = (item.asked()?, draft_of(&machine.agency, &item.id));
        if !self.known(machine, item, &asked).await? {
            self.may_be_asked(&machine.agency, item)?;
            self.may_come_of(machine, item, &id).await?;
        }
        self.claim(machine, item, &asked, &id).await?;
        let draft = match self.begin_as(&writer, &machine.agency, item.kind, &item.written, &id).await? {
            Some(draft) => draft,
            None => self.draft(&writer, &id).await?,
        };
        let frozen = self.under(&item.id).await?;
        // Another agency's, or one that people of this agency submitted.
        if frozen.as_ref().is_some_and(|frozen| frozen.draft != id) {
            return Err(Refusal::Differs.into());
        }
        if frozen.is_none() && draft.stage == Stage::Writing {
            match self.fill(&writer, submitter.as_ref(), &draft, item).await {
                // The same request at the same time came first.
                Err(DraftsError::Refused(Refusal::NotWriting | Refusal::Changed)) if self.under(&item.id).await?.is_some() => {}
                other => other?,
            }
        }
        if let (Some(publisher), Some(frozen)) = (publisher, self.under(&item.id).await?)
            && frozen.state == FrozenState::Open
            && frozen.released_by.is_none()
        {
            match self.release(&publisher, &frozen.id).await {
                Err(DraftsError::Refused(Refusal::NotOpen)) => {}
                other => other?,
            }
        }
        self.draft(&writer, &id).await
    }

    /// Adds a file, unless the same bytes are there under the same name.
    pub async fn attach_once(&self, who: &Account, draft: &str, name: &str, bytes: Vec<u8>) -> Result<super::File, DraftsError> {
        let hash = Hash::of(&[&bytes]).to_hex();
        let id = short(&[b"gazette/v1 machine file\n", draft.as_bytes(), b"\n", name.as_bytes(), b"\n", hash.as_bytes()]);
        match self.files(who, draft).await?.into_iter().find(|file| file.id == id) {
            Some(file) => Ok(file),
            None => self.attach_as(who, draft, name, bytes, &id).await,
        }
    }

    /// Submits a draft, unless it is submitted already under the same id with the same text.
    pub async fn submit_once(
        &self,
        who: &Account,
        draft: &Draft,
        revision: i64,
        due: Millis,
        statement: Option<String>,
    ) -> Result<(), DraftsError> {
        let known = match &statement {
            Some(statement) => self.under(statement).await?,
            None => self.submitted_of(draft).await?,
        };
        if let Some(frozen) = known {
            let same =
                frozen.draft == draft.id && frozen.state != FrozenState::Withdrawn && frozen.due == due && revision == draft.revision;
            return if same { Ok(()) } else { Err(Refusal::Differs.into()) };
        }
        let id = match statement {
            Some(statement) => statement,
            None => super::new_id()?,
        };
        match self.freeze_as(who, &draft.id, revision, due, id.clone()).await {
            Err(DraftsError::Refused(Refusal::NotWriting | Refusal::Changed)) if self.under(&id).await?.is_some() => Ok(()),
            other => other.map(drop),
        }
    }

    async fn under(&self, statement: &str) -> Result<Option<Frozen>, DraftsError> {
        Frozen::read(&mut *self.staff.store().pool().acquire().await?, statement).await
    }

    /// Writes down that a token reads a draft whole: once a day for each revision, however often it asks what became of it. On another day
    /// it may be somebody else who has the token.
    pub async fn read_whole(&self, who: &Account, draft: &Draft) -> Result<(), DraftsError> {
        let day = self.staff.now().div_euclid(DAY);
        let mut turn = self.staff.store().turn().await?;
        let sql = "insert into machine_reads (machine, draft, revision, day) values ($1, $2, $3, $4) on conflict (machine, draft) \
                   do update set revision = excluded.revision, day = excluded.day \
                   where machine_reads.revision <> excluded.revision or machine_reads.day <> excluded.day";
        let query = sqlx::query(sql).bind(&who.id).bind(&draft.id).bind(draft.revision).bind(day);
        if query.execute(&mut *turn).await?.rows_affected() > 0 {
            // Drafts and tokens that are no more go with their day.
            sqlx::query("delete from machine_reads where day <> $1").bind(day).execute(&mut *turn).await?;
            let details = json!({ "revision": draft.revision });
            self.staff.journal().note_in(&mut turn, &who.id, "draft-read", &draft.id, &details).await?;
            turn.commit().await?;
        }
        Ok(())
    }

    async fn known(&self, machine: &Machine, item: &Item, asked: &str) -> Result<bool, DraftsError> {
        let sql = "select asked from machine_items where agency = $1 and id = $2";
        let row = sqlx::query(sql).bind(&machine.agency).bind(&item.id).fetch_optional(self.staff.store().pool()).await?;
        let Some(row) = row else { return Ok(false) };
        if row.try_get::<String, _>(0)? == asked { Ok(true) } else { Err(Refusal::Differs.into()) }
    }

    /// Looked at before anything is kept: what is refused here, or by what comes next, may be mended and asked for under the same id.
    fn may_be_asked(&self, agency: &str, item: &Item) -> Result<(), Refusal> {
        if item.files.len() > MOST_FILES {
            return Err(Refusal::TooManyFiles);
        }
        if item.files.iter().any(|(_, bytes)| bytes.is_empty() || bytes.len() > LARGEST_FILE) {
            return Err(Refusal::FileSize);
        }
        let state = self.node.submitter.state();
        let agency = state.agency(agency).map(|(_, agency)| agency).filter(|agency| !agency.archive).ok_or(Refusal::Nothing)?;
        if item.publish && agency.rule.is_some() {
            return Err(Refusal::Approval(ApprovalError::NoAct));
        }
        let lacks = if item.submit.is_some() { fields::faults(item.kind, &item.written, item.files.len()) } else { vec![] };
        if lacks.is_empty() { Ok(()) } else { Err(Refusal::Lacks(lacks)) }
    }

    /// Whether the chain would take what it asks to have submitted about something that is published. Of a new document without a text
    /// nothing is known before its files are there.
    async fn may_come_of(&self, machine: &Machine, item: &Item, id: &str) -> Result<(), DraftsError> {
        let Item { kind, written, .. } = item;
        let about = *kind != Kind::Disclosure || (written.target.is_some() && !written.body.trim().is_empty());
        if item.submit.is_none() || !about || self.under(&item.id).await?.is_some() {
            return Ok(());
        }
        let draft = Draft {
            id: id.to_owned(),
            agency: machine.agency.clone(),
            kind: *kind,
            stage: Stage::Writing,
            revision: 1,
            written: written.clone(),
            author: machine.id.clone(),
            made: self.staff.now(),
            saved: self.staff.now(),
            saved_by: machine.id.clone(),
            frozen: None,
        };
        self.would_become(&draft, &item.id).await
    }

    async fn claim(&self, machine: &Machine, item: &Item, asked: &str, draft: &str) -> Result<(), DraftsError> {
        let sql =
            "insert into machine_items (agency, id, asked, draft, made) values ($1, $2, $3, $4, $5) on conflict (agency, id) do nothing";
        let query = sqlx::query(sql).bind(&machine.agency).bind(&item.id).bind(asked).bind(draft).bind(self.staff.now());
        if query.execute(self.staff.store().pool()).await?.rows_affected() == 0 {
            self.known(machine, item, asked).await?;
        }
        Ok(())
    }

    /// Adds the files that are not there yet, and submits.
    async fn fill(&self, writer: &Account, submitter: Option<&Account>, draft: &Draft, item: &Item) -> Result<(), DraftsError> {
        // Somebody has gone on with it: what stands there now is not what was asked to be submitted.
        if draft.revision != 1 {
            return if submitter.is_some() { Err(Refusal::Changed.into()) } else { Ok(()) };
        }
        let there = self.files(writer, &draft.id).await?;
        for (id, name, bytes) in item.files(&draft.id) {
            if !there.iter().any(|file| file.id == id) {
                self.attach_as(writer, &draft.id, name, bytes.to_vec(), &id).await?;
            }
        }
        if let (Some(submitter), Some(due)) = (submitter, item.submit) {
            self.freeze_as(submitter, &draft.id, draft.revision, due, item.id.clone()).await?;
        }
        Ok(())
    }
}
