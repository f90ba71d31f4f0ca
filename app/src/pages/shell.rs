//! What surrounds every page: head, masthead, alarm, foot.

use super::{pieces, slot, text};
use crate::Lang;
use crate::view::{ReadOnly, Shell};
use crate::words::{self, Words};
use leptos::prelude::*;
use std::borrow::Cow;

/// Which page of the navigation a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Timeline,
    Search,
    Agencies,
    Chain,
    About,
    None,
}

/// What a page tells the shell about itself.
pub(super) struct Page<'a> {
    pub section: Section,
    pub title: Cow<'a, str>,
    pub description: Option<Cow<'a, str>>,
    /// Marks the page for the style sheet.
    pub class: &'static str,
    /// Whether search engines should leave it alone.
    pub unlisted: bool,
}

impl<'a> Page<'a> {
    pub fn new(section: Section, class: &'static str, title: impl Into<Cow<'a, str>>) -> Self {
        Page { section, title: title.into(), description: None, class, unlisted: false }
    }
}

/// The whole document.
pub(super) fn document<V: IntoView>(shell: &Shell<'_>, page: Page<'_>, main: impl FnOnce(&'static Words) -> V) -> String {
    let w = words::of(shell.lang);
    // Islands ask the shared context whether they are being rendered inside one another.
    let owner = Owner::new_root(Some(std::sync::Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        let main = main(w).into_view();
        view! {
            <html lang=shell.lang.tag() class=page.class>
                {head(shell, &page, w)}
                <body>
                    <a class="skip" href="#main">{w.site.skip}</a>
                    <svg class="sprite" aria-hidden="true" inner_html=super::cord::SPRITE></svg>
                    {masthead(shell, page.section, w)}
                    <div class="alarm" role="alert" hidden>
                        <strong>{w.site.alarm}</strong>
                        <p class="alarm-text"></p>
                        <a href="#main" hidden>{w.site.alarm_first}</a>
                    </div>
                    <main id="main" tabindex="-1">
                        {main}
                        {slot::checker(shell)}
                    </main>
                    {foot(shell, w)}
                    {keys(w)}
                </body>
            </html>
        }
        .to_html()
    });
    finish(html)
}

/// Adds the doctype and takes out the marks that only a hydrating browser would need; what stands
/// inside an island keeps them.
pub(super) fn finish(html: String) -> String {
    let mut out = String::with_capacity(html.len() + 16);
    out.push_str("<!DOCTYPE html>");
    let island = html.find("<leptos-island").unwrap_or(html.len());
    let (plain, rest) = html.split_at(island);
    let behind = rest.rfind("</leptos-island>").unwrap_or(0);
    let (islands, tail) = rest.split_at(behind);
    unmarked(&mut out, plain);
    out.push_str(islands);
    unmarked(&mut out, tail);
    out
}

/// Adds `html` without its marks, `<!>`. Looks for the sign that is rare in a page.
fn unmarked(out: &mut String, html: &str) {
    let mut from = 0;
    for (at, _) in html.match_indices('!') {
        if let Some(mark) = at.checked_sub(1).filter(|mark| html.as_bytes()[*mark..].starts_with(b"<!>")) {
            out.push_str(&html[from..mark]);
            from = at + 2;
        }
    }
    out.push_str(&html[from..]);
}

fn head<'a>(shell: &Shell<'a>, page: &Page<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let assets = &shell.site.assets;
    let name = shell.site.name(shell.lang);
    let title = match page.section {
        Section::Timeline if page.title == w.lists.timeline_title => name.to_owned(),
        _ => format!("{} · {name}", text::plain(&page.title)),
    };
    let description = page.description.as_deref().map(|given| text::plain(given).into_owned());
    let alternates = Lang::ALL.map(|lang| {
        let href = format!("{}{}", shell.site.base, address(lang, shell.path));
        view! { <link rel="alternate" hreflang=lang.tag() href=href/> }
    });
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{title}</title>
            <meta name="description" content=description.unwrap_or_else(|| w.site.description.to_owned())/>
            {page.unlisted.then(|| view! { <meta name="robots" content="noindex"/> })}
            <meta name="color-scheme" content="light dark"/>
            <meta name="theme-color" content="#faf7f0" media="(prefers-color-scheme: light)"/>
            <meta name="theme-color" content="#141311" media="(prefers-color-scheme: dark)"/>
            <link rel="stylesheet" href=assets.css.as_str()/>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
            <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
            <link rel="canonical" href=format!("{}{}", shell.site.base, address(shell.lang, shell.path))/>
            {alternates.into_iter().collect_view()}
            <link rel="modulepreload" href=assets.glue_js.as_str()/>
            <script type="module" src=assets.boot_js.as_str() data-js=assets.glue_js.as_str() data-wasm=assets.wasm.as_str()></script>
        </head>
    }
}

fn address(lang: Lang, path: &str) -> String {
    format!("/{}{path}", lang.code())
}

fn masthead<'a>(shell: &Shell<'a>, section: Section, w: &'static Words) -> impl IntoView + use<'a> {
    let links = [
        (Section::Timeline, "/", w.site.timeline),
        (Section::Search, "/search", w.site.search),
        (Section::Agencies, "/agencies", w.site.agencies),
        (Section::Chain, "/chain", w.site.chain),
        (Section::About, "/about", w.site.about),
    ];
    let links = links.map(|(this, path, label)| {
        let current = (this == section).then_some("page");
        view! { <li><a href=shell.at(path) aria-current=current>{label}</a></li> }
    });
    let other = shell.lang.other();
    let trial = shell.site.trial.then(|| {
        view! {
            <div class="trial" role="note">
                <strong>{w.site.trial_tag}</strong>
                <span>{w.site.trial}</span>
            </div>
        }
    });
    let read_only = shell.site.read_only.map(|why| {
        let told = match why {
            ReadOnly::Missing { newest } => (w.site.read_only)(newest),
            ReadOnly::Unconfirmed => w.site.unconfirmed.into(),
        };
        view! {
            <div class="trial behind" role="note">
                <strong>{w.site.read_only_tag}</strong>
                <span>{told}</span>
            </div>
        }
    });
    view! {
        <header class="masthead">
            {trial}
            {read_only}
            <div class="plate">
                <a class="name" href=shell.at("/")>{shell.site.name(shell.lang)}</a>
                <a class="other" href=address(other, shell.path) hreflang=other.tag() lang=other.tag()>{words::of(other).site.own_name}</a>
            </div>
            <div class="rule">
                <nav aria-label=w.site.navigation>
                    <ul>{links.into_iter().collect_view()}</ul>
                </nav>
                <form class="quick" role="search" action=shell.at("/search") method="get">
                    <input type="search" name="q" aria-label=w.site.search placeholder=w.site.search data-key-search=(section != Section::Search).then_some("")/>
                </form>
            </div>
            <p class="imprint">
                <span class="origin of-origin">{shell.site.origin.as_str()}</span>
                <a class="size" href=shell.at("/chain") data-chain-size hidden></a>
            </p>
        </header>
    }
}

/// For browsers that run no scripts: what the page cannot say of itself.
pub(super) fn without_script(shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    view! {
        <p class="without-script">
            {w.site.without_script}" "
            <a href=format!("{}#check", shell.at("/chain"))>{w.site.how_to_check}</a>
            {match w.lang { Lang::Zh => "。", Lang::En => "." }}
        </p>
    }
}

fn foot<'a>(shell: &Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    view! {
        <footer class="foot">
            <p class="creed">{w.site.foot}</p>
            <dl>
                <div><dt>{w.site.origin}</dt><dd class="of-origin">{shell.site.origin.as_str()}</dd></div>
                <div><dt>{w.site.identity}</dt><dd class="of-identity">{pieces::hash(&shell.site.chain)}</dd></div>
            </dl>
            <p class="small">{(w.site.zone)(&shell.site.zone)}</p>
            <p class="small">
                <a href=format!("{}#check", shell.at("/chain"))>{w.chain.check}</a>
            </p>
        </footer>
    }
}

fn keys(w: &'static Words) -> impl IntoView {
    let rows = w.site.keys_rows.iter().map(|(key, does)| {
        view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*does}</dd></div> }
    });
    view! {
        <dialog class="keys" data-key-help aria-label=w.site.keys_title>
            <p class="heading">{w.site.keys_title}</p>
            <dl>{rows.collect_view()}</dl>
            <form method="dialog"><button>{w.site.keys_close}</button></form>
        </dialog>
    }
}
