//! Digests of a whole file, whether it is in memory or streamed.

use super::{Asset, Held};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::{Digests, Wanted, digests, digests_of, to_hex};

impl Asset {
    /// The wanted digests of the whole file.
    ///
    /// # Errors
    /// A streamed file that cannot be read to its end.
    pub fn digests(&self, mut wanted: Wanted) -> Result<Digests, Fault> {
        let Held::File(_) = &self.content else {
            return self.read_digests(wanted);
        };
        // A long file is not read twice: SHA-256 will be asked for anyway.
        wanted.sha256 |= self.sha256.get().is_none();
        let found = self.read_digests(wanted)?;
        if let Some(sha256) = found.sha256 {
            self.sha256.get_or_init(|| Ok(sha256));
        }
        Ok(found)
    }

    /// SHA-256 of the whole file.
    ///
    /// # Errors
    /// A streamed file that cannot be read to its end.
    pub fn sha256_digest(&self) -> Result<&[u8; 32], &Fault> {
        let wanted = Wanted {
            sha256: true,
            ..Wanted::default()
        };
        let read = || Ok(self.read_digests(wanted)?.sha256.unwrap_or_default());
        self.sha256.get_or_init(read).as_ref()
    }

    fn read_digests(&self, wanted: Wanted) -> Result<Digests, Fault> {
        match &self.content {
            Held::Memory(bytes) => Ok(digests(bytes, wanted)),
            Held::File(_) => digests_of(self.stream(), wanted).map_err(|error| {
                let unreadable = || Fault::new(FaultKind::Unreadable, error.to_string());
                self.fault().unwrap_or_else(unreadable)
            }),
        }
    }

    /// SHA-256 of the whole file, in lower-case hex; `None` if it could not be read to its end.
    pub fn sha256(&self) -> Option<String> {
        self.sha256_digest().ok().map(|digest| to_hex(digest))
    }
}
