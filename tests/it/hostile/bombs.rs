//! Files made to exhaust whoever reads their metadata. What it cost is counted, and printed with `--nocapture`; for the time
//! of it, run this in a release build, with `PROVSCAN_BOMB=15000000` for texts as large as the limits allow.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};
use provscan::{Asset, Inspector, Limits};

use super::mutate::png_chunk;
use super::mutations::assert_sound;
use crate::allocations::counted;
use crate::asset::build::{chunk, jpeg, png, segment};
use crate::support::{Random, Sample, inspector};

/// Bytes of the large texts: enough that work which grows with the square of them would not end in time.
const LARGE: usize = 1 << 20;

/// Memory that one byte of a file may bring about, besides a fixed sum.
const HELD_EACH: usize = 64;

/// Keywords and other places whose text somebody reads.
const PLACES: [&str; 24] = [
    "parameters",
    "prompt",
    "workflow",
    "Comment",
    "AIGC",
    "Description",
    "Software",
    "Title",
    "Source",
    "Author",
    "invokeai_metadata",
    "invokeai_graph",
    "sd-metadata",
    "Dream",
    "generation_data",
    "fooocus_scheme",
    "impParameters",
    "c2pa",
    "JPEG comment",
    "EXIF comment",
    "EXIF make",
    "EXIF description",
    "XMP property",
    "hidden",
];

#[test]
fn texts() {
    let large = std::env::var("PROVSCAN_BOMB").map_or(LARGE, |size| size.parse().unwrap());
    let named = payloads(large);
    for place in PLACES {
        for (name, text) in &named {
            check(&format!("{place}: {name}"), within(place, text));
        }
    }
}

/// Texts that cost their readers much.
fn payloads(large: usize) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |piece: &str| piece.repeat(large / piece.len()).into_bytes();
    let around = |open: &str, piece: &str, close: &str| {
        [open.as_bytes(), &fill(piece), close.as_bytes()].concat()
    };
    let nested =
        |open: &str, close: &str| (open.repeat(100_000) + &close.repeat(100_000)).into_bytes();
    let keys: String = (0..large / 30)
        .map(|key| format!(r#""{key}":{{"class_type":"A"}},"#))
        .collect();
    vec![
        ("nested arrays", nested("[", "]")),
        ("nested objects", nested(r#"{"a":"#, "}")),
        ("open objects", fill(r#"{"a":"#)),
        ("open arrays", fill("[")),
        ("nodes within nodes", fill(r#"{"nodes":["#)),
        (
            "a long string",
            around(r#"{"3":{"class_type":""#, "x", r#""}}"#),
        ),
        (
            "escapes",
            around(r#"{"3":{"class_type":""#, r"\u00e4", r#""}}"#),
        ),
        ("numbers", around(r#"{"nodes":["#, "0,", "0]}")),
        ("empty objects", around(r#"{"nodes":["#, "{},", "{}]}")),
        (
            "small objects",
            around(r#"{"nodes":["#, r#"{"":0},"#, "0]}"),
        ),
        ("not numbers", around(r#"{"prompt":["#, "NaN,", "NaN]}")),
        ("digits", around(r#"{"steps":"#, "9", "}")),
        ("many keys", format!("{{{keys}\"z\":{{}}}}").into_bytes()),
        (
            "many nodes",
            around(
                "{\"nodes\":[",
                r#"{"type":"KSampler"},"#,
                "{}],\"links\":[],\"last_node_id\":1}",
            ),
        ),
        ("JSON in JSON", fill(r#"{"prompt":"{\"prompt\":\""#)),
        ("settings lines", fill("Steps: 1, Sampler: a\n")),
        ("one settings line", around("Steps: 1", ", Steps: 1", "")),
        ("almost settings", fill("Steps: 1")),
        ("prompts", fill("Negative prompt: a\n")),
        ("new lines", fill("\n")),
        ("white space", fill(" ")),
        ("quotes", fill("\"")),
        ("backslashes", fill("\\")),
        ("colons", fill("a: ")),
        ("commas", fill(", ")),
        ("equals signs", fill("a=b;")),
        ("words", fill("AI ")),
        ("two bytes each", fill("ü")),
        ("dashes", fill(" --v 6")),
        ("ids", fill("Job ID: ")),
        ("tags", fill("<lora:")),
    ]
}

/// A file with this text there.
fn within(place: &str, text: &[u8]) -> Vec<u8> {
    let in_exif = |tag: u16, text: &[u8]| png(&[chunk(b"eXIf", &exif(tag, text))], &[]);
    match place {
        "JPEG comment" => jpeg(
            &text
                .chunks(65_000)
                .map(|piece| segment(0xFE, piece))
                .collect::<Vec<_>>(),
        ),
        "EXIF comment" => in_exif(0x9286, &[b"ASCII\0\0\0", text].concat()),
        "EXIF make" => in_exif(0x010F, &[b"prompt:", text].concat()),
        "EXIF description" => in_exif(0x010E, text),
        "XMP property" => {
            let safe = String::from_utf8_lossy(text)
                .replace('<', "&lt;")
                .replace('&', "&amp;");
            let xmp = format!(
                "<a xmlns:b='http://www.tc260.org.cn/ns/AIGC/1.0/'><b:AIGC>{safe}</b:AIGC></a>"
            );
            let body = [b"XML:com.adobe.xmp\0\0\0\0\0", xmp.as_bytes()].concat();
            png(&[chunk(b"iTXt", &body)], &[])
        }
        "hidden" => hidden(
            &[&(text.len() as u32 * 8).to_be_bytes(), text].concat(),
            "stealth_pnginfo",
        ),
        keyword => png(
            &[chunk(b"tEXt", &[keyword.as_bytes(), b"\0", text].concat())],
            &[],
        ),
    }
}

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

/// A picture with these bits in its lowest ones, column by column, as far as 1024 × 1024 pixels take them.
fn hidden(payload: &[u8], signature: &str) -> Vec<u8> {
    const SIDE: u32 = 1024;
    let message = [signature.as_bytes(), payload].concat();
    let mut bits = message
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let mut bit = || bits.next().unwrap_or(0);
    let mut picture = RgbaImage::from_pixel(SIDE, SIDE, Rgba([64, 64, 64, 255]));
    for (x, y) in (0..SIDE).flat_map(|x| (0..SIDE).map(move |y| (x, y))) {
        let Rgba(pixel) = picture.get_pixel_mut(x, y);
        match signature.contains("png") {
            true => pixel[3] = 254 | bit(),
            false => pixel[..3]
                .iter_mut()
                .for_each(|channel| *channel = 64 | bit()),
        }
    }
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut file, ImageFormat::Png)
        .unwrap();
    file.into_inner()
}

#[test]
fn json() {
    for (name, piece) in [
        ("numbers", "0,"),
        ("objects", "{\"\":0},"),
        ("arrays", "[0],"),
    ] {
        for len in [(1 << 20) - 100, (4 << 20) - 100] {
            let text = format!("{{\"nodes\":[{}0]}}", piece.repeat(len / piece.len()));
            for place in ["prompt", "Comment", "AIGC", "parameters"] {
                check(
                    &format!("JSON: {name} in {place}"),
                    within(place, text.as_bytes()),
                );
            }
        }
    }
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
fn hidden_in_pixels() {
    let with_length = |len: u32, text: &[u8]| [&len.to_be_bytes(), text].concat();
    let bomb = gzip(&vec![b'a'; 64 << 20]);
    for signature in [
        "stealth_pnginfo",
        "stealth_pngcomp",
        "stealth_rgbinfo",
        "stealth_rgbcomp",
    ] {
        let cases = [
            ("a bomb", with_length(bomb.len() as u32 * 8, &bomb)),
            ("no length", with_length(0, &bomb)),
            (
                "a length that is no multiple of eight",
                with_length(13, b"abc"),
            ),
            ("the longest length", with_length(u32::MAX, &bomb)),
            ("a negative length", with_length(1 << 31, b"{}")),
            ("nothing but a signature", Vec::new()),
            (
                "a signature again and again",
                signature.repeat(1000).into_bytes(),
            ),
        ];
        for (name, payload) in cases {
            check(&format!("{signature}: {name}"), hidden(&payload, signature));
        }
    }
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

/// A strip whose thumbnail shows something else, which is looked for all over it.
#[test]
fn thumbnails() {
    let drawn = |width: u32, height: u32, seed: u64| {
        let cell = |place: u32, side: u32| u64::from(place * 16 / side);
        let picture = GrayImage::from_fn(width, height, |x, y| {
            let cell = cell(x, width) * 16 + cell(y, height);
            Luma([Random::new(seed * 1000 + cell).next() as u8])
        });
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::from(picture)
            .write_to(&mut file, ImageFormat::Jpeg)
            .unwrap();
        file.into_inner()
    };
    let shapes = [
        [160, 120],
        [120, 160],
        [1000, 32],
        [32, 1000],
        [400, 32],
        [160, 32],
    ];
    let pairs = shapes
        .into_iter()
        .flat_map(|picture| shapes.map(|small| (picture.map(|side: u32| side * 2), small)));
    for (picture, small) in pairs {
        let thumbnail = drawn(small[0], small[1], 2);
        let mut exif = b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\x0e\0\x02".to_vec();
        exif.extend(b"\x02\x01\0\x04\0\0\0\x01\0\0\0\x2c\x02\x02\0\x04\0\0\0\x01");
        exif.extend((thumbnail.len() as u32).to_be_bytes());
        exif.extend([0; 4]);
        exif.extend(thumbnail);
        let exif = segment(0xE1, &[b"Exif\0\0", &exif[..]].concat());
        let file = drawn(picture[0], picture[1], 1);
        let file = [&file[..2], &exif, &file[2..]].concat();
        check(&format!("a thumbnail {small:?} of {picture:?}"), file);
    }
}

#[test]
fn decoders() {
    let sample = |name: &str| Sample::open(&format!("plain/{name}")).bytes;
    let webp = sample("gradient.webp");
    for kind in [b"ICCP", b"EXIF", b"ANMF", b"abcd"] {
        let chunk = [&kind[..], &[0; 4]].concat().repeat(200_000);
        let mut file = [&webp[..], &chunk].concat();
        let len = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&len.to_le_bytes());
        check(&format!("WebP: {}", kind.escape_ascii()), file);
    }
    let gif = sample("drawing.gif");
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    for (name, block) in [
        ("frames", &frame[..]),
        ("comments", b"\x21\xfe\x01a\0"),
        ("controls", b"\x21\xf9\x04\0\0\0\0\0"),
    ] {
        let file = [&gif[..gif.len() - 1], &block.repeat(200_000), b"\x3b"].concat();
        check(&format!("GIF: {name}"), file);
    }
    let ico = [
        &b"\0\0\x01\0\xff\xff"[..],
        &b"\x10\x10\0\0\x01\0\x20\0\xff\xff\xff\x7f\x06\0\0\0".repeat(65_535),
    ]
    .concat();
    check("ICO: entries", ico);
    check(
        "TIFF: strips",
        tiff(&[
            (0x111, 4, 1_000_000, 8),
            (0x117, 4, 1_000_000, 8),
            (0x116, 3, 1, 1),
        ]),
    );
    check(
        "TIFF: tiles",
        tiff(&[
            (0x142, 3, 1, 1),
            (0x143, 3, 1, 1),
            (0x144, 4, 1_000_000, 8),
            (0x145, 4, 1_000_000, 8),
        ]),
    );
    check(
        "TIFF: samples",
        tiff(&[
            (0x102, 3, 1_000_000, 8),
            (0x115, 3, 1, 65_535),
            (0x153, 3, 1_000_000, 8),
        ]),
    );
    for kind in [
        b"tRNS", b"PLTE", b"gAMA", b"iCCP", b"fcTL", b"fdAT", b"IDAT", b"sPLT",
    ] {
        let empty = png_chunk(kind, &[0; 13]).repeat(200_000);
        check(
            &format!("PNG: {}", kind.escape_ascii()),
            png(std::slice::from_ref(&empty), &[]),
        );
        check(
            &format!("PNG, late: {}", kind.escape_ascii()),
            png(&[], &[empty]),
        );
    }
    for marker in [0xC4, 0xDB, 0xDD, 0xEE, 0xE0, 0xE2] {
        let profile = segment(marker, b"ICC_PROFILE\0\x01\xff");
        check(
            &format!("JPEG: {marker:x}"),
            jpeg(&[profile.repeat(200_000)]),
        );
    }
    let scans = segment(0xDA, &[1, 1, 0, 0, 0x3F, 0]).repeat(200_000);
    check(
        "JPEG: scans",
        jpeg(&[segment(0xC2, &[8, 2, 0, 2, 0, 1, 1, 0x11, 0]), scans]),
    );
}

/// A TIFF of 512 × 512 pixels with these fields, the values of which stand in four megabytes of eights.
fn tiff(fields: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let all = [
        &[(0x100, 3, 1, 512), (0x101, 3, 1, 512), (0x106, 3, 1, 1)],
        fields,
    ]
    .concat();
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend((all.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in all {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    [&file[..], &[8; 4 << 20]].concat()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
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
