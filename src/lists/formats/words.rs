//! Words for kinds of hashes and names of columns, as programs and exchanges spell them.

use crate::fingerprints::{Kind, MD5, PHOTODNA, SHA1, SHA256};

/// Why a record that holds no hash is left out.
pub(super) const NO_HASH: &str = "a record without a hash";

/// Why hashes of videos are left out.
pub(super) const VIDEO: &str = "a hash of a video, and only images are looked at";

/// Why digests of other algorithms are left out.
const DIGEST: &str = "a digest of an algorithm that is not known here";

/// Why other hashes of likeness are left out.
const LIKENESS: &str = "a similarity hash of an algorithm that is not known here";

/// Why signals that are no hashes are left out.
const NO_IMAGE: &str = "no hash of a file or an image";

/// Words for what cannot be looked up, by why.
const FOREIGN: &[(&str, &[&str])] = &[
    (
        VIDEO,
        &[
            "videomd5",
            "hashvideomd5",
            "videosha1",
            "videosha256",
            "videopdq",
            "vpdq",
            "hashvpdq",
            "tmk",
            "tmkpdqf",
            "hashtmk",
            "videotmk",
            "ssvhpdna",
            "ssvhsaferhash",
        ],
    ),
    (
        DIGEST,
        &[
            "sha224",
            "sha384",
            "sha512",
            "hashsha512",
            "sha512224",
            "sha512256",
            "sha3224",
            "sha3256",
            "sha3384",
            "sha3512",
            "md2",
            "md4",
            "crc32",
            "tiger",
            "whirlpool",
            "ripemd160",
            "blake2b",
            "blake2s",
            "blake3",
            "xxh64",
            "ed2k",
            "tth",
            "aich",
            "btih",
        ],
    ),
    (
        LIKENESS,
        &[
            "tlsh",
            "ssdeep",
            "sdhash",
            "mrshv2",
            "hashtexttlsh",
            "texttlsh",
            "netclean",
            "videntifier",
            "neuralhash",
            "whash",
            "colorhash",
            "cropresistant",
            "dinohash",
            "ahash",
            "dhash",
            "phash",
        ],
    ),
    (
        NO_IMAGE,
        &["url", "rawtext", "trendquery", "text", "uri", "domain"],
    ),
];

/// Words for kinds that are known here, beside their names.
const KNOWN: &[(&str, Kind)] = &[
    ("md5", MD5),
    ("hashmd5", MD5),
    ("md5hash", MD5),
    ("md5sum", MD5),
    ("sha1", SHA1),
    ("hashsha1", SHA1),
    ("sha1hash", SHA1),
    ("sha1sum", SHA1),
    ("sha256", SHA256),
    ("hashsha256", SHA256),
    ("sha256hash", SHA256),
    ("sha256sum", SHA256),
    ("sha2256", SHA256),
    ("pdq", crate::fingerprints::pdq::PDQ),
    ("pdqhash", crate::fingerprints::pdq::PDQ),
    ("hashpdq", crate::fingerprints::pdq::PDQ),
    ("photodna", PHOTODNA),
    ("photodnahash", PHOTODNA),
    ("hashphotodna", PHOTODNA),
    ("pdna", PHOTODNA),
];

/// A word without what programs spell differently: lower case, letters and digits only.
pub(super) fn plain(word: &str) -> String {
    let kept = word.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The kind that a word stands for, however it is spelled.
pub(super) fn kind_of(word: &str) -> Option<Kind> {
    let word = word.trim();
    // The longest name of a kind takes far less.
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let exact = word.parse().or_else(|_| word.to_ascii_lowercase().parse());
    exact.ok().or_else(|| {
        let word = plain(word);
        let known = KNOWN.iter().find(|(name, _)| *name == word);
        known.map(|(_, kind)| *kind)
    })
}

/// Why hashes of an algorithm that is known by name, but not looked up, are left out.
pub(super) fn foreign(word: &str) -> Option<&'static str> {
    if word.len() > 64 {
        return None;
    }
    let word = plain(word);
    let row = FOREIGN
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()));
    row.map(|(why, _)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_kind() {
        for (word, name) in [
            ("SHA-1", "sha1"),
            ("Photo DNA", "photodna"),
            ("PDNA", "photodna"),
            ("HASH_PDQ", "pdq"),
            ("pdq-512", "pdq-512"),
            ("PDQ-512", "pdq-512"),
            (" SHA256 ", "sha256"),
        ] {
            assert_eq!(kind_of(word).unwrap().to_string(), name, "{word}");
        }
        for word in ["", "tmk", "pdq hash of", "id", "hash"] {
            assert_eq!(kind_of(word), None, "{word}");
        }
        assert_eq!(foreign("HASH_VIDEO_MD5"), Some(VIDEO));
        assert_eq!(foreign("SHA-512"), Some(DIGEST));
        assert_eq!(foreign("sha1"), None);
    }

    #[test]
    fn no_word_is_both() {
        let words = FOREIGN.iter().flat_map(|(_, words)| *words);
        for word in words {
            assert_eq!((kind_of(word), plain(word).as_str()), (None, *word));
        }
    }
}
