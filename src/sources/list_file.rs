//! Paths from a list, one a line or separated by NUL.

use std::io::{self, BufRead};
use std::path::PathBuf;

use super::archive::names::os_string;

/// Longest path that is read: a list without separators must not fill the memory.
const MAX_PATH: u64 = 1 << 16;

/// What stands between two paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// A line break; a carriage return before it is dropped.
    Line,
    /// A NUL byte, as from `find -print0`.
    Nul,
}

impl Separator {
    fn byte(self) -> u8 {
        match self {
            Self::Line => b'\n',
            Self::Nul => 0,
        }
    }
}

/// The paths of a list, read as they are asked for. Empty ones are passed over.
pub fn paths_from(
    mut list: impl BufRead,
    separator: Separator,
) -> impl Iterator<Item = io::Result<PathBuf>> {
    std::iter::from_fn(move || {
        loop {
            let mut path = Vec::new();
            match io::Read::take(&mut list, MAX_PATH).read_until(separator.byte(), &mut path) {
                Err(error) => return Some(Err(error)),
                Ok(0) => return None,
                Ok(read) => {
                    let ended = path.last() == Some(&separator.byte());
                    if !ended && read as u64 == MAX_PATH {
                        let message = format!(
                            "a path longer than {MAX_PATH} bytes; is the separator right (-0)?"
                        );
                        return Some(Err(io::Error::new(io::ErrorKind::InvalidData, message)));
                    }
                    trim(&mut path, separator);
                    if !path.is_empty() {
                        return Some(Ok(PathBuf::from(os_string(path))));
                    }
                }
            }
        }
    })
}

fn trim(path: &mut Vec<u8>, separator: Separator) {
    if path.last() == Some(&separator.byte()) {
        path.pop();
    }
    if separator == Separator::Line && path.last() == Some(&b'\r') {
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[u8], separator: Separator) -> Vec<PathBuf> {
        paths_from(list, separator)
            .map(|path| path.unwrap())
            .collect()
    }

    #[test]
    fn lines_and_nul_are_told_apart() {
        assert_eq!(
            read(b"a.jpg\r\n\nb c.jpg", Separator::Line),
            [PathBuf::from("a.jpg"), PathBuf::from("b c.jpg")]
        );
        assert_eq!(
            read(b"a\nb.jpg\0c", Separator::Nul),
            [PathBuf::from("a\nb.jpg"), PathBuf::from("c")]
        );
    }

    #[test]
    fn a_list_without_separators_is_an_error_not_a_path() {
        let endless = vec![b'a'; 200_000];
        assert!(
            paths_from(&endless[..], Separator::Nul)
                .next()
                .unwrap()
                .is_err()
        );
    }
}
