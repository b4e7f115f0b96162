//! Text for the eye: a line an input, then a summary.

use super::{Report, ReportKind, ReportOptions, safe, words};
use crate::evidence::{Action, Claim, Evidence};
use crate::inspect::Inspection;
use crate::policy::Finding;
use crate::scan::Summary;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "text",
    about: "a line an input, then a summary",
    make: |options| Box::new(Text { options }),
};

struct Text {
    options: ReportOptions,
}

/// Particulars that say most in few words, in the order in which they are looked for, with what stands before them.
const TELLING: &[(&str, &str)] = &[
    ("list", "on the list "),
    ("tool", "by "),
    ("signer", "signed by "),
    ("url", "stored at "),
    ("source_type", "as "),
    ("not_allowed", "not allowed: "),
    ("reason", ""),
];

impl Report for Text {
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        let verdict = &inspection.verdict;
        if verdict.finding == Finding::OtherFile && inspection.evidence.is_empty() {
            return Vec::new();
        }
        let finding = format!("{:<13}", verdict.finding);
        let finding = paint(&finding, color(verdict.finding), self.options.color);
        format!(
            "{finding} {:<6}  {}{}\n",
            verdict.action,
            safe(&name.to_text()),
            reason(inspection, &self.options.asked_for)
        )
        .into_bytes()
    }

    fn tail(&self, summary: &Summary) -> Vec<u8> {
        let mut text = images(summary) + &self.findings(summary);
        if summary.count(Finding::NoEvidence) > 0 {
            text += "no-evidence means that nothing was found that decides, not that an image is genuine.\n";
        }
        if summary.incomplete > 0 {
            text += &self.unchecked(summary);
        }
        if summary.interrupted {
            text += "Interrupted: this is what was done until then, and there is more that was not looked at.\n";
        }
        for one in &summary.quarantined {
            text += &format!(
                "Set aside: on the list {}, entry {}, which matched {} different files, and then {} more that are only shown for review. Look at it, and take it off the list if it is no picture of its own.\n",
                safe(&one.list),
                safe(&one.entry),
                one.files,
                one.set_aside
            );
        }
        text.into_bytes()
    }
}

/// How many images there were, and other media.
fn images(summary: &Summary) -> String {
    let others = summary.other_files.saturating_add(summary.other_media);
    let images = summary.inputs.saturating_sub(others);
    let media = match summary.other_media {
        0 => String::new(),
        1 => ", 1 video, sound or document file".to_owned(),
        more => format!(", {more} video, sound or document files"),
    };
    format!(
        "\n{images} {}{media}\n",
        if images == 1 { "image" } else { "images" }
    )
}

impl Text {
    /// How many of them were found to be what, and how many other files there were.
    fn findings(&self, summary: &Summary) -> String {
        let mut text = String::new();
        for (finding, word) in Finding::ALL {
            let count = summary.count(*finding);
            if count > 0 && *finding != Finding::OtherFile {
                text += &format!(
                    "  {} {word}\n",
                    paint(&format!("{count:>7}"), color(*finding), self.options.color)
                );
            }
        }
        let others = summary.count(Finding::OtherFile);
        if others > 0 {
            let words = match others {
                1 => "other file, which is no image",
                _ => "other files, which are no images",
            };
            text += &format!("  {others:>7} {words}\n");
        }
        text
    }

    /// How many inputs could not be checked, and where it says why.
    fn unchecked(&self, summary: &Summary) -> String {
        let where_to_look = match self.options.asked_for.is_empty() {
            true => "their lines say why",
            false => "without --select their lines say why",
        };
        let no_images = match summary.other_files_asked_for {
            0 => String::new(),
            1 => "; 1 of them is no image, but was named, and has no line".to_owned(),
            more => format!("; {more} of them are no images, but were named, and have no lines"),
        };
        format!(
            "{} could not be checked, or not fully; {where_to_look}{no_images}.\n",
            summary.incomplete
        )
    }
}

/// Why, in a few words: what was asked for, the deciding evidence, what went wrong, or what was found and decides nothing.
fn reason(inspection: &Inspection, asked_for: &[String]) -> String {
    let asked = inspection.evidence.iter().find(|e| {
        let named = |word: &String| word == e.code.name || word == e.claim().as_str();
        asked_for.iter().any(named)
    });
    let told = asked
        .or_else(|| deciding(inspection))
        .map(|evidence| told(evidence) + &also(inspection, evidence))
        .or_else(|| inspection.faults.first().map(|fault| fault.message.clone()))
        .or_else(|| words::strongest(inspection.evidence.iter()).map(told))
        .or_else(|| {
            let (damage, others) = inspection.damage_and_others();
            let hashes = others.first().filter(|_| inspection.is_of_hashes());
            let damage = damage.first().map(|note| format!("damaged: {note}"));
            damage.or_else(|| hashes.cloned())
        });
    let pixels = inspection.pixels;
    let pixels = pixels
        .is_telling()
        .then(|| format!("pixels: {}", pixels.as_str()));
    let told = match (told, pixels) {
        (Some(told), Some(pixels)) => Some(format!("{told}; {pixels}")),
        (told, pixels) => told.or(pixels),
    };
    told.map(|told| format!("  ({})", safe(&told)))
        .unwrap_or_default()
}

/// Of the strongest evidence that decides, the first that names who made it.
fn deciding(inspection: &Inspection) -> Option<&Evidence> {
    let because = |e: &&Evidence| inspection.verdict.because.contains(&e.code.name);
    let says = |e: &&Evidence| e.claim().as_str() == inspection.verdict.finding.as_str();
    let deciding = || inspection.evidence.iter().filter(because);
    let strongest = words::strongest(deciding().filter(says)).or_else(|| deciding().next())?;
    let equal = |e: &&Evidence| e.strength == strongest.strength && e.claim() == strongest.claim();
    let named = deciding().filter(equal).find(|e| e.get("tool").is_some());
    named.or(Some(strongest))
}

/// What else decides, about the action: such as a contradiction.
fn also(inspection: &Inspection, told: &Evidence) -> String {
    let because = &inspection.verdict.because;
    let other = inspection
        .evidence
        .iter()
        .find(|e| because.contains(&e.code.name) && e.claim() == Claim::Contradiction);
    match other {
        Some(other) if other.code != told.code => format!("; and {}", other.code.name),
        _ => String::new(),
    }
}

fn told(evidence: &Evidence) -> String {
    let mut told = format!("{}: {}", evidence.strength, evidence.code.name);
    if let Some((before, value)) = TELLING
        .iter()
        .find_map(|(key, before)| Some((before, evidence.get(key)?)))
    {
        told += &format!(", {before}{value}");
    }
    if let Some(entry) = evidence.get("entry") {
        told += &format!(", entry {entry}");
    }
    told
}

/// Terminal colours (SGR codes).
pub(super) const RED: &str = "31";
pub(super) const YELLOW: &str = "33";
pub(super) const GREEN: &str = "32";
pub(super) const MAGENTA: &str = "35";
pub(super) const BOLD: &str = "1";
pub(super) const DIM: &str = "2";

/// The colour of a finding. None is green: nothing here says that an image is fine.
pub(super) fn color(finding: Finding) -> &'static str {
    match finding {
        Finding::Known | Finding::Tampered => RED,
        Finding::AiGenerated | Finding::AiEdited | Finding::AiIngredient => MAGENTA,
        Finding::Unchecked => YELLOW,
        Finding::Edited | Finding::Captured | Finding::MayContainAi => BOLD,
        Finding::NoEvidence | Finding::OtherFile => DIM,
    }
}

/// The colour of an action.
pub(super) fn action_color(action: Action) -> &'static str {
    match action {
        Action::Block => RED,
        Action::Review => YELLOW,
        Action::Label => MAGENTA,
        Action::Pass => DIM,
    }
}

/// Colours text, if wanted.
pub(super) fn paint(text: &str, code: &str, on: bool) -> String {
    if on {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
