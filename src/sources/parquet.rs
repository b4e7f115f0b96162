//! Parquet files whose columns hold images, as data sets are published: a row is an input, named `set.parquet!/12/cat.jpg`.

mod columns;
mod rows;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::SerializedFileReader;

use super::{Input, Inputs, SourceKind, SourceOptions, Stamp};
use crate::error::{Fault, FaultKind};
use rows::Rows;

pub(super) const KIND: SourceKind = SourceKind {
    name: "parquet",
    is_named: |path| is_found(path) && path.is_file(),
    is_found,
    open,
};

fn is_found(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// The images of a file; the file itself if no column of it holds any.
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    // The library that reads the file may meet what it was not made for.
    let opened = catch_unwind(AssertUnwindSafe(|| rows(path, options)));
    match opened.unwrap_or_else(|_| Err(broke())) {
        Ok(Some(rows)) => Box::new(rows),
        Ok(None) => Box::new(std::iter::once(Input::file(path).found())),
        Err(fault) => Box::new(std::iter::once(Input::lost(path, fault).found())),
    }
}

fn rows(path: &Path, options: &SourceOptions) -> Result<Option<Rows>, Fault> {
    let unreadable = |error: std::io::Error| Fault::new(FaultKind::Unreadable, error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
    let reader = SerializedFileReader::new(file).map_err(|error| damaged(&error))?;
    let columns = columns::of_images(reader.metadata(), options.column.as_deref())?;
    if columns.is_empty() {
        return Ok(None);
    }
    let name = path.as_os_str().to_owned();
    Ok(Some(Rows::new(
        name,
        stamp,
        Arc::new(reader),
        columns,
        options.limits.clone(),
    )))
}

fn damaged(error: &dyn std::error::Error) -> Fault {
    let message = format!("the file is damaged: {error}; what comes after was not read");
    Fault::new(FaultKind::Malformed, message)
}

fn broke() -> Fault {
    Fault::new(
        FaultKind::Malformed,
        "the library that reads Parquet broke on it, so that it is damaged or made to do harm; what comes after was not read",
    )
}
