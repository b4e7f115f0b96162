//! What the metadata log of editing: programs, steps, and documents that this one was made from. All of it can be written by
//! anyone, and says nothing bad.

use super::editors::{self, Editor};
use crate::asset::{Metadata, namespace};
use crate::evidence::{Claim, Code, Evidence, Strength};

const SOFTWARE: u16 = 0x0131;
const PROCESSING_SOFTWARE: u16 = 0x000B;

/// Actions that are shown; every step counts.
const SHOWN_ACTIONS: usize = 8;

/// The actions that XMP and Adobe's programs have words for. Others are free text, in which anything may stand.
const ACTIONS: &[&str] = &[
    "converted",
    "copied",
    "created",
    "cropped",
    "derived",
    "edited",
    "filtered",
    "formatted",
    "managed",
    "modified",
    "opened",
    "placed",
    "printed",
    "produced",
    "published",
    "resized",
    "saved",
    "version_updated",
];

pub(super) const EDITOR: Code = Code {
    name: "traces.editor",
    claim: Claim::Edited,
    summary: "Its metadata say that a program which edits pictures saved it.",
    proves: "That the program's name stands in the file: in the EXIF or PNG field for software, in XMP, or in the log of steps that XMP keeps. `steps` counts the log; `first_tool` and `tool` are its ends.",
    limits: "What was done: cropping, cleaning, converting and retouching look alike here, and nearly every published picture went through such a program. Anyone can write or remove it.",
    error_rate: "not known: it repeats what is written. Names of cameras and firmware are not taken for programs: of 279 files with a camera's metadata 77 name one, and each is an editor or converter.",
    next: "Take it as a fact of ordinary life, and ask for the original where it matters.",
};

pub(super) const DERIVED: Code = Code {
    name: "traces.derived",
    claim: Claim::History,
    summary: "Its metadata say that it was made from another document.",
    proves: "That XMP names the document from which it was derived, or that its own number is not that of its original.",
    limits: "How much the two differ: saving under another name or in another format is enough. Anyone can write or remove it.",
    error_rate: "not known: it repeats what is written",
    next: "Look for the document that is named, if the owner still has it.",
};

/// Everything that the metadata log.
pub(super) fn evidence(metadata: &Metadata) -> Vec<Evidence> {
    [editor(metadata), derived(metadata)]
        .into_iter()
        .flatten()
        .collect()
}

/// The programs that metadata name, in the order in which they are most likely to have been used: the log first.
fn editor(metadata: &Metadata) -> Option<Evidence> {
    let log = Log::of(metadata);
    let fields = fields(metadata);
    let written: Vec<&str> = metadata
        .xmp_values(namespace::PHOTOSHOP, "History")
        .collect();
    let last = log.last.or_else(|| fields.first().cloned())?;
    let first = log.first.filter(|first| *first != last);
    let mut others: Vec<String> = Vec::new();
    for other in fields.iter().map(|editor| editor.name) {
        if other != last.name && others.iter().all(|known| known != other) {
            others.push(other.to_owned());
        }
    }
    let some = |texts: Vec<String>| (!texts.is_empty()).then_some(texts);
    Some(
        Evidence::new(&EDITOR, Strength::Declared)
            .with("tool", last.name)
            .with_some("version", last.version)
            .with_some("first_tool", first.map(|first| shown(&first)))
            .with_some("also_named", some(others))
            .with_some("steps", (log.steps > 0).then_some(log.steps))
            .with_some("actions", some(log.actions))
            .with_some("from", log.from)
            .with_some("to", log.to)
            .with_personal("log", (!written.is_empty()).then(|| written.join("\n"))),
    )
}

fn shown(editor: &Editor) -> String {
    match &editor.version {
        Some(version) => format!("{} {version}", editor.name),
        None => editor.name.to_owned(),
    }
}

/// Programs named outside of the log.
pub(super) fn fields(metadata: &Metadata) -> Vec<Editor> {
    let exif = [SOFTWARE, PROCESSING_SOFTWARE]
        .into_iter()
        .flat_map(|tag| metadata.exif.texts(tag));
    let xmp = [
        (namespace::XMP, "CreatorTool"),
        (namespace::TIFF, "Software"),
    ]
    .into_iter()
    .flat_map(|(namespace, name)| metadata.xmp_values(namespace, name));
    let texts = metadata.texts_named("Software");
    let comments = metadata.texts_named("Comment");
    let iptc = metadata
        .iptc
        .iter()
        .filter(|field| (field.record, field.dataset) == (2, 65))
        .map(|field| field.text.as_str());
    exif.chain(xmp)
        .chain(texts)
        .chain(iptc)
        .filter_map(editors::named)
        .chain(comments.filter_map(editors::credited))
        .collect()
}

/// The steps that XMP keeps (`xmpMM:History`). Its rows stand in the order of the document.
#[derive(Default)]
struct Log {
    steps: u32,
    first: Option<Editor>,
    last: Option<Editor>,
    actions: Vec<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Log {
    fn of(metadata: &Metadata) -> Self {
        let mut log = Self::default();
        let rows = metadata.xmp.iter().flat_map(|packet| &packet.properties);
        for row in rows.filter(|row| row.namespace == namespace::ST_EVT) {
            let value = row.value.as_str();
            match row.name.as_str() {
                "action" => log.step(value),
                "softwareAgent" => log.tool(editors::named(value)),
                "when" => {
                    log.from.get_or_insert_with(|| value.to_owned());
                    log.to = Some(value.to_owned());
                }
                _ => {}
            }
        }
        log
    }

    fn step(&mut self, action: &str) {
        self.steps = self.steps.saturating_add(1);
        let known = ACTIONS.iter().find(|known| **known == action.trim());
        let action = known.copied().unwrap_or("other");
        if self.actions.len() < SHOWN_ACTIONS && self.actions.iter().all(|known| known != action) {
            self.actions.push(action.to_owned());
        }
    }

    fn tool(&mut self, tool: Option<Editor>) {
        if self.first.is_none() {
            self.first.clone_from(&tool);
        }
        if tool.is_some() {
            self.last = tool;
        }
    }
}

/// The document that it was made from.
fn derived(metadata: &Metadata) -> Option<Evidence> {
    let of = |name| metadata.xmp_values(namespace::XMP_MM, name).next();
    let from = metadata
        .xmp_values(namespace::ST_REF, "documentID")
        .chain(metadata.xmp_values(namespace::ST_REF, "instanceID"))
        .next();
    let (document, original) = (of("DocumentID"), of("OriginalDocumentID"));
    let renamed = document
        .zip(original)
        .is_some_and(|(document, original)| bare(document) != bare(original));
    if from.is_none() && !renamed {
        return None;
    }
    Some(
        Evidence::new(&DERIVED, Strength::Declared)
            .with("derived_from", "another document")
            .with_personal("source_document", from)
            .with_personal("document", document)
            .with_personal("original", original.filter(|_| renamed)),
    )
}

/// The number alone: programs write `xmp.did:`, `uuid:` or `adobe:docid:photoshop:` before it as they like.
fn bare(id: &str) -> &str {
    id.rsplit(':').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::metadata_testing::with_xmp;
    use crate::asset::{ExifField, TextEntry};

    const EVT: &str = namespace::ST_EVT;
    const MM: &str = namespace::XMP_MM;

    #[test]
    fn the_log_is_counted_and_its_ends_are_named() {
        let found = evidence(&with_xmp(&[
            (EVT, "action", "created"),
            (EVT, "when", "2024-01-01T10:00:00Z"),
            (EVT, "softwareAgent", "Adobe Lightroom 7.0 (Macintosh)"),
            (EVT, "action", "saved"),
            (EVT, "when", "2024-01-02T10:00:00Z"),
            (EVT, "softwareAgent", "Adobe Photoshop 25.6 (Macintosh)"),
            (EVT, "action", "saved"),
        ]));
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!(one.get("tool"), Some(&"Adobe Photoshop".into()));
        assert_eq!(one.get("version"), Some(&"25.6".into()));
        assert_eq!(one.get("first_tool"), Some(&"Adobe Lightroom 7.0".into()));
        assert_eq!(one.get("steps"), Some(&3.into()));
        assert_eq!(one.get("actions").unwrap().to_string(), "created, saved");
        assert_eq!(one.get("to"), Some(&"2024-01-02T10:00:00Z".into()));
    }

    #[test]
    fn cameras_and_phones_edit_nothing() {
        let mut metadata = with_xmp(&[
            (namespace::XMP, "CreatorTool", "HDR+ 1.0.788932941zd"),
            (namespace::XMP, "CreatorTool", "17.5.1"),
            (MM, "DocumentID", "0123456789abcdef"),
            (MM, "OriginalDocumentID", "xmp.did:0123456789abcdef"),
        ]);
        metadata.exif.fields.push(ExifField {
            ifd: "0th",
            tag: SOFTWARE,
            text: "NIKON D850 Ver.1.20".into(),
        });
        metadata.texts.push(TextEntry {
            keyword: "Comment".into(),
            text: "Photoshopping was not allowed here".into(),
        });
        assert!(evidence(&metadata).is_empty());
    }

    #[test]
    fn a_document_made_from_another_is_told() {
        let found = evidence(&with_xmp(&[
            (MM, "DocumentID", "xmp.did:2"),
            (MM, "OriginalDocumentID", "xmp.did:1"),
            (namespace::ST_REF, "documentID", "xmp.did:1"),
        ]));
        assert_eq!(found[0].code.name, "traces.derived");
        assert_eq!(
            found[0].get("derived_from"),
            Some(&"another document".into())
        );
        let personal: Vec<&str> = found[0].personal.iter().map(|(key, _)| *key).collect();
        assert_eq!(personal, ["source_document", "document", "original"]);
    }

    #[test]
    fn actions_of_no_known_word_are_not_repeated() {
        let found = evidence(&with_xmp(&[
            (EVT, "softwareAgent", "Adobe Photoshop 25.6"),
            (EVT, "action", "cropped"),
            (EVT, "action", "sent to jane.doe@example.com"),
            (EVT, "action", "sent back"),
        ]));
        assert_eq!(
            found[0].get("actions").unwrap().to_string(),
            "cropped, other"
        );
        assert_eq!(found[0].get("steps"), Some(&3.into()));
    }

    #[test]
    fn the_written_log_is_shown_only_when_asked_for() {
        let found = evidence(&with_xmp(&[
            (namespace::XMP, "CreatorTool", "GIMP 2.10"),
            (
                namespace::PHOTOSHOP,
                "History",
                "Open C:\\Users\\someone\\a.psd",
            ),
        ]));
        assert_eq!(found[0].personal.len(), 1);
        assert!(found[0].get("log").is_none());
    }
}
