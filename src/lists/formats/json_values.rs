//! Single values of JSON lists, as generous as their writers are careless: numbers and truth values may stand in quotation
//! marks, and what is empty or `null` is not there.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::fingerprints::{Fingerprint, Kind, MD5, PHOTODNA, SHA1, SHA256, pdq::PDQ};

/// Longest id, category, source or date.
const MAX_WORD: usize = 1 << 10;

/// Longest key that is told apart from others.
const MAX_KEY: usize = 64;

/// The name of a key, put into a string that is used again.
pub(super) struct Key<'a>(pub(super) &'a mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.clear();
        if text.len() <= MAX_KEY {
            self.0.push_str(text);
        }
        Ok(())
    }
}

/// Takes in a short text, or a number or truth value as text.
pub(super) fn word<'de, A: MapAccess<'de>>(
    map: &mut A,
    into: &mut Option<String>,
) -> Result<bool, A::Error> {
    let value = map.next_value_seed(Word)?;
    once(into, value)
}

/// Takes in a truth value, in quotation marks or not.
pub(super) fn flag<'de, A: MapAccess<'de>>(
    map: &mut A,
    into: &mut Option<bool>,
) -> Result<bool, A::Error> {
    let value = match map.next_value_seed(Word)?.as_deref() {
        None => None,
        Some("true" | "True" | "1") => Some(true),
        Some("false" | "False" | "0") => Some(false),
        Some(_) => return Err(A::Error::custom("expected true or false")),
    };
    once(into, value)
}

/// A hash of this kind, if there is one.
pub(super) fn hash<'de, A: MapAccess<'de>>(
    map: &mut A,
    kind: Kind,
) -> Result<Option<Fingerprint>, A::Error> {
    map.next_value_seed(Hash(kind))
}

/// A second value of a key would make the first one mean nothing.
fn once<T, E: Error>(into: &mut Option<T>, value: Option<T>) -> Result<bool, E> {
    if value.is_some() && into.is_some() {
        return Err(E::custom("this key stands twice in one object"));
    }
    if value.is_some() {
        *into = value;
    }
    Ok(true)
}

/// The hash that these characters are.
pub(super) fn parsed<E: Error>(kind: Kind, text: &str) -> Result<Fingerprint, E> {
    Fingerprint::parse_value(kind, text.trim()).map_err(E::custom)
}

/// The kind that exchanges call so, in whatever spelling.
pub(super) fn kind_named(name: &str) -> Option<Kind> {
    let same = |other: &str| name.eq_ignore_ascii_case(other);
    if same("md5") {
        Some(MD5)
    } else if same("sha1") || same("sha-1") {
        Some(SHA1)
    } else if same("sha256") || same("sha-256") {
        Some(SHA256)
    } else if same("pdq") {
        Some(PDQ)
    } else if same("photodna") || same("pdna") {
        Some(PHOTODNA)
    } else {
        None
    }
}

struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Visitor<'_> for Word {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let text = text.trim();
        if text.len() > MAX_WORD {
            return Err(E::custom(format!("a text longer than {MAX_WORD} bytes")));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

struct Hash(Kind);

impl<'de> DeserializeSeed<'de> for Hash {
    type Value = Option<Fingerprint>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Visitor<'_> for Hash {
    type Value = Option<Fingerprint>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} hash as text", self.0)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        parsed(self.0, text).map(Some)
    }
}
