//! TIFF, and the raw formats of cameras that are TIFF files: the whole file is one EXIF structure, and some tags hold more.

use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, raw};
use crate::asset::bytes::index;
use crate::asset::tiff::{Entry, Ifd, Tiff};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Tiff,
    sniff: |bytes| Tiff::new(bytes).is_some(),
    walk,
};

const REDUCED: u16 = 0xFE;
const WIDTH: u16 = 0x0100;
const HEIGHT: u16 = 0x0101;
const PHOTOMETRIC: u16 = 0x0106;
const MAKE: u16 = 0x010F;
const STRIP_AT: u16 = 0x0111;
const STRIP_LEN: u16 = 0x0117;
const JPEG_AT: u16 = 0x0201;
const JPEG_LEN: u16 = 0x0202;
const DNG_VERSION: u16 = 0xC612;

/// Colours of pixels that only a sensor has: one a pixel, or as it measured them.
const SENSOR_COLOURS: [u32; 2] = [32803, 34892];

/// Panasonic's own: the size of the sensor, and a JPEG as the value of a tag.
const SENSOR_WIDTH: u16 = 0x0002;
const SENSOR_HEIGHT: u16 = 0x0003;
const JPEG_IN_TAG: u16 = 0x002E;

pub(super) fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let Some(tiff) = Tiff::new(bytes) else { return };
    walk.block(BlockKind::Exif, 0..bytes.len());
    let mut seen = Seen {
        panasonic: walk.found.format == Some(Format::Rw2),
        ..Seen::default()
    };
    let problems = tiff.visit(|entry| {
        if matches!(entry.ifd, Ifd::Main(_) | Ifd::Sub) {
            seen.note(&entry);
        }
        if let Some(kind) = block_kind(entry.tag) {
            let value = entry.at..entry.at.saturating_add(entry.value.len());
            match kind {
                BlockKind::Jumbf => walk.manifest(value.clone(), value),
                kind => walk.block(kind, value),
            }
        }
    });
    for (kind, at, message) in problems {
        walk.note(kind, at, message);
    }
    // A DNG begins with a thumbnail; the picture that is not reduced is the one that counts.
    let pictures = &seen.pictures;
    let whole = pictures
        .iter()
        .find(|picture| !picture.reduced && picture.size().is_some());
    walk.dimensions(whole.or(pictures.first()).and_then(Picture::size));
    if let (Some(Format::Tiff), Some(format)) = (walk.found.format, seen.raw_format()) {
        walk.found.format = Some(format);
    }
    if walk.found.format.is_some_and(Format::is_raw) {
        raw::preview(walk, seen.places());
    }
}

fn block_kind(tag: u16) -> Option<BlockKind> {
    match tag {
        700 => Some(BlockKind::Xmp),
        33723 | 34377 => Some(BlockKind::Iptc),
        0xCD41 => Some(BlockKind::Jumbf),
        _ => None,
    }
}

/// What the directories of pictures say.
#[derive(Default)]
struct Seen {
    pictures: Vec<Picture>,
    make: Vec<u8>,
    dng: bool,
    panasonic: bool,
    jpeg_in_tag: Option<Range<usize>>,
}

impl Seen {
    fn note(&mut self, entry: &Entry<'_>) {
        if self
            .pictures
            .last()
            .is_none_or(|last| last.directory != entry.directory)
        {
            self.pictures.push(Picture {
                directory: entry.directory,
                ..Picture::default()
            });
        }
        match entry.tag {
            MAKE if self.make.is_empty() => {
                self.make = entry.value.iter().copied().take(16).collect()
            }
            DNG_VERSION => self.dng = true,
            JPEG_IN_TAG if self.panasonic => {
                self.jpeg_in_tag = Some(entry.at..entry.at.saturating_add(entry.value.len()));
            }
            _ => {}
        }
        if let Some(picture) = self.pictures.last_mut() {
            picture.note(entry, self.panasonic);
        }
    }

    /// The raw format that a TIFF file is, if it is one: a picture of several pages is none, whatever made it.
    fn raw_format(&self) -> Option<Format> {
        let raw = |picture: &Picture| SENSOR_COLOURS.contains(&picture.photometric);
        match self.dng {
            true => Some(Format::Dng),
            false => self
                .pictures
                .iter()
                .any(raw)
                .then(|| raw::format_of(&self.make)),
        }
    }

    /// Where previews may lie.
    fn places(self) -> impl Iterator<Item = Range<usize>> {
        let places = self.pictures.into_iter().flat_map(|picture| {
            let strip = picture.strip.filter(|_| picture.strips == 1);
            [picture.jpeg, strip]
        });
        let places = places.flatten().filter(|(_, len)| *len > 0);
        let ranges = places.map(|(start, len)| {
            let start = index(start);
            start..start.saturating_add(index(len))
        });
        ranges.chain(self.jpeg_in_tag)
    }
}

#[derive(Default)]
struct Picture {
    directory: usize,
    width: u32,
    height: u32,
    reduced: bool,
    photometric: u32,
    /// The place and length of its strips, and how many there are.
    strip: Option<(u64, u64)>,
    strips: usize,
    jpeg: Option<(u64, u64)>,
}

impl Picture {
    fn note(&mut self, entry: &Entry<'_>, panasonic: bool) {
        let Some(first) = entry.numbers().next() else {
            return;
        };
        let number = u32::try_from(first).ok();
        match (entry.tag, number) {
            (REDUCED, Some(kind)) => self.reduced = kind & 1 != 0,
            (WIDTH, Some(width)) => self.width = width,
            (HEIGHT, Some(height)) => self.height = height,
            (SENSOR_WIDTH, Some(width)) if panasonic => self.width = width,
            (SENSOR_HEIGHT, Some(height)) if panasonic => self.height = height,
            (PHOTOMETRIC, Some(colours)) => self.photometric = colours,
            (STRIP_AT, _) => {
                self.strip.get_or_insert_default().0 = first;
                self.strips = entry.numbers().count();
            }
            (STRIP_LEN, _) => self.strip.get_or_insert_default().1 = first,
            (JPEG_AT, _) => self.jpeg.get_or_insert_default().0 = first,
            (JPEG_LEN, _) => self.jpeg.get_or_insert_default().1 = first,
            _ => {}
        }
    }

    fn size(&self) -> Option<(u32, u32)> {
        (self.width > 0 && self.height > 0).then_some((self.width, self.height))
    }
}
