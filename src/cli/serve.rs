//! `serve`: an inspector behind HTTP.

use crate::args::ServeArgs;
use crate::exit::Exit;

#[cfg(not(feature = "server"))]
pub(crate) fn run(_: ServeArgs) -> anyhow::Result<Exit> {
    anyhow::bail!(
        "this build answers no requests; one that is built with the feature server does (`cargo build --release --ignore-rust-version --features server`)"
    )
}

#[cfg(feature = "server")]
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<Exit> {
    service::run(args)
}

#[cfg(feature = "server")]
mod service {
    use std::fs;
    use std::num::NonZero;
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::sync_channel;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;
    use std::time::{Duration, SystemTime};

    use provscan::audit::Auditor;
    use provscan::server::{Ended, Listed, Load, Loaded, Log, LogForm, Options, Server, Wish};
    use provscan::{Limits, Settings};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use crate::args::{LogFormat, ServeArgs};
    use crate::audit::{self, args::AuditArgs};
    use crate::exit::Exit;
    use crate::interrupt;
    use crate::run::engine::{self, Engine};
    use crate::run::or_environment;

    /// Lines of the log that may wait for whoever reads standard error.
    const WAITING: usize = 4096;

    /// How often to look whether there was a signal.
    const LOOK: Duration = Duration::from_millis(50);

    /// Memory for bodies, where nobody says how much memory there is.
    const BODIES: u64 = 512 << 20;

    pub(super) fn run(args: ServeArgs) -> anyhow::Result<Exit> {
        engine::ensure_unattended(&args.engine)?;
        let limits = args.limits.shared(args.threads);
        let options = options(&args, &limits);
        let form = match args.log_format {
            LogFormat::Text => LogForm::Text,
            LogFormat::Json => LogForm::Json,
        };
        let wishes = wishes()?;
        let server = Server::bind(args.listen, options, load(args, limits), log(form))?;
        eprintln!("provscan: answering at http://{}", server.address());
        Ok(match server.run(wishes)? {
            Ended::Done => Exit::Clear,
            Ended::Unfinished => Exit::Incomplete,
        })
    }

    fn options(args: &ServeArgs, limits: &Limits) -> Options {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let bodies = args.limits.max_memory;
        let bodies = bodies.unwrap_or_else(|| BODIES.max(limits.max_bytes));
        let seconds = |seconds: u64| (seconds > 0).then(|| Duration::from_secs(seconds));
        Options {
            hosts: args.allow_hosts.clone(),
            tokens: args.tokens.clone(),
            files: engine::files(&args.engine),
            max_bytes: limits.max_bytes.min(bodies),
            max_body_memory: bodies,
            max_in_flight: args.max_in_flight,
            max_per_token: args.max_per_token,
            max_connections: args.max_connections,
            workers: if args.threads == 0 {
                cores
            } else {
                args.threads
            },
            max_time: seconds(args.max_time),
            read_time: Duration::from_secs(args.read_time),
            drain_time: Duration::from_secs(args.drain_time),
            look_every: seconds(args.reload_every),
        }
    }

    /// Loads all of it, with the limits that every load shares.
    fn load(args: ServeArgs, limits: Limits) -> Load {
        let log = Mutex::new(None);
        Box::new(move || {
            let settings = Settings {
                limits: limits.clone(),
                thorough: true,
                only_images: true,
                show_personal: args.show_personal,
                ..Settings::default()
            };
            // Before they are read: one that is written meanwhile is no younger than what is read.
            let paths = or_environment(&args.engine.lists, "PROVSCAN_LIST");
            let written: Vec<Option<SystemTime>> = paths.iter().map(|path| written(path)).collect();
            let engine =
                Engine::load(&args.engine, settings).map_err(|error| format!("{error:#}"))?;
            let auditor =
                auditor(&args.audit, &log, &engine).map_err(|error| format!("{error:#}"))?;
            let lists = engine.settings.lists.iter().zip(written);
            Ok(Loaded {
                auditor,
                lists: lists
                    .map(|(list, modified)| Listed {
                        list: Arc::clone(list),
                        modified,
                    })
                    .collect(),
                limits: engine.settings.limits,
                inspector: engine.inspector,
            })
        })
    }

    /// The log that answers are written to from now on: the one that was opened first, with what answers rest on now.
    fn auditor(
        args: &AuditArgs,
        log: &Mutex<Option<Auditor>>,
        engine: &Engine,
    ) -> anyhow::Result<Option<Auditor>> {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let now = audit::again(args, log.as_ref(), engine)?;
        log.clone_from(&now);
        Ok(now)
    }

    fn written(path: &Path) -> Option<SystemTime> {
        fs::metadata(path).ok()?.modified().ok()
    }

    /// Lines on standard error, written by a thread of their own: whoever does not read them holds up no request. What found
    /// no room is told of.
    fn log(form: LogForm) -> Log {
        let (sender, lines) = sync_channel::<String>(WAITING);
        let lost = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&lost);
        thread::spawn(move || {
            for line in lines {
                if seen.swap(false, Ordering::Relaxed) {
                    eprintln!(
                        "provscan: nobody read the log for too long; lines before this one are lost"
                    );
                }
                eprintln!("{line}");
            }
        });
        Log::new(form, move |line| {
            if sender.try_send(line).is_err() {
                lost.store(true, Ordering::Relaxed);
            }
        })
    }

    /// What signals ask for: to end, or to load everything again.
    fn wishes() -> anyhow::Result<UnboundedReceiver<Wish>> {
        let (stop, again) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        interrupt::listen(&stop)?;
        interrupt::listen_for_reloads(&again)?;
        let (sender, wishes) = unbounded_channel();
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let wish = again.swap(false, Ordering::Relaxed);
                if wish && sender.send(Wish::Reload).is_err() {
                    return;
                }
                thread::sleep(LOOK);
            }
            // Where nobody listens any more, it has ended.
            let _ = sender.send(Wish::Stop);
        });
        Ok(wishes)
    }
}
