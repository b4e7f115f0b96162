//! Lists of known images: what is on them, what they ask for, and how to find an image in them.

pub mod formats;
pub mod index;
mod list;

pub use list::{Entry, List, ListOptions, MIN_QUALITY, Match, Query};
