//! What a file mentions of the trust lists: the names of their anchors, and the signing certificates that they allow.

use std::collections::{BTreeSet, HashMap, HashSet};

use memchr::memmem;
use sha2::{Digest as _, Sha256};

/// The object identifier of an attribute of an X.500 name, 2.5.4.x (X.520), but for its last part. A name begins within a
/// few bytes before it.
const ATTRIBUTE: &[u8] = &[0x06, 0x03, 0x55, 0x04];
/// The version of a certificate, 3 (RFC 5280, section 4.1); no other may sign content credentials (C2PA 2.2, section 14.5.1).
/// The headers of the two sequences that stand before it begin the certificate.
const VERSION: &[u8] = &[0xa0, 0x03, 0x02, 0x01, 0x02];
/// A manifest that is compressed shows no names (C2PA 2.2, section 11.2.4: `c2cm`, which holds a box `brob`).
const COMPRESSED: &[u8] = b"c2cm";
/// Most bytes of certificates that are hashed for one file: those of the longest honest history take a tenth of it.
const MAX_HASHED: usize = 4 << 20;

/// What a file can need of the trust lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Mentioned {
    /// The numbers of the anchors whose names stand in the file.
    pub(super) anchors: BTreeSet<usize>,
    /// A signing certificate that is allowed by itself stands in it.
    pub(super) allowed: bool,
}

/// The names and digests to look for.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    /// How far into these names their first [`ATTRIBUTE`] stands; few values, mostly one.
    attribute_at: BTreeSet<usize>,
    /// Anchors whose names hold no [`ATTRIBUTE`], so that any file may mention them.
    always: BTreeSet<usize>,
    allowed: HashSet<[u8; 32]>,
}

impl Mentions {
    /// Takes anchors in DER form, numbered in their order, and SHA-256 digests of signing certificates.
    pub(super) fn new<'a>(
        anchors: impl IntoIterator<Item = &'a [u8]>,
        allowed: HashSet<[u8; 32]>,
    ) -> Self {
        let mut mentions = Self {
            allowed,
            ..Self::default()
        };
        for (number, anchor) in anchors.into_iter().enumerate() {
            let name =
                subject(anchor).and_then(|name| Some((name, memmem::find(name, ATTRIBUTE)?)));
            match name {
                Some((name, at)) => {
                    mentions.attribute_at.insert(at);
                    let same = mentions.by_subject.entry(name.to_vec()).or_default();
                    same.push(number);
                }
                None => {
                    mentions.always.insert(number);
                }
            }
        }
        mentions
    }

    /// What these pieces of a file mention; `None` where only the file's reader can tell.
    pub(super) fn search(&self, pieces: &[&[u8]]) -> Option<Mentioned> {
        let mut mentioned = Mentioned {
            anchors: self.always.clone(),
            allowed: false,
        };
        let mut hashable = MAX_HASHED;
        for piece in pieces {
            if memmem::find(piece, COMPRESSED).is_some() {
                return None;
            }
            mentioned.anchors.extend(self.named(piece));
            mentioned.allowed |= self.allows(piece, &mut hashable)?;
        }
        Some(mentioned)
    }

    /// The anchors whose names stand in this piece.
    fn named<'a>(&'a self, piece: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        memmem::find_iter(piece, ATTRIBUTE)
            .flat_map(|hit| {
                self.attribute_at
                    .iter()
                    .filter_map(move |at| hit.checked_sub(*at))
            })
            .filter_map(|start| self.by_subject.get(sequence(piece, start)?))
            .flatten()
            .copied()
    }

    /// Whether an allowed certificate stands in this piece; `None` when that takes too long to tell.
    fn allows(&self, piece: &[u8], hashable: &mut usize) -> Option<bool> {
        if self.allowed.is_empty() {
            return Some(false);
        }
        for version in memmem::find_iter(piece, VERSION) {
            for certificate in certificates_with(piece, version) {
                *hashable = hashable.checked_sub(certificate.len())?;
                let digest: [u8; 32] = Sha256::digest(certificate).into();
                if self.allowed.contains(&digest) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }
}

/// Every certificate that may have its version at this place: one, unless the lengths before it can be read in two ways.
fn certificates_with(piece: &[u8], version: usize) -> impl Iterator<Item = &[u8]> {
    headers_before(piece, version)
        .flat_map(|signed| headers_before(piece, signed))
        .filter_map(|start| sequence(piece, start))
}

/// The places where the header of a sequence begins that ends here.
fn headers_before(piece: &[u8], end: usize) -> impl Iterator<Item = usize> {
    (2..=HEADER)
        .filter_map(move |len| end.checked_sub(len))
        .filter(move |start| {
            let here = header(piece.get(*start..).unwrap_or_default());
            here.is_some_and(|(tag, len, _)| tag == SEQUENCE && start + len == end)
        })
}

/// Longest header of a DER value: the tag, and a length of four bytes with its own.
const HEADER: usize = 6;

/// The DER sequence that starts here, with its header, if it is whole.
fn sequence(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let rest = bytes.get(start..)?;
    match header(rest)? {
        (SEQUENCE, header, len) => rest.get(..header.checked_add(len)?),
        _ => None,
    }
}

const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;

/// Tag, length of the header and length of the content of the DER value that starts here (X.690, section 8.1).
fn header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let [tag, first, rest @ ..] = bytes else {
        return None;
    };
    let long = usize::from(first & 0x7f);
    match first {
        0..=0x7f => Some((*tag, 2, long)),
        0x81..=0x84 => {
            let len = rest
                .get(..long)?
                .iter()
                .fold(0, |len, byte| len << 8 | usize::from(*byte));
            Some((*tag, 2 + long, len))
        }
        _ => None,
    }
}

/// The subject's name in a certificate, in DER form (RFC 5280, section 4.1).
fn subject(certificate: &[u8]) -> Option<&[u8]> {
    let inside = |bytes| {
        let (_, header, len) = header(bytes)?;
        bytes.get(header..header.checked_add(len)?)
    };
    let mut rest = inside(inside(certificate)?)?;
    let mut next = || {
        let (tag, header, len) = header(rest)?;
        let (value, after) = rest.split_at_checked(header.checked_add(len)?)?;
        rest = after;
        Some((tag, value))
    };
    // The version is left out of certificates of version 1.
    if next()?.0 == EXPLICIT_VERSION {
        next()?;
    }
    let _algorithm = next()?;
    let _issuer = next()?;
    let _validity = next()?;
    next().map(|(_, name)| name)
}
