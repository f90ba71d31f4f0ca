//! A case: what was frozen, exactly as it will stand, the rule's steps side by side, and what was decided by which post.

use super::super::form::{summary, token};
use super::super::frame::{Page, document, minute};
use super::super::post_key::{elsewhere, kit, scripts};
use super::changed::changed;
use super::history::history;
use super::sealing::{refused as not_sealed, sealing};
use super::submit::when;
use super::{named, personal::personal};
use crate::pages::{catalogue, text};
use crate::view::desk::{
    AbleView, CaseState, CaseView, Decided, Desk, FrozenDisclosure, FrozenProse, FrozenText, KindView, Room, RuleView, SealingView,
};
use crate::view::{DisclosureView, Title};
use crate::words::desk::DeskWords;
use crate::{Lang, codes};
use leptos::prelude::*;

pub fn case(desk: &Desk<'_>, view: &CaseView) -> String {
    let d = &crate::words::desk::of(desk.lang).drafts;
    let title = named(&view.title, view.kind, d);
    // Where nothing is to be signed, nothing that signs is loaded.
    let signs = !view.able.is_empty();
    let page =
        Page { scripts: if signs { scripts(desk) } else { vec![] }, ..Page::new(Room::Drafts, "case", title.clone()).with(&view.faults) };
    document(desk, page, |w| {
        let c = &w.drafts.case;
        // That it waits for its agency's own seal is no failure, and told where that is brought.
        let unsealed = matches!(view.sealing, Some(SealingView::Open { .. }));
        let told = view.told.as_ref().filter(|(code, _)| code != "no-seal" || !unsealed).map(|(code, said)| {
            let said = (!said.is_empty()).then(|| view! { <p class="small">{c.log_said}" "<code>{said.clone()}</code></p> });
            view! { <div class="faults" role="alert"><h2>{c.told}</h2><p>{(c.told_code)(code)}</p>{said}</div> }
        });
        let own = view.own.then(|| view! { <p class="quiet">{c.own}</p> });
        let refused = view.refused.as_ref().map(|(code, said)| {
            view! { <div class="faults" role="alert"><h2>{c.not_taken}</h2><p>{w.signing.told(code, said)}</p></div> }
        });
        view! {
            {summary(&view.faults, w)}
            {refused}
            {not_sealed(view, w)}
            {told}
            <div class="lead">
                <h1><bdi>{title.clone()}</bdi></h1>
                <p><bdi>{view.agency.name.clone()}</bdi>" · "{(w.drafts.kind)(view.kind)}</p>
                {state(view, desk, w)}
                <p class="small">{(c.submitted)(&minute(view.submitted, w.lang), &view.by)}</p>
            </div>
            {personal(&view.personal, c.personal, w)}
            <section class="wide">
                <h2>{c.steps}</h2>
                {rule(view, w)}
                {own}
            </section>
            {view.changed.as_ref().map(|changes| changed(changes, &view.id, desk, w))}
            {yours(view, desk, w)}
            {sealing(view, desk, w)}
            {ways(view, desk, w)}
            <section class="wide" id="text">
                <h2>{c.text}</h2>
                <p class="small">{c.text_help}</p>
                <div data-frozen="">{frozen(view, desk, w)}</div>
            </section>
            {history(view, desk, w)}
            {signs.then(|| kit(desk, w))}
        }
    })
}

/// Where it stands, in a sentence.
fn state(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.drafts.case;
    let due = view.due.map(|due| minute(due, w.lang));
    let approved = match &view.rule {
        RuleView::Under { verdict, .. } => verdict.is_none(),
        RuleView::None { released } => released.is_some(),
        RuleView::Broken(_) => false,
    };
    let said = match (view.state, approved, due) {
        (CaseState::Published { .. }, ..) => c.published.to_owned(),
        (CaseState::Withdrawn, ..) => c.withdrawn.to_owned(),
        (CaseState::Sealing, ..) => c.sealing.to_owned(),
        (CaseState::Open, true, due) if matches!(view.sealing, Some(SealingView::Open { .. })) => match due {
            Some(due) => format!("{} · {}", w.sealing.stand, (w.drafts.due)(&due)),
            None => w.sealing.stand.to_owned(),
        },
        (CaseState::Open, true, Some(due)) => (c.ready_at)(&due),
        (CaseState::Open, true, None) => c.ready.to_owned(),
        (CaseState::Open, false, Some(due)) => format!("{} · {}", c.open, (w.drafts.due)(&due)),
        (CaseState::Open, false, None) => c.open.to_owned(),
    };
    let see = match view.state {
        CaseState::Published { index } => Some(view! { " "<a href=desk.at(&format!("/disclosures/{index}"))>{c.see}</a> }),
        _ => None,
    };
    view! { <p class="stand"><strong>{said}</strong>{see}</p> }
}

/// What a kind of step is called; one that nobody here knows, its code.
pub(super) fn called(code: &str, lang: Lang) -> String {
    codes::step(lang, code).unwrap_or(code).to_owned()
}

/// What a decision is called.
pub(super) fn word(decision: &str, lang: Lang) -> String {
    let said = codes::decision(lang, decision).unwrap_or(decision);
    // A word of its own here, not the end of a sentence.
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn rule(view: &CaseView, w: &'static DeskWords) -> AnyView {
    let c = &w.drafts.case;
    match &view.rule {
        RuleView::None { released } => {
            let said = released.as_ref().map_or_else(|| c.no_rule.to_owned(), |by| (c.released)(by));
            view! { <p>{said}</p> }.into_any()
        }
        RuleView::Broken(code) => view! { <p class="gone">{(c.told_code)(code)}</p> }.into_any(),
        RuleView::Under { kinds, .. } => {
            let last = kinds.iter().map(|kind| kind.stage).max().unwrap_or_default();
            let stages = (0..=last).map(|stage| {
                let side = kinds.iter().filter(|kind| kind.stage == stage).map(|one| kind(one, w)).collect_view();
                view! { <li><ul class="side">{side}</ul></li> }
            });
            view! { <ol class="flow">{stages.collect_view()}</ol> }.into_any()
        }
    }
}

fn kind(kind: &KindView, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.drafts.case;
    let skipped = kind.decided.iter().any(|one| one.decision == "override");
    let rejected = kind.decided.iter().any(|one| one.decision == "reject");
    let done = kind.decided.iter().filter(|one| one.decision == "approve").count();
    let between = if w.lang == Lang::Zh { "、" } else { ", " };
    let waits = kind.waits.iter().map(|code| called(code, w.lang)).collect::<Vec<_>>().join(between);
    let (state, said) = match (kind.complete, skipped, waits.is_empty()) {
        (_, true, _) => ("skipped", c.skipped.to_owned()),
        (true, ..) => ("complete", c.complete.to_owned()),
        (false, _, false) => ("waits", (c.waits)(&waits)),
        (false, _, true) => {
            (if rejected { "rejected" } else { "open" }, if rejected { word("reject", w.lang) } else { c.waits_nobody.to_owned() })
        }
    };
    let many = (kind.count > 1).then(|| view! { <span class="tag">{(c.of)(done, kind.count)}</span> });
    let decided = kind.decided.iter().map(|one| decided(one, w)).collect_view();
    let posts = kind.posts.join(between);
    view! {
        <li class="kind" data-state=state>
            <h3>{called(&kind.code, w.lang)}" "{many}</h3>
            <p class="small">{(c.needs)(kind.count, &posts)}</p>
            <p class="state">{said}</p>
            <ul>{decided}</ul>
        </li>
    }
}

fn decided(one: &Decided, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.drafts.case;
    let reason = one.reason.as_ref().map(|reason| view! { <blockquote><bdi>{reason.clone()}</bdi></blockquote> });
    let where_to = if one.deferred { c.kept } else { c.on_its_way };
    let way = one.index.is_none().then(|| view! { " "<span class="tag">{where_to}</span> });
    view! {
        <li data-decision=one.decision.clone()>
            <strong>{word(&one.decision, w.lang)}</strong>" "<bdi>{one.post.clone()}</bdi>{way}
            <p class="small"><bdi>{one.by.clone()}</bdi>" · "{minute(one.when, w.lang)}</p>
            {reason}
        </li>
    }
}

/// Where the post's key signs: the browser's half fills these forms with what it signed and sends it by script.
fn yours(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let c = &w.drafts.case;
    (!view.able.is_empty()).then(|| {
        let forms = view.able.iter().map(|able| sign(able, view, desk, w)).collect_view();
        view! {
            <section class="yours">
                <h2>{c.yours}</h2>
                <p>{c.yours_help}</p>
                <noscript><p class="gone">{c.sign_needs}</p></noscript>
                {forms}
            </section>
        }
    })
}

/// The page's script signs by it; without one it is not shown, and sent by itself it would go nowhere.
fn sign(able: &AbleView, view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.drafts.case;
    let name = |field: &str| format!("{}-{field}", able.code);
    let (decision, reason) = (name("decision"), name("reason"));
    let choices = able.decisions.iter().map(|code| {
        let id = format!("{decision}-{code}");
        view! {
            <li><label for=id.clone()><input type="radio" id=id.clone() name="decision" value=*code/>" "{word(code, w.lang)}</label></li>
        }
    });
    let choices = choices.collect_view();
    view! {
        <form class="form sign" method="post" action=desk.at(&format!("/desk/cases/{}", view.id)) data-sign=format!("/desk/cases/{}/sign", view.id) data-steps=format!("/desk/cases/{}/steps", view.id)
            data-case=view.id.clone() data-code=able.code.clone() data-post=able.post.clone() data-agency=view.agency.id.clone() data-rule=view.rule_leaf.clone()
            data-core=view.core.clone() data-with-script hidden>
            <input type="hidden" name="post" value=able.post.clone()/>
            <h3>{called(&able.code, w.lang)}</h3>
            <p><bdi>{(c.yours_as)(&able.post_name)}</bdi></p>
            <fieldset>
                <legend>{c.decide}</legend>
                <ul class="checks">{choices}</ul>
            </fieldset>
            <div class="field">
                <label for=reason.clone()>{c.reason_label}</label>
                <p class="help">{c.reason_help}</p>
                <textarea id=reason name="reason" rows="3" maxlength="1200"></textarea>
            </div>
            <label class="choice"><input type="checkbox" name="public" value="1"/><span>{c.reason_public}</span></label>
            <p class="said" role="status" data-said=""></p>
            <button>{c.sign}</button>
        </form>
        {elsewhere(desk, (&view.id, &able.code), view.refused.is_some(), w)}
    }
}

fn ways(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let c = &w.drafts.case;
    let at = |what: &str| desk.at(&format!("/desk/cases/{}/{what}", view.id));
    let release = view.may_release.then(|| {
        let own = view.releases_own.then(|| view! { <p class="quiet">{c.release_own}</p> });
        view! {
            <form method="post" action=at("release")>{own}{token(desk)}<button>{c.release}</button><p class="small">{c.release_help}</p></form>
        }
    });
    let withdraw = view.may_withdraw.then(|| {
        let (button, help) = if view.writes { (c.withdraw, c.withdraw_help) } else { (c.call_back, c.call_back_help) };
        view! {
            <form method="post" action=at("withdraw")>{token(desk)}<button class="quiet">{button}</button><p class="small">{help}</p></form>
        }
    });
    let faulty = !view.faults.is_empty();
    let timing = view.timing.as_ref().map(|typed| {
        view! {
            <details open=faulty>
                <summary>{c.due_change}</summary>
                <form class="form" method="post" action=at("due")>
                    {token(desk)}
                    {when(desk, (w.drafts.submit.when, c.due_help), typed, &view.faults, w)}
                    <button>{c.due_set}</button>
                </form>
            </details>
        }
    });
    let some = release.is_some() || withdraw.is_some() || timing.is_some();
    some.then(|| view! { <section class="acts">{release}{timing}{withdraw}</section> })
}

/// An entry that is spoken of, by its number, with its title.
fn entry(target: &crate::view::EntryRef, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let number = view! {
        <a href=desk.at(&target.path())>
            <bdi data-field="entry" data-value=target.index.to_string()>{codes::entry(w.lang, target.index)}</bdi>
        </a>
    };
    view! { {number}" "<bdi>{target.title.clone()}</bdi> }
}

/// Why something is replaced, changed or removed, as the browser reads it back.
fn ground(code: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let called = codes::ground(w.lang, code).unwrap_or(code).to_owned();
    view! { <bdi data-field="ground" data-value=code.to_owned()>{called}</bdi> }
}

fn frozen(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> AnyView {
    let (d, c) = (&w.drafts, &w.drafts.case);
    let entry = |target: &crate::view::EntryRef| entry(target, desk, w);
    let row = |label: &'static str, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    let ground = |code: &str| ground(code, w);
    match &view.text {
        FrozenText::Gone => {
            let said = if view.state == CaseState::Withdrawn { c.withdrawn } else { c.gone };
            view! { <p class="quiet">{said}</p> }.into_any()
        }
        FrozenText::Disclosure(frozen) => disclosure(frozen, view, desk, w).into_any(),
        FrozenText::Status { change, target, effective, ground: code, by } => {
            let becomes = codes::becomes(w.lang, change).map_or(change.as_str(), |becomes| becomes.tag).to_owned();
            let becomes = view! { <bdi data-field="kind" data-value=change.clone()>{becomes}</bdi> };
            let since = effective
                .as_deref()
                .map(|day| row((d.editor.field)("effective"), crate::pages::pieces::stated(day, Some("effective"), w.lang).into_any()));
            view! {
                <dl class="facts">
                    {row(d.editor.target, entry(target).into_any())}
                    {row((d.editor.field)("change"), becomes.into_any())}
                    {since}
                    {row((d.editor.field)("ground"), ground(code).into_any())}
                    {by.as_ref().map(|by| row((d.editor.field)("by"), entry(by).into_any()))}
                </dl>
            }
            .into_any()
        }
        FrozenText::Redaction { target, parts, ground: code } => {
            let parts = parts.iter().map(|(commitment, name)| {
                view! { <li><bdi>{name.clone()}</bdi>" "<code data-field="parts">{commitment.clone()}</code></li> }
            });
            let parts = parts.collect_view();
            view! {
                <dl class="facts">
                    {row(d.editor.target, entry(target).into_any())}
                    {row(c.parts, view! { <ul>{parts}</ul> }.into_any())}
                    {row((d.editor.field)("ground"), ground(code).into_any())}
                </dl>
            }
            .into_any()
        }
    }
}

/// Drawn by what draws it for readers.
fn disclosure(frozen: &FrozenDisclosure, view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let public = crate::words::of(w.lang);
    let shell = desk.shell();
    let shown = DisclosureView::unpublished(frozen.item.clone(), frozen.catalogue.clone());
    let title = match &frozen.item.title {
        Title::Text(title) => text::marked(title, public).into_owned(),
        _ => String::new(),
    };
    let number = frozen.item.document_number.as_ref().map(|number| {
        view! { <p class="docnum"><bdi data-field="document_number" inner_html=text::marked(number, public).into_owned()></bdi></p> }
    });
    // In a section of its own with nothing else in it: the browser holds all of it to the bytes that are signed.
    let shown_text = |lang: &str, heading: Option<String>, text: &FrozenProse| {
        let written = (!text.formatted).then(|| view! { <p class="quiet">{w.drafts.editor.written}</p> });
        view! {
            {written}
            <section class="body">
                {heading.map(|heading| view! { <h2>{heading}</h2> })}
                <div class="prose" lang=lang.to_owned() dir="auto" data-part=text.commitment.clone() inner_html=text.html.clone()></div>
            </section>
        }
    };
    let body = frozen.body.as_ref().map(|text| shown_text(&frozen.item.language, None, text));
    let translations = frozen.translations.iter().map(|(lang, text)| {
        let heading = format!("{} · {}", public.document.translation, codes::language(w.lang, lang).unwrap_or(lang));
        shown_text(lang, Some(heading), text)
    });
    let parts = frozen.parts.iter().map(|part| {
        let at = desk.at(&format!("/desk/cases/{}/parts/{}", view.id, part.commitment));
        view! {
            <li data-part=part.commitment.clone()>
                <a href=at><bdi data-field="parts" inner_html=text::marked(&part.name, public).into_owned()></bdi></a>" "
                <span class="small">{part.media.clone()}" · "{(public.document.size)(part.size)}</span>
            </li>
        }
    });
    let parts = (!frozen.parts.is_empty()).then(|| {
        view! { <section class="parts"><h2>{w.drafts.case.files}</h2><ul class="work">{parts.collect_view()}</ul></section> }
    });
    // Each in one element, as the browser reads it back: the post's id, and a name.
    let holders = frozen.holders.iter().map(|(post, name)| {
        let both = format!("{post} {name}");
        view! { <li><bdi data-field="holder" inner_html=text::marked(&both, public).into_owned()></bdi></li> }
    });
    let holders = (!frozen.holders.is_empty()).then(|| {
        let c = &w.drafts.case;
        view! { <section><h2>{c.holders}</h2><p class="small">{c.holders_help}</p><ul class="work">{holders.collect_view()}</ul></section> }
    });
    let revises = frozen.revises.as_ref().map(|target| {
        view! { <p class="about"><strong>{w.drafts.case.revises}</strong>" "{entry(target, desk, w)}</p> }
    });
    let why = frozen.ground.as_deref().map(|code| {
        view! { <p class="about"><strong>{(w.drafts.editor.field)("ground")}</strong>" "{ground(code, w)}</p> }
    });
    // Borrowed by what draws it, which is done before it goes.
    let catalogue = catalogue::catalogue(&shown, &shell, public).into_view().to_html();
    view! {
        <article class="sheet frozen">
            <header class="head">
                <h1><bdi data-field="title" lang=frozen.item.language.clone() inner_html=title></bdi></h1>
                {number}
            </header>
            <div class="rest">
                {revises}
                {why}
                <div inner_html=catalogue></div>
                {body}
                {translations.collect_view()}
                {parts}
                {holders}
            </div>
        </article>
    }
}
