//! What is proven of each store in spite of how it was put together.

/// What is proven of the stores below, by name: of every other one nothing is, whatever they say.
pub(super) const PROVEN: [(&str, &[&str]); 19] = [
    ("honest", &["c2pa.trusted", "c2pa.captured"]),
    ("unreferenced, first", &["c2pa.trusted", "c2pa.captured"]),
    (
        "same label, forged first",
        &["c2pa.trusted", "c2pa.captured"],
    ),
    ("same label thrice", &["c2pa.trusted", "c2pa.captured"]),
    // A trusted signer took it in as it was, and changed nothing: the picture is the one that was taken in.
    ("update over nobody", &["c2pa.trusted"]),
    ("c2md over nobody", &["c2pa.trusted"]),
    ("update over trusted", &["c2pa.trusted", "c2pa.captured"]),
    ("c2md over trusted", &["c2pa.trusted", "c2pa.captured"]),
    (
        "c2md with own binding",
        &["c2pa.trusted", "c2pa.ai-generated", "c2pa.captured"],
    ),
    (
        "standard, parent's binding",
        &["c2pa.trusted", "c2pa.captured"],
    ),
    // The image's own manifest is whole; what is said by the others is not proven.
    // What is left of the past is held to its own signature.
    ("redacted and gone", &["c2pa.trusted", "c2pa.captured"]),
    ("past exchanged", &["c2pa.trusted"]),
    ("redacted v1 own true unknown-signer", &["c2pa.trusted"]),
    ("redacted v1 own true test-signer", &["c2pa.trusted"]),
    ("redacted v2 own true unknown-signer", &["c2pa.trusted"]),
    ("redacted v2 own true test-signer", &["c2pa.trusted"]),
    (
        "redacted from below own true unknown-signer",
        &["c2pa.trusted"],
    ),
    (
        "redacted from below own true test-signer",
        &["c2pa.trusted"],
    ),
    ("suppressed own true", &["c2pa.trusted"]),
];
