//! EXIF, XMP and text, decoded from the blocks of a container.

mod brotli;
mod camera;
mod exif;
mod extended;
mod iptc;
mod read;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod xmp;
mod xmp_bounds;
mod xmp_repair;

use super::{Container, Limits};

pub use camera::Camera;
pub(crate) use iptc::resource;

/// Namespace URIs of the XMP properties that tell of provenance.
pub mod namespace {
    /// IPTC extension (`Iptc4xmpExt`), where `DigitalSourceType` lives.
    pub const IPTC_EXT: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    /// What is said of a region of the picture only (`ImageRegion`): properties of [`IPTC_EXT`] stand under this name there.
    pub const IPTC_REGION: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ImageRegion/";
    /// Dublin Core terms; `provenance` is the address of a remote C2PA manifest.
    pub const DCTERMS: &str = "http://purl.org/dc/terms/";
    /// Dublin Core elements (`dc`).
    pub const DC: &str = "http://purl.org/dc/elements/1.1/";
    /// Photoshop (`Credit`, `History`).
    pub const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
    /// XMP basic (`CreatorTool`).
    pub const XMP: &str = "http://ns.adobe.com/xap/1.0/";
    /// XMP media management (`DocumentID`, `InstanceID`).
    pub const XMP_MM: &str = "http://ns.adobe.com/xap/1.0/mm/";
    /// Events of the edit history (`softwareAgent`, `action`).
    pub const ST_EVT: &str = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#";
    /// References to other documents, such as `DerivedFrom` and ingredients.
    pub const ST_REF: &str = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#";
    /// EXIF fields written as XMP.
    pub const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
    /// TIFF fields written as XMP.
    pub const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
    /// PLUS licence data (`DataMining`).
    pub const PLUS: &str = "http://ns.useplus.org/ldf/xmp/1.0/";
    /// The Chinese standard for labels of generated content.
    pub const TC260: &str = "http://www.tc260.org.cn/ns/AIGC/1.0/";
}

/// How the stored picture must be turned to stand upright (EXIF tag 0x0112, values 1 to 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation(pub u8);

impl Orientation {
    /// The one that undoes it: only the quarter turns are not their own.
    pub fn inverse(self) -> Self {
        match self.0 {
            6 => Self(8),
            8 => Self(6),
            _ => self,
        }
    }
}

/// One EXIF field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExifField {
    /// The IFD it stands in: `0th`, `1st`, `exif`, `gps`, `interop`, `sub` (a picture below another), `other`.
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
    /// The number in tag 0x0112 of the first directory; 0 where there is none.
    pub orientation: Orientation,
}

impl Exif {
    /// The first field of this tag, in whichever directory it stands.
    pub fn text(&self, tag: u16) -> Option<&str> {
        self.texts(tag).next()
    }

    /// All fields of this tag, in whichever directory they stand.
    pub fn texts(&self, tag: u16) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |field| field.tag == tag)
            .map(|field| field.text.as_str())
    }
}

/// One property of an XMP packet; structures and arrays are flattened to one row a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmpProperty {
    /// The namespace URI of the leaf property (never the prefix). Where the packet declares none, the prefix and a colon.
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

impl XmpPacket {
    /// The values of a property, by namespace URI and local name.
    pub fn values<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let wanted = move |row: &&XmpProperty| row.name == name && row.namespace == namespace;
        self.properties
            .iter()
            .filter(wanted)
            .map(|row| row.value.as_str())
    }
}

/// A text with its keyword (PNG text chunk; `Comment` for JPEG and GIF comments).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEntry {
    /// The keyword.
    pub keyword: String,
    /// The text.
    pub text: String,
}

/// One IPTC-IIM dataset (`2:110` is Credit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IptcField {
    /// The record; 2 holds what people write.
    pub record: u8,
    /// The dataset's number.
    pub dataset: u8,
    /// Its text.
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
    /// IPTC-IIM datasets.
    pub iptc: Vec<IptcField>,
    /// Damage that was read past, in plain words.
    pub problems: Vec<String>,
    /// The limit that kept some of it from being read, in plain words, with the flag that raises it where there is one.
    pub limit: Option<String>,
}

impl Metadata {
    /// Reads what the container's blocks hold.
    pub fn read(bytes: &[u8], container: &Container, limits: &Limits) -> Self {
        read::read(bytes, container, limits)
    }

    /// The orientation that EXIF declares; 1 where it declares none.
    pub fn orientation(&self) -> Orientation {
        match self.exif.orientation {
            declared @ Orientation(1..=8) => declared,
            _ => Orientation(1),
        }
    }

    /// The values of an XMP property in all packets, by namespace URI and local name.
    pub fn xmp_values<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        self.xmp
            .iter()
            .flat_map(move |packet| packet.values(namespace, name))
    }

    /// The texts under a keyword, upper and lower case as written.
    pub fn texts_named<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a str> {
        self.texts
            .iter()
            .filter(move |entry| entry.keyword == keyword)
            .map(|entry| entry.text.as_str())
    }
}
