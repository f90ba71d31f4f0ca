//! Search: one form, filters, and what was found.

use super::cord::{Hang, knot};
use super::shell::{Page, Section, document, without_script};
use super::text;
use crate::codes;
use crate::view::{Choice, Hit, Outcome, SearchNotice, SearchProblem, SearchQuery, SearchView, Shell, Sort, Standing};
use crate::words::Words;
use leptos::prelude::*;

pub fn search(shell: &Shell<'_>, view: &SearchView) -> String {
    let w = crate::words::of(shell.lang);
    let title = match view.query.q.trim() {
        "" => w.search.title.to_owned(),
        q => format!("{} · {}", text::plain(q), w.search.title),
    };
    let mut page = Page::new(Section::Search, "search", title);
    page.unlisted = true;
    document(shell, page, |w| {
        view! {
            <h1>{w.search.title}</h1>
            {form(view, shell, w)}
            {view.notices.iter().map(|one| notice(*one, w)).collect::<Vec<_>>()}
            {match &view.outcome {
                Outcome::Nothing => None,
                Outcome::Problem(problem) => Some(trouble(*problem, w).into_any()),
                Outcome::Found { total: 0, .. } => Some(nothing(&view.query, shell, w).into_any()),
                Outcome::Found { hits, total, pages } => Some(found(view, hits, *total, *pages, shell, w).into_any()),
            }}
        }
    })
}

fn form<'a>(view: &'a SearchView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let s = &w.search;
    let q = &view.query;
    let standings: Vec<Choice> =
        Standing::ALL.iter().map(|one| Choice { value: one.code().into(), label: (w.item.standing)(*one).into(), count: None }).collect();
    let languages: Vec<Choice> = codes::LANGUAGES
        .iter()
        .map(|(code, ..)| Choice { value: (*code).into(), label: codes::language(w.lang, code).unwrap_or(code).into(), count: None })
        .collect();
    let filtered = filters(q).iter().any(|(_, value)| !value.is_empty());
    view! {
        <form class="search" role="search" action=shell.at("/search") method="get">
            <label for="q">{s.label}</label>
            <div class="ask">
                <input id="q" type="search" name="q" value=q.q.as_str() data-key-search autocomplete="off" spellcheck="false"/>
                <button>{s.button}</button>
            </div>
            <p class="hint">{s.hint}</p>
            <details class="filters" open=filtered>
                <summary>{s.filters}</summary>
                <div class="fields">
                    {select("agency", s.agency, &q.agency, &view.agencies, w)}
                    {select("genre", s.genre, &q.genre, &view.genres, w)}
                    {select("standing", s.standing, &q.standing, &standings, w)}
                    {select("language", s.language, &q.language, &languages, w)}
                    {day("from", s.from, &q.from)}
                    {day("to", s.to, &q.to)}
                    {sorts(q.sort, w)}
                    <p class="again"><a href=shell.at("/search")>{s.clear}</a></p>
                </div>
            </details>
        </form>
    }
}

fn select(name: &'static str, label: &'static str, chosen: &str, choices: &[Choice], w: &'static Words) -> impl IntoView + use<> {
    let known = choices.iter().any(|choice| choice.value == chosen);
    let unknown = (!known && !chosen.is_empty())
        .then(|| view! { <option value=chosen.to_owned() selected=true>{text::plain(chosen).into_owned()}</option> });
    let options: Vec<_> = choices
        .iter()
        .map(|choice| {
            let label = text::plain(&choice.label);
            let label = match choice.count {
                Some(count) => format!("{label} ({})", (w.site.number)(count)),
                None => label.into_owned(),
            };
            view! { <option value=choice.value.clone() selected=choice.value == chosen>{label}</option> }
        })
        .collect();
    view! {
        <p class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{w.search.all}</option>
                {unknown}
                {options}
            </select>
        </p>
    }
}

fn day(name: &'static str, label: &'static str, value: &str) -> impl IntoView + use<> {
    view! {
        <p class="field">
            <label for=name>{label}</label>
            <input id=name name=name type="date" value=value.to_owned()/>
        </p>
    }
}

fn sorts(chosen: Sort, w: &'static Words) -> impl IntoView {
    let options = [Sort::Relevance, Sort::Newest, Sort::Oldest].map(|sort| {
        view! { <option value=sort.code() selected=sort == chosen>{(w.search.sort_by)(sort)}</option> }
    });
    view! {
        <p class="field">
            <label for="sort">{w.search.sort}</label>
            <select id="sort" name="sort">{options.into_iter().collect::<Vec<_>>()}</select>
        </p>
    }
}

fn filters(q: &SearchQuery) -> [(&'static str, &str); 6] {
    [("agency", &q.agency), ("genre", &q.genre), ("standing", &q.standing), ("language", &q.language), ("from", &q.from), ("to", &q.to)]
}

/// The path and query of another page of the same results.
fn page_path(q: &SearchQuery, page: u64) -> String {
    let mut path = format!("/search?q={}", text::query(&q.q));
    for (name, value) in filters(q) {
        if !value.is_empty() {
            path.push_str(&format!("&{name}={}", text::query(value)));
        }
    }
    if q.sort != Sort::default() {
        path.push_str(&format!("&sort={}", q.sort.code()));
    }
    if page > 1 {
        path.push_str(&format!("&page={page}"));
    }
    path
}

fn found<'a>(
    view: &'a SearchView,
    hits: &'a [Hit],
    total: u64,
    pages: u64,
    shell: &'a Shell<'a>,
    w: &'static Words,
) -> impl IntoView + use<'a> {
    let q = view.query.q.trim();
    let snippets = hits.iter().any(|hit| !hit.snippet.is_empty());
    let count = if q.is_empty() { (w.search.found_filters)(total) } else { (w.search.found)(total, q) };
    let at = view.query.page.max(1);
    let which = (pages > 1).then(|| view! { <span class="which">{(w.search.page_of)(at, pages)}</span> });
    view! {
        <div class="listhead">
            <h2 class="count"><bdi inner_html=text::marked(&count, w).into_owned()></bdi>{which}</h2>
            <p class="progress" data-progress></p>
        </div>
        {without_script(shell, w)}
        {snippets.then(|| view! { <p class="hint" id="extracts">{w.search.extracts}</p> })}
        <div class="columns" aria-hidden="true">
            <span class="for-stated">{w.item.stated}</span>
            <span class="for-logged">{w.item.logged}</span>
        </div>
        <ol class="cord loose" data-key-list>
            {hits.iter().map(|hit| knot(&hit.item, Hang::Loose, Some(snippet(hit, w)), shell, w)).collect::<Vec<_>>()}
        </ol>
        {(pages > 1).then(|| numbers(&view.query, at, pages, shell, w))}
    }
}

fn snippet<'a>(hit: &'a Hit, w: &'static Words) -> impl IntoView + use<'a> {
    let mut html = String::new();
    for fragment in &hit.snippet {
        let shown = text::marked(&fragment.text, w);
        if fragment.hit {
            html.push_str("<mark>");
            html.push_str(&shown);
            html.push_str("</mark>");
        } else {
            html.push_str(&shown);
        }
    }
    view! { <p class="snippet" aria-describedby="extracts" lang=hit.item.language.as_str() dir="auto" inner_html=html></p> }
}

/// The first, the last, and the pages about this one.
fn shown_pages(at: u64, pages: u64) -> Vec<Option<u64>> {
    let mut list = Vec::new();
    let mut last = 0;
    for page in (1..=pages.min(1)).chain(at.saturating_sub(2).max(2)..=(at + 2).min(pages)).chain([pages]) {
        if page <= last {
            continue;
        }
        if page > last + 1 {
            list.push(None);
        }
        list.push(Some(page));
        last = page;
    }
    list
}

fn numbers(q: &SearchQuery, at: u64, pages: u64, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let to = |page: u64| shell.at(&page_path(q, page));
    let list = shown_pages(at, pages)
        .into_iter()
        .map(|page| match page {
            None => view! { <li class="gap" aria-hidden="true">"…"</li> }.into_any(),
            Some(page) => {
                let current = (page == at).then_some("page");
                let label = (w.search.page)(page);
                view! { <li><a href=to(page) aria-current=current aria-label=label>{(w.site.number)(page)}</a></li> }.into_any()
            }
        })
        .collect::<Vec<_>>();
    view! {
        <nav class="pager" aria-label=w.lists.pages>
            <ul>
                {(at > 1).then(|| view! { <li><a href=to(at - 1) rel="prev">{w.search.previous}</a></li> })}
                {list}
                {(at < pages).then(|| view! { <li><a href=to(at + 1) rel="next">{w.search.next}</a></li> })}
            </ul>
        </nav>
    }
}

fn nothing(q: &SearchQuery, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let asked = q.q.trim();
    let heading = match asked {
        "" => w.search.empty_filters.to_owned(),
        asked => (w.search.empty)(asked),
    };
    let bare = (filters(q).iter().any(|(_, value)| !value.is_empty()) && !asked.is_empty()).then(|| {
        let path = page_path(&SearchQuery { q: q.q.clone(), ..SearchQuery::default() }, 1);
        view! { <p><a href=shell.at(&path)>{w.search.all}</a></p> }
    });
    let help = w.search.empty_help.iter().map(|line| view! { <li>{*line}</li> });
    view! {
        <section class="empty">
            <h2><bdi inner_html=text::marked(&heading, w).into_owned()></bdi></h2>
            <ul>{help.collect::<Vec<_>>()}</ul>
            {bare}
        </section>
    }
}

/// What was left out, said before what was found.
fn notice(notice: SearchNotice, w: &'static Words) -> impl IntoView {
    let sentence = match notice {
        SearchNotice::Shortened { characters, words } => (w.search.shortened)(characters, words),
        SearchNotice::Apart => w.search.apart.to_owned(),
        SearchNotice::Behind { covered, size } => (w.search.behind)(covered, size),
    };
    view! { <p class="notice" role="note">{sentence}</p> }
}

fn trouble(problem: SearchProblem, w: &'static Words) -> impl IntoView {
    let sentence = match problem {
        SearchProblem::BadDate => w.search.bad_date.to_owned(),
        SearchProblem::NoWords => w.search.no_words.to_owned(),
        SearchProblem::PastTheEnd { pages } => (w.search.past_the_end)(pages),
        SearchProblem::NotReady { covered, size } => (w.search.not_ready)(covered, size),
    };
    view! {
        <section class="notice severe" role="alert">
            <h2>{w.search.problem}</h2>
            <p>{sentence}</p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_can_always_be_reached() {
        assert_eq!(shown_pages(1, 1), [Some(1)]);
        assert_eq!(shown_pages(2, 3), [Some(1), Some(2), Some(3)]);
        let middle = shown_pages(50, 2000);
        assert_eq!(middle, [Some(1), None, Some(48), Some(49), Some(50), Some(51), Some(52), None, Some(2000)]);
        assert_eq!(shown_pages(2000, 2000).last(), Some(&Some(2000)));
    }

    #[test]
    fn another_page_of_results_asks_the_same_question() {
        let q = SearchQuery { q: "水 \"a&b\"".into(), from: "2026-01-01".into(), sort: Sort::Newest, ..Default::default() };
        assert_eq!(page_path(&q, 3), "/search?q=%E6%B0%B4%20%22a%26b%22&from=2026-01-01&sort=newest&page=3");
    }
}
