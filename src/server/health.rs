//! How the service is, and what it compares with.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::OPENAPI;
use super::refusal::json;
use super::service::{Listed, Service};
use crate::evidence::Action;

/// `GET /healthz`: the service answers.
pub(super) async fn alive() -> Response {
    json(b"{\"status\":\"ok\"}\n".to_vec())
}

/// Whether new work is taken, and if not, why.
#[derive(Serialize)]
struct Ready {
    status: &'static str,
    lists: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_list_seconds: Option<u64>,
    /// What could not be loaded again, by what it is. The reason is in the log: it names files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reload_failed: Vec<&'static str>,
}

/// `GET /readyz`
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Response {
    let loaded = service.loaded();
    let lists = loaded.iter().flat_map(|loaded| &loaded.lists);
    let status = match (service.is_draining(), &loaded) {
        (true, _) => "draining",
        (false, None) => "loading",
        (false, Some(_)) => "ready",
    };
    let failed = service.reloads.failed().into_iter();
    let mut response = answer(&Ready {
        status,
        lists: lists.clone().count(),
        oldest_list_seconds: lists.filter_map(Listed::age).max(),
        reload_failed: failed.filter_map(|(what, why)| why.map(|_| what)).collect(),
    });
    if status != "ready" {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

/// A list, without any of its hashes.
#[derive(Serialize)]
struct ListRecord<'a> {
    name: &'a str,
    kind: &'static str,
    digest: &'a str,
    entries: u64,
    hashes: BTreeMap<String, HashRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks_for: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
}

#[derive(Serialize)]
struct HashRecord {
    entries: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    near: Option<u32>,
}

/// `GET /v1/lists`
pub(super) async fn lists(State(service): State<Arc<Service>>) -> Response {
    let loaded = service.loaded();
    let lists = loaded.iter().flat_map(|loaded| &loaded.lists);
    answer(&lists.map(record).collect::<Vec<_>>())
}

fn record(one: &Listed) -> ListRecord<'_> {
    let list = &one.list;
    let options = list.options();
    let hashes = list.counts().into_iter().map(|(kind, entries)| {
        let threshold = options.threshold(kind).filter(|_| !kind.exact());
        let near = options.near(kind).filter(|_| !kind.exact());
        let record = HashRecord {
            entries,
            threshold,
            near,
        };
        (kind.to_string(), record)
    });
    ListRecord {
        name: list.name(),
        kind: list.kind().as_str(),
        digest: list.compiled().digest(),
        entries: list.len(),
        hashes: hashes.collect(),
        age_seconds: one.age(),
        asks_for: options.action.map(Action::as_str),
        category: options.category.as_deref(),
    }
}

/// `GET /openapi.json`
pub(super) async fn openapi() -> Response {
    json(OPENAPI.as_bytes().to_vec())
}

fn answer(record: &impl Serialize) -> Response {
    let mut body = serde_json::to_vec(record).unwrap_or_default();
    body.push(b'\n');
    json(body)
}
