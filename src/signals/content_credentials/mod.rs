//! Content credentials: C2PA manifests, embedded or beside the image. What they prove, who signed them, and what they say
//! of the image's origin.

mod assertions;
mod binding;
mod checked;
mod codes;
mod contexts;
mod contradictions;
mod currency;
mod findings;
mod history;
mod identity;
mod mentions;
mod origin;
mod read;
mod rights;
mod rubric;
mod state;
mod status;
mod store;
mod trust;

use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use c2pa::{Context, Error, Reader};

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Block, BlockKind, Format, ProblemKind, Stream};
use crate::error::{Fault, FaultKind, SetupError};
use crate::evidence::{Evidence, Strength};
use crate::settings::Settings;
use binding::Binding;
use contexts::Contexts;
use findings::Wanted;
use identity::Identities;
use store::Source;

pub use crate::trust::{TrustKind, TrustList, TrustSettings};

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "content_credentials",
    about: "C2PA manifests: whether they are intact, who signed them, what they say of the image's origin",
    codes: codes::ALL,
    load: |settings| {
        let signal = ContentCredentials::new(settings)?;
        Ok(Some(Box::new(signal) as Box<dyn Signal>))
    },
};

/// Dublin Core terms: `provenance` holds the address of a manifest that is stored elsewhere.
const DCTERMS: &str = "http://purl.org/dc/terms/";

/// Work that reading a manifest may cause, in bytes read for each byte of the file, plus a fixed allowance.
const READ_FACTOR: u64 = 16;
const READ_ALLOWANCE: u64 = 64 << 20;

/// Calls in which the library may read video or sound. It keeps a record of every box, each read by itself, so this bounds
/// its memory, too; three hours in fragments of one second take about half of them.
const READ_CALLS: u64 = 4 << 20;

/// Longer files are read by the library one at a time.
const LONG: u64 = 128 << 20;
static TURN: Mutex<()> = Mutex::new(());

/// The signal: validation contexts, shared by all threads.
struct ContentCredentials {
    contexts: Contexts,
    trust: TrustSettings,
    identities: Identities,
    wanted: Wanted,
}

impl ContentCredentials {
    fn new(settings: &Settings) -> Result<Self, SetupError> {
        Ok(Self {
            contexts: Contexts::new(trust::material(&settings.trust))?,
            trust: settings.trust.clone(),
            identities: Identities::default(),
            wanted: Wanted {
                lists_loaded: settings.trust.has_signer_lists(),
                history: settings.history,
            },
        })
    }

    /// What a manifest store says, once it could be read.
    fn found(&self, asset: &Asset, reader: &Reader, source: Source) -> Outcome {
        let mut store = read::store(reader, source);
        if store.trusted_by.as_deref() == Some("") {
            let chain = store.active().map_or("", |active| &active.certificates);
            store.trusted_by = Some(trust::allowed_by(&self.trust, chain).unwrap_or_default());
        }
        // Lists for signers are tried before those for time-stamps: none of them has this signer.
        if store
            .trusted_by
            .as_deref()
            .is_some_and(trust::is_for_time_stamps)
        {
            store.distrust();
        }
        let binding = Binding::of(asset, &store);
        let mut evidence = findings::evidence(asset, &store, &binding, self.wanted);
        evidence.extend(self.identities.evidence(asset, &store, |context| {
            validate(context, asset, &store.source).ok()
        }));
        Outcome::from_evidence(evidence)
    }

    /// There is nothing in the file itself: what lies beside it, or the address that it names.
    fn outside(&self, asset: &Asset, url: Option<&str>) -> Outcome {
        let Some(sidecar) = asset.sidecar() else {
            return remote(asset, url)
                .map_or(Outcome::Nothing, |found| Outcome::Found(vec![found]));
        };
        let source = Source::Sidecar(sidecar.name.clone());
        match validate(&self.contexts.of(asset, &source), asset, &source) {
            Ok(reader) => self.found(asset, &reader, source),
            Err(error) => {
                let evidence = unreadable(&error).with("from", sidecar.name.as_str());
                Outcome::Found(vec![evidence])
            }
        }
    }
}

impl Signal for ContentCredentials {
    fn examine(&self, asset: &Asset) -> Outcome {
        let source = match asset.format() {
            Some(Format::Bmp | Format::Ico) if asset.sidecar().is_none() => {
                return Outcome::NotApplicable("this format holds no content credentials");
            }
            Some(Format::C2pa) => Source::Alone,
            _ => Source::Embedded,
        };
        if asset.sidecar().is_none() && asset.format().is_some_and(|format| !format.is_read()) {
            return Outcome::NotApplicable("this build does not read PDF (feature pdf)");
        }
        if let Some(fault) = too_long(asset) {
            return Outcome::Failed(Vec::new(), fault);
        }
        if cannot_hold_a_manifest(asset) {
            return self.outside(asset, None);
        }
        match validate(&self.contexts.of(asset, &source), asset, &source) {
            Ok(reader) => self.found(asset, &reader, source),
            // Other things than manifests come as JUMBF too; what calls itself a manifest must not be passed over.
            Err(Error::JumbfNotFound | Error::ProvenanceMissing) if !has_manifest(asset) => {
                self.outside(asset, None)
            }
            Err(Error::RemoteManifestUrl(url)) => self.outside(asset, Some(&url)),
            Err(Error::UnsupportedType) if asset.sidecar().is_some() => self.outside(asset, None),
            Err(error) => failed(asset, &error),
        }
    }
}

/// Reads and validates a manifest store, within a budget for the work.
fn validate(context: &Arc<Context>, asset: &Asset, source: &Source) -> Result<Reader, Error> {
    let reader = Reader::from_shared_context(context);
    let spent = AtomicBool::new(false);
    let stream = Budgeted::new(asset, &spent);
    // The library hashes long files in pieces of 256 MiB, two at a time: one long file takes its turn after the other.
    let turn = (asset.len() > LONG).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
    let read = match (source, asset.sidecar()) {
        (Source::Alone, _) => reader.with_stream("application/c2pa", stream),
        (Source::Sidecar(_), Some(sidecar)) => {
            reader.with_manifest_data_and_stream(&sidecar.bytes, media_type(asset), stream)
        }
        _ => reader.with_stream(media_type(asset), stream),
    };
    drop(turn);
    // The library takes an error while it hashes for a hash that does not match: that would accuse an honest file.
    match spent.into_inner() {
        true => Err(Error::IoError(Budgeted::refusal())),
        false => read,
    }
}

/// Something that the library would read into memory and is longer than the limit. In what is not in memory as a whole
/// such a length costs a liar nothing.
fn too_long(asset: &Asset) -> Option<Fault> {
    let streamed = asset.format().is_some_and(Format::is_streamed);
    let problems = asset.container().problems.iter();
    let mut limits = problems.filter(|problem| problem.kind == ProblemKind::Limit);
    let limit = limits.next().filter(|_| streamed)?;
    Some(Fault::new(FaultKind::Limit, limit.message.clone()))
}

/// What an error of the library means for this asset: the one place that knows its error type.
fn failed(asset: &Asset, error: &Error) -> Outcome {
    match error {
        Error::UnsupportedType if !has_manifest(asset) => {
            Outcome::NotApplicable("content credentials are not read from this format")
        }
        _ if has_manifest(asset) || concerns_a_manifest(error) => {
            Outcome::Found(vec![unreadable(error)])
        }
        _ => Outcome::Failed(
            Vec::new(),
            Fault::new(
                FaultKind::Malformed,
                format!(
                    "the file is damaged where content credentials may stand: {}",
                    plain(error)
                ),
            ),
        ),
    }
}

fn unreadable(error: &Error) -> Evidence {
    Evidence::new(&codes::UNREADABLE, Strength::Declared).with("reason", plain(error))
}

/// Errors that only come up once a manifest was found, whatever our own walk saw.
fn concerns_a_manifest(error: &Error) -> bool {
    matches!(
        error,
        Error::PrereleaseError
            | Error::UnknownAlgorithm
            | Error::JumbfParseError(_)
            | Error::JumbfBoxNotFound
            | Error::ClaimMissing { .. }
            | Error::ClaimMissingHardBinding
            | Error::ClaimMissingSignatureBox
            | Error::ClaimMultipleHardBinding
            | Error::ClaimDecoding(_)
            | Error::ClaimVersion
            | Error::ClaimInvalidContent
            | Error::AssertionMissing { .. }
            | Error::AssertionDecoding(_)
            | Error::TooManyManifestStores
            | Error::TooManyAssertions { .. }
            | Error::CyclicIngredients { .. }
            | Error::InvalidClaim(_)
    )
}

/// The library's message on one line, at a length that fits a report.
fn plain(error: &Error) -> String {
    let text = match error {
        Error::PrereleaseError => {
            "it was written to a draft of the standard, before version 1.0".to_owned()
        }
        // The kind of error is told by where the message stands.
        Error::InvalidAsset(reason) => reason.clone(),
        other => other.to_string(),
    };
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.chars().take(200).collect()
}

/// Evidence that the credentials are stored elsewhere, if the XMP (or the library) names an address.
fn remote(asset: &Asset, url: Option<&str>) -> Option<Evidence> {
    let url = url.map(str::to_owned).or_else(|| {
        asset
            .metadata()
            .xmp_values(DCTERMS, "provenance")
            .find(|v| v.starts_with("http"))
            .map(str::to_owned)
    })?;
    Some(Evidence::new(&codes::REMOTE_ONLY, Strength::Declared).with("url", url))
}

/// Whether the walk met something that calls itself a manifest store.
fn has_manifest(asset: &Asset) -> bool {
    let blocks = asset
        .container()
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Jumbf);
    let mut heads = blocks.map(|block| asset.piece(&block.range, DESCRIPTION));
    heads.any(|head| head.windows(4).any(|four| four == b"c2pa"))
}

/// Within so many bytes a JUMBF superbox has said what it is.
const DESCRIPTION: usize = 64;

/// The walk was whole and saw no place where a manifest could be: asking the library would only copy the file. The
/// library takes any APP11 segment of a JPEG for JUMBF, whatever its marker says.
fn cannot_hold_a_manifest(asset: &Asset) -> bool {
    let container = asset.container();
    let walked_fully = matches!(
        container.format,
        Some(Format::Jpeg | Format::Png | Format::WebP | Format::Gif | Format::Bmp | Format::Ico)
    );
    let place =
        |block: &Block| matches!(block.kind, BlockKind::Jumbf | BlockKind::App { number: 11 });
    walked_fully && container.problems.is_empty() && !container.blocks.iter().any(place)
}

/// The hint for the library, which looks at the content first.
fn media_type(asset: &Asset) -> &'static str {
    asset
        .format()
        .map_or("application/octet-stream", Format::media_type)
}

/// A view of the content that stops answering once reading it has cost far more than any honest file needs.
struct Budgeted<'a> {
    inner: Stream<'a>,
    /// Bytes that may still be read, and calls in which to do so.
    left: (u64, u64),
    spent: &'a AtomicBool,
}

impl<'a> Budgeted<'a> {
    fn new(asset: &'a Asset, spent: &'a AtomicBool) -> Self {
        let bytes = asset
            .len()
            .saturating_mul(READ_FACTOR)
            .saturating_add(READ_ALLOWANCE);
        let streamed = asset.format().is_some_and(Format::is_streamed);
        Self {
            inner: asset.stream(),
            left: (bytes, if streamed { READ_CALLS } else { u64::MAX }),
            spent,
        }
    }

    fn refusal() -> std::io::Error {
        std::io::Error::other("reading the manifest took more work than its size allows")
    }
}

impl Read for Budgeted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = self.left.0.checked_sub(read as u64);
        let Some(left) = bytes.zip(self.left.1.checked_sub(1)) else {
            self.spent.store(true, Ordering::Relaxed);
            return Err(Self::refusal());
        };
        self.left = left;
        Ok(read)
    }
}

impl Seek for Budgeted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}
