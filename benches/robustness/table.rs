//! The table, as Markdown.

use crate::Seen;
use provscan::fingerprints::pdq::Pdq;
use rayon::prelude::*;

/// The most bits in which a match may differ, and a near one.
const MATCH: u32 = 31;
const NEAR: u32 = 60;

/// What was counted over distinct pictures.
#[derive(Default, Clone, Copy)]
pub(crate) struct Sums {
    pairs: usize,
    matches: usize,
    near: usize,
    plain_matches: usize,
    nearest: Option<u32>,
}

impl Sums {
    pub(crate) fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.matches += other.matches;
        self.near += other.near;
        self.plain_matches += other.plain_matches;
        self.nearest = self.nearest.into_iter().chain(other.nearest).min();
    }

    pub(crate) fn print(&self) {
        println!(
            "{} pairs of distinct pictures: {} false `match`, {} false `near`, {} at 31 without second tries; nearest {}",
            self.pairs,
            self.matches,
            self.near,
            self.plain_matches,
            self.nearest.unwrap_or_default()
        );
    }
}

pub(crate) fn head() {
    println!(
        "| change | PDQ ≤ 31 | match | near | either | parts a picture | pictures with parts | text-like | mean distance, plain | with parts | false match, near | among the changed |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
}

/// Prints a row; what was counted with the originals listed, and with the changed pictures listed.
pub(crate) fn row(name: &str, originals: &[Pdq], seen: &[Seen]) -> [Sums; 2] {
    let own: Vec<(&Pdq, &Seen)> = originals.iter().zip(seen).collect();
    let percent = |fits: &dyn Fn(&Pdq, &Seen) -> bool| {
        let fitting = own.iter().filter(|(known, seen)| fits(known, seen)).count();
        fitting as f64 * 100.0 / own.len() as f64
    };
    let mean = |value: &dyn Fn(&Pdq, &Seen) -> usize| {
        let sum: usize = own.iter().map(|(known, seen)| value(known, seen)).sum();
        sum as f64 / own.len() as f64
    };
    let is_match = |known: &Pdq, seen: &Seen| seen.any(known) <= MATCH;
    let is_near = |known: &Pdq, seen: &Seen| !is_match(known, seen) && seen.upright(known) <= NEAR;
    let changed: Vec<Pdq> = seen.iter().map(|seen| *seen.original()).collect();
    let sums = [originals, &changed].map(|listed| false_ones(listed, seen));
    println!(
        "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.1} | {:.1} | {}, {} | {}, {} |",
        percent(&|known, seen| seen.plain(known) <= MATCH),
        percent(&is_match),
        percent(&is_near),
        percent(&|known, seen| is_match(known, seen) || is_near(known, seen)),
        mean(&|_, seen| seen.parts()),
        percent(&|_, seen| seen.parts() > 0),
        percent(&|_, seen| seen.text_like),
        mean(&|known, seen| seen.plain(known) as usize),
        mean(&|known, seen| seen.any(known) as usize),
        sums[0].matches,
        sums[0].near,
        sums[1].matches,
        sums[1].near,
    );
    sums
}

/// Every listed picture against every other one, changed.
fn false_ones(listed: &[Pdq], seen: &[Seen]) -> Sums {
    let one = |(n, seen): (usize, &Seen)| {
        let mut sums = Sums::default();
        for known in listed.iter().enumerate().filter(|(m, _)| *m != n) {
            let (any, upright) = (seen.any(known.1), seen.upright(known.1));
            sums.add(&Sums {
                pairs: 1,
                matches: usize::from(any <= MATCH),
                near: usize::from(any > MATCH && upright <= NEAR),
                plain_matches: usize::from(seen.plain(known.1) <= MATCH),
                nearest: Some(any),
            });
        }
        sums
    };
    let all: Vec<Sums> = seen.par_iter().enumerate().map(one).collect();
    let mut sums = Sums::default();
    for one in &all {
        sums.add(one);
    }
    sums
}
