//! Content credentials: C2PA manifests, embedded or beside the image. What they prove, who signed them, and what they say
//! of the image's origin.

mod assertions;
mod binding;
mod boxes;
mod checked;
mod clock;
mod codes;
mod contexts;
mod contradictions;
mod cost;
mod currency;
mod failed;
mod findings;
mod history;
mod identity;
mod links;
mod mentions;
mod origin;
mod places;
mod read;
mod redacted;
mod riff;
mod rights;
mod rubric;
mod signer;
mod state;
mod status;
mod store;
mod trust;
mod unbound;
mod validate;

use std::cell::OnceCell;
use std::sync::Arc;

use c2pa::Error;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format};
use crate::error::{Fault, FaultKind, SetupError};
use crate::evidence::{Evidence, Strength};
use crate::remote::Remote;
use crate::settings::Settings;
use binding::Binding;
use clock::Clocks;
use contexts::Contexts;
use failed::{failed, refused, unreadable};
use findings::Wanted;
use identity::Identities;
use status::Concern;
use store::{Source, Store};
use validate::{Place, validate};

pub use signer::{SignerReport, signer};

pub use crate::trust::{TrustKind, TrustList, TrustSettings};

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "content_credentials",
    about: "C2PA manifests: whether they are intact, who signed them, what they say of the image's origin",
    codes: codes::ALL,
    idle: None,
    load: |settings| {
        let signal = ContentCredentials::new(settings)?;
        Ok(Some(Box::new(signal) as Box<dyn Signal>))
    },
};

/// Most bytes of a manifest store that is fetched.
const MAX_FETCHED: u64 = 32 << 20;

/// The signal: validation contexts, shared by all threads.
struct ContentCredentials {
    contexts: Contexts,
    trust: TrustSettings,
    clocks: Clocks,
    identities: Identities,
    /// Fetches manifests that are stored elsewhere, where that is asked for.
    remote: Option<Arc<dyn Remote>>,
    wanted: Wanted,
}

impl ContentCredentials {
    fn new(settings: &Settings) -> Result<Self, SetupError> {
        Ok(Self {
            contexts: Contexts::new(trust::material(&settings.trust))?,
            trust: settings.trust.clone(),
            clocks: Clocks::default(),
            identities: Identities::default(),
            remote: settings.remote.clone(),
            wanted: Wanted {
                lists_loaded: settings.trust.has_signer_lists(),
                history: settings.history,
            },
        })
    }

    /// What the store at this place says.
    fn read(&self, asset: &Asset, place: Place<'_>, source: Source) -> Result<Outcome, Error> {
        if let Some(reason) = cost::refusal(asset, place) {
            return Ok(refused(reason));
        }
        let (store, binding) = self.store(asset, place, source)?;
        let mut evidence = findings::evidence(asset, &store, &binding, self.wanted);
        evidence.extend(self.identities.evidence(asset, &store, |context| {
            validate(context, asset, place).ok()
        }));
        Ok(Outcome::from_evidence(evidence))
    }

    /// The store at this place, validated, and how it is bound to the file.
    fn store(
        &self,
        asset: &Asset,
        place: Place<'_>,
        source: Source,
    ) -> Result<(Store, Binding), Error> {
        let reader = validate(&self.contexts.of(asset, place), asset, place)?;
        let mut store = read::store(asset, &reader, source);
        let read = OnceCell::new();
        let bytes = || {
            read.get_or_init(|| cost::embedded(asset).unwrap_or_default())
                .as_slice()
        };
        self.settle_trust(&mut store);
        self.settle_time(&mut store, bytes);
        let binding = Binding::of(asset, &store);
        binding.correct(&mut store);
        links::correct(&reader, &mut store, bytes);
        Ok((store, binding))
    }

    /// Which list the signer is on, where the library leaves it open or takes a list that is not for signers.
    fn settle_trust(&self, store: &mut Store) {
        if store.trusted_by.as_deref() == Some("") {
            let chain = store.active().map_or("", |active| &active.certificates);
            match trust::allowed_by(&self.trust, chain) {
                Some(list) => store.trusted_by = Some(list),
                None => store.distrust(),
            }
        }
        // Lists for signers are tried before those for time-stamps: none of them has this signer.
        let list = store.trusted_by.as_deref();
        if list.is_some_and(trust::is_for_time_stamps) {
            store.distrust();
        }
        let out_of_force = store.has(Concern::Expired) || store.has(Concern::Revoked);
        if store.trusted_by.is_none() && out_of_force {
            let chain = store.active().map_or("", |active| &active.certificates);
            store.listed_while_in_force = trust::list_while_in_force(&self.trust, chain);
        }
    }

    /// Who vouches for the time of signing, where the library does not ask. `bytes` gives those of the manifest store.
    fn settle_time<'a>(&self, store: &mut Store, bytes: impl FnOnce() -> &'a [u8]) {
        let Some(active) = store.active().filter(|active| active.signed_at.is_some()) else {
            return;
        };
        // It matters where the signer is trusted, and only there.
        let unasked = store.time_trusted_by.is_none() && store.trusted_by.is_some();
        if unasked && store.source == Source::Embedded {
            store.time_trusted_by = self.clocks.list(&self.trust, bytes, &active.label);
        }
        if let (None, Some(active)) = (&store.time_trusted_by, store.active()) {
            store.rests_on_an_unlisted_clock = trust::has_expired(&active.certificates);
        }
    }

    /// There is nothing in the file itself: what lies beside it, or at the address that it names.
    fn outside(&self, asset: &Asset, url: Option<String>) -> Outcome {
        if let Some(sidecar) = asset.sidecar() {
            let source = Source::Sidecar(sidecar.name.clone());
            return self
                .read(asset, Place::Apart(&sidecar.bytes), source)
                .unwrap_or_else(|error| {
                    Outcome::Found(vec![unreadable(&error).with("from", sidecar.name.as_str())])
                });
        }
        match (url.or_else(|| places::address(asset)), &self.remote) {
            (None, _) => Outcome::Nothing,
            (Some(url), None) => Outcome::Found(vec![elsewhere(&url)]),
            (Some(url), Some(remote)) => self.fetched(asset, &url, remote.as_ref()),
        }
    }

    /// The store at the address that the file names. What keeps it from being fetched is a fault: the caller asked for it.
    fn fetched(&self, asset: &Asset, url: &str, remote: &dyn Remote) -> Outcome {
        let store = match remote.fetch(url, MAX_FETCHED) {
            Ok(store) => store,
            Err(error) => {
                let fault = Fault::new(FaultKind::Unreadable, error.to_string());
                return Outcome::Failed(vec![elsewhere(url)], fault);
            }
        };
        self.read(asset, Place::Apart(&store), Source::Remote(url.to_owned()))
            .unwrap_or_else(|error| Outcome::Found(vec![unreadable(&error).with("from", url)]))
    }
}

impl Signal for ContentCredentials {
    fn examine(&self, asset: &Asset) -> Outcome {
        let (place, source) = match asset.format() {
            Some(format) if !format.holds_credentials() && asset.sidecar().is_none() => {
                return Outcome::NotApplicable("this format holds no content credentials");
            }
            Some(Format::C2pa) => (Place::WholeFile, Source::Alone),
            _ => (Place::InFile, Source::Embedded),
        };
        if asset.sidecar().is_none() && asset.format().is_some_and(|format| !format.is_read()) {
            return Outcome::NotApplicable("this build does not read PDF (feature pdf)");
        }
        if let Some(fault) = places::too_long(asset) {
            return Outcome::Failed(Vec::new(), fault);
        }
        if places::cannot_hold_a_manifest(asset) {
            return self.outside(asset, None);
        }
        match self.read(asset, place, source) {
            Ok(outcome) => outcome,
            // Other things than manifests come as JUMBF too; what calls itself a manifest must not be passed over.
            Err(Error::JumbfNotFound | Error::ProvenanceMissing)
                if !places::has_manifest(asset) =>
            {
                self.outside(asset, None)
            }
            Err(Error::RemoteManifestUrl(url)) => self.outside(asset, Some(url)),
            Err(Error::UnsupportedType) if asset.sidecar().is_some() => self.outside(asset, None),
            Err(error) => failed(asset, &error),
        }
    }
}

/// Evidence that the credentials are stored elsewhere.
fn elsewhere(url: &str) -> Evidence {
    Evidence::new(&codes::REMOTE_ONLY, Strength::Declared).with("url", url)
}
