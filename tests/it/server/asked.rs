//! What it is asked for, and answers.

use std::fs;

use provscan::server::{OPENAPI, ROUTES};
use serde_json::{Value, json};

use super::Service;
use crate::support::{Sample, provscan_with, root};

/// The hashes of the known sample.
fn known(kind: &str) -> String {
    let list = fs::read_to_string(root().join("samples/lists/known.csv")).unwrap();
    let line = list
        .lines()
        .find(|line| line.starts_with(&format!("{kind},")));
    line.unwrap().split(',').nth(1).unwrap().to_owned()
}

#[test]
fn a_check_is_the_record_of_the_command_line() {
    let service = Service::start(&[]);
    for path in [
        "known_image/known-1-reencoded.jpg",
        "known_image/known-2-webp.webp",
        "content_credentials/ai-generated.jpg",
    ] {
        let sample = format!("samples/{path}");
        let ran = provscan_with([
            "check",
            &sample,
            "--list",
            "samples/lists/known.csv",
            "--format",
            "jsonl",
        ]);
        let mut expected: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        let answer = service.ask(
            "POST",
            "/v1/check?id=a%20b",
            &["Content-Type: image/jpeg"],
            &fs::read(root().join(&sample)).unwrap(),
        );
        assert_eq!(answer.status, 200);
        expected["path"] = "-".into();
        expected["id"] = "a b".into();
        assert_eq!(answer.json(), expected, "{path}");
    }
}

#[test]
fn an_image_comes_in_a_form_too_with_its_id() {
    let service = Service::start(&[]);
    let image = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    let form = [
        &b"--b0\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nseven\r\n--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"\r\n\r\n"[..],
        &image,
        b"\r\n--b0--\r\n",
    ]
    .concat();
    let media = "Content-Type: multipart/form-data; boundary=b0";
    let record = service.ask("POST", "/v1/check", &[media], &form).json();
    assert_eq!(
        (&record["id"], &record["path"]),
        (&json!("seven"), &json!("passwd"))
    );
    assert_eq!(record["verdict"], "known");
    let header = ["Content-Type: image/jpeg", "X-Request-Id: h-1"];
    assert_eq!(
        service.ask("POST", "/v1/check", &header, &image).json()["id"],
        "h-1"
    );
    let without = b"--b0\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n--b0--\r\n";
    assert_eq!(
        service.ask("POST", "/v1/check", &[media], without).status,
        400
    );
}

#[test]
fn what_is_no_image_is_unchecked_and_never_passes() {
    let service = Service::start(&[]);
    assert_eq!(service.check(b"").status, 400);
    for bytes in [&b"text"[..], b"\xff\xd8\xff\xe0\x00"] {
        let answer = service.check(bytes);
        assert_eq!(
            (answer.status, &answer.json()["verdict"]),
            (200, &json!("unchecked"))
        );
    }
}

#[test]
fn hashes_are_matched_without_an_image() {
    let service = Service::start(&[]);
    let (pdq, md5) = (known("pdq"), known("md5"));
    let one = service
        .matching(&json!({"id": "x", "pdq": pdq, "quality": 100}).to_string())
        .json();
    assert_eq!(
        (&one["id"], &one["verdict"], &one["type"]),
        (&json!("x"), &json!("known"), &json!("match"))
    );
    let detail = &one["evidence"][0]["detail"];
    assert_eq!(
        (&detail["entry"], &detail["distance"]),
        (&json!("example-1"), &json!(0))
    );
    let several = json!([{"md5": md5, "id": 7}, {"sha256": "0".repeat(64)}, {"pdq-512": pdq}, {"photodna": "0".repeat(288)}]);
    let several = service.matching(&several.to_string()).json();
    let verdicts: Vec<&str> = several
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["verdict"].as_str().unwrap())
        .collect();
    // No list holds hashes of the last kind, so nothing is known of it.
    assert_eq!(verdicts, ["known", "no-evidence", "known", "unchecked"]);
    assert_eq!(
        (&several[0]["id"], &several[3]["action"]),
        (&json!(7), &json!("review"))
    );
    let poor = service
        .matching(&json!({"pdq": pdq, "quality": 10}).to_string())
        .json();
    assert_eq!(poor["verdict"], "unchecked");
    assert!(poor["errors"][0].to_string().contains("too poor a quality"));
}

#[test]
fn wrong_hashes_are_refused_without_a_quote() {
    let service = Service::start(&[]);
    for (body, says) in [
        ("{", "no JSON"),
        ("7", "an object or an array"),
        ("{}", "no hash"),
        ("{\"pdq\": \"abc\"}", "hex digits"),
        ("{\"feedbeef\": \"abc\"}", "no kind of hash"),
        ("{\"md5\": 7}", "text was expected"),
        (
            "[{\"md5\": \"00000000000000000000000000000000\"}, 7]",
            "item 2",
        ),
        (
            "{\"quality\": 101, \"md5\": \"00000000000000000000000000000000\"}",
            "0 to 100",
        ),
    ] {
        let answer = service.matching(body);
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 400, "{body}");
        assert!(
            error.contains(says) && !error.contains("abc") && !error.contains("feed"),
            "{error}"
        );
    }
}

#[test]
fn lists_readiness_and_metrics_tell_how_things_stand() {
    let service = Service::start(&[]);
    let lists = service.get("/v1/lists").json();
    assert_eq!(
        (&lists[0]["kind"], &lists[0]["hashes"]["pdq"]["threshold"]),
        (&json!("known-bad"), &json!(31))
    );
    assert_eq!(lists[0]["digest"].as_str().unwrap().len(), 64);
    assert!(!lists.to_string().contains(&known("pdq")));
    assert_eq!(service.get("/healthz").status, 200);
    assert_eq!(service.get("/readyz").json()["lists"], 1);
    service.check(&Sample::open("known_image/known-1-reencoded.jpg").bytes);
    service.get("/nowhere");
    let metrics = service.get("/metrics").text();
    for line in [
        "provscan_http_requests_total{path=\"/v1/check\",status=\"200\"} 1\n",
        "provscan_http_requests_total{path=\"other\",status=\"404\"} 1\n",
        "provscan_verdicts_total{verdict=\"known\",action=\"review\"} 1\n",
        "provscan_http_request_duration_seconds_bucket{path=\"/v1/check\",le=\"+Inf\"} 1\n",
        "provscan_reloads_total{what=\"lists\",result=\"ok\"} 1\n",
        "provscan_in_flight 0\n",
        "provscan_ready 1\n",
        "provscan_list_age_seconds{list=",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[test]
fn the_document_is_of_the_routes_that_there_are() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let told: Vec<(String, Vec<String>)> = paths
        .iter()
        .map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            (
                path.clone(),
                methods.map(|method| method.to_uppercase()).collect(),
            )
        })
        .collect();
    let mut real: Vec<(String, Vec<String>)> = ROUTES
        .iter()
        .map(|route| {
            let mut methods: Vec<String> = route
                .methods
                .iter()
                .map(|method| (*method).to_owned())
                .collect();
            methods.sort();
            (route.path.to_owned(), methods)
        })
        .collect();
    real.sort();
    assert_eq!(told, real);
    let service = Service::start(&[]);
    assert_eq!(service.get("/openapi.json").text(), OPENAPI);
    for route in ROUTES {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let status = service.ask(method, route.path, &[], b"").status;
            assert_eq!(
                status == 405,
                !route.methods.contains(&method),
                "{method} {}: {status}",
                route.path
            );
        }
    }
}

#[test]
fn logs_tell_of_requests_without_names_or_hashes() {
    let service = Service::start(&[]);
    let pdq = known("pdq");
    service.ask(
        "POST",
        "/v1/check?id=secret-name",
        &["Content-Type: image/png"],
        b"x",
    );
    service.matching(&json!({"pdq": pdq}).to_string());
    service.get(&format!("/m/lookup?signal_type=pdq&signal={pdq}"));
    service.get("/secret/path");
    for _ in 0..100 {
        if service.log().matches("\"request\"").count() >= 4 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let log = service.log();
    assert!(
        log.contains("\"verdict\":\"known\"") && log.contains("\"path\":\"/v1/match\""),
        "{log}"
    );
    assert!(!log.contains("secret") && !log.contains(&pdq), "{log}");
}
