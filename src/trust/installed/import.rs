//! Changing what is installed: a new version of a list, or none of it any more.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::index::{Index, Kept, Version, sweep};
use super::store::{lock, write_whole};
use super::{Installed, Role, hex};
use crate::error::SetupError;
use crate::trust::date::Moment;
use crate::trust::forms::{self, Content};
use crate::trust::list::{ListOrigin, TrustKind};

/// Longest name of a user's list.
const MAX_NAME: usize = 64;

/// Stands for certificates whose names are not known.
const UNNAMED: &str = "(certificates that are named by a digest only)";

/// What is to be imported.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Who stands behind it.
    pub origin: ListOrigin,
    /// The name of a user's list; others are named by their origin.
    pub name: &'a str,
    /// What a user's list is trusted for, where its content does not tell.
    pub kind: Option<TrustKind>,
    /// Where each file came from, and its bytes. Files for the interim list may come in several imports: a new one takes
    /// the place of those that are used for the same.
    pub files: &'a [(String, Vec<u8>)],
    /// The time of the import.
    pub now: Moment,
}

/// What an import changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of the list.
    pub name: String,
    /// Who stands behind it.
    pub origin: ListOrigin,
    /// Whether nothing was installed under this name before.
    pub is_new: bool,
    /// Different certificates that are on it now.
    pub count: usize,
    /// Whom the certificates name that came in, as it stands in them.
    pub added: Vec<String>,
    /// Whom those name that went out.
    pub removed: Vec<String>,
    /// Whether its files are other ones than before.
    pub changed: bool,
}

struct Read<'a> {
    source: &'a str,
    bytes: &'a [u8],
    content: Content,
    role: Role,
}

impl Installed {
    /// Puts a new version of a list in force, and keeps earlier ones beside it. All files are read and checked before
    /// anything is written.
    ///
    /// # Errors
    /// A file cannot be used, the folder cannot be written, or its index is damaged. What was in force stays so.
    pub fn import(&self, wish: &Wish<'_>) -> Result<Change, SetupError> {
        let name = match wish.origin {
            ListOrigin::User => checked_name(wish.name)?,
            origin => origin.as_str(),
        };
        let read = wish
            .files
            .iter()
            .map(|(source, bytes)| read(wish, source, bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let _lock = lock(&self.folder)?;
        let mut index = Index::read(&self.folder)?;
        let current = index.position(name).and_then(|at| index.lists.get(at));
        // A user's list keeps the capitals it was first given.
        let name = current.map_or(name, |entry| &entry.name).to_owned();
        let before: Vec<Kept> = current
            .and_then(|entry| entry.versions.first())
            .map(|version| version.files.clone())
            .unwrap_or_default();
        let is_new = current.is_none();
        let was_listed = self.listed(&before);

        let stays = |kept: &&Kept| {
            wish.origin == ListOrigin::Interim && !read.iter().any(|new| new.role == kept.role)
        };
        let mut files: Vec<Kept> = before.iter().filter(stays).cloned().collect();
        for new in &read {
            let kept = keep(wish, &name, new);
            write_whole(&self.folder.join(&kept.file), new.bytes)?;
            files.push(kept);
        }
        let now_listed = self.listed(&files);
        let changed = same(&before) != same(&files);
        let version = Version {
            imported: wish.now,
            files,
        };
        let old_files: Vec<String> = index.lists.iter().flat_map(|entry| entry.files()).collect();
        let entry = index.position(&name).and_then(|at| index.lists.get_mut(at));
        match entry.and_then(|entry| entry.versions.first_mut()) {
            Some(current) if !changed => *current = version,
            _ => index.push(&name, wish.origin, version),
        }
        index.write(&self.folder)?;
        sweep(&self.folder, &index, &old_files);
        Ok(Change {
            name,
            origin: wish.origin,
            is_new,
            count: now_listed.len(),
            added: names(&now_listed, &was_listed),
            removed: names(&was_listed, &now_listed),
            changed,
        })
    }

    /// Removes every version of a list.
    ///
    /// # Errors
    /// No list has this name, the index is damaged, or the folder cannot be written.
    pub fn remove(&self, name: &str) -> Result<(), SetupError> {
        let missing = |known: Vec<&str>| SetupError::File {
            name: name.to_owned(),
            message: match known.is_empty() {
                true => "no trust list of this name is installed, nor any other".to_owned(),
                false => format!(
                    "no trust list of this name is installed, only: {}",
                    known.join(", ")
                ),
            },
        };
        if Index::read(&self.folder)?.lists.is_empty() {
            return Err(missing(Vec::new()));
        }
        let _lock = lock(&self.folder)?;
        let mut index = Index::read(&self.folder)?;
        let Some(at) = index.position(name) else {
            let known = index.lists.iter().map(|entry| entry.name.as_str());
            return Err(missing(known.collect()));
        };
        let entry = index.lists.remove(at);
        index.write(&self.folder)?;
        sweep(&self.folder, &index, &entry.files());
        Ok(())
    }

    /// The digests of all certificates in these files with whom they name. What cannot be read lists nobody: an import is
    /// the way to repair it.
    fn listed(&self, files: &[Kept]) -> BTreeSet<([u8; 32], String)> {
        let contents = files.iter().filter_map(|kept| {
            let bytes = std::fs::read(self.folder.join(&kept.file)).ok()?;
            forms::read(&kept.file, &bytes).ok()
        });
        let mut listed = BTreeSet::new();
        for content in contents {
            let named = content
                .certificates
                .iter()
                .map(|certificate| (certificate.sha256(), certificate.subject().to_owned()));
            listed.extend(named);
            let unnamed = content.digests.iter();
            listed.extend(unnamed.map(|digest| (*digest, UNNAMED.to_owned())));
        }
        listed
    }
}

/// Whom the certificates name that are in the first set and not in the second.
fn names(
    these: &BTreeSet<([u8; 32], String)>,
    without: &BTreeSet<([u8; 32], String)>,
) -> Vec<String> {
    let names: BTreeSet<&String> = these.difference(without).map(|(_, name)| name).collect();
    names.into_iter().cloned().collect()
}

/// What makes two versions the same.
fn same(files: &[Kept]) -> BTreeSet<(&'static str, &str)> {
    files
        .iter()
        .map(|kept| (kept.role.as_str(), kept.sha256.as_str()))
        .collect()
}

fn read<'a>(wish: &Wish<'_>, source: &'a str, bytes: &'a [u8]) -> Result<Read<'a>, SetupError> {
    let content = forms::read(source, bytes)?;
    let role = Role::of(wish.origin, wish.kind, &content).map_err(|message| SetupError::File {
        name: source.to_owned(),
        message,
    })?;
    Ok(Read {
        source,
        bytes,
        content,
        role,
    })
}

/// Where a file is kept: named by its date, so that a folder reads as a history, and by its digest, so that no two differ.
fn keep(wish: &Wish<'_>, name: &str, new: &Read<'_>) -> Kept {
    let sha256 = hex(&Sha256::digest(new.bytes));
    let date = new.content.issued.unwrap_or(wish.now).for_file_name();
    let short: String = sha256.chars().take(8).collect();
    let extension = match new.role {
        Role::KeyUsages => "cfg",
        _ if new.content.issued.is_some() => "json",
        _ => "pem",
    };
    let folder = match wish.origin {
        ListOrigin::User => format!("user/{name}"),
        origin => origin.as_str().to_owned(),
    };
    Kept {
        file: format!("{folder}/{date}-{short}.{extension}"),
        role: new.role,
        source: new.source.to_owned(),
        sha256,
    }
}

/// A name that is safe as the name of a folder and in a report.
fn checked_name(name: &str) -> Result<&str, SetupError> {
    let sound = !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let taken = ListOrigin::named(&name.to_ascii_lowercase()).is_some();
    let message = match (sound, taken) {
        (true, false) => return Ok(name),
        (_, true) => {
            "this name belongs to a published list; give another one with --name".to_owned()
        }
        (false, _) => format!(
            "no name for a trust list; up to {MAX_NAME} letters, digits, `-`, `_` and `.` were expected, so give one with --name"
        ),
    };
    Err(SetupError::File {
        name: name.to_owned(),
        message,
    })
}
