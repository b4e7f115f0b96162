//! More than there is room for.

use std::io::Write as _;
use std::time::Duration;

use super::hostile::{TOKEN, head};
use super::{Answer, Service, read};
use crate::support::{Folder, Sample};

#[test]
fn bodies_together_have_a_limit_too() {
    let service = Service::start(&["--max-memory", "16M"]);
    let mut held = service.connect();
    held.write_all(head(&service, "Content-Length: 16000000\r\n").as_bytes())
        .unwrap();
    held.write_all(&vec![0; 12_000_000]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let answer = service.check(&vec![0; 8_000_000]);
    assert_eq!(answer.status, 503);
    assert!(
        answer.head.to_lowercase().contains("retry-after"),
        "{answer:?}"
    );
    drop(held);
    for _ in 0..100 {
        if service.check(&vec![0; 8_000_000]).status == 200 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the room of a connection that went away was not given back");
}

#[test]
fn too_many_at_once_are_told_to_come_again() {
    let folder = Folder::new();
    let tokens = folder.put("tokens", format!("{TOKEN}\nanother-token-of-ours\n"));
    let service = Service::start(&[
        "--max-in-flight",
        "2",
        "--max-per-token",
        "1",
        "--tokens",
        tokens.to_str().unwrap(),
    ]);
    let hold = |token: &str, count: u32| {
        let mut stream = service.connect();
        let rest = format!("Authorization: Bearer {token}\r\nContent-Length: 10\r\n");
        stream.write_all(head(&service, &rest).as_bytes()).unwrap();
        service.until_in_flight(count, &[&format!("Authorization: Bearer {token}")]);
        stream
    };
    let ask = |token: &str| -> Answer {
        let token = format!("Authorization: Bearer {token}");
        service.ask(
            "POST",
            "/v1/check",
            &["Content-Type: image/png", &token],
            b"x",
        )
    };
    let mut first = hold(TOKEN, 1);
    assert_eq!(ask(TOKEN).status, 429);
    assert_eq!(ask("another-token-of-ours").status, 200);
    let second = hold("another-token-of-ours", 2);
    let full = ask("another-token-of-ours");
    assert_eq!(full.status, 429);
    assert!(full.head.to_lowercase().contains("retry-after: 1"));
    drop(second);
    first.write_all(b"0123456789").unwrap();
    assert_eq!(read(&mut first).status, 200);
}

#[test]
fn overload_is_refused_and_what_is_in_hand_is_answered() {
    let service = Service::start(&["--max-in-flight", "2"]);
    let image = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let asking = || {
            (0..5)
                .map(|_| service.check(&image).status)
                .collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..16).map(|_| threads.spawn(asking)).collect();
        all.into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    assert_eq!(statuses.len(), 80);
    assert!(
        statuses.iter().all(|status| [200, 503].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&200));
    assert_eq!(service.check(&image).status, 200);
}
