//! How long an answer about content credentials holds: certificates come into force and expire, whatever happens to the file.
//!
//! Nothing else in a record depends on the day. Every date at which a certificate, a time-stamp or a proof of revocation begins
//! or ends stands in the manifest in one of the two forms of ASN.1, so the next one that is still to come is looked for there,
//! and in the trust lists. Where manifests are compressed, or lie elsewhere, the answer holds for a day.

use crate::asset::{Asset, ManifestKind, RawStore};
use crate::inspect::{Inspection, SignalState};
use crate::settings::Settings;
use crate::signals::content_credentials;
use crate::trust::TrustSettings;

/// For ever.
pub(super) const ALWAYS: i64 = i64::MAX;

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// What decides, beside a file, how long its answer holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Until {
    now: i64,
    /// The next date of a certificate on a trust list.
    lists: i64,
    online: bool,
}

impl Until {
    /// As of this second since 1970.
    pub(super) fn new(settings: &Settings, now: i64) -> Self {
        Self {
            now,
            lists: of_lists(&settings.trust, now),
            online: settings.remote.is_some(),
        }
    }

    /// The second from which on an image has to be looked at again.
    pub(super) fn of(&self, asset: &Asset, inspection: &Inspection) -> i64 {
        let name = content_credentials::KIND.name;
        let state = inspection.signals.iter().find(|(own, _)| *own == name);
        if !matches!(state, Some((_, SignalState::Found | SignalState::Failed))) {
            return ALWAYS;
        }
        let a_day = self.now.saturating_add(DAY);
        let compressed = |store: &RawStore| {
            let mut all = store.manifests.iter();
            all.any(|one| one.kind == ManifestKind::Compressed)
        };
        let embedded = asset.manifest_store();
        let within = embedded.and_then(RawStore::bytes);
        let beside = asset.sidecar().map(|sidecar| &*sidecar.bytes);
        let unseen = self.online
            || embedded.is_some_and(|store| compressed(store) || store.bytes().is_none())
            || beside.is_some_and(|bytes| compressed(&RawStore::read(bytes, asset.limits())))
            || (within.is_none() && beside.is_none());
        let dates = within.into_iter().chain(beside).flat_map(dates);
        let next = dates.filter(|date| *date >= self.now).min();
        let next = next
            .map_or(ALWAYS, |date| date.saturating_add(1))
            .min(self.lists);
        if unseen { next.min(a_day) } else { next }
    }
}

/// The second after the next date at which a certificate on a list begins or ends to be in force.
fn of_lists(trust: &TrustSettings, now: i64) -> i64 {
    let certificates = trust.lists.iter().flat_map(|list| list.certificates());
    let dates = certificates.flat_map(|one| [one.issued_at(), one.expires_at()]);
    let next = dates.filter(|date| *date >= now).min();
    next.map_or(ALWAYS, |date| date.saturating_add(1))
}

/// Everything in some bytes that is a date of ASN.1 in DER, in seconds since 1970.
fn dates(bytes: &[u8]) -> impl Iterator<Item = i64> {
    let short = memchr::memmem::find_iter(bytes, b"\x17\x0d").filter_map(|at| {
        let text = bytes.get(at + 2..at + 15)?;
        let year = digits(text.get(..2)?)?;
        // As RFC 5280 has it.
        let century = if year < 50 { 2000 } else { 1900 };
        seconds(century + year, text.get(2..)?)
    });
    let long = memchr::memmem::find_iter(bytes, b"\x18\x0f").filter_map(|at| {
        let text = bytes.get(at + 2..at + 17)?;
        seconds(digits(text.get(..4)?)?, text.get(4..)?)
    });
    short.chain(long)
}

/// Month, day, hour, minute and second of a year, in universal time.
fn seconds(year: i64, text: &[u8]) -> Option<i64> {
    let (text, zone) = text.split_at_checked(10)?;
    let mut parts = text.chunks(2).map(digits);
    let mut next = || parts.next().flatten();
    let (month, day, hour, minute, second) = (next()?, next()?, next()?, next()?, next()?);
    let sound = zone == b"Z" && (1..=12).contains(&month) && (1..=31).contains(&day);
    // Days since 1970 of the proleptic Gregorian calendar, whose years are counted from March.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468;
    sound.then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_both_forms_are_found_among_other_bytes() {
        let bytes = b"..\x17\x0d260805120000Z\x18\x0f20260805120001Z\x17\x0d990101000000Z\x17\x0d2608051200";
        let found: Vec<i64> = dates(bytes).collect();
        assert_eq!(found, [1_785_931_200, 915_148_800, 1_785_931_201]);
        assert_eq!(
            dates(b"\x17\x0d261305120000Z\x18\x0f2026080512000xZ").count(),
            0
        );
        let leap: Vec<i64> = dates(b"\x17\x0d240229000000Z\x17\x0d240301000000Z").collect();
        assert_eq!(leap[1] - leap[0], DAY);
    }
}
