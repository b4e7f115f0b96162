//! Lines on their way to whoever reads them, who holds up nobody: what finds no room is counted, and that is told in its place.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Lines that may wait, and their bytes.
const MOST: usize = 4096;
const MOST_BYTES: usize = 4 << 20;

/// Lines that wait to be written, by a thread of their own.
pub(super) struct Lines(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    more: Condvar,
    written: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    writing: bool,
}

/// What waits, and how many lines after it found no room.
#[derive(Default)]
struct Waiting {
    text: String,
    lines: usize,
    lost: u64,
}

impl Lines {
    /// Lines go to `out`; `lost` makes the line that tells how many are missing.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn to(
        out: impl Write + Send + 'static,
        lost: impl Fn(u64) -> String + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let writing = move || own.write(out, lost);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(writing)?;
        Ok(Self(shared))
    }

    /// Takes a line, without its end. It never waits for a line to be written.
    pub(super) fn put(&self, line: &str) {
        let mut state = self.0.state();
        let waiting = &mut state.waiting;
        let full = waiting.lines >= MOST || waiting.text.len() + line.len() >= MOST_BYTES;
        // Once one is missing, so are those after it: it is told in one place.
        if full || waiting.lost > 0 {
            waiting.lost += 1;
        } else {
            waiting.text.push_str(line);
            waiting.text.push('\n');
            waiting.lines += 1;
        }
        drop(state);
        self.0.more.notify_one();
    }

    /// Waits until everything is written, or for so long.
    pub(super) fn finish(&self, patience: Duration) {
        let state = self.0.state();
        let busy = |state: &mut State| state.writing || !state.waiting.is_empty();
        let waited = self.0.written.wait_timeout_while(state, patience, busy);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.lines == 0 && self.lost == 0
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, mut out: impl Write, lost: impl Fn(u64) -> String) {
        loop {
            let mut waiting = self.next();
            if waiting.lost > 0 {
                waiting.text.push_str(&lost(waiting.lost));
                waiting.text.push('\n');
            }
            // Where nobody reads, there is nobody to tell.
            let _ = out.write_all(waiting.text.as_bytes());
            let _ = out.flush();
        }
    }

    /// Waits for lines, and takes all of them.
    fn next(&self) -> Waiting {
        let mut state = self.state();
        state.writing = false;
        self.written.notify_all();
        let idle = |state: &mut State| state.waiting.is_empty();
        let waited = self.more.wait_while(state, idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.writing = true;
        std::mem::take(&mut state.waiting)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Instant;

    use super::*;

    /// Takes what is written, each time only once somebody allows it.
    struct Reader {
        begun: Sender<()>,
        allowed: Receiver<()>,
        read: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.begun.send(()).unwrap();
            self.allowed.recv().unwrap();
            self.read.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_the_reader_and_what_is_lost_is_told_in_its_place() {
        let ((begun, beginning), (allow, allowed)) = (channel(), channel());
        let read = Arc::new(Mutex::new(Vec::new()));
        let reader = Reader {
            begun,
            allowed,
            read: Arc::clone(&read),
        };
        let lines = Lines::to(reader, |lost| format!("lost {lost}")).unwrap();
        lines.put("first");
        beginning.recv().unwrap();
        // The reader reads nothing from here on.
        (0..MOST + 7).for_each(|number| lines.put(&number.to_string()));
        let began = Instant::now();
        lines.finish(Duration::from_millis(50));
        assert!(began.elapsed() >= Duration::from_millis(50));
        assert!(read.lock().unwrap().is_empty());
        allow.send(()).unwrap();
        beginning.recv().unwrap();
        lines.put("last");
        (0..2).for_each(|_| allow.send(()).unwrap());
        lines.finish(Duration::from_secs(60));
        let text = String::from_utf8(read.lock().unwrap().clone()).unwrap();
        let text: Vec<&str> = text.lines().collect();
        assert_eq!(text.len(), MOST + 3);
        assert_eq!(text[..2], ["first", "0"]);
        assert_eq!(text[MOST..], ["4095", "lost 7", "last"]);
    }

    #[test]
    fn the_bytes_that_wait_are_bounded() {
        let ((begun, beginning), (allow, allowed)) = (channel(), channel());
        let read = Arc::new(Mutex::new(Vec::new()));
        let reader = Reader {
            begun,
            allowed,
            read: Arc::clone(&read),
        };
        let lines = Lines::to(reader, |lost| lost.to_string()).unwrap();
        lines.put("");
        beginning.recv().unwrap();
        let long = "a".repeat(MOST_BYTES / 4);
        (0..9).for_each(|_| lines.put(&long));
        (0..2).for_each(|_| allow.send(()).unwrap());
        lines.finish(Duration::from_secs(60));
        let read = read.lock().unwrap();
        assert!(
            read.len() < MOST_BYTES && read.ends_with(b"\n6\n"),
            "{}",
            read.len()
        );
    }
}
