//! Strings as Python writes them: ASCII only, everything else as UTF-16 in escapes.

use std::fmt::Write;

/// Reads the string at the beginning of a text, with its quotation marks, and gives it as Python writes it, and what follows.
pub(super) fn rewrite(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut written = String::from("\"");
    let mut chars = inside.chars();
    loop {
        match chars.next()? {
            '"' => {
                written.push('"');
                return Some((written, chars.as_str()));
            }
            '\\' => {
                let (unit, rest) = escaped(chars.as_str())?;
                push(&mut written, unit);
                chars = rest.chars();
            }
            // Python refuses line breaks and the like inside strings.
            c if c < ' ' => return None,
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    push(&mut written, *unit);
                }
            }
        }
    }
}

/// What stands behind a backslash. Halves of a pair are taken one by one, as they are written again one by one.
fn escaped(text: &str) -> Option<(u16, &str)> {
    let mut chars = text.chars();
    let plain = match chars.next()? {
        'u' => {
            let (digits, rest) = chars.as_str().split_at_checked(4)?;
            let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let unit = u16::from_str_radix(digits, 16).ok()?;
            return hex.then_some((unit, rest));
        }
        'b' => 8,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        '"' => 34,
        '\\' => 92,
        '/' => 47,
        _ => return None,
    };
    Some((plain, chars.as_str()))
}

fn push(written: &mut String, unit: u16) {
    match unit {
        8 => written.push_str("\\b"),
        9 => written.push_str("\\t"),
        10 => written.push_str("\\n"),
        12 => written.push_str("\\f"),
        13 => written.push_str("\\r"),
        34 => written.push_str("\\\""),
        92 => written.push_str("\\\\"),
        32..=126 => written.extend(char::from_u32(u32::from(unit))),
        // Writing to a string does not fail.
        _ => drop(write!(written, "\\u{unit:04x}")),
    }
}
