//! Outputs that grow: each record once, and whole.

use std::fs;

use super::{Tree, age};
use crate::support::root;

const APPEND: &str = "scan in --format jsonl --quiet --append -o out.jsonl";

fn lines(tree: &Tree, name: &str) -> Vec<String> {
    let text = fs::read_to_string(tree.at(name)).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn with_a_state_only_what_is_new_or_changed_is_appended() {
    let tree = Tree::of(&["plain"], 1);
    let line = format!("{APPEND} --state a.state");
    tree.run(&line);
    let first = lines(&tree, "out.jsonl");
    tree.run(&line);
    // Each run that came to its end has a summary.
    assert_eq!(lines(&tree, "out.jsonl").len(), first.len() + 1);
    let edited = fs::read(root().join("samples/content_credentials/edited.jpg")).unwrap();
    tree.put("in/new.jpg", &edited);
    tree.run(&line);
    let third = lines(&tree, "out.jsonl");
    assert_eq!(third.len(), first.len() + 3);
    assert!(third[first.len() + 1].contains("in/new.jpg"));
    // Another verdict is a change.
    tree.put(
        "strict.toml",
        b"name = \"s\"\n[[rule]]\nclaim = \"credentials\"\nverdict = \"edited\"\naction = \"block\"\n",
    );
    tree.run(&format!("{line} --policy strict.toml"));
    let fourth = lines(&tree, "out.jsonl");
    assert_eq!(fourth.len(), third.len() + 2);
    assert!(fourth[third.len()].contains("in/new.jpg"));
}

#[test]
fn an_output_that_is_not_as_it_was_left_is_not_touched() {
    let tree = Tree::of(&["plain"], 1);
    let line = format!("{APPEND} --state a.state");
    tree.run(&line);
    let whole = fs::read(tree.at("out.jsonl")).unwrap();
    let torn = [whole.as_slice(), b"{\"schema\": \"prov"].concat();
    fs::write(tree.at("out.jsonl"), torn).unwrap();
    let ran = tree.run(&line);
    assert!(
        ran.err
            .contains("16 bytes at its end, which no scan finished writing, were cut off"),
        "{}",
        ran.err
    );
    for (bytes, why) in [
        (
            whole[..100].to_vec(),
            "it has 100 bytes, and a scan had left it with",
        ),
        (vec![b'x'; 1 << 20], "it is not as a scan had left it"),
    ] {
        fs::write(tree.at("out.jsonl"), &bytes).unwrap();
        let ran = tree.run(&line);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert_eq!(fs::read(tree.at("out.jsonl")).unwrap(), bytes);
    }
    fs::remove_file(tree.at("out.jsonl")).unwrap();
    assert!(tree.run(&line).err.contains("it is gone"));
    let csv = tree.run("scan in --format csv --append -o out.jsonl --state a.state");
    assert!(
        csv.err.contains("records in the form jsonl were appended"),
        "{}",
        csv.err
    );
}

#[test]
fn without_a_state_all_records_are_appended_behind_the_last_whole_line() {
    let tree = Tree::of(&["plain"], 1);
    let line = "scan in --format csv --quiet --append -o out.csv";
    tree.run(line);
    let first = lines(&tree, "out.csv");
    let mut torn = fs::read(tree.at("out.csv")).unwrap();
    torn.extend_from_slice(b"in/torn");
    fs::write(tree.at("out.csv"), torn).unwrap();
    let ran = tree.run(line);
    assert!(
        ran.err
            .contains("7 bytes at its end, which no scan finished writing, were cut off"),
        "{}",
        ran.err
    );
    let second = lines(&tree, "out.csv");
    assert_eq!(second.len(), 2 * first.len() - 1, "the header stands once");
    assert_eq!(second[first.len()..], first[1..]);
    fs::write(tree.at("other.csv"), "a,b\n").unwrap();
    age(&tree.at("other.csv"));
    let ran = tree.run("scan in --format csv --append -o other.csv");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("its first line is not that of a report"),
        "{}",
        ran.err
    );
    let ran = tree.run("scan in --format page --append -o out.txt");
    assert!(
        ran.err.contains("choose --format jsonl or csv"),
        "{}",
        ran.err
    );
}
