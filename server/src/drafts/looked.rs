//! Looked through for personal data: what was found, and what of the files was not read, so that nobody takes silence for "there is none".
//!
//! A file's bytes never change, so it is read once, by `reading`: for drafts, for what waits for approval, and for what was brought alike.

mod reading;

pub(super) use reading::Looking;

use super::{
    Case, Draft, Drafts, DraftsError, File, FrozenPart, FrozenState,
    personal::{self, Finds, Found, Place},
};
use crate::{
    extract::{Extracted, Gap, Reader},
    staff::Account,
};
use reading::{Asked, aside};
use std::{path::PathBuf, time::Duration};
use tokio::time::Instant;

/// How long a page waits for the files it shows. They go on being read behind it, and it says of those that are not done to come again.
const PATIENCE: Duration = Duration::from_secs(3);
/// The part that says what the others are.
const CATALOGUE: &str = "catalogue";

/// What was found where, and what was not looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    pub found: Vec<(Place, Found)>,
    /// By the file's name.
    pub unread: Vec<(String, Gap)>,
}

impl Looked {
    pub(super) fn add(&mut self, name: &str, seen: &Seen) {
        self.found.extend(seen.found.iter().map(|found| (Some(name.to_owned()), found.clone())));
        self.unread.extend(seen.gaps.iter().map(|gap| (name.to_owned(), gap.clone())));
    }

    fn add_catalogue(&mut self, (found, more): (Vec<(Place, Found)>, bool)) {
        self.found.extend(found);
        self.unread.extend(more.then(|| (CATALOGUE.to_owned(), Gap::Rest)));
    }
}

/// A part of a statement that was handed in with it.
#[derive(Debug, Clone)]
pub struct HandedPart {
    pub role: String,
    pub media: String,
    /// As the catalogue calls it.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What there is to tell of one file.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub found: Vec<Found>,
    pub gaps: Vec<Gap>,
}

impl Seen {
    fn only(gap: Gap) -> Seen {
        Seen { found: vec![], gaps: vec![gap] }
    }

    fn found(Finds { found, more }: Finds, mut gaps: Vec<Gap>) -> Seen {
        if more && !gaps.contains(&Gap::Rest) {
            gaps.push(Gap::Rest);
        }
        Seen { found, gaps }
    }

    /// What is found in a text, with where it stands in it.
    fn of_text(text: &str) -> Seen {
        Seen::found(personal::look_through(text), vec![])
    }

    fn of(Extracted { pieces, gaps }: Extracted) -> Seen {
        let mut finds = Finds::default();
        let lines = pieces.iter().flat_map(|piece| piece.text.lines().map(|line| (line, &piece.spot)));
        for (line, spot) in lines {
            if !finds.look_in(line, spot) {
                break;
            }
        }
        Seen::found(finds, gaps)
    }
}

impl Drafts {
    /// With a program that reads files which are no plain texts: this one, called anew for each of them. Without it they are said not to be
    /// looked through.
    #[must_use]
    pub fn with_reader(self, program: impl Into<PathBuf>) -> Drafts {
        Drafts { looking: Looking::with(Some(Reader::new(program))), ..self }
    }

    /// What in a draft belongs to a person: in its catalogue, its texts, its files and their names.
    pub async fn personal_in_draft(&self, who: &Account, draft: &Draft) -> Result<Looked, DraftsError> {
        self.personal_in_draft_until(who, draft, Instant::now() + PATIENCE).await
    }

    /// The same, for whoever waits for it no longer than that.
    pub async fn personal_in_draft_until(&self, who: &Account, draft: &Draft, until: Instant) -> Result<Looked, DraftsError> {
        let files = self.files(who, &draft.id).await?;
        let paths: Vec<String> = files.iter().map(File::path).collect();
        self.looking.forget_others(&draft.id, &paths);
        let ask = |(file, path): (&File, &String)| self.looking.ask(&self.files, &draft.agency, path, &file.media);
        let asked: Vec<Asked> = files.iter().zip(&paths).map(ask).collect();
        let written = draft.written.clone();
        let (found, more) = aside(move || personal::through_written(&written)).await?;
        let rest = |place: Place| (place.unwrap_or_else(|| CATALOGUE.to_owned()), Gap::Rest);
        let mut looked = Looked { found, unread: more.into_iter().map(rest).collect() };
        for (file, asked) in files.iter().zip(asked) {
            personal::look_at_name(&mut looked.found, &file.name);
            let seen = asked.told(until).await?;
            looked.add(&file.name, &seen);
        }
        Ok(looked)
    }

    /// The same of what waits for approval.
    pub async fn personal_in_case(&self, who: &Account, case: &Case) -> Result<Looked, DraftsError> {
        self.personal_in_case_until(who, case, Instant::now() + PATIENCE).await
    }

    /// The same, for whoever waits for it no longer than that.
    pub async fn personal_in_case_until(&self, who: &Account, case: &Case, until: Instant) -> Result<Looked, DraftsError> {
        let mut looked = Looked::default();
        if !matches!(case.frozen.state, FrozenState::Open | FrozenState::Sealing) {
            return Ok(looked);
        }
        let ask = |part: &FrozenPart| self.looking.ask(&self.files, &case.frozen.agency, &part.path, &part.media);
        let asked: Vec<Option<Asked>> = case.parts.iter().map(|part| (part.role != CATALOGUE).then(|| ask(part))).collect();
        for (part, asked) in case.parts.iter().zip(asked) {
            let Some(asked) = asked else {
                let (_, bytes) = self.part(who, &case.frozen.id, &part.commitment).await?;
                looked.add_catalogue(aside(move || in_catalogue(&bytes)).await?);
                continue;
            };
            personal::look_at_name(&mut looked.found, &part.name);
            let seen = asked.told(until).await?;
            looked.add(&part.name, &seen);
        }
        Ok(looked)
    }

    /// The same of the parts of a statement that its agency signed itself, and handed in.
    pub async fn personal_in_parts(&self, agency: &str, parts: Vec<HandedPart>, until: Instant) -> Result<Looked, DraftsError> {
        let mut looked = Looked::default();
        for HandedPart { role, media, name, bytes } in parts {
            if role == CATALOGUE {
                looked.add_catalogue(aside(move || in_catalogue(&bytes)).await?);
                continue;
            }
            personal::look_at_name(&mut looked.found, &name);
            let told = self.looking.bytes(agency, &media, bytes, until).await?;
            looked.add(&name, &told);
        }
        Ok(looked)
    }
}

/// What a catalogue says of persons, and whether there is more.
fn in_catalogue(bytes: &[u8]) -> (Vec<(Place, Found)>, bool) {
    let mut found = Vec::new();
    let more = personal::look_at_catalogue(&mut found, &serde_json::from_slice(bytes).unwrap_or_default());
    (found, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        drafts::personal::MOST,
        extract::{Piece, Spot},
    };

    fn piece(spot: Spot, text: &str) -> Piece {
        Piece { spot, text: text.to_owned() }
    }

    fn seen(pieces: Vec<Piece>) -> Seen {
        Seen::of(Extracted { pieces, gaps: vec![] })
    }

    fn spots(pieces: Vec<Piece>) -> Vec<Spot> {
        seen(pieces).found.into_iter().map(|found| found.spot).collect()
    }

    fn row(row: usize) -> Spot {
        Spot::Row { sheet: "名单".into(), row }
    }

    #[test]
    fn a_number_is_told_with_where_it_stands_and_once_where_nothing_more_is_said() {
        let pieces =
            vec![piece(row(2), "王芳\t13800138000"), piece(row(9), "13800138000"), piece(Spot::Somewhere, "13800138000\n13900139000")];
        assert_eq!(spots(pieces), [row(2), row(9), Spot::Somewhere]);
        assert_eq!(spots(vec![piece(Spot::Page(3), "a\n13800138000\n13800138000")]), [Spot::Page(3)]);
    }

    #[test]
    fn no_more_is_told_of_a_file_than_that_it_must_be_looked_through_and_that_there_is_more_is_said() {
        let many = (0..500).map(|page| piece(Spot::Page(page), "13800138000")).collect();
        let seen = seen(many);
        assert_eq!((seen.found.len(), &seen.gaps[..]), (MOST, &[Gap::Rest][..]));
    }

    #[test]
    fn a_number_that_is_repeated_hides_none_that_comes_behind_it() {
        let document = format!("{}13900139000", "13800138000\n".repeat(MOST));
        let told = seen(vec![piece(Spot::Somewhere, &document)]);
        assert_eq!((told.found.len(), told.gaps.len()), (2, 0), "a document of one piece");
        let roster = (1..=MOST).map(|at| piece(row(at), "办公室 13800138000")).chain([piece(row(99), "13900139000")]).collect();
        let told = seen(roster);
        assert!(told.found.iter().any(|found| found.number == "13900139000" && found.spot == row(99)), "a roster of many rows");
        assert_eq!(told.gaps, [Gap::Rest]);
    }
}
