//! One request as JSON: what its caller calls it, and an image or hashes to look up.
//!
//! ```json
//! {"id": "upload-17", "path": "2026/11/a.jpg"}
//! {"id": "upload-18", "bytes_base64": "/9j/4AAQ…"}
//! {"id": "upload-20", "url": "https://media.example.org/a.jpg"}
//! {"id": "upload-19", "pdq": "f8f8…", "quality": 93, "md5": "d41d…"}
//! ```
//!
//! A request that says more than is understood is refused as a whole: nobody should believe that a part of it was heeded.

mod fields;
mod root;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Hashes, Id, Input, Name, Place, shown};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::fingerprints::pdq::is_pdq;
use crate::fingerprints::{Fingerprint, Kind};
use crate::prints::Prints;
use crate::reports::safe;
use fields::{Field, Fields};

pub use root::Root;

/// Longest name of a request, in bytes.
const MAX_ID: usize = 1024;

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What its caller calls it.
    pub id: Option<Id>,
    /// What it is about.
    pub about: About,
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A file below the allowed folder.
    Path(String),
    /// An image, here.
    Bytes(Vec<u8>),
    /// An image at this address.
    Address(String),
    /// Hashes of an image that is not here.
    Hashes(Box<Prints>),
}

/// Why a text is no request, with what it calls itself if that could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// What the caller calls it.
    pub id: Option<Id>,
    /// What is wrong and what was expected; it quotes nothing but names of fields.
    pub message: String,
}

impl Request {
    /// Reads a request. Bytes in it are decoded only if they are within the limit for one file.
    ///
    /// # Errors
    /// It is no JSON object, has a field that is not known, or says too little or too much.
    pub fn parse(json: &[u8], limits: &Limits) -> Result<Self, RequestError> {
        let fields: Fields<'_> = serde_json::from_slice(json).map_err(|error| RequestError {
            id: None,
            message: format!("it is no JSON object: {}", safe(&error.to_string())),
        })?;
        let mut id = None;
        let about = about(fields, limits, &mut id);
        match about {
            Ok(about) => Ok(Self { id, about }),
            Err(message) => Err(RequestError { id, message }),
        }
    }

    /// An image that came without JSON around it.
    ///
    /// # Errors
    /// It is longer than the limit for one file, or its name is no name.
    pub fn raw(id: Option<Id>, bytes: Vec<u8>, limits: &Limits) -> Result<Self, RequestError> {
        let checked = id.as_ref().map_or(Ok(()), check_id);
        let checked = checked.and_then(|()| check_len(bytes.len() as u64, limits));
        match checked {
            Ok(()) => Ok(Self {
                id,
                about: About::Bytes(bytes),
            }),
            Err(message) => Err(RequestError {
                id: id.filter(|id| check_id(id).is_ok()),
                message,
            }),
        }
    }

    /// What its answer is called: the path as it was given, the address without its secrets, or the caller's name for it.
    pub fn name(&self) -> Name {
        let name = match (&self.about, &self.id) {
            (About::Path(path), _) => Name::new(path),
            (About::Address(address), _) => Name::new(shown(address)),
            (_, Some(id)) => Name::new(id.to_string()),
            // As standard input is called, which has no name either.
            (_, None) => Name::new("-"),
        };
        name.with_id(self.id.clone())
    }
}

/// The input that a request leads to; one that is refused is lost, with the reason. Its files are below this folder.
pub fn input(request: Request, root: Option<&Root>) -> Input {
    let name = request.name();
    let lost = |fault| Place::Lost(fault);
    let place = match request.about {
        About::Hashes(prints) => Place::Hashes(Box::new(Hashes {
            prints: *prints,
            faults: Vec::new(),
        })),
        About::Bytes(bytes) => Place::Memory(bytes),
        About::Address(_) => lost(no_address()),
        About::Path(path) => match root.map(|root| root.find(&path)) {
            Some(found) => found.map_or_else(lost, Place::File),
            None => lost(Fault::new(
                FaultKind::Unsupported,
                "no folder was named that files may be read from; --root names one",
            )),
        },
    };
    Input::named(name, place).as_image()
}

/// Why an address is not looked at where none is.
fn no_address() -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        "addresses are not fetched: send a path, or the bytes",
    )
}

/// Puts the fields together, and notes the name as soon as it is known.
fn about(fields: Fields<'_>, limits: &Limits, id: &mut Option<Id>) -> Result<About, String> {
    let mut image = None;
    let mut hashes = Given::default();
    // The name first, wherever it stands: what is wrong with the others is told under it.
    for (name, field) in &fields.0 {
        if name == "id" {
            let given = field.id()?;
            check_id(&given)?;
            *id = Some(given);
        }
    }
    for (name, field) in &fields.0 {
        let about = match name.as_ref() {
            "id" => continue,
            "path" => About::Path(field.text("path")?.to_owned()),
            "url" => About::Address(field.text("url")?.to_owned()),
            "bytes_base64" => About::Bytes(decode(field.text("bytes_base64")?, limits)?),
            name => {
                hashes.add(name, field)?;
                continue;
            }
        };
        if image.replace(about).is_some() {
            return Err("it names more than one of `path`, `url` and `bytes_base64`".into());
        }
    }
    match (image, hashes.prints()?) {
        (Some(_), Some(_)) => Err("it has an image and hashes; an image is hashed here".into()),
        (Some(image), None) => Ok(image),
        (None, Some(prints)) => Ok(About::Hashes(Box::new(prints))),
        (None, None) => Err(
            "it names nothing to look at: `path`, `bytes_base64`, or a hash such as `pdq`".into(),
        ),
    }
}

fn check_id(id: &Id) -> Result<(), String> {
    match id {
        Id::Text(text) if !(1..=MAX_ID).contains(&text.len()) => Err(format!(
            "`id` has {} bytes, 1 to {MAX_ID} are allowed",
            text.len()
        )),
        _ => Ok(()),
    }
}

fn check_len(bytes: u64, limits: &Limits) -> Result<(), String> {
    match super::open::check_len(bytes, limits) {
        Ok(()) => Ok(()),
        Err(fault) => Err(format!("the image is {}", fault.message)),
    }
}

fn decode(text: &str, limits: &Limits) -> Result<Vec<u8>, String> {
    let digits = text.trim_end_matches('=').len() as u64;
    check_len(digits.saturating_mul(3) / 4, limits)?;
    let decoded = BASE64.decode(text);
    decoded.map_err(|_| "`bytes_base64` is no Base64".to_owned())
}

/// Hashes as they come up.
#[derive(Default)]
struct Given {
    all: Vec<Fingerprint>,
    quality: Option<u8>,
}

impl Given {
    fn add(&mut self, name: &str, field: &Field<'_>) -> Result<(), String> {
        if name == "quality" {
            let quality = field.number().filter(|quality| *quality <= 100);
            let quality = quality.and_then(|quality| u8::try_from(quality).ok());
            self.quality = Some(quality.ok_or("`quality` is no number from 0 to 100")?);
            return Ok(());
        }
        let shown: String = name.chars().take(60).collect();
        let shown = safe(&shown);
        let kind: Kind = name
            .parse()
            .map_err(|_| format!("the field `{shown}` is not known"))?;
        if !kind.computed() {
            return Err(format!("hashes of the kind `{shown}` cannot be looked up"));
        }
        let hash = Fingerprint::parse_value(kind, field.text(name)?);
        self.all
            .push(hash.map_err(|error| format!("`{shown}`: {error}"))?);
        Ok(())
    }

    fn prints(self) -> Result<Option<Prints>, String> {
        if self.quality.is_some() && !self.all.iter().any(|hash| is_pdq(&hash.kind())) {
            return Err("`quality` is that of a PDQ hash, and there is none".into());
        }
        let graded = |hash: Fingerprint| match is_pdq(&hash.kind()) {
            true => hash.with_quality(self.quality),
            false => hash,
        };
        let all: Vec<Fingerprint> = self.all.into_iter().map(graded).collect();
        Ok((!all.is_empty()).then(|| Prints::of_hashes(all)))
    }
}

#[cfg(test)]
mod tests;
