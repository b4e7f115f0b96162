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
    /// Names of the signals to use; `None` for all.
    pub signals: Option<Vec<String>>,
    /// What fetches content credentials that are stored elsewhere; `None` to stay offline.
    pub remote: Option<Arc<dyn Remote>>,
}

impl Settings {
    /// Whether a signal is to be used.
    pub fn wants(&self, signal: &str) -> bool {
        self.signals
            .as_ref()
            .is_none_or(|names| names.iter().any(|name| name == signal))
    }
}
