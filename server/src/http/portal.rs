//! The whole portal as one service: what the log's readers ask for most is answered from memory, the rest by the router.
//!
//! A checkpoint is 200 bytes and a tile 8 KB: a dozen layers around them cost more than they do. What the layers promise
//! holds all the same: every header, and the limit of one address. Nothing here waits, so nothing can take too long.

use super::{App, common, kept::Kept, limits::asker, log, trouble};
use app::view::Problem;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
    routing::future::RouteFuture,
};
use futures_util::future::{Either, Ready, ready};
use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};
use tower::Service;

/// Every address of the portal. Cloning shares it.
#[derive(Clone)]
pub struct Portal {
    pub(super) app: Arc<App>,
    pub(super) tiles: Kept,
    /// Headers of the checkpoint.
    pub(super) newest: Arc<HeaderMap>,
    pub(super) rest: Router,
}

impl Portal {
    fn at_once(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        if request.method() != Method::GET || !path.starts_with("/log/") {
            return None;
        }
        let response = if path == "/log/checkpoint" {
            self.checkpoint()?
        } else {
            // Bundles are text, which is sent compressed to who asks for that; tiles are hashes, which cannot be.
            let text = path.starts_with("/log/tile/entries/");
            if text && request.headers().contains_key(header::ACCEPT_ENCODING) {
                return None;
            }
            self.tiles.at_once(request)?
        };
        let seconds = asker(request).and_then(|peer| self.app.limits.refuse(peer, request.headers()));
        Some(match seconds {
            None => response,
            Some(seconds) => common(trouble::refuse(&self.app, request.uri(), request.headers(), Problem::TooMany { seconds })),
        })
    }

    /// The newest checkpoint, if the chain has one.
    fn checkpoint(&self) -> Option<Response> {
        let body = {
            let head = self.app.node.heads.borrow();
            (head.size > 0).then(|| Bytes::copy_from_slice(head.checkpoint.as_bytes()))?
        };
        let mut response = Response::new(Body::from(body));
        *response.headers_mut() = (*self.newest).clone();
        Some(response)
    }
}

impl Service<Request> for Portal {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // As the router, which is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.at_once(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.rest.call(request)),
        }
    }
}

/// Headers of a checkpoint, all of them.
pub(super) fn of_checkpoints() -> HeaderMap {
    let mut response = common(log::checkpoint_of(Bytes::new()));
    log::open_to_all(response.headers_mut());
    std::mem::take(response.headers_mut())
}
