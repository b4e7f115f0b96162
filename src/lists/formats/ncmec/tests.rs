use super::super::testing::imported;
use super::*;

fn result(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<queryResult xmlns=\"{NAMESPACE}\">\n<images count=\"1\">{items}</images>\n\
         <paging><next>/v2/entries?from=a&amp;to=b</next></paging></queryResult>\n"
    )
}

fn image(id: &str, fingerprints: &str) -> String {
    format!(
        "<image><member id=\"42\">Example &amp; <![CDATA[<Member>]]></member><timestamp>2026-01-02T15:00:00Z</timestamp>\n<id>{id}</id>\
         <classification>A1</classification><fingerprints>{fingerprints}</fingerprints></image>"
    )
}

fn deleted(id: &str) -> String {
    format!(
        "<deletedImage><member id=\"42\">M</member><id>{id}</id><timestamp>t</timestamp></deletedImage>"
    )
}

#[test]
fn every_fingerprint_is_an_entry_and_disputed_ones_are_for_review() {
    let fingerprints = format!(
        "<md5>{}</md5><sha1>\n {} \n</sha1><pdna>{}</pdna><pdq>{}</pdq><md5/><netclean>x</netclean><tmkPdqf rel=\"self\" href=\"/v2/x\"/>",
        "ab".repeat(16),
        "CD".repeat(20),
        "5c".repeat(144),
        "0f".repeat(32)
    );
    let feedback = "<feedback lastUpdateTimestamp=\"t\"><affirmativeFeedback type=\"Md5\"><members/></affirmativeFeedback>\
        <negativeFeedback type=\"Sha1\"><reasons><reason guid=\"g\" name=\"n\" type=\"Sha1\"/></reasons></negativeFeedback></feedback></image>";
    let text = result(&image("image1", &fingerprints).replace("</image>", feedback));
    let read = crate::lists::formats::read(text.as_bytes(), None).unwrap();
    let told: Vec<_> = read
        .entries
        .iter()
        .map(|entry| {
            assert_eq!(
                (
                    entry.id.as_str(),
                    entry.category.as_deref(),
                    entry.source.as_deref(),
                    entry.date.as_deref()
                ),
                (
                    "42/image1",
                    Some("A1"),
                    Some("Example & <Member>"),
                    Some("2026-01-02T15:00:00Z")
                )
            );
            (entry.fingerprint.kind().to_string(), entry.action)
        })
        .collect();
    let named = |name: &str| (name.to_owned(), None);
    let review = ("sha1".to_owned(), Some(Action::Review));
    assert_eq!(
        told,
        [named("md5"), review, named("photodna"), named("pdq")]
    );
    assert_eq!(read.left_out[OTHER_KIND], 2);
}

#[test]
fn later_results_replace_and_take_back_whatever_the_prefix() {
    let md5 = |byte: &str| format!("<md5>{}</md5>", byte.repeat(16));
    let first = result(
        &[
            image("a", &md5("aa")),
            image("b", &md5("bb")),
            image("c", &md5("cc")),
        ]
        .concat(),
    );
    let second = result(&[image("a", &md5("dd")), deleted("b"), image("d", "")].concat())
        .replace("xmlns=", "xmlns:n=")
        .replace("</", "</n:")
        .replace('<', "<n:")
        .replace("<n:/n:", "</n:")
        .replace("<n:?", "<?")
        .replace("<n:!", "<!")
        .replace("[<n:Member>]", "[x]");
    let read = imported(&FORMAT, &(first + "\u{feff}" + &second)).unwrap();
    let left = read.entries.iter().map(|entry| {
        let hash = entry.fingerprint.hex()[..2].to_owned();
        (entry.id.clone(), hash)
    });
    let left: Vec<_> = left.collect();
    assert_eq!(
        left,
        [
            ("42/c".to_owned(), "cc".to_owned()),
            ("42/a".to_owned(), "dd".to_owned())
        ]
    );
    assert_eq!(read.left_out[NO_HASH], 1);
}

#[test]
fn other_namespaces_are_passed_over_inside_and_refused_outside() {
    let other = format!(
        "<x xmlns=\"urn:other\"><image><md5>{}</md5></image></x>",
        "ab".repeat(16)
    );
    let read = imported(&FORMAT, &result(&other)).unwrap();
    assert!(read.entries.is_empty());
    let error = imported(&FORMAT, &result("").replace(NAMESPACE, "urn:other")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("line 2: expected the element `queryResult` of https://"),
        "{error}"
    );
}

#[test]
fn mistakes_are_named_without_the_hash() {
    let hash = "deadbeef".repeat(4);
    let good = image("a", &format!("<md5>{hash}</md5>"));
    for (text, message) in [
        (
            result(&image("a", &format!("<sha1>{hash}</sha1>"))),
            "line 4: 32 hex digits, a sha1 hash has 40",
        ),
        (
            result(&image("a", &format!("<md5>{hash}&secret;</md5>"))),
            "line 4: an entity that XML itself does not define",
        ),
        (
            result(&image("a", &format!("<md5>{hash}&secret</md5>"))),
            "this is no well-formed XML",
        ),
        (
            result(&image("a", &format!("<md5 a=\"&{hash};\"/>"))),
            "an entity that XML itself does not define",
        ),
        (
            result(&good.replace(" id=\"42\"", "")),
            "no `member` with an `id`",
        ),
        (
            result(&good.replace("<id>a</id>", "")),
            "no `id` in this image or video",
        ),
        (
            result(&image(&hash.repeat(100), "")),
            "a text longer than 1024 bytes",
        ),
        (
            result(&good.replace("</md5>", &format!("</{hash}>"))),
            "this is no well-formed XML: do all end tags",
        ),
        (
            result(
                &good
                    .replace("<md5>", "<n:md5>")
                    .replace("</md5>", "</n:md5>"),
            )
            .replace("<images", &format!("<images xmlns:xml=\"{hash}\"")),
            "a namespace is wrong",
        ),
        (
            result(&good)[..300].to_owned(),
            "the list ends in the middle",
        ),
        (
            result(&good).replace("<images", &format!("<!ENTITY a \"{hash}\"><images")),
            "line 3: ",
        ),
        (
            format!("<!DOCTYPE a [<!ENTITY a \"{hash}\">]>") + &result(&good),
            "line 1: a document type; lists have none",
        ),
        (
            result(&good).replace("UTF-8", "ISO-8859-1"),
            "line 1: this declaration is not that of UTF-8 XML",
        ),
        (result(&good) + &hash, "text outside of all elements"),
        (String::new(), "the whole list: it is empty"),
    ] {
        let error = imported(&FORMAT, &text).unwrap_err().to_string();
        assert!(
            error.contains(message) && !error.contains("deadbeef"),
            "{message}: {error}"
        );
    }
}

#[test]
fn depth_and_length_are_limited() {
    let message = |text: &str| imported(&FORMAT, text).unwrap_err().to_string();
    assert!(message(&result(&"<a>".repeat(100_000))).contains("nested deeper than 64 levels"));
    let comment = format!("<!-- {} -->", "<a>".repeat(1 << 19));
    assert!(message(&result(&comment)).contains("longer than a mebibyte"));
    let text = format!("<md5>{}</md5>", "a<!---->".repeat(2 << 20));
    assert!(message(&result(&image("a", &text))).contains("longer than a mebibyte"));
    let hashes = format!("<md5>{}</md5>", "ab".repeat(16)).repeat(MAX_HASHES + 1);
    assert!(message(&result(&image("a", &hashes))).contains("more than 1024 fingerprints"));
}
