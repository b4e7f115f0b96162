//! What a server answered: a document, a way onward, or a reason for having neither.

use std::io::Read as _;
use std::time::Duration;

use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION};
use ureq::http::{HeaderName, Response, StatusCode};
use ureq::{Body, Error, Timeout};
use url::Url;

use super::lookup::NotPublic;
use super::{BY_HAND, CONNECT_LIMIT, target};

/// What one request led to.
pub(super) enum Answer {
    /// The document, whole.
    Document(Vec<u8>),
    /// It is kept elsewhere, at an address that may be asked.
    Moved(Url),
}

/// Reads a response to the end, or as far as it says where to go.
///
/// # Errors
/// Why there is no document, in words without the address.
pub(super) fn of(
    response: Response<Body>,
    from: &Url,
    max_bytes: u64,
    time_limit: Duration,
) -> Result<Answer, String> {
    match response.status() {
        StatusCode::OK => document(response, max_bytes, time_limit).map(Answer::Document),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            let location = header(&response, LOCATION)
                .ok_or_else(|| format!("a redirect that does not say where to; {BY_HAND}"))?;
            target::redirect(from, location).map(Answer::Moved)
        }
        status => Err(format!(
            "the server answers {status}, not with the document; try again later"
        )),
    }
}

/// Why there was no answer, in words.
pub(super) fn reason(error: Error, time_limit: Duration) -> String {
    match error {
        Error::Timeout(Timeout::Connect) => format!(
            "no connection within {} s; try again later",
            CONNECT_LIMIT.as_secs()
        ),
        Error::Timeout(_) => format!(
            "not finished within {} s; try again later, or {BY_HAND}",
            time_limit.as_secs_f32()
        ),
        Error::HostNotFound => "no such server; is the machine online?".to_owned(),
        Error::Other(error) if error.is::<NotPublic>() => format!(
            "{error}, and only public addresses are fetched, so that an image cannot reach into your network; {BY_HAND}"
        ),
        Error::Io(error)
            if error
                .get_ref()
                .is_some_and(|inner| inner.is::<rustls::Error>()) =>
        {
            format!("no safe connection ({error}); do not rely on what is kept there")
        }
        Error::Io(error) => {
            format!("{error}; is the machine online, without a proxy between? else try again later")
        }
        Error::Rustls(error) => {
            format!("no safe connection ({error}); do not rely on what is kept there")
        }
        error => format!("{error}; {BY_HAND}"),
    }
}

fn document(
    response: Response<Body>,
    max_bytes: u64,
    time_limit: Duration,
) -> Result<Vec<u8>, String> {
    let too_large = || format!("larger than the limit of {max_bytes} bytes; {BY_HAND}");
    // None was asked for, and inflating would be one more place for a bomb.
    let encoding = header(&response, CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(format!("the answer is compressed, unasked; {BY_HAND}"));
    }
    let announced = header(&response, CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max_bytes) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    response
        .into_body()
        .into_reader()
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| reason(Error::from(error), time_limit))?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > max_bytes) {
        return Err(too_large());
    }
    Ok(bytes)
}

/// A header's value, if it is text.
fn header(response: &Response<Body>, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
