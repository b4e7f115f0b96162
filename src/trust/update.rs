//! Fetching the published lists anew, over a network that the caller brings.

use std::path::Path;

use super::date::Moment;
use super::forms;
use super::installed::{Change, Installed, Wish};
use super::list::ListOrigin;
use crate::remote::Remote;

/// Largest list that is fetched, in bytes.
const MAX_FETCHED: u64 = 4 << 20;

/// Where a list is published.
#[derive(Debug)]
pub struct Published {
    /// The list.
    pub origin: ListOrigin,
    /// What it is, for people.
    pub about: &'static str,
    /// The addresses of its files.
    pub urls: &'static [&'static str],
}

/// Every published list that provscan knows of.
pub const PUBLISHED: &[Published] = &[
    Published {
        origin: ListOrigin::C2pa,
        about: "signers of products that passed the C2PA conformance programme",
        urls: &[
            "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list/C2PA-TRUST-LIST.json",
        ],
    },
    Published {
        origin: ListOrigin::C2paTsa,
        about: "time-stamping authorities of the same programme",
        urls: &[
            "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list/C2PA-TSA-TRUST-LIST.json",
        ],
    },
    Published {
        origin: ListOrigin::Interim,
        about: "signers from before there was an official list, frozen since January 2026",
        urls: &[
            "https://contentcredentials.org/trust/anchors.pem",
            "https://contentcredentials.org/trust/allowed.pem",
            "https://contentcredentials.org/trust/store.cfg",
        ],
    },
];

/// What came of one list.
#[derive(Debug)]
pub struct Updated {
    /// The list.
    pub origin: ListOrigin,
    /// What changed, or why it was left as it was.
    pub result: Result<Change, String>,
}

/// Fetches the published lists of these origins and puts them in force, each by itself: all files of a list are fetched
/// and read before any replaces an older one, and on any failure what is installed stays as it is.
pub fn update(
    folder: &Path,
    remote: &dyn Remote,
    wanted: &[ListOrigin],
    now: Moment,
) -> Vec<Updated> {
    PUBLISHED
        .iter()
        .filter(|published| wanted.contains(&published.origin))
        .map(|published| Updated {
            origin: published.origin,
            result: renew(&Installed::at(folder), remote, published, now),
        })
        .collect()
}

fn renew(
    installed: &Installed,
    remote: &dyn Remote,
    published: &Published,
    now: Moment,
) -> Result<Change, String> {
    let files = published
        .urls
        .iter()
        .map(|url| fetch(remote, url).map(|bytes| ((*url).to_owned(), bytes)))
        .collect::<Result<Vec<_>, _>>()?;
    for (url, bytes) in &files {
        not_older(installed, published.origin, url, bytes)?;
    }
    let wish = Wish {
        origin: published.origin,
        name: published.origin.as_str(),
        kind: None,
        files: &files,
        now,
    };
    installed.import(&wish).map_err(|error| error.to_string())
}

fn fetch(remote: &dyn Remote, url: &str) -> Result<Vec<u8>, String> {
    let bytes = remote
        .fetch(url, MAX_FETCHED)
        .map_err(|error| error.to_string())?;
    match bytes.len() as u64 > MAX_FETCHED {
        true => Err(format!(
            "{url}: larger than {MAX_FETCHED} bytes, which no trust list is"
        )),
        false => Ok(bytes),
    }
}

/// An old issue would bring back signers that were taken off the list since.
fn not_older(
    installed: &Installed,
    origin: ListOrigin,
    url: &str,
    bytes: &[u8],
) -> Result<(), String> {
    let fetched = forms::read(url, bytes)
        .map_err(|error| error.to_string())?
        .issued;
    // What is damaged is replaced.
    let lists = installed.lists().unwrap_or_default();
    let in_force = lists
        .iter()
        .filter(|list| list.origin == origin)
        .flat_map(|list| &list.files)
        .flat_map(|file| &file.lists)
        .filter_map(|list| list.issued())
        .max();
    match (fetched, in_force) {
        (Some(fetched), Some(in_force)) if fetched < in_force => Err(format!(
            "{url}: issued on {}, which is before the installed list of {}; to go back to it, fetch it yourself and use `provscan trust import`",
            fetched.day(),
            in_force.day()
        )),
        _ => Ok(()),
    }
}
