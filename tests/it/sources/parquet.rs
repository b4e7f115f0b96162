//! Images in the rows of Parquet tables; builds that do not read them say so.

use crate::support::{Folder, provscan_with, root};

const SAMPLE: &str = "samples/archives/data-set.parquet";

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_that_reads_no_tables_says_which_does() {
    let ran = provscan_with(["scan", "-q", SAMPLE]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("feature parquet"), "{}", ran.out);
    // In a folder it is another file, whatever its name.
    let folder = Folder::new();
    folder.put("a.parquet", std::fs::read(root().join(SAMPLE)).unwrap());
    let path = folder.path().to_str().unwrap();
    let ran = provscan_with(["scan", "-q", path, "--format", "jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("feature parquet"), "{}", ran.out);
    let ran = provscan_with(["scan", "-q", SAMPLE, "--column", "image"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--column"), "{}", ran.err);
}

#[cfg(feature = "parquet")]
mod read {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use provscan::Limits;
    use provscan::error::Fault;
    use provscan::sources::{SourceOptions, walk};

    use super::super::{names, read, read_with};
    use super::*;

    const GROUP: &str = "message m { optional group image { optional binary bytes; optional binary path (UTF8); } }";

    /// Values of a column, each with its level.
    type Column<'a> = (Vec<&'a [u8]>, Vec<i16>);

    fn table(schema: &str, groups: &[Vec<Column<'_>>], properties: WriterProperties) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut out = Vec::new();
        let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
        for columns in groups {
            let mut group = file.next_row_group().unwrap();
            for (values, levels) in columns {
                let values: Vec<ByteArray> =
                    values.iter().map(|value| value.to_vec().into()).collect();
                let mut column = group.next_column().unwrap().unwrap();
                let typed = column.typed::<ByteArrayType>();
                typed.write_batch(&values, Some(levels), None).unwrap();
                column.close().unwrap();
            }
            group.close().unwrap();
        }
        file.close().unwrap();
        out
    }

    fn simple(properties: WriterProperties) -> Vec<u8> {
        let first = vec![
            (vec![b"one".as_slice(), b"two"], vec![2, 2, 0, 1]),
            (
                vec![b"a/x.jpg".as_slice(), b"../..", b"away.jpg"],
                vec![2, 2, 0, 2],
            ),
        ];
        let second = vec![(vec![b"three".as_slice()], vec![2]), (vec![], vec![0])];
        table(GROUP, &[first, second], properties)
    }

    fn snappy() -> WriterProperties {
        let builder = WriterProperties::builder();
        builder.set_compression(Compression::SNAPPY).build()
    }

    fn put(bytes: Vec<u8>) -> (Folder, PathBuf) {
        let folder = Folder::new();
        let path = folder.put("a.parquet", bytes);
        (folder, path)
    }

    fn with_column(path: &Path, column: &str) -> Vec<String> {
        let options = SourceOptions {
            column: Some(column.into()),
            ..SourceOptions::default()
        };
        walk(path, &options)
            .map(|input| format!("{input:?}"))
            .collect()
    }

    #[test]
    fn rows_are_inputs_and_one_that_names_a_file_elsewhere_is_told() {
        for properties in [snappy(), WriterProperties::default()] {
            let (folder, path) = put(simple(properties));
            let found: Vec<(String, Result<Vec<u8>, Fault>)> = read(&path);
            let bytes: Vec<Option<&[u8]>> = found
                .iter()
                .map(|(_, read)| read.as_ref().ok().map(Vec::as_slice))
                .collect();
            assert_eq!(
                bytes,
                [Some(b"one".as_slice()), Some(b"two"), None, Some(b"three")]
            );
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            // A name that leads elsewhere is none.
            assert_eq!(
                names,
                ["!/0/x.jpg", "!/1/image", "!/3/away.jpg", "!/4/image"]
            );
            assert!(
                found[2]
                    .1
                    .as_ref()
                    .unwrap_err()
                    .to_string()
                    .contains("does not hold it")
            );
            // In a folder, and by its own name.
            assert_eq!(read(folder.path()).len(), 4);
            assert_eq!(
                read(&folder.at("a.parquet!/4/image"))[0].1,
                Ok(b"three".to_vec())
            );
        }
    }

    #[test]
    fn a_column_is_found_by_its_form_or_its_name() {
        let schema =
            "message m { optional binary words (UTF8); optional binary a; optional binary b; }";
        let columns = vec![
            (vec![b"text".as_slice()], vec![1]),
            (vec![b"one".as_slice()], vec![1]),
            (vec![b"two".as_slice()], vec![1]),
        ];
        let (_folder, path) = put(table(schema, &[columns], snappy()));
        assert_eq!(names(&path), ["!/0/a", "!/0/b"]);
        let one = with_column(&path, "b");
        assert!(one.len() == 1 && one[0].contains("!/0/b"), "{one:?}");
        let none = with_column(&path, "c");
        assert!(
            none[0].contains("Lost") && none[0].contains("--column"),
            "{none:?}"
        );
        let words = "message m { optional binary words (UTF8); }";
        let columns = vec![(vec![b"text".as_slice()], vec![1])];
        let (_folder, path) = put(table(words, &[columns], snappy()));
        assert!(names(&path)[0].contains("without a column of images"));
        // Whoever names it expects something of it.
        let ran = provscan_with(["scan", "-q", path.to_str().unwrap()]);
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(ran.out.contains("--hash-column"), "{}", ran.out);
    }

    #[test]
    fn limits_hold_for_values_rows_and_what_a_table_grows_to() {
        let (_folder, path) = put(simple(snappy()));
        let bytes = |max_bytes| Limits {
            max_bytes,
            ..Limits::default()
        };
        let all = |limits| read_with(&path, limits);
        // The pages themselves are larger than the values.
        assert!(
            all(bytes(20))[0]
                .1
                .as_ref()
                .unwrap_err()
                .to_string()
                .contains("--max-bytes")
        );
        let few = Limits {
            max_members: 2,
            ..Limits::default()
        };
        let few = all(few);
        assert!(
            few[2]
                .1
                .as_ref()
                .unwrap_err()
                .to_string()
                .contains("--max-members")
        );
        let large = vec![7; 100_000];
        let same: Vec<&[u8]> = vec![&large; 1000];
        let group = vec![(same, vec![2; 1000]), (vec![], vec![0; 1000])];
        let (_folder, path) = put(table(GROUP, &[group], snappy()));
        let grown = Limits {
            max_bytes: 4 << 20,
            ..Limits::default()
        };
        let grown = read_with(&path, grown);
        let (last, read) = (grown.len(), grown.last().unwrap());
        assert!(last < 1000, "{last}");
        assert!(
            read.1
                .as_ref()
                .unwrap_err()
                .to_string()
                .contains("--max-archive-ratio")
        );
    }

    #[test]
    fn a_damaged_table_never_ends_as_if_it_were_whole() {
        let whole = simple(snappy());
        let (folder, path) = put(whole.clone());
        let expected = names(&path);
        let mut lost = 0;
        for at in 0..whole.len() {
            for flip in [0xff, 0x01, 0x80] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                folder.put("a.parquet", bytes);
                // Whatever comes of it, it comes to an end.
                lost += usize::from(names(&path).len() < expected.len());
            }
            folder.put("a.parquet", &whole[..at]);
            let cut = names(&path);
            assert!(cut.len() == 1 && cut[0].contains('('), "{at}: {cut:?}");
        }
        assert!(lost > 0);
    }

    #[test]
    fn a_table_of_another_program_is_read() {
        let found = names(&root().join(SAMPLE));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].starts_with("!/0/icon.bmp") && found[1].starts_with("!/2/"),
            "{found:?}"
        );
        assert!(found[2].starts_with("!/3/elsewhere.jpg ("), "{found:?}");
        let ran = provscan_with(["scan", "-q", SAMPLE, "--format", "jsonl"]);
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(ran.out.contains("ai-generated"), "{}", ran.out);
    }
    const WORDS: &str = "message m { optional binary url (UTF8); optional binary md5 (UTF8); optional binary SHA256; optional binary image; }";

    /// A hash on the list of known samples.
    fn known(kind: &str) -> String {
        let list = std::fs::read_to_string(root().join("samples/lists/known.csv")).unwrap();
        let mut rows = list.lines().map(|row| row.split(',').collect::<Vec<_>>());
        rows.find(|row| row[0] == kind).unwrap()[1].to_owned()
    }

    fn hashed() -> (Folder, PathBuf) {
        let sha256 = known("sha256");
        let raw: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&sha256[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let other = "00112233445566778899aabbccddeeff";
        let url = b"https://example.org/a.jpg".as_slice();
        let columns = vec![
            (vec![url; 6], vec![1; 6]),
            (
                vec![other.as_bytes(), other.as_bytes(), b"not a hash", b""],
                vec![1, 0, 1, 1, 1, 0],
            ),
            (vec![raw.as_slice(), &raw], vec![1, 1, 0, 0, 0, 0]),
            (vec![b"an image".as_slice()], vec![0, 0, 0, 0, 0, 1]),
        ];
        put(table(WORDS, &[columns], snappy()))
    }

    #[test]
    fn rows_without_an_image_are_compared_by_their_hashes() {
        let (_folder, path) = hashed();
        let path = path.to_str().unwrap();
        let list = root().join("samples/lists/known.csv");
        let scan = |arguments: &[&str]| {
            let all = [&["scan", "-q", path, "--format", "jsonl"], arguments].concat();
            let ran = provscan_with(&all);
            let records = ran.out.lines().map(|line| {
                let record: serde_json::Value = serde_json::from_str(line).unwrap();
                (
                    record["path"]
                        .as_str()
                        .unwrap_or_default()
                        .replace(path, ""),
                    record["verdict"].to_string(),
                    record["errors"].to_string(),
                )
            });
            let mut records: Vec<_> = records.collect();
            assert!(records.pop().is_some(), "{}", ran.err);
            // Nothing of a list is shown, and nothing of what may be on one.
            assert!(!ran.out.contains("0011223344"), "{}", ran.out);
            (ran.code, records)
        };
        let (code, found) = scan(&["--list", list.to_str().unwrap()]);
        let brief: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, verdict, _)| (name.as_str(), verdict.trim_matches('"')))
            .collect();
        assert_eq!(
            brief,
            [
                ("!/0", "known"),
                ("!/1", "known"),
                ("!/2", "no-evidence"),
                ("!/3", "unchecked"),
                ("!/5/image", "other-file"),
            ]
        );
        assert!(found[3].2.contains("a md5 hash has 32"), "{found:?}");
        let ran = provscan_with(["scan", "-q", path, "--list", list.to_str().unwrap()]);
        let note = "(only hashes are known of it";
        assert!(ran.out.contains(note), "{}", ran.out);
        assert_eq!(code, 1);
        // Without a list they were not checked.
        let (code, found) = scan(&[]);
        assert_eq!(code, 3);
        assert!(found[0].2.contains("--list"), "{found:?}");
        // A column by another name, or none of that name.
        let (_, found) = scan(&["--hash-column", "md5=url"]);
        assert_eq!(found.len(), 6, "{found:?}");
        let (_, found) = scan(&["--hash-column", "md5=none"]);
        assert!(found[0].2.contains("--hash-column"), "{found:?}");
        for wrong in ["md5", "sha3=a"] {
            let ran = provscan_with(["scan", path, "--hash-column", wrong]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong}");
        }
        // They are no images for what asks for images.
        let ran = provscan_with(["hash", path]);
        assert!(
            ran.err.contains("no image") || ran.out.contains("no image"),
            "{}",
            ran.err
        );
    }
}
