mod basis;
mod error;
mod lock;
mod pack;
mod row;
mod schema;
pub use basis::Basis;
pub use error::StateError;
