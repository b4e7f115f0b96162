//! What a file says about its making outside of content credentials: IPTC declarations and the parameter blocks that
//! generators write. Anyone can write these, so all of it is `declared` at most.

mod automatic1111;
mod comfyui;
mod iptc;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format, Metadata};
use crate::error::{Fault, FaultKind};
use crate::evidence::{Code, Evidence};

/// Every recogniser. Each looks at the metadata for one maker's or standard's mark, behind its own gate against false
/// positives.
const RECOGNISERS: &[fn(&Metadata) -> Option<Evidence>] = &[
    iptc::recognise,
    automatic1111::recognise,
    comfyui::recognise,
];

const CODES: &[Code] = &[
    iptc::GENERATED,
    iptc::AI_EDITED,
    iptc::CAPTURED,
    automatic1111::PARAMETERS,
    comfyui::WORKFLOW,
];

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "generator_metadata",
    about: "declarations and parameter blocks that generators and editors leave in the file's metadata",
    codes: CODES,
    idle: None,
    load: |_| Ok(Some(Box::new(GeneratorMetadata) as Box<dyn Signal>)),
};

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
        let metadata = asset.metadata();
        let found: Vec<Evidence> = RECOGNISERS
            .iter()
            .filter_map(|recognise| recognise(metadata))
            .collect();
        match &metadata.limit {
            // A mark may stand in what was not read.
            Some(limit) => Outcome::Failed(found, Fault::new(FaultKind::Limit, limit)),
            None => Outcome::from_evidence(found),
        }
    }
}

#[cfg(test)]
mod testing {
    use crate::asset::{Metadata, TextEntry};

    /// Metadata with one text under a keyword.
    pub(super) fn with_text(keyword: &str, text: &str) -> Metadata {
        let mut metadata = Metadata::default();
        metadata.texts.push(TextEntry {
            keyword: keyword.into(),
            text: text.into(),
        });
        metadata
    }
}
