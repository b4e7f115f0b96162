//! `content_credentials/`: samples that the c2pa crate refuses to write. Nothing in them is left to chance, so that they
//! come out byte for byte on every run.

use std::cell::RefCell;

use crate::by_hand::{Assertion, Carrier, Cbor, Manifest, Seal, revocation, store};
use crate::drawing::{Scene, Subject, scene};
use crate::encode::{header_end, jpeg, with_exif};
use crate::handmade_pasts::{
    altered_ingredient, capture_over_ai, exchanged_ingredient, malformed_ingredient, redacted,
    several_parents, unreferenced, update,
};
use crate::metadata::{Value, exif};
use crate::output::Output;
use crate::signing::uuid;

const CAMERA: &str = "Example Camera 1.2";
pub const EDITOR: &str = "Example Editor 5.0";
pub const DIFFUSION: &str = "Example Diffusion 2";

/// Writes every sample.
pub fn make(output: &Output) {
    let samples = [
        ("bound-in-part.jpg", bound_in_part(TAKEN)),
        (
            "exif-changed-in-unbound-part.jpg",
            bound_in_part(SAID_TO_BE_TAKEN),
        ),
        ("exif-left-out.jpg", exif_left_out()),
        ("picture-left-out.jpg", picture_left_out()),
        ("exif-differs.jpg", exif_differs()),
        (
            "composite.jpg",
            made(
                scene(Subject::Village, 42),
                "composite.jpg",
                EDITOR,
                "composite",
                vec![],
            ),
        ),
        ("training-allowed.jpg", training_allowed()),
        ("soft-binding.jpg", soft_binding()),
        ("watermarked.jpg", watermarked()),
        ("identity.jpg", identity(false)),
        ("identity-broken.jpg", identity(true)),
        ("bad-certificate.jpg", bad_certificate()),
        ("revoked.jpg", revoked()),
        ("not-checkable.jpg", not_checkable()),
        ("malformed.jpg", malformed()),
        ("malformed-ingredient.jpg", malformed_ingredient()),
        ("altered-ingredient.jpg", altered_ingredient()),
        ("exchanged-ingredient.jpg", exchanged_ingredient()),
        ("capture-over-ai.jpg", capture_over_ai()),
        ("several-parents.jpg", several_parents()),
        ("unreferenced-manifest.jpg", unreferenced()),
        ("update-manifest.jpg", update()),
        ("redacted.jpg", redacted()),
    ];
    for (name, bytes) in samples {
        output.write(&format!("content_credentials/{name}"), &bytes);
    }
    signed_before_action(output);
}

/// A time-stamping authority on a list says that it was signed years before it says that it was taken. The maker has no
/// such authority: it writes down what is to be stamped, and `trust/make-certificates.sh` stamps it.
fn signed_before_action(output: &Output) {
    const ROOM: usize = 4_000;
    let token = std::fs::read(output.path("trust/signed-before-action.tst")).ok();
    let imprint = RefCell::new(String::new());
    let bytes = one(scene(Subject::Hills, 52), |binding| {
        let created = Cbor::map([
            ("action", "c2pa.created".into()),
            ("when", Cbor::Raw(later())),
            ("digitalSourceType", source_type("digitalCapture")),
        ]);
        let own = Manifest {
            seal: Seal {
                padding: ROOM,
                time_stamp: token.clone(),
                ..Seal::of("test-signer")
            },
            ..manifest(
                "signed-before-action.jpg",
                CAMERA,
                vec![binding, Assertion::actions(&[created])],
            )
        };
        *imprint.borrow_mut() = own.imprint();
        own
    });
    output.write(
        "trust/signed-before-action.digest",
        imprint.borrow().as_bytes(),
    );
    match token {
        Some(_) => output.write("content_credentials/signed-before-action.jpg", &bytes),
        None => println!("run samples/trust/make-certificates.sh, then this again"),
    }
}

/// A date and time, by its tag (RFC 8949, section 3.4.1).
fn later() -> Vec<u8> {
    let text = Cbor::Text("2033-01-01T12:00:00Z".to_owned());
    [vec![0xc0], text.encode()].concat()
}

/// A picture of a scene, without any metadata.
pub fn picture(scene: Scene) -> Vec<u8> {
    jpeg(&scene.photograph(320, 240), 80)
}

/// A manifest of a sample, with labels that never change.
pub fn manifest(name: &str, generator: &str, assertions: Vec<Assertion>) -> Manifest {
    Manifest {
        label: format!("urn:c2pa:{}", uuid(&format!("manifest of {name}"))),
        title: name.to_owned(),
        generator: generator.to_owned(),
        ..Manifest::new("0", assertions)
    }
}

/// A picture with the one manifest that `build` makes from its binding.
fn one(scene: Scene, build: impl Fn(Assertion) -> Manifest) -> Vec<u8> {
    Carrier::Jpeg(picture(scene)).bound(|binding| store(&[build(binding).write()]))
}

/// A picture of one manifest, which says how it was created and these other things.
fn made(
    scene: Scene,
    name: &str,
    generator: &str,
    source_type: &str,
    others: Vec<Assertion>,
) -> Vec<u8> {
    one(scene, |binding| {
        let said = [binding, Assertion::created(source_type)];
        let said = said.into_iter().chain(others.iter().cloned()).collect();
        manifest(name, generator, said)
    })
}

/// A source type by its name.
pub fn source_type(term: &str) -> Cbor {
    Cbor::Text(format!(
        "http://cv.iptc.org/newscodes/digitalsourcetype/{term}"
    ))
}

const TAKEN: &str = "2024:06:01 10:30:00";
const SAID_TO_BE_TAKEN: &str = "1999:12:31 23:59:59";

/// What the camera writes into its EXIF.
fn camera(taken: &str) -> Vec<u8> {
    exif(
        &[
            (0x010f, Value::Text("Example Cameras")),
            (0x0110, Value::Text("EC-100")),
        ],
        &[(0x9003, Value::Text(taken))],
    )
}

/// Everything before the end of the manifest is left out, EXIF too, as some cameras did.
fn bound_in_part(taken: &str) -> Vec<u8> {
    let picture = with_exif(&picture(scene(Subject::Hills, 40)), &camera(taken));
    let at = header_end(&picture);
    Carrier::Jpeg(picture).bound_without(at, 0..at, |binding| {
        let said = vec![binding, Assertion::created("digitalCapture")];
        store(&[manifest("bound-in-part.jpg", CAMERA, said).write()])
    })
}

/// The lower part of the picture is left out.
fn picture_left_out() -> Vec<u8> {
    let picture = picture(scene(Subject::Forest, 60));
    let (at, end) = (header_end(&picture), picture.len());
    Carrier::Jpeg(picture).bound_without(at, end - 1_500..end - 2, |binding| {
        let said = vec![binding, Assertion::created("digitalCapture")];
        store(&[manifest("picture-left-out.jpg", CAMERA, said).write()])
    })
}

/// A picture by the camera whose EXIF is left out, named as a range of its own.
fn without_exif(name: &str, scene: Scene, taken: &str, others: &[Assertion]) -> Vec<u8> {
    let plain = picture(scene);
    let from = header_end(&plain);
    let picture = with_exif(&plain, &camera(taken));
    let until = header_end(&picture);
    Carrier::Jpeg(picture).bound_without(until, from..until, |binding| {
        let said = [binding, Assertion::created("digitalCapture")];
        let said = said.into_iter().chain(others.iter().cloned()).collect();
        store(&[manifest(name, CAMERA, said).write()])
    })
}

fn exif_left_out() -> Vec<u8> {
    without_exif("exif-left-out.jpg", scene(Subject::Sea, 41), TAKEN, &[])
}

/// The camera signed what it wrote into the EXIF, and somebody wrote another date into it since.
fn exif_differs() -> Vec<u8> {
    let signed = Assertion::json(
        "c2pa.metadata",
        r#"{"@context":{"exif":"http://ns.adobe.com/exif/1.0/","tiff":"http://ns.adobe.com/tiff/1.0/"},"exif:DateTimeOriginal":"2024-06-01T10:30:00","tiff:Make":"Example Cameras","tiff:Model":"EC-100"}"#,
    );
    without_exif(
        "exif-differs.jpg",
        scene(Subject::Dunes, 43),
        SAID_TO_BE_TAKEN,
        &[signed],
    )
}

fn training_allowed() -> Vec<u8> {
    let allowed = Assertion::json(
        "cawg.training-mining",
        r#"{"entries":{"cawg.ai_generative_training":{"use":"allowed"},"cawg.ai_inference":{"use":"allowed"},"cawg.ai_training":{"use":"allowed"},"cawg.data_mining":{"use":"allowed"}}}"#,
    );
    made(
        scene(Subject::Forest, 44),
        "training-allowed.jpg",
        CAMERA,
        "digitalCapture",
        vec![allowed],
    )
}

/// A watermark's name and value, which nothing in the picture holds.
fn binding_by_watermark() -> Assertion {
    let block = Cbor::map([
        ("scope", Cbor::Map(Vec::new())),
        ("value", "2*00101101".into()),
    ]);
    let value = Cbor::map([
        ("alg", "com.adobe.trustmark.P".into()),
        ("pad", Cbor::Bytes(Vec::new())),
        ("blocks", Cbor::Array(vec![block])),
    ]);
    Assertion::cbor("c2pa.soft-binding", &value)
}

fn soft_binding() -> Vec<u8> {
    made(
        scene(Subject::Fruit, 45),
        "soft-binding.jpg",
        CAMERA,
        "digitalCapture",
        vec![binding_by_watermark()],
    )
}

/// Made by a model, which says that it put a watermark in.
fn watermarked() -> Vec<u8> {
    one(scene(Subject::Sea, 46), |binding| {
        let created = Cbor::map([
            ("action", "c2pa.created".into()),
            ("digitalSourceType", source_type("trainedAlgorithmicMedia")),
        ]);
        let watermarked = Cbor::map([
            ("action", "c2pa.watermarked.bound".into()),
            ("description", "Added an imperceptible watermark".into()),
        ]);
        let said = vec![
            binding,
            Assertion::actions(&[created, watermarked]),
            binding_by_watermark(),
        ];
        manifest("watermarked.jpg", DIFFUSION, said)
    })
}

/// Somebody other than the camera signs that they stand behind it; or something else was signed than what is there.
fn identity(broken: bool) -> Vec<u8> {
    let name = if broken {
        "identity-broken.jpg"
    } else {
        "identity.jpg"
    };
    one(scene(Subject::Village, 47), |binding| {
        let created = Assertion::created("digitalCapture");
        let other = Assertion::created("trainedAlgorithmicMedia");
        let second = if broken { &other } else { &created };
        let named = Assertion::identity(&[&binding, second], &Seal::of("unknown-signer"));
        manifest(name, CAMERA, vec![binding, created, named])
    })
}

/// Signed with the certificate of a web server.
fn bad_certificate() -> Vec<u8> {
    sealed(
        "bad-certificate.jpg",
        scene(Subject::Dunes, 48),
        Seal::of("web-server"),
    )
}

/// The issuer's answer that it has withdrawn the certificate lies beside the signature.
fn revoked() -> Vec<u8> {
    let seal = Seal {
        revocation: Some(revocation("revoked-signer")),
        ..Seal::of("revoked-signer")
    };
    sealed("revoked.jpg", scene(Subject::Forest, 49), seal)
}

/// It says that it was signed by RSA with SHA-1, which C2PA does not allow.
fn not_checkable() -> Vec<u8> {
    let seal = Seal {
        algorithm: -65_535,
        ..Seal::of("test-signer")
    };
    sealed("not-checkable.jpg", scene(Subject::Fruit, 50), seal)
}

fn sealed(name: &str, scene: Scene, seal: Seal) -> Vec<u8> {
    one(scene, |binding| Manifest {
        seal: seal.clone(),
        ..manifest(
            name,
            CAMERA,
            vec![binding, Assertion::created("digitalCapture")],
        )
    })
}

/// Its list of actions begins in the middle.
fn malformed() -> Vec<u8> {
    one(scene(Subject::Hills, 51), |binding| {
        let cropped = Cbor::map([("action", "c2pa.cropped".into())]);
        manifest(
            "malformed.jpg",
            EDITOR,
            vec![binding, Assertion::actions(&[cropped])],
        )
    })
}
