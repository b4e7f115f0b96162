//! How a kind's values are cut into bands, and how a search shares its radius out among them.
//!
//! Two values that differ in at most `radius` bits differ, in at least one of the bands, in no more bits than its share, as
//! long as the shares and their number add up to more than the radius (multi-index hashing, Norouzi et al. 2012). So only
//! the values that come near the query in some band need be compared.

use crate::fingerprints::Kind;

/// Fewer values than these are compared one by one: that takes no longer, and building bands does.
const BANDED_FROM: u64 = 50_000;

/// Narrower bands would name half the list.
const NARROWEST: u32 = 12;

/// Widest band: its directory takes some five bits a value.
const WIDEST: u32 = 28;

/// Bits of a share, on average: more bands search faster and take more room. Measured over 10⁷ PDQ hashes at radius 31.
const SHARE: f64 = 3.2;

/// How values are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// Bands, the leading one included.
    pub(super) bands: u32,
    /// Bits of each.
    pub(super) bits: u32,
}

impl Plan {
    /// For so many values of a kind, which are mostly searched up to a threshold.
    pub(super) fn new(kind: Kind, rows: u64, threshold: Option<u32>) -> Self {
        let total = u32::try_from(kind.bytes() * 8).unwrap_or(u32::MAX);
        let bits = rows.max(1).ilog2() + 1;
        let bits = bits.clamp(6, WIDEST).min(total);
        let plain = Self { bands: 1, bits };
        if kind.exact() || rows < BANDED_FROM {
            return plain;
        }
        let radius = threshold.unwrap_or(0);
        let bands = (f64::from(radius + 1) / SHARE).ceil().clamp(1.0, 64.0) as u32;
        let bits = bits.min(total / bands);
        match bits >= NARROWEST {
            true => Self { bands, bits },
            false => plain,
        }
    }

    /// What share of the radius each band has: the largest first. Bands without any are not asked.
    pub(super) fn shares(self, radius: u32) -> impl Iterator<Item = u32> {
        let (all, bands) = (radius + 1, self.bands.max(1));
        let shares = (0..bands).map(move |band| all / bands + u32::from(band < all % bands));
        shares.take_while(|share| *share > 0).map(|share| share - 1)
    }

    /// How many values of so many a search has to look at, if they are spread evenly, and how many groups of keys.
    pub(super) fn cost(self, radius: u32, rows: u64) -> f64 {
        let spread = rows as f64 / 2_f64.powi(i32::try_from(self.bits).unwrap_or(i32::MAX));
        let high = self.bits.saturating_sub(6);
        self.shares(radius)
            .map(|share| ball(self.bits, share) * spread + 2.0 * ball(high, share))
            .sum()
    }
}

/// How many numbers of so many bits differ from one in at most `radius` of them.
fn ball(bits: u32, radius: u32) -> f64 {
    let mut terms = (0..=radius.min(bits)).scan(1.0, |term, flips| {
        let now = *term;
        *term = now * f64::from(bits - flips) / f64::from(flips + 1);
        Some(now)
    });
    terms.by_ref().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprints::{MD5, pdq::PDQ};

    #[test]
    fn shares_and_bands_add_up_to_more_than_the_radius() {
        for bands in 1..20 {
            for radius in 0..100 {
                let plan = Plan { bands, bits: 20 };
                let shares: Vec<u32> = plan.shares(radius).collect();
                assert_eq!(
                    shares.iter().map(|share| share + 1).sum::<u32>(),
                    radius + 1
                );
                assert!(shares.len() <= bands as usize);
            }
        }
    }

    #[test]
    fn bands_fit_into_a_value() {
        for rows in [
            0,
            1,
            100,
            1 << 14,
            1 << 20,
            10_000_000,
            100_000_000,
            1 << 31,
        ] {
            for kind in crate::fingerprints::kinds() {
                let plan = Plan::new(kind, rows, kind.default_threshold());
                assert!(
                    plan.bands * plan.bits <= kind.bytes() as u32 * 8,
                    "{kind} {rows}"
                );
            }
        }
        assert_eq!(
            Plan::new(PDQ, 10_000_000, Some(31)),
            Plan {
                bands: 10,
                bits: 24
            }
        );
        assert_eq!(
            Plan::new(MD5, 10_000_000, Some(0)),
            Plan { bands: 1, bits: 24 }
        );
    }

    #[test]
    fn a_ball_is_a_sum_of_binomials() {
        assert_eq!(ball(24, 2), 301.0);
        assert_eq!(ball(24, 3), 2325.0);
        assert_eq!(ball(3, 9), 8.0);
    }
}
