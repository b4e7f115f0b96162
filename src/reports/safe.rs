//! Text from files, made safe to show.

use std::borrow::Cow;

/// Text that a terminal shows as text: control characters, and characters that reorder or hide what stands around
/// them, become visible escapes.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().flat_map(|c| {
        let escape = is_unsafe(c).then(|| c.escape_default());
        let plain = (!is_unsafe(c)).then_some(c);
        escape.into_iter().flatten().chain(plain)
    });
    Cow::Owned(escaped.collect())
}

/// JSON that a terminal shows as text, and that reads back as the same: JSON itself lets most of these characters stand.
pub fn safe_json(json: String) -> String {
    if !json.chars().any(is_unsafe) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unsafe(c) {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            units
                .iter()
                .for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// A field that no spreadsheet takes for a formula: a quote goes before what would begin one, also behind spaces, which
/// some of them drop, and in full width, which some of them read alike.
pub fn inert(field: &str) -> Cow<'_, str> {
    const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let begins = field.trim_start().starts_with(BEGINNINGS);
    match begins || field.starts_with(['\t', '\r', '\n']) {
        true => Cow::Owned(format!("'{field}")),
        false => Cow::Borrowed(field),
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_reads_back_as_it_was() {
        let text = "\u{9b}31m \u{202e} \u{7f} \u{e0041} \n é";
        let json = safe_json(serde_json::to_string(text).unwrap());
        assert!(!json.chars().any(is_unsafe), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn escapes_reach_no_terminal() {
        assert_eq!(
            safe("a\u{1b}[31mb\u{202e}c\nd"),
            "a\\u{1b}[31mb\\u{202e}c\\nd"
        );
        assert_eq!(
            safe("\u{61c}\u{180e}\u{fff9}\u{fffb}"),
            "\\u{61c}\\u{180e}\\u{fff9}\\u{fffb}"
        );
        assert!(matches!(safe("画像 é 👍"), Cow::Borrowed(_)));
    }
}
