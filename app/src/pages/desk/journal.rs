//! The journal: whether it is as it was written, and what it says.

use super::form::token;
use super::frame::{Page, document, minute};
use crate::deeds::Named;
use crate::pages::{
    pieces::{hash, moment},
    text,
};
use crate::view::desk::{Desk, DoerKind, Examined, Found, JournalCause, JournalFault, JournalRow, JournalTrouble, JournalView, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

fn named(of: &Named) -> AnyView {
    match of {
        Named::Words(words) => view! { <span class="quiet">{*words}</span> }.into_any(),
        Named::Person { name, login } => view! { <bdi>{name.clone()}</bdi>" "<code>{login.clone()}</code> }.into_any(),
        Named::Other(id) => view! { <code>{id.clone()}</code> }.into_any(),
    }
}

/// Who did it. The name leads to the account, and what it signs in as to all that it did; so does the id of what has no name.
fn who(desk: &Desk<'_>, row: &JournalRow, w: &'static DeskWords) -> AnyView {
    let all = |id: &str| desk.at(&format!("/desk/journal?who={}", text::query(id)));
    let theirs = w.journal.theirs;
    match (&row.told.who, row.account.as_deref()) {
        (Named::Person { name, login }, Some(id)) => view! {
            <a href=desk.at(&format!("/desk/people/person/{id}"))><bdi>{name.clone()}</bdi></a>" "
            <a href=all(id) title=theirs><code>{login.clone()}</code></a>
        }
        .into_any(),
        (Named::Other(id), _) => view! { <a href=all(id) title=theirs><code>{id.clone()}</code></a> }.into_any(),
        (of, _) => named(of),
    }
}

fn verdict(found: &Found, w: &'static DeskWords) -> (&'static str, String) {
    let j = &w.journal;
    let of = |code: &str| match code {
        "C1" => j.audit.c1,
        "C2" => j.audit.c2,
        "C3" => j.audit.c3,
        "C4" => j.audit.c4,
        "C5" => j.audit.c5,
        "C6" => j.audit.c6,
        _ => j.audit.c7,
    };
    match found {
        Found::Waits => ("pending", j.row_waits.to_owned()),
        Found::Refused => ("fails", j.row_refused.to_owned()),
        Found::Holds => ("unchecked", j.row_holds.to_owned()),
        Found::Erased => ("unchecked", j.row_erased.to_owned()),
        Found::Fails(code) => ("fails", format!("{} {}", j.row_fails, of(code))),
    }
}

fn row(desk: &Desk<'_>, row: &JournalRow, w: &'static DeskWords) -> impl IntoView + use<> {
    let j = &w.journal;
    let (state, said) = verdict(&row.found, w);
    let details = row.told.details.iter().map(|(name, value)| {
        view! { <div><dt>{name.clone()}</dt><dd><bdi>{value.clone()}</bdi></dd></div> }
    });
    let details = details.collect_view();
    let about = row.told.about.as_ref().map(|about| view! { " "<span class="about">{named(about)}</span> });
    let eight = row.index.map(|_| {
        view! { <details class="eight" data-eight hidden><summary>{j.checks}</summary><dl></dl></details> }
    });
    view! {
        <li data-row data-index=row.index.map(|index| index.to_string()) data-check=state>
            <span class="number">{row.number}</span>
            <span class="at">{moment(row.at, w.lang)}</span>
            <div class="told" data-told>
                <span class="person">{who(desk, row, w)}</span>
                <div class="deed">
                    <strong>{row.told.what.clone()}</strong>{about}
                    <dl>{details}</dl>
                </div>
            </div>
            <div class="found">
                <p class="verdict">{said}</p>
                {eight}
            </div>
        </li>
    }
}

fn examined(found: Option<&Examined>, w: &'static DeskWords) -> AnyView {
    let j = &w.journal;
    let Some(Examined { at, entries, rows, fault }) = found else {
        return view! { <p class="small">{j.not_examined}</p> }.into_any();
    };
    let said = match fault {
        None => return view! { <p class="done">{(j.holds)(*entries, *rows, &minute(*at, w.lang))}</p> }.into_any(),
        Some(JournalFault::Log { at, why }) => (j.broken)(at, why),
        Some(JournalFault::Gap(row)) => (j.gap)(*row),
        Some(JournalFault::Twice(row)) => (j.twice)(*row),
        Some(JournalFault::Waiting(row)) => (j.changed)(*row),
        Some(JournalFault::Place(row)) => (j.moved)(*row),
    };
    view! { <div class="faults" role="alert"><h2>{j.broken_title}</h2><p>{said}</p></div> }.into_any()
}

/// Why the journal is not written, what to do, and what the program says of it.
fn trouble(found: Option<&JournalTrouble>, title: &'static str, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let j = &w.journal;
    let JournalTrouble { cause, said } = found?;
    let why = match cause {
        JournalCause::Row(row) => (j.refused)(*row),
        JournalCause::Clock => j.clock.to_owned(),
        JournalCause::Key => j.key.to_owned(),
        JournalCause::Store => j.unwritten.to_owned(),
    };
    Some(view! {
        <div class="faults" role="alert" data-trouble>
            <h2>{title}</h2>
            <p>{why}</p>
            <p class="small">{j.server_says}" "<code lang="en">{said.clone()}</code></p>
        </div>
    })
}

/// Accounts, programs, and accounts that have ended, each under its title.
fn doers(view: &JournalView, w: &'static DeskWords) -> impl IntoView + use<> {
    let j = &w.journal;
    let option = |id: &str, said: String| {
        let selected = id == view.who;
        view! { <option value=id.to_owned() selected=selected>{said}</option> }
    };
    let groups = [(DoerKind::Account, j.accounts), (DoerKind::Program, j.programs), (DoerKind::Ended, j.ended)];
    let groups = groups.into_iter().filter_map(|(kind, title)| {
        let some = view.doers.iter().filter(|doer| doer.kind == kind);
        let some: Vec<_> = some.map(|doer| option(&doer.id, format!("{} · {}", doer.name, doer.at))).collect();
        (!some.is_empty()).then(|| view! { <optgroup label=title>{some}</optgroup> })
    });
    let groups = groups.collect_view();
    // One that nobody knows was asked for by its address.
    let known = view.who.is_empty() || view.doers.iter().any(|doer| doer.id == view.who);
    let strange = (!known).then(|| option(&view.who, view.who.clone()));
    view! { {groups}{strange} }
}

/// What there is to know of rows that no person can be asked for any more.
fn unknown(view: &JournalView, w: &'static DeskWords) -> impl IntoView + use<> {
    let j = &w.journal;
    let of_person = !view.who.is_empty();
    let unknown = (of_person && view.unknown > 0).then(|| view! { <p class="small">{(j.unknown)(view.unknown)}</p> });
    let past = view.days.filter(|days| of_person && *days > 0).map(|days| view! { <p class="small">{(j.past)(days)}</p> });
    view! { {unknown}{past} }
}

/// By what was done, by who did it, and by the day.
fn seek(desk: &Desk<'_>, view: &JournalView, w: &'static DeskWords) -> impl IntoView + use<> {
    let j = &w.journal;
    let apart = !view.act.is_empty() || !view.who.is_empty();
    let sought = apart || !view.day.is_empty();
    // One that nobody knows was asked for by its address.
    let known = view.act.is_empty() || view.acts.iter().any(|(code, _)| *code == view.act);
    let strange = (!known).then(|| (view.act.clone(), view.act.clone()));
    let acts = view.acts.iter().cloned().chain(strange).map(|(code, said)| {
        let selected = code == view.act;
        view! { <option value=code selected=selected>{said}</option> }
    });
    let acts = acts.collect_view();
    view! {
        <form class="seek" method="get" action=desk.at("/desk/journal")>
            <p class="field">
                <label for="act">{j.act}</label>
                <select id="act" name="act"><option value="">{j.every_act}</option>{acts}</select>
            </p>
            <p class="field">
                <label for="who">{j.who}</label>
                <select id="who" name="who"><option value="">{j.anyone}</option>{doers(view, w)}</select>
            </p>
            <p class="field">
                <label for="day">{j.day}</label>
                <input id="day" name="day" type="date" value=view.day.clone()/>
            </p>
            <button class="quiet">{j.seek}</button>
            {sought.then(|| view! { <a href=desk.at("/desk/journal")>{j.every_row}</a> })}
        </form>
        {apart.then(|| view! { <p class="small">{j.apart}</p> })}
        {unknown(view, w)}
        {(sought && view.rows.is_empty()).then(|| view! { <p class="quiet">{j.none_sought}</p> })}
    }
}

/// Where older rows of what is asked for stand.
fn older(desk: &Desk<'_>, view: &JournalView, before: i64) -> String {
    let asked = [("act", &view.act), ("who", &view.who), ("day", &view.day)].into_iter().filter(|(_, value)| !value.is_empty());
    let asked: String = asked.map(|(name, value)| format!("&{name}={}", text::query(value))).collect();
    desk.at(&format!("/desk/journal?before={before}{asked}"))
}

pub fn journal(desk: &Desk<'_>, view: &JournalView) -> String {
    let title = crate::words::desk::of(desk.lang).journal.title;
    let mut page = Page::new(Room::Journal, "journal", title);
    let logged = view.rows.iter().any(|row| row.index.is_some());
    if logged {
        page.scripts.push(desk.site.assets.journal_js.clone());
    }
    document(desk, page, |w| {
        let j = &w.journal;
        let assets = &desk.site.assets;
        let newest = view.newest.as_ref().map(|(size, root)| view! { <p class="small">{(j.newest)(*size)}" "{hash(root)}</p> });
        let identity = view.identity.as_deref().map(|identity| view! { <p class="small">{j.identity}" "{hash(identity)}</p> });
        let waiting = (view.waiting > 0).then(|| view! { <p class="small" data-waiting>{(j.waiting)(view.waiting)}</p> });
        let behind = view.read_only.then(|| view! { <div class="faults" role="alert"><p>{j.read_only}</p></div> });
        let kept = view.days.map(|days| {
            let said = if days == 0 { j.kept_for_ever.to_owned() } else { (j.kept)(days) };
            view! { <p class="small">{said}</p> }
        });
        let examine = view.days.map(|_| {
            view! {
                <form method="post" action=desk.at("/desk/journal")>
                    {token(desk)}
                    <button class="quiet">{j.examine}</button>
                </form>
            }
        });
        let kit = logged.then(|| {
            view! {
                <div hidden data-journal data-js=assets.signing_js.clone() data-wasm=assets.signing_wasm.clone()
                    data-zone=desk.site.zone.clone() data-words=j.audit.written()></div>
                <div class="faults" role="alert" data-alarm hidden><p>{j.audit.alarm}</p></div>
                <p class="small" data-audit role="status">{j.without_script}</p>
                <p class="small" data-memory></p>
                <p><button type="button" class="quiet" data-whole hidden>{j.audit.whole}</button></p>
                <p class="small" data-walk role="status"></p>
            }
        });
        let rows = view.rows.iter().map(|one| row(desk, one, w)).collect_view();
        let older = view.older.map(|before| {
            view! { <p class="pager"><a href=older(desk, view, before)>{j.older}</a></p> }
        });
        view! {
            <div class="lead">
                <h1>{j.title}</h1>
                <p>{j.lead}</p>
            </div>
            {behind}
            {trouble(view.stuck.as_ref(), w.journal.stuck, w)}
            {trouble(view.overdue.as_ref(), w.journal.overdue, w)}
            {examined(view.examined.as_ref(), w)}
            {waiting}
            {examine}
            {kept}
            {identity}
            {newest}
            {kit}
            {seek(desk, view, w)}
            <ol class="rows journal">{rows}</ol>
            {older}
        }
    })
}
