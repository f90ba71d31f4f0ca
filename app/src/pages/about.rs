//! What this portal is, and how to read its signs.

use super::cord::TIE;
use super::shell::{Page, Section, document};
use crate::seal;
use crate::view::Shell;
use leptos::prelude::*;

pub fn about(shell: &Shell<'_>) -> String {
    let title = crate::words::of(shell.lang).about.title;
    document(shell, Page::new(Section::About, "about", title), |w| {
        let a = &w.about;
        let sections = a.sections.iter().map(|(heading, paragraphs)| {
            let paragraphs: Vec<_> = paragraphs.iter().map(|one| view! { <p>{*one}</p> }).collect();
            view! { <section><h2>{*heading}</h2>{paragraphs}</section> }
        });
        let knots = a.legend.iter().map(|(state, name, meaning)| {
            view! {
                <li class="knot" data-check=*state>
                    <span class="tie" aria-hidden="true" inner_html=TIE></span>
                    <span class="link" data-link=*state aria-hidden="true"></span>
                    <div class="line"><strong>{*name}</strong>" "<span>{*meaning}</span></div>
                </li>
            }
        });
        let seals = a.seals.iter().map(|(state, name, meaning)| {
            view! {
                <li>
                    <svg class="seal" data-seal=*state viewBox="0 0 48 48" aria-hidden="true" inner_html=seal::drawing("云泽印")></svg>
                    <div class="line"><strong>{*name}</strong>" "<span>{*meaning}</span></div>
                </li>
            }
        });
        view! {
            <div class="prose essay">
                <h1>{a.title}</h1>
                <p class="opening">{a.lead}</p>
                {sections.collect::<Vec<_>>()}
            </div>
            <section class="legend">
                <h2>{a.reading}</h2>
                <ol class="cord small">{knots.collect::<Vec<_>>()}</ol>
                <ul class="seals">{seals.collect::<Vec<_>>()}</ul>
            </section>
        }
    })
}
