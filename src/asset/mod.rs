//! One image, or another file that may hold content credentials: its bytes, read once, and the views derived from them,
//! each computed at most once. Video and sound may be longer than memory; those are read piece by piece.

mod budget;
mod bytes;
mod container;
mod content;
mod decoders;
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
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::error::{Fault, FaultKind};
use crate::fingerprints::pdq::Spectrum;
use crate::fingerprints::{Digests, FingerprintError, Raster, Wanted, digests, digests_of, to_hex};
use budget::Room;
use content::{Content as Held, OpenFile};
use manifests::Embedded;

pub use budget::{Budget, FileRoom};
pub use container::{
    Block, BlockKind, Container, Format, MediaKind, Preview, Problem, ProblemKind,
    QuantisationTable,
};
pub use content::Stream;
use decoders::{Encoded, Picture};
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

    /// Tells, before anything is decoded, that somebody will ask for [`pixels`](Self::pixels). Who asks for them without
    /// having told may have the file decoded twice: once for its luma and once for its colours.
    pub fn expect_colours(&self) {
        self.wants_colours.store(true, Ordering::Relaxed);
    }

    /// The decoded picture as stored (EXIF orientation not applied). Decoded at most once, failures included.
    ///
    /// # Errors
    /// The format has no decoder here, the file is damaged, or a limit was hit.
    pub fn pixels(&self) -> Result<&Pixels, &PixelError> {
        if self.picture.get().is_none() {
            self.expect_colours();
        }
        if let Some(pixels) = self.picture()?.pixels() {
            return Ok(pixels);
        }
        let decode = || self.decode(true)?.into_pixels();
        self.colours.get_or_init(decode).as_ref()
    }

    /// The luma of the decoded picture as stored, 8 bits a pixel. Where the decoder can, nothing else is decoded, unless
    /// somebody [expects colours](Self::expect_colours); it is the same either way.
    ///
    /// # Errors
    /// The format has no decoder here, the file is damaged, or a limit was hit.
    pub fn luma(&self) -> Result<Raster<'_>, PixelError> {
        let picture = self.picture().map_err(Clone::clone)?;
        picture.luma()
    }

    /// The first 128 pixels of the first column in colour, of a large picture whose colours were not kept otherwise.
    pub(crate) fn first_column(&self) -> Option<&image::DynamicImage> {
        self.picture().ok()?.column()
    }

    /// Width and height as decoded, which are what the header says, or else it lies.
    pub(crate) fn decoded_size(&self) -> Result<(u32, u32), &PixelError> {
        Ok(self.picture()?.size())
    }

    fn picture(&self) -> Result<&Picture, &PixelError> {
        let decode = || self.decode(self.wants_colours.load(Ordering::Relaxed));
        self.picture.get_or_init(decode).as_ref()
    }

    fn decode(&self, colour: bool) -> Result<Picture, PixelError> {
        if let Some(budget) = &self.limits.budget {
            self.make_room(budget, colour)?;
        }
        self.encoded(colour).decode(&self.limits)
    }

    /// Waits until there is room for the picture, and for the thumbnails that may be decoded beside it.
    fn make_room(&self, budget: &Budget, colour: bool) -> Result<(), PixelError> {
        let too_large = |fault: Fault| PixelError::TooLarge(fault.message);
        // What is too large anyway is refused without waiting.
        let refused = |&(width, height): &(u32, u32)| {
            u64::from(width) * u64::from(height) > self.limits.max_pixels
        };
        if self.container().dimensions.as_ref().is_some_and(refused) {
            return Ok(());
        }
        let needs = self.encoded(colour).memory();
        if let Some(Ok(room)) = self.picture_room.get() {
            return room.grow(budget, needs).map_err(too_large);
        }
        let take = || {
            let thumbnails = self.thumbnails().iter();
            let beside: u64 = thumbnails.map(|one| one.picture().decoding_memory()).sum();
            let needs = needs.saturating_add(beside);
            budget
                .picture(needs, self.file_room.as_ref())
                .map_err(too_large)
        };
        self.picture_room
            .get_or_init(take)
            .as_ref()
            .map(|_| ())
            .map_err(Clone::clone)
    }

    fn encoded(&self, colour: bool) -> Encoded<'_> {
        Encoded {
            bytes: self.bytes(),
            container: self.container(),
            colour,
        }
    }

    /// Why the picture could not be decoded, if anybody tried.
    fn undecoded(&self) -> Option<&PixelError> {
        let of_colours = || self.colours.get()?.as_ref().err();
        let first = self.picture.get()?.as_ref().err();
        first.or_else(of_colours)
    }

    /// What became of the pixels until now. Of a picture that this build cannot decode, that is known before anybody tries.
    pub fn pixel_state(&self) -> PixelState {
        match self.undecoded() {
            _ if !self.has_picture() => PixelState::NotNeeded,
            None if !decoders::is_decoded(self.format()) => PixelState::Unsupported,
            Some(PixelError::Unsupported(_)) => PixelState::Unsupported,
            Some(_) => PixelState::Failed,
            None if self.picture.get().is_none() => PixelState::NotNeeded,
            None if self.container().preview.is_some() => PixelState::Preview,
            None => PixelState::Decoded,
        }
    }

    /// Whether the format holds a picture of pixels at all.
    pub fn has_picture(&self) -> bool {
        self.format()
            .is_some_and(|format| format.is_picture() && format != Format::Svg)
    }

    /// That the picture that was looked at is the preview of a raw file.
    pub(crate) fn preview_note(&self) -> Option<String> {
        let preview = self.container().preview.as_ref()?;
        let (width, height) = preview.size;
        (self.pixel_state() == PixelState::Preview).then(|| {
            format!(
                "the pixels that were looked at are those of the preview in JPEG ({width} × {height}): what the sensor saw is not developed"
            )
        })
    }

    /// Most bytes that decoding the picture takes besides the file, by what its header says: what to set aside before.
    /// Nothing, where it cannot be decoded. Whether it is decoded in colour has to be [known](Self::expect_colours) by then.
    pub fn decoding_memory(&self) -> u64 {
        self.encoded(self.wants_colours.load(Ordering::Relaxed))
            .memory()
    }

    /// Goes through the later frames of an animation, with their numbers, until `each` has seen enough: at most a thousand,
    /// and no more pixels together than one picture may have. They are decoded anew each time. If not all were looked at, it
    /// tells how many were.
    pub(crate) fn later_frames(
        &self,
        each: impl FnMut(usize, image::DynamicImage) -> bool,
    ) -> Option<usize> {
        frames::later(self.bytes(), self.format(), &self.limits, each)
    }

    /// The frequencies that PDQ hashes, of the picture at full size. Computed at most once, failures included.
    pub(crate) fn spectrum(&self) -> Result<&Spectrum, &FingerprintError> {
        let full_size = || self.picture().map_err(Clone::clone)?.spectrum();
        self.spectrum.get_or_init(full_size).as_ref()
    }

    /// The same of the picture resized to 512 × 512, where a side is longer.
    pub(crate) fn resized_spectrum(&self) -> Result<Spectrum, FingerprintError> {
        self.picture().map_err(Clone::clone)?.resized_spectrum()
    }
}
