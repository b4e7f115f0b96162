//! The table that INTERPOL's ICSE database writes: semicolons, `MD5;SHA1;PhotoDNA;Image ID;…;Baseline`.
//!
//! The name of the series is not kept: it may tell who a victim is, and an entry is named by its id alone.

use super::fixed::{Record, Table};
use super::words::{VIDEO, plain};
use super::{Head, ListFormat};
use crate::fingerprints::{MD5, PHOTODNA, SHA1};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "icse",
    about: "INTERPOL ICSE: MD5;SHA1;PhotoDNA;Image ID;…;Baseline",
    looks_like: |head: Head<'_>| {
        let line = plain(head.line());
        head.line().contains(';') && line.contains("imageid") && line.contains("baseline")
    },
    read: |source, _, intake| TABLE.read(source, intake),
    write: None,
};

const TABLE: Table = Table {
    delimiter: b';',
    hashes: &[
        ("md5", MD5, None),
        ("sha1", SHA1, None),
        ("photodna", PHOTODNA, None),
    ],
    id: "imageid",
    source: "",
    judge,
};

/// The category of images of the worst kind, on which all countries agree.
const BASELINE: &str = "baseline";

fn judge(record: &Record<'_>) -> Result<Option<String>, &'static str> {
    if plain(record.get("mediatype")).starts_with("video") {
        return Err(VIDEO);
    }
    let baseline = matches!(
        plain(record.get("baseline")).as_str(),
        "true" | "yes" | "1" | "y"
    );
    Ok(baseline.then(|| BASELINE.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::super::testing::{entries, imported};
    use super::super::words::NO_HASH;
    use super::*;

    const HEADER: &str = "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline\n";

    fn table(rows: &[String]) -> String {
        HEADER.to_owned() + &rows.join("\n")
    }

    #[test]
    fn every_hash_of_an_image_is_read() {
        let text = table(&[
            format!(
                "{};{};{};101;True;False;False;s;3;True;Image;True",
                "AB".repeat(16),
                "CD".repeat(20),
                "0A".repeat(144)
            ),
            format!(
                "{};;;102;False;False;False;;1;True;Image;False",
                "EF".repeat(16)
            ),
            format!(
                "{};;;103;False;False;False;;1;True;Video;False",
                "EF".repeat(16)
            ),
            ";;;104;False;False;False;;1;True;Image;False".to_owned(),
        ]);
        let form = super::super::detect(Source::from_bytes(text.as_bytes()).head()).unwrap();
        assert_eq!(form.name, "icse");
        let imported = imported(&FORMAT, &text).unwrap();
        let told: Vec<_> = imported
            .entries
            .iter()
            .map(|e| (e.id.as_str(), e.fingerprint.kind(), e.category.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("101", MD5, Some("baseline")),
                ("101", SHA1, Some("baseline")),
                ("101", PHOTODNA, Some("baseline")),
                ("102", MD5, None)
            ]
        );
        assert_eq!(
            (imported.left_out[VIDEO], imported.left_out[NO_HASH]),
            (1, 1)
        );
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let text = table(&[format!("{}00;;;1;;;;;;;Image;", "deadbeef".repeat(4))]);
        assert_eq!(
            entries(&FORMAT, &text).unwrap_err().to_string(),
            "line 2: 34 hex digits, a md5 hash has 32"
        );
        let text = table(&["deadbeef;1".to_owned()]);
        assert_eq!(
            entries(&FORMAT, &text).unwrap_err().to_string(),
            "line 2: 2 fields, the header has 12"
        );
        assert!(entries(&FORMAT, "Image ID;Baseline\n").is_err());
    }
}
