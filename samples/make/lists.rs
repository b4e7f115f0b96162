//! `lists/`: the known pictures in several list formats, and one list with a mistake.

use crate::output::Output;
use image::DynamicImage;
use provscan::fingerprints::pdq::Dihedral;
use provscan::fingerprints::{Fingerprint, Kind, Raster, Wanted, digests, img_hash, pdq};
use std::fmt::Write;

/// A listed picture: its file, its id on the list, and whether changed copies of it are to be found, too.
const LISTED: [(&str, &str, bool); 4] = [
    ("known-1.png", "example-1", true),
    ("known-2.jpg", "example-2", true),
    ("known-3.jpg", "example-3", true),
    ("known-exact.gif", "example-4", false),
];

/// The `img_hash` kind on the list.
const IMG_HASH: &str = "imghash-gradient-16-lanczos3";

const CATEGORY: &str = "example";

/// Writes every list; the pictures are there already.
pub fn make(output: &Output) {
    let lists = [
        ("known.csv", known(output)),
        ("bad-line.csv", bad_line(output)),
        ("partner-md5.txt", partner_md5(output)),
        ("tx.txt", tx(output)),
    ];
    for (name, list) in lists {
        output.write(&format!("lists/{name}"), list.as_bytes());
    }
}

/// The PDQ hash of a sample, turned as asked, with its quality.
pub fn pdq_of(output: &Output, name: &str, turned: Dihedral) -> Fingerprint {
    let picture = decoded(output, name);
    let spectrum = pdq::full_size(&Raster::of(&picture).unwrap()).unwrap();
    let hash = Fingerprint::new(kind("pdq"), spectrum.hash(turned).0).unwrap();
    hash.with_quality(Some(spectrum.quality()))
}

/// The originals whose PDQ hash is on the list.
pub fn similar_are_known() -> impl Iterator<Item = &'static str> {
    LISTED
        .iter()
        .filter(|(_, _, similar)| *similar)
        .map(|(file, ..)| *file)
}

fn known(output: &Output) -> String {
    let mut list = "type,value,quality,id,category\n".to_owned();
    for (file, id, similar) in LISTED {
        for fingerprint in fingerprints(output, file, similar) {
            let quality = fingerprint
                .quality()
                .map(|quality| quality.to_string())
                .unwrap_or_default();
            writeln!(
                list,
                "{},{},{quality},{id},{CATEGORY}",
                fingerprint.kind(),
                fingerprint.hex()
            )
            .unwrap();
        }
    }
    list
}

/// A good line, then one whose hash has lost its last digit.
fn bad_line(output: &Output) -> String {
    let [first, second] = ["known-1.png", "known-2.jpg"]
        .map(|file| pdq_of(output, &format!("known_image/{file}"), Dihedral::Original));
    let (good, short) = (first.hex(), second.hex());
    format!(
        "type,value,quality,id,category\npdq,{good},100,one,{CATEGORY}\npdq,{},100,two,{CATEGORY}\n",
        &short[..63]
    )
}

/// The output of `md5sum`.
fn partner_md5(output: &Output) -> String {
    ["known-2.jpg", "known-exact.gif"]
        .iter()
        .fold(String::new(), |list, file| {
            let md5 = &fingerprints(output, file, false)[0];
            list + &format!("{}  {file}\n", md5.hex())
        })
}

/// One `pdq HEX` a line.
fn tx(output: &Output) -> String {
    similar_are_known().fold(String::new(), |list, file| {
        let hash = pdq_of(output, &format!("known_image/{file}"), Dihedral::Original);
        list + &format!("pdq {}\n", hash.hex())
    })
}

/// MD5, SHA-1 and SHA-256 of a known picture and, for those whose copies count, PDQ and `img_hash`.
pub fn fingerprints(output: &Output, file: &str, similar: bool) -> Vec<Fingerprint> {
    let name = format!("known_image/{file}");
    let found = digests(&output.read(&name), Wanted::ALL);
    let mut all = vec![
        Fingerprint::new(kind("md5"), found.md5.unwrap()).unwrap(),
        Fingerprint::new(kind("sha1"), found.sha1.unwrap()).unwrap(),
        Fingerprint::new(kind("sha256"), found.sha256.unwrap()).unwrap(),
    ];
    if similar {
        let img_hash = img_hash::hash(&decoded(output, &name), kind(IMG_HASH)).unwrap();
        all.push(pdq_of(output, &name, Dihedral::Original));
        all.push(Fingerprint::new(kind(IMG_HASH), img_hash).unwrap());
    }
    all
}

fn decoded(output: &Output, name: &str) -> DynamicImage {
    image::load_from_memory(&output.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn kind(name: &str) -> Kind {
    name.parse().unwrap()
}
