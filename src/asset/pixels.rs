//! The decoded picture.

use super::{Container, Limits};

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

/// A plane of luma samples, row by row, `0.299 R + 0.587 G + 0.114 B`, in 0..=255.
#[derive(Debug, Clone, PartialEq)]
pub struct Luma {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` samples.
    pub samples: Vec<f32>,
}

/// The decoded picture as stored.
#[derive(Debug)]
pub struct Pixels {
    /// The picture, in the decoder's own colour type.
    pub image: image::DynamicImage,
}

impl Pixels {
    /// Decodes the first frame within the limits.
    ///
    /// # Errors
    /// See [`PixelError`].
    pub fn decode(_bytes: &[u8], _container: &Container, _limits: &Limits) -> Result<Self, PixelError> {
        Err(PixelError::Unsupported("anything".into()))
    }
}
