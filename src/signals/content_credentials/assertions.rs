//! What the assertions of a manifest say, from their JSON form. Everything here was written by whoever signed it.

use serde_json::{Map, Value};

/// Most actions, fields, uses or bindings that are read from one manifest.
const MAX_ENTRIES: usize = 1_000;

/// One thing that was done.
#[derive(Debug, Clone, Default)]
pub(super) struct Action {
    /// The action's name, `c2pa.created`.
    pub(super) name: String,
    /// The digital source type, as written.
    pub(super) source_type: Option<String>,
    /// The software that did it.
    pub(super) agent: Option<String>,
    /// What the software says it did.
    pub(super) description: Option<String>,
    /// When, as written (RFC 3339).
    pub(super) when: Option<String>,
    /// The signer passes it on from elsewhere and does not vouch for it (a gathered assertion of a version 2 claim).
    pub(super) gathered: bool,
}

/// One field of a signed metadata assertion.
#[derive(Debug, Clone)]
pub(super) struct MetadataField {
    /// The name with its prefix, `exif:DateTimeOriginal`.
    pub(super) name: String,
    pub(super) value: String,
    /// As for an action.
    pub(super) gathered: bool,
}

/// One use that a training-and-mining assertion allows or reserves (C2PA 1.4, section 19.22; CAWG 1.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reservation {
    /// `ai_training`, `data_mining`, …
    pub(super) usage: String,
    /// `allowed`, `notAllowed` or `constrained`.
    pub(super) permission: String,
    /// What is said of the constraint.
    pub(super) constraint: Option<String>,
    /// As for an action.
    pub(super) gathered: bool,
}

/// A watermark or fingerprint by which the manifest can be found again (C2PA 2.2, section 18.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SoftBinding {
    pub(super) algorithm: String,
    pub(super) values: Vec<String>,
}

/// What all assertions of one manifest say together.
#[derive(Debug, Default)]
pub(super) struct Assertions {
    pub(super) actions: Vec<Action>,
    pub(super) all_actions_included: bool,
    /// Adobe's assertion is there; whether it was gathered.
    pub(super) legacy_generative: Option<bool>,
    pub(super) metadata: Vec<MetadataField>,
    pub(super) reservations: Vec<Reservation>,
    pub(super) soft_bindings: Vec<SoftBinding>,
    pub(super) names_someone: bool,
}

impl Assertions {
    /// Takes in one assertion.
    pub(super) fn add(&mut self, label: &str, value: &Value, gathered: bool) {
        match label {
            label if label.starts_with("c2pa.actions") => {
                self.all_actions_included |=
                    value.get("allActionsIncluded") == Some(&Value::Bool(true));
                let new = list(value, "actions").map(|one| action(one, gathered));
                extend(&mut self.actions, new);
            }
            label if label.starts_with("com.adobe.generative-ai") => {
                self.legacy_generative = Some(gathered);
            }
            label if label.ends_with(".training-mining") => {
                extend(
                    &mut self.reservations,
                    reservations(value, gathered).into_iter(),
                );
            }
            label if label.starts_with("c2pa.soft-binding") => {
                extend(&mut self.soft_bindings, soft_binding(value).into_iter());
            }
            label if label.starts_with("cawg.identity") => self.names_someone = true,
            label if label.ends_with(".metadata") || label.starts_with("stds.") => {
                extend(&mut self.metadata, fields(value, gathered).into_iter());
            }
            _ => {}
        }
    }
}

fn extend<T>(into: &mut Vec<T>, new: impl Iterator<Item = T>) {
    let room = MAX_ENTRIES.saturating_sub(into.len());
    into.extend(new.take(room));
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

/// An action, version 1 or 2. Adobe writes the source type of third-party models among the parameters.
fn action(value: &Value, gathered: bool) -> Action {
    let parameters = value.get("parameters");
    Action {
        name: text(value, "action").unwrap_or_default(),
        source_type: text(value, "digitalSourceType").or_else(|| {
            parameters.and_then(|parameters| text(parameters, "com.adobe.digitalSourceType"))
        }),
        agent: value.get("softwareAgent").and_then(agent),
        description: text(value, "description")
            .or_else(|| parameters.and_then(|parameters| text(parameters, "description"))),
        when: text(value, "when"),
        gathered,
    }
}

/// A software agent: a string in version 1, a name and a version in version 2.
fn agent(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(name.clone()),
        _ => {
            let version = value.get("version").and_then(Value::as_str);
            value
                .get("name")
                .and_then(Value::as_str)
                .map(|name| named(name, version))
        }
    }
}

/// A name with its version.
pub(super) fn named(name: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

fn reservations(value: &Value, gathered: bool) -> Vec<Reservation> {
    let reservation = |(name, entry): (&String, &Value)| {
        Some(Reservation {
            usage: name.rsplit('.').next().unwrap_or(name).to_owned(),
            permission: text(entry, "use")?,
            constraint: text(entry, "constraint_info").or_else(|| text(entry, "constraints_info")),
            gathered,
        })
    };
    entries(value.get("entries"))
        .filter_map(reservation)
        .collect()
}

fn soft_binding(value: &Value) -> Option<SoftBinding> {
    let values = list(value, "blocks").filter_map(|block| match block.get("value")? {
        Value::String(text) => Some(text.clone()),
        // Some writers give bytes.
        Value::Array(bytes) => Some(hex(bytes)),
        _ => None,
    });
    Some(SoftBinding {
        algorithm: text(value, "alg").or_else(|| text(value, "name"))?,
        values: values.take(MAX_ENTRIES).collect(),
    })
}

/// Bytes that JSON gives as numbers, in hex.
fn hex(bytes: &[Value]) -> String {
    let bytes: Vec<u8> = bytes
        .iter()
        .filter_map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok()))
        .take(MAX_ENTRIES)
        .collect();
    crate::fingerprints::to_hex(&bytes)
}

/// The fields of a JSON-LD metadata assertion that are one text or number.
fn fields(value: &Value, gathered: bool) -> Vec<MetadataField> {
    let field = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!name.starts_with('@')).then(|| MetadataField {
            name: name.clone(),
            value,
            gathered,
        })
    };
    entries(Some(value)).filter_map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(label: &str, value: &Value) -> Assertions {
        let mut said = Assertions::default();
        said.add(label, value, false);
        said
    }

    #[test]
    fn both_versions_of_actions_are_read() {
        let said = read(
            "c2pa.actions.v2",
            &json!({"allActionsIncluded": true, "actions": [
                {"action": "c2pa.created", "softwareAgent": {"name": "GPT-4o", "version": "1"}, "digitalSourceType": "x/trainedAlgorithmicMedia"},
                {"action": "c2pa.opened", "softwareAgent": "Old", "parameters": {"com.adobe.digitalSourceType": "y", "description": "z"}},
            ]}),
        );
        assert!(said.all_actions_included);
        assert_eq!(said.actions[0].agent.as_deref(), Some("GPT-4o 1"));
        assert_eq!(said.actions[1].agent.as_deref(), Some("Old"));
        assert_eq!(said.actions[1].source_type.as_deref(), Some("y"));
        assert_eq!(said.actions[1].description.as_deref(), Some("z"));
    }

    #[test]
    fn both_kinds_of_reservation_are_read() {
        for (label, prefix) in [
            ("c2pa.training-mining", "c2pa"),
            ("cawg.training-mining", "cawg"),
        ] {
            let entry = format!("{prefix}.ai_training");
            let said = read(
                label,
                &json!({"entries": {entry: {"use": "constrained", "constraint_info": "ask"}}}),
            );
            let expected = Reservation {
                usage: "ai_training".into(),
                permission: "constrained".into(),
                constraint: Some("ask".into()),
                gathered: false,
            };
            assert_eq!(said.reservations, [expected]);
        }
    }

    #[test]
    fn a_soft_binding_is_named_by_algorithm_and_value() {
        let value = json!({"alg": "com.adobe.trustmark.P", "blocks": [{"scope": {}, "value": "2*0010"}, {"value": [1, 255]}]});
        let said = read("c2pa.soft-binding", &value);
        assert_eq!(said.soft_bindings[0].values, ["2*0010", "01ff"]);
    }

    #[test]
    fn forms_that_nobody_expects_are_passed_over() {
        for value in [
            json!(null),
            json!([1]),
            json!({"actions": 3}),
            json!({"entries": [], "blocks": {}}),
        ] {
            for label in [
                "c2pa.actions",
                "c2pa.training-mining",
                "c2pa.soft-binding",
                "stds.exif",
            ] {
                let said = read(label, &value);
                assert!(
                    said.actions.is_empty()
                        && said.reservations.is_empty()
                        && said.soft_bindings.is_empty()
                );
            }
        }
    }
}
