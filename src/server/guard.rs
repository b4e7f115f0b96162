//! What every request passes before it is answered, and after.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::answered::{Exchange, answered, audited};
use super::auth::Caller;
use super::refusal::Refusal;
use super::routes::{self, Access, Route};
use super::service::{Loaded, Service};

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// What images are judged by in this request, from its beginning to its end.
#[derive(Clone)]
pub(super) struct Judging(pub(super) Arc<Loaded>);

/// Somebody who was let in, with the room taken for the request.
#[derive(Default)]
struct Entered {
    caller: Option<Caller>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Lets a request in, has it answered, and tells of it.
pub(super) async fn guarded(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let route = routes::of(request.uri().path());
    let method = request.method().clone();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let (entered, mut response) = match enter(&service, route, &mut request) {
        Ok(entered) => (entered, audited(&service, next.run(request).await).await),
        Err(refusal) => (Entered::default(), refusal.into_response()),
    };
    protect(&mut response);
    answered(
        &service,
        &Exchange {
            route,
            method: &method,
            peer,
            token: entered.caller.as_ref().map(|caller| caller.token),
            took: began.elapsed(),
            response: &response,
        },
    );
    response
}

/// Decides whether a request comes in.
fn enter(
    service: &Arc<Service>,
    route: Option<&'static Route>,
    request: &mut Request,
) -> Result<Entered, Refusal> {
    service.hosts.check(request.uri(), request.headers())?;
    let access = route.map_or(Access::Token, |route| route.access);
    let mut entered = Entered::default();
    if access != Access::Open
        && let Some(tokens) = service.tokens()
    {
        entered.caller = Some(tokens.caller(request.headers())?);
    }
    if access != Access::Work {
        return Ok(entered);
    }
    if service.is_draining() {
        return Err(Refusal::full("the service is about to end"));
    }
    let loaded = service
        .loaded()
        .ok_or_else(|| Refusal::full("the lists are not loaded yet"))?;
    if let (Some(caller), Some(most)) = (&mut entered.caller, service.options.max_per_token) {
        caller.take_place(most)?;
    }
    let room = Arc::clone(&service.in_flight).try_acquire_owned();
    entered._room = Some(room.map_err(|_| {
        Refusal::full("as many requests are in hand as may be (--max-in-flight); try again later")
    })?);
    request.extensions_mut().insert(Judging(loaded));
    Ok(entered)
}

/// Headers of every answer: nobody keeps it, guesses what it is, or shows it within something else.
fn protect(response: &mut Response) {
    use axum::http::HeaderValue;
    use axum::http::header;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What is said where nothing is.
pub(super) async fn nowhere() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "there is nothing here; /openapi.json says what there is",
    )
}

/// What is said to a method that is not known.
pub(super) async fn no_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this is not asked by this method; /openapi.json says by which",
    )
}
