//! Keys and signed claims as NATS has them: an operator vouches for accounts, and an account for its users.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

const OPERATOR: u8 = 14 << 3;
const ACCOUNT: u8 = 0;
const USER: u8 = 20 << 3;
const SEED: u8 = 18 << 3;

pub(super) struct Key(SigningKey);

impl Key {
    pub(super) fn new(number: u8) -> Self {
        Self(SigningKey::from_bytes(&[number; 32]))
    }

    /// Its public part, of somebody of this kind.
    fn name(&self, kind: u8) -> String {
        text(&[&[kind], &self.0.verifying_key().to_bytes()[..]].concat())
    }

    fn seed(&self, kind: u8) -> String {
        let head = [SEED | (kind >> 5), (kind & 31) << 3];
        text(&[&head, &self.0.to_bytes()[..]].concat())
    }

    /// Vouches, as one of this kind, for somebody.
    fn vouches(&self, kind: u8, whom: &str, claims: Value) -> String {
        let header = json!({"typ": "JWT", "alg": "ed25519-nkey"});
        let claims = json!({
            "jti": "test", "iat": 1_700_000_000, "iss": self.name(kind), "name": "test", "sub": whom, "nats": claims,
        });
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.0.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The configuration of a server of this operator, which knows the account.
pub(super) fn config(operator: &Key, account: &Key) -> String {
    let system = Key::new(200);
    let claims = json!({"type": "operator", "version": 2});
    let itself = operator.vouches(OPERATOR, &operator.name(OPERATOR), claims);
    let known = |account: &Key, storage: i32| {
        let name = account.name(ACCOUNT);
        let limits = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
            "mem_storage": storage, "disk_storage": storage, "streams": storage, "consumer": storage,
        });
        let claims = json!({"limits": limits, "type": "account", "version": 2});
        format!("{name}: {}", operator.vouches(OPERATOR, &name, claims))
    };
    format!(
        "operator: {itself}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n{}\n{}\n}}\n",
        system.name(ACCOUNT),
        known(account, -1),
        known(&system, 0)
    )
}

/// What a user of an account has in a file.
pub(super) fn credentials(account: &Key, user: &Key) -> String {
    let claims = json!({"pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1, "type": "user", "version": 2});
    let vouched = account.vouches(ACCOUNT, &user.name(USER), claims);
    format!(
        "-----BEGIN NATS USER JWT-----\n{vouched}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed(USER)
    )
}

/// Bytes with their checksum, in base 32.
fn text(bytes: &[u8]) -> String {
    let bytes = [bytes, &checksum(bytes).to_le_bytes()[..]].concat();
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    let digits = (0..bytes.len() * 8).step_by(5);
    let digit = |at: usize| (at..at + 5).fold(0, |digit, at| digit << 1 | bit(at));
    digits
        .map(|at| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit(at)]))
        .collect()
}

/// CRC-16 as in XMODEM.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            let next = sum << 1;
            if sum & 0x8000 == 0 {
                next
            } else {
                next ^ 0x1021
            }
        })
    })
}
