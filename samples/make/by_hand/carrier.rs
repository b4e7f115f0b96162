//! Pictures that carry a store.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::assertion::Assertion;
use super::cbor::Cbor;

/// Most bytes of a store that one JPEG segment takes here.
const SEGMENT: usize = 64_000;

/// A picture that a store is put into.
pub(crate) enum Carrier {
    Jpeg(Vec<u8>),
    Png(Vec<u8>),
}

impl Carrier {
    /// Puts the store into the picture that `build` makes from the hard binding.
    pub(crate) fn bound(&self, build: impl Fn(Assertion) -> Vec<u8>) -> Vec<u8> {
        self.bound_without(self.place(), self.place()..self.place(), build)
    }

    /// As `bound`, with the store at this place of the picture; these bytes of it are not bound either. What begins
    /// with the picture itself is left out together with the store, as one range.
    pub(crate) fn bound_without(
        &self,
        at: usize,
        left_out: Range<usize>,
        build: impl Fn(Assertion) -> Vec<u8>,
    ) -> Vec<u8> {
        let range = |start: usize, length: usize| {
            Cbor::map([
                ("start", Cbor::Wide(start as u32)),
                ("length", Cbor::Wide(length as u32)),
            ])
        };
        let exclusions = |length: usize| match &left_out {
            out if out.is_empty() => vec![range(at, length)],
            out if out.start == 0 => vec![range(0, at + length)],
            out if out.start >= at => vec![range(at, length), range(out.start + length, out.len())],
            out => vec![range(out.start, out.len()), range(at, length)],
        };
        let (before, after) = self.picture().split_at(left_out.start);
        let bound = [before, &after[left_out.len()..]].concat();
        let binding = |length: usize| {
            let value = Cbor::map([
                ("exclusions", Cbor::Array(exclusions(length))),
                ("alg", "sha256".into()),
                ("hash", Cbor::Bytes(Sha256::digest(&bound).to_vec())),
                ("name", "jumbf manifest".into()),
                ("pad", Cbor::Bytes(Vec::new())),
            ]);
            Assertion::cbor("c2pa.hash.data", &value)
        };
        let length = self.wrap(&build(binding(0))).len();
        let store = build(binding(length));
        let (before, after) = self.picture().split_at(at);
        [before, &self.wrap(&store), after].concat()
    }

    /// The picture with this store in it.
    pub(crate) fn with(&self, store: &[u8]) -> Vec<u8> {
        let (before, after) = self.picture().split_at(self.place());
        [before, &self.wrap(store), after].concat()
    }

    fn picture(&self) -> &[u8] {
        match self {
            Self::Jpeg(bytes) | Self::Png(bytes) => bytes,
        }
    }

    /// Behind the start of the image; behind the header chunk.
    fn place(&self) -> usize {
        match self {
            Self::Jpeg(_) => 2,
            Self::Png(_) => 33,
        }
    }

    fn wrap(&self, store: &[u8]) -> Vec<u8> {
        match self {
            Self::Jpeg(_) => segments(store),
            Self::Png(_) => chunk(store),
        }
    }
}

/// JPEG XT segments (ISO 19566-5, annex D): the header of the box stands again at the start of every later segment.
fn segments(store: &[u8]) -> Vec<u8> {
    let pieces = store.chunks(SEGMENT).zip(1_u32..).map(|(piece, number)| {
        let again = if number > 1 { &store[..8] } else { &[] };
        let content = [b"JP\0\x01".as_slice(), &number.to_be_bytes(), again, piece].concat();
        segment(0xeb, &content)
    });
    pieces.collect::<Vec<_>>().concat()
}

/// A PNG chunk with a manifest store, its checksum right.
fn chunk(store: &[u8]) -> Vec<u8> {
    let checked = [b"caBX", store].concat();
    let mut checksum = flate2::Crc::new();
    checksum.update(&checked);
    let length = u32::try_from(store.len()).unwrap();
    [
        &length.to_be_bytes(),
        checked.as_slice(),
        &checksum.sum().to_be_bytes(),
    ]
    .concat()
}

/// A JPEG segment.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap();
    [&[0xff, marker], length.to_be_bytes().as_slice(), body].concat()
}
