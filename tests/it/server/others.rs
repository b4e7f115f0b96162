//! What other programs ask: HMA's clients, pict-rs, browsers.

use serde_json::json;

use super::Service;
use crate::support::Sample;

fn form(field: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b0\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--b0--\r\n"].concat()
}

#[test]
fn hma_hashes_and_looks_up() {
    let service = Service::start(&[]);
    let media = "Content-Type: multipart/form-data; boundary=b0";
    let image = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    let hashed = service
        .ask("POST", "/h/hash", &[media], &form("photo", &image))
        .json();
    let pdq = hashed["pdq"].as_str().unwrap().to_owned();
    assert_eq!((pdq.len(), hashed.as_object().unwrap().len()), (64, 1));
    let found = service
        .get(&format!("/m/lookup?signal_type=pdq&signal={pdq}"))
        .json();
    let banks = found.as_object().unwrap();
    let (bank, matches) = banks.iter().next().unwrap();
    assert_eq!(
        matches[0],
        json!({"bank_content_id": 1, "distance": "2"}),
        "{found}"
    );
    let by_file = service
        .ask("POST", "/m/lookup", &[media], &form("photo", &image))
        .json();
    assert_eq!(by_file, json!({"pdq": found}));
    let elsewhere = service
        .get(&format!(
            "/m/lookup?signal_type=pdq&banks=OTHER&signal={pdq}"
        ))
        .json();
    assert_eq!(elsewhere, json!({}));
    assert_eq!(
        service
            .get(&format!(
                "/m/lookup?signal_type=pdq&banks=OTHER,{bank}&signal={pdq}"
            ))
            .json(),
        found
    );
    let nothing = service
        .get(&format!(
            "/m/lookup?signal_type=pdq&signal={}",
            "0f".repeat(32)
        ))
        .json();
    assert_eq!(nothing, json!({}));
    for wrong in [
        "/m/lookup",
        "/m/lookup?signal_type=pdq",
        "/m/lookup?signal_type=pdq&signal=zz",
        "/m/lookup?signal_type=clip&signal=00",
        "/h/hash",
    ] {
        let answer = service.get(wrong);
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.json()["message"].is_string());
    }
    assert_eq!(service.get("/status").text(), "I-AM-ALIVE\n");
}

#[test]
fn pict_rs_is_told_by_the_status_what_to_keep() {
    let service = Service::start(&[]);
    let ask = |path: &str, bytes: &[u8]| {
        service
            .ask("POST", path, &["Content-Type: image/jpeg"], bytes)
            .status
    };
    let known = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    assert_eq!(ask("/pict-rs/validate", &known), 422);
    assert_eq!(ask("/pict-rs/validate?reject=block", &known), 200);
    assert_eq!(ask("/pict-rs/validate?reject=nothing", &known), 400);
    assert_eq!(ask("/pict-rs/validate", b"\xff\xd8\xff\xe0\x00"), 422);
}

#[test]
fn the_page_runs_nothing_but_itself() {
    let service = Service::start(&[]);
    let page = service.get("/");
    let head = page.head.to_lowercase();
    let policy = head
        .lines()
        .find(|line| line.starts_with("content-security-policy"))
        .unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && head.contains("x-frame-options: deny"));
    let text = page.text();
    assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("onclick"));
    assert_eq!(text.matches("<script>").count(), 1);
}
