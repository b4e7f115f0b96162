//! Files that end too early: what stands before the cut is still found.

use std::collections::BTreeSet;
use std::fs;

use provscan::asset::BlockKind;
use provscan::evidence::Strength;
use provscan::{Inspection, Inspector};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::mutations::{assert_sound, limits};
use crate::allocations::counted;
use crate::support::{Sample, inspector, root};

const PARTS: usize = 64;

/// Signals that read what is written in a file and decode no picture.
const SIGNALS: [&str; 2] = ["generator_metadata", "edit_traces"];

/// What became of the marks of one sample.
#[derive(Default, Debug)]
struct Row {
    /// Codes that were to be found, over all cuts after the last block of metadata.
    before: usize,
    /// Of these, how many were.
    found: usize,
    /// Codes over all cuts that lie further in front.
    earlier: usize,
    /// Of these, how many were found.
    found_earlier: usize,
}

#[test]
fn marks_before_the_cut_are_found() {
    let inspector = inspector(&SIGNALS);
    let mut rows = Vec::new();
    for folder in ["generator_metadata", "edit_traces"] {
        let folder = root().join("samples").join(folder);
        if fs::exists(&folder).unwrap() {
            for sample in Sample::all_in(&folder) {
                rows.push((row(&inspector, &sample), sample.name));
            }
        }
    }
    let sum = |count: fn(&Row) -> usize| rows.iter().map(|(row, _)| count(row)).sum::<usize>();
    for (row, name) in &rows {
        println!("{name}: {row:?}");
    }
    let (before, found) = (sum(|row| row.before), sum(|row| row.found));
    println!(
        "{found} of {before} marks before the cut, {} of {} others",
        sum(|row| row.found_earlier),
        sum(|row| row.earlier)
    );
    assert!(before > 300, "{before}");
    assert!(found * 100 >= before * FLOOR, "{found} of {before}");
}

/// Of a hundred marks that stand before the cut, at least so many are found.
const FLOOR: usize = 100;

fn row(inspector: &Inspector, sample: &Sample) -> Row {
    let all = codes(&inspector.inspect(&sample.asset()));
    let asset = sample.asset();
    let read = |kind: &BlockKind| *kind != BlockKind::Jumbf;
    let blocks = asset.container().blocks.iter();
    let last = blocks
        .filter(|block| read(&block.kind))
        .map(|block| block.range.end)
        .max()
        .unwrap_or(0);
    let len = sample.bytes.len();
    let one = |part: usize| {
        let end = len * part / PARTS;
        let cut = sample.with_bytes(sample.bytes[..end].to_vec(), &limits());
        let (inspection, counts) = counted(|| inspector.inspect(&cut));
        assert_sound(
            &inspection,
            counts,
            &format!("{} cut at {end}", sample.name),
        );
        let kept = codes(&inspection).intersection(&all).count();
        match end >= last {
            true => Row {
                before: all.len(),
                found: kept,
                ..Row::default()
            },
            false => Row {
                earlier: all.len(),
                found_earlier: kept,
                ..Row::default()
            },
        }
    };
    (1..PARTS)
        .into_par_iter()
        .map(one)
        .reduce(Row::default, |one, other| Row {
            before: one.before + other.before,
            found: one.found + other.found,
            earlier: one.earlier + other.earlier,
            found_earlier: one.found_earlier + other.found_earlier,
        })
}

fn codes(inspection: &Inspection) -> BTreeSet<&'static str> {
    // Pictures that are cut off are not compared with their thumbnails.
    let read = inspection.evidence.iter();
    read.filter(|one| one.strength == Strength::Declared)
        .map(|one| one.code.name)
        .collect()
}
