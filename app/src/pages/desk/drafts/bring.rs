//! Bringing a table or a folder: the form, and row by row what would become of it.

use super::super::form::token;
use super::super::frame::{Page, document, minute};
use super::personal;
use crate::codes;
use crate::view::desk::{BringView, BroughtRowView, BroughtView, Desk, Room, SameView, ToldView};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Characters of a text that are shown of each.
const SHOWN: usize = 600;

pub fn bring(desk: &Desk<'_>, view: &BringView) -> String {
    let title = crate::words::desk::of(desk.lang).bringing.title;
    document(desk, Page { faulty: view.fault.is_some(), ..Page::new(Room::Drafts, "bring", title) }, |w| {
        let b = &w.bringing;
        let fault = view.fault.as_ref().map(|fault| {
            view! {
                <div class="faults" role="alert"><h2>{b.not_taken}</h2><ul><li><a href="#files">{(b.fault)(fault)}</a></li></ul></div>
            }
        });
        let waiting = view.waiting.as_ref().map(|id| {
            view! {
                <p class="note waiting">{b.waiting}" "<a href=desk.at(&format!("/desk/bring/{id}"))>{b.waiting_see}</a></p>
            }
        });
        let agencies = view.agencies.iter().map(|agency| {
            view! { <option value=agency.id.clone() selected=agency.id == view.chosen>{agency.name.clone()}</option> }
        });
        let columns = view.columns.iter().map(|(heading, help)| {
            view! { <tr><th scope="row">{heading.clone()}</th><td>{*help}</td></tr> }
        });
        let faulty = view.fault.is_some();
        view! {
            {fault}
            <p class="back"><a href=desk.at("/desk/drafts")>{b.back}</a></p>
            <div class="lead"><h1>{b.title}</h1><p>{b.lead}</p></div>
            {waiting}
            <dl class="ways-in">
                <div><dt>{b.table}</dt><dd>{b.table_means}</dd></div>
                <div><dt>{b.folder}</dt><dd>{b.folder_means}</dd></div>
            </dl>
            <form class="form bring" method="post" action=desk.at("/desk/bring") enctype="multipart/form-data">
                {token(desk)}
                <div class="field">
                    <label for="agency">{w.drafts.begin_for}</label>
                    <select id="agency" name="agency">{agencies.collect_view()}</select>
                </div>
                <div class="field" class:faulty=faulty>
                    <label for="files">{b.files}</label>
                    <p class="help" id="files-help">{b.files_help}</p>
                    <input id="files" name="file" type="file" multiple aria-describedby="files-help limits" aria-invalid=faulty.then_some("true")/>
                </div>
                <div class="field">
                    <label for="folder">{b.whole_folder}</label>
                    <p class="help" id="folder-help">{b.whole_folder_help}</p>
                    <input id="folder" name="file" type="file" webkitdirectory multiple aria-describedby="folder-help limits"/>
                </div>
                <p class="small" id="limits">{b.limits}</p>
                <button>{b.button}</button>
            </form>
            <section>
                <h2>{b.columns}</h2>
                <p><a href=desk.at("/desk/bring/model.csv") download="">{b.model}</a></p>
                <p class="help">{b.model_help}</p>
                <details>
                    <summary>{b.columns}</summary>
                    <p class="help">{b.columns_help}</p>
                    <table class="headings">
                        <thead><tr><th scope="col">{b.column}</th><th scope="col">{b.stands}</th></tr></thead>
                        <tbody>{columns.collect_view()}</tbody>
                    </table>
                </details>
            </section>
        }
    })
}

pub fn brought(desk: &Desk<'_>, view: &BroughtView) -> String {
    let title = crate::words::desk::of(desk.lang).bringing.preview;
    document(desk, Page::new(Room::Drafts, "brought", title), |w| {
        let b = &w.bringing;
        let count = |which: &dyn Fn(&&BroughtRowView) -> bool| view.rows.iter().filter(which).count();
        let good = count(&|row| row.sound);
        let (bad, same) = (view.rows.len() - good, count(&|row| row.same.is_some() && row.sound));
        let open = count(&|row| row.sound && row.draft.is_none());
        let between = if w.lang == crate::Lang::Zh { "、" } else { ", " };
        let unknown = (!view.unknown.is_empty()).then(|| view! { <p class="note">{(b.unknown)(&view.unknown.join(between))}</p> });
        let left_out = view.left_out.iter().map(|(name, why)| {
            view! { <li><bdi class="number">{name.clone()}</bdi>" "<span class="small">{(b.skipped)(why)}</span></li> }
        });
        let left_out = (!view.left_out.is_empty()).then(|| {
            view! { <details class="left-out"><summary>{format!("{} ({})", b.left_out, view.left_out.len())}</summary><ul>{left_out.collect_view()}</ul></details> }
        });
        let made = view.just_made.filter(|made| *made > 0).map(|made| view! { <p class="done" role="status">{(b.just_made)(made)}</p> });
        let none = view.none_chosen.then(|| view! { <p class="note" role="status">{b.none_chosen}</p> });
        let rows = view.rows.iter().map(|one| row(one, view, desk, w)).collect_view();
        let make = (open > 0).then(|| {
            view! { <button name="do" value="make">{b.make}</button><p class="small">{b.make_help}</p> }
        });
        view! {
            {made}
            {none}
            <p class="back"><a href=desk.at("/desk/drafts")>{b.back}</a></p>
            <div class="lead">
                <h1>{b.preview}</h1>
                <p>{(b.preview_lead)(&view.agency.name, &minute(view.until, w.lang))}</p>
                <p>
                    <strong>{(b.counts)(view.rows.len(), good)}</strong>
                    {(bad > 0).then(|| format!(" {}", (b.counts_bad)(bad)))}
                    {(same > 0).then(|| format!(" {}", (b.counts_same)(same)))}
                </p>
            </div>
            {unknown}
            {left_out}
            <form class="brought" method="post" action=desk.at(&format!("/desk/bring/{}", view.id))>
                {token(desk)}
                <ol class="work">{rows}</ol>
                <div class="acts-of">
                    {make}
                    <button name="do" value="discard" class="quiet grave">{b.discard}</button><p class="small">{b.discard_help}</p>
                </div>
            </form>
            <p><a href=desk.at("/desk/bring")>{b.another}</a></p>
        }
    })
}

fn row(row: &BroughtRowView, view: &BroughtView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let (b, d) = (&w.bringing, &w.drafts);
    let of = |field: &str| row.typed.of(field).to_owned();
    let title = match of("title") {
        title if title.is_empty() => d.untitled.to_owned(),
        title => title,
    };
    let id = format!("row-{}", row.number);
    let may = row.sound && row.draft.is_none();
    let chosen = may && row.same.is_none();
    let state = match (&row.draft, row.sound, &row.same) {
        (Some(_), ..) => "made",
        (_, false, _) => "bad",
        (.., Some(_)) => "same",
        _ => "good",
    };
    let genre = codes::genre(w.lang, row.typed.of("genre")).unwrap_or(row.typed.of("genre")).to_owned();
    let place = if view.table.is_some() { (b.line)(&row.place) } else { (b.from_file)(&row.place) };
    let facts = [place, genre, (d.editor.language)(row.typed.of("language")).to_owned(), of("document_number"), of("issued")];
    let facts = facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ");
    let told = |stops: bool| {
        let lines = row.told.iter().filter(|told| told.stops == stops).map(|one| told_line(one, w)).collect::<Vec<_>>();
        (!lines.is_empty()).then(|| {
            let (heading, class) = if stops { (b.wrong, "told wrong") } else { (b.lacks, "told") };
            view! { <div class=class><p class="small"><strong>{heading}</strong></p><ul>{lines}</ul></div> }
        })
    };
    let same = row.same.as_ref().filter(|_| row.draft.is_none()).map(|same| match same {
        SameView::Draft { id, title } => view! {
            <p class="small twin">{b.same_draft}" "<a href=desk.at(&format!("/desk/drafts/{id}"))><bdi>{title.clone()}</bdi></a></p>
        }
        .into_any(),
        SameView::Row(place) => view! { <p class="small twin">{(b.same_row)(place, view.table.is_some())}</p> }.into_any(),
    });
    let told_of = |heading: &'static str, lines: AnyView| {
        view! { <div class="told personal"><p class="small"><strong>{heading}</strong></p>{lines}</div> }
    };
    let personal = personal::found(&row.personal, w).map(|lines| told_of(b.personal, lines.into_any()));
    let unread = personal::unread(&row.personal, w).map(|lines| told_of(d.submit.unread, lines.into_any()));
    let head = match &row.draft {
        Some(draft) => view! {
            <p class="head"><a href=desk.at(&format!("/desk/drafts/{draft}"))><bdi>{title.clone()}</bdi></a>" "<span class="tag">{b.made}</span></p>
        }
        .into_any(),
        None if may => view! {
            <p class="head choice"><input type="checkbox" id=id.clone() name="row" value=row.number.to_string() checked=chosen/>
            <label for=id.clone()><bdi>{title.clone()}</bdi></label></p>
        }
        .into_any(),
        None => view! { <p class="head"><strong><bdi>{title.clone()}</bdi></strong>" "<span class="tag grave">{b.cannot}</span></p> }.into_any(),
    };
    view! {
        <li data-state=state>
            {head}
            <p class="small">{facts}</p>
            {told(true)}
            {same}
            {personal}
            {unread}
            {told(false)}
            <details><summary>{b.would_be}</summary>{would_be(row, w)}</details>
        </li>
    }
}

fn told_line(told: &ToldView, w: &'static DeskWords) -> impl IntoView + use<> {
    let field = match told.field.as_str() {
        "" => None,
        "files" => Some(w.drafts.editor.files),
        field => Some((w.drafts.editor.field)(field)),
    };
    let said = (w.bringing.told)(&told.what, &told.said);
    let between = if w.lang == crate::Lang::Zh { "：" } else { " " };
    view! { <li>{field.map(|field| view! { <strong>{field}</strong>{between} })}{said}</li> }
}

/// All fields that say something, the text's beginning, and the files.
fn would_be(row: &BroughtRowView, w: &'static DeskWords) -> impl IntoView + use<> {
    let (b, e) = (&w.bringing, &w.drafts.editor);
    let fields = [
        "document_number",
        "index_number",
        "issued",
        "published",
        "effective",
        "expires",
        "theme",
        "issuing_agencies",
        "joint_agencies",
        "basis",
        "summary",
        "keywords",
        "region",
        "subjects",
        "source",
    ];
    let between = if w.lang == crate::Lang::Zh { "；" } else { "; " };
    let facts = fields.into_iter().filter(|field| !row.typed.of(field).is_empty()).map(|field| {
        let value = row.typed.of(field).lines().collect::<Vec<_>>().join(between);
        view! { <div><dt>{(e.field)(field)}</dt><dd><bdi>{value}</bdi></dd></div> }
    });
    let text = |body: &str| {
        let shown: String = body.chars().take(SHOWN).collect();
        let more = body.chars().count().saturating_sub(SHOWN);
        view! { <pre class="theirs">{shown}{(more > 0).then(|| view! { <span class="small">{(b.more_text)(more)}</span> })}</pre> }
    };
    let body = match row.typed.of("body") {
        "" => view! { <p class="quiet">{b.no_text}</p> }.into_any(),
        body => text(body).into_any(),
    };
    let translations = row.translations.iter().map(|one| {
        let heading = format!("{} · {}", (e.language)(&one.language), one.title);
        view! { <h2><bdi>{heading}</bdi></h2>{text(&one.body)} }
    });
    let files = row.files.iter().map(|file| {
        let size = (crate::words::of(w.lang).document.size)(file.size);
        view! { <li><bdi>{file.name.clone()}</bdi>" "<span class="small">{file.media.clone()}" · "{size}</span></li> }
    });
    let files = (!row.files.is_empty()).then(|| view! { <h2>{e.files}</h2><ul>{files.collect_view()}</ul> });
    view! { <dl class="facts">{facts.collect_view()}</dl><h2>{e.text}</h2>{body}{translations.collect_view()}{files} }
}
