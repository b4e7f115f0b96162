//! Small files of every format, built byte by byte.

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat};
use std::io::{Cursor, Write};

pub(super) const SOURCE_TYPE: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// A packet whose prefix is not the usual one.
pub(crate) fn xmp() -> Vec<u8> {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="T">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:odd="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" odd:DigitalSourceType="{SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"#
    )
    .into_bytes()
}

/// A TIFF structure with one directory: `(tag, kind, value)`, values of any length.
pub(super) fn tiff(big_endian: bool, fields: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let b16 = |n: u16| {
        if big_endian {
            n.to_be_bytes()
        } else {
            n.to_le_bytes()
        }
    };
    let b32 = |n: u32| {
        if big_endian {
            n.to_be_bytes()
        } else {
            n.to_le_bytes()
        }
    };
    let mut out = if big_endian {
        b"MM\0\x2a".to_vec()
    } else {
        b"II\x2a\0".to_vec()
    };
    out.extend(b32(8));
    out.extend(b16(fields.len() as u16));
    let mut data = Vec::new();
    let data_at = 8 + 2 + fields.len() * 12 + 4;
    for (tag, kind, value) in fields {
        let unit = [1, 1, 1, 2, 4, 8, 1, 1][usize::from(*kind)];
        out.extend(b16(*tag));
        out.extend(b16(*kind));
        out.extend(b32((value.len() / unit) as u32));
        if value.len() <= 4 {
            out.extend(value.iter().chain([0; 4].iter()).take(4));
        } else {
            out.extend(b32((data_at + data.len()) as u32));
            data.extend_from_slice(value);
        }
    }
    out.extend(b32(0));
    out.extend(data);
    out
}

/// Orientation 6, a Software of UTF-8, and a comment.
pub(super) fn exif() -> Vec<u8> {
    let fields: [(u16, u16, &[u8]); 3] = [
        (0x0112, 3, &[0, 6]),
        (0x0131, 2, "Zeichner ü\0".as_bytes()),
        (0x9286, 7, b"ASCII\0\0\0hello"),
    ];
    tiff(true, &fields)
}

/// What `image` writes for an 8 × 6 picture.
pub(super) fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture =
        image::RgbImage::from_fn(8, 6, |x, y| image::Rgb([x as u8 * 30, y as u8 * 40, 7]));
    let picture = DynamicImage::ImageRgb8(picture);
    let picture = if format == ImageFormat::Ico {
        picture.into_rgba8().into()
    } else {
        picture
    };
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [
        &[0xFF, marker],
        &(body.len() as u16 + 2).to_be_bytes()[..],
        body,
    ]
    .concat()
}

/// A JPEG with segments after its first marker, and with a trailer.
pub(crate) fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    let plain = encoded(ImageFormat::Jpeg);
    [&plain[..2], &segments.concat(), &plain[2..], b"TRAILER"].concat()
}

pub(super) fn app1_exif() -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\0", &exif()[..]].concat())
}

pub(super) fn app1_xmp() -> Vec<u8> {
    segment(
        0xE1,
        &[b"http://ns.adobe.com/xap/1.0/\0", &xmp()[..]].concat(),
    )
}

/// One piece of extended XMP.
pub(super) fn extended(total: usize, offset: usize, piece: &[u8]) -> Vec<u8> {
    let (total, offset) = ((total as u32).to_be_bytes(), (offset as u32).to_be_bytes());
    let head: [&[u8]; 4] = [
        b"http://ns.adobe.com/xmp/extension/\0",
        &[b'A'; 32],
        &total,
        &offset,
    ];
    segment(0xE1, &[&head.concat(), piece].concat())
}

/// A PNG chunk; its checksum is wrong, which nobody should mind.
pub(crate) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[..], kind, body, &[0; 4]].concat()
}

/// A PNG with chunks before the pixels, and others after them.
pub(crate) fn png(before: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    let plain = encoded(ImageFormat::Png);
    let (head, rest) = plain.split_at(33);
    let (pixels, end) = rest.split_at(rest.len() - 12);
    [head, &before.concat(), pixels, &after.concat(), end].concat()
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes as Brotli stores them without compressing; at most 65,536.
pub(crate) fn brotli(bytes: &[u8]) -> Vec<u8> {
    // A window of 16 bits; not the last block; its length in four nibbles; stored. Then the last one, empty.
    let head = ((bytes.len() as u32 - 1) << 4) | (1 << 20);
    [&head.to_le_bytes()[..3], bytes, &[3]].concat()
}

pub(super) fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = encoded(ImageFormat::WebP);
    for (kind, body) in chunks {
        out.extend_from_slice(*kind);
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
        out.resize(out.len().next_multiple_of(2), 0);
    }
    let size = out.len() as u32 - 8;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    out
}

/// A GIF with XMP and a comment of two pieces after its frame.
pub(super) fn gif() -> Vec<u8> {
    let mut out = encoded(ImageFormat::Gif);
    assert_eq!(out.pop(), Some(0x3B));
    out.extend(b"\x21\xFF\x0BXMP DataXMP");
    out.extend(xmp());
    out.push(1);
    out.extend((0..=255).rev());
    out.push(0);
    out.extend(b"\x21\xFE\x05hello\x06 there\x00");
    out.extend(b"\x21\xFF\x0BC2PA_GIF\x01\0\0\x04abcd\x02ef\x00\x3B!");
    out
}

pub(crate) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// A HEIF file with an EXIF item in the file and an XMP item in `idat`.
pub(super) fn heif(brand: &[u8; 4]) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", &[&brand[..], &[0; 4], b"mif1"].concat());
    let infe = |id: u8, rest: &[u8]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], rest].concat());
    let items = [infe(1, b"Exif\0"), infe(2, b"mime\0application/rdf+xml\0")].concat();
    let iinf = boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &items].concat());
    let ispe = |w: u32, h: u32| {
        boxed(
            b"ispe",
            &[&[0; 4][..], &w.to_be_bytes(), &h.to_be_bytes()].concat(),
        )
    };
    let iprp = boxed(
        b"iprp",
        &boxed(b"ipco", &[ispe(64, 64), ispe(640, 480)].concat()),
    );
    let idat = boxed(b"idat", &xmp());
    let meta = |exif_at: u32| {
        let mut iloc = vec![1, 0, 0, 0, 0x44, 0x00, 0, 2];
        for (id, method, at, len) in [
            (1, 0, exif_at, exif().len() as u32 + 4),
            (2, 1, 0, xmp().len() as u32),
        ] {
            iloc.extend([0, id, 0, method, 0, 0, 0, 1]);
            iloc.extend(at.to_be_bytes());
            iloc.extend(len.to_be_bytes());
        }
        boxed(
            b"meta",
            &[&[0; 4][..], &iinf, &boxed(b"iloc", &iloc), &iprp, &idat].concat(),
        )
    };
    let exif_at = (ftyp.len() + meta(0).len() + 8) as u32;
    let mdat = boxed(b"mdat", &[&[0; 4][..], &exif()].concat());
    let mut manifest =
        b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81\0\0\0\0manifest\0"
            .to_vec();
    manifest.extend([0; 8]);
    manifest.extend(jumbf());
    [ftyp, meta(exif_at), mdat, boxed(b"uuid", &manifest)].concat()
}

pub(super) fn jxl() -> Vec<u8> {
    let parts = [
        b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(),
        boxed(b"ftyp", b"jxl \0\0\0\0jxl "),
        // Height 40 in eights, width of the same.
        boxed(b"jxlc", &[0xFF, 0x0A, 0b0100_1001, 0, 0, 0]),
        boxed(b"Exif", &[&[0; 4][..], &exif()].concat()),
        boxed(b"xml ", &xmp()),
        boxed(b"brob", &[b"comf", &brotli(b"{}")[..]].concat()),
        jumbf(),
    ];
    parts.concat()
}

/// The start of a manifest store.
pub(super) fn jumbf() -> Vec<u8> {
    let jumd = b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0";
    boxed(b"jumb", &boxed(b"jumd", jumd))
}

/// A file of every format, with all that it can hold.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut app11 = b"JP\0\x01\0\0\0\x01".to_vec();
    app11.extend(jumbf());
    let xmp = xmp();
    let (first, second) = xmp.split_at(100);
    let jpeg = jpeg(&[
        app1_exif(),
        app1_xmp(),
        extended(xmp.len(), 100, second),
        extended(xmp.len(), 0, first),
        segment(0xEB, &app11),
        segment(0xFE, b"a comment"),
    ]);
    let texts = [
        chunk(b"tEXt", b"parameters\0Steps: 1"),
        chunk(
            b"zTXt",
            &[b"zipped\0\0", &deflate(b"deflated text")[..]].concat(),
        ),
        chunk(
            b"iTXt",
            &[b"XML:com.adobe.xmp\0\0\0\0\0", &xmp[..]].concat(),
        ),
        chunk(b"eXIf", &exif()),
        chunk(b"caBX", &jumbf()),
    ];
    let tiff_fields: [(u16, u16, &[u8]); 5] = [
        (0x100, 3, &[0, 8]),
        (0x101, 3, &[0, 6]),
        (0x131, 2, b"Some Software\0"),
        (700, 1, &xmp),
        (0xCD41, 7, &jumbf()),
    ];
    let webp = [
        (b"EXIF", exif()),
        (b"XMP ", xmp.clone()),
        (b"C2PA", jumbf()),
    ];
    vec![
        ("jpeg", jpeg),
        (
            "png",
            png(&texts, &[chunk(b"tEXt", b"late\0after the pixels")]),
        ),
        ("webp", riff(&webp)),
        ("gif", gif()),
        ("tiff", tiff(true, &tiff_fields)),
        ("avif", heif(b"avif")),
        ("heif", heif(b"heic")),
        ("jxl", jxl()),
        ("bmp", encoded(ImageFormat::Bmp)),
        ("ico", encoded(ImageFormat::Ico)),
        ("c2pa", jumbf()),
    ]
}
