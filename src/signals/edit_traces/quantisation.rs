//! What a JPEG's own bytes say of the program that wrote it: its quantisation tables, and the settings that Photoshop leaves.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::history;
use crate::asset::{Asset, BlockKind, Metadata, QuantisationTable, namespace, resource};
use crate::evidence::{Claim, Code, Evidence, Strength};

/// Tables of Adobe's programs, as `adobe_tables.py` beside it measured them on files that name their writer.
const TABLES: &str = include_str!("adobe_tables.csv");

const COMPLETE: &str = "The table of tables is not complete: it was measured on 87 files that name their writer, and knows Photoshop's Save at the qualities 0, 5 to 8 and 10 to 12, Save for Web at eight of 101 qualities, and one setting of Lightroom. What is not in it is not found. Others write the same tables: the presets of Pillow are copies of them (`also_of` names the preset), and programs that keep the tables of the file they were given do (GIMP, if it is told so; Pillow with quality=\"keep\"; tools that turn or crop without loss).";

pub(super) const SAVED: Code = Code {
    name: "traces.photoshop-saved",
    claim: Claim::Edited,
    summary: "It holds the settings with which Photoshop saved it as a JPEG.",
    proves: "That Photoshop's own note of the quality stands in the file (image resource 0x0406, or the segment `Ducky` of Save for Web). No other program is known to write it of its own.",
    limits: "What was done in Photoshop, and whether another program saved it since: some keep the note. Anyone can copy or remove it.",
    error_rate: "not known: it repeats what is written",
    next: "Take it as declared: it was most likely saved in Photoshop at some time. Ask for the original where it matters.",
};

pub(super) const TABLES_OF: Code = Code {
    name: "traces.adobe-tables",
    claim: Claim::Edited,
    summary: "It is compressed with quantisation tables of Photoshop or Lightroom, which other programs can write, too.",
    proves: "That its tables are, number for number, those of files which name that program and quality, and are none of libjpeg's.",
    limits: COMPLETE,
    error_rate: "0 of 279 files with a camera's metadata have these tables and do not name Adobe; 101 of 3185 JPEG files of all kinds have them. Tables of libjpeg, which a quarter of all cameras write, are not among them.",
    next: "Take it as a hint of a program that saved it.",
};

pub(super) const UNNAMED: Code = Code {
    name: "traces.adobe-save-unnamed",
    claim: Claim::Edited,
    summary: "It has a camera's metadata that name no editor, and is compressed with quantisation tables of Photoshop or Lightroom.",
    proves: "That it is not as the camera wrote it, if the camera named does not use these very tables: a program saved it, and its metadata do not say so. The tables are of Adobe's; whether the program was, they do not tell.",
    limits: "Which program, and what was changed: the presets of Pillow are copies of these tables (`also_of` names the preset), GIMP and others can keep the tables of the file they were given, turning or cropping is enough, and older programs kept the camera's entry for software. A study of 1.3 million pictures by 773 kinds of cameras found none that uses Photoshop's tables (Kee, Johnson and Farid, 2011). The table of tables here is not complete: see `explain traces.adobe-tables`.",
    error_rate: "0 of 279 files with a camera's metadata, edited ones among them; an earlier count on 285 others found 10, all with tables that no camera is known to write",
    next: "Ask for the original. Compare with another picture by the same camera.",
};

/// Smaller pictures carry the metadata of others: test files, spacers.
const SMALLEST: u32 = 32;

/// Photoshop's image resource with the quality of a JPEG: two bytes, from -4 for quality 0.
const QUALITY: u16 = 0x0406;

/// What Save for Web writes before the quality, which is a number of four bytes.
const DUCKY: &[u8] = b"Ducky\0\x01\0\x04";

/// Pillow's presets for quality that are tables of Adobe's, by the digest of the tables.
const OF_PILLOW: &[(u64, &str)] = &[
    (0x105d_0dc3_1e27_b0f9, "web_low"),
    (0x18ab_3a13_8621_202a, "web_medium"),
    (0x8c62_a72c_bf80_9170, "web_high"),
    (0xa892_f18a_4511_1e46, "web_maximum"),
    (0x3021_b612_c295_e6c9, "medium"),
    (0xb0a5_7e46_9f4a_2226, "high"),
    (0xa240_78a4_1ced_d0fb, "maximum"),
];

/// A program and the quality at which it was set to save.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Writer {
    tool: &'static str,
    quality: Option<String>,
    /// Who else writes the same.
    also_of: Option<String>,
}

/// Everything that the file's own bytes say of its writer.
pub(super) fn evidence(asset: &Asset) -> Vec<Evidence> {
    let noted = noted(asset);
    let tables = tables(asset);
    let metadata = asset.metadata();
    let saved = noted.as_ref().map(|writer| {
        Evidence::new(&SAVED, Strength::Declared)
            .with("tool", writer.tool)
            .with_some("quality", writer.quality.as_deref())
    });
    let camera = metadata.camera();
    let hidden = noted.is_none() && camera.is_some() && !names_an_editor(metadata);
    let compressed = tables.map(|writer| {
        let code = if hidden { &UNNAMED } else { &TABLES_OF };
        Evidence::new(code, Strength::Hint)
            .with("tool", writer.tool)
            .with_some("quality", writer.quality)
            .with_some("also_of", writer.also_of)
            .with_some(
                "camera",
                camera.filter(|_| hidden).map(|camera| camera.model),
            )
    });
    saved.into_iter().chain(compressed).collect()
}

/// What Photoshop noted of the quality.
fn noted(asset: &Asset) -> Option<Writer> {
    let blocks = asset.container().blocks.iter();
    blocks
        .filter_map(|block| Some((&block.kind, asset.bytes().get(block.range.clone())?)))
        .find_map(|(kind, body)| match kind {
            BlockKind::Iptc => {
                let quality = *resource(body, QUALITY)?.first_chunk()?;
                let quality = i32::from(i16::from_be_bytes(quality)) + 4;
                Some(Writer {
                    tool: "Adobe Photoshop",
                    quality: (0..=12).contains(&quality).then(|| quality.to_string()),
                    also_of: None,
                })
            }
            BlockKind::App { number: 12 } => {
                let quality = *body.strip_prefix(DUCKY)?.first_chunk()?;
                let quality = u32::from_be_bytes(quality);
                Some(Writer {
                    tool: "Adobe Photoshop Save for Web",
                    quality: (quality <= 100).then(|| quality.to_string()),
                    also_of: None,
                })
            }
            _ => None,
        })
}

/// Whose tables it is compressed with, if they are known.
fn tables(asset: &Asset) -> Option<Writer> {
    let tables = &asset.container().tables;
    let (width, height) = asset.container().dimensions?;
    if tables.is_empty() || width.min(height) < SMALLEST {
        return None;
    }
    let digest = digest(tables, asset.bytes())?;
    KNOWN
        .iter()
        .find(|(known, _)| *known == digest)
        .map(|(_, writer)| writer.clone())
}

/// The rows of the table of tables.
static KNOWN: LazyLock<Vec<(u64, Writer)>> = LazyLock::new(|| {
    let rows = TABLES.lines().skip(1);
    rows.filter_map(|row| {
        let mut cells = row.split(',');
        let digest = u64::from_str_radix(cells.next()?, 16).ok()?;
        let tool = match cells.next()? {
            "Lightroom" => "Adobe Lightroom",
            "Photoshop" => "Adobe Photoshop",
            _ => "Adobe Photoshop Save for Web",
        };
        let quality = cells.next().filter(|quality| !quality.is_empty());
        let quality = quality.map(str::to_owned);
        let mut presets = OF_PILLOW.iter();
        let preset = presets.find(|(known, _)| *known == digest);
        let also_of = preset.map(|(_, name)| format!("Pillow's preset {name}"));
        let writer = Writer {
            tool,
            quality,
            also_of,
        };
        Some((digest, writer))
    })
    .collect()
});

/// The beginning of the SHA-256 of the tables: for each its number, the bytes in a value, and the values.
fn digest(tables: &[QuantisationTable], bytes: &[u8]) -> Option<u64> {
    let mut digest = Sha256::new();
    for table in tables {
        let width = if table.range.len() > 64 { 2 } else { 1 };
        digest.update([table.id, width]);
        digest.update(bytes.get(table.range.clone())?);
    }
    let digest = digest.finalize();
    digest.first_chunk().copied().map(u64::from_be_bytes)
}

/// Whether the metadata name a program that edits pictures, in whatever field.
fn names_an_editor(metadata: &Metadata) -> bool {
    names_adobe(metadata) || !history::fields(metadata).is_empty()
}

/// Whether anything in the metadata is written by a program of Adobe's, or says that one was used.
fn names_adobe(metadata: &Metadata) -> bool {
    let xmp = metadata.xmp.iter().flat_map(|packet| &packet.properties);
    let mut tools = xmp.filter(|row| {
        matches!(
            row.name.as_str(),
            "CreatorTool" | "softwareAgent" | "Software"
        ) || row.namespace == namespace::PHOTOSHOP
    });
    let of_adobe = |text: &str| {
        ["Adobe", "Photoshop", "Lightroom"]
            .iter()
            .any(|name| text.contains(name))
    };
    let exif = metadata.exif.fields.iter();
    let texts = metadata.texts.iter();
    let iptc = metadata.iptc.iter();
    tools.any(|row| row.namespace == namespace::PHOTOSHOP || of_adobe(&row.value))
        || exif.map(|field| &field.text).any(|text| of_adobe(text))
        || texts.map(|entry| &entry.text).any(|text| of_adobe(text))
        || iptc.map(|field| &field.text).any(|text| of_adobe(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    /// The start of a JPEG with these segments, then its first scan and another table that belongs to a later one.
    fn jpeg(segments: &[(u8, Vec<u8>)]) -> Asset {
        let mut bytes = vec![0xFF, 0xD8];
        let later = (0xDB, [vec![0], vec![9; 64]].concat());
        let scan = (0xDA, vec![0, 1]);
        for (marker, body) in segments.iter().chain(&[scan, later]) {
            let len = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
            bytes.extend([&[0xFF, *marker], &len[..], body].concat());
        }
        Asset::new(
            "a.jpg",
            [&bytes[..], &[0xFF, 0xD9]].concat(),
            Limits::default(),
        )
    }

    fn resource(number: u16, data: &[u8]) -> Vec<u8> {
        let len = u32::try_from(data.len()).unwrap().to_be_bytes();
        let head = [
            b"Photoshop 3.0\08BIM".as_slice(),
            &number.to_be_bytes(),
            &[0, 0],
        ];
        [head.concat(), len.to_vec(), data.to_vec()].concat()
    }

    #[test]
    fn every_row_is_read() {
        assert_eq!(KNOWN.len(), TABLES.lines().count() - 1);
        let mut digests: Vec<u64> = KNOWN.iter().map(|(digest, _)| *digest).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), KNOWN.len());
    }

    #[test]
    fn tables_that_pillow_copied_say_so() {
        for (digest, preset) in OF_PILLOW {
            let (_, writer) = KNOWN.iter().find(|(known, _)| known == digest).unwrap();
            assert!(writer.also_of.as_ref().unwrap().ends_with(preset));
        }
        let of_adobe = KNOWN.iter().filter(|(_, writer)| writer.also_of.is_none());
        assert_eq!(of_adobe.count(), KNOWN.len() - OF_PILLOW.len());
    }

    #[test]
    fn any_editor_that_is_named_is_named() {
        let of = |text: &str| {
            let mut metadata = Metadata::default();
            metadata.exif.fields.push(crate::asset::ExifField {
                ifd: "0th",
                tag: 0x0131,
                text: text.into(),
            });
            names_an_editor(&metadata)
        };
        assert!(of("GIMP 2.10.34"));
        assert!(of("Adobe Anything"));
        assert!(!of("NIKON D850 Ver.1.20"));
    }

    #[test]
    fn tables_are_those_before_the_first_scan_in_the_order_of_their_numbers() {
        let table = |id: u8, value: u8| [vec![id], vec![value; 64]].concat();
        let apart = jpeg(&[
            (0xDB, table(1, 3)),
            (0xDB, table(0, 7)),
            (0xDB, table(0, 2)),
        ]);
        let together = jpeg(&[(0xDB, [table(0, 2), table(1, 3)].concat())]);
        let of = |asset: &Asset| digest(&asset.container().tables, asset.bytes());
        assert_eq!(apart.container().tables.len(), 2);
        assert_eq!(of(&apart), of(&together));
        let wide = jpeg(&[(0xDB, [vec![0x10], vec![2; 128]].concat())]);
        assert_eq!(wide.container().tables[0].range.len(), 128);
        for broken in [vec![0x07; 65], vec![0; 30], vec![]] {
            assert!(jpeg(&[(0xDB, broken)]).container().tables.is_empty());
        }
    }

    #[test]
    fn photoshops_notes_are_read() {
        for (segment, tool, quality) in [
            (
                (0xED, resource(QUALITY, &[0, 8, 0, 0, 0, 1, 0])),
                "Adobe Photoshop",
                Some("12"),
            ),
            (
                (0xED, resource(QUALITY, &[0xFF, 0xFC])),
                "Adobe Photoshop",
                Some("0"),
            ),
            ((0xED, resource(QUALITY, &[0, 99])), "Adobe Photoshop", None),
            (
                (0xEC, [DUCKY, &[0, 0, 0, 60, 0, 0]].concat()),
                "Adobe Photoshop Save for Web",
                Some("60"),
            ),
        ] {
            let noted = noted(&jpeg(&[segment])).unwrap();
            assert_eq!((noted.tool, noted.quality.as_deref()), (tool, quality));
        }
        for segment in [
            (0xED, resource(0x0404, &[0, 8])),
            (0xED, resource(QUALITY, &[8])),
            (0xEC, b"Ducky\0\0\0".to_vec()),
            (0xEC, b"PictureInfo".to_vec()),
        ] {
            assert_eq!(noted(&jpeg(&[segment])), None);
        }
    }
}
