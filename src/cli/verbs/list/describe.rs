//! What is on a list, without any of its hashes.

use provscan::lists::{List, ListKind};
use provscan::reports::safe;

/// A page on a list.
pub(super) fn page(list: &List) -> String {
    let options = list.options();
    let mut text = format!("{}: {}\n", safe(list.name()), entries(list.len()));
    for (kind, count) in list.counts() {
        let rule = match (kind.exact(), options.threshold(kind)) {
            (false, Some(threshold)) => {
                let near = options
                    .near(kind)
                    .map(|near| format!(", near up to {near}"));
                format!(
                    "at most {threshold} of {} bits{}",
                    kind.bits(),
                    near.unwrap_or_default()
                )
            }
            _ if !kind.computed() => "kept, but computed for no image".to_owned(),
            _ => "equal".to_owned(),
        };
        text += &line(count, &format!("{kind} ({rule})"));
    }
    let (categories, mut without) = list.compiled().categories();
    if let Some(category) = &options.category {
        text += &counted(
            std::mem::take(&mut without),
            &format!("in category {}", safe(category)),
        );
    }
    for (category, count) in categories {
        let words = options
            .category(Some(category))
            .filter(|words| words != category);
        let words = words
            .map(|words| format!(" ({})", safe(words)))
            .unwrap_or_default();
        text += &line(*count, &format!("in category {}{words}", safe(category)));
    }
    text += &counted(without, "without a category");
    let least = options.min_quality();
    text += &counted(
        list.poor(),
        &format!("of quality below {least}: kept, but never matched"),
    );
    for (why, count) in list.compiled().left_out() {
        text += &line(*count, &format!("left out: {}", safe(why)));
    }
    text + &meaning(list) + &format!("  digest: {}\n", list.compiled().digest())
}

fn meaning(list: &List) -> String {
    let options = list.options();
    let kind = match list.kind() {
        ListKind::KnownBad => "known-bad",
        ListKind::Allow => "allow: it silences what other lists say of these pictures",
        ListKind::AiGenerated => "ai-generated: pictures that a model made",
        ListKind::Captured => "captured: pictures that a camera took",
    };
    let action = options
        .action
        .map_or("review, unless the policy says otherwise", |action| {
            action.as_str()
        });
    let mut text = format!("  kind: {kind}\n");
    if list.kind() == ListKind::KnownBad {
        text += &format!("  action: {action}\n");
    }
    if options.dihedral == Some(false) {
        text += "  turned and mirrored pictures are not looked for\n";
    }
    text
}

/// So many entries, in words.
pub(super) fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

fn line(count: u64, what: &str) -> String {
    format!("  {count:>9} {what}\n")
}

/// A line, unless there is nothing to count.
fn counted(count: u64, what: &str) -> String {
    match count {
        0 => String::new(),
        count => line(count, what),
    }
}
