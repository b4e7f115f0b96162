//! What of a source is wanted: by patterns of names, and by the part that falls to this machine.

use std::ffi::OsStr;
use std::path::Path;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};
use xxhash_rust::xxh3::xxh3_64;

use super::{Input, Place};

/// Patterns and a shard. The empty one wants everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What is found has to match one of these, unless there are none.
    include: Vec<Pattern>,
    /// What matches one of these is left out, with all that lies in it.
    exclude: Vec<Pattern>,
    shard: Option<Shard>,
}

impl Filter {
    /// Only what is found under such a name.
    ///
    /// # Errors
    /// It is no pattern.
    pub fn include(&mut self, glob: &str) -> Result<(), String> {
        self.include.push(Pattern::new(glob)?);
        Ok(())
    }

    /// Nothing under such a name, nor what lies in a folder or an archive of that name.
    ///
    /// # Errors
    /// It is no pattern.
    pub fn exclude(&mut self, glob: &str) -> Result<(), String> {
        self.exclude.push(Pattern::new(glob)?);
        Ok(())
    }

    /// Only this part of everything.
    pub fn set_shard(&mut self, shard: Shard) {
        self.shard = Some(shard);
    }

    /// Whether an input that was found at, or below, what somebody named is wanted. What somebody named is always, and what
    /// could not be listed may hold anything: only a shard divides those.
    pub(super) fn wants(&self, root: &OsStr, input: &Input) -> bool {
        if self.include.is_empty() && self.exclude.is_empty() && self.shard.is_none() {
            return true;
        }
        let name = below(root, input.name.as_os_str());
        let lost = matches!(input.place, Place::Lost(_));
        let by_name = input.asked_for
            || (lost || self.include.is_empty() || any(&self.include, name))
                && !levels(name).any(|level| any(&self.exclude, level));
        by_name && self.shard.is_none_or(|shard| shard.has(name))
    }

    /// Whether a file or folder, and what lies in it, need not be looked at.
    pub(super) fn leaves_out(&self, root: &OsStr, name: &OsStr) -> bool {
        any(&self.exclude, below(root, name))
    }
}

/// A name, and those of the folders and archives that it lies in.
fn levels(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'/', name).chain([name.len()]);
    ends.filter_map(|end| {
        let level = name.get(..end)?;
        Some(level.strip_suffix(b"!").unwrap_or(level))
    })
}

/// The name below what somebody named; its own last part where it is that itself.
fn below<'a>(root: &OsStr, name: &'a OsStr) -> &'a [u8] {
    let (root, whole) = (root.as_encoded_bytes(), name.as_encoded_bytes());
    let rest = whole.strip_prefix(root).unwrap_or(whole);
    let rest = rest.strip_prefix(b"!").unwrap_or(rest);
    let rest = match rest.iter().position(|byte| !is_separator(*byte)) {
        Some(start) => rest.get(start..).unwrap_or_default(),
        None => &[],
    };
    match rest {
        [] => Path::new(name)
            .file_name()
            .unwrap_or(name)
            .as_encoded_bytes(),
        rest => rest,
    }
}

fn is_separator(byte: u8) -> bool {
    byte == b'/' || cfg!(windows) && byte == b'\\'
}

fn any(patterns: &[Pattern], name: &[u8]) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}

/// A glob. One without a slash is held against the last part of a name, another against all of it.
#[derive(Debug, Clone)]
struct Pattern {
    glob: GlobMatcher,
    whole: bool,
}

impl Pattern {
    fn new(glob: &str) -> Result<Self, String> {
        let trimmed = glob.strip_prefix("./").unwrap_or(glob);
        let trimmed = trimmed.strip_suffix('/').unwrap_or(trimmed);
        let built = GlobBuilder::new(trimmed).literal_separator(true).build();
        let built = built.map_err(|error| format!("{glob}: {}", error.kind()))?;
        Ok(Self {
            glob: built.compile_matcher(),
            whole: trimmed.contains('/'),
        })
    }

    fn matches(&self, name: &[u8]) -> bool {
        let part = match name.iter().rposition(|byte| is_separator(*byte)) {
            Some(slash) if !self.whole => name.get(slash + 1..).unwrap_or_default(),
            _ => name,
        };
        self.glob
            .is_match(super::archive::names::os_string(part.to_vec()))
    }
}

/// One of several parts of a scan, each of which can be done by another machine: what falls to it depends on nothing but
/// names below what was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 0.
    index: u64,
    count: u64,
}

impl Shard {
    fn has(self, name: &[u8]) -> bool {
        // The same names are written differently on other systems.
        let hash = match cfg!(windows) && name.contains(&b'\\') {
            true => {
                let name: Vec<u8> = name
                    .iter()
                    .map(|byte| if *byte == b'\\' { b'/' } else { *byte })
                    .collect();
                xxh3_64(&name)
            }
            false => xxh3_64(name),
        };
        hash % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    /// Reads `2/8`, the second of eight.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected I/N, such as 2/8 for the second of eight parts";
        let (number, count) = text.split_once('/').ok_or(wrong)?;
        let (number, count): (u64, u64) = (
            number.parse().map_err(|_| wrong)?,
            count.parse().map_err(|_| wrong)?,
        );
        match number.checked_sub(1) {
            Some(index) if index < count => Ok(Self { index, count }),
            _ => Err("the first number counts from 1 to the second"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        let mut filter = Filter::default();
        include
            .iter()
            .for_each(|glob| filter.include(glob).unwrap());
        exclude
            .iter()
            .for_each(|glob| filter.exclude(glob).unwrap());
        filter
    }

    fn wants(filter: &Filter, name: &str) -> bool {
        filter.wants(OsStr::new("in"), &Input::memory(name, Vec::new()).found())
    }

    #[test]
    fn patterns_without_a_slash_are_of_the_last_part() {
        let jpegs = filter(&["*.jpg"], &["thumbs", "/never"]);
        assert!(wants(&jpegs, "in/a.jpg") && wants(&jpegs, "in/b/c/a.jpg"));
        assert!(wants(&jpegs, "in/a.zip!/c/a.jpg"));
        assert!(!wants(&jpegs, "in/a.JPG") && !wants(&jpegs, "in/a.jpg.txt"));
        assert!(!wants(&jpegs, "in/thumbs/a.jpg") && !wants(&jpegs, "in/b/thumbs/a.jpg"));
    }

    #[test]
    fn patterns_with_a_slash_are_of_the_whole() {
        let some = filter(&["a/*.jpg", "b/**/*.png"], &["b/x/**", "*.zip"]);
        assert!(wants(&some, "in/a/1.jpg") && !wants(&some, "in/c/a/1.jpg"));
        assert!(!wants(&some, "in/a/b/1.jpg"));
        assert!(wants(&some, "in/b/1.png") && wants(&some, "in/b/c/d/1.png"));
        assert!(!wants(&some, "in/b/x/1.png") && !wants(&some, "in/b/a.zip!/1.png"));
        assert!(Pattern::new("a[").is_err());
    }

    #[test]
    fn what_was_named_or_lost_is_not_filtered_by_include() {
        let jpegs = filter(&["*.jpg"], &[]);
        assert!(jpegs.wants(OsStr::new("a.png"), &Input::memory("a.png", Vec::new())));
        let fault = crate::error::Fault::new(crate::error::FaultKind::Unreadable, "no");
        let lost = Input::lost(Path::new("in/secret"), fault).found();
        assert!(jpegs.wants(OsStr::new("in"), &lost));
    }

    #[test]
    fn shards_divide_whatever_the_root_is_called() {
        let parts: Vec<Shard> = (1..=3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        let mut counts = [0; 3];
        for number in 0..3000 {
            let name = format!("x/{number}.jpg");
            let with = |root: &str| {
                let full = format!("{root}/{name}");
                let name = below(OsStr::new(root), OsStr::new(&full));
                parts.iter().position(|part| part.has(name)).unwrap()
            };
            assert_eq!(with("in"), with("/data/in"));
            assert_eq!(
                parts
                    .iter()
                    .filter(|part| part.has(name.as_bytes()))
                    .count(),
                1
            );
            counts[with("in")] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)));
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"] {
            assert!(wrong.parse::<Shard>().is_err());
        }
    }
}
