//! Whom to trust: lists of certificates, where they come from, how they are read, kept and brought up to date. Nothing is
//! built in, and no list is taken in part: one that cannot be read whole is refused.

mod certificate;
pub mod date;
pub mod forms;
pub mod installed;
mod list;
pub mod update;

pub use certificate::Certificate;
pub use installed::Installed;
pub use list::{ListOrigin, TrustKind, TrustList, read_file};
pub use update::{PUBLISHED, Published, Updated, update};

/// Every list that signatures are checked against.
#[derive(Debug, Clone, Default)]
pub struct TrustSettings {
    /// In the order in which they are asked; results name the first that vouches for a signer.
    pub lists: Vec<TrustList>,
    /// Extended key usages (object identifiers, such as `1.3.6.1.5.5.7.3.36`) that signing certificates may have, beside
    /// those that are always taken.
    pub ekus: Vec<String>,
}

impl TrustSettings {
    /// Whether signers can be checked at all.
    pub fn has_signer_lists(&self) -> bool {
        self.lists
            .iter()
            .any(|list| list.kind != TrustKind::TimeStamp)
    }

    /// The list of single certificates that this one is on, given in DER form.
    pub fn allowed_by(&self, der: &[u8]) -> Option<&TrustList> {
        self.lists
            .iter()
            .filter(|list| list.kind == TrustKind::AllowedSigner)
            .find(|list| list.allows(der))
    }

    /// Adds what another setting holds, behind what is there.
    pub fn extend(&mut self, other: Self) {
        self.lists.extend(other.lists);
        self.ekus.extend(other.ekus);
    }
}
