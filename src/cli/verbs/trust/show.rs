//! `trust show`: what is installed, how old it is, and how to get what is not.

use std::fmt::Write as _;

use provscan::reports::safe;
use provscan::trust::date::Moment;
use provscan::trust::installed::{InstalledFile, InstalledList};
use provscan::trust::{ListOrigin, PUBLISHED, TrustList};
use serde_json::{Value, json};

use super::args::{Form, ShowArgs};
use super::{certificates, now, place, say};
use crate::exit::Exit;

/// Most key usages that are named.
const MAX_USAGES: usize = 20;

pub(super) fn run(args: &ShowArgs) -> anyhow::Result<Exit> {
    let installed = place::installed()?;
    let lists = installed.lists()?;
    let folder = installed.folder().display().to_string();
    if args.format == Form::Json {
        let lists: Vec<Value> = lists.iter().map(|list| record(list, now())).collect();
        let answer = json!({"schema": "provscan-trust-show/1", "folder": folder, "lists": lists});
        return say(&format!("{answer:#}\n"));
    }
    say(&text(&lists, &safe(&folder), now()))
}

fn text(lists: &[InstalledList], folder: &str, now: Moment) -> String {
    let mut text = match lists.is_empty() {
        true => format!(
            "No trust list is installed in {folder}: the signers of content credentials are not\nchecked, and what credentials say counts as declared, not proven.\n"
        ),
        false => format!("Trust lists in {folder}\n"),
    };
    for list in lists {
        text += "\n";
        text += &page(list, now);
    }
    let missing: Vec<ListOrigin> = PUBLISHED
        .iter()
        .map(|published| published.origin)
        .filter(|origin| lists.iter().all(|list| list.origin != *origin))
        .collect();
    if !missing.is_empty() {
        let words: Vec<&str> = missing.iter().map(|origin| origin.as_str()).collect();
        let _ = write!(
            text,
            "\nPublished and not installed: {}. These commands install them, and so does\n`provscan trust update` if it was built with network code:\n{}",
            words.join(", "),
            by_hand(&missing)
        );
    }
    text
}

/// One list.
fn page(list: &InstalledList, now: Moment) -> String {
    let mut text = format!("{}\n", title(list));
    for file in &list.files {
        let _ = writeln!(text, "  {}: {}", file.role.as_str(), amount(file));
        let _ = writeln!(text, "    from {}", safe(&file.source));
        let _ = writeln!(text, "    SHA-256 {}", file.sha256);
        let Some(first) = file.lists.first() else {
            continue;
        };
        if let Some(issued) = first.issued() {
            let _ = writeln!(text, "    issued {}, {}", issued.day(), age(issued, now));
        }
        if let Some(due) = first.next_update() {
            let late = if due < now {
                ": overdue, get it anew"
            } else {
                ""
            };
            let _ = writeln!(text, "    next issue due {}{late}", due.day());
        }
    }
    let imported = list.imported;
    let _ = writeln!(
        text,
        "  imported {}, {}",
        imported.day(),
        age(imported, now)
    );
    if list.earlier > 0 {
        let _ = writeln!(text, "  earlier versions kept: {}", list.earlier);
    }
    let _ = writeln!(
        text,
        "  refresh with `{}`{}",
        refresh(list),
        or_by_hand(list)
    );
    text
}

fn title(list: &InstalledList) -> String {
    let published = PUBLISHED.iter().find(|one| one.origin == list.origin);
    match published {
        Some(published) => format!("{}: {}", list.name, published.about),
        None => format!("user: {}", list.name),
    }
}

fn amount(file: &InstalledFile) -> String {
    match file.lists.first() {
        Some(list) => certificates(list.count()),
        None => {
            let shown: Vec<&str> = file
                .ekus
                .iter()
                .map(String::as_str)
                .take(MAX_USAGES)
                .collect();
            shown.join(", ")
        }
    }
}

fn age(then: Moment, now: Moment) -> String {
    match now.days_since(then) {
        ..0 => "which is to come: is the clock right?".to_owned(),
        0 => "today".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// The command that brings a newer version.
fn refresh(list: &InstalledList) -> String {
    if list.origin != ListOrigin::User {
        return format!("provscan trust update {}", list.origin.as_str());
    }
    let mut lists = list.files.iter().flat_map(|file| &file.lists);
    let kind = lists
        .next()
        .map(|list| format!(" --kind {}", list.kind.as_str()));
    format!(
        "provscan trust import FILE --as user --name {}{}",
        list.name,
        kind.unwrap_or_default()
    )
}

/// Not every build can fetch.
fn or_by_hand(list: &InstalledList) -> String {
    match list.origin {
        ListOrigin::User => String::new(),
        origin => format!(", or import a newer file with `--as {}`", origin.as_str()),
    }
}

/// Commands that fetch and install published lists without provscan's help.
pub(super) fn by_hand(origins: &[ListOrigin]) -> String {
    let mut text = String::new();
    for published in PUBLISHED.iter().filter(|one| origins.contains(&one.origin)) {
        let mut names = Vec::new();
        for url in published.urls {
            let _ = writeln!(text, "  curl -fO {url}");
            names.extend(url.rsplit('/').next());
        }
        let word = published.origin.as_str();
        let _ = writeln!(
            text,
            "  provscan trust import {} --as {word}",
            names.join(" ")
        );
    }
    text
}

/// One list, for programs.
fn record(list: &InstalledList, now: Moment) -> Value {
    let files: Vec<Value> = list
        .files
        .iter()
        .map(|file| {
            let first = file.lists.first();
            let kinds: Vec<&str> = file.lists.iter().map(|list| list.kind.as_str()).collect();
            json!({
                "kinds": kinds,
                "source": file.source,
                "sha256": file.sha256,
                "certificates": first.map_or(0, TrustList::count),
                "issued": first.and_then(TrustList::issued).map(|moment| moment.to_string()),
                "next_update": first.and_then(TrustList::next_update).map(|moment| moment.to_string()),
                "key_usages": file.ekus,
            })
        })
        .collect();
    let issued = list.files.iter().flat_map(|file| &file.lists);
    let issued = issued.filter_map(TrustList::issued).max();
    json!({
        "name": list.name,
        "origin": list.origin.as_str(),
        "imported": list.imported.to_string(),
        "age_days": now.days_since(issued.unwrap_or(list.imported)),
        "earlier_versions": list.earlier,
        "refresh": refresh(list),
        "files": files,
    })
}
