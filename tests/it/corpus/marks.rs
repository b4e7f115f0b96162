//! Marks, watermarks and traces in real files, and in files made from their descriptions, which prove less.

use std::collections::BTreeMap;
use std::path::Path;

use provscan::evidence::{Evidence, Value};
use provscan::inspect::Inspection;
use provscan::scan::inspect;
use provscan::sources::Input;
use provscan::{Inspector, Limits, Policy, Settings};
use serde_json::Value as Json;

use super::{SHARED, trust, truth};

/// Folders whose files were made from the same descriptions as the code that reads them.
const CIRCULAR: &[&str] = &["synthetic-marks", "watermark-synth"];

/// What the truth calls a generator, and words of which one must stand in what is found.
const NAMES: &[(&str, &[&str])] = &[
    ("A1111 stealth", &["Stable Diffusion", "AUTOMATIC1111"]),
    ("A1111-family", &["Stable Diffusion", "AUTOMATIC1111"]),
    ("A1111", &["Stable Diffusion WebUI"]),
    ("Adobe Firefly", &["Firefly"]),
    ("Apple", &["Apple"]),
    ("AUTOMATIC1111", &["AUTOMATIC1111"]),
    ("Black Forest Labs", &["Black Forest Labs", "FLUX"]),
    ("ByteDance Doubao", &["Doubao"]),
    ("ByteDance Jimeng", &["Jimeng"]),
    ("ComfyUI", &["ComfyUI"]),
    ("DALL-E", &["DALL"]),
    ("Draw Things", &["Draw Things"]),
    ("EasyDiffusion", &["Easy Diffusion"]),
    ("FLUX", &["FLUX"]),
    ("Fooocus", &["Fooocus"]),
    ("Forge", &["Forge"]),
    ("Google", &["Google"]),
    ("Ideogram", &["Ideogram"]),
    ("InvokeAI", &["InvokeAI"]),
    ("Midjourney", &["Midjourney"]),
    ("NovelAI", &["NovelAI"]),
    ("OpenAI", &["OpenAI", "ChatGPT", "GPT"]),
    ("Samsung", &["Samsung"]),
    ("Stable Diffusion 1", &["Stable Diffusion 1"]),
    ("Stable Diffusion 2", &["Stable Diffusion 2"]),
    ("Stable Diffusion XL", &["Stable Diffusion XL"]),
    ("SwarmUI", &["SwarmUI"]),
    // These rows say which form of the mark they have, not who made the file.
    ("Meta AI (shape)", &[""]),
    ("TC260", &[""]),
    ("unknown", &[""]),
    ("", &[""]),
];

/// Every signal, and every picture decoded.
fn thorough() -> Inspector {
    let settings = Settings {
        trust: trust(),
        thorough: true,
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn look(inspector: &Inspector, row: &Json) -> Inspection {
    let file = row["file"].as_str().unwrap();
    let path = Path::new(SHARED).join("corpus/marks").join(file);
    inspect(inspector, Input::file(path), &Limits::default())
}

/// Whether a file of this kind came out as one; of one without a mark, whether nothing accuses it.
fn right(row: &Json, seen: &Inspection) -> bool {
    let says = |words: &[&str]| {
        let mut claims = seen.evidence.iter().map(|e| (e.claim().as_str(), e));
        claims.any(|(claim, e)| words.contains(&claim) && e.strength.as_str() != "hint")
    };
    let marker = row["marker"].as_str().unwrap();
    match row["kind"].as_str().unwrap() {
        "none" => !seen.evidence.iter().any(accuses),
        // What a platform suspects is not what a maker declares.
        "generated" if marker.contains("Label=2") => says(&["may-contain-ai"]),
        "generated" => says(&["ai-generated"]) && names_it(row, seen),
        "edited" if row["expected_generator"] == "" => {
            seen.evidence.iter().any(|e| e.claim().as_str() == "edited")
        }
        _ => says(&["ai-edited"]) && names_it(row, seen),
    }
}

/// Whether it says, however weakly, that a model had a part in the picture.
fn accuses(evidence: &Evidence) -> bool {
    let claim = evidence.claim().as_str();
    claim.starts_with("ai-") || claim == "may-contain-ai"
}

fn names_it(row: &Json, seen: &Inspection) -> bool {
    let expected = row["expected_generator"].as_str().unwrap();
    let known = NAMES.iter().find(|(name, _)| expected.starts_with(name));
    let (_, words) = known.unwrap_or_else(|| panic!("{expected} is not in NAMES"));
    let mut values = seen.evidence.iter().flat_map(|e| &e.detail);
    values.any(|(_, value)| match value {
        Value::Text(text) => words.iter().any(|word| text.contains(word)),
        _ => false,
    })
}

#[test]
fn every_mark_is_found_and_no_unmarked_file_accused() {
    let Some(rows) = truth("marks") else { return };
    let inspector = thorough();
    // By whether the files are circular, their kind and generator: how many are right, of how many.
    let mut table: BTreeMap<(bool, &str, &str), (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &rows {
        let (file, kind) = (row["file"].as_str().unwrap(), row["kind"].as_str().unwrap());
        let seen = look(&inspector, row);
        let right = right(row, &seen);
        let circular = CIRCULAR.iter().any(|folder| file.starts_with(folder));
        let generator = row["expected_generator"].as_str().unwrap();
        let cell = table.entry((circular, kind, generator)).or_default();
        *cell = (cell.0 + u32::from(right), cell.1 + 1);
        if !right {
            let codes: Vec<&str> = seen.evidence.iter().map(|e| e.code.name).collect();
            wrong.push(format!("{file}: {kind} {generator}, found {codes:?}"));
        }
    }
    println!("{:<14} {:<10} {:<34} right", "files", "truth", "generator");
    for ((circular, kind, generator), (right, all)) in &table {
        let files = if *circular { "from notes" } else { "real" };
        let generator = if generator.is_empty() { "-" } else { generator };
        println!("{files:<14} {kind:<10} {generator:<34} {right}/{all}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files without marks among the manifests, too: camera files, drawings, pictures of tests.
#[test]
fn no_file_without_a_mark_of_a_model_is_accused_by_metadata_or_pixels() {
    let Some(rows) = truth("c2pa") else { return };
    let settings = Settings {
        signals: Some(
            ["generator_metadata", "watermark", "edit_traces"]
                .map(str::to_owned)
                .into(),
        ),
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let (mut files, mut accused) = (0, Vec::new());
    for row in rows.iter().filter(|row| row["ai"] != true) {
        let file = row["file"].as_str().unwrap();
        let path = Path::new(SHARED).join("corpus/c2pa").join(file);
        let seen = inspect(&inspector, Input::file(path), &Limits::default());
        files += 1;
        let codes: Vec<&str> = seen
            .evidence
            .iter()
            .filter(|e| accuses(e))
            .map(|e| e.code.name)
            .collect();
        if !codes.is_empty() {
            accused.push(format!("{file}: {codes:?}"));
        }
    }
    println!(
        "{files} files whose manifests name no model: {} accused",
        accused.len()
    );
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}
