//! A list as a page of ThreatExchange updates: digests and PDQ.

use std::io::{self, Write};

use serde::Serialize;

use super::{Entries, Entry};
use crate::evidence::Action;
use crate::fingerprints::{Kind, MD5, SHA1, SHA256, pdq::PDQ};
use crate::lists::{ListKind, ListOptions};

/// Types of indicators that can be written.
const TYPES: [(Kind, &str); 4] = [
    (PDQ, "HASH_PDQ"),
    (MD5, "HASH_MD5"),
    (SHA1, "HASH_SHA1"),
    (SHA256, "HASH_SHA256"),
];

#[derive(Serialize)]
struct Update {
    #[serde(rename = "type")]
    kind: &'static str,
    indicator: String,
    descriptors: Data<Descriptor>,
}

#[derive(Serialize)]
struct Data<T> {
    data: [T; 1],
}

/// The exchange itself gives updates their ids, and several hashes of one picture would share one. So it stands here.
#[derive(Serialize)]
struct Descriptor {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Data<Tag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_on: Option<String>,
}

#[derive(Serialize)]
struct Owner {
    name: String,
}

#[derive(Serialize)]
struct Tag {
    text: String,
}

/// Writes one update a line, inside a page.
pub(super) fn write(
    options: &ListOptions,
    entries: Entries<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut between: &[u8] = b"\n";
    out.write_all(b"{\"data\":[")?;
    for entry in entries {
        if let Some(update) = update(options, entry?) {
            out.write_all(std::mem::replace(&mut between, b",\n"))?;
            serde_json::to_writer(&mut *out, &update)?;
        }
    }
    out.write_all(b"\n]}\n")
}

fn update(options: &ListOptions, entry: Entry) -> Option<Update> {
    let kind = entry.fingerprint.kind();
    let (_, name) = TYPES.iter().find(|(known, _)| *known == kind)?;
    let status = match options.kind.unwrap_or_default() {
        ListKind::KnownBad if entry.action == Some(Action::Review) => "UNKNOWN",
        ListKind::KnownBad => "MALICIOUS",
        ListKind::Allow => "NON_MALICIOUS",
        ListKind::AiGenerated | ListKind::Captured => "UNKNOWN",
    };
    let descriptor = Descriptor {
        id: entry.id,
        status,
        owner: entry.source.map(|name| Owner { name }),
        tags: entry.category.map(|text| Data {
            data: [Tag { text }],
        }),
        added_on: entry.date,
    };
    Some(Update {
        kind: name,
        indicator: entry.fingerprint.hex(),
        descriptors: Data { data: [descriptor] },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entries, written};
    use super::super::threatexchange::FORMAT;
    use super::*;
    use crate::fingerprints::{Fingerprint, PHOTODNA};

    #[test]
    fn what_is_written_reads_back() {
        let entry =
            |kind, hex: &str| Entry::new(Fingerprint::parse_value(kind, hex).unwrap(), "a \"b\"");
        let mut all = vec![
            entry(PDQ, &"0f".repeat(32)),
            entry(MD5, &"ab".repeat(16)),
            entry(PHOTODNA, &"ab".repeat(144)),
        ];
        all[0].category = Some("seed media".into());
        all[0].source = Some("member".into());
        all[0].date = Some("2026-01-02".into());
        all[1].action = Some(Action::Review);
        let text = written(&FORMAT, &all);
        all.pop();
        assert_eq!(entries(&FORMAT, &text).unwrap(), all);
        assert!(entries(&FORMAT, &written(&FORMAT, &[])).unwrap().is_empty());
    }

    #[test]
    fn nothing_of_an_allow_list_is_called_malicious() {
        let entry = Entry::new(Fingerprint::new(MD5, [7; 16]).unwrap(), "1");
        let options = ListOptions {
            kind: Some(ListKind::Allow),
            ..ListOptions::default()
        };
        let mut out = Vec::new();
        write(&options, &mut [Ok(entry)].into_iter(), &mut out).unwrap();
        assert!(
            String::from_utf8(out)
                .unwrap()
                .contains("\"NON_MALICIOUS\"")
        );
    }
}
