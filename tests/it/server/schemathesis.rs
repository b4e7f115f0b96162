//! The OpenAPI document, held to the service by schemathesis, where that is installed: it makes requests that keep to the
//! document and requests that break it.

use std::process::Command;

use super::Service;

#[test]
fn schemathesis_finds_nothing() {
    if Command::new("schemathesis")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("SKIPPED: schemathesis is not installed");
        return;
    }
    let service = Service::start(&[]);
    let plain = "^/(v1/match|v1/lists|healthz|readyz|metrics|openapi.json|status)?$";
    run(&service, &["--include-path-regex", plain]);
    // Any bytes may be the file in a form; what is said to be of another type is no other request.
    let check = ["--include-path-regex", "^/v1/check$"];
    let any_file = ["--exclude-checks", "negative_data_rejection"];
    run(&service, &[check, any_file].concat());
    // What is no image keeps to the document as well, and is refused.
    let others = [
        "--exclude-path-regex",
        "^/(v1/.*|healthz|readyz|metrics|openapi.json|status)?$",
    ];
    let refuses = [
        "--exclude-checks",
        "negative_data_rejection,positive_data_acceptance",
    ];
    run(&service, &[others, refuses].concat());
    assert!(
        !service.log().contains("\"status\":500"),
        "{}",
        service.log()
    );
}

fn run(service: &Service, arguments: &[&str]) {
    let document = format!("http://{}/openapi.json", service.address);
    let output = Command::new("schemathesis")
        .args([
            "run",
            &document,
            "--max-examples",
            "50",
            "--seed",
            "1",
            "--no-color",
        ])
        .args(["--suppress-health-check", "all"])
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("Test cases"), "{told}");
}
