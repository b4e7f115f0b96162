//! Tokens: who may ask.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;

/// Largest file of tokens that is read.
const MAX_FILE: u64 = 1 << 20;

/// Shorter tokens can be guessed.
const LEAST: usize = 16;

/// Why a file of tokens cannot be used. No token is quoted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It could not be read.
    #[error("{path}: {reason}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A line of it is no token.
    #[error("{path}, line {line}: {message}")]
    Line {
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong and what was expected.
        message: &'static str,
    },
    /// It holds none.
    #[error("{path}: it holds no token; write one a line, of at least {LEAST} characters")]
    Empty {
        /// The file.
        path: String,
    },
}

/// Tokens of which one has to be shown. Only digests of them are kept.
#[derive(Debug)]
pub struct Tokens(Vec<Token>);

#[derive(Debug)]
struct Token {
    digest: [u8; 32],
    /// Where it stands in the file, which is what logs call it.
    line: usize,
    /// Requests in flight that came with it.
    in_flight: Arc<AtomicUsize>,
}

/// Somebody who may ask: which token was shown, and a place among the requests that came with it.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) token: usize,
    in_flight: Arc<AtomicUsize>,
    counted: bool,
}

impl Tokens {
    /// Reads a file: a token a line, of characters that a header can hold; empty lines and those that begin with `#` are left
    /// out.
    ///
    /// # Errors
    /// It cannot be read, or holds none, or something that is no token.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let name = || path.display().to_string();
        let read = |reason| TokenError::Read {
            path: name(),
            reason,
        };
        let mut text = String::new();
        let file = fs::File::open(path).map_err(read)?;
        file.take(MAX_FILE)
            .read_to_string(&mut text)
            .map_err(read)?;
        let mut tokens = Vec::new();
        for (line, token) in (1..).zip(text.lines()) {
            let token = token.trim();
            if token.is_empty() || token.starts_with('#') {
                continue;
            }
            let message = match token {
                token if token.len() < LEAST => Some("a token has at least 16 characters"),
                token if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                    Some("a token has printable ASCII characters and no spaces")
                }
                _ => None,
            };
            if let Some(message) = message {
                return Err(TokenError::Line {
                    path: name(),
                    line,
                    message,
                });
            }
            tokens.push(Token {
                digest: Sha256::digest(token).into(),
                line,
                in_flight: Arc::default(),
            });
        }
        match tokens.is_empty() {
            true => Err(TokenError::Empty { path: name() }),
            false => Ok(Self(tokens)),
        }
    }

    /// Who asks.
    ///
    /// # Errors
    /// No token was shown, or a wrong one.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let Some(shown) = shown(headers) else {
            let message = "a token has to be shown: Authorization: Bearer TOKEN";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, message));
        };
        let digest: [u8; 32] = Sha256::digest(shown).into();
        // All are compared, and every byte of each, so that the time taken tells nothing.
        let mut found = None;
        for token in &self.0 {
            if same(&token.digest, &digest) {
                found = Some(token);
            }
        }
        let found = found.ok_or_else(|| {
            Refusal::new(
                StatusCode::FORBIDDEN,
                "the token that was shown is none of those that are known here",
            )
        })?;
        Ok(Caller {
            token: found.line,
            in_flight: Arc::clone(&found.in_flight),
            counted: false,
        })
    }
}

impl Caller {
    /// Takes a place among the requests that came with this token, until this is dropped.
    ///
    /// # Errors
    /// There are as many as may be.
    pub(super) fn take_place(&mut self, most: usize) -> Result<(), Refusal> {
        let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.counted = true;
        match before < most {
            true => Ok(()),
            false => Err(Refusal::busy(
                StatusCode::TOO_MANY_REQUESTS,
                "too many requests with this token are in hand; try again later",
            )),
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if self.counted {
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// The token that a request shows: as a bearer, or as the password of a user of any name, for programs that only know
/// addresses such as `http://user:token@host/`.
fn shown(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let at = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, rest) = value.split_at_checked(at)?;
    let rest = rest.trim_ascii();
    if scheme.eq_ignore_ascii_case(b"bearer") {
        return Some(rest.to_vec());
    }
    if scheme.eq_ignore_ascii_case(b"basic") {
        let pair = STANDARD.decode(rest).ok()?;
        let colon = pair.iter().position(|byte| *byte == b':')?;
        return pair.get(colon + 1..).map(<[u8]>::to_vec);
    }
    None
}

/// Whether both are the same, in a time that does not depend on where they differ.
fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    let differ = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    std::hint::black_box(differ) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_token_is_known_by_its_line_and_wrong_ones_are_not() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(
            file.path(),
            "# ours\n\nabcdefghijklmnop\nponmlkjihgfedcba\n",
        )
        .unwrap();
        let tokens = Tokens::read(file.path()).unwrap();
        let line = |value: &str| tokens.caller(&headers(value)).map(|caller| caller.token);
        assert_eq!(line("Bearer abcdefghijklmnop").unwrap(), 3);
        assert_eq!(line("bearer ponmlkjihgfedcba").unwrap(), 4);
        let basic = STANDARD.encode("pict-rs:abcdefghijklmnop");
        assert_eq!(line(&format!("Basic {basic}")).unwrap(), 3);
        for wrong in [
            "Bearer abcdefghijklmno",
            "Bearer ",
            "Basic !",
            "Digest x",
            "x",
        ] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
        let missing = tokens.caller(&HeaderMap::new()).unwrap_err();
        assert_eq!(missing.status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn files_without_tokens_are_refused_without_a_quote() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, says) in [
            ("\n# nothing\n", "no token"),
            ("0123456789abcdef\nshort\n", "line 2"),
            ("has a space in it, too\n", "line 1"),
        ] {
            fs::write(file.path(), text).unwrap();
            let error = Tokens::read(file.path()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("short") && !error.contains("has a space in"));
        }
    }
}
