//! When messages that were handed back come round again.
//!
//! A NATS server before 2.10.15 (Debian's among them) that finds a message due just as the pull for it ends counts it as handed
//! out, and hands it to nobody (nats-server pull requests 5305 and 5338). So no pull of a worker ends when one of its own
//! messages comes round: it waits a little longer, and gets it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How far the end of a pull is kept from a moment when a message is due: more than a busy server is late.
const APART: Duration = Duration::from_millis(200);

/// How much longer a pull may wait: it still ends before a message comes round that is handed back while it waits.
pub(super) const LONGER: Duration = Duration::from_millis(400);

/// Ends are tried in steps of this.
const STEP: Duration = Duration::from_millis(50);

/// The moments when messages of this worker are due.
#[derive(Default)]
pub(super) struct Due(Mutex<BTreeSet<Instant>>);

impl Due {
    /// A message comes round after so long.
    pub(super) fn after(&self, now: Instant, wait: Duration) {
        self.moments().insert(now + wait);
    }

    /// How long a pull is to wait that would wait for this long: as long, or a little longer, or else a little shorter. Where
    /// something is due all the time, it gets that. What is past is forgotten.
    pub(super) fn apart(&self, now: Instant, wait: Duration) -> Duration {
        let mut moments = self.moments();
        moments.retain(|due| now.saturating_duration_since(*due) < APART);
        let is_apart = |wait: &Duration| {
            let end = now + *wait;
            let near = end.checked_sub(APART).unwrap_or(end)..end + APART;
            moments.range(near).next().is_none()
        };
        let longer = (0..).map(|steps| wait + STEP * steps);
        let shorter = (1..).map_while(|steps| wait.checked_sub(STEP * steps));
        longer
            .take_while(|longer| *longer <= wait + LONGER)
            .chain(shorter.take_while(|shorter| !shorter.is_zero()))
            .find(is_apart)
            .unwrap_or(wait)
    }

    fn moments(&self) -> MutexGuard<'_, BTreeSet<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn pulls_end_apart_from_what_is_due() {
        let (due, now) = (Due::default(), Instant::now() + MS(10_000));
        assert_eq!(due.apart(now, MS(500)), MS(500), "nothing is due");
        due.after(now, MS(1000));
        for (wait, waits) in [
            (500, 500),
            (750, 750),
            (801, 1201),
            (850, 1250),
            (1000, 1250),
            (1199, 1249),
            (1201, 1201),
        ] {
            assert_eq!(due.apart(now, MS(wait)), MS(waits), "{wait}");
        }
        due.after(now, MS(1300));
        assert_eq!(due.apart(now, MS(900)), MS(800), "no longer, so shorter");
        assert_eq!(due.apart(now, MS(1200)), MS(1550));
        assert_eq!(due.apart(now, MS(4000)), MS(4000));
    }

    #[test]
    fn where_something_is_due_all_the_time_nothing_is_put_off() {
        let (due, now) = (Due::default(), Instant::now() + MS(10_000));
        for late in 0..600 {
            due.after(now, MS(late * 100));
        }
        assert_eq!(due.apart(now, MS(500)), MS(500));
        assert_eq!(due.apart(now, MS(59_500)), MS(59_500));
    }

    #[test]
    fn what_is_past_is_forgotten() {
        let (due, now) = (Due::default(), Instant::now() + MS(10_000));
        for wait in 0..100 {
            due.after(now + MS(wait * 100), MS(50));
        }
        assert_eq!(due.moments().len(), 100);
        due.apart(now + MS(9_900), MS(50));
        assert_eq!(due.moments().len(), 3, "near, or still to come");
    }
}
