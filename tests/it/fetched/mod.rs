//! Images at addresses: what may be fetched, and what becomes of servers that misbehave.

mod direct;
#[cfg(feature = "server")]
mod service;
mod store;
#[cfg(feature = "object-store")]
mod stores;
#[cfg(feature = "queue")]
mod worker;
