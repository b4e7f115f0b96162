//! Documents, in builds that read them.

use std::io::Cursor;
use std::path::Path;

use c2pa::{Builder, Context, Settings, SigningAlg, create_signer};
use provscan::{Asset, Limits};
use serde_json::json;

use crate::support::{inspector, root};

/// A document of one empty page.
fn page() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    ];
    let mut pdf = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let table = pdf.len();
    pdf += &format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        pdf += &format!("{place:010} 00000 n \n");
    }
    pdf += &format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        places.len() + 1
    );
    pdf.into_bytes()
}

fn signed() -> Vec<u8> {
    let read =
        |name: &str| std::fs::read(root().join(Path::new("samples/trust")).join(name)).unwrap();
    let signer = create_signer::from_keys(
        &read("test-signer.pem"),
        &read("test-signer.key"),
        SigningAlg::Ed25519,
        None,
    )
    .unwrap();
    let settings = json!({
        "version": 1,
        "verify": {"verify_after_sign": false, "remote_manifest_fetch": false, "ocsp_fetch": false},
        "builder": {"thumbnail": {"enabled": false}},
    });
    let settings = Settings::new().with_json(&settings.to_string()).unwrap();
    let context = Context::new()
        .with_settings(settings)
        .unwrap()
        .into_shared();
    let source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let definition = json!({
        "claim_generator_info": [{"name": "Example Writer", "version": "1"}],
        "format": "application/pdf",
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [
            {"action": "c2pa.created", "digitalSourceType": source_type}
        ]}}],
    });
    let mut builder = Builder::from_shared_context(&context)
        .with_definition(definition.to_string())
        .unwrap();
    let mut out = Cursor::new(Vec::new());
    builder
        .sign(
            &*signer,
            "application/pdf",
            &mut Cursor::new(page()),
            &mut out,
        )
        .unwrap();
    out.into_inner()
}

fn codes(bytes: Vec<u8>) -> Vec<&'static str> {
    let asset = Asset::new("a.pdf", bytes, Limits::default());
    let found = inspector(&["content_credentials"]).inspect(&asset);
    assert_eq!(found.media_type, Some("application/pdf"));
    found.evidence.iter().map(|one| one.code.name).collect()
}

#[test]
fn a_signed_document_is_read_and_a_changed_one_is_told() {
    let mut bytes = signed();
    let whole = codes(bytes.clone());
    assert!(
        whole.contains(&"c2pa.trusted") && whole.contains(&"c2pa.ai-generated"),
        "{whole:?}"
    );
    let at = bytes
        .windows(8)
        .position(|eight| eight == b"MediaBox")
        .unwrap();
    bytes[at + 14] = b'9';
    let changed = codes(bytes);
    assert!(changed.contains(&"c2pa.content-altered"), "{changed:?}");
    assert!(!changed.contains(&"c2pa.trusted"), "{changed:?}");
}

#[test]
fn a_document_without_credentials_has_no_evidence() {
    assert!(codes(page()).is_empty());
}
