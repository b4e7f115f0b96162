//! PDQ the plain way: whole-picture box filters as the reference describes them, one value after the other.
//!
//! The oracle of `pdq_reference` and the alternative that `benches/near_match.rs` measures against. It shares no code
//! with the library.

use image::DynamicImage;

/// The hash in lower-case hex and the quality, of a picture with sides of at least 5 pixels.
pub(crate) fn hash(image: &DynamicImage) -> (String, u8) {
    let (width, height, mut luma) = luma(image);
    let mut other = vec![0.0; luma.len()];
    for _ in 0..2 {
        for y in 0..height {
            blur(&luma, &mut other, y * width, 1, width);
        }
        for x in 0..width {
            blur(&other, &mut luma, x, width, height);
        }
    }
    let mut samples = [[0.0_f32; 64]; 64];
    for (i, row) in samples.iter_mut().enumerate() {
        let y = ((i as f64 + 0.5) * height as f64 / 64.0) as usize;
        for (j, sample) in row.iter_mut().enumerate() {
            let x = ((j as f64 + 0.5) * width as f64 / 64.0) as usize;
            *sample = luma[y * width + x];
        }
    }
    (bits(&frequencies(&samples)), quality(&samples))
}

fn luma(image: &DynamicImage) -> (usize, usize, Vec<f32>) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let rgb = image.to_rgb8();
    let luma = rgb
        .pixels()
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]));
    (width, height, luma.collect())
}

/// A box filter by a running sum along `len` values, `stride` apart; at the borders the mean of what there is.
fn blur(from: &[f32], to: &mut [f32], start: usize, stride: usize, len: usize) {
    let window = len.div_ceil(128);
    let ahead = (window + 2) / 2 - 1;
    let behind = window - ahead - 1;
    let at = |n: usize| start + n * stride;
    let mut sum = 0.0_f32;
    let mut count = 0;
    for n in 0..ahead {
        sum += from[at(n)];
        count += 1;
    }
    for n in 0..len {
        if n + ahead < len {
            sum += from[at(n + ahead)];
            count += 1;
        }
        if n > behind {
            sum -= from[at(n - behind - 1)];
            count -= 1;
        }
        to[at(n)] = sum / count as f32;
    }
}

fn frequencies(samples: &[[f32; 64]; 64]) -> [[f32; 16]; 16] {
    let scale = f64::from((2.0_f64 / 64.0).sqrt() as f32);
    let cosine = |i: usize, j: usize| {
        (scale * (std::f64::consts::PI / 128.0 * (i + 1) as f64 * (2 * j + 1) as f64).cos()) as f32
    };
    let matrix: Vec<Vec<f32>> = (0..16)
        .map(|i| (0..64).map(|j| cosine(i, j)).collect())
        .collect();
    let mut half = [[0.0_f32; 64]; 16];
    let mut out = [[0.0_f32; 16]; 16];
    for i in 0..16 {
        for j in 0..64 {
            for k in 0..64 {
                half[i][j] += matrix[i][k] * samples[k][j];
            }
        }
    }
    for i in 0..16 {
        for j in 0..16 {
            for k in 0..64 {
                out[i][j] += half[i][k] * matrix[j][k];
            }
        }
    }
    out
}

fn bits(frequencies: &[[f32; 16]; 16]) -> String {
    let mut sorted = frequencies.as_flattened().to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut words = [0_u16; 16];
    for (n, value) in frequencies.as_flattened().iter().enumerate() {
        if *value > sorted[127] {
            words[n / 16] |= 1 << (n % 16);
        }
    }
    words
        .iter()
        .rev()
        .map(|word| format!("{word:04x}"))
        .collect()
}

fn quality(samples: &[[f32; 64]; 64]) -> u8 {
    let mut gradients = 0;
    for i in 0..64 {
        for j in 0..64 {
            if i < 63 {
                gradients += (((samples[i][j] - samples[i + 1][j]) * 100.0 / 255.0) as i32).abs();
            }
            if j < 63 {
                gradients += (((samples[i][j] - samples[i][j + 1]) * 100.0 / 255.0) as i32).abs();
            }
        }
    }
    (gradients / 90).min(100) as u8
}
