//! The view of how a disclosure, or what became of one, was approved: its case's steps as the rule of then orders them, opened by the
//! entry itself.

use super::{
    context::{Context, Logged},
    moment, name_in,
};
use crate::store::{StoreError, StoredContent};
use app::view::{Approval, Stage, Step};
use chain::{
    approval::{Decision, Progress, TakenStep},
    entry::Entry,
    hash::Hash,
    holders::{self, Holders},
    json,
    statement::{Agency, Core, Post, Statement},
    time::Millis,
    tree::leaf_hash,
};

/// Every registration of the chain: index, id, leaf hash.
pub(super) type Registered = [(u64, String, Hash)];

/// How what an entry says was approved; `None` where it names no approval.
/// With the registrations at hand, of many at once, posts are not looked up by the name they had then.
pub(super) async fn approval(context: &Context<'_>, logged: &Logged, at_hand: Option<&Registered>) -> Result<Option<Approval>, StoreError> {
    let Ok(entry) = Entry::parse(&logged.bytes) else { return Ok(None) };
    let Ok(Statement { core, core_line, act: Some(act), .. }) = Statement::parse(entry.note.as_bytes()) else { return Ok(None) };
    let (agency, genre, parts) = match &core {
        Core::Disclosure(core) => (&core.agency, core.genre.as_str(), &core.parts[..]),
        Core::Status(core) => (&core.agency, "status", &[][..]),
        Core::Redaction(core) => (&core.agency, "redaction", &[][..]),
        _ => return Ok(None),
    };
    context.fetch(act.steps.iter().copied()).await?;
    let read = match at_hand {
        Some(_) => vec![],
        None => context.node.store.registrations().await?,
    };
    let registered = at_hand.unwrap_or(&read);
    let holders = match parts.iter().find(|part| part.role == holders::ROLE).filter(|_| at_hand.is_none()) {
        Some(part) => {
            context.fetch_contents([part.commitment]).await?;
            match context.part(logged, &part.commitment).as_deref() {
                Some(StoredContent::Present { bytes, .. }) => Holders::read(bytes).unwrap_or_default(),
                _ => Holders::default(),
            }
        }
        None => Holders::default(),
    };
    let mut taken = Vec::new();
    let mut steps = Vec::new();
    for (index, opening) in act.steps.iter().zip(&act.opening) {
        let Some(step) = context.entry(*index) else { continue };
        let (Some(header), Some(said)) = (&step.header, &step.said) else { continue };
        let Core::Step(of) = &said.core else { continue };
        taken.push(TakenStep { index: *index, leaf: leaf_hash(&step.bytes), post: said.signer.clone(), step: (**of).clone() });
        let Ok(decision) = json::read::<Decision>(&opening.text) else { continue };
        // As it was called when it signed: what a browser finds under the registry of then.
        let then =
            registered.iter().rev().filter(|_| at_hand.is_none()).find(|(at, id, _)| *id == said.signer && at < index).map(|(at, ..)| *at);
        let name = match then {
            Some(at) => post(context, at).await?.and_then(|post| name_in(&post.name, context.lang).map(str::to_owned)),
            None => None,
        };
        let made = Made { code: decision.code, decision: decision.decision, at: header.time };
        let when = moment(&context.zone, header.time);
        let step = Step {
            index: *index,
            post: said.signer.clone(),
            name,
            code: made.code.clone(),
            decision: made.decision.clone(),
            logged: when,
            holders: holders.holders.iter().filter(|holder| holder.id == said.signer).map(|holder| holder.name.clone()).collect(),
            took: None,
        };
        steps.push((step, made));
    }
    let rule = rule(context, agency, act.rule, registered).await?;
    let rule = rule.and_then(|agency| agency.rule);
    let deferred = rule.as_ref().is_some_and(|rule| rule.deferred);
    let progress = rule.as_ref().and_then(|rule| Progress::of((rule, act.rule), genre, core_line, agency, &act, &taken).ok());
    let Some(progress) = progress else {
        // Such an entry would not have been taken; whatever it is, its steps are shown one behind the other.
        let stages = steps.into_iter().map(|(step, _)| Stage { steps: vec![step] }).collect();
        return Ok(Some(Approval { stages, deferred: false, earlier: vec![] }));
    };
    // The last decision of a post on a kind is the one that stands, if any does.
    let stands = |n: usize, steps: &[(Step, Made)]| {
        let (step, _) = &steps[n];
        let same = |other: &(Step, Made)| other.0.post == step.post && other.0.code == step.code;
        let decided = progress.decisions().any(|(code, by, _)| code == step.code && by == step.post);
        decided && !steps[n + 1..].iter().any(same)
    };
    let standing: Vec<bool> = (0..steps.len()).map(|n| stands(n, &steps)).collect();
    let complete = |code: &str| {
        let of = steps.iter().zip(&standing).filter(|((step, _), stands)| **stands && step.code == code);
        of.map(|((_, made), _)| made.at).max()
    };
    let mut stages: Vec<Stage> = Vec::new();
    let mut depth: Vec<(&str, usize)> = Vec::new();
    for kind in progress.wanted() {
        let behind = |code: &String| depth.iter().find(|(known, _)| known == code).map(|(_, depth)| depth + 1);
        let stage = kind.after.iter().filter_map(behind).max().unwrap_or_default();
        depth.push((&kind.code, stage));
        // What was logged all at once says nothing of how long it took.
        let since: Option<Millis> = kind.after.iter().filter(|_| !deferred).filter_map(|code| complete(code)).max();
        let of = steps.iter().zip(&standing).filter(|((step, _), stands)| **stands && step.code == kind.code);
        let of = of.map(|((step, made), _)| Step { took: since.map(|since| made.at - since), ..step.clone() });
        while stages.len() <= stage {
            stages.push(Stage::default());
        }
        stages[stage].steps.extend(of);
    }
    let earlier = steps.iter().zip(&standing).filter(|(_, stands)| !**stands).map(|((step, _), _)| step.clone()).collect();
    Ok(Some(Approval { stages, deferred, earlier }))
}

/// What a step decided, and when the log took it.
struct Made {
    code: String,
    decision: String,
    at: Millis,
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
