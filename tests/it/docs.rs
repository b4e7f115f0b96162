//! The documents say what is so: transcripts, help, flags, exit codes, dependencies, links and samples.

mod markdown;
mod samples;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use markdown::{Fence, fences, links, spans};
use provscan::asset::Format;
use provscan::policy::Finding;
use provscan::signals;

use crate::support::NO_TRUST;

/// Flags of cargo that the documents mention outside of cargo's command lines.
const CARGO_FLAGS: &[&str] = &["--ignore-rust-version"];

const VARIABLES: &[&str] = &[
    "PROVSCAN_LIST",
    "PROVSCAN_IDENTITY",
    "PROVSCAN_LIST_KEY",
    "PROVSCAN_TRUST_ANCHORS",
    "PROVSCAN_TSA_ANCHORS",
    "PROVSCAN_ALLOWED_LIST",
    "PROVSCAN_TRUST_CONFIG",
    "PROVSCAN_TRUST_DIR",
    "PROVSCAN_POLICY",
    "PROVSCAN_CONFIG",
    "AWS_ENDPOINT_URL",
];

/// Variables that stand for no flag.
const STORE_VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_SKIP_SIGNATURE",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SKIP_SIGNATURE",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_SKIP_SIGNATURE",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What the program prints to standard output, as a person at the repository's root would see it.
fn provscan(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let output = command
        .args(arguments)
        .env("COLUMNS", "100")
        .env("PROVSCAN_TRUST_DIR", NO_TRUST)
        .current_dir(root())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Lines without the blanks at their ends, which documents do not keep.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// What a fenced block should hold, if the program decides that.
fn expected(fence: &Fence<'_>) -> Option<String> {
    if fence.before == "<!-- provscan --help -->" {
        return Some(trimmed(&provscan(&["--help"])));
    }
    if fence.language != "console" {
        return None;
    }
    let (command, _) = fence.command_and_output();
    let words = command.replace("\\\n", " ");
    let arguments: Vec<&str> = words.split_whitespace().skip(2).collect();
    Some(format!("{command}\n{}", trimmed(&provscan(&arguments))))
}

#[test]
fn help_and_transcripts_in_the_readme_are_what_the_program_prints() {
    let readme = read("README.md");
    let mut renewed = readme.clone();
    let checked: Vec<(Fence<'_>, String)> = fences(&readme)
        .into_iter()
        .filter_map(|fence| expected(&fence).map(|expected| (fence, expected)))
        .collect();
    assert!(checked.len() >= 4, "the transcripts or the help are gone");
    for (fence, expected) in checked {
        if std::env::var_os("UPDATE").is_some() {
            renewed = renewed.replace(fence.body, &expected);
        } else {
            assert_eq!(
                trimmed(fence.body),
                expected,
                "README.md is behind the program; `UPDATE=1 cargo test` renews it"
            );
        }
    }
    if renewed != readme {
        std::fs::write(root().join("README.md"), renewed).unwrap();
    }
}

#[test]
fn the_record_in_the_readme_is_a_real_one() {
    let readme = read("README.md");
    let fence = fences(&readme)
        .into_iter()
        .find(|fence| fence.language == "json")
        .unwrap();
    let shown: serde_json::Value = serde_json::from_str(fence.body).unwrap();
    let path = shown["path"].as_str().unwrap();
    let list = "samples/lists/known.csv";
    let lines = provscan(&["check", path, "--list", list, "--format", "jsonl"]);
    let real: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(shown, real);
}

/// Every verb with what its help says, verbs of verbs among them.
fn helps() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![Vec::<String>::new()];
    while let Some(verb) = waiting.pop() {
        let mut arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = provscan(&arguments);
        let inner = help
            .lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help");
        waiting.extend(inner.map(|name| {
            let mut inner = verb.clone();
            inner.push(name.to_owned());
            inner
        }));
        found.push((verb.join(" "), help));
    }
    found
}

/// The long flags in a text.
fn flags(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.starts_with("--") && word.len() > 2 && !word.starts_with("---"))
        .collect()
}

#[test]
fn verbs_and_flags_in_the_documents_exist() {
    let helps = helps();
    let verbs: BTreeSet<&str> = helps.iter().map(|(verb, _)| verb.as_str()).collect();
    let known: BTreeSet<&str> = helps.iter().flat_map(|(_, help)| flags(help)).collect();
    for document in [
        "README.md",
        "CREDENTIALS.md",
        "MARKS.md",
        "FORMATS.md",
        "ROBUSTNESS.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ] {
        let text = read(document);
        for code in spans(&text) {
            // What stands before ` -- ` on a line of cargo's is cargo's.
            let ours = match code.contains("cargo ") {
                true => code.split_once(" -- ").map_or("", |(_, ours)| ours),
                false => code,
            };
            for flag in flags(ours) {
                assert!(
                    known.contains(flag) || CARGO_FLAGS.contains(&flag),
                    "{document}: no verb has {flag}"
                );
            }
            for call in code.split("provscan ").skip(1) {
                let mut words = call
                    .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                    .take_while(|word| !word.is_empty() && !word.starts_with('-'));
                let Some(verb) = words.next() else { continue };
                assert!(
                    verbs.contains(verb),
                    "{document}: there is no verb {verb}: {code}"
                );
                let has_inner = verbs.iter().any(|v| v.starts_with(&format!("{verb} ")));
                if let (true, Some(inner)) = (has_inner, words.next()) {
                    assert!(
                        verbs.contains(format!("{verb} {inner}").as_str()),
                        "{document}: there is no verb {verb} {inner}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_exit_codes_in_the_readme_are_those_of_the_help() {
    let help = provscan(&["--help"]);
    let readme = read("README.md");
    let codes: Vec<(&str, &str)> = help
        .lines()
        .skip_while(|line| *line != "Exit codes:")
        .skip(1)
        .filter_map(|line| line.trim().split_once("  "))
        .collect();
    assert_eq!(codes.len(), 5);
    let section = markdown::section(&readme, "## Exit codes");
    let rows: Vec<(&str, &str)> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            Some((cells.next()?, cells.next()?))
        })
        .filter(|(code, _)| code.parse::<u8>().is_ok())
        .collect();
    assert_eq!(rows, codes);
}

#[test]
fn the_environment_in_the_readme_is_that_of_the_help() {
    let scan = provscan(&["scan", "--help"]);
    let readme = read("README.md");
    for variable in VARIABLES.iter().chain(STORE_VARIABLES) {
        assert!(scan.contains(variable), "the help has no {variable}");
        assert!(readme.contains(variable), "the readme has no {variable}");
    }
    assert_eq!(scan.matches("[env:").count(), VARIABLES.len());
}

/// What stands in the first cells of tables, as code.
fn first_cells(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .flat_map(|(cell, _)| cell.split("`, `"))
        .collect()
}

#[test]
fn every_verdict_has_a_row_in_the_readme() {
    let readme = read("README.md");
    let section = markdown::section(&readme, "## How to read an answer");
    let known: BTreeSet<&str> = Finding::ALL.iter().map(|(_, word)| *word).collect();
    assert_eq!(first_cells(section), known);
}

/// The codes that a document has rows for, and those that it should have.
fn rows_and_codes(
    document: &str,
    of: impl Fn(&signals::SignalKind, &str) -> bool,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let codes = || {
        let codes = |kind: &'static signals::SignalKind| {
            kind.codes.iter().map(move |code| (kind, code.name))
        };
        signals::ALL.iter().flat_map(codes)
    };
    let text = read(document);
    let rows = first_cells(&text).into_iter();
    let explained = rows.filter(|cell| codes().any(|(_, name)| name == *cell) || is_code(cell));
    let known = codes().filter(|(kind, name)| of(kind, name));
    (
        explained.map(str::to_owned).collect(),
        known.map(|(_, name)| name.to_owned()).collect(),
    )
}

/// `family.what-it-says`, and no name of a file.
fn is_code(cell: &str) -> bool {
    let families: BTreeSet<&str> = signals::ALL
        .iter()
        .flat_map(|kind| kind.codes)
        .filter_map(|code| code.name.split_once('.'))
        .map(|(family, _)| family)
        .collect();
    cell.split_once('.')
        .is_some_and(|(family, _)| families.contains(family))
}

#[test]
fn every_code_of_content_credentials_has_a_row() {
    let (explained, known) = rows_and_codes("CREDENTIALS.md", |_, name| name.starts_with("c2pa."));
    assert_eq!(explained, known);
}

#[test]
fn every_code_of_marks_and_traces_has_a_row() {
    let signals = ["generator_metadata", "watermark", "edit_traces"];
    let (explained, known) = rows_and_codes("MARKS.md", |kind, _| signals.contains(&kind.name));
    assert_eq!(explained, known);
}

#[test]
fn every_format_has_a_row() {
    let text = read("FORMATS.md");
    let tables = text.split("## When there are no pixels").next().unwrap();
    let known: BTreeSet<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    assert_eq!(first_cells(tables), known);
}

#[test]
fn every_dependency_has_its_reason() {
    let cargo: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let declared: BTreeSet<String> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|table| cargo.get(*table)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect();
    let contributing = read("CONTRIBUTING.md");
    let explained: BTreeSet<String> = markdown::section(&contributing, "## Dependencies")
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("`: "))
        .filter(|(_, reason)| reason.len() > 3)
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(declared, explained);
}

#[test]
fn links_and_paths_lead_somewhere() {
    for document in [
        "README.md",
        "CREDENTIALS.md",
        "MARKS.md",
        "ROBUSTNESS.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "samples/README.md",
    ] {
        let text = read(document);
        let beside = root().join(Path::new(document).parent().unwrap());
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") {
                continue;
            }
            assert!(beside.join(path).exists(), "{document}: no {path}");
            assert!(
                anchor.is_empty() || !path.is_empty() || markdown::anchors(&text).contains(anchor),
                "{document}: no heading #{anchor}"
            );
        }
        let of_ours = ["src/", "samples/", "tests/", "benches/"];
        for word in spans(&text).into_iter().flat_map(str::split_whitespace) {
            let is_path = of_ours.iter().any(|folder| word.starts_with(folder))
                && !word.contains(['<', '*', '…'])
                && !word.contains("NAME");
            assert!(
                !is_path || root().join(word.trim_end_matches([',', ')'])).exists(),
                "{document}: no {word}"
            );
        }
    }
}

#[test]
fn no_document_counts_on_an_issue_tracker() {
    for document in [
        "README.md",
        "CREDENTIALS.md",
        "MARKS.md",
        "ROBUSTNESS.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
    ] {
        let text = read(document);
        let numbered = text
            .match_indices('#')
            .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        assert!(!numbered, "{document} mentions an issue by its number");
    }
}
