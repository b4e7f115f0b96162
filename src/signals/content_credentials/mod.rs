//! Content credentials: C2PA manifests, embedded or beside the image. What they prove, who signed them, and what they say
//! of the image's origin.

mod binding;
mod boxes;
mod checked;
mod codes;
mod cost;
mod findings;
mod links;
mod origin;
mod status;
mod store;
mod trust;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use c2pa::{Context, Error, Reader};

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Block, BlockKind, Format};
use crate::error::{Fault, FaultKind, SetupError};
use crate::evidence::{Evidence, Strength, Value};
use crate::settings::Settings;
use store::{Source, Store};

pub use trust::{TrustKind, TrustList, TrustSettings};

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

/// The signal: validation contexts, shared by all threads.
struct ContentCredentials {
    context: Arc<Context>,
    /// Knows no lists for time-stamps; see [`trust::signers_only`]. Few files need it, and making it takes as long as
    /// checking one.
    signers_only: OnceLock<Option<Arc<Context>>>,
    trust: TrustSettings,
    /// Whether any trust list is loaded; without one an untrusted signer is "not checked".
    lists_loaded: bool,
}

impl ContentCredentials {
    fn new(settings: &Settings) -> Result<Self, SetupError> {
        Ok(Self {
            context: trust::context(&settings.trust)?,
            signers_only: OnceLock::new(),
            trust: settings.trust.clone(),
            lists_loaded: settings.trust.has_signer_lists(),
        })
    }

    /// What a manifest store says, once it could be read.
    fn found(&self, asset: &Asset, reader: &Reader, source: Source) -> Outcome {
        let mut store = Store::read(reader, source);
        if store
            .trusted_by
            .as_deref()
            .is_some_and(trust::is_for_time_stamps)
        {
            let trusted_by = self.trusted_by_signers(asset, &store.source);
            store.trust_as(trusted_by.as_deref());
        }
        binding::examine(asset, reader, &mut store);
        let mut found = findings::evidence(&store, self.lists_loaded);
        let details = found.iter_mut().flat_map(|one| one.detail.iter_mut());
        details.for_each(|(_, value)| shorten(value));
        Outcome::from_evidence(found)
    }

    /// The list for signers that the signer of this store is on.
    fn trusted_by_signers(&self, asset: &Asset, source: &Source) -> Option<String> {
        let context = self
            .signers_only
            .get_or_init(|| trust::signers_only(&self.trust).ok());
        let reader = read(context.as_ref()?, asset, source).ok()?;
        Store::read(&reader, source.clone()).trusted_by
    }

    /// There is nothing in the file itself: what lies beside it, or the address that it names.
    fn outside(&self, asset: &Asset, url: Option<&str>) -> Outcome {
        let Some(sidecar) = asset.sidecar() else {
            return remote(asset, url)
                .map_or(Outcome::Nothing, |found| Outcome::Found(vec![found]));
        };
        let source = Source::Sidecar(sidecar.name.clone());
        if let Some(reason) = cost::refusal(asset, &source) {
            return refused(reason);
        }
        match read(&self.context, asset, &source) {
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
        if cannot_hold_a_manifest(asset) {
            return self.outside(asset, None);
        }
        if let Some(reason) = cost::refusal(asset, &source) {
            return refused(reason);
        }
        match read(&self.context, asset, &source) {
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
fn read(context: &Arc<Context>, asset: &Asset, source: &Source) -> Result<Reader, Error> {
    let reader = Reader::from_shared_context(context);
    let stream = Budgeted::new(asset.bytes());
    match (source, asset.sidecar()) {
        (Source::Alone, _) => reader.with_stream("application/c2pa", stream),
        (Source::Sidecar(_), Some(sidecar)) => {
            reader.with_manifest_data_and_stream(&sidecar.bytes, media_type(asset), stream)
        }
        _ => reader.with_stream(media_type(asset), stream),
    }
}

/// Most characters that one text of a manifest may take in a report.
const MAX_TEXT: usize = 500;

/// Cuts what would fill a report: a name in a manifest may be as long as the manifest.
fn shorten(value: &mut Value) {
    let cut = |text: &mut String| {
        if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
            text.truncate(end);
            text.push('…');
        }
    };
    match value {
        Value::Text(text) => cut(text),
        Value::Texts(texts) => texts.iter_mut().for_each(cut),
        Value::Number(_) | Value::Flag(_) => {}
    }
}

/// The outcome for a store that would cost too much.
fn refused(reason: String) -> Outcome {
    let message = format!("its content credentials were not checked: {reason}");
    let evidence = Evidence::new(&codes::UNREADABLE, Strength::Declared).with("reason", reason);
    Outcome::Failed(vec![evidence], Fault::new(FaultKind::Unsupported, message))
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
    let mut blocks = asset.container().blocks.iter();
    blocks.any(|block| block.kind == BlockKind::Jumbf && is_a_store(asset, block))
}

/// Whether this piece of JUMBF is the beginning of a manifest store.
fn is_a_store(asset: &Asset, piece: &Block) -> bool {
    let piece = asset.bytes().get(piece.range.clone()).unwrap_or_default();
    piece
        .get(..DESCRIPTION.min(piece.len()))
        .is_some_and(|head| head.windows(4).any(|four| four == b"c2pa"))
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

/// A view of the bytes that stops answering once reading them has cost far more than any honest file needs.
struct Budgeted<'a> {
    inner: Cursor<&'a [u8]>,
    left: u64,
}

impl<'a> Budgeted<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let left = (bytes.len() as u64)
            .saturating_mul(READ_FACTOR)
            .saturating_add(READ_ALLOWANCE);
        Self {
            inner: Cursor::new(bytes),
            left,
        }
    }
}

impl Read for Budgeted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            std::io::Error::other("reading the manifest took more work than its size allows")
        })?;
        Ok(read)
    }
}

impl Seek for Budgeted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}
