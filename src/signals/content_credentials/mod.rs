//! Content credentials: C2PA manifests, embedded or beside the image. What they prove, who signed them, and what they say
//! of the image's origin.

mod codes;
mod findings;
mod origin;
mod status;
mod store;
mod trust;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use c2pa::{Context, Error, Reader};

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, BlockKind, Format};
use crate::error::{Fault, FaultKind, SetupError};
use crate::evidence::{Evidence, Strength};
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

/// The signal: one validation context, shared by all threads.
struct ContentCredentials {
    context: Arc<Context>,
    /// Whether any trust list is loaded; without one an untrusted signer is "not checked".
    lists_loaded: bool,
}

impl ContentCredentials {
    fn new(settings: &Settings) -> Result<Self, SetupError> {
        Ok(Self {
            context: trust::context(&settings.trust)?,
            lists_loaded: settings.trust.has_signer_lists(),
        })
    }

    /// Reads and validates the manifest store that goes with the asset.
    fn read(&self, asset: &Asset) -> Result<Option<(Reader, Source)>, Error> {
        let hint = media_type(asset);
        let reader = Reader::from_shared_context(&self.context);
        let stream = Budgeted::new(asset.bytes());
        if let Some(sidecar) = asset.sidecar().filter(|_| !has_jumbf(asset)) {
            return reader
                .with_manifest_data_and_stream(&sidecar.bytes, hint, stream)
                .map(|reader| Some((reader, Source::Sidecar(sidecar.name.clone()))));
        }
        if asset.format() == Some(Format::C2pa) {
            return reader
                .with_stream("application/c2pa", stream)
                .map(|reader| Some((reader, Source::Alone)));
        }
        if cannot_hold_a_manifest(asset) {
            return Ok(None);
        }
        reader
            .with_stream(hint, stream)
            .map(|reader| Some((reader, Source::Embedded)))
    }
}

impl Signal for ContentCredentials {
    fn examine(&self, asset: &Asset) -> Outcome {
        if matches!(asset.format(), Some(Format::Bmp | Format::Ico)) && asset.sidecar().is_none() {
            return Outcome::NotApplicable("this format holds no content credentials");
        }
        match self.read(asset) {
            Ok(None) => {
                remote(asset, None).map_or(Outcome::Nothing, |found| Outcome::Found(vec![found]))
            }
            Ok(Some((reader, source))) => {
                let store = Store::read(&reader, source);
                Outcome::from_evidence(findings::evidence(&store, self.lists_loaded))
            }
            Err(error) => failed(asset, &error),
        }
    }
}

/// What an error of the library means for this asset: the one place that knows its error type.
fn failed(asset: &Asset, error: &Error) -> Outcome {
    match error {
        Error::JumbfNotFound | Error::ProvenanceMissing => {
            remote(asset, None).map_or(Outcome::Nothing, |found| Outcome::Found(vec![found]))
        }
        Error::RemoteManifestUrl(url) => {
            remote(asset, Some(url)).map_or(Outcome::Nothing, |found| Outcome::Found(vec![found]))
        }
        Error::UnsupportedType if !has_jumbf(asset) => {
            Outcome::NotApplicable("content credentials are not read from this format")
        }
        _ if has_jumbf(asset) || asset.sidecar().is_some() || concerns_a_manifest(error) => {
            let evidence = Evidence::new(&codes::UNREADABLE, Strength::Declared)
                .with("reason", plain(error))
                .with_some(
                    "from",
                    asset
                        .sidecar()
                        .filter(|_| !has_jumbf(asset))
                        .map(|s| s.name.as_str()),
                );
            Outcome::Found(vec![evidence])
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

/// Whether the walk met a piece of a manifest store.
fn has_jumbf(asset: &Asset) -> bool {
    asset
        .container()
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Jumbf)
}

/// The walk was whole and saw no place where a manifest could be: asking the library would only copy the file.
fn cannot_hold_a_manifest(asset: &Asset) -> bool {
    let container = asset.container();
    let walked_fully = matches!(
        container.format,
        Some(Format::Jpeg | Format::Png | Format::WebP | Format::Gif | Format::Bmp | Format::Ico)
    );
    walked_fully && container.problems.is_empty() && !has_jumbf(asset)
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
