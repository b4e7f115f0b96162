//! What the targets share. A target is a function of bytes; each wraps them into a file, so that only what the library
//! offers to everyone is used.

pub mod seeds;
pub mod targets;
mod wrap;

use std::sync::{Arc, OnceLock};

use provscan::error::FaultKind;
use provscan::lists::{List, OpenOptions};
use provscan::reports::{self, ReportOptions};
use provscan::sources::Name;
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Asset, Inspection, Inspector, Limits, Policy, Settings};

pub use libfuzzer_sys;

/// The program of the target with this name. Where `PROVSCAN_SEEDS` names a folder, its first inputs are put there.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::seeds::write(stringify!($name), $crate::seeds::$name),
            |bytes: &[u8]| $crate::targets::$name(bytes)
        );
    };
}

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Looks at what a file says, with the signals that need neither its picture nor cryptography, which is slow.
fn read(bytes: Vec<u8>) {
    static INSPECTOR: OnceLock<Inspector> = OnceLock::new();
    let signals = ["generator_metadata", "edit_traces"].map(str::to_owned);
    let inspector = INSPECTOR.get_or_init(|| {
        inspector(Settings {
            signals: Some(signals.into()),
            ..Settings::default()
        })
    });
    let asset = undecoded(bytes);
    look(inspector, &asset);
    asset.manifest_store();
    asset.thumbnails();
}

/// Looks at what a file says with every signal.
fn read_with_all(bytes: Vec<u8>) -> Inspection {
    static INSPECTOR: OnceLock<Inspector> = OnceLock::new();
    let inspector = INSPECTOR.get_or_init(|| inspector(Settings::default()));
    look(inspector, &undecoded(bytes))
}

/// A file whose picture is not decoded: none is as small as the limit.
fn undecoded(bytes: Vec<u8>) -> Asset {
    let limits = Limits {
        max_pixels: 0,
        ..Limits::default()
    };
    Asset::new("fuzz", bytes, limits)
}

/// Looks at a picture of at most 128 × 128 pixels with every signal, thoroughly.
fn decode(bytes: Vec<u8>) -> Inspection {
    static INSPECTOR: OnceLock<Inspector> = OnceLock::new();
    let limits = Limits {
        max_pixels: 128 * 128,
        ..Limits::default()
    };
    let inspector = INSPECTOR.get_or_init(|| {
        let known = format!("{ROOT}/samples/lists/known.csv");
        let known = List::open(known.as_ref(), OpenOptions::default());
        inspector(Settings {
            lists: vec![Arc::new(known.expect("the list of samples"))],
            thorough: true,
            ..Settings::default()
        })
    });
    look(inspector, &Asset::new("fuzz", bytes, limits))
}

/// An inspector that trusts the root which signed the samples.
fn inspector(settings: Settings) -> Inspector {
    let anchors = format!("{ROOT}/samples/trust/anchors.pem");
    let anchors = TrustList::open(anchors.as_ref(), TrustKind::Signer, ListOrigin::User);
    let settings = Settings {
        trust: TrustSettings {
            lists: vec![anchors.expect("the root of the samples")],
            ..TrustSettings::default()
        },
        ..settings
    };
    Inspector::new(&settings, Policy::default()).expect("every signal")
}

/// Inspects, and holds the answer to what must be true of every one.
fn look(inspector: &Inspector, asset: &Asset) -> Inspection {
    let container = asset.container();
    let inside = |block: &provscan::asset::Block| asset.bytes().get(block.range.clone()).is_some();
    assert!(container.blocks.iter().all(inside), "a block past the end");
    assert!(container.problems.len() <= 64, "problems without end");
    let inspection = inspector.inspect(asset);
    for fault in &inspection.faults {
        assert_ne!(fault.kind, FaultKind::Internal, "{fault}");
    }
    inspection
}

/// Renders an answer in every form.
fn render(inspection: &Inspection) {
    for kind in reports::ALL {
        let report = (kind.make)(ReportOptions::default());
        report.record(&Name::new("fuzz"), inspection);
    }
}
