//! Lists have nothing on most images, and that is told of thousands at once far faster than one by one. So when many images
//! are to be judged by new lists, the neighbours of each in the database are looked at with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::judge;
use super::memory::Memory;
use super::row::PrintsRow;
use crate::inspect::{Inspector, Kept};
use crate::prints::Prints;

/// Rows that are looked at together.
const ROWS: i64 = 4096;

/// So many images are looked at one by one: for fewer, making ready would take longer.
const FEW: u64 = 32;

/// What was looked at ahead. Four bytes a row.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    asked: AtomicU64,
    blocks: Mutex<HashMap<i64, Arc<OnceLock<Vec<u32>>>>>,
}

impl Ahead {
    /// Whether the lists may have something on an image, so that they have to be asked.
    pub(super) fn may_be_known(
        &self,
        file: i64,
        prints: &PrintsRow,
        inspector: &Inspector,
        memory: &Memory,
    ) -> bool {
        if self.asked.fetch_add(1, Ordering::Relaxed) < FEW {
            return true;
        }
        let block = file.div_euclid(ROWS);
        let looked_at = {
            let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(blocks.entry(block).or_default())
        };
        let first = block.saturating_mul(ROWS);
        let looked_at = looked_at.get_or_init(|| look(first, inspector, memory));
        let place = usize::try_from(file.wrapping_sub(first)).ok();
        // A row that was written anew since is another.
        place.and_then(|place| looked_at.get(place)) != Some(&unknown(file, prints))
    }
}

/// For each row of a block, the mark of its prints where the lists have nothing on them; else 0.
fn look(first: i64, inspector: &Inspector, memory: &Memory) -> Vec<u32> {
    let last = first.saturating_add(ROWS - 1);
    let rows = memory.all_prints(first, last).unwrap_or_default();
    let kept: Vec<(i64, u32, Kept)> = rows
        .iter()
        .filter_map(|(file, prints)| {
            let (_, _, kept) = judge::parts(prints)?;
            let kept = Kept::from_bytes(kept).ok()?;
            Some((*file, unknown(*file, prints), kept))
        })
        .filter(|(_, _, kept)| inspector.can_judge_from(kept))
        .collect();
    let all: Vec<&Prints> = kept.iter().map(|(_, _, kept)| &kept.prints).collect();
    let may_be_known = inspector.may_be_known(&all);
    let mut marks = vec![0; usize::try_from(ROWS).unwrap_or_default()];
    for ((file, mark, _), known) in kept.iter().zip(may_be_known) {
        let place = usize::try_from(file.wrapping_sub(first)).ok();
        if let Some(place) = place.and_then(|place| marks.get_mut(place))
            && !known
        {
            *place = *mark;
        }
    }
    marks
}

/// A mark of prints that is never 0.
fn unknown(file: i64, prints: &PrintsRow) -> u32 {
    (prints.sum(file) as u32) | 1
}
