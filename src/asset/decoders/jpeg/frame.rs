//! What the header of a JPEG says of how its samples are kept.

use crate::asset::bytes::ReadAt;

/// The first frame header and the first scan header behind it, of a file in which they stand where they should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// The second byte of its marker.
    marker: u8,
    /// Bits of a sample.
    precision: u8,
    /// How often each component is sampled across and down, in some unit.
    sampling: Vec<(u8, u8)>,
    /// They are called red, green and blue, and there is no luma.
    is_rgb: bool,
    /// All components come in the first scan.
    in_one_scan: bool,
}

impl Frame {
    /// Reads it; nothing where there is none, or anything odd before it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut at = 2;
        let mut frame: Option<Self> = None;
        loop {
            let marker = match (bytes.u8_at(at)?, bytes.u8_at(at + 1)?) {
                (0xFF, 0xFF) => {
                    at += 1;
                    continue;
                }
                (0xFF, marker) => marker,
                _ => return None,
            };
            let len = usize::from(bytes.be16(at + 2)?);
            let body = bytes.get(at + 4..(at + 2).checked_add(len)?)?;
            match (marker, &mut frame) {
                (0xC0..=0xCF, None) if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                    frame = Some(Self::of(marker, body)?);
                }
                (0xDA, Some(found)) => {
                    found.in_one_scan = usize::from(*body.first()?) == found.sampling.len();
                    return frame;
                }
                (0xDA, None) => return None,
                _ => {}
            }
            at += 2 + len;
        }
    }

    fn of(marker: u8, body: &[u8]) -> Option<Self> {
        let components = body.get(6..)?.as_chunks::<3>().0;
        let count = usize::from(*body.get(5)?);
        let names = components.iter().map(|[name, _, _]| *name);
        let sampling = components.iter().take(count).map(|[_, sampling, _]| {
            let (across, down) = (sampling >> 4, sampling & 0x0F);
            (across.clamp(1, 4), down.clamp(1, 4))
        });
        Some(Self {
            marker,
            precision: *body.first()?,
            sampling: sampling.collect(),
            is_rgb: names.eq(*b"RGB"),
            in_one_scan: true,
        })
    }

    /// The name of a kind of JPEG that is not decoded, if it is one.
    pub(super) fn unsupported(&self) -> Option<String> {
        let process = match self.marker {
            0xC3 => "lossless JPEG",
            0xC5..=0xC7 | 0xCD..=0xCF => "hierarchical JPEG",
            0xC9 | 0xCA => "arithmetic-coded JPEG",
            0xCB => "lossless arithmetic-coded JPEG",
            _ if self.precision != 8 => return Some(format!("{}-bit JPEG", self.precision)),
            _ => return None,
        };
        Some(process.to_owned())
    }

    /// There is nothing but luma.
    pub(super) fn is_grey(&self) -> bool {
        self.sampling.len() == 1
    }

    /// Whether the decoder gives the same luma with colours and without: not where luma is sampled less often than they are,
    /// nor where they are halved in height alone.
    pub(super) fn has_plain_luma(&self) -> bool {
        let most = self.most();
        let three = self.sampling.len() == 3 && !self.is_rgb;
        three && self.sampling.first() == Some(&most) && most != (1, 2)
    }

    /// How often the components are sampled at most.
    fn most(&self) -> (u8, u8) {
        self.sampling.iter().fold((1, 1), |most, component| {
            (most.0.max(component.0), most.1.max(component.1))
        })
    }

    /// The bytes in which the decoder keeps the values of a whole picture until it has seen all scans.
    pub(super) fn buffered(&self, (width, height): (u32, u32)) -> u64 {
        let progressive = self.marker == 0xC2;
        if !progressive && self.in_one_scan {
            return 0;
        }
        let (across, down) = self.most();
        let units = u64::from(width.div_ceil(8 * u32::from(across)))
            .saturating_mul(u64::from(height.div_ceil(8 * u32::from(down))));
        let blocks = self
            .sampling
            .iter()
            .map(|(x, y)| u64::from(*x) * u64::from(*y));
        // A block has 64 values of two bytes.
        units
            .saturating_mul(blocks.sum::<u64>())
            .saturating_mul(128)
    }
}
