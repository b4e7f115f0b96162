//! HashKeeper sets (`.hsh`): `"file_id","hashset_id","file_name","directory","hash","file_size",…`, with MD5.

use super::fixed::Table;
use super::words::plain;
use super::{Head, ListFormat};
use crate::fingerprints::MD5;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "hashkeeper",
    about: "a HashKeeper set: file_id,hashset_id,file_name,directory,hash,…",
    looks_like: |head: Head<'_>| plain(head.line()).starts_with("fileidhashsetidfilename"),
    read: |source, _, intake| TABLE.read(source, intake),
    write: None,
};

const TABLE: Table = Table {
    delimiter: b',',
    hashes: &[("hash", MD5, None)],
    id: "filename",
    source: "hashsetid",
    judge: |_| Ok(None),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{detected, entries};
    use super::*;

    const HEADER: &str = "\"file_id\",\"hashset_id\",\"file_name\",\"directory\",\"hash\",\"file_size\",\"date_modified\"\n";

    #[test]
    fn a_set_is_read() {
        let text = format!(
            "{HEADER}1,17,\"a, b.jpg\",\"\\x\",\"{}\",12,\n",
            "AB".repeat(16)
        );
        assert_eq!(detected(&text), "hashkeeper");
        let found = &entries(&FORMAT, &text).unwrap()[0];
        assert_eq!(
            (found.id.as_str(), found.source.as_deref()),
            ("a, b.jpg", Some("17"))
        );
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let text = format!("{HEADER}1,17,a,x,deadbeef,12,\n");
        assert_eq!(
            entries(&FORMAT, &text).unwrap_err().to_string(),
            "line 2: 8 hex digits, a md5 hash has 32"
        );
        let text = format!("{HEADER}1,17,a\n");
        assert_eq!(
            entries(&FORMAT, &text).unwrap_err().to_string(),
            "line 2: 3 fields, the header has 7"
        );
    }
}
