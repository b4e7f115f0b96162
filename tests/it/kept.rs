//! What is kept of an image says of other lists what the image would.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provscan::fingerprints::{MD5, SHA256, compute, pdq};
use provscan::inspect::{Inspection, Kept};
use provscan::lists::{Entry, List, ListKind, ListOptions, OpenOptions};
use provscan::prints::{KEPT, Prints};
use provscan::reports::{self, ReportOptions};
use provscan::signals::known_image::KnownImage;
use provscan::sources::Name;
use provscan::{Asset, Inspector, Limits, Policy, Settings};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn samples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join("samples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

fn asset(path: &Path) -> Asset {
    let limits = Limits::default();
    Asset::new(path.display().to_string(), fs::read(path).unwrap(), limits)
}

fn sample(path: &str) -> Asset {
    asset(&Path::new(ROOT).join("samples").join(path))
}

/// A list of the hashes of some samples.
fn list(name: &str, kind: ListKind, samples: &[&str]) -> Arc<List> {
    let entries = samples.iter().flat_map(|path| {
        let asset = sample(path);
        let hashes = [MD5, SHA256, pdq::PDQ, pdq::PDQ_512].map(|kind| compute(&asset, kind));
        let path = (*path).to_owned();
        let hashes = hashes.into_iter().flatten();
        hashes.map(move |hash| Entry::new(hash, path.as_str()))
    });
    let options = ListOptions {
        kind: Some(kind),
        ..ListOptions::default()
    };
    Arc::new(List::new(name, options, entries.collect()).unwrap())
}

fn digests_only() -> Arc<List> {
    let hash = compute(&sample("known_image/known-2.jpg"), MD5).unwrap();
    Arc::new(
        List::new(
            "digests",
            ListOptions::default(),
            vec![Entry::new(hash, "d")],
        )
        .unwrap(),
    )
}

fn inspector(lists: Vec<Arc<List>>) -> Inspector {
    let settings = Settings {
        lists,
        keep_prints: true,
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn record(inspection: &Inspection) -> String {
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    String::from_utf8(report.record(&Name::new("a"), inspection)).unwrap()
}

fn sets_of_lists() -> Vec<Vec<Arc<List>>> {
    let known = Path::new(ROOT).join("samples/lists/known.csv");
    let all = List::open(&known, OpenOptions::default()).unwrap();
    let entries = all.entries().map(|entry| entry.unwrap());
    let of_kept = entries.filter(|entry| KEPT.contains(&entry.fingerprint.kind()));
    let known = List::new("known", ListOptions::default(), of_kept.collect()).unwrap();
    let known = Arc::new(known);
    // One with the mark of a generator, which a capture contradicts.
    let marked = [
        "generator_metadata/automatic1111-comment.jpg",
        "known_image/known-3.jpg",
    ];
    let captured = list("captured", ListKind::Captured, &marked);
    let made = list("made", ListKind::AiGenerated, &["known_image/known-1.png"]);
    let allowed = list("allowed", ListKind::Allow, &["known_image/known-2.jpg"]);
    vec![
        Vec::new(),
        vec![digests_only()],
        vec![known.clone()],
        vec![known, captured, made, allowed],
    ]
}

#[test]
fn images_judged_from_what_was_kept_are_as_if_inspected() {
    let inspectors: Vec<Inspector> = sets_of_lists().into_iter().map(inspector).collect();
    let mut changed = 0;
    let mut all = Vec::new();
    let mut every = vec![Vec::new(); inspectors.len()];
    for path in samples() {
        let inspected = inspectors.iter().map(|one| one.inspect(&asset(&path)));
        let fresh: Vec<String> = inspected.map(|one| record(&one)).collect();
        for (every, fresh) in every.iter_mut().zip(&fresh) {
            every.push(fresh.clone());
        }
        for (number, before) in inspectors.iter().enumerate() {
            let (inspection, kept) = before.inspect_keeping(&asset(&path));
            assert_eq!(record(&inspection), fresh[number], "{}", path.display());
            let bytes = kept.expect("every sample is read to its end").to_bytes();
            let kept = Kept::from_bytes(&bytes).unwrap();
            assert_eq!(kept.to_bytes(), bytes);
            for (now, fresh) in inspectors.iter().zip(&fresh) {
                assert!(now.can_judge_from(&kept));
                let again = now.judge_from(&inspection, &kept);
                assert_eq!(&record(&again), fresh, "{}", path.display());
                changed += usize::from(record(&again) != record(&inspection));
                // What was judged again can be judged once more.
                let back = before.judge_from(&again, &kept);
                assert_eq!(record(&back), record(&inspection), "{}", path.display());
            }
            if number == 0 {
                all.push((inspection, kept));
            }
        }
    }
    for (now, fresh) in inspectors.iter().zip(&every) {
        let again = now.judge_all_from(&all);
        let again: Vec<String> = again.iter().map(record).collect();
        assert_eq!(&again, fresh);
    }
    assert!(changed > 20, "{changed}");
}

#[test]
fn prints_say_what_the_image_says() {
    let known = sets_of_lists().pop().unwrap();
    let signal = KnownImage::new(&known);
    for path in samples() {
        let asset = asset(&path);
        let prints = Prints::of(&asset, KEPT.into());
        let kept = signal.match_prints(&Prints::from_bytes(&prints.to_bytes()).unwrap());
        let fresh = provscan::signals::Signal::examine(&signal, &asset);
        assert_eq!(
            format!("{kept:?}"),
            format!("{fresh:?}"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_list_of_a_kind_that_was_not_kept_needs_the_image() {
    let kind = "imghash-gradient-8-lanczos3".parse().unwrap();
    let picture = sample("known_image/known-1.png");
    let entry = Entry::new(compute(&picture, kind).unwrap(), "a");
    let mut options = ListOptions::default();
    options.set_threshold(kind, 3).unwrap();
    let list = Arc::new(List::new("l", options, vec![entry]).unwrap());
    let kept = inspector(Vec::new()).inspect_keeping(&picture).1.unwrap();
    assert!(!inspector(vec![list.clone()]).can_judge_from(&kept));
    let kept = inspector(vec![list.clone()]).inspect_keeping(&picture).1;
    assert!(inspector(vec![list]).can_judge_from(&kept.unwrap()));
}

#[test]
fn what_is_damaged_is_refused() {
    let (_, kept) = inspector(Vec::new()).inspect_keeping(&sample("known_image/known-1.png"));
    let bytes = kept.unwrap().to_bytes();
    for cut in 0..bytes.len() {
        assert!(Kept::from_bytes(&bytes[..cut]).is_err());
    }
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x91;
        let _ = Kept::from_bytes(&flipped);
    }
}
