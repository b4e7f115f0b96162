//! The forms that lists of certificates come in, told apart by their content.

mod lines;
mod lote;

use std::collections::HashSet;

use super::certificate::Certificate;
use super::date::Moment;
use crate::error::SetupError;

/// Largest file that is read as a trust list, in bytes. The published ones have less than 300 KB.
pub const MAX_BYTES: u64 = 16 << 20;

/// What stood in a file.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Certificates, each once, in the order of the file.
    pub certificates: Vec<Certificate>,
    /// SHA-256 digests of DER certificates, each once.
    pub digests: Vec<[u8; 32]>,
    /// Object identifiers of extended key usages, in dotted form.
    pub ekus: Vec<String>,
    /// The name that the list gives itself.
    pub title: Option<String>,
    /// When it was issued.
    pub issued: Option<Moment>,
    /// When the next issue is due.
    pub next_update: Option<Moment>,
    seen: HashSet<Vec<u8>>,
}

impl Content {
    /// Whether there is nothing in it that could be used.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.digests.is_empty() && self.ekus.is_empty()
    }

    fn add_digest(&mut self, digest: [u8; 32]) {
        if self.seen.insert(digest.to_vec()) {
            self.digests.push(digest);
        }
    }

    fn add_eku(&mut self, oid: &str) {
        if self.seen.insert(oid.into()) {
            self.ekus.push(oid.to_owned());
        }
    }

    fn add(&mut self, certificate: Certificate) {
        if self.seen.insert(certificate.sha256().to_vec()) {
            self.certificates.push(certificate);
        }
    }
}

/// Reads PEM bundles, allowed lists (PEM and lines of base64 SHA-256, mixed or not), configurations of key usages (lines
/// of object identifiers), and the JSON form of the official lists (ETSI TS 119 602, "list of trusted entities"). A file
/// without anything of these gives empty content.
///
/// # Errors
/// It is too large, no text, or has a part that is damaged; the error begins with `name` and says where.
pub fn read(name: &str, bytes: &[u8]) -> Result<Content, SetupError> {
    let whole = |message: String| SetupError::File {
        name: name.to_owned(),
        message,
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(whole(format!(
            "larger than {MAX_BYTES} bytes, which no trust list is"
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole(no_text(bytes)))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return lote::read(text).map_err(whole);
    }
    lines::read(text).map_err(|(line, message)| SetupError::ListLine {
        name: name.to_owned(),
        line,
        message,
    })
}

fn no_text(bytes: &[u8]) -> String {
    // A DER sequence with a length of more than a byte, as every certificate has.
    match bytes {
        [0x30, 0x81..=0x84, ..] => "this is a certificate in binary (DER) form; make it text with `openssl x509 -inform der -in FILE -out FILE.pem`".to_owned(),
        _ => "this is no text; PEM with `-----BEGIN CERTIFICATE-----` was expected".to_owned(),
    }
}
