//! Manifest stores written by hand: everything that the c2pa library refuses to write, signed all the same. The maker of
//! the samples and the tests share this.
#![allow(
    dead_code,
    unused_imports,
    reason = "what one of the two uses, the other need not"
)]

mod assertion;
mod boxes;
mod carrier;
mod cbor;
mod seal;

pub(crate) use assertion::{Assertion, Check, Target};
pub(crate) use boxes::{hashed_uri, superbox};
pub(crate) use carrier::Carrier;
pub(crate) use cbor::{Cbor, head};
pub(crate) use seal::{Seal, certificate, revocation};

use boxes::{boxed, hash};

/// One manifest, to be written.
pub(crate) struct Manifest {
    pub(crate) label: String,
    /// `c2ma`, or `c2um` for an update.
    pub(crate) kind: &'static [u8; 4],
    /// 1 or 2.
    pub(crate) version: u8,
    pub(crate) title: String,
    pub(crate) generator: String,
    pub(crate) algorithm: String,
    pub(crate) assertions: Vec<Assertion>,
    pub(crate) redacted: Vec<String>,
    pub(crate) seal: Seal,
    /// Boxes in the assertion store that the claim does not list.
    pub(crate) slipped_in: Vec<Assertion>,
    /// Whether these come before those that it lists.
    pub(crate) slipped_first: bool,
    /// An assertion that the claim lists and the assertion store lacks.
    pub(crate) leave_out: Option<String>,
}

/// A manifest as bytes, and how to refer to it.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) target: Target,
}

impl Manifest {
    /// A claim of version 2 by the trusted test signer.
    pub(crate) fn new(label: &str, assertions: Vec<Assertion>) -> Self {
        Self {
            label: format!("urn:c2pa:00000000-0000-4000-8000-{label:0>12}"),
            kind: b"c2ma",
            version: 2,
            title: "picture".into(),
            generator: "By hand".into(),
            algorithm: "sha256".into(),
            assertions,
            redacted: Vec::new(),
            seal: Seal::of("test-signer"),
            slipped_in: Vec::new(),
            slipped_first: false,
            leave_out: None,
        }
    }

    pub(crate) fn write(&self) -> Written {
        let uris = self.assertions.iter().map(Assertion::uri).collect();
        let claim = self.claim(uris).encode();
        let signature = boxed(b"cbor", &self.seal.sign(&claim));
        let signature = superbox(b"c2cs", "c2pa.signature", &signature);
        let listed = self.assertions.iter();
        let mut boxes: Vec<&Assertion> = listed
            .filter(|one| self.leave_out.as_ref() != Some(&one.label))
            .collect();
        let place = if self.slipped_first { 0 } else { boxes.len() };
        boxes.splice(place..place, &self.slipped_in);
        let assertions: Vec<&[u8]> = boxes.iter().map(|one| one.bytes.as_slice()).collect();
        let claim_label = ["c2pa.claim", "c2pa.claim.v2"][usize::from(self.version == 2)];
        let content = [
            superbox(b"c2as", "c2pa.assertions", &assertions.concat()),
            superbox(b"c2cl", claim_label, &boxed(b"cbor", &claim)),
            signature.clone(),
        ];
        let bytes = superbox(self.kind, &self.label, &content.concat());
        let target = Target {
            label: self.label.clone(),
            hash: hash(&bytes),
            signature_hash: hash(&signature),
        };
        Written { bytes, target }
    }

    /// What a time-stamp of its signature has to be of, in hex.
    pub(crate) fn imprint(&self) -> String {
        let uris = self.assertions.iter().map(Assertion::uri).collect();
        self.seal.imprint(&self.claim(uris).encode())
    }

    fn claim(&self, uris: Vec<Cbor>) -> Cbor {
        let signature = format!("self#jumbf=/c2pa/{}/c2pa.signature", self.label);
        let generator = Cbor::map([("name", self.generator.as_str().into())]);
        let mut fields = vec![
            ("instanceID", "xmp.iid:by-hand".into()),
            ("signature", signature.as_str().into()),
            ("dc:title", self.title.as_str().into()),
            ("alg", self.algorithm.as_str().into()),
        ];
        match self.version {
            1 => fields.extend([
                ("claim_generator", self.generator.as_str().into()),
                ("claim_generator_info", Cbor::Array(vec![generator])),
                ("dc:format", "image/jpeg".into()),
                ("assertions", Cbor::Array(uris)),
            ]),
            _ => fields.extend([
                ("claim_generator_info", generator),
                ("created_assertions", Cbor::Array(uris)),
            ]),
        }
        if !self.redacted.is_empty() {
            let redacted = self.redacted.iter().map(|uri| uri.as_str().into());
            fields.push(("redacted_assertions", Cbor::Array(redacted.collect())));
        }
        Cbor::Map(
            fields
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }
}

/// A store with these manifests, the active one last.
pub(crate) fn store(manifests: &[Written]) -> Vec<u8> {
    let manifests: Vec<&[u8]> = manifests.iter().map(|one| one.bytes.as_slice()).collect();
    superbox(b"c2pa", "c2pa", &manifests.concat())
}
