//! What would become of statements, were they offered now: they are judged on a copy of the chain's state, and nothing is logged.

use super::{Checked, SubmitError, Submitter, with_tiles};
use crate::store::StoreError;
use chain::{
    Hash,
    entry::Entry,
    note::Note,
    state::{Facts, State},
    statement::{Core, Statement},
    tree::Frontier,
};
use std::time::Duration;
use tokio::time::timeout;

/// What would become of a statement that the chain does not refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foretold {
    /// It would be an entry.
    New,
    /// It is one already, or would be by then.
    Same,
    /// Under its id stands another statement, or would by then.
    Other,
}

impl Submitter {
    /// What would become of each of these, as if those before it had been taken. Whether the log can be written to by then, and who
    /// comes in between, nobody knows. `patience`: of one it is not looked any longer than that whether its parts are here; it is told to
    /// come back, and so are those behind it whose parts would have to be looked for.
    pub async fn foretell(&self, checked: &[&Checked], patience: Duration) -> Vec<Result<Foretold, SubmitError>> {
        if checked.is_empty() {
            return vec![];
        }
        self.foretell_all(checked, patience).await.unwrap_or_else(|error| vec![Err(error); checked.len()])
    }

    async fn foretell_all(&self, checked: &[&Checked], patience: Duration) -> Result<Vec<Result<Foretold, SubmitError>>, SubmitError> {
        if let Some(behind) = self.behind() {
            return Err(behind.into());
        }
        let mut statements = Vec::with_capacity(checked.len());
        for checked in checked {
            statements.push(checked.statement()?);
        }
        let keys: Vec<Hash> = checked.iter().map(|checked| checked.said.key).collect();
        let mut facts = self.store.known(&statements, &keys, &Facts::default()).await?;
        // After what is known of it, so that whatever is known stands before its end.
        let mut state = self.state_now().await?;
        let size = state.size();
        // What those say that would be entries, in order.
        let mut added: Vec<&str> = Vec::new();
        let mut outcomes = Vec::with_capacity(checked.len());
        let mut late = false;
        for (statement, checked) in statements.iter().zip(checked) {
            // What is logged anybody can bring: for that nothing is looked for.
            let logged = facts.logged.get(&(statement.signer().to_owned(), statement.id.clone())).is_some_and(|index| *index < size);
            if let Core::Disclosure(core) = &statement.core
                && !logged
            {
                let here = self.has_the_rest(&checked.said.key, core, &checked.contents);
                let here = if late { Err(SubmitError::Busy) } else { timeout(patience, here).await.unwrap_or(Err(SubmitError::Busy)) };
                if let Err(error) = here {
                    late |= matches!(error, SubmitError::Busy);
                    outcomes.push(Err(error));
                    continue;
                }
            }
            let text = statement.note.text;
            let outcome = match take(&mut state, &mut facts, statement, checked) {
                Err(error) => Err(error),
                Ok(None) => {
                    added.push(text);
                    Ok(Foretold::New)
                }
                Ok(Some(index)) => {
                    let same = match index.checked_sub(size) {
                        None => self.says(index, text).await?,
                        Some(at) => usize::try_from(at).ok().and_then(|at| added.get(at)).is_some_and(|before| *before == text),
                    };
                    Ok(if same { Foretold::Same } else { Foretold::Other })
                }
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// The chain as it stands: its registry as of the last change, and its end, which keys and the numbers of documents are told by.
    async fn state_now(&self) -> Result<State, SubmitError> {
        let head = self.store.head().await?.ok_or(StoreError::Absent("chain"))?;
        let mut state = State::clone(&self.state());
        let frontier = with_tiles(&self.store, head.size, |tiles| Frontier::load(tiles, head.size)).await?;
        state.resume(frontier, (head.leaf, head.time));
        Ok(state)
    }

    /// Whether the entry there has this text.
    async fn says(&self, index: u64, text: &str) -> Result<bool, SubmitError> {
        let Some(bytes) = self.store.entry(index).await? else { return Ok(false) };
        let Ok(entry) = Entry::parse(&bytes) else { return Ok(false) };
        Ok(Note::parse(entry.note.as_bytes()).is_ok_and(|note| note.text == text))
    }
}

/// Makes a statement the next entry of this copy, or says why not, or where it stands.
fn take(state: &mut State, facts: &mut Facts, statement: &Statement<'_>, checked: &Checked) -> Result<Option<u64>, SubmitError> {
    let known = state.admit(statement, Some(checked.verified), facts)?;
    if known.is_none() {
        let header = state.next_header(state.last().map_or(0, |(_, time)| time));
        let (_, leaf) = Entry::write(&header, &checked.note).map_err(|error| SubmitError::Store(error.to_string()))?;
        state.append(&header, leaf, statement, facts, |_, _, _| {});
    }
    Ok(known)
}
