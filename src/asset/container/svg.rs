//! SVG: told apart, not walked; the content credentials' library reads manifests in it.

use super::{ContainerKind, Format};

/// How far in the root element may begin, after a prolog, a document type and comments.
const PROLOG: usize = 4096;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Svg,
    sniff: |bytes| {
        let head = bytes.get(..PROLOG.min(bytes.len())).unwrap_or_default();
        let head = head
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(head)
            .trim_ascii_start();
        head.starts_with(b"<")
            && head.windows(4).any(|four| four == b"<svg")
            && !head.starts_with(b"<!DOCTYPE html")
    },
    walk: |_| {},
};
