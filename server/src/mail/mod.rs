//! Mail: takes letters from the queue and hands them to a mail server, each until one has taken it or there is no sense in it.
//!
//! A letter is taken out of the queue after the server has accepted it. Between the two a crash may have it sent once more; its
//! Message-ID is the same then, by which mail systems know it again.

mod smtp;
mod text;

pub use smtp::{SettingError, Smtp};

use crate::{drafts::Drafts, registrar::Registrar, staff::StaffError};
use smtp::Sending;
use std::time::Duration;

/// How often it is looked, when nothing wakes it before.
const EVERY: Duration = Duration::from_secs(2);
/// How long after a server could not be reached it is asked again, whatever waits.
const REST: Duration = Duration::from_secs(10);

/// The desk's mail.
pub struct Mail {
    smtp: Smtp,
    drafts: Drafts,
    registrar: Registrar,
    /// Where links lead, without a slash at the end.
    base: String,
}

impl Mail {
    #[must_use]
    pub fn new(smtp: Smtp, drafts: Drafts, base: String) -> Mail {
        let registrar = Registrar::new(drafts.staff().clone(), drafts.node.clone());
        Mail { smtp, drafts, registrar, base }
    }

    /// Sends what is due now. False: the server cannot be reached, and the rest waits.
    pub async fn send_due(&self) -> Result<bool, StaffError> {
        let staff = self.drafts.staff();
        while let Some(letter) = staff.next_letter().await? {
            if letter.is_late(staff.now()) {
                staff.letter_failed(&letter, true, "late").await?;
                continue;
            }
            let message = match text::message(&letter, &text::Surroundings::of(&self.drafts, &self.base, letter.lang), self.smtp.sender()) {
                Ok(message) => message,
                Err(error) => {
                    tracing::error!(%error, kind = letter.kind.code(), "a letter cannot be written");
                    staff.letter_failed(&letter, true, "cannot be written").await?;
                    continue;
                }
            };
            match self.smtp.send(message).await {
                Sending::Taken => staff.letter_sent(&letter).await?,
                Sending::Refused(why) => staff.letter_failed(&letter, true, &why).await?,
                Sending::Later(why) => {
                    tracing::warn!(%why, kind = letter.kind.code(), "a letter was not taken; it is tried again");
                    staff.letter_failed(&letter, false, &why).await?;
                }
                Sending::Unreachable(why) => {
                    tracing::warn!(%why, "the mail server cannot be used; letters wait");
                    staff.letter_failed(&letter, false, "the mail server could not be used").await?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Puts letters into the queue for those who are waited for, if anything moved since `seen`.
    async fn tell_those_waited_for(&self, seen: &mut String) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let moved = format!("{}; {}", self.drafts.moved().await?, self.registrar.moved().await?);
        if moved == *seen {
            return Ok(());
        }
        let told = self.drafts.tell_those_waited_for().await? + self.registrar.tell_those_waited_for().await?;
        if told == 0 {
            // What was told is counted, too: else it is looked at once more.
            *seen = moved;
        }
        Ok(())
    }

    /// Looks for whom something waits, and sends what is due, until it is dropped.
    pub async fn keep_sending(self) {
        let mut seen = String::new();
        loop {
            if let Err(error) = self.tell_those_waited_for(&mut seen).await {
                tracing::error!(%error, "who is waited for could not be found out");
            }
            let reached = self.send_due().await.unwrap_or_else(|error| {
                tracing::error!(%error, "the queue of letters could not be read");
                false
            });
            if reached {
                let _ = tokio::time::timeout(EVERY, self.drafts.staff().letters_wait()).await;
            } else {
                tokio::time::sleep(REST).await;
            }
        }
    }
}
