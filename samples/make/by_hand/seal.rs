//! Signatures.

use c2pa::{SigningAlg, create_signer};
use sha2::{Digest, Sha256};

use super::cbor::Cbor;

/// How it is signed.
#[derive(Clone)]
pub(crate) struct Seal {
    /// Whose key signs, of those in `samples/trust`.
    pub(crate) key: &'static str,
    /// The certificates that are shown, in DER.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The algorithm that is said to be used (RFC 9053); -8 is EdDSA.
    pub(crate) algorithm: i64,
    /// Zeros in the part that is not signed.
    pub(crate) padding: usize,
    /// An answer of an OCSP responder about the certificate, as it stands in the part that is not signed.
    pub(crate) revocation: Option<Vec<u8>>,
    /// A time-stamp of the signature, which takes its room from the padding.
    pub(crate) time_stamp: Option<Vec<u8>>,
}

impl Seal {
    /// One of the signers in `samples/trust`, as it should be.
    pub(crate) fn of(key: &'static str) -> Self {
        Self {
            key,
            certificates: vec![certificate(key)],
            algorithm: -8,
            padding: 16,
            revocation: None,
            time_stamp: None,
        }
    }

    /// A `COSE_Sign1` over these bytes, which it does not hold (RFC 9052, section 4.2).
    pub(super) fn sign(&self, claim: &[u8]) -> Vec<u8> {
        let mut unprotected = Vec::new();
        if let Some(token) = &self.time_stamp {
            let token = Cbor::map([("val", Cbor::Bytes(token.clone()))]);
            let tokens = Cbor::map([("tstTokens", Cbor::Array(vec![token]))]);
            unprotected.push(("sigTst2".into(), tokens));
        }
        let taken = Cbor::Map(unprotected.clone()).encode().len() - 1;
        let padding = vec![0; self.padding - taken];
        unprotected.insert(0, ("pad".into(), Cbor::Bytes(padding)));
        if let Some(answer) = &self.revocation {
            let answers = Cbor::Array(vec![Cbor::Bytes(answer.clone())]);
            unprotected.push(("rVals".into(), Cbor::map([("ocspVals", answers)])));
        }
        let message = Cbor::Array(vec![
            self.protected(),
            Cbor::Map(unprotected),
            Cbor::Raw(vec![0xf6]),
            Cbor::Bytes(self.signature(claim)),
        ]);
        [vec![0xd2], message.encode()].concat()
    }

    /// What a time-stamp of the signature over these bytes has to be of, in hex (C2PA 2.2, section 10.3.2.5).
    pub(super) fn imprint(&self, claim: &[u8]) -> String {
        let signature = Cbor::Bytes(self.signature(claim)).encode();
        let stamped = self.structure("CounterSignature", signature);
        let digest = Sha256::digest(stamped.encode());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn protected(&self) -> Cbor {
        let chain: Vec<Cbor> = self.certificates.iter().cloned().map(Cbor::Bytes).collect();
        let chain = match <[Cbor; 1]>::try_from(chain) {
            Ok([one]) => one,
            Err(chain) => Cbor::Array(chain),
        };
        let protected = Cbor::Map(vec![
            (Cbor::Int(1), Cbor::Int(self.algorithm)),
            (Cbor::Int(33), chain),
        ]);
        Cbor::Bytes(protected.encode())
    }

    /// What a signature is made over (RFC 9052, section 4.4).
    fn structure(&self, context: &str, payload: Vec<u8>) -> Cbor {
        Cbor::Array(vec![
            context.into(),
            self.protected(),
            Cbor::Bytes(Vec::new()),
            Cbor::Bytes(payload),
        ])
    }

    fn signature(&self, claim: &[u8]) -> Vec<u8> {
        let signed = self.structure("Signature1", claim.into());
        let read = |end: &str| std::fs::read(trust(&format!("{}.{end}", self.key))).unwrap();
        let signer =
            create_signer::from_keys(&read("pem"), &read("key"), SigningAlg::Ed25519, None);
        signer.unwrap().sign(&signed.encode()).unwrap()
    }
}

/// The certificate of a signer in `samples/trust`, in DER.
pub(crate) fn certificate(name: &str) -> Vec<u8> {
    use base64::Engine as _;
    let pem = std::fs::read_to_string(trust(&format!("{name}.pem"))).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap()
}

/// The answer of the test responder about the certificate of this signer in `samples/trust`.
pub(crate) fn revocation(name: &str) -> Vec<u8> {
    std::fs::read(trust(&format!("{name}.ocsp"))).unwrap()
}

/// A file in `samples/trust`.
fn trust(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trust");
    folder.join(name)
}
