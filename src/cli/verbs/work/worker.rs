//! A worker, and the other end of its broker.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use provscan::queue::{
    self, BrokerOptions, Envelope, Fetching, Judge, JudgeOptions, Judgement, Place, Tally,
    WorkOptions,
};
use provscan::reports::safe;
use provscan::sinks;

use super::loading::Loading;
use crate::args::WorkArgs;
use crate::exit::Exit;
use crate::interrupt;
use crate::logs;
use crate::run::engine;

/// How long records are held that cannot be published, once the worker is to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Memory for images that were fetched, where nobody says how much memory there is.
const FETCHED: u64 = 512 << 20;

/// How long to wait for something to print.
const LINGER: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &WorkArgs) -> anyhow::Result<Exit> {
    if let Some(file) = &args.send {
        return send(args, file);
    }
    if let Some(what) = &args.print {
        return print(args, what);
    }
    // What is wrong with the lists is told before anybody is kept waiting.
    let threads = args.serving.threads();
    engine::ensure_unattended(&args.serving.engine)?;
    let mut loading = Loading::new(args, threads);
    let judge = judge(args, threads, loading.load()?)?;
    let broker = queue::connect(options(args))?;
    let stop = Arc::new(AtomicBool::new(false));
    let again = Arc::new(AtomicBool::new(false));
    let listening = interrupt::listen(&stop).and_then(|()| interrupt::listen_for_reloads(&again));
    listening.context("signals cannot be handled")?;
    let options = WorkOptions {
        max_in_flight: args.max_in_flight.into(),
        max_deliveries: args.max_deliveries,
        ack_wait: broker.ack_wait(),
        until_empty: args.until_empty,
        envelope: envelope(&args.envelope),
        patience: PATIENCE,
    };
    logs::say(format_args!(
        "waiting for messages under {} at {}",
        safe(&args.subject),
        safe(&args.server)
    ));
    let (tally, audited) = thread::scope(|threads| {
        // Gone with the work, however that ends.
        let (_working, over) = channel();
        threads.spawn(|| {
            let over = over;
            loading.keep_up(&judge, &again, &over);
        });
        queue::work(&*broker, &judge, &options, &stop)
    });
    logs::say(format_args!("{}", told(&tally)));
    audited.context("what it had in hand is left to other workers")?;
    Ok(match tally.left {
        0 => Exit::Clear,
        _ => Exit::Incomplete,
    })
}

fn judge(args: &WorkArgs, threads: usize, judgement: Judgement) -> anyhow::Result<Judge> {
    let root = args.root.as_deref().map(|root| {
        let found = Judge::root(root);
        found.with_context(|| format!("--root {}", root.display()))
    });
    let limits = &args.serving.limits;
    let memory = limits.max_memory;
    let memory = memory.unwrap_or_else(|| FETCHED.max(limits.max_bytes));
    let fetch = args.serving.fetch.fetcher()?;
    let options = JudgeOptions {
        root: root.transpose()?,
        fetching: fetch.map(|fetch| Fetching::new(fetch, memory)),
        threads,
        max_time: args.serving.max_time(),
    };
    Ok(Judge::new(judgement, options))
}

fn options(args: &WorkArgs) -> BrokerOptions {
    BrokerOptions {
        server: args.server.clone(),
        credentials: args.creds.clone(),
        authorities: args.tls_authorities.clone(),
        stream: args.stream.clone(),
        subject: args.subject.clone(),
        results: args.results.clone(),
        dead_letters: args.dead_letter.clone(),
        durable: args.durable.clone(),
        ack_wait: Duration::from_secs(args.ack_wait),
        create: args.create,
    }
}

fn envelope(word: &str) -> Envelope {
    match word {
        "osprey" => Envelope::Osprey,
        _ => Envelope::Plain,
    }
}

fn told(tally: &Tally) -> String {
    let mut told = format!("{} answered", tally.answered);
    for (count, what) in [
        (
            tally.incomplete,
            "of them could not be checked, or not fully",
        ),
        (tally.dead, "dead letters"),
        (tally.again, "handed back to be tried again"),
        (
            tally.left,
            "left to others, since the broker did not take their records",
        ),
    ] {
        if count > 0 {
            told += &format!("; {count} {what}");
        }
    }
    told
}

fn send(args: &WorkArgs, file: &Path) -> anyhow::Result<Exit> {
    let named = || file.display().to_string();
    let broker = queue::connect(options(args))?;
    let sent = match file == Path::new("-") {
        true => broker.send(&mut io::stdin().lock()),
        false => broker.send(&mut BufReader::new(File::open(file).with_context(named)?)),
    };
    let sent = sent.with_context(named)?;
    logs::say(format_args!("{sent} requests sent"));
    Ok(Exit::Clear)
}

fn print(args: &WorkArgs, what: &str) -> anyhow::Result<Exit> {
    let place = match what {
        "dead" => Place::DeadLetters,
        _ => Place::Results,
    };
    let broker = queue::connect(options(args))?;
    let mut sink = sinks::to(None)?;
    broker.receive(place, LINGER, &mut |body| {
        sink.write_all(body)?;
        sink.write_all(b"\n")
    })?;
    sink.finish()?;
    Ok(Exit::Clear)
}
