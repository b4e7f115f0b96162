//! Parquet files whose columns hold images, as data sets are published: a row is an input, named `set.parquet!/12/cat.jpg`. A row
//! that has only hashes of an image is one, too: `set.parquet!/12`.

mod columns;
mod footer;
mod pages;
mod rows;
mod thrift;
mod values;

use std::ffi::OsString;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::errors::ParquetError;

use super::archive::budget::Budget;
use super::span::Span;
use super::{Held, Input, Inputs, SourceKind, SourceOptions, Stamp};
use crate::error::{Fault, FaultKind};
use columns::Columns;
use pages::Pages;
use rows::{Rows, Table};

pub(super) const KIND: SourceKind = SourceKind {
    name: "parquet",
    is_named: |path| is_found(path) && path.is_file(),
    is_found,
    open,
    of_bytes: Some(of_bytes),
};

fn is_found(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// The images of a file, or why there are none.
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    inputs(path, || {
        let unreadable =
            |error: std::io::Error| Fault::new(FaultKind::Unreadable, error.to_string());
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        // Where nobody tells when it was written, it may have been just now.
        let stamp = Stamp::of(&metadata).unwrap_or(Stamp {
            bytes: metadata.len(),
            modified: i128::MAX,
            inode: 0,
        });
        let span = Span::of_file(Arc::new(file), metadata.len());
        rows(path.as_os_str().to_owned(), stamp, span, options)
    })
}

/// The same of a table in memory.
fn of_bytes(held: Held, options: &SourceOptions) -> Inputs {
    let name = held.name.clone();
    let span = Span::of_memory(held.bytes);
    inputs(Path::new(&name), || {
        rows(held.name, held.stamp, span, options)
    })
}

fn inputs(path: &Path, rows: impl FnOnce() -> Result<Rows, Fault>) -> Inputs {
    match contained(rows) {
        Ok(rows) => Box::new(rows),
        Err(fault) => Box::new(std::iter::once(Input::lost(path, fault).found())),
    }
}

fn rows(name: OsString, stamp: Stamp, span: Span, options: &SourceOptions) -> Result<Rows, Fault> {
    let footer = footer::read(&span)?;
    let columns = Columns::of(&footer, options)?;
    Ok(Rows::new(Table {
        name,
        stamp,
        footer,
        columns,
        budget: Budget::new(span.len(), &options.limits),
        pages: Arc::new(Pages::new(span, &options.limits)),
        limits: options.limits.clone(),
    }))
}

/// What this leads to. The library that reads such files may meet what it was not made for.
fn contained<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Fault::new(
            FaultKind::Malformed,
            "the library that reads Parquet broke on it, so that it is damaged or made to do harm; what comes after was not read",
        ))
    })
}

/// The fault behind an error of that library, which passes ours on.
fn fault(error: ParquetError) -> Fault {
    match error {
        ParquetError::External(ours) => match ours.downcast::<Fault>() {
            Ok(fault) => *fault,
            Err(other) => damaged(other),
        },
        other => damaged(other),
    }
}

fn damaged(what: impl std::fmt::Display) -> Fault {
    let message = format!("the table is damaged: {what}; what comes after was not read");
    Fault::new(FaultKind::Malformed, message)
}
