//! Feeding: rows that wait go to the log in order, each once, however often it is tried.

use super::{Journal, JournalError, Trouble};
use crate::{
    sequencer::SubmitError,
    staff::{Noted, Prepared},
    store::NewContent,
};
use chain::{
    deed::{Open, code},
    part::Commitment,
    statement::{self, Disclosure, Part, Stated},
};
use serde::Serialize;
use std::sync::PoisonError;

/// Rows to a batch.
const BATCH: i64 = 256;

/// A disclosure's members, and beside them what a row says in the open.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    disclosure: Disclosure,
    #[serde(flatten)]
    open: Open,
}

impl Journal {
    /// Feeds all that waits.
    pub async fn feed(&self) -> Result<(), JournalError> {
        let _feeding = self.feeding.lock().await;
        let fed = async {
            while self.feed_some().await? {}
            Ok(())
        };
        let fed = fed.await;
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).feeding = fed.as_ref().err().map(Trouble::of);
        fed
    }

    async fn feed_some(&self) -> Result<bool, JournalError> {
        let rows = self.staff.journal().prepare(BATCH).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let agency = self.agency();
        let seal = self.node.seal(&agency).ok_or(JournalError::NoSeal)?;
        let (mut waiting, mut not_handed_in) = (Vec::with_capacity(rows.len()), None);
        for prepared in rows {
            let (number, hash) = (prepared.row.number, prepared.row.hash.clone());
            let handed_in = async {
                let (text, content) = self.statement(&agency, prepared).await?;
                let refused = |source| JournalError::Row { number, source };
                self.node.submitter.seal(&text, seal, vec![content]).await.map_err(refused)
            };
            match handed_in.await {
                Ok(answer) => waiting.push((number, hash, answer)),
                Err(error) => {
                    not_handed_in = Some(error);
                    break;
                }
            }
        }
        // Those before the first that was not taken are logged; it and the rest are tried again.
        let (mut logged, mut trouble) = (Vec::new(), None);
        for (number, hash, waiting) in waiting {
            match waiting.await.unwrap_or(Err(SubmitError::Stopped)) {
                Ok(receipt) if trouble.is_none() => logged.push((number, receipt.index, hash)),
                Ok(_) => {}
                Err(source) => trouble = trouble.or(Some(JournalError::Row { number, source })),
            }
        }
        self.staff.journal().logged(&logged).await?;
        trouble.or(not_handed_in).map_or(Ok(true), Err)
    }

    /// The statement of a row: the same bytes whenever it is asked for, as long as nobody is called otherwise meanwhile.
    async fn statement(&self, agency: &str, prepared: Prepared) -> Result<(String, NewContent), JournalError> {
        let Prepared { row, id, salt } = prepared;
        let people = self.staff.journal();
        let (who, about) = (people.party(&row.who).await?, people.party(&row.about).await?);
        let (genre, open) = (code(&row.what).to_owned(), Open { number: row.number, done: row.time });
        let bytes = serde_json::to_vec(&Noted::deed(row, who, about))?;
        let media = "application/json".to_owned();
        let commitment = Commitment::to(&salt, &bytes);
        let size = bytes.len() as u64;
        let part = Part { role: "catalogue".into(), media: media.clone(), size, commitment, language: None };
        let disclosure = Disclosure {
            agency: agency.to_owned(),
            genre,
            theme: None,
            // No linguistic content.
            language: "zxx".into(),
            stated: Stated::default(),
            parts: vec![part],
            revises: None,
            ground: None,
            stated_agency: None,
            source: None,
        };
        let line = statement::core_line("disclosure", &id, &Line { disclosure, open })?;
        let content = NewContent { commitment, media, size, salt, bytes: Some(bytes) };
        Ok((statement::text(&self.node.origin, &line, None), content))
    }
}
