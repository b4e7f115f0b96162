use super::super::testing::{codes, found, with_exif, with_text, with_xmp};
use super::*;
use crate::asset::Metadata;
use crate::asset::namespace::DC;

const NAME: &str = "DigitalSourceType";
const SYSTEM: &str = "AISystemUsed";

#[test]
fn the_strongest_declaration_counts() {
    let generated = "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let both = [
        (IPTC_EXT, NAME, "digitalCapture"),
        (IPTC_EXT, NAME, generated),
    ];
    assert_eq!(codes(&MARK, &with_xmp(&both)), ["iptc.ai-generated"]);
}

#[test]
fn a_generated_region_is_an_edit() {
    let region = (IPTC_REGION, NAME, "trainedAlgorithmicMedia");
    for own in ["humanEdits", "digitalCapture", "algorithmicMedia"] {
        let metadata = with_xmp(&[(IPTC_EXT, NAME, own), region]);
        assert_eq!(codes(&MARK, &metadata), ["iptc.ai-edited"], "{own}");
    }
    let captured = (IPTC_REGION, NAME, "digitalCapture");
    assert!(codes(&MARK, &with_xmp(&[captured])).is_empty());
    let whole = (IPTC_EXT, NAME, "trainedAlgorithmicMedia");
    assert_eq!(
        codes(&MARK, &with_xmp(&[captured, whole])),
        ["iptc.ai-generated"]
    );
}

#[test]
fn every_spelling_is_read() {
    let uri =
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositedWithTrainedAlgorithmicMedia/";
    for (namespace, name) in [
        (IPTC_EXT, "DigitalSourceFileType"),
        (IPTC_EXT, "DigitalSourcefileType"),
        ("https://iptc.org/std/Iptc4xmpExt/2008-02-29", NAME),
        ("Iptc4xmpExt:", NAME),
    ] {
        let metadata = with_xmp(&[(namespace, name, uri)]);
        assert_eq!(
            codes(&MARK, &metadata),
            ["iptc.ai-edited"],
            "{namespace} {name}"
        );
    }
}

#[test]
fn synthetic_kinds_may_contain_ai() {
    for term in SYNTHETIC {
        let metadata = with_xmp(&[(IPTC_EXT, NAME, term)]);
        assert_eq!(codes(&MARK, &metadata), ["iptc.synthetic"], "{term}");
    }
}

#[test]
fn the_system_is_named_once_beside_a_source_type() {
    let used = (IPTC_EXT, SYSTEM, "Example 3");
    let prompt = (IPTC_EXT, "AIPromptInformation", "a robot");
    let rows = [(IPTC_EXT, NAME, "trainedAlgorithmicMedia"), used, prompt];
    let all = found(&MARK, &with_xmp(&rows));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].get("tool"), Some(&"Example 3".into()));
    assert_eq!(all[0].personal, [("prompt", "a robot".into())]);
    assert_eq!(codes(&MARK, &with_xmp(&[used])), ["iptc.ai-system"]);
    assert_eq!(codes(&MARK, &with_xmp(&[prompt])), ["iptc.ai-system"]);
    let other = with_xmp(&[(IPTC_EXT, NAME, "algorithmicallyEnhanced"), used]);
    assert_eq!(codes(&MARK, &other), ["iptc.ai-system-beside-other-source"]);
    let capture = with_xmp(&[(IPTC_EXT, NAME, "digitalCapture"), used]);
    assert_eq!(
        codes(&MARK, &capture),
        ["iptc.captured", "iptc.ai-system-beside-other-source"]
    );
}

#[test]
fn a_system_that_helped_a_camera_made_nothing() {
    let beside = ["iptc.ai-system-beside-other-source"];
    for name in ["Adobe Lightroom AI Denoise", "Topaz Gigapixel"] {
        assert_eq!(codes(&MARK, &with_xmp(&[(IPTC_EXT, SYSTEM, name)])), beside);
    }
    let camera = with_exif(&[
        ("0th", 0x010f, "Example"),
        ("0th", 0x0110, "One"),
        ("exif", 0x829a, "1/60 s"),
        ("exif", 0x8827, "200"),
    ]);
    let with_camera = |rows: &[(&str, &str, &str)]| {
        let exif = camera.exif.clone();
        let metadata = Metadata {
            exif,
            ..with_xmp(rows)
        };
        codes(&MARK, &metadata)
    };
    let used = (IPTC_EXT, SYSTEM, "Example 3");
    let prompt = (IPTC_EXT, "AIPromptInformation", "no people on a beach");
    assert_eq!(with_camera(&[used]), beside);
    assert_eq!(with_camera(&[used, prompt]), ["iptc.ai-system"]);
    assert_eq!(
        codes(&MARK, &with_xmp(&[(IPTC_EXT, SYSTEM, "Nano Banana")])),
        ["iptc.ai-system"]
    );
}

#[test]
fn empty_fields_other_namespaces_and_innocent_terms_say_nothing() {
    for (namespace, name, value) in [
        ("http://example.com/", NAME, "trainedAlgorithmicMedia"),
        (DC, NAME, "trainedAlgorithmicMedia"),
        (DC, "description", "trainedAlgorithmicMedia"),
        (IPTC_EXT, NAME, "composite"),
        (IPTC_EXT, NAME, "algorithmicallyEnhanced"),
        (IPTC_EXT, NAME, "notTrainedAlgorithmicMedia"),
        (IPTC_EXT, SYSTEM, "None"),
        (IPTC_EXT, SYSTEM, " "),
        (IPTC_EXT, SYSTEM, "No AI used"),
        (IPTC_EXT, SYSTEM, "N.A."),
        (IPTC_EXT, SYSTEM, "Not applicable"),
        (IPTC_EXT, SYSTEM, "n/a - camera"),
        (IPTC_EXT, "AIPromptInformation", "No prompt used"),
        (IPTC_EXT, "AIPromptInformation", "N/A"),
        (IPTC_EXT, "AISystemVersionUsed", "3"),
        (IPTC_EXT, "AIPromptWriterName", "A. Writer"),
        ("http://example.com/", SYSTEM, "Example 3"),
    ] {
        let metadata = with_xmp(&[(namespace, name, value)]);
        assert!(
            codes(&MARK, &metadata).is_empty(),
            "{namespace} {name} {value}"
        );
    }
    assert!(codes(&MARK, &with_text(NAME, "trainedAlgorithmicMedia")).is_empty());
}
