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

/// The moments when messages of this worker are due.
#[derive(Default)]
pub(super) struct Due(Mutex<BTreeSet<Instant>>);

impl Due {
    /// A message comes round after so long.
    pub(super) fn after(&self, now: Instant, wait: Duration) {
        self.moments().insert(now + wait);
    }

    /// How long a pull is to wait that would wait for this long. What is past is forgotten.
    pub(super) fn apart(&self, now: Instant, wait: Duration) -> Duration {
        let mut moments = self.moments();
        moments.retain(|due| now.saturating_duration_since(*due) < APART);
        let mut end = now + wait;
        while let Some(due) = moments.iter().rev().find(|due| are_near(**due, end)) {
            end = *due + APART;
        }
        end.duration_since(now)
    }

    fn moments(&self) -> MutexGuard<'_, BTreeSet<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn are_near(one: Instant, other: Instant) -> bool {
    let between = one.max(other).duration_since(one.min(other));
    between < APART
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
            (800, 800),
            (801, 1200),
            (1000, 1200),
            (1199, 1200),
            (1200, 1200),
        ] {
            assert_eq!(due.apart(now, MS(wait)), MS(waits), "{wait}");
        }
        due.after(now, MS(1300));
        due.after(now, MS(1900));
        assert_eq!(
            due.apart(now, MS(900)),
            MS(1500),
            "until after the second, and before the third"
        );
        assert_eq!(due.apart(now, MS(4000)), MS(4000));
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
