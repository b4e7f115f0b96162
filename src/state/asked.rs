//! An input that is asked about, and the stamps that tell whether it is as it was.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::SystemTime;

use super::row::{key, stamp_bytes};
use crate::sources::{Input, Name, Place, Stamps, nanoseconds};

/// An input that is being answered.
pub(super) struct Asked {
    pub(super) name: Name,
    pub(super) asked_for: bool,
    pub(super) key: Vec<u8>,
    path: Option<PathBuf>,
    stamps: Option<Stamps>,
    /// When it was first looked at, in nanoseconds since 1970.
    at: i128,
    /// Hashes that the lists ask for were not kept of it.
    pub(super) lacked: Cell<bool>,
}

impl Asked {
    /// An input, as it is now.
    pub(super) fn of(input: &Input) -> Self {
        Self {
            at: nanoseconds(SystemTime::now()),
            stamps: Stamps::of(input),
            path: match &input.place {
                Place::File(path) => Some(path.clone()),
                _ => None,
            },
            ..Self::named(input.name.clone(), input.asked_for)
        }
    }

    /// An input of which only the name is left.
    pub(super) fn named(name: Name, asked_for: bool) -> Self {
        Self {
            at: 0,
            lacked: Cell::new(false),
            stamps: None,
            key: key(&name),
            name,
            asked_for,
            path: None,
        }
    }

    /// The stamp as it is stored.
    pub(super) fn stamp(&self) -> Option<Vec<u8>> {
        self.stamps.as_ref().map(stamp_bytes)
    }

    /// The stamp to remember, if the file can have changed neither since it was first looked at nor in the same tick.
    pub(super) fn stamp_to_remember(&self) -> Option<Vec<u8>> {
        let stamps = self.stamps.filter(|stamps| stamps.are_settled(self.at))?;
        if let Some(path) = &self.path
            && Stamps::of(&Input::file(path)) != Some(stamps)
        {
            return None;
        }
        Some(stamp_bytes(&stamps))
    }
}
