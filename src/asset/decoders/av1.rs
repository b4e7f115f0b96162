//! A still picture in AV1, as `re_rav1d` decodes it, on this thread.

use super::{Limits, PixelError, check_size};
use image::{DynamicImage, GrayImage, RgbImage};
use re_rav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent as Component, Settings};

/// Frames of more pixels would have planes whose length the decoder cannot count.
const MOST: u64 = 1 << 29;

/// A picture is one frame; what takes more calls than these never comes to an end.
const CALLS: usize = 64;

/// Decodes the first frame.
pub(super) fn decode(data: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    let most = limits.max_pixels.min(MOST);
    settings.set_frame_size_limit(u32::try_from(most).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(translated)?;
    let picture = first(&mut decoder, data).map_err(translated)?;
    check_size(Some((picture.width(), picture.height())), limits)?;
    coloured(&picture).ok_or_else(|| PixelError::damage("its planes are shorter than its size"))
}

fn first(decoder: &mut Decoder, data: &[u8]) -> Result<Picture, Error> {
    let mut sent = decoder.send_data(data.to_vec(), None, None, None);
    for _ in 0..CALLS {
        match sent {
            Ok(()) | Err(Error::Again) => {}
            Err(error) => return Err(error),
        }
        match decoder.get_picture() {
            Err(Error::Again) => {}
            picture => return picture,
        }
        sent = decoder.send_pending_data();
    }
    Err(Error::Again)
}

fn translated(error: Error) -> PixelError {
    match error {
        Error::NotEnoughMemory => PixelError::memory(),
        Error::UnsupportedBitstream => PixelError::Unsupported("this AV1".to_owned()),
        Error::Again => PixelError::damage("there is no frame in it"),
        _ => PixelError::damage("its AV1 data are damaged, or of another size than the file says"),
    }
}

/// A plane of 8 bits, or of more that are cut down to 8.
struct Plane<'a> {
    bytes: &'a [u8],
    stride: usize,
    /// Bits by which a sample of two bytes is shifted; none where samples are bytes.
    shift: Option<u32>,
}

impl Plane<'_> {
    fn row(&self, y: usize, width: usize) -> Option<Row<'_>> {
        let size = if self.shift.is_some() { 2 } else { 1 };
        let start = y.checked_mul(self.stride)?;
        let bytes = self.bytes.get(start..start.checked_add(width * size)?)?;
        Some(Row {
            bytes,
            shift: self.shift,
        })
    }
}

struct Row<'a> {
    bytes: &'a [u8],
    shift: Option<u32>,
}

impl Row<'_> {
    fn at(&self, x: usize) -> i32 {
        match self.shift {
            None => self.bytes.get(x).copied().map_or(0, i32::from),
            Some(shift) => {
                let pair = self.bytes.get(2 * x..).and_then(|rest| rest.first_chunk());
                pair.map_or(0, |pair| i32::from(u16::from_ne_bytes(*pair)) >> shift)
            }
        }
    }
}

/// The picture in red, green and blue, or in grey.
fn coloured(picture: &Picture) -> Option<DynamicImage> {
    let (width, height) = (picture.width(), picture.height());
    let bits = picture.bits_per_component()?.0;
    let shift = (bits > 8).then(|| u32::try_from(bits - 8).unwrap_or(0));
    let colours = Colours::of(picture);
    let luma = picture.plane(Component::Y);
    let luma = plane(&luma, picture, Component::Y, shift);
    let sides = [width, height].map(|side| usize::try_from(side).unwrap_or(usize::MAX));
    if picture.pixel_layout() == PixelLayout::I400 {
        let mut grey = Vec::with_capacity(sides[0].checked_mul(sides[1])?);
        for y in 0..sides[1] {
            let row = luma.row(y, sides[0])?;
            grey.extend((0..sides[0]).map(|x| colours.grey(row.at(x))));
        }
        return GrayImage::from_raw(width, height, grey).map(DynamicImage::from);
    }
    let (u, v) = (picture.plane(Component::U), picture.plane(Component::V));
    let u = plane(&u, picture, Component::U, shift);
    let v = plane(&v, picture, Component::V, shift);
    let (across, down) = match picture.pixel_layout() {
        PixelLayout::I420 => (1, 1),
        PixelLayout::I422 => (1, 0),
        _ => (0, 0),
    };
    let few = sides[0].div_ceil(1 << across);
    let mut pixels = Vec::with_capacity(sides[0].checked_mul(sides[1])?.checked_mul(3)?);
    for y in 0..sides[1] {
        let row = luma.row(y, sides[0])?;
        let (u, v) = (u.row(y >> down, few)?, v.row(y >> down, few)?);
        for x in 0..sides[0] {
            pixels.extend(colours.pixel(row.at(x), u.at(x >> across), v.at(x >> across)));
        }
    }
    RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
}

fn plane<'a>(bytes: &'a [u8], picture: &Picture, of: Component, shift: Option<u32>) -> Plane<'a> {
    Plane {
        bytes,
        stride: usize::try_from(picture.stride(of)).unwrap_or(usize::MAX),
        shift,
    }
}

/// From luma and two differences to red, green and blue: whole numbers of 16 bits behind the point.
struct Colours {
    /// Planes are green, blue and red as they are.
    identity: bool,
    black: i32,
    luma: i32,
    red: i32,
    green: [i32; 2],
    blue: i32,
}

impl Colours {
    fn of(picture: &Picture) -> Self {
        let matrix = picture.matrix_coefficients();
        let (kr, kb) = match matrix {
            MatrixCoefficients::BT709 => (0.2126, 0.0722),
            MatrixCoefficients::BT2020NonConstantLuminance
            | MatrixCoefficients::BT2020ConstantLuminance => (0.2627, 0.0593),
            MatrixCoefficients::ST240M => (0.212, 0.087),
            MatrixCoefficients::BT470M => (0.30, 0.11),
            // What the others stand for is rare, and differs in colours more than in light.
            _ => (0.299, 0.114),
        };
        let full = picture.color_range() == YUVRange::Full;
        let (luma, chroma) = match full {
            true => (1.0, 1.0),
            false => (255.0 / 219.0, 255.0 / 224.0),
        };
        let kg = 1.0 - kr - kb;
        let whole = |factor: f64| (factor * 65536.0).round() as i32;
        Self {
            identity: matrix == MatrixCoefficients::Identity,
            black: if full { 0 } else { 16 },
            luma: whole(luma),
            red: whole(2.0 * (1.0 - kr) * chroma),
            green: [
                whole(2.0 * kb * (1.0 - kb) / kg * chroma),
                whole(2.0 * kr * (1.0 - kr) / kg * chroma),
            ],
            blue: whole(2.0 * (1.0 - kb) * chroma),
        }
    }

    fn grey(&self, y: i32) -> u8 {
        byte((y - self.black) * self.luma)
    }

    fn pixel(&self, y: i32, u: i32, v: i32) -> [u8; 3] {
        if self.identity {
            return [self.grey(v), self.grey(y), self.grey(u)];
        }
        let light = (y - self.black) * self.luma;
        let (u, v) = (u - 128, v - 128);
        [
            byte(light + v * self.red),
            byte(light - u * self.green[0] - v * self.green[1]),
            byte(light + u * self.blue),
        ]
    }
}

fn byte(fixed: i32) -> u8 {
    let rounded = (fixed + (1 << 15)) >> 16;
    u8::try_from(rounded.clamp(0, 255)).unwrap_or(0)
}
