//! Sizes and times as people write them: `400M`, `1.5G`, `90s`, `2m`, or a plain number.

use std::time::Duration;

/// Bytes by their unit, in powers of 1024.
const BYTES: [(&str, f64); 5] = [
    ("", 1.0),
    ("K", 1024.0),
    ("M", 1_048_576.0),
    ("G", 1_073_741_824.0),
    ("T", 1_099_511_627_776.0),
];

/// Seconds by their unit.
const SECONDS: [(&str, f64); 5] = [
    ("", 1.0),
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];

/// Least memory that some pictures can be decoded in.
const LEAST_MEMORY: u64 = 16 << 20;

/// Beyond this a limit is none, and numbers are no longer exact.
const MOST: f64 = 9e15;

/// A number of bytes.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    // Whole numbers are taken as they are, however large.
    if let Ok(bytes) = text.parse() {
        return Ok(bytes);
    }
    let trimmed = text.strip_suffix("iB").or_else(|| text.strip_suffix('B'));
    let bytes = number(trimmed.unwrap_or(text), &BYTES);
    let bytes = bytes.ok_or("it is no size, such as 400M, 1.5G or a number of bytes")?;
    Ok(bytes as u64)
}

/// The same, of what has to fit into memory.
pub(crate) fn size_in_memory(text: &str) -> Result<usize, String> {
    usize::try_from(size(text)?).map_err(|_| "it is more than this machine can address".into())
}

/// The same, of all memory together.
pub(crate) fn memory(text: &str) -> Result<u64, String> {
    let bytes = size(text)?;
    match bytes >= LEAST_MEMORY {
        true => Ok(bytes),
        false => Err(format!(
            "less than {}M is too little for any picture",
            LEAST_MEMORY >> 20
        )),
    }
}

/// A time.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let seconds = number(text, &SECONDS);
    let seconds = seconds.ok_or("it is no time, such as 90s, 2m or a number of seconds")?;
    Ok(Duration::from_secs_f64(seconds))
}

/// A number, which may have a fraction, times its unit.
fn number(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !digits.chars().all(plain) {
        return None;
    }
    let unit = text.strip_prefix(digits)?;
    let (_, factor) = units
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let number = digits.parse::<f64>().ok()? * factor;
    (number <= MOST).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_and_fractions() {
        for (text, bytes) in [
            ("400M", 400 << 20),
            ("2G", 2 << 30),
            ("1.5g", 3 << 29),
            ("0.5GiB", 1 << 29),
            ("64KB", 64 << 10),
            ("50000000", 50_000_000),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in [
            "",
            "M",
            "400 M",
            "4x",
            "-1",
            "1e9",
            "1.2.3M",
            "99999999999T",
            "B",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert!(memory("1M").is_err() && memory("16M").is_ok());
    }

    #[test]
    fn times_have_units_and_fractions() {
        for (text, millis) in [
            ("60", 60_000),
            ("90s", 90_000),
            ("2m", 120_000),
            ("1.5h", 5_400_000),
            ("250ms", 250),
            ("0", 0),
        ] {
            assert_eq!(time(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "s", "2 m", "1d", "-1s", "nan", "inf"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
