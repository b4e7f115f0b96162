//! A certificate that has expired, and a time-stamp from before for which nobody on a list vouches.

use std::fs;

use provscan::asset::{Asset, Limits};
use provscan::evidence::Value;
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspection, Inspector, Policy, Settings};

use super::made::{proves_nothing, said};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// Signed by Amazon in 2024, with a certificate that was in force for a year.
const SIGNED_IN_2024: &str = "corpus/c2pa/TrustNXT+c2pa-ts/tests/fixtures/amazon-titan-g1.png";

fn list(name: &str, kind: TrustKind) -> TrustList {
    let bytes = fs::read(format!("{SHARED}/trust/interim/{name}")).unwrap();
    TrustList::read(name, kind, ListOrigin::Interim, &bytes).unwrap()
}

fn look(image: Vec<u8>, lists: Vec<TrustList>) -> Inspection {
    let settings = Settings {
        trust: TrustSettings {
            lists,
            ..TrustSettings::default()
        },
        signals: Some(vec!["content_credentials".to_owned()]),
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    inspector.inspect(&Asset::new("a.png", image, Limits::default()))
}

/// Its claim is of version 1, whose time-stamps the library believes, whoever made them.
#[test]
fn an_expired_certificate_proves_as_far_as_a_listed_clock_vouches_for_it() {
    let Ok(image) = fs::read(format!("{SHARED}/{SIGNED_IN_2024}")) else {
        println!("skipped: ../shared/{SIGNED_IN_2024} is not there");
        return;
    };
    let signers = || list("allowed.pem", TrustKind::AllowedSigner);
    let clocks = || list("anchors.pem", TrustKind::TimeStamp);
    let found = look(image.clone(), vec![signers()]);
    assert_eq!(said(&found), ["trusted declared", "ai-generated declared"]);
    assert!(proves_nothing(&found));

    let found = look(image.clone(), vec![signers(), clocks()]);
    assert_eq!(said(&found), ["trusted proven", "ai-generated proven"]);
    let clock = found
        .evidence
        .iter()
        .find_map(|one| one.get("time_vouched_for_by"));
    assert_eq!(clock, Some(&Value::from("interim")));

    // A bit of the token: whatever the library makes of it, nobody vouches for it any more.
    let token = image.windows(6).position(|six| six == b"sigTst").unwrap();
    let mut damaged = image;
    damaged[token + 300] ^= 1;
    assert!(proves_nothing(&look(damaged, vec![signers(), clocks()])));
}
