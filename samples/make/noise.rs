//! Seeded randomness: the same seed gives the same sample on every machine.

/// SplitMix64: a tiny generator whose whole state is one number.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number from `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * unit(self.next())
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Smooth noise in 0..1 that varies over distances of about `1 / frequency`, with four finer octaves on top.
pub fn cloud(seed: u64, x: f64, y: f64, frequency: f64) -> f64 {
    let octaves = (0..5).map(|octave| {
        let scale = f64::from(1 << octave);
        (
            value(seed + octave, x * frequency * scale, y * frequency * scale),
            1.0 / scale,
        )
    });
    let (sum, weights) = octaves.fold((0.0, 0.0), |(sum, all), (v, weight)| {
        (sum + v * weight, all + weight)
    });
    sum / weights
}

/// Noise without any smoothness, in 0..1, for the grain of one pixel.
pub fn grain(seed: u64, x: u32, y: u32) -> f64 {
    unit(lattice(seed, i64::from(x), i64::from(y)))
}

/// Values at whole coordinates, eased in between.
fn value(seed: u64, x: f64, y: f64) -> f64 {
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (ease(x - column), ease(y - row));
    let at = |dx: i64, dy: i64| unit(lattice(seed, column as i64 + dx, row as i64 + dy));
    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
    let bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
    top + (bottom - top) * v
}

fn lattice(seed: u64, x: i64, y: i64) -> u64 {
    scramble(scramble(scramble(seed) ^ x as u64) ^ (y as u64).rotate_left(32))
}

fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

fn scramble(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
