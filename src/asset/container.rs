//! Where things lie in a file: one tolerant walk over JPEG, PNG, WebP, GIF, TIFF, AVIF/HEIF and JPEG XL.

use super::Limits;
use std::ops::Range;

/// An image format, told from content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG (ISO 10918)
    Jpeg,
    /// PNG
    Png,
    /// WebP
    WebP,
    /// GIF
    Gif,
    /// TIFF and DNG
    Tiff,
    /// AVIF
    Avif,
    /// HEIC / HEIF
    Heif,
    /// JPEG XL
    JpegXl,
    /// BMP
    Bmp,
    /// ICO
    Ico,
    /// A bare C2PA manifest store (`.c2pa`)
    C2pa,
}

impl Format {
    /// The media type (`image/jpeg`).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Avif => "image/avif",
            Self::Heif => "image/heic",
            Self::JpegXl => "image/jxl",
            Self::Bmp => "image/bmp",
            Self::Ico => "image/x-icon",
            Self::C2pa => "application/c2pa",
        }
    }
}

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
    /// A piece of a C2PA manifest store (JUMBF), payload only.
    Jumbf,
    /// A PNG text chunk's value, with its keyword.
    Text {
        /// The keyword.
        keyword: String,
        /// The value is zlib-compressed.
        compressed: bool,
        /// The chunk declares UTF-8 (`iTXt`); else Latin-1 by the standard, UTF-8 in practice.
        utf8: bool,
    },
    /// A comment (JPEG COM, GIF comment).
    Comment,
    /// Bytes after the end of the image.
    Trailer,
}

/// A piece of the file and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub kind: BlockKind,
    /// Where its payload lies in the file's bytes; always within them.
    pub range: Range<usize>,
}

/// Damage or a limit met on the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Byte offset where it was met.
    pub at: usize,
    /// What it is, in plain words, lower case.
    pub message: String,
}

/// The structure of one file.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// The format by content.
    pub format: Option<Format>,
    /// Width and height as stored, in pixels, where the header tells.
    pub dimensions: Option<(u32, u32)>,
    /// The metadata blocks in file order.
    pub blocks: Vec<Block>,
    /// What went wrong on the walk; what was found before still stands.
    pub problems: Vec<Problem>,
}

impl Container {
    /// Walks the file once. Never fails: damage ends up in `problems`.
    pub fn walk(_bytes: &[u8], _limits: &Limits) -> Self {
        Self::default()
    }
}
