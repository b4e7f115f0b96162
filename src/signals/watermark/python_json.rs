//! JSON as Python writes it: read with `json.loads` and written again with `json.dumps`, character by character the same.
//!
//! What is signed is the text that Python would write, not the one that stands in the file; no general JSON library keeps
//! the order of keys and the notation of numbers as Python does. The work is linear in the text, but for nesting, which is
//! bounded.

mod number;
mod string;

use std::collections::HashMap;

use crate::signals::generator_metadata::is_modest;

/// Deepest nesting that is followed; settings of generators nest to three.
const MAX_DEPTH: usize = 32;

/// Longest text that is read.
const MAX_LENGTH: usize = 4 << 20;

/// An object without one of its keys, as Python writes it, and that key's value.
pub(super) struct Split {
    pub(super) rest: String,
    pub(super) value: String,
}

/// Takes a key out of an object; `None` if the text is no object that Python reads, or has no such key.
pub(super) fn split(text: &str, key: &str) -> Option<Split> {
    if text.len() > MAX_LENGTH || !is_modest(text) {
        return None;
    }
    let mut reader = Reader { rest: text };
    let mut fields = reader.top()?;
    let key = format!("\"{key}\"");
    let at = fields.iter().position(|(name, _)| *name == key)?;
    let (_, value) = fields.remove(at);
    let rest = object(&fields);
    Some(Split { rest, value })
}

/// Keys and values, both as Python writes them.
type Fields = Vec<(String, String)>;

fn object(fields: &Fields) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// What is still to be read.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// An object, and nothing else.
    fn top(&mut self) -> Option<Fields> {
        self.space();
        self.expect('{')?;
        let fields = self.fields(0)?;
        self.space();
        self.rest.is_empty().then_some(fields)
    }

    fn value(&mut self, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.rest.chars().next()? {
            '{' => {
                self.expect('{')?;
                Some(object(&self.fields(depth)?))
            }
            '[' => self.array(depth),
            '"' => self.string(),
            _ => self.word(),
        }
    }

    /// The inside of an object. Of a key that comes twice the last value counts, in the place of the first.
    fn fields(&mut self, depth: usize) -> Option<Fields> {
        let mut fields = Fields::new();
        let mut places = HashMap::new();
        self.space();
        if self.expect('}').is_some() {
            return Some(fields);
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.expect(':')?;
            let value = self.value(depth + 1)?;
            match places.get(&key).and_then(|place| fields.get_mut(*place)) {
                Some((_, earlier)) => *earlier = value,
                None => {
                    places.insert(key.clone(), fields.len());
                    fields.push((key, value));
                }
            }
            if !self.goes_on('}')? {
                return Some(fields);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<String> {
        self.expect('[')?;
        let mut values = Vec::new();
        self.space();
        if self.expect(']').is_some() {
            return Some("[]".to_owned());
        }
        loop {
            values.push(self.value(depth + 1)?);
            if !self.goes_on(']')? {
                return Some(format!("[{}]", values.join(", ")));
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let (string, rest) = string::rewrite(self.rest)?;
        self.rest = rest;
        Some(string)
    }

    /// A number, or one of the words that stand alone.
    fn word(&mut self) -> Option<String> {
        let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let (word, rest) = self
            .rest
            .split_at(self.rest.find(end).unwrap_or(self.rest.len()));
        self.rest = rest;
        match word {
            "true" | "false" | "null" | "NaN" | "Infinity" | "-Infinity" => Some(word.to_owned()),
            _ => number::rewrite(word),
        }
    }

    /// Whether a comma follows, or else the end.
    fn goes_on(&mut self, end: char) -> Option<bool> {
        self.space();
        match self.expect(',') {
            Some(()) => Some(true),
            None => self.expect(end).map(|()| false),
        }
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }
}

#[cfg(test)]
mod tests;
