//! Whatever is done to a log shows; what a stopped writer left does no harm.

use std::fs;

use provscan::sources::Name;

use super::{Place, add, checked, gif, grounds, opened, options, sound};
use provscan::audit::{Auditor, head_of};

/// A log of five records, as lines.
fn lines(place: &Place) -> Vec<String> {
    add(&place.log(), 3);
    let text = fs::read_to_string(place.log()).unwrap();
    text.lines().map(|line| format!("{line}\n")).collect()
}

/// Problems of a log of these bytes, by line.
fn problems(place: &Place, bytes: &[u8]) -> Vec<u64> {
    let path = place.at("changed.jsonl");
    fs::write(&path, bytes).unwrap();
    let (_, problems) = checked(&[&path], None, None);
    let lines = problems.iter().map(|problem| problem.line.unwrap_or(0));
    lines.collect()
}

#[test]
fn no_byte_can_be_changed_put_in_or_left_out() {
    let place = Place::new();
    let lines = lines(&place);
    let bytes = lines.concat().into_bytes();
    assert_eq!(problems(&place, &bytes), [0; 0]);
    let line_of = |at: usize| 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64;
    for at in 0..bytes.len() {
        for bit in [0, 5, 7] {
            let mut other = bytes.clone();
            other[at] ^= 1 << bit;
            let found = problems(&place, &other);
            assert!(
                found.contains(&line_of(at)),
                "byte {at}, bit {bit}: {found:?}"
            );
        }
        let mut shorter = bytes.clone();
        shorter.remove(at);
        assert!(!problems(&place, &shorter).is_empty(), "without byte {at}");
        let mut longer = bytes.clone();
        longer.insert(at, b' ');
        assert!(
            !problems(&place, &longer).is_empty(),
            "with a blank at {at}"
        );
    }
}

#[test]
fn no_line_can_be_moved_removed_repeated_or_put_in() {
    let place = Place::new();
    let lines = lines(&place);
    let other = Place::new();
    let strange = Auditor::open(&other.log(), options(), grounds("strangers")).unwrap();
    for _ in 0..4 {
        strange.record(&Name::new("a"), &gif()).unwrap();
    }
    let strangers = fs::read_to_string(other.log()).unwrap();
    for first in 0..lines.len() {
        for second in first + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(first, second);
            let found = problems(&place, swapped.concat().as_bytes());
            assert!(
                found.contains(&(first as u64 + 1)),
                "{first} and {second}: {found:?}"
            );
        }
        let mut twice = lines.clone();
        twice.insert(first, lines[first].clone());
        let found = problems(&place, twice.concat().as_bytes());
        assert_eq!(found, [first as u64 + 2]);
        for stranger in strangers.lines().chain(["", "{}", "null"]) {
            let mut more = lines.clone();
            more.insert(first + 1, format!("{stranger}\n"));
            if more[first + 1] != lines[first] {
                assert!(!problems(&place, more.concat().as_bytes()).is_empty());
            }
        }
        if first + 1 < lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(first);
            let found = problems(&place, fewer.concat().as_bytes());
            assert_eq!(found, [first as u64 + 1]);
        }
    }
}

#[test]
fn what_is_taken_off_the_end_shows_by_what_was_kept_elsewhere() {
    let place = Place::new();
    let lines = lines(&place);
    let head = head_of(&place.log()).unwrap();
    let whole = lines.concat();
    for end in 0..whole.len() {
        let path = place.at("cut.jsonl");
        fs::write(&path, &whole[..end]).unwrap();
        let (_, problems) = checked(&[&path], None, Some(head));
        assert!(!problems.is_empty(), "cut at {end}");
        let (found, problems) = checked(&[&path], None, None);
        let at_a_line = end > 0 && whole[..end].ends_with('\n');
        assert_eq!(problems.is_empty(), at_a_line, "cut at {end}");
        assert!(found.records <= 5);
    }
    // It still holds once the log has grown.
    add(&place.log(), 2);
    assert_eq!(checked(&[&place.log()], None, Some(head)).1, []);
}

#[test]
fn a_line_that_was_cut_off_anywhere_is_kept_and_accounted_for() {
    let place = Place::new();
    let whole = lines(&place).concat();
    let path = place.at("cut.jsonl");
    for end in 1..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        add(&path, 1);
        let found = sound(&path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with(&whole[..end]),
            "nothing is ever taken away"
        );
        assert!(found.recoveries <= 1);
    }
    // A writer that was stopped while it accounted for another one.
    let torn = format!("{whole}{{\"seq\":6,\"prev\":\"");
    fs::write(&path, &torn).unwrap();
    add(&path, 1);
    let recovered = fs::read_to_string(&path).unwrap();
    let end = recovered[torn.len() + 1..].find('\n').unwrap() + torn.len() + 1;
    for cut in torn.len()..end {
        fs::write(&path, &recovered[..cut]).unwrap();
        add(&path, 1);
        assert_eq!(sound(&path).recoveries, 1);
    }
    // What accounts for it is no excuse for anything else.
    fs::write(
        &path,
        recovered.replacen("{\"seq\":6,\"prev\":\"\n", "{\"seq\":6,\"prev\": \n", 1),
    )
    .unwrap();
    assert!(!checked(&[&path], None, None).1.is_empty());
    let without = recovered.replacen("{\"seq\":6,\"prev\":\"\n", "", 1);
    assert_ne!(without, recovered);
    fs::write(&path, without).unwrap();
    assert!(!checked(&[&path], None, None).1.is_empty());
}

#[test]
fn nothing_is_added_to_what_was_changed_or_is_no_log() {
    let place = Place::new();
    let whole = lines(&place).concat();
    let path = place.at("changed.jsonl");
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let error = opened(&path).unwrap_err().to_string();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        error
    };
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    let changed = format!(
        "{}{}",
        &whole[..last],
        whole[last..].replace("pass", "prss")
    );
    assert!(refused(&changed).contains("not as it was written"));
    for other in ["notes\n", "{\"schema\":\"provscan/1\"}\n", "\n", "[]"] {
        assert!(refused(other).contains("no audit log"), "{other}");
    }
    // While a program writes to it.
    fs::write(&path, &whole).unwrap();
    let auditor = opened(&path).unwrap();
    fs::write(&path, &whole[..last]).unwrap();
    let error = auditor.record(&Name::new("a"), &gif()).unwrap_err();
    assert!(error.to_string().contains("become shorter"), "{error}");
    assert!(auditor.record(&Name::new("a"), &gif()).is_err());
    assert!(opened(place.folder.path()).is_err());
    assert!(opened(&place.at("no/such/folder")).is_err());
}
