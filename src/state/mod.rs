//! What is remembered from one scan to the next, in a database: so that a scan that was stopped goes on where it was, files
//! that did not change are not read again, and what was read can be compared with other lists later.
//!
//! Of a file there is a stamp or a digest that tells whether it is the same, its record, and the hashes that lists are asked
//! about; no pixels, and nothing of the lists. What an answer rests on besides ([`Basis`]) is remembered by a digest. Workers
//! look up in a [`Memory`], and the one who passes answers on writes them down with a [`Keeper`].

mod ahead;
mod asked;
mod batch;
mod begin;
mod counts;
mod error;
mod job;
mod judge;
mod keeper;
mod lock;
mod memory;
mod met;
mod outputs;
mod pack;
mod replay;
mod row;
mod rows;
mod schema;
mod seen;
mod stored;
mod until;
mod whys;

pub use crate::basis::Basis;
pub use error::StateError;
pub use job::{RecallOptions, Remembering};
pub use keeper::{Keeper, Tally};
pub use memory::Memory;
pub use replay::{Judging, Replay, StateReplayed};
pub use stored::{Stored, StoredRecord};
