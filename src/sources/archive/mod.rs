//! Archives: their members are inputs, named `archive.zip!/folder/a.jpg`. An archive within an archive is opened, one deeper
//! is not. Nothing is unpacked to disk: a member is read into memory when its turn comes.

pub(super) mod budget;
mod form;
mod member;
pub(super) mod names;
mod stream;
mod tar;
mod walk;
mod zip;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::span::Span;
use super::{Held, Input, Inputs, SourceKind, SourceOptions, Stamp};
use crate::asset::{Format, Limits, MediaKind};
use crate::error::{Fault, FaultKind};
use budget::Budget;
use form::Form;
use member::{Members, damaged};
use walk::Walk;

pub(super) use form::{HEAD, is_archive, unopened};
#[cfg(not(feature = "parquet"))]
pub(super) use form::{TABLE, table};

pub(super) const KIND: SourceKind = SourceKind {
    name: "archive",
    is_named,
    is_found: |path| Form::of_name(path.as_os_str().as_encoded_bytes()).is_some(),
    open,
    of_bytes: Some(of_bytes),
};

/// Whether a file that somebody named is an archive. One that is named like an image is looked into when it is read.
fn is_named(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    let media = path.to_str().and_then(MediaKind::expected_of);
    path.is_file()
        && (Form::of_name(name).is_some()
            || media.is_none() && head(path).is_ok_and(|head| Form::of_content(&head).is_some()))
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    Ok(Span::of_file(Arc::new(file), len).head(HEAD))
}

/// The members of an archive; the file itself where it is an image whatever its name says.
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    let lost = |error: io::Error| {
        let fault = Fault::new(FaultKind::Unreadable, error.to_string());
        one(Input::lost(path, fault))
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return lost(error),
    };
    let metadata = match file.metadata() {
        Ok(metadata) => metadata,
        Err(error) => return lost(error),
    };
    let span = Span::of_file(Arc::new(file), metadata.len());
    let head = span.head(HEAD);
    let itself = Format::sniff(&head)
        .is_some()
        .then(|| Input::file(path).found());
    if itself.is_some() && !zip::is_there(&span) {
        return Box::new(itself.into_iter());
    }
    let name = path.as_os_str().to_owned();
    // Where nobody tells when it was written, it may have been just now.
    let stamp = Stamp::of(&metadata).unwrap_or(Stamp {
        bytes: metadata.len(),
        modified: i128::MAX,
        inode: 0,
    });
    let whole = Whole::outermost(name, stamp, &span, options);
    Box::new(itself.into_iter().chain(whole.walk(&span)))
}

/// The members of an archive that is in memory; the bytes themselves where they are an image whatever their name says.
fn of_bytes(held: Held, options: &SourceOptions) -> Inputs {
    let span = Span::of_memory(held.bytes);
    let itself = Format::sniff(&span.head(HEAD))
        .is_some()
        .then(|| walk::itself(held.name.clone(), held.stamp, span.clone()));
    if itself.is_some() && !zip::is_there(&span) {
        return Box::new(itself.into_iter());
    }
    let whole = Whole::outermost(held.name, held.stamp, &span, options);
    Box::new(itself.into_iter().chain(whole.walk(&span)))
}

fn one(input: Input) -> Inputs {
    Box::new(std::iter::once(input))
}

/// An archive as a whole, whose members are to be gone through.
struct Whole {
    name: std::ffi::OsString,
    stamp: Stamp,
    /// How many archives it lies in.
    depth: u8,
    /// Bytes of memory that it is kept in.
    kept: u64,
    budget: Arc<Budget>,
    limits: Limits,
}

impl Whole {
    /// One that lies in no other.
    fn outermost(
        name: std::ffi::OsString,
        stamp: Stamp,
        span: &Span,
        options: &SourceOptions,
    ) -> Self {
        Self {
            name,
            stamp,
            depth: 0,
            kept: span.kept(),
            budget: Arc::new(Budget::new(span.len(), &options.limits)),
            limits: options.limits.clone(),
        }
    }

    /// Its members, or why there are none.
    fn walk(self, span: &Span) -> Inputs {
        match self.members(span) {
            Ok(members) => Box::new(Walk::new(self, members)),
            Err(fault) => one(Input::lost(Path::new(&self.name), fault).found()),
        }
    }

    fn members(&self, span: &Span) -> Result<Members, Fault> {
        let inflated = || stream::head(span, &self.limits);
        match Form::of(self.name.as_encoded_bytes(), &span.head(HEAD), inflated) {
            Some(Form::Zip) => Ok(zip::members(span, &self.limits)),
            Some(Form::Tar) => Ok(tar::members(span, &self.limits)),
            Some(Form::Gzip) => Ok(tar::streamed(
                stream::gzip(span, &self.limits),
                &self.limits,
            )),
            Some(Form::Unread(what)) => Err(form::unread(what)),
            None => Err(damaged("it is no archive that provscan knows")),
        }
    }
}
