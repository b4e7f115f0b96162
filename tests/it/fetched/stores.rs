//! Objects of a store, by their addresses.

use std::time::Duration;

use provscan::sources::{
    Allowed, Fetch as _, FetchError, FetchErrorKind as Kind, Fetcher, StoreSettings,
};

use super::store::KNOWN;
use crate::sources::stores::moto::{KEY_ID, Moto, SECRET};
use crate::support::Sample;

fn fetcher(endpoint: &str, key: &str) -> Fetcher {
    let settings = [
        ("endpoint", endpoint),
        ("aws_access_key_id", key),
        ("aws_secret_access_key", SECRET),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let allowed = Allowed::of(&["s3://set/in/"]).unwrap();
    Fetcher::new(
        allowed,
        StoreSettings::new(settings),
        Duration::from_secs(5),
    )
    .unwrap()
}

/// What was fetched, with the room that was taken for it.
type Fetched = (Vec<u8>, Vec<(u64, u64)>);

fn fetch(fetcher: &Fetcher, address: &str, most: u64) -> Result<Fetched, FetchError> {
    let mut taken = Vec::new();
    let bytes = fetcher.fetch(address, most, &mut |now, most| {
        taken.push((now, most));
        Ok(())
    });
    Ok((bytes?, taken))
}

#[test]
fn an_object_is_read_within_the_limit() {
    let Some(moto) = Moto::start() else { return };
    let image = Sample::open(KNOWN).bytes;
    let length = image.len() as u64;
    moto.put("set", "");
    moto.put("set/in/a.jpg", &image);
    moto.put("set/in/empty", "");
    moto.put("set/secret.jpg", &image);
    let store = fetcher(&moto.endpoint, KEY_ID);
    let (bytes, taken) = fetch(&store, "s3://set/in/a.jpg", length).unwrap();
    assert_eq!((bytes, taken), (image, vec![(length, length)]));
    assert!(fetch(&store, "s3://set/in/empty", 9).unwrap().0.is_empty());
    for (address, most, kind) in [
        ("s3://set/in/a.jpg", length - 1, Kind::TooLarge),
        ("s3://set/in/none.jpg", length, Kind::Unanswered),
        ("s3://set/secret.jpg", length, Kind::NotAllowed),
        ("s3://set/in/../secret.jpg", length, Kind::NotAllowed),
        ("s3://set/in/", length, Kind::NotAllowed),
        ("gs://set/in/a.jpg", length, Kind::NotAllowed),
    ] {
        let error = fetch(&store, address, most).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(
            error.message.starts_with("s3://set/") || kind == Kind::NotAllowed,
            "{error}"
        );
    }
}

#[test]
fn a_store_that_is_slow_or_away_is_left() {
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let deaf = format!("http://{}", deaf.local_addr().unwrap());
    let settings = [("endpoint", deaf.as_str()), ("aws_skip_signature", "true")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let allowed = Allowed::of(&["s3://set"]).unwrap();
    let settings = StoreSettings::new(settings);
    let slow = Fetcher::new(allowed, settings, Duration::from_millis(300)).unwrap();
    let error = fetch(&slow, "s3://set/a.jpg", 9).unwrap_err();
    // Whether nobody listens, or nobody answers, is told by the clock.
    assert!(
        [Kind::TooSlow, Kind::Unanswered].contains(&error.kind),
        "{error}"
    );
    let nobody = fetch(&fetcher("nonsense", KEY_ID), "s3://set/in/a.jpg", 9).unwrap_err();
    assert_eq!(nobody.kind, Kind::Unanswered);
    assert!(!nobody.message.contains("nonsense") && !nobody.message.contains(KEY_ID));
}
