//! For which registrars a registration waits, and telling them by mail: whoever has brought a signature on the text as it is has done
//! what waited for them.

use super::{Asked, Registrar, RegistrarError};
use crate::staff::{Account, LetterKind, Role, StaffError, tell};
use chain::state::State;
use sqlx::{AnyConnection, Row};

/// Notes that somebody has brought a signature. The caller holds the turn.
pub(super) async fn signed(turn: &mut AnyConnection, registration: &str, account: &str) -> Result<(), RegistrarError> {
    let sql = "insert into registration_signers (registration, account) values ($1, $2) on conflict (registration, account) do nothing";
    sqlx::query(sql).bind(registration).bind(account).execute(turn).await?;
    Ok(())
}

/// Nobody has signed its text as it is now, nor was told of it. The caller holds the turn.
pub(super) async fn anew(turn: &mut AnyConnection, registration: &str) -> Result<(), RegistrarError> {
    for sql in ["delete from registration_signers where registration = $1", "delete from registrations_told where registration = $1"] {
        sqlx::query(sql).bind(registration).execute(&mut *turn).await?;
    }
    Ok(())
}

impl Asked {
    /// Whether a signature is still of use. `None`: not as things are now, since the log would refuse it.
    fn wants(&self, state: &State, size: u64) -> Option<Wants> {
        let text = self.change.text(&self.subject, &self.id, state, size).ok()?;
        let registrars = Registrar::registrars(state)?;
        let stands = text == self.text() && self.is_signed_by(Some(registrars));
        Some(match stands {
            false => Wants::Everybody,
            true if self.signed_by().len() < registrars.threshold => Wants::Others,
            true => Wants::Nobody,
        })
    }
}

/// Whose signature what waits still wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// Also theirs who had signed: the text has changed since.
    Everybody,
    /// Theirs who have not signed.
    Others,
    /// It has enough.
    Nobody,
}

impl Registrar {
    /// The registrations that wait for somebody's signature, oldest first.
    pub async fn waiting_for(&self, who: &Account) -> Result<Vec<Asked>, RegistrarError> {
        if !who.roles.holds(Role::Registrar, "") {
            return Ok(vec![]);
        }
        let signed = sqlx::query("select registration from registration_signers where account = $1").bind(&who.id);
        let signed = signed.fetch_all(self.staff.store().pool()).await?;
        let signed: Result<Vec<String>, sqlx::Error> = signed.iter().map(|row| row.try_get(0)).collect();
        let (signed, state) = (signed?, self.node.submitter.state());
        let mut waiting = self.waiting(None).await?;
        waiting.retain(|asked| match asked.wants(&state, self.size()) {
            Some(Wants::Everybody) => true,
            Some(Wants::Others) => !signed.contains(&asked.id),
            Some(Wants::Nobody) | None => false,
        });
        Ok(waiting)
    }

    /// What the answer to "who is waited for" depends on, in short: while it is the same, nobody need be looked for.
    pub async fn moved(&self) -> Result<String, RegistrarError> {
        let counts = "select (select count(*) from registrations), (select count(*) from registrations where settled = 0), \
                      (select count(*) from registration_signers), (select count(*) from registrations_told), (select count(*) from roles), \
                      (select count(*) from mailboxes where address <> '' and wanted <> 'none')";
        let row = sqlx::query(counts).fetch_one(self.staff.store().pool()).await?;
        let counts: Result<Vec<String>, sqlx::Error> = (0..6).map(|at| Ok(row.try_get::<i64, _>(at)?.to_string())).collect();
        Ok(format!("{} {}", counts?.join(" "), self.size()))
    }

    /// Tells every registrar who wants mail of what waits for them, each thing once. How many letters were put into the queue.
    pub async fn tell_those_waited_for(&self) -> Result<usize, RegistrarError> {
        for asked in self.waiting(None).await? {
            // Written anew where something else was registered since, so that those who had signed are told again.
            self.one(&asked.id).await?;
        }
        let mut told = 0;
        for id in self.staff.wanting_letters().await? {
            let Some(who) = self.staff.account(&id).await?.filter(|who| who.ended.is_none()) else { continue };
            for asked in self.waiting_for(&who).await? {
                let mut turn = self.staff.store().turn().await?;
                let now = self.staff.now();
                let sql = "insert into registrations_told (registration, account, told) values ($1, $2, $3) on conflict (registration, account) do nothing";
                let first = sqlx::query(sql).bind(&asked.id).bind(&id).bind(now).execute(&mut *turn).await?;
                if first.rows_affected() == 1 {
                    let about = if asked.subject.is_charter() { "" } else { &asked.subject.agency };
                    tell(&mut turn, &id, LetterKind::Waits, about, now).await?;
                    turn.commit().await.map_err(StaffError::from)?;
                    told += 1;
                }
            }
        }
        Ok(told)
    }
}
