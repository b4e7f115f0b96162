//! Hash sets of iLook, in the three headers that it had: `V1Hash,HashType,…`, `V3Hash,HashSHA1,…` and `V4Hash,…`.

use super::fixed::Table;
use super::{Head, ListFormat};
use crate::fingerprints::{MD5, SHA1, SHA256};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "ilook",
    about: "an iLook hash set: V1Hash,HashType,… or V3Hash,HashSHA1,…",
    looks_like: |head: Head<'_>| {
        let line = head.line();
        let first = line.split(',').next().unwrap_or_default().trim_matches('"');
        ["V1Hash", "V3Hash", "V4Hash"].contains(&first)
    },
    read: |source, _, intake| TABLE.read(source, intake),
    write: None,
};

/// The MD5 stands at the beginning of the first column; version 1 has more behind it.
const MD5_DIGITS: Option<usize> = Some(32);

const TABLE: Table = Table {
    delimiter: b',',
    hashes: &[
        ("v1hash", MD5, MD5_DIGITS),
        ("v3hash", MD5, MD5_DIGITS),
        ("v4hash", MD5, MD5_DIGITS),
        ("hashsha1", SHA1, None),
        ("hashsha256", SHA256, None),
    ],
    id: "filename",
    source: "setdescription",
    judge: |record| Ok(record.text("hashtype")),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, entries};
    use super::*;

    #[test]
    fn both_versions_are_read() {
        let first = format!(
            "V1Hash,HashType,SetDescription,FileName,FilePath,FileSize\n{}0011,Known,\"a set, of ours\",a.jpg,C:\\x,7\n",
            "ab".repeat(16)
        );
        assert_eq!(detected(&first), "ilook");
        let found = &entries(&FORMAT, &first).unwrap()[0];
        assert_eq!(
            (
                found.id.as_str(),
                found.category.as_deref(),
                found.source.as_deref()
            ),
            ("a.jpg", Some("Known"), Some("a set, of ours"))
        );
        let third = format!(
            "V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512\n{},{},b.jpg,,7,{},,\n",
            "ab".repeat(16),
            "cd".repeat(20),
            "ef".repeat(32)
        );
        assert_eq!(detected(&third), "ilook");
        let kinds: Vec<_> = entries(&FORMAT, &third)
            .unwrap()
            .iter()
            .map(|e| e.fingerprint.kind())
            .collect();
        assert_eq!(kinds, [MD5, SHA1, SHA256]);
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let text = "V3Hash,HashSHA1,FileName\ndeadbeef,,a\n";
        assert_eq!(
            entries(&FORMAT, text).unwrap_err().to_string(),
            "line 2: 8 hex digits, a md5 hash has 32"
        );
    }
}
