//! Numbers as Python writes them: whole ones of any length as they are, others in the shortest form that reads back.

/// Python writes numbers out in full while the point is no further to the left or right than this.
const PLAIN: std::ops::RangeInclusive<i32> = -4..=15;

/// Python refuses whole numbers with more digits.
const MAX_DIGITS: usize = 4300;

/// Reads a number and gives it as Python writes it; `None` if it is none that JSON allows.
pub(super) fn rewrite(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(unsigned);
    let rest = unsigned.get(whole..)?;
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return None;
    }
    if rest.is_empty() {
        let zero = unsigned == "0";
        let text = if zero { unsigned } else { text };
        return (whole <= MAX_DIGITS).then(|| text.to_owned());
    }
    if !is_fraction(rest) {
        return None;
    }
    Some(float(text.parse().ok()?))
}

/// `.5`, `e5`, `.5E-5`
fn is_fraction(text: &str) -> bool {
    let (text, fraction) = match text.strip_prefix('.') {
        Some(rest) => (rest.get(digits(rest)..).unwrap_or(""), digits(rest) > 0),
        None => (text, true),
    };
    let exponent = match text.strip_prefix(['e', 'E']) {
        Some(rest) => {
            let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
            !rest.is_empty() && digits(rest) == rest.len()
        }
        None => text.is_empty(),
    };
    fraction && exponent
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn float(number: f64) -> String {
    if number.is_infinite() {
        let minus = if number < 0.0 { "-" } else { "" };
        return format!("{minus}Infinity");
    }
    let (sign, digits, exponent) = shortest(number);
    if !PLAIN.contains(&exponent) {
        let (first, rest) = digits.split_at(1.min(digits.len()));
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        let size = exponent.unsigned_abs();
        return format!("{sign}{first}{point}{rest}e{direction}{size:02}");
    }
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", zeros(-1 - exponent));
    }
    let missing = i32::try_from(digits.len()).map_or(0, |have| exponent + 2 - have);
    let digits = digits + &zeros(missing);
    let (whole, rest) = digits.split_at(usize::try_from(exponent + 1).unwrap_or(1));
    format!("{sign}{whole}.{rest}")
}

/// The sign, the fewest digits that read back as this number, and the place of the first one. Of two that are as near, the
/// even one is taken, as Python does and `{:e}` alone does not.
fn shortest(number: f64) -> (&'static str, String, i32) {
    let any = format!("{number:e}");
    let digits = any.bytes().take_while(|byte| *byte != b'e');
    let count = digits.filter(u8::is_ascii_digit).count();
    let even = format!("{number:.*e}", count.saturating_sub(1));
    let best = match even.parse() == Ok(number) {
        true => even,
        false => any,
    };
    let (mantissa, exponent) = best.split_once('e').unwrap_or((&best, "0"));
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (sign, digits, exponent.parse().unwrap_or(0))
}
