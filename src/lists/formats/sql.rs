//! Statements of SQL as text, one by one, and the words that they are made of: as much as an `INSERT` takes.

use super::{Place, ReadError, Source};

/// Most bytes of a statement.
const MAX_STATEMENT: usize = 4 << 20;

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word, a number among them, or a name in quotation marks.
    Word(String),
    /// A text in apostrophes.
    Text(String),
    /// Anything else.
    Mark(char),
}

/// What a statement is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Quotes(u8),
    Comment,
}

/// Goes through the statements of a text, each with the line on which it begins.
///
/// # Errors
/// The text cannot be read, a statement does not end, or what `each` returns.
pub(super) fn each_statement(
    source: &mut Source<'_>,
    mut each: impl FnMut(u64, &str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let (mut statement, mut begun, mut within) = (String::new(), 1, Within::Nothing);
    source.all_lines(|number, line| {
        let mut rest = line;
        loop {
            if statement.trim().is_empty() {
                statement.clear();
                begun = number;
            }
            let end = end_of(rest, &mut within);
            let (part, after) = rest
                .split_at_checked(end.unwrap_or(rest.len()))
                .unwrap_or((rest, ""));
            statement.push_str(part);
            if statement.len() > MAX_STATEMENT {
                let message = "a statement of more than 4 mebibytes; is an apostrophe missing?";
                return Err(ReadError::bad(Place::Line(begun), message));
            }
            if end.is_none() {
                statement.push('\n');
                return Ok(());
            }
            each(begun, &statement)?;
            statement.clear();
            rest = after.strip_prefix(';').unwrap_or(after);
        }
    })?;
    match (within, tokens(&statement).next()) {
        (Within::Nothing, None) => Ok(()),
        _ => Err(ReadError::bad(
            Place::Line(begun),
            "the statement that begins here does not end with a semicolon",
        )),
    }
}

/// Where on a line a statement ends, if it does.
fn end_of(line: &str, within: &mut Within) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let next = bytes.get(place + 1);
        match (*within, byte) {
            (Within::Nothing, b';') => return Some(place),
            (Within::Nothing, b'\'' | b'"' | b'`') => *within = Within::Quotes(*byte),
            (Within::Nothing, b'-') if next == Some(&b'-') => return None,
            (Within::Nothing, b'/') if next == Some(&b'*') => *within = Within::Comment,
            (Within::Quotes(quote), byte) if quote == *byte => *within = Within::Nothing,
            (Within::Comment, b'*') if next == Some(&b'/') => *within = Within::Nothing,
            _ => {}
        }
        place += 1;
    }
    None
}

/// The tokens of a statement, each with how many lines below the first it stands.
pub(super) fn tokens(statement: &str) -> Tokens<'_> {
    Tokens {
        rest: statement,
        line: 0,
    }
}

/// What is left of a statement.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    line: u64,
}

impl<'a> Tokens<'a> {
    /// Takes off what comes before a place.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += memchr::memchr_iter(b'\n', taken.as_bytes()).count() as u64;
        taken
    }

    /// Takes off blanks and comments.
    fn skip(&mut self) {
        loop {
            let blanks = self.rest.len() - self.rest.trim_start().len();
            let rest = self.rest.get(blanks..).unwrap_or_default();
            let comment = match rest {
                rest if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
                rest if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => 0,
            };
            self.take(blanks + comment);
            if comment == 0 {
                return;
            }
        }
    }

    /// What stands between two quotation marks, of which doubled ones are one.
    fn quoted(&mut self, quote: char) -> String {
        let mut text = String::new();
        self.take(1);
        loop {
            let end = self.rest.find(quote).unwrap_or(self.rest.len());
            text.push_str(self.take(end));
            self.take(1);
            if !self.rest.starts_with(quote) {
                return text;
            }
            text.push(quote);
            self.take(1);
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = (u64, Token);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip();
        let line = self.line;
        let token = match self.rest.chars().next()? {
            '\'' => Token::Text(self.quoted('\'')),
            '"' => Token::Word(self.quoted('"')),
            '`' => Token::Word(self.quoted('`')),
            c if is_word(c) => {
                let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                Token::Word(self.take(end).to_owned())
            }
            c => {
                self.take(c.len_utf8());
                Token::Mark(c)
            }
        };
        Some((line, token))
    }
}

/// What names and numbers are made of.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Result<Vec<(u64, String)>, ReadError> {
        let mut found = Vec::new();
        each_statement(
            &mut Source::from_bytes(text.as_bytes()),
            |line, statement| {
                found.push((line, statement.trim().to_owned()));
                Ok(())
            },
        )?;
        Ok(found)
    }

    #[test]
    fn semicolons_in_texts_and_comments_end_nothing() {
        let text = "BEGIN; -- a; b\n\nx 'a;\nb''' \"c;\" /* d;\n */;y;\n";
        let found = statements(text).unwrap();
        let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, found[2].1.as_str()), (vec![1, 1, 5], "y"));
        assert!(found[1].1.contains("'a;\nb'''"));
        assert_eq!(statements("x; -- the end;\n/* of it */").unwrap().len(), 1);
        for open in ["x", "x 'a", "x; 'a;"] {
            assert!(statements(open).is_err(), "{open}");
        }
    }

    #[test]
    fn tokens_are_told_apart() {
        let found: Vec<_> = tokens("a.b ('it''s',\n -- c\n -1.5, \"d\")").collect();
        let word = |word: &str| Token::Word(word.into());
        assert_eq!(
            found,
            [
                (0, word("a.b")),
                (0, Token::Mark('(')),
                (0, Token::Text("it's".into())),
                (0, Token::Mark(',')),
                (2, Token::Mark('-')),
                (2, word("1.5")),
                (2, Token::Mark(',')),
                (2, word("d")),
                (2, Token::Mark(')'))
            ]
        );
    }
}
