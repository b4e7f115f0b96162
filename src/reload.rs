//! Whether files that something was loaded from are others by now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells of a file that it changed: when it was written, and its length.
type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Remembers how files were when something was loaded from them.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// At the last time that it was loaded, just before.
    loaded: Stamps,
    /// At the last look, where that was otherwise: a file that is still being written changes again.
    changing: Option<Stamps>,
}

impl Seen {
    /// To be called just before something is loaded from these files, and from what lies in these folders: what changes
    /// meanwhile is seen by the next look.
    pub fn loading(&mut self, files: &[PathBuf]) {
        self.loaded = stamps(files);
        self.changing = None;
    }

    /// Whether they changed since something was loaded from them, and have stayed so since the last look.
    pub fn have_changed(&mut self, files: &[PathBuf]) -> bool {
        let now = stamps(files);
        let settled = self.changing.as_ref() == Some(&now);
        let changed = now != self.loaded;
        self.changing = (changed && !settled).then_some(now);
        changed && settled
    }
}

/// The stamps of files, and of what lies in folders.
fn stamps(files: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    for file in files {
        stamps.insert(file.clone(), stamp(file));
        let within = fs::read_dir(file).into_iter().flatten().flatten();
        stamps.extend(within.map(|entry| (entry.path(), stamp(&entry.path()))));
    }
    stamps
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_as_changed_once_it_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().to_owned(), folder.path().join("not there")];
        let write = |text: &str| fs::write(folder.path().join("list.csv"), text).unwrap();
        let mut seen = Seen::default();
        seen.loading(&files);
        assert!(!seen.have_changed(&files));
        write("a");
        assert!(!seen.have_changed(&files), "it may still be written");
        write("ab");
        assert!(!seen.have_changed(&files));
        assert!(seen.have_changed(&files));
        seen.loading(&files);
        assert!(!seen.have_changed(&files));
        fs::remove_file(folder.path().join("list.csv")).unwrap();
        assert!(!seen.have_changed(&files));
        assert!(seen.have_changed(&files));
    }
}
