//! Damaged lists: never a panic, and never a certificate that was not on the list.

use std::collections::BTreeSet;

use provscan::trust::forms;

use super::sample;
use crate::support::Random;

/// Ways to damage a file at a place.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    match random.below(4) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes.truncate(at),
        2 => {
            let end = at + random.below(bytes.len() - at);
            bytes.drain(at..end);
        }
        _ => {
            let piece = bytes[..random.below(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

#[test]
fn a_damaged_list_is_refused_or_holds_less() {
    let (_, root) = sample("test-root.pem");
    let (_, signer) = sample("test-signer.pem");
    let body: String = String::from_utf8_lossy(&root)
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let lote = format!(
        r#"{{"LoTE": {{"ListAndSchemeInformation": {{"ListIssueDateTime": "2026-08-05T00:11:39Z"}}, "TrustedEntitiesList": [{{"TrustedEntityServices": [{{"ServiceInformation": {{"ServiceDigitalIdentity": {{"X509Certificates": [{{"val": "{body}"}}]}}}}}}]}}]}}}}"#
    );
    let whole = [
        [b"# a list\n".as_slice(), &root, &signer, b"1.2.3.4\n"].concat(),
        lote.into_bytes(),
    ];
    let mut random = Random::new(7);
    for whole in &whole {
        let listed = forms::read("whole", whole).unwrap().certificates;
        // A flipped bit inside a certificate can leave it well-formed; its signature is what counts then, and that is
        // checked when it is used. A certificate that was moved or repeated must come out as it was.
        let lengths: BTreeSet<usize> = listed.iter().map(|one| one.der().len()).collect();
        let mut refused = 0;
        for _ in 0..2000 {
            let mut bytes = whole.clone();
            damage(&mut bytes, &mut random);
            match forms::read("damaged", &bytes) {
                Ok(content) => assert!(
                    content
                        .certificates
                        .iter()
                        .all(|one| lengths.contains(&one.der().len()))
                ),
                Err(error) => {
                    assert!(error.to_string().starts_with("damaged"), "{error}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 500, "{refused} of 2000");
    }
}
