//! Which addresses may be fetched. Nobody is asked: the answer depends on the words alone.

use url::{Host, Url};

use super::{FetchError, FetchErrorKind, shown};

/// Longest address, in bytes.
const MAX_ADDRESS: usize = 4096;

/// The word for any public address.
const PUBLIC: &str = "public";

/// The schemes of object stores.
const STORES: [&str; 3] = ["s3", "gs", "az"];

/// How often a path may be encoded on top of itself.
const ROUNDS: usize = 4;

/// What may be fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    places: Vec<Place>,
    public: bool,
}

/// Words that allow nothing that can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what}: {why}; expected a place such as https://media.example.org/uploads/ or s3://bucket/uploads, or the word public"
)]
pub struct AllowedError {
    what: String,
    why: String,
}

/// A place below which addresses may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    at: Parts,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    scheme: String,
    /// The server, or the bucket.
    host: Host,
    port: Option<u16>,
    /// Begins with a slash.
    path: String,
}

/// An address that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Over HTTP.
    Web {
        url: Url,
        /// An operator named where it lies; else it has to be public.
        named: bool,
    },
    /// From an object store.
    Store(String),
}

impl Allowed {
    /// Reads places, and the word `public`.
    ///
    /// # Errors
    /// One of them is neither.
    pub fn of<S: AsRef<str>>(words: &[S]) -> Result<Self, AllowedError> {
        let mut allowed = Self::default();
        for word in words.iter().map(AsRef::as_ref) {
            match word {
                PUBLIC => allowed.public = true,
                _ => allowed.places.push(place(word).map_err(|why| AllowedError {
                    what: shown(word),
                    why,
                })?),
            }
        }
        Ok(allowed)
    }

    /// Whether places on the web are among it.
    pub(super) fn has_web(&self) -> bool {
        self.public || self.places.iter().any(|place| !is_store(&place.at.scheme))
    }

    /// Whether object stores are among it.
    pub(super) fn has_stores(&self) -> bool {
        self.places.iter().any(|place| is_store(&place.at.scheme))
    }

    /// What an address leads to, if it may be fetched.
    ///
    /// # Errors
    /// It may not.
    pub(crate) fn target(&self, address: &str) -> Result<Target, FetchError> {
        let refused = |why: String| {
            let message = format!("{}: {why}", shown(address));
            FetchError::new(FetchErrorKind::NotAllowed, message)
        };
        plain(address).map_err(refused)?;
        let scheme = address.split("://").next().unwrap_or_default();
        match is_store(scheme) {
            true => self.object(address),
            false => Url::parse(address)
                .map_err(|error| format!("this is no address ({error})"))
                .and_then(|url| self.page(url)),
        }
        .map_err(refused)
    }

    /// What a redirect leads to, if it may be fetched; `location` may be relative.
    ///
    /// # Errors
    /// It may not.
    #[cfg(feature = "online")]
    pub(crate) fn redirect(&self, from: &Url, location: &str) -> Result<Target, FetchError> {
        let joined = match from.join(location) {
            Ok(url) if location.len() <= MAX_ADDRESS && !is_store(url.scheme()) => self.page(url),
            _ => Err("this is no address".to_owned()),
        };
        joined.map_err(|why| {
            let (from, to) = (shown(from.as_str()), shown(location));
            let message = format!("{from}, which leads to {to}: {why}");
            FetchError::new(FetchErrorKind::NotAllowed, message)
        })
    }

    fn page(&self, mut url: Url) -> Result<Target, String> {
        url.set_fragment(None);
        let parts = web_parts(&url)?;
        let named = self.places.iter().any(|place| place.holds(&parts));
        match named || (self.public && url.scheme() == "https") {
            true => Ok(Target::Web { url, named }),
            false => Err(outside()),
        }
    }

    fn object(&self, address: &str) -> Result<Target, String> {
        let parts = store_parts(address)?;
        if parts.path.len() < 2 || parts.path.ends_with('/') {
            return Err("it names no object".to_owned());
        }
        match self.places.iter().any(|place| place.holds(&parts)) {
            true => Ok(Target::Store(address.to_owned())),
            false => Err(outside()),
        }
    }
}

impl Place {
    /// Whether something lies at this place or below it.
    fn holds(&self, parts: &Parts) -> bool {
        let same = (&self.at.scheme, &self.at.host, self.at.port)
            == (&parts.scheme, &parts.host, parts.port);
        let within =
            |rest: &str| self.at.path.ends_with('/') || rest.is_empty() || rest.starts_with('/');
        let below = parts.path.strip_prefix(&self.at.path).is_some_and(within);
        same && below && !climbs(&parts.path)
    }
}

fn outside() -> String {
    "it is none of the places that --fetch-from names".to_owned()
}

/// Reads a place.
fn place(word: &str) -> Result<Place, String> {
    plain(word)?;
    if word.contains(['?', '#', '*']) {
        return Err("a place has neither ? nor #, and no * stands for others".to_owned());
    }
    let scheme = word.split("://").next().unwrap_or_default();
    let at = match is_store(scheme) {
        true => store_parts(word)?,
        false => {
            let url = Url::parse(word).map_err(|error| format!("this is no address ({error})"))?;
            web_parts(&url)?
        }
    };
    match climbs(&at.path) {
        true => Err("its path leads upwards".to_owned()),
        false => Ok(Place { at }),
    }
}

fn is_store(scheme: &str) -> bool {
    STORES.contains(&scheme)
}

/// Refuses what programs read in different ways, so that whoever is asked cannot be another than who was compared.
fn plain(address: &str) -> Result<(), String> {
    let length = address.len();
    if length > MAX_ADDRESS {
        return Err(format!(
            "the address has {length} bytes, {MAX_ADDRESS} are the limit"
        ));
    }
    let (scheme, rest) = address
        .split_once("://")
        .ok_or("this is no address with a scheme, such as https://…")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("this is no address with a scheme, such as https://…".to_owned());
    }
    if host.is_empty() {
        return Err("the address names no server".to_owned());
    }
    if host.contains('@') {
        return Err("the address carries a name or password, and none are sent".to_owned());
    }
    let odd = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    match address.contains(odd) {
        true => Err("the address has a backslash, a space or a control character".to_owned()),
        false => Ok(()),
    }
}

/// The parts of an address on the web, as browsers read it.
fn web_parts(url: &Url) -> Result<Parts, String> {
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("{}: is not fetched", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address carries a name or password, and none are sent".to_owned());
    }
    let host = url.host().ok_or("the address names no server")?.to_owned();
    if matches!(&host, Host::Domain(name) if name.ends_with('.')) {
        return Err("the name of the server ends with a dot".to_owned());
    }
    Ok(Parts {
        scheme: url.scheme().to_owned(),
        host,
        port: url.port_or_known_default(),
        path: url.path().to_owned(),
    })
}

/// The parts of an address in a store, in which nothing is encoded.
fn store_parts(address: &str) -> Result<Parts, String> {
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || ['-', '.', '_'].contains(&c);
    if !bucket.chars().all(is_name) {
        return Err("this is no name of a bucket".to_owned());
    }
    if key.contains(['?', '#']) {
        return Err("names of objects with ? or # are not fetched".to_owned());
    }
    Ok(Parts {
        scheme: scheme.to_owned(),
        host: Host::Domain(bucket.to_owned()),
        port: None,
        path: format!("/{key}"),
    })
}

/// Whether a path can lead upwards for somebody who decodes it once more than others, or in another way.
fn climbs(path: &str) -> bool {
    let mut path = path.as_bytes().to_vec();
    for _ in 0..ROUNDS {
        let up = |segment: &[u8]| {
            // What is behind a semicolon is a parameter to some.
            let name = segment.split(|byte| *byte == b';').next();
            matches!(name, Some(b"." | b".."))
        };
        let odd = |byte: &u8| *byte == b'\\' || byte.is_ascii_control();
        let is_text = std::str::from_utf8(&path).is_ok();
        if !is_text || path.iter().any(odd) || path.split(|byte| *byte == b'/').any(up) {
            return true;
        }
        let decoded = decoded(&path);
        if decoded == path {
            return false;
        }
        path = decoded;
    }
    true
}

/// With each `%2f` and its like replaced by what it stands for.
fn decoded(path: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        let two = match after {
            [high, low, ..] if *first == b'%' => digit(high).zip(digit(low)),
            _ => None,
        };
        let byte = two.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        out.push(byte.unwrap_or(*first));
        let taken = if byte.is_some() { 3 } else { 1 };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests;
