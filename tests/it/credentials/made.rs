//! Images that the c2pa library signs for a test, as honest tools sign them, and what is said of them.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use c2pa::{
    BoxedSigner, Builder, BuilderIntent, Context, HashRange, Settings, SigningAlg, create_signer,
};
use provscan::evidence::Strength;
use provscan::{Asset, Inspection, Limits};
use serde_json::{Value, json};

use crate::support::{Sample, inspector, root};

/// Where a JPEG of the samples, which begins with a marker and a JFIF segment, takes its manifest.
pub(super) const BEHIND_JFIF: usize = 20;

/// Where a PNG takes its manifest: behind its header.
const BEHIND_HEADER: usize = 33;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(root().join(Path::new("samples/trust")).join(name)).unwrap()
}

fn signer() -> BoxedSigner {
    let (certificate, key) = (read("test-signer.pem"), read("test-signer.key"));
    create_signer::from_keys(&certificate, &key, SigningAlg::Ed25519, None).unwrap()
}

/// The address of a kind of source.
pub(super) fn source(kind: &str) -> String {
    format!("http://cv.iptc.org/newscodes/digitalsourcetype/{kind}")
}

/// An action that gives a source.
pub(super) fn action(name: &str, kind: &str) -> Value {
    json!({"action": name, "digitalSourceType": source(kind)})
}

/// An action on the ingredient of this relationship.
pub(super) fn on(name: &str, relationship: &str) -> Value {
    json!({"action": name, "parameters": {"ingredientIds": [relationship]}})
}

/// Its signer saw the image come into being as this kind.
pub(super) fn created(kind: &str) -> Vec<Value> {
    vec![action("c2pa.created", kind)]
}

/// Its signer opened its parent.
pub(super) fn opened() -> Vec<Value> {
    vec![on("c2pa.opened", "parentOf")]
}

/// Its signer opened its parent and placed another image into it.
pub(super) fn composed() -> Vec<Value> {
    vec![
        on("c2pa.opened", "parentOf"),
        on("c2pa.placed", "componentOf"),
    ]
}

/// A statement of the signer's own.
pub(super) fn assertion(label: &str, data: Value) -> Value {
    json!({"label": label, "created": true, "data": data})
}

/// Signed metadata that gives a source; `created` tells what the signer saw from what it was only given.
pub(super) fn metadata(kind: &str, created: bool) -> Value {
    json!({
        "label": "stds.iptc", "created": created, "kind": "Json",
        "data": {
            "@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
            "Iptc4xmpExt:DigitalSourceType": source(kind),
        },
    })
}

/// A picture without any credentials.
pub(super) fn picture() -> Vec<u8> {
    Sample::open("plain/drawing.jpg").bytes
}

/// A manifest in the making, to be signed by the trusted test signer.
pub(super) struct Maker(Builder);

impl Maker {
    pub(super) fn new(actions: &[Value], assertions: &[Value]) -> Self {
        Self::with(actions, assertions, json!({}), false)
    }

    /// One that is written in the compressed form.
    pub(super) fn compressed(actions: &[Value]) -> Self {
        Self::with(actions, &[], json!({}), true)
    }

    /// One that takes this assertion out of the manifest of its parent.
    pub(super) fn redacting(uri: &str) -> Self {
        let redacted = json!({
            "action": "c2pa.redacted", "reason": "c2pa.PII.present",
            "parameters": {"redacted": uri},
        });
        Self::with(&[redacted], &[], json!({"redactions": [uri]}), false)
    }

    fn with(actions: &[Value], assertions: &[Value], mut more: Value, compressed: bool) -> Self {
        let settings = json!({
            "version": 1,
            "core": {"prefer_compress_manifests": compressed},
            "verify": {
                "verify_trust": true, "verify_after_sign": false,
                "remote_manifest_fetch": false, "ocsp_fetch": false,
            },
            "builder": {"thumbnail": {"enabled": false}},
            "trust": {
                "trust_config": "1.3.6.1.5.5.7.3.4\n1.3.6.1.4.1.62558.2.1\n",
                "anchors": [{
                    "trust_kind": "manifest",
                    "trust_uri": "https://example.com/provscan-test-root",
                    "trust_anchors": String::from_utf8(read("anchors.pem")).unwrap(),
                }],
            },
        });
        let settings = Settings::new().with_json(&settings.to_string()).unwrap();
        let context: Arc<Context> = Context::new()
            .with_settings(settings)
            .unwrap()
            .with_signer(signer())
            .into_shared();
        let own =
            json!({"label": "c2pa.actions.v2", "created": true, "data": {"actions": actions}});
        let all: Vec<&Value> = std::iter::once(&own).chain(assertions).collect();
        more["claim_generator_info"] = json!([{"name": "Example Tool", "version": "1"}]);
        more["assertions"] = json!(all);
        let builder = Builder::from_shared_context(&context);
        Self(builder.with_definition(more.to_string()).unwrap())
    }

    /// As an update manifest, which leaves the image as it is.
    pub(super) fn update(mut self) -> Self {
        self.0.set_intent(BuilderIntent::Update);
        self
    }

    /// As a new state of the image that is signed.
    pub(super) fn edit(mut self) -> Self {
        self.0.set_intent(BuilderIntent::Edit);
        self
    }

    /// With an ingredient, which actions name by its relationship.
    pub(super) fn uses(self, relationship: &str, image: &[u8]) -> Self {
        self.uses_as(relationship, image, json!({}))
    }

    /// With an ingredient of which its own assertion says more.
    pub(super) fn uses_as(mut self, relationship: &str, image: &[u8], mut more: Value) -> Self {
        for key in ["title", "relationship", "label"] {
            more[key] = json!(relationship);
        }
        let mut image = Cursor::new(image);
        self.0
            .add_ingredient_from_stream(more.to_string(), "image/jpeg", &mut image)
            .unwrap();
        self
    }

    pub(super) fn sign(self, image: &[u8]) -> Vec<u8> {
        self.sign_as("image/jpeg", image)
    }

    pub(super) fn sign_as(mut self, format: &str, image: &[u8]) -> Vec<u8> {
        let (mut image, mut out) = (Cursor::new(image), Cursor::new(Vec::new()));
        self.0
            .sign(&*signer(), format, &mut image, &mut out)
            .unwrap();
        out.into_inner()
    }

    /// Binds an image but for its manifest and these ranges, which are places in the image without the manifest.
    pub(super) fn bind(mut self, image: &[u8], left_out: &[(usize, usize)]) -> Bound {
        let (format, place) = match image.starts_with(b"\x89PNG") {
            true => ("image/png", BEHIND_HEADER),
            false => ("image/jpeg", BEHIND_JFIF),
        };
        let manifest = self.0.placeholder(format).unwrap();
        let behind = |&(start, length): &(usize, usize)| (start + manifest.len(), length);
        let ranges = std::iter::once((place, manifest.len())).chain(left_out.iter().map(behind));
        let ranges = ranges.map(|(start, length)| HashRange::new(start as u64, length as u64));
        self.0.set_data_hash_exclusions(ranges.collect()).unwrap();
        let mut bound = Bound { place, manifest };
        let mut whole = Cursor::new(bound.within(image));
        self.0.update_hash_from_stream(format, &mut whole).unwrap();
        let signed = self.0.sign_embeddable(format).unwrap();
        assert_eq!(signed.len(), bound.manifest.len());
        bound.manifest = signed;
        bound
    }
}

/// A manifest in the form in which a file carries it.
pub(super) struct Bound {
    place: usize,
    manifest: Vec<u8>,
}

impl Bound {
    /// An image that carries it: the one that it binds, or any.
    pub(super) fn within(&self, image: &[u8]) -> Vec<u8> {
        let (head, rest) = image.split_at(self.place);
        [head, &self.manifest, rest].concat()
    }
}

pub(super) fn look(image: Vec<u8>) -> Inspection {
    let asset = Asset::new("made", image, Limits::default());
    let found = inspector(&["content_credentials"]).inspect(&asset);
    assert!(found.faults.is_empty(), "{:?}", found.faults);
    found
}

/// What is said, in order: each code with its strength. The summary of all statements is left out: no statement of its own.
pub(super) fn said(found: &Inspection) -> Vec<String> {
    let statements = found
        .evidence
        .iter()
        .filter(|one| one.code.name != "c2pa.asset-signals");
    statements
        .map(|one| {
            format!(
                "{} {}",
                one.code.name.trim_start_matches("c2pa."),
                one.strength
            )
        })
        .collect()
}

/// An image that was made for a test, what is to be said of it, and the verdict.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) image: Vec<u8>,
    pub(super) said: &'static [&'static str],
    pub(super) verdict: &'static str,
}

/// Every case whose answer is another one fails, all of them at once.
pub(super) fn check(cases: Vec<Case>) {
    let wrong: Vec<String> = cases
        .into_iter()
        .filter_map(|case| {
            let found = look(case.image);
            let (said, verdict) = (said(&found), found.verdict.finding.as_str());
            (said != case.said || verdict != case.verdict)
                .then(|| format!("{}: {verdict}, {said:?}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// That no evidence at all is proven.
pub(super) fn proves_nothing(found: &Inspection) -> bool {
    let mut evidence = found.evidence.iter();
    evidence.all(|one| one.strength != Strength::Proven)
}
