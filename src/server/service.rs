//! What every request shares: what was loaded, limits, and what is counted.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, Semaphore};

use super::auth::Tokens;
use super::hosts::Hosts;
use super::metrics::Metrics;
use super::reload::{Reloads, What};
use super::together::Together;
use crate::asset::Limits;
use crate::audit::{AuditError, Auditor};
use crate::inspect::Inspector;
use crate::lists::List;
use crate::sources::Fetch;

/// Images that are fetched at once: each has a thread that waits for the network, and no other.
const FETCHES: usize = 32;

/// What a service may cost, and whom it answers.
#[derive(Debug, Clone)]
pub struct Options {
    /// Names under which it may be asked, besides those of its address.
    pub hosts: Vec<String>,
    /// A file of tokens; one of them has to be shown where there is one.
    pub tokens: Option<PathBuf>,
    /// The files that lists, trust and policy are in, and folders of such files: once one changes, all are loaded again.
    pub files: Vec<PathBuf>,
    /// What fetches images at addresses; `None` to refuse them all.
    pub fetch: Option<Arc<dyn Fetch>>,
    /// Most bytes of one body.
    pub max_bytes: u64,
    /// Most bytes of all bodies together.
    pub max_body_memory: u64,
    /// Most requests that are worked on or wait at once; others are refused.
    pub max_in_flight: usize,
    /// Most of them that come with the same token.
    pub max_per_token: Option<usize>,
    /// Most connections that are open at once; others wait to be taken.
    pub max_connections: usize,
    /// Images that are inspected at once, and requests whose hashes are looked up at once.
    pub workers: usize,
    /// How long one inspection may take, and one second more for each 2 MiB; `None` for no limit.
    pub max_time: Option<Duration>,
    /// How long a request's head may take, and how long its body may stay behind 64 KiB a second.
    pub read_time: Duration,
    /// How long to wait for what is in hand, once the service is to stop.
    pub drain_time: Duration,
    /// How often files are looked at for changes; `None` for never.
    pub look_every: Option<Duration>,
}

impl Options {
    pub(super) fn async_threads(&self) -> usize {
        self.workers.clamp(1, 8)
    }

    /// For inspections, look-ups, as many inspections that were given up, fetching, and loading.
    pub(super) fn blocking_threads(&self) -> usize {
        let fetching = if self.fetch.is_some() { FETCHES } else { 0 };
        let working = self.workers.saturating_mul(3);
        working.saturating_add(fetching).saturating_add(2)
    }
}

/// What images are judged by: swapped as a whole.
pub struct Loaded {
    /// Signals and policy.
    pub inspector: Arc<Inspector>,
    /// What one image may cost.
    pub limits: Limits,
    /// What every answer is written down in before it is given.
    pub auditor: Option<Auditor>,
    /// The lists that images are compared with.
    pub lists: Vec<Listed>,
}

/// A list, with the time when its file was written.
pub struct Listed {
    /// The list.
    pub list: Arc<List>,
    /// When its file was last written.
    pub modified: Option<SystemTime>,
}

impl Listed {
    /// Seconds since its file was written.
    pub(super) fn age(&self) -> Option<u64> {
        let age = SystemTime::now().duration_since(self.modified?);
        Some(age.map_or(0, |age| age.as_secs()))
    }
}

/// Loads everything anew. An error is told in words.
pub type Load = Box<dyn Fn() -> Result<Loaded, String> + Send + Sync>;

/// What every request shares.
pub(super) struct Service {
    pub(super) options: Options,
    pub(super) hosts: Hosts,
    pub(super) load: Load,
    pub(super) metrics: Metrics,
    pub(super) reloads: Reloads,
    /// Room for requests, for the KiB of their bodies, and for those who work on them.
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) bodies: Arc<Semaphore>,
    pub(super) inspecting: Arc<Semaphore>,
    pub(super) matching: Arc<Semaphore>,
    pub(super) fetching: Arc<Semaphore>,
    pub(super) together: Together,
    /// Why the audit log cannot be written, and that the service is over for that.
    pub(super) unwritten: OnceLock<AuditError>,
    pub(super) over: Notify,
    draining: AtomicBool,
    loaded: RwLock<Option<Arc<Loaded>>>,
    tokens: RwLock<Option<Arc<Tokens>>>,
}

impl Service {
    pub(super) fn new(address: SocketAddr, options: Options, load: Load) -> io::Result<Self> {
        let read = options.tokens.as_deref().map(Tokens::read);
        let tokens = read.transpose().map_err(io::Error::other)?.map(Arc::new);
        let kib = usize::try_from(options.max_body_memory >> 10).unwrap_or(usize::MAX);
        let workers = options.workers.max(1);
        Ok(Self {
            hosts: Hosts::of(address, &options.hosts),
            load,
            metrics: Metrics::default(),
            reloads: Reloads::default(),
            in_flight: Arc::new(Semaphore::new(options.max_in_flight)),
            bodies: Arc::new(Semaphore::new(kib.min(Semaphore::MAX_PERMITS))),
            inspecting: Arc::new(Semaphore::new(workers)),
            matching: Arc::new(Semaphore::new(workers)),
            fetching: Arc::new(Semaphore::new(FETCHES)),
            together: Together::new(workers)?,
            unwritten: OnceLock::new(),
            over: Notify::new(),
            draining: AtomicBool::new(false),
            loaded: RwLock::new(None),
            tokens: RwLock::new(tokens),
            options,
        })
    }

    /// What images are judged by right now; `None` until it was loaded.
    pub(super) fn loaded(&self) -> Option<Arc<Loaded>> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        loaded.clone()
    }

    /// The tokens of which one has to be shown; `None` where nobody asks for one.
    pub(super) fn tokens(&self) -> Option<Arc<Tokens>> {
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        tokens.clone()
    }

    /// Loads a part anew. When that fails, what there was stays.
    pub(super) fn reload(&self, what: What) -> Result<(), String> {
        let first = self.loaded();
        let result = match what {
            What::Judgement => (self.load)().map(|loaded| {
                let mut place = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
                *place = Some(Arc::new(loaded));
            }),
            What::Tokens => self.read_tokens(),
        };
        self.reloads.note(what, result.as_ref().err());
        // Where the first cannot be loaded, the service ends with the reason.
        if result.is_ok() || first.is_some() {
            crate::logs::loaded(what.as_str(), &result);
        }
        result
    }

    /// Notes that the audit log cannot be written: no answer may be given any more, so the service ends.
    pub(super) fn end_without_log(&self, error: AuditError) {
        if self.unwritten.set(error).is_ok() {
            self.over.notify_one();
        }
    }

    fn read_tokens(&self) -> Result<(), String> {
        let Some(path) = &self.options.tokens else {
            return Ok(());
        };
        let tokens = Tokens::read(path).map_err(|error| error.to_string())?;
        let mut place = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        *place = Some(Arc::new(tokens));
        Ok(())
    }

    /// Takes no new work from now on.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// How many requests are worked on or wait.
    pub(super) fn count_in_flight(&self) -> usize {
        let free = self.in_flight.available_permits();
        self.options.max_in_flight.saturating_sub(free)
    }
}
