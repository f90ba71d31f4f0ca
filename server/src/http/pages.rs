//! Pages: from an address to a view to a whole HTML document.

use super::App;
use crate::{
    search,
    sequencer::Behind,
    store::StoreError,
    views::{self, Context, items},
};
use app::{
    Lang, pages,
    view::{
        self, Choice, Fragment, Outcome, Pager, Problem, ReadOnly, SearchProblem, SearchQuery, SearchView, Shell, Site, Standing,
        TimelineView,
    },
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use chain::checkpoint::parse_size;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    let mut router = Router::new().route("/", get(by_language));
    for lang in Lang::ALL {
        let at = |path: &str| format!("/{}{path}", lang.code());
        router = router
            .route(&at(""), get(move || async move { Redirect::permanent(&format!("/{}/", lang.code())) }))
            .route(&at("/"), get(move |app, query| timeline(lang, app, query)))
            .route(&at("/disclosures/{index}"), get(move |app, path| disclosure(lang, app, path)))
            .route(&at("/entries/{index}"), get(move |app, path| entry(lang, app, path)))
            .route(&at("/search"), get(move |app, query| search_page(lang, app, query)))
            .route(&at("/agencies"), get(move |app| agencies(lang, app)))
            .route(&at("/agencies/{*id}"), get(move |app, path, query| agency(lang, app, path, query)))
            .route(&at("/chain"), get(move |app| chain_page(lang, app)))
            .route(&at("/about"), get(move |app| about(lang, app)));
    }
    router
}

/// Why there is no page, with the cause for the log.
enum Trouble {
    Problem(Problem),
    Store(StoreError),
    Search(search::Error),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        Trouble::Store(error)
    }
}

/// The site as the charter describes it now.
fn site(app: &App) -> Site {
    let state = app.node.submitter.state();
    let charter = state.charter();
    let name = |lang| charter.and_then(|charter| views::name_in(&charter.name, lang)).unwrap_or("Gazette").to_owned();
    Site {
        name_zh: name(Lang::Zh),
        name_en: name(Lang::En),
        origin: app.node.origin.clone(),
        chain: app.identity.to_string(),
        base: app.base.to_string(),
        trial: charter.is_none_or(|charter| charter.trial),
        read_only: app.node.behind().map(|behind| match behind {
            Behind::Missing { found, .. } => ReadOnly::Missing { newest: found.saturating_sub(1) },
            Behind::Unmarked { .. } => ReadOnly::Unconfirmed,
        }),
        zone: charter.map(|charter| charter.zone.clone()).unwrap_or_default(),
        assets: app.assets.0.clone(),
    }
}

fn html(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (status, headers, body).into_response()
}

/// Draws a page, or the page that says why there is none.
fn answer(app: &App, lang: Lang, path: &str, drawn: Result<impl FnOnce(&Shell<'_>) -> String, Trouble>) -> Response {
    let site = site(app);
    let shell = Shell { site: &site, lang, path };
    match drawn {
        Ok(draw) => html(StatusCode::OK, draw(&shell)),
        Err(trouble) => problem(&shell, trouble),
    }
}

fn problem(shell: &Shell<'_>, trouble: Trouble) -> Response {
    let problem = match trouble {
        Trouble::Problem(problem) => problem,
        Trouble::Store(error) => {
            tracing::error!(%error, path = shell.path, "the store did not answer a page");
            Problem::Busy { seconds: 2 }
        }
        Trouble::Search(error) => {
            tracing::error!(%error, "the search index did not answer");
            Problem::Busy { seconds: 2 }
        }
    };
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = html(status, pages::problem(shell, &problem));
    if let Problem::Busy { seconds } | Problem::TooMany { seconds } = problem {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The page for an address that does not exist, in the language of the address or of the browser.
pub(super) fn not_found(app: &App, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    let of_path =
        Lang::ALL.into_iter().find(|lang| path.strip_prefix('/').is_some_and(|rest| rest.starts_with(&format!("{}/", lang.code()))));
    let lang = of_path.unwrap_or_else(|| preferred(headers));
    // The other language's page of a page that does not exist is its front page.
    answer(app, lang, "/", Err::<fn(&Shell<'_>) -> String, _>(Trouble::Problem(Problem::NotFound)))
}

/// For a reader a page, for a program a line.
pub(super) fn too_many(app: &App, uri: &Uri, headers: &HeaderMap, seconds: u32) -> Response {
    let of_path = Lang::ALL.into_iter().find(|lang| uri.path().starts_with(&format!("/{}/", lang.code())));
    if of_path.is_none() && uri.path() != "/" {
        let headers = [(header::RETRY_AFTER, HeaderValue::from(seconds)), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        return (StatusCode::TOO_MANY_REQUESTS, headers, format!("too many requests; try again in {seconds} s\n")).into_response();
    }
    let lang = of_path.unwrap_or_else(|| preferred(headers));
    let mut response = answer(app, lang, "/", Err::<fn(&Shell<'_>) -> String, _>(Trouble::Problem(Problem::TooMany { seconds })));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn preferred(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Browsers list languages by preference; weights never turn the order of the first two round in practice.
    let first = wanted.split(',').map(|tag| tag.trim().to_ascii_lowercase()).find_map(|tag| {
        if tag.starts_with("zh") {
            Some(Lang::Zh)
        } else if tag.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    });
    first.unwrap_or(Lang::En)
}

async fn by_language(headers: HeaderMap) -> Response {
    let to = format!("/{}/", preferred(&headers).code());
    ([(header::VARY, "accept-language"), (header::CACHE_CONTROL, "no-cache")], Redirect::temporary(&to)).into_response()
}

#[derive(Deserialize)]
struct TimelineQuery {
    before: Option<String>,
    order: Option<String>,
    page: Option<String>,
}

/// Pages are numbered from 1 in addresses.
fn page_number(text: Option<&str>) -> Result<u64, Trouble> {
    let Some(text) = text else { return Ok(0) };
    parse_size(text).and_then(|page| page.checked_sub(1)).filter(|page| *page < 1 << 32).ok_or(Trouble::Problem(Problem::BadAddress))
}

async fn timeline(lang: Lang, State(app): State<Arc<App>>, Query(query): Query<TimelineQuery>) -> Response {
    let stated = query.order.as_deref() == Some("stated");
    let path = match (&query.before, stated, &query.page) {
        (_, true, Some(page)) => format!("/?order=stated&page={}", pages::text::query(page)),
        (_, true, None) => "/?order=stated".to_owned(),
        (Some(before), ..) => format!("/?before={}", pages::text::query(before)),
        _ => "/".to_owned(),
    };
    let drawn = timeline_view(lang, &app, &query, stated).await.map(|view| move |shell: &Shell<'_>| pages::timeline(shell, &view));
    answer(&app, lang, &path, drawn)
}

async fn timeline_view(lang: Lang, app: &App, query: &TimelineQuery, stated: bool) -> Result<TimelineView, Trouble> {
    let context = Context::new(&app.node, lang);
    if stated {
        let page = page_number(query.page.as_deref())?;
        let rows = app.node.store.by_stated(page * view::PAGE, view::PAGE).await?;
        let (_, total) = app.node.store.counts().await?;
        let indexes: Vec<u64> = rows.iter().map(|row| row.index).collect();
        // The page itself keeps the order in each of its links.
        let pager = views::pager(page, total);
        return Ok(TimelineView { order: view::Order::Stated, items: items(&context, &indexes).await?, pager });
    }
    let size = app.node.heads.borrow().size;
    let before = match &query.before {
        Some(before) => parse_size(before).filter(|before| *before > 0).ok_or(Trouble::Problem(Problem::BadAddress))?.min(size),
        None => size,
    };
    let lowest = before.saturating_sub(view::PAGE);
    let indexes: Vec<u64> = (lowest..before).rev().collect();
    let pager = if before > 0 { Pager::of_chain(lowest, before - 1, size) } else { Pager::default() };
    Ok(TimelineView { order: view::Order::Chain, items: items(&context, &indexes).await?, pager })
}

async fn disclosure(lang: Lang, State(app): State<Arc<App>>, Path(at): Path<String>) -> Response {
    let size = app.node.heads.borrow().size;
    let drawn = async {
        let index = parse_size(&at).ok_or(Trouble::Problem(Problem::BadAddress))?;
        if index >= size {
            return Err(Trouble::Problem(Problem::NotYetLogged { index }));
        }
        let view = views::disclosure(&Context::new(&app.node, lang), index, size).await?;
        Ok(view.ok_or(index))
    };
    match drawn.await {
        // An entry that is no disclosure has its page elsewhere.
        Ok(Err(index)) => Redirect::temporary(&format!("/{}/entries/{index}", lang.code())).into_response(),
        Ok(Ok(view)) => answer(&app, lang, &format!("/disclosures/{at}"), Ok(move |shell: &Shell<'_>| pages::disclosure(shell, &view))),
        Err(trouble) => answer(&app, lang, "/", Err::<fn(&Shell<'_>) -> String, _>(trouble)),
    }
}

async fn entry(lang: Lang, State(app): State<Arc<App>>, Path(at): Path<String>) -> Response {
    let size = app.node.heads.borrow().size;
    let drawn = async {
        let index = parse_size(&at).ok_or(Trouble::Problem(Problem::BadAddress))?;
        let missing = if index >= size { Problem::NotYetLogged { index } } else { Problem::NotFound };
        views::entry_view(&Context::new(&app.node, lang), index, size).await?.ok_or(Trouble::Problem(missing))
    };
    let drawn = drawn.await.map(|view| move |shell: &Shell<'_>| pages::entry(shell, &view));
    answer(&app, lang, &format!("/entries/{}", pages::text::query(&at)), drawn)
}

async fn agencies(lang: Lang, State(app): State<Arc<App>>) -> Response {
    let view = views::agencies(&Context::new(&app.node, lang)).await.map_err(Trouble::from);
    answer(&app, lang, "/agencies", view.map(|view| move |shell: &Shell<'_>| pages::agencies(shell, &view)))
}

#[derive(Deserialize)]
struct PageQuery {
    page: Option<String>,
}

async fn agency(lang: Lang, State(app): State<Arc<App>>, Path(id): Path<String>, Query(query): Query<PageQuery>) -> Response {
    let drawn = async {
        let page = page_number(query.page.as_deref())?;
        views::agency(&Context::new(&app.node, lang), &id, page).await?.ok_or(Trouble::Problem(Problem::NotFound))
    };
    let drawn = drawn.await.map(|view| move |shell: &Shell<'_>| pages::agency(shell, &view));
    let path = if drawn.is_ok() { format!("/agencies/{id}") } else { "/agencies".to_owned() };
    answer(&app, lang, &path, drawn)
}

async fn chain_page(lang: Lang, State(app): State<Arc<App>>) -> Response {
    let context = Context::new(&app.node, lang);
    let view = views::chain_view(&context).await.map_err(Trouble::from);
    let view = view.and_then(|view| view.ok_or(Trouble::Problem(Problem::NotFound)));
    answer(&app, lang, "/chain", view.map(|view| move |shell: &Shell<'_>| pages::chain(shell, &view)))
}

async fn about(lang: Lang, State(app): State<Arc<App>>) -> Response {
    answer(&app, lang, "/about", Ok(pages::about))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    agency: String,
    genre: String,
    standing: String,
    language: String,
    from: String,
    to: String,
    sort: String,
    page: String,
}

async fn search_page(lang: Lang, State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    let pairs = [
        ("q", &asked.q),
        ("agency", &asked.agency),
        ("genre", &asked.genre),
        ("standing", &asked.standing),
        ("language", &asked.language),
        ("from", &asked.from),
        ("to", &asked.to),
        ("sort", &asked.sort),
        ("page", &asked.page),
    ];
    let given: Vec<String> =
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", pages::text::query(value))).collect();
    let path = if given.is_empty() { "/search".to_owned() } else { format!("/search?{}", given.join("&")) };
    let drawn = search_view(lang, &app, asked, !given.is_empty()).await;
    answer(&app, lang, &path, drawn.map(|view| move |shell: &Shell<'_>| pages::search(shell, &view)))
}

/// A day `YYYY-MM-DD` as the number yyyymmdd; empty is none.
fn day(text: &str) -> Result<Option<u32>, SearchProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    chain::time::parse_date(text).ok_or(SearchProblem::BadDate)?;
    text.replace('-', "").parse().map(Some).map_err(|_| SearchProblem::BadDate)
}

async fn search_view(lang: Lang, app: &App, asked: Asked, given: bool) -> Result<SearchView, Trouble> {
    let context = Context::new(&app.node, lang);
    let sort = match asked.sort.as_str() {
        "newest" => view::Sort::Newest,
        "oldest" => view::Sort::Oldest,
        _ => view::Sort::Relevance,
    };
    let mut agencies: Vec<Choice> = context
        .state
        .agencies()
        .map(|(_, agency)| Choice {
            value: agency.agency.clone(),
            label: views::name_in(&agency.name, lang).unwrap_or(&agency.agency).to_owned(),
            count: None,
        })
        .collect();
    agencies.sort_by(|a, b| a.label.cmp(&b.label));
    let genres =
        app.node.store.genres().await?.into_iter().map(|genre| Choice { label: genre.clone(), value: genre, count: None }).collect();
    let page = page_number(Some(asked.page.as_str()).filter(|page| !page.is_empty()))?;
    let query = SearchQuery {
        q: asked.q,
        agency: asked.agency,
        genre: asked.genre,
        language: asked.language,
        standing: asked.standing,
        from: asked.from,
        to: asked.to,
        sort,
        page: page + 1,
    };
    let outcome = if given { find(&context, app, &query, page).await? } else { Outcome::Nothing };
    Ok(SearchView { query, agencies, genres, outcome })
}

async fn find(context: &Context<'_>, app: &App, asked: &SearchQuery, page: u64) -> Result<Outcome, Trouble> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (from, to) = match (day(&asked.from), day(&asked.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(problem), _) | (_, Err(problem)) => return Ok(Outcome::Problem(problem)),
    };
    let standing = match Standing::ALL.into_iter().find(|standing| standing.code() == asked.standing) {
        None if !asked.standing.is_empty() => return Err(Trouble::Problem(Problem::BadAddress)),
        standing => standing,
    };
    // As a line of the results says it, on the same day.
    let today = day(&context.today()).ok().flatten().unwrap_or_default();
    let query = search::Query {
        text: asked.q.clone(),
        language: some(&asked.language),
        agency: some(&asked.agency),
        genre: some(&asked.genre),
        from,
        to,
        standing: standing.map(|standing| (standing, today)),
        sort: match asked.sort {
            view::Sort::Relevance => search::Sort::Relevance,
            view::Sort::Newest => search::Sort::DateNewest,
            view::Sort::Oldest => search::Sort::DateOldest,
        },
        page: usize::try_from(page).unwrap_or(usize::MAX),
        per_page: view::PAGE as usize,
        ..search::Query::default()
    };
    let index = app.index.clone();
    let found = tokio::task::spawn_blocking(move || index.search(&query)).await;
    let found = found.map_err(|_| Trouble::Problem(Problem::Broken))?.map_err(Trouble::Search)?;
    let pages = found.total.div_ceil(view::PAGE);
    if page > 0 && page >= pages {
        return Ok(Outcome::Problem(SearchProblem::PastTheEnd { pages }));
    }
    let indexes: Vec<u64> = found.hits.iter().map(|hit| hit.index).collect();
    let lines = items(context, &indexes).await?;
    // A page without snippets is better than none.
    let mut snippets = views::snippets(context, &indexes, &found.marks)
        .await
        .inspect_err(|error| tracing::error!(%error, "no snippets"))
        .unwrap_or_default();
    let hits = lines.into_iter().map(|item| {
        let snippet = snippets.remove(&item.index).unwrap_or_default().into_iter();
        view::Hit { item, snippet: snippet.map(|piece| Fragment { text: piece.text, hit: piece.marked }).collect() }
    });
    Ok(Outcome::Found { hits: hits.collect(), total: found.total, pages })
}
