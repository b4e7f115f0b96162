//! SVG: told apart, not walked; the content credentials' library reads manifests in it.

use super::{ContainerKind, Format};

/// How far in the root element may begin, after a prolog, a document type and comments.
const PROLOG: usize = 4096;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Svg,
    sniff: |bytes| {
        let head = bytes.get(..PROLOG.min(bytes.len())).unwrap_or_default();
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        root(&String::from_utf8_lossy(head))
            .is_some_and(|root| root == "svg" || root.ends_with(":svg"))
    },
    walk: |_| {},
};

/// The name of the first element, past the prolog, comments and a document type.
fn root(head: &str) -> Option<&str> {
    let mut rest = head.trim_start();
    loop {
        rest = rest.strip_prefix('<')?;
        let end = match rest.as_bytes().first()? {
            b'?' => "?>",
            b'!' if rest.starts_with("!--") => "-->",
            b'!' => ">",
            _ => {
                return rest
                    .split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
                    .next();
            }
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
}
