//! Reading and validating one manifest store with the library, within a budget for the work.

use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use c2pa::{Context, Error, Reader};

use crate::asset::{Asset, Format, Stream};
use crate::waiting::waiting;

/// Work that reading a manifest may cause, in bytes read for each byte of the file, plus a fixed allowance.
const READ_FACTOR: u64 = 16;
const READ_ALLOWANCE: u64 = 64 << 20;

/// Calls in which the library may read video or sound. It keeps a record of every box, each read by itself, so this bounds
/// its memory, too; three hours in fragments of one second take about half of them.
const READ_CALLS: u64 = 4 << 20;

/// Time that validation may take by the clock: so many seconds, and one more for each so many bytes, for slow disks.
const SECONDS: u64 = 60;
const SLOWEST: u64 = 2 << 20;

/// Longer files are read by the library one at a time.
const LONG: u64 = 128 << 20;
static TURN: Mutex<()> = Mutex::new(());

/// Where the store that is to be validated stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// In the file.
    InFile,
    /// It is the whole file.
    WholeFile,
    /// It is here, and is to be held against the file.
    Apart(&'a [u8]),
}

/// Reads and validates a manifest store, within a budget for the work.
pub(super) fn validate(
    context: &Arc<Context>,
    asset: &Asset,
    place: Place<'_>,
) -> Result<Reader, Error> {
    let reader = Reader::from_shared_context(context);
    let spent = AtomicBool::new(false);
    let stream = Budgeted::new(asset, &spent);
    // The library hashes long files in pieces of 256 MiB, two at a time: one long file takes its turn after the other.
    let wait = || waiting(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
    let turn = (asset.len() > LONG).then(wait);
    let read = match place {
        Place::WholeFile => reader.with_stream("application/c2pa", stream),
        Place::Apart(store) => {
            reader.with_manifest_data_and_stream(store, media_type(asset), stream)
        }
        Place::InFile => reader.with_stream(media_type(asset), stream),
    };
    drop(turn);
    // The library takes an error while it hashes for a hash that does not match: that would accuse an honest file.
    match spent.into_inner() {
        true => Err(Error::IoError(Budgeted::refusal())),
        false => read,
    }
}

/// The hint for the library, which looks at the content first.
pub(super) fn media_type(asset: &Asset) -> &'static str {
    match asset.format() {
        // The library knows only some raw formats by name, and all of them as what they are.
        Some(format) if format.is_tiff() && format.is_raw() => Format::Tiff.media_type(),
        Some(format) => format.media_type(),
        None => "application/octet-stream",
    }
}

/// A view of the content that stops answering once reading it has cost far more than any honest file needs.
pub(super) struct Budgeted<'a> {
    inner: Stream<'a>,
    /// Bytes that may still be read, and calls in which to do so.
    left: (u64, u64),
    /// When it stops, whatever is left: no honest file comes near it, and a folder must not wait for one that is not.
    deadline: Instant,
    spent: &'a AtomicBool,
}

impl<'a> Budgeted<'a> {
    pub(super) fn new(asset: &'a Asset, spent: &'a AtomicBool) -> Self {
        let bytes = asset
            .len()
            .saturating_mul(READ_FACTOR)
            .saturating_add(READ_ALLOWANCE);
        let streamed = asset.format().is_some_and(Format::is_streamed);
        Self {
            inner: asset.stream(),
            deadline: Instant::now() + Duration::from_secs(SECONDS + asset.len() / SLOWEST),
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
        let left = bytes.zip(self.left.1.checked_sub(1));
        let Some(left) = left.filter(|_| Instant::now() < self.deadline) else {
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
