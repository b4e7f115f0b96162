//! Samsung's gallery: what its editor keeps behind the end of the image (or in the box `sefd` of a HEIF file), to undo
//! edits. Layout, numbers little-endian: blocks, a directory that points back at them, its length, `SEFT`.

use super::shapes::{first_object, text_of, whole};
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};
use serde_json::{Map, Value};
use std::iter;

/// Real directories have fewer than 20 entries.
const MAX_ENTRIES: usize = 256;

/// Places that are tried, the last first: other programs append to the file, too.
const MAX_ENDS: usize = 32;

/// Most records that are read, each of a few hundred bytes in real files.
const MAX_RECORDS: usize = 64;
const MAX_RECORD: usize = 1 << 17;

const ENTRY: usize = 12;

const RE_EDIT: (u16, &str) = (0x0ba1, "PhotoEditor_Re_Edit_Data");
const GENERATIVE: (u16, &str) = (0x0d91, "PEg_Info");
const REMASTER: (u16, &str) = (0x0bf0, "Remaster_Info");

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[AI_EDITED, EDITED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const AI_EDITED: Code = Code {
    name: "samsung.ai-edited",
    claim: Claim::AiEdited,
    summary: "The record that Samsung's photo editor left says that Galaxy AI worked on it.",
    proves: "That the file ends in such a record, and that its kind of generative edit (`genAIType`) is not zero.",
    limits: "Anyone can copy such a record behind another image, and most services cut it off. The form is not published; how much of the picture was made is not said.",
    error_rate: RATE,
    next: "Label it as declared AI-edited. Ask for the original, which the phone keeps.",
};
const EDITED: Code = Code {
    name: "samsung.edited",
    claim: Claim::Edited,
    summary: "It carries the record that Samsung's photo editor leaves of an edit, without a sign of generative AI in it.",
    proves: "That the file ends in such a record. Cropping, turning and filters leave it, too.",
    limits: "What was changed, and whether the picture is still as that editor saved it.",
    error_rate: "not known as a sign of editing; nothing of AI is claimed",
    next: "Ask for the original, which the phone keeps.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let blocks = blocks(clues.samsung()?);
    let of = |(kind, name): (u16, &'static str)| {
        let is_wanted =
            move |block: &&Block<'_>| block.kind == kind && block.name == name.as_bytes();
        blocks.iter().filter(is_wanted)
    };
    let objects = |which| -> Vec<_> {
        let records = of(which).take(MAX_RECORDS);
        records.filter_map(Block::object).collect()
    };
    let (edits, generative) = (objects(RE_EDIT), objects(GENERATIVE));
    let of_ai = generative
        .iter()
        .chain(&edits)
        .find_map(|record| Some((kind_of_ai(record)?, record)));
    let original = edits
        .iter()
        .find_map(|record| text_of(record.get("originalPath")))
        .map(str::to_owned);
    if let Some((kind, record)) = of_ai {
        return Some(
            Evidence::new(&AI_EDITED, Strength::Declared)
                .with("tool", "Samsung Galaxy AI")
                .with_some("version", text_of(record.get("genImageVersion")))
                .with("generative_edit", kind)
                .with_some("worked", where_it_worked(record))
                .with_personal("original_path", original),
        );
    }
    let found = [RE_EDIT, REMASTER]
        .into_iter()
        .filter(|which| of(*which).next().is_some());
    let records: Vec<String> = found.map(|(_, name)| name.to_owned()).collect();
    (!records.is_empty()).then(|| {
        Evidence::new(&EDITED, Strength::Declared)
            .with("tool", "Samsung Gallery")
            .with("records", records)
            .with_personal("original_path", original)
    })
}

/// The number that stands for the kind of generative edit; zero stands for none.
fn kind_of_ai(record: &Map<String, Value>) -> Option<u32> {
    let kind = whole(record.get("genAIType")?)?;
    u32::try_from(kind).ok().filter(|kind| *kind > 0)
}

fn where_it_worked(record: &Map<String, Value>) -> Option<&'static str> {
    match text_of(record.get("connectorType"))? {
        "srvg" => Some("on a server"),
        "od" => Some("on the device"),
        _ => None,
    }
}

/// One named block.
struct Block<'a> {
    kind: u16,
    name: &'a [u8],
    value: &'a [u8],
}

impl Block<'_> {
    fn object(&self) -> Option<Map<String, Value>> {
        let is_record = self.value.len() <= MAX_RECORD;
        first_object(str::from_utf8(self.value).ok().filter(|_| is_record)?)
    }
}

/// The blocks of all directories in these bytes that hold together, those of the last one first: an empty one may stand
/// behind it.
fn blocks(bytes: &[u8]) -> Vec<Block<'_>> {
    let ends = iter::successors(Some(bytes.len()), |end| {
        find_last(bytes.get(..*end)?, b"SEFT")
    });
    let directories = ends.skip(1).take(MAX_ENDS);
    directories
        .filter_map(|end| directory(bytes, end))
        .flatten()
        .collect()
}

fn find_last(bytes: &[u8], needle: &[u8; 4]) -> Option<usize> {
    memchr::memmem::rfind(bytes, needle)
}

/// The blocks of the directory whose end mark stands at `end`, its length in front of it.
fn directory(bytes: &[u8], end: usize) -> Option<Vec<Block<'_>>> {
    let length_at = end.checked_sub(4)?;
    let start = length_at.checked_sub(number(bytes, length_at)?)?;
    let inside = bytes.get(start..length_at)?.strip_prefix(b"SEFH")?;
    let count = number(inside, 4)?.min(MAX_ENTRIES);
    let entries = inside.get(8..)?.chunks_exact(ENTRY).take(count);
    Some(
        entries
            .filter_map(|entry| block(bytes, start, entry))
            .collect(),
    )
}

/// Two bytes of nothing, the kind, how far in front of the directory the block begins, its size.
fn block<'a>(bytes: &'a [u8], directory: usize, entry: &[u8]) -> Option<Block<'a>> {
    let kind = u16::from_le_bytes(*entry.get(2..)?.first_chunk()?);
    let start = directory.checked_sub(number(entry, 4)?)?;
    let body = bytes.get(start..start.checked_add(number(entry, 8)?)?)?;
    let (name, value) = body.get(8..)?.split_at_checked(number(body, 4)?)?;
    Some(Block { kind, name, value })
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes_in, found_in};
    use super::*;

    /// A trailer of these blocks, as the phones write it.
    fn trailer(blocks: &[((u16, &str), &str)]) -> Vec<u8> {
        let (mut bytes, mut starts) = (Vec::new(), Vec::new());
        for ((kind, name), value) in blocks {
            let start = bytes.len();
            bytes.extend([&[0, 0], &kind.to_le_bytes()[..]].concat());
            bytes.extend((name.len() as u32).to_le_bytes());
            bytes.extend([name.as_bytes(), value.as_bytes()].concat());
            starts.push((*kind, start, bytes.len() - start));
        }
        let directory = bytes.len();
        bytes.extend(b"SEFH\x6b\0\0\0");
        bytes.extend((blocks.len() as u32).to_le_bytes());
        for (kind, start, size) in starts {
            bytes.extend([&[0, 0], &kind.to_le_bytes()[..]].concat());
            bytes.extend(((directory - start) as u32).to_le_bytes());
            bytes.extend((size as u32).to_le_bytes());
        }
        bytes.extend(((bytes.len() - directory) as u32).to_le_bytes());
        bytes.extend(b"SEFT");
        bytes
    }

    fn jpeg(trailer: &[u8]) -> Vec<u8> {
        [b"\xff\xd8\xff\xd9".as_slice(), trailer].concat()
    }

    const UTC: ((u16, &str), &str) = ((0x0a01, "Image_UTC_Data"), "1735689600000");

    #[test]
    fn a_generative_edit_is_read_from_either_record() {
        let edit = r#"{"originalPath":"/data/x.jpg","genAIType":1}"#;
        let peg = r#"{"genImageVersion":"v1","connectorType":"srvg","genAIType":8}"#;
        let file = jpeg(&trailer(&[UTC, (RE_EDIT, edit), (GENERATIVE, peg)]));
        let found = &found_in(&MARK, &file)[0];
        assert_eq!(found.code.name, "samsung.ai-edited");
        assert_eq!(found.get("generative_edit"), Some(&8u32.into()));
        assert_eq!(found.get("worked"), Some(&"on a server".into()));
        assert_eq!(found.personal, [("original_path", "/data/x.jpg".into())]);
        let more = [
            jpeg(&trailer(&[(RE_EDIT, edit)])),
            b"appended by another, SEFT".to_vec(),
        ];
        assert_eq!(codes_in(&MARK, &more.concat()), ["samsung.ai-edited"]);
    }

    #[test]
    fn empty_directories_and_records_hide_nothing() {
        let peg = r#"{"connectorType":"od","genAIType":8}"#;
        let real = trailer(&[UTC, (GENERATIVE, "{}"), (GENERATIVE, peg)]);
        let file = jpeg(&[real, trailer(&[]), trailer(&[UTC])].concat());
        let found = &found_in(&MARK, &file)[0];
        assert_eq!(found.code.name, "samsung.ai-edited");
        assert_eq!(found.get("worked"), Some(&"on the device".into()));
    }

    #[test]
    fn the_trailer_of_a_heif_file_stands_in_a_box() {
        let body = trailer(&[(GENERATIVE, r#"{"genAIType":"3"}"#)]);
        let file_type = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
        let length = (body.len() as u32 + 8).to_be_bytes();
        let file = [file_type, length.to_vec(), b"sefd".to_vec(), body].concat();
        assert_eq!(codes_in(&MARK, &file), ["samsung.ai-edited"]);
    }

    #[test]
    fn ordinary_edits_are_edits_and_other_trailers_nothing() {
        let zero = (
            RE_EDIT,
            r#"{"originalPath":"/data/x.jpg","genAIType":0,"isScaleAI":false}"#,
        );
        for (blocks, codes) in [
            (vec![UTC, zero], vec!["samsung.edited"]),
            (vec![(RE_EDIT, "{}")], vec!["samsung.edited"]),
            (vec![(REMASTER, "1")], vec!["samsung.edited"]),
            (vec![UTC], vec![]),
            (vec![(GENERATIVE, r#"{"genAIType":0}"#)], vec![]),
            (vec![(GENERATIVE, r#"{"genAIType":-1}"#)], vec![]),
            (
                vec![((0x0ba1, "Original_Path_Hash_Key"), r#"{"genAIType":1}"#)],
                vec![],
            ),
            (vec![((0x0a01, "PEg_Info"), r#"{"genAIType":1}"#)], vec![]),
        ] {
            assert_eq!(codes_in(&MARK, &jpeg(&trailer(&blocks))), codes);
        }
        let words = br#"SEFH PEg_Info{"genAIType":1} SEFT"#;
        assert!(codes_in(&MARK, &jpeg(words)).is_empty());
    }

    #[test]
    fn any_damage_is_survived() {
        let whole = jpeg(&trailer(&[UTC, (GENERATIVE, r#"{"genAIType":1}"#)]));
        for at in 4..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut file = whole.clone();
                file[at] = value;
                codes_in(&MARK, &file);
            }
            codes_in(&MARK, &whole[..at]);
        }
        codes_in(&MARK, &jpeg(&b"SEFT".repeat(10_000)));
    }
}
