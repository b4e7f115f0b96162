//! Fetching from a server that misbehaves.

mod images;
mod server;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::{Https, Parts, addresses};
use crate::remote::Remote as _;
use server::{CERTIFICATE, DOCUMENT, Server};

/// Knows the names of these tests and counts how often it is asked. Others are looked up as usual.
#[derive(Debug, Clone, Default)]
struct Names {
    asked: Arc<AtomicU16>,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let before = self.asked.fetch_add(1, Ordering::SeqCst);
        let private = IpAddr::from([10, 0, 0, 1]);
        let server = IpAddr::from(Ipv4Addr::LOCALHOST);
        let addresses: &[IpAddr] = match (uri.host().unwrap(), before) {
            // The first answer is harmless, and the next ones are not.
            ("localhost", 0) | ("files.test" | "misnamed.test", _) => &[server],
            ("localhost", _) | ("private.test", _) => &[private],
            ("mixed.test", _) => &[private, server],
            ("nowhere.test", _) => return Err(Error::HostNotFound),
            _ => return DefaultResolver::default().resolve(uri, config, timeout),
        };
        let port = uri.port_u16().unwrap_or(443);
        let mut found = self.empty();
        for address in addresses {
            found.push(SocketAddr::new(*address, port));
        }
        Ok(found)
    }
}

/// As usual, but for the test server's address, which counts as public.
fn public_or_server(address: IpAddr) -> Result<(), &'static str> {
    if address == IpAddr::from(Ipv4Addr::LOCALHOST) {
        return Ok(());
    }
    addresses::public(address)
}

fn with_names(names: Names) -> Https {
    let root = Certificate::from_pem(CERTIFICATE).unwrap();
    Https::with(Parts {
        roots: RootCerts::new_with_certs(&[root]),
        lookup: Box::new(names),
        check: public_or_server,
    })
}

fn https() -> Https {
    with_names(Names::default())
}

/// The words of a refusal.
fn refused(https: &Https, url: &str, max_bytes: u64) -> String {
    https.fetch(url, max_bytes).unwrap_err().to_string()
}

#[test]
fn a_document_arrives_whole_up_to_the_limit_itself() {
    let (server, https) = (Server::start(), https());
    let length = DOCUMENT.len() as u64;
    for path in ["/document", "/chunked", "/hops/3", "/moved-and-drip"] {
        for limit in [length, u64::MAX] {
            assert_eq!(https.fetch(&server.at(path), limit).unwrap(), DOCUMENT);
        }
        let words = refused(&https, &server.at(path), length - 1);
        assert!(words.contains("limit of 9 bytes"), "{path}: {words}");
    }
}

#[test]
fn a_document_that_is_too_large_is_left_early() {
    let (server, https) = (Server::start(), https());
    for path in ["/endless", "/announced"] {
        let words = refused(&https, &server.at(path), 1000);
        assert!(words.contains("limit of 1000 bytes"), "{path}: {words}");
    }
    let words = refused(&https, &server.at("/headers"), 1000);
    assert!(words.contains("header"), "{words}");
}

#[test]
fn part_of_a_document_is_no_document() {
    let (server, https) = (Server::start(), https());
    for path in ["/cut", "/partial", "/missing", "/compressed"] {
        refused(&https, &server.at(path), 1000);
    }
    let words = refused(&https, &server.at("/missing"), 1000);
    let expected = format!("{}: the server answers 404", server.at("/missing"));
    assert!(words.starts_with(&expected), "{words}");
}

#[test]
fn time_runs_out() {
    let server = Server::start();
    let https = https().time_limit(Duration::from_millis(400));
    let deaf = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let deaf = format!("https://{}/", deaf.local_addr().unwrap());
    let endless = [
        "/silent",
        "/drip",
        "/drip-headers",
        "/to//silent",
        "/hints",
        "/trailers",
    ];
    let endless = endless.map(|path| server.at(path));
    for url in endless.iter().chain([&deaf]) {
        let words = refused(&https, url, 1000);
        assert!(
            words.contains("not finished within 0.4 s"),
            "{url}: {words}"
        );
    }
}

#[test]
fn redirects_are_few() {
    let (server, https) = (Server::start(), https());
    let words = refused(&https, &server.at("/hops/4"), 1000);
    assert!(words.contains("more than 3 redirects"), "{words}");
    assert_eq!(server.requests().len(), 4);
    assert!(refused(&https, &server.at("/nowhere"), 1000).contains("where to"));
}

#[test]
fn a_redirect_leads_only_where_the_first_address_may() {
    let (server, https) = (Server::start(), https());
    for (location, expected) in [
        ("http://files.test/document", "only https"),
        ("https://user:word@files.test/", "name or password"),
        ("https://private.test/", "not public (private)"),
        ("https://10.0.0.1/", "not public (private)"),
        ("https://127.0.0.2/", "not public (this machine)"),
        ("https://[::1]/", "not public (this machine)"),
        (
            "https://[::ffff:169.254.169.254]/",
            "not public (link-local)",
        ),
        ("file:///etc/passwd", "only https"),
    ] {
        let start = server.at(&format!("/to/{location}"));
        let words = refused(&https, &start, 1000);
        assert!(words.contains(expected), "{location}: {words}");
        assert!(words.starts_with(&start[..40]), "{location}: {words}");
    }
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn a_name_is_looked_up_once_and_used_as_it_was_checked() {
    let server = Server::start();
    let names = Names::default();
    let https = with_names(names.clone());
    let url = format!("https://localhost:{}/document", server.port);
    assert_eq!(https.fetch(&url, 1000).unwrap(), DOCUMENT);
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    // The name leads elsewhere now, and every fetch looks it up and checks it anew.
    assert!(refused(&https, &url, 1000).contains("not public (private)"));
    assert_eq!(server.requests().len(), 1);

    // Of several addresses only the public ones are tried.
    let url = format!("https://mixed.test:{}/document", server.port);
    assert_eq!(https.fetch(&url, 1000).unwrap(), DOCUMENT);
    assert!(refused(&https, "https://nowhere.test/", 1000).contains("no such server"));
}

#[test]
fn a_request_tells_no_more_than_it_must() {
    let (server, https) = (Server::start(), https());
    assert_eq!(
        https.fetch(&server.at("/cookie#part"), 1000).unwrap(),
        DOCUMENT
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for (request, path) in requests.iter().zip(["/cookie", "/document"]) {
        let mut lines: Vec<String> = request.trim_end().lines().map(str::to_lowercase).collect();
        lines.sort();
        let expected = [
            "accept-encoding: identity".to_owned(),
            "accept: */*".to_owned(),
            format!("get {path} http/1.1"),
            format!("host: files.test:{}", server.port),
            concat!("user-agent: provscan/", env!("CARGO_PKG_VERSION")).to_owned(),
        ];
        assert_eq!(lines, expected);
    }
}

#[test]
fn a_certificate_must_be_trusted_and_fit_the_name() {
    let server = Server::start();
    let stranger = Https::with(Parts {
        lookup: Box::new(Names::default()),
        check: public_or_server,
        ..Parts::default()
    });
    let words = refused(&stranger, &server.at("/document"), 1000);
    assert!(words.contains("no safe connection"), "{words}");

    let misnamed = format!("https://misnamed.test:{}/document", server.port);
    let words = refused(&https(), &misnamed, 1000);
    assert!(words.contains("no safe connection"), "{words}");
    assert!(server.requests().is_empty());
}

#[test]
fn by_default_nothing_private_is_reached() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let words = refused(&Https::new(), &format!("https://{host}:{port}/"), 1000);
        assert!(
            words.contains("not public (this machine)"),
            "{host}: {words}"
        );
        assert!(words.contains("fetch the file yourself"), "{host}: {words}");
    }
    assert!(refused(&Https::new(), &format!("http://127.0.0.1:{port}/"), 1000).contains("https"));
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}
