//! Files that mean harm: whatever they hold, the answer comes soon and without a panic.

use super::asset;
use super::build::{self, boxed, chunk, deflate};
use provscan::asset::{Asset, Limits, PixelError, ProblemKind};

/// Looks at everything that can be seen of these bytes, pixels aside.
fn look(bytes: Vec<u8>) -> Asset {
    let asset = Asset::new("hostile", bytes, Limits::default());
    let container = asset.container();
    for block in &container.blocks {
        assert!(
            asset.bytes().get(block.range.clone()).is_some(),
            "{block:?} of {}",
            asset.bytes().len()
        );
    }
    assert!(container.problems.len() <= 64);
    asset.metadata();
    asset
}

#[test]
fn every_prefix_of_every_file() {
    for (name, bytes) in build::all() {
        let whole = asset(&bytes).container().blocks.len();
        for end in 0..bytes.len() {
            let cut = look(bytes[..end].to_vec());
            assert!(
                cut.container().blocks.len() <= whole.max(1),
                "{name} cut at {end}"
            );
        }
    }
}

#[test]
fn a_cut_file_keeps_what_was_before_and_says_so() {
    let bytes = build::jpeg(&[build::app1_exif(), build::app1_xmp()]);
    let cut = look(bytes[..700].to_vec());
    assert_eq!(cut.metadata().exif.text(0x9286), Some("hello"));
    assert!(
        cut.container()
            .problems
            .iter()
            .any(|problem| problem.message.contains("ends inside"))
    );
}

#[test]
fn flipped_bytes() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    for (_, bytes) in build::all() {
        for round in 0..1500 {
            let mut bytes = bytes.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = [0, 0xFF, 0x7F, random(256) as u8][random(4)];
            }
            let asset = look(bytes);
            if round % 10 == 0 {
                let _ = asset.pixels();
            }
        }
    }
}

#[test]
fn huge_dimensions_are_refused_before_decoding() {
    let mut bytes = build::png(&[], &[]);
    bytes[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let asset = look(bytes);
    let Err(PixelError::TooLarge(message)) = asset.pixels() else {
        panic!("{:?}", asset.pixels())
    };
    assert_eq!(
        message,
        "100000 × 100000 is 10000000000 pixels, the limit is 256000000 (raise it with --max-pixels)"
    );
}

fn with_xmp(xml: &str) -> Asset {
    let chunk = chunk(b"tEXt", &[b"XML:com.adobe.xmp\0", xml.as_bytes()].concat());
    look(build::png(&[chunk], &[]))
}

#[test]
fn xml_that_nests_or_compares_without_end() {
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    assert_eq!(
        with_xmp(&deep).metadata().limit.as_deref(),
        Some("xmp: nested deeper than 32 levels; --max-depth raises it")
    );
    let attributes: String = (0..300_000)
        .map(|number| format!(" a{number}=''"))
        .collect();
    assert!(
        with_xmp(&format!("<a{attributes}/>"))
            .metadata()
            .limit
            .is_some()
    );
    let namespaces: String = (0..4_000)
        .map(|number| format!(" xmlns:n{number}='u{number}'"))
        .collect();
    let children = "<b xmlns:x='y'/>".repeat(100_000);
    assert!(
        with_xmp(&format!("<a{namespaces}>{children}</a>"))
            .metadata()
            .limit
            .is_some()
    );
    assert!(
        with_xmp(&format!("<a>{}</a>", "<b/>".repeat(2_000_000)))
            .metadata()
            .limit
            .is_some()
    );
    for (uri_len, children) in [(1 << 20, 10), (500, 70_000)] {
        let (uri, children) = ("x".repeat(uri_len), "<b n:c='' n:d=''/>".repeat(children));
        let asset = with_xmp(&format!("<a xmlns:n='{uri}'>{children}</a>"));
        assert!(asset.metadata().limit.is_some());
    }
    let equals = format!("<a xmlns:n='u' n:data='{}'/>", "=".repeat(100_000));
    assert_eq!(with_xmp(&equals).metadata().problems, Vec::<String>::new());
    let siblings = format!("<a>{}</a>", "<b xmlns:n='u' n:c='d'/>".repeat(10_000));
    assert_eq!(
        with_xmp(&siblings).metadata().problems,
        Vec::<String>::new()
    );
    let entities = "<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>";
    assert!(with_xmp(entities).metadata().problems[0].contains("DTD"));
}

#[test]
fn texts_that_inflate_without_end() {
    let bomb = deflate(&vec![b'a'; 64 << 20]);
    let text = chunk(b"zTXt", &[b"bomb\0\0", &bomb[..]].concat());
    let asset = look(build::png(&[text.clone(), text.clone(), text], &[]));
    let total: usize = asset
        .metadata()
        .texts
        .iter()
        .map(|entry| entry.text.len())
        .sum();
    assert!(total <= 16 << 20, "{total}");
    assert!(
        asset.metadata().limit.is_some(),
        "{:?}",
        asset.metadata().problems
    );
}

#[test]
fn tiff_directories_in_circles() {
    let mut bytes = build::tiff(
        false,
        &[
            (0x8769, 4, &8_u32.to_le_bytes()),
            (0x014A, 4, &[8, 0, 0, 0]),
        ],
    );
    let next = bytes.len() - 4;
    bytes[next..].copy_from_slice(&8_u32.to_le_bytes());
    let asset = look(bytes);
    assert!(
        asset
            .container()
            .problems
            .iter()
            .any(|problem| problem.message.contains("named twice"))
    );
}

#[test]
fn exif_values_that_all_point_to_the_same_bytes() {
    let mut bytes = build::tiff(false, &[(0x010E, 2, &b"small"[..]); 1000]);
    let data_at = bytes.len() as u32;
    for entry in 0..1000 {
        let place = 10 + entry * 12 + 4;
        bytes[place..place + 4].copy_from_slice(&(1_u32 << 20).to_le_bytes());
        bytes[place + 4..place + 8].copy_from_slice(&data_at.to_le_bytes());
    }
    bytes.resize(bytes.len() + (1 << 20), b'x');
    let asset = look(bytes);
    let total: usize = asset
        .metadata()
        .exif
        .fields
        .iter()
        .map(|field| field.text.len())
        .sum();
    assert!(total <= 16 << 20, "{total}");
    assert!(asset.metadata().limit.is_some());
}

#[test]
fn boxes_in_boxes_in_boxes() {
    let mut nested = Vec::new();
    for _ in 0..10_000 {
        nested.extend(u32::MAX.to_be_bytes());
        nested.extend(b"meta\0\0\0\0");
    }
    for kind in [b"meta", b"iprp", b"jumb"] {
        let ftyp = boxed(b"ftyp", b"heic\0\0\0\0heic");
        look([ftyp, boxed(kind, &nested)].concat());
    }
}

#[test]
fn a_flood_of_blocks() {
    let comments = build::segment(0xFE, b"x").repeat(200_000);
    let mut bytes = vec![0xFF, 0xD8];
    bytes.extend(comments);
    let asset = look(bytes);
    assert_eq!(asset.container().blocks.len(), 10_000);
    let first = &asset.container().problems[0].message;
    assert_eq!(
        first,
        "more than 10000 metadata blocks: the rest is not read"
    );
    look([vec![0xFF, 0xD8], vec![0xFF; 4 << 20]].concat());
    look([vec![0xFF, 0xD8, 0xFF], [0xFF, 0xE0, 0, 0].repeat(1 << 20)].concat());
}

#[test]
fn items_and_extents_without_number() {
    let mut iloc = vec![1, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    for id in 0..60_000_u16 {
        iloc.extend([&id.to_be_bytes()[..], &[0, 0, 0, 0, 0xFF, 0xFF]].concat());
    }
    let mut iinf = vec![0; 6];
    for id in 0..60_000_u16 {
        let body = [&[2, 0, 0, 0][..], &id.to_be_bytes(), &[0, 0], b"Exif\0"].concat();
        iinf.extend(boxed(b"infe", &body));
    }
    let meta = [vec![0; 4], boxed(b"iinf", &iinf), boxed(b"iloc", &iloc)].concat();
    let bytes = [boxed(b"ftyp", b"avif\0\0\0\0avif"), boxed(b"meta", &meta)].concat();
    look(bytes);
}

#[test]
fn what_was_not_read_is_no_mere_damage() {
    let kinds = |bytes: &[u8]| -> Vec<ProblemKind> {
        let asset = look(bytes.to_vec());
        let problems = &asset.container().problems;
        problems.iter().map(|problem| problem.kind).collect()
    };
    let jxl = |rest: &[u8]| [b"\0\0\0\x0cJXL \r\n\x87\n".as_slice(), rest].concat();
    assert_eq!(kinds(&jxl(b"\0\0\0\x09xml <")), []);
    assert_eq!(kinds(&jxl(b"\0\0\0\xffxml <")), [ProblemKind::Cut]);
    assert_eq!(kinds(&jxl(b"\0\0\0\x0dbrobxml <")), []);
    assert_eq!(kinds(&jxl(b"\0\0\0\x0abrobxm")), [ProblemKind::Damage]);
    let brob = jxl(b"\0\0\0\x0dbrobjumb<");
    assert_eq!(kinds(&brob), [ProblemKind::Limit]);
    // A directory past the end, and a trailer byte that alone is missing.
    assert_eq!(kinds(b"II\x2a\0\xff\0\0\0"), [ProblemKind::Cut]);
    let gif = b"GIF89a\x01\0\x01\0\0\0\0";
    assert_eq!(kinds(gif), [ProblemKind::Damage]);
    assert_eq!(kinds(&gif[..12]), [ProblemKind::Cut]);
}

#[test]
fn xmp_nested_too_deep_is_a_limit_that_a_flag_raises() {
    let xmp = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{}",
        "<x:a>".repeat(99)
    );
    let mut bytes = b"\0\0\0\x0cJXL \r\n\x87\n".to_vec();
    bytes.extend(u32::try_from(xmp.len() + 8).unwrap().to_be_bytes());
    bytes.extend(b"xml ");
    bytes.extend(xmp.bytes());
    let limit = look(bytes).metadata().limit.clone().unwrap();
    assert!(limit.contains("--max-depth raises it"), "{limit}");
}
