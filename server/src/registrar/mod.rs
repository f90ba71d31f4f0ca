//! Registering agencies, posts, keys and rules from the desk, and amending the charter: what waits, who has signed it, and handing it to
//! the log.
//!
//! A registration is always whole, so what is kept is the change that was asked for; the text is written anew over what is
//! registered whenever that has changed, and signatures on the text before are dropped.

mod change;
mod charter;
mod inbox;

pub use change::{Change, Subject, post, said, written};
pub use charter::{Amendment, Candidate, NextLog, free_name};

use crate::{
    compose,
    node::Node,
    sequencer::SubmitError,
    staff::{Staff, StaffError},
    store::{StoreError, submission_key},
};
use chain::{
    note::{Note, with_signature},
    possession::PossessionError,
    state::{Refusal, State},
    statement::{Registrars, StatementError},
    time::Millis,
};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Most registrations that wait for one agency; that a key has ended is asked for beyond that, for it cannot wait.
const MOST_WAITING: i64 = 200;
const MOST_ENDS: i64 = 200;

/// Why something was not asked for, signed or registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrarError {
    #[error("the change does not fit what is registered")]
    Subject,
    #[error("the key is malformed, another's, or not registered")]
    Key,
    #[error("nobody has proved that they have the key: {0}")]
    Possession(#[from] PossessionError),
    #[error("the key is registered already")]
    Known,
    #[error("a body that should speak for the agency, or oversee it, is not registered, or is the agency itself")]
    Body,
    #[error("the rule is not sound")]
    Rule,
    #[error("no registrar would be left, and nobody could ever sign again")]
    Nobody,
    #[error("{needed} registrars would have to sign, and there would be {of}")]
    Threshold { needed: usize, of: usize },
    #[error("no such time zone is known here")]
    Zone,
    #[error("the policy cannot be read")]
    Policy,
    #[error("the log's next key was to begin at a size that is not larger than {than}, which is reached, or where another begins")]
    Passed { than: u64 },
    #[error("the charter says so already")]
    NoChange,
    #[error("it is called so already")]
    SameNames,
    #[error("nothing waits under this number")]
    Nothing,
    #[error("too many registrations wait")]
    TooMany,
    #[error("the note is of another text than the one that waits")]
    OtherText,
    #[error("no registrar's signature in it is new and verifies")]
    NoSignature,
    #[error("no registrar's key lies on this server")]
    NoKey,
    #[error("the log would refuse it: {0}")]
    Refused(#[from] Refusal),
    #[error("the log would refuse it: {0}")]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Staff(#[from] StaffError),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<sqlx::Error> for RegistrarError {
    fn from(error: sqlx::Error) -> RegistrarError {
        RegistrarError::Staff(error.into())
    }
}

/// A registration that was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The statement's id.
    pub id: String,
    pub subject: Subject,
    pub change: Change,
    /// Its text, with the signatures it has.
    pub note: String,
    pub asked: Millis,
    /// An account.
    pub asked_by: String,
    /// The entry it became, once it did; nothing where it was withdrawn.
    pub settled: Option<Option<u64>>,
}

/// What became of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// So many more are needed.
    Wanting(usize),
    Registered(u64),
}

const COLUMNS: &str = "id, kind, subject, agency, change, note, asked, asked_by, settled, entry";

impl Asked {
    fn row(row: &AnyRow) -> Result<Asked, RegistrarError> {
        let unreadable = || StaffError::Unreadable("a registration");
        let (settled, entry): (i64, i64) = (row.try_get(8)?, row.try_get(9)?);
        Ok(Asked {
            id: row.try_get(0)?,
            subject: Subject::read(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?).ok_or_else(unreadable)?,
            change: serde_json::from_str(row.try_get(4)?)?,
            note: row.try_get(5)?,
            asked: row.try_get(6)?,
            asked_by: row.try_get(7)?,
            settled: (settled > 0).then(|| u64::try_from(entry).ok()),
        })
    }

    /// The text alone.
    #[must_use]
    pub fn text(&self) -> &str {
        chain::note::text_of(&self.note)
    }

    /// Whether nobody else has signed it.
    fn is_signed_by(&self, registrars: Option<&Registrars>) -> bool {
        let known = registrars.map_or(&[][..], |registrars| &registrars.keys);
        Note::parse(self.note.as_bytes()).map_or(true, |note| note.signatures.iter().all(|line| known.iter().any(|key| line.is_by(key))))
    }

    /// Names of the registrars' keys that have signed the text as it is.
    #[must_use]
    pub fn signed_by(&self) -> Vec<String> {
        let note = Note::parse(self.note.as_bytes());
        note.map(|note| note.signatures.iter().map(|line| line.name.to_owned()).collect()).unwrap_or_default()
    }
}

/// What waits for registrars, of one desk and its chain.
#[derive(Clone)]
pub struct Registrar {
    staff: Staff,
    node: Node,
}

impl Registrar {
    #[must_use]
    pub fn new(staff: Staff, node: Node) -> Registrar {
        Registrar { staff, node }
    }

    /// Who signs registrations, and how many of them must.
    #[must_use]
    pub fn registrars(state: &State) -> Option<&Registrars> {
        state.charter().map(|charter| &charter.registrars)
    }

    fn size(&self) -> u64 {
        self.node.heads.borrow().size
    }

    /// Whether this server holds a registrar's key and that key alone is enough: a trial.
    #[must_use]
    pub fn alone(&self) -> bool {
        let state = self.node.submitter.state();
        let Some(registrars) = Registrar::registrars(&state) else { return false };
        let held = self.node.registrar().map(|signer| signer.vkey());
        registrars.threshold == 1 && held.is_some_and(|held| registrars.keys.contains(held))
    }

    /// Asks for a change. Refused at once where the log would refuse what it says.
    pub async fn ask(&self, by: &str, subject: &Subject, change: &Change) -> Result<String, RegistrarError> {
        let theirs = match change {
            Change::Key { account, .. } => account == by,
            Change::Charter(amendment) => self.may_add(by, amendment).await?,
            _ => true,
        };
        if !theirs {
            // What somebody else has proved is not theirs to use.
            return Err(PossessionError::Other.into());
        }
        let id = compose::random_id()?;
        let text = change.text(subject, &id, &self.node.submitter.state(), self.size())?;
        let mut turn = self.staff.store().turn().await?;
        let waiting = sqlx::query("select count(*) from registrations where settled = 0 and agency = $1");
        let most = MOST_WAITING + if matches!(change, Change::End { .. }) { MOST_ENDS } else { 0 };
        if waiting.bind(&subject.agency).fetch_one(&mut *turn).await?.try_get::<i64, _>(0)? >= most {
            return Err(RegistrarError::TooMany);
        }
        let written = serde_json::to_string(change)?;
        sqlx::query(
            "insert into registrations (id, kind, subject, agency, change, note, asked, asked_by, settled, settled_by, entry) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', -1)",
        )
        .bind(&id)
        .bind(subject.kind)
        .bind(&subject.id)
        .bind(&subject.agency)
        .bind(&written)
        .bind(&text)
        .bind(self.staff.now())
        .bind(by)
        .execute(&mut *turn)
        .await?;
        let details = json!({ "registration": id, "change": change });
        self.staff.journal().note_in(&mut turn, by, "registration-asked", &subject.id, &details).await?;
        turn.commit().await.map_err(StaffError::from)?;
        Ok(id)
    }

    /// Whether each key that an amendment adds is enrolled by whoever asks for it, or waits because who has it asked for that.
    async fn may_add(&self, by: &str, amendment: &Amendment) -> Result<bool, RegistrarError> {
        if amendment.added.iter().all(|candidate| candidate.account == by) {
            return Ok(true);
        }
        let waiting = self.waiting(None).await?;
        let enrolled = |candidate: &Candidate| {
            waiting.iter().any(|asked| asked.asked_by == candidate.account && asked.change.candidate() == Some(candidate))
        };
        Ok(amendment.added.iter().all(|candidate| candidate.account == by || enrolled(candidate)))
    }

    /// What waits, oldest first: of one agency, or of all.
    pub async fn waiting(&self, agency: Option<&str>) -> Result<Vec<Asked>, RegistrarError> {
        let of = if agency.is_some() { "and agency = $1" } else { "and agency <> $1" };
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from registrations where settled = 0 {of} order by asked, id limit 500"));
        let rows = sqlx::query(sql).bind(agency.unwrap_or_default()).fetch_all(self.staff.store().pool()).await?;
        rows.iter().map(Asked::row).collect()
    }

    /// One of them, its text written over what is registered now; why that cannot be, if it cannot any more.
    pub async fn one(&self, id: &str) -> Result<Option<(Asked, Option<RegistrarError>)>, RegistrarError> {
        let logged = self.logged(id).await?;
        let mut turn = self.staff.store().turn().await?;
        let read = self.read(&mut turn, id, logged).await?;
        turn.commit().await.map_err(StaffError::from)?;
        Ok(read)
    }

    /// The entry that a registration has become.
    async fn logged(&self, id: &str) -> Result<Option<u64>, RegistrarError> {
        Ok(self.node.store.logged_at(&submission_key(self.node.submitter.state().origin(), id)).await?)
    }

    async fn read(
        &self,
        turn: &mut AnyConnection,
        id: &str,
        logged: Option<u64>,
    ) -> Result<Option<(Asked, Option<RegistrarError>)>, RegistrarError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from registrations where id = $1"));
        let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *turn).await? else { return Ok(None) };
        let mut asked = Asked::row(&row)?;
        if asked.settled.is_some() {
            return Ok(Some((asked, None)));
        }
        // The log may have taken it without this desk having seen that, or by another way in: it waits for nobody any more.
        if let Some(entry) = logged {
            self.settle_in(turn, "", &asked, Some(entry)).await?;
            asked.settled = Some(Some(entry));
            return Ok(Some((asked, None)));
        }
        let state = self.node.submitter.state();
        match asked.change.text(&asked.subject, id, &state, self.size()) {
            Ok(text) if text == asked.text() && asked.is_signed_by(Registrar::registrars(&state)) => Ok(Some((asked, None))),
            Ok(text) => {
                // Something else of it was registered since, which those who signed had not seen; or one of them is no registrar
                // any more.
                sqlx::query("update registrations set note = $2 where id = $1").bind(id).bind(&text).execute(&mut *turn).await?;
                inbox::anew(turn, id).await?;
                asked.note = text;
                Ok(Some((asked, None)))
            }
            Err(error) => Ok(Some((asked, Some(error)))),
        }
    }

    /// Adds the registrars' signatures of `note`, a note over the text that waits, and registers it once they are enough.
    pub async fn sign(&self, by: &str, id: &str, note: &str) -> Result<Outcome, RegistrarError> {
        let state = self.node.submitter.state();
        let registrars = Registrar::registrars(&state).ok_or(RegistrarError::Nothing)?;
        let logged = self.logged(id).await?;
        let mut turn = self.staff.store().turn().await?;
        let (asked, trouble) = self.read(&mut turn, id, logged).await?.ok_or(RegistrarError::Nothing)?;
        match (asked.settled, trouble) {
            (Some(Some(entry)), _) => return Ok(Outcome::Registered(entry)),
            (Some(None), _) => return Err(RegistrarError::Nothing),
            (None, Some(trouble)) => return Err(trouble),
            (None, None) => {}
        }
        // A file that came by another system may end its lines otherwise.
        let given = note.replace("\r\n", "\n");
        let given = format!("{}\n", given.trim());
        let brought = Note::parse(given.as_bytes()).map_err(|_| RegistrarError::NoSignature)?;
        if brought.text != asked.text() {
            return Err(RegistrarError::OtherText);
        }
        let (mut signed, mut names) = (asked.note.clone(), Vec::new());
        for line in &brought.signatures {
            let key = registrars.keys.iter().find(|key| line.is_by(key));
            let signature = <&[u8; 64]>::try_from(line.bytes.as_slice()).ok();
            if let Some((key, signature)) = key.zip(signature)
                && let Ok(more) = with_signature(&signed, key, signature)
            {
                signed = more;
                names.push(line.name);
            }
        }
        if names.is_empty() {
            return Err(RegistrarError::NoSignature);
        }
        sqlx::query("update registrations set note = $2 where id = $1").bind(id).bind(&signed).execute(&mut *turn).await?;
        inbox::signed(&mut turn, id, by).await?;
        let details = json!({ "registration": id, "keys": names });
        self.staff.journal().note_in(&mut turn, by, "registration-signed", &asked.subject.id, &details).await?;
        turn.commit().await.map_err(StaffError::from)?;
        let count = Note::parse(signed.as_bytes()).map_or(0, |note| note.signatures.len());
        match registrars.threshold.saturating_sub(count) {
            0 => self.submit(by, &asked, signed).await,
            wanting => Ok(Outcome::Wanting(wanting)),
        }
    }

    /// Signs with the registrar's key that lies on this server: on a trial chain, where it is enough.
    pub async fn sign_here(&self, by: &str, id: &str) -> Result<Outcome, RegistrarError> {
        let signer = self.node.registrar().filter(|_| self.alone()).ok_or(RegistrarError::NoKey)?;
        let (asked, trouble) = self.one(id).await?.ok_or(RegistrarError::Nothing)?;
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let note = match signer.add_to(&asked.note) {
            Ok(note) => note,
            // It was signed before, and the log did not take it then.
            Err(_) => return self.again(by, id).await,
        };
        self.sign(by, id, &note).await
    }

    /// Hands what has signatures enough to the log once more, where it was not taken the first time.
    pub async fn again(&self, by: &str, id: &str) -> Result<Outcome, RegistrarError> {
        let (asked, trouble) = self.one(id).await?.ok_or(RegistrarError::Nothing)?;
        match (asked.settled, trouble) {
            (Some(Some(entry)), _) => Ok(Outcome::Registered(entry)),
            (Some(None), _) => Err(RegistrarError::Nothing),
            (None, Some(trouble)) => Err(trouble),
            (None, None) => {
                let note = asked.note.clone();
                self.submit(by, &asked, note).await
            }
        }
    }

    async fn submit(&self, by: &str, asked: &Asked, note: String) -> Result<Outcome, RegistrarError> {
        // The statement's own id makes a second submission the same one.
        let receipt = self.node.submitter.submit(note, vec![]).await?;
        self.settle(by, asked, Some(receipt.index)).await?;
        if asked.subject.is_charter() {
            self.settle_candidates(by, receipt.index).await?;
        }
        Ok(Outcome::Registered(receipt.index))
    }

    /// Who asked to become a registrar, and became one by another amendment, waits no more.
    async fn settle_candidates(&self, by: &str, entry: u64) -> Result<(), RegistrarError> {
        let state = self.node.submitter.state();
        let Some(registrars) = Registrar::registrars(&state) else { return Ok(()) };
        for asked in self.waiting(Some(state.origin())).await? {
            let is_one = |candidate: &Candidate| registrars.keys.iter().any(|key| key.to_string() == candidate.key);
            if asked.change.candidate().is_some_and(is_one) {
                self.settle(by, &asked, Some(entry)).await?;
            }
        }
        Ok(())
    }

    async fn settle(&self, by: &str, asked: &Asked, entry: Option<u64>) -> Result<(), RegistrarError> {
        let mut turn = self.staff.store().turn().await?;
        self.settle_in(&mut turn, by, asked, entry).await?;
        turn.commit().await.map_err(StaffError::from)?;
        Ok(())
    }

    async fn settle_in(&self, turn: &mut AnyConnection, by: &str, asked: &Asked, entry: Option<u64>) -> Result<(), RegistrarError> {
        let place = entry.and_then(|entry| i64::try_from(entry).ok()).unwrap_or(-1);
        let sql = "update registrations set settled = $2, settled_by = $3, entry = $4 where id = $1 and settled = 0";
        let written = sqlx::query(sql).bind(&asked.id).bind(self.staff.now()).bind(by).bind(place).execute(&mut *turn).await?;
        if written.rows_affected() > 0 {
            inbox::anew(turn, &asked.id).await?;
            let what = if entry.is_some() { "registered" } else { "registration-withdrawn" };
            let details = json!({ "registration": asked.id, "entry": entry });
            self.staff.journal().note_in(turn, by, what, &asked.subject.id, &details).await?;
        }
        Ok(())
    }

    /// Takes back what waits.
    pub async fn withdraw(&self, by: &str, id: &str) -> Result<(), RegistrarError> {
        let (asked, _) = self.one(id).await?.ok_or(RegistrarError::Nothing)?;
        if asked.settled.is_some() { Ok(()) } else { self.settle(by, &asked, None).await }
    }
}
