//! The open watermark of Stable Diffusion and its kin (the `dwtDct` method of the package `invisible-watermark`).
//!
//! A bit of the message lies in every block of 8 × 8 pixels. Compression and the encoder's own rounding turn many of them
//! over, so that no single one is read: how often a one was found at each place of the message is held against the message.

mod blocks;
mod messages;

use crate::evidence::{Claim, Code, Evidence, Strength};
use blocks::Bits;
use image::DynamicImage;
use messages::{Message, Reading};

/// What the watermark says.
pub(super) const FOUND: Code = Code {
    name: "watermark.stable-diffusion",
    claim: Claim::AiGenerated,
    summary: "Its pixels carry the open watermark of Stable Diffusion or one of its kin.",
    proves: "That the fixed message of the named tool lies in the pixels. `z` says how many standard deviations it stands above chance; 7 is the least that counts.",
    limits: "Anyone can put the mark into any picture: the method and the messages are public. Scaling, turning and cropping remove it, and strong compression does (at JPEG quality 75 one in five of the largest is still found). Most programs that run these models write none, so its absence says nothing.",
    error_rate: "",
    next: "Label it as AI-generated. Where much depends on it, look for a second sign: metadata, the source.",
};

/// The encoder refuses smaller pictures.
const MIN_PIXELS: u64 = 256 * 256;

/// The writers work at about one megapixel (Stable Diffusion XL) and up to four (FLUX); InvokeAI is used at such sizes, too.
/// Scaling destroys the mark, so it is in no larger picture.
const MAX_PIXELS: u64 = 4_500_000;

/// A message counts from here, in standard deviations.
const MIN_Z: f64 = 7.0;

/// How far a message must stand above the next one. Texts resemble each other: every eighth bit of each is zero.
const MIN_LEAD: f64 = 1.5;

/// Whether a picture of this size can carry it.
pub(super) fn fits(width: u32, height: u32) -> bool {
    (MIN_PIXELS..=MAX_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

/// Looks for it.
pub(super) fn find(image: &DynamicImage) -> Option<Evidence> {
    let best = measure(image).filter(Measure::counts)?;
    Some(
        Evidence::new(&FOUND, Strength::Measured)
            .with("tool", best.tool)
            .with("message", best.message)
            .with("z", format!("{:.1}", best.z))
            .with("reading", best.reading),
    )
}

/// What was measured in a picture: how well the message that fits best does fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// What writes this message.
    pub tool: &'static str,
    /// The message's name.
    pub message: &'static str,
    /// How many standard deviations it stands above chance.
    pub z: f64,
    /// The same of the message that fits next best.
    pub next: f64,
    /// The way of reading in which it fits best.
    pub reading: &'static str,
}

impl Measure {
    /// Whether it is enough to say that the message is there.
    pub fn counts(&self) -> bool {
        self.z >= MIN_Z && self.z >= MIN_LEAD * self.next
    }
}

/// Measures a picture, whether that is enough to find something or not; `None` where there is nothing to measure.
pub fn measure(image: &DynamicImage) -> Option<Measure> {
    if !fits(image.width(), image.height()) {
        return None;
    }
    let bits = blocks::read(image)?;
    let scores = messages::ALL.iter();
    let mut scores: Vec<_> = scores.filter_map(|message| score(message, &bits)).collect();
    scores.sort_by(|a, b| b.z.total_cmp(&a.z));
    let [best, others @ ..] = scores.as_slice() else {
        return None;
    };
    Some(Measure {
        tool: best.message.tool,
        message: best.message.name,
        z: best.z,
        next: others.first().map_or(0.0, |other| other.z),
        reading: best.reading.name,
    })
}

/// How well a message fits, in the reading in which it fits best.
struct Score {
    message: &'static Message,
    reading: &'static Reading,
    z: f64,
}

fn score(message: &'static Message, bits: &Bits) -> Option<Score> {
    let content = message.content.bits();
    let scores = message.readings.iter().filter_map(|reading| {
        let z = z((reading.bits)(bits), &content)?;
        Some(Score {
            message,
            reading,
            z,
        })
    });
    scores.max_by(|a, b| a.z.total_cmp(&b.z))
}

/// How far the ones lie where the message has ones, in standard deviations; `None` where all bits are alike.
fn z(bits: &[u8], message: &[bool]) -> Option<f64> {
    let length = message.len();
    let mut ones = vec![0_u32; length];
    // Blocks beyond the last whole message would count some of its places more often than others.
    let times = bits.len() / length;
    for repeat in bits.chunks_exact(length) {
        for (ones, bit) in ones.iter_mut().zip(repeat) {
            *ones += u32::from(*bit);
        }
    }
    let (length, times) = (length as f64, times as f64);
    let all: u32 = ones.iter().sum();
    let mean = f64::from(all) / (length * times);
    let deviation = (length * mean * (1.0 - mean) / times).sqrt();
    let towards = |(ones, bit): (&u32, &bool)| {
        let above = f64::from(*ones) / times - mean;
        if *bit { above } else { -above }
    };
    let sum: f64 = ones.iter().zip(message).map(towards).sum();
    (deviation > 0.0).then(|| sum / deviation)
}
