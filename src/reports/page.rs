//! A page on each input, for someone who has to decide about it: plain words first, codes second, then what this does
//! not tell and what can be done next.

use super::text::{BOLD, DIM, GREEN, RED, YELLOW, action_color, color, paint};
use super::{Report, ReportKind, ReportOptions, safe, tree, words};
use crate::evidence::{Evidence, Strength, Value};
use crate::inspect::{Inspection, SignalState};
use crate::scan::Summary;
use crate::signals;
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
        let what = self.paint(verdict.finding.as_str(), color(verdict.finding));
        let action = self.paint(verdict.action.as_str(), action_color(verdict.action));
        let raised =
            match verdict.action > verdict.action_on_evidence && !inspection.evidence.is_empty() {
                true => ", since it could not be checked fully",
                false => "",
            };
        format!(
            "{title}\n{}\n{what}: {}\nThe policy asks for: {action}{raised}\n",
            facts(inspection),
            indent(&words::meaning(inspection), 2)
        )
    }

    fn evidence(&self, inspection: &Inspection) -> String {
        if inspection.evidence.is_empty() {
            return String::new();
        }
        let mut sorted: Vec<&Evidence> = inspection.evidence.iter().collect();
        sorted.sort_by_key(|evidence| {
            let decides = inspection.verdict.because.contains(&evidence.code.name);
            (std::cmp::Reverse(evidence.strength), !decides)
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
            if let (&"tree", Value::Record(root)) = (key, value) {
                text.extend(
                    tree::lines(root)
                        .iter()
                        .map(|line| format!("            {line}\n")),
                );
                continue;
            }
            let key = key.replace('_', " ");
            let mut value = safe(&value.to_string()).into_owned();
            if key == "not shown" {
                value += " (--show-personal shows more)";
            }
            text += &format!(
                "            {} {}\n",
                self.paint(&format!("{key}:"), DIM),
                indent(&value, 12 + key.len() + 2)
            );
        }
        text
    }

    fn trouble(&self, inspection: &Inspection) -> String {
        let faults = inspection.faults.iter().map(|fault| fault.message.as_str());
        let (damage, others) = inspection.damage_and_others();
        self.points("What could not be checked", faults)
            + &self.points(
                "Damage that was read past",
                damage.iter().map(String::as_str),
            )
            + &self.points("What was looked at", others.iter().map(String::as_str))
    }

    /// A list of points under a heading; nothing if there are none.
    fn points<'a>(&self, heading: &str, points: impl Iterator<Item = &'a str>) -> String {
        let lines: String = points
            .map(|point| format!("  - {}\n", indent(&safe(point), 4)))
            .collect();
        match lines.is_empty() {
            true => lines,
            false => format!("\n{}\n{lines}", self.paint(heading, YELLOW)),
        }
    }

    fn advice(&self, inspection: &Inspection) -> String {
        let heading = self.paint("What this does not tell you", BOLD);
        let mut text = format!("\n{heading}\n");
        for limit in words::limits(inspection) {
            text += &format!("  {}\n", indent(limit, 2));
        }
        text += &looked_at(inspection);
        text += &self.points("What you can do", words::next(inspection).into_iter());
        if let Some(foremost) = words::foremost(inspection) {
            let code = foremost.code.name;
            text += &format!("  `provscan explain {code}` says more.\n");
        }
        text
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
    let pixels = inspection.pixels;
    facts.extend(
        pixels
            .is_telling()
            .then(|| format!("pixels: {}", pixels.as_str())),
    );
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
    for (name, state) in &inspection.signals {
        match state {
            SignalState::NotApplicable(why) => {
                text += &format!("  Did not apply: {name} ({why}).\n")
            }
            SignalState::NotUsed => {
                let idle = idle(name).map(|why| format!("{why}, or "));
                text += &format!(
                    "  Was not used: {name}, since {}it was not asked for.\n",
                    idle.unwrap_or_default()
                );
            }
            SignalState::Found | SignalState::Nothing | SignalState::Failed => {}
        }
    }
    text
}

/// Why a signal may have had nothing to do.
fn idle(name: &str) -> Option<&'static str> {
    signals::ALL.iter().find(|kind| kind.name == name)?.idle
}

fn strength_color(strength: Strength) -> &'static str {
    match strength {
        Strength::Proven => GREEN,
        Strength::Measured => BOLD,
        Strength::Declared => YELLOW,
        Strength::Hint => RED,
    }
}

/// Breaks text at words, at 96 columns, with later lines moved in by so many.
pub fn indent(text: &str, by: usize) -> String {
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
