//! Why there is no picture.

use std::error::Error;

use image::error::UnsupportedErrorKind;
use image::{ImageError, ImageFormat};

use crate::error::{Fault, FaultKind};

/// Why there are no pixels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PixelError {
    /// No decoder for this format is built in.
    #[error("no decoder for {0} is built in")]
    Unsupported(String),
    /// The picture is larger than the limit.
    #[error("{0}")]
    TooLarge(String),
    /// The data are damaged.
    #[error("{0}")]
    Malformed(String),
}

impl PixelError {
    /// What it means for the file. It is the same whoever asked for the pixels, so that it is told once.
    pub(crate) fn fault(&self) -> Fault {
        let kind = match self {
            Self::Unsupported(_) => FaultKind::Unsupported,
            Self::TooLarge(_) => FaultKind::Limit,
            Self::Malformed(_) => FaultKind::Malformed,
        };
        Fault::new(kind, self.to_string())
    }

    /// Damage, in the words of the decoder that met it.
    pub(super) fn damage(cause: &str) -> Self {
        // What follows is the decoder's own state.
        let cause = cause.split(" while decoding ").next().unwrap_or_default();
        let words: Vec<&str> = cause.split_whitespace().collect();
        let cause = words.join(" ");
        Self::Malformed(format!("the picture cannot be decoded: {cause}"))
    }

    /// Too much memory, where the size of the picture alone does not tell it.
    pub(super) fn memory() -> Self {
        Self::TooLarge(
            "decoding takes more memory than the pixel limit allows (raise it with --max-pixels)"
                .to_owned(),
        )
    }

    /// The same in our words.
    pub(super) fn of(format: ImageFormat, error: &ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::memory(),
            ImageError::Unsupported(error) => {
                let names = format.extensions_str();
                let name = names.first().unwrap_or(&"image").to_uppercase();
                Self::Unsupported(match error.kind() {
                    UnsupportedErrorKind::GenericFeature(feature) => {
                        format!("this {name} ({feature})")
                    }
                    _ => format!("this variant of {name}"),
                })
            }
            error => {
                // The cause says what is wrong; what stands around it repeats the format.
                let cause = error.source();
                Self::damage(&cause.map_or_else(|| error.to_string(), ToString::to_string))
            }
        }
    }
}
