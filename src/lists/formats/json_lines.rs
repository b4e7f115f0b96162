//! Our own form: JSON Lines. The first line may say what the list is (`{"list": "partner", "action": "block", …}`); each
//! other line is an entry (`{"type": "pdq", "value": "…", "id": "…", "category": "…", "quality": 97}`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Entry, Imported, LineError, ListFormat, kind, lines};
use crate::fingerprints::Fingerprint;
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "jsonl",
    about: "provscan's own JSON Lines",
    looks_like: |line| line.starts_with('{'),
    read,
    write: Some(write),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    list: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    threshold: BTreeMap<String, u32>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

fn read(text: &str) -> Result<Imported, LineError> {
    let mut imported = Imported::default();
    let mut first = true;
    for (line, content) in lines(text) {
        let failed = |message: String| LineError { line, message };
        if std::mem::take(&mut first)
            && content.contains("\"list\"")
            && !content.contains("\"value\"")
        {
            let header: Header = serde_json::from_str(content)
                .map_err(|error| failed(format!("header: {error}")))?;
            imported.options = options(header).map_err(failed)?;
            continue;
        }
        // The parser's message may quote a part of the line, and with it a hash.
        let entry: Line = serde_json::from_str(content).map_err(|error| {
            failed(format!(
                "column {}: no entry of the form {{\"type\": …, \"value\": …}}",
                error.column()
            ))
        })?;
        imported.entries.push(entry_of(entry).map_err(failed)?);
    }
    Ok(imported)
}

fn options(header: Header) -> Result<ListOptions, String> {
    let action = header.action.map(|word| word.parse()).transpose();
    let mut options = ListOptions {
        name: Some(header.list),
        category: header.category,
        action: action.map_err(|error: crate::evidence::UnknownWord| error.to_string())?,
        ..ListOptions::default()
    };
    for (name, threshold) in header.threshold {
        options.set_threshold(kind(&name)?, threshold)?;
    }
    Ok(options)
}

fn entry_of(line: Line) -> Result<Entry, String> {
    let kind = kind(&line.kind)?;
    if line.quality.is_some_and(|quality| quality > 100) {
        return Err("the quality is above 100".into());
    }
    let fingerprint =
        Fingerprint::parse_value(kind, &line.value).map_err(|error| error.to_string())?;
    let mut entry = Entry::new(fingerprint.with_quality(line.quality), line.id);
    entry.category = line.category;
    Ok(entry)
}

fn write(options: &ListOptions, entries: &[Entry]) -> String {
    let header = options.name.clone().map(|list| Header {
        list,
        category: options.category.clone(),
        action: options.action.map(|action| action.to_string()),
        threshold: options
            .thresholds()
            .map(|(kind, threshold)| (kind.to_string(), threshold))
            .collect(),
    });
    let header = header.and_then(|header| serde_json::to_string(&header).ok());
    let entries = entries.iter().filter_map(|entry| {
        serde_json::to_string(&Line {
            kind: entry.fingerprint.kind().to_string(),
            value: entry.fingerprint.hex(),
            quality: entry.fingerprint.quality(),
            id: entry.id.clone(),
            category: entry.category.clone(),
        })
        .ok()
    });
    header
        .into_iter()
        .chain(entries)
        .map(|line| line + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = format!(
            "{{\"list\":\"partner\",\"category\":\"A\",\"action\":\"block\",\"threshold\":{{\"pdq\":20}}}}\n{{\"type\":\"pdq\",\"value\":\"{}\",\"quality\":88,\"id\":\"7\",\"category\":\"A1\"}}\n",
            "0f".repeat(32)
        );
        let imported = read(&text).unwrap();
        assert_eq!(imported.options.name.as_deref(), Some("partner"));
        assert_eq!(write(&imported.options, &imported.entries), text);
    }

    #[test]
    fn mistakes_are_named_without_the_hash() {
        let secret = "deadbeef".repeat(8);
        for line in [
            format!("{{\"type\":\"pdq\",\"value\":\"{secret}00\"}}"),
            format!("{{\"type\":\"pdq\",\"value\":{secret}}}"),
            format!("{{\"type\":\"pdq\",\"value\":\"{secret}\",\"quality\":101}}"),
        ] {
            let message = read(&line).unwrap_err().to_string();
            assert!(
                message.starts_with("line 1: ") && !message.contains("deadbeef"),
                "{message}"
            );
        }
        assert!(
            read("{\"list\":\"x\",\"action\":\"stop\"}")
                .unwrap_err()
                .to_string()
                .contains("is no action")
        );
        assert!(read("{\"list\":\"x\",\"threshold\":{\"pdq\":257}}").is_err());
    }
}
