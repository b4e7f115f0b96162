//! What one image, and all of them together, may cost.

use std::num::NonZero;

use clap::Args;
use provscan::asset::Budget;

#[derive(Args)]
pub(crate) struct LimitArgs {
    /// Largest file, in bytes, other than video and sound
    #[arg(long, default_value_t = provscan::Limits::default().max_bytes, value_name = "N", help_heading = "Limits")]
    pub(crate) max_bytes: u64,
    /// Largest file of video or sound, in bytes; it is not read into memory
    #[arg(long, default_value_t = provscan::Limits::default().max_stream_bytes, value_name = "N", help_heading = "Limits")]
    pub(crate) max_stream_bytes: u64,
    /// Most pixels of a picture that are decoded
    #[arg(long, default_value_t = provscan::Limits::default().max_pixels, value_name = "N", help_heading = "Limits")]
    pub(crate) max_pixels: u64,
    /// Deepest nesting of boxes and elements that is followed
    #[arg(long, default_value_t = provscan::Limits::default().max_depth, value_name = "N", help_heading = "Limits")]
    pub(crate) max_depth: u32,
    /// Most bytes that the metadata of one file may take, inflated
    #[arg(long, default_value_t = provscan::Limits::default().max_inflate, value_name = "N", help_heading = "Limits")]
    pub(crate) max_inflate: usize,
    /// Memory that all files and pictures take together, such as 400M or 2G; a picture that alone takes more is refused.
    /// Without it, workers wait for each other at 168M each, and a larger picture is decoded alone
    #[arg(long, value_name = "SIZE", value_parser = memory, help_heading = "Limits")]
    pub(crate) max_memory: Option<u64>,
    /// Most members of an archive, with those of archives in it
    #[arg(long, default_value_t = provscan::Limits::default().max_members, value_name = "N", help_heading = "Limits")]
    pub(crate) max_members: usize,
    /// Most bytes that the members of an archive may take, unpacked and together
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_bytes, value_name = "N", help_heading = "Limits")]
    pub(crate) max_archive_bytes: u64,
    /// Most bytes that an archive may grow to for each of its own, once that is more than one file may have
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_ratio, value_name = "N", help_heading = "Limits")]
    pub(crate) max_archive_ratio: u64,
}

/// Memory of a worker, where nobody says how much there is.
const WORKER_MEMORY: u64 = 168 << 20;

/// Least memory that some pictures can be decoded in.
const LEAST_MEMORY: u64 = 16 << 20;

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

/// Bytes, or `400M`, `2G`.
fn memory(text: &str) -> Result<u64, String> {
    let units = [("K", 10), ("M", 20), ("G", 30), ("T", 40)];
    let unit = units.iter().find_map(|(unit, shift)| {
        let number = text.strip_suffix(unit)?;
        Some((number, 1_u64 << shift))
    });
    let (number, unit) = unit.unwrap_or((text, 1));
    let bytes = number
        .parse()
        .ok()
        .and_then(|number: u64| number.checked_mul(unit));
    let bytes = bytes.ok_or("it is no size, such as 400M, 2G or a number of bytes")?;
    match bytes >= LEAST_MEMORY {
        true => Ok(bytes),
        false => Err(format!(
            "less than {}M is too little for any picture",
            LEAST_MEMORY >> 20
        )),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_have_units() {
        let [mega, giga, plain] = ["400M", "2G", "50000000"].map(super::memory);
        assert_eq!(
            (mega, giga, plain),
            (Ok(400 << 20), Ok(2 << 30), Ok(50_000_000))
        );
        for wrong in ["", "M", "400 M", "4x", "-1", "1M", "99999999999T"] {
            assert!(super::memory(wrong).is_err(), "{wrong}");
        }
    }
}
