//! provscan tells where an image comes from, and says how it knows.
//!
//! ```text
//! sources -> Asset -> signals -> Evidence -> policy -> Verdict -> reports -> sinks
//!  where     bytes     what we    what one    what it   what to    how it     where it
//!            once      look for   says        means     do         looks      goes
//! ```
//!
//! # Example
//!
//! ```
//! use provscan::{Asset, Inspector, Limits, Policy, Settings};
//!
//! let inspector = Inspector::new(&Settings::default(), Policy::default())?;
//! let asset = Asset::new("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(), Limits::default());
//! assert_eq!(inspector.inspect(&asset).verdict.finding.as_str(), "no-evidence");
//! # Ok::<(), provscan::SetupError>(())
//! ```
//!
//! # Invariants
//!
//! 1. A file is read once and decoded at most once. An [`Asset`] has bytes and a name to show, no path: no signal can
//!    reopen it. Views are computed when a signal first asks, failures included.
//! 2. Signals know nothing of policy, reports or the command line; policies see only evidence.
//! 3. Finding nothing never counts in an image's favour: there is no "authentic".
//! 4. Inspection never fails: what went wrong is part of the answer, and what could not be checked never ends in success.
//! 5. Only [`reports`] knows output formats. JSON is versioned and has a schema.
//! 6. The library does not print, exit or read the environment. What happens in what runs for long are events of `tracing`.
//! 7. Nothing reaches the network unless the settings hold a [`Remote`](remote::Remote); only `online` implements one, and
//!    only a build with the feature `online` has it. Object stores, with the feature `object-store`, are asked if their
//!    addresses are named, and nobody else is. An image is fetched by an address only through a [`Fetch`](sources::Fetch),
//!    from the places that it was given.
//! 8. The same input and settings give the same bytes out: no thread order, and no clocks but for whether a certificate is
//!    in force, and for giving up on a file that takes far longer than any honest one. What a `state` remembers
//!    changes how much is read, never what is said.
//! 9. Pixels never leave, and list hashes are never shown: an entry is named by its list, its id and its category.
//! 10. Image bytes are hostile: limits before allocations, no indexing, no unwrap, panics contained.

pub mod asset;
pub mod audit;
#[cfg(any(feature = "queue", feature = "sqlite"))]
pub mod basis;
pub mod error;
pub mod evidence;
pub mod fingerprints;
pub mod grouping;
pub mod inspect;
pub mod lists;
#[cfg(any(feature = "cli", feature = "queue", feature = "server"))]
pub mod logs;
#[cfg(feature = "online")]
pub mod online;
mod platform;
pub mod policy;
pub mod prints;
pub mod quarantine;
#[cfg(feature = "queue")]
pub mod queue;
#[cfg(any(feature = "queue", feature = "server"))]
pub mod reload;
pub mod remote;
pub mod reports;
pub mod scan;
#[cfg(feature = "server")]
pub mod server;
pub mod settings;
pub mod signals;
pub mod sinks;
pub mod source_type;
pub mod sources;
#[cfg(feature = "sqlite")]
pub mod state;
pub mod trust;
mod waiting;

pub use asset::{Asset, Limits};
pub use error::SetupError;
pub use inspect::{Inspection, Inspector};
pub use policy::Policy;
pub use settings::Settings;
