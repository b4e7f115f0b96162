//! Workers on a message broker: by themselves, and with a real one.

mod audited;
pub(crate) mod broker;
mod killed;
mod logs;
mod real;
mod reloaded;
mod secured;
mod slow;
mod steps;
