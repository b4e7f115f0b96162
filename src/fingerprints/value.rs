//! The value of a fingerprint: read, printed, compared.

use super::Kind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD_INDIFFERENT;
use std::fmt;

/// A hash value that knows its kind.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    kind: Kind,
    value: Box<[u8]>,
    quality: Option<u8>,
}

impl Fingerprint {
    /// Wraps the bytes of a value.
    ///
    /// # Errors
    /// The number of bytes is not that of the kind.
    pub fn new(kind: Kind, value: impl Into<Box<[u8]>>) -> Result<Self, ValueError> {
        let value = value.into();
        if value.len() != kind.bytes() {
            return Err(ValueError::Length {
                kind,
                found: value.len(),
                unit: "bytes",
                expected: kind.bytes(),
            });
        }
        Ok(Self {
            kind,
            value,
            quality: None,
        })
    }

    /// Notes how far the value can be relied on, 0 to 100.
    pub fn with_quality(mut self, quality: Option<u8>) -> Self {
        self.quality = quality;
        self
    }

    /// Reads a value as lists write it: hexadecimal in either case and, for the `imghash` kinds, Base64 with or without padding.
    ///
    /// # Errors
    /// The length or a character is wrong. The error names no part of the value, since list hashes must not end up in logs.
    pub fn parse_value(kind: Kind, text: &str) -> Result<Self, ValueError> {
        let digits = kind.bytes().saturating_mul(2);
        if text.len() == digits {
            return Self::new(kind, from_hex(kind, text)?);
        }
        if kind.family().base64 && text.trim_end_matches('=').len() == base64_len(kind.bytes()) {
            let value = STANDARD_NO_PAD_INDIFFERENT
                .decode(text)
                .map_err(|_| ValueError::Base64 { kind })?;
            return Self::new(kind, value);
        }
        let found = text.chars().count();
        let unit = if text.bytes().all(|b| b.is_ascii_hexdigit()) {
            "hex digits"
        } else {
            "characters"
        };
        Err(ValueError::Length {
            kind,
            found,
            unit,
            expected: digits,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The bytes of the value, in the order in which they are printed.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// How far the value can be relied on, 0 to 100, where the kind tells (PDQ does; ≤ 49 is unreliable).
    pub fn quality(&self) -> Option<u8> {
        self.quality
    }

    /// The value in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        to_hex(&self.value)
    }

    /// In how many bits two values differ; `None` for different kinds, which must not be compared.
    pub fn distance(&self, other: &Self) -> Option<u32> {
        (self.kind == other.kind).then(|| hamming(&self.value, &other.value))
    }
}

/// Shows the kind and no value: a debug print must not leak a list hash.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprint")
            .field("kind", &self.kind)
            .field("quality", &self.quality)
            .finish_non_exhaustive()
    }
}

/// Why a text is no value of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Too long or too short.
    #[error("{found} {unit}, a {kind} hash has {expected}")]
    Length {
        /// What it should have been.
        kind: Kind,
        /// How many there were.
        found: usize,
        /// What was counted.
        unit: &'static str,
        /// How many there should have been: bytes, or hex digits for a text.
        expected: usize,
    },
    /// The right length for hexadecimal, but something else is in it.
    #[error("character {position} of a {kind} hash is no hex digit")]
    Digit {
        /// What it should have been.
        kind: Kind,
        /// Which character, counted in bytes from 1.
        position: usize,
    },
    /// The right length for Base64, but it is not.
    #[error("a {kind} hash is neither hexadecimal nor Base64")]
    Base64 {
        /// What it should have been.
        kind: Kind,
    },
}

/// In how many bits two values of the same length differ.
pub(super) fn hamming(a: &[u8], b: &[u8]) -> u32 {
    let (a_words, a_rest) = a.as_chunks::<8>();
    let (b_words, b_rest) = b.as_chunks::<8>();
    let words = a_words.iter().zip(b_words);
    let rest = a_rest.iter().zip(b_rest);
    words
        .map(|(a, b)| (u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b)).count_ones())
        .sum::<u32>()
        + rest.map(|(a, b)| (a ^ b).count_ones()).sum::<u32>()
}

/// Lower-case hexadecimal.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn from_hex(kind: Kind, text: &str) -> Result<Vec<u8>, ValueError> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().as_chunks::<2>().0;
    let mut bytes = Vec::with_capacity(pairs.len());
    for [high, low] in pairs {
        match nibble(*high).zip(nibble(*low)) {
            Some((high, low)) => bytes.push(high << 4 | low),
            None => {
                let good = text.bytes().take_while(u8::is_ascii_hexdigit).count();
                let position = good + 1;
                return Err(ValueError::Digit { kind, position });
            }
        }
    }
    Ok(bytes)
}

/// Characters of unpadded Base64.
fn base64_len(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use super::super::kinds;
    use super::*;
    use proptest::prelude::*;

    fn kind(name: &str) -> Kind {
        name.parse().unwrap()
    }

    #[test]
    fn every_kind_reads_what_it_prints() {
        for kind in kinds() {
            let value: Vec<u8> = (0..kind.bytes()).map(|n| (n * 37 + 11) as u8).collect();
            let a = Fingerprint::new(kind, value.clone()).unwrap();
            assert_eq!(Fingerprint::parse_value(kind, &a.hex()), Ok(a.clone()));
            assert_eq!(
                Fingerprint::parse_value(kind, &a.hex().to_uppercase()),
                Ok(a.clone())
            );
            for engine in [
                base64::engine::general_purpose::STANDARD,
                base64::engine::general_purpose::STANDARD_NO_PAD,
            ] {
                let parsed = Fingerprint::parse_value(kind, &engine.encode(&value));
                assert_eq!(parsed.is_ok(), kind.family().base64, "{kind}");
                assert!(parsed.is_err() || parsed == Ok(a.clone()));
            }
        }
    }

    #[test]
    fn errors_say_what_was_expected_and_leak_nothing() {
        let error = |name, text: &str| {
            Fingerprint::parse_value(kind(name), text)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("pdq", &"a".repeat(63)),
            "63 hex digits, a pdq hash has 64"
        );
        assert_eq!(error("md5", "hello"), "5 characters, a md5 hash has 32");
        assert_eq!(
            error("md5", &format!("{}g", "0".repeat(31))),
            "character 32 of a md5 hash is no hex digit"
        );
        assert_eq!(
            error("imghash-mean-8-lanczos3", "????????????"),
            "12 characters, a imghash-mean-8-lanczos3 hash has 16"
        );
        let secret = Fingerprint::parse_value(kind("md5"), &"ab".repeat(16)).unwrap();
        assert!(!format!("{secret:?}").contains("171"));
    }

    #[test]
    fn different_kinds_have_no_distance() {
        let a = Fingerprint::parse_value(kind("pdq"), &"00".repeat(32)).unwrap();
        let b = Fingerprint::parse_value(kind("pdq-512"), &"00".repeat(32)).unwrap();
        assert_eq!(a.distance(&b), None);
        assert_eq!(a.distance(&a), Some(0));
    }

    proptest! {
        #[test]
        fn distance_is_a_metric(a: [u8; 18], b: [u8; 18], c: [u8; 18]) {
            let kind = kind("imghash-double-gradient-16-lanczos3");
            let [a, b, c] = [a, b, c].map(|value| Fingerprint::new(kind, value).unwrap());
            let d = |x: &Fingerprint, y: &Fingerprint| x.distance(y).unwrap();
            prop_assert_eq!(d(&a, &b), d(&b, &a));
            prop_assert_eq!(d(&a, &b) == 0, a == b);
            prop_assert_eq!(d(&a, &a), 0);
            prop_assert!(d(&a, &c) <= d(&a, &b) + d(&b, &c));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            for kind in kinds() {
                let _ = Fingerprint::parse_value(kind, &text);
            }
        }
    }
}
