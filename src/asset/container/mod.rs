//! Where things lie in a file: one tolerant walk over JPEG, PNG, WebP, GIF, TIFF, AVIF/HEIF and JPEG XL, and over the
//! outlines of video and sound, which need not be in memory.

mod audio;
mod bmff;
mod cr3;
mod format;
mod gif;
mod iloc;
mod items;
mod jpeg;
mod jumbf;
mod jxl;
mod movie;
mod plain;
mod png;
mod raf;
mod raw;
mod riff;
mod svg;
mod tiff;
mod walk;

pub use format::{Format, MediaKind};
pub(super) use items::Items;
pub(super) use jxl::exif_start as jxl_exif;
pub(super) use png::{COMFYUI, XMP as PNG_XMP};

use super::content::Content;
use super::{Limits, Orientation};
use std::ops::Range;
use walk::Walk;

/// How one format is told and walked.
struct ContainerKind {
    format: Format,
    /// Looks at the first bytes only.
    sniff: fn(&[u8]) -> bool,
    /// Collects dimensions, blocks and problems; must come to an end on any bytes.
    walk: fn(&mut Walk<'_>),
}

/// Every container that is walked; the first whose sniff answers is taken.
static ALL: &[ContainerKind] = &[
    jpeg::KIND,
    png::KIND,
    riff::KIND,
    gif::KIND,
    raw::CR2,
    raw::ORF,
    raw::RW2,
    raf::KIND,
    tiff::KIND,
    cr3::KIND,
    bmff::AVIF,
    bmff::HEIF,
    jxl::KIND,
    plain::BMP,
    plain::ICO,
    jumbf::KIND,
    movie::QUICKTIME,
    movie::M4A,
    movie::MP4,
    riff::WAV,
    riff::AVI,
    audio::FLAC,
    audio::MP3,
    plain::PDF,
    svg::KIND,
];

/// What a block of the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A TIFF structure with EXIF (starts at `II`/`MM`).
    Exif,
    /// A whole XMP packet.
    Xmp,
    /// One piece of a JPEG extended XMP packet.
    ExtendedXmp {
        /// The GUID that joins the pieces (32 ASCII digits).
        guid: [u8; 32],
        /// Where this piece belongs.
        offset: u32,
        /// Length of the whole packet.
        total: u32,
    },
    /// Photoshop image resources or bare IPTC-IIM.
    Iptc,
    /// A piece of a C2PA manifest store. The pieces of one file, joined, begin with the JUMBF superbox's own header.
    Jumbf,
    /// A JPEG application segment that is none of the others (nor JFIF, ICC or Adobe).
    App {
        /// The number after `APP`, 0 to 15.
        number: u8,
    },
    /// A PNG text chunk's value, with its keyword.
    Text {
        /// The keyword.
        keyword: String,
        /// The value is zlib-compressed.
        compressed: bool,
        /// The chunk declares UTF-8 (`iTXt`); else Latin-1 by the standard, UTF-8 in practice.
        utf8: bool,
    },
    /// Metadata of a JPEG XL file, compressed with Brotli.
    Brotli {
        /// The box that it stands for: `Exif`, `xml `, or ComfyUI's `comf`.
        kind: [u8; 4],
    },
    /// A comment (JPEG COM, GIF comment). A GIF comment is cut into pieces of at most 255 bytes, one byte apart.
    Comment,
    /// Bytes after the end of the image.
    Trailer,
    /// What Samsung puts behind the end of other images, in a box of a HEIF file.
    SamsungTrailer,
}

/// A piece of the file and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub kind: BlockKind,
    /// Where its payload lies in the file; always within it. What is streamed is not in memory there.
    pub range: Range<usize>,
}

/// A piece of what may be a manifest store: the formats cut it up, each in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::asset) struct Piece {
    /// The segment, chunk or box that carries it, with its header and checksum.
    pub(in crate::asset) outer: Range<usize>,
    /// Where the piece itself lies. In JPEG every piece but the first repeats the header of the box that is cut up.
    pub(in crate::asset) inner: Range<usize>,
    /// Pieces of one box have the same number: JPEG's box instance, else where the first of them begins.
    pub(in crate::asset) instance: usize,
    /// Where it belongs among them.
    pub(in crate::asset) sequence: u32,
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// Damage that was read past: all that is there was seen.
    Damage,
    /// The file ends too early, so that something is missing.
    Cut,
    /// A limit kept something from being seen.
    Limit,
}

/// Damage or a limit met on the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub kind: ProblemKind,
    /// Byte offset where it was met.
    pub at: usize,
    /// What it is, in plain words, lower case.
    pub message: String,
}

/// A quantisation table of a JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantisationTable {
    /// The number by which components name it, 0 to 3.
    pub id: u8,
    /// Where its 64 values stand in the file, a byte each, or two where the range is twice as long.
    pub range: Range<usize>,
}

/// The picture in JPEG that a raw file holds beside what the sensor saw: the largest of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Where it lies in the file.
    pub range: Range<usize>,
    /// Its width and height, by its header.
    pub size: (u32, u32),
}

/// The structure of one file.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// The format by content.
    pub format: Option<Format>,
    /// Width and height as stored, in pixels, where the header tells.
    pub dimensions: Option<(u32, u32)>,
    /// How the stored picture must be turned, where the container itself says so; what EXIF says does not count then.
    pub orientation: Option<Orientation>,
    /// The preview of a raw file.
    pub preview: Option<Preview>,
    /// The metadata blocks in file order.
    pub blocks: Vec<Block>,
    /// What went wrong on the walk; what was found before still stands.
    pub problems: Vec<Problem>,
    /// The quantisation tables with which a JPEG's first scan was made, by their numbers.
    pub tables: Vec<QuantisationTable>,
    /// Pieces of what may be a manifest store, in file order.
    pub(in crate::asset) pieces: Vec<Piece>,
}

/// The container that these first bytes begin.
fn kind_of(head: &[u8]) -> Option<&'static ContainerKind> {
    ALL.iter().find(|kind| (kind.sniff)(head))
}

impl Container {
    /// Walks the file once. Never fails: damage ends up in `problems`.
    pub(super) fn walk(content: &Content, limits: &Limits) -> Self {
        let mut walk = Walk::new(content, limits);
        if let Some(kind) = kind_of(walk.bytes) {
            walk.found.format = Some(kind.format);
            (kind.walk)(&mut walk);
        }
        walk.found
    }

    /// The bytes after the end of the image, if any.
    pub fn trailer(&self) -> Option<Range<usize>> {
        self.blocks
            .iter()
            .find(|block| block.kind == BlockKind::Trailer)
            .map(|block| block.range.clone())
    }
}
