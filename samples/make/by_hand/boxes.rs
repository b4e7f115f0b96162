//! JUMBF boxes (ISO 19566-5), and references to them.

use sha2::{Digest, Sha256};

use super::cbor::Cbor;

/// The end of every type that C2PA gave to its boxes; the first four letters tell them apart.
const TYPE_END: [u8; 12] = [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// A box of this type.
pub(super) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes(), kind.as_slice(), body].concat()
}

/// A box that holds others, of the type that begins with these letters.
pub(crate) fn superbox(kind: &[u8; 4], label: &str, content: &[u8]) -> Vec<u8> {
    // Requestable, with a label.
    let about = [kind.as_slice(), &TYPE_END, &[3], label.as_bytes(), &[0]].concat();
    let about = boxed(b"jumd", &about);
    boxed(b"jumb", &[about.as_slice(), content].concat())
}

/// The hash by which a box is referred to: over its content, without its header.
pub(super) fn hash(superbox: &[u8]) -> Vec<u8> {
    Sha256::digest(&superbox[8..]).to_vec()
}

/// A reference to a box, with the hash of its content.
pub(crate) fn hashed_uri(url: &str, hash: &[u8]) -> Cbor {
    Cbor::map([("url", url.into()), ("hash", Cbor::Bytes(hash.into()))])
}
