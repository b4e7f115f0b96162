//! XML that is damaged as packets in the wild are: stray ampersands and control characters, a cut end, bytes behind the
//! end. What is left of it says the same as before.

use std::ops::ControlFlow;

/// Elements that may stand open; more nesting is refused elsewhere, so that here it is damage.
const MAX_OPEN: usize = 256;

/// The document up to where its first element ends, with all that is open closed, and without what no parser takes.
pub(super) fn repaired(xml: &str) -> String {
    let mut repair = Repair {
        out: String::with_capacity(xml.len()),
        open: Vec::new(),
    };
    let mut rest = xml;
    while let Some((text, tag)) = rest.split_once('<') {
        repair.text(text);
        let (tag, after, whole) = split_tag(tag);
        rest = after;
        if repair.tag(tag, whole).is_break() {
            return repair.out;
        }
    }
    // Text behind the last tag belongs to a value that was cut: the value is left out with it.
    repair.close(0);
    repair.out
}

struct Repair<'a> {
    out: String,
    open: Vec<&'a str>,
}

impl<'a> Repair<'a> {
    fn tag(&mut self, tag: &'a str, whole: bool) -> ControlFlow<()> {
        if let Some(data) = tag.strip_prefix("![CDATA[") {
            self.data(data);
            return ControlFlow::Continue(());
        }
        if tag.starts_with(['?', '!']) {
            return ControlFlow::Continue(());
        }
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim();
            // An end without a beginning is left out.
            if let Some(at) = self
                .open
                .iter()
                .rposition(|open| *open == name)
                .filter(|_| whole)
            {
                self.close(at);
            }
        } else {
            let ends = tag.ends_with('/');
            let body = tag.trim_end_matches('/');
            let name = body.split(|c: char| c.is_ascii_whitespace()).next();
            // Of a tag that is cut within its name nothing is left.
            if name.is_none_or(str::is_empty) {
                return ControlFlow::Continue(());
            }
            self.out.push('<');
            self.text(body);
            self.out.push_str(if ends { "/>" } else { ">" });
            if !ends {
                self.open.extend(name);
            }
        }
        if self.open.len() > MAX_OPEN {
            self.close(0);
        }
        match self.open.is_empty() && !self.out.is_empty() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// Closes what is open, down to this depth.
    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(name) = self.open.pop() else { return };
            self.out.extend(["</", name, ">"]);
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            self.plain(before);
            self.out
                .push_str(if is_entity(after) { "&" } else { "&amp;" });
            rest = after;
        }
        self.plain(rest);
    }

    /// Character data, in which no sign has a meaning.
    fn data(&mut self, data: &str) {
        let escaped = data.replace('&', "&amp;").replace('<', "&lt;");
        self.plain(&escaped);
    }

    fn plain(&mut self, text: &str) {
        let taken = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        let taken = text.chars().filter(taken);
        self.out
            .extend(taken.filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')));
    }
}

/// The tag without its brackets, what follows it, and whether it was whole. Of a cut one the whole attributes are left.
fn split_tag(text: &str) -> (&str, &str, bool) {
    for (open, close) in [("!--", "-->"), ("?", "?>")] {
        if text.starts_with(open) {
            let after = text.split_once(close).map_or("", |(_, after)| after);
            return (open, after, true);
        }
    }
    if text.starts_with("![CDATA[") {
        return text
            .split_once("]]>")
            .map_or((text, "", false), |(data, after)| (data, after, true));
    }
    let (mut quote, mut kept) = (None, 0);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => {
                let (tag, after) = text.split_at_checked(at).unwrap_or((text, ""));
                return (tag, after.strip_prefix('>').unwrap_or(after), true);
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => (quote, kept) = (None, at + 1),
            _ => {}
        }
    }
    (text.get(..kept).unwrap_or_default(), "", false)
}

/// Whether an entity that every parser knows, or a number, follows an ampersand.
fn is_entity(after: &str) -> bool {
    const KNOWN: &[&str] = &["amp", "lt", "gt", "quot", "apos"];
    let name = after.bytes().take(12).position(|b| b == b';');
    let name = name.and_then(|end| after.get(..end)).unwrap_or_default();
    let digits = |text: &str, radix| {
        !text.is_empty() && u32::from_str_radix(text, radix).is_ok_and(is_letter)
    };
    KNOWN.contains(&name)
        || name.strip_prefix("#x").is_some_and(|text| digits(text, 16))
        || name.strip_prefix('#').is_some_and(|text| digits(text, 10))
}

/// A number that stands for a letter which XML allows.
fn is_letter(number: u32) -> bool {
    matches!(number, 9 | 10 | 13) || number >= 32 && char::from_u32(number).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_taken_out_and_the_rest_is_kept() {
        for (damaged, whole) in [
            (
                "<a>b &amp; c & d &nbsp; &#1;</a>",
                "<a>b &amp; c &amp; d &amp;nbsp; &amp;#1;</a>",
            ),
            ("<a>b\u{1}c</a>", "<a>bc</a>"),
            ("<a><b x=\"1\">c</b><d>e", "<a><b x=\"1\">c</b><d></d></a>"),
            ("<a><b x=\"1\" y=\"2", "<a><b x=\"1\"></b></a>"),
            ("<a><b>c</a>junk<a>", "<a><b>c</b></a>"),
            ("<a>b</z></a>", "<a>b</a>"),
            ("<a><!-- <b> --><?x?><b/></a>", "<a><b/></a>"),
            ("<a>b<c>d</c></", "<a>b<c>d</c></a>"),
            ("<a>b<cc", "<a>b</a>"),
            ("<a/><b/>", "<a/>"),
            ("<a><![CDATA[b & <c>]]></a> ", "<a>b &amp; &lt;c></a>"),
        ] {
            assert_eq!(repaired(damaged), whole, "{damaged}");
        }
    }

    #[test]
    fn anything_comes_to_an_end() {
        for text in [
            "",
            "<",
            "<<<<",
            "</a>",
            "<!--",
            "<a b='",
            "&",
            "<a>&#x;",
            "<é>ü</é",
        ] {
            repaired(text);
        }
        let unclosed = repaired(&"<a></b>".repeat(100_000));
        assert!(unclosed.len() < 10_000);
    }
}
