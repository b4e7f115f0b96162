//! Whether the thumbnail that a manifest carries of its image shows what the image shows.

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, PixelError, Thumbnail};
use crate::error::Fault;
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::fingerprints::pdq::{self, PDQ};
use crate::fingerprints::{Fingerprint, FingerprintError, compute};
use crate::lists::MIN_QUALITY;

/// In more bits than these of 256 the hashes of the picture and of its thumbnail must differ. See `error_rate` below.
const THRESHOLD: u32 = 60;

/// Sides of a thumbnail are rounded to whole pixels, and by some writers to even ones.
const ROUNDING: f64 = 2.0;

const DIFFERS: Code = Code {
    name: "c2pa.thumbnail-differs",
    claim: Claim::Credentials,
    summary: "The thumbnail in its content credentials shows something else than the picture.",
    proves: "The perceptual hashes of the two differ in more bits than any thumbnail and its untouched picture did, however the picture is turned or mirrored.",
    limits: "Which of the two came first, and that anyone meant harm: a program may have kept the thumbnail of an earlier state. A small change of the picture, and one to another shape, are not seen here.",
    error_rate: "0 of 75 signed files of the corpus in which the two could be compared (22 different pictures; the largest distance is 20 bits). Different photographs are 80 bits apart or more, so a foreign thumbnail of the same shape is hardly ever missed.",
    next: "Look at whether the credentials say that the file was changed. The thumbnail shows what was signed, or what someone wants you to believe of it.",
};

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "thumbnails",
    about: "thumbnails in C2PA manifests: whether they show what the picture shows",
    codes: &[DIFFERS],
    idle: Some("neither `--thorough` nor a list of picture hashes was given"),
    load: |settings| {
        let signal = || Box::new(Thumbnails) as Box<dyn Signal>;
        Ok(settings.decodes_all().then(signal))
    },
};

struct Thumbnails;

impl Signal for Thumbnails {
    fn examine(&self, asset: &Asset) -> Outcome {
        let own = asset.thumbnails().iter().find(|one| one.shows_image);
        let Some(own) = own else {
            return match asset.format() {
                Some(format) if format.holds_credentials() => Outcome::Nothing,
                _ => Outcome::NotApplicable("this format holds no thumbnails of manifests"),
            };
        };
        match compare(asset, own) {
            Ok(distance) if distance > THRESHOLD => Outcome::Found(vec![evidence(own, distance)]),
            Ok(_) => Outcome::Nothing,
            Err(Incomparable::Says(why)) => Outcome::NotApplicable(why),
            Err(Incomparable::Fault(fault)) => Outcome::Failed(Vec::new(), fault),
        }
    }
}

fn evidence(own: &Thumbnail, distance: u32) -> Evidence {
    Evidence::new(&DIFFERS, Strength::Hint)
        .with("manifest", own.manifest.as_str())
        .with("label", own.label.as_str())
        .with("hash", PDQ.to_string())
        .with("distance", distance)
        .with("threshold", THRESHOLD)
}

/// Why the two are not compared.
#[derive(Debug)]
enum Incomparable {
    Says(&'static str),
    Fault(Fault),
}

/// Compares the picture, in all eight ways of turning and mirroring it, with the thumbnail.
fn compare(asset: &Asset, own: &Thumbnail) -> Result<u32, Incomparable> {
    let unreadable = Incomparable::Says("its thumbnail of itself cannot be decoded");
    let Some(small) = own.picture().container().dimensions else {
        return Err(unreadable);
    };
    // The header tells already whether it is worth decoding.
    if asset
        .container()
        .dimensions
        .is_some_and(|large| !same_shape(large, small))
    {
        return Err(Incomparable::Says(
            "its thumbnail of itself has another shape",
        ));
    }
    let Ok(thumbnail) = compute(own.picture(), PDQ) else {
        return Err(unreadable);
    };
    let turned = pdq::dihedral(asset, PDQ).map_err(|error| failed(&error))?;
    let clear = |hash: &Fingerprint| hash.quality().is_none_or(|quality| quality >= MIN_QUALITY);
    turned
        .iter()
        .filter(|(_, hash)| clear(hash) && clear(&thumbnail))
        .filter_map(|(_, hash)| hash.distance(&thumbnail))
        .min()
        .ok_or(Incomparable::Says(
            "there is too little to see in the picture",
        ))
}

fn failed(error: &FingerprintError) -> Incomparable {
    match error {
        FingerprintError::Pixels(PixelError::Unsupported(_)) => {
            Incomparable::Says("this format's pixels are not decoded")
        }
        FingerprintError::Pixels(error) => Incomparable::Fault(error.fault()),
        FingerprintError::Unread(fault) => Incomparable::Fault(fault.clone()),
        FingerprintError::Unfit(_) => Incomparable::Says("the picture is too small"),
    }
}

/// Whether a picture of one size could be a smaller copy of the other, turned or not.
fn same_shape(large: (u32, u32), small: (u32, u32)) -> bool {
    let fits = |(width, height): (u32, u32)| {
        let expected = f64::from(small.0) * f64::from(height) / f64::from(width);
        let across = f64::from(small.1) * f64::from(width) / f64::from(height);
        (expected - f64::from(small.1)).abs() <= ROUNDING
            || (across - f64::from(small.0)).abs() <= ROUNDING
    };
    fits(large) || fits((large.1, large.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => files(&path, found),
                false => found.push(path),
            }
        }
    }

    /// The error rate above is measured here.
    #[test]
    fn no_thumbnail_of_a_real_file_comes_near_the_threshold() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/c2pa");
        let mut paths = Vec::new();
        files(Path::new(corpus), &mut paths);
        if paths.is_empty() {
            return println!("skipped: no corpus at {corpus}");
        }
        let (mut seen, mut distances) = (BTreeSet::new(), BTreeMap::new());
        for path in &paths {
            let bytes = std::fs::read(path).unwrap();
            let asset = Asset::new(path.display().to_string(), bytes, Limits::default());
            let own = asset.thumbnails().iter().find(|one| one.shows_image);
            let (Some(own), true) = (own, seen.insert(asset.sha256())) else {
                continue;
            };
            match compare(&asset, own) {
                Ok(distance) => *distances.entry(distance).or_insert(0) += 1,
                Err(Incomparable::Says(_)) => {}
                Err(Incomparable::Fault(fault)) => panic!("{}: {fault}", asset.name()),
            }
        }
        println!("files by distance: {distances:?}");
        assert_eq!(distances.values().sum::<u32>(), 75);
        assert_eq!(distances.keys().max(), Some(&20));
    }

    #[test]
    fn shapes_are_compared_within_rounding_and_either_way_up() {
        for small in [(1024, 683), (1024, 682), (683, 1024), (3, 2)] {
            assert!(same_shape((2048, 1365), small), "{small:?}");
        }
        for small in [(1024, 759), (800, 800), (1024, 700)] {
            assert!(!same_shape((2048, 1365), small), "{small:?}");
        }
    }
}
