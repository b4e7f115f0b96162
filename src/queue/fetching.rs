//! Images at addresses: fetched before it is their turn to be looked at, so that nobody who looks waits for a network.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::judge::Tick;
use crate::error::{Fault, FaultKind};
use crate::sources::{Fetch, FetchError, FetchErrorKind};

/// Longest that an image waits for room.
const PATIENCE: Duration = Duration::from_secs(60);

/// How images are fetched.
#[derive(Debug, Clone)]
pub struct Fetching {
    fetch: Arc<dyn Fetch>,
    memory: Arc<Memory>,
}

/// An image that was fetched, and its room.
pub(super) struct Fetched {
    pub(super) bytes: Vec<u8>,
    _room: Room,
}

impl Fetching {
    /// Fetches with this; all images that were fetched and not judged yet have so many bytes.
    pub fn new(fetch: Arc<dyn Fetch>, memory: u64) -> Self {
        let memory = Arc::new(Memory {
            most: memory,
            taken: Mutex::new(0),
            freed: Condvar::new(),
        });
        Self { fetch, memory }
    }

    /// Fetches an image, on a thread of its own, so that whoever waits can say so.
    ///
    /// # Errors
    /// It is not allowed or too long; or it could not be fetched now, and perhaps can be later.
    pub(super) fn get(
        &self,
        address: String,
        max_bytes: u64,
        tick: &Tick<'_>,
    ) -> Result<Fetched, Fault> {
        // No thread for what is refused anyway.
        self.fetch.check(&address).map_err(fault)?;
        let (sender, receiver) = channel();
        let own = self.clone();
        let spawned = thread::Builder::new().spawn(move || {
            let _ = sender.send(own.get_now(&address, max_bytes));
        });
        spawned.map_err(|error| {
            let message = format!("no thread could be started to fetch it: {error}");
            Fault::new(FaultKind::Unreadable, message)
        })?;
        loop {
            match receiver.recv_timeout(tick.every) {
                Ok(fetched) => return fetched.map_err(fault),
                Err(RecvTimeoutError::Timeout) => (tick.tick)(),
                Err(RecvTimeoutError::Disconnected) => {
                    let message = "provscan broke while it fetched this; please report it";
                    return Err(Fault::new(FaultKind::Internal, message));
                }
            }
        }
    }

    fn get_now(&self, address: &str, max_bytes: u64) -> Result<Fetched, FetchError> {
        let mut room = Room {
            memory: Arc::clone(&self.memory),
            bytes: 0,
        };
        let most = max_bytes.min(self.memory.most);
        // All at once: two that have some and wait for more would wait for each other.
        let mut take = |_: u64, most: u64| room.take(most);
        let bytes = self.fetch.fetch(address, most, &mut take)?;
        room.shrink(bytes.len() as u64);
        Ok(Fetched { bytes, _room: room })
    }
}

fn fault(error: FetchError) -> Fault {
    let kind = match error.kind {
        FetchErrorKind::NotAllowed => FaultKind::Unsupported,
        FetchErrorKind::TooLarge => FaultKind::Limit,
        // What may pass is tried again.
        FetchErrorKind::Unanswered | FetchErrorKind::TooSlow | FetchErrorKind::NoRoom => {
            FaultKind::Unreadable
        }
    };
    Fault::new(kind, error.message)
}

/// Bytes that images may have together.
#[derive(Debug)]
struct Memory {
    most: u64,
    taken: Mutex<u64>,
    freed: Condvar,
}

/// What one of them has; free again when this is dropped.
struct Room {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Room {
    /// Takes room for so many bytes in all, once others are done with theirs.
    fn take(&mut self, bytes: u64) -> Result<(), FetchError> {
        let more = bytes.saturating_sub(self.bytes);
        let until = Instant::now() + PATIENCE;
        let memory = &self.memory;
        let mut taken = memory.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.saturating_add(more) > memory.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(FetchError::new(
                    FetchErrorKind::NoRoom,
                    "other images that were fetched fill the memory that there is for them",
                ));
            }
            let waited = memory.freed.wait_timeout(taken, left);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += more;
        self.bytes += more;
        Ok(())
    }

    /// Keeps no more than so many bytes.
    fn shrink(&mut self, bytes: u64) {
        let less = self.bytes.saturating_sub(bytes);
        let mut taken = self
            .memory
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *taken -= less.min(*taken);
        self.bytes -= less;
        drop(taken);
        self.memory.freed.notify_all();
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.shrink(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Gives as many bytes as the address says, and notes how many there are at a time.
    #[derive(Debug, Default)]
    struct Bytes {
        held: AtomicU64,
        most: AtomicU64,
    }

    impl Fetch for Bytes {
        fn check(&self, _: &str) -> Result<(), FetchError> {
            Ok(())
        }

        fn fetch(
            &self,
            address: &str,
            max_bytes: u64,
            room: &mut crate::sources::Room<'_>,
        ) -> Result<Vec<u8>, FetchError> {
            let length: u64 = address.parse().unwrap();
            room(length.min(max_bytes), max_bytes)?;
            let held = self.held.fetch_add(max_bytes, Ordering::SeqCst) + max_bytes;
            self.most.fetch_max(held, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(5));
            self.held.fetch_sub(max_bytes, Ordering::SeqCst);
            Ok(vec![0; usize::try_from(length).unwrap()])
        }
    }

    #[test]
    fn images_wait_for_each_other_and_give_their_room_back() {
        let bytes = Arc::new(Bytes::default());
        let fetching = Fetching::new(Arc::clone(&bytes) as Arc<dyn Fetch>, 100);
        let get = |address: &str, most| {
            let tick = || ();
            let tick = Tick {
                every: Duration::from_millis(1),
                tick: &tick,
            };
            fetching.get(address.to_owned(), most, &tick).unwrap()
        };
        thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| assert_eq!(get("7", 40).bytes.len(), 7));
            }
        });
        assert!(bytes.most.load(Ordering::SeqCst) <= 100);
        assert_eq!(*fetching.memory.taken.lock().unwrap(), 0);
        // No image is longer than all of them may be.
        let whole = get("3", 4000);
        assert_eq!(*fetching.memory.taken.lock().unwrap(), 3);
        drop(whole);
    }
}
