//! First inputs of each target, taken from `samples/`.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use provscan::asset::{Asset, BlockKind, Limits};
use provscan::lists::formats::{ReadOptions, Source};
use provscan::lists::{Builder, Guards, ListOptions, Workspace, take_in};

use super::ROOT;
use super::targets::PLACES;

/// Larger samples say nothing new, and slow everything down.
const MAX_SEED: usize = 256 << 10;

/// The inputs that a file gives, named by what they are.
type Seeds = fn(&Path, &[u8]) -> Vec<Vec<u8>>;

/// Writes a target's first inputs into the folder that `PROVSCAN_SEEDS` names, if it does.
pub fn write(target: &str, seeds: Seeds) {
    let Some(folder) = std::env::var_os("PROVSCAN_SEEDS") else {
        return;
    };
    let mut files = Vec::new();
    files_below(&Path::new(ROOT).join("samples"), &mut files);
    files.push(Path::new(ROOT).join("src/policy/default.toml"));
    let mut number = 0;
    for path in files {
        let bytes = fs::read(&path).expect("a sample");
        for seed in seeds(&path, &bytes) {
            if seed.len() <= MAX_SEED {
                let name = format!("{target}-{number:05}");
                fs::write(Path::new(&folder).join(name), seed).expect("the folder of seeds");
                number += 1;
            }
        }
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the samples")
        .map(|entry| entry.expect("a sample").path())
        .collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => files_below(&path, files),
            false => files.push(path),
        }
    }
}

/// A file that is looked into, neither a golden nor code.
fn is_sample(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ending != "json"
        && ending != "rs"
        && ending != "md"
        && !in_folder(path, "lists")
        && !in_folder(path, "trust")
}

fn in_folder(path: &Path, name: &str) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with(name))
}

pub fn containers(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let sample = is_sample(path).then(|| bytes.to_vec());
    sample.into_iter().collect()
}

pub fn inspect(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    containers(path, bytes)
}

pub fn jpeg(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    after(b"\xFF\xD8\xFF", bytes)
}

pub fn png(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    after(b"\x89PNG\r\n\x1a\n", bytes)
}

pub fn riff(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    after(b"RIFF", bytes)
}

pub fn gif(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    after(b"GIF89a", bytes)
}

pub fn tiff(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let orders = [(0, b"II\x2a\0"), (1, b"MM\0\x2a")];
    let rest = orders
        .iter()
        .filter_map(|(order, header)| Some([&[*order], bytes.strip_prefix(*header)?].concat()));
    rest.collect()
}

/// The target writes a box of brands of its own before them.
pub fn bmff(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let ftyp = bytes.get(4..8) == Some(b"ftyp");
    let rest = bytes
        .first_chunk()
        .map(|len| u32::from_be_bytes(*len) as usize);
    let rest = rest.filter(|_| ftyp).and_then(|len| bytes.get(len..));
    let with = |rest: &[u8]| (0..6).map(|brand| [&[brand], rest].concat()).collect();
    rest.map(with).unwrap_or_default()
}

pub fn jxl(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    after(b"\0\0\0\x0cJXL \r\n\x87\n", bytes)
}

fn after(signature: &[u8], bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .strip_prefix(signature)
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect()
}

/// The bodies of the blocks of a sample that are wanted.
fn blocks(bytes: &[u8], wanted: fn(&BlockKind) -> bool) -> Vec<Vec<u8>> {
    let asset = Asset::new("seed", bytes.to_vec(), Limits::default());
    let found = asset
        .container()
        .blocks
        .iter()
        .filter(|block| wanted(&block.kind));
    found
        .map(|block| bytes[block.range.clone()].to_vec())
        .collect()
}

pub fn exif(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    blocks(bytes, |kind| *kind == BlockKind::Exif)
}

pub fn xmp(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    blocks(bytes, |kind| *kind == BlockKind::Xmp)
}

pub fn iptc(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    blocks(bytes, |kind| *kind == BlockKind::Iptc)
}

/// Every text in the first places, and every EXIF text in the last.
pub fn text(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let asset = Asset::new("seed", bytes.to_vec(), Limits::default());
    let metadata = asset.metadata();
    let texts = metadata.texts.iter().map(|entry| {
        let place = PLACES.iter().position(|keyword| *keyword == entry.keyword);
        (place.unwrap_or(3), entry.text.as_str())
    });
    let fields = metadata
        .exif
        .fields
        .iter()
        .map(|field| (16, field.text.as_str()));
    let with = |(place, text): (usize, &str)| [&[place as u8], text.as_bytes()].concat();
    texts.chain(fields).map(with).collect()
}

pub fn text_compressed(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let marked = |text: Vec<u8>| [&[1], &text[1..]].concat();
    text(path, bytes).into_iter().map(marked).collect()
}

pub fn raw_profile(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let kinds = [
        (0, exif(path, bytes)),
        (2, xmp(path, bytes)),
        (4, iptc(path, bytes)),
    ];
    let mark = |(kind, bodies): (u8, Vec<Vec<u8>>)| {
        bodies
            .into_iter()
            .map(move |body| [&[kind], &body[..]].concat())
    };
    kinds.into_iter().flat_map(mark).collect()
}

/// Each packet in pieces of 1000 bytes.
pub fn extended_xmp(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let piece =
        |(number, body): (usize, &[u8])| [&[0, (number * 250) as u8, 0, 250], body].concat();
    let cut = |packet: Vec<u8>| packet.chunks(1000).enumerate().flat_map(piece).collect();
    xmp(path, bytes).into_iter().map(cut).collect()
}

pub fn segment(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let asset = Asset::new("seed", bytes.to_vec(), Limits::default());
    let apps = asset
        .container()
        .blocks
        .iter()
        .filter_map(|block| match block.kind {
            BlockKind::App { number } => Some([&[number], &bytes[block.range.clone()]].concat()),
            _ => None,
        });
    apps.collect()
}

pub fn trailer(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    blocks(bytes, |kind| *kind == BlockKind::Trailer)
}

pub fn pixels(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let small = |seed: &Vec<u8>| seed.len() <= MAX_SEED / 8;
    containers(path, bytes).into_iter().filter(small).collect()
}

pub fn hidden_text(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let signed = |text: Vec<u8>| (0..4).map(move |sign| [&[sign], &text[1..]].concat());
    text(path, bytes).into_iter().flat_map(signed).collect()
}

/// Stores as they stand in files that hold them in one piece.
pub fn store(_: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    blocks(bytes, |kind| *kind == BlockKind::Jumbf)
}

pub fn hash_list(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let list = in_folder(path, "lists").then(|| [&[0], bytes].concat());
    list.into_iter().collect()
}

/// Each list as it is, and compiled.
pub fn compiled_list(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    if !in_folder(path, "lists") {
        return Vec::new();
    }
    let mut builder = Builder::new(ListOptions::default(), Guards::none(), Workspace::memory());
    let mut source = Source::from_bytes(bytes);
    let taken = take_in(&mut source, None, &ReadOptions::default(), &mut builder);
    let compiled = taken
        .ok()
        .and_then(|_| builder.write(Cursor::new(Vec::new())).ok());
    let compiled = compiled.map(Cursor::into_inner);
    [bytes.to_vec()].into_iter().chain(compiled).collect()
}

pub fn policy(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let policy = path.extension().is_some_and(|ending| ending == "toml");
    policy.then(|| bytes.to_vec()).into_iter().collect()
}

pub fn trust_list(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let list = in_folder(path, "trust").then(|| bytes.to_vec());
    list.into_iter().collect()
}
