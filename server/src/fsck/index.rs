//! The search index: whether it is readable, covers the whole chain, and has a document for each version that may be found.

use super::{
    Check, End, Report, differs,
    entries::{Rebuilt, View, disclosure},
};
use crate::{
    follow,
    node::Place,
    search::{Index, Opening},
};

const AT: &str = "what can be searched";

pub(super) async fn check(view: &mut View, place: &Place, rebuilt: &Rebuilt, report: &mut Report) -> Result<(), End> {
    let folder = place.data.join(follow::FOLDER);
    // Derived, and begun when the chain is first served: without one there is nothing to compare.
    if !folder.join("meta.json").is_file() {
        return Ok(());
    }
    let (index, opening) = Index::open(&folder)?;
    if let Opening::Rebuilt(reason) = opening {
        return differs(Check::SearchIndex, AT, format!("it could not be read and is built again: {reason}"));
    }
    if let Some(file) = index.damaged()?.first() {
        return differs(Check::SearchIndex, AT, format!("its file {} is damaged", file.display()));
    }
    // A server that was killed leaves it behind, and it catches up when the chain is next served.
    if index.covered() < rebuilt.size() {
        report.index_behind = rebuilt.size() - index.covered();
        return Ok(());
    }
    if index.covered() != rebuilt.size() {
        return differs(Check::SearchIndex, AT, format!("it covers {} of {} entries", index.covered(), rebuilt.size()));
    }
    let mut hidden = 0;
    for (document, catalogue) in &rebuilt.hidden {
        for kept in rebuilt.versions.iter().filter(|kept| kept.document == *document) {
            let core = disclosure(view, kept.index).await?;
            hidden += u64::from(core.is_some_and(|core| core.parts.first().is_some_and(|part| part.commitment == *catalogue)));
        }
    }
    let expected = rebuilt.versions.len() as u64 - hidden;
    if index.documents() != expected {
        return differs(Check::SearchIndex, AT, format!("it has {} documents and should have {expected}", index.documents()));
    }
    report.indexed = Some(expected);
    Ok(())
}
