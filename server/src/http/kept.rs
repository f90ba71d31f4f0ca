//! Answers kept in memory, up to a bound: tiles and bundles for ever, pages until the chain has another entry.

use super::{common_headers, log};
use crate::store::Head;
use axum::{
    body::{Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Most bytes kept by one [`Kept`], and of partial tiles and bundles, which other ones soon follow.
const LIMIT: usize = 32 << 20;
const PARTIAL: usize = 8 << 20;
/// A larger answer is not kept, nor one to a longer address.
const LARGEST: usize = 1 << 20;
const LONGEST_ADDRESS: usize = 1 << 10;
/// About what an answer's headers take.
const HEADERS: usize = 1 << 10;
/// A page also says what is in force today, and a day ends without an entry.
const LONGEST: Duration = Duration::from_secs(30);

/// Among the extensions of an answer: without any entry it will soon be another, and is not kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing;

/// Answers by address. Cloning shares them.
#[derive(Clone)]
pub(super) struct Kept {
    heads: watch::Receiver<Head>,
    answers: Arc<Mutex<Answers>>,
    partial: Arc<Mutex<Answers>>,
}

struct Answers {
    /// Size of the tree they were given for, and since when they are kept, where that matters.
    size: u64,
    since: Option<Instant>,
    limit: usize,
    bytes: usize,
    by_address: HashMap<String, (HeaderMap, Bytes)>,
    /// Addresses, oldest first.
    order: VecDeque<String>,
}

impl Kept {
    pub(super) fn tiles(heads: watch::Receiver<Head>) -> Kept {
        let of = |limit| Arc::new(Mutex::new(Answers::new(limit)));
        Kept { heads, answers: of(LIMIT), partial: of(PARTIAL) }
    }

    pub(super) fn pages(heads: watch::Receiver<Head>) -> Kept {
        let kept = Kept::tiles(heads.clone());
        let (answers, mut newer) = (Arc::downgrade(&kept.answers), heads);
        // What a redaction took away must not lie here until somebody asks for another page.
        tokio::spawn(async move {
            while newer.changed().await.is_ok() {
                let Some(answers) = answers.upgrade() else { return };
                lock(&answers).forget_before(newer.borrow_and_update().size);
            }
        });
        kept
    }

    /// The answer to this request, if it is kept for ever.
    pub(super) fn at_once(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        let found = lock(self.of(path)).by_address.get(path).cloned();
        let (headers, body) = found.filter(|_| request.uri().query().is_none())?;
        Some(fresh_or_whole(request.headers().get(header::IF_NONE_MATCH), headers, body))
    }

    fn of(&self, path: &str) -> &Mutex<Answers> {
        if path.contains(".p/") { &self.partial } else { &self.answers }
    }
}

/// Bytes of memory that an answer takes: its address is kept twice.
fn weight(address: &str, body: &Bytes) -> usize {
    body.len() + 2 * address.len() + HEADERS
}

fn lock(answers: &Mutex<Answers>) -> MutexGuard<'_, Answers> {
    // Nothing in it is ever half changed in a way that matters: at worst an answer is made again.
    answers.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Answers {
    fn new(limit: usize) -> Answers {
        Answers { size: 0, since: None, limit, bytes: 0, by_address: HashMap::new(), order: VecDeque::new() }
    }

    fn keep(&mut self, address: String, headers: HeaderMap, body: Bytes) {
        if self.by_address.contains_key(&address) {
            return;
        }
        self.bytes += weight(&address, &body);
        self.order.push_back(address.clone());
        self.by_address.insert(address, (headers, body));
        while self.bytes > self.limit {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.by_address.remove(&oldest).map_or(0, |(_, body)| weight(&oldest, &body));
        }
    }

    /// Drops what was given for a smaller tree, or too long ago.
    fn forget_before(&mut self, size: u64) {
        let old = self.since.is_none_or(|since| since.elapsed() > LONGEST);
        if self.size < size || old {
            *self = Answers { size: self.size.max(size), since: Some(Instant::now()), ..Answers::new(self.limit) };
        }
    }
}

/// Tiles and bundles never change, partial ones neither.
pub(super) async fn for_ever(State(kept): State<Kept>, request: Request, next: Next) -> Response {
    // Whatever somebody puts behind a question mark, it is the same tile.
    if request.uri().query().is_some() {
        return next.run(request).await;
    }
    answer(kept, None, request, next).await
}

/// Everything a page shows but search is decided by the entries there are, so the next one makes all of them old: also a
/// redaction, after which nothing of what it took away may be left here. What is still being counted is [`Passing`].
pub(super) async fn until_the_next_entry(State(kept): State<Kept>, request: Request, next: Next) -> Response {
    if request.uri().path().ends_with("/search") || request.uri().path() == "/" {
        return next.run(request).await;
    }
    // Read before the page is made: one that already shows a newer entry is at worst made again.
    let size = kept.heads.borrow().size;
    answer(kept, Some(size), request, next).await
}

async fn answer(kept: Kept, size: Option<u64>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let asked = request.headers().get(header::IF_NONE_MATCH).cloned();
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    {
        let mut answers = lock(kept.of(address));
        if let Some(size) = size {
            answers.forget_before(size);
        }
        if size.is_none_or(|size| answers.size == size)
            && let Some((headers, body)) = answers.by_address.get(address)
        {
            let (headers, body) = (headers.clone(), body.clone());
            drop(answers);
            return fresh_or_whole(asked.as_ref(), headers, body);
        }
    }
    let address = address.to_owned();
    let (mut parts, body) = next.run(request).await.into_parts();
    let short = body.size_hint().exact().is_some_and(|length| length <= LARGEST as u64);
    if parts.status != StatusCode::OK || !short || parts.extensions.get::<Passing>().is_some() {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, LARGEST).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{}\"", &chain::Hash::of(&[&bytes]).to_hex()[..32])) {
        parts.headers.insert(header::ETAG, tag);
    }
    if size.is_none() {
        // Whole, as the portal hands them out without asking anybody.
        log::open_to_all(&mut parts.headers);
        common_headers(&mut parts.headers);
    }
    let mut answers = lock(kept.of(&address));
    if size.is_none_or(|size| answers.size == size) && address.len() <= LONGEST_ADDRESS {
        answers.keep(address, parts.headers.clone(), bytes.clone());
    }
    drop(answers);
    fresh_or_whole(asked.as_ref(), parts.headers, bytes)
}

/// 304 to a browser that has these very bytes. The tag is weak, since the same bytes also travel compressed.
fn fresh_or_whole(asked: Option<&HeaderValue>, headers: HeaderMap, body: Bytes) -> Response {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let asked = asked.and_then(|asked| asked.to_str().ok());
    if let (Some(tag), Some(asked)) = (tag, asked)
        && asked.split(',').any(|asked| asked.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"))
    {
        let kept = [header::ETAG, header::CACHE_CONTROL, header::VARY];
        let headers: HeaderMap = kept.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect();
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, body).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_has_the_page_is_told_so_and_no_other() {
        let headers = || HeaderMap::from_iter([(header::ETAG, HeaderValue::from_static("W/\"ab\""))]);
        let status = |asked: &'static str| {
            fresh_or_whole(Some(&HeaderValue::from_static(asked)), headers(), Bytes::from_static(b"page")).status().as_u16()
        };
        assert_eq!(["W/\"ab\"", "\"x\", \"ab\"", "\"abc\"", ""].map(status), [304, 304, 200, 200]);
        assert_eq!(fresh_or_whole(None, headers(), Bytes::new()).status(), StatusCode::OK);
    }

    #[test]
    fn what_is_kept_stays_within_its_bound_and_the_oldest_goes_first() {
        let mut answers = Answers::new(LIMIT);
        let body = Bytes::from(vec![0; LARGEST]);
        for n in 0..100 {
            answers.keep(n.to_string(), HeaderMap::new(), body.clone());
            answers.keep(n.to_string(), HeaderMap::new(), body.clone());
        }
        assert!(answers.bytes <= LIMIT);
        assert_eq!((answers.by_address.len(), answers.order.len()), (31, 31), "what they are called and their headers count too");
        assert!(answers.by_address.contains_key("99") && !answers.by_address.contains_key("68"));
    }

    #[test]
    fn what_answers_are_called_counts_so_that_long_addresses_do_not_fill_the_memory() {
        let mut answers = Answers::new(LIMIT);
        let long = "x".repeat(60_000);
        for n in 0..3_000 {
            answers.keep(format!("/log/tile/0/000?{long}{n}"), HeaderMap::new(), Bytes::from_static(b"tile"));
        }
        assert!(answers.bytes <= LIMIT && answers.order.iter().map(|address| 2 * address.len()).sum::<usize>() <= LIMIT);
    }

    #[tokio::test]
    async fn pages_are_gone_once_the_chain_has_another_entry_whether_or_not_anybody_asks() {
        let head = Head { origin: "qinghe.example/log".into(), size: 4, leaf: chain::Hash::ZERO, time: 0, checkpoint: String::new() };
        let (told, heads) = watch::channel(head.clone());
        let kept = Kept::pages(heads);
        let there = || lock(&kept.answers).by_address.len();
        lock(&kept.answers).forget_before(4);
        lock(&kept.answers).keep("/en/disclosures/3".into(), HeaderMap::new(), Bytes::from_static(b"a name"));
        assert_eq!(there(), 1);
        told.send_replace(Head { size: 5, ..head });
        tokio::time::timeout(Duration::from_secs(5), async {
            while there() > 0 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    }
}
