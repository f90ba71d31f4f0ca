//! How much one address may ask: bursts are people, floods are not.

use super::{App, trouble};
use app::view::Problem;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};
use governor::{
    DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// A page with all that it fetches is about a dozen requests; a whole office may share one address.
const BURST: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Tries to come in at the desk that one address may make at once, and how often one more: an office shares an address.
const TRIES: NonZeroU32 = NonZeroU32::new(40).unwrap();
const ANOTHER: Duration = Duration::from_secs(6);
/// Addresses remembered before those that have been quiet are forgotten, and after how many requests that is looked at.
const REMEMBERED: usize = 50_000;
const LOOK: u32 = 4_096;

static FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Requests by address. Cloning shares the counts.
#[derive(Clone)]
pub struct Limits {
    /// None: nobody is limited.
    limiter: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
    counted: Arc<AtomicU32>,
    tries: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    /// Whose word on where a request came from is taken. This machine's own proxies need not be named.
    proxies: Arc<[IpAddr]>,
}

impl Limits {
    /// `rate`: requests a second that an address may go on asking for, zero for any number.
    #[must_use]
    pub fn new(rate: u32, proxies: &[IpAddr]) -> Limits {
        let limiter = NonZeroU32::new(rate)
            .map(|rate| Arc::new(RateLimiter::hashmap(Quota::per_second(rate).allow_burst(BURST.saturating_add(rate.get())))));
        // The period is not zero, which is all that could be wrong with it.
        let tries = Quota::with_period(ANOTHER).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(TRIES);
        Limits { limiter, counted: Arc::default(), tries: Arc::new(RateLimiter::hashmap(tries)), proxies: proxies.into() }
    }

    /// Seconds to wait, if this request is one too many.
    pub(super) fn refuse(&self, peer: IpAddr, headers: &HeaderMap) -> Option<u32> {
        let limiter = self.limiter.as_ref()?;
        let from = self.whose(peer, headers)?;
        // Whether or not anybody is refused: a flood from many addresses must not fill the memory either.
        if self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK) && limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        seconds(limiter.check_key(&from))
    }

    /// Seconds to wait, if this is one try too many to come in at the desk.
    pub(super) fn refuse_try(&self, peer: IpAddr, headers: &HeaderMap) -> Option<u32> {
        let from = self.whose(peer, headers)?;
        if self.tries.len() > REMEMBERED {
            self.tries.retain_recent();
        }
        seconds(self.tries.check_key(&from))
    }

    /// The network at the other end of a connection, if it speaks for itself and is no proxy.
    pub(super) fn alone(&self, peer: IpAddr) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        (!self.trusts(&peer)).then(|| network(peer))
    }

    /// Where a request seems to come from, in full: what somebody is shown of their own sessions.
    pub(super) fn seen_from(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        self.spoken_for(peer, headers).unwrap_or_else(|| peer.to_canonical())
    }

    fn trusts(&self, address: &IpAddr) -> bool {
        address.is_loopback() || self.proxies.contains(address)
    }

    /// The address a request counts for. None for this machine itself, whose own commands ask as much as they like.
    fn whose(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        let from = self.spoken_for(peer, headers);
        let from = if peer.is_loopback() { from } else { from.or(Some(peer)) };
        from.map(network)
    }

    /// Who asked, as the proxies on the way say; nothing where a proxy speaks for itself.
    fn spoken_for(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.trusts(&peer) {
            return Some(peer);
        }
        // Each proxy adds, at the end, whom it heard from; what stands before the last trusted one may be invented.
        let all = headers.get_all(&FORWARDED);
        let said = all.iter().flat_map(|value| value.to_str().unwrap_or("?").split(','));
        for said in said.collect::<Vec<_>>().into_iter().rev() {
            // At the first that cannot be read nobody knows any more who it was.
            let address = address(said.trim())?;
            if !self.trusts(&address) {
                return Some(address);
            }
        }
        None
    }
}

fn seconds(checked: Result<(), NotUntil<<DefaultClock as Clock>::Instant>>) -> Option<u32> {
    let seconds = checked.err()?.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
    Some(u32::try_from(seconds).unwrap_or(60).min(60))
}

/// An address as proxies write it: alone, or with the port it came from.
fn address(said: &str) -> Option<IpAddr> {
    let address = said.parse().ok().or_else(|| said.parse::<SocketAddr>().ok().map(|from| from.ip()));
    let address = address.or_else(|| said.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

/// Of an IPv6 address its network, since one household has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Answers 429 with the seconds to wait instead of going on.
pub(super) async fn limited(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match asker(&request).and_then(|peer| app.limits.refuse(peer, request.headers())) {
        None => next.run(request).await,
        Some(seconds) => trouble::refuse(&app, request.uri(), request.headers(), Problem::TooMany { seconds }),
    }
}

/// Who holds the other end of the connection.
pub(super) fn asker(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn said(addresses: &str) -> HeaderMap {
        HeaderMap::from_iter([(FORWARDED.clone(), addresses.parse().unwrap())])
    }

    const READER: &str = "203.0.113.7";

    #[test]
    fn a_flood_from_one_address_is_refused_and_others_go_on() {
        let limits = Limits::new(10, &[]);
        let (flood, other) = (READER.parse().unwrap(), "203.0.113.8".parse().unwrap());
        let refused = (0..1_000).filter(|_| limits.refuse(flood, &HeaderMap::new()).is_some()).count();
        assert!((300..400).contains(&refused), "{refused}");
        assert!(limits.refuse(flood, &HeaderMap::new()).is_some_and(|seconds| (1..=60).contains(&seconds)));
        assert_eq!(limits.refuse(other, &HeaderMap::new()), None);
    }

    #[test]
    fn a_flood_from_many_addresses_that_nobody_is_refused_for_does_not_fill_the_memory() {
        let limits = Limits::new(10_000, &[]);
        for n in 0..400_000u32 {
            assert_eq!(limits.refuse(std::net::Ipv4Addr::from_bits(0x0b00_0000 + n).into(), &HeaderMap::new()), None);
        }
        let remembered = limits.limiter.as_ref().unwrap().len();
        assert!(remembered < 200_000, "{remembered}");
    }

    #[test]
    fn tries_to_come_in_are_fewer_than_pages_and_an_office_has_enough() {
        let limits = Limits::new(0, &[]);
        let (guessing, other) = (READER.parse().unwrap(), "203.0.113.8".parse().unwrap());
        let refused = (0..100).filter(|_| limits.refuse_try(guessing, &HeaderMap::new()).is_some()).count();
        assert!((55..=60).contains(&refused), "{refused}");
        assert_eq!(limits.refuse_try(other, &HeaderMap::new()), None);
    }

    #[test]
    fn one_network_of_a_household_counts_as_one() {
        let limits = Limits::new(10, &[]);
        let of = |n: u128| IpAddr::from(Ipv6Addr::from_bits(0x2001_0db8 << 96 | n));
        assert_eq!(limits.whose(of(1), &HeaderMap::new()), limits.whose(of(77), &HeaderMap::new()));
        assert_ne!(limits.whose(of(1), &HeaderMap::new()), limits.whose(of(1 << 64), &HeaderMap::new()));
    }

    #[test]
    fn a_reader_cannot_pass_for_another_by_saying_so() {
        let limits = Limits::new(10, &["192.0.2.1".parse().unwrap()]);
        let reader: IpAddr = READER.parse().unwrap();
        // Straight from the reader, whatever it says.
        assert_eq!(limits.whose(reader, &said("198.51.100.1")), Some(reader));
        // Through a proxy that adds whom it heard from at the end.
        for proxy in ["127.0.0.1", "192.0.2.1", "::ffff:192.0.2.1"] {
            assert_eq!(limits.whose(proxy.parse().unwrap(), &said(&format!("198.51.100.1, {READER}"))), Some(reader));
            // Some add the port too.
            assert_eq!(limits.whose(proxy.parse().unwrap(), &said(&format!("198.51.100.1, {READER}:5555"))), Some(reader));
        }
        // What a proxy wrote and nobody can read is not passed over for what the reader wrote before it.
        let proxy: IpAddr = "192.0.2.1".parse().unwrap();
        assert_eq!(limits.whose(proxy, &said("198.51.100.1, unknown")), Some(proxy));
        assert_eq!(limits.whose("127.0.0.1".parse().unwrap(), &said(&format!("{READER}, 192.0.2.1"))), Some(reader));
        assert_eq!(limits.whose("127.0.0.1".parse().unwrap(), &HeaderMap::new()), None);
    }
}
