//! Files that appear or change in folders, as inputs: each once it has settled. What the system does not tell is found by
//! walking the folders again.

mod root;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use notify::event::{ModifyKind, RenameMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::folder::{expand, is_partial_name, walk_files};
use super::{Input, Inputs, Place, SourceOptions, Stamp};
use root::Root;

pub use root::WatchError;

/// Events that may wait; where there are more, the folders are walked.
const EVENTS: usize = 4096;

/// How long nothing is looked at, at most, while nothing happens.
const LOOK: Duration = Duration::from_millis(100);

/// A folder that is new is walked again after this: files may come before the system watches it.
const NEW_FOLDER: Duration = Duration::from_secs(1);

/// How folders are watched.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    /// How they are gone through, and what is wanted of them.
    pub source: SourceOptions,
    /// How long neither length nor time of a file may change before it is read.
    pub settle: Duration,
    /// Files that are there already are wanted, too.
    pub existing: bool,
    /// How often the folders are walked, whatever the system tells; never where there is none.
    pub rewalk: Option<Duration>,
}

/// Inputs as they appear, until somebody sets the flag.
pub struct Watching {
    roots: Vec<Root>,
    options: WatchOptions,
    stop: Arc<AtomicBool>,
    events: Receiver<notify::Result<Event>>,
    missed: Arc<AtomicBool>,
    watcher: RecommendedWatcher,
    /// Files as they were when they were handed on.
    seen: HashMap<PathBuf, Stamp>,
    settling: HashMap<PathBuf, Settling>,
    /// What could not be listed is told once.
    told: HashSet<PathBuf>,
    ready: VecDeque<Input>,
    walks: VecDeque<(Instant, PathBuf, PathBuf)>,
    walking: Option<(PathBuf, Inputs)>,
    /// What an archive holds that was handed on last.
    within: Option<(PathBuf, Inputs)>,
    walked: Instant,
}

/// A file that may still change.
struct Settling {
    stamp: Stamp,
    since: Instant,
    root: PathBuf,
}

impl Watching {
    /// Begins to watch.
    ///
    /// # Errors
    /// One of them is no folder, or the system watches no more.
    pub fn start(
        folders: &[PathBuf],
        options: WatchOptions,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, WatchError> {
        let roots = folders.iter().map(|folder| Root::of(folder));
        let roots: Vec<Root> = roots.collect::<Result<_, _>>()?;
        let missed = Arc::new(AtomicBool::new(false));
        let (sender, events) = sync_channel(EVENTS);
        let full = Arc::clone(&missed);
        let take = move |event| {
            if sender.try_send(event).is_err() {
                full.store(true, Ordering::Relaxed);
            }
        };
        let follow = options.source.folder.follow_links;
        let config = Config::default().with_follow_symlinks(follow);
        let named = folders.first().cloned().unwrap_or_default();
        let watcher = RecommendedWatcher::new(take, config)
            .map_err(|error| WatchError::unwatched(&named, &error))?;
        let mut watching = Self {
            roots,
            options,
            stop,
            events,
            missed,
            watcher,
            seen: HashMap::new(),
            settling: HashMap::new(),
            told: HashSet::new(),
            ready: VecDeque::new(),
            walks: VecDeque::new(),
            walking: None,
            within: None,
            walked: Instant::now(),
        };
        watching.begin()?;
        Ok(watching)
    }

    /// How many files are there that had not settled.
    pub fn unsettled(&self) -> usize {
        self.settling.len()
    }

    /// Watches, and looks for what comes until then.
    fn begin(&mut self) -> Result<(), WatchError> {
        if !self.options.existing {
            // Before the system watches: what comes in between is found by the walk after it.
            for root in &self.roots {
                let files = walk_files(&root.named, self.options.source.folder, None);
                for input in files {
                    if let (Place::File(path), Some(stamp)) = (input.place, input.stamp) {
                        self.seen.insert(path, stamp);
                    }
                }
            }
        }
        for root in &self.roots {
            let watched = self.watcher.watch(&root.absolute, RecursiveMode::Recursive);
            watched.map_err(|error| WatchError::unwatched(&root.named, &error))?;
        }
        self.walk_all();
        Ok(())
    }

    /// Has all folders walked.
    fn walk_all(&mut self) {
        let now = Instant::now();
        self.walked = now;
        self.walks.clear();
        for root in &self.roots {
            self.walks
                .push_back((now, root.named.clone(), root.named.clone()));
        }
    }

    /// Takes a walk a step further.
    fn walk(&mut self) -> bool {
        if let Some((root, inputs)) = &mut self.walking {
            let (root, next) = (root.clone(), inputs.next());
            match next {
                Some(input) => self.found(input, &root),
                None => self.walking = None,
            }
            return true;
        }
        let now = Instant::now();
        let Some(due) = self.walks.iter().position(|(at, ..)| *at <= now) else {
            return false;
        };
        if let Some((_, folder, root)) = self.walks.remove(due) {
            let filter = (root.clone(), self.options.source.filter.clone());
            let files = walk_files(&folder, self.options.source.folder, Some(filter));
            self.walking = Some((root, Box::new(files)));
        }
        true
    }

    /// Something that a walk met.
    fn found(&mut self, input: Input, root: &Path) {
        match (&input.place, input.stamp) {
            (Place::File(path), Some(stamp)) => {
                let path = path.clone();
                let old = is_old(&path, self.options.settle);
                self.consider(path, stamp, root, old);
            }
            _ => {
                if self.told.insert(PathBuf::from(input.name.as_os_str())) {
                    self.ready.push_back(input);
                }
            }
        }
    }

    /// A file that is there: it is handed on now or once it has settled, unless it is as it was.
    fn consider(&mut self, path: PathBuf, stamp: Stamp, root: &Path, settled: bool) {
        if self.seen.get(&path) == Some(&stamp) {
            self.settling.remove(&path);
            return;
        }
        if settled {
            self.hand_on(path, stamp, root);
            return;
        }
        let same = |settling: &Settling| settling.stamp == stamp;
        if !self.settling.get(&path).is_some_and(same) {
            let since = Instant::now();
            let root = root.to_owned();
            self.settling.insert(path, Settling { stamp, since, root });
        }
    }

    fn hand_on(&mut self, path: PathBuf, stamp: Stamp, root: &Path) {
        self.settling.remove(&path);
        self.told.remove(&path);
        let input = Input {
            stamp: Some(stamp),
            ..Input::file(&path).found()
        };
        self.seen.insert(path, stamp);
        let filter = &self.options.source.filter;
        if filter.wants(root.as_os_str(), &input) {
            self.ready.push_back(input);
        }
    }

    /// Hands on what did not change for long enough.
    fn settle(&mut self) {
        let long = |settling: &Settling| settling.since.elapsed() >= self.options.settle;
        let due = self.settling.iter().filter(|(_, one)| long(one));
        let due: Vec<PathBuf> = due.map(|(path, _)| path.clone()).collect();
        for path in due {
            let Some(settling) = self.settling.remove(&path) else {
                continue;
            };
            match self.stamp(&path) {
                Some(stamp) if stamp == settling.stamp => {
                    self.hand_on(path, stamp, &settling.root);
                }
                Some(stamp) => self.consider(path, stamp, &settling.root, false),
                // It went before anybody could have read it.
                None => {}
            }
        }
    }

    /// The stamp of a file that is there.
    fn stamp(&self, path: &Path) -> Option<Stamp> {
        let metadata = match self.options.source.folder.follow_links {
            true => fs::metadata(path),
            false => fs::symlink_metadata(path),
        };
        metadata
            .ok()
            .filter(fs::Metadata::is_file)
            .as_ref()
            .and_then(Stamp::of)
    }

    /// Something that the system tells.
    fn event(&mut self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            // Whatever it could not tell is found by a walk.
            self.missed.store(true, Ordering::Relaxed);
            return;
        };
        if event.need_rescan() {
            self.missed.store(true, Ordering::Relaxed);
        }
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        // Who gives a file its name when it is whole has finished it.
        let whole = matches!(
            event.kind,
            EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both))
        );
        for path in event.paths {
            self.touched(&path, whole);
        }
    }

    fn touched(&mut self, absolute: &Path, whole: bool) {
        let below = |root: &Root| {
            let rest = absolute.strip_prefix(&root.absolute).ok()?;
            Some((root.named.clone(), rest.to_owned()))
        };
        let all: Vec<_> = self.roots.iter().filter_map(below).collect();
        for (root, rest) in all {
            if rest.as_os_str().is_empty() {
                self.missed.store(true, Ordering::Relaxed);
                continue;
            }
            if self.is_left_out(&rest) {
                continue;
            }
            let path = root.join(rest);
            match self.stamp(&path) {
                Some(stamp) => self.consider(path, stamp, &root, whole),
                None if path.is_dir() => {
                    let now = Instant::now();
                    let again = now + NEW_FOLDER.max(self.options.settle);
                    for at in [now, again] {
                        self.walks.push_back((at, path.clone(), root.clone()));
                    }
                }
                None => {
                    self.seen.remove(&path);
                    self.settling.remove(&path);
                }
            }
        }
    }

    /// Whether a walk would pass over such a name.
    fn is_left_out(&self, rest: &Path) -> bool {
        let hidden = |part: std::path::Component<'_>| {
            part.as_os_str().as_encoded_bytes().first() == Some(&b'.')
        };
        rest.file_name().is_some_and(is_partial_name)
            || self.options.source.folder.skip_hidden && rest.components().any(hidden)
    }

    /// Takes what the system tells, for as long as nothing else is to be done.
    fn listen(&mut self, wait: Duration) {
        match self.events.recv_timeout(wait) {
            Ok(event) => {
                self.event(event);
                while let Ok(event) = self.events.try_recv() {
                    self.event(event);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            // Nothing is told any more, so the walks have to do.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(wait),
        }
        let due = |every: Duration| self.walked.elapsed() >= every;
        let missed = self.missed.swap(false, Ordering::Relaxed);
        if missed {
            tracing::info!(next = "the folders are gone through", "missed");
        }
        if missed || self.options.rewalk.is_some_and(due) {
            self.watch_again();
            self.walk_all();
        }
        self.settle();
    }

    /// A folder that was gone and is back has to be watched anew.
    fn watch_again(&mut self) {
        for root in &self.roots {
            if root.named.is_dir() && self.told.remove(&root.named) {
                // If that fails, the walks still find what is in it.
                let _ = self.watcher.watch(&root.absolute, RecursiveMode::Recursive);
            }
        }
    }

    /// The next input of an archive that was handed on.
    fn next_within(&mut self) -> Option<Input> {
        loop {
            let (root, inputs) = self.within.as_mut()?;
            let Some(input) = inputs.next() else {
                self.within = None;
                return None;
            };
            if self.options.source.filter.wants(root.as_os_str(), &input) {
                return Some(input);
            }
        }
    }
}

impl Iterator for Watching {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        while !self.stop.load(Ordering::Relaxed) {
            if let Some(input) = self.next_within() {
                return Some(input);
            }
            if let Some(input) = self.ready.pop_front() {
                let root = self
                    .roots
                    .iter()
                    .find(|root| Path::new(input.name.as_os_str()).starts_with(&root.named));
                let root = root.map(|root| root.named.clone()).unwrap_or_default();
                self.within = Some((root, expand(input, &self.options.source)));
                continue;
            }
            let busy = self.walk();
            let wait = match busy {
                true => Duration::ZERO,
                false => (self.options.settle / 4).clamp(Duration::from_millis(5), LOOK),
            };
            self.listen(wait);
        }
        None
    }
}

/// Whether a file was last changed so long ago that it has settled. What lies in the future has not.
fn is_old(path: &Path, settle: Duration) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age >= settle)
}
