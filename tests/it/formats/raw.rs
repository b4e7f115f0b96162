//! The smallest files of each raw format: directories, boxes or a header around one preview.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use provscan::asset::Format;

/// The size of every preview.
pub(super) const PREVIEW: (u32, u32) = (96, 64);

/// An entry of a directory: its tag, its type and its value.
pub(super) type Field = (u16, u16, Vec<u8>);

/// A JPEG with a few shapes in it.
pub(super) fn preview() -> Vec<u8> {
    let shade = |x: u32, y: u32| Rgb([(x * 2) as u8, (y * 3) as u8, (x / 16 * y / 16 * 8) as u8]);
    let picture = RgbImage::from_fn(PREVIEW.0, PREVIEW.1, shade);
    let mut out = Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut out, ImageFormat::Jpeg)
        .unwrap();
    out.into_inner()
}

/// What the camera of a format calls itself.
pub(super) fn make(format: Format) -> &'static str {
    match format {
        Format::Nef => "NIKON CORPORATION",
        Format::Arw => "SONY",
        Format::Pef => "PENTAX",
        Format::Srw => "SAMSUNG",
        Format::Cr2 | Format::Cr3 => "Canon",
        _ => "Example Cameras",
    }
}

fn short(tag: u16, value: u16) -> Field {
    (tag, 3, value.to_le_bytes().to_vec())
}

fn long(tag: u16, value: u32) -> Field {
    (tag, 4, value.to_le_bytes().to_vec())
}

fn text(tag: u16, value: &str) -> Field {
    (tag, 2, [value.as_bytes(), b"\0"].concat())
}

/// A page with a JPEG in one strip; the place of the strip is filled in when the file is put together.
pub(super) fn page(jpeg: &[u8], photometric: u16) -> (Vec<Field>, Vec<u8>) {
    let fields = vec![
        long(0x100, PREVIEW.0),
        long(0x101, PREVIEW.1),
        short(0x103, 7),
        short(0x106, photometric),
        long(0x111, 0),
        long(0x117, jpeg.len() as u32),
    ];
    (fields, jpeg.to_vec())
}

/// What the sensor saw: eight pixels by eight.
pub(super) fn sensor() -> Vec<Field> {
    vec![
        long(0x100, 8),
        long(0x101, 8),
        short(0x103, 1),
        short(0x106, 32803),
    ]
}

/// A little-endian TIFF: pages one after the other, and one directory below the first.
pub(super) fn tiff(
    magic: &[u8; 4],
    pages: &[(Vec<Field>, Vec<u8>)],
    below: Option<Vec<Field>>,
) -> Vec<u8> {
    let mut out = [&magic[..], &[8, 0, 0, 0]].concat();
    let empty = (Vec::new(), Vec::new());
    let pages = if pages.is_empty() {
        &[empty][..]
    } else {
        pages
    };
    for (number, (fields, data)) in pages.iter().enumerate() {
        let mut fields = fields.clone();
        let last = number + 1 == pages.len();
        if let (0, Some(below)) = (number, &below) {
            // The directory below stands behind everything else of this page.
            fields.push(long(0x14A, 0));
            let start = out.len() + size(&fields) + data.len();
            fields.last_mut().unwrap().2 = (start as u32).to_le_bytes().to_vec();
            directory(&mut out, fields, data, None);
            directory(&mut out, below.clone(), &[], None);
            let next = if last { 0 } else { out.len() as u32 };
            let at = 8 + 2 + (pages[0].0.len() + 1) * 12;
            out[at..at + 4].copy_from_slice(&next.to_le_bytes());
        } else {
            let end = out.len() + size(&fields) + data.len();
            directory(&mut out, fields, data, (!last).then_some(end as u32));
        }
    }
    out
}

/// What a directory takes, with the values that do not fit into it.
fn size(fields: &[Field]) -> usize {
    let outside = |(_, _, value): &Field| if value.len() > 4 { value.len() } else { 0 };
    2 + fields.len() * 12 + 4 + fields.iter().map(outside).sum::<usize>()
}

fn directory(out: &mut Vec<u8>, mut fields: Vec<Field>, data: &[u8], next: Option<u32>) {
    fields.sort_by_key(|field| field.0);
    let data_at = out.len() + size(&fields);
    let mut outside = Vec::new();
    let outside_at = out.len() + 2 + fields.len() * 12 + 4;
    out.extend((fields.len() as u16).to_le_bytes());
    for (tag, kind, value) in fields {
        let value = match tag {
            0x111 | 0x201 => (data_at as u32).to_le_bytes().to_vec(),
            _ => value,
        };
        let unit = [1, 1, 1, 2, 4, 8, 1, 1][usize::from(kind)];
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(((value.len() / unit) as u32).to_le_bytes());
        if value.len() <= 4 {
            out.extend(value.iter().chain(&[0; 4]).take(4));
        } else {
            out.extend(((outside_at + outside.len()) as u32).to_le_bytes());
            outside.extend(value);
        }
    }
    out.extend(next.unwrap_or(0).to_le_bytes());
    out.extend(outside);
    out.extend(data);
}

/// The first directory as cameras write it: maker, orientation, and a preview where two tags say.
fn first(format: Format, jpeg: &[u8]) -> (Vec<Field>, Vec<u8>) {
    let mut fields = vec![
        text(0x10F, make(format)),
        short(0x112, 6),
        long(0x201, 0),
        long(0x202, jpeg.len() as u32),
    ];
    if format == Format::Dng {
        fields.push((0xC612, 1, vec![1, 4, 0, 0]));
    }
    (fields, jpeg.to_vec())
}

/// Panasonic's: the size of the sensor in tags of its own, and the preview as a value.
fn rw2(jpeg: &[u8]) -> Vec<u8> {
    let fields = vec![
        short(0x02, 8),
        short(0x03, 8),
        (0x2E, 7, jpeg.to_vec()),
        text(0x10F, make(Format::Rw2)),
        short(0x112, 6),
    ];
    tiff(b"IIU\0", &[(fields, Vec::new())], None)
}

/// Olympus': the preview stands where only notes of its own say.
fn orf(jpeg: &[u8]) -> Vec<u8> {
    let fields = vec![text(0x10F, make(Format::Orf)), short(0x112, 6)];
    let file = tiff(b"IIRO", &[(fields, Vec::new())], None);
    [&file[..], &[0; 64], jpeg].concat()
}

/// EXIF with maker and orientation.
fn exif(format: Format) -> Vec<u8> {
    let fields = vec![text(0x10F, make(format)), short(0x112, 6)];
    tiff(b"II\x2a\0", &[(fields, Vec::new())], None)
}

fn raf(jpeg: &[u8]) -> Vec<u8> {
    let body = [b"Exif\0\0", &exif(Format::Raf)[..]].concat();
    let len = (body.len() as u16 + 2).to_be_bytes();
    let jpeg = [&jpeg[..2], &[0xFF, 0xE1], &len, &body, &jpeg[2..]].concat();
    let mut file = b"FUJIFILMCCD-RAW 0201FF123456".to_vec();
    file.resize(84, 0);
    let table = 160 + jpeg.len() as u32;
    for number in [160, jpeg.len() as u32, table, 16] {
        file.extend(number.to_be_bytes());
    }
    file.resize(160, 0);
    file.extend(jpeg);
    file.extend([0, 0, 0, 1, 1, 0, 0, 4, 0, 8, 0, 12]);
    file
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

fn cr3(jpeg: &[u8]) -> Vec<u8> {
    let metadata = [
        &b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"[..],
        &boxed(b"CMT1", &exif(Format::Cr3)),
    ];
    let ftyp = boxed(b"ftyp", b"crx \0\0\0\x01crx isom");
    let moov = |start: u32| {
        let mut entry = vec![0; 32];
        entry[24..28].copy_from_slice(&[0, 12, 0, 8]);
        let sizes = [
            &[0; 4][..],
            &(jpeg.len() as u32).to_be_bytes(),
            &[0, 0, 0, 1],
        ]
        .concat();
        let places = [
            &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0][..],
            &start.to_be_bytes(),
        ]
        .concat();
        let table = [
            boxed(
                b"stsd",
                &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"CRAW", &entry)].concat(),
            ),
            boxed(b"stsz", &sizes),
            boxed(b"co64", &places),
        ];
        let media = boxed(b"minf", &boxed(b"stbl", &table.concat()));
        let track = boxed(b"trak", &boxed(b"mdia", &media));
        boxed(
            b"moov",
            &[boxed(b"uuid", &metadata.concat()), track].concat(),
        )
    };
    let start = ftyp.len() + moov(0).len() + 8;
    [ftyp, moov(start as u32), boxed(b"mdat", jpeg)].concat()
}

/// A file of each raw format.
pub(super) fn all() -> Vec<(Format, &'static str, Vec<u8>)> {
    let jpeg = preview();
    let by_letter = |format| tiff(b"II\x2a\0", &[first(format, &jpeg)], Some(sensor()));
    let mut cr2 = tiff(b"II\x2a\0", &[first(Format::Cr2, &jpeg)], Some(sensor()));
    // The header names the directory behind Canon's own mark.
    let moved = cr2.split_off(8);
    let moved: Vec<u8> = [&[0; 8][..], &moved].concat();
    let cr2 = shifted(&[&cr2[..4], &[16, 0, 0, 0], b"CR\x02\0\0\0\0\0", &moved[8..]].concat());
    vec![
        (Format::Dng, "dng", by_letter(Format::Dng)),
        (Format::Nef, "nef", by_letter(Format::Nef)),
        (Format::Arw, "arw", by_letter(Format::Arw)),
        (Format::Pef, "pef", by_letter(Format::Pef)),
        (Format::Srw, "srw", by_letter(Format::Srw)),
        (Format::Raw, "raw", by_letter(Format::Raw)),
        (Format::Cr2, "cr2", cr2),
        (Format::Rw2, "rw2", rw2(&jpeg)),
        (Format::Orf, "orf", orf(&jpeg)),
        (Format::Raf, "raf", raf(&jpeg)),
        (Format::Cr3, "cr3", cr3(&jpeg)),
    ]
}

/// Moves every place that the first directory names by the eight bytes that stand before it now.
fn shifted(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let count = usize::from(u16::from_le_bytes([file[16], file[17]]));
    for entry in (0..count).map(|number| 18 + number * 12) {
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let tag = u16::from_le_bytes([file[entry], file[entry + 1]]);
        let outside = tag == 0x10F && word(entry + 4) > 4;
        if outside || matches!(tag, 0x14A | 0x201) {
            let moved = word(entry + 8) + 8;
            file[entry + 8..entry + 12].copy_from_slice(&moved.to_le_bytes());
        }
    }
    file
}
