//! `NSRLFile.txt`: the National Software Reference Library as text, version 2 and 1.5. File names in it are of any encoding,
//! so it is read as bytes; and there are hundreds of millions of rows, so no more is done for each than has to be.

use super::words::{NO_HASH, plain};
use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{Fingerprint, Kind, MD5, SHA1, SHA256};
use crate::lists::{ListKind, ListOptions};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "nsrl",
    about: "NSRL version 2 text: \"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",…",
    looks_like: |head: Head<'_>| {
        let line = plain(head.line());
        line.starts_with("sha1") && line.contains("productcode") && line.contains("specialcode")
    },
    read,
    write: None,
};

/// Most fields of a row; the known versions have 8 and 9.
const FIELDS: usize = 16;

/// Columns that hold hashes in version 3.
pub(super) const HASHES: [(&str, Kind); 3] = [("sha256", SHA256), ("sha1", SHA1), ("md5", MD5)];

/// Why files with the special code `M` are left out.
const MALICIOUS: &str = "a file that the NSRL calls malicious, on its list of known software";

/// What the library is: software, which is harmless.
pub(super) fn known_good() -> ListOptions {
    ListOptions {
        kind: Some(ListKind::Allow),
        ..ListOptions::default()
    }
}

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let mut columns: Option<Columns> = None;
    source.all_byte_lines(|number, line| {
        if line.trim_ascii().is_empty() || line.starts_with(b"#") {
            return Ok(());
        }
        let bad = |message: String| ReadError::bad(Place::Line(number), message);
        let mut fields = [Field::default(); FIELDS];
        let len = split(line, &mut fields).map_err(|message| bad(message.to_owned()))?;
        let fields = fields.get(..len).unwrap_or_default();
        match &columns {
            Some(columns) => columns.read(number, fields, intake),
            None => {
                columns = Some(Columns::of(fields).map_err(|message| bad(message.to_owned()))?);
                intake.options(known_good());
                Ok(())
            }
        }
    })?;
    let missing = || ReadError::bad(Place::Whole, "there is no header");
    columns.map(drop).ok_or_else(missing)
}

/// Where each thing stands in a row.
struct Columns {
    hashes: [(Kind, Option<usize>); 2],
    name: Option<usize>,
    product: Option<usize>,
    special: Option<usize>,
    len: usize,
}

impl Columns {
    fn of(header: &[Field<'_>]) -> Result<Self, &'static str> {
        let names: Vec<String> = header.iter().map(|field| plain(&field.text())).collect();
        let place = |name: &str| names.iter().position(|column| column == name);
        let hashes = [(SHA1, place("sha1")), (MD5, place("md5"))];
        if hashes.iter().all(|(_, place)| place.is_none()) {
            return Err("a header with \"SHA-1\" and \"MD5\" was expected here");
        }
        Ok(Self {
            hashes,
            name: place("filename"),
            product: place("productcode"),
            special: place("specialcode"),
            len: header.len(),
        })
    }

    fn read(
        &self,
        number: u64,
        fields: &[Field<'_>],
        intake: &mut dyn Intake,
    ) -> Result<(), ReadError> {
        let bad = |message: String| ReadError::bad(Place::Line(number), message);
        if fields.len() != self.len {
            return Err(bad(format!(
                "{} fields, the header has {}",
                fields.len(),
                self.len
            )));
        }
        let field = |place: Option<usize>| {
            place
                .and_then(|place| fields.get(place))
                .copied()
                .unwrap_or_default()
        };
        if field(self.special).raw == b"M" {
            intake.leave_out(MALICIOUS);
            return Ok(());
        }
        let (name, product) = (field(self.name), field(self.product));
        let mut found = false;
        for (kind, place) in &self.hashes {
            let value = field(*place).raw;
            if value.is_empty() {
                continue;
            }
            let value =
                str::from_utf8(value).map_err(|_| bad(format!("a {kind} hash that is no text")))?;
            let value = Fingerprint::parse_value(*kind, value);
            let mut entry = Entry::new(value.map_err(|error| bad(error.to_string()))?, name.text());
            entry.source = (!product.raw.is_empty()).then(|| product.text());
            intake.entry(entry)?;
            found = true;
        }
        if !found {
            intake.leave_out(NO_HASH);
        }
        Ok(())
    }
}

/// A field as it stands there, without the quotation marks around it.
#[derive(Clone, Copy, Default)]
struct Field<'a> {
    raw: &'a [u8],
    /// It holds quotation marks, which are doubled.
    doubled: bool,
}

impl Field<'_> {
    fn text(self) -> String {
        let text = String::from_utf8_lossy(self.raw);
        match self.doubled {
            true => text.replace("\"\"", "\""),
            false => text.into_owned(),
        }
    }
}

/// Takes a line apart, and tells how many fields it has.
fn split<'a>(line: &'a [u8], fields: &mut [Field<'a>; FIELDS]) -> Result<usize, &'static str> {
    let mut rest = line;
    for (number, field) in (1..).zip(fields) {
        let (found, after) = match rest.split_first() {
            Some((b'"', inner)) => {
                quoted(inner).ok_or("a quotation mark that is not closed on its line")?
            }
            _ => {
                let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
                let (raw, after) = rest.split_at_checked(end).unwrap_or_default();
                (
                    Field {
                        raw,
                        doubled: false,
                    },
                    after,
                )
            }
        };
        *field = found;
        match after.split_first() {
            None => return Ok(number),
            Some((b',', after)) => rest = after,
            Some(_) => return Err("a comma was expected after a quotation mark"),
        }
    }
    Err("more fields than a row of the NSRL has")
}

/// A quoted field, of which the first mark is taken off already, and what comes after its last.
fn quoted(inner: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let mut end = 0;
    loop {
        end += memchr::memchr(b'"', inner.get(end..)?)?;
        if inner.get(end + 1) != Some(&b'"') {
            let raw = inner.get(..end)?;
            let doubled = memchr::memchr(b'"', raw).is_some();
            return Some((Field { raw, doubled }, inner.get(end + 1..)?));
        }
        end += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, imported};
    use super::super::{Imported, read};
    use super::*;

    const V2: &str = "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\",\"SpecialCode\"\n";
    const V15: &str = "\"SHA-1\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\",\"MD4\",\"MD5\",\"CRC32\",\"SpecialCode\"\n";

    fn told(imported: &Imported) -> Vec<(Kind, &str, Option<&str>)> {
        let entries = imported.entries.iter();
        entries
            .map(|e| (e.fingerprint.kind(), e.id.as_str(), e.source.as_deref()))
            .collect()
    }

    #[test]
    fn both_versions_are_read() {
        let (sha1, md5) = ("CD".repeat(20), "AB".repeat(16));
        let text = format!(
            "{V2}\"{sha1}\",\"{md5}\",\"00000000\",\"a, \"\"b\"\".gif\",1024,12345,\"358\",\"\"\r\n"
        );
        assert_eq!(detected(&text), "nsrl");
        let found = imported(&FORMAT, &text).unwrap();
        assert_eq!(
            told(&found),
            [
                (SHA1, "a, \"b\".gif", Some("12345")),
                (MD5, "a, \"b\".gif", Some("12345"))
            ]
        );
        assert_eq!(found.options.kind, Some(ListKind::Allow));
        let text =
            format!("{V15}\"{sha1}\",\"c.gif\",1024,7,\"358\",\"\",\"{md5}\",\"00000000\",\"\"\n");
        assert_eq!(
            told(&imported(&FORMAT, &text).unwrap()),
            [(SHA1, "c.gif", Some("7")), (MD5, "c.gif", Some("7"))]
        );
    }

    #[test]
    fn malicious_files_are_not_known_good() {
        let text = format!(
            "{V2}\"{}\",\"\",\"\",\"a\",1,2,\"3\",\"M\"\n",
            "CD".repeat(20)
        );
        let found = imported(&FORMAT, &text).unwrap();
        assert_eq!((found.entries.len(), found.left_out[MALICIOUS]), (0, 1));
    }

    #[test]
    fn file_names_may_be_no_text() {
        let mut bytes = format!("{V2}\"{}\",\"\",\"\",\"", "CD".repeat(20)).into_bytes();
        bytes.extend(b"caf\xe9.gif\",1,2,\"3\",\"\"\n");
        assert_eq!(read(&bytes, None).unwrap().entries[0].id, "caf\u{fffd}.gif");
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let bad = |row: &str| {
            imported(&FORMAT, &format!("{V2}{row}\n"))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            bad("\"deadbeef\",\"\",\"\",\"\",1,2,\"\",\"\""),
            "line 2: 8 hex digits, a sha1 hash has 40"
        );
        assert_eq!(
            bad("\"deadbeef\",\"\""),
            "line 2: 2 fields, the header has 8"
        );
        assert_eq!(
            bad("\"deadbeef,\"\""),
            "line 2: a quotation mark that is not closed on its line"
        );
        assert_eq!(
            bad("\"deadbeef\"x,"),
            "line 2: a comma was expected after a quotation mark"
        );
        assert_eq!(
            bad(&",".repeat(99)),
            "line 2: more fields than a row of the NSRL has"
        );
        assert!(imported(&FORMAT, "a,b\n").is_err());
    }
}
