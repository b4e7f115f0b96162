//! Content credentials: what trust lists cost over the files of a corpus, and how many signed files a scan checks in the
//! time of a process for each.

use std::io::Cursor;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use c2pa::{Context, Reader};
use provscan::scan::{Inspecting, ScanOptions, scan};
use provscan::sources::{Input, Name, folder};
use provscan::{Asset, Inspection, Inspector, Limits, Policy, Settings};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{paired, report, shared, trust};

/// Everything, with a program that reads one file's manifest and nothing else, given as a command that lacks arguments.
pub(crate) fn report_all(bare: &(dyn Fn() -> Command + Sync)) {
    super::history::report();
    let Some((lists, files)) = trust::public().zip(signed_files()) else {
        return println!("no public trust lists or no corpus of signed files beside us: skipped");
    };
    lists_or_none(&lists, &files);
    against_processes(&lists, &files, bare);
}

fn inspector(flags: &[String]) -> Inspector {
    let settings = Settings {
        trust: trust::settings(flags),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn asset(bytes: &[u8]) -> Asset {
    Asset::new("a.jpg", bytes.to_vec(), Limits::default())
}

/// A file with a manifest, and what it is when all lists are known.
struct Signed {
    path: PathBuf,
    trusted: bool,
}

/// The files of the corpus that hold a manifest, but for the few that are so large that reading them is all that counts.
fn signed_files() -> Option<Vec<Signed>> {
    let inspector = inspector(&trust::public()?);
    let signed = |input: Input| {
        let path = PathBuf::from(input.name.as_os_str());
        let bytes = std::fs::read(&path).unwrap();
        let evidence = inspector.inspect(&asset(&bytes)).evidence;
        let has = |code: &str| evidence.iter().any(|one| one.code.name.starts_with(code));
        (bytes.len() < 4 << 20 && has("c2pa.")).then(|| Signed {
            path,
            trusted: has("c2pa.trusted"),
        })
    };
    let corpus = folder(&shared("corpus/c2pa")?, Default::default());
    Some(corpus.filter_map(signed).collect())
}

/// The four ways to check a file: with all lists or none, by us and by a bare reader.
struct Costs {
    ours: f64,
    ours_without: f64,
    bare: f64,
    bare_without: f64,
}

/// What the public lists cost: the ratio for each file, and the median of these.
fn lists_or_none(lists: &[String], files: &[Signed]) {
    const ROUNDS: usize = 9;
    let (with, without) = (inspector(lists), inspector(&[]));
    let (all, none) = (trust::context(lists), trust::context(&[]));
    let costs = |file: &Signed| {
        let bytes = std::fs::read(&file.path).unwrap();
        let ending = file.path.extension().unwrap_or_default().to_string_lossy();
        let ours = |inspector: &Inspector| milliseconds(|| inspector.inspect(&asset(&bytes)));
        let bare = |context| milliseconds(|| read(context, &ending, &bytes));
        // In turn, so that whatever else the machine does slows all alike.
        let times: Vec<[f64; 4]> = (0..ROUNDS)
            .map(|_| [ours(&with), ours(&without), bare(&all), bare(&none)])
            .collect();
        // Whatever else the machine does only ever adds to a time.
        let quickest = |way: usize| times.iter().map(|time| time[way]).fold(f64::MAX, f64::min);
        let [ours, ours_without, bare, bare_without] = [0, 1, 2, 3].map(quickest);
        Costs {
            ours,
            ours_without,
            bare,
            bare_without,
        }
    };
    let costs: Vec<(bool, Costs)> = files
        .iter()
        .map(|file| (file.trusted, costs(file)))
        .collect();
    println!("public trust lists against none, the ratio for each file, median (quartiles):");
    for (name, wanted) in [
        ("all", None),
        ("trusted", Some(true)),
        ("not trusted", Some(false)),
    ] {
        let of = || {
            let fits = |trusted: bool| wanted.is_none_or(|wanted| wanted == trusted);
            costs
                .iter()
                .filter(move |(trusted, _)| fits(*trusted))
                .map(|(_, costs)| costs)
        };
        println!(
            "  {name}, {} files of {:.2} ms: {}; a bare reader {}; {} to its time",
            of().count(),
            quarters(of().map(|costs| costs.ours))[1],
            quartiles(of().map(|costs| costs.ours / costs.ours_without)),
            quartiles(of().map(|costs| costs.bare / costs.bare_without)),
            quartiles(of().map(|costs| costs.ours / costs.bare)),
        );
    }
}

fn read(context: &Arc<Context>, ending: &str, bytes: &[u8]) -> Option<Reader> {
    let reader = Reader::from_shared_context(context);
    reader.with_stream(ending, Cursor::new(bytes)).ok()
}

fn milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let began = Instant::now();
    std::hint::black_box(work());
    began.elapsed().as_secs_f64() * 1000.0
}

fn quartiles(values: impl Iterator<Item = f64>) -> String {
    let [low, middle, high] = quarters(values);
    format!("{middle:.2} ({low:.2} to {high:.2})")
}

fn quarters(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|part| {
        values
            .get(values.len().saturating_sub(1) * part / 4)
            .copied()
            .unwrap_or(f64::NAN)
    })
}

/// The corpus through a scan on two threads, against a process with a bare reader for each file: one after another, as
/// loops in a shell do, and two at a time.
fn against_processes(lists: &[String], files: &[Signed], bare: &(dyn Fn() -> Command + Sync)) {
    let files: Vec<&PathBuf> = files.iter().map(|file| &file.path).collect();
    let inspector = Arc::new(inspector(lists));
    let options = ScanOptions {
        threads: 2,
        ordered: true,
        ..ScanOptions::default()
    };
    let scanned = || {
        let inputs = files.iter().map(Input::file);
        scan(
            Arc::new(Inspecting::new(
                Arc::clone(&inspector),
                Limits::default(),
                |_: &Name, seen: &Inspection| vec![u8::from(seen.evidence.is_empty())],
            )),
            inputs,
            &options,
            |_, _| Ok(()),
        )
        .unwrap()
    };
    let process = |file: &&PathBuf| {
        let mut command = bare();
        command.arg(file).args(lists);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.unwrap().success(), "{}", file.display());
    };
    for (name, at_a_time) in [("one after another", 1), ("two at a time", 2)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(at_a_time);
        let pool = pool.build().unwrap();
        let processes = || pool.install(|| files.par_iter().for_each(process));
        let times = paired(5, scanned, processes);
        let rate = |time: std::time::Duration| files.len() as f64 / time.as_secs_f64();
        println!(
            "scan of {} signed files, two threads, public lists: {:.0} files a second; a process for each, {name}: {:.0}",
            files.len(),
            rate(times.ours),
            rate(times.other)
        );
        report(
            "  time of the scan against that of the processes",
            &times,
            "",
        );
    }
}
