//! ThreatExchange: what the Graph API answers to `threat_updates`, as pages, arrays or one update a line.
//!
//! An update says all that members now say of an indicator, so it replaces what stood under its id; if it `should_delete` or
//! has no descriptors left, nothing does. What is left of the descriptors:
//!
//! * all of them `NON_MALICIOUS`: nothing is taken in, since this form has no known-good entries;
//! * some of them `NON_MALICIOUS`, or none of them `MALICIOUS`: members do not agree, so a match is for a person to review;
//! * tags are the category, with blanks between them; the owners are the source, the first `added_on` is the date.
//!
//! Reactions are not read.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Handover, Many, Object, One, has_key, read};
use super::json_values::{Key, flag, kind_named, parsed, word};
use super::threatexchange_write::write;
use super::{Entry, ListFormat};
use crate::evidence::Action;
use crate::fingerprints::Kind;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "threatexchange",
    about: "ThreatExchange updates, JSON with indicators and their descriptors",
    looks_like: |head| {
        has_key(head, "indicator")
            && (has_key(head, "descriptors") || has_key(head, "should_delete"))
    },
    read: |source, _, intake| read(source, intake, Update::default),
    write: Some(write),
};

/// Most different tags or owners of an indicator that are kept.
const MAX_NAMES: usize = 32;

const OTHER_KIND: &str = "an indicator of a kind that is not known here";
const NO_INDICATOR: &str = "an update without an indicator";
const HARMLESS: &str = "an indicator that all its owners call not malicious";
const BARE: &str = "an indicator without descriptors, which counts as deleted";

/// An update, or a page of them.
#[derive(Default)]
struct Update {
    page: bool,
    id: Option<String>,
    indicator: Option<String>,
    kind: Option<String>,
    delete: Option<bool>,
    updated: Option<String>,
    said: Said,
}

impl Object<Handover<'_>> for Update {
    const EXPECTED: &'static str = "an update with `indicator` and `type`, or a page with `data`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut Handover<'_>,
    ) -> Result<bool, A::Error> {
        match key {
            "data" => {
                self.page = true;
                let make = Self::default;
                map.next_value_seed(Many { make, sink })?;
                Ok(true)
            }
            "id" => word(map, &mut self.id),
            "indicator" => word(map, &mut self.indicator),
            "type" => word(map, &mut self.kind),
            "should_delete" => flag(map, &mut self.delete),
            "last_updated" => word(map, &mut self.updated),
            "descriptors" => edge::<Descriptor, _, _>(map, &mut self.said),
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, sink: &mut Handover<'_>) -> Result<(), E> {
        if self.page {
            return Ok(());
        }
        if let Some(id) = &self.id {
            sink.withdraw(id)?;
        }
        if self.delete == Some(true) || self.said.descriptors == 0 {
            if self.delete != Some(true) {
                sink.leave_out(BARE);
            }
            let nameless = E::custom("no `id` in this update, so nothing can be taken back");
            return self.id.map(drop).ok_or(nameless);
        }
        let name = self.kind.as_deref();
        let name = name.ok_or_else(|| E::custom("no `type` in this update"))?;
        let (Some(kind), Some(value)) = (kind_of(name), &self.indicator) else {
            sink.leave_out(if self.indicator.is_none() {
                NO_INDICATOR
            } else {
                OTHER_KIND
            });
            return Ok(());
        };
        let fingerprint = parsed(kind, value)?;
        if self.said.harmless == self.said.descriptors {
            sink.leave_out(HARMLESS);
            return Ok(());
        }
        let id = self.id.or(self.said.id).unwrap_or_default();
        let mut entry = Entry::new(fingerprint, id);
        entry.action = (self.said.harmless > 0 || self.said.unsure).then_some(Action::Review);
        entry.category = joined(self.said.tags, " ");
        entry.source = joined(self.said.owners, ", ");
        entry.date = self.said.added.or(self.updated);
        sink.entry(entry)
    }
}

/// The kind of an indicator's type. Digests of videos mean what those of images do.
fn kind_of(name: &str) -> Option<Kind> {
    let name = name.strip_prefix("HASH_")?;
    match name.strip_prefix("VIDEO_") {
        Some(name) => kind_named(name).filter(|kind| kind.exact() && kind.computed()),
        None => kind_named(name),
    }
}

fn joined(names: Vec<String>, with: &str) -> Option<String> {
    (!names.is_empty()).then(|| names.join(with))
}

/// What all descriptors of an indicator say together.
#[derive(Default)]
struct Said {
    descriptors: u64,
    harmless: u64,
    malicious: bool,
    unsure: bool,
    id: Option<String>,
    added: Option<String>,
    tags: Vec<String>,
    owners: Vec<String>,
}

/// What one member says.
#[derive(Default)]
struct Descriptor {
    id: Option<String>,
    status: Option<String>,
    added: Option<String>,
}

impl Object<Said> for Descriptor {
    const EXPECTED: &'static str = "a descriptor, an object with `owner` and `status`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        said: &mut Said,
    ) -> Result<bool, A::Error> {
        match key {
            "id" => word(map, &mut self.id),
            "status" => word(map, &mut self.status),
            "added_on" => word(map, &mut self.added),
            "tags" | "labels" => edge::<Name, _, _>(map, &mut said.tags),
            "owner" => {
                let (object, sink) = (Name::default(), &mut said.owners);
                map.next_value_seed(One { object, sink })?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, said: &mut Said) -> Result<(), E> {
        said.descriptors += 1;
        match self.status.as_deref() {
            Some("NON_MALICIOUS") => said.harmless += 1,
            // Where the status was not asked for, sharing the indicator is the statement.
            Some("MALICIOUS") | None => said.malicious = true,
            Some(_) => {}
        }
        said.unsure = !said.malicious;
        said.id = said.id.take().or(self.id);
        said.added = said.added.take().or(self.added);
        Ok(())
    }
}

/// A tag or a member: a text, or an object with one.
#[derive(Default)]
struct Name {
    text: Option<String>,
    id: Option<String>,
}

impl Object<Vec<String>> for Name {
    const EXPECTED: &'static str = "a name, or an object with `text`, `name` or `id`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: &mut Vec<String>,
    ) -> Result<bool, A::Error> {
        match key {
            "text" | "name" => word(map, &mut self.text),
            "id" => word(map, &mut self.id),
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, names: &mut Vec<String>) -> Result<(), E> {
        if let Some(name) = self.text.or(self.id)
            && names.len() < MAX_NAMES
            && !names.contains(&name)
        {
            names.push(name);
        }
        Ok(())
    }

    fn text<E: Error>(mut self, text: &str, names: &mut Vec<String>) -> Result<(), E> {
        self.text = Some(text.chars().take(256).collect());
        self.end(names)
    }
}

/// Takes in what the Graph API lists under a key: an object with `data`, or the bare array.
fn edge<'de, O, S, A>(map: &mut A, sink: &mut S) -> Result<bool, A::Error>
where
    O: Object<S> + Default,
    A: MapAccess<'de>,
{
    let make = O::default;
    map.next_value_seed(Edge(Many { make, sink }))?;
    Ok(true)
}

struct Edge<'s, F, S>(Many<'s, F, S>);

impl<'de, O: Object<S>, F: Fn() -> O, S> DeserializeSeed<'de> for Edge<'_, F, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de, O: Object<S>, F: Fn() -> O, S> Visitor<'de> for Edge<'_, F, S> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = O::EXPECTED;
        write!(f, "an object with `data`, an array, each element {what}")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<(), A::Error> {
        self.0.visit_seq(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Many { make, sink } = self.0;
        let mut key = String::new();
        while map.next_key_seed(Key(&mut key))?.is_some() {
            if key == "data" {
                let (make, sink) = (&make, &mut *sink);
                map.next_value_seed(Many { make, sink })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
