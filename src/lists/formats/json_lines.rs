//! Our own form: JSON Lines. The first line may say what the list is (`{"list": "partner", "action": "block", …}`); each
//! other line is an entry (`{"type": "pdq", "value": "…", "id": "…", "category": "…", "quality": 97}`).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::json::explained;
use super::{
    Entries, Entry, Intake, ListFormat, MAX_QUOTED, Place, ReadError, ReadOptions, Source, kind,
};
use crate::evidence::{Action, UnknownWord};
use crate::fingerprints::Fingerprint;
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "jsonl",
    about: "provscan's own JSON Lines",
    looks_like: |head| {
        let line = head.line();
        let own = |key: &str| line.contains(key);
        line.starts_with('{')
            && line.ends_with('}')
            && (own("\"list\"") || own("\"type\"") && own("\"value\"") || own("\"withdrawn\""))
    },
    read,
    write: Some(write),
};

/// What the list says of itself.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    list: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    categories: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    threshold: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    near: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_quality: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dihedral: Option<bool>,
}

/// One entry, or the end of one.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, alias = "added", skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_quality: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// What others may write for themselves; it is passed over.
    #[serde(default, skip_serializing, rename = "note")]
    _note: serde::de::IgnoredAny,
    #[serde(default, skip_serializing, rename = "set")]
    _set: serde::de::IgnoredAny,
    #[serde(default, skip_serializing, rename = "expires")]
    _expires: serde::de::IgnoredAny,
    /// All entries of this id above it are taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    withdrawn: bool,
}

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let mut first = true;
    source.lines(|line, content| {
        let failed = |message: String| ReadError::bad(Place::Line(line), message);
        if std::mem::take(&mut first)
            && content.contains("\"list\"")
            && !content.contains("\"value\"")
        {
            let header: Header = serde_json::from_str(content)
                .map_err(|error| failed(format!("header: {}", explained(&error))))?;
            intake.options(options(header).map_err(failed)?);
            return Ok(());
        }
        // The parser's message may quote a part of the line, and with it a hash.
        let one: Line = serde_json::from_str(content).map_err(|error| {
            failed(format!(
                "column {}: no entry of the form {{\"type\": …, \"value\": …}}",
                error.column()
            ))
        })?;
        if one.withdrawn {
            return match one.id.as_str() {
                "" => Err(failed("what is withdrawn has no `id`".into())),
                id => Ok(intake.withdraw(id)?),
            };
        }
        Ok(intake.entry(entry_of(one).map_err(failed)?)?)
    })
}

fn options(header: Header) -> Result<ListOptions, String> {
    let mut options = ListOptions {
        name: Some(header.list),
        kind: word(header.kind)?,
        category: header.category,
        categories: header.categories,
        action: word(header.action)?,
        min_quality: quality(header.min_quality)?,
        dihedral: header.dihedral,
        ..ListOptions::default()
    };
    for (name, threshold) in header.threshold {
        options.set_threshold(kind(&name)?, threshold)?;
    }
    for (name, distance) in header.near {
        options.set_near(kind(&name)?, distance)?;
    }
    Ok(options)
}

fn word<T: FromStr<Err = UnknownWord>>(word: Option<String>) -> Result<Option<T>, String> {
    let Some(word) = word else {
        return Ok(None);
    };
    word.parse().map(Some).map_err(|error: UnknownWord| {
        if word.len() <= MAX_QUOTED {
            error.to_string()
        } else {
            "a word that is no action and no kind of list; are the keys right?".to_owned()
        }
    })
}

fn quality(quality: Option<u8>) -> Result<Option<u8>, String> {
    match quality {
        Some(101..) => Err("the quality is above 100".into()),
        fine => Ok(fine),
    }
}

fn entry_of(line: Line) -> Result<Entry, String> {
    let kind = kind(&line.kind)?;
    let fingerprint =
        Fingerprint::parse_value(kind, &line.value).map_err(|error| error.to_string())?;
    if line
        .threshold
        .is_some_and(|bits| bits > kind.bits() || kind.exact())
    {
        return Err(format!(
            "no threshold of this size can be had by {kind} hashes"
        ));
    }
    Ok(Entry {
        fingerprint: fingerprint.with_quality(quality(line.quality)?),
        id: line.id,
        category: line.category,
        source: line.source,
        date: line.date,
        threshold: line.threshold,
        min_quality: quality(line.min_quality)?,
        action: word::<Action>(line.action)?,
    })
}

fn write(options: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(header) = header(options) {
        line(out, &header)?;
    }
    for entry in entries {
        line(out, &line_of(entry?))?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The header of a list that has a name.
fn header(options: &ListOptions) -> Option<Header> {
    let words = |distances: &BTreeMap<crate::fingerprints::Kind, u32>| {
        let distances = distances.iter();
        distances
            .map(|(kind, bits)| (kind.to_string(), *bits))
            .collect()
    };
    Some(Header {
        list: options.name.clone()?,
        kind: options.kind.map(|kind| kind.to_string()),
        category: options.category.clone(),
        categories: options.categories.clone(),
        action: options.action.map(|action| action.to_string()),
        threshold: words(&options.thresholds),
        near: words(&options.near),
        min_quality: options.min_quality,
        dihedral: options.dihedral,
    })
}

fn line_of(entry: Entry) -> Line {
    Line {
        kind: entry.fingerprint.kind().to_string(),
        value: entry.fingerprint.hex(),
        quality: entry.fingerprint.quality(),
        id: entry.id,
        category: entry.category,
        source: entry.source,
        date: entry.date,
        threshold: entry.threshold,
        min_quality: entry.min_quality,
        action: entry.action.map(|action| action.to_string()),
        withdrawn: false,
        _note: serde::de::IgnoredAny,
        _set: serde::de::IgnoredAny,
        _expires: serde::de::IgnoredAny,
    }
}

#[cfg(test)]
mod tests;
