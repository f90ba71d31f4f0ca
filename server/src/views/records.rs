//! The views of single records: a raw entry, agencies, the chain itself.

use super::{
    context::{Context, entry_ref},
    rules::rule,
    *,
};
use crate::store::StoreError;
use app::view::{
    AgenciesView, AgencyEnd, AgencyRow, AgencyView, ApprovalRule, ChainView, Custody, EntryView, Fact, KeyEnd, KeyRole, KeyRow, Pager,
    PostRow, Standing,
};
use chain::{
    entry::Entry,
    statement::{Core, Ended, Ending, Key, Reference, Statement, StatusKind},
    tree::leaf_hash,
};

fn key_row(role: KeyRole, key: &Key, from: u64) -> KeyRow {
    let ended = key.ended.map(|Ended { how, at }| match how {
        Ending::Retired => KeyEnd::Retired(at),
        Ending::Lost => KeyEnd::Lost(at),
        Ending::Compromised => KeyEnd::Stolen(at),
    });
    let custody = match key.custody.as_deref() {
        Some("portal") => Some(Custody::Portal),
        Some("token") => Some(Custody::Token),
        Some("agency") => Some(Custody::Agency),
        _ => None,
    };
    KeyRow { role, vkey: key.key.to_string(), from, ended, custody }
}

fn bare_key(role: KeyRole, key: &chain::note::Vkey, from: u64) -> KeyRow {
    KeyRow { role, vkey: key.to_string(), from, ended: None, custody: None }
}

/// Any entry as it stands in the log.
pub async fn entry_view(context: &Context<'_>, index: u64, size: u64) -> Result<Option<EntryView>, StoreError> {
    if index >= size {
        return Ok(None);
    }
    // An entry that the tree has and the store has not is shown all the same; the browser's checks say what is wrong with it.
    context.fetch_record(index).await?;
    let Some(item) = items(context, &[index]).await?.pop() else { return Ok(None) };
    let logged = context.entry(index);
    let note = logged.as_deref().and_then(|logged| Entry::parse(&logged.bytes).ok()).map(|entry| entry.note);
    let (facts, rule) = match note.and_then(|note| Statement::parse(note.as_bytes()).ok()) {
        Some(statement) => (facts(context, &statement, index).await?, ruled(context, &statement.core, index)),
        None => (vec![], None),
    };
    Ok(Some(EntryView {
        item,
        facts,
        rule,
        approval: match &logged {
            Some(logged) => super::approval::approval(context, logged).await?,
            None => None,
        },
        text: logged.as_deref().map(|logged| String::from_utf8_lossy(&logged.bytes).into_owned()),
        older: match index.checked_sub(1) {
            Some(older) => Some(entry_ref(context, older).await?),
            None => None,
        },
        newer: if index + 1 < size { Some(entry_ref(context, index + 1).await?) } else { None },
        leaf: logged.as_deref().map(|logged| leaf_hash(&logged.bytes).to_string()).unwrap_or_default(),
        previous: logged.and_then(|logged| logged.header).map(|header| header.previous.to_string()).unwrap_or_default(),
    }))
}

/// The rule that an entry registers.
fn ruled(context: &Context<'_>, core: &Core, index: u64) -> Option<ApprovalRule> {
    match core {
        Core::Agency(core) => core.rule.as_ref().map(|of| rule(&context.state, of, index, context.lang)),
        _ => None,
    }
}

async fn facts(context: &Context<'_>, statement: &Statement<'_>, index: u64) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    match &statement.core {
        Core::Charter(core) => {
            facts.extend([Fact::Origin(core.origin.clone()), Fact::Trial(core.trial), Fact::Zone(core.zone.clone())]);
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            facts.push(Fact::Threshold(count(core.registrars.threshold), count(core.registrars.keys.len())));
            facts.extend(core.logs.iter().map(|log| Fact::Key(bare_key(KeyRole::Log, &log.key, log.from))));
            facts.extend(core.registrars.keys.iter().map(|key| Fact::Key(bare_key(KeyRole::Registrar, key, index))));
        }
        Core::Agency(core) => {
            facts.push(Fact::Agency(agency_ref(core, context.lang)));
            facts.extend(core.seals.iter().map(|key| Fact::Key(key_row(KeyRole::Seal, key, index))));
            facts.extend(core.successor.iter().map(|id| Fact::Successor(context.agency(id))));
        }
        Core::Post(core) => {
            facts.extend([Fact::Post(core.post.clone()), Fact::Agency(context.agency(&core.agency))]);
            facts.extend(core.keys.iter().map(|key| Fact::Key(key_row(KeyRole::Post, key, index))));
        }
        Core::Step(core) => facts.extend([Fact::Agency(context.agency(&core.agency)), Fact::Case(core.case.clone())]),
        Core::Status(core) => {
            facts.push(Fact::Target(entry_ref(context, core.target.index).await?));
            let kind = serde_json::to_value(core.kind).ok();
            let standing: Option<Standing> = kind.as_ref().and_then(|kind| kind.as_str()).and_then(standing_of);
            match standing {
                Some(standing) if core.kind != StatusKind::Reinstated => facts.push(Fact::Became(standing)),
                _ => facts.push(Fact::Reinstated),
            }
            facts.extend(core.effective.clone().map(Fact::Effective));
            facts.push(Fact::Ground(core.ground.clone()));
            if let Some(by) = core.by {
                facts.push(Fact::By(entry_ref(context, by.index).await?));
            }
            facts.push(Fact::StatedBy(context.agency(&core.agency)));
        }
        Core::Redaction(core) => {
            facts.push(Fact::Target(entry_ref(context, core.target.index).await?));
            facts.push(Fact::Parts(core.parts.iter().map(ToString::to_string).collect()));
            facts.push(Fact::Ground(core.ground.clone()));
            facts.push(Fact::StatedBy(context.agency(&core.agency)));
        }
        Core::Disclosure(_) => {}
    }
    facts.extend(statement.note.signatures.iter().map(|line| Fact::SignedBy(line.name.to_owned())));
    Ok(facts)
}

/// Every registered agency.
pub async fn agencies(context: &Context<'_>) -> Result<AgenciesView, StoreError> {
    let counts = context.node.counts().await?;
    let mut rows: Vec<(u64, AgencyRow)> = Vec::new();
    for (at, agency) in context.state.agencies() {
        let documents = counts.by(&agency.agency);
        let newest = match context.node.store.by_agency(&agency.agency, 0, 1).await?.first() {
            Some(row) => {
                context.node.store.entry(row.index).await?.and_then(|bytes| Entry::parse(&bytes).ok().map(|entry| entry.header.time))
            }
            None => None,
        };
        let row = AgencyRow {
            agency: agency_ref(agency, context.lang),
            documents,
            newest: newest.map(|time| moment(&context.zone, time)),
            registered: at.index,
            ended: ended(context, agency),
            archive: agency.archive,
        };
        rows.push((at.index, row));
    }
    rows.sort_by_key(|(at, _)| *at);
    Ok(AgenciesView { agencies: rows.into_iter().map(|(_, row)| row).collect(), stated: vec![] })
}

fn ended(context: &Context<'_>, agency: &chain::statement::Agency) -> Option<AgencyEnd> {
    agency.successor.as_ref().map(|id| AgencyEnd { day: None, successor: Some(context.agency(id)) })
}

/// One agency's page. Pages are counted from 0.
pub async fn agency(context: &Context<'_>, id: &str, page: u64) -> Result<Option<AgencyView>, StoreError> {
    let Some((at, agency)) = context.state.agency(id) else { return Ok(None) };
    let per_page = view::PAGE;
    let rows = context.node.store.by_agency(id, page * per_page, per_page).await?;
    let documents = context.node.counts().await?.by(id);
    let indexes: Vec<u64> = rows.iter().map(|row| row.index).collect();
    let posts = context.state.posts().filter(|(_, post)| post.agency == id);
    let name = |post: &chain::statement::Post| name_in(&post.name, context.lang).unwrap_or(&post.post).to_owned();
    let row = |(at, post): &(Reference, chain::statement::Post)| PostRow { id: post.post.clone(), name: name(post), registered: at.index };
    let mut posts: Vec<_> = posts.map(row).collect();
    posts.sort_by_key(|post| post.registered);
    Ok(Some(AgencyView {
        agency: agency_ref(agency, context.lang),
        archive: agency.archive,
        registered: at.index,
        ended: ended(context, agency),
        keys: agency.seals.iter().map(|key| key_row(KeyRole::Seal, key, at.index)).collect(),
        rule: agency.rule.as_ref().map(|of| rule(&context.state, of, at.index, context.lang)),
        // Copies are approved by nobody; and figures stand on the first page alone.
        figures: if agency.archive || page > 0 { None } else { super::figures::figures(context, agency).await? },
        posts,
        documents,
        items: items(context, &indexes).await?,
        pager: pager(page, documents),
    }))
}

/// Links of a list that is paged by number (`page=3`, from 1).
#[must_use]
pub fn pager(page: u64, total: u64) -> Pager {
    let last = total.saturating_sub(1) / view::PAGE;
    let query = |page: u64| if page == 0 { String::new() } else { format!("page={}", page + 1) };
    Pager {
        newest: (page > 0).then(|| query(0)),
        newer: (page > 0).then(|| query(page - 1)),
        older: (page < last).then(|| query(page + 1)),
        oldest: (page < last).then(|| query(last)),
        span: None,
    }
}

/// What the chain is, from its charter.
pub async fn chain_view(context: &Context<'_>) -> Result<Option<ChainView>, StoreError> {
    let Some(charter) = context.state.charter() else { return Ok(None) };
    let began = context.node.store.entry(0).await?.and_then(|bytes| Entry::parse(&bytes).ok().map(|entry| entry.header.time));
    let registrations = context.node.store.registrations().await?;
    let newest = registrations.iter().rev().find(|(_, id, _)| *id == context.node.origin).map_or(0, |(index, ..)| *index);
    let mut keys: Vec<KeyRow> = charter.logs.iter().map(|log| bare_key(KeyRole::Log, &log.key, log.from)).collect();
    keys.extend(charter.registrars.keys.iter().map(|key| bare_key(KeyRole::Registrar, key, newest)));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Some(ChainView {
        checkpoint: None,
        size: None,
        charter: newest,
        began: began.map(|time| moment(&context.zone, time)),
        keys,
        threshold: (count(charter.registrars.threshold), count(charter.registrars.keys.len())),
        policy: chain::policy::Policy::parse(&charter.policy)
            .is_ok_and(|policy| policy.asks_for_witnesses())
            .then(|| charter.policy.clone()),
    }))
}
