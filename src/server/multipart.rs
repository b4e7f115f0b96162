//! Bodies of forms: where the one file in it lies, and what small fields say.

use std::ops::Range;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use memchr::memmem;

use super::refusal::Refusal;

/// Most parts of a form.
const MAX_PARTS: usize = 16;

/// Longest headers of a part.
const MAX_HEADERS: usize = 8 << 10;

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The name of its field.
    pub(super) field: String,
    /// The name of the file, where it is one.
    pub(super) file: Option<String>,
    /// Where its content lies.
    pub(super) content: Range<usize>,
}

/// The word that separates the parts of a form.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String, Refusal> {
    let value = headers.get(CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let found = parameter(text, "boundary");
    found
        .filter(|word| !word.is_empty() && word.len() <= 70)
        .ok_or_else(|| {
            Refusal::bad("the form's Content-Type names no boundary of 1 to 70 characters")
        })
}

/// The parts of a form.
pub(super) fn parts(body: &[u8], boundary: &str) -> Result<Vec<Part>, Refusal> {
    let wrong = || Refusal::bad("the form is not written as multipart/form-data is");
    let first = format!("--{boundary}");
    let begins = body.starts_with(first.as_bytes());
    let mut at = match begins {
        true => first.len(),
        // What stands before the first part belongs to nobody.
        false => {
            memmem::find(body, format!("\r\n{first}").as_bytes()).ok_or_else(wrong)?
                + 2
                + first.len()
        }
    };
    let separator = format!("\r\n{first}");
    let separator = memmem::Finder::new(separator.as_bytes());
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).ok_or_else(wrong)?;
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if parts.len() >= MAX_PARTS {
            return Err(Refusal::bad("a form has at most 16 parts"));
        }
        let line = memmem::find(rest, b"\r\n")
            .filter(|end| *end <= 16)
            .ok_or_else(wrong)?;
        // The end of that line may be the end of the headers, too: then there are none.
        let headers = rest.get(line..).ok_or_else(wrong)?;
        let window = headers
            .get(..headers.len().min(MAX_HEADERS))
            .ok_or_else(wrong)?;
        let end = memmem::find(window, b"\r\n\r\n").ok_or_else(wrong)?;
        let begin = at + line + end + 4;
        let content = body.get(begin..).ok_or_else(wrong)?;
        // A part that is empty ends with the line that begins it.
        let length = match content.starts_with(first.as_bytes()) {
            true => return Err(wrong()),
            false => separator.find(content).ok_or_else(wrong)?,
        };
        let (field, file) = named(window.get(..end).unwrap_or_default()).ok_or_else(wrong)?;
        parts.push(Part {
            field,
            file,
            content: begin..begin + length,
        });
        at = begin + length + 2 + first.len();
    }
}

/// The names that the headers of a part give it.
fn named(headers: &[u8]) -> Option<(String, Option<String>)> {
    let text = String::from_utf8_lossy(headers);
    let disposition = text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is = name.trim().eq_ignore_ascii_case("content-disposition");
        is.then_some(value.trim())
    })?;
    Some((
        parameter(disposition, "name")?,
        parameter(disposition, "filename"),
    ))
}

/// A parameter of a header, which may be quoted.
fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, left) = value(after)?;
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = left;
    }
}

/// A value and what comes behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = text.split_once(';').unwrap_or((text, ""));
        return Some((word.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let rest = quoted.get(at + 1..)?.trim_start();
                return Some((value, rest.strip_prefix(';').unwrap_or(rest)));
            }
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n--x\r\ncontent-disposition: form-data; filename=\"a;\\\"b.jpg\"; name=file\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8--x\r\n\r\n--y\r\n--x--\r\n";

    #[test]
    fn parts_are_found_with_their_names() {
        let parts = parts(FORM, "x").unwrap();
        let [id, file] = parts.as_slice() else {
            panic!("{parts:?}")
        };
        assert_eq!((id.field.as_str(), &id.file), ("id", &None));
        assert_eq!(&FORM[id.content.clone()], b"7");
        assert_eq!(file.file.as_deref(), Some("a;\"b.jpg"));
        assert_eq!(&FORM[file.content.clone()], b"\xff\xd8--x\r\n\r\n--y");
    }

    #[test]
    fn whatever_is_cut_or_changed_is_refused_or_read_and_never_breaks() {
        for end in 0..FORM.len() - 4 {
            let found = parts(&FORM[..end], "x");
            assert!(found.is_err() || end > FORM.len() - 6, "{end}");
        }
        for at in 0..FORM.len() {
            for byte in [0, b'\r', b'-', b'"', b'\\', 0xff] {
                let mut form = FORM.to_vec();
                form[at] = byte;
                let _ = parts(&form, "x");
            }
        }
        let many = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(17);
        assert!(parts(&many, "x").is_err());
    }
}
