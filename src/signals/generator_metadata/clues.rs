//! Where marks stand: the metadata of a file, and the blocks that are none.

use crate::asset::namespace::{EXIF, PHOTOSHOP};
use crate::asset::{Asset, BlockKind, Container, Metadata, XmpProperty};

/// The IPTC-IIM record and dataset that holds the credit line.
const CREDIT: (u8, u8) = (2, 110);

const USER_COMMENT: u16 = 0x9286;

/// What is written in a file besides its picture.
pub(crate) struct Clues<'a> {
    pub(super) metadata: &'a Metadata,
    file: Option<(&'a [u8], &'a Container)>,
}

impl<'a> Clues<'a> {
    /// All that stands in a file.
    pub(super) fn of(asset: &'a Asset) -> Self {
        Self {
            metadata: asset.metadata(),
            file: Some((asset.bytes(), asset.container())),
        }
    }

    /// Metadata that came another way than in the blocks of a file.
    pub(crate) fn in_metadata(metadata: &'a Metadata) -> Self {
        Self {
            metadata,
            file: None,
        }
    }

    /// The bodies of JPEG application segments that nothing else reads, with the number after `APP`.
    pub(super) fn segments(&self) -> impl Iterator<Item = (u8, &'a [u8])> {
        self.blocks().filter_map(|(kind, body)| match kind {
            BlockKind::App { number } => Some((*number, body)),
            _ => None,
        })
    }

    /// What follows the end of the image.
    pub(super) fn trailer(&self) -> Option<&'a [u8]> {
        let mut blocks = self.blocks();
        let (_, body) = blocks.find(|(kind, _)| **kind == BlockKind::Trailer)?;
        Some(body)
    }

    /// Samsung's trailer, which stands behind the image, or in a box of its own in HEIF files.
    pub(super) fn samsung(&self) -> Option<&'a [u8]> {
        let mut blocks = self.blocks();
        let boxed = blocks.find(|(kind, _)| **kind == BlockKind::SamsungTrailer);
        boxed.map(|(_, body)| body).or_else(|| self.trailer())
    }

    fn blocks(&self) -> impl Iterator<Item = (&'a BlockKind, &'a [u8])> {
        self.file.into_iter().flat_map(|(bytes, container)| {
            let body = |range: &std::ops::Range<usize>| bytes.get(range.clone());
            let blocks = container.blocks.iter();
            blocks.filter_map(move |block| Some((&block.kind, body(&block.range)?)))
        })
    }

    /// The texts under a keyword, upper and lower case as written.
    pub(super) fn texts(&self, keyword: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.metadata.texts_named(keyword)
    }

    /// The values of an XMP property, by namespace URI and local name.
    pub(super) fn xmp(
        &self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        self.metadata.xmp_values(namespace, name)
    }

    /// The XMP properties of all packets. For names whose namespace is written in more than one way.
    pub(super) fn properties(&self) -> impl Iterator<Item = &'a XmpProperty> + use<'a> {
        let packets = self.metadata.xmp.iter();
        packets.flat_map(|packet| &packet.properties)
    }

    /// The credit lines, in XMP and in IPTC-IIM.
    pub(super) fn credits(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let fields = self.metadata.iptc.iter();
        let old = fields.filter(|field| (field.record, field.dataset) == CREDIT);
        self.xmp(PHOTOSHOP, "Credit")
            .chain(old.map(|field| field.text.as_str()))
            .map(str::trim)
    }

    /// What stands in EXIF's user comment, be it in EXIF or in XMP; some tools put it into the wrong directory.
    pub(super) fn user_comments(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.exif(USER_COMMENT).chain(self.xmp(EXIF, "UserComment"))
    }

    /// The EXIF fields of this tag, in whichever directory they stand.
    pub(super) fn exif(&self, tag: u16) -> impl Iterator<Item = &'a str> + use<'a> {
        self.metadata.exif.texts(tag)
    }
}
