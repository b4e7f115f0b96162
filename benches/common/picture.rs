//! Pictures that cost as much to decode as photographs do, and hashes to compare them with.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// One of many numbers that look random.
pub(crate) fn mixed(number: u64) -> u64 {
    let state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A JPEG of about `width` × `height` pixels: light and shade at every scale, edges, and the grain of a sensor.
pub(crate) fn photograph(seed: u64, width: u32, height: u32, quality: u8) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let shade: f32 = [
            (400.0, 90.0),
            (131.0, 45.0),
            (37.0, 22.0),
            (11.0, 10.0),
            (4.0, 5.0),
        ]
        .iter()
        .map(|(scale, depth)| depth * clouds(seed, x as f32 / scale, y as f32 / scale))
        .sum();
        // Where two slow waves cross is an edge, as between things that stand before one another.
        let form = clouds(seed + 1, x as f32 / 300.0, y as f32 / 300.0);
        let tone = if form > 0.1 { 40.0 } else { -10.0 };
        let hue = clouds(seed + 2, x as f32 / 220.0, y as f32 / 220.0) * 30.0;
        let grain = (mixed(u64::from(y) << 32 | u64::from(x)) >> 60) as f32 - 7.5;
        let light = 118.0 + shade + tone + grain * 1.3;
        Rgb([light + hue, light, light - hue].map(|value| value.clamp(0.0, 255.0) as u8))
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(&picture)
        .unwrap();
    bytes
}

/// Smooth noise between -1 and 1.
fn clouds(seed: u64, x: f32, y: f32) -> f32 {
    let corner = |x: f32, y: f32| {
        let place = (x as u64) << 24 | (y as u64);
        (mixed(place ^ seed << 48) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (ease(x - left), ease(y - top));
    let upper = corner(left, top) + across * (corner(left + 1.0, top) - corner(left, top));
    let lower = corner(left, top + 1.0)
        + across * (corner(left + 1.0, top + 1.0) - corner(left, top + 1.0));
    upper + down * (lower - upper)
}

/// A list in plain text with this many PDQ hashes, none of them of a picture.
pub(crate) fn pdq_list(entries: u64) -> String {
    (0..entries)
        .map(|entry| {
            let [a, b, c, d] = [0, 1, 2, 3].map(|word| mixed(entry * 4 + word + 1));
            format!("pdq {a:016x}{b:016x}{c:016x}{d:016x}\n")
        })
        .collect()
}
