//! Who vouches for the time of signing in a claim of version 1. The library believes any time-stamp there, because such
//! claims are older than the lists of time-stamping authorities; the authorities are on those lists all the same.

use std::sync::OnceLock;

use c2pa::crypto::cose::{CertificateTrustPolicy, TrustAnchorType};
use c2pa::crypto::time_stamp::verify_time_stamp;
use c2pa::status_tracker::StatusTracker;

use super::boxes::{self, Found};
use super::trust::{self, FOR_TIME_STAMPS};
use crate::asset::{Cbor, cbor_bytes, cbor_field, read_cbor};
use crate::trust::{TrustKind, TrustSettings};

/// The lists of time-stamping authorities, as the library takes them; made when a file first needs them.
#[derive(Default)]
pub(super) struct Clocks(OnceLock<Option<CertificateTrustPolicy>>);

impl Clocks {
    /// The list, in the library's form, whose authority stamped the signature of the manifest with this label. `store` gives
    /// the bytes of the manifest store.
    pub(super) fn list<'a>(
        &self,
        settings: &TrustSettings,
        store: impl FnOnce() -> &'a [u8],
        manifest: &str,
    ) -> Option<String> {
        let policy = self.0.get_or_init(|| policy(settings)).as_ref()?;
        let store = store();
        let (token, stamped) = stamped(store, &find(store, manifest)?)?;
        let mut log = StatusTracker::default();
        verify_time_stamp(&token, &stamped, policy, &mut log, true).ok()?;
        let mut items = log.logged_items().iter();
        items.find_map(|item| item.trust_list_uri.as_deref().map(str::to_owned))
    }
}

/// Every list for time-stamps; `None` where there is none, or one that the library refuses.
fn policy(settings: &TrustSettings) -> Option<CertificateTrustPolicy> {
    let mut policy = CertificateTrustPolicy::default();
    let lists = settings.lists.iter();
    let mut lists = lists
        .filter(|list| list.kind == TrustKind::TimeStamp)
        .peekable();
    lists.peek()?;
    for list in lists {
        let anchors: String = list.ders().map(trust::pem).collect();
        let name = format!("{FOR_TIME_STAMPS}{}", list.label());
        let kind = TrustAnchorType::TSA;
        policy
            .add_trust_anchors(anchors.as_bytes(), &name, kind, None)
            .ok()?;
    }
    Some(policy)
}

/// The manifest with this label; of two, the later one, as the library has it.
fn find(store: &[u8], wanted: &str) -> Option<Found> {
    boxes::manifests(store)
        .filter(|one| boxes::name(store, one) == Some(wanted))
        .last()
}

/// The time-stamp of a signature, and the bytes that it stamps: a countersignature's structure over the claim (RFC 8152,
/// section 4.5, and C2PA 1.4, section 10.3.2.5). `None` where there is not exactly one: it has to be the one that the
/// library believes.
fn stamped(store: &[u8], manifest: &Found) -> Option<(Vec<u8>, Vec<u8>)> {
    let claim = boxes::cbor(store, manifest, b"c2cl")?;
    let message = match read_cbor(boxes::cbor(store, manifest, b"c2cs")?)? {
        Cbor::Tag(_, message) => *message,
        message => message,
    };
    let parts = message.as_array()?;
    let (protected, unprotected) = (parts.first()?.as_bytes()?, parts.get(1)?);
    let named = |name: &str| name.starts_with("sigTst");
    let headers = unprotected.as_map()?.iter();
    let mut headers = headers.filter(|(key, _)| key.as_text().is_some_and(named));
    let (Some((name, stamp)), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let tokens = cbor_field(stamp, "tstTokens")?.as_array()?;
    let [token] = tokens.as_slice() else {
        return None;
    };
    let token = cbor_field(token, "val")?.as_bytes()?.clone();
    let structure = Cbor::Array(vec![
        Cbor::Text("CounterSignature".to_owned()),
        Cbor::Bytes(protected.clone()),
        Cbor::Bytes(Vec::new()),
        Cbor::Bytes(claim.to_vec()),
    ]);
    (name.as_text() == Some("sigTst")).then(|| Some((token, cbor_bytes(&structure)?)))?
}
