//! `work`: a worker on a message broker, in builds that have one.

#[cfg(feature = "queue")]
mod loading;
#[cfg(feature = "queue")]
mod worker;

#[cfg(feature = "queue")]
pub(crate) use worker::run;

/// Says how to get a program that can.
#[cfg(not(feature = "queue"))]
pub(crate) fn run(_: &crate::args::WorkArgs) -> anyhow::Result<crate::exit::Exit> {
    anyhow::bail!(
        "work: this program was built without message brokers; from a checkout, `cargo install --path . --ignore-rust-version --features queue` builds one that knows them"
    )
}
