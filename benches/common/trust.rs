//! The same trust lists three ways: as arguments, for provscan, and for a bare reader.

use std::sync::Arc;

use c2pa::{Context, Reader};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};

use super::{here, shared};

/// What a list is trusted for: the flag, our word for it, and the library's.
const KINDS: [(&str, TrustKind, &str); 3] = [
    ("--trust-anchors", TrustKind::Signer, "manifest"),
    ("--allowed-list", TrustKind::AllowedSigner, "manifest"),
    ("--tsa-anchors", TrustKind::TimeStamp, "tsa"),
];

/// Flags for the root of the samples.
pub(crate) fn samples() -> Vec<String> {
    let roots = here("samples/trust/anchors.pem");
    vec!["--trust-anchors".into(), roots.display().to_string()]
}

/// Flags for the public lists: official signers and time-stamps, interim roots and signers. None on a fresh clone.
pub(crate) fn public() -> Option<Vec<String>> {
    let lists = [
        ("--trust-anchors", "trust/C2PA-TRUST-LIST.pem"),
        ("--trust-anchors", "trust/interim/anchors_ct.pem"),
        ("--allowed-list", "trust/interim/allowed_ct.pem"),
        ("--tsa-anchors", "trust/C2PA-TSA-TRUST-LIST.pem"),
    ];
    let mut flags = Vec::new();
    for (flag, path) in lists {
        flags.extend([flag.to_owned(), shared(path)?.display().to_string()]);
    }
    Some(flags)
}

/// The lists as provscan takes them.
pub(crate) fn settings(flags: &[String]) -> TrustSettings {
    let lists = flags.chunks(2).map(|pair| {
        let kind = KINDS.iter().find(|kind| kind.0 == pair[0]).unwrap().1;
        TrustList::open(pair[1].as_ref(), kind, ListOrigin::User).unwrap()
    });
    TrustSettings {
        lists: lists.collect(),
        ..TrustSettings::default()
    }
}

/// The lists as the library takes them, offline.
pub(crate) fn context(flags: &[String]) -> Arc<Context> {
    let anchors = flags.chunks(2).map(|pair| {
        let pem = std::fs::read_to_string(&pair[1]).unwrap();
        let (_, kind, word) = KINDS.iter().find(|kind| kind.0 == pair[0]).unwrap();
        let field = if *kind == TrustKind::AllowedSigner {
            "allowed_list"
        } else {
            "trust_anchors"
        };
        let mut anchor =
            serde_json::json!({"trust_kind": word, "trust_uri": pair[1], "trust_anchors": ""});
        anchor[field] = pem.into();
        anchor
    });
    let settings = serde_json::json!({
        "version": 1,
        "verify": {"verify_trust": true, "remote_manifest_fetch": false, "ocsp_fetch": false},
        "core": {"decode_identity_assertions": false},
        "trust": {
            "trust_config": "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.5.5.7.3.8\n1.3.6.1.5.5.7.3.9\n1.3.6.1.4.1.311.76.59.1.9\n1.3.6.1.4.1.62558.2.1\n",
            "anchors": anchors.collect::<Vec<_>>(),
        },
    });
    let settings = c2pa::Settings::new()
        .with_json(&settings.to_string())
        .unwrap();
    Context::new()
        .with_settings(settings)
        .unwrap()
        .into_shared()
}

/// What the library makes of a JPEG, and no more.
pub(crate) fn read(context: &Arc<Context>, bytes: &[u8]) -> Option<Reader> {
    let reader = Reader::from_shared_context(context);
    reader
        .with_stream("image/jpeg", std::io::Cursor::new(bytes))
        .ok()
}
