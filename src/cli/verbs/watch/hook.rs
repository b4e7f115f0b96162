//! A program that is run for each flagged image: without a shell, a few at once, and not for ever.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Programs that run at once.
const AT_ONCE: usize = 4;

/// Records that wait for one; further images wait, too, then.
const WAITING: usize = 64;

/// Between two looks at whether a program has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Programs that run, and records that wait for one.
pub(super) struct Hook {
    records: Option<SyncSender<Vec<u8>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Hook {
    /// Reads a command; 0 seconds is no limit.
    pub(super) fn start(command: &str, seconds: u64) -> anyhow::Result<Self> {
        let words = words(command)?;
        anyhow::ensure!(!words.is_empty(), "it names no program");
        let limit = (seconds > 0).then(|| Duration::from_secs(seconds));
        let (sender, receiver) = sync_channel(WAITING);
        let shared = Arc::new((words, Mutex::new(receiver)));
        let threads = (0..AT_ONCE).map(|_| {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("hook".to_owned())
                .spawn(move || serve(&shared.0, &shared.1, limit))
        });
        Ok(Self {
            threads: threads.collect::<Result<_, _>>()?,
            records: Some(sender),
        })
    }

    /// Has the program run for a record, when its turn comes.
    pub(super) fn run(&self, record: Vec<u8>) {
        if let Some(records) = &self.records {
            // Those that serve it end only after this.
            let _ = records.send(record);
        }
    }
}

impl Drop for Hook {
    /// Waits for the programs that are still to run.
    fn drop(&mut self) {
        self.records = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve(words: &[String], records: &Mutex<Receiver<Vec<u8>>>, limit: Option<Duration>) {
    loop {
        let next = records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(record) = next else { return };
        if let Err(why) = run(words, record, limit) {
            tracing::warn!(why, "hook");
        }
    }
}

/// Runs the program once.
fn run(words: &[String], record: Vec<u8>, limit: Option<Duration>) -> Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("it names no program")?;
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        // Ours is the answer.
        .stdout(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| format!("{program} cannot be run: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that reads nothing keeps nobody waiting but this thread, which ends with it.
        thread::spawn(move || stdin.write_all(&record));
    }
    wait(&mut child, limit).map_err(|why| format!("{program} {why}"))
}

fn wait(child: &mut Child, limit: Option<Duration>) -> Result<(), String> {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("failed: {status}")),
            Ok(None) => {}
            Err(error) => return Err(error.to_string()),
        }
        if limit.is_some_and(|limit| began.elapsed() > limit) {
            let _ = child.kill();
            let _ = child.wait();
            return Err("took too long and was ended; --hook-time gives it more".to_owned());
        }
        thread::sleep(LOOK);
    }
}

/// Words of a command: separated by blanks, which quotes keep. Nothing else means anything.
fn words(command: &str) -> anyhow::Result<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match quote {
            Some(mark) if c == mark => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    anyhow::ensure!(quote.is_none(), "a quote is not closed: {command}");
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_command_is_words_and_nothing_more() {
        let words = |command| super::words(command).unwrap();
        assert_eq!(words(" a  'b c' \"d'e\"f "), ["a", "b c", "d'ef"]);
        assert_eq!(words("sh $HOME;ls '' \\n"), ["sh", "$HOME;ls", "", "\\n"]);
        assert!(words("").is_empty());
        assert!(super::words("a 'b").is_err());
    }
}
