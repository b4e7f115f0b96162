//! `POST /v1/match`: hashes in, what the lists say of them out; no image is needed.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Map, Value};

use super::answered::Answers;
use super::body;
use super::check::NAMELESS;
use super::guard::Judging;
use super::query;
use super::refusal::{Refusal, json};
use super::service::Service;
use crate::fingerprints::{Fingerprint, Kind};
use crate::prints::Prints;
use crate::reports::match_line;
use crate::sources::{Hashes, Id, Name};

/// Largest body.
const MAX_BODY: u64 = 4 << 20;

/// Most items of one request.
const MAX_ITEMS: usize = 10_000;

/// `POST /v1/match`
pub(super) async fn matching(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    if body::media_type(&head.headers)?.as_deref() != Some("application/json") {
        return Err(body::wrong_type("application/json"));
    }
    let id = query::id(&head.uri, &head.headers)?;
    let whole = body::read(&service, &head.headers, body, MAX_BODY).await?;
    let asked = Asked::read(&whole.bytes, id)?;
    let (ids, hashes): (Vec<_>, Vec<_>) = asked.items.into_iter().unzip();
    let together = &service.together;
    let inspections = together.look_up(&loaded, hashes, whole.room).await?;
    let lines = ids
        .iter()
        .zip(&inspections)
        .map(|(id, inspection)| match_line(id.as_ref(), inspection));
    let body = match asked.several {
        true => array(lines),
        false => lines.flatten().collect(),
    };
    let name = |id: &Option<Id>| Name::new(NAMELESS).with_id(id.clone());
    let names: Vec<Name> = ids.iter().map(name).collect();
    let answers = Answers::of(&loaded, names.iter().zip(&inspections));
    Ok(answers.told_by(json(body)))
}

fn array(lines: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut body = vec![b'['];
    for (place, line) in lines.enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend(line.trim_ascii_end());
    }
    body.extend(b"]\n");
    body
}

/// What is asked about.
struct Asked {
    items: Vec<Item>,
    several: bool,
}

/// The caller's name for an image, and hashes of it.
type Item = (Option<Id>, Hashes);

impl Asked {
    fn read(bytes: &[u8], id: Option<String>) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            Refusal::bad(format!(
                "no JSON, at line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        match value {
            Value::Object(item) => {
                let (own, hashes) = item_of(item).map_err(Refusal::bad)?;
                Ok(Self {
                    items: vec![(own.or(id.map(Id::from)), hashes)],
                    several: false,
                })
            }
            Value::Array(items) if items.len() > MAX_ITEMS => {
                Err(Refusal::bad(format!("more than {MAX_ITEMS} items")))
            }
            Value::Array(items) => {
                let read = |(place, item): (usize, Value)| {
                    let Value::Object(item) = item else {
                        return Err(Refusal::bad(format!(
                            "item {place}: an object was expected"
                        )));
                    };
                    item_of(item).map_err(|error| Refusal::bad(format!("item {place}: {error}")))
                };
                let items = (1..).zip(items).map(read).collect::<Result<_, _>>()?;
                Ok(Self {
                    items,
                    several: true,
                })
            }
            _ => Err(Refusal::bad(
                "an object or an array of objects was expected",
            )),
        }
    }
}

fn item_of(fields: Map<String, Value>) -> Result<Item, String> {
    let (mut id, mut quality) = (None, None);
    let mut fingerprints = Vec::new();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("id", Value::String(text)) => {
                let checked = query::checked(&text);
                checked.map_err(|_| "id: more than 256 characters".to_owned())?;
                id = Some(Id::from(text));
            }
            ("id", Value::Number(number)) => id = Some(Id::Number(number)),
            ("id", _) => return Err("id: text or a number was expected".to_owned()),
            ("quality", value) => {
                let whole = |number: &u8| value.as_f64() == Some(f64::from(*number));
                let number = (0..=100).find(whole);
                quality = Some(number.ok_or("quality: a whole number from 0 to 100 was expected")?);
            }
            (name, Value::String(text)) => fingerprints.push(fingerprint(name, &text)?),
            (name, _) => return Err(format!("{}: text was expected", kind(name)?)),
        }
    }
    if fingerprints.is_empty() {
        return Err(
            "no hash; give one under the name of its kind, such as pdq or sha256".to_owned(),
        );
    }
    let with_quality = |one: Fingerprint| match one.kind().exact() {
        true => one,
        false => one.with_quality(quality),
    };
    let prints = Prints::of_hashes(fingerprints.into_iter().map(with_quality).collect());
    let faults = Vec::new();
    Ok((id, Hashes { prints, faults }))
}
/// A hash under the name of its kind. Errors quote neither: who mistakes one for the other would find a hash in a log.
pub(super) fn fingerprint(name: &str, text: &str) -> Result<Fingerprint, String> {
    let kind = kind(name)?;
    Fingerprint::parse_value(kind, text.trim()).map_err(|error| error.to_string())
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse::<Kind>().map_err(|_| {
        "a field is named like no kind of hash; pdq, pdq-512, md5, sha1, sha256 and those of README.md are".to_owned()
    })
}
