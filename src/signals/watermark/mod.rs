//! Marks in the pixels: text hidden in their lowest bits, the open watermark of Stable Diffusion and its kin, and signatures
//! over them.

use super::{Outcome, Signal, SignalKind};
use crate::asset::Asset;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "watermark",
    about: "marks in the pixels: hidden text, open watermarks, signatures over the picture",
    codes: &[],
    idle: None,
    load: |settings| {
        let watermark = Watermark {
            all: settings.decodes_all(),
        };
        Ok(Some(Box::new(watermark) as Box<dyn Signal>))
    },
};

struct Watermark {
    /// Also in what looks like a camera's file, which is decoded for nothing else.
    all: bool,
}

impl Signal for Watermark {
    fn examine(&self, asset: &Asset) -> Outcome {
        if !self.all && asset.metadata().camera().is_some() {
            return Outcome::NotApplicable(
                "it has a camera's metadata; --thorough looks at its pixels, too",
            );
        }
        Outcome::Nothing
    }
}
