//! The figures on an agency's page: what the portal counted, so that no check of the browser's reaches it, and it says so.

use super::text;
use crate::codes;
use crate::view::{AgencyFigures, Change, Shell, Standing, StepFigure, StepTimes};
use crate::words::{FigureWords, Words};
use leptos::prelude::*;

pub(super) fn figures<'a>(of: &'a AgencyFigures, agency: &'a str, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let f = &w.figures;
    let began = of.began.map(|began| began.day(shell.lang));
    let changes: Vec<_> = of.changes.iter().map(|(what, count)| change(*what, *count, agency, shell, w)).collect();
    let leads = of.changes.iter().any(|(what, count)| leads_to(*what, *count, agency).is_some());
    view! {
        <section class="figures" aria-labelledby="figures">
            <h2 id="figures">{f.title}</h2>
            <p class="small">{(f.counted)(began.as_deref())}</p>
            {of.behind.map(|(covered, size)| view! { <p class="small">{(f.behind)(covered, size)}</p> })}
            {(!of.steps.is_empty()).then(|| table(of, shell, f, w))}
            <dl>
                {by_step(f.overridden, of, |step| step.overridden, shell, w)}
                {by_step(f.rejected, of, |step| step.rejected, shell, w)}
                {changes}
            </dl>
            {leads.then(|| view! { <p class="small">{f.leads}</p> })}
            {(of.unopened > 0).then(|| view! { <p>{(f.unopened)(of.unopened)}</p> })}
        </section>
    }
}

/// What a kind of step is called: its code, where no language has a word for it.
fn name(step: &StepFigure, shell: &Shell<'_>) -> String {
    codes::step(shell.lang, &step.code).map_or_else(|| step.code.clone(), str::to_owned)
}

fn table<'a>(of: &'a AgencyFigures, shell: &'a Shell<'a>, f: &'static FigureWords, w: &'static Words) -> impl IntoView + use<'a> {
    let cell = |time: Option<i64>| match time {
        Some(time) => view! { <td>{(f.span)(time)}</td> }.into_any(),
        None => {
            view! { <td><span class="none" aria-hidden="true">"—"</span><span class="visually-hidden">{f.unknown}</span></td> }.into_any()
        }
    };
    let row = |step: &StepFigure| {
        let times = step.times;
        view! {
            <tr>
                <th scope="row"><bdi>{name(step, shell)}</bdi></th>
                <td>{(w.site.number)(step.taken)}</td>
                {cell(times.map(|StepTimes { median, .. }| median))}
                {cell(times.map(|StepTimes { mean, .. }| mean))}
                {cell(times.map(|StepTimes { longest, .. }| longest))}
            </tr>
        }
    };
    view! {
        <table>
            <caption>{(f.table)(of.approved)}</caption>
            <thead>
                <tr>
                    <th scope="col">{f.step}</th>
                    <th scope="col">{f.taken}</th>
                    <th scope="col">{f.median}</th>
                    <th scope="col">{f.mean}</th>
                    <th scope="col">{f.longest}</th>
                </tr>
            </thead>
            <tbody>{of.steps.iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
        <p class="small">{f.table_note}</p>
    }
}

/// A number, and of which kinds of step it is made up; of an agency that nobody approves anything of, none.
fn by_step(
    label: &'static str,
    of: &AgencyFigures,
    count: fn(&StepFigure) -> u64,
    shell: &Shell<'_>,
    w: &'static Words,
) -> Option<impl IntoView + use<>> {
    let kinds: Vec<(String, u64)> = of.steps.iter().map(|step| (name(step, shell), count(step))).filter(|(_, count)| *count > 0).collect();
    let total: u64 = kinds.iter().map(|(_, count)| count).sum();
    let parts = (total > 0).then(|| view! { <span class="of">{(w.figures.kinds)(&kinds)}</span> });
    (!of.steps.is_empty()).then(|| {
        view! { <div><dt>{label}</dt><dd>{(w.site.number)(total)}" "{parts}</dd></div> }
    })
}

fn change(what: Change, count: u64, agency: &str, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let number = (w.site.number)(count);
    let number = match leads_to(what, count, agency) {
        Some(path) => view! { <a href=shell.at(&path)>{number}</a> }.into_any(),
        None => view! { <span>{number}</span> }.into_any(),
    };
    view! { <div><dt>{(w.figures.change)(what)}</dt><dd>{number}</dd></div> }
}

/// The search that finds the agency's documents of which this is the last that was said. It finds newest versions only.
fn leads_to(what: Change, count: u64, agency: &str) -> Option<String> {
    match what {
        Change::Became(standing) if standing != Standing::Superseded && count > 0 => {
            Some(format!("/search?q=&agency={}&standing={}", text::query(agency), standing.code()))
        }
        _ => None,
    }
}
