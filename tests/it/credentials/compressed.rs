//! Manifests in the compressed form, which the library cannot compare with the references to them: nothing is proven of
//! what they say, and nobody is accused.

use super::made::{Case, Maker, check, created, look, opened, picture, proves_nothing};

#[test]
fn a_compressed_manifest_is_no_altered_one() {
    let base = Maker::compressed(&created("computationalCapture")).sign(&picture());
    let child = Maker::compressed(&opened())
        .uses("parentOf", &base)
        .sign(&picture());
    // What binds the image itself is such a manifest.
    let update = Maker::compressed(&[]).update().sign(&base);
    assert!(proves_nothing(&look(update.clone())));
    let case = |name, image, said, verdict| Case {
        name,
        image,
        said,
        verdict,
    };
    check(vec![
        case(
            "alone",
            base,
            &["trusted proven", "captured proven"],
            "captured",
        ),
        case(
            "a child",
            child,
            &["trusted proven", "captured declared"],
            "no-evidence",
        ),
        case(
            "an update",
            update,
            &["not-checkable declared", "captured declared"],
            "unchecked",
        ),
    ]);
}
