//! Connections: how many there may be, how long one may keep the portal waiting, and their end in order.

use super::{Limits, Portal};
use axum::{body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tower::Service;

/// How long the head of a request may take to come, and how long a connection may stay without one.
const HEAD: Duration = Duration::from_secs(10);
/// After this a connection ends with the answer at hand, however busy it is; and some time later without it, so that nobody
/// who reads no answer holds a place for ever. That bounds what one request may bring over a slow line, which the pages for files say;
/// a file in pieces takes as long as it takes.
const OLDEST: Duration = Duration::from_secs(300);
const LAST_ANSWER: Duration = Duration::from_secs(120);
/// How long answers under way are waited for when the portal is asked to stop.
const PATIENCE: Duration = Duration::from_secs(5);
/// After trouble with taking connections, which most often is a want of files.
const PAUSE: Duration = Duration::from_millis(200);

/// Of all places a quarter is the most that one address may hold.
const SHARE: usize = 4;

/// Serves until `stop`, at most `most` connections at once; those beyond wait until one ends.
pub async fn serve(listener: TcpListener, portal: Portal, most: usize, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(most.max(1)));
    let held = Held { of: Arc::default(), most: (most / SHARE).max(1), limits: portal.app.limits.clone() };
    let (ending, told) = watch::channel(());
    let mut stop = pin!(stop);
    let taking = async {
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let (stream, peer) = accepted(&listener).await;
            let Some(of_one) = held.one_more(peer.ip()) else { continue };
            let (portal, told) = (portal.clone(), told.clone());
            tokio::spawn(async move {
                converse(stream, peer, portal, told).await;
                drop((place, of_one));
            });
        }
    };
    tokio::select! {
        () = taking => {}
        () = &mut stop => {}
    }
    drop(told);
    ending.send_replace(());
    // One reader that holds a connection and says nothing would hold everything up.
    drop(timeout(PATIENCE, ending.closed()).await);
}

async fn accepted(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, portal: Portal, mut told: watch::Receiver<()>) {
    // An answer is written whole; waiting for more to send with it helps nobody.
    drop(stream.set_nodelay(true));
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        portal.clone().call(request)
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(HEAD).serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    tokio::select! {
        // However it ended: whoever is there no more, or says what is no HTTP, is not waiting for an answer.
        _ = connection.as_mut() => return,
        _ = told.changed() => {}
        () = sleep(OLDEST) => {}
    }
    connection.as_mut().graceful_shutdown();
    drop(timeout(LAST_ANSWER, connection).await);
}

/// Connections by whoever holds them. Cloning shares the counts.
#[derive(Clone)]
struct Held {
    of: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
    limits: Limits,
}

impl Held {
    /// One more for this address, until it is dropped; none if it has its share. Proxies bring everybody's.
    fn one_more(&self, peer: IpAddr) -> Option<One> {
        let Some(address) = self.limits.alone(peer) else { return Some(One(None)) };
        let mut of = lock(&self.of);
        let count = of.entry(address).or_default();
        (*count < self.most).then(|| {
            *count += 1;
            One(Some((self.clone(), address)))
        })
    }
}

/// A connection that counts for its address, if for any.
struct One(Option<(Held, IpAddr)>);

impl Drop for One {
    fn drop(&mut self) {
        let Some((held, address)) = &self.0 else { return };
        let mut of = lock(&held.of);
        if let Some(count) = of.get_mut(address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                of.remove(address);
            }
        }
    }
}

fn lock(of: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    // Nothing in it is ever half changed.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::drafts::{LARGEST_FILE, LARGEST_PIECE};

    #[test]
    fn over_a_slow_line_each_piece_of_a_file_comes_in_time_and_so_does_the_largest_file_at_once() {
        // As the pages say it: `upload_slow`, and `limits` of what is brought.
        let takes = |bytes: usize, a_second: usize| Duration::from_secs((bytes / a_second) as u64);
        assert!(takes(LARGEST_PIECE, 50_000) < LAST_ANSWER, "also where it is begun at the last moment");
        assert!(takes(LARGEST_FILE, 50_000) < OLDEST + LAST_ANSWER);
        assert!(takes(25_000_000, 64_000) < OLDEST + LAST_ANSWER);
        assert_eq!((OLDEST + LAST_ANSWER).as_secs(), 7 * 60);
    }

    #[test]
    fn one_address_has_its_share_of_connections_and_gets_them_back_when_they_end() {
        let proxy: IpAddr = "192.0.2.1".parse().unwrap();
        let held = Held { of: Arc::default(), most: 3, limits: Limits::new(10, &[proxy]) };
        let greedy: IpAddr = "203.0.113.7".parse().unwrap();
        let mut open: Vec<_> = (0..3).map(|_| held.one_more(greedy).unwrap()).collect();
        assert!(held.one_more(greedy).is_none());
        assert!(held.one_more("203.0.113.8".parse().unwrap()).is_some());
        assert!((0..100).all(|_| held.one_more(proxy).is_some() && held.one_more("127.0.0.1".parse().unwrap()).is_some()));
        open.pop();
        open.push(held.one_more(greedy).unwrap());
        drop(open);
        assert!(lock(&held.of).is_empty());
    }
}
