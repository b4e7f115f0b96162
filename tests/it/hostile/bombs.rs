//! Files made to exhaust whoever reads their metadata. What it cost is counted, and printed with `--nocapture`; for the time
//! of it, run this in a release build, with `PROVSCAN_BOMB=15000000` for texts as large as the limits allow.

mod pictures;
mod texts;

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use provscan::{Asset, Inspector, Limits};

use super::mutations::assert_sound;
use crate::allocations::counted;
use crate::asset::build::{chunk, jpeg, png, segment};
use crate::support::inspector;

/// Memory that one byte of a file may bring about, besides a fixed sum.
const HELD_EACH: usize = 64;

/// An EXIF block with one field.
fn exif(tag: u16, value: &[u8]) -> Vec<u8> {
    let kind: u16 = if tag == 0x9286 { 7 } else { 2 };
    let head = [
        &b"MM\0\x2a\0\0\0\x08\0\x01"[..],
        &tag.to_be_bytes(),
        &kind.to_be_bytes(),
    ]
    .concat();
    let len = (value.len() as u32).to_be_bytes();
    [&head[..], &len, &[0, 0, 0, 26, 0, 0, 0, 0], value].concat()
}

#[test]
fn compressed() {
    let zeros = deflate(&vec![b'a'; 200 << 20]);
    let text = |keyword: &str| chunk(b"zTXt", &[keyword.as_bytes(), b"\0\0", &zeros[..]].concat());
    check("a bomb", png(&[text("parameters")], &[]));
    check("many bombs", png(&vec![text("prompt"); 20], &[]));
    let xmp = deflate(format!("<a xmlns='b'>{}</a>", "<c/>".repeat(4 << 20)).as_bytes());
    let xmp = chunk(
        b"iTXt",
        &[b"XML:com.adobe.xmp\0\x01\0\0\0", &xmp[..]].concat(),
    );
    check("XMP", png(&vec![xmp; 20], &[]));
    let profile = deflate(format!("\nexif\n 1\n{}", "00".repeat(7 << 20)).as_bytes());
    let profile = chunk(
        b"zTXt",
        &[b"Raw profile type exif\0\0", &profile[..]].concat(),
    );
    check("a profile", png(&vec![profile; 20], &[]));
}

#[test]
fn xml() {
    let entities =
        "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>".to_owned();
    let outside = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>".to_owned();
    let attributes: String = (0..100_000)
        .map(|number| format!(" a{number}='b'"))
        .collect();
    let prefixes: String = (0..100_000)
        .map(|number| format!("<p{number}:a/>"))
        .collect();
    let namespaces: String = (0..100_000)
        .map(|number| format!(" xmlns:n{number}='u{number}'"))
        .collect();
    let cases = [
        ("entities", entities),
        ("an entity outside", outside),
        ("attributes", format!("<a{attributes}/>")),
        ("prefixes", format!("<a>{prefixes}</a>")),
        ("namespaces", format!("<a{namespaces}/>")),
        ("comments", format!("<a>{}</a>", "<!--".repeat(500_000))),
        (
            "closed comments",
            format!("{}<a/>", "<!---->".repeat(500_000)),
        ),
        ("instructions", format!("{}<a/>", "<?a?>".repeat(500_000))),
        ("open instructions", "<?".repeat(2_000_000)),
        (
            "character data",
            format!("<a>{}</a>", "<![CDATA[]]>".repeat(300_000)),
        ),
        (
            "references",
            format!("<a b='{}'/>", "&#65;".repeat(500_000)),
        ),
        ("quotes", format!("<a b={}/>", "'".repeat(1_000_000))),
        ("equals signs", format!("<a b='{}'/>", "=".repeat(15 << 20))),
        ("open tags", "<a ".repeat(1_000_000)),
        (
            "texts",
            format!("<a xmlns:b='c'>{}</a>", "<b:d>e</b:d>".repeat(150_000)),
        ),
        (
            "a history",
            format!(
                "<a xmlns:b='http://ns.adobe.com/xap/1.0/sType/ResourceEvent#'>{}</a>",
                "<c b:action='saved' b:softwareAgent='Adobe Photoshop' b:when='2024'/>"
                    .repeat(100_000)
            ),
        ),
        ("packets within", "<?xpacket".repeat(500_000)),
        ("open brackets", "<".repeat(4_000_000)),
        ("closing tags", "</a>".repeat(1_000_000)),
    ];
    for (name, xml) in cases {
        let body = [b"XML:com.adobe.xmp\0\0\0\0\0", xml.as_bytes()].concat();
        check(&format!("XMP: {name}"), png(&[chunk(b"iTXt", &body)], &[]));
        check(&format!("SVG: {name}"), xml.into_bytes());
    }
}

#[test]
fn directories() {
    let entries = |count: u16, tag: fn(u16) -> u16, kind: u16, len: u32, at: u32| {
        let mut block = b"MM\0\x2a\0\0\0\x08".to_vec();
        block.extend(count.to_be_bytes());
        for number in 0..count {
            block.extend(tag(number).to_be_bytes());
            block.extend(kind.to_be_bytes());
            block.extend([len.to_be_bytes(), at.to_be_bytes()].concat());
        }
        block.extend([0, 0, 0, 8]);
        block
    };
    let same = |_| 0x010E;
    let cases = [
        ("65 535 fields", entries(u16::MAX, |number| number, 3, 1, 0)),
        ("overlapping texts", entries(1000, same, 2, 700_000, 8)),
        (
            "overlapping comments",
            entries(1000, |_| 0x9286, 7, 700_000, 8),
        ),
        (
            "overlapping numbers",
            entries(u16::MAX, |number| number, 12, 80_000, 8),
        ),
        (
            "texts past the end",
            entries(u16::MAX, same, 2, u32::MAX, 8),
        ),
        (
            "directories in circles",
            entries(u16::MAX, |_| 0x014A, 4, 60_000, 8),
        ),
        ("every directory itself", entries(1000, |_| 0x8769, 4, 1, 8)),
    ];
    let strips = [
        b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\x0e",
        &entries(1000, |_| 0x111, 4, 1_000_000, 8)[8..],
        &[0; 4_000_000],
    ];
    check(
        "EXIF: strips",
        png(&[chunk(b"eXIf", &strips.concat())], &[]),
    );
    for (name, block) in cases {
        check(
            &format!("EXIF: {name}"),
            png(&[chunk(b"eXIf", &block)], &[]),
        );
        check(&format!("TIFF: {name}"), block);
    }
}

#[test]
fn floods() {
    let text = chunk(b"tEXt", b"prompt\0{}");
    check("PNG texts", png(&vec![text; 100_000], &[]));
    let different: Vec<_> = (0..100_000)
        .map(|number| chunk(b"tEXt", format!("a{number}\0{number}").as_bytes()))
        .collect();
    check("PNG keywords", png(&different, &[]));
    let empty = chunk(b"zTXt", &[b"a\0\0", &deflate(b"b")[..]].concat());
    check("compressed texts", png(&vec![empty; 100_000], &[]));
    let exif_chunk = chunk(b"eXIf", &exif(0x010E, b"abcdefgh"));
    check("EXIF chunks", png(&vec![exif_chunk; 20_000], &[]));
    let packet = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<a xmlns='b' c='d'/>");
    check("XMP packets", png(&vec![packet; 20_000], &[]));
    for marker in [0xE1, 0xE2, 0xED, 0xEB, 0xFE] {
        check(
            &format!("segments {marker:x}"),
            jpeg(&vec![
                segment(marker, b"JP\0\x01\0\0\0\x01\0\0\0\x08jumb");
                100_000
            ]),
        );
    }
    let piece = |offset: u32, guid: u32| {
        let guid = format!("{guid:032}");
        let numbers = [10_u32.to_be_bytes(), offset.to_be_bytes()].concat();
        segment(
            0xE1,
            &[
                b"http://ns.adobe.com/xmp/extension/\0",
                guid.as_bytes(),
                &numbers,
                b"a",
            ]
            .concat(),
        )
    };
    check(
        "pieces",
        jpeg(&(0..100_000).map(|at| piece(at, 0)).collect::<Vec<_>>()),
    );
    check(
        "packets of pieces",
        jpeg(&(0..100_000).map(|at| piece(0, at)).collect::<Vec<_>>()),
    );
    let resources = b"8BIM\x04\x04\0\0\0\0\0\x06\x1c\x02\x28\0\x01a".repeat(3_000);
    check(
        "resources",
        jpeg(&vec![
            segment(
                0xED,
                &[b"Photoshop 3.0\0", &resources[..]].concat()
            );
            200
        ]),
    );
    for (name, trailer) in [
        ("0xFF", vec![0xFF; 8 << 20]),
        ("JPEGs", b"\xFF\xD8\xFF\xD9".repeat(2 << 20)),
    ] {
        check(
            &format!("a trailer of {name}"),
            [jpeg(&[]), trailer].concat(),
        );
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Inspects it with every signal, and holds what it cost to the bounds.
fn check(name: &str, bytes: Vec<u8>) {
    let len = bytes.len();
    let asset = Asset::new("bomb.png", bytes, Limits::default());
    static INSPECTOR: LazyLock<Inspector> = LazyLock::new(|| inspector(&[]));
    let inspector = &*INSPECTOR;
    let start = Instant::now();
    let (found, mut counts) = counted(|| inspector.inspect(&asset));
    println!(
        "{:6} ms {:5} MB {:6} MB {:9} times  {len:9} {name}",
        start.elapsed().as_millis(),
        counts.peak >> 20,
        counts.total >> 20,
        counts.times
    );
    let beyond = (HELD_EACH * len).cast_signed();
    counts.peak -= beyond;
    assert_sound(&found, counts, name);
}
