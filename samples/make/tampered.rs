//! `content_credentials/`: signed samples that somebody changed afterwards.

use crate::credentials::CAPTURED;
use crate::drawing::{Subject, scene};
use crate::encode::{header_end, jpeg};
use crate::media;
use crate::output::Output;
use image::imageops;

/// Writes every changed copy; each is made from a signed sample, so it changes only when that does.
pub fn make(output: &Output) {
    let signed = output.read("content_credentials/camera-capture.jpg");
    let manifest = output.read("content_credentials/sidecar.c2pa");
    let video = output.read("content_credentials/ai-generated.mp4");
    let samples = [
        ("tampered-content.jpg", repainted(&signed)),
        ("tampered-manifest.jpg", reworded(&signed)),
        ("malformed-manifest.jpg", cut_short(&signed)),
        (
            "wrong-sidecar.jpg",
            jpeg(&scene(Subject::Sea, 12).photograph(640, 480), 85),
        ),
        ("wrong-sidecar.c2pa", manifest),
        ("tampered-content.mp4", media::tampered(&video)),
    ];
    for (name, bytes) in samples {
        output.write(&format!("content_credentials/{name}"), &bytes);
    }
}

/// The signed segments in front of a picture that shows something else.
fn repainted(signed: &[u8]) -> Vec<u8> {
    let mut picture = CAPTURED.photograph(640, 480);
    let patch = scene(Subject::Fruit, 13).photograph(200, 150);
    imageops::replace(&mut picture, &patch, 220, 250);
    let picture = jpeg(&picture, 85);
    [
        &signed[..header_end(signed)],
        &picture[header_end(&picture)..],
    ]
    .concat()
}

/// Another program's name in the signed list of actions, of the same length.
fn reworded(signed: &[u8]) -> Vec<u8> {
    let (before, after) = (b"Example Camera 1.2", b"Another Camera 1.2");
    let at = signed
        .windows(before.len())
        .position(|bytes| bytes == before)
        .unwrap();
    [&signed[..at], after, &signed[at + before.len()..]].concat()
}

/// A manifest store whose second half is missing, in a segment that is whole.
fn cut_short(signed: &[u8]) -> Vec<u8> {
    let at = signed
        .windows(2)
        .position(|bytes| bytes == [0xff, 0xeb])
        .unwrap();
    let length = usize::from(u16::from_be_bytes([signed[at + 2], signed[at + 3]]));
    let kept = length / 2;
    let payload = &signed[at + 4..at + 2 + kept];
    [
        &signed[..at + 2],
        &(kept as u16).to_be_bytes(),
        payload,
        &signed[at + 2 + length..],
    ]
    .concat()
}
