//! The picture of a file: decoded at most once, within the memory there is, and what became of that.

use std::sync::atomic::Ordering;

use super::budget::Budget;
use super::decoders::{self, Encoded, Picture, PixelError, PixelState, Pixels};
use super::{Asset, Format, frames};
use crate::error::Fault;
use crate::fingerprints::pdq::Spectrum;
use crate::fingerprints::{FingerprintError, Raster};

impl Asset {
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
    pub(super) fn undecoded(&self) -> Option<&PixelError> {
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
