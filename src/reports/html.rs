//! One page for a person who looks through many answers: it sorts, filters, searches and prints by itself, asks nothing of any
//! network, and holds no pixels.
//!
//! The records lie in the page as compact JSON; the script and the style beside this file make the rest of them. What can be
//! said once, such as what a code means, is in the page once, at its end, and only for codes that occur.

mod row;

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::record::SummaryRecord;
use super::words::way_out;
use super::{Report, ReportKind, ReportOptions};
use crate::error::FaultKind;
use crate::evidence::{Action, Code, Strength};
use crate::inspect::Inspection;
use crate::policy::Finding;
use crate::scan::Summary;
use crate::signals;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "html",
    about: "one page to look through, without pixels: sorts, filters, searches and prints by itself",
    make,
};

fn make(_: ReportOptions) -> Box<dyn Report> {
    let used = CODES.iter().map(|_| AtomicBool::new(false)).collect();
    Box::new(Html { used })
}

const STYLE: &str = include_str!("html/page.css");
const SKELETON: &str = include_str!("html/page.html");
const SCRIPT: &str = concat!(
    include_str!("html/model.js"),
    include_str!("html/filter.js"),
    include_str!("html/folders.js"),
    include_str!("html/table.js"),
    include_str!("html/detail.js"),
    include_str!("html/page.js"),
);

/// Every code, by the number that rows name it by.
static CODES: LazyLock<Vec<(usize, &'static Code)>> = LazyLock::new(|| {
    let of = |(number, kind): (usize, &'static signals::SignalKind)| {
        kind.codes.iter().map(move |code| (number, code))
    };
    signals::ALL.iter().enumerate().flat_map(of).collect()
});

struct Html {
    /// Which codes occur in the records so far.
    used: Vec<AtomicBool>,
}

impl Report for Html {
    fn head(&self) -> Vec<u8> {
        // No address of any kind is allowed, and no script but ours: a text that got out of its place could do nothing.
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            hash(SCRIPT),
            hash(STYLE)
        );
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>provscan report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{SKELETON}<script type=\"application/json\" id=\"rows\">[\n"
        )
        .into_bytes()
    }

    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        for evidence in &inspection.evidence {
            let used = row::number_of(evidence.code.name).and_then(|number| self.used.get(number));
            if let Some(used) = used {
                used.store(true, Ordering::Relaxed);
            }
        }
        inert(&row::to_json(name, inspection)).into_bytes()
    }

    fn separator(&self) -> &'static [u8] {
        b",\n"
    }

    fn tail(&self, summary: &Summary) -> Vec<u8> {
        let about = inert(&self.about(summary).to_string());
        let totals = totals(summary);
        format!(
            "\n]</script>\n<script type=\"application/json\" id=\"about\">{about}</script>\n<noscript>{totals}</noscript>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        )
        .into_bytes()
    }
}

impl Html {
    /// What rows refer to by number, and the totals.
    fn about(&self, summary: &Summary) -> Json {
        let used = |number: &usize| {
            let used = self.used.get(*number);
            used.is_some_and(|used| used.load(Ordering::Relaxed))
        };
        let codes: serde_json::Map<String, Json> = CODES
            .iter()
            .enumerate()
            .filter(|(number, _)| used(number))
            .map(|(number, (signal, code))| (number.to_string(), about_code(*signal, code)))
            .collect();
        let faults: Vec<Json> = FaultKind::ALL
            .iter()
            .map(|(kind, word)| json!([word, way_out(*kind)]))
            .collect();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "verdicts": words(Finding::ALL),
            "actions": words(Action::ALL),
            "strengths": words(Strength::ALL),
            "signals": signals::ALL.iter().map(|kind| kind.name).collect::<Vec<_>>(),
            "faults": faults,
            "codes": codes,
            "summary": SummaryRecord::new(summary),
        })
    }
}

fn words<T>(all: &[(T, &'static str)]) -> Vec<&'static str> {
    all.iter().map(|(_, word)| *word).collect()
}

fn about_code(signal: usize, code: &Code) -> Json {
    json!({
        "name": code.name,
        "signal": signal,
        "claim": code.claim.as_str(),
        "summary": code.summary,
        "proves": code.proves,
        "limits": code.limits,
        "error_rate": code.error_rate,
        "next": code.next,
    })
}

/// The totals for a reader whose browser runs no scripts. Only words of ours and numbers are in it.
fn totals(summary: &Summary) -> String {
    let mut rows = String::new();
    for (finding, word) in Finding::ALL {
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">{word}</th><td>{}</td></tr>",
            summary.count(*finding)
        );
    }
    let interrupted = match summary.interrupted {
        true => "<p>This scan was interrupted: not all files were checked.</p>",
        false => "",
    };
    format!(
        "<main class=\"plain\"><h1>provscan report</h1>{interrupted}<p>{} inputs, {} bytes; {} could not be checked, or not fully. Sorting, filtering and the records themselves need scripts, which this browser does not run; <code>provscan report</code> with the form csv or text shows them without.</p><table><caption>Inputs by verdict</caption>{rows}</table></main>",
        summary.inputs, summary.bytes, summary.incomplete
    )
}

/// JSON that cannot leave the element it stands in: nothing in it begins a tag or an entity.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            c => out.push(c),
        }
    }
    out
}

/// The hash by which a content security policy allows a script or style.
fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_ours_ends_its_own_element_early() {
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.contains("</"));
    }

    #[test]
    fn hostile_texts_stay_where_they_are() {
        let report = make(ReportOptions::default());
        let name = Name::new("a</script><script>alert(1)</script><!--&amp;\u{202e}gpj.exe");
        let row = report.record(&name, &crate::reports::stored::lost("</script>\u{1b}[31m"));
        let row = String::from_utf8(row).unwrap();
        assert!(
            !row.contains(['<', '>', '&', '\u{202e}', '\u{1b}']),
            "{row}"
        );
        let read: Json = serde_json::from_str(&row).unwrap();
        assert_eq!(
            read[0],
            "a</script><script>alert(1)</script><!--&amp;\\u{202e}gpj.exe"
        );
    }

    #[test]
    fn the_page_knows_no_address() {
        for part in [SCRIPT, STYLE, SKELETON] {
            let addresses = [
                "http:",
                "https:",
                "//www",
                "url(",
                "@import",
                "fetch(",
                "XMLHttpRequest",
                "innerHTML",
            ];
            for address in addresses {
                let allowed = part.replace("http://www.w3.org/2000/svg", "");
                assert!(!allowed.contains(address), "{address}");
            }
        }
    }
}
