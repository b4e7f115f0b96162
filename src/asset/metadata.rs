//! EXIF, XMP and text, decoded from the blocks of a container.

use super::{Container, Limits};

/// How the stored picture must be turned to stand upright (EXIF tag 0x0112, values 1 to 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation(pub u8);

/// One EXIF field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExifField {
    /// The IFD it stands in: `0th`, `1st`, `exif`, `gps`.
    pub ifd: &'static str,
    /// The tag's number.
    pub tag: u16,
    /// The value as text: ASCII fields as they are, `UserComment` with its character code resolved, else the display form.
    pub text: String,
}

/// The EXIF fields of a file.
#[derive(Debug, Clone, Default)]
pub struct Exif {
    /// In file order.
    pub fields: Vec<ExifField>,
}

/// One property of an XMP packet; structures and arrays are flattened to one row a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmpProperty {
    /// The namespace URI of the leaf property (never the prefix).
    pub namespace: String,
    /// Its local name.
    pub name: String,
    /// Its text value (of `rdf:resource`, if it has that instead).
    pub value: String,
}

/// One XMP packet.
#[derive(Debug, Clone, Default)]
pub struct XmpPacket {
    /// In document order.
    pub properties: Vec<XmpProperty>,
}

/// A text with its keyword (PNG text chunk; `Comment` for JPEG and GIF comments).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEntry {
    /// The keyword.
    pub keyword: String,
    /// The text.
    pub text: String,
}

/// What the file says about itself.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// EXIF fields of all EXIF blocks.
    pub exif: Exif,
    /// XMP packets.
    pub xmp: Vec<XmpPacket>,
    /// PNG texts and comments.
    pub texts: Vec<TextEntry>,
    /// What could not be read, in plain words.
    pub problems: Vec<String>,
}

impl Metadata {
    /// Reads what the container's blocks hold.
    pub fn read(_bytes: &[u8], _container: &Container, _limits: &Limits) -> Self {
        Self::default()
    }

    /// The orientation that EXIF declares; 1 where it declares none.
    pub fn orientation(&self) -> Orientation {
        Orientation(1)
    }
}
