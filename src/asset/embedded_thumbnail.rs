//! The small copy of the picture that cameras and editors put beside it: in the second directory of EXIF, or in Photoshop's
//! image resources.

use super::bytes::{ReadAt, index};
use super::tiff::{Ifd, Tiff};
use super::{Asset, BlockKind, Format, Limits, PixelError};
use crate::fingerprints::{Layout, Raster};
use image::GrayImage;

/// A thumbnail that has more pixels than this is none; real ones have at most a tenth.
const MAX_PIXELS: u64 = 1 << 20;

/// Bytes of a JPEG beyond these are not read.
const MAX_BYTES: usize = 4 << 20;

/// Compression, size and place of the picture that a directory describes.
const WIDTH: u16 = 0x0100;
const HEIGHT: u16 = 0x0101;
const COMPRESSION: u16 = 0x0103;
const PHOTOMETRIC: u16 = 0x0106;
const STRIP_AT: u16 = 0x0111;
const STRIP_LEN: u16 = 0x0117;
const JPEG_AT: u16 = 0x0201;
const JPEG_LEN: u16 = 0x0202;

/// Photoshop's image resource with a thumbnail in JPEG, behind a header of its own.
const PHOTOSHOP_THUMBNAIL: u16 = 0x040C;
const PHOTOSHOP_HEADER: usize = 28;

/// A thumbnail, not decoded yet. Anyone can put any picture there.
#[derive(Debug)]
pub struct EmbeddedThumbnail {
    /// Where it stands: `EXIF` or `Photoshop resources`.
    pub place: &'static str,
    stored: Stored,
}

#[derive(Debug)]
enum Stored {
    Jpeg(Box<Asset>),
    Luma(GrayImage),
}

impl EmbeddedThumbnail {
    /// The luma of the picture.
    ///
    /// # Errors
    /// It is damaged, or larger than any thumbnail.
    pub fn luma(&self) -> Result<Raster<'_>, PixelError> {
        match &self.stored {
            Stored::Jpeg(asset) => asset.luma(),
            Stored::Luma(luma) => {
                Raster::of_grey(luma).map_err(|error| PixelError::Malformed(error.to_string()))
            }
        }
    }
}

/// The thumbnails in EXIF and in Photoshop's resources, the first of each.
pub(super) fn of(asset: &Asset) -> Vec<EmbeddedThumbnail> {
    // The second directory of a TIFF file is another page.
    if !matches!(
        asset.format(),
        Some(Format::Jpeg | Format::Png | Format::WebP)
    ) {
        return Vec::new();
    }
    let bodies = |wanted: BlockKind| {
        let blocks = asset.container().blocks.iter();
        blocks
            .filter(move |block| block.kind == wanted)
            .filter_map(|block| asset.bytes().get(block.range.clone()))
    };
    let exif = bodies(BlockKind::Exif).find_map(|body| in_exif(body, &asset.limits));
    let photoshop = bodies(BlockKind::Iptc).find_map(|body| in_resources(body, &asset.limits));
    let named =
        |place, stored: Option<Stored>| stored.map(|stored| EmbeddedThumbnail { place, stored });
    [named("EXIF", exif), named("Photoshop resources", photoshop)]
        .into_iter()
        .flatten()
        .collect()
}

/// What the second directory says of its picture; of a list of strips, the first.
#[derive(Default)]
struct Fields {
    size: [u64; 2],
    compression: u64,
    photometric: u64,
    strip: [u64; 2],
    strips: usize,
    jpeg: [u64; 2],
}

fn in_exif(body: &[u8], limits: &Limits) -> Option<Stored> {
    let mut fields = Fields::default();
    Tiff::new(body)?.visit(|entry| {
        if entry.ifd != Ifd::Main(1) {
            return;
        }
        let Some(first) = entry.numbers().next() else {
            return;
        };
        match entry.tag {
            WIDTH => fields.size[0] = first,
            HEIGHT => fields.size[1] = first,
            COMPRESSION => fields.compression = first,
            PHOTOMETRIC => fields.photometric = first,
            STRIP_AT => {
                fields.strip[0] = first;
                // Whether there is one is all that counts; a list may be as long as the file.
                fields.strips = entry.numbers().take(2).count();
            }
            STRIP_LEN => fields.strip[1] = first,
            JPEG_AT => fields.jpeg[0] = first,
            JPEG_LEN => fields.jpeg[1] = first,
            _ => {}
        }
    });
    let at = |[at, len]: [u64; 2]| body.clamped(index(at), index(len));
    jpeg(at(fields.jpeg), limits)
        .or_else(|| jpeg(at(fields.strip), limits))
        .or_else(|| rgb(&fields, at(fields.strip)))
}

/// A JPEG as an image of its own, allowed as many pixels as a thumbnail may have. What it carries itself is not looked at.
fn jpeg(bytes: &[u8], limits: &Limits) -> Option<Stored> {
    if !bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return None;
    }
    let limits = Limits {
        max_pixels: limits.max_pixels.min(MAX_PIXELS),
        budget: None,
        ..limits.clone()
    };
    let bytes = bytes.clamped(0, MAX_BYTES).to_vec();
    let asset = Asset::new("thumbnail", bytes, limits);
    Some(Stored::Jpeg(Box::new(asset)))
}

/// Uncompressed red, green and blue in one strip: the one other form that cameras write often.
fn rgb(fields: &Fields, strip: &[u8]) -> Option<Stored> {
    let [width, height] = fields.size;
    let pixels = width.checked_mul(height)?;
    let plain = fields.compression == 1 && fields.photometric == 2 && fields.strips == 1;
    if !plain || pixels > MAX_PIXELS {
        return None;
    }
    let samples = strip.get(..index(pixels.checked_mul(3)?))?;
    let luma = Raster::new(index(width), index(height), Layout::Rgb, samples).ok()?;
    let [width, height] = [u32::try_from(width).ok()?, u32::try_from(height).ok()?];
    GrayImage::from_raw(width, height, luma.luma()).map(Stored::Luma)
}

fn in_resources(body: &[u8], limits: &Limits) -> Option<Stored> {
    let resource = super::metadata::resource(body, PHOTOSHOP_THUMBNAIL)?;
    jpeg(resource.get(PHOTOSHOP_HEADER..)?, limits)
}
