//! A scan that is killed at any moment and begun again comes to the same end as one that was not.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Tree;
use crate::support::Random;

/// How often a scan is killed, unless `PROVSCAN_TEST_KILLS` says otherwise.
const KILLS: u64 = 8;

/// The signal that no program can catch is what `Child::kill` sends.
#[test]
fn killed_at_any_moment_it_comes_to_the_same_end() {
    let kills = std::env::var("PROVSCAN_TEST_KILLS");
    let kills = kills.map_or(KILLS, |kills| kills.parse().unwrap());
    let folders = [
        "plain",
        "generator_metadata",
        "content_credentials",
        "known_image",
    ];
    let tree = Tree::of(&folders, 3);
    let list = crate::support::root().join("samples/lists/known.csv");
    let words = format!("--list {}", list.display());
    let began = Instant::now();
    let expected = tree.fresh(&words);
    let whole = began.elapsed();
    let mut random = Random::new(6);
    for output in ["--output", "--append --output"] {
        let line =
            format!("scan in --format jsonl --quiet --state a.state {output} out.jsonl {words}");
        let whole_out = |ran_out: &str| match output {
            "--output" => assert_eq!(ran_out, expected),
            // A run that came to its end before it was killed has its summary, too.
            _ => assert_eq!(records(ran_out), records(&expected)),
        };
        let begin_anew = || {
            for name in ["out.jsonl", "a.state"] {
                fs::remove_file(tree.at(name)).unwrap();
            }
        };
        let (mut interrupted, mut attempts) = (0, 0);
        while interrupted < kills / 2 {
            attempts += 1;
            assert!(
                attempts < kills * 40,
                "{interrupted} of {attempts} were killed"
            );
            let mut command = tree.command(&line);
            let mut child = command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let most = whole.as_micros() as usize;
            sleep(Duration::from_micros(random.below(most) as u64));
            child.kill().unwrap();
            if child.wait().unwrap().code().is_none() {
                interrupted += 1;
                if output == "--output" && tree.at("out.jsonl").exists() {
                    whole_out(&fs::read_to_string(tree.at("out.jsonl")).unwrap());
                }
            } else {
                // It came to its end, so that nothing would be left to do for the next.
                whole_out(&fs::read_to_string(tree.at("out.jsonl")).unwrap());
                begin_anew();
            }
        }
        println!("{output}: {interrupted} scans were killed");
        let ran = tree.run(&line);
        assert!(ran.code != 2, "{}", ran.err);
        let out = fs::read_to_string(tree.at("out.jsonl")).unwrap();
        whole_out(&out);
        begin_anew();
    }
}

fn records(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines
        .filter(|line| !line.contains("\"type\":\"summary\""))
        .collect()
}
