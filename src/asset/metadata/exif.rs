//! EXIF fields as text.

use super::text::{self, Budget};
use super::{Exif, ExifField, Orientation};
use crate::asset::ProblemKind;
use crate::asset::tiff::{Entry, Ifd, Tiff};
use exif::{Context, Field, In, Rational, SRational, Tag, Value};

/// Values beyond these are tables, which nobody reads; the text then ends in an ellipsis.
const MAX_VALUES: usize = 32;

/// No camera writes more; what follows is not read.
const MAX_FIELDS: usize = 4096;

const ORIENTATION: u16 = 0x0112;
const MAKER_NOTE: u16 = 0x927C;
const USER_COMMENT: u16 = 0x9286;

/// EXIF 3.1: undefined bytes that hold 16-bit numbers in the order of the block.
const LEARNING_OPT_OUT_IN: u16 = 0x9287;

/// What kept a block from being read as a whole, in plain words.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) damage: Vec<String>,
    pub(super) limit: Option<String>,
}

/// Adds the fields of one block.
pub(super) fn read(body: &[u8], exif: &mut Exif, budget: &mut Budget) -> Unread {
    let Some(tiff) = Tiff::new(body) else {
        return Unread {
            damage: vec!["exif: no tiff header".to_owned()],
            limit: None,
        };
    };
    let mut problems = tiff.visit(|entry| {
        if entry.tag == ORIENTATION && entry.ifd == Ifd::Main(0) && exif.orientation.0 == 0 {
            let number = entry
                .numbers()
                .next()
                .and_then(|number| u8::try_from(number).ok());
            exif.orientation = Orientation(number.unwrap_or(0));
        }
        add_field(&entry, exif, budget);
    });
    if exif.fields.len() >= MAX_FIELDS {
        problems.push((
            ProblemKind::Limit,
            0,
            format!("more than {MAX_FIELDS} fields: the rest is not read"),
        ));
    }
    let mut unread = Unread::default();
    for (kind, at, message) in problems {
        let message = format!("exif: {message} (at byte {at} of its block)");
        match kind {
            ProblemKind::Limit => {
                unread.limit.get_or_insert(message);
            }
            _ => unread.damage.push(message),
        }
    }
    unread
}

/// Adds one field as text, if it is one and there is room for it.
fn add_field(entry: &Entry<'_>, exif: &mut Exif, budget: &mut Budget) {
    if is_payload(entry.tag) || exif.fields.len() >= MAX_FIELDS {
        return;
    }
    // Text is taken whole, so that overlapping values are paid for as often as they are read.
    let most = if is_text(entry) { usize::MAX } else { 64 };
    if !budget.take(entry.value.len().min(most)) {
        return;
    }
    if let Some(text) = field_text(entry) {
        exif.fields.push(ExifField {
            ifd: ifd_name(entry.ifd),
            tag: entry.tag,
            text,
        });
    }
}

/// Tags that hold a block of another kind, or point to pixels or to a directory.
fn is_payload(tag: u16) -> bool {
    matches!(
        tag,
        700 | 33723
            | 34377
            | 34675
            | 0xCD41
            | 0x0111
            | 0x0117
            | 0x0144
            | 0x0145
            | 0x014A
            | 0x8769
            | 0x8825
            | 0xA005
    )
}

fn is_text(entry: &Entry<'_>) -> bool {
    matches!(entry.kind, 2 | 129) || matches!(entry.kind, 1 | 7) && entry.value.len() > 4
}

fn field_text(entry: &Entry<'_>) -> Option<String> {
    let value = entry.value;
    match (entry.kind, entry.tag) {
        (1 | 2 | 7 | 129, USER_COMMENT) => Some(user_comment(value)),
        (7, LEARNING_OPT_OUT_IN) => Some(shorts(entry)),
        // Windows keeps title, comment, author, keywords and subject as UTF-16.
        (1 | 7, 0x9C9B..=0x9C9F) => Some(text::decode_utf16(value)),
        (2 | 129, _) => Some(padded(value)),
        // Software writes text into fields of bytes, the maker note among them; cameras do not.
        (1 | 7, tag) if value.len() > 4 && is_readable(value) => match tag {
            // A short version number reads better as the crate shows it.
            0x9000 | 0xA000 => display(entry),
            _ => Some(text::decode(value)),
        },
        (_, MAKER_NOTE) => None,
        _ => display(entry),
    }
}

/// 16-bit numbers in bytes that declare no type, shown as the numbers they are.
fn shorts(entry: &Entry<'_>) -> String {
    let numbers = entry.shorts().take(MAX_VALUES);
    let words: Vec<String> = numbers.map(|number| number.to_string()).collect();
    words.join(", ")
}

/// UTF-8 without control characters other than white space.
fn is_readable(value: &[u8]) -> bool {
    let control = |c: char| c.is_control() && !c.is_whitespace();
    str::from_utf8(text::unpadded(value))
        .is_ok_and(|text| !text.is_empty() && !text.contains(control))
}

/// Resolves the eight-byte character code, which writers treat loosely.
fn user_comment(value: &[u8]) -> String {
    let Some((code, rest)) = value.split_first_chunk::<8>() else {
        return text::decode(value);
    };
    match code {
        // Some write UTF-8 under this code; UTF-16 of any prompt has zero bytes.
        b"UNICODE\0" if !rest.contains(&0) && str::from_utf8(rest).is_ok() => text::decode(rest),
        b"UNICODE\0" => text::decode_utf16(rest),
        b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0] => padded(rest),
        _ => padded(value),
    }
}

/// Text of a fixed width, filled up with spaces and zero bytes.
fn padded(value: &[u8]) -> String {
    text::decode(value)
        .trim_end_matches(|c: char| c == '\0' || c.is_whitespace())
        .to_owned()
}

fn ifd_name(ifd: Ifd) -> &'static str {
    match ifd {
        Ifd::Main(0) => "0th",
        Ifd::Main(1) => "1st",
        Ifd::Main(_) => "other",
        Ifd::Exif => "exif",
        Ifd::Gps => "gps",
        Ifd::Interop => "interop",
        Ifd::Sub => "sub",
    }
}

/// The form in which the `exif` crate shows a value (`1/60 s`, `f/2.8`).
fn display(entry: &Entry<'_>) -> Option<String> {
    let (context, number) = match entry.ifd {
        Ifd::Main(0) => (Context::Tiff, In::PRIMARY),
        Ifd::Main(_) | Ifd::Sub => (Context::Tiff, In::THUMBNAIL),
        Ifd::Exif => (Context::Exif, In::PRIMARY),
        Ifd::Gps => (Context::Gps, In::PRIMARY),
        Ifd::Interop => (Context::Interop, In::PRIMARY),
    };
    let (value, more) = value(entry)?;
    let field = Field {
        tag: Tag(context, entry.tag),
        ifd_num: number,
        value,
    };
    let text = field.display_value().with_unit(()).to_string();
    Some(if more { text + ", …" } else { text })
}

/// The first values in the crate's own type, and whether there are more.
fn value(entry: &Entry<'_>) -> Option<(Value, bool)> {
    let words: Vec<u64> = entry.words().take(MAX_VALUES * 2 + 2).collect();
    let fraction = matches!(entry.kind, 5 | 10);
    let most = if fraction { MAX_VALUES * 2 } else { MAX_VALUES };
    let more = words.len() > most;
    let words = words.get(..most).unwrap_or(&words);
    if words.is_empty() {
        return None;
    }
    // Every word has the width of its type, so none of these cuts anything off.
    let value = match entry.kind {
        1 => Value::Byte(words.iter().map(|&word| word as u8).collect()),
        3 => Value::Short(words.iter().map(|&word| word as u16).collect()),
        4 | 13 => Value::Long(words.iter().map(|&word| word as u32).collect()),
        6 => Value::SByte(words.iter().map(|&word| word as i8).collect()),
        7 => Value::Undefined(words.iter().map(|&word| word as u8).collect(), 0),
        8 => Value::SShort(words.iter().map(|&word| word as i16).collect()),
        9 => Value::SLong(words.iter().map(|&word| word as i32).collect()),
        11 => Value::Float(
            words
                .iter()
                .map(|&word| f32::from_bits(word as u32))
                .collect(),
        ),
        12 => Value::Double(words.iter().map(|&word| f64::from_bits(word)).collect()),
        16 | 18 => Value::Double(words.iter().map(|&word| word as f64).collect()),
        17 => Value::Double(words.iter().map(|&word| word as i64 as f64).collect()),
        5 => Value::Rational(pairs(words, |num, denom| Rational {
            num: num as u32,
            denom: denom as u32,
        })),
        10 => Value::SRational(pairs(words, |num, denom| SRational {
            num: num as i32,
            denom: denom as i32,
        })),
        _ => return None,
    };
    Some((value, more))
}

fn pairs<T>(words: &[u64], make: fn(u64, u64) -> T) -> Vec<T> {
    let (pairs, _) = words.as_chunks::<2>();
    pairs
        .iter()
        .map(|[num, denom]| make(*num, *denom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_too_long_is_a_limit() {
        let directory = |count: u16| {
            let mut body = [b"II*\0\x08\0\0\0".as_slice(), &count.to_le_bytes()].concat();
            for _ in 0..count {
                body.extend(b"\x0f\x01\x02\0\x02\0\0\0A\0\0\0");
            }
            body.extend([0; 4]);
            read(&body, &mut Exif::default(), &mut Budget::new(1 << 20))
        };
        let short = directory(1000);
        assert!(short.limit.is_none() && short.damage.is_empty());
        let long = directory(1025);
        assert!(long.limit.is_some() && long.damage.is_empty());
    }
}
