//! The forms of archives, told by name and by content.

use super::names;
use crate::error::{Fault, FaultKind};

/// Bytes at the beginning of an archive that tell its form.
pub(in crate::sources) const HEAD: u64 = 4 << 10;

/// What a Parquet table begins with.
pub(in crate::sources) const TABLE: &[u8; 4] = b"PAR1";

/// What kind of archive it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Zip,
    Tar,
    /// tar, compressed with gzip.
    Gzip,
    /// One that is only recognised.
    Unread(&'static str),
}

/// gzip of one file: a form that archives share only by name.
const GZIP_OF_ONE: Form = Form::Unread("single-file gz");

/// Endings of names. Documents and books are zip archives, and pictures lie in them.
const ENDINGS: &[(&str, Form)] = &[
    (".zip", Form::Zip),
    (".cbz", Form::Zip),
    (".epub", Form::Zip),
    (".docx", Form::Zip),
    (".pptx", Form::Zip),
    (".xlsx", Form::Zip),
    (".odt", Form::Zip),
    (".odp", Form::Zip),
    (".ods", Form::Zip),
    (".tar", Form::Tar),
    (".cbt", Form::Tar),
    (".tar.gz", Form::Gzip),
    (".tgz", Form::Gzip),
    (".gz", GZIP_OF_ONE),
    (".tar.bz2", Form::Unread("tar.bz2")),
    (".tbz2", Form::Unread("tar.bz2")),
    (".tar.xz", Form::Unread("tar.xz")),
    (".txz", Form::Unread("tar.xz")),
    (".tar.zst", Form::Unread("tar.zst")),
    (".tzst", Form::Unread("tar.zst")),
    (".7z", Form::Unread("7z")),
    (".cb7", Form::Unread("7z")),
    (".rar", Form::Unread("RAR")),
    (".cbr", Form::Unread("RAR")),
];

impl Form {
    /// The form that a file of this name should have.
    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        let base = names::base(name);
        let ends = |ending: &str| {
            let tail = base
                .len()
                .checked_sub(ending.len())
                .and_then(|at| base.get(at..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
        };
        ENDINGS
            .iter()
            .find(|(ending, _)| ends(ending))
            .map(|(_, form)| *form)
    }

    /// The form of an archive, as its name and its first bytes tell it; `inflated` gives those of what is compressed.
    pub(super) fn of(name: &[u8], head: &[u8], inflated: impl FnOnce() -> Vec<u8>) -> Option<Self> {
        let by_name = Self::of_name(name);
        match Self::of_content(head) {
            Some(Self::Gzip) if by_name == Some(GZIP_OF_ONE) => {
                let tar = Self::of_sure_content(&inflated()) == Some(Self::Tar);
                Some(if tar { Self::Gzip } else { GZIP_OF_ONE })
            }
            by_content => by_content.or(by_name),
        }
    }

    /// The form that these first bytes begin.
    pub(super) fn of_content(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            head => return Self::of_sure_content(head),
        })
    }

    /// The same for what can be nothing else: many things are compressed with gzip that are no archives.
    fn of_sure_content(head: &[u8]) -> Option<Self> {
        Some(match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Self::Unread("7z"),
            [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Self::Unread("RAR"),
            head if head.get(257..262) == Some(b"ustar") => Self::Tar,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "tar.gz",
            Self::Unread(name) => name,
        }
    }
}

/// Whether something of this name, that begins so, is an archive.
pub(in crate::sources) fn is_archive(name: &[u8], head: &[u8]) -> bool {
    Form::of_name(name).is_some() || Form::of_sure_content(head).is_some()
}

/// The fault of a file that turns out to be an archive when it is read as a single file.
pub(in crate::sources) fn unopened(name: &str, bytes: &[u8]) -> Option<Fault> {
    if bytes.starts_with(TABLE) {
        return Some(table());
    }
    let gzip = Form::of_content(bytes) == Some(Form::Gzip);
    let by_name = Form::of_name(name.as_bytes()).filter(|_| gzip);
    let compressed = by_name.filter(|form| [Form::Gzip, GZIP_OF_ONE].contains(form));
    let form = Form::of_sure_content(bytes).or(compressed)?;
    let message = match form {
        Form::Unread(what) => return Some(unread(what)),
        form => format!(
            "this is a {} archive, and what is in it was not looked at; `provscan scan` looks inside where it is given this very file, or finds it under a name that archives have",
            form.name()
        ),
    };
    Some(Fault::new(FaultKind::Unsupported, message))
}

/// The fault of a Parquet table that nobody looked into.
pub(in crate::sources) fn table() -> Fault {
    let message = match cfg!(feature = "parquet") {
        true => {
            "this is a Parquet table, and what is in it was not looked at; `provscan scan` looks inside where its name ends with .parquet and it lies in no archive"
        }
        false => {
            "this is a Parquet table, and what is in it was not looked at; a build with the feature parquet reads images in such (`cargo build --release --ignore-rust-version --features parquet`)"
        }
    };
    Fault::new(FaultKind::NotAnImage, message)
}

/// The fault of an archive that is not read.
pub(super) fn unread(what: &str) -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        format!("{what} archives are not read here; unpack it and scan that"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_tell_forms() {
        assert_eq!(Form::of_name(b"a/b.TAR.GZ"), Some(Form::Gzip));
        assert_eq!(Form::of_name(b"b.zip"), Some(Form::Zip));
        assert_eq!(Form::of_name(b"b.zip/a.gz"), Some(GZIP_OF_ONE));
        assert_eq!(Form::of_name(b"b.zip/a"), None);
        assert_eq!(Form::of_name(b"zip"), None);
        assert_eq!(Form::of_content(b"PK\x03\x04"), Some(Form::Zip));
        assert_eq!(Form::of_content(b"PK"), None);
        assert!(unopened("a", &[0x1f, 0x8b, 8]).is_none());
        assert!(unopened("a.gz", &[0x1f, 0x8b, 8]).is_some());
        assert!(unopened("a.tgz", &[0x1f, 0x8b, 8]).is_some());
        let fault = unopened("a", b"Rar!\x1a\x07\x00").unwrap();
        assert_eq!(fault.kind, FaultKind::Unsupported);
    }
}
