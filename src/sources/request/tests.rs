use super::*;
use crate::fingerprints::MD5;
use crate::fingerprints::pdq::Pdq;

fn parse(json: &str) -> Result<Request, RequestError> {
    Request::parse(json.as_bytes(), &Limits::default())
}

fn error(json: &str) -> String {
    parse(json).unwrap_err().message
}

#[test]
fn every_form_is_read() {
    let path = parse(r#"{"id":"a","path":"b/c.jpg"}"#).unwrap();
    assert_eq!(path.about, About::Path("b/c.jpg".into()));
    assert_eq!(path.name().to_text(), "b/c.jpg");
    let bytes = parse(r#"{"bytes_base64":"aGVsbG8=","id":"\u0061\n"}"#).unwrap();
    assert_eq!(bytes.about, About::Bytes(b"hello".to_vec()));
    assert_eq!(bytes.id, Some("a\n".into()));
    for number in ["7", "-7", "18446744073709551615"] {
        let numbered = parse(&format!(r#"{{"path":"a","id":{number}}}"#)).unwrap();
        assert!(matches!(numbered.id, Some(Id::Number(_))));
        assert_eq!(numbered.id.unwrap().to_string(), number);
    }
    let unpadded = parse(r#"{"bytes_base64":"aGVsbG8"}"#).unwrap();
    assert_eq!((unpadded.about, unpadded.id), (bytes.about, None));
    let hashes = format!(
        r#"{{"pdq":"{}","quality":7,"md5":"{}"}}"#,
        "0f".repeat(32),
        "ab".repeat(16)
    );
    let About::Hashes(prints) = parse(&hashes).unwrap().about else {
        panic!("these are hashes");
    };
    assert_eq!(prints.own().fingerprints()[0].kind(), MD5);
    let turned = prints.own().turned().unwrap();
    assert_eq!(turned.full.unwrap().quality, 7);
    assert_eq!(turned.full.unwrap().hashes[0], Pdq([0x0f; 32]));
    let address = parse(r#"{"url":"https://u:w@a.test/b?sig=c","id":"d"}"#).unwrap();
    assert_eq!(address.name().to_text(), "https://a.test/b");
    let About::Address(address) = address.about else {
        panic!("this is an address");
    };
    assert_eq!(address, "https://u:w@a.test/b?sig=c");
}

#[test]
fn what_is_wrong_is_named_and_not_quoted() {
    assert!(error("").starts_with("it is no JSON object"));
    assert!(error("[]").starts_with("it is no JSON object"));
    assert!(error(r#"{"path":"a"}x"#).starts_with("it is no JSON object"));
    assert_eq!(error(r#"{"pth":"a"}"#), "the field `pth` is not known");
    assert_eq!(error(r#"{"path":1}"#), "`path` is no text");
    assert_eq!(
        error(r#"{"md5":"ab"}"#),
        "`md5`: 2 hex digits, a md5 hash has 32"
    );
    assert_eq!(
        error(r#"{"bytes_base64":"!?"}"#),
        "`bytes_base64` is no Base64"
    );
    assert!(error(r#"{"path":"a","path":"b"}"#).contains("twice"));
    assert!(error(r#"{"path":"a","bytes_base64":""}"#).contains("more than one"));
    assert!(error(r#"{"id":"x"}"#).contains("nothing to look at"));
    assert!(error(r#"{"path":"a","quality":3}"#).contains("`quality`"));
    let both = format!(r#"{{"path":"a","md5":"{}"}}"#, "ab".repeat(16));
    assert!(error(&both).contains("an image and hashes"));
    let refused = parse(r#"{"pth":"a","id":"seven"}"#).unwrap_err();
    assert_eq!(refused.id, Some("seven".into()));
    let numbered = parse(r#"{"pth":"a","id":7}"#).unwrap_err();
    assert_eq!(numbered.id, Some(7.into()));
    for other in ["null", "true", "[1]", "1.5", "18446744073709551616"] {
        let other = format!(r#"{{"path":"a","id":{other}}}"#);
        assert_eq!(error(&other), "`id` is no text and no whole number");
    }
    let long = format!(r#"{{"id":"{}","path":"a"}}"#, "x".repeat(MAX_ID + 1));
    assert!(error(&long).contains("`id` has 1025 bytes"));
}

#[test]
fn bytes_are_within_the_limit() {
    let limits = Limits {
        max_bytes: 4,
        ..Limits::default()
    };
    let parse = |json: &str| Request::parse(json.as_bytes(), &limits);
    assert!(parse(r#"{"bytes_base64":"aGVsbA=="}"#).is_ok());
    let fault = parse(r#"{"bytes_base64":"aGVsbG8="}"#).unwrap_err();
    assert!(fault.message.contains("--max-bytes"), "{fault}");
    assert!(Request::raw(None, vec![0; 5], &limits).is_err());
}

#[test]
fn nothing_outside_the_root_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (root, out) = (folder.path().join("root"), folder.path().join("out.jpg"));
    std::fs::create_dir(&root).unwrap();
    std::fs::write(&out, b"x").unwrap();
    std::fs::write(root.join("in.jpg"), b"x").unwrap();
    let allowed = Root::new(&root).unwrap();
    assert!(allowed.find("in.jpg").unwrap().ends_with("in.jpg"));
    assert!(allowed.find("./in.jpg").is_ok());
    for path in [
        "../out.jpg",
        "a/../../out.jpg",
        "",
        "in.jpg\0",
        "/etc/passwd",
    ] {
        assert_eq!(
            allowed.find(path).unwrap_err().kind,
            FaultKind::Unsupported,
            "{path:?}"
        );
    }
    assert_eq!(
        allowed.find("none.jpg").unwrap_err().kind,
        FaultKind::Unreadable
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&out, root.join("link.jpg")).unwrap();
        std::os::unix::fs::symlink(folder.path(), root.join("up")).unwrap();
        std::os::unix::fs::symlink(&out, root.join("in.c2pa")).unwrap();
        for path in ["link.jpg", "up/out.jpg", "in.jpg"] {
            let fault = allowed.find(path).unwrap_err();
            assert!(fault.message.contains("a link leads out"), "{path}");
        }
    }
}
