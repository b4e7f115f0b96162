//! A certificate that has expired, and a time-stamp from before for which nobody on a list vouches.

use std::fs;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provscan::asset::{Asset, Limits};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Policy, Settings};

use super::made::{proves_nothing, said};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// Signed by Amazon in 2024, with a certificate that was in force for a year.
const SIGNED_IN_2024: &str = "corpus/c2pa/TrustNXT+c2pa-ts/tests/fixtures/amazon-titan-g1.png";

/// Where it holds the certificate of the authority above its time-stamp, DigiCert Trusted Root G4.
const CLOCK: Range<usize> = 8724..8724 + 1425;

#[test]
fn what_rests_on_an_expired_certificate_and_an_unlisted_clock_is_declared() {
    let Ok(image) = fs::read(format!("{SHARED}/{SIGNED_IN_2024}")) else {
        println!("skipped: ../shared/{SIGNED_IN_2024} is not there");
        return;
    };
    let signers = fs::read(format!("{SHARED}/trust/interim/allowed.pem")).unwrap();
    let signers = TrustList::read(
        "signers",
        TrustKind::AllowedSigner,
        ListOrigin::User,
        &signers,
    );
    let signers = signers.unwrap();
    let look = |lists| {
        let trust = TrustSettings {
            lists,
            ..TrustSettings::default()
        };
        let settings = Settings {
            trust,
            signals: Some(vec!["content_credentials".to_owned()]),
            ..Settings::default()
        };
        let inspector = Inspector::new(&settings, Policy::default()).unwrap();
        inspector.inspect(&Asset::new("a.png", image.clone(), Limits::default()))
    };
    let found = look(vec![signers.clone()]);
    assert_eq!(said(&found), ["trusted declared", "ai-generated declared"]);
    assert!(proves_nothing(&found));
    let root = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(&image[CLOCK])
    );
    let clock = TrustList::read(
        "clock",
        TrustKind::TimeStamp,
        ListOrigin::User,
        root.as_bytes(),
    );
    let found = look(vec![signers, clock.unwrap()]);
    assert_eq!(said(&found), ["trusted proven", "ai-generated proven"]);
}
