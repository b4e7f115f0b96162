//! A page on each input, for someone who has to decide about it: plain words first, codes second, then what this does
//! not tell and what can be done next.

use super::text::{BOLD, DIM, GREEN, RED, YELLOW, action_color, color, paint};
use super::{Report, ReportKind, ReportOptions, safe};
use crate::error::FaultKind;
use crate::evidence::{Evidence, Strength};
use crate::inspect::{Inspection, SignalState};
use crate::policy::Finding;
use crate::scan::Summary;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "page",
    about: "a page on each input, in plain words",
    make: |options| Box::new(Page { options }),
};

/// Columns that text is broken at.
const WIDTH: usize = 96;

struct Page {
    options: ReportOptions,
}

impl Report for Page {
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        let mut page = self.heading(name, inspection);
        page += &self.evidence(inspection);
        page += &self.trouble(inspection);
        page += &self.advice(inspection);
        page.into_bytes()
    }

    fn separator(&self) -> &'static [u8] {
        b"\n"
    }

    fn tail(&self, _: &Summary) -> Vec<u8> {
        Vec::new()
    }
}

impl Page {
    fn paint(&self, text: &str, code: &str) -> String {
        paint(text, code, self.options.color)
    }

    fn heading(&self, name: &Name, inspection: &Inspection) -> String {
        let verdict = &inspection.verdict;
        let title = self.paint(&safe(&name.to_text()), BOLD);
        let what = self.paint(
            &verdict.finding.to_string().to_uppercase(),
            color(verdict.finding),
        );
        let action = self.paint(verdict.action.as_str(), action_color(verdict.action));
        format!(
            "{title}\n{}\n{what}: {}\nAction by the policy: {action}\n",
            facts(inspection),
            meaning(verdict.finding)
        )
    }

    fn evidence(&self, inspection: &Inspection) -> String {
        if inspection.evidence.is_empty() {
            return String::new();
        }
        let mut sorted: Vec<&Evidence> = inspection.evidence.iter().collect();
        sorted.sort_by_key(|evidence| {
            let decides = inspection.verdict.because.contains(&evidence.code.name);
            (!decides, std::cmp::Reverse(evidence.strength))
        });
        let found: String = sorted
            .into_iter()
            .map(|evidence| self.one(evidence))
            .collect();
        format!("\n{}\n{found}", self.paint("What was found", BOLD))
    }

    fn one(&self, evidence: &Evidence) -> String {
        let strength = self.paint(
            &format!("{:<9}", evidence.strength),
            strength_color(evidence.strength),
        );
        let code = self.paint(&format!("[{}]", evidence.code.name), DIM);
        let mut text = format!(
            "  {strength} {} {code}\n",
            indent(evidence.code.summary, 12)
        );
        for (key, value) in &evidence.detail {
            let key = key.replace('_', " ");
            let value = safe(&value.to_string()).into_owned();
            text += &format!(
                "            {} {}\n",
                self.paint(&format!("{key}:"), DIM),
                indent(&value, 12 + key.len() + 2)
            );
        }
        text
    }

    fn trouble(&self, inspection: &Inspection) -> String {
        let faults = inspection.faults.iter().map(|fault| fault.message.clone());
        let notes = inspection
            .notes
            .iter()
            .map(|note| format!("the file is damaged: {note}"));
        let lines: String = faults
            .chain(notes)
            .map(|line| format!("  - {}\n", indent(&safe(&line), 4)))
            .collect();
        if lines.is_empty() {
            lines
        } else {
            format!(
                "\n{}\n{lines}",
                self.paint("What could not be checked", YELLOW)
            )
        }
    }

    fn advice(&self, inspection: &Inspection) -> String {
        let deciding = inspection
            .evidence
            .iter()
            .find(|e| inspection.verdict.because.contains(&e.code.name));
        let (limits, next) = match deciding {
            Some(evidence) => (evidence.code.limits, evidence.code.next),
            None => nothing_decides(inspection),
        };
        let mut text = format!(
            "\n{}\n  {}\n",
            self.paint("What this does not tell you", BOLD),
            indent(limits, 2)
        );
        text += &looked_at(inspection);
        text += &format!(
            "\n{}\n  {}\n",
            self.paint("What you can do", BOLD),
            indent(next, 2)
        );
        if let Some(evidence) = deciding {
            text += &format!("  `provscan explain {}` says more.\n", evidence.code.name);
        }
        text
    }
}

fn nothing_decides(inspection: &Inspection) -> (&'static str, &'static str) {
    match inspection.verdict.finding {
        Finding::Unchecked => (
            "Anything about what could not be checked.",
            way_out(inspection.faults.first().map(|fault| fault.kind)),
        ),
        _ => (
            "That the image is genuine. Marks and credentials are easily lost: most services strip them, and a screenshot has none.",
            "Look for other copies: one nearer to its source may still carry something.",
        ),
    }
}

/// What a person can do about an input that could not be checked.
fn way_out(fault: Option<FaultKind>) -> &'static str {
    match fault {
        Some(FaultKind::Unreadable) => "See that it is there, is a file and may be read.",
        Some(FaultKind::NotAnImage) => {
            "If it should be an image, get an undamaged copy of it. If not, nothing."
        }
        Some(FaultKind::Limit) => {
            "Raise the limit that was reached, if you can spare the memory and time."
        }
        Some(FaultKind::Unsupported) => "Look at it with a program that reads this format.",
        Some(FaultKind::Internal) => "Report it, so that it can be mended.",
        Some(FaultKind::Malformed) | None => "Get an undamaged copy.",
    }
}

/// What the verdict says, in plain words.
fn meaning(finding: Finding) -> &'static str {
    match finding {
        Finding::Known => "it is on a list of known images.",
        Finding::Tampered => "it, or its content credentials, was changed after it was signed.",
        Finding::AiGenerated => {
            "it was made by a generative model, as far as the evidence below goes."
        }
        Finding::AiEdited => {
            "a generative model edited it or made a part of it, as far as the evidence below goes."
        }
        Finding::Edited => "it was edited by ordinary means, a trusted signer says.",
        Finding::Captured => "it was captured by a camera, a trusted signer says.",
        Finding::NoEvidence => "nothing was found that says what it is.",
        Finding::Unchecked => "it could not be checked, or not fully.",
    }
}

/// Type, size and digest on one line.
fn facts(inspection: &Inspection) -> String {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(inspection.media_type.map(str::to_owned));
    facts.extend(
        inspection
            .dimensions
            .map(|(width, height)| format!("{width} × {height}")),
    );
    facts.extend(inspection.bytes.map(|bytes| format!("{bytes} bytes")));
    let digest = inspection
        .sha256
        .as_deref()
        .map(|digest| format!("SHA-256 {digest}\n"))
        .unwrap_or_default();
    let facts = if facts.is_empty() {
        "not read".to_owned()
    } else {
        facts.join(", ")
    };
    format!("{facts}\n{digest}")
}

/// Which signals looked and found nothing, and which had nothing to look at.
fn looked_at(inspection: &Inspection) -> String {
    let silent: Vec<&str> = inspection
        .signals
        .iter()
        .filter(|(_, state)| *state == SignalState::Nothing)
        .map(|(name, _)| *name)
        .collect();
    let mut text = String::new();
    if !silent.is_empty() {
        text += &format!("  Looked and found nothing: {}.\n", silent.join(", "));
    }
    for kind in crate::signals::ALL {
        match inspection
            .signals
            .iter()
            .find(|(name, _)| *name == kind.name)
        {
            Some((name, SignalState::NotApplicable(why))) => {
                text += &format!("  Did not apply: {name} ({why}).\n")
            }
            None if inspection.bytes.is_some() => {
                text += &format!("  Was not used: {} ({}).\n", kind.name, kind.about)
            }
            _ => {}
        }
    }
    text
}

fn strength_color(strength: Strength) -> &'static str {
    match strength {
        Strength::Proven => GREEN,
        Strength::Measured => BOLD,
        Strength::Declared => YELLOW,
        Strength::Hint => RED,
    }
}

/// Breaks text at words, with later lines moved in.
fn indent(text: &str, by: usize) -> String {
    let mut out = String::new();
    let mut column = by;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > by && column + 1 + length > WIDTH {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', by));
            column = by;
        } else if !out.is_empty() {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_words_and_nothing_is_lost() {
        let long = "word ".repeat(60);
        let broken = indent(&long, 4);
        assert!(broken.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(broken.split_whitespace().count(), 60);
    }
}
