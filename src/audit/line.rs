//! One line of a log: how it is sealed to the line before, and how that is told from its bytes alone.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{AuditError, MAX_LINE};
use crate::fingerprints::to_hex;

/// Fewest bytes of a key.
const LEAST_KEY: usize = 32;

/// How far a chain goes: the number of its last record, and that record's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Records until here, those of earlier files among them.
    pub count: u64,
    /// The hash of the last.
    pub hash: [u8; 32],
}

impl Head {
    /// Where a chain begins.
    pub(super) const START: Self = Self {
        count: 0,
        hash: [0; 32],
    };
}

impl fmt::Display for Head {
    /// `HASH/COUNT`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", to_hex(&self.hash), self.count)
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let read = parts.and_then(|(hash, count)| {
            Some(Self {
                count: count.parse().ok()?,
                hash: digest(hash.as_bytes())?,
            })
        });
        read.ok_or_else(|| {
            "expected HASH/COUNT, 64 hex digits and a number, as `provscan audit head` prints it"
                .to_owned()
        })
    }
}

/// A secret with which records are sealed, so that who owns the file cannot write it anew as a whole.
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A key of these bytes; an end of line behind them is none of it.
    ///
    /// # Errors
    /// They are too few.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, String> {
        let text = bytes.trim_ascii_end();
        if text.len() < LEAST_KEY {
            return Err(format!(
                "a key has at least {LEAST_KEY} bytes, such as `openssl rand -hex 32` prints"
            ));
        }
        Ok(Self(Zeroizing::new(text.to_vec())))
    }

    fn mac(&self, body: &[u8]) -> Option<Hmac<Sha256>> {
        // A key of any length will do for this construction.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(body);
        Some(mac)
    }

    /// Whether this is what the key makes of a body, compared in constant time.
    fn fits(&self, body: &[u8], seal: &[u8; 32]) -> bool {
        self.mac(body)
            .is_some_and(|mac| mac.verify_slice(seal).is_ok())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Lines that are being added to a chain.
pub(super) struct Chain<'a> {
    pub(super) head: Head,
    pub(super) lines: Vec<u8>,
    pub(super) key: Option<&'a Key>,
}

impl Chain<'_> {
    /// Adds a record of this type with these fields, and gives its hash.
    ///
    /// # Errors
    /// It would be longer than any that is read.
    pub(super) fn add(&mut self, kind: &str, fields: &str) -> Result<[u8; 32], String> {
        let count = self.head.count.saturating_add(1);
        let prev = to_hex(&self.head.hash);
        let body = format!("{{\"seq\":{count},\"prev\":\"{prev}\",\"type\":\"{kind}\",{fields}");
        if body.len() > MAX_LINE - 256 {
            return Err(format!("a record would be longer than {MAX_LINE} bytes"));
        }
        let hash: [u8; 32] = Sha256::digest(&body).into();
        self.lines.extend_from_slice(body.as_bytes());
        let hex = to_hex(&hash);
        self.lines
            .extend_from_slice(format!(",\"hash\":\"{hex}\"").as_bytes());
        if let Some(mac) = self.key.and_then(|key| key.mac(body.as_bytes())) {
            let hex = to_hex(&mac.finalize().into_bytes());
            self.lines
                .extend_from_slice(format!(",\"mac\":\"{hex}\"").as_bytes());
        }
        self.lines.extend_from_slice(b"}\n");
        self.head = Head { count, hash };
        Ok(hash)
    }
}

/// A line that has the form of a record, whatever it holds.
pub(super) struct Line<'a> {
    body: &'a [u8],
    /// Its number.
    pub(super) seq: u64,
    /// The hash that it gives for the line before.
    pub(super) prev: [u8; 32],
    /// The hash that it gives for itself.
    pub(super) hash: [u8; 32],
    mac: Option<[u8; 32]>,
    fields: &'a [u8],
}

impl<'a> Line<'a> {
    /// A line without its end; nothing where it does not have the form of a record. What was cut off anywhere has not.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let inner = line.strip_suffix(b"}")?;
        let (inner, mac) = match ending(inner, b",\"mac\":\"") {
            Some((rest, mac)) => (rest, Some(mac)),
            None => (inner, None),
        };
        let (body, hash) = ending(inner, b",\"hash\":\"")?;
        let rest = body.strip_prefix(b"{\"seq\":")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (seq, rest) = rest.split_at_checked(digits)?;
        let rest = rest.strip_prefix(b",\"prev\":\"")?;
        let (prev, rest) = rest.split_at_checked(64)?;
        Some(Self {
            body,
            seq: std::str::from_utf8(seq).ok()?.parse().ok()?,
            prev: digest(prev)?,
            hash,
            mac,
            fields: rest.strip_prefix(b"\",")?,
        })
    }

    /// Whether it is as it was written.
    pub(super) fn is_intact(&self) -> bool {
        let own: [u8; 32] = Sha256::digest(self.body).into();
        own == self.hash
    }

    /// Whether it was sealed with a key.
    pub(super) fn has_mac(&self) -> bool {
        self.mac.is_some()
    }

    /// Whether it was sealed with this key.
    pub(super) fn is_sealed_by(&self, key: &Key) -> bool {
        self.mac.is_some_and(|mac| key.fits(self.body, &mac))
    }

    /// Whether it is of this type.
    pub(super) fn is(&self, kind: &str) -> bool {
        let rest = self.fields.strip_prefix(b"\"type\":\"");
        let rest = rest.and_then(|rest| rest.strip_prefix(kind.as_bytes()));
        rest.is_some_and(|rest| rest.starts_with(b"\""))
    }

    /// The chain until here.
    pub(super) fn head(&self) -> Head {
        Head {
            count: self.seq,
            hash: self.hash,
        }
    }

    /// The chain before it.
    pub(super) fn base(&self) -> Head {
        Head {
            count: self.seq.saturating_sub(1),
            hash: self.prev,
        }
    }
}

/// A digest under this key at the end of a line that is not closed yet, and what stands before.
fn ending<'a>(line: &'a [u8], key: &[u8]) -> Option<(&'a [u8], [u8; 32])> {
    let line = line.strip_suffix(b"\"")?;
    let (rest, hex) = line.split_at_checked(line.len().checked_sub(64)?)?;
    Some((rest.strip_suffix(key)?, digest(hex)?))
}

/// 64 hex digits, small letters only: another spelling would be a change that no hash sees.
fn digest(hex: &[u8]) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let (pairs, rest) = hex.as_chunks::<2>();
    if pairs.len() != digest.len() || !rest.is_empty() {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(digest)
}

/// What a recovery record says of the bytes before it.
pub(super) fn recovery(line: &[u8]) -> Option<(u64, [u8; 32])> {
    let record: serde_json::Value = serde_json::from_slice(line).ok()?;
    let bytes = record.get("bytes")?.as_u64()?;
    Some((bytes, digest(record.get("sha256")?.as_str()?.as_bytes())?))
}

/// Fields that a recovery record has beside its time.
pub(super) fn recovery_fields(bytes: u64, sha256: &[u8; 32]) -> String {
    let sha256 = to_hex(sha256);
    format!("\"bytes\":{bytes},\"sha256\":\"{sha256}\"")
}

/// The words for a log whose last record is not as it was written.
pub(super) fn changed(path: &std::path::Path) -> AuditError {
    AuditError::new(
        path,
        "its last record is not as it was written, so nothing is added to it; `provscan audit verify` says more, and --audit with another name begins a new log",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(key: Option<&Key>) -> Vec<u8> {
        let mut chain = Chain {
            head: Head::START,
            lines: Vec::new(),
            key,
        };
        chain.add("begin", "\"time\":\"t\"").unwrap();
        chain.lines.pop();
        chain.lines
    }

    #[test]
    fn no_other_byte_and_no_shorter_line_is_the_same_record() {
        let key = Key::new(vec![7; 32].into()).unwrap();
        for key in [None, Some(&key)] {
            let line = line(key);
            let sound = |line: &[u8]| {
                Line::parse(line).is_some_and(|line| {
                    line.is_intact() && key.is_none_or(|key| line.is_sealed_by(key))
                })
            };
            assert!(sound(&line));
            for at in 0..line.len() {
                assert!(Line::parse(&line[..at]).is_none(), "cut at {at}");
                for bit in 0..8 {
                    let mut other = line.clone();
                    other[at] ^= 1 << bit;
                    assert!(!sound(&other), "byte {at}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head {
            count: 12,
            hash: [0xa5; 32],
        };
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "12", "a5/12", "a5a5/x"] {
            assert!(wrong.parse::<Head>().is_err());
        }
        assert!(head.to_string().to_uppercase().parse::<Head>().is_err());
    }
}
