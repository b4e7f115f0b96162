//! Content credentials at length: what trust lists cost over the files of a corpus, what a long history of manifests
//! takes, and how many signed files a scan checks in the time of a process for each.

use std::io::Cursor;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use c2pa::{Builder, Context, Reader, SigningAlg, create_signer};
use provscan::scan::{ScanOptions, scan};
use provscan::sources::{Input, folder};
use provscan::{Asset, Inspector, Limits, Policy, Settings};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::json;

use super::{here, paired, picture, report, shared, trust};

/// Everything, with a program that reads one file's manifest and nothing else, given as a command that lacks arguments.
pub(crate) fn report_all(bare: &dyn Fn() -> Command) {
    history();
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
        let [ours, ours_without, bare, bare_without] =
            [0, 1, 2, 3].map(|way| median(times.iter().map(|time| time[way])));
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
            "  {name}, {} files: {}; a bare reader {}; {} to its time",
            of().count(),
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

fn median(values: impl Iterator<Item = f64>) -> f64 {
    quarters(values)[1]
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

/// An image that was edited and signed anew 29 times, its signers trusted; none of its manifests has a time-stamp.
fn history() {
    const MANIFESTS: u32 = 30;
    const ROUNDS: u32 = 10;
    let bytes = edited(MANIFESTS);
    let lists = [trust::samples(), trust::public().unwrap_or_default()].concat();
    println!(
        "a history of {MANIFESTS} manifests ({} KB), CPU time:",
        bytes.len() / 1000
    );
    let print = |name: &str, milliseconds: Option<f64>| match milliseconds {
        Some(milliseconds) => println!("  {name}: {milliseconds:.0} ms"),
        None => println!("  {name}: the system does not tell"),
    };
    let mean = |work: &dyn Fn()| {
        work();
        let began = cpu_milliseconds()?;
        (0..ROUNDS).for_each(|_| work());
        Some((cpu_milliseconds()? - began) / f64::from(ROUNDS))
    };
    for (name, flags) in [
        ("all lists; wanted 150 or less", lists),
        ("no list", Vec::new()),
    ] {
        let (inspector, context) = (inspector(&flags), trust::context(&flags));
        let found = inspector.inspect(&asset(&bytes)).evidence;
        let told = found.iter().flat_map(|one| &one.detail);
        let mut counts = told.filter(|(name, _)| *name == "manifests");
        assert_eq!(counts.next().unwrap().1, MANIFESTS.into(), "{found:?}");
        print(name, mean(&|| drop(inspector.inspect(&asset(&bytes)))));
        print(
            &format!("  a bare reader, {name}"),
            mean(&|| drop(trust::read(&context, &bytes))),
        );
    }
}

/// CPU time of this thread so far, to four milliseconds, where the system tells.
fn cpu_milliseconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}

/// A picture with so many manifests, each the parent of the next.
fn edited(manifests: u32) -> Vec<u8> {
    let context = trust::context(&trust::samples());
    let read = |name: &str| std::fs::read(here("samples/trust").join(name)).unwrap();
    let (certificate, key) = (read("test-signer.pem"), read("test-signer.key"));
    let mut bytes = picture::photograph(3, 640, 480, 85);
    for step in 0..manifests {
        let first = step == 0;
        let action = if first {
            json!({"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"})
        } else {
            json!({"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}})
        };
        let definition = json!({
            "title": format!("step {step}"),
            "claim_generator_info": [{"name": "provscan benchmark", "version": "1"}],
            "assertions": [{"label": "c2pa.actions.v2", "created": true, "data": {"actions": [action]}}],
        });
        let mut builder = Builder::from_shared_context(&context)
            .with_definition(definition)
            .unwrap();
        if !first {
            let parent = json!({"title": "before", "relationship": "parentOf", "label": "parent"});
            builder
                .add_ingredient_from_stream(
                    parent.to_string(),
                    "image/jpeg",
                    &mut Cursor::new(&bytes),
                )
                .unwrap();
        }
        let signer =
            create_signer::from_keys(&certificate, &key, SigningAlg::Ed25519, None).unwrap();
        let mut signed = Cursor::new(Vec::new());
        builder
            .sign(&signer, "image/jpeg", &mut Cursor::new(&bytes), &mut signed)
            .unwrap();
        bytes = signed.into_inner();
    }
    bytes
}

/// The corpus through a scan on two threads, against a process with a bare reader for each file: one after another, as
/// loops in a shell do, and two at a time.
fn against_processes(lists: &[String], files: &[Signed], bare: &dyn Fn() -> Command) {
    let files: Vec<&PathBuf> = files.iter().map(|file| &file.path).collect();
    let inspector = inspector(lists);
    let options = ScanOptions {
        threads: 2,
        ordered: true,
        limits: Limits::default(),
    };
    let scanned = || {
        let inputs = files.iter().map(Input::file);
        scan(
            &inspector,
            inputs,
            &options,
            |_, inspection| vec![u8::from(inspection.evidence.is_empty())],
            |_, _| Ok(()),
        )
        .unwrap()
    };
    let command = |file: &PathBuf| {
        let mut command = bare();
        command
            .arg(file)
            .args(lists)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let one_by_one = || {
        files
            .iter()
            .map(|file| command(file).status().unwrap())
            .count()
    };
    let commands = || {
        files
            .iter()
            .map(|file| std::sync::Mutex::new(command(file)))
            .collect::<Vec<_>>()
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    let two_at_a_time = || {
        let run = |command: &std::sync::Mutex<Command>| command.lock().unwrap().status().unwrap();
        let commands = commands();
        pool.install(|| commands.par_iter().map(run).count())
    };
    for (name, times) in [
        ("one after another", paired(5, scanned, one_by_one)),
        ("two at a time", paired(5, scanned, two_at_a_time)),
    ] {
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
