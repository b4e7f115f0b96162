//! Workers on a message broker: by themselves, and with a real one.

mod broker;
mod killed;
mod logs;
mod real;
mod steps;
