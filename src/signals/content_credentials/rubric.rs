//! The signals of the C2PA Asset Signals Rubric (Local) 1.0 of 2026-08-06 (c2pa-org/conformance-public,
//! `asset-rubrics/asset-rubric-signals-local.yml`): how a history began and what was done to it, per manifest. The rubric
//! reads version 2 actions and ingredients; the same words of version 1 are read alike.

use super::assertions::Action;
use super::store::Manifest;
use crate::source_type;

/// The rubric and its version, for reports.
pub(super) const NAME: &str = "C2PA Asset Signals Rubric (Local) 1.0";

/// Actions that begin a history.
const INCEPTIONS: &[&str] = &["c2pa.created", "c2pa.opened"];

/// Actions that leave what is seen and heard as it was.
const NON_EDITORIAL: &[&str] = &[
    "c2pa.converted",
    "c2pa.published",
    "c2pa.repackaged",
    "c2pa.transcoded",
    "c2pa.resized.proportional",
    "c2pa.enhanced",
    "c2pa.edited.metadata",
    "c2pa.watermarked",
    "c2pa.watermarked.bound",
    "c2pa.watermarked.unbound",
    "c2pa.redacted",
];

/// How a history that began with this source type is called.
const BY_SOURCE_TYPE: &[(&str, &str)] = &[
    ("empty", "blankCanvas"),
    ("digitalCapture", "capturedMedia"),
    ("computationalCapture", "capturedMedia"),
    ("compositeCapture", "capturedMediaStitched"),
    ("composite", "compositionMayContainGenAI"),
    ("trainedAlgorithmicMedia", "fullyGenAIMedia"),
    ("digitalCreation", "nonGenAIDigitalCreation"),
    (
        "compositeWithTrainedAlgorithmicMedia",
        "partlyGenAICreation",
    ),
    ("screenCapture", "screenCaptureMayContainGenAI"),
];

/// Source types of a model's work.
const GEN_AI: &[&str] = &[
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "trainedAlgorithmicData",
];

/// Source types under which a model may have worked.
const POSSIBLY_GEN_AI: &[&str] = &["digitalArt", "composite"];

/// The rubric's signals of one manifest, or of several together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Signals {
    /// How it began.
    pub(super) inceptions: Vec<&'static str>,
    /// What was done since.
    pub(super) transformations: Vec<&'static str>,
}

impl Signals {
    /// The signals of one manifest.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let mut signals = Self::default();
        for action in &manifest.actions {
            signals.add(action);
        }
        if manifest
            .ingredients
            .iter()
            .any(|one| one.manifest.is_none())
        {
            signals.inceptions.push("mediaUnknownProvenance");
        }
        if is_ambiguous(manifest) {
            signals.transformations.push("ambiguousActions");
        }
        signals.in_order()
    }

    /// The signals of all manifests together.
    pub(super) fn of_all(manifests: &[Manifest]) -> Self {
        let mut all = Self::default();
        for one in manifests.iter().map(Self::of) {
            all.inceptions.extend(one.inceptions);
            all.transformations.extend(one.transformations);
        }
        all.in_order()
    }

    fn add(&mut self, action: &Action) {
        let term = action.source_type.as_deref().map(source_type::term);
        let is_one_of = |terms: &[&str]| term.is_some_and(|term| holds(terms, term));
        if is_inception(action) {
            let named = BY_SOURCE_TYPE
                .iter()
                .find(|(known, _)| term.is_some_and(|term| known.eq_ignore_ascii_case(term)));
            self.inceptions.extend(named.map(|(_, name)| *name));
        } else if is_non_editorial(action) {
            self.transformations.push("nonEditorial");
        } else if is_one_of(GEN_AI) {
            self.transformations.push("perceptibleGenAI");
        } else if term.is_some() {
            self.transformations.push("perceptibleNonGenAI");
            if is_one_of(POSSIBLY_GEN_AI) {
                self.transformations.push("perceptiblePossiblyGenAI");
            }
        }
    }

    /// By name, each once: the order of actions says nothing here.
    fn in_order(mut self) -> Self {
        for names in [&mut self.inceptions, &mut self.transformations] {
            names.sort_unstable();
            names.dedup();
        }
        self
    }
}

/// Whether an action begins a history.
pub(super) fn is_inception(action: &Action) -> bool {
    INCEPTIONS.contains(&action.name.as_str())
}

/// Whether an action leaves what is seen and heard as it was.
pub(super) fn is_non_editorial(action: &Action) -> bool {
    NON_EDITORIAL.contains(&action.name.as_str())
}

/// The list of actions is empty, incomplete, passed on from elsewhere, or has actions that the standard does not know.
fn is_ambiguous(manifest: &Manifest) -> bool {
    let odd = |action: &Action| {
        action.gathered || !action.name.starts_with("c2pa.") || action.name == "c2pa.unknown"
    };
    manifest.actions.is_empty()
        || !manifest.all_actions_included
        || manifest.actions.iter().any(odd)
}

fn holds(terms: &[&str], term: &str) -> bool {
    terms.iter().any(|known| known.eq_ignore_ascii_case(term))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::content_credentials::origin::tests::manifest;
    use crate::signals::content_credentials::store::Role;

    fn of(
        actions: &[(&str, Option<&str>)],
        complete: bool,
    ) -> (Vec<&'static str>, Vec<&'static str>) {
        let mut manifest = manifest(Role::Active, 0, actions);
        manifest.all_actions_included = complete;
        let signals = Signals::of(&manifest);
        (signals.inceptions, signals.transformations)
    }

    #[test]
    fn a_history_is_called_by_how_it_began() {
        for (source_type, name) in BY_SOURCE_TYPE {
            let uri = format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}");
            for begun in INCEPTIONS {
                assert_eq!(
                    of(&[(begun, Some(&uri))], true),
                    (vec![*name], vec![]),
                    "{source_type}"
                );
            }
        }
    }

    #[test]
    fn what_was_done_is_told_by_action_and_source_type() {
        let composite = Some("http://cv.iptc.org/newscodes/digitalsourcetype/composite");
        assert_eq!(
            of(
                &[("c2pa.edited", composite), ("c2pa.converted", composite)],
                true
            )
            .1,
            [
                "nonEditorial",
                "perceptibleNonGenAI",
                "perceptiblePossiblyGenAI"
            ]
        );
        assert_eq!(
            of(&[("c2pa.edited", Some("trainedAlgorithmicData"))], true).1,
            ["perceptibleGenAI"]
        );
        // Without a source type the rubric says nothing of it.
        assert_eq!(of(&[("c2pa.cropped", None)], true).1, Vec::<&str>::new());
    }

    #[test]
    fn what_is_not_told_in_full_is_ambiguous() {
        assert_eq!(of(&[], true).1, ["ambiguousActions"]);
        assert_eq!(of(&[("c2pa.opened", None)], false).1, ["ambiguousActions"]);
        assert_eq!(
            of(&[("com.example.magic", None)], true).1,
            ["ambiguousActions"]
        );
        assert_eq!(of(&[("c2pa.unknown", None)], true).1, ["ambiguousActions"]);
    }
}
