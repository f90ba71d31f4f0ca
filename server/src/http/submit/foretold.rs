//! `?check=1`: what would become of lines, and what in those that would be taken belongs to persons. Nothing is logged, and nothing kept.

use super::{
    Asked, CHUNK, PATIENCE, checking, persons,
    said::{Line as Fault, Said},
    verified,
};
use crate::{
    http::App,
    sequencer::{Checked, Foretold, SubmitError},
};
use axum::body::Bytes;
use tokio::time::Instant;

pub(super) async fn lines(app: &App, lines: &[Bytes], asked: &Asked) -> Vec<Said> {
    let until = Instant::now() + persons::PATIENCE;
    let mut checked = Vec::with_capacity(lines.len());
    for (checking, chunk) in checking(app, lines, asked).into_iter().zip(lines.chunks(CHUNK)) {
        checked.extend(verified(checking, chunk.len()).await);
    }
    let good: Vec<&Checked> = checked.iter().filter_map(|checked| checked.as_ref().ok()).collect();
    let mut foretold = app.node.submitter.foretell(&good, PATIENCE).await.into_iter();
    let mut said = Vec::with_capacity(checked.len());
    for checked in checked {
        said.push(match checked {
            Err(refused) => refused,
            Ok(checked) => match foretold.next().unwrap_or(Err(SubmitError::Stopped)) {
                Err(refused) => refused.into(),
                Ok(Foretold::New) => persons::told(app, &checked, asked.strict, until).await,
                Ok(Foretold::Same) => Said::would_be_repeated(),
                // Nothing of this one would be logged, whoever asks.
                Ok(Foretold::Other) => Fault::Differs.into(),
            },
        });
    }
    said
}
