//! Words of the closed vocabularies, read back as what they stand for.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::wire::Type;
use crate::asset::{Format, PixelState};
use crate::error::FaultKind;
use crate::evidence::{Action, Code, Strength};
use crate::fingerprints::Kind;
use crate::inspect::SignalState;
use crate::policy::Finding;
use crate::reports::record::VERSION;
use crate::signals::{self, SignalKind};

/// A word that is read as what it stands for.
pub(super) struct Word<T>(pub(super) T);

/// What words stand for.
pub(super) trait Known: Sized {
    /// What this word stands for; the error says why it is not known.
    fn known(word: &str) -> Result<Self, String>;
}

impl<'de, T: Known> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfWords<T>(PhantomData<T>);
        impl<T: Known> Visitor<'_> for OfWords<T> {
            type Value = Word<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
                T::known(word).map(Word).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(OfWords(PhantomData))
    }
}

/// The schema that is read here.
pub(super) struct Version;

impl Known for Version {
    fn known(word: &str) -> Result<Self, String> {
        match word == VERSION {
            true => Ok(Self),
            false => Err(format!("the schema is `{word}`, {VERSION} is read here")),
        }
    }
}

impl Known for Type {
    fn known(word: &str) -> Result<Self, String> {
        match word {
            "image" => Ok(Self::Image),
            "summary" => Ok(Self::Summary),
            "report" => {
                Err("this is one JSON document; a stored scan is read in the form jsonl".into())
            }
            _ => Err(newer("type", word)),
        }
    }
}

/// A vocabulary that has a table of its own.
macro_rules! known {
    ($($type:ty: $what:literal),*) => {$(
        impl Known for $type {
            fn known(word: &str) -> Result<Self, String> {
                <$type>::from_str(word).map_err(|_| newer($what, word))
            }
        }
    )*};
}

known!(Finding: "verdict", Action: "action", Strength: "strength", FaultKind: "kind of error", Kind: "kind of hash");

impl Known for &'static Code {
    fn known(word: &str) -> Result<Self, String> {
        let code = signals::code(word).map(|(_, code)| code);
        code.ok_or_else(|| newer("code", word))
    }
}

impl Known for &'static SignalKind {
    fn known(word: &str) -> Result<Self, String> {
        let kind = signals::ALL.iter().find(|kind| kind.name == word);
        kind.ok_or_else(|| newer("signal", word))
    }
}

impl Known for Format {
    fn known(word: &str) -> Result<Self, String> {
        Self::of_media_type(word).ok_or_else(|| newer("media type", word))
    }
}

impl Known for PixelState {
    fn known(word: &str) -> Result<Self, String> {
        Self::named(word).ok_or_else(|| newer("state of pixels", word))
    }
}

impl Known for SignalState {
    fn known(word: &str) -> Result<Self, String> {
        match word {
            "found" => Ok(Self::Found),
            "nothing" => Ok(Self::Nothing),
            "not-applicable" => Ok(Self::NotApplicable("the stored record does not say why")),
            "failed" => Ok(Self::Failed),
            "not-used" => Ok(Self::NotUsed),
            _ => Err(newer("state of a signal", word)),
        }
    }
}

/// A word of a vocabulary that is not known here.
fn newer(what: &str, word: &str) -> String {
    format!(
        "`{word}` is no {what} that this version knows; a newer one wrote it, or it is no record of provscan"
    )
}
