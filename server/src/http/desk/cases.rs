//! Cases at the desk: their page, and what is done with what was submitted. How a step is signed is in `signing`.

use super::{
    Posted, Signed, again, answer,
    attachments::download,
    changing::changed,
    drafts::{Names, agency, at, failed, kind_of, post_name, shown, target, zone},
    sealing, see,
    submitting::{day_and_hour, due, personal_view},
};
use crate::{
    drafts::{self, Case, Drafts, DraftsError, Frozen, FrozenState, Refusal, Standing, Step, StepKind},
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    staff::{Account, Role},
    views,
};
use app::{
    Lang, pages,
    view::{
        Item, Kind, Title,
        desk::{
            AbleView, CaseState, CaseView, Decided, Desk, Fault, FrozenDisclosure, FrozenFile, FrozenProse, FrozenText, KindView, Lack,
            RuleView, Typed,
        },
    },
};
use axum::{
    extract::{Path, State},
    response::Response,
    routing::{MethodRouter, get, post},
};
use chain::{
    catalogue::Catalogue,
    json,
    part::Commitment,
    statement::{Disclosure, Redaction, Status},
};
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};

type Handler = MethodRouter<Arc<App>>;

/// The addresses below `/desk/cases`, in each language.
pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![
        ("/cases/{case}", get(show)),
        ("/cases/{case}/withdraw", post(withdraw)),
        ("/cases/{case}/release", post(release)),
        ("/cases/{case}/due", post(set_due)),
        ("/cases/{case}/reasons/{number}", post(close_reason)),
        ("/cases/{case}/parts/{part}", get(part)),
    ]
}

pub(super) fn is_author(case: &Case, who: &Account) -> bool {
    case.authors.contains(&who.id)
}

#[derive(Deserialize)]
struct ShowQuery {
    /// What its text is compared with.
    #[serde(default)]
    against: String,
}

async fn show(State(app): State<Arc<App>>, signed: Signed, At(id): At, Asked(ShowQuery { against }): Asked<ShowQuery>) -> Response {
    let view = match case_view(&app, &signed, &id, &against).await {
        // Published while it was read, it took its bytes along: what stands now is read instead.
        Err(_) => case_view(&app, &signed, &id, &against).await,
        view => view,
    };
    drawn(&app, &signed, &id, view)
}

pub(super) fn drawn(app: &App, signed: &Signed, id: &str, view: Result<CaseView, DraftsError>) -> Response {
    let view = view.map_err(Trouble::from);
    answer(app, signed, &format!("/desk/cases/{id}"), view.map(|view| move |desk: &Desk<'_>| pages::desk::case(desk, &view)))
}

/// Behind how many others each kind of step stands.
fn stages(kinds: &[StepKind]) -> Vec<usize> {
    let mut stages: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(kinds.len());
    for kind in kinds {
        // A rule lists what is waited for before what waits.
        let stage = kind.after.iter().filter_map(|code| stages.get(code.as_str())).map(|stage| stage + 1).max().unwrap_or_default();
        stages.insert(&kind.code, stage);
        all.push(stage);
    }
    all
}

pub(super) async fn case_view(app: &App, signed: &Signed, id: &str, against: &str) -> Result<CaseView, DraftsError> {
    let (who, lang) = (&signed.account, signed.lang);
    let case = app.drafts.case(who, id).await?;
    let (zone, mut names) = (zone(app, lang), Names::new(app));
    let frozen = &case.frozen;
    let counted: Vec<i64> = match &case.standing {
        Standing::Under { kinds, .. } => kinds.iter().flat_map(|kind| kind.decided.iter().copied()).collect(),
        _ => vec![],
    };
    let mut history = Vec::new();
    for step in &case.steps {
        let by = names.of(&step.account).await?;
        let closes = step.opened && Drafts::may_close_reasons(who, &frozen.agency);
        let closing = closes.then(|| format!("/desk/cases/{}/reasons/{}", case.id, step.number));
        history.push((
            step.number,
            Decided { closing, ..decided(app, lang, step, by, at(&zone, step.taken), counted.contains(&step.number)) },
        ));
    }
    let rule = match &case.standing {
        Standing::NoRule => RuleView::None {
            released: match &frozen.released_by {
                Some(account) => Some(names.of(account).await?),
                None => None,
            },
        },
        Standing::Broken(error) => RuleView::Broken(error.code()),
        Standing::Under { kinds, verdict, .. } => {
            let incomplete = |code: &&String| kinds.iter().any(|kind| kind.code == **code && !kind.complete);
            let view = |(kind, stage): (&StepKind, usize)| KindView {
                code: kind.code.clone(),
                posts: kind.posts.iter().map(|post| post_name(app, post, lang)).collect(),
                count: kind.count,
                waits: kind.after.iter().filter(incomplete).cloned().collect(),
                complete: kind.complete,
                stage,
                decided: history.iter().filter(|(number, _)| kind.decided.contains(number)).map(|(_, one)| one.clone()).collect(),
            };
            let kinds = kinds.iter().zip(stages(kinds)).map(view).collect();
            RuleView::Under { kinds, verdict: verdict.as_ref().err().map(|error| error.code()) }
        }
    };
    let able = app.drafts.able(who, &case).await?.into_iter();
    let open = frozen.state == FrozenState::Open;
    let publishes = open && matches!(rule, RuleView::None { released: None }) && who.roles.may(Role::Publisher, &frozen.agency);
    let told = frozen
        .told
        .as_ref()
        .map(|told| told.split_once('\n').map_or((told.clone(), String::new()), |(code, said)| (code.into(), said.into())));
    let personal = app.drafts.personal_in_case(who, &case).await?;
    Ok(CaseView {
        id: case.id.clone(),
        draft: frozen.draft.clone(),
        kind: kind_of(frozen.kind),
        agency: agency(app, &frozen.agency, lang),
        title: frozen.title.clone(),
        genre: frozen.genre.clone(),
        submitted: at(&zone, frozen.made),
        by: names.of(&frozen.made_by).await?,
        due: (frozen.due > 0).then(|| at(&zone, frozen.due)),
        state: match (frozen.state, frozen.index) {
            (FrozenState::Published, Some(index)) => CaseState::Published { index },
            (FrozenState::Withdrawn, _) => CaseState::Withdrawn,
            (FrozenState::Open, _) => CaseState::Open,
            _ => CaseState::Sealing,
        },
        told,
        able: able
            .map(|able| AbleView {
                post_name: post_name(app, &able.post, lang),
                code: able.code,
                post: able.post,
                decisions: able.decisions,
            })
            .collect(),
        history: history.into_iter().map(|(_, one)| one).collect(),
        text: text(app, who, &case, lang).await?,
        changed: changed(app, signed, &case, against).await?,
        personal: personal_view(personal),
        rule_leaf: match &case.standing {
            Standing::Under { rule, .. } => rule.to_string(),
            _ => String::new(),
        },
        core: chain::Hash::of(&[frozen.core_line.as_bytes()]).to_hex(),
        may_withdraw: open && Drafts::may_withdraw(who, &frozen.agency),
        writes: who.roles.may(Role::Drafter, &frozen.agency),
        may_release: publishes,
        releases_own: publishes && is_author(&case, who),
        timing: (open && Drafts::may_set_due(who, &frozen.agency)).then(|| day_and_hour(&zone, frozen.due)),
        faults: vec![],
        refused: None,
        sealing: sealing::view(app, who, &case)?,
        unsealed: None,
        own: open && is_author(&case, who) && matches!(rule, RuleView::Under { .. }),
        rule,
    })
}

fn decided(app: &App, lang: Lang, step: &Step, by: String, when: app::view::Moment, counts: bool) -> Decided {
    Decided {
        code: step.code.clone(),
        post: post_name(app, &step.post, lang),
        by,
        decision: step.decision.clone(),
        when,
        index: step.index,
        deferred: step.deferred,
        reason: step.reason.clone(),
        opened: step.opened,
        closing: None,
        counts,
    }
}

/// What was frozen, drawn from the very bytes that were committed to.
async fn text(app: &App, who: &Account, case: &Case, lang: Lang) -> Result<FrozenText, DraftsError> {
    let frozen = &case.frozen;
    if matches!(frozen.state, FrozenState::Published | FrozenState::Withdrawn) {
        return Ok(FrozenText::Gone);
    }
    let unreadable = |_| DraftsError::Unreadable("a core line");
    let named =
        async |index| target(&app.drafts, index).await.map(|named| named.map_or_else(Default::default, |(target, parts)| (target, parts)));
    match frozen.kind {
        drafts::Kind::Disclosure => disclosure(app, who, case, lang).await,
        drafts::Kind::Status => {
            let core: Status = json::read(&frozen.core_line).map_err(unreadable)?;
            let by = match core.by {
                Some(by) => Some(named(by.index).await?.0),
                None => None,
            };
            let target = named(core.target.index).await?.0;
            Ok(FrozenText::Status { change: core.kind.as_str().to_owned(), target, effective: core.effective, ground: core.ground, by })
        }
        drafts::Kind::Redaction => {
            let core: Redaction = json::read(&frozen.core_line).map_err(unreadable)?;
            let (target, parts) = named(core.target.index).await?;
            let name = |part: &Commitment| {
                let part = part.to_string();
                let name = parts.iter().find(|(commitment, _)| *commitment == part).map(|(_, name)| name.clone());
                (part, name.unwrap_or_default())
            };
            Ok(FrozenText::Redaction { parts: core.parts.iter().map(name).collect(), target, ground: core.ground })
        }
    }
}

async fn disclosure(app: &App, who: &Account, case: &Case, lang: Lang) -> Result<FrozenText, DraftsError> {
    let frozen = &case.frozen;
    let core: Disclosure = json::read(&frozen.core_line).map_err(|_| DraftsError::Unreadable("a core line"))?;
    let mut catalogue = Catalogue::default();
    let mut body = None;
    let (mut translations, mut parts) = (Vec::new(), Vec::new());
    for part in &case.parts {
        let commitment = part.commitment.to_string();
        match part.role.as_str() {
            "catalogue" => {
                let (_, bytes) = app.drafts.part(who, &frozen.id, &part.commitment).await?;
                catalogue = Catalogue::read(&bytes).map_err(|_| DraftsError::Unreadable("a catalogue"))?;
            }
            "body" | "translation" => {
                let (_, bytes) = app.drafts.part(who, &frozen.id, &part.commitment).await?;
                let text = String::from_utf8(bytes).map_err(|_| DraftsError::Unreadable("a text"))?;
                let (html, formatted) = shown(text).await.unwrap_or_default();
                let prose = FrozenProse { commitment: commitment.clone(), html, formatted };
                if part.role == "translation" {
                    translations.push((part.language.clone().unwrap_or_default(), prose));
                } else {
                    body = Some(prose);
                }
            }
            _ => {}
        }
        if part.role != "catalogue" {
            parts.push(FrozenFile { name: part.name.clone(), media: part.media.clone(), size: part.size, commitment });
        }
    }
    let item = Item {
        index: 0,
        kind: Kind::Disclosure,
        document: 0,
        version: 1,
        title: Title::Text(catalogue.title.clone()),
        language: core.language.clone(),
        stated: core.stated.day().map(str::to_owned),
        logged: None,
        agency: Some(agency(app, &core.agency, lang)),
        stated_agency: None,
        source: None,
        document_number: catalogue.document_number.clone(),
        genre: Some(core.genre.clone()),
        standing: None,
        standing_by: None,
        about: None,
    };
    let catalogue = views::shown_catalogue(catalogue, &core);
    let revises = match core.revises {
        Some(revised) => target(&app.drafts, revised.index).await?.map(|(target, _)| target),
        None => None,
    };
    let named = app.drafts.named_in(&case.parts).await?.unwrap_or_default();
    let holders = named.holders.into_iter().map(|holder| (holder.id, holder.name)).collect();
    let ground = core.ground;
    Ok(FrozenText::Disclosure(Box::new(FrozenDisclosure { revises, ground, item, catalogue, body, translations, parts, holders })))
}

async fn withdraw(State(app): State<Arc<App>>, At(id): At, Posted { signed, .. }: Posted) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let done = async {
        let Frozen { draft, agency, .. } = app.drafts.case(who, &id).await?.frozen;
        app.drafts.withdraw(who, &draft).await.map(|()| who.roles.may(Role::Drafter, &agency).then_some(draft))
    };
    match done.await {
        Ok(Some(draft)) => see(lang, &format!("/desk/drafts/{draft}")),
        // Who called it back and does not write; or it was published, or taken back, meanwhile: the page says so.
        Ok(None) | Err(DraftsError::Refused(Refusal::NotOpen)) => see(lang, &format!("/desk/cases/{id}")),
        Err(error) => failed(&app, lang, error),
    }
}

/// Has a reason read by the public no more.
async fn close_reason(State(app): State<Arc<App>>, Path((id, number)): Path<(String, String)>, Posted { signed, .. }: Posted) -> Response {
    // No step has the number 0.
    match app.drafts.close_reason(&signed.account, &id, number.parse().unwrap_or_default()).await {
        Ok(()) => see(signed.lang, &format!("/desk/cases/{id}")),
        Err(error) => failed(&app, signed.lang, error),
    }
}

async fn release(State(app): State<Arc<App>>, At(id): At, Posted { signed, .. }: Posted) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let done = async {
        let frozen = app.drafts.case(who, &id).await?.frozen.id;
        app.drafts.release(who, &frozen).await
    };
    match done.await {
        Ok(()) | Err(DraftsError::Refused(Refusal::NotOpen | Refusal::Approval(_))) => see(lang, &format!("/desk/cases/{id}")),
        Err(error) => failed(&app, lang, error),
    }
}

async fn set_due(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let (day, hour) = (fields.one("day").trim(), fields.one("hour").trim());
    let asked = due(&zone(&app, lang), day, hour);
    let done = async {
        let frozen = app.drafts.case(who, &id).await?.frozen;
        if !Drafts::may_set_due(who, &frozen.agency) {
            return Err(Refusal::Nothing.into());
        }
        app.drafts.set_due(who, &frozen.id, asked.ok_or(Refusal::Past)?).await
    };
    match done.await {
        // It was published, or taken back, meanwhile: the page says so.
        Ok(()) | Err(DraftsError::Refused(Refusal::NotOpen)) => see(lang, &format!("/desk/cases/{id}")),
        Err(DraftsError::Refused(Refusal::Past)) => {
            let view = case_view(&app, &signed, &id, "").await.map(|mut view| {
                view.timing = view.timing.map(|_| Typed([("day", day.to_owned()), ("hour", hour.to_owned())].into()));
                view.faults = vec![("day", Fault::Lack(Lack::Time))];
                view
            });
            again(drawn(&app, &signed, &id, view))
        }
        Err(error) => failed(&app, lang, error),
    }
}

pub(super) async fn part(State(app): State<Arc<App>>, Path((id, part)): Path<(String, String)>, signed: Signed) -> Response {
    let found = async {
        let commitment = Commitment::parse(&part).ok_or(Refusal::Nothing)?;
        let frozen = app.drafts.case(&signed.account, &id).await?.frozen.id;
        let part = app.drafts.part(&signed.account, &frozen, &commitment).await?;
        let details = serde_json::json!({ "part": commitment.to_string() });
        app.staff.journal().note(&signed.account.id, "downloaded", &id, &details).await?;
        Ok::<_, DraftsError>(part)
    };
    match found.await {
        Ok((part, bytes)) => download(if part.name.is_empty() { "catalogue.json" } else { &part.name }, bytes),
        Err(error) => failed(&app, signed.lang, error),
    }
}
