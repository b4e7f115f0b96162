//! `POST /v1/check`: an image in, its record out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;

use super::answered::Answers;
use super::body::{self, Whole};
use super::fetched::{allowed, fetched};
use super::guard::Judging;
use super::multipart;
use super::query::{self, Parameters};
use super::refusal::{Refusal, json};
use super::service::Service;
use super::work;
use crate::reports::record_line;
use crate::sources::{Id, Input, Name};

/// The name of an image that has none.
pub(super) const NAMELESS: &str = "-";

/// `POST /v1/check`
pub(super) async fn check(
    State(service): State<Arc<Service>>,
    Extension(Judging(loaded)): Extension<Judging>,
    request: Request,
) -> Result<Response, Refusal> {
    let sent = named_or_sent(&service, request).await?;
    let name = Name::new(&*sent.name);
    let input = Input::memory(&sent.name, sent.bytes).as_image();
    let inspection = work::inspect(&service, &loaded, input, sent.room).await?;
    let name = name.with_id(sent.id.clone().map(Id::from));
    let record = record_line(&name, &inspection);
    Ok(Answers::of(&loaded, [(&name, &inspection)]).told_by(json(record)))
}

/// The image at the address that a request names, or else the one that it brings.
async fn named_or_sent(service: &Service, request: Request) -> Result<Sent, Refusal> {
    let parameters = Parameters::of(request.uri())?;
    let Some(address) = parameters.get("url") else {
        return sent(service, request).await;
    };
    allowed(service, address)?;
    let (head, body) = request.into_parts();
    let id = query::id(&head.uri, &head.headers)?;
    let whole = body::read(service, &head.headers, body, service.options.max_bytes).await?;
    if !whole.bytes.is_empty() {
        return Err(Refusal::bad(
            "there are an address and a body; an image is expected in one of them",
        ));
    }
    fetched(service, address, id).await
}

/// An image that was sent.
pub(super) struct Sent {
    /// The caller's name for it.
    pub(super) id: Option<String>,
    /// The name of its file, which is only shown.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// Reads the image that a request brings, by itself or in a form.
pub(super) async fn sent(service: &Service, request: Request) -> Result<Sent, Refusal> {
    let (head, body) = request.into_parts();
    let is_form = is_form(&head.headers)?;
    let boundary = is_form
        .then(|| multipart::boundary(&head.headers))
        .transpose()?;
    let id = query::id(&head.uri, &head.headers)?;
    let whole = body::read(service, &head.headers, body, service.options.max_bytes).await?;
    if whole.bytes.is_empty() {
        return Err(Refusal::bad("the body is empty; an image was expected"));
    }
    match boundary {
        Some(boundary) => in_form(whole, &boundary, id),
        None => Ok(Sent {
            id,
            name: NAMELESS.to_owned(),
            bytes: whole.bytes,
            room: whole.room,
        }),
    }
}

/// Whether the body is a form; else it is an image.
fn is_form(headers: &HeaderMap) -> Result<bool, Refusal> {
    let media = body::media_type(headers)?;
    let Some(media) = media else {
        return Ok(false);
    };
    let (kind, _) = media.split_once('/').unwrap_or((&media, ""));
    match media.as_str() {
        "multipart/form-data" => Ok(true),
        "application/octet-stream" | "application/pdf" | "application/c2pa" => Ok(false),
        _ if ["image", "video", "audio"].contains(&kind) => Ok(false),
        _ => Err(body::wrong_type(
            "image/…, video/…, audio/…, application/octet-stream or multipart/form-data",
        )),
    }
}

/// The one file in a form.
fn in_form(mut whole: Whole, boundary: &str, id: Option<String>) -> Result<Sent, Refusal> {
    let parts = multipart::parts(&whole.bytes, boundary)?;
    let mut files = parts.iter().filter(|part| part.file.is_some());
    let file = files.next().filter(|_| files.next().is_none());
    let file = file.ok_or_else(|| Refusal::bad("a form has to hold one file, and no more"))?;
    let own = parts
        .iter()
        .find(|part| part.file.is_none() && part.field == "id");
    let own = own.and_then(|part| whole.bytes.get(part.content.clone()));
    let own = own.map(|own| query::checked(&String::from_utf8_lossy(own)));
    // Both are looked at, also where only one is given back.
    let own = own.transpose()?;
    let id = id.or(own);
    // A path is nobody's business here, and none is opened.
    let name = file.file.as_deref().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if name.is_empty() { NAMELESS } else { name }.to_owned();
    let content = file.content.clone();
    whole.bytes.truncate(content.end);
    whole.bytes.drain(..content.start);
    Ok(Sent {
        id,
        name,
        bytes: whole.bytes,
        room: whole.room,
    })
}
