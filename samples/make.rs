//! Makes the samples: `cargo run --ignore-rust-version --example make_samples [-- --force]`.
//!
//! Every picture is drawn by the code beside this file. What is not signed comes out the same byte for byte; what is
//! signed stays as it lies there unless `--force` asks for new signatures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a developer's tool that works on files it has just made: to stop at the first surprise is what it is for"
)]

#[path = "make/actions.rs"]
mod actions;
#[path = "make/archives.rs"]
mod archives;
#[path = "make/broken.rs"]
mod broken;
#[path = "make/by_hand/mod.rs"]
mod by_hand;
#[path = "make/canvas.rs"]
mod canvas;
#[path = "make/check.rs"]
mod check;
#[path = "make/check_known.rs"]
mod check_known;
#[path = "make/check_pictures.rs"]
mod check_pictures;
#[path = "make/credentials.rs"]
mod credentials;
#[path = "make/declared.rs"]
mod declared;
#[path = "make/drawing.rs"]
mod drawing;
#[path = "make/embedder.rs"]
mod embedder;
#[path = "make/encode.rs"]
mod encode;
#[path = "make/exchange_lists.rs"]
mod exchange_lists;
#[path = "make/handmade.rs"]
mod handmade;
#[path = "make/handmade_pasts.rs"]
mod handmade_pasts;
#[path = "make/known.rs"]
mod known;
#[path = "make/lists.rs"]
mod lists;
#[path = "make/marks.rs"]
mod marks;
#[path = "make/media.rs"]
mod media;
#[path = "make/metadata.rs"]
mod metadata;
#[path = "make/noise.rs"]
mod noise;
#[path = "make/output.rs"]
mod output;
#[allow(dead_code, reason = "the tests write more kinds of archives")]
#[path = "make/pack.rs"]
mod pack;
#[path = "make/plain.rs"]
mod plain;
#[path = "make/services.rs"]
mod services;
#[path = "make/signing.rs"]
mod signing;
#[path = "make/table_lists.rs"]
mod table_lists;
#[path = "make/tampered.rs"]
mod tampered;
#[path = "make/thumbnails.rs"]
mod thumbnails;
#[path = "make/tools.rs"]
mod tools;
#[path = "make/traces.rs"]
mod traces;
#[path = "make/watermark.rs"]
mod watermark;

fn main() {
    let force = std::env::args().any(|argument| argument == "--force");
    let output = output::Output::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"), force);
    plain::make(&output);
    broken::make(&output);
    marks::make(&output);
    services::make(&output);
    declared::make(&output);
    tools::make(&output);
    known::make(&output);
    lists::make(&output);
    table_lists::make(&output);
    exchange_lists::make(&output);
    credentials::make(&output);
    tampered::make(&output);
    handmade::make(&output);
    archives::make(&output);
    thumbnails::make(&output);
    traces::make(&output);
    watermark::make(&output);
    check_pictures::check(&output);
    check::check(&output);
    check_known::check(&output);
}
