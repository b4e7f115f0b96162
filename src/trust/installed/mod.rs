//! Lists that are installed: kept in a folder, in versions, and used by every run.
//!
//! ```text
//! index.json                                  which version of each list is in force, and where it came from
//! c2pa/2026-08-05T001139Z-3f2a9c41.json       one file of one version; its SHA-256 stands in the index
//! user/my-roots/2026-11-22T101500Z-….pem
//! ```
//! Files are written before the index names them, and every file gets its name when it is whole: whoever reads sees the old
//! version or the new one.

mod import;
mod index;
mod role;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

pub use import::{Change, Wish};
pub use role::Role;

use super::TrustSettings;
use super::date::Moment;
use super::forms;
use super::list::{ListOrigin, TrustList, read_file};
use crate::error::SetupError;
use index::{Index, Kept};

/// A folder with installed lists. It need not exist: then nothing is installed.
#[derive(Debug, Clone)]
pub struct Installed {
    folder: PathBuf,
}

/// An installed list: its version in force, read and checked.
#[derive(Debug)]
pub struct InstalledList {
    /// Its name: the word for its origin, or the name of a user's list.
    pub name: String,
    /// Who stands behind it.
    pub origin: ListOrigin,
    /// When this version was imported, or found to be still current.
    pub imported: Moment,
    /// The files of this version.
    pub files: Vec<InstalledFile>,
    /// How many earlier versions are kept.
    pub earlier: usize,
}

/// One file of an installed list.
#[derive(Debug)]
pub struct InstalledFile {
    /// What it is used for.
    pub role: Role,
    /// The file or address that it came from.
    pub source: String,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// Its certificates, once for each purpose they are trusted for; empty for a configuration of key usages.
    pub lists: Vec<TrustList>,
    /// The key usages that it adds.
    pub ekus: Vec<String>,
}

impl Installed {
    /// The lists in this folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every installed list, official ones first, then by name.
    ///
    /// # Errors
    /// The index is damaged, or a file is not what was imported; the error says how to repair it.
    pub fn lists(&self) -> Result<Vec<InstalledList>, SetupError> {
        let index = Index::read(&self.folder)?;
        let mut lists = Vec::new();
        for entry in &index.lists {
            let version = entry.current(&self.folder)?;
            let files = version
                .files
                .iter()
                .map(|kept| self.file(&entry.name, entry.origin, kept))
                .collect::<Result<_, _>>()?;
            lists.push(InstalledList {
                name: entry.name.clone(),
                origin: entry.origin,
                imported: version.imported,
                files,
                earlier: entry.versions.len().saturating_sub(1),
            });
        }
        lists.sort_by(|a, b| (a.origin, &a.name).cmp(&(b.origin, &b.name)));
        Ok(lists)
    }

    /// What the installed lists come to, as settings.
    ///
    /// # Errors
    /// As for [`lists`](Self::lists).
    pub fn settings(&self) -> Result<TrustSettings, SetupError> {
        let files = self.lists()?.into_iter().flat_map(|list| list.files);
        let mut settings = TrustSettings::default();
        for file in files {
            settings.lists.extend(file.lists);
            settings.ekus.extend(file.ekus);
        }
        Ok(settings)
    }

    /// Reads one file, which must be the one that was imported.
    fn file(
        &self,
        name: &str,
        origin: ListOrigin,
        kept: &Kept,
    ) -> Result<InstalledFile, SetupError> {
        let path = self.folder.join(&kept.file);
        let shown = path.display().to_string();
        let damaged = |why: String| SetupError::File {
            name: shown.clone(),
            message: format!(
                "{why}; import the list `{name}` again with `provscan trust import`, or take it away with `provscan trust remove {name}`"
            ),
        };
        let bytes = read_file(&path).map_err(|error| match error {
            SetupError::Read { reason, .. } => damaged(reason.to_string()),
            other => other,
        })?;
        if hex(&Sha256::digest(&bytes)) != kept.sha256 {
            return Err(damaged(
                "this installed trust list was changed since it was imported (its SHA-256 is another)"
                    .to_owned(),
            ));
        }
        let content = forms::read(&shown, &bytes)?;
        let ekus = match kept.role {
            Role::KeyUsages => content.ekus.clone(),
            _ => Vec::new(),
        };
        let content = Arc::new(content);
        let lists = kept
            .role
            .kinds()
            .iter()
            .map(|kind| TrustList::new(name, *kind, origin, &bytes, Arc::clone(&content)))
            .collect::<Result<_, _>>()?;
        Ok(InstalledFile {
            role: kept.role,
            source: kept.source.clone(),
            sha256: kept.sha256.clone(),
            lists,
            ekus,
        })
    }
}

/// Hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
