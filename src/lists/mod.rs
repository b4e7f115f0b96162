//! Lists of known images: what is on them, what they ask for, and how to find an image in them.

mod bloom;
mod entry;
pub mod formats;
mod guards;
pub mod index;
mod list;

pub use bloom::Bloom;
pub use entry::{Entry, ListKind, ListOptions, MIN_QUALITY};
pub use list::{List, Match, Query};
