//! Altered images: cut, flipped, spliced. Whatever the bytes are, the answer comes without a panic, and nobody is
//! said to vouch for what they did not sign.

mod bombs;
mod cut;
mod inputs;
mod mutate;
mod mutations;

use std::ops::Range;

use provscan::asset::{BlockKind, Format};
use provscan::error::FaultKind;
use provscan::evidence::{Claim, Evidence, Strength};
use provscan::policy::Finding;
use provscan::{Inspection, Inspector, Limits};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::support::{Random, Sample, TRUSTED, inspector, samples};

/// Ways in which each sample is altered.
const CUTS: usize = 40;
const FLIPS: u64 = 180;
const SPLICES: u64 = 40;

/// A flipped bit in a header must not ask for a gigabyte of pixels in every test thread.
fn limits() -> Limits {
    Limits {
        max_pixels: 4_000_000,
        ..Limits::default()
    }
}

#[test]
fn cut_anywhere() {
    let inspector = inspector(&[]);
    samples().par_iter().for_each(|sample| {
        for end in cuts(sample) {
            let cut = sample.bytes[..end].to_vec();
            look(&inspector, sample, cut, &format!("cut at {end}"));
        }
    });
}

#[test]
fn flipped_anywhere() {
    let inspector = inspector(&[]);
    samples().par_iter().for_each(|sample| {
        let edges = edges(sample);
        (0..FLIPS).into_par_iter().for_each(|seed| {
            let random = &mut Random::new(seed + sample.bytes.len() as u64);
            let mut bytes = sample.bytes.clone();
            // Half of them lie where structure is, some of those close together.
            for _ in 0..=random.below(3) {
                let near = edges[random.below(edges.len())] + random.below(16);
                let at = [near, random.below(bytes.len())][random.below(2)];
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            look(&inspector, sample, bytes, &format!("flips of seed {seed}"));
        });
    });
}

#[test]
fn spliced_from_two() {
    let (inspector, samples) = (inspector(&[]), samples());
    samples.par_iter().for_each(|head| {
        (0..SPLICES).into_par_iter().for_each(|seed| {
            let random = &mut Random::new(seed * 31 + head.bytes.len() as u64);
            let tail = &samples[random.below(samples.len())];
            let (head_cuts, tail_cuts) = (cuts(head), cuts(tail));
            let end = head_cuts[random.below(head_cuts.len())];
            let start = tail_cuts[random.below(tail_cuts.len())];
            let spliced = [&head.bytes[..end], &tail.bytes[start..]].concat();
            if spliced != tail.bytes {
                look(
                    &inspector,
                    head,
                    spliced,
                    &format!("its first {end} bytes, then {} from {start}", tail.name),
                );
            }
        });
    });
}

/// The C2PA standard leaves some bytes of a manifest store unsigned: the hash over the file leaves out the whole store
/// with the JPEG segments or the PNG chunk that carry it, and within the store nothing binds the box headers, the labels
/// of the boxes that hold others, and the padding of the signature (zeros that are reserved before signing). So a trusted
/// signer may still be named after such a change, but only there, and with the very same words or fewer.
#[test]
fn flips_under_a_trusted_signature_change_nothing_or_end_the_trust() {
    let inspector = inspector(&["content_credentials"]);
    for name in TRUSTED {
        let sample = Sample::open(&format!("content_credentials/{name}"));
        let store = store(&sample);
        let original = inspector.inspect(&sample.asset());
        assert!(!vouched(&original).is_empty(), "{name}");
        let inside = store.clone().step_by(5);
        let outside = (0..sample.bytes.len()).step_by(97);
        let places: Vec<usize> = inside.chain(outside).collect();
        let still_trusted = places
            .into_par_iter()
            .filter(|at| {
                let mut bytes = sample.bytes.clone();
                bytes[*at] ^= 0x55;
                let altered = inspector.inspect(&sample.with_bytes(bytes, &limits()));
                let trusted = !vouched(&altered).is_empty();
                // A damaged ingredient ends the trust in what was said by it alone.
                let said = vouched(&original);
                let nothing_new = vouched(&altered).iter().all(|one| said.contains(one));
                assert!(
                    !trusted || store.contains(at),
                    "{name}: byte {at} is not bound"
                );
                assert!(
                    !trusted || nothing_new,
                    "{name}: byte {at} changes what is said"
                );
                trusted
            })
            .count();
        // The padding is there, so this test looks at what it means to look at.
        assert!(still_trusted > 150, "{name}: {still_trusted}");
    }
}

/// Inspects altered bytes and holds the answer to what must be true of every one.
fn look(inspector: &Inspector, sample: &Sample, bytes: Vec<u8>, what: &str) -> Inspection {
    let altered = bytes != sample.bytes;
    let unbound = altered && only_store_differs(sample, &bytes);
    let found = inspector.inspect(&sample.with_bytes(bytes, &limits()));
    let name = &sample.name;
    for fault in &found.faults {
        assert_ne!(fault.kind, FaultKind::Internal, "{name}, {what}: {fault}");
    }
    if altered && !unbound {
        assert_eq!(vouched(&found), Vec::<&Evidence>::new(), "{name}, {what}");
        assert_ne!(found.verdict.finding, Finding::Captured, "{name}, {what}");
    }
    found
}

/// What a trusted signer vouches for. That content was altered is proven, too, but vouches for nothing.
fn vouched(inspection: &Inspection) -> Vec<&Evidence> {
    let about_the_image = |claim| !matches!(claim, Claim::Tampered | Claim::AlteredManifest);
    inspection
        .evidence
        .iter()
        .filter(|one| one.code.name.starts_with("c2pa.") && one.strength == Strength::Proven)
        .filter(|one| about_the_image(one.claim()))
        .collect()
}

/// Samples whose EXIF is not bound; it stands before the store.
const EXIF_LEFT_OUT: [&str; 2] = ["exif-left-out.jpg", "exif-differs.jpg"];

/// Where the manifest store lies, with the headers of the segments and the checksum of the chunk that carry it. In an MP4
/// the box of the brands, which stands before it, is not signed either; in an SVG the store is text within an element.
fn store(sample: &Sample) -> Range<usize> {
    const SEGMENT_HEADER: usize = 12;
    const CHECKSUM: usize = 4;
    const EXIF_HEADER: usize = 10;
    let asset = sample.asset();
    let pieces = asset.container().blocks.iter();
    let mut pieces = pieces.filter(|block| block.kind == BlockKind::Jumbf);
    let Some(first) = pieces.next() else {
        let mut tags = sample.bytes.windows(13).enumerate();
        let is_tag = |(_, tag): &(usize, &[u8])| *tag == b"c2pa:manifest";
        let start = tags.find(is_tag).map_or(0, |(at, _)| at);
        return start..tags.rfind(is_tag).map_or(start, |(at, _)| at);
    };
    let end = pieces
        .next_back()
        .map_or(first.range.end, |last| last.range.end);
    let start = match asset.format() {
        Some(Format::Mp4) => 0,
        _ if EXIF_LEFT_OUT.contains(&sample.name.as_str()) => {
            let mut blocks = asset.container().blocks.iter();
            let exif = blocks.find(|block| block.kind == BlockKind::Exif).unwrap();
            exif.range.start - EXIF_HEADER
        }
        _ => first.range.start.saturating_sub(SEGMENT_HEADER),
    };
    start..(end + CHECKSUM).min(sample.bytes.len())
}

/// Whether the bytes are the sample's everywhere but in its manifest store.
fn only_store_differs(sample: &Sample, bytes: &[u8]) -> bool {
    let store = store(sample);
    bytes.len() == sample.bytes.len()
        && bytes[..store.start] == sample.bytes[..store.start]
        && bytes[store.end..] == sample.bytes[store.end..]
}

/// Ends and beginnings of the blocks of a file, and of the file.
fn edges(sample: &Sample) -> Vec<usize> {
    let asset = sample.asset();
    let blocks = asset.container().blocks.iter().take(12);
    let around = blocks.flat_map(|block| [block.range.start.saturating_sub(8), block.range.end]);
    around
        .chain([0, sample.bytes.len().saturating_sub(16)])
        .collect()
}

/// Places to cut a file at: spread over it, and around structure.
fn cuts(sample: &Sample) -> Vec<usize> {
    let length = sample.bytes.len();
    let spread = (0..=CUTS).map(|part| length * part / CUTS);
    let near = edges(sample)
        .into_iter()
        .flat_map(|edge| [edge.saturating_sub(1), edge, edge + 1, edge + 9]);
    spread.chain(near).filter(|at| *at <= length).collect()
}
