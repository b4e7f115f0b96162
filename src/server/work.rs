//! Work that takes a processor: on as many threads as there are workers, each request in its turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::refusal::Refusal;
use super::service::{Loaded, Service};
use crate::error::{Fault, FaultKind};
use crate::inspect::Inspection;
use crate::scan;
use crate::sources::Input;
use crate::waiting::Standing;

/// Longest that a request waits for its turn.
const TURN: Duration = Duration::from_secs(30);

/// Long images may take longer: one second more for each so many bytes.
const SLOWEST: u64 = 2 << 20;

/// Inspects an image. One that takes too long is given up, which is its answer; the thread that is at it keeps its turn until
/// it ends by itself.
pub(super) async fn inspect(
    service: &Service,
    loaded: &Arc<Loaded>,
    input: Input,
    room: Option<OwnedSemaphorePermit>,
) -> Result<Inspection, Refusal> {
    let allowed = service.options.max_time.map(|most| {
        let more = Duration::from_secs(input.held() / SLOWEST);
        most.saturating_add(more)
    });
    let turn = turn(&service.inspecting).await?;
    let standing = Arc::new(Standing::default());
    let (known, own) = (Arc::clone(&standing), Arc::clone(loaded));
    let work = spawn_blocking(move || {
        let _held = (turn, room);
        known.adopt();
        scan::inspect(&own.inspector, input, &own.limits)
    });
    let Some(allowed) = allowed else {
        return work.await.map_err(|_| broke());
    };
    match timeout(allowed, work).await {
        Ok(done) => done.map_err(|_| broke()),
        Err(_) => {
            standing.give_up();
            let message = format!(
                "took longer than {} s, the limit for a file of its length; --max-time raises it",
                allowed.as_secs()
            );
            let fault = Fault::new(FaultKind::Limit, message);
            Ok(loaded.inspector.unreadable(fault))
        }
    }
}

/// Does something else with an image, in the same turns.
pub(super) async fn inspect_with<T: Send + 'static>(
    service: &Service,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    in_turn(&service.inspecting, work).await
}

/// Does something that takes no longer than looking up hashes.
pub(super) async fn look_up<T: Send + 'static>(
    service: &Service,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    in_turn(&service.matching, work).await
}

async fn in_turn<T: Send + 'static>(
    of: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let turn = turn(of).await?;
    let done = spawn_blocking(move || {
        let _held = turn;
        work()
    });
    done.await.map_err(|_| broke())
}

pub(super) async fn turn(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refusal> {
    let turn = timeout(TURN, Arc::clone(of).acquire_owned()).await;
    let turn = turn.ok().and_then(Result::ok);
    turn.ok_or_else(|| Refusal::full("other requests take too long; try again later"))
}

pub(super) fn broke() -> Refusal {
    Refusal::broken("provscan broke on this request; please report it")
}
