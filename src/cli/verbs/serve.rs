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
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;
    use std::time::{Duration, SystemTime};

    use provscan::audit::Auditor;
    use provscan::server::{Ended, Listed, Load, Loaded, Options, Server, Wish};
    use provscan::{Limits, Settings};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use crate::args::{ServeArgs, ServingArgs};
    use crate::exit::Exit;
    use crate::run::engine::{self, Engine};
    use crate::run::or_environment;
    use crate::verbs::audit::{self, args::AuditArgs};
    use crate::{interrupt, logs};

    /// How often to look whether there was a signal.
    const LOOK: Duration = Duration::from_millis(50);

    /// Memory for bodies, where nobody says how much memory there is.
    const BODIES: u64 = 512 << 20;

    pub(super) fn run(args: ServeArgs) -> anyhow::Result<Exit> {
        let serving = &args.serving;
        engine::ensure_unattended(&serving.engine)?;
        let limits = serving.limits.shared(serving.threads());
        let options = options(&args, &limits)?;
        let wishes = wishes()?;
        let server = Server::bind(args.listen, options, load(args.serving, limits))?;
        logs::say(format_args!("answering at http://{}", server.address()));
        Ok(match server.run(wishes)? {
            Ended::Done => Exit::Clear,
            Ended::Unfinished => Exit::Incomplete,
        })
    }

    fn options(args: &ServeArgs, limits: &Limits) -> anyhow::Result<Options> {
        let serving = &args.serving;
        let bodies = serving.limits.max_memory;
        let bodies = bodies.unwrap_or_else(|| BODIES.max(limits.max_bytes));
        Ok(Options {
            hosts: args.allow_hosts.clone(),
            tokens: args.tokens.clone(),
            files: engine::files(&serving.engine),
            fetch: serving.fetch.fetcher()?,
            max_bytes: limits.max_bytes.min(bodies),
            max_body_memory: bodies,
            max_in_flight: args.max_in_flight,
            max_per_token: args.max_per_token,
            max_connections: args.max_connections,
            workers: serving.threads(),
            max_time: serving.max_time(),
            read_time: Duration::from_secs(args.read_time),
            drain_time: Duration::from_secs(args.drain_time),
            look_every: serving.reload_every(),
        })
    }

    /// Loads all of it, with the limits that every load shares.
    fn load(serving: ServingArgs, limits: Limits) -> Load {
        let log = Mutex::new(None);
        Box::new(move || {
            let settings = Settings {
                thorough: true,
                ..serving.settings(limits.clone())
            };
            // Before they are read: one that is written meanwhile is no younger than what is read.
            let paths = or_environment(&serving.engine.lists, "PROVSCAN_LIST");
            let written: Vec<Option<SystemTime>> = paths.iter().map(|path| written(path)).collect();
            let engine =
                Engine::load(&serving.engine, settings).map_err(|error| format!("{error:#}"))?;
            engine.warn_without_lists();
            let auditor =
                auditor(&serving.audit, &log, &engine).map_err(|error| format!("{error:#}"))?;
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
