//! Manifest stores made by hand, and files that carry them.

/// A box.
pub(crate) fn sized(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes(), &kind[..], body].concat()
}

/// A superbox of this type: four bytes that spell a name, or all sixteen.
pub(crate) fn superbox(kind: &[u8], label: &str, contents: &[u8]) -> Vec<u8> {
    let kind = [
        kind,
        &b"\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"[..16 - kind.len()],
    ]
    .concat();
    let description = [&kind[..], b"\x03", label.as_bytes(), b"\0"].concat();
    sized(
        b"jumb",
        &[sized(b"jumd", &description), contents.to_vec()].concat(),
    )
}

/// The type of a box that holds a file.
pub(crate) const FILE: &[u8] = b"\x40\xcb\x0c\x32\xbb\x8a\x48\x9d\xa7\x0b\x2a\xd6\xf4\x7f\x43\x69";

/// A store with these boxes as the assertions of its one manifest.
pub(crate) fn store(assertions: &[u8]) -> Vec<u8> {
    let assertions = superbox(b"c2as", "c2pa.assertions", assertions);
    superbox(b"c2pa", "c2pa", &superbox(b"c2ma", "one", &assertions))
}

/// An assertion that holds a file.
pub(crate) fn file(label: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    let description = [b"\0", media_type.as_bytes(), b"\0"].concat();
    let contents = [sized(b"bfdb", &description), sized(b"bidb", bytes)].concat();
    superbox(FILE, label, &contents)
}

/// A JPEG that carries a store, cut into segments.
pub(crate) fn jpeg_with(picture: &[u8], store: &[u8]) -> Vec<u8> {
    let mut out = picture[..2].to_vec();
    let (header, body) = store.split_at(8);
    for (number, piece) in body.chunks(60_000).enumerate() {
        let number = u32::try_from(number + 1).unwrap().to_be_bytes();
        let body = [&b"JP\0\x01"[..], &number, header, piece].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        out.extend([&[0xff, 0xeb][..], &length, &body].concat());
    }
    out.extend(&picture[2..]);
    out
}
