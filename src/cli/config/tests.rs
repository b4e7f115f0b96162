//! What of a file reaches which verb.

use clap::error::ErrorKind;

use super::*;

fn built() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// The words that come of a file and a command line, in an environment in which these are set.
fn together(text: &str, typed: &str, environment: &[&str]) -> String {
    let command = built();
    let settings: Table = toml::from_str(text).unwrap();
    check(&command, &settings).unwrap();
    let typed: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
    let is_set = |name: &str| environment.contains(&name);
    let words = arguments(&command, &settings, &typed, &is_set);
    words.join(OsStr::new(" ")).into_string().unwrap()
}

fn refused(text: &str) -> String {
    let settings: Table = toml::from_str(text).unwrap();
    check(&built(), &settings).unwrap_err().to_string()
}

#[test]
fn flags_go_before_the_environment_and_that_before_the_file() {
    let file = "[all]\nquiet = true\nlist = [\"a\", \"b\"]\n[scan]\nthreads = 2\nquiet = false\n[list]\nquiet = true\n[list.import]\nformat = \"csv\"\nupdate = true\n";
    let cases = [
        ("p scan x", "p scan --threads=2 --list=a --list=b x"),
        ("p check x", "p check --list=a --list=b --quiet x"),
        (
            "p -q --color never scan -j3 x",
            "p -q --color never scan --list=a --list=b -j3 x",
        ),
        ("p scan x --list=c -0j 1", "p scan x --list=c -0j 1"),
        (
            "p scan -- --list",
            "p scan --threads=2 --list=a --list=b -- --list",
        ),
        ("p policy show", "p policy show --quiet"),
        ("p", "p"),
        ("p list info x", "p list info --quiet x"),
        (
            "p list import x --from csv",
            "p list import --update --quiet x --from csv",
        ),
        ("p --help", "p --help"),
    ];
    for (typed, expected) in cases {
        assert_eq!(together(file, typed, &[]), expected);
    }
    let set = together(file, "p scan x", &["PROVSCAN_LIST", "PROVSCAN_POLICY"]);
    assert_eq!(set, "p scan --threads=2 x");
}

#[test]
fn what_does_not_go_with_the_command_line_gives_way() {
    let none = "[scan]\nno-trust = true";
    let anchors = "p scan --trust-anchors=a x";
    assert_eq!(together(none, anchors, &[]), anchors);
    let anchors = "[all]\ntrust-anchors = \"a\"";
    let none = "p scan --no-trust x";
    assert_eq!(together(anchors, none, &[]), none);
}

#[test]
fn what_no_flag_is_is_refused_by_its_name() {
    for (text, expected) in [
        ("quiet = true", "quiet stands outside of a table"),
        ("[scam]\n", "[scam]: there is no such verb"),
        (
            "[scan]\nthread = 2",
            "[scan] thread: the verb has no flag --thread",
        ),
        (
            "[all]\nthread = 2",
            "[all] thread: no verb has a flag --thread",
        ),
        (
            "[list.import]\nthreads = 2",
            "[list.import] threads: the verb has no flag",
        ),
        ("[scan]\nconfig = \"a\"", "no flag --config"),
        ("[scan]\nthreads = true", "one value was expected"),
        ("[scan]\nthreads = [1]", "one value was expected"),
        ("[scan]\nquiet = 1", "true or false was expected"),
        ("[scan]\nlist = [[]]", "an array of values"),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// Values of which every flag takes one.
const SAMPLES: [&str; 14] = [
    "1",
    "a",
    "pdq=31",
    "pdq",
    "400M",
    "1/2",
    "c2pa.malformed",
    "2026-01-01",
    "1.5",
    "known-bad",
    "127.0.0.1:1",
    "block",
    "a=b",
    "0000000000000000000000000000000000000000000000000000000000000000/1",
];

/// Whether a verb takes a flag that a file gives, however little else was given.
fn is_taken(verbs: &[&str], key: &str, value: Value) -> bool {
    let inner = Table::from_iter([(key.to_owned(), value)]);
    let settings = verbs.iter().rev().fold(inner, |table, verb| {
        Table::from_iter([((*verb).to_owned(), Value::Table(table))])
    });
    check(&built(), &settings).unwrap();
    let typed: Vec<OsString> = ["p"].iter().chain(verbs).map(OsString::from).collect();
    let words = arguments(&built(), &settings, &typed, &|_| false);
    assert_eq!(words.len(), typed.len() + 1, "{verbs:?} {key}");
    let unlike = [
        ErrorKind::InvalidValue,
        ErrorKind::ValueValidation,
        ErrorKind::UnknownArgument,
    ];
    match Cli::command().try_get_matches_from(words) {
        Ok(_) => true,
        Err(error) => !unlike.contains(&error.kind()),
    }
}

fn each_flag<'a>(verb: &'a Command, path: &[&'a str], seen: &mut usize) {
    for inner in verb
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
    {
        each_flag(inner, &[path, &[inner.get_name()]].concat(), seen);
    }
    if verb.has_subcommands() {
        return;
    }
    for arg in verb.get_arguments() {
        let Some(key) = arg.get_long().filter(|key| !NEVER.contains(key)) else {
            continue;
        };
        let possible = arg.get_possible_values();
        let possible = possible.iter().map(|value| value.get_name());
        let taken = match arg.get_action().takes_values() {
            false => is_taken(path, key, Value::Boolean(true)),
            true => possible
                .chain(SAMPLES)
                .any(|value| is_taken(path, key, Value::String(value.to_owned()))),
        };
        assert!(taken, "{path:?} --{key}");
        *seen += 1;
    }
}

#[test]
fn every_flag_of_every_verb_can_be_set() {
    let mut seen = 0;
    each_flag(&built(), &[], &mut seen);
    assert!(seen > 150, "{seen}");
}
