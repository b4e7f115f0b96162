//! The JSON form of the official lists: a list of trusted entities (ETSI TS 119 602) with C2PA's extensions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Content;
use crate::trust::certificate::Certificate;
use crate::trust::date::Moment;

/// The status of a service that is trusted; whatever has another one is left out.
const TRUSTED: &str = "/trusted";

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "LoTE")]
    list: List,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    list_and_scheme_information: Scheme,
    trusted_entities_list: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scheme {
    #[serde(default)]
    scheme_name: Vec<Text>,
    list_issue_date_time: String,
    next_update: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entity {
    trusted_entity_services: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    service_information: Information,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Information {
    service_status: Option<String>,
    service_digital_identity: Identity,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identity {
    #[serde(rename = "X509Certificates", default)]
    certificates: Vec<Value>,
}

#[derive(Deserialize)]
struct Value {
    val: String,
}

/// Reads the document.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn read(text: &str) -> Result<Content, String> {
    let document: Document = serde_json::from_str(text)
        .map_err(|error| format!("this is no list of trusted entities: {error}"))?;
    let scheme = document.list.list_and_scheme_information;
    let moment = |field: &str, text: &str| {
        Moment::parse(text)
            .ok_or_else(|| format!("{field} is no date such as 2026-08-05T00:11:39Z"))
    };
    let mut content = Content {
        issued: Some(moment("ListIssueDateTime", &scheme.list_issue_date_time)?),
        next_update: scheme
            .next_update
            .map(|text| moment("NextUpdate", &text))
            .transpose()?,
        title: scheme.scheme_name.into_iter().map(|text| text.value).next(),
        ..Content::default()
    };
    let entities = document.list.trusted_entities_list;
    let services = entities
        .into_iter()
        .flat_map(|entity| entity.trusted_entity_services);
    let mut nth = 0_u64;
    for service in services.map(|service| service.service_information) {
        let trusted = service
            .service_status
            .is_none_or(|status| status.ends_with(TRUSTED));
        for value in service.service_digital_identity.certificates {
            nth += 1;
            let der = STANDARD
                .decode(value.val)
                .map_err(|_| format!("certificate {nth} is no valid base64; get the list anew"))?;
            let certificate =
                Certificate::parse(der).map_err(|why| format!("certificate {nth} {why}"))?;
            if trusted {
                content.add(certificate);
            }
        }
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROOT: &str = include_str!("../../../samples/trust/test-root.pem");

    fn document(certificates: &[(&str, &str)], issued: &str) -> String {
        let services: Vec<_> = certificates
            .iter()
            .map(|(status, val)| {
                json!({"ServiceInformation": {
                    "ServiceDigitalIdentity": {"X509Certificates": [{"val": val}]},
                    "ServiceStatus": format!("http://c2pa.org/conformance/trust-list/{status}"),
                }})
            })
            .collect();
        json!({"LoTE": {
            "ListAndSchemeInformation": {
                "SchemeName": [{"lang": "en", "value": "C2PA Trust List"}],
                "ListIssueDateTime": issued,
                "NextUpdate": "2027-08-05T00:11:39Z",
            },
            "TrustedEntitiesList": [{"TrustedEntityServices": services}],
        }})
        .to_string()
    }

    fn base64() -> String {
        ROOT.lines().filter(|line| !line.starts_with('-')).collect()
    }

    const ISSUED: &str = "2026-08-05T00:11:39Z";

    #[test]
    fn what_is_no_longer_trusted_is_left_out() {
        let root = base64();
        let content = read(&document(&[("trusted", &root)], ISSUED)).unwrap();
        assert_eq!(content.certificates.len(), 1);
        assert_eq!(content.issued.unwrap().to_string(), ISSUED);
        assert_eq!(content.title.unwrap(), "C2PA Trust List");
        let content = read(&document(&[("withdrawn", &root)], ISSUED)).unwrap();
        assert!(content.is_empty());
    }

    #[test]
    fn damage_is_named_by_the_certificate_or_the_place() {
        let root = base64();
        let damaged = document(&[("trusted", &root), ("trusted", "AAAA")], ISSUED);
        let message = |text: &str| read(text).unwrap_err();
        assert!(message(&damaged).starts_with("certificate 2 is no X.509"));
        let damaged = document(&[("trusted", "?")], ISSUED);
        assert!(message(&damaged).starts_with("certificate 1 is no valid base64"));
        let undated = document(&[("trusted", &root)], "yesterday");
        assert!(message(&undated).starts_with("ListIssueDateTime"));
        assert!(message("{\"LoTE\": {").contains("line 1"));
        assert!(message("{}").contains("missing field `LoTE`"));
    }

    #[test]
    fn nesting_ends_in_an_error() {
        let deep = format!("{{\"LoTE\": {}", "[".repeat(100_000));
        assert!(read(&deep).is_err());
    }
}
