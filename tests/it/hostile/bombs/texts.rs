//! Texts that cost their readers much, in every place where somebody reads one.

use super::pictures::hidden;
use super::{check, exif};
use crate::asset::build::{chunk, jpeg, png, segment};

/// Bytes of the large texts: enough that work which grows with the square of them would not end in time.
const LARGE: usize = 1 << 20;

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
