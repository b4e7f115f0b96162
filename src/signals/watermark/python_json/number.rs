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
    // The shortest digits that read back, with the point behind the first.
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if PLAIN.contains(&exponent) {
        let plain = number.to_string();
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}
