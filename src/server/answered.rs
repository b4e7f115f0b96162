//! Where every answer passes on its way out.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use tokio::task::spawn_blocking;

use super::logs;
use super::refusal::Refusal;
use super::routes::Route;
use super::service::{Loaded, Service};
use super::work::broke;
use crate::audit::{Auditor, Draft};
use crate::evidence::Action;
use crate::inspect::Inspection;
use crate::logs::may_name;
use crate::policy::Finding;
use crate::sources::Name;

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
    /// What it is called, where a log may tell that.
    pub(super) name: Option<Name>,
}

/// What an answer says, for whoever counts and logs it.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    judged: Vec<Judged>,
    /// What the audit log is to have of it before it is given.
    audited: Option<(Auditor, Vec<Draft>)>,
}

impl Answers {
    pub(super) fn of<'a>(
        loaded: &Loaded,
        inspections: impl IntoIterator<Item = (&'a Name, &'a Inspection)>,
    ) -> Self {
        let (auditor, may_name) = (loaded.auditor.as_ref(), may_name());
        let (mut judged, mut drafts) = (Vec::new(), Vec::new());
        for (name, inspection) in inspections {
            judged.push(Judged {
                finding: inspection.verdict.finding,
                action: inspection.verdict.action,
                bytes: inspection.bytes,
                name: may_name.then(|| name.clone()),
            });
            drafts.extend(auditor.map(|auditor| auditor.draft(name, inspection)));
        }
        Self {
            judged,
            audited: auditor.map(|auditor| (auditor.clone(), drafts)),
        }
    }

    /// Says with an answer what it says.
    pub(super) fn told_by(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// Brings what an answer says to the audit log, if there is one; what could not be brought there is not given.
pub(super) async fn audited(service: &Service, mut response: Response) -> Response {
    let answers = response.extensions_mut().get_mut::<Answers>();
    let Some((auditor, drafts)) = answers.and_then(|answers| answers.audited.take()) else {
        return response;
    };
    let written = spawn_blocking(move || {
        drafts.into_iter().for_each(|draft| auditor.stage(draft));
        auditor.commit()
    });
    match written.await {
        Ok(Ok(())) => response,
        Ok(Err(error)) => {
            service.end_without_log(error);
            Refusal::broken("the audit log cannot be written, so no answer is given")
                .into_response()
        }
        Err(_) => broke().into_response(),
    }
}

/// Counts and logs an answer. All of them pass here, also those to requests that were not let in.
pub(super) fn answered(service: &Service, exchange: &Exchange<'_>) {
    service.metrics.count(exchange);
    logs::answered(exchange);
}

impl Exchange<'_> {
    /// What the answer says of images.
    pub(super) fn judged(&self) -> &[Judged] {
        let answers = self.response.extensions().get::<Answers>();
        answers.map_or(&[], |answers| &answers.judged)
    }

    /// The path that was asked for, if it is one that can be: what else was asked for is nobody's business.
    pub(super) fn path(&self) -> &'static str {
        self.route.map_or("other", |route| route.path)
    }
}
