//! Compressed archives as streams that end where they have grown too much.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::super::span::Span;
use super::HEAD;
use super::budget::{allowance, too_large};
use crate::asset::Limits;

/// What a gzip file inflates to.
pub(super) fn gzip(span: &Span, limits: &Limits) -> Box<dyn Read + Send> {
    let packed = BufReader::with_capacity(256 << 10, span.reader());
    Box::new(Metered {
        inner: MultiGzDecoder::new(packed),
        left: allowance(span.len(), limits),
        limits: limits.clone(),
    })
}

/// The first bytes of that, as many as tell a form.
pub(super) fn head(span: &Span, limits: &Limits) -> Vec<u8> {
    let mut head = Vec::new();
    // What came before an error tells as much.
    let _ = gzip(span, limits).take(HEAD).read_to_end(&mut head);
    head
}

/// A reader that fails once it has given too much.
struct Metered<R> {
    inner: R,
    left: u64,
    limits: Limits,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(too_large(&self.limits))),
        }
        Ok(read)
    }
}
