//! Under which names the service may be asked. A page from elsewhere that has its own name lead to this address, as in DNS
//! rebinding, asks under that name.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};

use super::refusal::Refusal;

/// In which a browser says where the page is from that asks.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names that are answered.
#[derive(Debug)]
pub(super) struct Hosts {
    /// In lower case, without ports.
    names: Vec<String>,
    /// Any address may be asked for: the service listens on all that the machine has.
    any_address: bool,
}

impl Hosts {
    pub(super) fn of(address: SocketAddr, allowed: &[String]) -> Self {
        let ip = address.ip();
        let mut names: Vec<String> = allowed.iter().map(|name| name.to_lowercase()).collect();
        names.push(shown(ip));
        if ip.is_loopback() || ip.is_unspecified() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        Self {
            names,
            any_address: ip.is_unspecified(),
        }
    }

    /// Looks at whom a request is for, and which page it comes from.
    ///
    /// # Errors
    /// It is for somebody else, or from a page of somebody else.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let host = host.filter(|_| hosts.next().is_none());
        let host = host.ok_or_else(|| Refusal::bad("a request has one Host header"))?;
        let named = uri.authority().map(axum::http::uri::Authority::as_str);
        if !self.is_one(host) || named.is_some_and(|named| !self.is_one(named)) {
            let message = "this service is not asked under that name; --allow-host allows it";
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, message));
        }
        let Some(origin) = headers.get(ORIGIN) else {
            return not_embedded(uri, headers);
        };
        let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
        match origin {
            Some((_, from)) if self.is_one(from) => Ok(()),
            _ => Err(elsewhere()),
        }
    }

    fn is_one(&self, host: &str) -> bool {
        let name = without_port(host).to_lowercase();
        let address = || {
            let bare = name.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<IpAddr>().is_ok()
        };
        self.names.contains(&name) || (self.any_address && address())
    }
}

/// Pages from elsewhere can show what has an address, without an Origin, and that may have something fetched. The page itself
/// may be led to.
fn not_embedded(uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let site = headers.get(SITE).map(HeaderValue::as_bytes);
    match site {
        Some(b"cross-site" | b"same-site") if uri.path() != "/" => Err(elsewhere()),
        _ => Ok(()),
    }
}

fn elsewhere() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "pages from elsewhere may not ask")
}

fn shown(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(listen: &str, host: &str) -> bool {
        Hosts::of(listen.parse().unwrap(), &["scan.Example".to_owned()]).is_one(host)
    }

    #[test]
    fn only_names_of_the_address_and_allowed_ones_are_answered() {
        for host in [
            "127.0.0.1",
            "localhost:8080",
            "[::1]:8080",
            "SCAN.example:443",
        ] {
            assert!(allowed("127.0.0.1:8080", host), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "",
            "10.0.0.1",
            "localhost.",
            "a:b",
        ] {
            assert!(!allowed("127.0.0.1:8080", host), "{host}");
        }
        assert!(allowed("10.0.0.1:80", "10.0.0.1") && !allowed("10.0.0.1:80", "localhost"));
        assert!(allowed("0.0.0.0:80", "10.0.0.1:80") && allowed("[::]:80", "[fe80::1]:80"));
        assert!(!allowed("0.0.0.0:80", "evil.example"));
    }

    #[test]
    fn pages_from_elsewhere_may_lead_to_the_page_and_to_nothing_else() {
        let hosts = Hosts::of("127.0.0.1:80".parse().unwrap(), &[]);
        let asked = |path: &'static str, site: &'static str| {
            let headers = [
                (HOST, HeaderValue::from_static("127.0.0.1")),
                (SITE, HeaderValue::from_static(site)),
            ];
            let headers = HeaderMap::from_iter(headers);
            hosts.check(&Uri::from_static(path), &headers).is_ok()
        };
        assert!(asked("/", "cross-site") && asked("/h/hash", "none"));
        assert!(asked("/v1/lists", "same-origin"));
        assert!(!asked("/h/hash?url=a", "cross-site") && !asked("/h/hash", "same-site"));
    }
}
