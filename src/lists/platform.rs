//! What only the platform can do: map a file into memory, ask for memory in time, and use the widest instructions that the
//! processor has.
//!
//! All of the library's `unsafe` code is here. Mapping is sound as long as nobody changes the file in place: compiled lists
//! are replaced by renaming, never rewritten, and their bytes are checked page by page before they are used, so that another
//! program's change is met as damage. A file that is cut short while it is mapped ends the program, as with every mapped
//! file. Instructions are used only after the processor was asked for them.

#![allow(unsafe_code, reason = "the one place for it; see above")]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// Maps a file, to be read.
pub(super) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the caller hands over a file that is replaced, never rewritten; what is read from it is bytes, valid whatever
    // their values, and every one is checked before it means anything.
    unsafe { Mmap::map(file) }
}

/// Asks for bytes that are about to be read, so that they are on their way by then.
#[inline(always)]
pub(super) fn prefetch(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction reads nothing, and the place is that of a live reference.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}

/// Something to be computed that gains from wide instructions. `run` has to be `#[inline(always)]`, or it stays narrow.
pub(super) trait Work {
    /// What comes out.
    type Output;

    /// Computes it.
    fn run(self) -> Self::Output;
}

/// Runs work with the widest instructions there are.
#[cfg(target_arch = "x86_64")]
pub(super) fn fastest<W: Work>(work: W) -> W::Output {
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt"
    )]
    fn wide<W: Work>(work: W) -> W::Output {
        work.run()
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn middle<W: Work>(work: W) -> W::Output {
        work.run()
    }

    match level() {
        // SAFETY: the processor has all of these instructions.
        Level::Wide => unsafe { wide(work) },
        // SAFETY: the processor has all of these instructions.
        Level::Middle => unsafe { middle(work) },
        Level::Plain => work.run(),
    }
}

/// Runs work with the instructions that every processor of this kind has.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn fastest<W: Work>(work: W) -> W::Output {
    work.run()
}

/// How wide the processor's instructions are.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
enum Level {
    Wide,
    Middle,
    Plain,
}

#[cfg(target_arch = "x86_64")]
fn level() -> Level {
    use std::arch::is_x86_feature_detected as has;
    static LEVEL: std::sync::OnceLock<Level> = std::sync::OnceLock::new();
    *LEVEL.get_or_init(|| {
        let common =
            has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("popcnt") && has!("avx2");
        let wide = has!("avx512f")
            && has!("avx512bw")
            && has!("avx512vl")
            && has!("avx512dq")
            && has!("avx512vpopcntdq");
        match (common, wide) {
            (true, true) => Level::Wide,
            (true, false) => Level::Middle,
            (false, _) => Level::Plain,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Count<'a>(&'a [u64]);

    impl Work for Count<'_> {
        type Output = u32;

        #[inline(always)]
        fn run(self) -> u32 {
            self.0.iter().map(|word| word.count_ones()).sum()
        }
    }

    #[test]
    fn every_width_counts_alike() {
        let words: Vec<u64> = (0..1000_u64)
            .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        assert_eq!(fastest(Count(&words)), Count(&words).run());
    }

    #[test]
    fn a_mapped_file_is_its_bytes() {
        use std::io::Write as _;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        assert_eq!(&map(&file).unwrap()[..], b"abc");
    }
}
