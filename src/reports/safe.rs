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

/// A field that no spreadsheet takes for a formula: a quote goes before what would begin one.
pub fn inert(field: &str) -> Cow<'_, str> {
    match field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
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
