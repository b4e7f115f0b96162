//! A manifest store as it is written, unchecked and without the library for content credentials: which manifests there
//! are, and the bytes of their assertions. What a store says and whether it holds is for the signals to find out.

mod boxes;
mod cbor;
mod embedded;
mod store;

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use super::Limits;

pub use cbor::{Cbor, cbor_field, read as read_cbor, write as cbor_bytes};
pub(super) use embedded::Embedded;

/// A manifest store (C2PA 2.2, section 11.1): manifests in the order in which they stand; the last one is the image's own.
#[derive(Debug, Clone, Default)]
pub struct RawStore {
    /// The manifests, in file order.
    pub manifests: Vec<RawManifest>,
    /// Damage and limits that were met, in plain words; what was read before still stands.
    pub problems: Vec<String>,
}

impl RawStore {
    /// Reads the bytes of a store, such as a sidecar's. Never fails: damage ends up in `problems`.
    pub fn read(bytes: &[u8], limits: &Limits) -> Self {
        store::read(Arc::new(bytes.to_vec()), limits)
    }

    /// The bytes of the whole store, where anything in it could be read.
    #[cfg(feature = "sqlite")]
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        let slices = self.manifests.iter().flat_map(|one| {
            let assertions = one.assertions.iter().map(|assertion| &assertion.bytes);
            one.claim.iter().chain(assertions)
        });
        slices.map(|slice| slice.store.as_slice()).next()
    }
}

/// What a manifest is, by the type of its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ManifestKind {
    /// A manifest that binds content (`c2ma`, and `c2md`, which is read the same way).
    Standard,
    /// A manifest that only adds to its parent (`c2um`).
    Update,
    /// A manifest that only holds a time-stamp (`c2tm`).
    TimeStamp,
    /// A manifest compressed with Brotli (`c2cm`), which is not opened.
    Compressed,
    /// Some other box.
    Other,
}

/// One manifest.
#[derive(Debug, Clone)]
pub struct RawManifest {
    /// Its label (`urn:c2pa:…`, `adobe:urn:uuid:…`); empty where it has none.
    pub label: String,
    /// What it is.
    pub kind: ManifestKind,
    /// Its assertions, in file order.
    pub assertions: Vec<RawAssertion>,
    /// The claim, CBOR.
    pub claim: Option<StoreSlice>,
    /// Whether it has a signature box; nothing is said of what is in it.
    pub has_signature: bool,
}

impl RawManifest {
    /// The assertions with this label, whatever number its instances carry (`c2pa.hash.data`, `c2pa.hash.data__1`).
    pub fn labelled<'a>(&'a self, label: &'a str) -> impl Iterator<Item = &'a RawAssertion> {
        let same = move |own: &str| {
            let rest = own.strip_prefix(label);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        };
        self.assertions.iter().filter(move |one| same(&one.label))
    }
}

/// What an assertion's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// CBOR.
    Cbor,
    /// JSON.
    Json,
    /// A picture without a media type but the one in the label (`jp2c`, claims of the first drafts).
    Codestream,
    /// A file.
    EmbeddedFile {
        /// What it says that it is (`image/jpeg`); empty where it does not say.
        media_type: String,
    },
    /// Some other box.
    Other,
}

/// One assertion.
#[derive(Debug, Clone)]
pub struct RawAssertion {
    /// Its label (`c2pa.thumbnail.ingredient__1.jpeg`); empty where it has none.
    pub label: String,
    /// What its bytes are.
    pub content: Content,
    bytes: StoreSlice,
}

impl RawAssertion {
    /// What it holds, without the headers of boxes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its value, where it is CBOR of at most a megabyte that nests no deeper than 32 levels.
    pub fn cbor(&self) -> Option<Cbor> {
        (self.content == Content::Cbor).then(|| cbor::read(&self.bytes))?
    }
}

/// A piece of a store, which it keeps in memory.
#[derive(Clone, Default)]
pub struct StoreSlice {
    store: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Deref for StoreSlice {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.store.get(self.range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for StoreSlice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
