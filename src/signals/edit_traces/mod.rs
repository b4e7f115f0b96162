//! Traces of editing: what a file's own parts say of each other, and whether what was found can be true together.

use super::{Outcome, Signal, SignalKind};
use crate::asset::Asset;
use crate::evidence::Evidence;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "edit_traces",
    about: "traces of editing: embedded thumbnails, quantisation tables, edit histories, contradictions",
    codes: &[],
    idle: None,
    load: |settings| {
        let traces = EditTraces {
            pixels: settings.decodes_all(),
        };
        Ok(Some(Box::new(traces) as Box<dyn Signal>))
    },
};

struct EditTraces {
    /// Compare the picture with its embedded thumbnail, for which it must be decoded.
    pixels: bool,
}

impl Signal for EditTraces {
    fn examine(&self, _asset: &Asset) -> Outcome {
        Outcome::Nothing
    }

    fn conclude(&self, _asset: &Asset, _found: &[Evidence]) -> Vec<Evidence> {
        Vec::new()
    }
}
