//! What every page about registrations draws on: what waits for registrars, and why something was not taken.

use super::{Fields, Signed};
use crate::{
    drafts::{self, Sort},
    http::{App, trouble::Trouble},
    registrar::{self, Asked, Change, Registrar, RegistrarError},
    staff::Account,
    views::{self, Context},
};
use app::{
    view::Problem,
    view::desk::{self, Barred, BothNames, Fault, Faults, PostKey, Voids, WaitingRow},
};
use chain::{
    Hash,
    state::State,
    statement::{Ending, Key, Names},
};

pub(super) fn registrar(app: &App) -> Registrar {
    Registrar::new(app.staff.clone(), app.node.clone())
}

pub(super) fn troubled(error: RegistrarError) -> Trouble {
    match error {
        RegistrarError::Staff(error) => error.into(),
        other => {
            tracing::error!(error = %other, "what waits for registrars cannot be read");
            Trouble::Problem(Problem::Busy { seconds: 5 })
        }
    }
}

/// Why a form about registrations was not taken, beside which field; nothing of it where it is no fault of the form.
pub(super) fn fault(error: RegistrarError, field: &'static str) -> Result<Faults, RegistrarError> {
    let fault = match error {
        RegistrarError::Key | RegistrarError::Known => Fault::Key,
        RegistrarError::Body => Fault::Body,
        RegistrarError::Possession(_) => Fault::Possession,
        RegistrarError::Rule => Fault::Rule,
        RegistrarError::Nobody => Fault::Charter(Barred::Nobody),
        RegistrarError::Threshold { needed, of } => Fault::Charter(Barred::Threshold { needed, of }),
        RegistrarError::Zone => Fault::Charter(Barred::Zone),
        RegistrarError::Policy => Fault::Charter(Barred::Policy),
        RegistrarError::Passed { than } => Fault::Charter(Barred::Passed { than }),
        RegistrarError::NoChange => Fault::Charter(Barred::Same),
        RegistrarError::SameNames => Fault::SameNames,
        RegistrarError::NoSignature | RegistrarError::OtherText => Fault::NoSignature,
        RegistrarError::Subject | RegistrarError::Refused(_) | RegistrarError::Statement(_) => Fault::Registered,
        RegistrarError::Submit(ref error) if error.passes() => Fault::NotTaken,
        RegistrarError::Submit(_) => Fault::Registered,
        RegistrarError::TooMany => Fault::TooMany,
        other => return Err(other),
    };
    Ok(vec![(field, fault)])
}

/// A form whose names look like numbers that belong to persons: beside which field, and what says that it was seen.
pub(super) struct Warning {
    pub faults: Faults,
    pub seen: String,
}

/// What is registered stands in the log for ever, so whoever asks for it is warned before. It is no refusal: of what is sent once more as it
/// was, nothing is said again.
pub(super) fn warning(names: &[(&'static str, &str)], fields: &Fields) -> Option<Warning> {
    let fault = |(field, name): &(&'static str, &str)| Some((*field, Fault::Personal { sort: drafts::in_name(name)?.code() }));
    let faults: Faults = names.iter().filter_map(fault).collect();
    let whole: Vec<_> = names.iter().map(|(_, name)| *name).collect();
    let seen = Hash::of(&[whole.join("\n").as_bytes()]).to_hex();
    (!faults.is_empty() && fields.one("seen") != seen).then_some(Warning { faults, seen })
}

/// What names look like that belongs to persons, by its kinds.
pub(super) fn personal_in<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<&'static str> {
    let mut sorts: Vec<_> = names.into_iter().filter_map(drafts::in_name).map(Sort::code).collect();
    sorts.sort_unstable();
    sorts.dedup();
    sorts
}

/// Names as forms have them, one in each language.
pub(super) fn both(names: &Names) -> BothNames {
    let of = |language: &str| names.get(language).cloned().unwrap_or_default();
    BothNames { zh: of("zh"), en: of("en") }
}

/// What is registered now as the names of a subject for which others are asked.
pub(super) fn names_before(state: &State, asked: &Asked) -> Vec<(String, String)> {
    let id = &asked.subject.id;
    let names = match (&asked.change, asked.subject.kind) {
        (Change::Names { .. }, "post") => registrar::post(state, id).map(|(_, post)| &post.name),
        (Change::Names { .. }, _) => state.agency(id).map(|(_, agency)| &agency.name),
        _ => None,
    };
    names.into_iter().flatten().map(|(language, name)| (language.clone(), name.clone())).collect()
}

/// How many texts under way a registration touches, and what becomes of them. What is signed about a text names the rule by the agency's
/// whole entry: whatever else of the agency is registered, it counts no more. No entry of a post is named there, but the end of a post's key
/// may reach what that signed.
pub(super) async fn voided(app: &App, state: &State, asked: &Asked) -> Result<Option<(usize, Voids)>, Trouble> {
    let ruled = state.agency(&asked.subject.agency).is_some_and(|(_, agency)| agency.rule.is_some());
    let voids = match (ruled, &asked.change) {
        (true, Change::End { how, at, .. }) if asked.subject.kind == "post" => {
            // What a stolen key signed is not published on. Any other end reaches what comes to the log behind it, and that alone.
            let from = if how == Ending::Compromised.as_str() { *at } else { u64::MAX };
            let texts = app.drafts.signed_under_approval(&asked.subject.id, from).await?;
            return Ok((texts > 0).then_some((texts, Voids::Signed)));
        }
        _ if asked.subject.kind != "agency" => return Ok(None),
        (true, Change::Rule { rule: None }) => Voids::Published,
        (true, _) => Voids::Anew,
        (false, Change::Rule { rule: Some(_) }) => Voids::First,
        (false, _) => return Ok(None),
    };
    let texts = app.drafts.under_approval(&asked.subject.id).await?;
    Ok((texts > 0).then_some((texts, voids)))
}

pub(super) fn keys(keys: &[Key]) -> Vec<PostKey> {
    let key = |key: &Key| PostKey {
        vkey: key.key.to_string(),
        ended: key.ended.map(|ended| (ended.how.as_str().to_owned(), ended.at)),
        custody: key.custody.clone(),
    };
    keys.iter().map(key).collect()
}

/// How an account is called, also one that has ended.
pub(super) async fn named(app: &App, account: &str) -> Result<String, Trouble> {
    Ok(app.staff.account(account).await?.map_or_else(|| account.to_owned(), |account: Account| account.name))
}

/// The same with the name by which they come in.
pub(super) async fn known_as(app: &App, account: &str) -> Result<String, Trouble> {
    Ok(app.staff.account(account).await?.map_or_else(|| account.to_owned(), |account| format!("{} ({})", account.name, account.login)))
}

/// What waits, as lists show it.
pub(super) async fn rows(app: &App, signed: &Signed, waiting: &[Asked]) -> Result<Vec<WaitingRow>, Trouble> {
    let mut rows = Vec::new();
    for asked in waiting {
        rows.push(waiting_row(app, signed, asked).await?);
    }
    Ok(rows)
}

pub(super) async fn waiting_row(app: &App, signed: &Signed, asked: &Asked) -> Result<WaitingRow, Trouble> {
    let (what, key) = match &asked.change {
        Change::Key { key, .. } => (desk::Asked::Key, Some(key.clone())),
        Change::End { key, how, at } => (desk::Asked::End { how: how.clone(), at: *at }, Some(key.clone())),
        Change::Rule { rule: Some(_) } => (desk::Asked::Rule, None),
        Change::Rule { rule: None } => (desk::Asked::NoRule, None),
        Change::Bodies { .. } => (desk::Asked::Bodies, None),
        Change::Agency { names, seal: Some(seal), .. } if names.is_empty() => (desk::Asked::Seal, Some(seal.clone())),
        Change::Names { .. } | Change::Agency { seal: None, .. } => (desk::Asked::Names, None),
        Change::Agency { .. } => (desk::Asked::Agency, None),
        change @ Change::Charter(_) => match change.candidate() {
            Some(candidate) => (desk::Asked::Registrar, Some(candidate.key.clone())),
            None => (desk::Asked::Charter, None),
        },
    };
    let state = app.node.submitter.state();
    Ok(WaitingRow {
        id: asked.id.clone(),
        subject: asked.subject.id.clone(),
        what,
        key,
        asked: views::moment(&Context::new(&app.node, signed.lang).zone, asked.asked),
        // With the name to come in by, which nobody chooses anew: a registrar goes by who asks.
        by: known_as(app, &asked.asked_by).await?,
        signed: asked.signed_by().len(),
        needed: Registrar::registrars(&state).map_or(0, |registrars| registrars.threshold),
    })
}
