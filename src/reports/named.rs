//! Whom the evidence names, for reports with columns: lists with their entries, and the programs that made an image.

use super::words::strongest;
use crate::evidence::{Evidence, Value};
use crate::inspect::Inspection;

/// A match on a list of known images.
pub(super) struct Listed<'a> {
    /// The list's name.
    pub(super) list: &'a str,
    /// The entry's id, or its number where it has none.
    pub(super) entry: &'a str,
    /// In how many bits the hashes differ; a digest is equal or no match.
    pub(super) distance: Option<i64>,
}

/// Every match on a list, in the order in which they were found.
pub(super) fn listed(inspection: &Inspection) -> Vec<Listed<'_>> {
    let matches = inspection.evidence.iter().filter_map(|evidence| {
        Some(Listed {
            list: text(evidence, "list")?,
            entry: text(evidence, "entry").unwrap_or_default(),
            distance: match evidence.get("distance") {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            },
        })
    });
    matches.collect()
}

/// The program or service that made or edited it: the one that evidence names which decides, or else any.
pub(super) fn tool(inspection: &Inspection) -> Option<&str> {
    let because = |one: &&Evidence| inspection.verdict.because.contains(&one.code.name);
    let naming = || {
        let all = inspection.evidence.iter();
        all.filter(|one| text(one, "tool").is_some())
    };
    let named = strongest(naming().filter(because)).or_else(|| strongest(naming()));
    text(named?, "tool")
}

/// The program that wrote the content credentials, as they say.
pub(super) fn claim_generator(inspection: &Inspection) -> Option<&str> {
    let mut all = inspection.evidence.iter();
    all.find_map(|evidence| text(evidence, "generator"))
}

fn text<'a>(evidence: &'a Evidence, key: &str) -> Option<&'a str> {
    match evidence.get(key)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
