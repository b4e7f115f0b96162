//! Text by the line: certificates in PEM, digests, object identifiers, and comments between them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Content;
use crate::trust::certificate::Certificate;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const CERTIFICATE: &str = "CERTIFICATE-----";

/// The length of a SHA-256 in base64.
const DIGEST_CHARS: usize = 44;

/// Longest object identifier that is taken.
const MAX_OID: usize = 128;

/// Reads the text.
///
/// # Errors
/// The number of a line, from 1, and what is wrong there.
pub(super) fn read(text: &str) -> Result<Content, (u64, String)> {
    let mut content = Content::default();
    let mut lines = (1..).zip(text.lines().map(str::trim));
    let mut nth = 0_u64;
    while let Some((number, line)) = lines.next() {
        if let Some(label) = line.strip_prefix(BEGIN) {
            if label != CERTIFICATE {
                return Err((number, foreign(label)));
            }
            nth += 1;
            let refused = |why: String| (number, format!("certificate {nth} {why}"));
            let der = body(&mut lines).map_err(|why| refused(why.to_owned()))?;
            content.add(Certificate::parse(der).map_err(refused)?);
        } else if line.starts_with(END) {
            return Err((number, "an end without a beginning".to_owned()));
        } else if let Some(digest) = digest(line) {
            content.add_digest(digest.map_err(|why| (number, why))?);
        } else if is_numbers(line) {
            if !is_oid(line) {
                let why = "no object identifier; such as 1.3.6.1.5.5.7.3.36 was expected";
                return Err((number, why.to_owned()));
            }
            content.add_eku(line);
        }
    }
    Ok(content)
}

fn foreign(label: &str) -> String {
    let label: String = label
        .trim_end_matches('-')
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
        .take(40)
        .collect();
    format!(
        "a block of `{label}`; a trust list holds `CERTIFICATE` blocks only, so take this one out"
    )
}

/// The bytes of a block, after its first line and up to its last.
fn body<'a>(lines: &mut impl Iterator<Item = (u64, &'a str)>) -> Result<Vec<u8>, &'static str> {
    let mut base64 = String::new();
    for (_, line) in lines {
        if line.starts_with(BEGIN) {
            return Err("has no end: another block begins in it");
        }
        if let Some(label) = line.strip_prefix(END) {
            if label != CERTIFICATE {
                return Err("ends as a block of another kind");
            }
            return STANDARD
                .decode(base64)
                .map_err(|_| "is no valid base64; get the list anew");
        }
        base64.extend(line.split_whitespace());
    }
    Err("has no end: the file is cut off, get it anew")
}

/// A digest, if the line is meant to be one: a single word in the letters of base64, of about the right length.
fn digest(line: &str) -> Option<Result<[u8; 32], String>> {
    let meant = (DIGEST_CHARS - 4..=DIGEST_CHARS + 4).contains(&line.len())
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    meant.then(|| {
        let bytes = STANDARD.decode(line).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| {
                format!(
                    "{} characters that look like a digest and are none; a SHA-256 in base64 has {DIGEST_CHARS}",
                    line.len()
                )
            })
    })
}

/// Numbers and full stops: an object identifier, or what is meant to be one.
fn is_numbers(line: &str) -> bool {
    line.contains('.')
        && line
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// X.660: at least two arcs, the first of which is 0, 1 or 2.
fn is_oid(line: &str) -> bool {
    let arcs = || line.split('.');
    line.len() <= MAX_OID
        && arcs().count() >= 2
        && arcs()
            .next()
            .is_some_and(|first| matches!(first, "0" | "1" | "2"))
        && arcs().all(|arc| arc == "0" || (!arc.is_empty() && !arc.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = include_str!("../../../samples/trust/test-root.pem");
    const SIGNER: &str = include_str!("../../../samples/trust/test-signer.pem");

    #[test]
    fn comments_stand_between_certificates_and_repeats_count_once() {
        let text = format!("## A list\n\nTest Root\n{ROOT}\r\nSubject\tCN=x\n{ROOT}{SIGNER}");
        let content = read(&text).unwrap();
        let authorities: Vec<bool> = content
            .certificates
            .iter()
            .map(Certificate::is_authority)
            .collect();
        assert_eq!(authorities, [true, false]);
    }

    #[test]
    fn digests_and_certificates_mix() {
        let digest = STANDARD.encode([7; 32]);
        let content = read(&format!("// hashes\n{digest}\n{ROOT}\n  {digest}  \n")).unwrap();
        assert_eq!(content.digests, [[7; 32]]);
        assert_eq!(content.certificates.len(), 1);
    }

    #[test]
    fn key_usages_stand_between_comments() {
        let content =
            read("//id-kp-emailProtection \n1.3.6.1.5.5.7.3.4\n// more\n2.16.840\n").unwrap();
        assert_eq!(content.ekus, ["1.3.6.1.5.5.7.3.4", "2.16.840"]);
    }

    #[test]
    fn damage_is_named_by_its_line() {
        let cut = ROOT.split("-----END").next().unwrap();
        let garbled = ROOT.replacen("MII", "!!!", 1);
        let no_certificate = format!(
            "{BEGIN}{CERTIFICATE}\n{}\n{END}{CERTIFICATE}\n",
            STANDARD.encode([0x30; 80])
        );
        let cases = [
            (format!("# x\n{cut}"), 2, "certificate 1 has no end"),
            (
                format!("{cut}\n{ROOT}"),
                1,
                "certificate 1 has no end: another",
            ),
            (
                format!("{ROOT}{garbled}"),
                ROOT.lines().count() as u64 + 1,
                "certificate 2 is no valid base64",
            ),
            (no_certificate, 1, "certificate 1 is no X.509"),
            (
                "\n-----BEGIN EC PRIVATE KEY-----\n".to_owned(),
                2,
                "a block of `EC PRIVATE KEY`",
            ),
            (
                "-----END CERTIFICATE-----\n".to_owned(),
                1,
                "an end without",
            ),
            (format!("#\n{}\n", "A".repeat(43)), 2, "43 characters"),
            ("1.3.6\n1..3\n".to_owned(), 2, "no object identifier"),
            ("9.3.6\n".to_owned(), 1, "no object identifier"),
        ];
        for (text, line, why) in cases {
            let (at, message) = read(&text).unwrap_err();
            assert!(at == line && message.starts_with(why), "{at}: {message}");
        }
    }

    #[test]
    fn prose_is_nothing() {
        assert!(
            read("Dear reader,\nthere are 1.5 certificates here.\n")
                .unwrap()
                .is_empty()
        );
    }
}
