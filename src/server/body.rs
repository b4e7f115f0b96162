//! The body of a request: within its limits of bytes, of memory that all share, and of time.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::refusal::Refusal;
use super::service::Service;

/// Room is taken in steps of at least this.
const STEP: usize = 64 << 10;

/// Bytes a second that a body has to come with, once its time to begin is over.
const SLOWEST: u64 = 64 << 10;

/// A body, with the room that it takes.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// It is too long or too slow, or there is no room for it right now.
pub(super) async fn read(
    service: &Service,
    headers: &HeaderMap,
    body: Body,
    most: u64,
) -> Result<Whole, Refusal> {
    let stated = stated(headers)?;
    if stated.is_some_and(|stated| stated > most) {
        return Err(too_large(most));
    }
    let mut reading = Reading {
        service,
        whole: Whole {
            bytes: Vec::new(),
            room: None,
        },
        most,
        // What is stated is believed as far as it saves room, and no further.
        enough: stated.unwrap_or(most),
    };
    let began = Instant::now();
    let mut body = Pin::from(Box::new(body));
    loop {
        let seconds = reading.whole.bytes.len() as u64 / SLOWEST;
        let until = began + service.options.read_time + Duration::from_secs(seconds);
        let frame = timeout_at(until, poll_fn(|cx| body.as_mut().poll_frame(cx))).await;
        let frame = frame
            .map_err(|_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body came too slowly"))?;
        match frame {
            None => return Ok(reading.whole),
            Some(Err(_)) => return Err(Refusal::bad("the body broke off")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    reading.take(&data)?;
                }
            }
        }
    }
}

/// The length that a request states, if it does.
fn stated(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(CONTENT_LENGTH) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Refusal::bad("Content-Length is no number"))
}

/// A body of which a part was read.
struct Reading<'a> {
    service: &'a Service,
    whole: Whole,
    most: u64,
    enough: u64,
}

impl Reading<'_> {
    fn take(&mut self, data: &[u8]) -> Result<(), Refusal> {
        let len = self.whole.bytes.len().saturating_add(data.len());
        if len as u64 > self.most {
            return Err(too_large(self.most));
        }
        if len > self.whole.bytes.capacity() {
            self.grow(len)?;
        }
        self.whole.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Takes room for at least so many bytes, before they have any memory.
    fn grow(&mut self, len: usize) -> Result<(), Refusal> {
        let enough = usize::try_from(self.enough).unwrap_or(usize::MAX);
        let doubled = self.whole.bytes.capacity().saturating_mul(2).max(STEP);
        let wanted = doubled.min(enough).max(len);
        let more = wanted.saturating_sub(self.whole.bytes.capacity());
        take_room(&self.service.bodies, &mut self.whole.room, more as u64)?;
        let more = wanted.saturating_sub(self.whole.bytes.len());
        let reserved = self.whole.bytes.try_reserve_exact(more);
        reserved.map_err(|_| Refusal::full(FULL))
    }
}

/// What is said where there is no room.
pub(super) const FULL: &str =
    "the bodies of other requests fill the memory that there is for them; try again later";

/// Takes room for so many bytes more, if there is as much right now.
pub(super) fn take_room(
    bodies: &Arc<Semaphore>,
    room: &mut Option<OwnedSemaphorePermit>,
    more: u64,
) -> Result<(), Refusal> {
    let kib = u32::try_from(more.div_ceil(1 << 10)).unwrap_or(u32::MAX);
    let taken = Arc::clone(bodies).try_acquire_many_owned(kib);
    let taken = taken.map_err(|_| Refusal::full(FULL))?;
    match room {
        Some(own) => own.merge(taken),
        own => *own = Some(taken),
    }
    Ok(())
}

fn too_large(most: u64) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("larger than the limit of {most} bytes"),
    )
}

/// The media type that a request states, in lower case and without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| Refusal::bad("Content-Type is no text"))?;
    let (media, _) = text.split_once(';').unwrap_or((text, ""));
    Ok(Some(media.trim().to_ascii_lowercase()))
}

/// Refuses a body of a type that is not read here.
pub(super) fn wrong_type(expected: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("the body is expected as {expected}; say so in Content-Type"),
    )
}
