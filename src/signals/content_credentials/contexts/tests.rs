use std::fs;
use std::path::Path;

use serde_json::Value;

use super::*;
use crate::asset::{Limits, Sidecar};
use crate::signals::content_credentials::read;
use crate::signals::content_credentials::trust::{TrustKind, TrustList};

mod choice;
mod sameness;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

fn list(path: &str, kind: TrustKind) -> TrustList {
    TrustList {
        name: path.to_owned(),
        kind,
        pem: fs::read_to_string(path).unwrap(),
    }
}

fn asset(path: &Path) -> Asset {
    let sidecar = fs::read(path.with_extension("c2pa")).ok();
    Asset::new("a", fs::read(path).unwrap(), Limits::default()).with_sidecar(sidecar.map(|bytes| {
        Sidecar {
            name: "a.c2pa".to_owned(),
            bytes: bytes.into(),
        }
    }))
}

/// Everything that the library says.
fn said(context: &Arc<Context>, asset: &Asset, source: &Source) -> Result<(Value, String), String> {
    let reader = read(context, asset, source).map_err(|error| error.to_string())?;
    let json = serde_json::from_str(&reader.json()).unwrap();
    Ok((json, format!("{:?}", reader.validation_state())))
}

/// Compares what is said with the chosen context and with all lists; tells whether a signer was trusted.
fn says_the_same(contexts: &Contexts, asset: &Asset, name: &str) -> bool {
    let mut sources = vec![Source::Embedded];
    if asset.sidecar().is_some() {
        sources.push(Source::Sidecar("a.c2pa".to_owned()));
    }
    if asset.format() == Some(Format::C2pa) {
        sources = vec![Source::Alone];
    }
    sources.iter().any(|source| {
        let chosen = said(&contexts.of(asset, source), asset, source);
        assert_eq!(
            chosen,
            said(&contexts.full, asset, source),
            "{name}, {source:?}"
        );
        chosen.is_ok_and(|(json, _)| json.to_string().contains("signingCredential.trusted"))
    })
}
