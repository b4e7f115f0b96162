//! Where every answer passes on its way out.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::Method;
use axum::response::Response;

use super::routes::Route;
use super::service::Service;
use crate::evidence::Action;
use crate::inspect::Inspection;
use crate::policy::Finding;

/// One request and its answer.
pub(super) struct Exchange<'a> {
    pub(super) route: Option<&'static Route>,
    pub(super) method: &'a Method,
    pub(super) peer: Option<SocketAddr>,
    /// The line of the token that was shown.
    pub(super) token: Option<usize>,
    pub(super) took: Duration,
    pub(super) response: &'a Response,
}

/// What an answer says of one image or of hashes of one.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) finding: Finding,
    pub(super) action: Action,
    /// Bytes of the image; `None` of hashes.
    pub(super) bytes: Option<u64>,
}

/// What an answer says, for whoever counts and logs it.
#[derive(Debug, Clone)]
pub(super) struct Answers(Vec<Judged>);

impl Answers {
    pub(super) fn of<'a>(inspections: impl IntoIterator<Item = &'a Inspection>) -> Self {
        let judged = inspections.into_iter().map(|inspection| Judged {
            finding: inspection.verdict.finding,
            action: inspection.verdict.action,
            bytes: inspection.bytes,
        });
        Self(judged.collect())
    }

    /// Says with an answer what it says.
    pub(super) fn told_by(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// Counts and logs an answer. All of them pass here, also those to requests that were not let in.
pub(super) fn answered(service: &Service, exchange: &Exchange<'_>) {
    service.metrics.count(exchange);
    service.log.answered(exchange);
}

impl Exchange<'_> {
    /// What the answer says of images.
    pub(super) fn judged(&self) -> &[Judged] {
        let answers = self.response.extensions().get::<Answers>();
        answers.map_or(&[], |answers| &answers.0)
    }

    /// The path that was asked for, if it is one that can be: what else was asked for is nobody's business.
    pub(super) fn path(&self) -> &'static str {
        self.route.map_or("other", |route| route.path)
    }
}
