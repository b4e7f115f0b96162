//! What an answer rests on besides the file: settings that change what is found, and lists and a policy that change what it
//! means. A file is read again for the former, and only judged again for the latter.

use sha2::{Digest as _, Sha256};

use crate::asset::Limits;
use crate::fingerprints::to_hex;
use crate::lists::List;
use crate::policy::Policy;
use crate::reports::SCHEMA;
use crate::settings::Settings;
use crate::signals::{self, known_image};

/// The digests of what the answers of a scan rest on, each with words that tell what went into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    pub(crate) settings: Words,
    pub(crate) policy: Words,
    pub(crate) judgement: Words,
}

/// Named values, of which a digest is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words(Vec<(&'static str, String)>);

impl Basis {
    /// What a scan with these settings and this policy rests on.
    pub fn of(settings: &Settings, policy: &Policy) -> Self {
        let policy = Words(vec![("policy", short(&format!("{policy:?}")))]);
        let mut judgement = policy.clone();
        if settings.wants(known_image::KIND.name) {
            let lists = settings.lists.iter();
            judgement.0.extend(lists.map(|one| ("list", list(one))));
        }
        Self {
            settings: Words(settings_words(settings)),
            policy,
            judgement,
        }
    }
}

#[cfg(feature = "queue")]
impl Basis {
    /// A digest of all of it, in hex.
    pub(crate) fn key(&self) -> String {
        short(&format!(
            "{}\n{}",
            self.settings.to_text(),
            self.judgement.to_text()
        ))
    }
}

impl Words {
    /// SHA-256 of all of them.
    #[cfg(feature = "sqlite")]
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_text()).into()
    }

    /// A line for each, as it is stored.
    pub(crate) fn to_text(&self) -> String {
        let lines = self.0.iter().map(|(name, value)| {
            let value = value.replace(['\n', '\r'], " ");
            format!("{name}\t{value}\n")
        });
        lines.collect()
    }

    /// What stands otherwise in other words that were stored, as the command line calls it.
    pub(super) fn changed_since(&self, stored: &str) -> String {
        let names = self.differ_from(stored);
        let named: Vec<&str> = names.into_iter().map(in_flags).collect();
        named.join(", ")
    }

    /// The names of what stands otherwise in other words that were stored.
    #[cfg(feature = "sqlite")]
    pub(crate) fn differ_from(&self, stored: &str) -> Vec<&'static str> {
        let own = self.to_text();
        let mut names: Vec<&'static str> = Vec::new();
        for ((name, _), line) in self.0.iter().zip(own.lines()) {
            if !stored.lines().any(|other| other == line) && !names.contains(name) {
                names.push(name);
            }
        }
        names
    }
}

/// What a setting is called on the command line.
fn in_flags(name: &str) -> &str {
    match name {
        "program" => "another version or build of provscan",
        "limits" => "a limit (--max-bytes and its like)",
        "trust" => "trust lists (--trust-anchors and its like, or those that are installed)",
        "usages" => "--trust-config",
        "signals" => "--signal or --without",
        "thorough" => "--thorough",
        "fingerprints" => "--no-fingerprints or --group",
        "history" => "--tree",
        "personal details" => "--show-personal",
        "online" => "--online",
        other => other,
    }
}

/// Changed when the same version finds something else in files: another decoder, another hash.
const REVISION: u32 = 1;

/// The parts that were built in and that files are read with.
fn features() -> String {
    let all = [
        ("avif", cfg!(feature = "avif")),
        ("heic", cfg!(feature = "heic")),
        ("jxl", cfg!(feature = "jxl")),
        ("pdf", cfg!(feature = "pdf")),
    ];
    let built = all.iter().filter(|(_, is_built)| *is_built);
    let names: Vec<&str> = built.map(|(name, _)| *name).collect();
    names.join("+")
}

/// Everything that changes what is found in a file, other than lists of known images.
fn settings_words(settings: &Settings) -> Vec<(&'static str, String)> {
    let signals = signals::ALL.iter().map(|kind| kind.name);
    let used: Vec<&str> = signals
        .filter(|name| *name != known_image::KIND.name && settings.wants(name))
        .collect();
    let trust = settings.trust.lists.iter().map(|list| {
        format!(
            "{} {} {}",
            list.kind.as_str(),
            list.label(),
            to_hex(&list.sha256())
        )
    });
    // What was refused for want of memory is tried again in every run.
    let limits = Limits {
        budget: None,
        ..settings.limits.clone()
    };
    vec![
        (
            "program",
            format!(
                "{} {REVISION} {} {}",
                env!("CARGO_PKG_VERSION"),
                features(),
                vocabulary()
            ),
        ),
        ("limits", format!("{limits:?}")),
        ("trust", trust.collect::<Vec<_>>().join("; ")),
        ("usages", settings.trust.ekus.join(" ")),
        ("signals", used.join(" ")),
        ("thorough", settings.decodes_all().to_string()),
        ("fingerprints", settings.keep_prints.to_string()),
        ("history", settings.history.to_string()),
        ("personal details", settings.show_personal.to_string()),
        ("online", settings.remote.is_some().to_string()),
    ]
}

/// Settings with those that words tell of a scan: which signals were used, and what they show.
#[cfg(feature = "sqlite")]
pub(crate) fn as_scanned(words: &str, settings: Settings) -> Settings {
    let word = |name: &str| {
        let mut lines = words.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(own, _)| *own == name).map(|(_, value)| value)
    };
    let is_set = |name: &str, otherwise: bool| word(name).map_or(otherwise, |word| word == "true");
    let used = word("signals").map(|used| {
        let used = used.split_whitespace().map(str::to_owned);
        used.chain([known_image::KIND.name.to_owned()]).collect()
    });
    Settings {
        signals: used.or_else(|| settings.signals.clone()),
        thorough: is_set("thorough", settings.thorough),
        keep_prints: is_set("fingerprints", settings.keep_prints),
        history: is_set("history", settings.history),
        show_personal: is_set("personal details", settings.show_personal),
        ..settings
    }
}

/// A digest of every code and of the form of records: a program that says other things reads the files again.
fn vocabulary() -> String {
    let mut text = String::from(SCHEMA);
    for kind in signals::ALL {
        for code in kind.codes {
            text += &format!("{} {:?} {}\n", code.name, code.claim, code.summary);
        }
    }
    short(&text)
}

fn list(list: &List) -> String {
    let options = short(&format!("{:?}", list.options()));
    format!("{} {options} {}", list.name(), list.compiled().digest())
}

fn short(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text).into();
    to_hex(&digest)
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let settings = Settings::default();
        let policy = Policy::default();
        let basis = Basis::of(&settings, &policy);
        assert_eq!(basis, Basis::of(&settings.clone(), &policy));
        let mut other = Settings {
            show_personal: true,
            ..settings.clone()
        };
        other.limits.max_pixels = 5;
        let words = basis.settings.to_text();
        let changed = Basis::of(&other, &policy);
        assert_eq!(
            changed.settings.differ_from(&words),
            ["limits", "personal details"]
        );
        assert_eq!(changed.judgement, basis.judgement);
        let strict = Policy::parse(
            "name = \"x\"\n[[rule]]\nclaim = \"captured\"\nverdict = \"captured\"\naction = \"review\"",
        );
        let strict = Basis::of(&settings, &strict.unwrap());
        assert_eq!(strict.settings, basis.settings);
        assert_ne!(strict.policy.digest(), basis.policy.digest());
        assert_ne!(strict.judgement.digest(), basis.judgement.digest());
    }
}
