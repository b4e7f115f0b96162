//! The declarations that the IPTC Photo Metadata Standard (2025.1) has for origin, in XMP: the digital source type, and
//! the AI system and prompt.

use super::{Clues, Mark};
use crate::asset::namespace::{IPTC_EXT, IPTC_REGION};
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::source_type::{self, Origin};

/// The property, and the spelling of earlier versions that is still written, with either `f`.
const SOURCE_TYPE: &[&str] = &["DigitalSourceType", "DigitalSourceFileType"];

/// Terms for what no camera took and no person drew, but which need not come from a model.
const SYNTHETIC: &[&str] = &["algorithmicMedia", "dataDrivenMedia", "virtualRecording"];

/// What stands in a field that nobody filled in.
const EMPTY: &[&str] = &[
    "", "-", "none", "no", "n/a", "na", "null", "false", "0", "unknown",
];

/// How such a field begins: `No AI used`, `N.A.`, `not applicable`.
const NONE: &[&str] = &[
    "no", "not", "none", "nothing", "without", "n/a", "n.a", "na", "nil",
];

/// A prompt may begin with `no`, too; then one of these words tells that there is none.
const OF_NONE: &[&str] = &[
    "ai",
    "prompt",
    "prompts",
    "used",
    "applicable",
    "available",
    "generated",
];

/// What stands in the names of systems that improve or describe pictures.
const HELPERS: &[&str] = &[
    "denois",
    "noise",
    "enhanc",
    "upscal",
    "sharpen",
    "deblur",
    "retouch",
    "restor",
    "super resolution",
    "gigapixel",
    "lightroom",
    "caption",
    "keyword",
    "tagging",
    "mask",
    "crop",
];

const FORGEABLE: &str =
    "Anyone can write or remove it with a metadata editor, and most services strip it.";
const RATE: &str = "0 of 753 photographs and test files that carry no mark had it, and 0 of 4 427 pictures of installed programs; how often it is written wrongly is not known";
const IN_ITS_FIELD: &str = "That the file says so, in the field that the standard has for it.";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[
        GENERATED,
        AI_EDITED,
        AI_SYSTEM,
        SYNTHETIC_MEDIA,
        AI_BESIDE,
        CAPTURED,
    ],
    recognise,
};

const GENERATED: Code = Code {
    name: "iptc.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its metadata declare that a generative model made it (IPTC digital source type).",
    proves: IN_ITS_FIELD,
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const AI_EDITED: Code = Code {
    name: "iptc.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its metadata declare that a generative model edited it or made a part of it (IPTC digital source type).",
    proves: IN_ITS_FIELD,
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-edited.",
};
const AI_SYSTEM: Code = Code {
    name: "iptc.ai-system",
    claim: Claim::AiGenerated,
    summary: "Its metadata name an AI system or a prompt from which it was made (IPTC 2025.1).",
    proves: "That the fields are filled in, which the standard has for images that an AI system made, and that neither a digital source type says otherwise nor, where there is no prompt, a camera.",
    limits: "Anyone can write or remove them with a metadata editor. Programs that only caption or retouch images may fill them in by mistake.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const AI_BESIDE: Code = Code {
    name: "iptc.ai-system-beside-other-source",
    claim: Claim::MayContainAi,
    summary: "Its metadata name an AI system or a prompt, but also another source, or a system that only improves pictures (IPTC 2025.1).",
    proves: "That the field is filled in, and that a digital source type, a camera, or the name of the system speaks against a picture that is made by it as a whole.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Ask what the system was used for.",
};
const SYNTHETIC_MEDIA: Code = Code {
    name: "iptc.synthetic",
    claim: Claim::MayContainAi,
    summary: "Its metadata declare that it is synthetic, of a kind that need not come from a model (IPTC digital source type).",
    proves: IN_ITS_FIELD,
    limits: "Whether a model had a part in it: renderings, charts and recordings of virtual events are declared so. Anyone can write or remove it.",
    error_rate: RATE,
    next: "Take it for no photograph; ask how it was made.",
};
const CAPTURED: Code = Code {
    name: "iptc.captured",
    claim: Claim::Captured,
    summary: "Its metadata declare that it was captured (IPTC digital source type).",
    proves: IN_ITS_FIELD,
    limits: FORGEABLE,
    error_rate: "not known: nothing keeps anyone from writing it",
    next: "Take it as a claim; look for content credentials.",
};

/// The strongest thing that the source types say, several of which may stand in one file, and the AI system.
fn recognise(clues: &Clues<'_>) -> Vec<Evidence> {
    let declared: Vec<&str> = values(clues, SOURCE_TYPE).collect();
    let system = System::read(clues);
    let regions: Vec<&str> = SOURCE_TYPE
        .iter()
        .flat_map(|name| clues.xmp(IPTC_REGION, name))
        .collect();
    let strongest = strongest(&declared, &regions);
    let by_source = strongest.map(|(code, term)| {
        let evidence = Evidence::new(code, Strength::Declared).with("source_type", term);
        match (&system, code.claim) {
            (Some(system), Claim::AiGenerated | Claim::AiEdited) => system.add_to(evidence),
            _ => evidence,
        }
    });
    let says_ai = matches!(strongest, Some((code, _)) if matches!(code.claim, Claim::AiGenerated | Claim::AiEdited));
    let by_system = system.filter(|_| !says_ai).map(|system| {
        let otherwise = declared
            .iter()
            .any(|term| source_type::origin(term).is_some());
        let helped =
            system.prompt.is_none() && (system.is_helper() || clues.metadata.camera().is_some());
        let code = if otherwise || helped {
            &AI_BESIDE
        } else {
            &AI_SYSTEM
        };
        system.add_to(Evidence::new(code, Strength::Declared))
    });
    by_source.into_iter().chain(by_system).collect()
}

/// The strongest of what is declared of the image and of regions in it: a region that a model made is an edit.
fn strongest<'a>(declared: &[&'a str], regions: &[&'a str]) -> Option<(&'static Code, &'a str)> {
    let is_synthetic = |term: &str| {
        SYNTHETIC
            .iter()
            .any(|known| known.eq_ignore_ascii_case(term))
    };
    let says = |wanted: Origin| {
        declared
            .iter()
            .find(|value| source_type::origin(value) == Some(wanted))
    };
    let synthetic = || {
        declared
            .iter()
            .find(|value| is_synthetic(source_type::term(value)))
    };
    let in_region = || {
        regions.iter().find(|value| {
            let origin = source_type::origin(value);
            matches!(origin, Some(Origin::Generated | Origin::PartlyGenerated))
        })
    };
    let rows = [
        (&GENERATED, says(Origin::Generated)),
        (&AI_EDITED, says(Origin::PartlyGenerated).or_else(in_region)),
        (&SYNTHETIC_MEDIA, synthetic()),
        (&CAPTURED, says(Origin::Captured)),
    ];
    let found = rows
        .into_iter()
        .find_map(|(code, value)| Some((code, value?)));
    found.map(|(code, value)| (code, source_type::term(value)))
}

/// What the fields of 2025.1 say.
struct System<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    prompt: Option<&'a str>,
    writer: Option<&'a str>,
}

impl<'a> System<'a> {
    /// `None` without a name and without a prompt: a version or a writer alone is of nothing.
    fn read(clues: &Clues<'a>) -> Option<Self> {
        let filled = |name, is_empty: fn(&str) -> bool| {
            let mut written = values(clues, name).map(str::trim);
            written.find(|value| !is_empty(value))
        };
        let system = Self {
            name: filled(&["AISystemUsed"], says_none),
            version: filled(&["AISystemVersionUsed"], says_none),
            prompt: filled(&["AIPromptInformation"], says_no_prompt),
            writer: filled(&["AIPromptWriterName"], is_empty),
        };
        (system.name.is_some() || system.prompt.is_some()).then_some(system)
    }

    /// Whether its name is that of a system that improves or describes pictures.
    fn is_helper(&self) -> bool {
        let name = self.name.unwrap_or_default().to_ascii_lowercase();
        HELPERS.iter().any(|word| name.contains(word))
    }

    fn add_to(&self, evidence: Evidence) -> Evidence {
        evidence
            .with_some("tool", self.name)
            .with_some("version", self.version)
            .with_personal("prompt", self.prompt)
            .with_personal("prompt_writer", self.writer)
    }
}

fn is_empty(value: &str) -> bool {
    EMPTY.iter().any(|word| word.eq_ignore_ascii_case(value))
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The words of a text without the signs around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| c.is_whitespace() || "-,;:–—".contains(c));
    parts.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
}

fn says_none(value: &str) -> bool {
    let first = words(value).find(|word| !word.is_empty());
    is_empty(value) || first.is_none_or(|word| is_one_of(word, NONE))
}

fn says_no_prompt(value: &str) -> bool {
    let rest = || words(value).skip(1).filter(|word| !word.is_empty());
    says_none(value)
        && (rest().next().is_none() || rest().take(4).any(|word| is_one_of(word, OF_NONE)))
}

/// The values of a property of the IPTC extension, under any of its names, in whatever case.
fn values<'a>(
    clues: &Clues<'a>,
    names: &'static [&'static str],
) -> impl Iterator<Item = &'a str> + use<'a> {
    clues
        .properties()
        .filter(|row| names.iter().any(|name| row.name.eq_ignore_ascii_case(name)))
        .filter(|row| is_namespace(&row.namespace))
        .map(|row| row.value.as_str())
}

/// The URI, with or without its last slash, or a prefix of that name which the packet declares nowhere.
fn is_namespace(namespace: &str) -> bool {
    const PREFIXES: &[&str] = &["Iptc4xmpExt:", "iptcExt:"];
    let known = IPTC_EXT.trim_start_matches("http://").trim_end_matches('/');
    let path = namespace
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    path.trim_end_matches('/') == known || PREFIXES.contains(&namespace)
}

#[cfg(test)]
mod tests;
