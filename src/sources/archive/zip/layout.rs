//! How the members of a zip archive lie in it: which overlap, what lies between them unlisted, and which are manifests.

use std::collections::HashSet;

use super::super::super::span::Span;
use super::super::names;
use super::directory::Directory;
use super::entry::{Entry, LOCAL, LOCAL_LEN, local_lens};
use super::{Manifests, Packed};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// Most stretches of an archive that are looked at for members that its directory does not list.
const MAX_UNLISTED: usize = 1000;

/// What a first pass over the directory shows.
pub(super) struct Layout {
    /// Where members begin whose bytes overlap those of others.
    pub(super) overlapped: HashSet<u64>,
    /// Stretches that begin as a member does, and that no row of the directory names.
    pub(super) unlisted: Vec<(u64, u64)>,
    /// There are more such stretches than are looked at.
    pub(super) more: Option<Fault>,
    /// The manifests among the members.
    pub(super) manifests: Manifests,
    /// Rows are missing, or there are too many.
    pub(super) miscount: Option<Fault>,
}

impl Layout {
    /// Goes through the rows of a directory, as many as members are read.
    pub(super) fn read(span: &Span, directory: &Directory, limits: &Limits) -> Self {
        let mut places = Vec::new();
        let mut manifests = Manifests::new();
        let rows = directory.entries(span).map_while(Result::ok);
        for entry in rows.take(limits.max_members) {
            let at = directory.base.saturating_add(entry.local_at);
            // The header in front of a member is as long as this at least.
            let least = LOCAL_LEN as u64 + entry.name.len() as u64;
            let len = least.saturating_add(entry.packed_len);
            places.push((at, at.saturating_add(len)));
            if entry.is_file() && names::is_manifest(&entry.name) {
                keep(&mut manifests, span, at, entry);
            }
        }
        let all = places.len() < limits.max_members;
        let miscount = all.then(|| directory.miscount(places.len())).flatten();
        places.sort_unstable();
        let (unlisted, more) = unlisted(span, &places, directory.start);
        Self {
            overlapped: overlapped(&places, directory.start),
            unlisted,
            more,
            manifests,
            miscount,
        }
    }
}

fn keep(manifests: &mut Manifests, span: &Span, at: u64, entry: Entry) {
    let packed = Packed::listed(span, at, &entry);
    let name = names::base(&entry.name).to_vec();
    manifests.insert(names::stem(&entry.name).to_vec(), (name, packed));
}

/// The places, in order, that lie over each other or over the directory.
fn overlapped(places: &[(u64, u64)], end: u64) -> HashSet<u64> {
    let mut found = HashSet::new();
    let mut longest: Option<(u64, u64)> = None;
    for place in places {
        if let Some(before) = longest
            && before.1 > place.0
        {
            found.extend([before.0, place.0]);
        }
        if place.1 > end {
            found.insert(place.0);
        }
        if longest.is_none_or(|before| before.1 < place.1) {
            longest = Some(*place);
        }
    }
    found
}

/// What lies in front of, between and behind the places, where it begins as a member does; and what is to be said where there
/// is too much of it.
fn unlisted(span: &Span, places: &[(u64, u64)], end: u64) -> (Vec<(u64, u64)>, Option<Fault>) {
    let starts = places.iter().map(|(start, _)| *start).chain([end]);
    let ends = std::iter::once(None).chain(places.iter().map(Some));
    let mut behind = 0;
    let mut found = Vec::new();
    for (place, start) in ends.zip(starts) {
        behind = behind.max(place.map_or(0, |(_, end)| *end));
        if start.saturating_sub(behind) < LOCAL_LEN as u64 {
            continue;
        }
        let from = match place {
            Some((at, least)) if *least == behind => true_end(span, *at, *least),
            _ => behind,
        };
        if !begins_a_member(span, from, start) {
            continue;
        }
        if found.len() == MAX_UNLISTED {
            return (found, Some(too_many(from)));
        }
        found.push((from, start));
    }
    (found, None)
}

fn too_many(at: u64) -> Fault {
    let message = format!(
        "the directory of the archive leaves out members in more than {MAX_UNLISTED} places; those from byte {at} on were not read; unpack the archive with a program that repairs it"
    );
    Fault::new(FaultKind::Limit, message)
}

/// Where a member ends, with the extra fields that only its own header has, and with the lengths behind it.
fn true_end(span: &Span, at: u64, least: u64) -> u64 {
    let Some(header) = span.array(at) else {
        return least;
    };
    let [_, extra] = local_lens(&header);
    let end = least.saturating_add(extra as u64);
    end.saturating_add(super::salvage::descriptor_len(span, end))
}

fn begins_a_member(span: &Span, from: u64, to: u64) -> bool {
    to.saturating_sub(from) >= LOCAL_LEN as u64
        && span.array::<4>(from).is_some_and(|bytes| bytes == *LOCAL)
}
