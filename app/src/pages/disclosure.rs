//! One disclosure: catalogue, text, parts, versions, and beside it what can be checked.

use super::approval::approval;
use super::cord::{copied, plain_title, title};
use super::shell::{Page, Section, document, without_script};
use super::{catalogue, margin, pieces, text};
use crate::dates;
use crate::view::{Body, Change, DisclosureView, Item, Notice, Part, PartRole, Shell, Standing, Title};
use crate::words::Words;
use leptos::prelude::*;

pub fn disclosure(shell: &Shell<'_>, view: &DisclosureView) -> String {
    let w = crate::words::of(shell.lang);
    let mut page = Page::new(Section::None, "document", plain_title(&view.item, w));
    page.description = view.catalogue.as_ref().and_then(|c| c.summary.as_deref()).map(Into::into);
    document(shell, page, |w| {
        let item = &view.item;
        view! {
            <article class="sheet">
                <header class="head">
                    {notices(view, shell, w)}
                    {without_script(shell, w)}
                    {issuer(item, shell, w)}
                    <h1>{title(item, w)}</h1>
                    {translated_title(view, w)}
                    {docnum(item, w)}
                    {copied(item, w)}
                    {replaces(view, shell, w)}
                </header>
                {margin::disclosure(view, shell, w)}
                <div class="rest">
                    {catalogue::catalogue(view, shell, w)}
                    {body(view, shell, w)}
                    {translation(view, w)}
                    {parts(view, PartRole::Attachment, w.document.attachments, w)}
                    {parts(view, PartRole::Translation, w.document.translations, w)}
                    {versions(view, shell, w)}
                    {approval(view.approval.as_ref(), shell, w)}
                    {margin::checks(item.index, &sealed_parts(view, w), w)}
                    {raw(view, w)}
                </div>
                {margin::on_paper(item.index, &view.leaf, shell, w)}
            </article>
        }
    })
}

fn issuer<'a>(item: &'a Item, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<'a> {
    let name = match (&item.stated_agency, &item.agency) {
        (Some(stated), _) => {
            Some(view! { <bdi data-field="stated_agency" inner_html=text::marked(stated, w).into_owned()></bdi> }.into_any())
        }
        (None, Some(agency)) => Some(pieces::agency_link(agency, shell, w).into_any()),
        (None, None) => None,
    };
    view! { <p class="issuer">{name}</p> }
}

fn docnum<'a>(item: &'a Item, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let number = item.document_number.as_ref()?;
    Some(view! {
        <p class="docnum" lang=item.language.as_str()><bdi data-field="document_number" inner_html=text::marked(number, w).into_owned()></bdi></p>
    })
}

/// Which version this one took the place of, and why.
fn replaces<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let place = view.versions.iter().position(|version| version.index == view.item.index)?;
    let (this, before) = (view.versions.get(place)?, view.versions.get(place.checked_sub(1)?)?);
    Some(view! {
        <p class="replaces">
            <span>
                {(w.site.label)(w.document.replaces)}
                <a href=shell.at(&format!("/disclosures/{}", before.index))>{(w.item.version)(before.number)}</a>
            </span>" "
            {this.ground.as_deref().map(|code| why(code, w))}
        </p>
    })
}

/// Why a version took the place of another.
fn why(code: &str, w: &'static Words) -> impl IntoView + use<> {
    // The ground alone: what stands in such a place is a fact that is checked, and no other words.
    view! { <span class="because">{(w.site.label)(w.document.ground)}<span class="why">{pieces::ground(code, w)}</span></span> }
}

/// What a reader must know before relying on the text.
fn notices<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let newest = view.versions.last().filter(|newest| newest.index != view.item.index);
    let superseded = newest.map(|newest| {
        view! {
            <div class="notice severe" role="note">
                <p>
                    <strong>{(w.document.notice)(Change::Became(Standing::Superseded))}</strong>" "
                    <a href=shell.at(&format!("/disclosures/{}", newest.index))>{w.document.superseded}</a>
                </p>
            </div>
        }
    });
    view! {
        {superseded}
        {view.notices.iter().map(|one| notice(one, shell, w)).collect::<Vec<_>>()}
    }
}

fn notice<'a>(notice: &'a Notice, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let class = match notice.change {
        Change::Became(standing) if standing.ended() && notice.of.is_none() => "notice severe",
        _ => "notice",
    };
    let since = notice.effective.as_ref().map(|day| {
        let time = format!(
            r#"<time datetime="{}" data-field="effective">{}</time>"#,
            text::escape(day),
            text::marked(&dates::day(shell.lang, day), w)
        );
        pieces::filled(&(w.document.since)(pieces::BLANKS[0]), [&time, ""], w)
    });
    let by = notice.by.as_ref().map(|by| {
        view! { <span>{(w.site.label)(w.document.by)}{pieces::entry_link(by, shell, w)}</span> }
    });
    let ground = notice.ground.as_ref().map(|code| view! { <span>{(w.site.label)(w.document.ground)}{pieces::ground(code, w)}</span> });
    let stated_by = notice.stated_by.as_ref().map(|agency| {
        let sentence = (w.document.stated_by)(pieces::BLANKS[0]);
        view! { <span inner_html=pieces::filled(&sentence, [&pieces::agency_name(agency, w), ""], w)></span> }
    });
    // On the version that brought it about: what became of the other one.
    let said = match (&notice.of, notice.change) {
        (Some(of), Change::Became(standing)) => {
            pieces::filled(&(w.item.became)(standing, pieces::BLANKS[0]), [&pieces::titled(of, w), ""], w)
        }
        (Some(of), Change::Reinstated) => pieces::filled(&(w.item.reinstated)(pieces::BLANKS[0]), [&pieces::titled(of, w), ""], w),
        _ => (w.document.notice)(notice.change).to_owned(),
    };
    let by_this = notice.of.as_ref().map(|of| {
        view! { <span>{w.document.by_this}" "<a href=shell.at(&of.path())>{(w.item.entry)(of.index)}</a></span> }
    });
    let field = if notice.change == Change::Redacted { "type" } else { "kind" };
    view! {
        <div class=class role="note" data-index=notice.index data-check="unchecked">
            <p>
                <strong data-field=field data-value=notice.change.code() inner_html=said></strong>
                {since.map(|since| view! { " "<span inner_html=since></span> })}
            </p>
            <p class="verdict"></p>
            <p class="more">
                {by_this}{by}{ground}{stated_by}
                <a href=shell.at(&format!("/entries/{}", notice.index))>{w.document.see_statement}</a>
            </p>
        </div>
    }
}

fn body<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let lang = view.item.language.as_str();
    let inner = match &view.body {
        Body::Html(html) | Body::Written(html) => {
            let part = view.body_commitment.as_deref();
            view! { <div class="prose" lang=lang dir="auto" data-part=part inner_html=html.as_str()></div> }.into_any()
        }
        Body::Removed(by) => view! {
            <p class="gone">
                {w.document.removed}" "
                <a href=shell.at(&format!("/entries/{by}"))>{w.document.removed_see}</a>
            </p>
        }
        .into_any(),
        Body::RemovedAhead => view! { <p class="gone">{w.document.removed}" "{w.document.removed_ahead}</p> }.into_any(),
        Body::Missing => view! { <p class="gone missing">{w.document.missing}</p> }.into_any(),
        Body::File => view! { <p class="quiet">{w.document.file}</p> }.into_any(),
        Body::None => view! { <p class="quiet">{w.document.none}</p> }.into_any(),
    };
    view! {
        {written(matches!(view.body, Body::Written(_)), w)}
        <section class="body" aria-labelledby="text">
            <h2 id="text" class="visually-hidden">{w.document.text}</h2>
            {inner}
        </section>
    }
}

/// Said before a text that is not shown with its formatting, and outside of its section, in which nothing but the text stands.
fn written(is: bool, w: &'static Words) -> Option<impl IntoView> {
    is.then(|| view! { <p class="quiet">{w.document.written}</p> })
}

/// The text in the reader's language, where the document is in another and has one.
fn translation<'a>(view: &'a DisclosureView, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let given = view.translation.as_ref()?;
    Some(view! {
        {written(!given.formatted, w)}
        <section class="body" aria-labelledby="translation">
            <h2 id="translation">{w.document.translation}</h2>
            <div class="prose" lang=given.language.as_str() dir="auto" data-part=given.commitment.as_str() inner_html=given.html.as_str()></div>
        </section>
    })
}

fn translated_title<'a>(view: &'a DisclosureView, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let given = view.translation.as_ref()?;
    let name = view.parts.iter().find(|part| part.commitment == given.commitment)?.name.as_deref()?;
    Some(view! {
        <p class="translated">
            <bdi lang=given.language.as_str() data-field=given.commitment.as_str() inner_html=text::marked(name, w).into_owned()></bdi>" "
            <a href="#translation">{w.document.translation_see}</a>
        </p>
    })
}

fn parts<'a>(view: &'a DisclosureView, role: PartRole, heading: &'static str, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let of_role = |part: &&Part| match role {
        PartRole::Attachment => match part.role {
            PartRole::Translation => false,
            // Its names stand beside the steps; that they were removed is said here.
            PartRole::Holders => part.removed.is_some(),
            _ => true,
        },
        role => part.role == role,
    };
    let list: Vec<_> = view.parts.iter().filter(of_role).map(|one| part(one, w)).collect();
    (!list.is_empty()).then(|| {
        view! {
            <section class="parts">
                <h2>{heading}</h2>
                <ul>{list}</ul>
            </section>
        }
    })
}

fn part<'a>(part: &'a Part, w: &'static Words) -> impl IntoView + use<'a> {
    let fallback = match part.role {
        PartRole::Body => w.document.body_file,
        _ => w.document.attachment,
    };
    let given = part.name.as_deref().filter(|name| !name.is_empty());
    let name = text::marked(given.unwrap_or(fallback), w).into_owned();
    let field = given.map(|_| "parts");
    let lang = part.language.as_deref();
    let named = match part.removed {
        None => view! {
            <a href=format!("/content/{}", part.commitment) hreflang=lang>
                <bdi data-field=field inner_html=name></bdi>
            </a>
        }
        .into_any(),
        Some(_) => {
            view! { <span class="gone"><bdi data-field=field inner_html=name></bdi>" · "{w.document.part_removed}</span> }.into_any()
        }
    };
    view! {
        <li data-part=part.commitment.as_str()>
            {named}
            <span class="kind">
                {lang.map(|lang| view! { <span>{catalogue::language(lang, w)}</span> })}
                <span>{text::plain(&part.media).into_owned()}</span>
                <span>{(w.document.size)(part.size)}</span>
                {pieces::hash(&part.commitment)}
            </span>
        </li>
    }
}

fn versions<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let newest = view.versions.last().filter(|_| view.versions.len() > 1)?.index;
    let rows = view.versions.iter().rev().map(|version| {
        let here = version.index == view.item.index;
        let label = (w.item.version)(version.number);
        view! {
            <tr aria-current=here.then_some("true") data-index=version.index data-check="unchecked">
                <th scope="row">
                    <a href=shell.at(&format!("/disclosures/{}", version.index))>{label}</a>
                    {here.then(|| view! { <span class="tag">{w.document.this_version}</span> })}
                    {(version.index == newest).then(|| view! { <span class="tag">{w.document.newest_version}</span> })}
                    {version.ground.as_deref().map(|code| why(code, w))}
                </th>
                <td class="for-stated">{version.stated.as_deref().map(|day| pieces::stated(day, Some("stated"), shell.lang))}</td>
                <td class="for-logged">{pieces::moment_or_none(version.logged, shell.lang, w)}</td>
            </tr>
        }
    });
    Some(view! {
        <section class="versions">
            <h2>{w.document.versions}</h2>
            <table>
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">{w.document.versions}</span></th>
                        <th scope="col" class="for-stated">{w.item.stated}</th>
                        <th scope="col" class="for-logged">{w.item.logged}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </section>
    })
}

/// What each part of a disclosure is, and its commitment. Removed ones are not served.
fn sealed_parts<'a>(view: &'a DisclosureView, w: &'static Words) -> Vec<(&'static str, &'a str)> {
    let catalogue = view.catalogue_commitment.as_deref().filter(|_| view.item.title != Title::Removed);
    let body = view.body_commitment.as_deref().filter(|_| !matches!(view.body, Body::Removed(_) | Body::RemovedAhead));
    let others = view.parts.iter().filter(|part| part.removed.is_none()).map(|part| {
        let what = match part.role {
            PartRole::Translation => w.document.raw_translation,
            PartRole::Holders => w.document.raw_holders,
            _ => w.document.attachment,
        };
        (what, part.commitment.as_str())
    });
    let own = [(w.document.raw_catalogue, catalogue), (w.document.raw_body, body)];
    own.into_iter().filter_map(|(what, at)| Some((what, at?))).chain(others).collect()
}

/// The public addresses of everything the checks use.
fn raw<'a>(view: &'a DisclosureView, w: &'static Words) -> impl IntoView + use<'a> {
    let with_salt = |label: &'static str, commitment: &'a str| {
        view! {
            <li>
                <a href=format!("/content/{commitment}")>{label}</a>" · "
                <a href=format!("/content/{commitment}.salt")>{w.document.raw_salt}</a>
            </li>
        }
    };
    view! {
        <section class="raw">
            <h2>{w.document.raw}</h2>
            {margin::raw_entry(view.item.index, w)}
            <ul>
                {view.catalogue_commitment.as_deref().map(|at| with_salt(w.document.raw_catalogue, at))}
                {view.body_commitment.as_deref().map(|at| with_salt(w.document.raw_body, at))}
            </ul>
            {margin::fingerprints(&view.leaf, &view.previous, w)}
        </section>
    }
}
