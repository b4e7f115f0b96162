//! What a file says about its making outside of content credentials: the standards' declarations, and the marks that
//! generators and editors write. Anyone can write these, so all of it is `declared` at most.

mod clues;
mod json_text;
mod services;
mod shapes;
mod standards;
mod tools;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format};
use crate::error::{Fault, FaultKind};
use crate::evidence::{Code, Evidence};

pub(crate) use clues::Clues;
pub(crate) use json_text::is_modest;

/// What one generator, service or standard leaves in a file.
struct Mark {
    /// Everything it can be found to say.
    codes: &'static [Code],
    /// Looks for it, behind its own gate against false positives.
    recognise: fn(&Clues<'_>) -> Vec<Evidence>,
}

/// Every mark, in the order in which they are looked for.
const MARKS: [&[Mark]; 3] = [standards::ALL, services::ALL, tools::ALL];

/// How often a mark was seen where none should be; see MARKS.md, "How often it is wrong".
const RATE: &str = "0 of 753 photographs and test files that carry no mark (at most 0.4 %, with 95 % confidence), and 0 of 4 427 pictures of installed programs";

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "generator_metadata",
    about: "declarations and marks that generators and editors leave in the file's metadata",
    codes: &CODES,
    idle: None,
    load: |_| Ok(Some(Box::new(GeneratorMetadata) as Box<dyn Signal>)),
};

/// The codes of all marks.
const CODES: [Code; count()] = codes();

#[allow(
    clippy::indexing_slicing,
    reason = "checked by the compiler, which runs it"
)]
const fn count() -> usize {
    let (mut count, mut group) = (0, 0);
    while group < MARKS.len() {
        let mut mark = 0;
        while mark < MARKS[group].len() {
            count += MARKS[group][mark].codes.len();
            mark += 1;
        }
        group += 1;
    }
    count
}

#[allow(
    clippy::indexing_slicing,
    reason = "checked by the compiler, which runs it"
)]
const fn codes() -> [Code; count()] {
    let mut codes = [MARKS[0][0].codes[0]; count()];
    let (mut at, mut group) = (0, 0);
    while group < MARKS.len() {
        let mut mark = 0;
        while mark < MARKS[group].len() {
            let own = MARKS[group][mark].codes;
            let mut code = 0;
            while code < own.len() {
                codes[at] = own[code];
                (at, code) = (at + 1, code + 1);
            }
            mark += 1;
        }
        group += 1;
    }
    codes
}

struct GeneratorMetadata;

/// Formats whose metadata are read.
fn carries_metadata(format: Option<Format>) -> bool {
    format.is_some_and(|format| {
        format.is_picture() && !matches!(format, Format::Bmp | Format::Ico | Format::Svg)
    })
}

impl Signal for GeneratorMetadata {
    fn examine(&self, asset: &Asset) -> Outcome {
        if !carries_metadata(asset.format()) {
            return Outcome::NotApplicable("metadata is not read from this format");
        }
        let found = recognise(&Clues::of(asset));
        match &asset.metadata().limit {
            // A mark may stand in what was not read.
            Some(limit) => Outcome::Failed(found, Fault::new(FaultKind::Limit, limit)),
            None => Outcome::from_evidence(found),
        }
    }
}

/// Every mark that the clues show. Text that was found elsewhere, such as hidden in pixels, is read by the same rules.
pub(crate) fn recognise(clues: &Clues<'_>) -> Vec<Evidence> {
    MARKS
        .into_iter()
        .flatten()
        .flat_map(|mark| (mark.recognise)(clues))
        .collect()
}

#[cfg(test)]
mod testing {
    use super::{Clues, Mark};
    use crate::asset::{Asset, Limits, Metadata};
    use crate::evidence::Evidence;

    pub(super) use crate::asset::metadata_testing::{
        with_exif, with_iptc, with_text, with_texts, with_xmp,
    };

    /// What the mark is found to say of a whole file.
    pub(super) fn found_in(mark: &Mark, file: &[u8]) -> Vec<Evidence> {
        let asset = Asset::new("test", file.to_vec(), Limits::default());
        (mark.recognise)(&Clues::of(&asset))
    }

    /// The codes that it is found to say.
    pub(super) fn codes_in(mark: &Mark, file: &[u8]) -> Vec<&'static str> {
        let found = found_in(mark, file);
        found.iter().map(|one| one.code.name).collect()
    }

    /// What the mark is found to say of a file with these metadata and nothing else.
    pub(super) fn found(mark: &Mark, metadata: &Metadata) -> Vec<Evidence> {
        (mark.recognise)(&Clues::in_metadata(metadata))
    }

    /// The codes that it is found to say.
    pub(super) fn codes(mark: &Mark, metadata: &Metadata) -> Vec<&'static str> {
        let found = found(mark, metadata);
        found.iter().map(|one| one.code.name).collect()
    }
}
