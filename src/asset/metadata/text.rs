//! Bytes to text: character sets, compression and ImageMagick's hex profiles.

use flate2::read::ZlibDecoder;
use std::io::Read;

/// The bytes that metadata may still take, in however many blocks they come.
pub(super) struct Budget {
    left: usize,
    refused: bool,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            left: bytes,
            refused: false,
        }
    }

    /// Takes `bytes` off the budget, or notes that they were refused.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let Some(left) = self.left.checked_sub(bytes) else {
            self.refused = true;
            return false;
        };
        self.left = left;
        true
    }

    /// Cuts what is longer than the budget, and notes that; what fits is not taken off it.
    pub(super) fn cut(&mut self, bytes: &mut Vec<u8>) -> bool {
        let over = bytes.len() > self.left;
        if over {
            bytes.truncate(self.left);
            self.refused = true;
        }
        over
    }

    pub(super) fn refused(&self) -> bool {
        self.refused
    }
}

/// Inflates as far as the budget goes, and tells what damage stopped it. The budget notes when it was too small.
pub(super) fn inflate(body: &[u8], budget: &mut Budget) -> (Vec<u8>, Option<String>) {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a text that just fits from one that does not.
    let room = u64::try_from(budget.left).unwrap_or(u64::MAX);
    let outcome = ZlibDecoder::new(body)
        .take(room.saturating_add(1))
        .read_to_end(&mut bytes);
    let problem = match outcome {
        _ if budget.cut(&mut bytes) => None,
        Ok(_) => None,
        Err(error) => Some(format!("damaged compression ({error})")),
    };
    (bytes, problem)
}

/// A text that has its keyword in front, as ComfyUI writes it into chunks and boxes of its own: `prompt`, a zero byte, the
/// graph. Without one it is a text under the name of the box.
pub(super) fn keyed(body: &[u8]) -> Option<(&str, &[u8])> {
    const LONGEST: usize = 79;
    let end = body.iter().take(LONGEST + 1).position(|byte| *byte == 0)?;
    let (keyword, text) = (body.get(..end)?, body.get(end + 1..)?);
    let keyword = str::from_utf8(keyword).ok()?;
    let is_word = keyword.bytes().all(|byte| byte.is_ascii_graphic());
    (is_word && !keyword.is_empty()).then_some((keyword, text))
}

/// UTF-8 if it is that, else Latin-1, which everything is; zero bytes at the end are padding.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = unpadded(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// UTF-16, whose byte order shows in where the zero bytes of its ASCII letters stand.
pub(super) fn decode_utf16(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let head = pairs.get(..512).unwrap_or(pairs);
    let zeros = |side: fn(&[u8; 2]) -> u8| head.iter().filter(|pair| side(pair) == 0).count();
    let little = match pairs.first() {
        Some([0xFF, 0xFE]) => true,
        Some([0xFE, 0xFF]) => false,
        _ => zeros(|[_, second]| *second) > zeros(|[first, _]| *first),
    };
    let read = if little {
        u16::from_le_bytes
    } else {
        u16::from_be_bytes
    };
    let units = pairs.iter().map(|pair| read(*pair));
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.trim_start_matches('\u{FEFF}')
        .trim_end_matches('\0')
        .to_owned()
}

/// Without the zero bytes at the end.
pub(super) fn unpadded(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or(bytes)
}

/// A profile as ImageMagick writes it: a line with its name, one with its length, then hex digits.
pub(super) fn raw_profile(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.trim_ascii_start().splitn(3, |byte| *byte == b'\n');
    let (_name, _length, hex) = (lines.next()?, lines.next()?, lines.next()?);
    let digits = hex.iter().filter_map(|&byte| char::from(byte).to_digit(16));
    let digits: Vec<u8> = digits
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    let (pairs, _) = digits.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
