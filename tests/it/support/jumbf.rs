//! Manifest stores written by hand: everything that the c2pa library refuses to write, signed all the same.

use c2pa::{SigningAlg, create_signer};
use sha2::{Digest, Sha256};

use super::root;
use crate::asset::build::{boxed, segment};

/// The end of every type that C2PA gave to its boxes; the first four letters tell them apart.
const TYPE_END: [u8; 12] = [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// Most bytes of a store that one JPEG segment takes here.
const SEGMENT: usize = 64_000;

/// One CBOR item (RFC 8949).
#[derive(Clone)]
pub(crate) enum Cbor {
    Int(i64),
    /// Four bytes long whatever its value, so that the size of what holds it is known before the value is.
    Wide(u32),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Cbor>),
    Map(Vec<(Cbor, Cbor)>),
    /// Bytes that stand as they are.
    Raw(Vec<u8>),
}

impl From<&str> for Cbor {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl Cbor {
    /// A map with text for keys.
    pub(crate) fn map<const N: usize>(pairs: [(&str, Cbor); N]) -> Self {
        Self::Map(pairs.map(|(key, value)| (key.into(), value)).into())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(number) if *number < 0 => out.extend(head(0x20, (-1 - number) as u64)),
            Self::Int(number) => out.extend(head(0, *number as u64)),
            Self::Wide(number) => {
                out.push(0x1a);
                out.extend(number.to_be_bytes());
            }
            Self::Bytes(bytes) => {
                out.extend(head(0x40, bytes.len() as u64));
                out.extend(bytes);
            }
            Self::Text(text) => {
                out.extend(head(0x60, text.len() as u64));
                out.extend(text.as_bytes());
            }
            Self::Array(items) => {
                out.extend(head(0x80, items.len() as u64));
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(pairs) => {
                out.extend(head(0xa0, pairs.len() as u64));
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

/// The first bytes of a CBOR item: its major type, and its length or value.
pub(crate) fn head(major: u8, length: u64) -> Vec<u8> {
    match length {
        0..=23 => vec![major | length as u8],
        24..=0xff => vec![major | 24, length as u8],
        0x100..=0xffff => [&[major | 25], (length as u16).to_be_bytes().as_slice()].concat(),
        0x1_0000..=0xffff_ffff => {
            [&[major | 26], (length as u32).to_be_bytes().as_slice()].concat()
        }
        _ => [&[major | 27], length.to_be_bytes().as_slice()].concat(),
    }
}

/// A box that holds others, of the type that begins with these letters.
pub(crate) fn superbox(kind: &[u8; 4], label: &str, content: &[u8]) -> Vec<u8> {
    // Requestable, with a label.
    let about = [kind.as_slice(), &TYPE_END, &[3], label.as_bytes(), &[0]].concat();
    let about = boxed(b"jumd", &about);
    boxed(b"jumb", &[about.as_slice(), content].concat())
}

/// The hash by which a box is referred to: over its content, without its header.
fn hash(superbox: &[u8]) -> Vec<u8> {
    Sha256::digest(&superbox[8..]).to_vec()
}

/// A reference to a box, with the hash of its content.
pub(crate) fn hashed_uri(url: &str, hash: &[u8]) -> Cbor {
    Cbor::map([("url", url.into()), ("hash", Cbor::Bytes(hash.into()))])
}

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

    pub(crate) fn actions(actions: &[Cbor]) -> Self {
        let value = Cbor::map([("actions", Cbor::Array(actions.into()))]);
        Self::cbor("c2pa.actions.v2", &value)
    }

    /// An ingredient (version 3) with a manifest, or one whose manifest is only pretended to exist. `nth` keeps labels
    /// apart.
    pub(crate) fn ingredient(nth: usize, relationship: &str, title: &str, of: &Target) -> Self {
        let codes = |code: &str, place: &str| {
            Cbor::map([
                ("code", code.into()),
                ("url", of.url(place).as_str().into()),
            ])
        };
        let passed = Cbor::Array(vec![
            codes("signingCredential.trusted", "/c2pa.signature"),
            codes("claimSignature.validated", "/c2pa.signature"),
        ]);
        let results = Cbor::map([(
            "activeManifest",
            Cbor::map([
                ("success", passed),
                ("informational", Cbor::Array(Vec::new())),
                ("failure", Cbor::Array(Vec::new())),
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

/// What an ingredient refers to.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) label: String,
    hash: Vec<u8>,
    signature_hash: Vec<u8>,
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

    fn url(&self, place: &str) -> String {
        format!("self#jumbf=/c2pa/{}{place}", self.label)
    }
}

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
}

impl Seal {
    /// One of the signers in `samples/trust`, as it should be.
    pub(crate) fn of(key: &'static str) -> Self {
        Self {
            key,
            certificates: vec![certificate(key)],
            algorithm: -8,
            padding: 16,
        }
    }

    /// A `COSE_Sign1` over these bytes, which it does not hold (RFC 9052, section 4.2).
    fn sign(&self, claim: &[u8]) -> Vec<u8> {
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
        let path = |end: &str| root().join(format!("samples/trust/{}.{end}", self.key));
        let read = |end: &str| std::fs::read(path(end)).unwrap();
        let signer =
            create_signer::from_keys(&read("pem"), &read("key"), SigningAlg::Ed25519, None);
        let signature = signer.unwrap().sign(&signed.encode()).unwrap();
        let message = Cbor::Array(vec![
            protected,
            Cbor::map([("pad", Cbor::Bytes(vec![0; self.padding]))]),
            Cbor::Raw(vec![0xf6]),
            Cbor::Bytes(signature),
        ]);
        [vec![0xd2], message.encode()].concat()
    }
}

/// The certificate of a signer in `samples/trust`, in DER.
pub(crate) fn certificate(name: &str) -> Vec<u8> {
    use base64::Engine as _;
    let pem = std::fs::read_to_string(root().join(format!("samples/trust/{name}.pem"))).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap()
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

/// A picture that a store is put into.
pub(crate) enum Carrier {
    Jpeg(Vec<u8>),
    Png(Vec<u8>),
}

impl Carrier {
    /// Puts the store into the picture that `build` makes from the hard binding.
    pub(crate) fn bound(&self, build: impl Fn(Assertion) -> Vec<u8>) -> Vec<u8> {
        let binding = |length: usize| {
            let exclusion = Cbor::map([
                ("start", Cbor::Wide(self.place() as u32)),
                ("length", Cbor::Wide(length as u32)),
            ]);
            let value = Cbor::map([
                ("exclusions", Cbor::Array(vec![exclusion])),
                ("alg", "sha256".into()),
                ("hash", Cbor::Bytes(Sha256::digest(self.picture()).to_vec())),
                ("name", "jumbf manifest".into()),
                ("pad", Cbor::Bytes(Vec::new())),
            ]);
            Assertion::cbor("c2pa.hash.data", &value)
        };
        let length = self.wrap(&build(binding(0))).len();
        self.with(&build(binding(length)))
    }

    /// The picture with this store in it.
    pub(crate) fn with(&self, store: &[u8]) -> Vec<u8> {
        let (before, after) = self.picture().split_at(self.place());
        [before, &self.wrap(store), after].concat()
    }

    fn picture(&self) -> &[u8] {
        match self {
            Self::Jpeg(bytes) | Self::Png(bytes) => bytes,
        }
    }

    /// Behind the start of the image; behind the header chunk.
    fn place(&self) -> usize {
        match self {
            Self::Jpeg(_) => 2,
            Self::Png(_) => 33,
        }
    }

    fn wrap(&self, store: &[u8]) -> Vec<u8> {
        match self {
            Self::Jpeg(_) => segments(store),
            Self::Png(_) => chunk(store),
        }
    }
}

/// JPEG XT segments (ISO 19566-5, annex D): the header of the box stands again at the start of every later segment.
fn segments(store: &[u8]) -> Vec<u8> {
    let pieces = store.chunks(SEGMENT).zip(1_u32..).map(|(piece, number)| {
        let again = if number > 1 { &store[..8] } else { &[] };
        let content = [b"JP\0\x01".as_slice(), &number.to_be_bytes(), again, piece].concat();
        segment(0xeb, &content)
    });
    pieces.collect::<Vec<_>>().concat()
}

/// A PNG chunk with a manifest store, its checksum right.
fn chunk(store: &[u8]) -> Vec<u8> {
    let checked = [b"caBX", store].concat();
    let mut checksum = flate2::Crc::new();
    checksum.update(&checked);
    let length = u32::try_from(store.len()).unwrap();
    [
        &length.to_be_bytes(),
        checked.as_slice(),
        &checksum.sum().to_be_bytes(),
    ]
    .concat()
}
