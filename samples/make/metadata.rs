//! EXIF and XMP blocks, written by hand.

/// A value of an EXIF field.
pub enum Value<'a> {
    Text(&'a str),
    Short(u16),
    Bytes(Vec<u8>),
}

const EXIF_IFD: u16 = 0x8769;
const FIRST_IFD_AT: usize = 8;

/// A big-endian TIFF structure with an IFD0 and, if it has fields, an Exif IFD. Tags must rise.
pub fn exif(primary: &[(u16, Value)], camera: &[(u16, Value)]) -> Vec<u8> {
    let entries = primary.len() + usize::from(!camera.is_empty());
    let payload: usize = primary
        .iter()
        .map(|(_, value)| stored(value).2.len())
        .filter(|&length| length > 4)
        .map(even)
        .sum();
    let camera_at = FIRST_IFD_AT + directory_size(entries) + payload;

    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    let link =
        (!camera.is_empty()).then_some((EXIF_IFD, 4, 1, (camera_at as u32).to_be_bytes().to_vec()));
    directory(&mut tiff, primary.iter().map(field).chain(link).collect());
    if !camera.is_empty() {
        directory(&mut tiff, camera.iter().map(field).collect());
    }
    tiff
}

/// The value of a `UserComment` as piexif writes it: a character code, then UTF-16, big-endian.
pub fn user_comment(text: &str) -> Value<'static> {
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    Value::Bytes(b"UNICODE\0".iter().copied().chain(units).collect())
}

type Field = (u16, u16, u32, Vec<u8>);

fn field((tag, value): &(u16, Value)) -> Field {
    let (kind, count, bytes) = stored(value);
    (*tag, kind, count, bytes)
}

fn stored(value: &Value) -> (u16, u32, Vec<u8>) {
    match value {
        Value::Text(text) => (2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat()),
        Value::Short(number) => (3, 1, number.to_be_bytes().to_vec()),
        Value::Bytes(bytes) => (7, bytes.len() as u32, bytes.clone()),
    }
}

/// Appends a directory and, behind it, the values too long to stand in it.
fn directory(tiff: &mut Vec<u8>, fields: Vec<Field>) {
    let mut value_at = tiff.len() + directory_size(fields.len());
    let mut values = Vec::new();
    tiff.extend((fields.len() as u16).to_be_bytes());
    for (tag, kind, count, mut bytes) in fields {
        tiff.extend(tag.to_be_bytes());
        tiff.extend(kind.to_be_bytes());
        tiff.extend(count.to_be_bytes());
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            tiff.extend(bytes);
        } else {
            tiff.extend((value_at as u32).to_be_bytes());
            bytes.resize(even(bytes.len()), 0);
            value_at += bytes.len();
            values.extend(bytes);
        }
    }
    tiff.extend([0; 4]);
    tiff.extend(values);
}

fn directory_size(fields: usize) -> usize {
    2 + 12 * fields + 4
}

fn even(length: usize) -> usize {
    length.next_multiple_of(2)
}

/// An XMP packet that declares a digital source type, with the prefix that the writing program likes.
pub fn digital_source_type(prefix: &str, term: &str) -> String {
    packet(
        &format!(r#"xmlns:{prefix}="http://iptc.org/std/Iptc4xmpExt/2008-02-29/""#),
        &format!(
            "<{prefix}:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/{term}</{prefix}:DigitalSourceType>"
        ),
    )
}

/// An XMP packet of these namespaces and properties.
pub fn packet(namespace: &str, properties: &str) -> String {
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" {namespace}>
   {properties}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        bom = '\u{feff}'
    )
}
