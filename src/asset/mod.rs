//! One image, or another file that may hold content credentials: its bytes, read once, and the views derived from them,
//! each computed at most once. Video and sound may be longer than memory; those are read piece by piece.

mod budget;
mod bytes;
mod container;
mod content;
mod decoded;
mod decoders;
mod digested;
mod embedded_thumbnail;
mod frames;
mod limits;
mod manifests;
mod metadata;
mod thumbnails;
mod tiff;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use crate::error::Fault;
use crate::fingerprints::FingerprintError;
use crate::fingerprints::pdq::Spectrum;
use budget::Room;
use content::{Content as Held, OpenFile};
use manifests::Embedded;

pub use budget::{Budget, FileRoom};
pub use container::{
    Block, BlockKind, Container, Format, MediaKind, Preview, Problem, ProblemKind,
    QuantisationTable,
};
pub use content::Stream;
use decoders::Picture;
pub use decoders::{PixelError, PixelState, Pixels};
pub use embedded_thumbnail::EmbeddedThumbnail;
pub use limits::Limits;
pub use manifests::{
    Cbor, Content, ManifestKind, RawAssertion, RawManifest, RawStore, StoreSlice, cbor_bytes,
    cbor_field, read_cbor,
};
pub(crate) use metadata::resource;
#[cfg(test)]
pub(crate) use metadata::testing as metadata_testing;
pub use metadata::{
    Camera, Exif, ExifField, IptcField, Metadata, Orientation, TextEntry, XmpPacket, XmpProperty,
    namespace,
};
pub use thumbnails::{Thumbnail, ThumbnailOf};

/// A detached manifest that a source found beside an image (`a.c2pa` for `a.jpg`).
#[derive(Debug, Clone)]
pub struct Sidecar {
    /// The name to show for it.
    pub name: String,
    /// Its bytes: a bare C2PA manifest store (JUMBF).
    pub bytes: Arc<[u8]>,
}

/// One file. It knows its bytes and a name to show, never a path, so that no signal can reopen it.
#[derive(Debug)]
pub struct Asset {
    name: String,
    content: Held,
    sidecar: Option<Sidecar>,
    sidecar_fault: Option<Fault>,
    unopened: Option<Fault>,
    is_image: bool,
    limits: Limits,
    sha256: OnceLock<Result<[u8; 32], Fault>>,
    container: OnceLock<Container>,
    metadata: OnceLock<Metadata>,
    manifests: OnceLock<Option<Embedded>>,
    thumbnails: OnceLock<Vec<Thumbnail>>,
    /// Somebody will ask for the colours.
    wants_colours: AtomicBool,
    picture: OnceLock<Result<Picture, PixelError>>,
    /// The colours, where they were asked for after luma alone was decoded.
    colours: OnceLock<Result<Pixels, PixelError>>,
    spectrum: OnceLock<Result<Spectrum, FingerprintError>>,
    /// Room for the picture. Rooms come last: they are free again when what has them is gone.
    picture_room: OnceLock<Result<Room, PixelError>>,
    file_room: Option<FileRoom>,
}

impl Asset {
    /// Wraps bytes that a source has read; `name` is only shown, never opened.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>, limits: Limits) -> Self {
        Self::with_content(name.into(), Held::Memory(bytes), limits)
    }

    /// Wraps a file that a source has opened and does not read as a whole. `head` is its first 64 KiB, or all of it.
    ///
    /// Only formats that [`Format::is_streamed`] tells apart can be read this way; of any other, only the head is seen.
    ///
    /// # Errors
    /// The system does not tell the file's length.
    pub fn streamed(
        name: impl Into<String>,
        file: File,
        head: Vec<u8>,
        limits: Limits,
    ) -> io::Result<Self> {
        let file = OpenFile::new(file, head)?;
        Ok(Self::with_content(name.into(), Held::File(file), limits))
    }

    fn with_content(name: String, content: Held, limits: Limits) -> Self {
        Self {
            name,
            content,
            sidecar: None,
            sidecar_fault: None,
            unopened: None,
            is_image: false,
            limits,
            sha256: OnceLock::new(),
            container: OnceLock::new(),
            metadata: OnceLock::new(),
            manifests: OnceLock::new(),
            thumbnails: OnceLock::new(),
            wants_colours: AtomicBool::new(false),
            picture: OnceLock::new(),
            colours: OnceLock::new(),
            spectrum: OnceLock::new(),
            picture_room: OnceLock::new(),
            file_room: None,
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

    /// Hands over the room that its bytes have, until it is dropped.
    pub fn with_room(mut self, room: Option<FileRoom>) -> Self {
        self.file_room = room;
        self
    }

    /// Notes why what the file holds was not looked at, if it is one that holds other files.
    pub fn with_unopened(mut self, fault: Option<Fault>) -> Self {
        self.unopened = fault;
        self
    }

    /// Notes whether somebody says that it is an image.
    pub fn said_to_be_image(mut self, is_image: bool) -> Self {
        self.is_image = is_image;
        self
    }

    /// Whether somebody says that it is an image, whatever it is: other content could then not be checked.
    pub fn is_said_to_be_image(&self) -> bool {
        self.is_image
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes in memory: the whole file, or the head of video and sound that is streamed. [`stream`](Self::stream) gives
    /// the whole of both.
    pub fn bytes(&self) -> &[u8] {
        self.content.bytes()
    }

    /// Length of the whole file, in bytes.
    pub fn len(&self) -> u64 {
        self.content.len()
    }

    /// Whether the file is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A reader of the whole file, at its beginning. Readers of one asset do not disturb each other.
    pub fn stream(&self) -> Stream<'_> {
        self.content.stream()
    }

    /// At most so many bytes from the start of a range of the file; fewer where the range or the file ends, or cannot be
    /// read.
    pub fn piece(&self, range: &Range<usize>, most: usize) -> Vec<u8> {
        let end = range.start.saturating_add(range.len().min(most));
        self.content.piece(range.start..end).into_owned()
    }

    /// Why nothing that was found can be relied on: the file could not be read to its end, or changed meanwhile. Never for
    /// a file in memory.
    pub fn fault(&self) -> Option<Fault> {
        self.content.fault()
    }

    /// The detached manifest, if a source found one.
    pub fn sidecar(&self) -> Option<&Sidecar> {
        self.sidecar.as_ref()
    }

    /// Why the detached manifest could not be read, if a source could not tell what it says.
    pub fn sidecar_fault(&self) -> Option<&Fault> {
        self.sidecar_fault.as_ref()
    }

    /// Why other files that it holds were not looked at.
    pub fn unopened(&self) -> Option<&Fault> {
        self.unopened.as_ref()
    }

    /// The limits this image is held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The format by content, never by name; `None` when it is no image that we know.
    pub fn format(&self) -> Option<Format> {
        self.container().format
    }

    /// The structure of the file: format, size in pixels and where its metadata lies. Walked once; damage is noted, never fatal.
    pub fn container(&self) -> &Container {
        self.container
            .get_or_init(|| Container::walk(&self.content, &self.limits))
    }

    /// How the stored picture must be turned to stand upright: as the container says, or EXIF where that says nothing.
    pub fn orientation(&self) -> Orientation {
        let stated = self.container().orientation;
        stated.unwrap_or_else(|| self.metadata().orientation())
    }

    /// EXIF, XMP and text, read from the blocks that the container named. None is read from video and sound.
    pub fn metadata(&self) -> &Metadata {
        self.metadata.get_or_init(|| {
            let container = self.container();
            match container.format.is_some_and(Format::is_streamed) {
                true => Metadata::default(),
                false => Metadata::read(self.bytes(), container, &self.limits),
            }
        })
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

    /// The thumbnails in EXIF and in Photoshop's image resources: small copies of the picture that cameras and editors write.
    /// At most one of each.
    pub fn embedded_thumbnails(&self) -> Vec<EmbeddedThumbnail> {
        embedded_thumbnail::of(self)
    }

    fn embedded(&self) -> Option<&Embedded> {
        self.manifests
            .get_or_init(|| Embedded::read(&self.content, self.container(), &self.limits))
            .as_ref()
    }
}
