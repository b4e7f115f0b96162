//! Workers on a message broker: by themselves, and with a real one.

pub(crate) mod broker;
mod killed;
mod real;
mod steps;
