//! Forms of metadata that only some programs write, and reading on past damage.

use super::asset;
use super::build::{self, SOURCE_TYPE, boxed, brotli, chunk};
use provscan::Asset;
use provscan::asset::{Limits, Metadata, ProblemKind, namespace};

fn read(bytes: &[u8]) -> Metadata {
    asset(bytes).metadata().clone()
}

fn source_types(metadata: &Metadata) -> Vec<&str> {
    metadata
        .xmp_values(namespace::IPTC_EXT, "DigitalSourceType")
        .collect()
}

fn texts(metadata: &Metadata) -> Vec<(&str, &str)> {
    let texts = metadata.texts.iter();
    texts
        .map(|entry| (entry.keyword.as_str(), entry.text.as_str()))
        .collect()
}

fn problems(bytes: &[u8]) -> Vec<(ProblemKind, String)> {
    let asset = asset(bytes);
    let problems = asset.container().problems.iter();
    problems
        .map(|problem| (problem.kind, problem.message.clone()))
        .collect()
}

fn jxl(boxes: &[Vec<u8>]) -> Vec<u8> {
    let head = [
        b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(),
        boxed(b"ftyp", b"jxl \0\0\0\0jxl "),
        boxed(b"jxlc", &[0xFF, 0x0A, 0b0100_1001, 0, 0, 0]),
    ];
    [head.concat(), boxes.concat()].concat()
}

fn compressed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    boxed(b"brob", &[&kind[..], &brotli(body)].concat())
}

#[test]
fn compressed_boxes_of_jpeg_xl_are_read() {
    let exif = [&[0; 4][..], &build::exif()].concat();
    let bytes = jxl(&[
        compressed(b"Exif", &exif),
        compressed(b"xml ", &build::xmp()),
        compressed(b"comf", b"{\"prompt\": {}}"),
        boxed(b"comf", b"workflow\0{}"),
    ]);
    assert_eq!(problems(&bytes), []);
    let metadata = read(&bytes);
    assert_eq!(metadata.exif.text(0x9286), Some("hello"));
    assert_eq!(source_types(&metadata), [SOURCE_TYPE]);
    let wanted = [("comf", "{\"prompt\": {}}"), ("workflow", "{}")];
    assert_eq!(texts(&metadata), wanted);
    assert!(metadata.limit.is_none() && metadata.problems.is_empty());
}

#[test]
fn a_compressed_box_that_is_cut_gives_what_it_has() {
    let whole = brotli(&[b"prompt\0".as_slice(), &[b'x'; 100]].concat());
    let cut = boxed(b"brob", &[b"comf", &whole[..60]].concat());
    let metadata = read(&jxl(&[cut]));
    assert_eq!(texts(&metadata)[0].0, "prompt");
    assert_eq!(metadata.problems.len(), 1);
}

#[test]
fn compressed_boxes_keep_to_the_limit() {
    let boxes = vec![compressed(b"comf", &[b'x'; 60_000]); 600];
    let limits = Limits {
        max_inflate: 1 << 20,
        ..Limits::default()
    };
    let asset = Asset::new("a.jxl", jxl(&boxes), limits);
    let texts = asset.metadata().texts.iter();
    let total: usize = texts.map(|entry| entry.text.len()).sum();
    assert!(total <= 1 << 20, "{total}");
    assert!(asset.metadata().limit.is_some());
}

#[test]
fn comfyui_has_a_chunk_of_its_own() {
    let after = [
        chunk(b"comf", b"prompt\0{\"1\": {}}"),
        chunk(b"comf", b"{\"2\": {}}"),
        chunk(b"comf", b"two words\0x"),
    ];
    let metadata = read(&build::png(&[], &after));
    let wanted = [
        ("prompt", "{\"1\": {}}"),
        ("comf", "{\"2\": {}}"),
        ("comf", "two words\0x"),
    ];
    assert_eq!(texts(&metadata), wanted);
}

#[test]
fn a_chunk_of_impossible_length_is_read_up_to_the_next_one() {
    let mut broken = chunk(b"tEXt", b"first\0one");
    broken[..4].copy_from_slice(&0x7FFF_FFFF_u32.to_be_bytes());
    let bytes = build::png(&[broken, chunk(b"tEXt", b"second\0two")], &[]);
    assert_eq!(texts(&read(&bytes)), [("first", "one"), ("second", "two")]);
    let wanted = "chunk tEXt is longer than the file";
    assert_eq!(problems(&bytes), [(ProblemKind::Damage, wanted.into())]);
}

#[test]
fn bytes_between_chunks_are_skipped() {
    let after = [b"\0\0\0\x05 no chunk ".to_vec(), chunk(b"tEXt", b"late\0x")];
    let bytes = build::png(&[], &after);
    assert_eq!(texts(&read(&bytes)), [("late", "x")]);
    let wanted = "bytes that are no chunk";
    assert_eq!(problems(&bytes), [(ProblemKind::Damage, wanted.into())]);
}

#[test]
fn a_flood_of_broken_chunks_is_searched_once() {
    // Every other chunk is too long; the one behind it fits.
    let pair = [b"\x7f\xff\xff\xfftEXt".as_slice(), b"\0\0\0\0tIME\0\0\0\0"].concat();
    let bytes = [b"\x89PNG\r\n\x1a\n".to_vec(), pair.repeat(200_000)].concat();
    assert!(!problems(&bytes).is_empty());
    // Names of chunks whose lengths never fit.
    let bytes = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"\x7f\xff\xff\xffsBIT".repeat(200_000),
    ];
    let cut = "the file ends inside chunk sBIT";
    assert_eq!(problems(&bytes.concat()), [(ProblemKind::Cut, cut.into())]);
}

#[test]
fn chunks_of_webp_behind_the_declared_size_are_read() {
    let mut bytes = build::riff(&[(b"EXIF", build::exif()), (b"XMP ", build::xmp())]);
    for size in [0_u32, 40, 100] {
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        let metadata = read(&bytes);
        assert_eq!(metadata.exif.text(0x9286), Some("hello"), "{size}");
        assert_eq!(source_types(&metadata), [SOURCE_TYPE], "{size}");
        let behind = "chunks behind the declared end of the file";
        let found = problems(&bytes);
        assert!(found.contains(&(ProblemKind::Damage, behind.into())));
    }
    let whole = build::riff(&[(b"EXIF", build::exif())]);
    let trailed = [&whole[..], b"EXIF but no chunk"].concat();
    assert_eq!(problems(&trailed), []);
    assert!(asset(&trailed).container().trailer().is_some());
}

/// A packet with this inside of its description.
fn packet(inside: &str) -> Metadata {
    let xml = format!(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:mm="{}" xmlns:ref="{REF}" xmlns:i="{}">
        <rdf:Description rdf:about="">{inside}</rdf:Description></rdf:RDF>"#,
        namespace::XMP_MM,
        namespace::IPTC_EXT,
    );
    let chunk = chunk(b"tEXt", &[b"XML:com.adobe.xmp\0", xml.as_bytes()].concat());
    read(&build::png(&[chunk], &[]))
}

const REF: &str = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#";

#[test]
fn what_describes_an_ingredient_does_not_describe_the_image() {
    let term = "<i:DigitalSourceType>x</i:DigitalSourceType>";
    let attribute = "<rdf:li mm:DocumentID='other' i:DigitalSourceType='x'/>";
    let nested =
        format!("<rdf:li rdf:parseType='Resource'>{term}<mm:DocumentID>o</mm:DocumentID></rdf:li>");
    let metadata = packet(&format!(
        "<mm:DocumentID>own</mm:DocumentID>\
         <mm:Pantry><rdf:Bag>{nested}{attribute}</rdf:Bag></mm:Pantry>\
         <mm:Ingredients><rdf:Bag><rdf:li ref:documentID='made-from' i:DigitalSourceType='x'/></rdf:Bag></mm:Ingredients>"
    ));
    assert_eq!(source_types(&metadata), Vec::<&str>::new());
    let of = |namespace, name| metadata.xmp_values(namespace, name).collect::<Vec<_>>();
    assert_eq!(of(namespace::XMP_MM, "DocumentID"), ["own"]);
    assert_eq!(of(REF, "documentID"), ["made-from"]);
    // A structure of another name is the image's own.
    let metadata = packet(&format!(
        "<i:Pantry rdf:parseType='Resource'>{term}</i:Pantry>"
    ));
    assert_eq!(source_types(&metadata), ["x"]);
}
