//! Images: named places may be private, and others may not.

use std::net::IpAddr;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts};

use super::super::{Parts, Web};
use super::server::{CERTIFICATE, DOCUMENT, Server};
use super::{Names, public_or_server};
use crate::sources::{Allowed, FetchError, FetchErrorKind, Target};

fn parts(check: fn(IpAddr) -> Result<(), &'static str>) -> Parts {
    let root = Certificate::from_pem(CERTIFICATE).unwrap();
    Parts {
        roots: RootCerts::new_with_certs(&[root]),
        lookup: Box::new(Names::default()),
        check,
    }
}

fn fetch(words: &[&str], address: &str) -> Result<Vec<u8>, FetchError> {
    let allowed = Allowed::of(words).unwrap();
    let web = Web::with(
        parts(|_| Ok(())),
        parts(public_or_server),
        Duration::from_secs(10),
    );
    match allowed.target(address)? {
        Target::Web { url, named } => web.fetch(&allowed, (url, named), 1000, &mut |_, _| Ok(())),
        Target::Store(_) => panic!("this is no store"),
    }
}

fn refused(words: &[&str], address: &str) -> String {
    let error = fetch(words, address).unwrap_err();
    assert_eq!(error.kind, FetchErrorKind::NotAllowed, "{error}");
    error.message
}

#[test]
fn names_that_lead_to_private_addresses_are_no_public_ones() {
    let server = Server::start();
    let document = server.at("/document");
    assert_eq!(fetch(&["public"], &document).unwrap(), DOCUMENT);
    let private = format!("https://private.test:{}/document", server.port);
    assert!(refused(&["public"], &private).contains("not public (private)"));
    for location in [
        "https://private.test/document",
        "https://127.0.0.2/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
    ] {
        let words = refused(&["public"], &server.at(&format!("/to/{location}")));
        assert!(words.contains("not public"), "{location}: {words}");
    }
    let plain = server.at("/to/http://files.test/document");
    assert!(refused(&["public"], &plain).contains("which leads to http://files.test"));
}

#[test]
fn each_redirect_is_asked_by_who_may() {
    let server = Server::start();
    let place = server.at("/");
    let public = format!("https://mixed.test:{}/document", server.port);
    let start = server.at(&format!("/to/{public}"));
    assert!(refused(&[&place], &start).contains("--fetch-from"));
    // Of the addresses of that name one is private, and only whoever asks the public passes it over.
    assert_eq!(fetch(&[&place, "public"], &start).unwrap(), DOCUMENT);
    let private = server.at("/to/https://private.test/document");
    assert!(refused(&[&place, "public"], &private).contains("not public (private)"));
}
