//! Tech Against Terrorism's hash list.
//!
//! Each record is one hash with a number of its own; the id is its algorithm and that number, so that a later record replaces
//! an earlier one, and what is `deleted` is taken back, even if one number should stand for several hashes of a file.

use serde::de::{Error, MapAccess};

use super::json::{Handover, Object, Page, Paged, has_key, read};
use super::json_values::{flag, kind_named, parsed, word};
use super::{Entry, ListFormat};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "tat",
    about: "the Tech Against Terrorism hash list, JSON with results",
    looks_like: |head| {
        has_key(head, "hash_digest") || has_key(head, "results") && has_key(head, "checkpoint")
    },
    read: |source, _, intake| read(source, intake, Page::<Record>::default),
    write: None,
};

const OTHER_KIND: &str = "a hash of a kind that is not known here";
const NO_HASH: &str = "a record without a hash";

#[derive(Default)]
struct Record {
    id: Option<String>,
    digest: Option<String>,
    algorithm: Option<String>,
    ideology: Option<String>,
    deleted: Option<bool>,
    updated: Option<String>,
    created: Option<String>,
}

impl Paged for Record {
    const KEY: &'static str = "results";
    const ANSWER: &'static str = "an answer of the hash list, an object with `results`";
}

impl Object<Handover<'_>> for Record {
    const EXPECTED: &'static str = "a record, an object with `hash_digest` and `algorithm`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: &mut Handover<'_>,
    ) -> Result<bool, A::Error> {
        match key {
            "id" => word(map, &mut self.id),
            "hash_digest" => word(map, &mut self.digest),
            "algorithm" => word(map, &mut self.algorithm),
            "ideology" => word(map, &mut self.ideology),
            "deleted" => flag(map, &mut self.deleted),
            "updated_on" => word(map, &mut self.updated),
            "created_on" => word(map, &mut self.created),
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, sink: &mut Handover<'_>) -> Result<(), E> {
        let missing = |key: &str| E::custom(format!("no `{key}` in this record"));
        let algorithm = self.algorithm.ok_or_else(|| missing("algorithm"))?;
        let Some(kind) = kind_named(&algorithm) else {
            sink.leave_out(OTHER_KIND);
            return Ok(());
        };
        let number = self.id.ok_or_else(|| missing("id"))?;
        let id = format!("{kind}/{number}");
        sink.withdraw(&id)?;
        if self.deleted == Some(true) {
            return Ok(());
        }
        let Some(digest) = self.digest else {
            sink.leave_out(NO_HASH);
            return Ok(());
        };
        let mut entry = Entry::new(parsed(kind, &digest)?, id);
        entry.category = self.ideology;
        entry.date = self.updated.or(self.created);
        sink.entry(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::imported;
    use super::*;

    fn record(id: u32, algorithm: &str, digest: &str, deleted: bool) -> String {
        format!(
            r#"{{"hash_digest": "{digest}", "algorithm": "{algorithm}", "ideology": "far-right", "file_type": "image/png",
                "deleted": {deleted}, "updated_on": "2026-03-04T05:06:07Z", "created_on": 1.5, "id": {id}}}"#
        )
    }

    fn page(records: &[String]) -> String {
        format!(
            r#"{{"results": [{}], "count": 2, "next": null, "checkpoint": "c"}}"#,
            records.join(",")
        )
    }

    #[test]
    fn hashes_are_taken_in_replaced_and_taken_back() {
        let (md5, pdq) = ("ab".repeat(16), "0f".repeat(32));
        let first = page(&[
            record(1, "MD5", &md5, false),
            record(1, "PDQ", &pdq, false),
            record(2, "SHA256", &"cd".repeat(32), false),
            record(3, "SHA512", &"cd".repeat(64), false),
            record(4, "TMK", "x", false),
            record(5, "PDQ", "", false),
        ]);
        let read = imported(&FORMAT, &first).unwrap();
        let ids: Vec<_> = read.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["md5/1", "pdq/1", "sha256/2"]);
        assert_eq!(read.entries[0].category.as_deref(), Some("far-right"));
        assert_eq!(
            read.entries[0].date.as_deref(),
            Some("2026-03-04T05:06:07Z")
        );
        assert_eq!((read.left_out[OTHER_KIND], read.left_out[NO_HASH]), (2, 1));
        let second = page(&[
            record(1, "MD5", "", true),
            record(2, "SHA256", &"ce".repeat(32), false),
        ]);
        let read = imported(&FORMAT, &(first + &second)).unwrap();
        let left: Vec<_> = read
            .entries
            .iter()
            .map(|entry| entry.fingerprint.hex())
            .collect();
        assert_eq!(left, [pdq, "ce".repeat(32)]);
    }

    #[test]
    fn mistakes_are_named_without_the_hash() {
        let hash = "deadbeef".repeat(4);
        let good = record(1, "MD5", &hash, false);
        for (text, message) in [
            (
                page(&[record(1, "SHA256", &hash, false)]),
                "line 2, column 99: 32 hex digits, a sha256 hash has 64",
            ),
            (
                page(&[good.replace("\"id\"", "\"no\"")]),
                "no `id` in this record",
            ),
            (
                page(&[good.replace("\"algorithm\"", "\"no\"")]),
                "no `algorithm` in this record",
            ),
            (
                page(&[good.replace("false", &format!("\"{hash}\""))]),
                "expected true or false",
            ),
            (
                page(&[good.replace("\"file_type\"", "\"hash_digest\"")]),
                "this key stands twice in one object",
            ),
            (
                page(std::slice::from_ref(&good)).replace("results", "other"),
                "no `results` in this object",
            ),
            (
                page(&[good])[..120].to_owned(),
                "the list ends in the middle",
            ),
        ] {
            let error = imported(&FORMAT, &text).unwrap_err().to_string();
            assert!(
                error.contains(message) && !error.contains("deadbeef"),
                "{error}"
            );
        }
    }
}
