//! Everything that decides what an inspection does. The library reads no environment and no configuration file: a caller
//! fills this in.

use std::sync::Arc;

use crate::asset::Limits;
use crate::lists::List;
use crate::remote::Remote;
use crate::trust::TrustSettings;

/// Settings of an [`Inspector`](crate::inspect::Inspector).
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What one image may cost.
    pub limits: Limits,
    /// Whom to trust as a signer of content credentials.
    pub trust: TrustSettings,
    /// Lists of known images to compare with.
    pub lists: Vec<Arc<List>>,
    /// Report the whole history that content credentials tell, as a tree.
    pub history: bool,
    /// Compare pictures with the thumbnails in their content credentials even where nothing else needs the pixels. Decoding
    /// them takes as long as all else that is done for a signed picture. Where a list holds perceptual hashes, or `signals`
    /// names `thumbnails`, they are compared anyway.
    pub compare_thumbnails: bool,
    /// Names of the signals to use; `None` for all.
    pub signals: Option<Vec<String>>,
    /// What fetches content credentials that are stored elsewhere; `None` to stay offline.
    pub remote: Option<Arc<dyn Remote>>,
}

impl Settings {
    /// Whether pictures are to be compared with the thumbnails in their content credentials.
    pub fn compares_thumbnails(&self) -> bool {
        let perceptual = |list: &Arc<List>| list.kinds().any(|(kind, _)| !kind.exact());
        self.compare_thumbnails || self.signals.is_some() || self.lists.iter().any(perceptual)
    }

    /// Whether a signal is to be used.
    pub fn wants(&self, signal: &str) -> bool {
        self.signals
            .as_ref()
            .is_none_or(|names| names.iter().any(|name| name == signal))
    }
}
