//! As much of Markdown as the documents use.

use std::collections::BTreeSet;

/// A fenced block.
pub(super) struct Fence<'a> {
    /// The line before it.
    pub(super) before: &'a str,
    pub(super) language: &'a str,
    /// Its lines, without the last line end.
    pub(super) body: &'a str,
}

impl<'a> Fence<'a> {
    /// The command of a transcript, with its continued lines, and what follows.
    pub(super) fn command_and_output(&self) -> (&'a str, &'a str) {
        assert!(self.body.starts_with("$ provscan "), "{}", self.body);
        let end = self
            .body
            .match_indices('\n')
            .map(|(at, _)| at)
            .find(|at| !self.body[..*at].ends_with('\\'));
        end.map_or((self.body, ""), |at| self.body.split_at(at))
    }
}

/// Every fenced block.
pub(super) fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\n```") {
        let before = rest[..at].lines().last().unwrap_or_default();
        let (language, after) = rest[at + 4..].split_once('\n').unwrap();
        let end = after.find("\n```").expect("a fence that ends");
        found.push(Fence {
            before,
            language,
            body: &after[..end],
        });
        rest = &after[end + 4..];
    }
    found
}

/// All that is set as code: the lines of fenced blocks, and inline code.
pub(super) fn spans(text: &str) -> Vec<&str> {
    let fenced = fences(text);
    let mut found: Vec<&str> = fenced
        .iter()
        .filter(|fence| matches!(fence.language, "sh" | "console" | ""))
        .flat_map(|fence| match fence.language {
            "console" => fence.command_and_output().0.lines().collect::<Vec<_>>(),
            _ => fence.body.lines().collect(),
        })
        .map(|line| line.split(" # ").next().unwrap_or(line))
        .collect();
    found.extend(prose(text).flat_map(|line| line.split('`').skip(1).step_by(2)));
    found
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The targets of all links.
pub(super) fn links(text: &str) -> Vec<&str> {
    prose(text)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|after| after.split_once(')').map(|(target, _)| target))
        .collect()
}

/// What links within the document may lead to.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .replace(' ', "-")
        })
        .collect()
}

/// The section under a heading, up to the next of the same level.
pub(super) fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text
        .find(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no {heading}"));
    let body = &text[start + heading.len() + 2..];
    body.find("\n## ").map_or(body, |end| &body[..end])
}
