//! Cryptographic digests of the file's bytes, several in one pass.

use std::io::{self, Read};

use ::md5::Md5;
use ::sha1::Sha1;
use ::sha2::{Digest, Sha256};

/// Small enough that the second and third digest find a chunk still in the first-level cache.
const CHUNK: usize = 16 << 10;

/// What is read from a stream at once: few calls, and still within the second-level cache.
const BUFFER: usize = 256 << 10;

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
    let mut states = States::new(wanted);
    for chunk in bytes.chunks(CHUNK) {
        states.update(chunk);
    }
    states.finish()
}

/// Computes the wanted digests in one pass over a stream, in little memory.
///
/// # Errors
/// The first error of the stream.
pub fn digests_of(mut stream: impl Read, wanted: Wanted) -> io::Result<Digests> {
    let mut states = States::new(wanted);
    let mut buffer = vec![0; BUFFER];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(states.finish()),
            Ok(read) => {
                for chunk in buffer.get(..read).unwrap_or_default().chunks(CHUNK) {
                    states.update(chunk);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The digests that were wanted, so far.
struct States {
    md5: Option<Md5>,
    sha1: Option<Sha1>,
    sha256: Option<Sha256>,
}

impl States {
    fn new(wanted: Wanted) -> Self {
        Self {
            md5: wanted.md5.then(Md5::new),
            sha1: wanted.sha1.then(Sha1::new),
            sha256: wanted.sha256.then(Sha256::new),
        }
    }

    fn update(&mut self, chunk: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(chunk);
        }
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(chunk);
        }
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(chunk);
        }
    }

    fn finish(self) -> Digests {
        Digests {
            md5: self.md5.map(|state| state.finalize().into()),
            sha1: self.sha1.map(|state| state.finalize().into()),
            sha256: self.sha256.map(|state| state.finalize().into()),
        }
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
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, BUFFER + CHUNK + 7] {
            let bytes: Vec<u8> = (0..len).map(|n| (n * 31) as u8).collect();
            let all = digests(&bytes, Wanted::ALL);
            assert_eq!(digests_of(&bytes[..], Wanted::ALL).unwrap(), all);
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
