//! Seeded changes to a file: to its bytes, to the lengths in it, and to the order of what it is made of.

use crate::support::Random;

/// Words that readers of metadata stop at, or should.
const WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"null",
    b"true",
    b": ",
    b", ",
    b"Steps: ",
    b"Steps: 99999999999999999999, Sampler: ",
    b"Negative prompt: ",
    b"\n",
    b"\r\n",
    b"\0",
    b"=",
    b"<",
    b">",
    b"&#0;",
    b"&a;",
    b"<!DOCTYPE a [",
    b"]]>",
    b"xmlns:a=''",
    "ü".as_bytes(),
    "\u{1F600}".as_bytes(),
    "İ".as_bytes(),
    "\u{FEFF}".as_bytes(),
    b"\xFF",
    b"\x80",
    b"\xED\xA0\x80",
    b"UNICODE\0",
    b"Exif\0\0",
    b"8BIM",
    b"\x1C\x02\x28",
];

/// Numbers at which lengths go wrong.
const NUMBERS: &[u32] = &[
    0,
    1,
    2,
    3,
    7,
    8,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0xFF_FFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFF8,
    0xFFFF_FFFF,
];

/// Changes the bytes once to four times, and says how.
pub(super) fn mutated(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        bytes = match (random.below(2), Parts::of(&bytes)) {
            (0, Some(parts)) => parts.mutated(random).joined(),
            _ => in_bytes(bytes, random),
        };
    }
    bytes
}

/// Flips, cuts, inserts, swaps, or writes a number somewhere; half of all changes are near the beginning.
fn in_bytes(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let len = bytes.len();
    let reach = [len, len.min(512)][random.below(2)];
    let at = random.below(reach).min(len);
    let end = (at + 1 + random.below(64)).min(len);
    match random.below(8) {
        0 | 1 if at < len => bytes[at] ^= 1 << random.below(8),
        2 if at < len => bytes[at] = [0, 0x7F, 0x80, 0xFF, b'"', b'<'][random.below(6)],
        3 => drop(bytes.drain(at..end)),
        4 => drop(bytes.splice(at..at, word(random))),
        5 => {
            let other = random.below(len);
            let (first, second) = (at.min(other), at.max(other));
            let (head, tail) = bytes.split_at_mut(second);
            let count = (second - first).min(tail.len()).min(16);
            head[first..first + count].swap_with_slice(&mut tail[..count]);
        }
        6 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
        _ => {
            let number = number(random);
            let width = [2, 4][random.below(2)];
            let order = [number.to_be_bytes(), number.to_le_bytes()][random.below(2)];
            let from = if width == 2 && order[0] == 0 { 2 } else { 0 };
            for (place, byte) in bytes.iter_mut().skip(at).zip(&order[from..from + width]) {
                *place = *byte;
            }
        }
    }
    bytes
}

fn word(random: &mut Random) -> Vec<u8> {
    let times = [1, 1, 1, 3, 200][random.below(5)];
    WORDS[random.below(WORDS.len())].repeat(times)
}

fn number(random: &mut Random) -> u32 {
    NUMBERS[random.below(NUMBERS.len())]
}

/// What a file is made of: PNG and RIFF chunks, JPEG segments, boxes. They are put together with right lengths and sums.
struct Parts {
    form: Form,
    head: Vec<u8>,
    parts: Vec<(Vec<u8>, Vec<u8>)>,
    tail: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Png,
    Jpeg,
    Riff,
    Boxes,
}

impl Parts {
    /// `None` for other forms, and where nothing is left of it.
    fn of(bytes: &[u8]) -> Option<Self> {
        let (form, head) = match bytes {
            [0x89, b'P', b'N', b'G', ..] => (Form::Png, 8),
            [0xFF, 0xD8, ..] => (Form::Jpeg, 2),
            [b'R', b'I', b'F', b'F', ..] => (Form::Riff, 12),
            [0, 0, 0, _, b'f' | b'J', ..] => (Form::Boxes, 0),
            _ => return None,
        };
        let (head, mut tail) = bytes.split_at_checked(head)?;
        let mut parts = Vec::new();
        while let Some((name, body, rest)) = part(form, tail) {
            parts.push((name.to_vec(), body.to_vec()));
            tail = rest;
        }
        (!parts.is_empty()).then(|| Self {
            form,
            head: head.to_vec(),
            parts,
            tail: tail.to_vec(),
        })
    }

    /// With one part twice, gone, elsewhere, or changed within.
    fn mutated(mut self, random: &mut Random) -> Self {
        let count = self.parts.len();
        let (one, other) = (random.below(count), random.below(count));
        match random.below(8) {
            0 => self.parts.insert(other, self.parts[one].clone()),
            1 => self.parts.swap(one, other),
            2 if count > 1 => drop(self.parts.remove(one)),
            3 => {
                let body = self.parts[other].1.clone();
                self.parts[one].1.extend(body.into_iter().take(60_000));
            }
            _ => {
                // The smaller ones hold what is read, the large ones the picture.
                let smaller = [one, other]
                    .into_iter()
                    .min_by_key(|at| self.parts[*at].1.len());
                let body = &mut self.parts[smaller.unwrap_or(one)].1;
                *body = in_bytes(std::mem::take(body), random);
            }
        }
        self
    }

    fn joined(self) -> Vec<u8> {
        let mut bytes = self.head;
        for (name, body) in &self.parts {
            let len = body.len() as u32;
            match self.form {
                Form::Png => bytes.extend(png_chunk(name, body)),
                Form::Jpeg => {
                    bytes.extend(
                        [name, &(len as u16).wrapping_add(2).to_be_bytes()[..], body].concat(),
                    );
                }
                Form::Riff => {
                    bytes.extend([name, &len.to_le_bytes()[..], body].concat());
                    bytes.extend(vec![0; body.len() % 2]);
                }
                Form::Boxes => bytes.extend([&(len + 8).to_be_bytes(), &name[..], body].concat()),
            }
        }
        bytes.extend(self.tail);
        if self.form == Form::Riff {
            let len = (bytes.len() as u32).saturating_sub(8).to_le_bytes();
            bytes[4..8].copy_from_slice(&len);
        }
        bytes
    }
}

/// A PNG chunk with its right sum.
pub(super) fn png_chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(name);
    sum.update(body);
    let len = (body.len() as u32).to_be_bytes();
    [&len, name, body, &sum.sum().to_be_bytes()].concat()
}

/// The first part: its name, its body, and what follows it.
fn part(form: Form, bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let be32 = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    let (name, start, len, after): (_, usize, _, _) = match form {
        Form::Png => (4..8, 8, be32(0)?, 4),
        Form::Jpeg => {
            let [0xFF, 0xC0..0xD0 | 0xDB..=0xFE, high, low] = *bytes.first_chunk()? else {
                return None;
            };
            let len = usize::from(u16::from_be_bytes([high, low]));
            (0..2, 4, len.checked_sub(2)?, 0)
        }
        Form::Riff => {
            let len = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
            (0..4, 8, len, len % 2)
        }
        Form::Boxes => (4..8, 8, be32(0)?.checked_sub(8)?, 0),
    };
    let end = start.checked_add(len)?;
    let rest = bytes.get(end.checked_add(after)?..)?;
    Some((bytes.get(name)?, bytes.get(start..end)?, rest))
}
