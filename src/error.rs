//! What can go wrong: with one input (a [`Fault`], part of the answer) or with the set-up (a [`SetupError`], nothing is scanned).

use std::path::PathBuf;

use crate::evidence::words;
use crate::lists::formats::ReadError;

/// Whose fault it is that an input could not be checked, or not fully.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The path could not be opened or read.
    Unreadable,
    /// The content is no image that provscan knows.
    NotAnImage,
    /// The file is damaged.
    Malformed,
    /// A limit was reached; a flag raises it.
    Limit,
    /// The format is known, but this part of it is not read here.
    Unsupported,
    /// A fault of provscan itself, contained.
    Internal,
}

/// Every kind of fault with its word.
const FAULT_KINDS: &[(FaultKind, &str)] = &[
    (FaultKind::Unreadable, "unreadable"),
    (FaultKind::NotAnImage, "not-an-image"),
    (FaultKind::Malformed, "malformed"),
    (FaultKind::Limit, "limit"),
    (FaultKind::Unsupported, "unsupported"),
    (FaultKind::Internal, "internal"),
];

words!(FaultKind, FAULT_KINDS, "kind of error");

/// Something that kept an input from being checked, or from being checked fully.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Whose fault it is.
    pub kind: FaultKind,
    /// What it is, in plain words, and the way out where there is one.
    pub message: String,
}

impl Fault {
    /// The same of something that somebody named: that it is some other file does not settle it.
    pub(crate) fn of_what_was_asked_for(self) -> Self {
        match self.kind {
            FaultKind::NotAnImage => Self::new(FaultKind::Unsupported, self.message),
            _ => self,
        }
    }

    /// A fault of this kind.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

/// Settings, lists, policies or trust lists that cannot be used. Nothing is scanned with half of them.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A file that could not be read.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A line of a list of certificates.
    #[error("{name}, line {line}: {message}")]
    ListLine {
        /// The list's file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// What is wrong and what was expected.
        message: String,
    },
    /// A place in a hash list.
    #[error("{name}, {error}")]
    List {
        /// The list's file.
        name: String,
        /// Where, what is wrong and what was expected.
        error: ReadError,
    },
    /// A file as a whole.
    #[error("{name}: {message}")]
    File {
        /// The file.
        name: String,
        /// What is wrong and what was expected.
        message: String,
    },
}
