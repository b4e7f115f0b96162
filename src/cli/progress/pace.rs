//! The arithmetic of progress: how much is done of how much, how fast, and how long it will still take.

use std::time::Duration;

/// What was done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Done {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct All {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// There is no more; else it is at least this much.
    pub(super) is_final: bool,
}

/// How much of the past counts: what was done a hundred steps ago counts a third.
const FADE: f64 = 0.99;

/// How strongly files and bytes are held to cost half of the time each, where the steps so far do not tell them apart.
const PRIOR: f64 = 0.002;

/// How fast a scan goes.
///
/// A file takes some time whatever its size, and some for each of its bytes. Both are fitted to the steps so far, so that
/// small files at the beginning and large ones at the end, or the other way round, do not mislead.
#[derive(Debug, Default)]
pub(super) struct Pace {
    elapsed: Duration,
    done: Done,
    /// Sums over steps, of products of what was done in each (files, bytes) and the time that it took.
    sums: Sums,
}

#[derive(Debug, Default)]
struct Sums {
    files_files: f64,
    files_bytes: f64,
    bytes_bytes: f64,
    files_time: f64,
    bytes_time: f64,
    files: f64,
    bytes: f64,
    time: f64,
}

impl Pace {
    /// Notes where the scan is at this time.
    pub(super) fn at(&mut self, elapsed: Duration, done: Done) {
        let files = done.files.saturating_sub(self.done.files) as f64;
        let bytes = done.bytes.saturating_sub(self.done.bytes) as f64;
        let time = elapsed.saturating_sub(self.elapsed).as_secs_f64();
        // The time of a step in which nothing was finished belongs to the next one.
        if files > 0.0 && time > 0.0 {
            self.sums.add(files, bytes, time);
            (self.elapsed, self.done) = (elapsed, done);
        }
    }

    /// How long what is left will take; nothing, where that is not known.
    pub(super) fn left(&self, all: All) -> Option<Duration> {
        let files = all.files.saturating_sub(self.done.files) as f64;
        let bytes = all.bytes.saturating_sub(self.done.bytes) as f64;
        let known = all.is_final && self.done.files > 0;
        let (by_files, by_bytes) = self.sums.fit();
        let seconds = by_files * files + by_bytes * bytes;
        known.then(|| Duration::try_from_secs_f64(seconds).ok())?
    }

    /// Where the scan is, in one line.
    pub(super) fn line(&self, all: Option<All>) -> String {
        let seconds = self.elapsed.as_secs_f64().max(0.001);
        let (files, bytes) = (self.done.files, self.done.bytes);
        let left = all.and_then(|all| self.left(all)).map(duration);
        let all_bytes = all.map(|all| All {
            files: all.bytes.max(bytes),
            ..all
        });
        format!(
            "{}, {}, {:.0} files and {:.1} MB a second{}",
            of_all(files, all, "files"),
            of_all_bytes(bytes, all_bytes),
            files as f64 / seconds,
            bytes as f64 / 1e6 / seconds,
            left.map_or_else(String::new, |left| format!(", {left} left"))
        )
    }
}

impl Sums {
    fn add(&mut self, files: f64, bytes: f64, time: f64) {
        let add = |sum: &mut f64, more: f64| *sum = *sum * FADE + more;
        add(&mut self.files_files, files * files);
        add(&mut self.files_bytes, files * bytes);
        add(&mut self.bytes_bytes, bytes * bytes);
        add(&mut self.files_time, files * time);
        add(&mut self.bytes_time, bytes * time);
        add(&mut self.files, files);
        add(&mut self.bytes, bytes);
        add(&mut self.time, time);
    }

    /// Seconds a file and seconds a byte, by least squares.
    fn fit(&self) -> (f64, f64) {
        let (files, bytes) = (self.files.max(1.0), self.bytes.max(1.0));
        // In parts of what was done, both are numbers of a like size.
        let (aa, ab, bb) = (
            self.files_files / (files * files),
            self.files_bytes / (files * bytes),
            self.bytes_bytes / (bytes * bytes),
        );
        let (at, bt) = (self.files_time / files, self.bytes_time / bytes);
        let prior = PRIOR * (aa + bb);
        let half = self.time / 2.0;
        let (aa, bb) = (aa + prior, bb + prior);
        let (at, bt) = (at + prior * half, bt + prior * half);
        let divisor = aa * bb - ab * ab;
        if divisor <= 0.0 {
            return (self.time / files, 0.0);
        }
        let by_files = (at * bb - bt * ab) / divisor;
        let by_bytes = (bt * aa - at * ab) / divisor;
        // Neither files nor bytes give time back.
        match (by_files < 0.0, by_bytes < 0.0) {
            (true, _) => (0.0, self.time / bytes),
            (_, true) => (self.time / files, 0.0),
            _ => (by_files / files, by_bytes / bytes),
        }
    }
}

/// `12 of at least 50 files`, or as much of that as is known.
pub(super) fn of_all(done: u64, all: Option<All>, what: &str) -> String {
    match all {
        None => format!("{done} {what}"),
        Some(all) if all.is_final => format!("{done} of {} {what}", all.files.max(done)),
        Some(all) => format!("{done} of at least {} {what}", all.files.max(done)),
    }
}

fn of_all_bytes(done: u64, all: Option<All>) -> String {
    let most = all.map_or(done, |all| all.files);
    let (unit, name) = match most {
        0..1_000_000_000 => (1e6, "MB"),
        1_000_000_000..1_000_000_000_000 => (1e9, "GB"),
        _ => (1e12, "TB"),
    };
    let of = match all {
        None => String::new(),
        Some(all) if all.is_final => format!(" of {:.1}", all.files as f64 / unit),
        Some(all) => format!(" of at least {:.1}", all.files as f64 / unit),
    };
    format!("{:.1}{of} {name}", done as f64 / unit)
}

/// `2 h 05 min`, `5 min 10 s` or `9 s`.
fn duration(of: Duration) -> String {
    let seconds = of.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: f64 = 0.25;

    /// A scan of files of these sizes, of which each takes 2 ms and 20 ms more for each megabyte, looked at every quarter
    /// of a second; the time it took, and what was said would be left after each step.
    fn scan(sizes: &[u64]) -> (f64, Vec<(f64, f64)>) {
        let all = All {
            files: sizes.len() as u64,
            bytes: sizes.iter().sum(),
            is_final: true,
        };
        let (mut pace, mut done, mut now, mut next) = (Pace::default(), Done::default(), 0.0, STEP);
        let mut said = Vec::new();
        for size in sizes {
            now += 0.002 + 0.02 * *size as f64 / 1e6;
            while now > next {
                pace.at(Duration::from_secs_f64(next), done);
                let left = pace.left(all).map(|left| left.as_secs_f64());
                said.extend(left.map(|left| (next, left)));
                next += STEP;
            }
            done.files += 1;
            done.bytes += size;
        }
        (now, said)
    }

    fn worst(sizes: &[u64], from: f64) -> f64 {
        let (total, said) = scan(sizes);
        let error = |(at, left): &(f64, f64)| ((total - at) - left).abs() / total;
        let late = said.iter().filter(|(at, _)| *at > total * from);
        late.map(error).fold(0.0, f64::max)
    }

    #[test]
    fn files_of_one_size_are_foreseen() {
        assert!(worst(&[3_000_000; 2000], 0.02) < 0.03);
    }

    #[test]
    fn files_of_mixed_sizes_are_foreseen_whatever_comes_first() {
        let mixed = |n: u64| 20_000 + n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 6_000_000;
        let mut sizes: Vec<u64> = (0..3000).map(mixed).collect();
        assert!(worst(&sizes, 0.05) < 0.05);
        sizes.sort_unstable();
        assert!(worst(&sizes, 0.1) < 0.1, "{}", worst(&sizes, 0.1));
        // Where all large ones come first, little is known of what small ones take.
        sizes.reverse();
        assert!(worst(&sizes, 0.1) < 0.5, "{}", worst(&sizes, 0.1));
        assert!(worst(&sizes, 0.5) < 0.2, "{}", worst(&sizes, 0.5));
    }

    #[test]
    fn nothing_is_foreseen_while_it_is_not_known_how_much_there_is() {
        let mut pace = Pace::default();
        let all = All {
            files: 100,
            bytes: 1000,
            is_final: false,
        };
        pace.at(
            Duration::from_secs(1),
            Done {
                files: 10,
                bytes: 100,
            },
        );
        assert_eq!(pace.left(all), None);
        let all = All {
            is_final: true,
            ..all
        };
        assert_eq!(pace.left(all).map(|left| left.as_secs()), Some(9));
        assert_eq!(Pace::default().left(all), None);
    }

    #[test]
    fn the_line_says_what_is_known() {
        let mut pace = Pace::default();
        let done = Done {
            files: 50,
            bytes: 100_000_000,
        };
        pace.at(Duration::from_secs(10), done);
        assert_eq!(
            pace.line(None),
            "50 files, 100.0 MB, 5 files and 10.0 MB a second"
        );
        let mut all = All {
            files: 5000,
            bytes: 10_000_000_000,
            is_final: false,
        };
        assert_eq!(
            pace.line(Some(all)),
            "50 of at least 5000 files, 0.1 of at least 10.0 GB, 5 files and 10.0 MB a second"
        );
        all.is_final = true;
        assert_eq!(
            pace.line(Some(all)),
            "50 of 5000 files, 0.1 of 10.0 GB, 5 files and 10.0 MB a second, 16 min 30 s left"
        );
    }

    #[test]
    fn times_are_said_in_the_units_that_matter() {
        let said = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(
            [said(9), said(70), said(7500)],
            ["9 s", "1 min 10 s", "2 h 05 min"]
        );
    }
}
