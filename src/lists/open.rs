//! Opening a list, in whatever form it is.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use zeroize::Zeroizing;

use super::formats::{Intake, ListFormat, ReadError, ReadOptions, Source, detect, named};
use super::guards::Guards;
use super::keys::{Keys, is_encrypted};
use super::store::{Builder, Compiled, OpenError, Workspace};
use super::{List, ListOptions};
use crate::error::SetupError;

/// What is looked at to tell a compiled or encrypted list.
const HEAD: u64 = 64;

/// A list on which nothing is was named by mistake, or is not read as it should be; searching it would only look like an answer.
pub const EMPTY: &str = "no entry was found in it; is it the right file, in the right form?";

/// How a list is to be opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// What goes before what the list asks for itself.
    pub wishes: ListOptions,
    /// Its form, if its content does not show it.
    pub format: Option<&'static ListFormat>,
    /// What else its content does not say.
    pub read: ReadOptions,
    /// What opens it if it is encrypted, and whose signature it has to have.
    pub keys: Keys,
}

impl OpenOptions {
    /// With these wishes, which go before what the list asks for itself.
    pub fn wishing(wishes: ListOptions) -> Self {
        Self {
            wishes,
            ..Self::default()
        }
    }
}

impl List {
    /// Opens a list file. A compiled one is mapped; any other form is read into memory, whole.
    ///
    /// # Errors
    /// The file cannot be read, or the first place in it that is wrong. Nothing is half loaded.
    pub fn open(path: &Path, options: OpenOptions) -> Result<Self, SetupError> {
        let file = Named(path.display().to_string());
        let mut opened = Opened::open(path, &options.keys)?;
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let stem = stem.unwrap_or_else(|| "list".to_owned());
        let wishes = options.wishes.clone();
        let mut fresh = false;
        let compiled = match opened.compiled().map_err(|error| file.unusable(error))? {
            Some(compiled) => compiled,
            None => {
                let mut builder =
                    Builder::new(wishes.clone(), Guards::default(), Workspace::memory());
                let mut source = opened
                    .source(path)
                    .map_err(|error| file.read(ReadError::Source(error)))?;
                let taken = take_in(&mut source, options.format, &options.read, &mut builder);
                taken.map_err(|error| file.read(error))?;
                if builder.is_empty() {
                    return Err(file.wrong(EMPTY.to_owned()));
                }
                fresh = true;
                builder.finish().map_err(|message| file.wrong(message))?
            }
        };
        let list = Self::of(stem, compiled, wishes).map_err(|message| file.wrong(message))?;
        Ok(if fresh { list.freshly_made() } else { list })
    }
}

/// A list file whose signature was checked, and which was decrypted if it has to be.
pub struct Opened {
    file: File,
    head: Vec<u8>,
    plain: Option<Zeroizing<Vec<u8>>>,
}

impl Opened {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, is not signed as it should be, or no key opens it.
    pub fn open(path: &Path, keys: &Keys) -> Result<Self, SetupError> {
        let named = Named(path.display().to_string());
        let unreadable = |reason| SetupError::Read {
            path: path.to_owned(),
            reason,
        };
        let mut file = File::open(path).map_err(unreadable)?;
        keys.verify(path, &mut file)
            .map_err(|message| named.wrong(message))?;
        let mut head = Vec::new();
        file.by_ref()
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let plain = match is_encrypted(&head) {
            true => Some(
                keys.decrypt(&mut file)
                    .map_err(|message| named.wrong(message))?,
            ),
            false => None,
        };
        Ok(Self { file, head, plain })
    }

    /// Whether it is encrypted where it lies.
    pub fn is_encrypted(&self) -> bool {
        self.plain.is_some()
    }

    /// Whether it is a compiled list.
    pub fn is_compiled(&self) -> bool {
        let plain = self
            .plain
            .as_ref()
            .map_or(self.head.as_slice(), |plain| plain.as_slice());
        Compiled::is_one(plain)
    }

    /// The compiled list that it is, if it is one. Its bytes are taken out.
    ///
    /// # Errors
    /// It is one that cannot be used.
    pub fn compiled(&mut self) -> Result<Option<Compiled>, OpenError> {
        match self.plain.take_if(|plain| Compiled::is_one(plain)) {
            Some(plain) => Compiled::from_bytes(plain).map(Some),
            None if Compiled::is_one(&self.head) => Compiled::map(&self.file).map(Some),
            None => Ok(None),
        }
    }

    /// The text or database that it is.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn source<'a>(&'a self, path: &'a Path) -> std::io::Result<Source<'a>> {
        match &self.plain {
            Some(plain) => Ok(Source::from_bytes(plain)),
            None => Source::file(&self.file, path),
        }
    }
}

/// Reads a list in the given form, or in the one that its content shows.
///
/// # Errors
/// The first place that is wrong.
pub fn take_in(
    source: &mut Source<'_>,
    format: Option<&'static ListFormat>,
    options: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let format = match format {
        Some(format) => format,
        // Only a table has columns.
        None if !options.columns.is_empty() => {
            named("csv").map_or_else(|| detect(source.head()), Ok)?
        }
        None => detect(source.head())?,
    };
    (format.read)(source, options, intake)
}

/// A file's name, for errors.
struct Named(String);

impl Named {
    fn wrong(&self, message: String) -> SetupError {
        SetupError::File {
            name: self.0.clone(),
            message,
        }
    }

    fn unusable(&self, error: OpenError) -> SetupError {
        self.wrong(error.to_string())
    }

    fn read(&self, error: ReadError) -> SetupError {
        SetupError::List {
            name: self.0.clone(),
            error,
        }
    }
}
