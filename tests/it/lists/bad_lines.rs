//! A bad line is named exactly and never quoted, and nothing of its list is used.

use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;
use provscan::error::SetupError;
use provscan::lists::{List, ListOptions, OpenOptions, formats};

use super::{FORMATS, entries, format, write};
use crate::support::{Folder, provscan, root, run};

/// Digits that only a hash has here: an error that quotes a line gives itself away.
const SECRET: &str = "deadbeef";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bad_line_is_named_exactly_and_never_quoted(
        entries in entries(),
        place: Index,
        gaps in prop::collection::vec(0..3_usize, 12),
        crlf: bool,
        mistake: Index,
    ) {
        for (name, room) in FORMATS {
            let text = write(name, &ListOptions::default(), &room.fit(&entries));
            let bad = mistake.get(mistakes(name));
            let mut lines: Vec<&str> = text.lines().collect();
            // A header comes first, whatever comes after it.
            let first = usize::from(name == "csv");
            lines.insert(first + place.index(lines.len() - first + 1), bad);
            let (text, line) = spread(&lines, bad, &gaps, if crlf { "\r\n" } else { "\n" });
            let error = formats::read(text.as_bytes(), Some(format(name))).unwrap_err();
            prop_assert_eq!(error.place(), formats::Place::Line(line), "{} in {}", error, text);
            prop_assert!(!error.to_string().to_lowercase().contains(SECRET), "{}", error);
        }
    }
}

/// Lines that are wrong in a format.
fn mistakes(name: &str) -> &'static [&'static str] {
    match name {
        "jsonl" => &[
            r#"{"type":"pdq","value":"deadbeefdeadbeef"}"#,
            r#"{"type":"deadbeefdeadbeefdeadbeefdeadbeef","value":"md5"}"#,
            r#"{"type":"md5","value":"deadbeefdeadbeefdeadbeefdeadbee?"}"#,
            r#"{"type":"md5","value":"deadbeefdeadbeefdeadbeefdeadbeef","quality":101}"#,
            r#"{"type":"md5","value":"deadbeefdeadbeefdeadbeefdeadbeef","#,
            r#"["deadbeefdeadbeefdeadbeefdeadbeef"]"#,
        ],
        "csv" => &[
            "pdq,deadbeefdeadbeef,,,",
            "deadbeefdeadbeefdeadbeefdeadbeef,md5,,,",
            "md5,deadbeefdeadbeefdeadbeefdeadbee?,,,",
            "md5,deadbeefdeadbeefdeadbeefdeadbeef,101,,",
            "md5,deadbeefdeadbeefdeadbeefdeadbeef",
        ],
        "hashdeep" => &[
            "0,deadbeefdeadbeef,a.jpg",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "%%%% size,deadbeefdeadbeefdeadbeefdeadbeef",
            "0,deadbeefdeadbeefdeadbeefdeadbee?,deadbeefdeadbeefdeadbeefdeadbee?,a.jpg",
        ],
        "sums" => &[
            "deadbeefdeadbeef  a.jpg",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "MD5 (a.jpg) = DEADBEEF",
            "pdq deadbeefdeadbeefdeadbeefdeadbeef",
        ],
        _ => &[
            "pdq deadbeefdeadbeef a.jpg",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "md5 deadbeefdeadbeefdeadbeefdeadbee?",
            "deadbeefdeadbeef,101,a.jpg",
            "deadbeefdeadbeefdeadbeefdeadbeef md5",
        ],
    }
}

/// Joins lines with blank ones and comments between them, and tells where the bad one came to stand.
fn spread(lines: &[&str], bad: &str, gaps: &[usize], end: &str) -> (String, u64) {
    let (mut text, mut number, mut found) = (String::new(), 0, 0);
    for (line, gap) in lines.iter().zip(gaps.iter().cycle()) {
        for passed_over in ["", "# a comment, with a comma"].iter().cycle().take(*gap) {
            text += &format!("{passed_over}{end}");
            number += 1;
        }
        text += &format!("{line}{end}");
        number += 1;
        if *line == bad {
            found = number;
        }
    }
    (text, found)
}

#[test]
fn of_a_list_with_a_bad_line_nothing_is_used() {
    let bad = root().join("samples/lists/bad-line.csv");
    let error = List::open(&bad, OpenOptions::default()).unwrap_err();
    assert!(
        matches!(&error, SetupError::List { error, .. } if error.place() == formats::Place::Line(3)),
        "{error}"
    );

    let folder = Folder::new();
    let target = folder.at("whole.jsonl");
    let mut import = provscan();
    import
        .args(["list", "import"])
        .arg(&bad)
        .arg("--output")
        .arg(&target);
    let ran = run(&mut import, b"");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("bad-line.csv, line 3: 63 hex digits"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
