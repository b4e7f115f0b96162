//! One object, for whoever has its address: read within limits of bytes and time.

use std::time::{Duration, Instant};

use super::StoreSettings;
use super::connector::Patience;
use super::objects::place;
use super::store::{Address, Store};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::sources::{FetchError, FetchErrorKind, Room, shown};

/// Reads the object at an address.
pub(in crate::sources) fn fetch(
    address: &str,
    settings: &StoreSettings,
    (max_bytes, time_limit): (u64, Duration),
    room: &mut Room<'_>,
) -> Result<Vec<u8>, FetchError> {
    let began = Instant::now();
    let failed = |fault: Fault| {
        let (kind, what) = match fault.kind {
            FaultKind::Limit => (FetchErrorKind::TooLarge, fault.message),
            _ if began.elapsed() >= time_limit => (
                FetchErrorKind::TooSlow,
                format!(
                    "not finished within {} s; --fetch-time raises that",
                    time_limit.as_secs_f32()
                ),
            ),
            _ => (FetchErrorKind::Unanswered, fault.message),
        };
        FetchError::new(kind, format!("{}: {what}", shown(address)))
    };
    let parts = Address::of(address);
    let limits = Limits {
        max_bytes,
        ..Limits::default()
    };
    // What is left of the time is all that a store has for its next answer.
    let store = || {
        let left = time_limit.saturating_sub(began.elapsed());
        let patience = Patience::once(left.max(Duration::from_millis(1)));
        Store::of(&parts, &settings.0, &limits, patience)
    };
    let at = place(parts.prefix).map_err(failed)?;
    let found = store().and_then(|store| store.head(&at)).map_err(failed)?;
    let gone = || Fault::new(FaultKind::Unreadable, "there is no such object");
    let object = found.ok_or_else(|| failed(gone()))?;
    if object.size > max_bytes {
        return Err(failed(super::faults::too_large(max_bytes)));
    }
    room(object.size, object.size)?;
    let read = store().and_then(|store| store.read(&object));
    let bytes = read.map_err(failed)?;
    match bytes.len() as u64 == object.size {
        true => Ok(bytes),
        false => Err(failed(Fault::new(
            FaultKind::Unreadable,
            "it was changed while it was read",
        ))),
    }
}
