//! Every route by which metadata come into a file.

use super::asset;
use super::build::{self, SOURCE_TYPE, chunk, deflate};
use provscan::asset::{BlockKind, Metadata, Orientation, namespace};

fn read(bytes: &[u8]) -> Metadata {
    asset(bytes).metadata().clone()
}

fn source_types(metadata: &Metadata) -> Vec<&str> {
    metadata
        .xmp_values(namespace::IPTC_EXT, "DigitalSourceType")
        .collect()
}

#[test]
fn xmp_is_found_in_every_format_by_namespace() {
    for (name, bytes) in build::all() {
        let wanted = match name {
            "jpeg" => 2,
            "bmp" | "ico" | "c2pa" => 0,
            _ => 1,
        };
        assert_eq!(
            source_types(&read(&bytes)),
            vec![SOURCE_TYPE; wanted],
            "{name}"
        );
    }
}

#[test]
fn exif_is_found_in_every_format() {
    for (name, bytes) in build::all() {
        let metadata = read(&bytes);
        let software = metadata.exif.text(0x0131);
        match name {
            "gif" | "bmp" | "ico" | "c2pa" => assert_eq!(software, None, "{name}"),
            "tiff" => assert_eq!(software, Some("Some Software")),
            _ => {
                assert_eq!(software, Some("Zeichner ü"), "{name}");
                assert_eq!(metadata.exif.text(0x9286), Some("hello"), "{name}");
                assert_eq!(metadata.orientation(), Orientation(6), "{name}");
            }
        }
    }
}

#[test]
fn texts_and_comments() {
    let [jpeg, png, gif] = ["jpeg", "png", "gif"].map(|wanted| {
        let (_, bytes) = build::all()
            .into_iter()
            .find(|(name, _)| *name == wanted)
            .unwrap();
        read(&bytes)
    });
    assert_eq!(
        jpeg.texts_named("Comment").collect::<Vec<_>>(),
        ["a comment"]
    );
    assert_eq!(
        gif.texts_named("Comment").collect::<Vec<_>>(),
        ["hello there"]
    );
    let texts: Vec<_> = png
        .texts
        .iter()
        .map(|entry| (entry.keyword.as_str(), entry.text.as_str()))
        .collect();
    let wanted = [
        ("parameters", "Steps: 1"),
        ("zipped", "deflated text"),
        ("late", "after the pixels"),
    ];
    assert_eq!(texts, wanted);
}

#[test]
fn png_texts_are_utf8_first_then_latin1() {
    let chunks = [
        chunk(b"tEXt", "a\0\u{fc}".as_bytes()),
        chunk(b"tEXt", b"b\0\xfc"),
    ];
    let metadata = read(&build::png(&chunks, &[]));
    assert!(
        metadata.texts.iter().all(|entry| entry.text == "ü"),
        "{:?}",
        metadata.texts
    );
}

#[test]
fn png_xmp_is_found_in_every_kind_of_text_chunk() {
    let xmp = build::xmp();
    let zipped = deflate(&xmp);
    let hex: String = xmp.iter().map(|byte| format!("{byte:02x}")).collect();
    let profile = format!("Raw profile type xmp\0\nxmp\n     {}\n{hex}\n", xmp.len());
    for chunk in [
        chunk(b"tEXt", &[b"XML:com.adobe.xmp\0", &xmp[..]].concat()),
        chunk(b"zTXt", &[b"XML:com.adobe.xmp\0\0", &zipped[..]].concat()),
        chunk(
            b"iTXt",
            &[b"XML:com.adobe.xmp\0\x01\0en\0\0", &zipped[..]].concat(),
        ),
        chunk(b"tEXt", profile.as_bytes()),
    ] {
        assert_eq!(
            source_types(&read(&build::png(&[], &[chunk]))),
            [SOURCE_TYPE]
        );
    }
}

#[test]
fn user_comments_in_every_character_code() {
    let text = "Prompt, Schöne 猫\nSteps: 20";
    let units: Vec<u16> = text.encode_utf16().collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    for big_endian in [true, false] {
        for (code, body) in [
            (&b"UNICODE\0"[..], &big[..]),
            (b"UNICODE\0", &little),
            (b"UNICODE\0", text.as_bytes()),
            (b"ASCII\0\0\0", text.as_bytes()),
            (b"\0\0\0\0\0\0\0\0", text.as_bytes()),
            (b"", text.as_bytes()),
        ] {
            let value = [code, body].concat();
            let exif = build::tiff(big_endian, &[(0x9286, 7, &value)]);
            assert_eq!(read(&exif).exif.text(0x9286), Some(text), "{code:?}");
        }
    }
}

#[test]
fn exif_numbers_read_as_people_write_them() {
    let exposure = [0, 0, 0, 1, 0, 0, 0, 60];
    let exif = build::tiff(
        true,
        &[
            (0x829A, 5, &exposure),
            (0x9C9C, 1, b"h\0i\0\0\0"),
            (0x9287, 3, &[0, 2, 0, 1]),
        ],
    );
    let metadata = read(&exif);
    assert_eq!(metadata.exif.text(0x829A), Some("1/60"));
    assert_eq!(metadata.exif.text(0x9C9C), Some("hi"));
    assert_eq!(metadata.exif.text(0x9287), Some("2, 1"));
}

#[test]
fn extended_xmp_with_a_hole_is_a_problem() {
    let xmp = build::xmp();
    let metadata = read(&build::jpeg(&[
        build::extended(usize::MAX, 0, &xmp[..9]),
        build::extended(4, 80, &xmp[80..]),
    ]));
    assert_eq!(source_types(&metadata), Vec::<&str>::new());
    assert_eq!(metadata.problems, ["extended xmp: pieces are missing"]);
}

/// The properties of a packet with this inside of its description.
fn properties(inside: &str) -> Vec<(String, String)> {
    let xml = format!(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:a" xmlns:b="urn:b">
        <rdf:Description rdf:about="">{inside}</rdf:Description></rdf:RDF>"#
    );
    let chunk = chunk(b"tEXt", &[b"XML:com.adobe.xmp\0", xml.as_bytes()].concat());
    let metadata = read(&build::png(&[chunk], &[]));
    assert_eq!(metadata.problems, Vec::<String>::new());
    let rows = metadata.xmp.iter().flat_map(|packet| &packet.properties);
    rows.map(|row| (format!("{}{}", row.namespace, row.name), row.value.clone()))
        .collect()
}

#[test]
fn xmp_is_flattened_to_leaves() {
    let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let seq =
        "<a:list><rdf:Seq><rdf:li>1</rdf:li><rdf:li xml:lang='en'>2</rdf:li></rdf:Seq></a:list>";
    assert_eq!(
        properties(seq),
        [row("urn:alist", "1"), row("urn:alist", "2")]
    );
    let resource = "<a:link rdf:resource='http://x'/><a:v rdf:parseType='Resource'><rdf:value>3</rdf:value></a:v>";
    assert_eq!(
        properties(resource),
        [row("urn:alink", "http://x"), row("urn:av", "3")]
    );
    let history = "<a:h><rdf:Seq><rdf:li b:agent='P' b:action='saved'/></rdf:Seq></a:h>";
    assert_eq!(
        properties(history),
        [row("urn:bagent", "P"), row("urn:baction", "saved")]
    );
    assert_eq!(
        properties("<a:json><![CDATA[{\"x\"]]>:&quot;y&quot;}</a:json>"),
        [row("urn:ajson", "{\"x\":\"y\"}")]
    );
    assert_eq!(properties("<c:odd>4</c:odd>"), [row("c:odd", "4")]);
}

#[test]
fn xmp_in_utf16_and_with_a_broken_header() {
    let text = String::from_utf8(build::xmp()).unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let padded = format!("\0{}\0\0", text.replace("?>", "??>"));
    for packet in [
        utf16,
        padded.into_bytes(),
        [&text.into_bytes()[..], b"\xFF\0"].concat(),
    ] {
        let metadata = read(&build::riff(&[(b"XMP ", packet)]));
        assert_eq!(
            source_types(&metadata),
            [SOURCE_TYPE],
            "{:?}",
            metadata.problems
        );
    }
}

#[test]
fn iptc_credit_is_read() {
    let mut resource = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x18".to_vec();
    resource.extend(b"\x1C\x02\x6E\0\x13Made with Google AI");
    let metadata = read(&build::jpeg(&[build::segment(0xED, &resource)]));
    let fields: Vec<_> = metadata
        .iptc
        .iter()
        .map(|field| (field.record, field.dataset, field.text.as_str()))
        .collect();
    assert_eq!(fields, [(2, 110, "Made with Google AI")]);
}

#[test]
fn damaged_xmp_is_read_past_the_damage() {
    let whole = String::from_utf8(build::xmp()).unwrap();
    let element = format!("<odd:DigitalSourceType>{SOURCE_TYPE}</odd:DigitalSourceType>");
    let opened = whole.replace(
        "/></rdf:RDF>",
        &format!(">{element}</rdf:Description></rdf:RDF>"),
    );
    let cut = opened.find("</rdf:Description>").unwrap();
    for (damaged, wanted) in [
        (
            whole.replace(" x:xmptk=\"T\"", " x:xmptk=\"Tom & Jerry\u{1}\""),
            1,
        ),
        (format!("{whole}{whole}"), 1),
        (opened[..cut].to_owned(), 2),
        (opened[..cut + 5].to_owned(), 2),
        (whole[..whole.find("/></rdf:RDF>").unwrap()].to_owned(), 1),
    ] {
        let metadata = read(&build::riff(&[(b"XMP ", damaged.into_bytes())]));
        let problems = &metadata.problems;
        assert_eq!(
            source_types(&metadata),
            vec![SOURCE_TYPE; wanted],
            "{problems:?}"
        );
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}

#[test]
fn xmp_and_samsungs_trailer_stand_in_boxes_of_heif_files() {
    let uuid = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
    let packet = build::boxed(b"uuid", &[&uuid[..], &build::xmp()].concat());
    let file = [build::heif(b"heic"), packet, build::boxed(b"sefd", b"SEFT")].concat();
    assert_eq!(source_types(&read(&file)), [SOURCE_TYPE; 2]);
    let container = asset(&file).container().clone();
    let kinds: Vec<_> = container.blocks.iter().map(|block| &block.kind).collect();
    assert!(kinds.contains(&&BlockKind::SamsungTrailer));
}

#[test]
fn iptc_in_tiff_may_be_turned_around_word_by_word() {
    let data = b"\x1C\x02\x6E\0\x13Made with Google AI";
    let mut turned = data.to_vec();
    turned.chunks_exact_mut(4).for_each(<[u8]>::reverse);
    for (kind, data) in [(7, &data[..]), (4, &data[..]), (4, &turned)] {
        let metadata = read(&build::tiff(false, &[(33723, kind, data)]));
        assert_eq!(metadata.iptc[0].text, "Made with Google AI");
    }
}

#[test]
fn undefined_bytes_of_learning_opt_out_in_are_numbers_in_the_order_of_the_block() {
    for big_endian in [true, false] {
        let order = if big_endian {
            u16::to_be_bytes
        } else {
            u16::to_le_bytes
        };
        let numbers: Vec<u8> = [2, 0, 0, 2, 1].into_iter().flat_map(order).collect();
        for kind in [3, 7] {
            let metadata = read(&build::tiff(big_endian, &[(0x9287, kind, &numbers)]));
            assert_eq!(metadata.exif.text(0x9287), Some("2, 0, 0, 2, 1"));
        }
    }
}

#[test]
fn bigtiff_is_read() {
    let mut bytes = b"II\x2b\0\x08\0\0\0".to_vec();
    bytes.extend(16_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend([0x31, 0x01, 2, 0]);
    bytes.extend(9_u64.to_le_bytes());
    bytes.extend(52_u64.to_le_bytes());
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(b"Software\0");
    assert_eq!(read(&bytes).exif.text(0x0131), Some("Software"));
}

#[test]
fn an_xmp_item_without_a_place_is_searched_for() {
    let bytes = build::heif(b"heic");
    let iloc = bytes
        .windows(4)
        .position(|window| window == b"iloc")
        .unwrap();
    let damaged = [&bytes[..iloc], b"free", &bytes[iloc + 4..]].concat();
    let metadata = read(&damaged);
    assert_eq!(source_types(&metadata), [SOURCE_TYPE]);
    assert_eq!(metadata.exif.fields, []);
    assert_eq!(asset(&damaged).container().problems.len(), 1);
}
