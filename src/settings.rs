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
    /// Decode every picture for what the pixels tell, also where metadata make it unlikely that they tell anything: whether
    /// thumbnails show what the picture shows, and watermarks in what looks like a camera's file. Decoding takes longer than
    /// all else that is done for a picture. Where a list holds perceptual hashes, or `signals` names some, it is done anyway.
    pub thorough: bool,
    /// The hashes of every picture are kept, so that it can be compared with other lists later. Then every picture is decoded,
    /// and all signals look at it as they do where a list holds perceptual hashes.
    pub keep_prints: bool,
    /// Show what tells of a person: prompts, names of authors, numbers of accounts. Else only that it is there is said.
    pub show_personal: bool,
    /// Names of the signals to use; `None` for all.
    pub signals: Option<Vec<String>>,
    /// Names of signals to leave out.
    pub without: Vec<String>,
    /// What fetches content credentials that are stored elsewhere; `None` to stay offline.
    pub remote: Option<Arc<dyn Remote>>,
}

impl Settings {
    /// Whether every picture is decoded.
    pub fn decodes_all(&self) -> bool {
        let perceptual = |list: &Arc<List>| list.kinds().any(|(kind, _)| !kind.exact());
        self.thorough
            || self.keep_prints
            || self.signals.is_some()
            || self.lists.iter().any(perceptual)
    }

    /// Whether a signal is to be used.
    pub fn wants(&self, signal: &str) -> bool {
        let left_out = self.without.iter().any(|name| name == signal);
        let named = self
            .signals
            .as_ref()
            .is_none_or(|names| names.iter().any(|name| name == signal));
        named && !left_out
    }
}
