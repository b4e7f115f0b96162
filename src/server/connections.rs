//! Connections: taken, served within their time, and finished before the service ends.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, sleep, sleep_until};
use tracing::{info, warn};

use super::Wish;
use super::guard::Peer;
use super::reload::Looking;
use super::routes;
use super::service::Service;

/// Largest head of a request.
const MAX_HEAD: usize = 64 << 10;

/// Most headers of a request.
const MAX_HEADERS: usize = 64;

/// A connection that is older closes after the request that it is at, and soon after that in any case: nobody keeps a place
/// for ever by reading answers slowly.
const MAX_AGE: Duration = Duration::from_secs(600);

/// How long to wait after a connection could not be taken: nothing is free to take it with.
const BREATH: Duration = Duration::from_millis(50);

/// How often to look whether what is in hand is done.
const LOOK: Duration = Duration::from_millis(10);

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was in hand was answered.
    Done,
    /// Something was still in hand when the time was over.
    Unfinished,
}

/// Answers until a wish says to stop.
pub(super) async fn run(
    listener: std::net::TcpListener,
    service: Arc<Service>,
    mut wishes: UnboundedReceiver<Wish>,
) -> io::Result<Ended> {
    let listener = TcpListener::from_std(listener)?;
    let (closing, closed) = watch::channel(false);
    let present = Arc::new(());
    let accepting = Accepting {
        router: routes::router(&service),
        room: Arc::new(Semaphore::new(service.options.max_connections)),
        service: Arc::clone(&service),
        present: Arc::downgrade(&present),
        closed,
    };
    let accepting = tokio::spawn(accepting.run(listener));
    let first = |looking: &mut Looking, service: &Service| looking.load_all(service);
    let (mut looking, loaded) = aside(&service, Looking::default(), first).await?;
    loaded.map_err(io::Error::other)?;
    info!("ready");
    let every = service.options.look_every;
    let mut ticks = tokio::time::interval(every.unwrap_or(MAX_AGE));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let again = tokio::select! {
            wish = wishes.recv() => match wish {
                Some(Wish::Reload) => true,
                Some(Wish::Stop) | None => break,
            },
            _ = ticks.tick(), if every.is_some() => false,
            () = service.over.notified() => break,
        };
        let look = move |looking: &mut Looking, service: &Service| match again {
            // What went wrong was logged.
            true => drop(looking.load_all(service)),
            false => looking.look(service),
        };
        (looking, ()) = aside(&service, looking, look).await?;
    }
    service.drain();
    info!(in_flight = service.count_in_flight(), "draining");
    let _ = closing.send(true);
    let ended = finish(&service, &present).await;
    accepting.abort();
    info!(
        done = ended == Ended::Done,
        left = service.count_in_flight(),
        "ended"
    );
    match service.unwritten.get() {
        Some(error) => Err(io::Error::other(error.clone())),
        None => Ok(ended),
    }
}

/// Does something with files on a thread that may wait for them.
async fn aside<T: Send + 'static>(
    service: &Arc<Service>,
    mut looking: Looking,
    work: impl FnOnce(&mut Looking, &Service) -> T + Send + 'static,
) -> io::Result<(Looking, T)> {
    let service = Arc::clone(service);
    let done = tokio::task::spawn_blocking(move || {
        let result = work(&mut looking, &service);
        (looking, result)
    });
    done.await.map_err(io::Error::other)
}

/// Waits until everything in hand is answered, or the time is over.
async fn finish(service: &Service, present: &Arc<()>) -> Ended {
    let last = Instant::now() + service.options.drain_time;
    loop {
        if Arc::weak_count(present) <= 1 && service.count_in_flight() == 0 {
            return Ended::Done;
        }
        if Instant::now() >= last {
            return Ended::Unfinished;
        }
        sleep(LOOK).await;
    }
}

/// What takes connections.
struct Accepting {
    router: Router,
    service: Arc<Service>,
    room: Arc<Semaphore>,
    /// Held by every connection that has to be finished before the service ends.
    present: std::sync::Weak<()>,
    closed: watch::Receiver<bool>,
}

impl Accepting {
    async fn run(self, listener: TcpListener) {
        loop {
            let Ok(room) = Arc::clone(&self.room).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, peer, room),
                Err(_) => sleep(BREATH).await,
            }
        }
    }

    /// Serves a connection on a task of its own.
    fn serve(&self, stream: TcpStream, peer: SocketAddr, room: OwnedSemaphorePermit) {
        // Answers are small, and each is written at once.
        let _ = stream.set_nodelay(true);
        let answering = Answering {
            inner: TowerToHyperService::new(self.router.clone()),
            peer: Peer(peer),
        };
        let service = Arc::clone(&self.service);
        // Who comes while the service ends asks whether it does, and is not waited for.
        let late = service.is_draining();
        let present = (!late).then(|| self.present.clone());
        let closed = self.closed.clone();
        tokio::spawn(async move {
            let _held = (room, present);
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(service.options.read_time)
                .max_buf_size(MAX_HEAD)
                .max_headers(MAX_HEADERS)
                .keep_alive(!late);
            let connection = builder.serve_connection(TokioIo::new(stream), answering);
            if !within_age(connection, closed, late).await {
                service.metrics.broken.fetch_add(1, Ordering::Relaxed);
                warn!(client = %peer.ip(), "broken");
            }
        });
    }
}

/// Serves a connection for as long as it may last; tells whether it ended well.
async fn within_age(
    connection: http1::Connection<TokioIo<TcpStream>, Answering>,
    mut closed: watch::Receiver<bool>,
    late: bool,
) -> bool {
    let mut connection = pin!(connection);
    let began = Instant::now();
    let (mut asked, mut end) = (late, began + MAX_AGE);
    loop {
        tokio::select! {
            ended = connection.as_mut() => return ended.is_ok(),
            _ = closed.changed(), if !asked => {
                asked = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep_until(end) => {
                if end > began + MAX_AGE {
                    return false;
                }
                asked = true;
                end += MAX_AGE;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// What answers on one connection.
struct Answering {
    inner: TowerToHyperService<Router>,
    peer: Peer,
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response =
        <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Error;
    type Future =
        <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.inner.call(request)
    }
}
