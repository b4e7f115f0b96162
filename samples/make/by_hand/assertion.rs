//! Assertions, and what they refer to.

use sha2::{Digest, Sha256};

use super::boxes::{boxed, hash, hashed_uri, superbox};
use super::cbor::Cbor;
use super::seal::Seal;

/// One assertion: its label and the box that it is.
#[derive(Clone)]
pub(crate) struct Assertion {
    pub(crate) label: String,
    pub(crate) bytes: Vec<u8>,
}

impl Assertion {
    pub(crate) fn cbor(label: &str, value: &Cbor) -> Self {
        let content = boxed(b"cbor", &value.encode());
        Self::of(b"cbor", label, &content)
    }

    pub(crate) fn json(label: &str, text: &str) -> Self {
        Self::of(b"json", label, &boxed(b"json", text.as_bytes()))
    }

    /// The reference to it from its own manifest.
    pub(crate) fn uri(&self) -> Cbor {
        let url = format!("self#jumbf=c2pa.assertions/{}", self.label);
        hashed_uri(&url, &hash(&self.bytes))
    }

    /// The same content under another label.
    pub(crate) fn relabelled(&self, label: &str) -> Self {
        // Header, header of the description, type and flags; then the label with its end.
        let before = 8 + 8 + 16 + 1;
        let content = &self.bytes[before + self.label.len() + 1..];
        Self::of(b"cbor", label, content)
    }

    /// The hard binding to a file that holds none of the store.
    pub(crate) fn hash_of(file: &[u8]) -> Self {
        let value = Cbor::map([
            ("alg", "sha256".into()),
            ("hash", Cbor::Bytes(Sha256::digest(file).to_vec())),
            ("name", "the whole file".into()),
            ("pad", Cbor::Bytes(Vec::new())),
        ]);
        Self::cbor("c2pa.hash.data", &value)
    }

    /// A picture in it, which is kept as it is.
    pub(crate) fn thumbnail(label: &str, picture: &[u8]) -> Self {
        let about = boxed(b"bfdb", b"\0image/jpeg\0");
        let content = [about, boxed(b"bidb", picture)].concat();
        let superbox = superbox(b"bfdb", label, &content);
        // The type of an embedded file is no four letters (ISO 19566-5, annex B).
        let kind = [
            0x40, 0xcb, 0x0c, 0x32, 0xbb, 0x8a, 0x48, 0x9d, 0xa7, 0x0b, 0x2a, 0xd6, 0xf4, 0x7f,
            0x43, 0x69,
        ];
        let bytes = [&superbox[..16], kind.as_slice(), &superbox[32..]].concat();
        Self {
            label: label.into(),
            bytes,
        }
    }

    fn of(kind: &[u8; 4], label: &str, content: &[u8]) -> Self {
        Self {
            label: label.into(),
            bytes: superbox(kind, label, content),
        }
    }

    /// One action that created the image.
    pub(crate) fn created(source_type: &str) -> Self {
        Self::actions(&[Cbor::map([
            ("action", "c2pa.created".into()),
            (
                "digitalSourceType",
                format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}")
                    .as_str()
                    .into(),
            ),
        ])])
    }

    /// Somebody's signature over other assertions of the same manifest (CAWG Identity Assertion 1.1).
    pub(crate) fn identity(of: &[&Self], seal: &Seal) -> Self {
        let references = of.iter().map(|one| one.uri()).collect();
        let payload = Cbor::map([
            ("referenced_assertions", Cbor::Array(references)),
            ("sig_type", "cawg.x509.cose".into()),
        ]);
        let value = Cbor::map([
            ("signature", Cbor::Bytes(seal.sign(&payload.encode()))),
            ("signer_payload", payload),
            ("pad1", Cbor::Bytes(Vec::new())),
        ]);
        Self::cbor("cawg.identity", &value)
    }

    pub(crate) fn actions(actions: &[Cbor]) -> Self {
        let value = Cbor::map([("actions", Cbor::Array(actions.into()))]);
        Self::cbor("c2pa.actions.v2", &value)
    }

    /// An ingredient (version 3) with a manifest, or one whose manifest is only pretended to exist. `nth` keeps labels
    /// apart.
    pub(crate) fn ingredient(nth: usize, relationship: &str, title: &str, of: &Target) -> Self {
        Self::checked_ingredient(nth, relationship, title, of, &Check::trusted())
    }

    /// An ingredient, and what its user found on taking it in.
    pub(crate) fn checked_ingredient(
        nth: usize,
        relationship: &str,
        title: &str,
        of: &Target,
        check: &Check,
    ) -> Self {
        let results = Cbor::map([(
            "activeManifest",
            Cbor::map([
                ("success", of.statuses(check.success)),
                ("informational", Cbor::Array(Vec::new())),
                ("failure", of.statuses(check.failure)),
            ]),
        )]);
        let value = Cbor::map([
            ("dc:title", title.into()),
            ("dc:format", "image/jpeg".into()),
            ("relationship", relationship.into()),
            ("validationResults", results),
            ("activeManifest", of.reference()),
            (
                "claimSignature",
                hashed_uri(&of.url("/c2pa.signature"), &of.signature_hash),
            ),
        ]);
        let label = match nth {
            0 => "c2pa.ingredient.v3".to_owned(),
            _ => format!("c2pa.ingredient.v3__{nth}"),
        };
        Self::cbor(&label, &value)
    }
}

/// What somebody found on taking in an ingredient: codes, each with the place in its manifest.
pub(crate) struct Check {
    pub(crate) success: &'static [(&'static str, &'static str)],
    pub(crate) failure: &'static [(&'static str, &'static str)],
}

impl Check {
    /// Everything is as it should be.
    pub(crate) fn trusted() -> Self {
        Self {
            success: &[
                ("signingCredential.trusted", "/c2pa.signature"),
                ("claimSignature.validated", "/c2pa.signature"),
            ],
            failure: &[],
        }
    }
}

/// What an ingredient refers to.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) label: String,
    pub(super) hash: Vec<u8>,
    pub(super) signature_hash: Vec<u8>,
}

impl Target {
    /// A manifest that is not written yet, so that its hash cannot be right.
    pub(crate) fn unseen(label: &str) -> Self {
        Self {
            label: label.into(),
            hash: vec![0; 32],
            signature_hash: vec![0; 32],
        }
    }

    /// The reference to it, with its hash.
    pub(crate) fn reference(&self) -> Cbor {
        hashed_uri(&self.url(""), &self.hash)
    }

    /// Statuses of it, each a code and the box that it is about. What is about no box in it names the manifest by its
    /// label alone, as the c2pa crate does.
    fn statuses(&self, all: &[(&str, &str)]) -> Cbor {
        let status = |(code, place): &(&str, &str)| {
            let url = match *place {
                "" => self.label.clone(),
                place => self.url(place),
            };
            Cbor::map([("code", (*code).into()), ("url", url.as_str().into())])
        };
        Cbor::Array(all.iter().map(status).collect())
    }

    fn url(&self, place: &str) -> String {
        format!("self#jumbf=/c2pa/{}{place}", self.label)
    }
}
