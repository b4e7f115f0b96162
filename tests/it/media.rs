//! Video, sound and documents: told apart, and read the same whether they are in memory or not.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use provscan::asset::{Asset, Format, MediaKind};
use provscan::error::FaultKind;
use provscan::fingerprints::{MD5, SHA1, SHA256, compute_all};
use provscan::inspect::Inspection;
use provscan::reports::{self, ReportOptions};
use provscan::sources::{Input, Name, open};
use provscan::{Inspector, Limits};

use crate::asset::build::boxed;
use crate::support::{Folder, inspector, provscan, provscan_with, root, run};

/// Samples of media that are streamed when they are long.
const SAMPLES: [&str; 4] = [
    "content_credentials/ai-generated.mp4",
    "content_credentials/ai-generated.wav",
    "content_credentials/ai-generated.mp3",
    "content_credentials/tampered-content.mp4",
];

fn sample(path: &str) -> Vec<u8> {
    fs::read(root().join("samples").join(path)).unwrap()
}

fn ftyp(brands: &[u8]) -> Vec<u8> {
    boxed(b"ftyp", brands)
}

#[test]
fn formats_are_told_by_content() {
    let frame = [&[0xff, 0xfb, 0x90, 0x00][..], &[0; 413]].concat();
    let id3 = |frames: &[u8]| [&b"ID3\x04\0\0\0\0\0\x14"[..], &[0; 20], frames].concat();
    let table: Vec<(&str, Vec<u8>, Option<Format>)> = vec![
        (
            "mp4",
            ftyp(b"isom\0\0\x02\0isomiso2mp41"),
            Some(Format::Mp4),
        ),
        ("3gp", ftyp(b"3gp4\0\0\0\0isom3gp4"), Some(Format::Mp4)),
        (
            "fragmented",
            ftyp(b"iso5\0\0\0\0dashcmfc"),
            Some(Format::Mp4),
        ),
        ("mov", ftyp(b"qt  \0\0\0\0qt  "), Some(Format::QuickTime)),
        (
            "old mov",
            [boxed(b"wide", b""), boxed(b"mdat", b"x")].concat(),
            Some(Format::QuickTime),
        ),
        (
            "moov first",
            boxed(b"moov", &boxed(b"mvhd", &[0; 100])),
            Some(Format::QuickTime),
        ),
        ("m4a", ftyp(b"M4A \0\0\0\0M4A mp42isom"), Some(Format::M4a)),
        ("avif", ftyp(b"avif\0\0\0\0avifmif1"), Some(Format::Avif)),
        (
            "avif sequence",
            ftyp(b"avis\0\0\0\0avisiso8"),
            Some(Format::Avif),
        ),
        ("heic", ftyp(b"heic\0\0\0\0mif1heic"), Some(Format::Heif)),
        (
            "raw picture",
            ftyp(b"crx \0\0\0\x01crx isom"),
            Some(Format::Cr3),
        ),
        ("ftyp without brand", ftyp(b"\0\0\0\0\0\0\0\0"), None),
        (
            "text about mdat",
            b"\0\0\0 mdat and more text than that follows here".to_vec(),
            None,
        ),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), Some(Format::Wav)),
        ("avi", b"RIFF\x24\0\0\0AVI LIST".to_vec(), Some(Format::Avi)),
        (
            "webp",
            b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(),
            Some(Format::WebP),
        ),
        ("another riff", b"RIFF\x24\0\0\0ACONanih".to_vec(), None),
        ("flac", b"fLaC\0\0\0\x22".to_vec(), Some(Format::Flac)),
        (
            "flac behind id3",
            id3(b"fLaC\0\0\0\x22"),
            Some(Format::Flac),
        ),
        ("mp3 behind id3", id3(&frame), Some(Format::Mp3)),
        ("mp3", frame.repeat(3), Some(Format::Mp3)),
        (
            "two frames and noise",
            [frame.repeat(2), vec![7; 500]].concat(),
            None,
        ),
        ("utf-16", b"\xff\xfea\0b\0c\0".repeat(200), None),
        (
            "adts",
            [&[0xff, 0xf1, 0x50, 0x80][..], &[0; 500]].concat(),
            None,
        ),
        ("padding", vec![0xff; 4096], None),
        (
            "id3 in words",
            b"ID3 tags are described here".to_vec(),
            None,
        ),
        ("pdf", b"%PDF-1.7\n".to_vec(), Some(Format::Pdf)),
        ("ogg", b"OggS\0\x02".to_vec(), None),
        ("matroska", b"\x1a\x45\xdf\xa3".to_vec(), None),
    ];
    for (name, bytes, format) in table {
        assert_eq!(Format::sniff(&bytes), format, "{name}");
        let asset = Asset::new(name, bytes, Limits::default());
        assert_eq!(asset.format(), format, "{name}");
        if let Some(format) = format {
            assert_eq!(format.is_picture(), format.kind() == MediaKind::Picture);
            assert!(!(format.is_picture() && format.is_streamed()), "{name}");
        }
    }
}

#[test]
fn a_cover_longer_than_what_is_sniffed_hides_no_flac() {
    let cover = 200_000_usize;
    let size = [14, 7, 0].map(|shift| (cover >> shift & 0x7f) as u8);
    let tag = [b"ID3\x04\0\0\0", &size[..], &vec![0; cover]].concat();
    let folder = Folder::new();
    let path = folder.put("a.flac", [&tag[..], b"fLaC\0\0\0\x22"].concat());
    for asset in both(&path) {
        assert_eq!(asset.format(), Some(Format::Flac));
    }
}

/// The same file in memory, and read piece by piece.
fn both(path: &Path) -> [Asset; 2] {
    let whole = open(Input::file(path), &Limits::default()).unwrap();
    let limits = Limits {
        max_bytes: whole.len() - 1,
        ..Limits::default()
    };
    [whole, open(Input::file(path), &limits).unwrap()]
}

fn record(inspection: &Inspection) -> String {
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    String::from_utf8(report.record(&Name::new("a"), inspection)).unwrap()
}

/// Asserts that both ways of reading give one record, and returns it.
fn same(inspector: &Inspector, path: &Path) -> String {
    let [memory, streamed] = both(path);
    let digests = |asset| compute_all(asset, &[MD5, SHA1, SHA256]);
    assert_eq!(digests(&memory), digests(&streamed), "{}", path.display());
    let [memory, streamed] = [memory, streamed].map(|asset| record(&inspector.inspect(&asset)));
    assert_eq!(memory, streamed, "{}", path.display());
    streamed
}

#[test]
fn a_streamed_file_gives_the_record_of_one_in_memory() {
    let inspector = inspector(&[]);
    let folder = Folder::new();
    for name in SAMPLES {
        let bytes = sample(name);
        let path = folder.put(name.rsplit('/').next().unwrap(), &bytes);
        let expected = if name.contains("tampered") {
            "\"tampered\""
        } else {
            "\"ai-generated\""
        };
        let whole = same(&inspector, &path);
        assert!(
            whole.contains(expected) && whole.contains("proven"),
            "{whole}"
        );
        assert!(!whole.contains("\"errors\""), "{whole}");
        for part in 1..20 {
            fs::write(&path, &bytes[..bytes.len() * part / 20]).unwrap();
            same(&inspector, &path);
        }
        let mut damaged = bytes.clone();
        // Without its first bytes it is another file.
        for at in (16..bytes.len()).step_by(bytes.len() / 40) {
            damaged[at] ^= 0x40;
            fs::write(&path, &damaged).unwrap();
            same(&inspector, &path);
        }
    }
}

#[test]
fn a_video_without_credentials_was_checked_and_a_cut_one_was_not() {
    let inspector = inspector(&[]);
    let folder = Folder::new();
    let plain = [ftyp(b"isom\0\0\0\0"), boxed(b"mdat", &[7; 1000])].concat();
    let path = folder.put("a.mp4", &plain);
    let seen = same(&inspector, &path);
    assert!(
        seen.contains("\"verdict\":\"no-evidence\"") && !seen.contains("errors"),
        "{seen}"
    );
    assert!(
        seen.contains("\"generator_metadata\":\"not-applicable\""),
        "{seen}"
    );
    fs::write(&path, &plain[..900]).unwrap();
    let seen = same(&inspector, &path);
    assert!(seen.contains("the file ends inside box mdat"), "{seen}");
    assert!(seen.contains("\"verdict\":\"unchecked\""), "{seen}");
}

#[test]
fn a_sidecar_beside_a_streamed_file_is_read() {
    let inspector = inspector(&[]);
    let folder = Folder::new();
    let plain = [ftyp(b"isom\0\0\0\0"), boxed(b"mdat", &vec![7; 100_000])].concat();
    let path = folder.put("a.mp4", plain);
    fs::write(
        folder.at("a.c2pa"),
        sample("content_credentials/sidecar.c2pa"),
    )
    .unwrap();
    let seen = same(&inspector, &path);
    assert!(seen.contains("c2pa.sidecar-mismatch"), "{seen}");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_a_fault_and_accuses_nobody() {
    let inspector = inspector(&[]);
    let folder = Folder::new();
    let bytes = sample(SAMPLES[0]);
    let change = |path: &Path, len: u64| {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(len).unwrap();
    };
    for len in [
        0,
        100,
        bytes.len() as u64 / 2,
        bytes.len() as u64 - 1,
        bytes.len() as u64 + 9,
    ] {
        let path = folder.put("a.mp4", &bytes);
        let [_, streamed] = both(&path);
        change(&path, len);
        let seen = inspector.inspect(&streamed);
        let kinds: Vec<FaultKind> = seen.faults.iter().map(|fault| fault.kind).collect();
        assert!(
            kinds.contains(&FaultKind::Unreadable),
            "{len}: {:?}",
            seen.faults
        );
        assert_eq!(seen.evidence.len(), 0, "{len}");
        assert_eq!(seen.verdict.finding.as_str(), "unchecked", "{len}");
    }
}

#[test]
fn a_long_video_is_not_read_into_memory() {
    if !cfg!(target_os = "linux") {
        return println!("skipped: memory is limited by way of the shell's ulimit");
    }
    let folder = Folder::new();
    let path = folder.at("a.mp4");
    let (head, len) = (ftyp(b"isom\0\0\0\0"), (640_u64 << 20) + 1);
    let rest = len - head.len() as u64;
    let media = [&1_u32.to_be_bytes()[..], b"mdat", &rest.to_be_bytes()].concat();
    fs::write(&path, [head, media].concat()).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    if let Err(error) = file.set_len(len) {
        return println!("skipped: this filesystem has no sparse files ({error})");
    }
    // Threads reserve room without using it; the file alone would not fit.
    let mut command = provscan();
    let program = command.get_program().to_owned();
    command = std::process::Command::new("sh");
    command.args([
        "-c",
        "ulimit -v 500000 && exec \"$0\" check --format jsonl \"$1\"",
    ]);
    let ran = run(command.arg(program).arg(&path), b"");
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert!(
        ran.out.contains("\"verdict\":\"no-evidence\""),
        "{}",
        ran.out
    );
    assert!(ran.out.contains(&format!("\"bytes\":{len}")), "{}", ran.out);
}

#[test]
fn limits_of_streamed_files_hold() {
    let folder = Folder::new();
    let path = folder.put("a.mp4", sample(SAMPLES[0]));
    let check = |flags: &[&str]| {
        let mut command = provscan();
        command.args(["check", "--format", "jsonl"]).args(flags);
        run(command.arg(&path), b"")
    };
    let ran = check(&["--max-bytes", "1000", "--max-stream-bytes", "2000"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(
        ran.out.contains("--max-stream-bytes raises it"),
        "{}",
        ran.out
    );
    // The manifest store goes to memory, so it keeps the limit of what does.
    let ran = check(&["--max-bytes", "1000"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(
        ran.out.contains("a manifest store longer than the limit"),
        "{}",
        ran.out
    );
    assert_eq!(check(&["--max-bytes", "3000"]).code, 0);
}

#[test]
fn many_boxes_are_answered_soon() {
    let inspector = inspector(&[]);
    let folder = Folder::new();
    let free = boxed(b"free", b"").repeat(200_000);
    let signed = sample(SAMPLES[0]);
    let crowd = boxed(b"moov", &boxed(b"trak", &free));
    let heif = [ftyp(b"heic\0\0\0\0"), free.clone()].concat();
    for (name, bytes, expected) in [
        (
            "plain.mp4",
            [ftyp(b"isom\0\0\0\0"), free.clone()].concat(),
            "no-evidence",
        ),
        ("beside.mp4", [signed.clone(), free].concat(), "unchecked"),
        ("inside.mp4", [signed, crowd].concat(), "unchecked"),
        ("picture.heic", heif, "unchecked"),
    ] {
        let path = folder.put(name, bytes);
        let asset = open(Input::file(&path), &Limits::default()).unwrap();
        let seen = inspector.inspect(&asset);
        assert_eq!(
            seen.verdict.finding.as_str(),
            expected,
            "{name}: {:?}",
            seen.faults
        );
    }
}

#[test]
fn in_a_folder_media_count_as_such() {
    let folder = Folder::new();
    folder.put_sample("content_credentials/ai-generated.wav");
    folder.put_sample("plain/icon.bmp");
    folder.put("a.webm", b"\x1a\x45\xdf\xa3");
    let ran = run(provscan().arg("scan").arg(folder.path()), b"");
    assert!(
        ran.out.contains("1 image, 1 video, sound or document file"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("1 other file"), "{}", ran.out);
    folder.put("broken.mp4", b"no video");
    let ran = run(provscan().arg("scan").arg(folder.path()), b"");
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(
        ran.out.contains("it is named like a video, but"),
        "{}",
        ran.out
    );
}

#[test]
fn hashing_a_folder_gives_digests_of_media_and_passes_over_them_for_pictures() {
    let folder = Folder::new();
    let path = folder.put_sample("content_credentials/ai-generated.wav");
    let hash = |kind: &str| {
        run(
            provscan().args(["hash", "--kind", kind]).arg(folder.path()),
            b"",
        )
    };
    let ran = hash("sha256");
    let asset = open(Input::file(&path), &Limits::default()).unwrap();
    assert!(ran.out.contains(&asset.sha256().unwrap()), "{}", ran.out);
    let ran = hash("pdq");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let named = provscan_with(["hash", path.to_str().unwrap()]);
    assert_eq!(named.code, 3, "{}", named.out);
}

#[cfg(not(feature = "pdf"))]
#[test]
fn a_build_that_does_not_read_pdf_says_so() {
    let folder = Folder::new();
    let path = folder.put("a.pdf", b"%PDF-1.7\n%%EOF\n");
    let ran = run(
        provscan().args(["check", "--format", "jsonl"]).arg(&path),
        b"",
    );
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(
        ran.out.contains("a PDF, which this build does not read"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("\"content_credentials\":\"not-applicable\""),
        "{}",
        ran.out
    );
    let ran = run(provscan().arg("scan").arg(folder.path()), b"");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("1 other file"), "{}", ran.out);
}

#[test]
fn readers_of_one_file_do_not_disturb_each_other() {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let folder = Folder::new();
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n / 3) as u8).collect();
    let path = folder.put("a.bin", &bytes);
    let file = File::open(&path).unwrap();
    let asset = Asset::streamed("a", file, bytes[..100].to_vec(), Limits::default()).unwrap();
    let (mut one, mut two) = (asset.stream(), asset.stream());
    for at in [0_usize, 199_990, 16_380, 70_000, 3] {
        let (mut small, mut large) = ([0; 10], vec![0; 60_000]);
        one.seek(SeekFrom::Start(at as u64)).unwrap();
        one.read_exact(&mut small).unwrap();
        assert_eq!(small, bytes[at..at + 10]);
        two.seek(SeekFrom::End(-60_000)).unwrap();
        two.read_exact(&mut large).unwrap();
        assert_eq!(large, bytes[140_000..]);
    }
    assert_eq!(one.seek(SeekFrom::Current(-13)).unwrap(), 0);
    assert!(one.seek(SeekFrom::Current(-1)).is_err());
    let mut rest = Vec::new();
    one.read_to_end(&mut rest).unwrap();
    assert!(rest == bytes);
    assert!(asset.fault().is_none());
}
