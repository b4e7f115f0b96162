//! IPTC-IIM datasets, bare or inside of Photoshop image resources.

use super::IptcField;
use super::text::{self, Budget};
use crate::asset::bytes::{ReadAt, index};

/// The image resource that holds IPTC-IIM.
const IPTC_RESOURCE: u16 = 0x0404;

/// Reads a Photoshop or IPTC block.
pub(super) fn read(body: &[u8], found: &mut Vec<IptcField>, budget: &mut Budget) {
    let body = unwrapped(body);
    if !body.starts_with(b"8BIM") {
        return match swapped(body, budget) {
            Some(body) => datasets(&body, found, budget),
            None => datasets(body, found, budget),
        };
    }
    for (number, data) in resources(body) {
        if number == IPTC_RESOURCE {
            datasets(data, found, budget);
        }
    }
}

/// The datasets in their own order, if a TIFF writer took them for 32-bit numbers and turned each around.
fn swapped(body: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let turned = matches!(body, [first, _, 1..=9, 0x1C, ..] if *first != 0x1C);
    if !turned || !budget.take(body.len()) {
        return None;
    }
    let (words, _) = body.as_chunks::<4>();
    let words = words.iter().flat_map(|[a, b, c, d]| [*d, *c, *b, *a]);
    Some(words.collect())
}

/// The first image resource with this number in a Photoshop block.
pub(crate) fn resource(body: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut all = resources(unwrapped(body));
    all.find(|(number, _)| *number == wanted)
        .map(|(_, data)| data)
}

fn unwrapped(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"Photoshop 3.0\0").unwrap_or(body)
}

fn resources(body: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (next, number, data) = one(body, at)?;
        at = next;
        Some((number, data))
    })
}

/// An image resource: `8BIM`, number, padded Pascal name, length, padded data.
fn one(body: &[u8], at: usize) -> Option<(usize, u16, &[u8])> {
    if body.array(at)? != *b"8BIM" {
        return None;
    }
    let name = usize::from(body.u8_at(at + 6)?) + 1;
    let size_at = at + 6 + name + name % 2;
    let len = index(body.be32(size_at)?);
    let next = (size_at + 4).saturating_add(len).saturating_add(len % 2);
    Some((next, body.be16(at + 4)?, body.clamped(size_at + 4, len)))
}

/// Datasets: 0x1C, record, number, length, text.
fn datasets(data: &[u8], found: &mut Vec<IptcField>, budget: &mut Budget) {
    let mut at = 0;
    while let Some([0x1C, record, dataset]) = data.array(at) {
        // A length with its top bit set announces a longer length, which no text needs.
        let Some(len) = data.be16(at + 3).filter(|len| len & 0x8000 == 0) else {
            return;
        };
        let body = data.clamped(at + 5, len.into());
        // Every dataset costs more memory than its bytes.
        if record == 2 && !budget.take(body.len() + 64) {
            return;
        }
        if record == 2 {
            found.push(IptcField {
                record,
                dataset,
                text: text::decode(body),
            });
        }
        at += 5 + usize::from(len);
    }
}
