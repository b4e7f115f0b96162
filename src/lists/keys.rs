//! What opens lists that are encrypted, and what tells whether a list is the one that its owner signed.
//!
//! Encrypted lists are age files (age-encryption.org/v1), so that the tools for those open them, too; signatures are those of
//! minisign. An encrypted list is decrypted into memory that is wiped, never to a disk.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use minisign_verify::{PublicKey, Signature};
use zeroize::Zeroizing;

/// How an encrypted list begins.
const MARK: &[u8] = b"age-encryption.org/v1\n";

/// How an encrypted list begins that was written as text.
const ARMOUR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// Most bytes of a key or signature.
const MAX_KEY: u64 = 1 << 16;

/// Keys for encrypted and signed lists.
#[derive(Clone, Default)]
pub struct Keys {
    identities: Vec<(PathBuf, Zeroizing<Vec<u8>>)>,
    passphrase: Option<Zeroizing<String>>,
    signers: Vec<PublicKey>,
}

/// Shows no key.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("identities", &self.identities.len())
            .field("passphrase", &self.passphrase.is_some())
            .field("signers", &self.signers.len())
            .finish()
    }
}

/// For whom a list is encrypted.
#[derive(Clone, Default)]
pub enum Lock {
    /// For nobody in particular: it is not encrypted.
    #[default]
    Open,
    /// For the holders of these keys (`age1…`).
    Recipients(Vec<String>),
    /// For those who know a passphrase.
    Passphrase(Zeroizing<String>),
}

impl Keys {
    /// Takes in an identity file, as `age-keygen` writes it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn add_identity(&mut self, path: &Path) -> Result<(), String> {
        let bytes = read_small(path).map_err(|error| format!("{}: {error}", path.display()))?;
        self.identities
            .push((path.to_owned(), Zeroizing::new(bytes)));
        Ok(())
    }

    /// Takes in the passphrase of lists that have one.
    pub fn set_passphrase(&mut self, passphrase: Zeroizing<String>) {
        self.passphrase = Some(passphrase);
    }

    /// Whether a passphrase is there.
    pub fn has_passphrase(&self) -> bool {
        self.passphrase.is_some()
    }

    /// Takes in a minisign public key, as a file or as its text. From then on only lists that one of these keys signed are
    /// opened.
    ///
    /// # Errors
    /// It is neither.
    pub fn add_signer(&mut self, key: &str) -> Result<(), String> {
        let text = match read_small(Path::new(key)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => key.to_owned(),
        };
        let key = PublicKey::decode(text.trim()).or_else(|_| PublicKey::from_base64(text.trim()));
        self.signers.push(key.map_err(|_| {
            "neither a minisign public key nor a file with one (minisign -G makes one)".to_owned()
        })?);
        Ok(())
    }

    /// Whether only signed lists are opened.
    pub fn has_signers(&self) -> bool {
        !self.signers.is_empty()
    }

    /// The same, for a list that was just made and that nobody signed yet.
    #[must_use]
    pub fn without_signers(mut self) -> Self {
        self.signers.clear();
        self
    }

    /// Holds a list to its signature, which lies beside it as `LIST.minisig`, if any key is configured.
    ///
    /// # Errors
    /// There is no signature, or none of the keys made it.
    pub(super) fn verify(&self, path: &Path, file: &mut File) -> Result<(), String> {
        if self.signers.is_empty() {
            return Ok(());
        }
        let place = signature_of(path);
        let text = read_small(&place).map_err(|error| {
            format!(
                "it has to be signed, and {}: {error}; its owner signs it with minisign -S",
                place.display()
            )
        })?;
        let signature = Signature::decode(&String::from_utf8_lossy(&text))
            .map_err(|_| format!("{} is no minisign signature", place.display()))?;
        for key in &self.signers {
            if signed_by(key, &signature, file).map_err(|error| error.to_string())? {
                return Ok(());
            }
        }
        Err(format!(
            "the signature in {} is not of this list, or by none of the keys that are trusted",
            place.display()
        ))
    }

    /// The bytes of an encrypted list.
    ///
    /// # Errors
    /// No key opens it, or it is damaged.
    pub(super) fn decrypt(&self, file: &mut File) -> Result<Zeroizing<Vec<u8>>, String> {
        let len = file.metadata().map_err(|error| error.to_string())?.len();
        sealed::decrypt(self, file, len)
    }
}

/// Whether a file that begins like this is encrypted.
pub(super) fn is_encrypted(head: &[u8]) -> bool {
    head.starts_with(MARK) || head.starts_with(ARMOUR)
}

/// Whether the file at this path is encrypted.
///
/// # Errors
/// It cannot be read.
pub fn is_encrypted_at(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    let len = ARMOUR.len().max(MARK.len()) as u64;
    File::open(path)?.take(len).read_to_end(&mut head)?;
    Ok(is_encrypted(&head))
}

/// Where the signature of a list lies.
pub fn signature_of(list: &Path) -> PathBuf {
    let mut name = list.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}

/// Encrypts bytes for those who may read them.
///
/// # Errors
/// A recipient is none, or the bytes cannot be written.
pub fn encrypt(lock: &Lock, bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    match lock {
        Lock::Open => out.write_all(bytes),
        locked => sealed::encrypt(locked, bytes, out),
    }
}

fn signed_by(key: &PublicKey, signature: &Signature, file: &mut File) -> io::Result<bool> {
    let Ok(mut verifier) = key.verify_stream(signature) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => verifier.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(verifier.finalize().is_ok())
}

fn read_small(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(MAX_KEY)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(feature = "encrypted")]
mod sealed {
    //! Encryption with age.

    use std::io::{self, Read, Seek, SeekFrom, Write};

    use age::secrecy::SecretString;
    use age::{DecryptError, Decryptor, Encryptor, Identity, IdentityFile, Recipient};
    use zeroize::Zeroizing;

    use super::{Keys, Lock};

    pub(super) fn decrypt(
        keys: &Keys,
        file: &mut std::fs::File,
        len: u64,
    ) -> Result<Zeroizing<Vec<u8>>, String> {
        file.seek(SeekFrom::Start(0))
            .map_err(|error| error.to_string())?;
        let decryptor = Decryptor::new_buffered(io::BufReader::with_capacity(1 << 18, file))
            .map_err(|error| words(&error))?;
        let identities = match decryptor.is_scrypt() {
            true => passphrase(keys)?,
            false => identities(keys)?,
        };
        let opened = decryptor.decrypt(
            identities
                .iter()
                .map(|identity| identity.as_ref() as &dyn Identity),
        );
        let mut reader = opened.map_err(|error| words(&error))?;
        // Room for all of it at once: a buffer that grows would leave copies behind that nobody wipes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            usize::try_from(len).map_err(|error| error.to_string())?,
        ));
        reader
            .read_to_end(&mut bytes)
            .map_err(|_| "it is encrypted, and damaged or cut off".to_owned())?;
        Ok(bytes)
    }

    pub(super) fn encrypt(lock: &Lock, bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let encryptor = match lock {
            Lock::Passphrase(phrase) => {
                Encryptor::with_user_passphrase(SecretString::from(phrase.to_string()))
            }
            Lock::Recipients(keys) => for_recipients(keys)?,
            Lock::Open => return out.write_all(bytes),
        };
        let mut writer = encryptor.wrap_output(out)?;
        writer.write_all(bytes)?;
        writer.finish().map(drop)
    }

    fn for_recipients(keys: &[String]) -> io::Result<Encryptor> {
        let parse = |key: &String| {
            let key = key.parse::<age::x25519::Recipient>();
            key.map_err(|_| {
                io::Error::other(
                    "a recipient is no age public key (age1…; age-keygen -y prints it)",
                )
            })
        };
        let keys = keys.iter().map(parse).collect::<io::Result<Vec<_>>>()?;
        Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient))
            .map_err(io::Error::other)
    }

    fn passphrase(keys: &Keys) -> Result<Vec<Box<dyn Identity + Send + Sync>>, String> {
        let phrase = keys.passphrase.as_ref().ok_or("it is encrypted with a passphrase; give it with --passphrase-file, or at the prompt of a terminal")?;
        Ok(vec![Box::new(age::scrypt::Identity::new(
            SecretString::from(phrase.to_string()),
        ))])
    }

    fn identities(keys: &Keys) -> Result<Vec<Box<dyn Identity + Send + Sync>>, String> {
        let mut identities = Vec::new();
        for (path, bytes) in &keys.identities {
            let named = |error: String| format!("{}: {error}", path.display());
            let file = IdentityFile::from_buffer(bytes.as_slice())
                .map_err(|error| named(error.to_string()))?;
            identities.extend(
                file.into_identities()
                    .map_err(|error| named(words(&error)))?,
            );
        }
        match identities.is_empty() {
            true => Err(
                "it is encrypted; give the key with --identity FILE (age-keygen makes one)".into(),
            ),
            false => Ok(identities),
        }
    }

    fn words(error: &DecryptError) -> String {
        match error {
            DecryptError::NoMatchingKeys => "it is encrypted, and none of the keys opens it".into(),
            DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
                "it is encrypted, and the key or passphrase is wrong, or the file is damaged".into()
            }
            DecryptError::InvalidHeader | DecryptError::InvalidMac => {
                "it is encrypted, and its beginning is damaged; or it is armoured text, and only binary age files are read (age without -a)".into()
            }
            DecryptError::ExcessiveWork { .. } => {
                "its passphrase takes longer to check than is reasonable".into()
            }
            _ => "it is encrypted in a way that cannot be read here".into(),
        }
    }
}

#[cfg(not(feature = "encrypted"))]
mod sealed {
    //! Without encryption.

    use std::io::{self, Write};

    use zeroize::Zeroizing;

    use super::{Keys, Lock};

    const WITHOUT: &str = "this build has no encryption; build it with the feature `encrypted`";

    pub(super) fn decrypt(
        _: &Keys,
        _: &mut std::fs::File,
        _: u64,
    ) -> Result<Zeroizing<Vec<u8>>, String> {
        Err(WITHOUT.into())
    }

    pub(super) fn encrypt(_: &Lock, _: &[u8], _: &mut dyn Write) -> io::Result<()> {
        Err(io::Error::other(WITHOUT))
    }
}
