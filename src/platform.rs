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
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the caller hands over a file that is replaced, never rewritten; what is read from it is bytes, valid whatever
    // their values, and every one is checked before it means anything.
    unsafe { Mmap::map(file) }
}

/// Asks for bytes that are about to be read, so that they are on their way by then.
#[inline(always)]
pub(crate) fn prefetch(bytes: &[u8]) {
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
pub(crate) trait Work {
    /// What comes out.
    type Output;

    /// Computes it.
    fn run(self) -> Self::Output;
}

/// Runs work with the widest instructions there are.
#[cfg(target_arch = "x86_64")]
pub(crate) fn fastest<W: Work>(work: W) -> W::Output {
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
pub(crate) fn fastest<W: Work>(work: W) -> W::Output {
    work.run()
}

/// What eight values that lie together are compared with: the first eight bytes of a query, the next eight, and four more.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) first: u64,
    pub(crate) second: u64,
    pub(crate) third: u32,
}

/// First bytes of eight values: eight bytes of each, then the next eight.
pub(crate) type Line = [u8; 128];

/// The next four bytes of each of them.
pub(crate) type Middle = [u8; 32];

/// Goes through lines of eight values each, and calls `near` with the number of each line in which values differ in less than
/// `beyond` bits in these bytes, and which of the eight they are, as bits.
#[inline(always)]
pub(crate) fn near_lines(
    lines: &[Line],
    middles: &[Middle],
    asked: Asked,
    beyond: u64,
    near: impl FnMut(usize, u8),
) {
    #[cfg(target_arch = "x86_64")]
    if matches!(level(), Level::Wide) {
        // SAFETY: the processor has these instructions.
        return unsafe { wide_lines(lines, middles, asked, beyond, near) };
    }
    plain_lines(lines, middles, asked, beyond, near);
}

/// The same, each line in a dozen instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512vpopcntdq")]
fn wide_lines(
    lines: &[Line],
    middles: &[Middle],
    asked: Asked,
    beyond: u64,
    mut near: impl FnMut(usize, u8),
) {
    use std::arch::x86_64::{
        _mm256_loadu_si256, _mm256_popcnt_epi32, _mm256_set1_epi32, _mm256_xor_si256,
        _mm512_add_epi64, _mm512_cmplt_epu64_mask, _mm512_cvtepu32_epi64, _mm512_loadu_si512,
        _mm512_popcnt_epi64, _mm512_set1_epi64, _mm512_xor_si512,
    };
    let (first, second) = (
        _mm512_set1_epi64(asked.first as i64),
        _mm512_set1_epi64(asked.second as i64),
    );
    let third = _mm256_set1_epi32(asked.third as i32);
    let beyond = _mm512_set1_epi64(beyond as i64);
    for (number, (line, middle)) in lines.iter().zip(middles).enumerate() {
        let (upper, lower) = line.split_at(64);
        // SAFETY: 64 bytes are read of each half of the line, and the 32 of the middle; no alignment is asked for.
        let (a, b, c) = unsafe {
            (
                _mm512_loadu_si512(upper.as_ptr().cast()),
                _mm512_loadu_si512(lower.as_ptr().cast()),
                _mm256_loadu_si256(middle.as_ptr().cast()),
            )
        };
        let a = _mm512_popcnt_epi64(_mm512_xor_si512(a, first));
        let b = _mm512_popcnt_epi64(_mm512_xor_si512(b, second));
        let c = _mm512_cvtepu32_epi64(_mm256_popcnt_epi32(_mm256_xor_si256(c, third)));
        let which = _mm512_cmplt_epu64_mask(_mm512_add_epi64(_mm512_add_epi64(a, b), c), beyond);
        if which != 0 {
            near(number, which);
        }
    }
}

/// The same with any instructions.
#[inline(always)]
fn plain_lines(
    lines: &[Line],
    middles: &[Middle],
    asked: Asked,
    beyond: u64,
    mut near: impl FnMut(usize, u8),
) {
    for (number, (line, middle)) in lines.iter().zip(middles).enumerate() {
        let (firsts, seconds) = line.as_chunks::<8>().0.split_at(8);
        let words = firsts.iter().zip(seconds).zip(middle.as_chunks::<4>().0);
        let mut which = 0;
        for (lane, ((a, b), c)) in words.enumerate() {
            let a = (u64::from_le_bytes(*a) ^ asked.first).count_ones();
            let b = (u64::from_le_bytes(*b) ^ asked.second).count_ones();
            let c = (u32::from_le_bytes(*c) ^ asked.third).count_ones();
            which |= u8::from(u64::from(a + b + c) < beyond) << lane;
        }
        if which != 0 {
            near(number, which);
        }
    }
}

/// Three words of each of eight hashes: bits that mirroring keeps, bits that it keeps or flips together, and some more.
pub(crate) type FoldedLine = [[u64; 8]; 3];

/// What such lines are compared with: the words of a hash, the first two of it with rows for columns, and the distances up to
/// which its mirrored forms and itself come near.
#[derive(Clone, Copy)]
pub(crate) struct FoldsAsked {
    pub(crate) straight: [u64; 3],
    pub(crate) across: [u64; 2],
    pub(crate) turned: u64,
    pub(crate) near: Option<u64>,
}

/// Calls `near` with the number of each line in which hashes may come near, and which of the eight they are, as bits.
#[inline(always)]
pub(crate) fn folded_near(lines: &[FoldedLine], asked: FoldsAsked, near: impl FnMut(usize, u8)) {
    #[cfg(target_arch = "x86_64")]
    if matches!(level(), Level::Wide) {
        // SAFETY: the processor has these instructions.
        return unsafe {
            match asked.near {
                Some(radius) => wide_folds::<true>(lines, asked, radius, near),
                None => wide_folds::<false>(lines, asked, 0, near),
            }
        };
    }
    plain_folds(lines, asked, near);
}

/// The same, each line in two dozen instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn wide_folds<const NEAR: bool>(
    lines: &[FoldedLine],
    asked: FoldsAsked,
    radius: u64,
    mut near: impl FnMut(usize, u8),
) {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi64, _mm512_cmple_epu64_mask, _mm512_loadu_si512, _mm512_min_epu64,
        _mm512_popcnt_epi64, _mm512_set1_epi64, _mm512_sub_epi64, _mm512_xor_si512,
    };
    let all = |word: u64| _mm512_set1_epi64(word as i64);
    let apart = |words: __m512i, of: __m512i| _mm512_popcnt_epi64(_mm512_xor_si512(words, of));
    let [odd, even, mixed] = asked.straight.map(all);
    let [odd_across, even_across] = asked.across.map(all);
    let (width, turned, radius) = (all(64), all(asked.turned), all(radius));
    let least = |kept: __m512i, flipped: __m512i| {
        let flipped = _mm512_min_epu64(flipped, _mm512_sub_epi64(width, flipped));
        _mm512_add_epi64(kept, flipped)
    };
    for (number, [a, b, c]) in lines.iter().enumerate() {
        // SAFETY: each of the three has the 64 bytes that are read; no alignment is asked for.
        let (a, b, c) = unsafe {
            (
                _mm512_loadu_si512(a.as_ptr().cast()),
                _mm512_loadu_si512(b.as_ptr().cast()),
                _mm512_loadu_si512(c.as_ptr().cast()),
            )
        };
        let (kept, flipped) = (apart(a, odd), apart(b, even));
        let across = least(apart(a, odd_across), apart(b, even_across));
        let best = _mm512_min_epu64(least(kept, flipped), across);
        let mut which = _mm512_cmple_epu64_mask(best, turned);
        if NEAR {
            let straight = _mm512_add_epi64(_mm512_add_epi64(kept, flipped), apart(c, mixed));
            which |= _mm512_cmple_epu64_mask(straight, radius);
        }
        if which != 0 {
            near(number, which);
        }
    }
}

/// The same with any instructions.
#[inline(always)]
fn plain_folds(lines: &[FoldedLine], asked: FoldsAsked, mut near: impl FnMut(usize, u8)) {
    let apart = |a: u64, b: u64| u64::from((a ^ b).count_ones());
    let ([odd, even, mixed], [odd_across, even_across]) = (asked.straight, asked.across);
    for (number, [a, b, c]) in lines.iter().enumerate() {
        let mut which = 0;
        for (lane, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
            let (kept, flipped) = (apart(*a, odd), apart(*b, even));
            let across = apart(*b, even_across);
            let across = apart(*a, odd_across) + across.min(64 - across);
            let turned = (kept + flipped.min(64 - flipped)).min(across) <= asked.turned;
            let straight = kept + flipped + apart(*c, mixed);
            let near = asked.near.is_some_and(|radius| straight <= radius);
            which |= u8::from(turned || near) << lane;
        }
        if which != 0 {
            near(number, which);
        }
    }
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
    fn every_width_finds_the_same_lines() {
        let byte = |n: usize| (n.wrapping_mul(0x9e37_79b9) >> 13) as u8;
        let lines: Vec<Line> = (0..500)
            .map(|n| std::array::from_fn(|m| byte(n * 128 + m)))
            .collect();
        let middles: Vec<Middle> = (0..500)
            .map(|n| std::array::from_fn(|m| byte(n * 32 + m + 77)))
            .collect();
        let asked = Asked {
            first: 0x0123_4567_89ab_cdef,
            second: 0xfedc_ba98_7654_3210,
            third: 0x5a5a_1234,
        };
        for beyond in [0, 1, 60, 75, 81, 161] {
            let (mut found, mut plain) = (Vec::new(), Vec::new());
            near_lines(&lines, &middles, asked, beyond, |line, which| {
                found.push((line, which))
            });
            plain_lines(&lines, &middles, asked, beyond, |line, which| {
                plain.push((line, which))
            });
            assert_eq!(found, plain);
            assert!(found.is_empty() || beyond > 0);
            assert!(found.len() == 500 || beyond < 161);
        }
    }

    #[test]
    fn every_width_folds_alike() {
        let word = |n: u64| {
            n.wrapping_add(7)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        };
        let lines: Vec<FoldedLine> = (0..600)
            .map(|n| {
                std::array::from_fn(|m| std::array::from_fn(|l| word(n * 24 + (m * 8 + l) as u64)))
            })
            .collect();
        for (turned, near) in [
            (40, None),
            (52, Some(75)),
            (0, Some(0)),
            (64, None),
            (128, Some(3)),
        ] {
            let asked = FoldsAsked {
                straight: [word(3), word(1 << 40), !0],
                across: [0x5555_1234_0f0f_ffff, word(99)],
                turned,
                near,
            };
            let (mut found, mut plain) = (Vec::new(), Vec::new());
            folded_near(&lines, asked, |line, which| found.push((line, which)));
            plain_folds(&lines, asked, |line, which| plain.push((line, which)));
            assert_eq!(found, plain);
            assert!(found.len() == 600 || turned < 128);
        }
    }

    #[test]
    fn a_mapped_file_is_its_bytes() {
        use std::io::Write as _;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        assert_eq!(&map(&file).unwrap()[..], b"abc");
    }
}
