//! StopNCII: hashes that people made of intimate pictures of themselves, as the service hands them to platforms.
//!
//! A record has no name of its own but its hash, which must not be shown. So its id is made from a digest of it, and a record
//! replaces whatever stood under that id. Only active ones are taken in: a person who withdraws a case is obeyed, and a
//! state that is not known here counts as not active. What platforms answered (`CSPFeedbacks`) is not read.

use serde::de::{Error, MapAccess};
use sha2::{Digest, Sha256};

use super::json::{Handover, Object, One, Page, Paged, has_key, read};
use super::json_values::{kind_named, parsed, word};
use super::{Entry, ListFormat};
use crate::fingerprints::{Fingerprint, Kind, to_hex};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "stopncii",
    about: "StopNCII's answer to FetchHashes, JSON with hashRecords",
    looks_like: |head| has_key(head, "hashRecords"),
    read: |source, _, intake| read(source, intake, Page::<Record>::default),
    write: None,
};

/// Bytes of the digest that an id is made from.
const ID: usize = 12;

const OTHER_KIND: &str = "a hash of a kind that is not known here";
const NO_HASH: &str = "a record without a hash";
const NOT_ACTIVE: &str = "a record that is neither active nor withdrawn";

#[derive(Default)]
struct Record {
    modified: Option<String>,
    signal: Option<String>,
    value: Option<String>,
    status: Option<String>,
    cases: Cases,
}

impl Paged for Record {
    const KEY: &'static str = "hashRecords";
    const ANSWER: &'static str = "an answer of StopNCII, an object with `hashRecords`";
}

impl Object<Handover<'_>> for Record {
    const EXPECTED: &'static str = "a record, an object with `signalType` and `hashValue`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: &mut Handover<'_>,
    ) -> Result<bool, A::Error> {
        match key {
            "lastModtimestamp" => word(map, &mut self.modified),
            "signalType" => word(map, &mut self.signal),
            "hashValue" => word(map, &mut self.value),
            "hashStatus" => word(map, &mut self.status),
            "caseNumbers" => {
                let sink = &mut self.cases;
                map.next_value_seed(One { object: Case, sink })?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, sink: &mut Handover<'_>) -> Result<(), E> {
        let signal = self.signal.ok_or_else(|| missing("signalType"))?;
        let status = self.status.ok_or_else(|| missing("hashStatus"))?;
        let Some(kind) = kind_of(&signal) else {
            sink.leave_out(OTHER_KIND);
            return Ok(());
        };
        let active = status.eq_ignore_ascii_case("active");
        let Some(value) = self.value else {
            // What is to be forgotten would be kept.
            return if active {
                sink.leave_out(NO_HASH);
                Ok(())
            } else {
                Err(missing("hashValue"))
            };
        };
        let fingerprint = parsed(kind, &value)?;
        let id = id_of(&signal, &fingerprint);
        sink.withdraw(&id)?;
        if active {
            let mut entry = Entry::new(fingerprint, id);
            entry.date = self.modified;
            entry.source = self.cases.0.map(|case| format!("case {case}"));
            return sink.entry(entry);
        }
        if !["withdrawn", "deleted"].contains(&status.to_ascii_lowercase().as_str()) {
            sink.leave_out(NOT_ACTIVE);
        }
        Ok(())
    }
}

fn missing<E: Error>(key: &str) -> E {
    E::custom(format!("no `{key}` in this record"))
}

/// Digests of videos mean what those of images do; other hashes of videos are of other kinds.
fn kind_of(signal: &str) -> Option<Kind> {
    if let Some(name) = signal.strip_prefix("Video") {
        return kind_named(name).filter(|kind| kind.exact() && kind.computed());
    }
    kind_named(signal.strip_prefix("Image")?)
}

/// What a record is called here.
fn id_of(signal: &str, fingerprint: &Fingerprint) -> String {
    let digest = Sha256::new()
        .chain_update(signal.to_ascii_lowercase())
        .chain_update([0])
        .chain_update(fingerprint.value())
        .finalize();
    to_hex(digest.get(..ID).unwrap_or_default())
}

/// The first case that is active.
#[derive(Default)]
struct Cases(Option<String>);

/// The cases of a record, each with its state.
struct Case;

impl Object<Cases> for Case {
    const EXPECTED: &'static str = "an object of case numbers and their states";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut Cases,
    ) -> Result<bool, A::Error> {
        let mut state = None;
        word(map, &mut state)?;
        let active = state.is_some_and(|state| state.eq_ignore_ascii_case("active"));
        if active && sink.0.is_none() && !key.is_empty() {
            sink.0 = Some(key.to_owned());
        }
        Ok(true)
    }

    fn end<E: Error>(self, _: &mut Cases) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
