//! What an XML document may cost its parser, counted before it is parsed.

/// Bytes that the parser may compare: it holds every attribute of an element against the others, and every name against
/// the namespaces in scope. Real packets stay below a tenth of this.
const MAX_COMPARED: usize = 100_000_000;

/// Names are compared by the whole namespace, so a long one costs every time.
const MAX_NAMESPACE: usize = 512;

/// The parser takes memory for as many elements and attributes as there may be before it reads the first of them. Real
/// packets stay below a hundredth of this.
const MAX_MARKS: usize = 1 << 20;

/// Refuses a document that nests too deep or takes too long to compare.
pub(super) fn check(xml: &str, max_depth: u32) -> Result<(), String> {
    if memchr::memchr2_iter(b'<', b'=', xml.as_bytes()).count() > MAX_MARKS {
        return Err("xmp: more elements than a description of a picture has".to_owned());
    }
    let mut scopes = Vec::new();
    let mut in_scope = 0_usize;
    let mut compared = 0_usize;
    let mut rest = xml;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(after) = after_other(tag) {
            rest = after;
            continue;
        }
        let tag = Tag::read(tag);
        rest = tag.after;
        if tag.inside.starts_with('/') {
            in_scope -= scopes.pop().unwrap_or(0);
            continue;
        }
        if tag.namespace > MAX_NAMESPACE {
            return Err(format!("xmp: a namespace of {} bytes", tag.namespace));
        }
        let visible = in_scope + tag.declared;
        let lookups = (tag.attributes + 1).saturating_mul(visible);
        let declarations = if tag.declared > 0 {
            visible.saturating_mul(visible)
        } else {
            0
        };
        compared = compared
            .saturating_add(tag.attributes.saturating_mul(tag.bare))
            .saturating_add(lookups)
            .saturating_add(declarations);
        if compared > MAX_COMPARED {
            return Err("xmp: more attributes than a description of a picture has".to_owned());
        }
        if !tag.inside.ends_with('/') {
            in_scope = visible;
            scopes.push(tag.declared);
        }
        if scopes.len() > usize::try_from(max_depth).unwrap_or(usize::MAX) {
            return Err(format!(
                "xmp: nested deeper than {max_depth} levels; --max-depth raises it"
            ));
        }
    }
    Ok(())
}

/// What follows a comment, character data or an instruction; `None` if this is a tag.
fn after_other(tag: &str) -> Option<&str> {
    let pairs = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
    let (_, close) = pairs.iter().find(|(open, _)| tag.starts_with(open))?;
    Some(tag.split_once(close).map_or("", |(_, after)| after))
}

struct Tag<'a> {
    inside: &'a str,
    after: &'a str,
    attributes: usize,
    /// Attributes that declare a namespace.
    declared: usize,
    /// Length of the longest namespace declared.
    namespace: usize,
    /// Bytes outside of quotes, which names are made of.
    bare: usize,
}

impl<'a> Tag<'a> {
    /// Reads up to the `>` that ends the tag, which is not one inside of quotes.
    fn read(text: &'a str) -> Self {
        let mut tag = Self {
            inside: text,
            after: "",
            attributes: 0,
            declared: 0,
            namespace: 0,
            bare: 0,
        };
        // Where the present stretch outside or inside of quotes begins.
        let mut start = 0;
        let mut quote = None;
        let mut declares = false;
        for (at, byte) in text.bytes().enumerate() {
            match (quote, byte) {
                (None, b'>') => {
                    tag.inside = text.get(..at).unwrap_or_default();
                    tag.after = text.get(at + 1..).unwrap_or_default();
                    tag.bare += at - start;
                    return tag;
                }
                (None, b'"' | b'\'') => {
                    let name = text.get(start..at).unwrap_or_default();
                    declares = name
                        .split_ascii_whitespace()
                        .any(|word| word.starts_with("xmlns"));
                    tag.bare += at - start;
                    (quote, start) = (Some(byte), at + 1);
                }
                (Some(open), _) if open == byte => {
                    tag.attributes += 1;
                    if declares {
                        tag.declared += 1;
                        tag.namespace = tag.namespace.max(at - start);
                    }
                    (quote, start) = (None, at + 1);
                }
                _ => {}
            }
        }
        tag
    }
}
