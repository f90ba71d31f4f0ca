//! A disclosure's catalogue, as officials know it: labels and values in ruled pairs.

use super::{pieces, text};
use crate::codes;
use crate::view::{Catalogue, DisclosureView, Item, Shell, Subject, Title};
use crate::words::Words;
use leptos::prelude::*;

pub(super) fn catalogue<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let c = &w.catalogue;
    let rows = view.catalogue.as_ref().map(|given| fields(given, &view.item, shell, w));
    let gone = match view.item.title {
        Title::Removed => Some(view! { <p class="gone">{w.document.catalogue_removed}</p> }),
        Title::Missing => Some(view! { <p class="gone missing">{w.document.catalogue_missing}</p> }),
        _ => None,
    };
    view! {
        <section class="catalogue" aria-labelledby="catalogue">
            <h2 id="catalogue">{w.document.catalogue}</h2>
            {gone}
            <dl data-part=view.catalogue_commitment.as_deref()>
                {rows}
                {view.item.standing.map(|standing| view! {
                    <div><dt>{c.standing}</dt><dd>{pieces::standing(standing, w)}</dd></div>
                })}
            </dl>
        </section>
    }
}

fn fields<'a>(given: &'a Catalogue, item: &'a Item, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let c = &w.catalogue;
    let (lang, text_lang) = (shell.lang, item.language.as_str());
    let one = |label: &'static str, field: &'static str, value: &'a Option<String>, wide: bool| {
        value.as_deref().filter(|value| !value.is_empty()).map(|value| {
            view! {
                <div class:wide=wide>
                    <dt>{label}</dt>
                    <dd><bdi lang=text_lang data-field=field inner_html=text::marked(value, w).into_owned()></bdi></dd>
                </div>
            }
        })
    };
    let many = |label: &'static str, field: &'static str, values: &'a [String]| {
        (!values.is_empty()).then(|| {
            let values = values.iter().map(|value| {
                view! { <li><bdi lang=text_lang data-field=field inner_html=text::marked(value, w).into_owned()></bdi></li> }
            });
            view! { <div><dt>{label}</dt><dd><ul class="values-of">{values.collect::<Vec<_>>()}</ul></dd></div> }
        })
    };
    let date = |label: &'static str, field: &'static str, value: &'a Option<String>| {
        value.as_deref().map(|day| view! { <div><dt>{label}</dt><dd>{pieces::stated(day, Some(field), lang)}</dd></div> })
    };
    let subjects = (!given.subjects.is_empty()).then(|| {
        let list = given.subjects.iter().map(|one| subject(one, w)).collect::<Vec<_>>();
        view! { <div class="wide"><dt>{c.subjects}</dt><dd><ul class="subjects">{list}</ul></dd></div> }
    });
    let authentic = given.authentic.as_deref().map(|code| {
        let said = pieces::coded("authentic", code, codes::authentic(lang, code), w);
        view! { <div><dt>{c.authentic}</dt><dd>{said}</dd></div> }
    });
    view! {
        {one(c.index_number, "index_number", &given.index_number, false)}
        {one(c.theme, "theme", &given.theme, false)}
        {many(c.issuers, "issuing_agencies", &given.issuers)}
        {many(c.joint, "joint_agencies", &given.joint)}
        {date(c.issued, "issued", &given.issued)}
        {date(c.published, "published", &given.published)}
        {date(c.effective, "effective", &given.effective)}
        {date(c.expires, "expires", &given.expires)}
        {one(c.document_number, "document_number", &given.document_number, false)}
        {given.genre.as_deref().filter(|genre| !genre.is_empty()).map(|genre| view! {
            <div><dt>{c.genre}</dt><dd>{pieces::genre(genre, None, text_lang, w)}</dd></div>
        })}
        {one(c.region, "region", &given.region, false)}
        <div><dt>{c.language}</dt><dd>{pieces::coded("language", &item.language, codes::language(lang, &item.language), w)}</dd></div>
        {authentic}
        {one(c.basis, "basis", &given.basis, true)}
        {many(c.keywords, "keywords", &given.keywords)}
        {subjects}
        {source(given, w)}
        {one(c.summary, "summary", &given.summary, true)}
    }
}

fn subject<'a>(subject: &'a Subject, w: &'static Words) -> impl IntoView + use<'a> {
    let scheme = subject.scheme.as_deref().filter(|scheme| !scheme.is_empty()).map(|scheme| {
        view! { <span class="scheme" data-value=scheme>{scheme_name(scheme, w)}</span> }
    });
    let id = subject.id.as_ref().map(|id| {
        view! { <bdi class="id" data-field="subjects" inner_html=text::marked(id, w).into_owned()></bdi> }
    });
    view! {
        <li>
            <bdi data-field="subjects" inner_html=text::marked(&subject.name, w).into_owned()></bdi>
            {scheme}
            {id}
        </li>
    }
}

/// What ids of a scheme are called; a scheme nobody here knows is shown as it is.
fn scheme_name(scheme: &str, w: &'static Words) -> String {
    (w.catalogue.scheme)(scheme).map_or_else(|| text::plain(scheme).into_owned(), str::to_owned)
}

fn source<'a>(given: &'a Catalogue, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let source = given.source.as_ref()?;
    // A link only where the address is one a reader can follow.
    let url = source.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let name = text::marked(&source.name, w).into_owned();
    let record = source.record.as_ref().map(|record| {
        view! { <bdi class="id" data-field="source_record" inner_html=text::marked(record, w).into_owned()></bdi> }
    });
    Some(view! {
        <div class="wide">
            <dt>{w.catalogue.source}</dt>
            <dd>
                {match url {
                    Some(url) => view! {
                        <a href=url rel="noreferrer nofollow"><bdi data-field="source" inner_html=name></bdi></a>
                    }.into_any(),
                    None => view! { <bdi data-field="source" inner_html=name></bdi> }.into_any(),
                }}
                " "{record}
            </dd>
        </div>
    })
}

pub(super) fn language(tag: &str, w: &'static Words) -> String {
    codes::language(w.lang, tag).map_or_else(|| text::plain(tag).into_owned(), str::to_owned)
}
