//! Pages: from an address to a view to a whole HTML document.

use super::{
    App,
    kept::Passing,
    search,
    trouble::{self, Asked, At, Trouble, preferred},
};
use crate::{
    sequencer::Behind,
    views::{self, Context, items},
};
use app::{
    Lang, pages,
    view::{self, Approval, Pager, Problem, ReadOnly, Shell, Site, TimelineView},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
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
            .route(&at("/agencies"), get(move |app| agencies(lang, app)))
            .route(&at("/agencies/{*id}"), get(move |app, path, query| agency(lang, app, path, query)))
            .route(&at("/chain"), get(move |app| chain_page(lang, app)))
            .route(&at("/about"), get(move |app| about(lang, app)));
    }
    router.merge(search::router())
}

/// The site as the charter describes it now.
pub(super) fn site(app: &App) -> Site {
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

pub(super) fn html(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (status, headers, body).into_response()
}

/// Draws a page, or the page that says why there is none.
pub(super) fn answer(app: &App, lang: Lang, path: &str, drawn: Result<impl FnOnce(&Shell<'_>) -> String, Trouble>) -> Response {
    let site = site(app);
    let shell = Shell { site: &site, lang, path };
    match drawn {
        Ok(draw) => html(StatusCode::OK, draw(&shell)),
        Err(trouble) => trouble::page(&shell, trouble),
    }
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
pub(super) fn page_number(text: Option<&str>) -> Result<u64, Trouble> {
    let Some(text) = text else { return Ok(0) };
    parse_size(text).and_then(|page| page.checked_sub(1)).filter(|page| *page < 1 << 32).ok_or(Trouble::Problem(Problem::BadAddress))
}

/// Whether a list of `total` lines has this page. The first is there even of an empty list.
fn there(page: u64, total: u64) -> Result<(), Problem> {
    if page > 0 && page >= total.div_ceil(view::PAGE) { Err(Problem::NotFound) } else { Ok(()) }
}

async fn timeline(lang: Lang, State(app): State<Arc<App>>, Asked(query): Asked<TimelineQuery>) -> Response {
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
        let total = app.node.counts().await?.stated;
        there(page, total)?;
        let rows = app.node.store.by_stated(page * view::PAGE, view::PAGE).await?;
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

async fn disclosure(lang: Lang, State(app): State<Arc<App>>, At(at): At) -> Response {
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
        Ok(Ok(view)) => {
            let why = view.approval.as_ref().is_some_and(Approval::says_why);
            let drawn = Ok(move |shell: &Shell<'_>| pages::disclosure(shell, &view));
            passing(why, answer(&app, lang, &format!("/disclosures/{at}"), drawn))
        }
        Err(trouble) => answer(&app, lang, "/", Err::<fn(&Shell<'_>) -> String, _>(trouble)),
    }
}

async fn entry(lang: Lang, State(app): State<Arc<App>>, At(at): At) -> Response {
    let size = app.node.heads.borrow().size;
    let drawn = async {
        let index = parse_size(&at).ok_or(Trouble::Problem(Problem::BadAddress))?;
        let missing = if index >= size { Problem::NotYetLogged { index } } else { Problem::NotFound };
        views::entry_view(&Context::new(&app.node, lang), index, size).await?.ok_or(Trouble::Problem(missing))
    };
    let drawn = drawn.await;
    let why = drawn.as_ref().is_ok_and(|view| view.approval.as_ref().is_some_and(Approval::says_why));
    let drawn = drawn.map(|view| move |shell: &Shell<'_>| pages::entry(shell, &view));
    passing(why, answer(&app, lang, &format!("/entries/{}", pages::text::query(&at)), drawn))
}

/// Not kept where something on it may be gone without an entry: a reason that is closed again is closed at once.
fn passing(passes: bool, mut response: Response) -> Response {
    if passes {
        response.extensions_mut().insert(Passing);
    }
    response
}

async fn agencies(lang: Lang, State(app): State<Arc<App>>) -> Response {
    let view = views::agencies(&Context::new(&app.node, lang)).await.map_err(Trouble::from);
    answer(&app, lang, "/agencies", view.map(|view| move |shell: &Shell<'_>| pages::agencies(shell, &view)))
}

#[derive(Deserialize)]
struct PageQuery {
    page: Option<String>,
}

async fn agency(lang: Lang, State(app): State<Arc<App>>, At(id): At, Asked(query): Asked<PageQuery>) -> Response {
    let drawn = async {
        let page = page_number(query.page.as_deref())?;
        let view = views::agency(&Context::new(&app.node, lang), &id, page).await?.ok_or(Trouble::Problem(Problem::NotFound))?;
        there(page, view.documents)?;
        Ok::<_, Trouble>(view)
    };
    let drawn = drawn.await;
    let counting = drawn.as_ref().is_ok_and(|view| view.figures.as_ref().is_some_and(|figures| figures.behind.is_some()));
    let drawn = drawn.map(|view| move |shell: &Shell<'_>| pages::agency(shell, &view));
    let path = if drawn.is_ok() { format!("/agencies/{id}") } else { "/agencies".to_owned() };
    passing(counting, answer(&app, lang, &path, drawn))
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
