//! Signatures.

use c2pa::{SigningAlg, create_signer};

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
        }
    }

    /// A `COSE_Sign1` over these bytes, which it does not hold (RFC 9052, section 4.2).
    pub(super) fn sign(&self, claim: &[u8]) -> Vec<u8> {
        let chain: Vec<Cbor> = self.certificates.iter().cloned().map(Cbor::Bytes).collect();
        let chain = match <[Cbor; 1]>::try_from(chain) {
            Ok([one]) => one,
            Err(chain) => Cbor::Array(chain),
        };
        let protected = Cbor::Map(vec![
            (Cbor::Int(1), Cbor::Int(self.algorithm)),
            (Cbor::Int(33), chain),
        ]);
        let protected = Cbor::Bytes(protected.encode());
        let signed = Cbor::Array(vec![
            "Signature1".into(),
            protected.clone(),
            Cbor::Bytes(Vec::new()),
            Cbor::Bytes(claim.into()),
        ]);
        let path = |end: &str| trust(&format!("{}.{end}", self.key));
        let read = |end: &str| std::fs::read(path(end)).unwrap();
        let signer =
            create_signer::from_keys(&read("pem"), &read("key"), SigningAlg::Ed25519, None);
        let signature = signer.unwrap().sign(&signed.encode()).unwrap();
        let mut unprotected = vec![("pad".into(), Cbor::Bytes(vec![0; self.padding]))];
        if let Some(answer) = &self.revocation {
            let answers = Cbor::Array(vec![Cbor::Bytes(answer.clone())]);
            unprotected.push(("rVals".into(), Cbor::map([("ocspVals", answers)])));
        }
        let message = Cbor::Array(vec![
            protected,
            Cbor::Map(unprotected),
            Cbor::Raw(vec![0xf6]),
            Cbor::Bytes(signature),
        ]);
        [vec![0xd2], message.encode()].concat()
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
