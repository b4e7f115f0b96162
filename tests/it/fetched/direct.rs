//! Fetching by itself.

use std::net::TcpListener;
use std::time::Duration;

use provscan::sources::{
    Allowed, Fetch as _, FetchError, FetchErrorKind as Kind, Fetcher, StoreSettings,
};

use super::store::{KNOWN, Store};
use crate::support::Sample;

/// Longer than any of these takes.
const LIMIT: u64 = 1 << 20;

fn fetcher(words: &[&str], time: Duration) -> Fetcher {
    let allowed = Allowed::of(words).unwrap();
    Fetcher::new(allowed, StoreSettings::default(), time).unwrap()
}

fn fetch(fetcher: &Fetcher, address: &str, most: u64) -> Result<Vec<u8>, FetchError> {
    fetcher.fetch(address, most, &mut |_, _| Ok(()))
}

/// How it is refused, by a fetcher from the store alone.
fn refused(store: &Store, path: &str) -> FetchError {
    refused_within(store, path, Duration::from_secs(60))
}

fn refused_within(store: &Store, path: &str, time: Duration) -> FetchError {
    let fetcher = fetcher(&[&store.place()], time);
    let error = fetch(&fetcher, &store.at(path), LIMIT);
    let error = error.err().unwrap_or_else(|| panic!("{path} is fetched"));
    assert!(!error.message.contains("SECRET"), "{error}");
    assert!(error.message.starts_with("http://127.0.0.1"), "{error}");
    error
}

#[test]
fn an_image_arrives_whole_up_to_the_limit_itself() {
    let store = Store::start();
    let fetcher = fetcher(&[&store.place()], Duration::from_secs(20));
    let image = Sample::open(KNOWN).bytes;
    let length = image.len() as u64;
    let again = format!("to/!images!known.jpg?sig={}", "x".repeat(9));
    for path in ["known.jpg?sig=SECRET", "chunked", &again, "to/..!known.jpg"] {
        for limit in [length, u64::MAX] {
            assert_eq!(
                fetch(&fetcher, &store.at(path), limit).unwrap(),
                image,
                "{path}"
            );
        }
        let error = fetch(&fetcher, &store.at(path), length - 1).unwrap_err();
        assert_eq!(error.kind, Kind::TooLarge, "{error}");
        assert!(
            error.message.contains("--max-bytes") && !error.message.contains("sig"),
            "{error}"
        );
    }
    // The query is asked for, and nothing that was not said: no cookies, no credentials, no referrer.
    assert_eq!(store.paths()[0], "/images/known.jpg?sig=SECRET");
    for request in store.asked() {
        let mut lines: Vec<String> = request
            .trim_end()
            .lines()
            .skip(1)
            .map(str::to_lowercase)
            .collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "accept-encoding: identity".to_owned(),
                "accept: */*".to_owned(),
                format!("host: 127.0.0.1:{}", store.port),
                concat!("user-agent: provscan/", env!("CARGO_PKG_VERSION")).to_owned(),
            ]
        );
    }
}

#[test]
fn servers_that_misbehave_are_left() {
    let store = Store::start();
    for (path, kind) in [
        ("lying", Kind::TooLarge),
        ("endless", Kind::TooLarge),
        ("cut", Kind::Unanswered),
        ("more", Kind::Unanswered),
        ("headers", Kind::Unanswered),
        ("compressed", Kind::Unanswered),
        ("missing", Kind::Unanswered),
        ("gone", Kind::Unanswered),
        ("forbidden", Kind::Unanswered),
        ("broken", Kind::Unanswered),
        ("nowhere", Kind::Unanswered),
        ("loop", Kind::Unanswered),
    ] {
        let error = refused(&store, path);
        assert_eq!(error.kind, kind, "{path}: {error}");
    }
    for path in ["slow", "silent", "to/!images!silent"] {
        let error = refused_within(&store, path, Duration::from_millis(600));
        assert_eq!(error.kind, Kind::TooSlow, "{path}: {error}");
    }
    assert!(refused(&store, "missing").message.contains("404"));
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let place = format!("http://127.0.0.1:{port}/");
    let error = fetch(&fetcher(&[&place], Duration::from_secs(20)), &place, LIMIT).unwrap_err();
    assert_eq!(error.kind, Kind::Unanswered, "{error}");
}

#[test]
fn a_redirect_leads_only_to_what_may_be_asked_for() {
    let store = Store::start();
    let other = Store::start();
    let outside = [
        "!secret!a.jpg".to_owned(),
        "!images!..%2fsecret!a.jpg".to_owned(),
        "..!..!..!secret!a.jpg".to_owned(),
        format!("http:!!127.0.0.1:{}!images!known.jpg", other.port),
        format!("http:!!localhost:{}!images!known.jpg", store.port),
        format!("http:!!u:word@127.0.0.1:{}!images!known.jpg", store.port),
        "http:!!169.254.169.254!latest!meta-data".to_owned(),
        "https:!!127.0.0.1!images!known.jpg".to_owned(),
        "file:!!!etc!passwd".to_owned(),
        "s3:!!bucket!images!a".to_owned(),
    ];
    for location in &outside {
        let error = refused(&store, &format!("to/{location}"));
        assert_eq!(error.kind, Kind::NotAllowed, "{location}: {error}");
        assert!(error.message.contains("which leads to"), "{error}");
    }
    assert_eq!(store.asked().len(), outside.len());
    assert!(other.asked().is_empty());
}

#[test]
fn room_is_taken_before_bytes_are_held() {
    let store = Store::start();
    let fetcher = fetcher(&[&store.place()], Duration::from_secs(20));
    for (path, announced) in [("long", true), ("known.jpg", true), ("chunked", false)] {
        let mut taken = Vec::new();
        let mut room = |now, most| {
            taken.push((now, most));
            Ok(())
        };
        let bytes = fetcher.fetch(&store.at(path), LIMIT, &mut room).unwrap();
        let most = if announced { bytes.len() as u64 } else { LIMIT };
        assert!(
            taken.iter().all(|(_, all)| *all == most),
            "{path}: {taken:?}"
        );
        assert!(taken.is_sorted() && taken.last().unwrap().0 >= bytes.len() as u64);
        assert!(
            !announced || taken.last().unwrap().0 == most,
            "{path}: {taken:?}"
        );
    }
    let full = || FetchError::new(Kind::NoRoom, "full");
    let error = fetcher.fetch(&store.at("endless"), u64::MAX, &mut |now, _| {
        (now < 1 << 20).then_some(()).ok_or_else(full)
    });
    assert_eq!(error.unwrap_err(), full());
}

#[test]
fn what_is_not_allowed_is_not_asked_for() {
    let store = Store::start();
    let fetcher = fetcher(&[&store.place()], Duration::from_secs(20));
    let port = store.port;
    for address in [
        format!("http://127.0.0.1:{port}/secret/a.jpg"),
        format!("http://127.0.0.1:{port}/images/../secret/a.jpg"),
        format!("http://127.0.0.1:{port}/images/..%2fsecret/a.jpg"),
        format!("http://localhost:{port}/images/known.jpg"),
        format!("http://[::1]:{port}/images/known.jpg"),
        format!("http://user@127.0.0.1:{port}/images/known.jpg"),
        format!("https://127.0.0.1:{port}/images/known.jpg"),
    ] {
        assert_eq!(
            fetch(&fetcher, &address, LIMIT).unwrap_err().kind,
            Kind::NotAllowed
        );
        assert_eq!(fetcher.check(&address).unwrap_err().kind, Kind::NotAllowed);
    }
    assert!(store.asked().is_empty());
}

#[test]
fn anything_public_is_nothing_private() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let public = fetcher(&["public"], Duration::from_secs(20));
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "192.168.0.1",
        "100.64.0.1",
    ] {
        let address = format!("https://{host}:{port}/a?sig=SECRET");
        let error = fetch(&public, &address, LIMIT).unwrap_err();
        assert_eq!(error.kind, Kind::NotAllowed, "{host}: {error}");
        assert!(error.message.contains("not public"), "{host}: {error}");
        assert!(!error.message.contains("SECRET"), "{error}");
    }
    for address in [format!("http://127.0.0.1:{port}/"), "http://a.test/".into()] {
        assert_eq!(
            fetch(&public, &address, LIMIT).unwrap_err().kind,
            Kind::NotAllowed
        );
    }
    assert!(listener.accept().is_err(), "somebody was asked");
}
