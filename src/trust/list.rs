//! One list of certificates.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::certificate::Certificate;
use super::date::Moment;
use super::forms::{self, Content, MAX_BYTES};
use crate::error::SetupError;

/// What the certificates of a list are trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustKind {
    /// Roots and intermediates that signing certificates must lead to.
    Signer,
    /// Roots that time-stamping certificates must lead to.
    TimeStamp,
    /// Signing certificates that are trusted one by one: PEM, or lines with the base64 SHA-256 of the DER form.
    AllowedSigner,
}

impl TrustKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Signer, Self::TimeStamp, Self::AllowedSigner];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::TimeStamp => "time-stamp",
            Self::AllowedSigner => "allowed",
        }
    }

    /// The kind of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who stands behind a list. Results tell these apart, as the interim list's own text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListOrigin {
    /// The C2PA trust list: signers of products that passed the conformance programme.
    C2pa,
    /// The C2PA time-stamping list.
    C2paTsa,
    /// The list from before there was an official one, frozen on 1 January 2026.
    Interim,
    /// The user.
    User,
}

impl ListOrigin {
    /// Every origin, official ones first.
    pub const ALL: [Self; 4] = [Self::C2pa, Self::C2paTsa, Self::Interim, Self::User];

    /// The word for it in results.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C2pa => "c2pa",
            Self::C2paTsa => "c2pa-tsa",
            Self::Interim => "interim",
            Self::User => "user",
        }
    }

    /// The origin of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }
}

/// One list of certificates, read and checked. Copies share what it holds.
#[derive(Debug, Clone)]
pub struct TrustList {
    /// The name that tells it from others of its origin.
    pub name: String,
    /// What it is trusted for.
    pub kind: TrustKind,
    /// Who stands behind it.
    pub origin: ListOrigin,
    sha256: [u8; 32],
    content: Arc<Content>,
}

impl TrustList {
    /// Reads a list from its bytes: PEM, the JSON form of the official lists, or an allowed list.
    ///
    /// # Errors
    /// It cannot be read whole, or holds nothing of this kind; the error begins with `name`.
    pub fn read(
        name: &str,
        kind: TrustKind,
        origin: ListOrigin,
        bytes: &[u8],
    ) -> Result<Self, SetupError> {
        let content = Arc::new(forms::read(name, bytes)?);
        Self::new(name, kind, origin, bytes, content)
    }

    /// Reads a list from a file, and names it as the file is named.
    ///
    /// # Errors
    /// As for [`read`](Self::read), and when the file cannot be opened or is too large.
    pub fn open(path: &Path, kind: TrustKind, origin: ListOrigin) -> Result<Self, SetupError> {
        let bytes = read_file(path)?;
        let list = Self::read(&path.display().to_string(), kind, origin, &bytes)?;
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            ..list
        })
    }

    pub(super) fn new(
        name: &str,
        kind: TrustKind,
        origin: ListOrigin,
        bytes: &[u8],
        content: Arc<Content>,
    ) -> Result<Self, SetupError> {
        if content.certificates.is_empty()
            && (kind != TrustKind::AllowedSigner || content.digests.is_empty())
        {
            return Err(SetupError::File {
                name: name.to_owned(),
                message: nothing(kind, &content),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            kind,
            origin,
            sha256: Sha256::digest(bytes).into(),
            content,
        })
    }

    /// The same list, trusted for something else too.
    pub fn trusted_for(&self, kind: TrustKind) -> Self {
        Self {
            kind,
            ..self.clone()
        }
    }

    /// What results call it: the word for its origin, and for a user's list its name.
    pub fn label(&self) -> String {
        match self.origin {
            ListOrigin::User => format!("user: {}", self.name),
            origin => origin.as_str().to_owned(),
        }
    }

    /// The SHA-256 of the file it was read from.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// How many different certificates are on it, those that are named by a digest only among them.
    pub fn count(&self) -> usize {
        match self.kind {
            TrustKind::AllowedSigner => self.digests().count(),
            _ => self.content.certificates.len(),
        }
    }

    /// When it was issued, if it says so.
    pub fn issued(&self) -> Option<Moment> {
        self.content.issued
    }

    /// When its next issue is due, if it says so.
    pub fn next_update(&self) -> Option<Moment> {
        self.content.next_update
    }

    /// Its certificates, each once, in the order of the file.
    pub fn certificates(&self) -> &[Certificate] {
        &self.content.certificates
    }

    /// Its certificates in DER form.
    pub fn ders(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates().iter().map(Certificate::der)
    }

    /// The SHA-256 of the DER form of every certificate on it.
    pub fn digests(&self) -> impl Iterator<Item = [u8; 32]> {
        let named = self.content.digests.iter().copied();
        self.certificates()
            .iter()
            .map(Certificate::sha256)
            .chain(named)
    }

    /// Whether this very certificate, given in DER form, is on it.
    pub fn allows(&self, der: &[u8]) -> bool {
        let digest: [u8; 32] = Sha256::digest(der).into();
        self.digests().any(|listed| listed == digest)
    }
}

fn nothing(kind: TrustKind, content: &Content) -> String {
    let found = if !content.digests.is_empty() {
        "it holds digests only, which serve in a list of allowed signers and nowhere else"
    } else if !content.ekus.is_empty() {
        "it holds key usages only, and belongs to --trust-config"
    } else {
        "no certificate found"
    };
    let expected = match kind {
        TrustKind::AllowedSigner => {
            "PEM with `-----BEGIN CERTIFICATE-----`, or lines with a base64 SHA-256"
        }
        _ => "PEM with `-----BEGIN CERTIFICATE-----`, or the JSON form of the C2PA lists",
    };
    format!("{found}; {expected} was expected")
}

/// The bytes of a file that may be a trust list; of one that is larger than any, so many that reading them as a list fails.
///
/// # Errors
/// It cannot be opened or read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, SetupError> {
    let unreadable = |reason| SetupError::Read {
        path: path.to_owned(),
        reason,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Ok(bytes)
}
