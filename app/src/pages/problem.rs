//! The page shown where there is no page, in plain sentences.

use super::shell::{Page, Section, document};
use crate::view::{Problem, Shell};
use leptos::prelude::*;

pub fn problem(shell: &Shell<'_>, problem: &Problem) -> String {
    let p = &crate::words::of(shell.lang).problem;
    let (title, sentence) = match problem {
        Problem::BadAddress => (p.bad_address.0, p.bad_address.1.to_owned()),
        Problem::NotFound => (p.not_found.0, p.not_found.1.to_owned()),
        Problem::NotYetLogged { index } => (p.not_yet.0, (p.not_yet.1)(*index)),
        Problem::Removed { .. } => (p.removed.0, p.removed.1.to_owned()),
        Problem::TooMany { seconds } => (p.too_many.0, (p.too_many.1)(*seconds)),
        Problem::Broken => (p.broken.0, p.broken.1.to_owned()),
        Problem::Busy { seconds } => (p.busy.0, (p.busy.1)(*seconds)),
    };
    let mut page = Page::new(Section::None, "problem", title);
    page.unlisted = true;
    document(shell, page, |w| {
        let statement = match problem {
            Problem::Removed { by } => Some(view! {
                <p><a href=shell.at(&format!("/entries/{by}"))>{w.problem.removed_see}</a></p>
            }),
            _ => None,
        };
        view! {
            <div class="lead">
                <p class="status">{problem.status().to_string()}</p>
                <h1>{title}</h1>
                <p>{sentence}</p>
                {statement}
                <ul class="ways">
                    <li><a href=shell.at("/")>{w.problem.home}</a></li>
                    <li><a href=shell.at("/search")>{w.problem.search}</a></li>
                </ul>
            </div>
        }
    })
}
