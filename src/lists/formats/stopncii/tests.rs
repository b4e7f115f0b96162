use super::super::testing::imported;
use super::*;

fn record(signal: &str, value: &str, status: &str) -> String {
    format!(
        r#"{{"lastModtimestamp": 1718000000, "signalType": "{signal}", "hashValue": "{value}", "hashStatus": "{status}",
            "caseNumbers": {{"8": "Withdrawn", "9": "Active"}}, "CSPFeedbacks": [{{"source": "a", "feedbackValue": "Blocked", "tags": ["x"]}}]}}"#
    )
}

fn page(records: &[String]) -> String {
    let records = records.join(",");
    format!(
        r#"{{"count": 1, "nextPageToken": null, "hashRecords": [{records}], "hasMoreRecords": false}}"#
    )
}

#[test]
fn active_records_are_taken_in_and_later_ones_replace_them() {
    let (a, b) = ("0f".repeat(32), "1F".repeat(32));
    let video = "ab".repeat(16);
    let first = page(&[
        record("ImagePDQ", &a, "Active"),
        record("ImagePDQ", &b, "Active"),
        record("VideoMD5", &video, "Active"),
        record("VideoTMK", "AAAA", "Active"),
        record("ImagePDQ", &"2f".repeat(32), "Received"),
        record("ImagePDQ", "", "Active"),
    ]);
    let read = imported(&FORMAT, &first).unwrap();
    assert_eq!(read.entries.len(), 3);
    let entry = &read.entries[0];
    assert_eq!(entry.date.as_deref(), Some("1718000000"));
    assert_eq!(entry.source.as_deref(), Some("case 9"));
    assert!(entry.id.len() == 24 && !a.contains(&entry.id[..6]));
    for why in [OTHER_KIND, NOT_ACTIVE, NO_HASH] {
        assert_eq!(read.left_out[why], 1, "{why}");
    }
    let second = page(&[
        record("ImagePDQ", &a.to_uppercase(), "Withdrawn"),
        record("ImagePDQ", &b, "Active"),
        record("VideoMD5", &video, "Deleted"),
    ]);
    let read = imported(&FORMAT, &(first + "\n" + &second)).unwrap();
    let left: Vec<_> = read
        .entries
        .iter()
        .map(|entry| entry.fingerprint.hex())
        .collect();
    assert_eq!(left, [b.to_lowercase()]);
}

#[test]
fn mistakes_are_named_without_the_hash() {
    let hash = "deadbeef".repeat(8);
    let record_without = |key: &str| record("ImagePDQ", &hash, "Active").replace(key, "other");
    for (text, place, message) in [
        (
            page(&[record("ImagePDQ", &hash[1..], "Active")]),
            "line 2",
            "63 hex digits, a pdq hash has 64",
        ),
        (
            page(&[record_without("signalType")]),
            "line 2",
            "no `signalType` in this record",
        ),
        (
            page(&[record_without("hashStatus")]),
            "line 2",
            "no `hashStatus` in this record",
        ),
        (
            page(&[record("ImagePDQ", "", "Withdrawn")]),
            "line 2",
            "no `hashValue` in this record",
        ),
        (
            format!(r#"{{"hashRecords": "{hash}"}}"#),
            "line 1",
            "expected an array, each element a record",
        ),
        (
            format!(r#"{{"hashRecords": ["{hash}"]}}"#),
            "line 1",
            "expected a record, an object with",
        ),
        (
            format!(r#"{{"hashRecords": [{{"hashValue": ["{hash}"]}}]}}"#),
            "line 1",
            "expected a text or a number",
        ),
        (
            format!(r#"{{"a": "{hash}"}}"#),
            "line 1, column 73",
            "no `hashRecords` in this object",
        ),
        (
            format!(r#""{hash}""#),
            "line 1",
            "expected an answer of StopNCII",
        ),
        (
            page(&[record("ImagePDQ", &hash, "Active")])[..150].to_owned(),
            "line 1",
            "the list ends in the middle",
        ),
        (
            format!("{{\"hashRecords\": [\n {hash}"),
            "line 2, column 2",
            "this is no JSON: expected value",
        ),
        (
            String::new(),
            "the whole list",
            "it is empty; expected an answer",
        ),
    ] {
        let error = imported(&FORMAT, &text).unwrap_err().to_string();
        assert!(
            error.starts_with(place) && error.contains(message),
            "{error}"
        );
        assert!(!error.contains("deadbeef"), "{error}");
    }
}
