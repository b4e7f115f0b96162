//! XMP packets: XML to rows, by namespace URI.

use super::namespace::{IPTC_REGION, ST_REF, XMP_MM};
use super::text;
use super::{XmpPacket, XmpProperty};
use roxmltree::{Document, Error, Node, ParsingOptions};
use std::borrow::Cow;

/// An XMP packet larger than this is no description of a picture.
pub(super) const MAX_PACKET: usize = 16 << 20;

/// Elements and texts of one packet; a tree of them takes about 50 MB.
const MAX_NODES: u32 = 500_000;

/// Most bytes of rows; each row repeats its namespace, so that a long one could fill the memory.
const MAX_ROWS: usize = 32 << 20;

/// Prefixes without a declaration that are supplied, one parse each.
const MAX_UNDECLARED: usize = 4;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const META: &str = "adobe:ns:meta/";

/// Why a packet was not read, in plain words.
pub(super) enum Refusal {
    /// It cannot be read.
    Damage(String),
    /// It could be read, but would cost too much.
    Limit(String),
}

/// Reads one packet, and tells what damage in it was read past.
pub(super) fn read(body: &[u8], max_depth: u32) -> Result<(XmpPacket, Option<String>), Refusal> {
    if body.len() > MAX_PACKET {
        return Err(Refusal::Limit(format!(
            "xmp: a packet of {} bytes, the limit is {MAX_PACKET}",
            body.len()
        )));
    }
    let decoded = decode(body);
    let open_ended = from_element(&decoded);
    let xml = without_end(open_ended);
    super::xmp_bounds::check(xml, max_depth).map_err(Refusal::Limit)?;
    match packet(xml) {
        Ok(packet) => Ok((packet, None)),
        Err(Refusal::Limit(limit)) => Err(Refusal::Limit(limit)),
        Err(Refusal::Damage(damage)) => {
            let xml = super::xmp_repair::repaired(open_ended);
            super::xmp_bounds::check(&xml, max_depth).map_err(Refusal::Limit)?;
            match packet(&xml) {
                Ok(packet) => Ok((packet, Some(damage))),
                Err(Refusal::Limit(limit)) => Err(Refusal::Limit(limit)),
                Err(Refusal::Damage(_)) => Err(Refusal::Damage(damage)),
            }
        }
    }
}

/// Parses a document, with prefixes that it does not declare.
fn packet(xml: &str) -> Result<XmpPacket, Refusal> {
    let mut xml = Cow::Borrowed(xml);
    for _ in 0..MAX_UNDECLARED {
        let prefix = match parse(&xml) {
            Ok(packet) => return packet.map_err(Refusal::Limit),
            Err(Error::UnknownNamespace(prefix, _)) => prefix,
            Err(error @ Error::NodesLimitReached) => {
                return Err(Refusal::Limit(format!("xmp: {error}")));
            }
            Err(error) => return Err(Refusal::Damage(format!("xmp: {error}"))),
        };
        let declared = declare(&xml, &prefix);
        xml = Cow::Owned(declared.ok_or_else(|| Refusal::Damage("xmp: no element".to_owned()))?);
    }
    let message = "xmp: too many prefixes without a namespace".to_owned();
    Err(Refusal::Damage(message))
}

fn parse(xml: &str) -> Result<Result<XmpPacket, String>, Error> {
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options)?;
    Ok(rows(&document).ok_or_else(|| format!("xmp: properties of more than {MAX_ROWS} bytes")))
}

/// Declares a prefix that the packet uses without saying what it stands for, as some generators do.
fn declare(xml: &str, prefix: &str) -> Option<String> {
    let name_end = xml.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
    let (name, rest) = xml.split_at_checked(name_end)?;
    Some(format!("{name} xmlns:{prefix}=\"{prefix}:\"{rest}"))
}

/// UTF-16 shows in the zero bytes beside its first letters; all else is UTF-8, damaged letters replaced.
fn decode(body: &[u8]) -> Cow<'_, str> {
    match body {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, _, 0, ..] | [0, b'<', 0, _, ..] => {
            text::decode_utf16(body).into()
        }
        _ => String::from_utf8_lossy(body),
    }
}

/// From the one element that counts on, without the packet's wrapper, which is often broken.
fn from_element(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let skipped = if after.starts_with('?') {
            after.split_once("?>")
        } else if after.starts_with("!--") {
            after.split_once("-->")
        } else {
            break;
        };
        rest = skipped.map_or("", |(_, rest)| rest);
    }
    let start = rest.find('<').unwrap_or(rest.len());
    rest.get(start..).unwrap_or_default()
}

/// Without the wrapper's end and the padding before it.
fn without_end(text: &str) -> &str {
    let end = text.rfind("<?xpacket").unwrap_or(text.len());
    let whole = text.get(..end).unwrap_or(text);
    let end = whole.rfind('>').map_or(0, |last| last + 1);
    whole.get(..end).unwrap_or(whole)
}

/// One row a leaf; `None` if they take too much memory.
fn rows(document: &Document<'_>) -> Option<XmpPacket> {
    let mut rows = Rows {
        properties: Vec::new(),
        left: MAX_ROWS,
    };
    for node in document.descendants().filter(Node::is_element) {
        let owner = owner(node).map(|owner| owner.tag_name());
        let part = Part::of(node);
        for attribute in node.attributes() {
            if !part.is_own(attribute.namespace()) {
                continue;
            }
            match (attribute.namespace(), attribute.name(), owner) {
                (Some(RDF), "resource" | "value", Some(owner))
                    if part.is_own(owner.namespace()) =>
                {
                    rows.add(
                        part.named(owner.namespace()),
                        owner.name(),
                        attribute.value(),
                    )?;
                }
                (None | Some(RDF | XML), ..) => {}
                (namespace, name, _) => rows.add(part.named(namespace), name, attribute.value())?,
            }
        }
        let owner = owner.filter(|owner| part.is_own(owner.namespace()));
        if let Some(owner) = owner.filter(|_| !node.children().any(|child| child.is_element())) {
            let text: String = node.children().filter_map(|child| child.text()).collect();
            if !text.trim().is_empty() {
                rows.add(part.named(owner.namespace()), owner.name(), &text)?;
            }
        }
    }
    Some(XmpPacket {
        properties: rows.properties,
    })
}

/// Whom a node describes.
#[derive(PartialEq)]
enum Part {
    /// The image itself.
    Own,
    /// A document that it was made from, as the references to it (`xmpMM:Ingredients`).
    Ingredient,
    /// Such a document with all that its own packet said (`xmpMM:Pantry`).
    Pantry,
    /// A region of the image.
    Region,
}

impl Part {
    fn of(node: Node<'_, '_>) -> Self {
        let mut around = node.ancestors().map(|node| node.tag_name());
        let in_region = around
            .any(|around| around.name() == "ImageRegion" && is_iptc_extension(around.namespace()));
        let within = |name| {
            let mut around = node.ancestors().map(|node| node.tag_name());
            around.any(|around| around.namespace() == Some(XMP_MM) && around.name() == name)
        };
        match (within("Pantry"), within("Ingredients")) {
            (true, _) => Self::Pantry,
            (false, true) => Self::Ingredient,
            (false, false) if in_region => Self::Region,
            (false, false) => Self::Own,
        }
    }

    /// Whether a property is a statement of the image; that it refers to a document is one.
    fn is_own(&self, namespace: Option<&str>) -> bool {
        match self {
            Self::Own => true,
            Self::Ingredient => namespace == Some(ST_REF),
            Self::Pantry => false,
            Self::Region => namespace == Some(RDF) || is_iptc_extension(namespace),
        }
    }

    /// The name under which a property stands: what is said of a region is not said of the image.
    fn named<'a>(&self, namespace: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Region => Some(IPTC_REGION),
            _ => namespace,
        }
    }
}

/// The URI in any spelling, or a prefix that the packet declares nowhere.
fn is_iptc_extension(namespace: Option<&str>) -> bool {
    namespace.is_some_and(|namespace| namespace.contains("Iptc4xmpExt"))
}

struct Rows {
    properties: Vec<XmpProperty>,
    left: usize,
}

impl Rows {
    fn add(&mut self, namespace: Option<&str>, name: &str, value: &str) -> Option<()> {
        let (namespace, value) = (namespace.unwrap_or_default(), value.trim());
        let size = size_of::<XmpProperty>() + namespace.len() + name.len() + value.len();
        self.left = self.left.checked_sub(size)?;
        let (namespace, name, value) = (namespace.to_owned(), name.to_owned(), value.to_owned());
        self.properties.push(XmpProperty {
            namespace,
            name,
            value,
        });
        Some(())
    }
}

/// The property that a node belongs to: itself, or the one around the array or the structure it is an item of.
fn owner<'a, 'input>(node: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
    let is_property =
        |node: &Node<'_, '_>| !matches!(node.tag_name().namespace(), Some(RDF | META));
    node.ancestors().filter(Node::is_element).find(is_property)
}

#[cfg(test)]
mod tests {
    use super::super::namespace::{DC, IPTC_EXT};
    use super::*;

    #[test]
    fn what_is_said_of_a_region_stands_apart() {
        let xml = format!(
            r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">
            <rdf:Description xmlns:Iptc4xmpExt="{IPTC_EXT}" xmlns:dc="{DC}">
            <Iptc4xmpExt:DigitalSourceType>humanEdits</Iptc4xmpExt:DigitalSourceType>
            <Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType="Resource">
            <Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>
            <Iptc4xmpExt:rCtype rdf:resource="r"/>
            <dc:creator>x</dc:creator><dc:source rdf:resource="s"/>
            </rdf:li><rdf:li><rdf:Description Iptc4xmpExt:DigitalSourceType="digitalCapture"/></rdf:li>
            </rdf:Bag></Iptc4xmpExt:ImageRegion>
            <dc:title>t</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"#
        );
        let packet = read(xml.as_bytes(), 64).ok().unwrap().0;
        let rows: Vec<_> = packet
            .properties
            .iter()
            .map(|row| (row.namespace.as_str(), row.value.as_str()))
            .collect();
        let expected = [
            (IPTC_EXT, "humanEdits"),
            (IPTC_REGION, "trainedAlgorithmicMedia"),
            (IPTC_REGION, "r"),
            (IPTC_REGION, "digitalCapture"),
            (DC, "t"),
        ];
        assert_eq!(rows, expected);
    }
}
