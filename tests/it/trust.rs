//! Trust lists: read, installed, kept in versions, brought up to date, and used.

mod hostile;
mod installed;
mod published;
mod used;

use provscan::trust::ListOrigin;
use provscan::trust::date::Moment;
use provscan::trust::installed::Wish;

use crate::support::root;

/// A moment, so many days after the first import.
fn day(number: u32) -> Moment {
    Moment::parse(&format!("2026-11-{:02}T10:15:00Z", number + 1)).unwrap()
}

/// A file of `samples/trust`, as an import takes it.
fn sample(name: &str) -> (String, Vec<u8>) {
    let bytes = std::fs::read(root().join("samples/trust").join(name)).unwrap();
    (name.to_owned(), bytes)
}

/// A wish for a list of this origin, named `own` where the user gives the name.
fn wish(origin: ListOrigin, files: &[(String, Vec<u8>)], day: Moment) -> Wish<'_> {
    Wish {
        origin,
        name: "own",
        kind: None,
        files,
        now: day,
    }
}
