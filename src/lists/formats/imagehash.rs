//! Bare perceptual hashes, as Python's `imagehash` prints them in hexadecimal and Czkawka keeps them in Base64: one a line,
//! with a name after it or not. A hash does not tell its algorithm, and none is guessed: it stands before the hash
//! (`phash:…`, `dhash:…`, `ahash:…`, or the name of any kind), or the caller names it for all lines.

use super::words::{foreign, kind_of};
use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{Fingerprint, Kind};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "imagehash",
    about: "`phash:HEX` a line (or dhash, ahash, the name of a kind), or bare hashes of a kind that is given",
    looks_like: |head: Head<'_>| {
        let (value, _) = parts(head.line());
        let bare = value.len() == BARE_DIGITS && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        bare || prefixed(value)
            .is_some_and(|(word, _)| algorithm(word).is_some() || kind_of(word).is_some())
    },
    read: |source, options, intake| read(source, options, intake),
    write: None,
};

/// Digits of the usual hash of 8 × 8 bits; longer bare hashes may be digests.
const BARE_DIGITS: usize = 16;

/// What the algorithms of `imagehash` are called, there and here.
const ALGORITHMS: [(&str, &str); 3] = [
    ("phash", "phash"),
    ("dhash", "difference"),
    ("ahash", "average"),
];

fn read(
    source: &mut Source<'_>,
    options: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    source.lines(|line, content| {
        let bad = |message: String| ReadError::bad(Place::Line(line), message);
        let (value, id) = parts(content);
        let (kind, value) = match prefixed(value) {
            Some((word, value)) => match kind_before(word, value) {
                Ok(kind) => (kind, value),
                Err(Unread::Foreign(why)) => {
                    intake.leave_out(why);
                    return Ok(());
                }
                Err(Unread::Bad(message)) => return Err(bad(message)),
            },
            None => (options.kind.ok_or_else(|| bad(bare(value)))?, value),
        };
        let value =
            Fingerprint::parse_value(kind, value).map_err(|error| bad(error.to_string()))?;
        Ok(intake.entry(Entry::new(value, id))?)
    })
}

/// The hash with what stands before it, and the name after it.
fn parts(line: &str) -> (&str, &str) {
    let (value, id) = line.split_once([',', ';', ' ', '\t']).unwrap_or((line, ""));
    (value, id.trim())
}

/// What stands before a colon, and after it.
fn prefixed(value: &str) -> Option<(&str, &str)> {
    value.split_once(':')
}

/// The algorithm that a prefix names, with the side of its hashes where the prefix tells: `phash`, `phash-8`, `phash8`.
fn algorithm(prefix: &str) -> Option<(&'static str, Option<u32>)> {
    let prefix = prefix.to_ascii_lowercase();
    ALGORITHMS.iter().find_map(|(word, name)| {
        let size = prefix.strip_prefix(word)?;
        match size.strip_prefix(['-', '_']).unwrap_or(size) {
            "" if size.is_empty() => Some((*name, None)),
            digits => Some((*name, Some(digits.parse().ok()?))),
        }
    })
}

enum Unread {
    Foreign(&'static str),
    Bad(String),
}

/// The kind that a prefix names; where it tells no size, the number of digits does.
fn kind_before(word: &str, value: &str) -> Result<Kind, Unread> {
    if let Some(kind) = kind_of(word) {
        return Ok(kind);
    }
    let Some((name, size)) = algorithm(word) else {
        let unknown = "expected `phash:`, `dhash:`, `ahash:` or the name of a kind before the hash";
        return Err(foreign(word).map_or_else(|| Unread::Bad(unknown.into()), Unread::Foreign));
    };
    let digits = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let side = size.unwrap_or_else(|| digits.saturating_mul(4).isqrt());
    if u64::from(side).pow(2) != u64::from(digits) * 4 {
        let message = match size {
            Some(side) => format!(
                "{digits} characters, a hash of {side} × {side} bits has {}",
                u64::from(side).pow(2).div_ceil(4)
            ),
            None => format!("{digits} characters, which is no hash of as many rows as columns"),
        };
        return Err(Unread::Bad(message));
    }
    let kind = format!("imagehash-{name}-{side}");
    kind.parse()
        .map_err(|_| Unread::Bad(format!("hashes of the kind {kind} are not known here")))
}

/// What is to be given for a hash without an algorithm.
fn bare(value: &str) -> String {
    format!(
        "{} characters without an algorithm, which a hash does not tell; write `phash:`, `dhash:` or `ahash:` before it, or give the kind of all hashes",
        value.chars().count()
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, entries};
    use super::super::{Imported, Source};
    use super::*;

    const KIND: &str = "imghash-gradient-8-lanczos3";

    fn of_kind(kind: &str, text: &str) -> Result<Vec<Entry>, ReadError> {
        let options = ReadOptions {
            kind: Some(kind.parse().unwrap()),
            ..ReadOptions::default()
        };
        let mut imported = Imported::default();
        (FORMAT.read)(
            &mut Source::from_bytes(text.as_bytes()),
            &options,
            &mut imported,
        )?;
        Ok(imported.entries)
    }

    #[test]
    fn the_algorithm_stands_before_the_hash() {
        let text = format!(
            "{KIND}:00112233445566ff a.jpg\n{KIND}:00112233445566fe,b, c.jpg\nwhash:00112233445566ff\n"
        );
        assert_eq!(detected(&text), "imagehash");
        let ids: Vec<_> = entries(&FORMAT, &text)
            .unwrap()
            .into_iter()
            .map(|e| e.id)
            .collect();
        assert_eq!(ids, ["a.jpg", "b, c.jpg"]);
        for prefix in ["phash", "dhash", "AHash", "phash-8", "dhash8"] {
            assert_eq!(
                detected(&format!("{prefix}:00112233445566ff\n")),
                "imagehash"
            );
        }
    }

    #[test]
    fn python_hashes_are_of_the_kind_that_their_length_tells() {
        let kind = |text: &str| match kind_before(
            text.split_once(':').unwrap().0,
            text.split_once(':').unwrap().1,
        ) {
            Ok(kind) => kind.to_string(),
            Err(Unread::Bad(message)) => message,
            Err(Unread::Foreign(why)) => why.to_owned(),
        };
        // Whether or not the kind is built in, it is the only one that is thought of.
        assert!(kind("phash:00112233445566ff").contains("imagehash-phash-8"));
        assert!(kind("dhash:00112233445566ff").contains("imagehash-difference-8"));
        assert!(kind("ahash-8:00112233445566ff").contains("imagehash-average-8"));
        assert!(kind(&format!("phash:{}", "0f".repeat(32))).contains("imagehash-phash-16"));
        assert_eq!(
            kind("phash-16:00112233445566ff"),
            "16 characters, a hash of 16 × 16 bits has 64"
        );
        assert!(kind("phash:deadbee").starts_with("7 characters"));
        assert!(kind("phash-4000000000:00").starts_with("2 characters, a hash of 4000000000"));
    }

    #[test]
    fn bare_hashes_need_a_kind() {
        let text = "00112233445566ff\n";
        assert_eq!(detected(text), "imagehash");
        let error = entries(&FORMAT, text).unwrap_err().to_string();
        assert!(
            error.starts_with("line 1: 16 characters without an algorithm"),
            "{error}"
        );
        assert_eq!(of_kind(KIND, text).unwrap().len(), 1);
        // As Czkawka keeps them.
        let base64 = of_kind(KIND, "ABEiM0RVZv8= a.jpg\n").unwrap();
        assert_eq!(
            base64[0].fingerprint,
            of_kind(KIND, text).unwrap()[0].fingerprint
        );
    }

    #[test]
    fn errors_have_their_line_and_no_hash() {
        for text in [
            "\ndeadbeefdeadbeef",
            "\nsomehash:deadbeefdeadbeef",
            "\npdq:deadbeefdeadbeef",
            "\nphash:deadbeefdeadbee",
        ] {
            let error = entries(&FORMAT, text).unwrap_err().to_string();
            assert!(
                error.starts_with("line 2: ") && !error.contains("deadbee"),
                "{error}"
            );
        }
    }
}
