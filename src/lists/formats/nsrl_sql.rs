//! Deltas of the National Software Reference Library, version 3: SQL as text, of which the rows that are put into `FILE`,
//! `METADATA` or `DISTINCT_HASH` are read. Nothing is run.

use super::nsrl::{HASHES, known_good};
use super::sql::{Token, Tokens, each_statement, tokens};
use super::words::NO_HASH;
use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{Fingerprint, Kind};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "nsrl-sql",
    about: "a delta of NSRL version 3: INSERT INTO FILE(…) VALUES(…);",
    looks_like: |head: Head<'_>| {
        let line = head.line().to_ascii_uppercase();
        let begins = ["INSERT ", "BEGIN", "PRAGMA", "--", "/*", "CREATE ", "DROP "];
        let tables = [
            "INTO FILE",
            "INTO METADATA",
            "INTO DISTINCT_HASH",
            "INTO \"FILE\"",
            "INTO \"METADATA\"",
        ];
        begins.iter().any(|begin| line.starts_with(begin))
            && tables.iter().any(|table| head.contains(table))
    },
    read,
    write: None,
};

/// Tables whose rows are files.
const TABLES: [&str; 3] = ["file", "metadata", "distinct_hash"];

/// Statements that change no rows of those tables.
const HARMLESS: [&str; 9] = [
    "begin", "commit", "end", "pragma", "create", "analyze", "vacuum", "attach", "detach",
];

/// Most columns of a row.
const MAX_COLUMNS: usize = 64;

/// What is wrong, and how many lines below the first of its statement.
type Wrong = (u64, String);

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    intake.options(known_good());
    each_statement(source, |line, statement| {
        let mut tokens = tokens(statement);
        let bad = |(below, message): Wrong| ReadError::bad(Place::Line(line + below), message);
        let Some(columns) = columns(&mut tokens).map_err(bad)? else {
            return Ok(());
        };
        while let Some((below, row)) = row(&mut tokens).map_err(bad)? {
            let entries = columns
                .entries(&row)
                .map_err(|message| bad((below, message)))?;
            if entries.is_empty() {
                intake.leave_out(NO_HASH);
            }
            for entry in entries {
                intake.entry(entry)?;
            }
        }
        Ok(())
    })
}

/// Where each thing stands in a row.
struct Columns {
    hashes: Vec<(Kind, usize)>,
    name: Option<usize>,
    package: Option<usize>,
    len: usize,
}

/// What an `INSERT` into a table of files says of its columns; nothing for statements that need not be read.
fn columns(tokens: &mut Tokens<'_>) -> Result<Option<Columns>, Wrong> {
    let Some(verb) = word(tokens) else {
        return Ok(None);
    };
    let wrong = |message: &str| Err((0, message.to_owned()));
    match verb.as_str() {
        "insert" | "replace" => {}
        verb if HARMLESS.contains(&verb) => return Ok(None),
        _ => return wrong("only INSERT can be read of a delta; this statement may take rows away"),
    }
    let table = table(tokens);
    if !TABLES.contains(&table.strip_prefix("main.").unwrap_or(&table)) {
        return Ok(None);
    }
    let Some(names) = column_names(tokens) else {
        return wrong(
            "expected the names of the columns, as in INSERT INTO FILE(sha256,sha1,md5) VALUES(…)",
        );
    };
    if word(tokens).as_deref() != Some("values") {
        return wrong("expected VALUES after the names of the columns");
    }
    let place = |name: &str| names.iter().position(|column| column == name);
    let hashes = HASHES
        .iter()
        .filter_map(|(name, kind)| Some((*kind, place(name)?)));
    Ok(Some(Columns {
        hashes: hashes.collect(),
        name: place("file_name"),
        package: place("package_id"),
        len: names.len(),
    }))
}

/// The table of an `INSERT OR REPLACE INTO table`.
fn table(tokens: &mut Tokens<'_>) -> String {
    let mut table = word(tokens);
    while table
        .as_deref()
        .is_some_and(|word| ["or", "replace", "ignore", "abort", "into"].contains(&word))
    {
        table = word(tokens);
    }
    table.unwrap_or_default()
}

/// The names in brackets, in lower case, unless something else stands there.
fn column_names(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    if tokens.next()?.1 != Token::Mark('(') {
        return None;
    }
    loop {
        match tokens.next()?.1 {
            Token::Word(name) if names.len() < MAX_COLUMNS => names.push(name.to_ascii_lowercase()),
            Token::Mark(',') => {}
            Token::Mark(')') => return Some(names),
            _ => return None,
        }
    }
}

/// The next word, in lower case.
fn word(tokens: &mut Tokens<'_>) -> Option<String> {
    match tokens.next()?.1 {
        Token::Word(word) => Some(word.to_ascii_lowercase()),
        _ => None,
    }
}

/// The values of the next row; what is no text or number is empty.
fn row(tokens: &mut Tokens<'_>) -> Result<Option<(u64, Vec<String>)>, Wrong> {
    let begun = loop {
        match tokens.next() {
            None => return Ok(None),
            Some((_, Token::Mark(','))) => {}
            Some((line, Token::Mark('('))) => break line,
            Some((line, _)) => return Err((line, "expected a row in brackets".to_owned())),
        }
    };
    let mut values = vec![String::new()];
    for (line, token) in tokens {
        let value = match token {
            Token::Mark(')') => return Ok(Some((begun, values))),
            Token::Mark(',') if values.len() < MAX_COLUMNS => {
                values.push(String::new());
                continue;
            }
            Token::Mark('-') => continue,
            Token::Word(word) if word.eq_ignore_ascii_case("null") => continue,
            Token::Text(value) | Token::Word(value) => value,
            Token::Mark(_) => {
                return Err((
                    line,
                    "expected texts and numbers, with commas between them".to_owned(),
                ));
            }
        };
        match values.last_mut() {
            Some(last) if last.is_empty() => *last = value,
            _ => return Err((line, "expected a comma between two values".to_owned())),
        }
    }
    Err((begun, "a row whose bracket is never closed".to_owned()))
}

impl Columns {
    fn entries(&self, row: &[String]) -> Result<Vec<Entry>, String> {
        if row.len() != self.len {
            return Err(format!("{} values for {} columns", row.len(), self.len));
        }
        let field = |place: Option<usize>| {
            place
                .and_then(|place| row.get(place))
                .map(String::as_str)
                .unwrap_or_default()
        };
        let hashes = self
            .hashes
            .iter()
            .map(|(kind, place)| (kind, field(Some(*place))));
        let entries = hashes
            .filter(|(_, value)| !value.is_empty())
            .map(|(kind, value)| {
                let value =
                    Fingerprint::parse_value(*kind, value).map_err(|error| error.to_string())?;
                let mut entry = Entry::new(value, field(self.name));
                entry.source =
                    Some(field(self.package).to_owned()).filter(|package| !package.is_empty());
                Ok(entry)
            });
        entries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, entries, imported};
    use super::*;
    use crate::fingerprints::{MD5, SHA1};

    fn values(md5: &str) -> String {
        format!("(NULL,'{}','{md5}','a;''b''.gif',-7,5)", "CD".repeat(20))
    }

    const INSERT: &str = "INSERT INTO FILE (sha256,sha1,md5,file_name,file_size,package_id) VALUES";

    #[test]
    fn a_delta_is_read() {
        let md5 = "AB".repeat(16);
        let text = format!(
            "BEGIN TRANSACTION;\nINSERT INTO PKG VALUES('deadbeef');\n{INSERT}{0};\n{INSERT}\n{0},\n{0};\nINSERT OR IGNORE INTO \"METADATA\"(md5) VALUES('');\nCOMMIT;\n",
            values(&md5)
        );
        assert_eq!(detected(&text), "nsrl-sql");
        let found = imported(&FORMAT, &text).unwrap();
        assert_eq!((found.entries.len(), found.left_out[NO_HASH]), (6, 1));
        let told: Vec<_> = found
            .entries
            .iter()
            .take(2)
            .map(|e| (e.fingerprint.kind(), e.id.as_str(), e.source.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (SHA1, "a;'b'.gif", Some("5")),
                (MD5, "a;'b'.gif", Some("5"))
            ]
        );
    }

    #[test]
    fn errors_have_their_line() {
        let bad = |text: &str| entries(&FORMAT, text).unwrap_err().to_string();
        let good = values(&"AB".repeat(16));
        assert_eq!(
            bad(&format!(
                "BEGIN;\n{INSERT}\n{good},\n{};",
                values("deadbeef")
            )),
            "line 4: 8 hex digits, a md5 hash has 32"
        );
        assert_eq!(
            bad(&format!("{INSERT}('deadbeef');")),
            "line 1: 1 values for 6 columns"
        );
        assert!(
            bad("INSERT INTO FILE VALUES('deadbeef');")
                .starts_with("line 1: expected the names of the columns")
        );
        assert!(bad("\nDELETE FROM FILE;").starts_with("line 2: only INSERT"));
        assert!(bad(&format!("{INSERT}{good}")).contains("does not end with a semicolon"));
        assert!(bad(&format!("{INSERT}('a' 'b');")).contains("a comma between"));
        assert!(bad(&format!("{INSERT}('a';")).contains("never closed"));
        assert!(bad(&format!("{INSERT} SELECT;")).contains("a row in brackets"));
    }
}
