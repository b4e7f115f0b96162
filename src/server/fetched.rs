//! Images that requests name by their addresses, where an operator allows that.

use std::sync::Arc;

use axum::http::StatusCode;
use tokio::task::spawn_blocking;

use super::body::{FULL, take_room};
use super::check::Sent;
use super::refusal::Refusal;
use super::service::Service;
use super::work::{broke, turn};
use crate::sources::{Fetch, FetchError, FetchErrorKind, shown};

/// What fetches an address.
///
/// # Errors
/// It may not be fetched.
pub(super) fn allowed(service: &Service, address: &str) -> Result<Arc<dyn Fetch>, Refusal> {
    let Some(fetch) = service.options.fetch.clone() else {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "addresses are not fetched here: whoever may ask could reach whatever this machine can; send the image itself by POST, or have --fetch-from name where images may lie",
        ));
    };
    fetch.check(address).map_err(refusal)?;
    Ok(fetch)
}

/// Fetches an image, as if it had been sent. It takes room as bodies do, and no turn of those who inspect.
///
/// # Errors
/// It is not allowed, could not be fetched, or there is no room for it.
pub(super) async fn fetched(
    service: &Service,
    address: &str,
    id: Option<String>,
) -> Result<Sent, Refusal> {
    let fetch = allowed(service, address)?;
    let turn = turn(&service.fetching).await?;
    let (name, most) = (shown(address), service.options.max_bytes);
    let (bodies, address) = (Arc::clone(&service.bodies), address.to_owned());
    let work = spawn_blocking(move || {
        let _held = turn;
        let (mut room, mut had) = (None, 0);
        let bytes = fetch.fetch(&address, most, &mut |now, _| {
            let more = now.saturating_sub(had);
            had = now;
            let taken = take_room(&bodies, &mut room, more);
            taken.map_err(|_| FetchError::new(FetchErrorKind::NoRoom, FULL))
        })?;
        Ok((bytes, room))
    });
    let (bytes, room) = work.await.map_err(|_| broke())?.map_err(refusal)?;
    Ok(Sent {
        id,
        name,
        bytes,
        room,
    })
}

fn refusal(error: FetchError) -> Refusal {
    let (status, why) = match error.kind {
        FetchErrorKind::NotAllowed => (StatusCode::FORBIDDEN, "an address that may not be fetched"),
        FetchErrorKind::Unanswered => (StatusCode::BAD_GATEWAY, "an address gave no image"),
        FetchErrorKind::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "what was fetched is too large",
        ),
        FetchErrorKind::TooSlow => (StatusCode::GATEWAY_TIMEOUT, "an address took too long"),
        FetchErrorKind::NoRoom => return Refusal::full(error.message),
    };
    Refusal::new(status, error.message).logged_as(why)
}
