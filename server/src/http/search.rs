//! The search page: what a reader asks, read and answered, and what of it was left out.

use super::{
    App,
    pages::{answer, page_number},
    trouble::{Asked, Trouble},
};
use crate::{
    search,
    views::{self, Context, items},
};
use app::{
    Lang, pages,
    view::{self, Choice, Fragment, Outcome, Problem, SearchNotice, SearchProblem, SearchQuery, SearchView, Shell, Standing},
};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

/// How long a search waits for its turn, and when to come back after that, in seconds.
const PATIENCE: Duration = Duration::from_secs(2);
const COME_BACK: u32 = 2;
/// Characters that the value of a filter may have: more than any name or code.
const LONGEST: usize = 400;
/// Agencies offered at most; others are found by their names.
const LISTED: usize = 100;

pub(super) fn router() -> Router<Arc<App>> {
    let room = Room::new(2 * std::thread::available_parallelism().map_or(1, usize::from), PATIENCE);
    Lang::ALL.into_iter().fold(Router::new(), |router, lang| {
        let room = room.clone();
        router.route(&format!("/{}/search", lang.code()), get(move |app, asked| page(lang, room.clone(), app, asked)))
    })
}

/// Searches at once: more of them would only slow each other and everything else. Cloning shares it.
#[derive(Clone)]
struct Room {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Room {
    fn new(places: usize, patience: Duration) -> Room {
        Room { places: Arc::new(Semaphore::new(places)), patience }
    }

    async fn enter(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = timeout(self.patience, self.places.clone().acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(Problem::Busy { seconds: COME_BACK })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Given {
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

async fn page(lang: Lang, room: Room, State(app): State<Arc<App>>, Asked(mut given): Asked<Given>) -> Response {
    // What is not read is not repeated either, here or in the addresses of other pages.
    let cut = given.q.char_indices().nth(search::QUERY_CHARS).map(|(end, _)| given.q.truncate(end)).is_some();
    let pairs = [
        ("q", &given.q),
        ("agency", &given.agency),
        ("genre", &given.genre),
        ("standing", &given.standing),
        ("language", &given.language),
        ("from", &given.from),
        ("to", &given.to),
        ("sort", &given.sort),
        ("page", &given.page),
    ];
    let filled = || pairs.iter().filter(|(_, value)| !value.is_empty());
    if filled().any(|(name, value)| *name != "q" && value.len() > LONGEST) {
        return answer(&app, lang, "/", Err::<fn(&Shell<'_>) -> String, _>(Problem::BadAddress.into()));
    }
    let asked: Vec<String> = filled().map(|(name, value)| format!("{name}={}", pages::text::query(value))).collect();
    let path = if asked.is_empty() { "/search".to_owned() } else { format!("/search?{}", asked.join("&")) };
    let drawn = view(lang, &app, &room, given, cut, !asked.is_empty()).await;
    let absent = drawn.as_ref().is_ok_and(|view| matches!(view.outcome, Outcome::Problem(SearchProblem::PastTheEnd { .. })));
    let mut response = answer(&app, lang, &path, drawn.map(|view| move |shell: &Shell<'_>| pages::search(shell, &view)));
    if absent {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// A day `YYYY-MM-DD` as the number yyyymmdd; empty is none.
fn day(text: &str) -> Result<Option<u32>, SearchProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    chain::time::parse_date(text).ok_or(SearchProblem::BadDate)?;
    text.replace('-', "").parse().map(Some).map_err(|_| SearchProblem::BadDate)
}

async fn view(lang: Lang, app: &App, room: &Room, given: Given, cut: bool, asks: bool) -> Result<SearchView, Trouble> {
    let context = Context::new(&app.node, lang);
    let sort = match given.sort.as_str() {
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
    // And those that most copies name as their issuer, under the name they give.
    let named = app.index.agencies(LISTED).map_err(Trouble::Search)?;
    let mut named: Vec<Choice> = named
        .iter()
        .filter(|name| context.state.agency(name).is_none())
        .map(|name| Choice { value: name.clone(), label: name.clone(), count: None })
        .collect();
    named.sort_by(|a, b| a.label.cmp(&b.label));
    agencies.append(&mut named);
    let genres = app
        .node
        .store
        .genres()
        .await?
        .into_iter()
        .map(|genre| Choice {
            label: app::codes::genre(lang, &genre).map_or_else(|| genre.clone(), str::to_owned),
            value: genre,
            count: None,
        })
        .collect();
    let page = page_number(Some(given.page.as_str()).filter(|page| !page.is_empty()))?;
    let query = SearchQuery {
        q: given.q,
        agency: given.agency,
        genre: given.genre,
        language: given.language,
        standing: given.standing,
        from: given.from,
        to: given.to,
        sort,
        page: page + 1,
    };
    let (outcome, mut notices) = if asks { find(&context, app, room, &query, page).await? } else { (Outcome::Nothing, vec![]) };
    if cut && !notices.iter().any(|notice| matches!(notice, SearchNotice::Shortened { .. })) {
        notices.push(SHORTENED);
    }
    Ok(SearchView { query, agencies, genres, outcome, notices })
}

const SHORTENED: SearchNotice = SearchNotice::Shortened { characters: search::QUERY_CHARS, words: search::QUERY_WORDS };

async fn find(
    context: &Context<'_>,
    app: &App,
    room: &Room,
    asked: &SearchQuery,
    page: u64,
) -> Result<(Outcome, Vec<SearchNotice>), Trouble> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (from, to) = match (day(&asked.from), day(&asked.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(problem), _) | (_, Err(problem)) => return Ok((Outcome::Problem(problem), vec![])),
    };
    let standing = match Standing::ALL.into_iter().find(|standing| standing.code() == asked.standing) {
        None if !asked.standing.is_empty() => return Err(Problem::BadAddress.into()),
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
    let place = room.enter().await?;
    let size = app.node.heads.borrow().size;
    let index = app.index.clone();
    // The place is kept until the search has ended, also when nobody waits for it any more.
    let found = spawn_blocking(move || (index.search(&query), place)).await;
    let (found, _place) = found.map_err(|_| Trouble::Problem(Problem::Broken))?;
    let found = found.map_err(Trouble::Search)?;
    let behind = (found.covered < size).then_some((found.covered, size));
    let mut notices = Vec::new();
    match found.notice {
        Some(search::Notice::NoWords) => return Ok((Outcome::Problem(SearchProblem::NoWords), notices)),
        Some(search::Notice::Shortened) => notices.push(SHORTENED),
        Some(search::Notice::Apart) => notices.push(SearchNotice::Apart),
        None => {}
    }
    if let Some((covered, size)) = behind {
        if found.total == 0 {
            return Ok((Outcome::Problem(SearchProblem::NotReady { covered, size }), notices));
        }
        notices.push(SearchNotice::Behind { covered, size });
    }
    let pages = found.total.div_ceil(view::PAGE);
    if page > 0 && page >= pages {
        return Ok((Outcome::Problem(SearchProblem::PastTheEnd { pages }), notices));
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
    Ok((Outcome::Found { hits: hits.collect(), total: found.total, pages }, notices))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beyond_what_is_worked_on_at_once_a_search_is_told_to_come_back() {
        let room = Room::new(2, Duration::ZERO);
        let (one, _two) = (room.enter().await.unwrap(), room.enter().await.unwrap());
        assert_eq!(room.enter().await.unwrap_err(), Problem::Busy { seconds: COME_BACK });
        drop(one);
        assert!(room.enter().await.is_ok());
    }
}
