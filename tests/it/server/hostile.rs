//! Who means harm: slow, oversized, forged, unknown or too many.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::{Service, read};
use crate::support::{Folder, provscan_with};

pub(super) const TOKEN: &str = "a-token-that-nobody-guesses";

pub(super) fn head(service: &Service, rest: &str) -> String {
    format!(
        "POST /v1/check HTTP/1.1\r\nHost: {}\r\nContent-Type: image/png\r\n{rest}\r\n",
        service.address
    )
}

#[test]
fn slow_heads_and_bodies_are_given_up() {
    let service = Service::start(&["--read-time", "1"]);
    let mut slow_head = service.connect();
    slow_head
        .write_all(b"POST /v1/check HTTP/1.1\r\nHo")
        .unwrap();
    let mut slow_body = service.connect();
    slow_body
        .write_all(head(&service, "Content-Length: 1000\r\n").as_bytes())
        .unwrap();
    let began = Instant::now();
    let answer = read(&mut slow_body);
    assert_eq!(answer.status, 408);
    let mut rest = Vec::new();
    let _ = slow_head.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(30));
    assert_eq!(service.get("/healthz").status, 200);
    // Drop by drop is no faster.
    let mut drops = service.connect();
    drops
        .write_all(head(&service, "Content-Length: 1000\r\n").as_bytes())
        .unwrap();
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(100));
        if drops.write_all(b"x").is_err() {
            break;
        }
    }
    assert_eq!(read(&mut drops).status, 408);
}

#[test]
fn bodies_beyond_the_limit_are_refused_stated_or_not() {
    let service = Service::start(&["--max-bytes", "1000"]);
    assert_eq!(service.check(&[0; 1000]).status, 200);
    assert_eq!(service.check(&[0; 1001]).status, 413);
    assert_eq!(
        service
            .send(head(&service, "Content-Length: 99999999999\r\n").as_bytes())
            .status,
        413
    );
    assert_eq!(
        service
            .send(head(&service, "Content-Length: -1\r\n").as_bytes())
            .status,
        400
    );
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let chunked = head(
        &service,
        "Transfer-Encoding: chunked\r\nConnection: close\r\n",
    );
    assert_eq!(
        service
            .send(format!("{chunked}{chunk}{chunk}0\r\n\r\n").as_bytes())
            .status,
        413
    );
    assert_eq!(
        service
            .send(format!("{chunked}3\r\nabc\r\n0\r\n\r\n").as_bytes())
            .status,
        200
    );
    assert_eq!(
        service.send(format!("{chunked}zz\r\n").as_bytes()).status,
        400
    );
}

#[test]
fn wrong_types_are_refused() {
    let service = Service::start(&[]);
    for media in [
        "text/html",
        "application/x-www-form-urlencoded",
        "application/json",
        "",
    ] {
        let header = format!("Content-Type: {media}");
        assert_eq!(
            service.ask("POST", "/v1/check", &[&header], b"x").status,
            415,
            "{media}"
        );
    }
    let hashes = b"{\"md5\": \"00000000000000000000000000000000\"}";
    for media in ["text/plain", "multipart/form-data; boundary=x"] {
        let header = format!("Content-Type: {media}");
        assert_eq!(
            service.ask("POST", "/v1/match", &[&header], hashes).status,
            415,
            "{media}"
        );
    }
}

#[test]
fn forged_hosts_and_pages_from_elsewhere_are_refused() {
    let service = Service::start(&["--allow-host", "Scan.Example"]);
    let ask = |hosts: &str| {
        service
            .send(format!("GET /v1/lists HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n").as_bytes())
    };
    for good in [
        "Host: localhost\r\n",
        "Host: scan.example:1\r\n",
        "Host: 127.0.0.1\r\nOrigin: http://localhost:9\r\n",
    ] {
        assert_eq!(ask(good).status, 200, "{good}");
    }
    for (bad, status) in [
        ("Host: evil.example\r\n", 421),
        ("Host: 127.0.0.1.evil.example\r\n", 421),
        ("Host: 10.1.2.3\r\n", 421),
        ("Host: \r\n", 421),
        ("", 400),
        ("Host: localhost\r\nHost: evil.example\r\n", 400),
        ("Host: localhost\r\nOrigin: https://evil.example\r\n", 403),
        ("Host: localhost\r\nOrigin: null\r\n", 403),
    ] {
        assert_eq!(ask(bad).status, status, "{bad}");
    }
    let absolute =
        "GET http://evil.example/v1/lists HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(service.send(absolute.as_bytes()).status, 421);
    let answer = ask("Host: localhost\r\nOrigin: http://localhost\r\n");
    assert!(
        !answer.head.to_lowercase().contains("access-control"),
        "{answer:?}"
    );
}

#[test]
fn no_path_leads_to_a_file() {
    let service = Service::start(&[]);
    for path in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/v1/../Cargo.toml",
        "//etc/passwd",
        "/samples/README.md",
        "/%2e%2e/%2e%2e/etc/passwd",
    ] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
    let record = service
        .ask(
            "POST",
            "/v1/check?id=../../etc/passwd",
            &["Content-Type: image/png"],
            b"x",
        )
        .json();
    assert_eq!(record["bytes"], 1);
    assert_eq!(service.get("/h/hash?url=file:///etc/passwd").status, 403);
    assert_eq!(service.get("/m/lookup?url=http://127.0.0.1/").status, 403);
}

#[test]
fn broken_heads_end_the_connection_and_nothing_else() {
    let service = Service::start(&[]);
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(1000));
    for request in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        &long,
        &many,
        "\x16\x03\x01\x02\x00\x01\x00",
    ] {
        let mut stream = service.connect();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    // A request that is smuggled in behind two lengths is not looked at.
    let two = head(
        &service,
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n",
    );
    let answer = service.send(format!("{two}0\r\n\r\n").as_bytes());
    assert!(
        answer.status == 400 || answer.json()["bytes"] == 0,
        "{answer:?}"
    );
    assert_eq!(service.get("/healthz").status, 200);
}

#[test]
fn only_who_shows_a_token_is_answered() {
    let folder = Folder::new();
    let tokens = folder.put("tokens", format!("# ours\n{TOKEN}\n"));
    let service = Service::start(&["--tokens", tokens.to_str().unwrap()]);
    let ask = |header: &str| service.ask("GET", "/v1/lists", &[header], b"");
    let missing = ask("X: y");
    assert_eq!(missing.status, 401);
    assert!(
        missing
            .head
            .to_lowercase()
            .contains("www-authenticate: bearer")
    );
    assert_eq!(
        ask("Authorization: Bearer another-token-altogether").status,
        403
    );
    assert_eq!(ask(&format!("Authorization: Bearer {TOKEN}")).status, 200);
    for path in ["/metrics", "/v1/lists", "/nowhere"] {
        assert_eq!(service.get(path).status, 401, "{path}");
    }
    for path in ["/healthz", "/readyz", "/", "/openapi.json"] {
        assert_eq!(service.get(path).status, 200, "{path}");
    }
    assert_eq!(service.check(b"x").status, 401);
    let log = service.log_with("\"status\":403");
    assert!(
        log.contains("\"status\":403") && !log.contains("another-token") && !log.contains(TOKEN),
        "{log}"
    );
}

#[test]
fn it_does_not_start_where_anyone_could_ask() {
    for (arguments, says) in [
        (&["--listen", "0.0.0.0:0"][..], "--tokens"),
        (
            &["--listen", "127.0.0.1:0", "--tokens", "/nonexistent"],
            "/nonexistent",
        ),
        (
            &[
                "--listen",
                "127.0.0.1:0",
                "--list",
                "samples/lists/bad-line.csv",
            ],
            "bad-line.csv",
        ),
        (
            &["--listen", "127.0.0.1:0", "--passphrase-file", "-"],
            "--passphrase-file",
        ),
    ] {
        let ran = provscan_with(["serve"].iter().chain(arguments));
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}
