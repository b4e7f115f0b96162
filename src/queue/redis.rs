//! Redis Streams as the broker, or what speaks like it: a consumer group that all workers share.
//!
//! Entries of the stream of requests have a field `request` with JSON, or a field `image` with an image and, beside it, `id`.
//! Redis does not hand entries out again by itself: workers claim those that nobody gave a sign of life of, so all of them are
//! read under one name, and how long an entry was idle is what tells of it. Repeats of a record are dropped by a key of their
//! own, which is set together with the record.

use std::fs;
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::streams::{
    StreamAutoClaimReply, StreamId, StreamInfoGroup, StreamInfoGroupsReply,
    StreamPendingCountReply, StreamRangeReply, StreamReadReply,
};
use redis::{
    Client, Cmd, Connection, ConnectionAddr, ConnectionInfo, FromRedisValue, IntoConnectionInfo,
    RedisError, RedisResult, Script, TlsCertificates,
};
use sha2::{Digest as _, Sha256};

use super::broker::{Broker, BrokerError, BrokerOptions, Delivery, Ends, Letter, Place, Ticket};
use super::lines;
use crate::error::SetupError;

/// The name under which all workers read.
const CONSUMER: &str = "provscan";

/// How long the broker has for an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// How long repeats of a record are dropped.
const REPEATS: Duration = Duration::from_secs(10 * 60);

/// How long streams that are made keep what they have.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Entries that are read at a time.
const BATCH: usize = 256;

/// Longest file of credentials or certificates.
const MAX_FILE: u64 = 1 << 20;

/// Adds a record unless one with its key was added not long ago.
const ADD: &str = "
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[1]) then return 0 end
if ARGV[2] == '' then redis.call('XADD', KEYS[1], '*', 'key', ARGV[3], 'record', ARGV[4])
else redis.call('XADD', KEYS[1], 'MINID', '~', ARGV[2], '*', 'key', ARGV[3], 'record', ARGV[4]) end
return 1";

/// A server of Redis, and what it has for us.
pub struct Redis {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    options: BrokerOptions,
    /// Connections that nobody uses right now.
    idle: Mutex<Vec<Connection>>,
    /// Where looking for entries that were left goes on.
    cursor: Mutex<String>,
    add: Script,
}

/// What became of an entry is said through this.
struct Entry {
    shared: Arc<Shared>,
    id: String,
}

/// Whether an address is one of Redis.
pub(super) fn is_one(server: &str) -> bool {
    let schemes = ["redis://", "rediss://", "valkey://", "valkeys://"];
    schemes.iter().any(|scheme| server.starts_with(scheme))
}

impl Redis {
    /// Connects, and finds the consumer group, or makes it.
    ///
    /// # Errors
    /// No server answers, it refuses, or the group is not there.
    pub fn connect(options: BrokerOptions) -> Result<Self, SetupError> {
        let name = options.server.clone();
        let failed = |message: String| SetupError::File {
            name: name.clone(),
            message,
        };
        let shared = Shared {
            client: client(&options).map_err(failed)?,
            options,
            idle: Mutex::default(),
            cursor: Mutex::new("0-0".to_owned()),
            add: Script::new(ADD),
        };
        shared.found().map_err(failed)?;
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

fn client(options: &BrokerOptions) -> Result<Client, String> {
    let address = options.server.as_str().into_connection_info();
    let address =
        address.map_err(|error| format!("it is no address of a Redis server: {error}"))?;
    let settings = address.redis_settings();
    if settings.password().is_some() || settings.username().is_some() {
        return Err(
            "credentials do not belong into an address, which others can see; --creds names a file"
                .to_owned(),
        );
    }
    let address = match &options.credentials {
        Some(path) => with_credentials(address, path)?,
        None => address,
    };
    let authorities = options.authorities.as_deref().map(read).transpose()?;
    let client = match (address.addr(), authorities) {
        (ConnectionAddr::TcpTls { insecure: true, .. }, _) => {
            return Err("#insecure is not taken: anyone could answer".to_owned());
        }
        (ConnectionAddr::TcpTls { .. }, Some(pem)) => Client::build_with_tls(
            address,
            TlsCertificates {
                client_tls: None,
                root_cert: Some(pem.into_bytes()),
            },
        ),
        (_, Some(_)) => return Err("--tls-authorities is for addresses with rediss://".to_owned()),
        (_, None) => Client::open(address),
    };
    client.map_err(|error| error.to_string())
}

/// Adds what a file says: `user:password`, or a password alone.
fn with_credentials(address: ConnectionInfo, path: &Path) -> Result<ConnectionInfo, String> {
    let text = read(path)?;
    let line = text.trim();
    if line.is_empty() || line.contains('\n') {
        return Err(format!(
            "{}: no credentials: one line that is user:password or a password was expected",
            path.display()
        ));
    }
    let settings = address.redis_settings().clone();
    let settings = match line.split_once(':') {
        Some((user, password)) => settings.set_username(user).set_password(password),
        None => settings.set_password(line),
    };
    Ok(address.set_redis_settings(settings))
}

/// A small text file.
fn read(path: &Path) -> Result<String, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let length = fs::metadata(path).map_err(|error| named(&error))?.len();
    if length > MAX_FILE {
        return Err(named(&format!("longer than {MAX_FILE} bytes")));
    }
    fs::read_to_string(path).map_err(|error| named(&error))
}

impl Shared {
    /// Sees to it that there is a group.
    fn found(&self) -> Result<(), String> {
        let BrokerOptions {
            subject, durable, ..
        } = &self.options;
        let ping = redis::cmd("PING");
        self.ask::<()>(&ping).map_err(|error| {
            format!("no Redis server could be reached there: {error}; --server names another")
        })?;
        if self.group().is_ok_and(|group| group.is_some()) {
            return Ok(());
        }
        if !self.options.create {
            return Err(format!(
                "the stream {subject} has no group {durable}; --create makes both, --subject and --durable name others"
            ));
        }
        let mut create = self.grouped("XGROUP CREATE");
        create.arg("0").arg("MKSTREAM");
        match self.ask::<()>(&create) {
            // Another worker was faster.
            Err(error) if !error.to_string().contains("BUSYGROUP") => Err(format!(
                "the group {durable} of the stream {subject} could not be made: {error}"
            )),
            _ => Ok(()),
        }
    }

    /// What the server knows of the group.
    fn group(&self) -> Result<Option<StreamInfoGroup>, BrokerError> {
        let mut info = redis::cmd("XINFO");
        info.arg("GROUPS").arg(&self.options.subject);
        let all: StreamInfoGroupsReply = self.ask(&info)?;
        let mut groups = all.groups.into_iter();
        Ok(groups.find(|group| group.name == self.options.durable))
    }

    /// Asks over a connection of its own, which is kept for the next one if it still works.
    fn asking<T>(
        &self,
        ask: impl FnOnce(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, BrokerError> {
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connection().map_err(later)?,
        };
        let answer = ask(&mut connection);
        // An answer that came too late would be taken for that to the next question.
        let broken = |error: &RedisError| error.is_io_error() || error.is_unrecoverable_error();
        match answer.as_ref().err().is_some_and(broken) {
            true => self.idle().clear(),
            false => self.idle().push(connection),
        }
        answer.map_err(later)
    }

    fn connection(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(ANSWER)?;
        connection.set_read_timeout(Some(ANSWER))?;
        connection.set_write_timeout(Some(ANSWER))?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, BrokerError> {
        self.asking(|connection| command.query(connection))
    }

    /// A command on the stream of requests and its group.
    fn grouped(&self, command: &str) -> Cmd {
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().unwrap_or_default());
        for word in words {
            command.arg(word);
        }
        command.arg(&self.options.subject);
        command.arg(&self.options.durable);
        command
    }

    /// Entries that somebody left, with how often each was handed out.
    fn left(&self, most: usize) -> Result<Vec<(StreamId, u64)>, BrokerError> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        let mut claim = self.grouped("XAUTOCLAIM");
        claim.arg(CONSUMER).arg(millis(self.options.ack_wait));
        claim.arg(&*cursor).arg("COUNT").arg(most);
        let claimed: StreamAutoClaimReply = self.ask(&claim)?;
        cursor.clone_from(&claimed.next_stream_id);
        drop(cursor);
        let entries = claimed.claimed.into_iter();
        entries
            .map(|entry| {
                let mut pending = self.grouped("XPENDING");
                pending.arg(&entry.id).arg(&entry.id).arg(1);
                let pending: StreamPendingCountReply = self.ask(&pending)?;
                let times = pending.ids.first().map_or(2, |one| one.times_delivered);
                Ok((entry, times as u64))
            })
            .collect()
    }

    fn news(&self, most: usize, wait: Duration) -> Result<Vec<StreamId>, BrokerError> {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(&self.options.durable).arg(CONSUMER);
        read.arg("COUNT").arg(most);
        if !wait.is_zero() {
            read.arg("BLOCK").arg(millis(wait).max(1));
        }
        read.arg("STREAMS").arg(&self.options.subject).arg(">");
        let came: Option<StreamReadReply> = self.ask(&read)?;
        let keys = came.into_iter().flat_map(|came| came.keys);
        Ok(keys.flat_map(|key| key.ids).collect())
    }

    /// The oldest id that streams keep which were made here.
    fn oldest(&self) -> Option<String> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        let oldest = since.checked_sub(KEPT)?;
        self.options.create.then(|| oldest.as_millis().to_string())
    }

    fn key(&self, place: Place) -> &str {
        match place {
            Place::Results => &self.options.results,
            Place::DeadLetters => &self.options.dead_letters,
        }
    }
}

impl Broker for Redis {
    fn fetch(&self, most: usize, wait: Duration) -> Result<Vec<Delivery>, BrokerError> {
        let mut entries = self.shared.left(most)?;
        if entries.is_empty() {
            let news = self.shared.news(most, wait)?;
            entries.extend(news.into_iter().map(|entry| (entry, 1)));
        }
        let deliveries = entries.into_iter().map(|(entry, deliveries)| {
            let (millis, sequence) = numbers(&entry.id);
            let field = |name: &str| entry.get::<Vec<u8>>(name);
            let image = field("image");
            Delivery {
                sequence,
                deliveries,
                published: lines::moment(millis / 1000),
                id: entry.get("id"),
                raw: image.is_some(),
                // An entry without either asks for nothing.
                body: image
                    .or_else(|| field("request"))
                    .unwrap_or_else(|| b"{}".to_vec()),
                ticket: Box::new(Entry {
                    shared: Arc::clone(&self.shared),
                    id: entry.id,
                }),
            }
        });
        Ok(deliveries.collect())
    }

    fn publish(&self, letter: &Letter) -> Result<(), BrokerError> {
        let key = self.shared.key(letter.place);
        let mut add = self.shared.add.prepare_invoke();
        // The same slot of a cluster as the stream.
        add.key(key).key(format!("{{{key}}}:{}", letter.key));
        add.arg(millis(REPEATS))
            .arg(self.shared.oldest().unwrap_or_default());
        add.arg(&letter.key).arg(&letter.body);
        self.shared.asking(|connection| add.invoke(connection))
    }

    fn waiting(&self) -> Result<u64, BrokerError> {
        let Some(group) = self.shared.group()? else {
            return Ok(0);
        };
        // Not every server counts what was never handed out; that there is something is enough.
        let mut next = redis::cmd("XRANGE");
        next.arg(&self.shared.options.subject);
        next.arg(format!("({}", group.last_delivered_id));
        next.arg("+").arg("COUNT").arg(BATCH);
        let next: StreamRangeReply = self.shared.ask(&next)?;
        let new = group.lag.unwrap_or(next.ids.len()).max(next.ids.len());
        Ok((group.pending as u64).saturating_add(new as u64))
    }

    fn flush(&self) -> Result<(), BrokerError> {
        Ok(())
    }
}

impl Ends for Redis {
    fn ack_wait(&self) -> Duration {
        self.shared.options.ack_wait
    }

    fn send(&self, lines: &mut dyn BufRead) -> io::Result<u64> {
        let mut sent = 0;
        loop {
            let mut all = redis::pipe();
            while all.len() < BATCH {
                let Some(line) = lines::next(lines)? else {
                    break;
                };
                let add = all.cmd("XADD").arg(&self.shared.options.subject);
                if let Some(oldest) = self.shared.oldest() {
                    add.arg("MINID").arg("~").arg(oldest);
                }
                add.arg("*").arg("request").arg(line).ignore();
            }
            if all.is_empty() {
                return Ok(sent);
            }
            let added = self.shared.asking(|connection| all.query::<()>(connection));
            added.map_err(io::Error::other)?;
            sent += all.len() as u64;
        }
    }

    fn receive(
        &self,
        place: Place,
        wait: Duration,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let (mut received, mut last) = (0, "0-0".to_owned());
        loop {
            let mut read = redis::cmd("XREAD");
            read.arg("COUNT").arg(BATCH);
            read.arg("BLOCK").arg(millis(wait).max(1));
            read.arg("STREAMS").arg(self.shared.key(place)).arg(&last);
            let came = self.shared.ask::<Option<StreamReadReply>>(&read);
            let came = came.map_err(io::Error::other)?.into_iter();
            let mut entries = came.flat_map(|came| came.keys).flat_map(|key| key.ids);
            let Some(first) = entries.next() else {
                return Ok(received);
            };
            for entry in std::iter::once(first).chain(entries) {
                take(&entry.get::<Vec<u8>>("record").unwrap_or_default())?;
                received += 1;
                last = entry.id;
            }
        }
    }
}

impl Entry {
    /// Says it; what does not arrive has the entry handed out again.
    fn say(&self, command: &Cmd) {
        let _ = self.shared.ask::<redis::Value>(command);
    }

    /// Has it count as idle for so long. One that is done with stays so.
    fn idle(&self, idle: Duration) {
        let mut claim = self.shared.grouped("XCLAIM");
        claim.arg(CONSUMER).arg(0).arg(&self.id);
        claim.arg("IDLE").arg(millis(idle)).arg("JUSTID");
        self.say(&claim);
    }
}

impl Ticket for Entry {
    fn progress(&self) {
        self.idle(Duration::ZERO);
    }

    fn done(&self) {
        self.say(self.shared.grouped("XACK").arg(&self.id));
    }

    /// An entry cannot wait for longer than one that nobody gives a sign of life of.
    fn again(&self, after: Duration) {
        self.idle(self.shared.options.ack_wait.saturating_sub(after));
    }

    fn terminate(&self) {
        self.done();
    }
}

/// The time of an entry in milliseconds since 1970, and its id as one number that JSON can hold: the time times 4096 and the
/// number behind it, or a digest where that is larger, or the producer chose an id of another kind.
fn numbers(id: &str) -> (u64, u64) {
    let parts = id.split_once('-');
    let parts = parts
        .and_then(|(time, number)| Some((time.parse::<u64>().ok()?, number.parse::<u64>().ok()?)));
    match parts {
        Some((time, number)) if time < 1 << 41 && number < 1 << 12 => (time, time << 12 | number),
        _ => {
            let digest: [u8; 32] = Sha256::digest(id).into();
            let number = digest
                .first_chunk()
                .map_or(0, |head| u64::from_le_bytes(*head));
            (parts.map_or(0, |(time, _)| time), number >> 11)
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn later(error: impl ToString) -> BrokerError {
    BrokerError::Later(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_by_their_numbers() {
        assert_eq!(
            numbers("1790000000000-3"),
            (1_790_000_000_000, 1_790_000_000_000 << 12 | 3)
        );
        let (time, own) = numbers("5-18446744073709551615");
        assert_eq!(time, 5);
        assert_ne!(own, numbers("5-18446744073709551614").1);
        assert_ne!(numbers("a").1, numbers("b").1);
    }
}
