//! One function a target: bytes go in, and nothing may panic, hang or take more memory than it should.

use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

use provscan::asset::RawStore;
use provscan::fingerprints::Kind;
use provscan::lists::{Bloom, Compiled, formats};
use provscan::trust::{ListOrigin, TrustKind, TrustList};
use provscan::{Limits, Policy};
use zeroize::Zeroizing;

use super::wrap::{
    chunk, deflate, exif as exif_block, jpeg as jpeg_of, picture, png as png_of,
    segment as segment_of,
};
use super::{decode, read, read_with_all, render};

/// Whatever the bytes are.
pub fn containers(bytes: &[u8]) {
    read(bytes.to_vec());
}

pub fn jpeg(bytes: &[u8]) {
    after(b"\xFF\xD8\xFF", bytes);
}

pub fn png(bytes: &[u8]) {
    after(b"\x89PNG\r\n\x1a\n", bytes);
}

/// WebP, WAV and AVI.
pub fn riff(bytes: &[u8]) {
    after(b"RIFF", bytes);
}

pub fn gif(bytes: &[u8]) {
    after(b"GIF89a", bytes);
}

/// Both byte orders, and both widths of offsets.
pub fn tiff(bytes: &[u8]) {
    let headers: [&[u8]; 4] = [b"II\x2a\0", b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"];
    if let Some((first, rest)) = bytes.split_first() {
        after(headers[usize::from(first % 4)], rest);
    }
}

/// AVIF, HEIF, MP4 and QuickTime.
pub fn bmff(bytes: &[u8]) {
    let brands: [&[u8]; 6] = [b"avif", b"heic", b"mif1", b"isom", b"qt  ", b"M4A "];
    if let Some((first, rest)) = bytes.split_first() {
        let brand = brands[usize::from(*first) % brands.len()];
        after(&[b"\0\0\0\x10ftyp", brand, &[0; 4]].concat(), rest);
    }
}

pub fn jxl(bytes: &[u8]) {
    after(b"\0\0\0\x0cJXL \r\n\x87\n", bytes);
}

fn after(signature: &[u8], bytes: &[u8]) {
    read([signature, bytes].concat());
}

pub fn exif(bytes: &[u8]) {
    read(png_of(&[chunk(b"eXIf", bytes)]));
}

pub fn xmp(bytes: &[u8]) {
    let head = b"XML:com.adobe.xmp\0\0\0\0\0";
    read(png_of(&[chunk(b"iTXt", &[head, bytes].concat())]));
}

/// Photoshop's image resources, and what is in them.
pub fn iptc(bytes: &[u8]) {
    let body = [b"Photoshop 3.0\0", bytes].concat();
    read(jpeg_of(&[segment_of(0xED, &body)], b""));
}

/// Where generators leave text.
pub(crate) const PLACES: [&str; 19] = [
    "parameters",
    "prompt",
    "workflow",
    "Comment",
    "AIGC",
    "Description",
    "Software",
    "Title",
    "Source",
    "invokeai_metadata",
    "sd-metadata",
    "Dream",
    "generation_data",
    "fooocus_scheme",
    "impParameters",
    "JPEG comment",
    "EXIF comment",
    "EXIF make",
    "EXIF description",
];

/// A text, in one of the places where generators leave it.
pub fn text(bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    let place = PLACES[usize::from(*first) % PLACES.len()];
    let in_exif = |tag, text: &[u8]| png_of(&[chunk(b"eXIf", &exif_block(tag, text))]);
    read(match place {
        "JPEG comment" => jpeg_of(&[segment_of(0xFE, text)], b""),
        "EXIF comment" => in_exif(0x9286, text),
        "EXIF make" => in_exif(0x010F, text),
        "EXIF description" => in_exif(0x010E, text),
        keyword => png_of(&[chunk(b"tEXt", &[keyword.as_bytes(), b"\0", text].concat())]),
    });
}

/// Compressed text, well compressed or not.
pub fn text_compressed(bytes: &[u8]) {
    let stream = match bytes.split_first() {
        Some((first, rest)) if first % 2 == 1 => deflate(rest, Compression::fast()),
        _ => bytes.to_vec(),
    };
    let z = chunk(b"zTXt", &[b"parameters\0\0", &stream[..]].concat());
    let i = chunk(b"iTXt", &[b"prompt\0\x01\0\0\0", &stream[..]].concat());
    read(png_of(&[z, i]));
}

/// ImageMagick's profiles, in hex.
pub fn raw_profile(bytes: &[u8]) {
    let kinds = ["exif", "APP1", "xmp", "iptc", "8bim", "icc"];
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let kind = kinds[usize::from(*first) % kinds.len()];
    let hex: String = rest.iter().map(|byte| format!("{byte:02x}")).collect();
    let body = match first & 0x80 {
        0 => format!(
            "Raw profile type {kind}\0\n{kind}\n{:8}\n{hex}\n",
            rest.len()
        )
        .into_bytes(),
        _ => [format!("Raw profile type {kind}\0").as_bytes(), rest].concat(),
    };
    read(png_of(&[chunk(b"tEXt", &body)]));
}

/// Pieces of a packet: a length, an offset, the total and a letter of the GUID before each.
pub fn extended_xmp(mut bytes: &[u8]) {
    let mut segments = Vec::new();
    while let Some(([guid, offset, total, len], rest)) = bytes.split_first_chunk::<4>() {
        let body = &rest[..rest.len().min(usize::from(*len) * 4)];
        bytes = &rest[body.len()..];
        let numbers = [
            [0, 0, 0, *total],
            u32::from(*offset).wrapping_mul(4).to_be_bytes(),
        ]
        .concat();
        let header = b"http://ns.adobe.com/xmp/extension/\0";
        let piece = [&header[..], &[b'A' + guid % 4; 32], &numbers, body].concat();
        segments.push(segment_of(0xE1, &piece));
    }
    read(jpeg_of(&segments, b""));
}

/// One JPEG application segment.
pub fn segment(bytes: &[u8]) {
    if let Some((first, body)) = bytes.split_first() {
        read(jpeg_of(&[segment_of(0xE0 | first & 0x0F, body)], b""));
    }
}

/// What follows the end of a picture.
pub fn trailer(bytes: &[u8]) {
    read(jpeg_of(&[], bytes));
    read([png_of(&[]), bytes.to_vec()].concat());
}

/// Whole files with every signal that decodes no pixels, and every report of what was found.
pub fn inspect(bytes: &[u8]) {
    render(&read_with_all(bytes.to_vec()));
}

/// Whole files with every signal; and the bytes as the pixels of a picture, with an alpha channel.
pub fn pixels(bytes: &[u8]) {
    if let Some(([0xFF, 0, width], rest)) = bytes.split_first_chunk::<3>() {
        let width = usize::from(width % 128) + 1;
        let height = (rest.len() / (width * 4)).min(128);
        let rows = rest.chunks_exact(width * 4).take(height);
        let rows: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
        decode(picture([width as u32, height as u32], &rows, &[]));
    } else {
        decode(bytes.to_vec());
    }
}

/// Text that is hidden in the lowest bits of a picture, column by column.
pub fn hidden_text(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let signatures = [
        "stealth_pnginfo",
        "stealth_pngcomp",
        "stealth_rgbinfo",
        "stealth_rgbcomp",
    ];
    let signature = signatures[usize::from(first % 4)];
    let payload = match first & 0x80 {
        // With the right length; else the bytes say what it is.
        0 => {
            let text = if signature.ends_with("comp") {
                gzip(rest)
            } else {
                rest.to_vec()
            };
            [&(text.len() as u32 * 8).to_be_bytes(), &text[..]].concat()
        }
        _ => rest.to_vec(),
    };
    let message = [signature.as_bytes(), &payload[..]].concat();
    let mut bits = message
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let in_alpha = signature.contains("png");
    const SIDE: usize = 120;
    let mut rows = vec![0; SIDE * (SIDE * 4 + 1)];
    for place in 0..SIDE * SIDE {
        let (x, y) = (place / SIDE, place % SIDE);
        let at = y * (SIDE * 4 + 1) + 1 + x * 4;
        let mut bit = || bits.next().unwrap_or(0);
        match in_alpha {
            true => rows[at + 3] = 254 | bit(),
            false => (0..3).for_each(|channel| rows[at + channel] = 64 | bit()),
        }
    }
    decode(picture([SIDE as u32; 2], &rows, &[]));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A manifest store as our own reader takes it, and as a whole file.
pub fn store(bytes: &[u8]) {
    let store = RawStore::read(bytes, &Limits::default());
    for manifest in &store.manifests {
        for assertion in &manifest.assertions {
            assertion.cbor();
        }
        if let Some(claim) = &manifest.claim {
            provscan::asset::read_cbor(claim);
        }
    }
    read_with_all(bytes.to_vec());
    read_with_all(png_of(&[chunk(b"caBX", bytes)]));
}

/// A hash list, in the form that it shows, and in one that it is said to have.
pub fn hash_list(bytes: &[u8]) {
    let Some((first, list)) = bytes.split_first() else {
        return;
    };
    // Databases are opened by path.
    let forms = formats::ALL;
    let _ = formats::read(list, None);
    let _ = formats::read(list, Some(forms[usize::from(*first) % forms.len()]));
}

/// A compiled list, and a Bloom filter.
pub fn compiled_list(bytes: &[u8]) {
    let _ = Bloom::parse(bytes);
    let Ok(list) = Compiled::from_bytes(Zeroizing::new(bytes.to_vec())) else {
        return;
    };
    let _ = list.verify();
    let kinds = ["md5", "pdq"].map(|name| name.parse::<Kind>().expect("a kind"));
    let _ = list.equal(kinds[0], &[&[0x5A; 16]]);
    let _ = list.probable(kinds[0], &[&[0x5A; 16]]);
    let _ = list.near(kinds[1], &[&[0x5A; 32]], 31);
    list.entries().take(1000).for_each(drop);
}

pub fn policy(bytes: &[u8]) {
    let _ = Policy::parse(&String::from_utf8_lossy(bytes));
}

/// A trust list, in whichever form.
pub fn trust_list(bytes: &[u8]) {
    for kind in [TrustKind::Signer, TrustKind::AllowedSigner] {
        let _ = TrustList::read("fuzz", kind, ListOrigin::User, bytes);
    }
}
