//! Images that take longer than a message may be in hand without a sign of life, on a real broker.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use image::{ImageFormat, RgbImage};
use provscan::queue::{
    self, BrokerOptions, Ends, Envelope, Judge, JudgeOptions, Judgement, Place, Tally, WorkOptions,
    work,
};
use provscan::{Inspector, Policy, Settings};

use super::broker::{Server, handed_out, published};
use crate::support::{Folder, Random};

/// How long the messages here may be in hand.
const SHORT: Duration = Duration::from_millis(400);

/// An image of so many pixels a side that is slow to read.
fn noise(side: u32) -> RgbImage {
    let mut random = Random::new(3);
    RgbImage::from_fn(side, side, |_, _| {
        let [red, green, blue, ..] = random.next().to_le_bytes();
        image::Rgb([red, green, blue])
    })
}

/// Requests for an image, which is put into this folder.
fn requests(folder: &Folder, name: &str, count: usize, image: &RgbImage) -> String {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    folder.put(name, bytes.into_inner());
    let one = |number| format!("{{\"id\":\"{name}-{number}\",\"path\":\"{name}\"}}\n");
    (0..count).map(one).collect()
}

/// Works in this process until nothing is left; files are in this folder.
fn worked(nats: &dyn Ends, folder: &Folder, max_time: Option<Duration>) -> Tally {
    let settings = Settings {
        thorough: true,
        ..Settings::default()
    };
    let policy = Policy::default();
    let inspector = Arc::new(Inspector::new(&settings, policy.clone()).unwrap());
    let options = JudgeOptions {
        root: Some(Judge::root(folder.path()).unwrap()),
        threads: 1,
        fetching: None,
        max_time,
    };
    let judge = Judge::new(Judgement::new(inspector, &settings, &policy), options);
    let options = WorkOptions {
        max_in_flight: 8,
        max_deliveries: 3,
        ack_wait: nats.ack_wait(),
        until_empty: true,
        envelope: Envelope::Plain,
        patience: Duration::ZERO,
    };
    let (tally, audited) = work(nats, &judge, &options, &AtomicBool::new(false));
    audited.unwrap();
    tally
}

fn connected(server: &Server) -> Box<dyn Ends> {
    queue::connect(BrokerOptions {
        ack_wait: SHORT,
        ..server.options()
    })
    .unwrap()
}

#[test]
fn what_is_worked_on_is_not_handed_to_another_worker() {
    let Some(server) = Server::start() else {
        return;
    };
    let (nats, folder) = (connected(&server), Folder::new());
    assert_eq!(nats.ack_wait(), SHORT);
    // The first is looked at for longer than it may be in hand, and the last wait for a thread for longer than that.
    let first = requests(&folder, "big.png", 1, &noise(6000));
    let others = requests(&folder, "slow.png", 15, &noise(2500));
    nats.send(&mut (first + &others).as_bytes()).unwrap();
    let began = Instant::now();
    let answered = AtomicUsize::new(0);
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                let nats = connected(&server);
                let tally = worked(&*nats, &folder, None);
                answered.fetch_add(usize::try_from(tally.answered).unwrap(), Ordering::SeqCst);
            });
        }
    });
    println!("{:?} for all, {SHORT:?} in hand", began.elapsed());
    assert_eq!(answered.load(Ordering::SeqCst), 16);
    assert_eq!(handed_out(&server.address()), 16, "none twice");
    assert_eq!(published(&*nats, Place::Results).len(), 16);
}

#[test]
fn what_takes_too_long_is_answered_with_that() {
    let Some(server) = Server::start() else {
        return;
    };
    let (nats, folder) = (connected(&server), Folder::new());
    // Many pixels in few bytes: a second more is allowed for each 2 MiB.
    let flat = RgbImage::from_pixel(7000, 7000, image::Rgb([90, 120, 40]));
    nats.send(&mut requests(&folder, "flat.png", 1, &flat).as_bytes())
        .unwrap();
    assert!(folder.at("flat.png").metadata().unwrap().len() < 2 << 20);
    let tally = worked(&*nats, &folder, Some(Duration::from_millis(1)));
    assert_eq!((tally.answered, tally.incomplete, tally.dead), (1, 1, 0));
    for (record, _) in published(&*nats, Place::Results) {
        assert_eq!(record["verdict"], "unchecked", "{record}");
        assert!(
            record.to_string().contains("--max-time raises it"),
            "{record}"
        );
    }
    assert_eq!(handed_out(&server.address()), 1);
}
