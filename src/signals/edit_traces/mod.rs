//! Traces of editing: what a file's own parts say of each other, and whether what was found can be true together.

mod contradictions;
mod editors;
mod history;
mod quantisation;
mod thumbnail;

use super::{Facts, Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format};
use crate::evidence::{Code, Evidence};
use thumbnail::Compared;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "edit_traces",
    about: "traces of editing: embedded thumbnails, quantisation tables, edit histories, contradictions",
    codes: CODES,
    idle: None,
    load: |settings| {
        let traces = EditTraces {
            pixels: settings.decodes_all(),
        };
        Ok(Some(Box::new(traces) as Box<dyn Signal>))
    },
};

const CODES: &[Code] = &[
    thumbnail::DIFFERS,
    thumbnail::FRAMED,
    quantisation::UNNAMED,
    quantisation::SAVED,
    quantisation::TABLES_OF,
    history::EDITOR,
    history::DERIVED,
    contradictions::CAPTURE,
    contradictions::CAMERA,
    contradictions::GENERATORS,
];

struct EditTraces {
    /// Compare the picture with its embedded thumbnail, for which it must be decoded.
    pixels: bool,
}

impl Signal for EditTraces {
    fn examine(&self, asset: &Asset) -> Outcome {
        if !asset.format().is_some_and(Format::is_picture) {
            return Outcome::NotApplicable("traces of editing are looked for in pictures only");
        }
        let mut found = quantisation::evidence(asset);
        found.extend(history::evidence(asset.metadata()));
        let compared = match self.pixels {
            true => thumbnail::compare(asset),
            false => Compared::Nothing,
        };
        match compared {
            // What was seen in the pixels stands before what is written.
            Compared::Differs(evidence) => found.insert(0, evidence),
            Compared::Nothing => {}
            Compared::Failed(fault) => return Outcome::Failed(found, fault),
        }
        if found.is_empty() && !self.pixels && !asset.embedded_thumbnails().is_empty() {
            return Outcome::NotApplicable(
                "its thumbnail was not compared with the picture; --thorough does that",
            );
        }
        Outcome::from_evidence(found)
    }

    fn conclude(&self, facts: &Facts, found: &[Evidence]) -> Vec<Evidence> {
        contradictions::evidence(facts, found)
    }
}
