//! The smallest files of other media that players accept: video, sound, and a drawing of lines.

/// A box of ISO 14496-12.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&len, kind.as_slice(), body].concat()
}

/// An MP4 of a movie header and half a kilobyte of media that no track refers to.
pub fn mp4() -> Vec<u8> {
    let mut header = vec![0; 100];
    // A thousand units a second, one second; rate 1, volume 1, the unit matrix, and the next track is the first.
    for (at, value) in [
        (12, 1000_u32),
        (16, 1000),
        (20, 0x0001_0000),
        (24, 0x0100_0000),
        (36, 0x0001_0000),
        (52, 0x0001_0000),
        (68, 0x4000_0000),
        (96, 1),
    ] {
        header[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    let media: Vec<u8> = (0..512_u32).map(|n| (n * 7) as u8).collect();
    [
        boxed(b"ftyp", b"isom\0\0\x02\0isomiso2mp41"),
        boxed(b"moov", &boxed(b"mvhd", &header)),
        boxed(b"mdat", &media),
    ]
    .concat()
}

/// A quarter of a second of a tone, 8 kHz, 8 bits, one channel.
pub fn wav() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples: Vec<u8> = (0..RATE / 4)
        .map(|n| if n / 9 % 2 == 0 { 96 } else { 160 })
        .collect();
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        let len = u32::try_from(body.len()).unwrap().to_le_bytes();
        [kind.as_slice(), &len, body].concat()
    };
    let format = [
        &1_u16.to_le_bytes()[..],
        &1_u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &RATE.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &8_u16.to_le_bytes(),
    ]
    .concat();
    let body = [
        b"WAVE".to_vec(),
        chunk(b"fmt ", &format),
        chunk(b"data", &samples),
    ]
    .concat();
    chunk(b"RIFF", &body)
}

/// Eight silent frames of MPEG 1 layer III, 32 kbit/s, 44.1 kHz.
pub fn mp3() -> Vec<u8> {
    let mut frame = [0; 104];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x10, 0xc4]);
    frame.repeat(8)
}

/// A drawing of lines.
pub fn svg() -> Vec<u8> {
    br##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48" viewBox="0 0 64 48">
<rect width="64" height="48" fill="#cfe3ee"/>
<path d="M0 48 L20 18 L34 36 L44 26 L64 48 Z" fill="#4f6d4a"/>
</svg>
"##
    .to_vec()
}

/// A signed MP4 with another byte in the middle of its media.
pub fn tampered(signed: &[u8]) -> Vec<u8> {
    let mut bytes = signed.to_vec();
    let at = bytes.len() - 200;
    bytes[at] ^= 0xff;
    bytes
}
