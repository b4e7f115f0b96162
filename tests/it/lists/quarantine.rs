//! An entry that matches implausibly much of a scan is set aside, and the scan says so.

use image::{ImageFormat, Rgb, RgbImage};

use super::desk::Desk;
use crate::support::Random;

/// A picture of soft waves and a bright pixel somewhere: another file each time, and hardly another hash.
fn picture(spot: u32) -> Vec<u8> {
    let mut picture = RgbImage::from_fn(256, 192, |x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        let wave = (x / 17.0).sin() * (y / 23.0).cos()
            + (x * y / 3000.0).sin()
            + (x / 40.0 - y / 9.0).cos();
        Rgb([(128.0 + 40.0 * wave) as u8; 3])
    });
    picture.put_pixel(spot * 7 % 256, spot * 5 % 192, Rgb([255; 3]));
    let mut bytes = Vec::new();
    picture
        .write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
    bytes
}

/// A picture like no other.
fn noise(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let small = RgbImage::from_fn(24, 18, |_, _| Rgb([random.below(256) as u8; 3]));
    let picture = image::imageops::resize(&small, 240, 180, image::imageops::FilterType::Triangle);
    let mut bytes = Vec::new();
    picture
        .write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
    bytes
}

#[test]
fn an_entry_that_matches_too_many_files_is_set_aside() {
    let mut desk = Desk::new();
    std::fs::create_dir(desk.at("in")).unwrap();
    for number in 0..8 {
        desk.put_bytes(&format!("in/same-{number}.png"), picture(number));
        desk.put_bytes(&format!("in/other-{number}.png"), noise(number.into()));
    }
    // A copy is no different file.
    desk.put_bytes("in/same-0-copy.png", picture(0));
    let hash = desk.ends(
        0,
        "hash in/same-0.png in/other-1.png --format csv -o planted.csv",
    );
    assert_eq!(hash.out, "");
    let text = String::from_utf8(desk.bytes("planted.csv")).unwrap();
    desk.keep_secret(&text);
    desk.ends(
        0,
        "list import planted.csv -o list.pvl --name planted --action block",
    );
    let scan = "scan in --list list.pvl --quarantine 3 --format jsonl";
    let ran = desk.ends(1, scan);
    for threads in [1, 2, 5] {
        assert_eq!(
            desk.ends(1, &format!("{scan} --threads {threads}")).out,
            ran.out
        );
    }
    let records: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (summary, images) = records.split_last().unwrap();
    let strengths = |name: &str| -> Vec<String> {
        let images = images
            .iter()
            .filter(|image| image["path"].as_str().unwrap().contains(name));
        images
            .flat_map(|image| image["evidence"].as_array().unwrap())
            .map(|one| {
                format!(
                    "{} {}",
                    one["strength"].as_str().unwrap(),
                    one["detail"]["quarantined"]
                )
            })
            .collect()
    };
    let (counts, lowered) = ("measured null", "hint true");
    assert_eq!(
        strengths("same-"),
        [vec![counts; 4], vec![lowered; 5]].concat()
    );
    // The other entry matched one file, and counts as before.
    assert_eq!(strengths("other-"), [counts]);
    let actions = images
        .iter()
        .filter(|image| image["action"] == "block")
        .count();
    assert_eq!(actions, 5);
    let aside = &summary["quarantined"];
    assert_eq!(aside.as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &aside[0]["list"],
            &aside[0]["files"],
            &aside[0]["set_aside"]
        ),
        (&"planted".into(), &3.into(), &5.into())
    );
    let text = desk.ends(1, "scan in --list list.pvl --quarantine 3");
    assert!(
        text.out.contains("Set aside: on the list planted, entry "),
        "{}",
        text.out
    );
    assert!(
        text.out.contains("which matched 3 different files"),
        "{}",
        text.out
    );
    // Unless nobody wants it.
    let all = desk.ends(1, "scan in --list list.pvl --quarantine 0 --format jsonl");
    assert!(!all.out.contains("quarantined\":true"));
}
