//! What a file of an installed list is used for, told from its origin and its content.

use serde::{Deserialize, Serialize};

use crate::trust::forms::Content;
use crate::trust::list::{ListOrigin, TrustKind};

/// What a file is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Roots of signers.
    Signer,
    /// Roots of time-stamps.
    TimeStamp,
    /// Roots of signers and time-stamps alike, as on the interim list.
    SignerAndTimeStamp,
    /// Signing certificates, one by one.
    Allowed,
    /// Extended key usages that certificates may have.
    KeyUsages,
}

impl Role {
    /// What its certificates are trusted for.
    pub fn kinds(self) -> &'static [TrustKind] {
        match self {
            Self::Signer => &[TrustKind::Signer],
            Self::TimeStamp => &[TrustKind::TimeStamp],
            Self::SignerAndTimeStamp => &[TrustKind::Signer, TrustKind::TimeStamp],
            Self::Allowed => &[TrustKind::AllowedSigner],
            Self::KeyUsages => &[],
        }
    }

    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signer => "roots of signers",
            Self::TimeStamp => "roots of time-stamps",
            Self::SignerAndTimeStamp => "roots of signers and time-stamps",
            Self::Allowed => "single signing certificates",
            Self::KeyUsages => "key usages of certificates",
        }
    }

    /// The role of a file with this content in a list of this origin; `kind` is the user's own word on it.
    ///
    /// # Errors
    /// It cannot be told, or does not fit the origin; the clause says what to do.
    pub(super) fn of(
        origin: ListOrigin,
        kind: Option<TrustKind>,
        content: &Content,
    ) -> Result<Self, String> {
        let shape = Shape::of(content)?;
        match (origin, shape) {
            (ListOrigin::C2pa, Shape::Roots) => official(content, "c2pa", "c2pa-tsa", "TSA", false),
            (ListOrigin::C2paTsa, Shape::Roots) => {
                official(content, "c2pa-tsa", "c2pa", "C2PA Trust List", true)
            }
            (ListOrigin::C2pa | ListOrigin::C2paTsa, _) => Err(
                "this is not one of the official lists, which hold roots only; import it with `--as interim` or `--as user`"
                    .to_owned(),
            ),
            (_, Shape::KeyUsages) => Ok(Self::KeyUsages),
            (ListOrigin::Interim, Shape::Roots) => Ok(Self::SignerAndTimeStamp),
            (ListOrigin::Interim, Shape::Single) => Ok(Self::Allowed),
            (ListOrigin::User, shape) => user(kind, shape, content),
        }
    }
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Roots,
    Single,
    KeyUsages,
}

impl Shape {
    fn of(content: &Content) -> Result<Self, String> {
        let roots = content
            .certificates
            .iter()
            .filter(|certificate| certificate.is_authority())
            .count();
        let single = content.certificates.len() - roots + content.digests.len();
        match (roots, single) {
            (0, 0) if content.ekus.is_empty() => Err(
                "nothing found that belongs to a trust list; PEM with `-----BEGIN CERTIFICATE-----`, the JSON form of the C2PA lists, base64 SHA-256 lines, or object identifiers of key usages were expected"
                    .to_owned(),
            ),
            (0, 0) => Ok(Self::KeyUsages),
            (_, 0) => Ok(Self::Roots),
            (0, _) => Ok(Self::Single),
            (roots, single) => Err(format!(
                "{roots} roots and {single} single signing certificates in one file: a root vouches for everyone below it; put the two into files of their own"
            )),
        }
    }
}

/// An official list, unless it shows that it is the other one.
fn official(
    content: &Content,
    own: &str,
    other: &str,
    other_title: &str,
    time_stamps: bool,
) -> Result<Role, String> {
    let titled = content
        .title
        .as_deref()
        .is_some_and(|title| title.contains(other_title));
    let foreign = content
        .certificates
        .iter()
        .any(|certificate| match time_stamps {
            true => !certificate.may_time_stamp(),
            false => certificate.only_time_stamps(),
        });
    match (titled || foreign, time_stamps) {
        (true, _) => Err(format!(
            "this is not the list for `--as {own}`; was `--as {other}` meant?"
        )),
        (false, true) => Ok(Role::TimeStamp),
        (false, false) => Ok(Role::Signer),
    }
}

fn user(kind: Option<TrustKind>, shape: Shape, content: &Content) -> Result<Role, String> {
    let told = match kind {
        None if shape == Shape::Single => TrustKind::AllowedSigner,
        None if content
            .certificates
            .iter()
            .all(|certificate| certificate.only_time_stamps()) =>
        {
            TrustKind::TimeStamp
        }
        None if content
            .certificates
            .iter()
            .all(|certificate| !certificate.may_time_stamp()) =>
        {
            TrustKind::Signer
        }
        None => {
            return Err(
                "its content does not tell what these roots are for; say `--kind signer` or `--kind time-stamp`"
                    .to_owned(),
            );
        }
        Some(kind) => kind,
    };
    match (told, shape) {
        (TrustKind::AllowedSigner, Shape::Single) => Ok(Role::Allowed),
        (TrustKind::AllowedSigner, _) => Err(
            "these are roots; a list of single signing certificates was expected for `--kind allowed`"
                .to_owned(),
        ),
        (_, Shape::Single) => Err(format!(
            "these are single signing certificates, no roots; was `--kind allowed` meant in place of `--kind {}`?",
            told.as_str()
        )),
        (TrustKind::Signer, _) => Ok(Role::Signer),
        (TrustKind::TimeStamp, _) => Ok(Role::TimeStamp),
    }
}
