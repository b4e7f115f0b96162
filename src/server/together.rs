//! Hashes of requests that wait at the same time are looked up together: a list is read once for all of them.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::select;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::refusal::Refusal;
use super::service::Loaded;
use super::work::{broke, turn};
use crate::inspect::Inspection;
use crate::sources::Hashes;

/// Most hashes that are looked up together: whoever comes next waits for no more.
const MOST: usize = 256;

/// Requests that wait for their hashes to be looked up, and the threads that do it.
pub(super) struct Together {
    waiting: Mutex<VecDeque<Waiting>>,
    turn: Arc<Semaphore>,
    pool: ThreadPool,
}

/// Hashes that wait, and who waits for the answer.
struct Waiting {
    loaded: Arc<Loaded>,
    hashes: Vec<Hashes>,
    answer: oneshot::Sender<Vec<Inspection>>,
    /// What the request takes of the room for bodies.
    room: Option<Arc<OwnedSemaphorePermit>>,
}

impl Together {
    pub(super) fn new(threads: usize) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self {
            waiting: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            pool: pool.map_err(io::Error::other)?,
        })
    }

    /// What the lists say of each image of which only hashes are known. Many are looked up in parts, so that nobody waits long
    /// for them.
    pub(super) async fn look_up(
        &self,
        loaded: &Arc<Loaded>,
        mut hashes: Vec<Hashes>,
        room: Option<OwnedSemaphorePermit>,
    ) -> Result<Vec<Inspection>, Refusal> {
        let room = room.map(Arc::new);
        let mut answers = Vec::with_capacity(hashes.len());
        while !hashes.is_empty() {
            let rest = hashes.split_off(hashes.len().min(MOST));
            let (answer, answered) = oneshot::channel();
            self.all().push_back(Waiting {
                loaded: Arc::clone(loaded),
                hashes,
                answer,
                room: room.clone(),
            });
            answers.extend(self.answered(answered).await?);
            hashes = rest;
        }
        Ok(answers)
    }

    /// Waits for an answer, or for the turn to answer all who wait.
    async fn answered(
        &self,
        mut answered: oneshot::Receiver<Vec<Inspection>>,
    ) -> Result<Vec<Inspection>, Refusal> {
        loop {
            let turn = select! {
                biased;
                answer = &mut answered => return answer.map_err(|_| broke()),
                turn = turn(&self.turn) => turn?,
            };
            let batch = self.batch();
            self.pool.spawn(move || {
                answer(batch);
                drop(turn);
            });
        }
    }

    /// Those who have waited longest, as many as are looked up together, and for the same lists.
    fn batch(&self) -> Vec<Waiting> {
        let mut waiting = self.all();
        let (mut batch, mut count) = (Vec::<Waiting>::new(), 0);
        while let Some(next) = waiting.pop_front() {
            let alike = |first: &Waiting| Arc::ptr_eq(&first.loaded, &next.loaded);
            count += next.hashes.len();
            if !batch.first().is_none_or(alike) || (count > MOST && !batch.is_empty()) {
                waiting.push_front(next);
                break;
            }
            // Nobody waits for the answer to a request that was given up.
            if !next.answer.is_closed() {
                batch.push(next);
            }
        }
        batch
    }

    fn all(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks up what waits, and gives everyone their part. Where that breaks, they learn it by getting none.
fn answer(batch: Vec<Waiting>) {
    let Some(first) = batch.first() else {
        return;
    };
    let loaded = Arc::clone(&first.loaded);
    let (mut all, mut asking) = (Vec::new(), Vec::new());
    for waiting in batch {
        asking.push((waiting.hashes.len(), waiting.answer, waiting.room));
        all.extend(waiting.hashes);
    }
    let look_up = || loaded.inspector.inspect_all_hashes(all);
    let inspections = catch_unwind(AssertUnwindSafe(look_up));
    let mut inspections = inspections.into_iter().flatten();
    for (count, answer, _room) in asking {
        let own: Vec<Inspection> = inspections.by_ref().take(count).collect();
        if own.len() == count {
            // Whoever does not wait any more has left.
            let _ = answer.send(own);
        }
    }
}
