//! What can be asked, in one table: the router, the metrics and the test of the OpenAPI document follow from it.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use super::service::Service;
use super::{check, guard, health, hma, matching, metrics, page, pict_rs};

/// Who may ask, and whether there has to be room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anyone: it tells nothing of lists.
    Open,
    /// Whoever shows a token, where there are tokens.
    Token,
    /// The same, and it takes a place among the requests in flight.
    Work,
}

/// One thing that can be asked.
pub struct Route {
    /// Its path.
    pub path: &'static str,
    /// The methods by which it is asked, besides HEAD.
    pub methods: &'static [&'static str],
    pub(super) access: Access,
    handlers: fn() -> MethodRouter<Arc<Service>>,
}

const fn route(
    path: &'static str,
    methods: &'static [&'static str],
    access: Access,
    handlers: fn() -> MethodRouter<Arc<Service>>,
) -> Route {
    Route {
        path,
        methods,
        access,
        handlers,
    }
}

/// Everything that can be asked.
pub static ROUTES: &[Route] = &[
    route("/v1/check", &["POST"], Access::Work, || post(check::check)),
    route("/v1/match", &["POST"], Access::Work, || {
        post(matching::matching)
    }),
    route("/v1/lists", &["GET"], Access::Token, || get(health::lists)),
    route("/healthz", &["GET"], Access::Open, || get(health::alive)),
    route("/readyz", &["GET"], Access::Open, || get(health::ready)),
    route("/metrics", &["GET"], Access::Token, || {
        get(metrics::metrics)
    }),
    route("/openapi.json", &["GET"], Access::Open, || {
        get(health::openapi)
    }),
    route("/h/hash", &["GET", "POST"], Access::Work, || {
        get(hma::hash_address).post(hma::hash)
    }),
    route("/m/lookup", &["GET", "POST"], Access::Work, || {
        get(hma::look_up).post(hma::look_up_file)
    }),
    route("/status", &["GET"], Access::Open, || get(hma::status)),
    route("/pict-rs/validate", &["POST"], Access::Work, || {
        post(pict_rs::validate)
    }),
    route("/", &["GET"], Access::Open, || get(page::page)),
];

/// The route of a path.
pub(super) fn of(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path)
}

/// What answers, with what every request passes.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let all = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handlers)())
    });
    all.fallback(guard::nowhere)
        .method_not_allowed_fallback(guard::no_method)
        .layer(from_fn_with_state(Arc::clone(service), guard::guarded))
        .with_state(Arc::clone(service))
}
