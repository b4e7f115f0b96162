use super::super::testing::{entries, imported};
use super::*;

fn update(id: u32, kind: &str, indicator: &str, descriptors: &str) -> String {
    format!(
        r#"{{"id": "{id}", "indicator": "{indicator}", "type": "{kind}", "last_updated": 1700000000, "should_delete": false,
            "descriptors": {{"data": [{descriptors}], "paging": {{"cursors": {{"before": "x"}}}}}}}}"#
    )
}

fn descriptor(owner: u32, status: &str) -> String {
    format!(
        r#"{{"owner": {{"id": "{owner}", "email": "a@b"}}, "tags": {{"data": [{{"id": "5", "text": "seed"}}, {{"text": "media"}}]}},
            "status": "{status}", "added_on": "2026-01-02T03:04:05+0000", "reactions": [{{"key": "INGESTED", "value": "7,8"}}]}}"#
    )
}

fn page(updates: &[String]) -> String {
    format!(
        r#"{{"paging": {{"next": "u"}}, "data": [{}]}}"#,
        updates.join(",")
    )
}

#[test]
fn what_members_say_is_put_together() {
    let (pdq, md5) = ("0f".repeat(32), "ab".repeat(16));
    let both = format!(
        "{},{}",
        descriptor(1, "MALICIOUS"),
        descriptor(2, "NON_MALICIOUS")
    );
    let text = page(&[
        update(1, "HASH_PDQ", &pdq, &descriptor(1, "MALICIOUS")),
        update(2, "HASH_VIDEO_MD5", &md5, &both),
        update(
            3,
            "HASH_SHA256",
            &"cd".repeat(32),
            &descriptor(3, "UNKNOWN"),
        ),
        update(4, "HASH_MD5", &md5, &descriptor(3, "NON_MALICIOUS")),
        update(5, "HASH_TMK", "x", &descriptor(3, "MALICIOUS")),
        update(6, "HASH_MD5", "", &descriptor(3, "MALICIOUS")),
        update(7, "HASH_MD5", &md5, ""),
    ]);
    let read = imported(&FORMAT, &text).unwrap();
    let [first, second, third] = &read.entries[..] else {
        panic!("{read:?}")
    };
    assert_eq!((first.id.as_str(), first.action), ("1", None));
    assert_eq!(first.category.as_deref(), Some("seed media"));
    assert_eq!(first.source.as_deref(), Some("1"));
    assert_eq!(first.date.as_deref(), Some("2026-01-02T03:04:05+0000"));
    assert_eq!(second.source.as_deref(), Some("1, 2"));
    assert_eq!([second.action, third.action], [Some(Action::Review); 2]);
    for why in [HARMLESS, OTHER_KIND, NO_INDICATOR, BARE] {
        assert_eq!(read.left_out[why], 1, "{why}");
    }
}

#[test]
fn updates_replace_and_tombstones_take_back_in_every_shape() {
    let pdq = "0f".repeat(32);
    let old = update(1, "HASH_PDQ", &pdq, &descriptor(1, "MALICIOUS"));
    let new = update(1, "HASH_PDQ", &pdq, &descriptor(2, "MALICIOUS"));
    let gone = update(1, "HASH_PDQ", &pdq, &descriptor(1, "MALICIOUS"))
        .replace("\"should_delete\": false", "\"should_delete\": true");
    let lines = |updates: &[&String]| {
        let lines = updates.iter().map(|update| update.replace('\n', " "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let found = |text: &str| entries(&FORMAT, text).unwrap();
    for text in [
        lines(&[&old, &new]),
        format!("[{old},\n{new}]"),
        page(&[old.clone(), new.clone()]),
        page(std::slice::from_ref(&old)) + &page(std::slice::from_ref(&new)),
    ] {
        let found = found(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].source.as_deref(), Some("2"));
    }
    assert!(found(&lines(&[&old, &gone])).is_empty());
    assert!(found(&lines(&[&old, &update(1, "HASH_PDQ", &pdq, "")])).is_empty());
    assert_eq!(found(&lines(&[&gone, &new])).len(), 1);
}

#[test]
fn mistakes_are_named_without_the_hash() {
    let hash = "deadbeef".repeat(8);
    let good = update(1, "HASH_PDQ", &hash, &descriptor(1, "MALICIOUS"));
    for (text, message) in [
        (
            update(1, "HASH_MD5", &hash, &descriptor(1, "MALICIOUS")),
            "64 hex digits, a md5 hash has 32",
        ),
        (
            good.replace("\"type\"", "\"no\""),
            "no `type` in this update",
        ),
        (
            good.replace("\"id\"", "\"no\"")
                .replace(": false", ": true"),
            "no `id` in this update",
        ),
        (
            good.replace("false", &format!("\"{hash}\"")),
            "expected true or false",
        ),
        (
            good.replace("\"type\"", "\"indicator\""),
            "line 1, column 117: this key stands twice",
        ),
        (
            good.replace(&format!("\"{hash}\""), &format!("{{\"a\": \"{hash}\"}}")),
            "expected a text or a number",
        ),
        (
            format!("{{\"data\": \"{hash}\"}}"),
            "expected an array, each element an update",
        ),
        (
            format!("{{\"descriptors\": \"{hash}\"}}"),
            "expected an object with `data`, an array, each element a desc",
        ),
        (
            format!("[[\"{hash}\"]]"),
            "expected an update with `indicator`",
        ),
    ] {
        let error = imported(&FORMAT, &text).unwrap_err().to_string();
        assert!(
            error.contains(message) && !error.contains("deadbeef"),
            "{error}"
        );
    }
}
