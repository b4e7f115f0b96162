//! What is counted, as Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::answered::Exchange;
use super::service::Service;

/// Upper ends of the buckets of latencies, in seconds.
const BUCKETS: [f64; 14] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0,
];

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    counts: Mutex<Counts>,
    /// Connections that were given up before they had asked anything: a head that took too long, or was none.
    pub(super) broken: AtomicU64,
}

#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), u64>,
    verdicts: BTreeMap<(&'static str, &'static str), u64>,
    latencies: BTreeMap<&'static str, Latencies>,
    refused: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Default)]
struct Latencies {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    pub(super) fn count(&self, exchange: &Exchange<'_>) {
        let status = exchange.response.status().as_u16();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts
            .requests
            .entry((exchange.path(), status))
            .or_default() += 1;
        for one in exchange.judged() {
            let words = (one.finding.as_str(), one.action.as_str());
            *counts.verdicts.entry(words).or_default() += 1;
        }
        if let Some(reason) = reason(status) {
            *counts.refused.entry(reason).or_default() += 1;
        }
        let latencies = counts.latencies.entry(exchange.path()).or_default();
        let seconds = exchange.took.as_secs_f64();
        latencies.count += 1;
        latencies.seconds += seconds;
        let fits = BUCKETS.iter().zip(&mut latencies.buckets);
        fits.filter(|(end, _)| seconds <= **end)
            .for_each(|(_, count)| *count += 1);
    }
}

/// Why a request was refused, in a word.
fn reason(status: u16) -> Option<&'static str> {
    Some(match status {
        401 => "no-token",
        403 => "not-allowed",
        408 => "slow",
        413 => "too-large",
        415 => "wrong-type",
        421 => "wrong-host",
        429 => "token-busy",
        503 => "busy",
        400..=499 => "wrong",
        _ => return None,
    })
}

/// `GET /metrics`
pub(super) async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let mut text = String::new();
    counted(&service, &mut text);
    standing(&service, &mut text);
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

/// What only grows.
fn counted(service: &Service, text: &mut String) {
    let metrics = &service.metrics;
    let counts = metrics
        .counts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    head(
        text,
        "http_requests_total",
        "counter",
        "Requests, by path and status.",
    );
    for ((path, status), count) in &counts.requests {
        let labels = [("path", *path), ("status", &status.to_string())];
        line(text, "http_requests_total", &labels, count);
    }
    head(
        text,
        "verdicts_total",
        "counter",
        "Images and hashes, by verdict and action.",
    );
    for ((verdict, action), count) in &counts.verdicts {
        line(
            text,
            "verdicts_total",
            &[("verdict", verdict), ("action", action)],
            count,
        );
    }
    head(
        text,
        "refused_total",
        "counter",
        "Requests that were refused, by reason.",
    );
    for (reason, count) in &counts.refused {
        line(text, "refused_total", &[("reason", reason)], count);
    }
    head(
        text,
        "connections_broken_total",
        "counter",
        "Connections that were given up before they asked anything.",
    );
    line(
        text,
        "connections_broken_total",
        &[],
        metrics.broken.load(Ordering::Relaxed),
    );
    let name = "http_request_duration_seconds";
    head(text, name, "histogram", "How long answers took.");
    for (path, latencies) in &counts.latencies {
        for (end, count) in BUCKETS.iter().zip(&latencies.buckets) {
            let labels = [("path", *path), ("le", &end.to_string())];
            line(text, &format!("{name}_bucket"), &labels, count);
        }
        line(
            text,
            &format!("{name}_bucket"),
            &[("path", path), ("le", "+Inf")],
            latencies.count,
        );
        line(
            text,
            &format!("{name}_sum"),
            &[("path", path)],
            latencies.seconds,
        );
        line(
            text,
            &format!("{name}_count"),
            &[("path", path)],
            latencies.count,
        );
    }
}

/// How things stand.
fn standing(service: &Service, text: &mut String) {
    head(
        text,
        "in_flight",
        "gauge",
        "Requests that are worked on or wait.",
    );
    line(text, "in_flight", &[], service.count_in_flight());
    let loaded = service.loaded();
    let ready = loaded.is_some() && !service.is_draining();
    head(text, "ready", "gauge", "Whether new work is taken.");
    line(text, "ready", &[], u8::from(ready));
    head(
        text,
        "reloads_total",
        "counter",
        "Times that lists, trust and policy, or tokens, were loaded.",
    );
    for (what, result, count) in service.reloads.counts() {
        line(
            text,
            "reloads_total",
            &[("what", what), ("result", result)],
            count,
        );
    }
    head(
        text,
        "reload_failed",
        "gauge",
        "Whether the last try failed, so that what was loaded before is in use.",
    );
    for (what, failed) in service.reloads.failed() {
        line(
            text,
            "reload_failed",
            &[("what", what)],
            u8::from(failed.is_some()),
        );
    }
    let lists = loaded.iter().flat_map(|loaded| &loaded.lists);
    head(text, "list_entries", "gauge", "Entries of a list.");
    for one in lists.clone() {
        line(
            text,
            "list_entries",
            &[("list", one.list.name())],
            one.list.len(),
        );
    }
    head(
        text,
        "list_age_seconds",
        "gauge",
        "Seconds since the file of a list was written.",
    );
    for (one, age) in lists.filter_map(|one| Some((one, one.age()?))) {
        line(text, "list_age_seconds", &[("list", one.list.name())], age);
    }
}

fn head(text: &mut String, name: &str, kind: &str, about: &str) {
    let _ = writeln!(
        text,
        "# HELP provscan_{name} {about}\n# TYPE provscan_{name} {kind}"
    );
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}=\"{}\"", escaped(value)))
        .collect();
    let labels = match labels.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", labels.join(",")),
    };
    let _ = writeln!(text, "provscan_{name}{labels} {value}");
}

fn escaped(value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
    value.replace('\n', "\\n")
}
