//! Several paths in one: `shard-{000000..000009}.tar`, as data sets in many archives are named.

use std::path::{Path, PathBuf};

use crate::error::{Fault, FaultKind};

/// Most paths that one pattern stands for.
const MAX_PATHS: u64 = 1_000_000;

/// The paths that a pattern stands for; `None` if it is none, or a file has this very name.
pub(super) fn paths_of(path: &Path) -> Option<Result<Paths, Fault>> {
    let text = path.to_str()?;
    braces(text)?;
    if path.exists() {
        return None;
    }
    Some(expand(text).ok_or_else(|| {
        let message = format!("the numbers in braces stand for more than {MAX_PATHS} paths");
        Fault::new(FaultKind::Limit, message)
    }))
}

/// Paths, as they are asked for.
pub(super) type Paths = Box<dyn Iterator<Item = PathBuf> + Send>;

/// What stands in front of the first braces that count, the numbers, how many digits they have, and what comes after.
struct Braces<'a> {
    before: &'a str,
    from: u64,
    to: u64,
    digits: usize,
    after: &'a str,
}

fn braces(text: &str) -> Option<Braces<'_>> {
    text.match_indices('{').find_map(|(at, _)| {
        let (before, rest) = (text.get(..at)?, text.get(at + 1..)?);
        let (inside, after) = rest.split_once('}')?;
        let (from, to) = inside.split_once("..")?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let padded = from.starts_with('0') && from.len() > 1;
        (is_number(from) && is_number(to)).then_some(())?;
        Some(Braces {
            before,
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            digits: if padded { from.len() } else { 0 },
            after,
        })
    })
}

/// The paths that a pattern stands for, in the order of its numbers; `None` if they are too many.
fn expand(text: &str) -> Option<Paths> {
    count(text).filter(|count| *count <= MAX_PATHS)?;
    Some(paths(text))
}

fn count(text: &str) -> Option<u64> {
    let mut paths: u64 = 1;
    let mut rest = text;
    while let Some(found) = braces(rest) {
        paths = paths.checked_mul(found.from.abs_diff(found.to).checked_add(1)?)?;
        rest = found.after;
    }
    Some(paths)
}

fn paths(text: &str) -> Paths {
    let Some(found) = braces(text) else {
        return Box::new(std::iter::once(PathBuf::from(text)));
    };
    let (before, after) = (found.before.to_owned(), found.after.to_owned());
    let (from, to, digits) = (found.from, found.to, found.digits);
    let steps = 0..=from.abs_diff(to);
    Box::new(steps.flat_map(move |step| {
        let number = if from <= to { from + step } else { from - step };
        let before = format!("{before}{number:0digits$}");
        paths(&after).map(move |rest| PathBuf::from(format!("{before}{}", rest.display())))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Vec<String> {
        let paths = expand(text).unwrap();
        paths.map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn numbers_in_braces_are_counted_through() {
        assert_eq!(
            expanded("s-{008..011}.tar"),
            ["s-008.tar", "s-009.tar", "s-010.tar", "s-011.tar"]
        );
        assert_eq!(
            expanded("{1..0}/{a}{9..10}"),
            ["1/{a}9", "1/{a}10", "0/{a}9", "0/{a}10"]
        );
        assert_eq!(expanded("{a,b}.tar"), ["{a,b}.tar"]);
        for none in [
            "{..}",
            "{1..}",
            "{a..b}",
            "}{",
            "{1...2}",
            "{-1..2}",
            "{1..99999999999999999999}",
        ] {
            assert!(braces(none).is_none(), "{none}");
        }
        assert!(expand("{0..999999}").is_some() && expand("{0..1000000}").is_none());
        assert!(expand("{0..999}{0..999}{0..999}{0..9999999999999999999}").is_none());
    }
}
