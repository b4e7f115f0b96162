//! What a compiled list keeps of an entry beside its hash: a few bytes each, in the order of the hashes.

use super::pages::{Damaged, Pages};
use crate::evidence::Action;
use crate::fingerprints::{Fingerprint, Kind};
use crate::lists::Entry;

/// Entries between two places that are kept.
pub(super) const STEP: u64 = 16;

/// Longest text of an entry, in bytes.
const MAX_TEXT: usize = 4096;

/// Most words that are kept once for all entries; further ones stand with each entry.
const MAX_WORDS: usize = 4096;

/// Longest of them, in bytes.
const MAX_WORD: usize = 200;

/// What an entry has; the fields follow in this order.
mod has {
    pub(super) const QUALITY: u8 = 1;
    pub(super) const ID: u8 = 2;
    pub(super) const CATEGORY: u8 = 4;
    pub(super) const SOURCE: u8 = 8;
    pub(super) const DATE: u8 = 16;
    pub(super) const THRESHOLD: u8 = 32;
    pub(super) const MIN_QUALITY: u8 = 64;
    pub(super) const ACTION: u8 = 128;
}

/// Words that many entries share, such as categories and sources.
#[derive(Debug, Default)]
pub(super) struct Words {
    all: Vec<String>,
    places: std::collections::HashMap<String, u64>,
}

impl Words {
    /// Words that were written before.
    pub(super) fn of(all: Vec<String>) -> Self {
        Self {
            all,
            ..Self::default()
        }
    }

    /// All of them, to be written.
    pub(super) fn all(&self) -> &[String] {
        &self.all
    }

    /// Writes a word: its number, counted from 1, or 0 and the word itself.
    fn put(&mut self, word: &str, out: &mut Vec<u8>) {
        let known = self.places.get(word).copied().or_else(|| self.add(word));
        match known {
            Some(place) => number(place, out),
            None => {
                out.push(0);
                text(word, out);
            }
        }
    }

    fn add(&mut self, word: &str) -> Option<u64> {
        if self.all.len() >= MAX_WORDS || word.len() > MAX_WORD {
            return None;
        }
        self.all.push(word.to_owned());
        let place = self.all.len() as u64;
        self.places.insert(word.to_owned(), place);
        Some(place)
    }

    fn get(&self, reader: &mut Reader<'_>) -> Option<String> {
        match reader.number()? {
            0 => reader.text(),
            place => self.all.get(usize::try_from(place).ok()? - 1).cloned(),
        }
    }
}

/// Appends what is known of an entry.
///
/// # Errors
/// A text is too long to be kept.
pub(super) fn put(entry: &Entry, words: &mut Words, out: &mut Vec<u8>) -> Result<(), String> {
    let texts = [
        Some(&entry.id),
        entry.category.as_ref(),
        entry.source.as_ref(),
        entry.date.as_ref(),
    ];
    if texts
        .into_iter()
        .flatten()
        .any(|text| text.len() > MAX_TEXT)
    {
        return Err(format!(
            "an id, category, source or date of more than {MAX_TEXT} bytes"
        ));
    }
    let quality = entry.fingerprint.quality();
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    out.push(
        flag(quality.is_some(), has::QUALITY)
            | flag(!entry.id.is_empty(), has::ID)
            | flag(entry.category.is_some(), has::CATEGORY)
            | flag(entry.source.is_some(), has::SOURCE)
            | flag(entry.date.is_some(), has::DATE)
            | flag(entry.threshold.is_some(), has::THRESHOLD)
            | flag(entry.min_quality.is_some(), has::MIN_QUALITY)
            | flag(entry.action.is_some(), has::ACTION),
    );
    out.extend(quality);
    if !entry.id.is_empty() {
        text(&entry.id, out);
    }
    for word in [&entry.category, &entry.source].into_iter().flatten() {
        words.put(word, out);
    }
    if let Some(date) = &entry.date {
        text(date, out);
    }
    if let Some(threshold) = entry.threshold {
        number(u64::from(threshold), out);
    }
    out.extend(entry.min_quality);
    out.extend(entry.action.map(action_number));
    Ok(())
}

/// An entry whose details say nothing.
pub(super) const NOTHING: &[u8] = &[0];

/// Reads what was written of an entry; `None` if it is none.
pub(super) fn read(bytes: &[u8], kind: Kind, value: &[u8], words: &Words) -> Option<Entry> {
    let mut reader = Reader(bytes);
    let flags = reader.byte()?;
    let is = |flag: u8| flags & flag != 0;
    let quality = if is(has::QUALITY) {
        Some(reader.byte()?)
    } else {
        None
    };
    let fingerprint = Fingerprint::new(kind, value).ok()?.with_quality(quality);
    let id = if is(has::ID) {
        reader.text()?
    } else {
        String::new()
    };
    let mut entry = Entry::new(fingerprint, id);
    if is(has::CATEGORY) {
        entry.category = Some(words.get(&mut reader)?);
    }
    if is(has::SOURCE) {
        entry.source = Some(words.get(&mut reader)?);
    }
    if is(has::DATE) {
        entry.date = Some(reader.text()?);
    }
    if is(has::THRESHOLD) {
        entry.threshold = Some(u32::try_from(reader.number()?).ok()?);
    }
    if is(has::MIN_QUALITY) {
        entry.min_quality = Some(reader.byte()?);
    }
    if is(has::ACTION) {
        entry.action = Some(Action::ALL.get(usize::from(reader.byte()?))?.0);
    }
    Some(entry)
}

fn action_number(action: Action) -> u8 {
    let place = Action::ALL.iter().position(|(one, _)| *one == action);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(0)
}

/// Where the details of a list's entries stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    /// Where the details begin.
    pub(super) at: u64,
    /// Bytes of them.
    pub(super) len: u64,
    /// Where the places of every sixteenth entry stand, eight bytes each, counted from `at`.
    pub(super) places: u64,
}

impl Details {
    /// The details of one entry.
    pub(super) fn of<'a>(&self, pages: &'a Pages, entry: u64) -> Result<&'a [u8], Damaged> {
        let damaged = Damaged { at: self.at };
        let size = |number: u64| usize::try_from(number).map_err(|_| damaged);
        let places = pages.get(size(self.places.saturating_add(entry / STEP * 8))?, 8)?;
        let place = places
            .first_chunk()
            .map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let mut at = place;
        for skipped in 0..=entry % STEP {
            let left = self.len.checked_sub(at).ok_or(damaged)?;
            let start = self.at.saturating_add(at);
            let head = pages.get(size(start)?, size(left.min(10))?)?;
            let mut reader = Reader(head);
            let len = reader.number().ok_or(damaged)?;
            let begin = (head.len() - reader.0.len()) as u64;
            if skipped == entry % STEP {
                if len > left.saturating_sub(begin) {
                    return Err(damaged);
                }
                return pages.get(size(start.saturating_add(begin))?, size(len)?);
            }
            at = at.saturating_add(begin).saturating_add(len);
        }
        Err(damaged)
    }
}

/// A number in groups of seven bits, the lowest first.
pub(super) fn number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn text(text: &str, out: &mut Vec<u8>) {
    number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

/// What is left to be read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        let len = usize::try_from(self.number()?).ok()?;
        Some(std::str::from_utf8(self.bytes(len)?).ok()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::pages::in_memory;
    use super::*;
    use crate::fingerprints::MD5;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let text = || prop::option::of("[a-zé]{0,300}");
        (
            prop::option::of(0..=100_u8),
            ".{0,20}",
            (text(), text(), text()),
            prop::option::of(any::<u32>()),
            prop::option::of(0..=100_u8),
            prop::option::of(0..4_usize),
        )
            .prop_map(
                |(quality, id, (category, source, date), threshold, min_quality, action)| Entry {
                    fingerprint: Fingerprint::new(MD5, [7; 16])
                        .unwrap()
                        .with_quality(quality),
                    id,
                    category,
                    source,
                    date,
                    threshold,
                    min_quality,
                    action: action.map(|place| Action::ALL[place].0),
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_reads_back(entries in prop::collection::vec(entry(), 1..40)) {
            let mut words = Words::default();
            let (mut all, mut places) = (Vec::new(), Vec::new());
            for (place, entry) in entries.iter().enumerate() {
                if (place as u64).is_multiple_of(STEP) {
                    places.extend_from_slice(&(all.len() as u64).to_le_bytes());
                }
                let mut one = Vec::new();
                put(entry, &mut words, &mut one).unwrap();
                number(one.len() as u64, &mut all);
                all.extend_from_slice(&one);
            }
            let details = Details { at: places.len() as u64, len: all.len() as u64, places: 0 };
            let pages = in_memory([places, all].concat());
            let words = Words::of(words.all().to_vec());
            for (place, entry) in entries.iter().enumerate() {
                let bytes = details.of(&pages, place as u64).unwrap();
                prop_assert_eq!(read(bytes, MD5, &[7; 16], &words), Some(entry.clone()));
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = read(&bytes, MD5, &[7; 16], &Words::default());
        }
    }

    #[test]
    fn nothing_is_one_byte() {
        let mut out = Vec::new();
        put(
            &Entry::new(Fingerprint::new(MD5, [7; 16]).unwrap(), ""),
            &mut Words::default(),
            &mut out,
        )
        .unwrap();
        assert_eq!(out, NOTHING);
    }
}
