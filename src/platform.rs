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

/// What eight values that lie together are compared with: the first eight bytes of a query, the next eight, and the third.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) first: u64,
    pub(crate) second: u64,
    pub(crate) third: u64,
}

/// First bytes of eight values: eight bytes of each, then the next eight.
pub(crate) type Line = [u8; 128];

/// The third eight bytes of each of them.
pub(crate) type Third = [u8; 64];

/// Goes through lines of eight values each, and calls `near` with the number of each line in which values differ in less than
/// `beyond` bits in these bytes, and which of the eight they are, as bits.
#[inline(always)]
pub(crate) fn near_lines(
    lines: &[Line],
    thirds: &[Third],
    asked: Asked,
    beyond: u64,
    near: impl FnMut(usize, u8),
) {
    #[cfg(target_arch = "x86_64")]
    if matches!(level(), Level::Wide) {
        // SAFETY: the processor has these instructions.
        return unsafe { wide_lines(lines, thirds, asked, beyond, near) };
    }
    plain_lines(lines, thirds, asked, beyond, near);
}

/// The same, each line in a dozen instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn wide_lines(
    lines: &[Line],
    thirds: &[Third],
    asked: Asked,
    beyond: u64,
    mut near: impl FnMut(usize, u8),
) {
    use std::arch::x86_64::{_mm512_add_epi64, _mm512_cmplt_epu64_mask, _mm512_set1_epi64};
    let [first, second, third] =
        [asked.first, asked.second, asked.third].map(|word| wide_word(word));
    let beyond = _mm512_set1_epi64(beyond as i64);
    for (number, (lines, thirds)) in runs(lines, thirds) {
        let mut which = [0; RUN];
        for (which, (line, last)) in which.iter_mut().zip(lines.iter().zip(thirds)) {
            let [a, b] = wide_line(line);
            let heads = _mm512_add_epi64(wide_apart(a, first), wide_apart(b, second));
            let apart = _mm512_add_epi64(heads, wide_apart(wide_third(last), third));
            *which = _mm512_cmplt_epu64_mask(apart, beyond);
        }
        tell(number, which, &mut near);
    }
}

/// Lines that are compared before what was found is told: a call for each would put what they are compared with out of the
/// registers.
#[cfg(target_arch = "x86_64")]
const RUN: usize = 64;

/// Lines in runs, with the number of the first of each.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn runs<'a>(
    lines: &'a [Line],
    thirds: &'a [Third],
) -> impl Iterator<Item = (usize, (&'a [Line], &'a [Third]))> {
    let runs = lines.chunks(RUN).zip(thirds.chunks(RUN));
    (0..).step_by(RUN).zip(runs)
}

/// Tells what was found in a run.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn tell(first: usize, which: [u8; RUN], near: &mut impl FnMut(usize, u8)) {
    if which == [0; RUN] {
        return;
    }
    let found = (first..).zip(which).filter(|(_, which)| *which != 0);
    found.for_each(|(number, which)| near(number, which));
}

#[cfg(target_arch = "x86_64")]
type Wide = std::arch::x86_64::__m512i;

/// Both halves of a line.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn wide_line(line: &Line) -> [Wide; 2] {
    use std::arch::x86_64::_mm512_loadu_si512;
    let (upper, lower) = line.split_at(64);
    // SAFETY: 64 bytes are read of each half of the line; no alignment is asked for.
    unsafe {
        [
            _mm512_loadu_si512(upper.as_ptr().cast()),
            _mm512_loadu_si512(lower.as_ptr().cast()),
        ]
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn wide_third(third: &Third) -> Wide {
    use std::arch::x86_64::_mm512_loadu_si512;
    // SAFETY: it has the 64 bytes that are read; no alignment is asked for.
    unsafe { _mm512_loadu_si512(third.as_ptr().cast()) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn wide_word(word: u64) -> Wide {
    std::arch::x86_64::_mm512_set1_epi64(word as i64)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
#[inline]
fn wide_apart(words: Wide, of: Wide) -> Wide {
    use std::arch::x86_64::{_mm512_popcnt_epi64, _mm512_xor_si512};
    _mm512_popcnt_epi64(_mm512_xor_si512(words, of))
}

/// The same with any instructions.
#[inline(always)]
fn plain_lines(
    lines: &[Line],
    thirds: &[Third],
    asked: Asked,
    beyond: u64,
    mut near: impl FnMut(usize, u8),
) {
    for (number, (line, last)) in lines.iter().zip(thirds).enumerate() {
        let mut which = 0;
        for (lane, [a, b, c]) in lanes(line, last).enumerate() {
            let apart = [a ^ asked.first, b ^ asked.second, c ^ asked.third];
            let apart: u32 = apart.into_iter().map(u64::count_ones).sum();
            which |= u8::from(u64::from(apart) < beyond) << lane;
        }
        if which != 0 {
            near(number, which);
        }
    }
}

/// The three words of each of eight values.
#[inline(always)]
fn lanes(line: &Line, third: &Third) -> impl Iterator<Item = [u64; 3]> {
    let (firsts, seconds) = line.as_chunks::<8>().0.split_at(8);
    let words = firsts.iter().zip(seconds).zip(third.as_chunks::<8>().0);
    words.map(|((a, b), c)| [a, b, c].map(|word| u64::from_le_bytes(*word)))
}

/// What hashes are compared with in all eight ways, whose first eight bytes are bits that mirroring keeps, and whose next eight
/// are bits that it keeps or flips together: the words of a hash, the first two of it with rows for columns, and the distances
/// up to which its mirrored forms and itself come near.
#[derive(Clone, Copy)]
pub(crate) struct FoldsAsked {
    pub(crate) straight: [u64; 3],
    pub(crate) across: [u64; 2],
    pub(crate) turned: u64,
    pub(crate) near: Option<u64>,
}

/// Calls `near` with the number of each line in which hashes may come near, and which of the eight they are, as bits.
#[inline(always)]
pub(crate) fn folded_near(
    lines: &[Line],
    thirds: &[Third],
    asked: FoldsAsked,
    near: impl FnMut(usize, u8),
) {
    #[cfg(target_arch = "x86_64")]
    if matches!(level(), Level::Wide) {
        // SAFETY: the processor has these instructions.
        return unsafe {
            match asked.near {
                Some(radius) => wide_folds::<true>(lines, thirds, asked, radius, near),
                None => wide_folds::<false>(lines, thirds, asked, 0, near),
            }
        };
    }
    plain_folds(lines, thirds, asked, near);
}

/// The same, each line in two dozen instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn wide_folds<const NEAR: bool>(
    lines: &[Line],
    thirds: &[Third],
    asked: FoldsAsked,
    radius: u64,
    mut near: impl FnMut(usize, u8),
) {
    use std::arch::x86_64::{
        _mm512_add_epi64, _mm512_cmple_epu64_mask, _mm512_min_epu64, _mm512_sub_epi64,
    };
    let [odd, even, mixed] = asked.straight.map(|word| wide_word(word));
    let [odd_across, even_across] = asked.across.map(|word| wide_word(word));
    let (width, turned, radius) = (wide_word(64), wide_word(asked.turned), wide_word(radius));
    let least = |kept: Wide, flipped: Wide| {
        let flipped = _mm512_min_epu64(flipped, _mm512_sub_epi64(width, flipped));
        _mm512_add_epi64(kept, flipped)
    };
    for (number, (lines, thirds)) in runs(lines, thirds) {
        let mut which = [0; RUN];
        for (which, (line, third)) in which.iter_mut().zip(lines.iter().zip(thirds)) {
            let [a, b] = wide_line(line);
            let (kept, flipped) = (wide_apart(a, odd), wide_apart(b, even));
            let across = least(wide_apart(a, odd_across), wide_apart(b, even_across));
            let best = _mm512_min_epu64(least(kept, flipped), across);
            *which = _mm512_cmple_epu64_mask(best, turned);
            if NEAR {
                let c = wide_apart(wide_third(third), mixed);
                let straight = _mm512_add_epi64(_mm512_add_epi64(kept, flipped), c);
                *which |= _mm512_cmple_epu64_mask(straight, radius);
            }
        }
        tell(number, which, &mut near);
    }
}

/// The same with any instructions.
#[inline(always)]
fn plain_folds(
    lines: &[Line],
    thirds: &[Third],
    asked: FoldsAsked,
    mut near: impl FnMut(usize, u8),
) {
    let apart = |a: u64, b: u64| u64::from((a ^ b).count_ones());
    let ([odd, even, mixed], [odd_across, even_across]) = (asked.straight, asked.across);
    for (number, (line, third)) in lines.iter().zip(thirds).enumerate() {
        let mut which = 0;
        for (lane, [a, b, c]) in lanes(line, third).enumerate() {
            let (kept, flipped) = (apart(a, odd), apart(b, even));
            let across = apart(b, even_across);
            let across = apart(a, odd_across) + across.min(64 - across);
            let turned = (kept + flipped.min(64 - flipped)).min(across) <= asked.turned;
            let straight = kept + flipped + apart(c, mixed);
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
        let thirds: Vec<Third> = (0..500)
            .map(|n| std::array::from_fn(|m| byte(n * 64 + m + 77)))
            .collect();
        let asked = Asked {
            first: 0x0123_4567_89ab_cdef,
            second: 0xfedc_ba98_7654_3210,
            third: 0x5a5a_1234_0ff0_9119,
        };
        for beyond in [0, 1, 72, 90, 97, 193] {
            let (mut found, mut plain) = (Vec::new(), Vec::new());
            near_lines(&lines, &thirds, asked, beyond, |line, which| {
                found.push((line, which))
            });
            plain_lines(&lines, &thirds, asked, beyond, |line, which| {
                plain.push((line, which))
            });
            assert_eq!(found, plain);
            assert!(found.is_empty() || beyond > 0);
            assert!(found.len() == 500 || beyond < 193);
        }
    }

    #[test]
    fn every_width_folds_alike() {
        let word = |n: u64| {
            n.wrapping_add(7)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        };
        let byte = |n: usize| word(n as u64) as u8;
        let lines: Vec<Line> = (0..600)
            .map(|n| std::array::from_fn(|m| byte(n * 128 + m)))
            .collect();
        let thirds: Vec<Third> = (0..600)
            .map(|n| std::array::from_fn(|m| byte(n * 64 + m + 999_999)))
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
            folded_near(&lines, &thirds, asked, |line, which| {
                found.push((line, which));
            });
            plain_folds(&lines, &thirds, asked, |line, which| {
                plain.push((line, which));
            });
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
