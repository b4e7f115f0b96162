//! EXIF, XMP and text, decoded from the blocks of a container.

mod exif;
mod extended;
mod iptc;
mod text;
mod xmp;
mod xmp_bounds;

use super::{BlockKind, Container, Format, Limits};
use text::Budget;

/// Namespace URIs of the XMP properties that tell of provenance.
pub mod namespace {
    /// IPTC extension (`Iptc4xmpExt`), where `DigitalSourceType` lives.
    pub const IPTC_EXT: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
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
    /// What could not be read, in plain words.
    pub problems: Vec<String>,
}

impl Metadata {
    /// Reads what the container's blocks hold.
    pub fn read(bytes: &[u8], container: &Container, limits: &Limits) -> Self {
        let mut reader = Reader::new(container.format, limits);
        let mut pieces = extended::Pieces::default();
        let mut comment_end = None;
        for block in &container.blocks {
            let Some(body) = bytes.get(block.range.clone()) else {
                continue;
            };
            match &block.kind {
                BlockKind::Exif => reader.exif(body),
                BlockKind::Xmp => reader.xmp(body),
                BlockKind::ExtendedXmp { guid, offset, .. } => pieces.add(*guid, *offset, body),
                BlockKind::Iptc => iptc::read(body, &mut reader.found.iptc, &mut reader.budget),
                BlockKind::Text {
                    keyword,
                    compressed,
                    ..
                } => reader.text(keyword, body, *compressed),
                BlockKind::Comment => {
                    // The pieces of a GIF comment stand one length byte apart.
                    let continues = container.format == Some(Format::Gif)
                        && comment_end == block.range.start.checked_sub(1);
                    reader.comment(body, continues);
                    comment_end = Some(block.range.end);
                }
                BlockKind::Jumbf | BlockKind::App { .. } | BlockKind::Trailer => {}
            }
        }
        for packet in pieces.join(&mut reader.found.problems) {
            reader.xmp(&packet);
        }
        reader.finish()
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

/// Metadata being read, and what of the limits is left.
struct Reader<'a> {
    found: Metadata,
    format: Option<Format>,
    limits: &'a Limits,
    budget: Budget,
}

impl<'a> Reader<'a> {
    fn new(format: Option<Format>, limits: &'a Limits) -> Self {
        Self {
            found: Metadata::default(),
            format,
            limits,
            budget: Budget::new(limits.max_inflate),
        }
    }

    fn exif(&mut self, body: &[u8]) {
        let damage = exif::read(body, &mut self.found.exif, &mut self.budget);
        // The walk over a TIFF file has named its damage already.
        if self.format != Some(Format::Tiff) {
            self.found.problems.extend(damage);
        }
    }

    fn xmp(&mut self, body: &[u8]) {
        if !self.budget.take(body.len()) {
            return;
        }
        match xmp::read(body, self.limits.max_depth) {
            Ok(packet) => self.found.xmp.push(packet),
            Err(problem) => self.found.problems.push(problem),
        }
    }

    fn text(&mut self, keyword: &str, body: &[u8], compressed: bool) {
        let inflated;
        let body = match compressed {
            false => body,
            true => {
                let (bytes, problem) = text::inflate(body, &self.budget);
                if let Some(problem) = problem {
                    self.found
                        .problems
                        .push(format!("text {keyword:?}: {problem}"));
                }
                inflated = bytes;
                &inflated
            }
        };
        if keyword == super::container::PNG_XMP {
            return self.xmp(body);
        }
        if !self.budget.take(body.len()) {
            return;
        }
        match (
            keyword.strip_prefix("Raw profile type "),
            text::raw_profile(body),
        ) {
            (Some("exif" | "APP1"), Some(profile)) => self.app1(&profile),
            (Some("xmp"), Some(profile)) => self.xmp(&profile),
            (Some("iptc" | "8bim"), Some(profile)) => {
                iptc::read(&profile, &mut self.found.iptc, &mut self.budget);
            }
            _ => {
                let text = text::decode(body);
                self.found.texts.push(TextEntry {
                    keyword: keyword.to_owned(),
                    text,
                });
            }
        }
    }

    /// ImageMagick keeps a JPEG's APP1 segment as it was, be it EXIF or XMP.
    fn app1(&mut self, profile: &[u8]) {
        match profile.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
            Some(packet) => self.xmp(packet),
            None => self.exif(profile.strip_prefix(b"Exif\0\0").unwrap_or(profile)),
        }
    }

    fn comment(&mut self, body: &[u8], continues: bool) {
        if !self.budget.take(body.len()) {
            return;
        }
        let text = text::decode(body);
        match self.found.texts.last_mut().filter(|_| continues) {
            Some(entry) => entry.text.push_str(&text),
            None => self.found.texts.push(TextEntry {
                keyword: "Comment".to_owned(),
                text,
            }),
        }
    }

    fn finish(mut self) -> Metadata {
        if self.budget.refused() {
            let limit = self.limits.max_inflate;
            let message = format!(
                "the metadata are larger than the limit of {limit} bytes: some are not read"
            );
            self.found.problems.push(message);
        }
        self.found
    }
}
