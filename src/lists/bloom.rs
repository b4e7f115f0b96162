//! Bloom filters in the form of DCSO, version 1, as CIRCL's hashlookup publishes them: known software in a few hundred
//! megabytes. A filter names no entries: it says of a hash that it is surely not in it, or that it probably is.

use std::fmt;
use std::io::{BufRead, Read};

use super::formats::{Place, ReadError};

/// Bytes before the bits.
const HEADER: usize = 6 * 8;

/// Most bits of a filter: 8 GiB, ten times the largest that is published.
const MAX_BITS: u64 = 1 << 36;

/// Most bits that a value sets; a chance of 10⁻³⁰ takes a hundred.
const MAX_HASHES: u64 = 128;

/// Most bytes after the bits.
const MAX_DATA: u64 = 1 << 20;

/// The chance of a false match from which on a filter says nothing.
const USELESS: f64 = 0.5;

/// Modulus and factor of the sequence of bits that a value sets.
const MODULUS: u64 = 18_446_744_073_709_551_557;
const FACTOR: u64 = 18_446_744_073_709_550_147;

/// A set of values that can be asked, but not listed.
#[derive(Clone, PartialEq)]
pub struct Bloom {
    capacity: u64,
    promised: f64,
    hashes: u64,
    bits: u64,
    entries: u64,
    filled: Box<[u8]>,
    data: Box<[u8]>,
}

impl Bloom {
    /// Reads a filter out of memory.
    ///
    /// # Errors
    /// The first field that is wrong, by its place.
    pub fn parse(mut bytes: &[u8]) -> Result<Self, ReadError> {
        Self::read(&mut bytes)
    }

    /// Reads a filter. Memory is taken for what is there, not for what the header says.
    ///
    /// # Errors
    /// The first field that is wrong, by its place; or the stream cannot be read.
    pub fn read(reader: &mut dyn BufRead) -> Result<Self, ReadError> {
        let mut filter = Self::without_bits(&up_to(reader, HEADER as u64)?)?;
        let size = filter.bits.div_ceil(64) * 8;
        let filled = up_to(reader, size)?;
        if filled.len() as u64 != size {
            let message = format!(
                "the filter ends here; {size} bytes of bits were expected after the header"
            );
            return Err(bad((HEADER + filled.len()) as u64, message));
        }
        let data = up_to(reader, MAX_DATA + 1)?;
        if data.len() as u64 > MAX_DATA {
            return Err(bad(
                HEADER as u64 + size,
                format!("more than {MAX_DATA} bytes follow the bits"),
            ));
        }
        (filter.filled, filter.data) = (filled.into(), data.into());
        match filter.measured() {
            rate if rate < USELESS => Ok(filter),
            _ => Err(bad(
                HEADER as u64,
                "so many bits are set that most values would be found",
            )),
        }
    }

    /// What a header says, if it can be so.
    fn without_bits(header: &[u8]) -> Result<Self, ReadError> {
        if header.len() < HEADER {
            let message = format!("the filter ends within its header, which takes {HEADER} bytes");
            return Err(bad(header.len() as u64, message));
        }
        let [flags, capacity, promised, hashes, bits, entries] = fields(header);
        let promised = f64::from_bits(promised);
        if flags & 0xff != 1 {
            return Err(bad(0, "no DCSO Bloom filter of version 1"));
        }
        if capacity == 0 {
            return Err(bad(8, "the capacity is 0"));
        }
        if !(promised > 0.0 && promised < 1.0) {
            return Err(bad(16, "the rate of false matches is not between 0 and 1"));
        }
        if !(1..=MAX_HASHES).contains(&hashes) {
            let message = format!("a value sets {hashes} bits; 1 to {MAX_HASHES} were expected");
            return Err(bad(24, message));
        }
        if !(1..=MAX_BITS).contains(&bits) {
            let message = format!("{bits} bits; 1 to {MAX_BITS} were expected");
            return Err(bad(32, message));
        }
        if entries > capacity {
            let message =
                format!("{entries} entries, which is more than the capacity of {capacity}");
            return Err(bad(40, message));
        }
        Ok(Self {
            capacity,
            promised,
            hashes,
            bits,
            entries,
            filled: Box::default(),
            data: Box::default(),
        })
    }

    /// Whether a value is probably in it; `false` is certain. The filter of hashlookup holds digests as upper-case
    /// hexadecimal text.
    pub fn contains(&self, value: &[u8]) -> bool {
        places(value, self.hashes, self.bits).all(|place| self.bit(place))
    }

    /// Its bits, how many there are, and how many of them a value sets.
    pub(super) fn parts(&self) -> (&[u8], u64, u64) {
        (&self.filled, self.bits, self.hashes)
    }

    fn bit(&self, number: u64) -> bool {
        let byte = usize::try_from(number / 8)
            .ok()
            .and_then(|place| self.filled.get(place));
        byte.is_some_and(|byte| byte >> (number % 8) & 1 == 1)
    }

    /// The chance that a value is found which is not in it: what the filter promises, or what its bits show if that is worse.
    pub fn false_positive_rate(&self) -> f64 {
        self.measured().max(self.promised)
    }

    /// The chance that all bits of a random value are set.
    fn measured(&self) -> f64 {
        let (words, rest) = self.filled.as_chunks::<8>();
        let words = words
            .iter()
            .map(|word| u64::from(u64::from_le_bytes(*word).count_ones()));
        let rest = rest.iter().map(|byte| u64::from(byte.count_ones()));
        let set: u64 = words.chain(rest).sum();
        (set as f64 / self.bits as f64).powf(self.hashes as f64)
    }

    /// How many values were put in, as it says.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// How many values it was made for.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// What follows the bits; hashlookup puts JSON there that says where the filter is from.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// What follows the bits, if it is JSON.
    pub fn about(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.data).ok()
    }
}

/// The bits that a value sets, of so many.
pub(super) fn places(value: &[u8], hashes: u64, bits: u64) -> impl Iterator<Item = u64> {
    let mut hash = fnv(value) % MODULUS;
    (0..hashes.min(MAX_HASHES)).map(move |_| {
        hash = hash.wrapping_mul(FACTOR) % MODULUS;
        hash.checked_rem(bits).unwrap_or(0)
    })
}

/// Shows its size and no bits: they tell of every value whether it is in.
impl fmt::Debug for Bloom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bloom")
            .field("entries", &self.entries)
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}

/// Whether a list begins as such a filter does.
pub(super) fn looks_like(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEADER) else {
        return false;
    };
    let [flags, capacity, promised, hashes, bits, entries] = fields(header);
    let promised = f64::from_bits(promised);
    flags == 1
        && (promised > 0.0 && promised < 1.0)
        && (1..=MAX_HASHES).contains(&hashes)
        && (1..=MAX_BITS).contains(&bits)
        && entries <= capacity
}

/// The numbers of a header, in their order.
fn fields(header: &[u8]) -> [u64; 6] {
    let mut fields = [0; 6];
    for (field, bytes) in fields.iter_mut().zip(header.as_chunks::<8>().0) {
        *field = u64::from_le_bytes(*bytes);
    }
    fields
}

/// FNV-1, of 64 bits.
fn fnv(value: &[u8]) -> u64 {
    value
        .iter()
        .fold(14_695_981_039_346_656_037, |hash: u64, byte| {
            hash.wrapping_mul(1_099_511_628_211) ^ u64::from(*byte)
        })
}

/// As many bytes as are there, up to a number.
fn up_to(reader: &mut dyn BufRead, bytes: u64) -> Result<Vec<u8>, ReadError> {
    let mut found = Vec::new();
    let read = reader.take(bytes).read_to_end(&mut found);
    read.map_err(ReadError::Source)?;
    Ok(found)
}

fn bad(byte: u64, message: impl Into<String>) -> ReadError {
    ReadError::bad(Place::Byte(byte), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What Python's `flor` writes for 8 values at 1 %, of which 4 are in: ABC, DEF, nothing, and all bytes in order.
    const FLOR: &str = "010000000000000008000000000000007b14ae47e17a843f07000000000000004c000000000000000400000000000000\
                        c200e4a00a2ca884ee000000000000007b22736f75726365223a226d6164652d7570227d";

    fn flor() -> Vec<u8> {
        let pairs = FLOR.as_bytes().as_chunks::<2>().0.iter();
        pairs
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    fn error(bytes: &[u8]) -> String {
        Bloom::parse(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_filter_of_another_program_is_read() {
        let filter = Bloom::parse(&flor()).unwrap();
        let all: Vec<u8> = (0..=255).collect();
        for value in [b"ABC".as_slice(), b"DEF", b"", &all] {
            assert!(filter.contains(value));
        }
        let found = (0..2000_u32)
            .filter(|n| filter.contains(format!("no {n}").as_bytes()))
            .count();
        assert!(found < 20, "{found}");
        assert_eq!((filter.entries(), filter.capacity()), (4, 8));
        assert_eq!(filter.false_positive_rate(), 0.01);
        assert_eq!(filter.about().unwrap()["source"], "made-up");
        assert!(looks_like(&flor()) && !looks_like(&flor()[..47]));
        assert!(!format!("{filter:?}").contains("194"));
    }

    #[test]
    fn every_field_is_checked() {
        let with = |at: usize, value: u64| {
            let mut bytes = flor();
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            bytes
        };
        assert!(error(&flor()[..47]).starts_with("byte 47: the filter ends within its header"));
        assert!(error(&flor()[..63]).starts_with("byte 63: the filter ends here; 16 bytes"));
        assert!(error(&with(0, 2)).starts_with("byte 0: no DCSO"));
        assert!(error(&with(8, 0)).starts_with("byte 8: the capacity"));
        for rate in [f64::NAN, 0.0, 1.0, -1.0, f64::INFINITY] {
            assert!(error(&with(16, rate.to_bits())).starts_with("byte 16: the rate"));
        }
        for hashes in [0, 129, u64::MAX] {
            assert!(error(&with(24, hashes)).starts_with("byte 24: a value sets"));
        }
        for bits in [0, MAX_BITS + 1, u64::MAX] {
            assert!(error(&with(32, bits)).starts_with("byte 32: "));
        }
        // Nothing is taken on trust: the largest filter that could be, of which 16 bytes are there.
        assert!(error(&with(32, MAX_BITS)).contains("the filter ends here; 8589934592 bytes"));
        assert!(error(&with(40, 9)).starts_with("byte 40: 9 entries"));
        let mut long = flor();
        long.extend(vec![0; 1 << 20]);
        assert!(error(&long).contains("follow the bits"));
    }

    #[test]
    fn a_full_filter_says_nothing() {
        let mut bytes = flor();
        bytes[HEADER..HEADER + 16].fill(0xff);
        assert!(error(&bytes).starts_with("byte 48: so many bits are set"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, at in 0..84_usize, byte: u8, value: Vec<u8>) {
            let _ = Bloom::parse(&bytes);
            let mut altered = flor();
            altered[at] = byte;
            if let Ok(filter) = Bloom::parse(&altered) {
                let _ = filter.contains(&value);
                prop_assert!(filter.false_positive_rate() < 1.0);
            }
        }
    }
}
