//! The fields of a record as they lie in a line: `provscan/1` read by types, without a tree in between.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::values::{Key, Pairs, Particular};
use super::vocabulary::{Version, Word};
use crate::asset::{Format, PixelState};
use crate::error::FaultKind;
use crate::evidence::{Action, Code, Strength};
use crate::fingerprints::Kind;
use crate::inspect::SignalState;
use crate::policy::Finding;
use crate::signals::SignalKind;
use crate::sources::Id;

/// What kind of record it is.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Image,
    Summary,
}

/// Both kinds of record in one: which fields must be there is seen when the type is known. Fields of newer versions are
/// passed over.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(rename = "schema")]
    _schema: Word<Version>,
    pub(super) r#type: Word<Type>,
    pub(super) id: Option<Id>,
    #[serde(borrow)]
    pub(super) path: Option<PathWire<'a>>,
    #[serde(default)]
    pub(super) looked_up: Vec<Word<Kind>>,
    pub(super) bytes: Option<u64>,
    pub(super) media_type: Option<Word<Format>>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) pixels: Option<Word<PixelState>>,
    pub(super) sha256: Option<String>,
    pub(super) verdict: Option<Word<Finding>>,
    pub(super) action: Option<Word<Action>>,
    pub(super) action_on_evidence: Option<Word<Action>>,
    pub(super) because: Option<Vec<Word<&'static Code>>>,
    pub(super) evidence: Option<Vec<EvidenceWire>>,
    pub(super) signals: Option<Pairs<Word<&'static SignalKind>, Word<SignalState>>>,
    #[serde(default)]
    pub(super) errors: Vec<ErrorWire>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    pub(super) group: Option<GroupWire>,
    pub(super) key: Option<String>,
    #[serde(borrow)]
    pub(super) moved_to: Option<PathWire<'a>>,
    pub(super) inputs: Option<u64>,
    pub(super) incomplete: Option<u64>,
    pub(super) other_files: Option<u64>,
    #[serde(default)]
    pub(super) interrupted: bool,
    #[serde(default)]
    pub(super) quarantined: Vec<QuarantinedWire>,
    pub(super) verdicts: Option<Pairs<Word<Finding>, u64>>,
    pub(super) actions: Option<Pairs<Word<Action>, u64>>,
}

/// The signal, the claim and the summary follow from the code.
#[derive(Deserialize)]
pub(super) struct EvidenceWire {
    pub(super) code: Word<&'static Code>,
    pub(super) strength: Word<Strength>,
    pub(super) asks_for: Option<Word<Action>>,
    #[serde(default)]
    pub(super) detail: Pairs<Key, Particular>,
}

#[derive(Deserialize)]
pub(super) struct ErrorWire {
    pub(super) kind: Word<FaultKind>,
    pub(super) message: String,
}

#[derive(Deserialize)]
pub(super) struct GroupWire {
    pub(super) id: String,
    pub(super) size: u64,
}

#[derive(Deserialize)]
pub(super) struct QuarantinedWire {
    pub(super) list: String,
    pub(super) entry: String,
    pub(super) hash: String,
    pub(super) files: u64,
    pub(super) set_aside: u64,
}

/// A path: text, or the exact bytes of one that is none.
pub(super) enum PathWire<'a> {
    Text(Cow<'a, str>),
    Bytes(String),
}

impl<'de: 'a, 'a> Deserialize<'de> for PathWire<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Path;
        impl<'de> Visitor<'de> for Path {
            type Value = PathWire<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(PathWire::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(PathWire::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((key, bytes)) if key == "bytes" => match map.next_key::<String>()? {
                        None => Ok(PathWire::Bytes(bytes)),
                        Some(_) => Err(A::Error::custom("a path has one field, `bytes`")),
                    },
                    _ => Err(A::Error::missing_field("bytes")),
                }
            }
        }
        deserializer.deserialize_any(Path)
    }
}
