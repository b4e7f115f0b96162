//! Memory that all images together may take: their files and their decoded pictures have a part each, and whoever finds no
//! room waits for its turn.
//!
//! Nobody waits for ever. An image asks for the room of its file first and for that of its picture once, after that. Who has
//! room for a picture waits for nothing more, so it ends and makes room; who waits for room for a file waits for those. A
//! file that is larger than the part for files is in the part for pictures, and there is one such file at a time.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Fault, FaultKind};
use crate::waiting::{Standing, waiting};

/// How often who waits for room looks whether a thread that has some was given up.
const LOOK: Duration = Duration::from_millis(500);

/// The part for files, of four.
const FILES: u64 = 4;

/// Memory that images share, in bytes. What the program and its lists take comes on top.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    total: u64,
    /// Whether an image that needs more than there is is refused. Else it has all there is, and others wait.
    hard: bool,
    files: Part,
    pictures: Part,
    /// The turn of a file that is too large for the part of files.
    large: Part,
}

impl PartialEq for Budget {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Budget {}

impl Budget {
    /// An image that needs more than there is is refused: that depends on itself alone, never on the others.
    pub fn hard(bytes: u64) -> Self {
        Self::new(bytes, true)
    }

    /// An image that needs more than there is takes it nevertheless, while no other has any.
    pub fn throttle(bytes: u64) -> Self {
        Self::new(bytes, false)
    }

    fn new(total: u64, hard: bool) -> Self {
        let files = total / FILES;
        Self(Arc::new(Pool {
            total,
            hard,
            files: Part::of(files),
            pictures: Part::of(total - files),
            large: Part::of(1),
        }))
    }

    /// Room for the bytes of a file, which waits for others to be done.
    ///
    /// # Errors
    /// It is more than there ever is.
    pub fn file(&self, bytes: u64) -> Result<FileRoom, Fault> {
        let pool = &self.0;
        if bytes <= pool.files.size {
            let room = Room::new(pool, |pool| &pool.files, pool.files.take(bytes)?);
            return Ok(FileRoom { room, turn: None });
        }
        let most = pool.pictures.size;
        if pool.hard && bytes > most {
            return Err(self.refusal("reading it", bytes, most));
        }
        let turn = Room::new(pool, |pool| &pool.large, pool.large.take(1)?);
        let room = pool.pictures.take(bytes.min(most))?;
        Ok(FileRoom {
            room: Room::new(pool, |pool| &pool.pictures, room),
            turn: Some(turn),
        })
    }

    /// Room for a decoded picture, beside that of its file, which waits for others to be done.
    ///
    /// # Errors
    /// It is more than there ever is.
    pub(super) fn picture(&self, bytes: u64, file: Option<&FileRoom>) -> Result<Room, Fault> {
        let pool = &self.0;
        let beside = file.filter(|file| file.turn.is_some());
        let most = pool.pictures.size - beside.map_or(0, |file| file.room.bytes);
        if pool.hard && bytes > most {
            return Err(self.refusal("decoding it", bytes, most));
        }
        let room = pool.pictures.take(bytes.min(most))?;
        Ok(Room::new(pool, |pool| &pool.pictures, room))
    }

    fn refusal(&self, what: &str, bytes: u64, most: u64) -> Fault {
        let message = format!(
            "{what} takes {} MB, of the {} MB of --max-memory it may have {}; a larger --max-memory lets it",
            bytes.div_ceil(1 << 20),
            self.0.total >> 20,
            most >> 20
        );
        Fault::new(FaultKind::Limit, message)
    }
}

/// Room that the bytes of a file have.
#[derive(Debug)]
pub struct FileRoom {
    room: Room,
    /// It is one of the large ones.
    turn: Option<Room>,
}

/// Room that is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Room {
    pool: Arc<Pool>,
    part: fn(&Pool) -> &Part,
    id: u64,
    bytes: u64,
}

impl Room {
    fn new(pool: &Arc<Pool>, part: fn(&Pool) -> &Part, (id, bytes): (u64, u64)) -> Self {
        Self {
            pool: Arc::clone(pool),
            part,
            id,
            bytes,
        }
    }

    /// Takes more without waiting: who has room for a picture must not wait for others that do.
    ///
    /// # Errors
    /// It is more than there ever is.
    pub(super) fn grow(&self, budget: &Budget, bytes: u64) -> Result<(), Fault> {
        let part = (self.part)(&self.pool);
        let most = part.size.saturating_sub(self.bytes);
        if self.pool.hard && bytes > most {
            return Err(budget.refusal("decoding it once more in colour", bytes, most));
        }
        let mut state = part.lock();
        let mine = state.taken.iter_mut().find(|taken| taken.id == self.id);
        if let Some(mine) = mine {
            mine.bytes = mine.bytes.saturating_add(bytes);
        }
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let part = (self.part)(&self.pool);
        part.lock().taken.retain(|taken| taken.id != self.id);
        part.freed.notify_all();
    }
}

/// A part of the memory, given out in the order in which it is asked for.
#[derive(Debug)]
struct Part {
    size: u64,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// Who waits, in their order.
    queue: VecDeque<u64>,
    taken: Vec<Taken>,
}

#[derive(Debug)]
struct Taken {
    id: u64,
    bytes: u64,
    by: Arc<Standing>,
}

impl Part {
    fn of(size: u64) -> Self {
        Self {
            size,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Takes so many bytes, which are no more than there are in all; a number for them.
    fn take(&self, bytes: u64) -> Result<(u64, u64), Fault> {
        let by = Standing::mine();
        let mut state = self.lock();
        state.last += 1;
        let id = state.last;
        if !state.queue.is_empty() || !self.fits(&state, bytes) {
            state.queue.push_back(id);
            state = waiting(|| self.wait_for(id, bytes, &by, state));
            state.queue.retain(|waits| *waits != id);
            // The next in the queue may fit beside this one.
            self.freed.notify_all();
        }
        if by.is_given_up() {
            return Err(Fault::new(FaultKind::Limit, "it was given up"));
        }
        state.taken.push(Taken { id, bytes, by });
        Ok((id, bytes))
    }

    /// Waits until it is this one's turn and there is room.
    fn wait_for<'a>(
        &self,
        id: u64,
        bytes: u64,
        by: &Standing,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        while !by.is_given_up() && (state.queue.front() != Some(&id) || !self.fits(&state, bytes)) {
            let slept = self.freed.wait_timeout(state, LOOK);
            state = slept.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// Whether so many bytes are free. What a thread has that was given up does not count: nobody may wait for it.
    fn fits(&self, state: &State, bytes: u64) -> bool {
        let counted = state.taken.iter().filter(|taken| !taken.by.is_given_up());
        let used = counted.fold(0_u64, |sum, taken| sum.saturating_add(taken.bytes));
        used.saturating_add(bytes) <= self.size
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    const MB: u64 = 1 << 20;

    #[test]
    fn what_is_refused_depends_on_the_image_and_the_limit_alone() {
        let hard = Budget::hard(400 * MB);
        let small = hard.file(100 * MB).unwrap();
        assert!(hard.picture(300 * MB, Some(&small)).is_ok());
        let fault = hard.picture(301 * MB, Some(&small)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Limit);
        assert!(fault.message.contains("--max-memory"), "{fault}");
        let large = hard.file(200 * MB).unwrap();
        assert!(hard.picture(100 * MB, Some(&large)).is_ok());
        assert!(hard.picture(101 * MB, Some(&large)).is_err());
        assert!(hard.file(301 * MB).is_err());
        let soft = Budget::throttle(400 * MB);
        let file = soft.file(1000 * MB).unwrap();
        assert!(soft.picture(5000 * MB, Some(&file)).is_ok());
    }

    #[test]
    fn everybody_gets_a_turn_and_the_parts_hold() {
        let budget = Budget::hard(40 * MB);
        let (files, pictures) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|threads| {
            for n in 0..8_u64 {
                let (budget, files, pictures) = (&budget, &files, &pictures);
                threads.spawn(move || {
                    for m in 0..200_u64 {
                        let wanted = (n * 31 + m * 17) % 14 + 1;
                        let file = budget.file(wanted * MB).unwrap();
                        let of_files = match file.turn {
                            Some(_) => pictures,
                            None => files,
                        };
                        of_files.fetch_add(wanted, Ordering::SeqCst);
                        let picture = (m * 7) % 16 + 1;
                        let room = budget.picture(picture * MB, Some(&file)).unwrap();
                        let now = pictures.fetch_add(picture, Ordering::SeqCst) + picture;
                        assert!(now <= 30 && files.load(Ordering::SeqCst) <= 10);
                        pictures.fetch_sub(picture, Ordering::SeqCst);
                        drop(room);
                        of_files.fetch_sub(wanted, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(budget.0.pictures.lock().taken.is_empty());
        assert!(budget.0.files.lock().taken.is_empty());
    }

    #[test]
    fn nobody_waits_for_a_thread_that_was_given_up() {
        let budget = Budget::throttle(4 * MB);
        let (had, stuck) = std::sync::mpsc::channel();
        let held = budget.clone();
        thread::spawn(move || {
            let room = held.picture(3 * MB, None).unwrap();
            had.send(Standing::mine()).unwrap();
            thread::park();
            drop(room);
        });
        stuck.recv().unwrap().give_up();
        assert!(budget.picture(3 * MB, None).is_ok());
    }
}
