//! The flag that asks for the network, in builds that have network code and in builds that have none.

use crate::support::provscan_with;

const IMAGE: &str = "samples/plain/icon.bmp";

#[cfg(not(feature = "online"))]
#[test]
fn a_build_without_network_code_says_how_to_get_one_with_it() {
    for verb in ["check", "scan"] {
        let ran = provscan_with([verb, "--online", IMAGE]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("--features online"), "{}", ran.err);
    }
}

#[cfg(feature = "online")]
#[test]
fn an_image_that_names_nothing_elsewhere_is_checked_as_without_the_flag() {
    let ran = provscan_with(["check", "--online", IMAGE]);
    let offline = provscan_with(["check", IMAGE]);
    assert_eq!((ran.code, ran.out), (0, offline.out));
}
