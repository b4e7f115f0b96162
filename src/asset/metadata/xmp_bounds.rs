//! What an XML document may cost its parser, counted before it is parsed.

/// The parser compares every attribute of an element, and every namespace in scope, with the others.
const MAX_COMPARISONS: usize = 20_000_000;

/// Refuses a document that nests too deep or whose attributes take too long to compare.
pub(super) fn check(xml: &str, max_depth: u32) -> Result<(), String> {
    let mut depth = 0_u32;
    let mut declared = 0_usize;
    let mut comparisons = 0_usize;
    let mut rest = xml;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(after) = ["!--", "![CDATA[", "?"]
            .into_iter()
            .zip(["-->", "]]>", "?>"])
            .find_map(|(open, close)| {
                tag.starts_with(open)
                    .then(|| tag.split_once(close).map_or("", |(_, after)| after))
            })
        {
            rest = after;
            continue;
        }
        let (inside, after) = split_tag(tag);
        rest = after;
        if inside.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        if !inside.ends_with('/') {
            depth += 1;
        }
        if depth > max_depth {
            return Err(format!("xmp: nested deeper than {max_depth} levels"));
        }
        let attributes = inside.bytes().filter(|byte| *byte == b'=').count();
        if inside.contains("xmlns") {
            declared += attributes;
            comparisons =
                comparisons.saturating_add(declared.saturating_mul(declared.min(attributes + 64)));
        }
        comparisons =
            comparisons.saturating_add(attributes.saturating_mul(attributes + declared.min(64)));
        if comparisons > MAX_COMPARISONS {
            return Err("xmp: more attributes than a description of a picture has".to_owned());
        }
    }
    Ok(())
}

/// Splits behind the `>` that ends a tag, which is not one inside of quotes.
fn split_tag(tag: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => {
                return (
                    tag.get(..at).unwrap_or_default(),
                    tag.get(at + 1..).unwrap_or_default(),
                );
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    (tag, "")
}
