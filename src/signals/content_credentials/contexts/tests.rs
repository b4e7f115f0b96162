use std::fs;
use std::path::Path;

use serde_json::Value;

use super::*;
use crate::asset::{Limits, Sidecar};
use crate::signals::content_credentials::validate;
use crate::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};

mod choice;
mod sameness;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

fn list(path: &str, kind: TrustKind) -> TrustList {
    TrustList::read(path, kind, ListOrigin::User, &fs::read(path).unwrap()).unwrap()
}

/// What is asked with these lists.
fn with(lists: Vec<TrustList>) -> Contexts {
    let settings = TrustSettings {
        lists,
        ..TrustSettings::default()
    };
    Contexts::new(crate::signals::content_credentials::trust::material(
        &settings,
    ))
    .unwrap()
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
fn said(
    context: &Arc<Context>,
    asset: &Asset,
    place: Place<'_>,
) -> Result<(Value, String), String> {
    let reader = validate(context, asset, place).map_err(|error| error.to_string())?;
    let json = serde_json::from_str(&reader.json()).unwrap();
    Ok((json, format!("{:?}", reader.validation_state())))
}

/// Compares what is said with the chosen context and with all lists; tells whether a signer was trusted.
fn says_the_same(contexts: &Contexts, asset: &Asset, name: &str) -> bool {
    let mut places = vec![Place::InFile];
    places.extend(asset.sidecar().map(|sidecar| Place::Apart(&sidecar.bytes)));
    if asset.format() == Some(Format::C2pa) {
        places = vec![Place::WholeFile];
    }
    places.into_iter().any(|place| {
        let chosen = said(&contexts.of(asset, place), asset, place);
        let full = said(&contexts.full, asset, place);
        assert_eq!(chosen, full, "{name}");
        chosen.is_ok_and(|(json, _)| json.to_string().contains("signingCredential.trusted"))
    })
}
