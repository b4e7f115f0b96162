//! What a record says of the pixels.

/// What became of the pixels of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelState {
    /// They were decoded.
    Decoded,
    /// Those of the preview were decoded: what the sensor of a camera saw is not developed.
    Preview,
    /// There is no decoder for them in this build.
    Unsupported,
    /// They could not be decoded: the file is damaged, or a limit was reached.
    Failed,
    /// Nobody asked for them.
    NotNeeded,
}

impl PixelState {
    /// Every state, with its word in records.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Decoded, "decoded"),
        (Self::Preview, "preview"),
        (Self::Unsupported, "unsupported"),
        (Self::Failed, "failed"),
        (Self::NotNeeded, "not-needed"),
    ];

    /// The word in records.
    pub fn as_str(self) -> &'static str {
        let mut words = Self::ALL.iter();
        words
            .find(|(state, _)| *state == self)
            .map_or("", |(_, word)| word)
    }

    /// The state of this word.
    pub fn named(word: &str) -> Option<Self> {
        let mut words = Self::ALL.iter();
        words
            .find(|(_, known)| *known == word)
            .map(|(state, _)| *state)
    }

    /// Whether a reader of the record has to know: what was looked at is not what the file shows, or nothing was.
    pub fn is_telling(self) -> bool {
        matches!(self, Self::Preview | Self::Unsupported | Self::Failed)
    }
}
