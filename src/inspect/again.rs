//! Judging images again, of which only inspections are left and what was kept with them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::faults::broke;
use super::{Inspection, Inspector, Kept};
use crate::asset::PixelState;
use crate::prints::{Prints, Source};
use crate::signals::{Compared, Compares, Outcome};

impl Inspector {
    /// Whether what was kept of an image has every kind of hash that the lists hold; else the image is to be read again.
    pub fn can_judge_from(&self, kept: &Kept) -> bool {
        self.comparing()
            .is_none_or(|(_, signal)| signal.kinds().is_subset(kept.prints.kinds()))
    }

    /// Judges an image again of which only an inspection is left and what was kept with it: the same as inspecting it, if only
    /// lists and the policy have changed since, and [`can_judge_from`](Self::can_judge_from) says that it can be done.
    pub fn judge_from(&self, inspection: &Inspection, kept: &Kept) -> Inspection {
        self.judge_with(inspection, kept, self.compared(kept, true))
    }

    /// Judges many images again, each as [`judge_from`](Self::judge_from) does. Some thousand at a time are far faster than one
    /// by one: lists have nothing on most, and that is told of many at once.
    pub fn judge_all_from(&self, images: &[(Inspection, Kept)]) -> Vec<Inspection> {
        let kept: Vec<&Kept> = images.iter().map(|(_, kept)| kept).collect();
        let compared = self.compared_all(&kept);
        let images = images.par_iter().zip(compared);
        images
            .map(|((inspection, kept), compared)| self.judge_with(inspection, kept, compared))
            .collect()
    }

    /// What the lists say of what was kept, if they may know it; nothing where none is asked.
    pub(crate) fn compared(&self, kept: &Kept, may_be_known: bool) -> Option<Compared> {
        let (name, signal) = self.comparing()?;
        Some(again(signal, name, &kept.prints, may_be_known))
    }

    /// Which of many images the lists may have something on. They have nothing on the others.
    pub(crate) fn may_be_known(&self, prints: &[&Prints]) -> Vec<bool> {
        let Some((_, signal)) = self.comparing() else {
            return vec![false; prints.len()];
        };
        let screen = || signal.screen(prints);
        // A search that breaks breaks for each of them, and is told of each.
        catch_unwind(AssertUnwindSafe(screen)).unwrap_or_else(|_| vec![true; prints.len()])
    }

    /// The same of many images at once, which takes far less time.
    pub(crate) fn compared_all(&self, kept: &[&Kept]) -> Vec<Option<Compared>> {
        let Some((name, signal)) = self.comparing() else {
            return kept.iter().map(|_| None).collect();
        };
        let prints: Vec<&Prints> = kept.iter().map(|one| &one.prints).collect();
        let both = kept.par_iter().zip(self.may_be_known(&prints));
        both.map(|(kept, may_be_known)| Some(again(signal, name, &kept.prints, may_be_known)))
            .collect()
    }

    /// [`judge_from`](Self::judge_from) with what the lists say, or as if there were none.
    pub(crate) fn judge_with(
        &self,
        inspection: &Inspection,
        kept: &Kept,
        compared: Option<Compared>,
    ) -> Inspection {
        let mut found = kept.basis.found(inspection);
        if let (Some(compared), Some((name, _))) = (compared, self.comparing()) {
            found.add_compared(name, compared);
        }
        self.conclude(&kept.basis.facts, &mut found);
        if inspection.pixels == PixelState::Preview {
            found.notes.extend(inspection.notes.last().cloned());
        }
        Inspection {
            bytes: inspection.bytes,
            media_type: inspection.media_type,
            media: inspection.media,
            dimensions: inspection.dimensions,
            pixels: inspection.pixels,
            sha256: inspection.sha256.clone(),
            ..found.judged_by(&self.policy)
        }
    }
}

/// What a signal says of prints that were kept.
pub(super) fn again(signal: &dyn Compares, name: &str, prints: &Prints, must: bool) -> Compared {
    let compare = || match must {
        true => signal.compare(Source::kept(prints)),
        false => signal.compare_unknown(Source::kept(prints)),
    };
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|_| Compared {
        outcome: Outcome::Failed(Vec::new(), broke(name)),
        notes: Vec::new(),
    })
}
