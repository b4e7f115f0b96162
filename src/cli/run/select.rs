//! `--select` and `--no-other-files`: which records of a scan are printed. All inputs are counted, whichever are shown.

use provscan::Inspection;
use provscan::evidence::Claim;
use provscan::policy::Finding;
use provscan::reports::Report;
use provscan::signals;
use provscan::sources::Name;

/// What a record is selected by.
#[derive(Clone, Default)]
pub(crate) struct Selection {
    /// A verdict, a claim, or a code.
    words: Vec<String>,
    /// Files that are no images have no records.
    no_other_files: bool,
}

impl Selection {
    pub(crate) fn new(words: &[String], no_other_files: bool) -> Self {
        Self {
            words: words.to_vec(),
            no_other_files,
        }
    }

    /// The words themselves.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether every record is wanted.
    pub(crate) fn is_all(&self) -> bool {
        self.words.is_empty() && !self.no_other_files
    }

    /// Whether this record is wanted; every one is where nothing was asked for.
    fn wants(&self, inspection: &Inspection) -> bool {
        let meets = |word: &String| {
            inspection.verdict.finding.as_str() == word
                || inspection
                    .evidence
                    .iter()
                    .any(|one| one.claim().as_str() == word || one.code.name == word)
        };
        let left_out = self.no_other_files && inspection.verdict.finding == Finding::OtherFile;
        self.is_all() || !left_out && (self.words.is_empty() || self.words.iter().any(meets))
    }

    /// A report's record of one input, if it is wanted, and nothing if not.
    pub(crate) fn record(
        &self,
        report: &dyn Report,
        name: &Name,
        inspection: &Inspection,
    ) -> Vec<u8> {
        match self.wants(inspection) {
            true => report.record(name, inspection),
            false => Vec::new(),
        }
    }
}

/// A word that some record can be selected by.
pub(crate) fn word(text: &str) -> Result<String, String> {
    let known = text.parse::<Claim>().is_ok()
        || text.parse::<Finding>().is_ok()
        || signals::code(text).is_some();
    match known {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "it is no verdict, claim or code; verdicts: {}; claims: {}; `provscan explain` lists the codes",
            words(Finding::ALL),
            words(Claim::ALL)
        )),
    }
}

fn words<T>(all: &[(T, &'static str)]) -> String {
    let words: Vec<&str> = all.iter().map(|(_, word)| *word).collect();
    words.join(", ")
}
