//! Who signs, and how: three signers, and the settings that both signing and checking use.

use crate::output::Output;
use c2pa::{BoxedSigner, Context, Settings, Signer, SigningAlg, create_signer};
use std::sync::Arc;

/// The signers under `samples/trust/`.
#[derive(Clone, Copy)]
pub enum Signatory {
    /// Under the root that the anchors name, valid until 2124.
    Trusted,
    /// Under the same root, valid until the end of 2020.
    Expired,
    /// Valid, under a root that nobody names.
    Unknown,
}

impl Signatory {
    pub fn signer(self, output: &Output) -> BoxedSigner {
        let name = match self {
            Self::Trusted => "test-signer",
            Self::Expired => "expired-signer",
            Self::Unknown => "unknown-signer",
        };
        let certificate = output.read(&format!("trust/{name}.pem"));
        let key = output.read(&format!("trust/{name}.key"));
        let signer =
            create_signer::from_keys(&certificate, &key, SigningAlg::Ed25519, None).unwrap();
        match self {
            Self::Expired => Box::new(Careless(signer)),
            Self::Trusted | Self::Unknown => signer,
        }
    }
}

/// Offline, with the test root as the only anchor.
pub fn context(output: &Output) -> Arc<Context> {
    let anchors = String::from_utf8(output.read("trust/anchors.pem")).unwrap();
    let settings = format!(
        "version = 1
[verify]
verify_trust = true
verify_after_sign = false
remote_manifest_fetch = false
ocsp_fetch = false
[core]
decode_identity_assertions = false
[builder.thumbnail]
enabled = false
[trust]
trust_config = '''
1.3.6.1.5.5.7.3.4
1.3.6.1.4.1.62558.2.1
'''
[[trust.anchors]]
trust_kind = \"manifest\"
trust_uri = \"https://example.com/provscan-test-root\"
trust_anchors = '''
{anchors}'''
"
    );
    let settings = Settings::new().with_toml(&settings).unwrap();
    Context::new()
        .with_settings(settings)
        .unwrap()
        .into_shared()
}

/// Signs without looking at the dates of its certificate, which the c2pa crate's own path refuses to do.
struct Careless(BoxedSigner);

impl Signer for Careless {
    /// A whole `COSE_Sign1` over the claim, as long as was reserved for it.
    fn sign(&self, claim: &[u8]) -> c2pa::Result<Vec<u8>> {
        let protected = self.protected_header()?;
        let to_be_signed = [
            array(4),
            text("Signature1"),
            bytes(&protected),
            bytes(&[]),
            bytes(claim),
        ]
        .concat();
        let signature = self.0.sign(&to_be_signed)?;
        let message = |padding: usize| {
            let unprotected = [map(1), text("pad"), bytes(&vec![0; padding])].concat();
            [
                vec![COSE_SIGN1],
                array(4),
                bytes(&protected),
                unprotected,
                vec![NULL],
                bytes(&signature),
            ]
            .concat()
        };
        // Any padding from 256 to 65535 bytes has a length field of the same size, so one measurement is enough.
        Ok(message(256 + self.reserve_size() - message(256).len()))
    }

    fn alg(&self) -> SigningAlg {
        self.0.alg()
    }

    fn certs(&self) -> c2pa::Result<Vec<Vec<u8>>> {
        self.0.certs()
    }

    fn reserve_size(&self) -> usize {
        self.0.reserve_size()
    }

    fn direct_cose_handling(&self) -> bool {
        true
    }
}

impl Careless {
    fn protected_header(&self) -> c2pa::Result<Vec<u8>> {
        let certificates = self.certs()?;
        let algorithm = [vec![ALGORITHM], vec![EDDSA]].concat();
        Ok([map(2), algorithm, X5CHAIN.to_vec(), bytes(&certificates[0])].concat())
    }
}

/// Tag 18, the header labels 1 and 33, the algorithm -8 and null, each in CBOR.
const COSE_SIGN1: u8 = 0xd2;
const ALGORITHM: u8 = 0x01;
const X5CHAIN: [u8; 2] = [0x18, 33];
const EDDSA: u8 = 0x27;
const NULL: u8 = 0xf6;

fn bytes(value: &[u8]) -> Vec<u8> {
    [&head(0x40, value.len()), value].concat()
}

fn text(value: &str) -> Vec<u8> {
    [&head(0x60, value.len()), value.as_bytes()].concat()
}

fn array(length: usize) -> Vec<u8> {
    head(0x80, length)
}

fn map(length: usize) -> Vec<u8> {
    head(0xa0, length)
}

/// The first bytes of a CBOR item: its major type and its length.
fn head(major: u8, length: usize) -> Vec<u8> {
    match length {
        0..=23 => vec![major | length as u8],
        24..=0xff => vec![major | 24, length as u8],
        _ => [
            &[major | 25],
            u16::try_from(length).unwrap().to_be_bytes().as_slice(),
        ]
        .concat(),
    }
}

/// A UUID (version 4 by its form) that belongs to a name, so that a sample's identifiers never change.
pub fn uuid(name: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(name.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..15],
        &hex[15..18],
        &hex[18..30]
    )
}
