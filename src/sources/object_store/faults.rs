//! What went wrong with a store, in words of our own: what servers say may quote a request, with the id of a key in it.

use std::error::Error as _;

use object_store::Error;

use super::connector::{Elsewhere, TooLarge};
use crate::error::{Fault, FaultKind};

/// What stands before the status of an answer, in the words of the library.
const STATUS: &str = "status code: ";

/// The fault of a request that failed.
pub(super) fn fault(error: &Error) -> Fault {
    if let Some(TooLarge(most)) = cause(error) {
        return too_large(*most);
    }
    Fault::new(FaultKind::Unreadable, message(error))
}

fn message(error: &Error) -> String {
    if cause::<Elsewhere>(error).is_some() {
        return "these credentials, or this bucket, need another server than that of the store, and no other is asked; for gs://, GOOGLE_APPLICATION_CREDENTIALS has to name the key of a service account".to_owned();
    }
    if let Some(error) = cause::<ureq::Error>(error) {
        return format!(
            "the store could not be asked ({}); is the address right, and is there a network?",
            without_query(&error.to_string())
        );
    }
    let status = match error {
        Error::NotFound { .. } => Some(404),
        Error::PermissionDenied { .. } => Some(403),
        Error::Unauthenticated { .. } => Some(401),
        error => status(&error.to_string()),
    };
    let known = match status {
        None => {
            "the store's answer could not be understood; does the address belong to a store of this kind, and is AWS_REGION that of the bucket?"
        }
        Some(300..400) => {
            "the bucket lies elsewhere than it was asked for; AWS_REGION has to name its region, or --endpoint its server"
        }
        Some(400) => {
            "the store does not take the request (status 400); is AWS_REGION that of the bucket, and are the credentials whole and still valid?"
        }
        Some(401 | 403) => {
            "the store refuses to show it to who asks; are the credentials right, and may they list and read it?"
        }
        Some(404) => {
            "there is no such bucket or object; look at the spelling, and whether AWS_REGION and the credentials are those of its owner"
        }
        Some(429 | 503) => {
            "the store asked for fewer requests, several times; scan again later, or with fewer --threads"
        }
        Some(other) => {
            return format!(
                "the store answered with status {other} and nothing else; scan again later"
            );
        }
    };
    known.to_owned()
}

/// The status of an answer, where the library names it.
fn status(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once(STATUS)?;
    rest.get(..3)?.parse().ok()
}

/// Addresses lose what is behind a question mark, as signatures are.
fn without_query(text: &str) -> String {
    let words = text.split_whitespace();
    let words = words.map(|word| word.split('?').next().unwrap_or_default());
    words.collect::<Vec<_>>().join(" ")
}

/// The cause of this type that an error has.
fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The fault of something larger than it may be.
pub(super) fn too_large(most: u64) -> Fault {
    let message = format!("larger than the limit of {most} bytes; --max-bytes raises it");
    Fault::new(FaultKind::Limit, message)
}

/// The fault of a library that panicked on what a store said.
pub(super) fn broke() -> Fault {
    let message = "the library that speaks to stores broke on what this one said; please report it";
    Fault::new(FaultKind::Internal, message)
}

/// The fault of settings that no store can be reached with. What is wrong with them is not quoted: they are secrets.
pub(super) fn unusable(variables: &str) -> Fault {
    let message = format!(
        "the settings for this store cannot be used; check that these are whole and spelt rightly: {variables}"
    );
    Fault::new(FaultKind::Unreadable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> String {
        let error = Error::Generic {
            store: "S3",
            source: source.into(),
        };
        fault(&error).to_string()
    }

    #[test]
    fn answers_are_told_by_their_status_and_never_quoted() {
        let body = "<Error><AWSAccessKeyId>AKIASECRET</AWSAccessKeyId></Error>";
        let of = |status: &str| {
            let text = format!(
                "GET https://h/b?sig=SECRET - Server returned non-2xx status code: {status}: {body}"
            );
            let told = told(&text);
            assert!(!told.contains("SECRET") && !told.contains('<'), "{told}");
            told
        };
        assert!(of("404 Not Found").contains("no such bucket"));
        assert!(of("403 Forbidden").contains("credentials"));
        assert!(of("301 Moved").contains("AWS_REGION"));
        assert!(of("400 Bad").contains("status 400"));
        assert!(of("503 Slow").contains("--threads"));
        assert!(of("500 Oops").contains("status 500"));
        assert!(of("what").contains("could not be understood"));
        assert_eq!(without_query("a http://h/?sig=x b"), "a http://h/ b");
    }
}
