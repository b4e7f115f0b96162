//! Images at addresses that somebody else chose: which of them may be fetched, and fetching them.
//!
//! ```text
//! text -> Allowed (the rule, no network) -> Fetcher -> online (http, https) or a store (s3, gs, az) -> bytes
//! ```
//!
//! Whoever sends an address has this machine ask for it. So none is fetched unless an operator named where it lies, and every
//! redirect is held to the same rule.

#[cfg(any(feature = "object-store", feature = "online"))]
mod fetcher;
#[cfg(any(feature = "object-store", feature = "online"))]
mod rule;

use std::fmt::Debug;

#[cfg(any(feature = "object-store", feature = "online"))]
pub use fetcher::{Fetcher, FetcherError};
#[cfg(feature = "online")]
pub(crate) use rule::Target;
#[cfg(any(feature = "object-store", feature = "online"))]
pub use rule::{Allowed, AllowedError};

use crate::reports::safe;

/// How much of an address is shown, in characters.
const SHOWN: usize = 200;

/// Fetches images by their addresses, where that is allowed.
pub trait Fetch: Send + Sync + Debug {
    /// Whether an address may be fetched, by what it says alone: nobody is asked.
    ///
    /// # Errors
    /// It is not allowed.
    fn check(&self, address: &str) -> Result<(), FetchError>;

    /// The bytes at an address, at most so many; none are held before there is room for them.
    ///
    /// # Errors
    /// It is not allowed, does not answer, or holds too much.
    fn fetch(
        &self,
        address: &str,
        max_bytes: u64,
        room: &mut Room<'_>,
    ) -> Result<Vec<u8>, FetchError>;
}

/// Takes room for so many bytes in all, of which there will be no more than the second number. It is called again when they
/// become more.
pub type Room<'a> = dyn FnMut(u64, u64) -> Result<(), FetchError> + 'a;

/// Why nothing was fetched. The words hold neither what is behind the question mark of an address nor credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// Whose fault it is.
    pub kind: FetchErrorKind,
    /// What it is, in plain words, and the way out where there is one.
    pub message: String,
}

/// Whose fault it is that nothing was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchErrorKind {
    /// The address, or where it leads, is not among those that may be fetched.
    NotAllowed,
    /// Who was asked did not answer, or not with the image.
    Unanswered,
    /// It is longer than it may be.
    TooLarge,
    /// It took longer than it may.
    TooSlow,
    /// There is no room for it right now.
    NoRoom,
}

impl FetchError {
    /// An error of this kind. Addresses, and what servers say, may hold what would change a terminal or a log.
    pub fn new(kind: FetchErrorKind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: safe(message.as_ref()).into_owned(),
        }
    }
}

/// An address to show: without what is behind its question mark, without credentials, and no longer than a person reads.
pub fn shown(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let bare = match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        // Credentials may stand there in ways that only some programs read.
        None => bare.rsplit('@').next().unwrap_or_default().to_owned(),
    };
    match bare.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", bare.get(..end).unwrap_or_default()),
        None => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_is_shown_holds_no_secret() {
        for (address, expected) in [
            (
                "https://h.test/a.jpg?sig=SECRET#part",
                "https://h.test/a.jpg",
            ),
            ("https://u:SECRET@h.test/a@b.jpg", "https://h.test/a@b.jpg"),
            ("https://u:SE@CRET@h.test", "https://h.test"),
            ("https:u:SECRET@h.test", "h.test"),
            ("s3://bucket/a", "s3://bucket/a"),
            ("", ""),
        ] {
            assert_eq!(shown(address), expected);
        }
        let long = shown(&format!("https://h.test/{}", "é".repeat(9000)));
        assert_eq!(long.chars().count(), 201);
    }
}
