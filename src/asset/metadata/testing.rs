//! Metadata for tests, without a file around them.

use super::{ExifField, IptcField, Metadata, TextEntry, XmpPacket, XmpProperty};

/// Metadata with one text under a keyword.
pub(crate) fn with_text(keyword: &str, text: &str) -> Metadata {
    with_texts(&[(keyword, text)])
}

/// Metadata with these texts, each under its keyword.
pub(crate) fn with_texts(texts: &[(&str, &str)]) -> Metadata {
    let entry = |(keyword, text): &(&str, &str)| TextEntry {
        keyword: (*keyword).into(),
        text: (*text).into(),
    };
    Metadata {
        texts: texts.iter().map(entry).collect(),
        ..Metadata::default()
    }
}

/// Metadata with these EXIF fields: directory, tag, text.
pub(crate) fn with_exif(fields: &[(&'static str, u16, &str)]) -> Metadata {
    let mut metadata = Metadata::default();
    let field = |(ifd, tag, text): &(&'static str, u16, &str)| ExifField {
        ifd,
        tag: *tag,
        text: (*text).into(),
    };
    metadata.exif.fields = fields.iter().map(field).collect();
    metadata
}

/// Metadata with one XMP packet of these properties: namespace, name, value.
pub(crate) fn with_xmp(properties: &[(&str, &str, &str)]) -> Metadata {
    let property = |(namespace, name, value): &(&str, &str, &str)| XmpProperty {
        namespace: (*namespace).into(),
        name: (*name).into(),
        value: (*value).into(),
    };
    Metadata {
        xmp: vec![XmpPacket {
            properties: properties.iter().map(property).collect(),
        }],
        ..Metadata::default()
    }
}

/// Metadata with these IPTC-IIM datasets: record, dataset, text.
pub(crate) fn with_iptc(fields: &[(u8, u8, &str)]) -> Metadata {
    let field = |(record, dataset, text): &(u8, u8, &str)| IptcField {
        record: *record,
        dataset: *dataset,
        text: (*text).into(),
    };
    Metadata {
        iptc: fields.iter().map(field).collect(),
        ..Metadata::default()
    }
}
