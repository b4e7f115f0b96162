//! From a request to its answer, and the key of that.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, sync, thread};

use sha2::{Digest as _, Sha256};

use super::fetching::{Fetched, Fetching};
use super::judgement::{Current, Judgement};
use super::letters::digest;
use super::permits::Permits;
use crate::audit::Auditor;
use crate::error::{Fault, FaultKind};
use crate::fingerprints::to_hex;
use crate::inspect::{Inspection, Inspector, Requested};
use crate::scan;
use crate::sources::request::{self, About, Request, Root};
use crate::sources::{Id, Input, Name, Place};
use crate::waiting::Standing;

/// Long files may take longer: one second more for each so many bytes, for slow disks.
const SLOWEST: u64 = 2 << 20;

/// How requests are judged.
#[derive(Debug, Clone, Default)]
pub struct JudgeOptions {
    /// The folder that requests may name files in; none for none.
    pub root: Option<Root>,
    /// How images at addresses are fetched; none for not at all.
    pub fetching: Option<Fetching>,
    /// Images that are looked at at the same time.
    pub threads: usize,
    /// How long one may take, and one second more for each 2 MiB of it; `None` for no limit.
    pub max_time: Option<Duration>,
}

/// Answers requests, from many threads.
pub struct Judge {
    current: Current,
    options: JudgeOptions,
    looking: Arc<Permits>,
    /// Threads that nobody waits for any more may be so many.
    late: Arc<Permits>,
}

/// What came of a request.
pub(super) struct Judged {
    pub(super) name: Name,
    pub(super) inspection: Inspection,
    pub(super) key: String,
    pub(super) took: Duration,
    /// Its file could not be read, and perhaps can be later.
    pub(super) unread: bool,
    /// The log that has to have it before it is published.
    pub(super) auditor: Option<Auditor>,
}

/// What was found, and what it was found in.
struct Answered {
    inspection: Inspection,
    content: String,
    unread: bool,
}

impl Judge {
    /// Judges by this.
    pub fn new(judgement: Judgement, options: JudgeOptions) -> Self {
        let threads = options.threads.max(1);
        Self {
            current: Current::new(judgement),
            options,
            looking: Arc::new(Permits::new(threads)),
            late: Arc::new(Permits::new(threads)),
        }
    }

    /// The folder that requests may name files in.
    ///
    /// # Errors
    /// It is not there, or no folder.
    pub fn root(folder: &Path) -> io::Result<Root> {
        Root::new(folder)
    }

    /// Judges by this from now on; what is in hand keeps what it began with.
    pub fn replace(&self, judgement: Judgement) {
        self.current.set(judgement);
    }

    /// What a message that comes now is judged by.
    pub(super) fn current(&self) -> Arc<Judgement> {
        self.current.get()
    }

    /// Answers a request; `tick` is called now and then for as long as that takes. `sequence` stands for the id of a request
    /// that has none: without it, two of the same content would be told apart by nothing.
    pub(super) fn judge(
        &self,
        judgement: &Judgement,
        request: Request,
        sequence: u64,
        tick: &Tick<'_>,
    ) -> Judged {
        let began = Instant::now();
        let (name, id) = (request.name(), request.id.clone());
        let caller = match &id {
            Some(Id::Text(id)) => format!("={id}"),
            Some(Id::Number(id)) => format!("~{id}"),
            None => format!("#{sequence}"),
        };
        let answer = self.answer(judgement, request, tick);
        let key = key(&[&judgement.basis, &caller, &name.to_text(), &answer.content]);
        let looked_up = answer.inspection.request.as_deref();
        let requested = Requested {
            id,
            key: Some(key.clone()),
            ..looked_up.cloned().unwrap_or_default()
        };
        Judged {
            name,
            inspection: answer.inspection.answering(requested),
            key,
            took: began.elapsed(),
            unread: answer.unread,
            auditor: judgement.auditor.clone(),
        }
    }

    fn answer(&self, judgement: &Judgement, request: Request, tick: &Tick<'_>) -> Answered {
        let (input, _room) = self.input(judgement, request, tick);
        let hashes = match &input.place {
            Place::Hashes(hashes) => Some(digest(&hashes.prints.to_bytes())),
            _ => None,
        };
        let may_be_read_later = input.place.may_be_read_later();
        let inspection = self.inspect(judgement, input, tick);
        let unread = inspection.sha256.is_none() && is_unreadable(&inspection);
        Answered {
            content: hashes
                .or_else(|| inspection.sha256.clone())
                .unwrap_or_else(|| format!("{:?}", inspection.faults)),
            unread: unread && may_be_read_later,
            inspection,
        }
    }

    /// The input of a request, with the room that it takes if it was fetched.
    fn input(
        &self,
        judgement: &Judgement,
        request: Request,
        tick: &Tick<'_>,
    ) -> (Input, Option<Fetched>) {
        let About::Address(address) = &request.about else {
            return (request::input(request, self.options.root.as_ref()), None);
        };
        let max_bytes = judgement.limits.max_bytes;
        let fetched = match &self.options.fetching {
            Some(fetching) => fetching.get(address.clone(), max_bytes, tick),
            None => Err(Fault::new(
                FaultKind::Unsupported,
                "nothing says which addresses may be fetched; --fetch-from names where they may lie",
            )),
        };
        let (place, room) = match fetched {
            Ok(mut fetched) => (Place::Memory(mem::take(&mut fetched.bytes)), Some(fetched)),
            Err(fault) => (Place::Lost(fault), None),
        };
        (Input::named(request.name(), place).as_image(), room)
    }

    /// Inspects on a thread of its own, so that whoever waits can say so, and can give up.
    fn inspect(&self, judgement: &Judgement, input: Input, tick: &Tick<'_>) -> Inspection {
        while !self.looking.take_within(tick.every) {
            (tick.tick)();
        }
        let allowed = self.options.max_time.map(|time| {
            let seconds = Duration::from_secs(length(&input) / SLOWEST);
            time.saturating_add(seconds)
        });
        let (sender, receiver) = sync::mpsc::channel();
        let standing = Arc::new(Standing::default());
        let spawned = thread::Builder::new().spawn({
            let inspector = Arc::clone(&judgement.inspector);
            let limits = judgement.limits.clone();
            let (late, standing) = (Arc::clone(&self.late), Arc::clone(&standing));
            move || {
                Arc::clone(&standing).adopt();
                let _ = sender.send(scan::inspect(&inspector, input, &limits));
                if standing.is_given_up() {
                    late.give();
                }
            }
        });
        let answer = match spawned {
            Ok(_) => self.wait(&judgement.inspector, &receiver, &standing, allowed, tick),
            Err(error) => judgement.inspector.unreadable(Fault::new(
                FaultKind::Limit,
                format!("no thread could be started to look at it: {error}"),
            )),
        };
        self.looking.give();
        answer
    }

    fn wait(
        &self,
        inspector: &Inspector,
        receiver: &sync::mpsc::Receiver<Inspection>,
        standing: &Standing,
        allowed: Option<Duration>,
        tick: &Tick<'_>,
    ) -> Inspection {
        let (mut looked, mut taken) = (Instant::now(), Duration::ZERO);
        let pause = allowed.map_or(tick.every, |allowed| allowed.min(tick.every));
        loop {
            match receiver.recv_timeout(pause) {
                Ok(inspection) => return inspection,
                Err(sync::mpsc::RecvTimeoutError::Timeout) => (tick.tick)(),
                Err(sync::mpsc::RecvTimeoutError::Disconnected) => {
                    let message = "provscan broke on this file; please report it";
                    let fault = Fault::new(FaultKind::Internal, message);
                    return inspector.unreadable(fault);
                }
            }
            // Waiting for memory that others have is no work of its own.
            if !standing.waits() {
                taken += looked.elapsed();
            }
            looked = Instant::now();
            let over = allowed.filter(|allowed| taken >= *allowed);
            if let Some(allowed) = over
                && self.late.take_within(Duration::ZERO)
            {
                standing.give_up();
                let message = format!(
                    "took longer than {} s, the limit for a file of its length; --max-time raises it",
                    allowed.as_secs_f64()
                );
                return inspector.unreadable(Fault::new(FaultKind::Limit, message));
            }
        }
    }
}

/// What is to be done now and then for as long as a message is in hand.
pub(super) struct Tick<'a> {
    pub(super) every: Duration,
    pub(super) tick: &'a dyn Fn(),
}

fn length(input: &Input) -> u64 {
    match &input.place {
        crate::sources::Place::File(path) => path.metadata().map_or(0, |metadata| metadata.len()),
        _ => input.held(),
    }
}

fn is_unreadable(inspection: &Inspection) -> bool {
    let mut faults = inspection.faults.iter();
    faults.any(|fault| fault.kind == FaultKind::Unreadable)
}

/// A digest of several texts, none of which can be taken for another.
fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    to_hex(&digest)
}
