//! One certificate of a list, checked once when the list is read.

use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate};

/// A certificate that parsed as X.509.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    subject: String,
    issuer: String,
    issued_at: i64,
    expires_at: i64,
    valid_from: String,
    valid_until: String,
    is_authority: bool,
    purpose: Purpose,
}

/// What a certificate says it may be used for (RFC 5280, section 4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It does not say.
    Any,
    TimeStamping,
    /// Something, and not time-stamping.
    Other,
}

/// The day, as `2026-08-05`.
fn day(time: ASN1Time) -> String {
    let date = time.to_datetime();
    let month = u8::from(date.month());
    format!("{:04}-{month:02}-{:02}", date.year(), date.day())
}

impl Certificate {
    /// A certificate in DER form.
    ///
    /// # Errors
    /// What is wrong with it, as a clause.
    pub(crate) fn parse(der: Vec<u8>) -> Result<Self, String> {
        let (rest, parsed) =
            X509Certificate::from_der(&der).map_err(|error| format!("is no X.509: {error}"))?;
        if !rest.is_empty() {
            return Err(format!("is followed by {} bytes too many", rest.len()));
        }
        let usage = parsed.extended_key_usage().ok().flatten();
        let purpose = match usage {
            None => Purpose::Any,
            Some(usage) if usage.value.any => Purpose::Any,
            Some(usage) if usage.value.time_stamping => Purpose::TimeStamping,
            Some(_) => Purpose::Other,
        };
        // Roots of version 1 have no extensions; that they signed themselves is all that shows what they are.
        let is_authority = match parsed.basic_constraints().ok().flatten() {
            Some(constraints) => constraints.value.ca,
            None => parsed.subject().as_raw() == parsed.issuer().as_raw(),
        };
        let validity = parsed.validity();
        let (valid_from, valid_until) = (day(validity.not_before), day(validity.not_after));
        let (subject, issuer) = (parsed.subject().to_string(), parsed.issuer().to_string());
        Ok(Self {
            subject,
            issuer,
            issued_at: validity.not_before.timestamp(),
            expires_at: validity.not_after.timestamp(),
            valid_from,
            valid_until,
            is_authority,
            purpose,
            der,
        })
    }

    /// Its DER form.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whom it names, as it stands in it; not safe to show on a terminal.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Who issued it, as it stands in it; not safe to show on a terminal.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The first and the last day on which it is in force, as it says, `2026-08-05` in universal time.
    pub fn validity(&self) -> (&str, &str) {
        (&self.valid_from, &self.valid_until)
    }

    /// The first moment at which it is in force, in seconds since 1970.
    pub fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// The last moment at which it is in force, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// Whether it may issue certificates.
    pub fn is_authority(&self) -> bool {
        self.is_authority
    }

    /// Whether it may issue time-stamping certificates, by its own word.
    pub(super) fn may_time_stamp(&self) -> bool {
        self.purpose != Purpose::Other
    }

    /// Whether it is for time-stamps and nothing else that matters here.
    pub(super) fn only_time_stamps(&self) -> bool {
        self.purpose == Purpose::TimeStamping
    }

    /// The SHA-256 of its DER form.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }
}
