//! One image: its bytes, read once, and the views derived from them, each computed at most once.

mod bytes;
mod container;
mod limits;
mod manifests;
mod metadata;
mod pixels;
mod thumbnails;
mod tiff;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::error::Fault;
use crate::fingerprints::{Wanted, digests, to_hex};
use manifests::Embedded;

pub use container::{Block, BlockKind, Container, Format, Problem, ProblemKind};
pub use limits::Limits;
pub use manifests::{
    Cbor, Content, ManifestKind, RawAssertion, RawManifest, RawStore, StoreSlice, cbor_field,
};
pub use metadata::{
    Exif, ExifField, IptcField, Metadata, Orientation, TextEntry, XmpPacket, XmpProperty, namespace,
};
pub use pixels::{PixelError, Pixels};
pub use thumbnails::{Thumbnail, ThumbnailOf};

/// A detached manifest that a source found beside an image (`a.c2pa` for `a.jpg`).
#[derive(Debug, Clone)]
pub struct Sidecar {
    /// The name to show for it.
    pub name: String,
    /// Its bytes: a bare C2PA manifest store (JUMBF).
    pub bytes: Arc<[u8]>,
}

/// One image file in memory. It knows its bytes and a name to show, never a path, so that no signal can reopen it.
#[derive(Debug)]
pub struct Asset {
    name: String,
    bytes: Vec<u8>,
    sidecar: Option<Sidecar>,
    sidecar_fault: Option<Fault>,
    limits: Limits,
    sha256: OnceLock<[u8; 32]>,
    container: OnceLock<Container>,
    metadata: OnceLock<Metadata>,
    manifests: OnceLock<Option<Embedded>>,
    thumbnails: OnceLock<Vec<Thumbnail>>,
    pixels: OnceLock<Result<Pixels, PixelError>>,
}

impl Asset {
    /// Wraps bytes that a source has read; `name` is only shown, never opened.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>, limits: Limits) -> Self {
        Self {
            name: name.into(),
            bytes,
            sidecar: None,
            sidecar_fault: None,
            limits,
            sha256: OnceLock::new(),
            container: OnceLock::new(),
            metadata: OnceLock::new(),
            manifests: OnceLock::new(),
            thumbnails: OnceLock::new(),
            pixels: OnceLock::new(),
        }
    }

    /// Attaches the detached manifest that lay beside the image.
    pub fn with_sidecar(mut self, sidecar: Option<Sidecar>) -> Self {
        self.sidecar = sidecar;
        self
    }

    /// Notes why the detached manifest beside the image could not be read.
    pub fn with_sidecar_fault(mut self, fault: Fault) -> Self {
        self.sidecar_fault = Some(fault);
        self
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The detached manifest, if a source found one.
    pub fn sidecar(&self) -> Option<&Sidecar> {
        self.sidecar.as_ref()
    }

    /// Why the detached manifest could not be read, if a source could not tell what it says.
    pub fn sidecar_fault(&self) -> Option<&Fault> {
        self.sidecar_fault.as_ref()
    }

    /// The limits this image is held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// SHA-256 of the whole file.
    pub fn sha256_digest(&self) -> &[u8; 32] {
        self.sha256.get_or_init(|| {
            let wanted = Wanted {
                sha256: true,
                ..Wanted::default()
            };
            digests(&self.bytes, wanted).sha256.unwrap_or_default()
        })
    }

    /// SHA-256 of the whole file, in lower-case hex.
    pub fn sha256(&self) -> String {
        to_hex(self.sha256_digest())
    }

    /// The format by content, never by name; `None` when it is no image that we know.
    pub fn format(&self) -> Option<Format> {
        self.container().format
    }

    /// The structure of the file: format, size in pixels and where its metadata lies. Walked once; damage is noted, never fatal.
    pub fn container(&self) -> &Container {
        self.container
            .get_or_init(|| Container::walk(&self.bytes, &self.limits))
    }

    /// EXIF, XMP and text, read from the blocks that the container named.
    pub fn metadata(&self) -> &Metadata {
        self.metadata
            .get_or_init(|| Metadata::read(&self.bytes, self.container(), &self.limits))
    }

    /// The manifest store in the file, as it is written and unchecked. Read once; `None` where there is none.
    pub fn manifest_store(&self) -> Option<&RawStore> {
        Some(&self.embedded()?.store)
    }

    /// Where the manifest store lies in the file's bytes: the segments, chunks or boxes that carry it, with their headers
    /// and checksums; ranges that touch are one. TIFF has no such wrapping: there it is the store itself.
    pub fn manifest_ranges(&self) -> &[Range<usize>] {
        self.embedded().map_or(&[], |embedded| &embedded.ranges)
    }

    /// The thumbnails in the manifest store, and in the one beside the image: at most 64, each picture once, those of the
    /// image's own manifest first. Signed or not, anyone can put any picture there.
    pub fn thumbnails(&self) -> &[Thumbnail] {
        self.thumbnails.get_or_init(|| thumbnails::of(self))
    }

    /// What was wrong with thumbnails that a signal tried to decode.
    pub(crate) fn thumbnail_notes(&self) -> impl Iterator<Item = String> {
        let thumbnails = self.thumbnails.get().into_iter().flatten();
        thumbnails.filter_map(Thumbnail::damage)
    }

    fn embedded(&self) -> Option<&Embedded> {
        self.manifests
            .get_or_init(|| Embedded::read(&self.bytes, self.container(), &self.limits))
            .as_ref()
    }

    /// The decoded picture as stored (EXIF orientation not applied). Decoded at most once, failures included.
    ///
    /// # Errors
    /// The format has no decoder here, the file is damaged, or a limit was hit.
    pub fn pixels(&self) -> Result<&Pixels, &PixelError> {
        self.pixels
            .get_or_init(|| Pixels::decode(&self.bytes, self.container(), &self.limits))
            .as_ref()
    }
}
