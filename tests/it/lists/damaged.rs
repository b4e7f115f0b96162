//! A compiled list that is cut off, added to, or of which a bit was flipped: an error, or the answer that it gave before, and
//! never "no match".

use std::fs;

use provscan::fingerprints::Fingerprint;
use provscan::lists::{List, OpenOptions, Query};

use super::desk::{Desk, known, sample, table};
use crate::support::Random;

/// Bytes of a page.
const PAGE: usize = 4096;

/// Bytes at the beginning of the first page that say something.
const PROLOGUE: usize = 72;

const MD5: &str = "108224b46a3bc62dac47f61e07413e3d";
const PDQ: &str = "08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f";

/// A list with the known samples among others, of several pages.
fn desk() -> Desk {
    let mut desk = Desk::new();
    let others = table(5, 600);
    let others: String = others
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    desk.put("list.csv", &(known() + &others));
    desk.keep_secret(&known());
    desk.ends(0, "list import list.csv -o list.pvl --name list");
    desk
}

/// What a list says of the known picture's hashes, or that it cannot.
fn answer(desk: &Desk) -> Result<Vec<String>, String> {
    let list = List::open(&desk.at("list.pvl"), OpenOptions::default())
        .map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for (kind, hex) in [("md5", MD5), ("pdq", PDQ)] {
        let kind = kind.parse().unwrap();
        let queries = [Query::new(Fingerprint::parse_value(kind, hex).unwrap())];
        let matches = list
            .find(kind, &queries)
            .map_err(|error| error.to_string())?;
        found.extend(
            matches
                .iter()
                .map(|one| format!("{} {}", one.entry.id, one.distance)),
        );
    }
    Ok(found)
}

/// Whether every byte of it is said to be as it was written.
fn verifies(desk: &Desk) -> bool {
    let list = List::open(&desk.at("list.pvl"), OpenOptions::default());
    list.is_ok_and(|list| list.compiled().verify().is_ok())
}

#[test]
fn no_flipped_bit_makes_the_library_miss_a_match() {
    let desk = desk();
    let whole = desk.bytes("list.pvl");
    let right = answer(&desk).unwrap();
    assert_eq!(right, ["example-1 0", "example-1 0"]);
    let mut random = Random::new(1);
    let (mut errors, mut same) = (0, 0);
    // Every byte of the beginning, of the table and of the header; of what is between, some of every line of the cache.
    let table = whole.len() / PAGE * PAGE;
    let mut at = 0;
    while at < whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.below(8);
        desk.put_bytes("list.pvl", &bytes);
        match answer(&desk) {
            Ok(found) => {
                assert_eq!(found, right, "byte {at}");
                same += 1;
            }
            Err(_) => errors += 1,
        }
        assert!(!verifies(&desk), "byte {at}");
        at += match at {
            0..PROLOGUE => 1,
            at if at >= table => 3,
            _ => 1 + random.below(40),
        };
    }
    assert!(
        errors > 100 && same > 100,
        "{errors} errors, {same} right answers"
    );
}

#[test]
fn no_damaged_list_makes_the_program_miss_a_match() {
    let desk = desk();
    let whole = desk.bytes("list.pvl");
    let scan = format!(
        "scan {} --list list.pvl --format jsonl",
        sample("known_image/known-1.png")
    );
    let search = format!("list search {MD5} pdq:{PDQ} --list list.pvl");
    let (scanned, searched) = (desk.ends(1, &scan), desk.ends(1, &search));
    for (what, bytes) in damages(&whole) {
        desk.put_bytes("list.pvl", &bytes);
        let ran = desk.run(&scan);
        match ran.code {
            1 => assert_eq!(ran.out, scanned.out, "{what}"),
            2 => assert!(ran.err.contains("list.pvl") && ran.out.is_empty(), "{what}"),
            3 => assert!(
                ran.out.contains("unchecked")
                    && ran
                        .out
                        .contains("could not be searched: the list is damaged at byte"),
                "{what}: {}",
                ran.out
            ),
            code => panic!("{what}: exit {code}\n{}{}", ran.out, ran.err),
        }
        let ran = desk.run(&search);
        match ran.code {
            1 => assert_eq!(ran.out, searched.out, "{what}"),
            2 => assert!(
                ["damaged", "cut off", "no known form"]
                    .iter()
                    .any(|word| ran.err.contains(word)),
                "{what}: {}",
                ran.err
            ),
            code => panic!("{what}: exit {code}\n{}{}", ran.out, ran.err),
        }
        let verified = desk.run("list verify list.pvl");
        assert_eq!(verified.code, 2, "{what}");
        assert!(verified.err.contains("list.pvl"), "{}", verified.err);
        for line in [
            "list diff list.pvl list.csv",
            "list export list.pvl -o out.csv",
            "list merge list.pvl list.csv -o merged.pvl",
            "list import list.csv --update -o list.pvl",
        ] {
            // What it does not have to read may be damaged; but nothing is lost.
            let ran = desk.run(line);
            assert_ne!(ran.code, 3, "{what}: {line}");
            let out = ["out.csv", "merged.pvl"].map(|name| fs::remove_file(desk.at(name)).is_ok());
            if ran.code == 2 {
                assert_eq!(out, [false, false], "{what}: {line}");
                assert!(desk.bytes("list.pvl") == bytes, "{what}: {line}");
            }
        }
    }
}

/// A list in many ways not as it was written.
fn damages(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut random = Random::new(7);
    let mut damages = Vec::new();
    let len = whole.len();
    let mut places = vec![0, 1, 7, 8, 12, 20, 40, 71];
    places.extend((1..len / PAGE).map(|page| page * PAGE + random.below(PAGE)));
    places.extend((0..15).map(|_| PAGE + random.below(len - PAGE)));
    places.extend([len / PAGE * PAGE + 3, len - 300, len - 1]);
    for at in places {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 1 << random.below(8);
        damages.push((format!("bit in byte {at}"), bytes));
    }
    for end in [
        0,
        1,
        7,
        8,
        9,
        64,
        71,
        72,
        100,
        PAGE,
        PAGE + 1,
        2 * PAGE,
        len / 2,
        len - PAGE,
        len - 8,
        len - 1,
    ] {
        damages.push((format!("cut at {end}"), whole[..end].to_vec()));
    }
    damages.push(("one byte more".into(), [whole, b"\n"].concat()));
    damages.push((
        "zeros at its end".into(),
        [&whole[..len - PAGE], &[0; PAGE]].concat(),
    ));
    let swapped = [
        &whole[..PAGE],
        &whole[2 * PAGE..3 * PAGE],
        &whole[PAGE..2 * PAGE],
        &whole[3 * PAGE..],
    ];
    damages.push(("two pages swapped".into(), swapped.concat()));
    let text = String::from_utf8_lossy(whole).into_owned().into_bytes();
    damages.push(("through a text editor".into(), text));
    damages
}
