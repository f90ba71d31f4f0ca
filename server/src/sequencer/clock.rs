//! The clock, and the alarm when it cannot be trusted: a log that stamps wrong times is worse than one that stops.

use chain::time::Millis;
use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// How far the wall clock may part from the steady one between two looks, and how far behind the chain it may be.
const TOLERANCE: Millis = 10_000;

/// Why no time can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockAlarm {
    #[error("the clock is {0} ms behind the newest entry")]
    Behind(Millis),
    #[error("the clock jumped by {0} ms")]
    Jumped(Millis),
    #[error("the clock is outside the years 1970 to 9999")]
    Absurd,
}

/// Wall time checked against a steady clock.
pub struct Clock {
    wall: Arc<dyn Fn() -> Millis + Send + Sync>,
    /// Wall and steady time at the last look that was in order.
    last: (Millis, Instant),
}

fn system() -> Millis {
    let after = |time: SystemTime| time.duration_since(UNIX_EPOCH).ok().and_then(|d| Millis::try_from(d.as_millis()).ok());
    after(SystemTime::now()).unwrap_or(-1)
}

impl Clock {
    #[must_use]
    pub fn system() -> Clock {
        Clock::with(system)
    }

    /// A clock of the caller's, for tests that turn it.
    pub fn with(wall: impl Fn() -> Millis + Send + Sync + 'static) -> Clock {
        let last = (wall(), Instant::now());
        Clock { wall: Arc::new(wall), last }
    }

    /// The time now, unless the wall clock jumped since the last look or lies behind `newest`, the newest entry's time.
    /// A jump is an alarm until the two clocks agree again or the process is started anew.
    pub fn now(&mut self, newest: Option<Millis>) -> Result<Millis, ClockAlarm> {
        let (wall, steady) = ((self.wall)(), Instant::now());
        if !(0..=chain::time::LATEST).contains(&wall) {
            return Err(ClockAlarm::Absurd);
        }
        let passed = Millis::try_from(steady.duration_since(self.last.1).as_millis()).unwrap_or(Millis::MAX);
        let jump = wall - self.last.0.saturating_add(passed);
        if jump.abs() > TOLERANCE {
            return Err(ClockAlarm::Jumped(jump));
        }
        if let Some(newest) = newest.filter(|newest| newest - wall > TOLERANCE) {
            return Err(ClockAlarm::Behind(newest - wall));
        }
        self.last = (wall, steady);
        Ok(wall)
    }
}
