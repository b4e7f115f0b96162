use super::super::testing::{codes, found, with_exif, with_xmp};
use super::*;
use crate::asset::namespace::{DC, PLUS};

const TDM: &str = "http://www.w3.org/ns/tdmrep/";

#[test]
fn every_prohibition_of_plus_is_read_as_uri_and_as_code() {
    for (code, _) in PROHIBITED {
        for value in [
            format!("http://ns.useplus.org/ldf/vocab/DMI-{code}"),
            format!("DMI-{code}"),
            code.to_lowercase(),
        ] {
            let metadata = with_xmp(&[(PLUS, "DataMining", &value)]);
            assert_eq!(codes(&MARK, &metadata), ["rights.plus-reserved"], "{value}");
        }
    }
    let undeclared = with_xmp(&[("plus:", "DataMining", "DMI-ALLOWED")]);
    assert_eq!(codes(&MARK, &undeclared), ["rights.plus-allowed"]);
}

#[test]
fn reservations_count_before_permissions() {
    let rows = [
        (TDM, "reservation", "0"),
        (TDM, "reservation", "1"),
        (TDM, "policy", "https://example.com/p"),
    ];
    let found = &found(&MARK, &with_xmp(&rows))[0];
    assert_eq!(found.code.name, "rights.tdm-reserved");
    assert_eq!(found.get("policy"), Some(&"https://example.com/p".into()));
    let open = with_xmp(&[("http://www.w3.org/ns/tdmrep#", "reservation", "0")]);
    assert_eq!(codes(&MARK, &open), ["rights.tdm-allowed"]);
}

#[test]
fn sets_of_exif_are_read_with_and_without_their_count() {
    for (shown, code) in [
        ("1, 0, 0", Some("rights.exif-opt-out")),
        ("2, 0, 1, 2, 0", Some("rights.exif-opt-out")),
        ("0, 1, 3, 1", Some("rights.exif-opt-in")),
        ("1, 0, 2", None),
        ("1", None),
        ("", None),
        ("0x000100000000", None),
    ] {
        let metadata = with_exif(&[("exif", LEARNING_OPT_OUT_IN, shown)]);
        assert_eq!(codes(&MARK, &metadata).first().copied(), code, "{shown}");
    }
}

#[test]
fn all_uses_are_those_without_an_exception() {
    for (shown, out, allowed) in [
        (
            "2, 0, 0, 2, 1",
            "all uses except training of generative AI",
            "training of generative AI",
        ),
        (
            "2, 3, 0, 0, 1",
            "data mining",
            "all uses except data mining",
        ),
    ] {
        let found = &found(&MARK, &with_exif(&[("exif", LEARNING_OPT_OUT_IN, shown)]))[0];
        assert_eq!(found.get("not_allowed"), Some(&vec![out.to_owned()].into()));
        assert_eq!(found.get("allowed"), Some(&vec![allowed.to_owned()].into()));
    }
}

#[test]
fn free_words_and_queries_are_personal() {
    let rows = [
        (PLUS, "DataMining", "DMI-PROHIBITED-SEECONSTRAINT"),
        (PLUS, "OtherConstraints", "ask Jane Doe"),
        (TDM, "reservation", "1"),
        (TDM, "policy", "https://example.com/p?user=jane"),
    ];
    let all = found(&MARK, &with_xmp(&rows));
    assert_eq!(all[0].personal, [("constraint", "ask Jane Doe".into())]);
    assert_eq!(all[1].get("policy"), Some(&"https://example.com/p".into()));
    assert_eq!(all[1].personal.len(), 1);
    for address in [
        "https://jane@example.com/p",
        "file:///C:/Users/jane/p",
        "jane",
    ] {
        assert_eq!(without_query(address), None, "{address}");
    }
}

#[test]
fn what_reserves_nothing_says_nothing() {
    for (namespace, name, value) in [
        (
            PLUS,
            "DataMining",
            "http://ns.useplus.org/ldf/vocab/DMI-UNSPECIFIED",
        ),
        (PLUS, "DataMining", "see our website"),
        (DC, "DataMining", "DMI-PROHIBITED"),
        (DC, "description", "DMI-PROHIBITED"),
        (TDM, "reservation", "perhaps"),
        (TDM, "policy", "https://example.com/p"),
        ("http://example.com/", "reservation", "1"),
    ] {
        assert!(
            codes(&MARK, &with_xmp(&[(namespace, name, value)])).is_empty(),
            "{value}"
        );
    }
}
