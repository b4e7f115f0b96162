//! A certificate that has expired, and a time-stamp from before for which nobody on a list vouches.

use std::fs;

use provscan::asset::{Asset, Limits};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Policy, Settings};

use super::made::{proves_nothing, said};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// Signed by Amazon in 2024, with a certificate that was in force for a year.
const SIGNED_IN_2024: &str = "corpus/c2pa/TrustNXT+c2pa-ts/tests/fixtures/amazon-titan-g1.png";

#[test]
fn what_rests_on_an_expired_certificate_and_an_unlisted_clock_is_declared() {
    let Ok(image) = fs::read(format!("{SHARED}/{SIGNED_IN_2024}")) else {
        println!("skipped: ../shared/{SIGNED_IN_2024} is not there");
        return;
    };
    let bytes = fs::read(format!("{SHARED}/trust/interim/allowed.pem")).unwrap();
    let list = TrustList::read(
        "allowed",
        TrustKind::AllowedSigner,
        ListOrigin::User,
        &bytes,
    );
    let trust = TrustSettings {
        lists: vec![list.unwrap()],
        ..TrustSettings::default()
    };
    let settings = Settings {
        trust,
        signals: Some(vec!["content_credentials".to_owned()]),
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let found = inspector.inspect(&Asset::new("a.png", image, Limits::default()));
    assert_eq!(said(&found), ["trusted declared", "ai-generated declared"]);
    assert!(proves_nothing(&found));
}
