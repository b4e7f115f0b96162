//! Paths from a list, one a line or separated by NUL; and requests as JSON, one a line.

use std::io::{self, BufRead};
use std::path::PathBuf;

use super::archive::names::os_string;
use crate::asset::Limits;

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

/// What a line of a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A path.
    Path(PathBuf),
    /// A request as JSON, with the number of its line, from 1.
    Request(Vec<u8>, u64),
    /// A request longer than any that is read, with the number of its line.
    TooLong(u64),
}

/// The lines of a list, read as they are asked for. Empty ones are passed over. Between line breaks, one that begins with a
/// brace is a request, which may be as long as an image of the largest size is in Base64.
pub fn lines_from<R: BufRead>(
    mut list: R,
    separator: Separator,
    limits: &Limits,
) -> impl Iterator<Item = io::Result<Line>> + use<R> {
    let longest = limits
        .max_bytes
        .div_ceil(3)
        .saturating_mul(4)
        .saturating_add(MAX_PATH);
    let mut number = 0;
    std::iter::from_fn(move || {
        loop {
            number += 1;
            let read = match starts_with_brace(&mut list) {
                Err(error) => Err(error),
                Ok(true) if separator == Separator::Line => request(&mut list, number, longest),
                Ok(_) => path(&mut list, separator),
            };
            match read {
                Ok(Read::Nothing) => {}
                Ok(Read::Line(line)) => return Some(Ok(line)),
                Ok(Read::End) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

/// What came of reading a line.
enum Read {
    Line(Line),
    Nothing,
    End,
}

fn starts_with_brace(list: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match list.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(bytes) => return Ok(bytes.first() == Some(&b'{')),
        }
    }
}

fn path(list: &mut impl BufRead, separator: Separator) -> io::Result<Read> {
    let mut path = Vec::new();
    let read = io::Read::take(list, MAX_PATH).read_until(separator.byte(), &mut path)?;
    let ended = path.last() == Some(&separator.byte());
    if !ended && read as u64 == MAX_PATH {
        let message = format!("a path longer than {MAX_PATH} bytes; is the separator right (-0)?");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    trim(&mut path, separator);
    Ok(match (read, path.is_empty()) {
        (0, _) => Read::End,
        (_, true) => Read::Nothing,
        (_, false) => Read::Line(Line::Path(PathBuf::from(os_string(path)))),
    })
}

fn request(list: &mut impl BufRead, number: u64, longest: u64) -> io::Result<Read> {
    let mut json = Vec::new();
    io::Read::take(&mut *list, longest).read_until(b'\n', &mut json)?;
    if json.last() != Some(&b'\n') && json.len() as u64 == longest {
        drop(json);
        list.skip_until(b'\n')?;
        return Ok(Read::Line(Line::TooLong(number)));
    }
    trim(&mut json, Separator::Line);
    Ok(Read::Line(Line::Request(json, number)))
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

    fn lines(list: &[u8], separator: Separator, limits: &Limits) -> Vec<Line> {
        let lines = lines_from(list, separator, limits);
        lines.map(Result::unwrap).collect()
    }

    fn read(list: &[u8], separator: Separator) -> Vec<PathBuf> {
        let lines = lines(list, separator, &Limits::default());
        let path = |line| match line {
            Line::Path(path) => path,
            other => panic!("{other:?}"),
        };
        lines.into_iter().map(path).collect()
    }

    #[test]
    fn a_line_with_a_brace_is_a_request() {
        let limits = Limits {
            max_bytes: 3,
            ..Limits::default()
        };
        let long = [b"{".as_slice(), &[b' '; 80_000], b"}\r\n{\"id\":\"2\"}"].concat();
        assert_eq!(
            lines(
                &[b"\n", long.as_slice(), b"\nb.jpg"].concat(),
                Separator::Line,
                &limits
            ),
            [
                Line::TooLong(2),
                Line::Request(b"{\"id\":\"2\"}".to_vec(), 3),
                Line::Path("b.jpg".into()),
            ]
        );
        assert_eq!(
            lines(b"{a\0", Separator::Nul, &limits),
            [Line::Path("{a".into())]
        );
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
            lines_from(&endless[..], Separator::Nul, &Limits::default())
                .next()
                .unwrap()
                .is_err()
        );
    }
}
