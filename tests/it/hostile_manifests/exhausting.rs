//! Stores that are made to exhaust: every one is answered by the program within 512 MB of memory and on its usual stacks.

use std::process::Command;

use serde_json::Value;

use super::{jpeg, png};
use crate::asset::build::boxed;
use crate::support::jumbf::{
    Assertion, Carrier, Cbor, Manifest, Target, Written, head, store, superbox,
};
use crate::support::{Folder, provscan, run};

/// Memory that can be written to, in KiB, and seconds of CPU time that one run may take: the second only ends what would hang.
const MEMORY: u32 = 512 << 10;
const SECONDS: u32 = 45;

/// The record of one image, from a run with these bounds. A run that breaks or is killed fails the test.
fn bounded(name: &str, bytes: &[u8]) -> Value {
    let folder = Folder::new();
    let path = folder.put(name, bytes);
    let program = provscan();
    let mut command = Command::new("sh");
    command.current_dir(program.get_current_dir().unwrap());
    command.args([
        "-c",
        r#"ulimit -d "$1"; ulimit -t "$2"; shift 2; exec "$@""#,
        "sh",
    ]);
    command.args([MEMORY.to_string(), SECONDS.to_string()]);
    command.arg(program.get_program());
    command.args(["scan", "--format", "jsonl", "--trust-anchors"]);
    command.arg("samples/trust/anchors.pem").arg(path);
    let ran = run(&mut command, b"");
    assert!(ran.code < 128, "{name}: {}", ran.err);
    let first = ran.out.lines().next();
    let record: Value =
        serde_json::from_str(first.unwrap_or_else(|| panic!("{name}: {}", ran.err))).unwrap();
    assert!(
        !record.to_string().contains("\"internal\""),
        "{name}: {record}"
    );
    record
}

/// A store that is refused, and said to be, in the answer as in the verdict.
fn refused(name: &str, bytes: &[u8]) {
    let record = bounded(name, bytes);
    assert_eq!(record["verdict"], "unchecked", "{name}: {record}");
    assert_eq!(record["evidence"][0]["code"], "c2pa.unreadable", "{name}");
}

/// A store that is much, but no more than there is room for.
fn answered(name: &str, bytes: &[u8]) {
    let record = bounded(name, bytes);
    assert_eq!(
        record["evidence"][0]["code"], "c2pa.trusted",
        "{name}: {record}"
    );
}

fn manifest(number: usize, assertions: Vec<Assertion>) -> Manifest {
    Manifest::new(&number.to_string(), assertions)
}

fn made() -> Assertion {
    Assertion::created("digitalCapture")
}

fn placed(target: &Target, nth: usize) -> Assertion {
    Assertion::ingredient(nth, "componentOf", "part", target)
}

#[test]
fn many_uses_of_one_large_ingredient() {
    let bytes = png().bound(|binding| {
        let ballast = Assertion::json(
            "org.example.ballast",
            &format!("\"{}\"", "x".repeat(2_000_000)),
        );
        let one = manifest(1, vec![made(), ballast]).write();
        let mut uses: Vec<_> = (0..5_000).map(|nth| placed(&one.target, nth)).collect();
        uses.extend([binding, made()]);
        store(&[one, manifest(2, uses).write()])
    });
    refused("uses.png", &bytes);
}

#[test]
fn diamonds() {
    let bytes = png().bound(|binding| {
        let mut row = vec![
            manifest(0, vec![made()]).write(),
            manifest(1, vec![made()]).write(),
        ];
        let mut all = row.clone();
        for level in 1..60 {
            row = (0..2)
                .map(|side| {
                    let uses = row
                        .iter()
                        .enumerate()
                        .map(|(nth, one)| placed(&one.target, nth));
                    let uses = uses.chain([made()]).collect();
                    manifest(level * 2 + side, uses).write()
                })
                .collect();
            all.extend(row.clone());
        }
        let mut uses: Vec<_> = row
            .iter()
            .enumerate()
            .map(|(nth, one)| placed(&one.target, nth))
            .collect();
        uses.extend([binding, made()]);
        all.push(manifest(1000, uses).write());
        store(&all)
    });
    answered("diamonds.png", &bytes);
}

#[test]
fn long_chains() {
    for length in [150, 199, 201, 500] {
        let bytes = jpeg().bound(|binding| {
            let mut all: Vec<Written> = Vec::new();
            for step in 0..length {
                let mut assertions = vec![made()];
                assertions.extend(all.last().map(|one| placed(&one.target, 0)));
                if step + 1 == length {
                    assertions.push(binding.clone());
                }
                all.push(manifest(step, assertions).write());
            }
            store(&all)
        });
        let tell = if length < 200 { answered } else { refused };
        tell(&format!("chain-{length}.jpg"), &bytes);
    }
}

#[test]
fn circles() {
    let unseen = |number: usize| Target::unseen(&manifest(number, Vec::new()).label);
    for length in [1, 2, 50] {
        let bytes = jpeg().bound(|binding| {
            let all: Vec<Written> = (0..length)
                .map(|step| {
                    let next = unseen((step + length - 1) % length);
                    manifest(step, vec![made(), placed(&next, 0), binding.clone()]).write()
                })
                .collect();
            store(&all)
        });
        refused(&format!("circle-{length}.jpg"), &bytes);
    }
}

#[test]
fn assertions_without_number() {
    for count in [900, 1_001, 10_000, 300_000] {
        let bytes = png().bound(|binding| {
            let many = (0..count).map(|nth| Assertion::cbor(&format!("a__{nth}"), &Cbor::Int(1)));
            store(&[manifest(1, many.chain([binding, made()]).collect()).write()])
        });
        let tell = if count < 1_000 { answered } else { refused };
        tell(&format!("assertions-{count}.png"), &bytes);
    }
}

#[test]
fn one_large_assertion() {
    let carriers: [fn() -> Carrier; 2] = [png, jpeg];
    for carrier in carriers {
        for length in [100_000_000, 30_000_000] {
            let bytes = carrier().bound(|binding| {
                let large = Assertion::cbor("org.example.large", &Cbor::Bytes(vec![7; length]));
                store(&[manifest(1, vec![large, binding, made()]).write()])
            });
            refused("large", &bytes);
        }
    }
}

/// Stores that are just within the bounds, filled with what grows most when it is read.
#[test]
fn large_values_within_the_bounds() {
    const ROOM: usize = 295_000;
    let list = |item: &[u8]| {
        let count = ROOM / item.len();
        let items = head(0x80, count as u64);
        Cbor::Raw([items, item.repeat(count)].concat())
    };
    let items: [&[u8]; 7] = [
        b"\x00",
        b"\x80",
        b"\x81\x00",
        b"\xa0",
        b"\xa1\x60\x00",
        b"\x60",
        b"\x61a",
    ];
    for (nth, item) in items.into_iter().enumerate() {
        for label in ["org.example.large", "c2pa.metadata", "c2pa.soft-binding"] {
            let bytes = png().bound(|binding| {
                let large = Assertion::cbor(label, &list(item));
                store(&[manifest(1, vec![large, binding, made()]).write()])
            });
            bounded(&format!("{label}-{nth}"), &bytes);
        }
        let bytes = png().bound(|binding| {
            let action = Cbor::map([
                ("action", "c2pa.edited".into()),
                ("parameters", Cbor::map([("a", list(item))])),
            ]);
            store(&[manifest(1, vec![Assertion::actions(&[action]), binding]).write()])
        });
        bounded(&format!("action-{nth}"), &bytes);
    }
    let bytes = png().bound(|binding| {
        let action = Cbor::map([("action", "c".into())]);
        store(&[manifest(
            1,
            vec![Assertion::actions(&vec![action; ROOM / 11]), binding],
        )
        .write()])
    });
    bounded("actions", &bytes);
    for item in ["[],", "[1],", "{},", "{\"\":1},", "1,", "\"\","] {
        let text = format!("[{}1]", item.repeat(ROOM / item.len()));
        let bytes = png().bound(|binding| {
            let large = Assertion::json("org.example.large", &text);
            store(&[manifest(1, vec![large, binding, made()]).write()])
        });
        bounded(&format!("json-{item}"), &bytes);
    }
    for (carrier, name) in [(png(), "png"), (jpeg(), "jpeg")] {
        let bytes = carrier.bound(|binding| {
            let thumbnail = Assertion::thumbnail("c2pa.thumbnail.claim.jpeg", &vec![7; 33_000_000]);
            store(&[manifest(1, vec![thumbnail, binding, made()]).write()])
        });
        bounded(&format!("thumbnail.{name}"), &bytes);
    }
}

/// Lists that are searched from the start for every entry.
#[test]
fn lists_within_the_bounds() {
    let redacted = |count: usize, url: &str| {
        png().bound(|binding| {
            let mut one = manifest(1, vec![binding, made()]);
            one.redacted = vec![url.to_owned(); count];
            store(&[one.write()])
        })
    };
    refused("redacted-short", &redacted(120_000, "a"));
    bounded(
        "redacted-long",
        &redacted(3_000, &"self#jumbf=/c2pa/".repeat(4)),
    );
    let status = Cbor::map([("code", "a.b".into()), ("url", "u".into())]);
    {
        let failures = 100_000;
        let bytes = png().bound(|binding| {
            let one = manifest(1, vec![made()]).write();
            let list = Cbor::Array(vec![status.clone(); failures]);
            let results = Cbor::map([(
                "activeManifest",
                Cbor::map([
                    ("success", list.clone()),
                    ("informational", Cbor::Array(Vec::new())),
                    ("failure", list),
                ]),
            )]);
            let value = Cbor::map([
                ("relationship", "componentOf".into()),
                ("validationResults", results),
                (
                    "activeManifest",
                    crate::support::jumbf::hashed_uri(
                        &format!("self#jumbf=/c2pa/{}", one.target.label),
                        &[0; 32],
                    ),
                ),
            ]);
            let ingredient = Assertion::cbor("c2pa.ingredient.v3", &value);
            store(&[one, manifest(2, vec![ingredient, binding, made()]).write()])
        });
        refused(&format!("statuses-{failures}"), &bytes);
    }
    let uses = |count: usize| {
        png().bound(|binding| {
            let one = manifest(1, vec![made()]).write();
            let mut uses: Vec<_> = (0..count).map(|nth| placed(&one.target, nth)).collect();
            uses.extend([binding, made()]);
            store(&[one, manifest(2, uses).write()])
        })
    };
    answered("uses-500", &uses(499));
    refused("uses-502", &uses(502));
}

#[test]
fn nested_without_end() {
    let array = || [vec![0x81; 100_000], vec![0]].concat();
    let tags = || [vec![0xc1; 100_000], vec![0]].concat();
    let maps = || [b"\xa1\x61a".repeat(100_000), vec![0]].concat();
    let endless = || vec![0x9f; 100_000];
    for (nth, deep) in [array(), tags(), maps(), endless()].into_iter().enumerate() {
        for label in [
            "org.example.deep",
            "c2pa.actions.v2",
            "c2pa.ingredient.v3",
            "c2pa.metadata",
        ] {
            let bytes = png().bound(|binding| {
                let deep = Assertion::cbor(label, &Cbor::Raw(deep.clone()));
                store(&[manifest(1, vec![deep, binding, made()]).write()])
            });
            bounded(&format!("{label}-{nth}.png"), &bytes);
        }
        let action = Cbor::map([
            ("action", "c2pa.edited".into()),
            ("parameters", Cbor::Raw(deep)),
        ]);
        let bytes = png().bound(|binding| {
            store(&[manifest(
                1,
                vec![Assertion::actions(std::slice::from_ref(&action)), binding],
            )
            .write()])
        });
        bounded(&format!("action-{nth}.png"), &bytes);
    }
    for label in [
        "org.example.deep",
        "stds.exif",
        "c2pa.metadata",
        "c2pa.actions",
    ] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = open.repeat(100_000) + "1" + &close.repeat(100_000);
            let bytes = png().bound(|binding| {
                let deep = Assertion::json(label, &text);
                store(&[manifest(1, vec![deep, binding, made()]).write()])
            });
            bounded(&format!("{label}.json.png"), &bytes);
        }
    }
}

#[test]
fn lengths_that_lie() {
    let mut cases = Vec::new();
    for major in [0x40, 0x60, 0x80, 0xa0] {
        for length in [1_u64 << 31, 1 << 40, u64::MAX] {
            cases.push(head(major, length));
        }
    }
    for (nth, lie) in cases.into_iter().enumerate() {
        for label in ["org.example.lie", "c2pa.actions.v2"] {
            let bytes = png().bound(|binding| {
                let lie = Assertion::cbor(label, &Cbor::Raw(lie.clone()));
                store(&[manifest(1, vec![lie, binding, made()]).write()])
            });
            bounded(&format!("lie-{nth}.png"), &bytes);
        }
    }
    // Boxes that claim to go on behind the end of the file.
    let inside = boxed(b"cbor", &[0xf6]);
    for length in [0_u32, 1, 7, 0x7fff_ffff, 0xffff_fff0] {
        let mut lie = superbox(b"c2ma", "urn:c2pa:x", &inside);
        lie[..4].copy_from_slice(&length.to_be_bytes());
        for kind in [
            b"cbor", b"json", b"bidb", b"bfdb", b"brob", b"uuid", b"jp2c", b"free",
        ] {
            let mut inner = boxed(kind, &[1; 40]);
            inner[..4].copy_from_slice(&length.to_be_bytes());
            let lie = superbox(
                b"c2pa",
                "c2pa",
                &[lie.clone(), superbox(b"c2ma", "x", &inner)].concat(),
            );
            bounded("box.png", &png().with(&lie));
            bounded("box.png", &png().with(&superbox(b"c2pa", "c2pa", &inner)));
        }
    }
}
