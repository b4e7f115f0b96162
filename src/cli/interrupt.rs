//! Signals that ask the program to end: the first one lets it finish what it has begun, the second one ends it at once.

use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use provscan::error::{Fault, FaultKind};
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

/// Has each SIGHUP set this, where there is one: it asks for lists to be loaded again.
///
/// # Errors
/// The system takes no handler.
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) fn listen_for_reloads(asked: &Arc<AtomicBool>) -> io::Result<()> {
    #[cfg(unix)]
    flag::register(signal_hook::consts::SIGHUP, Arc::clone(asked))?;
    #[cfg(not(unix))]
    let _ = asked;
    Ok(())
}

/// What is said of a scan that was interrupted: how much of it was done, how to go on, and where it is, if not in the output.
pub(crate) fn told(done: &str, kept: bool, output: Option<(&Path, &Path)>) -> String {
    let go_on = match kept {
        true => "run the same command again to go on",
        false => "nothing was kept to go on from; --state FILE would",
    };
    let beside = output.map(|(whole, beside)| {
        let (whole, beside) = (whole.display(), beside.display());
        format!("; {whole} was left as it was, and what was done is in {beside}")
    });
    format!(
        "interrupted: {done} were done; {go_on}{}",
        beside.unwrap_or_default()
    )
}

/// The same inputs, which end when the scan is to stop: whoever finds them may wait for a line that never comes. If finding
/// them breaks, the last one says so, under this name.
pub(crate) fn until(
    stop: Arc<AtomicBool>,
    name: PathBuf,
    inputs: impl Iterator<Item = Input> + Send + 'static,
) -> impl Iterator<Item = Input> + Send {
    let (sender, receiver) = sync_channel::<Input>(AHEAD);
    // Of those that hold bytes, one waits at a time: nobody here counts how many bytes they are.
    let (heavy, passed) = sync_channel(1);
    let mut reading = Some(thread::spawn(move || {
        for input in inputs {
            if input.held() > 0 && heavy.send(()).is_err() || sender.send(input).is_err() {
                return;
            }
        }
    }));
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
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    let ended = reading.take().map(JoinHandle::join);
                    return ended.filter(Result::is_err).map(|_| broken(&name));
                }
            }
        }
    })
}

/// Stands for the inputs that were not found.
fn broken(name: &Path) -> Input {
    let message = "provscan broke while it read this; what comes after that was not looked at; please report it";
    Input::lost(name, Fault::new(FaultKind::Internal, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_that_break_off_are_no_end_like_any_other() {
        let inputs = |breaks: bool| {
            let first = iter::once(Input::file("a.jpg"));
            first.chain(iter::from_fn(move || {
                assert!(!breaks, "it breaks");
                None
            }))
        };
        let names = |breaks| -> Vec<String> {
            let all = until(Arc::default(), "list".into(), inputs(breaks));
            all.map(|input| input.name.to_text()).collect()
        };
        assert_eq!(names(false), ["a.jpg"]);
        assert_eq!(names(true), ["a.jpg", "list"]);
    }
}
