//! Images at addresses: what may be fetched, and what becomes of servers that misbehave.

#[cfg(feature = "online")]
mod direct;
#[cfg(all(feature = "online", feature = "server"))]
mod service;
#[cfg(feature = "online")]
mod store;
#[cfg(all(feature = "online", feature = "object-store"))]
mod stores;
#[cfg(all(feature = "online", feature = "queue"))]
mod worker;

#[cfg(all(
    feature = "server",
    not(any(feature = "online", feature = "object-store"))
))]
#[test]
fn a_build_without_network_code_says_how_to_get_one_that_has_it() {
    let ran = crate::support::provscan_with(["serve", "--fetch-from", "public"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("--features online"), "{}", ran.err);
}
