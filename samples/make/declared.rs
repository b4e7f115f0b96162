//! `generator_metadata/`: declarations in the forms that standards have for them.

use crate::drawing::Subject;
use crate::encode::{with_exif, with_segment, with_text, with_xmp};
use crate::metadata::{Value, exif, packet};
use crate::output::Output;
use crate::services::{commented, described_as, in_text, photograph, picture, source_type};
use serde_json::json;

const LEARNING_OPT_OUT_IN: u16 = 0x9287;

type Samples = Vec<(&'static str, Vec<u8>)>;

/// Writes every sample of this kind.
pub fn make(output: &Output) {
    for (name, bytes) in [standards(), labels()].concat() {
        output.write(&format!("generator_metadata/{name}"), &bytes);
    }
}

fn standards() -> Samples {
    let plus = |value: &str| {
        packet(
            r#"xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/""#,
            &format!("<plus:DataMining>http://ns.useplus.org/ldf/vocab/{value}</plus:DataMining>"),
        )
    };
    let tdm = |value: &str| {
        packet(
            r#"xmlns:tdm="http://www.w3.org/ns/tdmrep/""#,
            &format!(
                "<tdm:reservation>{value}</tdm:reservation><tdm:policy>https://example.com/policy.json</tdm:policy>"
            ),
        )
    };
    let system = "<Iptc4xmpExt:AISystemUsed>Example Painter</Iptc4xmpExt:AISystemUsed>
   <Iptc4xmpExt:AISystemVersionUsed>2</Iptc4xmpExt:AISystemVersionUsed>
   <Iptc4xmpExt:AIPromptInformation>hills in the morning</Iptc4xmpExt:AIPromptInformation>
   <Iptc4xmpExt:AIPromptWriterName>A. Writer</Iptc4xmpExt:AIPromptWriterName>";
    vec![
        (
            "iptc-ai-system.jpg",
            with_xmp(&photograph(53), &iptc(system)),
        ),
        (
            "iptc-ai-system-beside-capture.jpg",
            with_xmp(
                &photograph(54),
                &iptc(&format!("{}{system}", source_type("digitalCapture"))),
            ),
        ),
        (
            "iptc-synthetic.jpg",
            with_xmp(&photograph(55), &iptc(&source_type("algorithmicMedia"))),
        ),
        (
            "rights-plus-reserved.jpg",
            with_xmp(&photograph(56), &plus("DMI-PROHIBITED-GENAIMLTRAINING")),
        ),
        (
            "rights-plus-allowed.jpg",
            with_xmp(&photograph(57), &plus("DMI-ALLOWED")),
        ),
        (
            "rights-tdm-reserved.png",
            in_text(&picture(Subject::Dunes, 58), &tdm("1")),
        ),
        (
            "rights-tdm-allowed.png",
            in_text(&picture(Subject::Dunes, 59), &tdm("0")),
        ),
        ("rights-exif-opt-out.jpg", opted(60, &[2, 0, 0, 2, 1])),
        ("rights-exif-opt-in.jpg", opted(61, &[1, 0, 1])),
    ]
}

/// The Chinese label in the ways in which it is written.
fn labels() -> Samples {
    let label = |value: &str| {
        json!({
            "Label": value, "ContentProducer": "001191110102MACQD9K64010000", "ProduceID": "0123456789abcdef",
            "ReservedCode1": "", "ContentPropagator": "", "PropagateID": "", "ReservedCode2": "",
        })
    };
    let older = json!({"ServiceProvider": "Example Cloud", "ServiceUser": "42", "Time": "2025-09-01", "ContentId": "1"});
    let xmp = packet(
        r#"xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/""#,
        &format!(
            "<TC260:AIGC>{}</TC260:AIGC>",
            label("1").to_string().replace('"', "&quot;")
        ),
    );
    // The header as one service writes it.
    let xmp = xmp.replacen("?>", "??>", 1);
    vec![
        ("tc260-xmp.png", in_text(&picture(Subject::Fruit, 62), &xmp)),
        (
            "tc260-text.png",
            with_text(
                &picture(Subject::Fruit, 63),
                "AIGC",
                &label("1").to_string(),
            ),
        ),
        (
            "tc260-comment.jpg",
            commented(64, &json!({"AIGC": label("1")}).to_string()),
        ),
        (
            "tc260-segment.jpg",
            with_segment(
                &photograph(65),
                0xeb,
                format!("AIGC{}", label("1")).as_bytes(),
            ),
        ),
        ("tc260-provider.jpg", described_as(66, &older.to_string())),
        (
            "tc260-suspected.png",
            with_text(
                &picture(Subject::Fruit, 67),
                "AIGC",
                &label("3").to_string(),
            ),
        ),
        (
            "tc260-no-label.png",
            with_text(
                &picture(Subject::Fruit, 68),
                "AIGC",
                &label("0").to_string(),
            ),
        ),
    ]
}

/// EXIF 3.1: how many sets, then use and choice of each.
fn opted(seed: u64, numbers: &[u16]) -> Vec<u8> {
    let bytes = numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect();
    with_exif(
        &photograph(seed),
        &exif(&[], &[(LEARNING_OPT_OUT_IN, Value::Bytes(bytes))]),
    )
}

fn iptc(properties: &str) -> String {
    packet(
        r#"xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/""#,
        properties,
    )
}
