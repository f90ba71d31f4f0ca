//! The agencies that hold a seal, and one agency's page.

use super::cord::{Hang, cord};
use super::shell::{Page, Section, document, without_script};
use super::{figures::figures, pieces, rules, text};
use crate::dates;
use crate::view::{AgenciesView, AgencyEnd, AgencyRow, AgencyView, Shell, StatedRow};
use crate::words::Words;
use leptos::prelude::*;

pub fn agencies(shell: &Shell<'_>, view: &AgenciesView) -> String {
    let title = crate::words::of(shell.lang).lists.agencies_title;
    document(shell, Page::new(Section::Agencies, "agencies", title), |w| {
        let rows: Vec<_> = view.agencies.iter().map(|one| row(one, shell, w)).collect();
        let none = rows.is_empty().then(|| view! { <p class="empty">{w.lists.agencies_empty}</p> });
        let stated: Vec<_> = view.stated.iter().map(|one| stated(one, shell, w)).collect();
        view! {
            <div class="lead">
                <h1>{w.lists.agencies_title}</h1>
                <p>{w.lists.agencies_lead}</p>
                {without_script(shell, w)}
            </div>
            {none}
            <ul class="bodies" data-key-list>{rows}</ul>
            {(!stated.is_empty()).then(|| view! {
                <section class="stated-bodies">
                    <h2>{w.lists.stated_title}</h2>
                    <p>{w.lists.stated_note}</p>
                    <ul>{stated}</ul>
                </section>
            })}
        }
    })
}

fn row<'a>(row: &'a AgencyRow, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let newest = match row.newest {
        Some(at) => view! { <span>{w.lists.newest_document}" "{pieces::moment(at, shell.lang)}</span> }.into_any(),
        None => view! { <span>{w.lists.none_yet}</span> }.into_any(),
    };
    view! {
        <li data-index=row.registered data-check="unchecked">
            {pieces::stamp(&row.agency)}
            <h2>
                <a href=shell.at(&pieces::agency_path(&row.agency.id)) data-key-open="" inner_html=pieces::agency_name(&row.agency, w)></a>
            </h2>
            <p class="facts">{(row.documents > 0).then(|| view! { <span>{(w.lists.documents)(row.documents)}</span> })}{newest}</p>
            {row.archive.then(|| view! { <p class="small">{w.lists.archive}</p> })}
            {row.ended.as_ref().map(|end| ended(end, shell, w))}
            <p class="verdict"></p>
        </li>
    }
}

fn stated<'a>(row: &'a StatedRow, shell: &Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    view! {
        <li>
            <a href=shell.at(&row.path)><bdi inner_html=text::marked(&row.name, w).into_owned()></bdi></a>
            <span class="count">{(w.lists.documents)(row.documents)}</span>
        </li>
    }
}

fn ended<'a>(end: &'a AgencyEnd, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let day = end.day.as_deref().map(|day| dates::day(shell.lang, day));
    let successor = end.successor.as_ref().map(|agency| {
        view! { <span>{w.lists.successor}" "{pieces::other_agency(agency, shell, w)}</span> }
    });
    view! {
        <p class="ended">
            <strong>{(w.lists.ended)(day.as_deref())}</strong>" "
            {successor}
        </p>
    }
}

pub fn agency(shell: &Shell<'_>, view: &AgencyView) -> String {
    let page = Page::new(Section::Agencies, "agency", view.agency.name.as_str());
    document(shell, page, |w| {
        let l = &w.lists;
        let keys: Vec<_> = view.keys.iter().map(|key| pieces::key(key, w)).collect();
        let posts: Vec<_> = view
            .posts
            .iter()
            .map(|post| {
                let href = shell.at(&format!("/entries/{}", post.registered));
                let name = text::marked(&post.name, w).into_owned();
                view! { <li><a href=href><bdi inner_html=name></bdi></a>" "<code>{post.id.clone()}</code></li> }
            })
            .collect();
        let posts = match posts.is_empty() {
            true => view! { <span>{l.posts_none}</span> }.into_any(),
            false => view! { <ul class="values-of">{posts}</ul> }.into_any(),
        };
        view! {
            <div class="registration" data-index=view.registered data-check="unchecked">
                <div class="lead body-head">
                    {pieces::named_stamp(&view.agency, w)}
                    <div>
                        <h1 inner_html=pieces::agency_name(&view.agency, w)></h1>
                        {view.archive.then(|| view! { <p>{l.archive}</p> })}
                        {view.ended.as_ref().map(|end| ended(end, shell, w))}
                        <p class="facts"><span>{(l.documents)(view.documents)}</span></p>
                    </div>
                </div>
                {without_script(shell, w)}
                <p class="verdict"></p>
                <section class="catalogue single">
                    <h2 class="visually-hidden">{l.registered}</h2>
                    <dl>
                        <div><dt>{l.agency_id}</dt><dd><code>{view.agency.id.as_str()}</code></dd></div>
                        <div>
                            <dt>{l.registered}</dt>
                            <dd><a href=shell.at(&format!("/entries/{}", view.registered))>{(w.item.entry)(view.registered)}</a></dd>
                        </div>
                        <div><dt>{l.posts}</dt><dd>{posts}</dd></div>
                        <div><dt>{l.seal_keys}</dt><dd><ul class="keylist">{keys}</ul></dd></div>
                    </dl>
                </section>
            </div>
            {rules::section(view.rule.as_ref(), shell, w)}
            {view.figures.as_ref().map(|of| figures(of, &view.agency.id, shell, w))}
            <div class="listhead">
                <h2 class="count">{l.agency_documents}</h2>
                <p class="progress" data-progress></p>
            </div>
            {if view.items.is_empty() {
                view! { <p class="empty">{l.none_yet}</p> }.into_any()
            } else {
                cord(&view.items, Hang::Loose, shell, w).into_any()
            }}
            {pieces::pager(&view.pager, &pieces::agency_path(&view.agency.id), "", shell, w)}
        }
    })
}
