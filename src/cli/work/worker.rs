//! A worker, and the other end of its broker.

use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context as _;
use provscan::Settings;
use provscan::queue::{
    self, Envelope, Event, Judge, JudgeOptions, NatsOptions, Place, Tally, WorkOptions,
};
use provscan::reports::safe;
use provscan::sinks;

use crate::args::{Global, WorkArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::run::engine::Engine;

/// How long records are held that cannot be published, once the worker is to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for something to print.
const LINGER: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &WorkArgs, global: &Global) -> anyhow::Result<Exit> {
    if let Some(file) = &args.send {
        return send(args, file, global);
    }
    if let Some(what) = &args.print {
        return print(args, what);
    }
    // What is wrong with the lists is told before anybody is kept waiting.
    let threads = match args.threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    };
    let judge = judge(args, threads)?;
    let broker = queue::connect(options(args))?;
    let stop = Arc::new(AtomicBool::new(false));
    interrupt::listen(&stop).context("signals cannot be handled")?;
    let options = WorkOptions {
        max_in_flight: args.max_in_flight.into(),
        max_deliveries: args.max_deliveries,
        ack_wait: broker.ack_wait(),
        until_empty: args.until_empty,
        envelope: envelope(&args.envelope),
        patience: PATIENCE,
    };
    if !global.quiet {
        eprintln!(
            "provscan: waiting for messages under {} at {}",
            safe(&args.subject),
            safe(&args.server)
        );
    }
    let tally = queue::work(&*broker, &judge, &options, &stop, &tell);
    if !global.quiet {
        eprintln!("provscan: {}", told(&tally));
    }
    Ok(match tally.left {
        0 => Exit::Clear,
        _ => Exit::Incomplete,
    })
}

fn judge(args: &WorkArgs, threads: usize) -> anyhow::Result<Judge> {
    let settings = Settings {
        limits: args.limits.shared(threads),
        show_personal: args.show_personal,
        only_images: true,
        ..Settings::default()
    };
    let engine = Engine::load(&args.engine, settings)?;
    let root = args.root.as_deref().map(|root| {
        let found = Judge::root(root);
        found.with_context(|| format!("--root {}", root.display()))
    });
    let options = JudgeOptions {
        root: root.transpose()?,
        threads,
        max_time: (args.max_time > 0).then(|| Duration::from_secs(args.max_time)),
    };
    Ok(Judge::new(
        engine.inspector,
        &engine.settings,
        &engine.policy,
        options,
    ))
}

fn options(args: &WorkArgs) -> NatsOptions {
    NatsOptions {
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

/// Tells what somebody who looks after workers wants to know.
fn tell(event: Event) {
    let told = match event {
        Event::Broker(reason) => format!("the broker: {reason}; trying again"),
        Event::Again { sequence, reason } => {
            format!("message {sequence} will be tried again: {reason}")
        }
        Event::Dead { sequence, reason } => {
            format!("message {sequence} got a dead letter: {reason}")
        }
    };
    // A worker goes on where nobody listens.
    let _ = writeln!(io::stderr(), "provscan: {}", safe(&told));
}

fn told(tally: &Tally) -> String {
    let mut told = format!("{} answered", tally.answered);
    for (count, what) in [
        (
            tally.incomplete,
            "of them could not be checked, or not fully",
        ),
        (tally.dead, "dead letters"),
        (tally.again, "left to be tried again"),
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

fn send(args: &WorkArgs, file: &Path, global: &Global) -> anyhow::Result<Exit> {
    let named = || file.display().to_string();
    let broker = queue::connect(options(args))?;
    let sent = match file == Path::new("-") {
        true => broker.send(&mut io::stdin().lock()),
        false => broker.send(&mut BufReader::new(File::open(file).with_context(named)?)),
    };
    let sent = sent.with_context(named)?;
    if !global.quiet {
        eprintln!("provscan: {sent} requests sent");
    }
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
