//! What is answered where there is no page: for a reader a page that says why, in the reader's language; for a program a line.

use super::{App, pages::answer};
use crate::{search, staff::StaffError, store::StoreError};
use app::{
    Lang, pages,
    view::{Problem, Shell},
};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequestParts, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use hyper::body::{Frame, SizeHint};
use serde::de::DeserializeOwned;
use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{sync::oneshot, time::sleep};

/// How long an answer may take. Many statements brought at once, over a slow line, take longer. Where a form has files in it that begins
/// when all of it has come: until then the connection's own bound holds, as the pages say (see `doorway`).
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_TO_SUBMIT: Duration = Duration::from_secs(120);
/// When to come back after that, and after trouble with the store, in seconds.
const AFTER_LONG: u32 = 10;
const AFTER_TROUBLE: u32 = 2;

/// Why there is no page, with the cause for the log.
pub(super) enum Trouble {
    Problem(Problem),
    Store(StoreError),
    Search(search::Error),
    Staff(StaffError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        Trouble::Store(error)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Trouble {
        Trouble::Problem(problem)
    }
}

/// The page that says why there is none.
pub(super) fn page(shell: &Shell<'_>, trouble: Trouble) -> Response {
    let problem = match trouble {
        Trouble::Problem(problem) => problem,
        Trouble::Store(error) => {
            tracing::error!(%error, path = shell.path, "the store did not answer a page");
            Problem::Busy { seconds: AFTER_TROUBLE }
        }
        Trouble::Search(error) => {
            tracing::error!(%error, "the search index did not answer");
            Problem::Busy { seconds: AFTER_TROUBLE }
        }
        Trouble::Staff(error) => {
            tracing::error!(%error, "the staff database did not answer");
            Problem::Busy { seconds: AFTER_TROUBLE }
        }
    };
    let mut response = super::pages::html(status(&problem), pages::problem(shell, &problem));
    come_back(response.headers_mut(), &problem);
    response
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn come_back(headers: &mut HeaderMap, problem: &Problem) {
    if let Problem::Busy { seconds } | Problem::TooMany { seconds } = problem {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Answers a request for which there is nothing else: at addresses meant for programs with a line, else with a page.
pub(super) fn refuse(app: &App, uri: &Uri, headers: &HeaderMap, problem: Problem) -> Response {
    let path = uri.path();
    if ["/log/", "/content/", "/pkg/", "/submit", "/api/"].iter().any(|programs| path.starts_with(programs)) {
        let line = match &problem {
            Problem::TooMany { seconds } => format!("too many requests; try again in {seconds} s"),
            Problem::Busy { seconds } if path == "/submit" => {
                format!("this took too long; try again in {seconds} s: what was taken already is answered with its place")
            }
            Problem::Busy { seconds } => format!("busy; try again in {seconds} s"),
            Problem::Broken => "an error on our side, which has been noted".to_owned(),
            Problem::BadAddress => "the address cannot be read".to_owned(),
            Problem::NotFound | Problem::NotYetLogged { .. } | Problem::Removed { .. } => "not found".to_owned(),
        };
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status(&problem), plain, format!("{line}\n")).into_response();
        come_back(response.headers_mut(), &problem);
        return response;
    }
    // The other language's page of a page that does not exist is its front page.
    answer(app, language(path, headers), "/", Err::<fn(&Shell<'_>) -> String, _>(Trouble::Problem(problem)))
}

/// The language of an address, else of the browser.
fn language(path: &str, headers: &HeaderMap) -> Lang {
    let within =
        |lang: &Lang| path.strip_prefix('/').and_then(|rest| rest.strip_prefix(lang.code())).is_some_and(|rest| rest.starts_with('/'));
    Lang::ALL.into_iter().find(within).unwrap_or_else(|| preferred(headers))
}

/// The language that a reader's browser asks for above the others (RFC 9110 §12.5.4); English where it asks for neither.
pub(super) fn preferred(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weighed = wanted.split(',').filter_map(|item| {
        let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let tag = tag.trim().to_ascii_lowercase();
        let lang = Lang::ALL.into_iter().find(|lang| tag.split('-').next() == Some(lang.code()))?;
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse().ok())?;
        (weight > 0.0).then_some((lang, weight))
    });
    // Of equals the first.
    let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(Lang::En, |(lang, _)| lang)
}

/// Whatever takes too long or breaks is told in the words of its address, and when to come back.
pub(super) async fn told(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let wanted = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let long = uri.path() == "/submit" || uri.path().starts_with("/api/") || uri.path().contains("/desk/bring");
    let patience = if long { PATIENCE_TO_SUBMIT } else { PATIENCE };
    let (request, coming) = if has_files(uri.path()) { watched(request) } else { (request, None) };
    let late = async {
        if let Some(coming) = coming {
            // Nothing is ever sent: it ends with the body.
            drop(coming.await);
        }
        sleep(patience).await;
    };
    let answered = tokio::select! {
        biased;
        answered = AssertUnwindSafe(next.run(request)).catch_unwind() => Some(answered),
        () = late => None,
    };
    let problem = match answered {
        Some(Ok(response)) => return response,
        // The panic itself has been written down where it happened.
        Some(Err(_)) => {
            tracing::error!(path = without_secrets(uri.path()), "an answer broke");
            Problem::Broken
        }
        None => {
            tracing::error!(path = without_secrets(uri.path()), "an answer took too long");
            Problem::Busy { seconds: AFTER_LONG }
        }
    };
    refuse(&app, &uri, &HeaderMap::from_iter(wanted.map(|wanted| (header::ACCEPT_LANGUAGE, wanted))), problem)
}

/// Whether a form with files in it is sent there: a draft's, and all that is brought.
fn has_files(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    matches!(segments.as_slice(), ["", _, "desk", "bring"] | ["", _, "desk", "drafts", _, "files"])
}

/// The request, and what ends once its body has come, or is waited for no more.
fn watched(request: Request) -> (Request, Option<oneshot::Receiver<()>>) {
    let (came, coming) = oneshot::channel();
    (request.map(|body| Body::new(Coming { body, came: Some(came) })), Some(coming))
}

/// A body that is on its way.
struct Coming {
    body: Body,
    came: Option<oneshot::Sender<()>>,
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) || self.body.is_end_stream() {
            self.came = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A path for a log: of the desk's only which room, since links of one use are addresses too.
fn without_secrets(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    let most = segments.iter().position(|segment| *segment == "desk").map_or(segments.len(), |desk| desk + 2);
    segments[..most.min(segments.len())].join("/")
}

/// What stands behind the question mark of a page's address.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Asked<T>, Response> {
        let asked = Query::try_from_uri(&parts.uri);
        asked.map(|Query(asked)| Asked(asked)).map_err(|_| refuse(app, &parts.uri, &parts.headers, Problem::BadAddress))
    }
}

/// What a page's path names.
pub(super) struct At(pub String);

impl FromRequestParts<Arc<App>> for At {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<At, Response> {
        let at = Path::<String>::from_request_parts(parts, app).await;
        at.map(|Path(at)| At(at)).map_err(|_| refuse(app, &parts.uri, &parts.headers, Problem::BadAddress))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::{
        evidence::Registries,
        follow,
        http::{Assets, Limits},
        node::{Node, Place},
        sequencer::Clock,
        staff::Staff,
    };
    use axum::{
        Router,
        body::to_bytes,
        middleware::from_fn_with_state,
        routing::{get, post},
    };
    use futures_util::stream;
    use tower::ServiceExt;

    async fn app(folder: &std::path::Path) -> Arc<App> {
        let place = Place { data: folder.join("data"), state: folder.join("state"), database: None, origin: None, charter: None };
        let node = Node::open(&place, Clock::system()).await.unwrap();
        let index = Arc::new(follow::open(&place.data, node.heads.borrow().size).unwrap().0);
        let (registries, assets, identity) = (Registries::default(), Arc::new(Assets::default()), chain::Hash::ZERO);
        let staff = Staff::open(&place).await.unwrap();
        Arc::new(App {
            departments: Arc::default(),
            drafts: crate::drafts::Drafts::open(staff.clone(), node.clone()).unwrap(),
            journal: None,
            node,
            registries,
            index,
            assets,
            limits: Limits::new(0, &[]),
            staff,
            base: "http://127.0.0.1:3000".into(),
            identity,
        })
    }

    #[tokio::test]
    async fn what_breaks_or_takes_too_long_is_told_in_the_readers_language_and_when_to_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        let broken = || async {
            if std::hint::black_box(true) {
                panic!("on purpose")
            }
        };
        let router = Router::new()
            .route("/zh/broken", get(broken))
            .route("/log/broken", get(broken))
            .route("/en/slow", get(std::future::pending::<()>))
            .route("/submit", post(std::future::pending::<()>))
            .layer(from_fn_with_state(app, told));
        let ask = async |request: Request| {
            let response = router.clone().oneshot(request).await.unwrap();
            let come_back = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            let status = response.status().as_u16();
            let body = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
            (status, come_back, body)
        };
        let of = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        let (status, come_back, body) = ask(of("/zh/broken")).await;
        assert_eq!((status, come_back), (500, None));
        assert!(body.contains("lang=\"zh") && body.contains("本站出错"), "{body}");
        let (status, _, body) = ask(of("/log/broken")).await;
        assert_eq!((status, &*body), (500, "an error on our side, which has been noted\n"));
        // From here on nobody waits for anything that takes its time.
        tokio::time::pause();
        let (status, come_back, body) = ask(of("/en/slow")).await;
        assert_eq!((status, come_back.as_deref()), (503, Some("10")));
        assert!(body.contains("lang=\"en") && body.contains("The portal is busy"), "{body}");
        let (status, come_back, body) = ask(Request::post("/submit").body(Body::empty()).unwrap()).await;
        assert_eq!((status, come_back.as_deref()), (503, Some("10")));
        assert!(body.contains("answered with its place"), "{body}");
    }

    #[tokio::test]
    async fn a_form_with_files_may_take_its_time_to_come_and_its_answer_no_longer_than_another() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        async fn read(request: Request) -> String {
            to_bytes(request.into_body(), 1 << 20).await.unwrap().len().to_string()
        }
        async fn left(request: Request) {
            drop(request);
            std::future::pending::<()>().await;
        }
        let router = Router::new()
            .route("/en/desk/bring", post(read))
            .route("/en/desk/drafts/{id}/files", post(left))
            .route("/en/desk/account", post(read))
            .layer(from_fn_with_state(app, told));
        let ask = async |path: &str| {
            let pieces = stream::unfold(0, |sent| async move {
                sleep(Duration::from_secs(40)).await;
                (sent < 8).then_some((Ok::<_, std::io::Error>("piece"), sent + 1))
            });
            router.clone().oneshot(Request::post(path).body(Body::from_stream(pieces)).unwrap()).await.unwrap()
        };
        // Nobody waits here for anything but time.
        tokio::time::pause();
        let brought = ask("/en/desk/bring").await;
        assert_eq!(brought.status(), StatusCode::OK, "it took more than five minutes to come");
        assert_eq!(to_bytes(brought.into_body(), 1 << 20).await.unwrap(), "40");
        for path in ["/en/desk/drafts/4b1d/files", "/en/desk/account"] {
            assert_eq!(ask(path).await.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
        assert!(["/zh/desk/bring/4b1d", "/en/desk/drafts/4b1d", "/files", "/en/desk/sign-in"].iter().all(|path| !has_files(path)));
    }

    #[test]
    fn the_language_asked_for_above_the_others_is_the_one_of_the_page() {
        for (asked, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en-GB,en;q=0.9,zh;q=0.8", Lang::En),
            ("en;q=0.3, zh;q=0.8", Lang::Zh),
            ("zh;q=0, en;q=0.2", Lang::En),
            ("fr, ZH-Hant;q=0.5", Lang::Zh),
            ("zhx, enx", Lang::En),
            ("zh;q=x", Lang::En),
            ("", Lang::En),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, asked.parse().unwrap())]);
            assert_eq!(preferred(&headers), lang, "{asked}");
        }
    }

    #[test]
    fn a_log_line_has_no_link_of_the_desk() {
        assert_eq!(without_secrets("/zh/desk/links/5849bf"), "/zh/desk/links");
        assert_eq!(without_secrets("/desk/account/address/5849bf"), "/desk/account");
        assert_eq!(without_secrets("/en/disclosures/7"), "/en/disclosures/7");
    }
}
