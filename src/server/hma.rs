//! What Meta's Hasher-Matcher-Actioner answers, as far as programs that ask one need it to hash and to look up: each list is
//! a bank under its own name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::slice;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::answered::Answers;
use super::check::{NAMELESS, Sent, sent};
use super::fetched::fetched;
use super::guard::Judging;
use super::matching::fingerprint;
use super::query::Parameters;
use super::refusal::{Refusal, json};
use super::service::{Loaded, Service};
use super::work;
use crate::asset::Asset;
use crate::fingerprints::pdq::PDQ;
use crate::fingerprints::{Fingerprint, FingerprintError, Kind, MD5, compute_all};
use crate::lists::{Damaged, ListKind, Query};
use crate::prints::Prints;
use crate::sources::{self, Hashes, Input, Name};

/// What HMA calls the kinds of hash that it knows.
const NAMES: [(&str, Kind); 2] = [("pdq", PDQ), ("video_md5", MD5)];

/// What `/h/hash` computes, unless `types` says otherwise.
const HASHED: [Kind; 1] = [PDQ];

/// Matches of one bank, as HMA writes them.
#[derive(Serialize)]
struct BankMatch {
    bank_content_id: u64,
    distance: String,
}

/// Matches by bank.
type Banks = BTreeMap<String, Vec<BankMatch>>;

/// `GET /status`
pub(super) async fn status(State(service): State<Arc<Service>>) -> Response {
    match service.loaded().is_some() && !service.is_draining() {
        true => "I-AM-ALIVE\n".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "INDEX-STALE\n").into_response(),
    }
}

/// `GET /h/hash?url=…`: the image at an address, its hashes by type.
pub(super) async fn hash_address(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let address = parameters.get("url");
    let address = address.ok_or_else(|| Refusal::bad("url is required"))?;
    let kinds = types(&parameters)?;
    let sent = fetched(&service, address, None).await?;
    hashed(&service, &loaded, sent, kinds).await
}

/// `POST /h/hash`: an image in a form, its hashes by type.
pub(super) async fn hash(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    request: Request,
) -> Result<Response, Refusal> {
    let kinds = types(&Parameters::of(request.uri())?)?;
    let sent = sent(&service, request).await?;
    hashed(&service, &loaded, sent, kinds).await
}

async fn hashed(
    service: &Service,
    loaded: &Arc<Loaded>,
    sent: Sent,
    kinds: Vec<Kind>,
) -> Result<Response, Refusal> {
    let hashes = hashes(service, loaded, sent, kinds).await?;
    let hex = hashes.iter().map(|one| (name(one.kind()), one.hex()));
    Ok(answer(&hex.collect::<BTreeMap<_, _>>()))
}

/// `GET /m/lookup?signal_type=…&signal=…`, or `?url=…` for the image at an address.
pub(super) async fn look_up(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let kinds = types(&parameters)?;
    if let Some(address) = parameters.get("url") {
        let sent = fetched(&service, address, None).await?;
        return looked_up(&service, &loaded, sent, (kinds, &parameters)).await;
    }
    let required = |name: &str| {
        let message = || Refusal::bad(format!("{name} is required"));
        parameters.get(name).ok_or_else(message)
    };
    let (kind, signal) = (required("signal_type")?, required("signal")?);
    let fingerprint = fingerprint(ours(kind)?, signal).map_err(Refusal::bad)?;
    let only = parameters.get("banks").map(str::to_owned);
    let (banks, answers) = work::look_up(&service, move || {
        let answers = answers(&loaded, slice::from_ref(&fingerprint));
        (banks(&loaded, fingerprint, only.as_deref()), answers)
    })
    .await?;
    let banks = banks.map(|banks| answer(&banks)).map_err(damaged)?;
    Ok(answers.told_by(banks))
}

/// `POST /m/lookup`: an image in a form, matches by type and bank.
pub(super) async fn look_up_file(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    request: Request,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(request.uri())?;
    let kinds = types(&parameters)?;
    let sent = sent(&service, request).await?;
    looked_up(&service, &loaded, sent, (kinds, &parameters)).await
}

/// Matches of an image by type and bank.
async fn looked_up(
    service: &Service,
    loaded: &Arc<Loaded>,
    sent: Sent,
    (kinds, parameters): (Vec<Kind>, &Parameters),
) -> Result<Response, Refusal> {
    let only = parameters.get("banks").map(str::to_owned);
    let hashes = hashes(service, loaded, sent, kinds).await?;
    let loaded = Arc::clone(loaded);
    let look_up = move || {
        let answers = answers(&loaded, &hashes);
        let each = hashes.into_iter().map(|one| {
            let name = name(one.kind());
            Ok((name, banks(&loaded, one, only.as_deref())?))
        });
        let banks = each.collect::<Result<BTreeMap<_, _>, Damaged>>();
        (banks, answers)
    };
    let (banks, answers) = work::look_up(service, look_up).await?;
    let banks = banks.map(|banks| answer(&banks)).map_err(damaged)?;
    Ok(answers.told_by(banks))
}

/// What an audit log is told of a look-up: the verdict that it comes to. Banks have none, so it is not asked for elsewhere.
fn answers(loaded: &Loaded, hashes: &[Fingerprint]) -> Answers {
    let inspection = loaded.auditor.as_ref().map(|_| {
        let prints = Prints::of_hashes(hashes.to_vec());
        let faults = Vec::new();
        loaded.inspector.inspect_hashes(Hashes { prints, faults })
    });
    let name = Name::new(NAMELESS);
    Answers::of(
        loaded,
        inspection.iter().map(|inspection| (&name, inspection)),
    )
}

/// What the lists have within the distance at which they match, each a bank. As in records, what a list of harmless images
/// has, too, is left out.
fn banks(loaded: &Loaded, fingerprint: Fingerprint, only: Option<&str>) -> Result<Banks, Damaged> {
    let kind = fingerprint.kind();
    let query = [Query::new(fingerprint)];
    let mut banks = Banks::new();
    for one in &loaded.lists {
        let list = &one.list;
        if !list.kinds().any(|(held, _)| held == kind) {
            continue;
        }
        let found = list.find(kind, &query)?;
        if list.kind() == ListKind::Allow && !found.is_empty() {
            return Ok(Banks::new());
        }
        let wanted = only.is_none_or(|only| only.split(',').any(|name| name == list.name()));
        if list.kind() == ListKind::Allow || found.is_empty() || !wanted {
            continue;
        }
        let matches = found.iter().map(|one| BankMatch {
            // Numbers of entries begin with 1; an entry of a filter has none.
            bank_content_id: one.number.wrapping_add(1),
            distance: one.distance.to_string(),
        });
        match banks.entry(list.name().to_owned()) {
            Entry::Vacant(place) => drop(place.insert(matches.collect())),
            Entry::Occupied(place) => place.into_mut().extend(matches),
        }
    }
    Ok(banks)
}

/// Hashes of an image.
async fn hashes(
    service: &Service,
    loaded: &Arc<Loaded>,
    sent: Sent,
    kinds: Vec<Kind>,
) -> Result<Vec<Fingerprint>, Refusal> {
    let limits = loaded.limits.clone();
    let hashing = work::inspect_with(service, move || {
        let _room = sent.room;
        let asset = sources::open(Input::memory(&sent.name, sent.bytes), &limits)
            .map_err(|fault| Refusal::bad(fault.message))?;
        computed(&asset, &kinds)
    });
    hashing.await?
}

fn computed(asset: &Asset, kinds: &[Kind]) -> Result<Vec<Fingerprint>, Refusal> {
    let all = compute_all(asset, kinds).into_iter();
    let all = all.filter(|one| !matches!(one, Err(FingerprintError::Unfit(_))));
    all.map(|one| one.map_err(|error| Refusal::bad(error.to_string())))
        .collect()
}

/// The kinds that `types` names.
fn types(parameters: &Parameters) -> Result<Vec<Kind>, Refusal> {
    let Some(types) = parameters.get("types") else {
        return Ok(HASHED.to_vec());
    };
    let kinds = types.split(',').map(|name| {
        let kind = ours(name.trim())?.parse::<Kind>();
        let kind = kind.ok().filter(|kind| kind.computed());
        kind.ok_or_else(unknown)
    });
    kinds.collect()
}

/// Our name of a type.
fn ours(name: &str) -> Result<&str, Refusal> {
    match name {
        "video_md5" => Ok("md5"),
        name if name.parse::<Kind>().is_ok() => Ok(name),
        _ => Err(unknown()),
    }
}

fn unknown() -> Refusal {
    Refusal::bad("no such signal type")
}

/// HMA's name of a kind, or ours where it has none.
fn name(kind: Kind) -> String {
    let named = NAMES.iter().find(|(_, known)| *known == kind);
    named.map_or_else(|| kind.to_string(), |(name, _)| (*name).to_owned())
}

fn damaged(damaged: Damaged) -> Refusal {
    Refusal::broken(format!("a list could not be searched: {damaged}"))
}

fn answer(record: &impl Serialize) -> Response {
    json(serde_json::to_vec(record).unwrap_or_default())
}
