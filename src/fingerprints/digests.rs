//! Cryptographic digests of the file's bytes, several in one pass.

use ::md5::Md5;
use ::sha1::Sha1;
use ::sha2::{Digest, Sha256};

/// Small enough that the second and third digest find a chunk still in the first-level cache.
const CHUNK: usize = 16 << 10;

/// Which digests to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// MD5.
    pub md5: bool,
    /// SHA-1.
    pub sha1: bool,
    /// SHA-256.
    pub sha256: bool,
}

impl Wanted {
    /// All three.
    pub const ALL: Self = Self {
        md5: true,
        sha1: true,
        sha256: true,
    };
}

/// The digests that were wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digests {
    /// MD5.
    pub md5: Option<[u8; 16]>,
    /// SHA-1.
    pub sha1: Option<[u8; 20]>,
    /// SHA-256.
    pub sha256: Option<[u8; 32]>,
}

/// Computes the wanted digests in one pass over the bytes.
pub fn digests(bytes: &[u8], wanted: Wanted) -> Digests {
    let mut md5 = wanted.md5.then(Md5::new);
    let mut sha1 = wanted.sha1.then(Sha1::new);
    let mut sha256 = wanted.sha256.then(Sha256::new);
    for chunk in bytes.chunks(CHUNK) {
        if let Some(md5) = &mut md5 {
            md5.update(chunk);
        }
        if let Some(sha1) = &mut sha1 {
            sha1.update(chunk);
        }
        if let Some(sha256) = &mut sha256 {
            sha256.update(chunk);
        }
    }
    Digests {
        md5: md5.map(|state| state.finalize().into()),
        sha1: sha1.map(|state| state.finalize().into()),
        sha256: sha256.map(|state| state.finalize().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::to_hex;
    use super::*;

    #[test]
    fn published_vectors() {
        // RFC 1321 and FIPS 180 examples for "abc".
        let all = digests(b"abc", Wanted::ALL);
        assert_eq!(
            to_hex(&all.md5.unwrap()),
            "900150983cd24fb0d6963f7d28e17f72"
        );
        assert_eq!(
            to_hex(&all.sha1.unwrap()),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            to_hex(&all.sha256.unwrap()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn chunks_do_not_show() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..len).map(|n| (n * 31) as u8).collect();
            let all = digests(&bytes, Wanted::ALL);
            assert_eq!(all.md5.unwrap(), <[u8; 16]>::from(Md5::digest(&bytes)));
            assert_eq!(all.sha1.unwrap(), <[u8; 20]>::from(Sha1::digest(&bytes)));
            assert_eq!(
                all.sha256.unwrap(),
                <[u8; 32]>::from(Sha256::digest(&bytes))
            );
        }
        assert_eq!(digests(b"abc", Wanted::default()), Digests::default());
    }
}
