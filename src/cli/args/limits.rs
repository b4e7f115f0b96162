//! What one image, and all of them together, may cost.

use std::num::NonZero;

use clap::Args;
use provscan::asset::Budget;

use crate::units;

#[derive(Args)]
pub(crate) struct LimitArgs {
    /// Largest file other than video and sound, in bytes or such as 1.5G
    #[arg(long, default_value_t = provscan::Limits::default().max_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_bytes: u64,
    /// Largest file of video or sound, in bytes or such as 100G; it is not read into memory
    #[arg(long, default_value_t = provscan::Limits::default().max_stream_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_stream_bytes: u64,
    /// Most pixels of a picture that are decoded
    #[arg(long, default_value_t = provscan::Limits::default().max_pixels, value_name = "N", help_heading = "Limits")]
    pub(crate) max_pixels: u64,
    /// Deepest nesting of boxes and elements that is followed
    #[arg(long, default_value_t = provscan::Limits::default().max_depth, value_name = "N", help_heading = "Limits")]
    pub(crate) max_depth: u32,
    /// Most bytes that the metadata of one file may take, inflated, such as 16M
    #[arg(long, default_value_t = provscan::Limits::default().max_inflate, value_name = "SIZE", value_parser = units::size_in_memory, help_heading = "Limits")]
    pub(crate) max_inflate: usize,
    /// Memory that all files and pictures take together, such as 400M or 2G, and 16M at least; a picture that alone
    /// takes more is refused.
    /// Without it, workers wait for each other at 168M each, and a larger picture is decoded alone
    #[arg(long, value_name = "SIZE", value_parser = units::memory, help_heading = "Limits")]
    pub(crate) max_memory: Option<u64>,
    /// Most members of an archive, with those of archives in it
    #[arg(long, default_value_t = provscan::Limits::default().max_members, value_name = "N", help_heading = "Limits")]
    pub(crate) max_members: usize,
    /// Most bytes that the members of an archive may take, unpacked and together, such as 2T
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_archive_bytes: u64,
    /// Most bytes that an archive may grow to for each of its own, once that is more than one file may have
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_ratio, value_name = "N", help_heading = "Limits")]
    pub(crate) max_archive_ratio: u64,
}

/// Memory of a worker, where nobody says how much there is.
const WORKER_MEMORY: u64 = 168 << 20;

impl LimitArgs {
    /// The limits, with the memory that workers share; 0 for a worker a core.
    pub(crate) fn shared(&self, workers: usize) -> provscan::Limits {
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let workers = if workers == 0 { cores() } else { workers };
        let throttle = || Budget::throttle(WORKER_MEMORY.saturating_mul(workers as u64));
        provscan::Limits {
            budget: Some(self.max_memory.map_or_else(throttle, Budget::hard)),
            ..self.limits()
        }
    }

    pub(crate) fn limits(&self) -> provscan::Limits {
        provscan::Limits {
            max_bytes: self.max_bytes,
            max_stream_bytes: self.max_stream_bytes,
            max_pixels: self.max_pixels,
            max_depth: self.max_depth,
            max_inflate: self.max_inflate,
            max_members: self.max_members,
            max_archive_bytes: self.max_archive_bytes,
            max_archive_ratio: self.max_archive_ratio,
            ..provscan::Limits::default()
        }
    }
}
