//! What is said to a request that is not answered.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::logs::may_name;

/// A request that is not answered, and why. The words hold nothing of the request that is secret.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    /// What is logged, where the message tells what somebody's image is called.
    unnamed: Option<&'static str>,
    retry: bool,
}

/// What was said, for the log.
#[derive(Debug, Clone)]
pub(super) struct Refused(pub(super) String);

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    /// The name that HMA gives it.
    message: &'a str,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            unnamed: None,
            retry: false,
        }
    }

    /// One whose message tells what somebody's image is called; a log says this instead.
    pub(super) fn logged_as(self, unnamed: &'static str) -> Self {
        Self {
            unnamed: Some(unnamed),
            ..self
        }
    }

    /// One that may be tried again later.
    pub(super) fn busy(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            retry: true,
            ..Self::new(status, message)
        }
    }

    /// The request is wrong.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is no room right now.
    pub(super) fn full(message: impl Into<String>) -> Self {
        Self::busy(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// Something is wrong here, which asking again does not mend.
    pub(super) fn broken(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    #[cfg(test)]
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Body {
            error: &self.message,
            message: &self.message,
        };
        let mut response = json(serde_json::to_vec(&body).unwrap_or_default());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let unnamed = self.unnamed.filter(|_| !may_name());
        let told = unnamed.map_or(self.message, str::to_owned);
        response.extensions_mut().insert(Refused(told));
        response
    }
}

/// JSON as an answer.
pub(super) fn json(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
