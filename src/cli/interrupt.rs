//! Signals that ask the program to end: the first one lets it finish what it has begun, the second one ends it at once.

use std::io;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use provscan::sources::Input;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Exit;

/// Inputs that may wait between the thread that reads them and the scan.
const AHEAD: usize = 256;

/// How long a scan waits for an input before it looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(100);

/// Has the first signal set this.
///
/// # Errors
/// The system takes no handler.
pub(crate) fn listen(asked: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // In this order: the one that ends the program looks whether there was a signal before.
        flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(asked))?;
        flag::register(signal, Arc::clone(asked))?;
    }
    Ok(())
}

/// What is said of a scan that was interrupted: how much of it was done, and how to go on.
pub(crate) fn told(done: &str, kept: bool) -> String {
    let go_on = match kept {
        true => "run the same command again to go on",
        false => "nothing was kept to go on from; --state FILE would",
    };
    format!("interrupted: {done} were done; {go_on}")
}

/// The same inputs, which end when the scan is to stop: whoever finds them may wait for a line that never comes.
pub(crate) fn until(
    stop: Arc<AtomicBool>,
    inputs: impl Iterator<Item = Input> + Send + 'static,
) -> impl Iterator<Item = Input> + Send {
    let (sender, receiver) = sync_channel::<Input>(AHEAD);
    // Of those that hold bytes, one waits at a time: nobody here counts how many bytes they are.
    let (heavy, passed) = sync_channel(1);
    thread::spawn(move || {
        for input in inputs {
            if input.held() > 0 && heavy.send(()).is_err() || sender.send(input).is_err() {
                return;
            }
        }
    });
    iter::from_fn(move || {
        loop {
            match receiver.recv_timeout(LOOK) {
                Ok(input) => {
                    if input.held() > 0 {
                        let _ = passed.try_recv();
                    }
                    return Some(input);
                }
                Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
                Err(_) => return None,
            }
        }
    })
}
