//! PNG. Where nobody wants its colours, a large picture is decoded row by row, and only its luma is kept.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use png::{BitDepth, ColorType, DecodingError, Reader, Transformations};

use super::image_crate::{self, DECODER_ROOM, most_bytes};
use super::picture::COLUMN;
use super::{
    Decode, Decoder, Encoded, Format, Limits, Picture, PixelError, area, check_size, memory,
};
use crate::fingerprints::Layout;
use crate::fingerprints::pdq::Rows;
use crate::fingerprints::raster::ToLuma;
use crate::platform::fastest;

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::Png],
    decode: Decode::Views(|encoded, limits| {
        let by_rows = !encoded.colour && is_large(encoded.container.dimensions);
        if by_rows && let Some(passed) = RowByRow::open(encoded.bytes, limits)? {
            return passed.decode();
        }
        image_crate::decode(encoded.bytes, ImageFormat::Png, limits).map(Picture::from)
    }),
    memory: bytes_held,
};

/// From so many pixels on it is worth it.
const LARGE: u64 = 4_000_000;

/// Both sides are long enough for every way of hashing it, and for the column that is kept.
const SHORTEST: u32 = 128;

fn is_large(size: Option<(u32, u32)>) -> bool {
    size.is_some_and(|size| area(size) >= LARGE && size.0.min(size.1) >= SHORTEST)
}

/// A file that is decoded row by row.
struct RowByRow<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    size: (u32, u32),
    layout: Layout,
    is_deep: bool,
}

impl<'a> RowByRow<'a> {
    /// Reads the header; nothing, where the rows do not come in order, or not one for each of the picture.
    fn open(bytes: &'a [u8], limits: &Limits) -> Result<Option<Self>, PixelError> {
        let most = usize::try_from(most_bytes(limits).saturating_add(DECODER_ROOM));
        let bounds = png::Limits {
            bytes: most.unwrap_or(usize::MAX),
        };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), bounds);
        decoder.set_transformations(Transformations::EXPAND);
        let reader = decoder.read_info().map_err(translate)?;
        let info = reader.info();
        let (size, animated) = (info.size(), info.animation_control.is_some());
        check_size(Some(size), limits)?;
        let (colours, depth) = reader.output_color_type();
        let layout = match colours {
            ColorType::Grayscale => Layout::L,
            ColorType::GrayscaleAlpha => Layout::La,
            ColorType::Rgb => Layout::Rgb,
            ColorType::Rgba => Layout::Rgba,
            ColorType::Indexed => return Ok(None),
        };
        let plain = matches!(depth, BitDepth::Eight | BitDepth::Sixteen);
        let in_order = !info.interlaced && !animated && plain && is_large(Some(size));
        Ok(in_order.then_some(Self {
            reader,
            size,
            layout,
            is_deep: depth == BitDepth::Sixteen,
        }))
    }

    fn decode(mut self) -> Result<Picture, PixelError> {
        let side = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
        let (width, height) = (side(self.size.0), side(self.size.1));
        let mut rows = Rows::new(width, height, self.layout);
        let mut luma = vec![0; width.saturating_mul(height)];
        let mut lines = luma.chunks_exact_mut(width.max(1));
        let (mut shallow, mut column) = (Vec::new(), Column::default());
        while let Some(row) = self.reader.next_row().map_err(translate)? {
            column.keep(row.data(), self.layout.channels(), self.is_deep);
            let row = match self.is_deep {
                true => in_8_bits(row.data(), &mut shallow),
                false => row.data(),
            };
            rows.push(row);
            if let Some(luma) = lines.next() {
                let layout = self.layout;
                fastest(ToLuma { layout, row, luma });
            }
        }
        let luma = GrayImage::from_raw(self.size.0, self.size.1, luma);
        let (luma, gathered) = luma
            .zip(rows.finish())
            .ok_or_else(|| PixelError::damage("rows are missing"))?;
        Ok(Picture::Passed {
            luma,
            gathered: Box::new(gathered),
            column: column.finish(self.layout, self.is_deep).unwrap_or_default(),
        })
    }
}

/// The first pixels of the first column, as they come.
#[derive(Default)]
struct Column {
    samples: Vec<u8>,
    kept: usize,
}

impl Column {
    fn keep(&mut self, row: &[u8], channels: usize, is_deep: bool) {
        let pixel = row.get(..channels * (1 + usize::from(is_deep)));
        if let Some(pixel) = pixel.filter(|_| self.kept < COLUMN) {
            self.samples.extend_from_slice(pixel);
            self.kept += 1;
        }
    }

    fn finish(self, layout: Layout, is_deep: bool) -> Option<DynamicImage> {
        let height = u32::try_from(self.kept).ok()?;
        let deep = || {
            let samples = self.samples.as_chunks::<2>().0.iter();
            samples.map(|sample| u16::from_be_bytes(*sample)).collect()
        };
        Some(match (layout, is_deep) {
            (Layout::Rgb, false) => RgbImage::from_raw(1, height, self.samples)?.into(),
            (Layout::Rgba, false) => RgbaImage::from_raw(1, height, self.samples)?.into(),
            (Layout::Rgb, true) => ImageBuffer::<Rgb<u16>, _>::from_raw(1, height, deep())?.into(),
            (Layout::Rgba, true) => {
                ImageBuffer::<Rgba<u16>, _>::from_raw(1, height, deep())?.into()
            }
            // Grey is not asked for its column.
            (Layout::L | Layout::La, _) => DynamicImage::new_luma8(1, height),
        })
    }
}

/// Scales samples of 16 bits down as the `image` crate does.
fn in_8_bits<'a>(row: &[u8], shallow: &'a mut Vec<u8>) -> &'a [u8] {
    shallow.clear();
    let samples = row.as_chunks::<2>().0.iter();
    shallow.extend(samples.map(|sample| {
        let sample = u32::from(u16::from_be_bytes(*sample));
        ((sample + 128) / 257) as u8
    }));
    shallow
}

/// In the words that the `image` crate would lead to.
fn translate(error: DecodingError) -> PixelError {
    match error {
        DecodingError::LimitsExceeded => PixelError::memory(),
        error => PixelError::damage(&error.to_string()),
    }
}

/// What is kept besides the luma of a picture that is decoded row by row: a band of rows, twice while it grows.
const BANDS: u64 = 32;

/// The decoder's buffers, and what is gathered for PDQ.
const ROOM: u64 = 2 << 20;

fn bytes_held(encoded: &Encoded<'_>, size: (u32, u32)) -> u64 {
    let whole = memory::of(encoded, size);
    let interlaced = encoded.bytes.get(28).is_none_or(|method| *method != 0);
    match !encoded.colour && is_large(Some(size)) && !interlaced {
        true => area(size)
            .saturating_add(whole / BANDS)
            .saturating_add(ROOM),
        false => whole,
    }
}
