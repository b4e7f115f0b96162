//! One input as a row of the page: an array, with numbers for words, since there may be a hundred thousand of them. The
//! order is that of the constants in `model.js`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;
use serde::ser::Serializer;

use super::CODES;
use crate::error::{Fault, FaultKind};
use crate::evidence::{Action, Evidence, Strength, Value};
use crate::inspect::{Inspection, SignalState};
use crate::policy::Finding;
use crate::reports::safe::safe;
use crate::signals;
use crate::sources::Name;

/// The numbers of the codes, by their names.
static NUMBERS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let numbered = CODES.iter().enumerate();
    numbered
        .map(|(number, (_, code))| (code.name, number))
        .collect()
});

/// The number of a code.
pub(super) fn number_of(code: &str) -> Option<usize> {
    NUMBERS.get(code).copied()
}

/// The row.
pub(super) fn to_json(name: &Name, inspection: &Inspection) -> String {
    let (width, height) = inspection.dimensions.unwrap_or_default();
    let verdict = &inspection.verdict;
    let because: Vec<usize> = verdict
        .because
        .iter()
        .filter_map(|code| number_of(code))
        .collect();
    let notes: Vec<Shown<'_>> = inspection.notes.iter().map(|note| Shown(note)).collect();
    let faults: Vec<_> = inspection.faults.iter().map(fault).collect();
    let evidence: Vec<_> = inspection.evidence.iter().map(evidence).collect();
    let group = inspection
        .group
        .as_ref()
        .map(|group| (Shown(&group.id), group.size));
    let row = (
        Shown(&name.to_text()),
        place(Finding::ALL, verdict.finding),
        place(Action::ALL, verdict.action),
        because,
        evidence,
        inspection.media_type.unwrap_or_default(),
        width,
        height,
        inspection.bytes,
        inspection.sha256.as_deref().unwrap_or_default(),
        states(inspection),
        faults,
        notes,
        group,
    );
    // Serialising these types to memory does not fail.
    serde_json::to_string(&row).unwrap_or_default()
}

fn fault(fault: &Fault) -> (usize, Shown<'_>) {
    (place(FaultKind::ALL, fault.kind), Shown(&fault.message))
}

fn evidence(evidence: &Evidence) -> (usize, usize, Detail<'_>) {
    (
        number_of(evidence.code.name).unwrap_or_default(),
        place(Strength::ALL, evidence.strength),
        Detail(&evidence.detail),
    )
}

/// The place of a word in its vocabulary.
fn place<T: PartialEq>(all: &[(T, &str)], member: T) -> usize {
    all.iter()
        .position(|(one, _)| *one == member)
        .unwrap_or_default()
}

/// A letter for each signal of the table; a blank for one that the record does not name.
fn states(inspection: &Inspection) -> String {
    let state = |name: &str| {
        let states = inspection.signals.iter();
        let of = |(known, state): &(&str, SignalState)| (*known == name).then_some(*state);
        match states.filter_map(of).next() {
            Some(SignalState::Found) => 'f',
            Some(SignalState::Nothing) => 'n',
            Some(SignalState::NotApplicable(_)) => 'a',
            Some(SignalState::Failed) => 'x',
            Some(SignalState::NotUsed) => 'u',
            None => ' ',
        }
    };
    signals::ALL.iter().map(|kind| state(kind.name)).collect()
}

/// A text from a file, with whatever would hide or reorder its surroundings made visible.
struct Shown<'a>(&'a str);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&safe(self.0))
    }
}

/// Particulars, in their order.
struct Detail<'a>(&'a [(&'static str, Value)]);

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.iter();
        serializer.collect_seq(pairs.map(|(key, value)| (Shown(key), Particular(value))))
    }
}

struct Particular<'a>(&'a Value);

impl Serialize for Particular<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => Shown(text).serialize(serializer),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Texts(texts) => labelled("t", texts.iter().map(|text| Shown(text)), serializer),
            Value::Record(fields) => labelled(
                "r",
                fields
                    .iter()
                    .map(|(key, value)| (Shown(key), Particular(value))),
                serializer,
            ),
            Value::Records(records) => labelled("s", records.iter().map(Particular), serializer),
        }
    }
}

/// A list with what kind of list it is.
fn labelled<S: Serializer, T: Serialize>(
    kind: &str,
    members: impl Iterator<Item = T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let members: Vec<T> = members.collect();
    (kind, members).serialize(serializer)
}
