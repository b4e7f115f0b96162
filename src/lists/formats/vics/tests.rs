use super::super::testing::{entries, imported};
use super::*;

const MODEL: &str =
    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata";

fn set(media: &str) -> String {
    format!("{{\"@odata.context\": \"{MODEL}#Media\", \"value\": [{media}]}}")
}

/// Kind, id and category of every entry.
fn told(text: &str) -> Vec<(String, String, Option<String>)> {
    let entries = entries(&FORMAT, text).unwrap();
    let told = entries.into_iter().map(|entry| {
        let kind = entry.fingerprint.kind().to_string();
        (kind, entry.id, entry.category)
    });
    told.collect()
}

#[test]
fn media_of_every_version_are_read_in_any_order_of_keys() {
    let (md5, sha1) = ("AB".repeat(16), "CD".repeat(20));
    let base64 = "q".repeat(192);
    let hex = "5c".repeat(144);
    let media = format!(
        r#"{{"Category": 1, "SHA1": "{sha1}", "MediaSize": "2835", "VictimIdentified": "false", "IsDistributed": true,
            "Tags": null, "Series": "s \u0041 \" ] }}", "PhotoDNA": "{base64}", "DateUpdated": "2023-06-07T02:31:49.8300Z",
            "MediaFiles": [{{"FileName": "a.jpg", "MD5": "{md5}", "Unallocated": false}}, {{"MD5": "{md5}"}}, {{"MD5": null}}],
            "PrecategorizationSource": "NIST", "MD5": "{md5}", "Exifs": [[[{{"a": [1, 2.5e3, -4]}}]]], "MediaID": 17,
            "AlternativeHashes": [{{"MD5": "{md5}", "HashName": "PhotoDNA", "HashValue": "{hex}"}},
                {{"HashName": "F1", "HashValue": "x"}}, {{"HashName": "PDQ", "HashValue": ""}}]}}"#
    );
    let models = [
        "\"odata.metadata\": \"http://github.com/ICMEC/ProjectVic/DataModels/1.2.xml#Media\",",
        "\"odata.metadata\":\"http:\\/\\/github.com\\/ICMEC\\/ProjectVic\\/DataModels\\/1.3.xml#Media\",",
        "\"@odata.context\": \"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media\",",
        "",
    ];
    for model in models {
        let text = format!("\u{feff} \r\n{{ {model}\n \"value\" : [ {media} , {{}} ] }}\n");
        let found = crate::lists::formats::read(text.as_bytes(), None).unwrap();
        let kinds: Vec<_> = found
            .entries
            .iter()
            .map(|entry| entry.fingerprint.kind())
            .collect();
        assert_eq!(kinds, [SHA1, PHOTODNA, MD5, PHOTODNA]);
        for entry in &found.entries {
            assert_eq!(
                (
                    entry.id.as_str(),
                    entry.category.as_deref(),
                    entry.source.as_deref(),
                    entry.date.as_deref()
                ),
                (
                    "17",
                    Some("1"),
                    Some("NIST"),
                    Some("2023-06-07T02:31:49.8300Z")
                )
            );
        }
        assert_eq!(
            (found.left_out[OTHER_KIND], found.left_out[NO_HASH]),
            (1, 1)
        );
    }
}

#[test]
fn ids_of_cases_tell_them_apart() {
    let media = |id: u32, byte: &str| {
        format!(
            "{{\"MediaID\": {id}, \"Category\": null, \"MD5\": \"{}\"}}",
            byte.repeat(16)
        )
    };
    let (a, b, c) = (media(1, "aa"), media(1, "bb"), media(1, "cc"));
    let text = format!(
        r#"{{"@odata.context": "{MODEL}#Cases", "value": [
            {{"CaseID": "K9", "CaseNumber": "n", "ContactName": null, "Media": [{a}], "SourceApplicationName": "x"}},
            {{"Media": [{b}], "CaseID": "K10"}}, {c}]}}"#
    );
    let ids: Vec<_> = told(&text)
        .into_iter()
        .map(|(_, id, category)| (id, category))
        .collect();
    assert_eq!(
        ids,
        [
            ("K9/1".into(), None),
            ("#2/1".into(), None),
            ("1".into(), None)
        ]
    );
}

#[test]
fn the_bare_media_will_do() {
    let media = format!(
        "{{\"MediaID\": \"7\", \"Category\": \"2\", \"SHA256\": \"{}\"}}",
        "ab".repeat(32)
    );
    let one = ("sha256".to_owned(), "7".to_owned(), Some("2".to_owned()));
    assert_eq!(told(&format!("[{media}]")), std::slice::from_ref(&one));
    assert_eq!(told(&format!("{media}\n{media}")), [one.clone(), one]);
    assert!(told(&set("")).is_empty());
}

#[test]
fn mistakes_are_named_without_the_hash() {
    let hash = "deadbeef".repeat(4);
    let long = "deadbeef".repeat(37);
    for (text, message) in [
        (
            set(&format!("\n{{\"MD5\": \"{hash}0\"}}")),
            "line 2, column 43: 33 hex digits, a md5 hash has 32",
        ),
        (
            set(&format!("{{\"MD5\": [\"{hash}\"]}}")),
            "expected a md5 hash as text",
        ),
        (set("{\"MD5\": 12}"), "expected a md5 hash as text"),
        (
            set(&format!("{{\"PhotoDNA\": \"{long}\"}}")),
            "296 hex digits, a photodna hash has 288",
        ),
        (
            set(&format!(
                "{{\"AlternativeHashes\": [{{\"HashName\": \"MD5\", \"HashValue\": \"{hash}zz\"}}]}}"
            )),
            "34 characters, a md5 hash",
        ),
        (
            set(&format!("{{\"MD5\": \"{hash}\", \"MD5\": 1.5}}")),
            "expected a md5 hash as text",
        ),
        (
            set(&format!("{{\"MediaID\": {{\"a\": \"{hash}\"}}}}")),
            "expected a text or a number",
        ),
        (
            set(&format!(
                "{{\"MediaID\": 1, \"MediaID\": 2, \"MD5\": \"{hash}\"}}"
            )),
            "this key stands twice",
        ),
        (
            set(&format!("\"{hash}\"")),
            "expected media or cases of VICS",
        ),
        (
            format!("{{\"value\": {{\"MD5\": \"{hash}\"}}}}"),
            "expected an array, each element media",
        ),
        (
            format!("{{\"a\": \"{hash}\"}}"),
            "neither `value` nor media in this object",
        ),
        (
            set(&format!("{{\"MD5\": \"{hash}\"}}"))[..130].to_owned(),
            "the list ends in the middle",
        ),
        (
            set(&format!("{{\"MD5\": \"{hash}\" \"{hash}\"}}")),
            "this is no JSON: expected `,` or `}`",
        ),
        (
            set(&format!("{{\"Tags\": \"{}\"}}", "\u{1}".repeat(3))),
            "this is no JSON: control character",
        ),
        (format!("{}\n", set("")) + "\u{feff}{", "line 2"),
    ] {
        let error = imported(&FORMAT, &text).unwrap_err().to_string();
        assert!(
            error.contains(message) && !error.contains("deadbeef"),
            "{error}"
        );
    }
}

#[test]
fn nesting_and_length_are_limited_in_what_is_skipped_too() {
    let deep = |levels: usize| {
        let text = set(&format!(
            "{{\"Tags\": \n{}1{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        ));
        imported(&FORMAT, &text).map(drop)
    };
    assert!(deep(90).is_ok());
    assert_eq!(
        deep(1_000_000).unwrap_err().to_string(),
        "line 2, column 98: nested deeper than 100 levels; no list is"
    );
    let long = |length: usize| {
        let text = set(&format!("{{\"Tags\": \"{}\\\"\"}}", "a".repeat(length)));
        imported(&FORMAT, &text).map(drop)
    };
    assert!(long(16 << 20 >> 1).is_ok());
    assert!(
        long(17 << 20)
            .unwrap_err()
            .to_string()
            .contains("a string longer than 16 MiB")
    );
    let id = set(&format!("{{\"MediaID\": \"{}\"}}", "a".repeat(2000)));
    assert!(
        imported(&FORMAT, &id)
            .unwrap_err()
            .to_string()
            .contains("longer than 1024 bytes")
    );
    let files: Vec<_> = (0..=MAX_HASHES)
        .map(|n| format!("{{\"MD5\": \"{n:032x}\"}}"))
        .collect();
    let many = set(&format!("{{\"MediaFiles\": [{}]}}", files.join(",")));
    assert!(
        imported(&FORMAT, &many)
            .unwrap_err()
            .to_string()
            .contains("more than 1024 different hashes")
    );
}

#[test]
fn an_earlier_mistake_goes_before_a_limit_that_comes_later() {
    let text = set(&format!("{{\"MD5\": \"x\", \"Tags\": {}", "[".repeat(1000)));
    assert!(
        imported(&FORMAT, &text)
            .unwrap_err()
            .to_string()
            .contains("1 characters, a md5 hash")
    );
}
