//! The view of how a disclosure, or what became of one, was approved: its case's steps as the rule of then orders them, opened by the
//! entry itself.

use super::{
    context::{Context, Logged},
    moment, name_in,
};
use crate::store::{StoreError, StoredContent};
use app::view::{Approval, Stage, Step};
use chain::{
    approval::{self, Decision, Progress, TakenStep},
    entry::Entry,
    hash::Hash,
    holders::{self, Holders},
    json,
    part::format_salt,
    statement::{Agency, Core, Post, Statement},
    tree::leaf_hash,
};

/// Every registration of the chain: index, id, leaf hash.
type Registered = [(u64, String, Hash)];

/// How what an entry says was approved; `None` where it names no approval.
pub(super) async fn approval(context: &Context<'_>, logged: &Logged) -> Result<Option<Approval>, StoreError> {
    let Ok(entry) = Entry::parse(&logged.bytes) else { return Ok(None) };
    let Ok(Statement { core, core_line, act: Some(act), .. }) = Statement::parse(entry.note.as_bytes()) else { return Ok(None) };
    let Some((agency, genre)) = approval::approved(&core) else { return Ok(None) };
    let parts = match &core {
        Core::Disclosure(core) => &core.parts[..],
        _ => &[],
    };
    context.fetch(act.steps.iter().copied()).await?;
    let registered = context.node.store.registrations().await?;
    let holders = match parts.iter().find(|part| part.role == holders::ROLE) {
        Some(part) => {
            context.fetch_contents([part.commitment]).await?;
            match context.part(logged, &part.commitment).as_deref() {
                Some(StoredContent::Present { bytes, .. }) => Holders::read(bytes).unwrap_or_default(),
                _ => Holders::default(),
            }
        }
        None => Holders::default(),
    };
    let reasons = context.node.store.reasons(logged.index).await?;
    let (mut taken, mut steps, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for (index, opening) in act.steps.iter().zip(&act.opening) {
        let Some(step) = context.entry(*index) else { continue };
        let (Some(header), Some(said)) = (&step.header, &step.said) else { continue };
        let Core::Step(of) = &said.core else { continue };
        taken.push(TakenStep { index: *index, leaf: leaf_hash(&step.bytes), post: said.signer.clone(), step: (**of).clone() });
        let Ok(decision) = json::read::<Decision>(&opening.text) else { continue };
        // As it was called when it signed: what a browser finds under the registry of then.
        let then = registered.iter().rev().find(|(at, id, _)| *id == said.signer && at < index).map(|(at, ..)| *at);
        let name = match then {
            Some(at) => post(context, at).await?.and_then(|post| name_in(&post.name, context.lang).map(str::to_owned)),
            None => None,
        };
        steps.push(Step {
            index: *index,
            post: said.signer.clone(),
            name,
            code: decision.code,
            decision: decision.decision,
            logged: moment(&context.zone, header.time),
            holders: holders.holders.iter().filter(|holder| holder.id == said.signer).map(|holder| holder.name.clone()).collect(),
            took: None,
            reason: reasons.iter().find(|open| open.step == *index).map(|open| (format_salt(&open.salt), open.text.clone())),
        });
        times.push(header.time);
    }
    let rule = rule(context, agency, act.rule, &registered).await?;
    let rule = rule.and_then(|agency| agency.rule);
    let deferred = rule.as_ref().is_some_and(|rule| rule.deferred);
    let progress = rule.as_ref().and_then(|rule| Progress::of((rule, act.rule), genre, core_line, agency, &act, &taken).ok());
    let Some(progress) = progress else {
        // Such an entry would not have been taken; whatever it is, its steps are shown one behind the other.
        let stages = steps.into_iter().map(|step| Stage { steps: vec![step] }).collect();
        return Ok(Some(Approval { stages, deferred: false, earlier: vec![] }));
    };
    let mut course = progress.course(&times);
    // As the rule lists their kinds; those of one kind as they were taken.
    course.sort_by_key(|place| place.kind);
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut stages: Vec<Stage> = Vec::new();
    for place in course {
        let Some(step) = steps.get_mut(place.number).and_then(Option::take) else { continue };
        while stages.len() <= place.stage {
            stages.push(Stage::default());
        }
        stages[place.stage].steps.push(Step { took: place.took, ..step });
    }
    let earlier = steps.into_iter().flatten().collect();
    Ok(Some(Approval { stages, deferred, earlier }))
}

async fn registration(context: &Context<'_>, at: u64) -> Result<Option<Core>, StoreError> {
    let Some(bytes) = context.node.store.entry(at).await? else { return Ok(None) };
    let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
    Ok(Statement::parse(entry.note.as_bytes()).ok().map(|statement| statement.core))
}

async fn post(context: &Context<'_>, at: u64) -> Result<Option<Post>, StoreError> {
    Ok(match registration(context, at).await? {
        Some(Core::Post(post)) => Some(*post),
        _ => None,
    })
}

/// The agency as it was registered in the entry with this leaf hash.
async fn rule(context: &Context<'_>, agency: &str, leaf: Hash, registered: &Registered) -> Result<Option<Agency>, StoreError> {
    if let Some((_, now)) = context.state.agency(agency).filter(|(at, _)| at.leaf == leaf) {
        return Ok(Some(now.clone()));
    }
    let Some((at, ..)) = registered.iter().find(|(_, id, of)| id == agency && *of == leaf) else { return Ok(None) };
    Ok(match registration(context, *at).await? {
        Some(Core::Agency(agency)) => Some(*agency),
        _ => None,
    })
}
