//! What pict-rs asks of its `external_validation`: the image as the body, and a status that tells whether to keep it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::answered::Answers;
use super::check::sent;
use super::guard::Judging;
use super::query::Parameters;
use super::refusal::Refusal;
use super::service::Service;
use super::work;
use crate::evidence::Action;
use crate::policy::Finding;
use crate::reports::record_line;
use crate::sources::{Id, Input, Name};

/// `POST /pict-rs/validate?reject=ACTION`: 200 to keep the image, 422 to reject it, with its record. Without `reject`, what a
/// person has to look at is rejected like what is to be blocked: nobody looks at it before it is shown. What could not be
/// checked is what a person has to look at, whatever the policy says of other files than images.
pub(super) async fn validate(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    request: Request,
) -> Result<Response, Refusal> {
    let least = least(&Parameters::of(request.uri())?)?;
    let sent = sent(&service, request).await?;
    let name = Name::new(&*sent.name);
    let input = Input::memory(&sent.name, sent.bytes).as_image();
    let inspection = work::inspect(&service, &loaded, input, sent.room).await?;
    // Whoever keeps an image that nobody could check shows it to everyone.
    let action = match inspection.verdict.finding {
        Finding::Unchecked => inspection.verdict.action.max(Action::Review),
        _ => inspection.verdict.action,
    };
    let status = match action >= least {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let name = name.with_id(sent.id.clone().map(Id::from));
    let record = record_line(&name, &inspection);
    let headers = [(axum::http::header::CONTENT_TYPE, "application/json")];
    let response = (status, headers, record).into_response();
    Ok(Answers::of(&loaded, [(&name, &inspection)]).told_by(response))
}

/// The mildest action that rejects.
fn least(parameters: &Parameters) -> Result<Action, Refusal> {
    match parameters.get("reject") {
        None => Ok(Action::Review),
        Some("pass") => Err(Refusal::bad(
            "reject: every image would be rejected; label, review or block was expected",
        )),
        Some(word) => word
            .parse()
            .map_err(|_| Refusal::bad("reject: label, review or block was expected")),
    }
}
