//! Lists of known images: what is on them, what they ask for, and how to find an image in them.
//!
//! A list comes in some form ([`formats`]), is taken in by a [`Builder`], which keeps out what would match what it should
//! not ([`Guards`]), and is then searched as a [`List`]: exactly, and without reading it whole.

mod bloom;
mod entry;
pub mod formats;
mod guards;
mod keys;
mod list;
mod open;
mod save;
mod store;

pub use bloom::Bloom;
pub use entry::{Entry, ListKind, ListOptions, MIN_QUALITY};
pub use guards::Guards;
pub use keys::{Keys, Lock, encrypt, is_encrypted_at, signature_of};
pub use list::{List, Match, Query, Tier};
pub use open::{EMPTY, OpenOptions, Opened, take_in};
pub use save::{Place, save};
pub use store::{Builder, Compiled, Damaged, Hit, OpenError, Workspace};
pub(crate) use store::{Reach, Shortlist};
