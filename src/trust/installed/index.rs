//! The index: which versions of which lists are kept, and which is in force.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Role;
use super::store::write_whole;
use crate::error::SetupError;
use crate::trust::date::Moment;
use crate::trust::list::{ListOrigin, read_file};

/// The file's name.
pub(super) const INDEX: &str = "index.json";

/// The form of the file; another one is refused.
const SCHEMA: &str = "provscan-trust/1";

/// Versions that are kept of a list, the one in force among them.
const MAX_VERSIONS: usize = 5;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Index {
    schema: String,
    pub(super) lists: Vec<Entry>,
}

/// One list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    #[serde(serialize_with = "word", deserialize_with = "origin")]
    pub(super) origin: ListOrigin,
    /// The one in force first, then ever older ones.
    pub(super) versions: Vec<Version>,
}

/// What was imported at one time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    #[serde(serialize_with = "display", deserialize_with = "moment")]
    pub(super) imported: Moment,
    pub(super) files: Vec<Kept>,
}

/// One file of a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its path below the folder, with `/`.
    pub(super) file: String,
    pub(super) role: Role,
    /// The file or address that it came from.
    pub(super) source: String,
    /// In hexadecimal digits.
    pub(super) sha256: String,
}

impl Index {
    /// The index of this folder; empty where there is none.
    pub(super) fn read(folder: &Path) -> Result<Self, SetupError> {
        let path = folder.join(INDEX);
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(SetupError::Read { reason, .. }) if reason.kind() == ErrorKind::NotFound => {
                return Ok(Self {
                    schema: SCHEMA.to_owned(),
                    lists: Vec::new(),
                });
            }
            Err(error) => return Err(error),
        };
        let index: Self =
            serde_json::from_slice(&bytes).map_err(|error| damaged(folder, &error.to_string()))?;
        if index.schema != SCHEMA {
            let why = format!("its form is `{}`, not {SCHEMA}", index.schema);
            return Err(damaged(folder, &why));
        }
        let mut files = index
            .lists
            .iter()
            .flat_map(|entry| &entry.versions)
            .flat_map(|version| &version.files);
        match files.find(|kept| !is_below(&kept.file)) {
            Some(_) => Err(damaged(folder, "it names a file outside its folder")),
            None => Ok(index),
        }
    }

    /// Writes it; from then on its versions are in force.
    pub(super) fn write(&self, folder: &Path) -> Result<(), SetupError> {
        let path = folder.join(INDEX);
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|error| damaged(folder, &error.to_string()))?;
        text.push(b'\n');
        write_whole(&path, &text)
    }

    /// The list of this name. File systems that do not tell capitals from small letters must not mix up two lists.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.lists
            .iter()
            .position(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// Puts a version in force.
    pub(super) fn push(&mut self, name: &str, origin: ListOrigin, version: Version) {
        match self.position(name).and_then(|at| self.lists.get_mut(at)) {
            Some(entry) => {
                entry.versions.insert(0, version);
                entry.versions.truncate(MAX_VERSIONS);
            }
            None => self.lists.push(Entry {
                name: name.to_owned(),
                origin,
                versions: vec![version],
            }),
        }
    }

    /// Whether any version needs this file.
    pub(super) fn needs(&self, file: &str) -> bool {
        let mut versions = self.lists.iter().flat_map(|entry| &entry.versions);
        versions.any(|version| version.files.iter().any(|kept| kept.file == file))
    }
}

impl Entry {
    /// The version in force.
    pub(super) fn current(&self, folder: &Path) -> Result<&Version, SetupError> {
        self.versions
            .first()
            .ok_or_else(|| damaged(folder, &format!("the list `{}` has no version", self.name)))
    }

    /// Every file of every version.
    pub(super) fn files(&self) -> Vec<String> {
        let files = self.versions.iter().flat_map(|version| &version.files);
        files.map(|kept| kept.file.clone()).collect()
    }
}

fn damaged(folder: &Path, why: &str) -> SetupError {
    SetupError::File {
        name: folder.join(INDEX).display().to_string(),
        message: format!(
            "the index of the installed trust lists is damaged ({why}); delete it and import the lists again, or do without them with --no-trust"
        ),
    }
}

/// A path that leads nowhere but down.
fn is_below(file: &str) -> bool {
    let path = Path::new(file);
    !file.contains('\\')
        && path.components().next().is_some()
        && path
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
}

/// Deletes files that no version needs. One that stays behind does no harm.
pub(super) fn sweep(folder: &Path, index: &Index, candidates: &[String]) {
    for file in candidates.iter().filter(|file| !index.needs(file)) {
        let path = folder.join(file);
        let _ = fs::remove_file(&path);
        if let Some(parent) = path.parent() {
            let _ = fs::remove_dir(parent);
        }
    }
}

fn word<S: Serializer>(origin: &ListOrigin, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(origin.as_str())
}

fn origin<'de, D: Deserializer<'de>>(input: D) -> Result<ListOrigin, D::Error> {
    let word = String::deserialize(input)?;
    ListOrigin::named(&word).ok_or_else(|| D::Error::custom("an unknown origin"))
}

fn display<S: Serializer>(moment: &Moment, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(moment)
}

fn moment<'de, D: Deserializer<'de>>(input: D) -> Result<Moment, D::Error> {
    let text = String::deserialize(input)?;
    Moment::parse(&text).ok_or_else(|| D::Error::custom("no date"))
}
