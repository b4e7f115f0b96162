//! Whom a run trusts: what is installed, and what flags or the environment add.

use std::path::PathBuf;

use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings, forms, read_file};

use super::args::TrustArgs;
use super::place;
use crate::run::or_environment;

/// The lists in the order in which they are asked: official ones, interim, the user's installed ones, then flags.
pub(crate) fn settings(args: &TrustArgs) -> anyhow::Result<TrustSettings> {
    if args.no_trust {
        return Ok(TrustSettings::default());
    }
    let mut settings = match place::installed_if_any() {
        Some(installed) => installed.settings()?,
        None => TrustSettings::default(),
    };
    settings.extend(given(args)?);
    Ok(settings)
}

/// The files that all of it is in, and the folder of the installed lists.
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) fn files(args: &TrustArgs) -> Vec<PathBuf> {
    if args.no_trust {
        return Vec::new();
    }
    let named: [(&[PathBuf], &str); 4] = [
        (&args.trust_anchors, "PROVSCAN_TRUST_ANCHORS"),
        (&args.allowed_list, "PROVSCAN_ALLOWED_LIST"),
        (&args.tsa_anchors, "PROVSCAN_TSA_ANCHORS"),
        (&args.trust_config, "PROVSCAN_TRUST_CONFIG"),
    ];
    let named = named.iter();
    let named = named.flat_map(|(paths, variable)| or_environment(paths, variable));
    place::folder_if_any().into_iter().chain(named).collect()
}

/// What flags and the environment name.
fn given(args: &TrustArgs) -> anyhow::Result<TrustSettings> {
    let named: [(&[PathBuf], &str, TrustKind); 3] = [
        (
            &args.trust_anchors,
            "PROVSCAN_TRUST_ANCHORS",
            TrustKind::Signer,
        ),
        (
            &args.allowed_list,
            "PROVSCAN_ALLOWED_LIST",
            TrustKind::AllowedSigner,
        ),
        (
            &args.tsa_anchors,
            "PROVSCAN_TSA_ANCHORS",
            TrustKind::TimeStamp,
        ),
    ];
    let mut given = TrustSettings::default();
    for (paths, variable, kind) in named {
        for path in or_environment(paths, variable) {
            given
                .lists
                .push(TrustList::open(&path, kind, ListOrigin::User)?);
        }
    }
    for path in or_environment(&args.trust_config, "PROVSCAN_TRUST_CONFIG") {
        let name = path.display().to_string();
        let content = forms::read(&name, &read_file(&path)?)?;
        anyhow::ensure!(
            !content.ekus.is_empty() && content.certificates.is_empty(),
            "{name}: no configuration of key usages; lines with object identifiers such as 1.3.6.1.5.5.7.3.36 were expected"
        );
        given.ekus.extend(content.ekus);
    }
    Ok(given)
}
