//! `explain`: what a code means.

use std::io::Write as _;

use provscan::evidence::Code;
use provscan::policy::Finding;
use provscan::reports::indent;
use provscan::signals::{self, SignalKind};
use provscan::sinks;

use crate::args::ExplainArgs;
use crate::exit::Exit;

pub(crate) fn run(args: ExplainArgs) -> anyhow::Result<Exit> {
    let wanted = args.code.unwrap_or_default().to_lowercase();
    let text = match signals::code(&wanted) {
        Some((kind, code)) => page(kind, code),
        None => contents(&wanted),
    };
    let text = match (text.is_empty(), wanted.parse::<Finding>()) {
        (true, Ok(Finding::NoEvidence)) => NO_EVIDENCE.to_owned(),
        (true, Ok(Finding::Unchecked)) => UNCHECKED.to_owned(),
        (true, Ok(Finding::OtherFile)) => OTHER_FILE.to_owned(),
        _ => text,
    };
    anyhow::ensure!(
        !text.is_empty(),
        "no code, claim, verdict or signal is called like `{wanted}`; `provscan explain` lists all codes"
    );
    let mut sink = sinks::to(None)?;
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    Ok(Exit::Clear)
}

/// Verdicts without a claim of the same name.
const NO_EVIDENCE: &str = "\
no-evidence
  Nothing was found that decides what the image is. That is no sign that it is genuine: most images
  carry no marks, and most services remove them. What was found besides stands in the report.
";
const UNCHECKED: &str = "\
unchecked
  The image, or its content credentials, could not be checked. The report says why and what to do.
";
const OTHER_FILE: &str = "\
other-file
  It is neither an image nor video, sound or a document that is read, and nothing was found in it.
  Its digests were compared with the lists all the same. A folder may hold such files; one that you
  named counts as an input that could not be checked.
";

/// Every code with these letters in its name or in that of its signal, or with this claim, by signal.
fn contents(letters: &str) -> String {
    let mut text = String::new();
    for kind in signals::ALL {
        let whole = kind.name.contains(letters);
        let codes: Vec<&Code> = kind
            .codes
            .iter()
            .filter(|code| whole || code.name.contains(letters) || code.claim.as_str() == letters)
            .collect();
        if !codes.is_empty() {
            text += &format!("{}: {}\n", kind.name, kind.about);
            text.extend(
                codes
                    .iter()
                    .map(|code| format!("  {:<26} {}\n", code.name, indent(code.summary, 29))),
            );
        }
    }
    text
}

fn page(kind: &SignalKind, code: &Code) -> String {
    let Code {
        name,
        claim,
        summary,
        proves,
        limits,
        error_rate,
        next,
    } = code;
    let mut text = format!(
        "{name}\n  {}\n\nIt says          {claim}\nIt comes from    {} ({})\n",
        indent(summary, 2),
        kind.name,
        kind.about
    );
    for (heading, body) in [
        ("What it establishes", proves),
        ("What it leaves open", limits),
        ("How often it is wrong", error_rate),
        ("What you can do", next),
    ] {
        text += &format!("\n{heading}\n  {}\n", indent(body, 2));
    }
    text
}
