//! What looks at images: signals with their lists, trust and limits, and the policy that judges, as the arguments ask. It knows
//! neither where images come from nor where answers go: with [`scan::inspect`](provscan::scan::inspect) it answers for one
//! input, wherever that is from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use provscan::fingerprints::Kind;
use provscan::lists::{Keys, List, ListOptions, OpenOptions};
use provscan::policy::DEFAULT;
use provscan::reports::safe;
use provscan::{Inspector, Policy, Settings};

use sha2::{Digest as _, Sha256};

use super::{network, or_environment};
use crate::args::EngineArgs;
use crate::logs;
use crate::verbs::trust;

/// Largest policy that is read.
const MAX_SETUP_BYTES: u64 = 64 << 20;

/// Everything that an inspection needs, loaded.
pub(crate) struct Engine {
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    /// The digest of the policy as it is written.
    pub(crate) policy_sha256: [u8; 32],
    pub(crate) inspector: Arc<Inspector>,
}

impl Engine {
    /// Tells of a verb that runs for long that it compares with nothing: nobody would notice that nothing ever matches.
    #[cfg(any(feature = "queue", feature = "server"))]
    pub(crate) fn warn_without_lists(&self) {
        if self.settings.lists.is_empty() {
            crate::logs::warn(format_args!(
                "no list was given (--list), so nothing is compared with known images"
            ));
        }
    }

    /// Loads what the arguments name; all else is as in these settings.
    pub(crate) fn load(args: &EngineArgs, settings: Settings) -> anyhow::Result<Self> {
        let paths = or_environment(&args.lists, "PROVSCAN_LIST");
        let settings = Settings {
            trust: trust::settings(&args.trust)?,
            lists: lists(&paths, &args.threshold, args.keys.keys()?)?,
            signals: (!args.signals.is_empty()).then(|| args.signals.clone()),
            without: args.without.clone(),
            remote: args
                .online
                .then(|| network::remote("--online"))
                .transpose()?,
            ..settings
        };
        let (policy, policy_sha256) = read_policy(policy_file(args.policy.as_deref()).as_deref())?;
        let inspector = Inspector::new(&settings, policy.clone())?;
        anyhow::ensure!(
            !inspector.is_idle(),
            "nothing is left to look at the images: name a signal that is not left out, and a list with --list for known_image"
        );
        Ok(Self {
            settings,
            policy,
            policy_sha256,
            inspector: Arc::new(inspector),
        })
    }
}

/// The lists in these files, opened.
pub(crate) fn lists(
    paths: &[PathBuf],
    thresholds: &[(Kind, u32)],
    keys: Keys,
) -> anyhow::Result<Vec<Arc<List>>> {
    let mut wishes = ListOptions::default();
    for (kind, bits) in thresholds {
        wishes
            .set_threshold(*kind, *bits)
            .map_err(|error| anyhow::anyhow!("--threshold: {error}"))?;
    }
    let options = OpenOptions {
        wishes,
        keys,
        ..OpenOptions::default()
    };
    let lists = paths.iter().map(|path| List::open(path, options.clone()));
    let lists: Vec<List> = lists.collect::<Result<_, _>>()?;
    for list in &lists {
        for (why, count) in list.just_left_out() {
            let name = safe(list.name());
            logs::warn(format_args!("{name}: {count} left out: {why}"));
        }
    }
    Ok(lists.into_iter().map(Arc::new).collect())
}

/// The files that lists, trust and policy are in, and the folder of installed trust lists.
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) fn files(args: &EngineArgs) -> Vec<PathBuf> {
    let mut files = or_environment(&args.lists, "PROVSCAN_LIST");
    files.extend(policy_file(args.policy.as_deref()));
    files.extend(trust::files(&args.trust));
    files
}

/// Makes sure that all of it can be loaded again while nobody sits there.
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) fn ensure_unattended(args: &EngineArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.keys.passphrase_file.as_deref() != Some(Path::new("-")),
        "a service loads its lists again when they change, and nobody is there to type the passphrase then; name a file with --passphrase-file"
    );
    Ok(())
}

pub(crate) fn policy_file(named: Option<&Path>) -> Option<PathBuf> {
    let named: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
    or_environment(&named, "PROVSCAN_POLICY").into_iter().next()
}

/// The policy in this file, or the built-in one.
pub(crate) fn policy(path: Option<&Path>) -> anyhow::Result<Policy> {
    Ok(read_policy(path)?.0)
}

/// The same, with the digest of its text.
fn read_policy(path: Option<&Path>) -> anyhow::Result<(Policy, [u8; 32])> {
    let digest = |text: &str| Sha256::digest(text).into();
    match path {
        Some(path) => {
            let text = read_text(path)?;
            let policy = Policy::parse(&text).with_context(|| path.display().to_string())?;
            Ok((policy, digest(&text)))
        }
        None => Ok((Policy::default(), digest(DEFAULT))),
    }
}

/// A small text file.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let named = || path.display().to_string();
    let length = fs::metadata(path).with_context(named)?.len();
    anyhow::ensure!(
        length <= MAX_SETUP_BYTES,
        "{}: larger than {MAX_SETUP_BYTES} bytes",
        named()
    );
    fs::read_to_string(path).with_context(named)
}
