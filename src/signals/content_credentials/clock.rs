//! Who vouches for the time of signing in a claim of version 1. The library believes any time-stamp there, because such
//! claims are older than the lists of time-stamping authorities; the authorities are on those lists all the same.

use std::sync::OnceLock;

use c2pa::crypto::cose::{CertificateTrustPolicy, TrustAnchorType};
use c2pa::crypto::time_stamp::verify_time_stamp;
use c2pa::status_tracker::StatusTracker;

use super::boxes::{Found, label, next_box};
use super::redacted::content;
use super::trust::{self, FOR_TIME_STAMPS};
use crate::asset::{Cbor, cbor_bytes, cbor_field, read_cbor};
use crate::trust::{TrustKind, TrustSettings};

/// Most time-stamps that are looked at; the standard allows one.
const MAX_TOKENS: usize = 4;

/// The lists of time-stamping authorities, as the library takes them; made when a file first needs them.
#[derive(Default)]
pub(super) struct Clocks(OnceLock<Option<CertificateTrustPolicy>>);

impl Clocks {
    /// The list, in the library's form, whose authority stamped the signature of the manifest with this label. `store` gives
    /// the bytes of the manifest store.
    pub(super) fn list(
        &self,
        settings: &TrustSettings,
        store: impl FnOnce() -> Option<Vec<u8>>,
        manifest: &str,
    ) -> Option<String> {
        let policy = self.0.get_or_init(|| policy(settings)).as_ref()?;
        let store = store()?;
        let (tokens, stamped) = stamped(&store, &find(&store, manifest)?)?;
        tokens.iter().find_map(|token| {
            let mut log = StatusTracker::default();
            verify_time_stamp(token, &stamped, policy, &mut log, true).ok()?;
            let mut items = log.logged_items().iter();
            items.find_map(|item| item.trust_list_uri.as_deref().map(str::to_owned))
        })
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
    let mut level = next_box(store, &mut (0..store.len()))?.content;
    std::iter::from_fn(|| next_box(store, &mut level))
        .filter(|one| label(store, one).split(|byte| *byte == 0).next() == Some(wanted.as_bytes()))
        .last()
}

/// The time-stamps of a signature, and the bytes that they stamp: a countersignature's structure over the claim (RFC 8152,
/// section 4.5, and C2PA 1.4, section 10.3.2.5).
fn stamped(store: &[u8], manifest: &Found) -> Option<(Vec<Vec<u8>>, Vec<u8>)> {
    let claim = content(store, manifest, b"c2pa.claim")?;
    let message = match read_cbor(content(store, manifest, b"c2pa.signature")?)? {
        Cbor::Tag(_, message) => *message,
        message => message,
    };
    let parts = message.as_array()?;
    let (protected, unprotected) = (parts.first()?.as_bytes()?, parts.get(1)?);
    let tokens = cbor_field(cbor_field(unprotected, "sigTst")?, "tstTokens")?.as_array()?;
    let tokens: Vec<Vec<u8>> = tokens
        .iter()
        .take(MAX_TOKENS)
        .filter_map(|token| cbor_field(token, "val")?.as_bytes().cloned())
        .collect();
    let structure = Cbor::Array(vec![
        Cbor::Text("CounterSignature".to_owned()),
        Cbor::Bytes(protected.clone()),
        Cbor::Bytes(Vec::new()),
        Cbor::Bytes(claim.to_vec()),
    ]);
    Some((tokens, cbor_bytes(&structure)?))
}
