//! The output of hashdeep 1.0: `%%%% HASHDEEP-1.0`, then `%%%% size,md5,sha256,filename`, then a line for each file. The
//! name is last and may hold commas. Digests that are not known here (tiger, whirlpool) are passed over.

use std::io::{self, Write};

use super::words::{NO_HASH, kind_of};
use super::{Entries, Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{Fingerprint, Kind, MD5, SHA1, SHA256};
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "hashdeep",
    about: "hashdeep output: %%%% HASHDEEP-1.0",
    looks_like: |head: Head<'_>| head.line().starts_with(MAGIC),
    read,
    write: Some(write),
};

const MAGIC: &str = "%%%% HASHDEEP-";

/// What begins a line that says something of the lines below it.
const MARK: &str = "%%%% ";

/// What is written, in the order of the columns.
const WRITTEN: [(Kind, &str); 3] = [(MD5, "md5"), (SHA1, "sha1"), (SHA256, "sha256")];

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let mut columns: Option<Vec<Option<Kind>>> = None;
    let mut magic = false;
    source.all_lines(|number, line| {
        let bad = |message: &str| ReadError::bad(Place::Line(number), message);
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(said) = line.strip_prefix(MARK) {
            if line.starts_with(MAGIC) {
                magic = true;
            } else {
                columns = Some(columns_of(said).map_err(bad)?);
            }
            return Ok(());
        }
        match &columns {
            Some(columns) if magic => row(line, columns, intake).map_err(|error| match error {
                RowError::Bad(message) => bad(&message),
                RowError::Intake(error) => error.into(),
            }),
            _ => Err(bad(
                "expected `%%%% HASHDEEP-1.0` and `%%%% size,md5,sha256,filename` first",
            )),
        }
    })?;
    match columns {
        Some(_) => Ok(()),
        None => Err(ReadError::bad(
            Place::Whole,
            "there is no line `%%%% size,md5,…,filename`",
        )),
    }
}

/// The kinds of the columns before the file name; none for the size and what is not known here.
fn columns_of(said: &str) -> Result<Vec<Option<Kind>>, &'static str> {
    let mut names: Vec<&str> = said.trim().split(',').map(str::trim).collect();
    if names.pop() != Some("filename") || names.len() > 32 {
        return Err("expected the names of the columns, `size,md5,…,filename`");
    }
    let columns: Vec<_> = names.iter().map(|name| kind_of(name)).collect();
    match columns.iter().any(Option::is_some) {
        true => Ok(columns),
        false => Err("none of md5, sha1 and sha256 is among the columns"),
    }
}

enum RowError {
    Bad(String),
    Intake(io::Error),
}

fn row(line: &str, columns: &[Option<Kind>], intake: &mut dyn Intake) -> Result<(), RowError> {
    let bad = |message: String| RowError::Bad(message);
    let fields: Vec<&str> = line.splitn(columns.len() + 1, ',').collect();
    let name = match fields.get(columns.len()) {
        Some(name) => *name,
        None => {
            return Err(bad(format!(
                "{} fields, {} were expected",
                fields.len(),
                columns.len() + 1
            )));
        }
    };
    let hashes = columns
        .iter()
        .zip(&fields)
        .filter_map(|(kind, field)| Some(((*kind)?, field.trim())));
    let mut found = false;
    for (kind, value) in hashes.filter(|(_, value)| !value.is_empty()) {
        let value =
            Fingerprint::parse_value(kind, value).map_err(|error| bad(error.to_string()))?;
        intake
            .entry(Entry::new(value, name))
            .map_err(RowError::Intake)?;
        found = true;
    }
    if !found {
        intake.leave_out(NO_HASH);
    }
    Ok(())
}

/// Digests only. Those of one id that follow each other share a line; where other digests are known than in the lines above,
/// the columns are named anew.
fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::default();
    let mut named = [false; 3];
    for entry in entries {
        let entry = entry?;
        let Some(place) = WRITTEN
            .iter()
            .position(|(kind, _)| *kind == entry.fingerprint.kind())
        else {
            continue;
        };
        if !line.takes(place, &entry.id) {
            line.flush(&mut named, out)?;
        }
        line.add(place, entry);
    }
    line.flush(&mut named, out)?;
    match named {
        // A list without digests still says what it is.
        [false, false, false] => header(&[true; 3], out),
        _ => Ok(()),
    }
}

fn header(known: &[bool; 3], out: &mut dyn Write) -> io::Result<()> {
    let names = WRITTEN.iter().zip(known).filter(|(_, known)| **known);
    let names: String = names.map(|((_, name), _)| format!("{name},")).collect();
    writeln!(out, "{MAGIC}1.0\n{MARK}size,{names}filename")
}

/// The digests of one file.
#[derive(Default)]
struct Line {
    id: String,
    values: [Option<String>; 3],
}

impl Line {
    fn known(&self) -> [bool; 3] {
        self.values.each_ref().map(Option::is_some)
    }

    /// Whether a digest goes on this line. Entries without names are of different files.
    fn takes(&self, place: usize, id: &str) -> bool {
        let free = self
            .values
            .get(place..)
            .unwrap_or_default()
            .iter()
            .all(Option::is_none);
        self.known() == [false; 3] || free && !id.is_empty() && self.id == id
    }

    fn add(&mut self, place: usize, entry: Entry) {
        if let Some(value) = self.values.get_mut(place) {
            *value = Some(entry.fingerprint.hex());
        }
        self.id = entry.id;
    }

    fn flush(&mut self, named: &mut [bool; 3], out: &mut dyn Write) -> io::Result<()> {
        let known = self.known();
        if known == [false; 3] {
            return Ok(());
        }
        if *named != known {
            header(&known, out)?;
            *named = known;
        }
        let line = std::mem::take(self);
        // The size is not known here.
        write!(out, "0,")?;
        for value in line.values.iter().flatten() {
            write!(out, "{value},")?;
        }
        match line.id.as_str() {
            "" => writeln!(out, "-"),
            id => writeln!(out, "{}", id.replace(char::is_control, " ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, entries, imported, written};
    use super::*;

    #[test]
    fn names_with_commas_and_unknown_digests_are_read() {
        let text = format!(
            "%%%% HASHDEEP-1.0\n%%%% size,md5,tiger,sha256,filename\n## Invoked from: x\n## \n3,{},{},{},./a, b.txt\r\n",
            "ab".repeat(16),
            "cd".repeat(24),
            "ef".repeat(32)
        );
        assert_eq!(detected(&text), "hashdeep");
        let found = entries(&FORMAT, &text).unwrap();
        assert_eq!(
            found
                .iter()
                .map(|e| (e.fingerprint.kind(), e.id.as_str()))
                .collect::<Vec<_>>(),
            [(MD5, "./a, b.txt"), (SHA256, "./a, b.txt")]
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut hashes: Vec<Entry> = ["a", "a", "b, c", "", ""]
            .iter()
            .zip([MD5, SHA256, SHA256, MD5, SHA1])
            .map(|(id, kind)| {
                Entry::new(Fingerprint::new(kind, vec![7; kind.bytes()]).unwrap(), *id)
            })
            .collect();
        let text = written(&FORMAT, &hashes);
        assert_eq!(text.matches("filename").count(), 4);
        assert!(
            text.starts_with("%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n0,0707"),
            "{text}"
        );
        hashes[3].id = "-".into();
        hashes[4].id = "-".into();
        assert_eq!(imported(&FORMAT, &text).unwrap().entries, hashes);
    }

    #[test]
    fn errors_have_their_line() {
        let bad = |text: &str| entries(&FORMAT, text).unwrap_err().to_string();
        let head = "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n";
        assert_eq!(
            bad(&format!("{head}3,deadbeef,a")),
            "line 3: 8 hex digits, a md5 hash has 32"
        );
        assert_eq!(
            bad(&format!("{head}3,deadbeef")),
            "line 3: 2 fields, 3 were expected"
        );
        assert!(bad("3,deadbeef,a").starts_with("line 1: expected `%%%% HASHDEEP-1.0`"));
        assert!(bad("%%%% HASHDEEP-1.0\n").starts_with("the whole list: there is no line"));
        assert!(
            bad("%%%% HASHDEEP-1.0\n%%%% size,deadbeef\n")
                .starts_with("line 2: expected the names")
        );
        assert!(
            bad("%%%% HASHDEEP-1.0\n%%%% size,tiger,filename\n").starts_with("line 2: none of md5")
        );
    }
}
