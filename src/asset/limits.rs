//! What one file may cost.

use super::Budget;

/// Bounds on the work and memory one image may take. Every one is checked before the allocation it bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is read into memory, in bytes: pictures, documents and manifests.
    pub max_bytes: u64,
    /// Largest file of video or sound, in bytes. These are read piece by piece; the limit bounds the time, not the memory.
    pub max_stream_bytes: u64,
    /// Most pixels (width × height) that are decoded.
    pub max_pixels: u64,
    /// Deepest nesting of boxes, XMP elements and JSON that is followed.
    pub max_depth: u32,
    /// Most bytes that the metadata of one image may take, inflated and decoded, together.
    pub max_inflate: usize,
    /// Most metadata blocks that are kept from one file.
    pub max_blocks: usize,
    /// Memory that is shared with other images; `None` where each has what it needs.
    pub budget: Option<Budget>,
    /// Most members of one archive, with those of archives in it.
    pub max_members: usize,
    /// Most bytes that the members of one archive may take, unpacked and together.
    pub max_archive_bytes: u64,
    /// Most bytes that the members of one archive may take for each of its own, unpacked, once that is more than one file may
    /// have.
    pub max_archive_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 512 << 20,
            max_stream_bytes: 64 << 30,
            max_pixels: 256_000_000,
            max_depth: 32,
            max_inflate: 16 << 20,
            max_blocks: 10_000,
            budget: None,
            max_members: 1_000_000,
            max_archive_bytes: 1 << 40,
            max_archive_ratio: 200,
        }
    }
}
