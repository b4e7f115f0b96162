//! Who signed an image's own manifest: the chain of certificates, the list that it hangs on, or why it hangs on none.

use super::failed::plain;
use super::status::Concern;
use super::store::{Source, Store};
use super::validate::Place;
use super::{ContentCredentials, cost, places, trust};
use crate::asset::{Asset, Format};
use crate::error::SetupError;
use crate::settings::Settings;
use crate::trust::Certificate;

/// What is known of the signer of the image's own manifest.
#[derive(Debug)]
pub struct SignerReport {
    /// The signing certificate and, in order, those that issued it, as far as they stand in the manifest.
    pub chain: Vec<Certificate>,
    /// The list that the chain hangs on (`c2pa`, `interim`, `user: NAME`).
    pub list: Option<String>,
    /// Why it hangs on none, or what is wrong with the certificate or the signature; plain words.
    pub against: Vec<String>,
    /// The time of signing, RFC 3339, if there is a time-stamp.
    pub signed_at: Option<String>,
    /// The list that vouches for that time.
    pub time_list: Option<String>,
}

/// Looks at the signer of the manifest in this asset, or beside it. `None` where there is no manifest.
///
/// # Errors
/// The trust lists are refused, or the manifest cannot be read.
pub fn signer(asset: &Asset, settings: &Settings) -> Result<Option<SignerReport>, SetupError> {
    let signal = ContentCredentials::new(settings)?;
    let (place, source) = match (asset.format(), asset.sidecar()) {
        (Some(Format::C2pa), _) => (Place::WholeFile, Source::Alone),
        (_, Some(sidecar)) if !places::has_manifest(asset) => (
            Place::Apart(&sidecar.bytes),
            Source::Sidecar(sidecar.name.clone()),
        ),
        _ if places::cannot_hold_a_manifest(asset) => return Ok(None),
        _ => (Place::InFile, Source::Embedded),
    };
    let refused = |message: String| SetupError::File {
        name: asset.name().to_owned(),
        message,
    };
    if let Some(reason) = cost::refusal(asset, place) {
        return Err(refused(reason));
    }
    match signal.store(asset, place, source) {
        Ok((store, _)) => Ok(Some(report(&store, settings))),
        Err(c2pa::Error::JumbfNotFound | c2pa::Error::RemoteManifestUrl(_)) => Ok(None),
        Err(error) => Err(refused(format!(
            "its manifest cannot be read: {}",
            plain(&error)
        ))),
    }
}

fn report(store: &Store, settings: &Settings) -> SignerReport {
    let chain = store
        .active()
        .map_or_else(Vec::new, |active| trust::certificates(&active.certificates));
    let trusted = store
        .trusted_by
        .as_deref()
        .filter(|_| !store.has(Concern::Untrusted));
    let list = trusted.map(|list| trust::name(list).to_owned());
    let mut against = Vec::new();
    match (&list, &store.listed_while_in_force) {
        (Some(_), _) => {}
        (None, Some(list)) => against.push(format!(
            "it led to the list {} while its certificate was in force",
            trust::name(list)
        )),
        (None, None) => against.push(why_on_no_list(&chain, settings)),
    }
    let concerns = [
        Concern::Revoked,
        Concern::BadCertificate,
        Concern::Expired,
        Concern::ContentAltered,
        Concern::ManifestAltered,
        Concern::Malformed,
        Concern::Unchecked,
    ];
    for failure in &store.failures {
        if concerns.contains(&failure.concern) && !failure.in_ingredient {
            let said = failure.explanation.as_deref().unwrap_or_default();
            against.push(format!("{} {said}", failure.code).trim_end().to_owned());
        }
    }
    SignerReport {
        chain,
        list,
        against,
        signed_at: store.active().and_then(|active| active.signed_at.clone()),
        time_list: store
            .time_trusted_by
            .as_deref()
            .map(|list| trust::name(list).to_owned()),
    }
}

/// Where the chain ends, and that nobody there is on a list.
fn why_on_no_list(chain: &[Certificate], settings: &Settings) -> String {
    if !settings.trust.has_signer_lists() {
        return "no trust list is installed, or none was to be used".to_owned();
    }
    let Some(last) = chain.last() else {
        return "the manifest holds no certificate that can be read".to_owned();
    };
    let named: Vec<&str> = [last.subject(), last.issuer()].to_vec();
    let known = settings
        .trust
        .lists
        .iter()
        .flat_map(|list| list.ders())
        .filter_map(|der| Certificate::parse(der.to_vec()).ok())
        .any(|anchor| named.contains(&anchor.subject()));
    match known {
        true => format!(
            "it leads to {}, and one of that name is on a list, but the chain does not hold: a signature in it, its dates or its key usages do not fit",
            last.issuer()
        ),
        false => format!("it leads to {}, who is on none of the lists", last.issuer()),
    }
}
