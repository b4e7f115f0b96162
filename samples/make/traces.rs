//! `edit_traces/`: what editing leaves in a file, and what only looks like it.

use crate::drawing::{Scene, Subject, scene};
use crate::encode::{header_end, jpeg, with_exif, with_segment, with_xmp};
use crate::metadata::{Value, digital_source_type, exif, user_comment};
use crate::output::Output;
use image::{RgbImage, imageops};

const SHOWN: Scene = scene(Subject::Village, 70);
const OTHER: Scene = scene(Subject::Fruit, 71);

const PARAMETERS: &str = "a quiet village at the foot of green hills
Steps: 28, Sampler: DPM++ 2M, CFG scale: 6.5, Seed: 1234567890, Size: 256x192";

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    for (name, bytes) in thumbnails().into_iter().chain(written()) {
        output.write(&format!("edit_traces/{name}"), &bytes);
    }
}

/// A camera's file whose thumbnail shows what the picture shows, or something else.
fn thumbnails() -> [(&'static str, Vec<u8>); 6] {
    let whole = SHOWN.photograph(256, 192);
    let small = jpeg(&SHOWN.photograph(160, 120), 75);
    let cropped = imageops::crop_imm(&SHOWN.photograph(400, 300), 130, 90, 240, 180).to_image();
    let with = |picture: &RgbImage, thumbnail: &[u8]| {
        with_exif(
            &jpeg(picture, 85),
            &with_thumbnail(&camera(1, &[]), thumbnail),
        )
    };
    let turned = imageops::rotate90(&whole);
    [
        ("own-thumbnail.jpg", with(&whole, &small)),
        ("own-thumbnail-turned.jpg", with(&turned, &small)),
        ("thumbnail-broken.jpg", with(&whole, &small[..300])),
        ("cropped.jpg", with(&cropped, &small)),
        (
            "mirrored.jpg",
            with(&imageops::flip_horizontal(&whole), &small),
        ),
        ("exchanged.jpg", with(&OTHER.photograph(256, 192), &small)),
    ]
}

/// What stands in metadata and headers.
fn written() -> [(&'static str, Vec<u8>); 9] {
    let picture = || jpeg(&SHOWN.photograph(256, 192), 85);
    let photoshop = [(0x0131, Value::Text("Adobe Photoshop 25.6 (Macintosh)"))];
    let parameters = [(0x9286, user_comment(PARAMETERS))];
    let marked = with_exif(&picture(), &camera(1, &parameters));
    [
        (
            "photoshop-saved.jpg",
            with_segment(&picture(), 0xed, &resource(0x0406, &[0, 6, 0, 0, 0, 1, 0])),
        ),
        (
            "another-resource.jpg",
            with_segment(&picture(), 0xed, &resource(0x03ed, &[0; 16])),
        ),
        (
            "unnamed-save.jpg",
            with_exif(&with_adobe_tables(&finest()), &camera(1, &[])),
        ),
        (
            "named-save.jpg",
            with_exif(&with_adobe_tables(&finest()), &exif(&photoshop, &[])),
        ),
        ("history.jpg", with_xmp(&picture(), HISTORY)),
        (
            "phone-metadata.jpg",
            with_xmp(&with_exif(&picture(), &camera(1, &[])), PHONE),
        ),
        ("camera-and-generator.jpg", marked.clone()),
        (
            "capture-and-generator.jpg",
            with_xmp(
                &marked,
                &digital_source_type("Iptc4xmpExt", "digitalCapture"),
            ),
        ),
        (
            "generator-alone.jpg",
            with_exif(&picture(), &exif(&[], &parameters)),
        ),
    ]
}

fn finest() -> Vec<u8> {
    jpeg(&SHOWN.photograph(256, 192), 100)
}

/// The fields that a camera writes, with its exposure, and more behind them.
fn camera(orientation: u16, more: &[(u16, Value)]) -> Vec<u8> {
    let mut fields = vec![
        (0x8827, Value::Short(200)),
        (0x9003, Value::Text("2024:06:01 10:30:00")),
        (0x920a, Value::Short(35)),
    ];
    fields.extend(more.iter().map(|(tag, value)| match value {
        Value::Text(text) => (*tag, Value::Text(text)),
        Value::Short(number) => (*tag, Value::Short(*number)),
        Value::Bytes(bytes) => (*tag, Value::Bytes(bytes.clone())),
    }));
    let primary = [
        (0x010f, Value::Text("Example Cameras")),
        (0x0110, Value::Text("EC-100")),
        (0x0112, Value::Short(orientation)),
        (0x0131, Value::Text("EC-100 Ver.1.01")),
    ];
    exif(&primary, &fields)
}

/// Puts a second directory behind a big-endian TIFF structure, and the thumbnail that it describes.
fn with_thumbnail(tiff: &[u8], thumbnail: &[u8]) -> Vec<u8> {
    const FIRST: usize = 8;
    let entries = usize::from(u16::from_be_bytes([tiff[FIRST], tiff[FIRST + 1]]));
    let next = FIRST + 2 + 12 * entries;
    let at = tiff.len() as u32;
    let fields = [
        (0x0103_u16, 3_u16, 6_u32 << 16),
        (0x0201, 4, at + 2 + 3 * 12 + 4),
        (0x0202, 4, thumbnail.len() as u32),
    ];
    let mut bytes = tiff.to_vec();
    bytes[next..next + 4].copy_from_slice(&at.to_be_bytes());
    bytes.extend((fields.len() as u16).to_be_bytes());
    for (tag, kind, value) in fields {
        bytes.extend(tag.to_be_bytes());
        bytes.extend(kind.to_be_bytes());
        bytes.extend(1_u32.to_be_bytes());
        bytes.extend(value.to_be_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(thumbnail);
    bytes
}

/// An APP13 segment with one image resource of Photoshop's.
fn resource(number: u16, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_be_bytes();
    let head = [
        b"Photoshop 3.0\08BIM".as_slice(),
        &number.to_be_bytes(),
        &[0, 0],
    ]
    .concat();
    let padding = &[0][..data.len() % 2];
    [head.as_slice(), &length, data, padding].concat()
}

/// Exchanges the tables of a JPEG of the finest quality for those that Photoshop writes at quality 12: the picture hardly
/// changes, since nearly all of their numbers are 1, too.
fn with_adobe_tables(jpeg: &[u8]) -> Vec<u8> {
    let runs = |runs: &[(u8, usize)]| -> Vec<u8> {
        let run = |(value, times): &(u8, usize)| std::iter::repeat_n(*value, *times);
        runs.iter().flat_map(run).collect()
    };
    let tables = [vec![0], runs(LUMA), vec![1], runs(CHROMA)].concat();
    let mut bytes = jpeg[..header_end(jpeg)].to_vec();
    let mut at = bytes.len();
    bytes.extend([0xff, 0xdb]);
    bytes.extend((tables.len() as u16 + 2).to_be_bytes());
    bytes.extend(tables);
    // Everything up to the first scan but the tables that stood there.
    while jpeg[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != 0xdb {
            bytes.extend(&jpeg[at..end]);
        }
        at = end;
    }
    bytes.extend(&jpeg[at..]);
    bytes
}

/// The tables of Photoshop's quality 12: each value, and how often it follows itself.
const LUMA: &[(u8, usize)] = &[(1, 43), (2, 11), (3, 10)];
const CHROMA: &[(u8, usize)] = &[(1, 10), (2, 2), (1, 1), (2, 2), (3, 49)];

/// Two steps in two programs, and the document that it was made from.
const HISTORY: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
 xmp:CreatorTool="Adobe Lightroom 7.0 (Macintosh)" xmpMM:DocumentID="xmp.did:00000002" xmpMM:InstanceID="xmp.iid:00000003"
 xmpMM:OriginalDocumentID="xmp.did:00000001">
<xmpMM:DerivedFrom stRef:instanceID="xmp.iid:00000002" stRef:documentID="xmp.did:00000001"/>
<xmpMM:History><rdf:Seq>
<rdf:li stEvt:action="derived" stEvt:parameters="converted from image/x-raw to image/jpeg"/>
<rdf:li stEvt:action="saved" stEvt:instanceID="xmp.iid:00000002" stEvt:when="2024-06-01T12:00:00Z" stEvt:softwareAgent="Adobe Lightroom 7.0 (Macintosh)"/>
<rdf:li stEvt:action="saved" stEvt:instanceID="xmp.iid:00000003" stEvt:when="2024-06-02T09:30:00Z" stEvt:softwareAgent="Adobe Photoshop 25.6 (Macintosh)"/>
</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta>"#;

/// What phones write: the name of their own camera program, and numbers that are the same throughout.
const PHONE: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmp:CreatorTool="HDR+ 1.0.345618096zd" xmpMM:DocumentID="00000001" xmpMM:OriginalDocumentID="00000001"/></rdf:RDF></x:xmpmeta>"#;
