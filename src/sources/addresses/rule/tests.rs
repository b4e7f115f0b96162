//! Addresses as strangers write them.

use super::*;

fn allowed(words: &[&str]) -> Allowed {
    Allowed::of(words).unwrap()
}

fn refused(allowed: &Allowed, address: &str) -> String {
    let error = allowed.target(address);
    let error = error
        .err()
        .unwrap_or_else(|| panic!("{address} is allowed"));
    assert_eq!(error.kind, FetchErrorKind::NotAllowed);
    error.message
}

/// What is asked for in the end.
fn asked(allowed: &Allowed, address: &str) -> String {
    match allowed.target(address) {
        Ok(Target::Web { url, .. }) => url.into(),
        Ok(Target::Store(address)) => address,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn what_lies_below_a_place_is_allowed() {
    let one = allowed(&["https://media.example.com/images/"]);
    for (address, expected) in [
        ("https://media.example.com/images/a.jpg", "/images/a.jpg"),
        (
            "https://media.example.com:443/images/a.jpg",
            "/images/a.jpg",
        ),
        ("HTTPS://MEDIA.Example.COM/images/a.jpg", "/images/a.jpg"),
        (
            "https://media.example.com/images/a.jpg#part",
            "/images/a.jpg",
        ),
        (
            "https://media.example.com/images/a.jpg?sig=x",
            "/images/a.jpg?sig=x",
        ),
        (
            "https://media.example.com/x/../images/a.jpg",
            "/images/a.jpg",
        ),
        (
            "https://media.example.com/images/b%2Fa.jpg",
            "/images/b%2Fa.jpg",
        ),
        (
            "https://media.example.com/images/100%25.jpg",
            "/images/100%25.jpg",
        ),
        (
            "https://media.example.com/images/..a..jpg",
            "/images/..a..jpg",
        ),
        (
            "https://media.example.com/images/é.jpg",
            "/images/%C3%A9.jpg",
        ),
        ("https://media。example.com/images/a.jpg", "/images/a.jpg"),
    ] {
        let whole = format!("https://media.example.com{expected}");
        assert_eq!(asked(&one, address), whole, "{address}");
    }
    let punycode = allowed(&["https://bücher.example/"]);
    assert!(punycode.target("https://xn--bcher-kva.example/a").is_ok());
    assert!(punycode.target("https://BÜCHER.example/a").is_ok());
    let named = allowed(&["http://127.0.0.1:8000/a"]);
    for address in [
        "http://127.0.0.1:8000/a",
        "http://127.0.0.1:8000/a/b",
        // Other spellings of the address that was named.
        "http://2130706433:8000/a/b",
        "http://0177.0.0.1:8000/a/b",
    ] {
        assert!(named.target(address).is_ok(), "{address}");
    }
}

#[test]
fn nothing_else_is() {
    let one = allowed(&["https://media.example.com/images/"]);
    for address in [
        "",
        "a.jpg",
        "/etc/passwd",
        "//media.example.com/images/a.jpg",
        "https:media.example.com/images/a.jpg",
        "https:/media.example.com/images/a.jpg",
        "https:///media.example.com/images/a.jpg",
        "https:\\\\media.example.com\\images\\a.jpg",
        "file:///etc/passwd",
        "ftp://media.example.com/images/a.jpg",
        "gopher://media.example.com/images/a.jpg",
        "data:image/png,https://media.example.com/images/",
        "javascript://media.example.com/images/",
        "blob:https://media.example.com/images/a.jpg",
        "s3://media.example.com/images/a.jpg",
        "http://media.example.com/images/a.jpg",
        "http://media.example.com:443/images/a.jpg",
        "https://media.example.com:8443/images/a.jpg",
        "https://media.example.com:80/images/a.jpg",
        "https://media.example.com/",
        "https://media.example.com/images",
        "https://media.example.com/images-secret/a.jpg",
        "https://media.example.com/Images/a.jpg",
        "https://media.example.com//images/a.jpg",
        "https://media.example.com/a?/images/a.jpg",
        "https://media.example.com/a#/images/a.jpg",
        "https://example.com/images/a.jpg",
        "https://evil.media.example.com/images/a.jpg",
        "https://media.example.com.evil.test/images/a.jpg",
        "https://media.example.com@evil.test/images/a.jpg",
        "https://evil.test@media.example.com/images/a.jpg",
        "https://user:word@media.example.com/images/a.jpg",
        "https://@media.example.com/images/a.jpg",
        "https://media.example.com:443@evil.test/images/a.jpg",
        "https://media.example.com%40evil.test/images/a.jpg",
        "https://media.example.com\\@evil.test/images/a.jpg",
        "https://evil.test\\@media.example.com/images/a.jpg",
        "https://evil.test#@media.example.com/images/a.jpg",
        "https://evil.test?@media.example.com/images/a.jpg",
        "https://evil.test/https://media.example.com/images/a.jpg",
        "https://media.example.com./images/a.jpg",
        "https://media.example.com%2eevil.test/images/a.jpg",
        "https://media.example.com%00.evil.test/images/a.jpg",
        "https://media.example.com:x/images/a.jpg",
        "https://media.example.com:99999/images/a.jpg",
        "https://media.example.com /images/a.jpg",
        " https://media.example.com/images/a.jpg",
        "https://media.example.com/images/a.jpg\n",
        "https://media.exa\tmple.com/images/a.jpg",
        "https://media.example.com/ima\r\nges/a.jpg",
        "https://media.example.com/images/\0",
        "https://mediа.example.com/images/a.jpg",
        "https://127.0.0.1/images/a.jpg",
        "https://2130706433/images/a.jpg",
        "https://0x7f000001/images/a.jpg",
        "https://0177.0.0.1/images/a.jpg",
        "https://169.254.169.254/images/a.jpg",
        "https://[::1]/images/a.jpg",
        "https://[::ffff:127.0.0.1]/images/a.jpg",
        "https://[fe80::1%25eth0]/images/a.jpg",
        "https://localhost/images/a.jpg",
    ] {
        refused(&one, address);
    }
    let long = format!("https://media.example.com/images/{}", "a".repeat(5000));
    assert!(refused(&one, &long).contains("4096 are the limit"));
    refused(
        &Allowed::default(),
        "https://media.example.com/images/a.jpg",
    );
}

#[test]
fn nothing_climbs_out_of_a_place() {
    let one = allowed(&["https://media.example.com/images/"]);
    for path in [
        "../secret",
        "a/../../secret",
        "./../secret",
        "%2e%2e/secret",
        "%2E%2e/secret",
        ".%2e/secret",
        "%2e./secret",
        "..%2fsecret",
        "..%2Fsecret",
        "%2e%2e%2fsecret",
        "a%2f..%2f..%2fsecret",
        "%252e%252e%252fsecret",
        "%252e%252e/secret",
        "%25252e%25252e/secret",
        "..%5csecret",
        "..%5Csecret",
        "%2e%2e%5csecret",
        "..\\secret",
        "..%255csecret",
        "..;/secret",
        "..;a=b/secret",
        "%2e%2e;/secret",
        "a%00.jpg",
        "a%0d%0aHost:%20evil",
        "%c0%ae%c0%ae/secret",
        "%e0%80%ae%e0%80%ae/secret",
        "%2525252525252e",
    ] {
        refused(&one, &format!("https://media.example.com/images/{path}"));
    }
    // A place that ends without a slash ends with a name.
    let bare = allowed(&["https://media.example.com/images"]);
    refused(&bare, "https://media.example.com/images-secret/a");
    refused(&bare, "https://media.example.com/images%2f..%2fsecret");
    refused(&bare, "https://media.example.com/images;a=b/../secret");
    assert!(bare.target("https://media.example.com/images/a").is_ok());
}

#[test]
fn stores_are_compared_by_bucket_and_name() {
    let stores = allowed(&["s3://bucket/in", "gs://other", "az://box/"]);
    for address in [
        "s3://bucket/in/a.jpg",
        "s3://bucket/in/b/a%20b.jpg",
        "gs://other/a",
        "az://box/a/b",
    ] {
        assert_eq!(asked(&stores, address), address);
    }
    for address in [
        "s3://bucket/a.jpg",
        "s3://bucket/in-other/a.jpg",
        "s3://bucket/in/../a.jpg",
        "s3://bucket/in/%2e%2e/a.jpg",
        "s3://bucket/in/./a.jpg",
        "s3://bucket/in/",
        "s3://bucket/in/a?versionId=1",
        "s3://bucket/in/a#b",
        "s3://BUCKET/in/a.jpg",
        "S3://bucket/in/a.jpg",
        "s3://bucket:80/in/a.jpg",
        "s3://a@bucket/in/a.jpg",
        "s3://bucket.evil/in/a.jpg",
        "s3:///bucket/in/a.jpg",
        "gs://bucket/in/a.jpg",
        "gs://other",
        "gs://other/",
        "az://box",
        "https://bucket/in/a.jpg",
    ] {
        refused(&stores, address);
    }
}

#[test]
fn anything_public_is_over_https() {
    let public = allowed(&["public", "http://127.0.0.1:80/a/"]);
    let named = |address: &str| match public.target(address) {
        Ok(Target::Web { named, .. }) => Some(named),
        _ => None,
    };
    // Whether a server is public is told when its name is looked up.
    assert_eq!(named("https://anywhere.test:8443/a?b"), Some(false));
    assert_eq!(named("https://127.0.0.1/a/b"), Some(false));
    assert_eq!(named("http://127.0.0.1/a/b"), Some(true));
    for address in [
        "http://anywhere.test/",
        "http://127.0.0.1/b",
        "https://anywhere.test./",
        "https://user@anywhere.test/",
        "s3://bucket/a",
        "file:///etc/passwd",
    ] {
        refused(&public, address);
    }
}

#[test]
fn places_are_written_plainly() {
    for word in [
        "",
        "Public",
        "media.example.com",
        "media.example.com/images",
        "https://",
        "https://user:SECRET@media.example.com/",
        "https://media.example.com/?sig=SECRET",
        "https://media.example.com/#a",
        "https://media.example.com./",
        "https://media.example.com/%2e%2e%2f",
        "ftp://media.example.com/",
        "file:///srv",
        "*",
        "https://*.example.com/a",
        "s3://",
        "s3:///a",
        "s3://bucket/../a",
    ] {
        let error = Allowed::of(&[word]).unwrap_err().to_string();
        assert!(
            error.contains("expected") && !error.contains("SECRET"),
            "{error}"
        );
    }
    assert!(!Allowed::of::<&str>(&[]).unwrap().has_web());
}

#[test]
fn a_refusal_tells_no_secret() {
    let one = allowed(&["https://media.example.com/images/"]);
    for address in [
        "https://evil.test/a?sig=SECRET",
        "https://u:SECRET@media.example.com/images/a",
        "https:u:SECRET@media.example.com",
        "https://evil.test/a#SECRET",
    ] {
        let message = refused(&one, address);
        assert!(!message.contains("SECRET"), "{message}");
    }
    assert!(refused(&one, "https://evil.test/a").contains("--fetch-from"));
}

#[cfg(feature = "online")]
#[test]
fn a_redirect_is_held_to_the_same_rule() {
    let one = allowed(&["https://media.example.com/images/"]);
    let from = Url::parse("https://media.example.com/images/a/b?sig=SECRET").unwrap();
    let to = |location| match one.redirect(&from, location) {
        Ok(Target::Web { url, .. }) => Ok(url.to_string()),
        Ok(_) => panic!("{location}"),
        Err(error) => Err(error.message),
    };
    let below = "https://media.example.com/images/";
    assert_eq!(to("c").unwrap(), format!("{below}a/c"));
    assert_eq!(to("../c#d").unwrap(), format!("{below}c"));
    for location in [
        "../../c",
        "/c",
        "//evil.test/images/a",
        "http://media.example.com/images/a",
        "https://u:p@media.example.com/images/a",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "s3://bucket/a",
        "/images/..%2fc",
        "\\\\evil.test\\images\\a",
        "",
    ] {
        match to(location) {
            Ok(url) => assert!(url.starts_with(below), "{location}: {url}"),
            Err(message) => assert!(!message.contains("SECRET"), "{message}"),
        }
    }
    for location in [
        "../../c",
        "//evil.test/images/a",
        "s3://bucket/a",
        "/images/..%2fc",
    ] {
        to(location).unwrap_err();
    }
    assert!(to(&"a".repeat(5000)).is_err());
}

#[test]
fn whatever_is_allowed_lies_below_its_place() {
    use proptest::prelude::*;
    let one = allowed(&["https://media.example.com/images/"]);
    let words = prop::collection::vec(
        prop::sample::select(vec![
            "https://",
            "media.example.com",
            "/",
            "images",
            "..",
            ".",
            "%2e",
            "%2f",
            "%5c",
            "\\",
            "@",
            ":",
            "443",
            "evil.test",
            "?",
            "#",
            ";",
            "%25",
            "a",
            "é",
            "\t",
            "[::1]",
            "http://",
        ]),
        0..14,
    );
    proptest!(|(words in words)| {
        let address = words.concat();
        if let Ok(Target::Web { url, named }) = one.target(&address) {
            prop_assert!(named);
            prop_assert!(url.as_str().starts_with("https://media.example.com/images/"), "{}", url);
            prop_assert!(!climbs(url.path()));
        }
    });
}
