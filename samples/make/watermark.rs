//! `watermark/`: marks in the pixels, and pixels that only resemble marks.

use crate::drawing::{Subject, scene};
use crate::embedder::{Held, WRITERS, embed};
use crate::encode::{encode, jpeg, png, with_text};
use crate::output::Output;
use flate2::Compression;
use flate2::write::GzEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, imageops};
use std::io::{Cursor, Write};

const PARAMETERS: &str = "a sailing boat in front of a low sun
Negative prompt: blurry, low quality
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 987654321, Size: 96x64, \
Model hash: 0123456789, Model: example-diffusion-2, Version: v1.10.1";

const GREETING: &str = "Whoever reads this: happy birthday.";

/// Settings in NovelAI's form, and behind them 64 bytes that are nobody's signature.
const UNSIGNED: &str = r#"{"prompt": "a quiet village", "steps": 28, "height": 64, "width": 96, "scale": 5.0, "uncond_scale": 1.0, "seed": 123456789, "n_samples": 1, "noise_schedule": "karras", "sampler": "k_euler_ancestral", "uc": "", "request_type": "PromptGenerateRequest", "signed_hash": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAA=="}"#;

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let bits = |word: &str, body: &[u8]| message(word, body);
    let samples = [
        ("stable-diffusion-xl.png", png(&marked(0, 40))),
        ("stable-diffusion-xl-saved.jpg", jpeg(&marked(0, 41), 95)),
        ("flux.jpg", jpeg(&marked(2, 42), 97)),
        ("stable-diffusion-1.jpg", jpeg(&marked(3, 43), 97)),
        ("stable-diffusion-2.jpg", jpeg(&marked(4, 44), 97)),
        ("invokeai.jpg", jpeg(&marked(5, 45), 97)),
        ("another-message.jpg", jpeg(&another_message(), 97)),
        ("cropped-away.jpg", jpeg(&cropped(), 97)),
        (
            "stealth-alpha.png",
            in_alpha(
                &bits("stealth_pnginfo", PARAMETERS.as_bytes()),
                ImageFormat::Png,
            ),
        ),
        (
            "stealth-alpha-compressed.webp",
            in_alpha(
                &bits("stealth_pngcomp", &gzip(PARAMETERS)),
                ImageFormat::WebP,
            ),
        ),
        (
            "stealth-colours.png",
            png(&in_colours(&bits("stealth_rgbinfo", PARAMETERS.as_bytes()))),
        ),
        (
            "stealth-colours-compressed.webp",
            encode(
                &in_colours(&bits("stealth_rgbcomp", &gzip(PARAMETERS))),
                ImageFormat::WebP,
            ),
        ),
        (
            "stealth-greeting.png",
            png(&in_colours(&bits("stealth_rgbinfo", GREETING.as_bytes()))),
        ),
        (
            "stealth-other-word.png",
            png(&in_colours(&bits("stealth_notinfo", PARAMETERS.as_bytes()))),
        ),
        (
            "novelai-signature-mismatch.png",
            with_text(&png(&small(Subject::Village, 48)), "Comment", UNSIGNED),
        ),
    ];
    for (name, bytes) in samples {
        assert!(bytes.len() < 150_000, "{name}: {} bytes", bytes.len());
        output.write(&format!("watermark/{name}"), &bytes);
    }
}

/// The smallest picture that writers of the open watermark mark.
fn marked(writer: usize, seed: u64) -> RgbImage {
    WRITERS[writer].mark(&scene(Subject::Sea, seed).draw(256, 256))
}

/// A mark of the same kind with a message that is none of those that are known.
fn another_message() -> RgbImage {
    let message: Vec<bool> = b"nobody"
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1))
        .collect();
    embed(
        &scene(Subject::Sea, 46).draw(256, 256),
        &message,
        Held::Floats,
    )
}

/// A marked picture without its first lines, so that no block lies where it lay.
fn cropped() -> RgbImage {
    let marked = WRITERS[0].mark(&scene(Subject::Sea, 47).draw(261, 261));
    imageops::crop_imm(&marked, 5, 5, 256, 256).to_image()
}

fn small(subject: Subject, seed: u64) -> RgbImage {
    scene(subject, seed).draw(96, 64)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Word, length in bits, and body, a bit each.
fn message(word: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 * body.len()).unwrap().to_be_bytes();
    let bytes = [word.as_bytes(), &length, body].concat();
    let bits = |byte: u8| (0..8).rev().map(move |place| byte >> place & 1);
    bytes.into_iter().flat_map(bits).collect()
}

fn in_alpha(bits: &[u8], format: ImageFormat) -> Vec<u8> {
    let picture = small(Subject::Sea, 49);
    let image = RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue] = picture.get_pixel(x, y).0;
        let bit = bits.get((x * picture.height() + y) as usize).unwrap_or(&1);
        Rgba([red, green, blue, 254 | bit])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image)
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

fn in_colours(bits: &[u8]) -> RgbImage {
    let picture = small(Subject::Sea, 50);
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let at = 3 * (x * picture.height() + y) as usize;
        let mut pixel = *picture.get_pixel(x, y);
        for (channel, bit) in pixel.0.iter_mut().zip(bits.get(at..).unwrap_or_default()) {
            *channel = *channel & 0xfe | bit;
        }
        Rgb(pixel.0)
    })
}
