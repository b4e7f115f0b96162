//! AVIF and HEIF: pictures as items of a file, whole or in tiles.

use super::{Container, Decode, Decoder, Encoded, Format, Limits, PixelError, area, check_size};
use crate::asset::bytes::ReadAt;
use crate::asset::container::Items;
use image::{DynamicImage, RgbImage, imageops};

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::Avif, Format::Heif],
    decode: Decode::Colours(decode),
    // The planes of a frame at 16 bits, the picture made of them, and the tile that is pasted into it.
    memory: |_, size| area(size).saturating_mul(14).saturating_add(ROOM),
};

/// What decoders need besides pictures.
const ROOM: u64 = 32 << 20;

/// More tiles than these are a bomb: each takes a decoder of its own.
const MAX_TILES: usize = 4096;

fn decode(
    bytes: &[u8],
    container: &Container,
    limits: &Limits,
) -> Result<DynamicImage, PixelError> {
    let items = Items::read(bytes);
    let name = container.format.map_or("HEIF", Format::name);
    let file = File {
        bytes,
        items,
        name,
        limits,
    };
    check_size(file.items.size(bytes, file.items.primary()), limits)?;
    file.picture(file.items.primary())
}

struct File<'a> {
    bytes: &'a [u8],
    items: Items,
    name: &'static str,
    limits: &'a Limits,
}

impl File<'_> {
    /// The main picture. HEVC is left to its decoder as a whole, tiles included.
    fn picture(&self, item: u32) -> Result<DynamicImage, PixelError> {
        let first = *self.items.made_of(item).first().unwrap_or(&item);
        match (self.items.kind(item), self.items.kind(first)) {
            (Some(kind), Some(coded)) if &coded == b"hvc1" => self.hevc(&kind),
            (Some(kind), _) if &kind == b"grid" => self.grid(item),
            _ => self.single(item),
        }
    }

    /// One picture that is no grid.
    fn single(&self, item: u32) -> Result<DynamicImage, PixelError> {
        let data = self.items.data(self.bytes, item);
        let kind = self.items.kind(item);
        let (Some(data), Some(kind)) = (data, kind) else {
            return Err(PixelError::damage(
                "its main picture is nowhere to be found",
            ));
        };
        match &kind {
            b"av01" => av1(data, self.limits),
            b"jpeg" => jpeg(data, self.limits),
            _ => Err(self.unsupported(&kind)),
        }
    }

    /// A picture in tiles of one size, row by row; the last ones may reach over the edge.
    fn grid(&self, item: u32) -> Result<DynamicImage, PixelError> {
        let data = self.items.data(self.bytes, item).unwrap_or_default();
        let grid = Grid::read(data).ok_or_else(|| PixelError::damage("its grid is cut"))?;
        check_size(Some((grid.width, grid.height)), self.limits)?;
        let tiles = self.items.made_of(item);
        let expected = grid.columns.saturating_mul(grid.rows);
        if tiles.len() != expected || expected > MAX_TILES {
            let message = format!("its grid has {} tiles, not {expected}", tiles.len());
            return Err(PixelError::damage(&message));
        }
        let mut whole: Option<RgbImage> = None;
        let mut size = (0, 0);
        for (number, tile) in tiles.iter().enumerate() {
            let tile = self.single(*tile)?.into_rgb8();
            let whole = whole.get_or_insert_with(|| {
                size = tile.dimensions();
                RgbImage::new(grid.width, grid.height)
            });
            // Every tile may have as many pixels as a whole picture, and the grid shows only a corner of it.
            let all = area(size).saturating_mul(expected as u64);
            if all > self.limits.max_pixels.saturating_mul(2) {
                return Err(PixelError::memory());
            }
            if tile.dimensions() != size {
                return Err(PixelError::damage("the tiles of its grid differ in size"));
            }
            let (column, row) = (number % grid.columns, number / grid.columns);
            let place = |number: usize, side: u32| (number as i64).saturating_mul(side.into());
            imageops::replace(whole, &tile, place(column, size.0), place(row, size.1));
        }
        let covers = |count: usize, side: u32, whole: u32| {
            u64::from(side).saturating_mul(count as u64) >= whole.into()
        };
        match whole {
            Some(whole)
                if covers(grid.columns, size.0, grid.width)
                    && covers(grid.rows, size.1, grid.height) =>
            {
                Ok(whole.into())
            }
            _ => Err(PixelError::damage("the tiles of its grid do not cover it")),
        }
    }

    #[cfg(feature = "heic")]
    fn hevc(&self, kind: &[u8; 4]) -> Result<DynamicImage, PixelError> {
        match kind {
            b"hvc1" | b"grid" if self.items.made_of(self.items.primary()).len() <= MAX_TILES => {
                super::contained(|| super::hevc::decode(self.bytes, &self.items, self.limits))
            }
            _ => Err(self.unsupported(kind)),
        }
    }

    #[cfg(not(feature = "heic"))]
    fn hevc(&self, _: &[u8; 4]) -> Result<DynamicImage, PixelError> {
        Err(PixelError::without("HEVC pictures", Some("heic")))
    }

    fn unsupported(&self, kind: &[u8; 4]) -> PixelError {
        let kind = kind.escape_ascii();
        PixelError::Unsupported(format!("this {} (a picture of kind {kind})", self.name))
    }
}

fn jpeg(bytes: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    let container = Container {
        format: Some(Format::Jpeg),
        ..Container::default()
    };
    let encoded = Encoded {
        bytes,
        container: &container,
        colour: true,
    };
    Ok(encoded.decode(limits)?.into_pixels()?.image)
}

#[cfg(feature = "avif")]
fn av1(data: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    super::av1::decode(data, limits)
}

#[cfg(not(feature = "avif"))]
fn av1(_: &[u8], _: &Limits) -> Result<DynamicImage, PixelError> {
    Err(PixelError::without("AV1 pictures", Some("avif")))
}

/// How tiles make a picture.
struct Grid {
    rows: usize,
    columns: usize,
    width: u32,
    height: u32,
}

impl Grid {
    fn read(data: &[u8]) -> Option<Self> {
        let wide = data.u8_at(1)? & 1 != 0;
        let side = |number: usize| match wide {
            true => data.be32(4 + 4 * number),
            false => data.be16(4 + 2 * number).map(u32::from),
        };
        let (width, height) = (side(0)?, side(1)?);
        (width > 0 && height > 0).then_some(Self {
            rows: usize::from(data.u8_at(2)?) + 1,
            columns: usize::from(data.u8_at(3)?) + 1,
            width,
            height,
        })
    }
}
