//! Memory that all images share: who waits for whom, and what is refused.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use image::{GrayImage, ImageFormat};
use provscan::asset::{Budget, PixelError};
use provscan::error::FaultKind;
use provscan::sources::{Input, open};
use provscan::{Asset, Limits};

/// A picture that compresses well: what is large about it is what it decodes to.
fn png(side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = GrayImage::new(side, side);
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// What decoding it in colour takes.
fn needs(picture: &[u8]) -> u64 {
    let asset = Asset::new("a.png", picture.to_vec(), Limits::default());
    asset.expect_colours();
    asset.decoding_memory()
}

fn within(budget: Budget) -> Limits {
    Limits {
        budget: Some(budget),
        ..Limits::default()
    }
}

#[test]
fn a_picture_that_alone_needs_more_than_there_is_is_refused_only_if_the_limit_is_hard() {
    let picture = png(2500);
    let opened = |budget| {
        let input = Input::memory("large.png", picture.clone());
        open(input, &within(budget)).unwrap()
    };
    let needs = needs(&picture);
    let refused = opened(Budget::hard(needs));
    let Err(PixelError::TooLarge(message)) = refused.pixels() else {
        panic!("it was decoded")
    };
    assert!(message.contains("--max-memory"), "{message}");
    assert!(opened(Budget::hard(needs * 2)).pixels().is_ok());
    assert!(opened(Budget::throttle(needs / 4)).pixels().is_ok());
}

#[test]
fn a_file_that_alone_is_larger_than_the_memory_is_refused() {
    let input = Input::memory("a.bin", vec![0; 40 << 20]);
    let fault = open(input, &within(Budget::hard(32 << 20))).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
    assert!(fault.message.contains("--max-memory"), "{fault}");
}

#[test]
fn pictures_wait_for_each_other_and_what_they_had_is_free_again() {
    let picture = Arc::new(png(1000));
    let needs = needs(&picture);
    // Room for two pictures at a time, and no more.
    let limits = within(Budget::hard(needs * 3));
    let at_once = AtomicU64::new(0);
    std::thread::scope(|threads| {
        for _ in 0..6 {
            threads.spawn(|| {
                for _ in 0..5 {
                    let input = Input::memory("a.png", picture.to_vec());
                    let asset = open(input, &limits).unwrap();
                    asset.pixels().unwrap();
                    let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(now <= 2, "{now} pictures at once");
                    std::thread::sleep(Duration::from_millis(1));
                    at_once.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    let input = Input::memory("a.png", picture.to_vec());
    open(input, &limits).unwrap().pixels().unwrap();
}
