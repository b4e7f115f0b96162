//! Where samples are written, and which existing ones are kept.

use std::fs;
use std::path::{Path, PathBuf};

/// The samples folder.
pub struct Output {
    root: PathBuf,
    force: bool,
}

impl Output {
    /// `force` signs again what is already signed.
    pub fn new(root: impl Into<PathBuf>, force: bool) -> Self {
        Self {
            root: root.into(),
            force,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("samples/{name}: {error}"))
    }

    /// Writes a sample, and says so if that changed it.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        if fs::read(&path).is_ok_and(|existing| existing == bytes) {
            return;
        }
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, bytes).unwrap();
        println!("wrote {name} ({} bytes)", bytes.len());
    }

    /// Whether a signed sample stays as it is: signing again would change its bytes for nothing.
    pub fn keeps(&self, name: &str) -> bool {
        !self.force && self.path(name).exists()
    }
}
