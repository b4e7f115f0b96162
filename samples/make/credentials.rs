//! `content_credentials/`: the signed samples, as a table.

use crate::actions::{created, created_blank, do_not_train, edit, opened, placed, resized};
use crate::drawing::{Scene, Subject, scene};
use crate::encode::{encode, jpeg, png};
use crate::media;
use crate::output::Output;
use crate::signing::{Signatory, context, uuid};
use c2pa::{Builder, Context};
use image::{ImageFormat, RgbImage, imageops};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::Arc;

/// One signed sample.
struct Sample {
    name: &'static str,
    content: Content,
    /// Name and version of the program that makes the claim.
    generator: (&'static str, &'static str),
    signatory: Signatory,
    binding: Binding,
    /// Samples that this one was made from, with their relationship to it; each is named by its relationship in actions.
    ingredients: &'static [(&'static str, &'static str)],
    actions: Value,
    /// An assertion beside the actions.
    extra: Option<(&'static str, Value)>,
}

/// What is signed.
enum Content {
    Picture(fn() -> RgbImage),
    /// A whole file of other media.
    File(fn() -> Vec<u8>),
}

/// Where the manifest goes.
enum Binding {
    Embedded,
    /// Only its address stays in the file.
    Remote(&'static str),
    /// A file beside the image.
    Sidecar,
}

pub const CAPTURED: Scene = scene(Subject::Hills, 1);
const GENERATED: Scene = scene(Subject::Village, 2);

const DIFFUSION: (&str, &str) = ("Example Diffusion", "2");
const CAMERA: (&str, &str) = ("Example Camera", "1.2");
const EDITOR: (&str, &str) = ("Example Editor", "5.0");

/// Signs every sample that is not there yet.
pub fn make(output: &Output) {
    let context = context(output);
    for sample in samples() {
        let name = format!("content_credentials/{}", sample.name);
        if !output.keeps(&name) {
            sample.sign(output, &context, &name);
        }
    }
}

/// In the order in which they are made: ingredients first.
fn samples() -> Vec<Sample> {
    let generated = |name, picture| Sample {
        name,
        content: Content::Picture(picture),
        generator: DIFFUSION,
        signatory: Signatory::Trusted,
        binding: Binding::Embedded,
        ingredients: &[],
        actions: json!([created("trainedAlgorithmicMedia", "Example Diffusion 2")]),
        extra: None,
    };
    let captured = |name, picture| Sample {
        generator: CAMERA,
        actions: json!([created("digitalCapture", "Example Camera 1.2")]),
        ..generated(name, picture)
    };
    let edited = |name, picture, ingredients, actions| Sample {
        generator: EDITOR,
        ingredients,
        actions,
        ..generated(name, picture)
    };
    vec![
        generated("ai-generated.jpg", || GENERATED.photograph(640, 480)),
        generated("ai-generated.png", || {
            scene(Subject::Fruit, 3).draw(256, 192)
        }),
        generated("ai-generated.webp", || {
            scene(Subject::Sea, 4).draw(256, 192)
        }),
        captured("camera-capture.jpg", || CAPTURED.photograph(640, 480)),
        edited(
            "edited.jpg",
            || {
                imageops::brighten(
                    &imageops::crop_imm(&CAPTURED.photograph(640, 480), 40, 30, 560, 420)
                        .to_image(),
                    15,
                )
            },
            &[("camera-capture.jpg", "parentOf")],
            json!([
                opened(),
                edit("c2pa.cropped", "humanEdits"),
                edit("c2pa.color_adjustments", "humanEdits")
            ]),
        ),
        edited(
            "ai-edited.jpg",
            || collage(CAPTURED.photograph(640, 480), scene(Subject::Fruit, 5), 160),
            &[("camera-capture.jpg", "parentOf")],
            json!([
                opened(),
                edit("c2pa.edited", "compositeWithTrainedAlgorithmicMedia")
            ]),
        ),
        edited(
            "ai-ingredient.jpg",
            || {
                collage(
                    scene(Subject::Dunes, 6).photograph(640, 480),
                    GENERATED,
                    320,
                )
            },
            &[("ai-generated.jpg", "componentOf")],
            json!([created_blank(), placed()]),
        ),
        edited(
            "ai-parent-resized.jpg",
            || {
                imageops::resize(
                    &GENERATED.photograph(640, 480),
                    320,
                    240,
                    imageops::FilterType::Lanczos3,
                )
            },
            &[("ai-generated.jpg", "parentOf")],
            json!([opened(), resized()]),
        ),
        edited(
            "ai-edit-history.jpg",
            || {
                collage(
                    imageops::crop_imm(&CAPTURED.photograph(640, 480), 40, 30, 480, 360).to_image(),
                    GENERATED,
                    160,
                )
            },
            &[
                ("edited.jpg", "parentOf"),
                ("ai-generated.jpg", "componentOf"),
            ],
            json!([
                opened(),
                placed(),
                edit("c2pa.edited", "compositeWithTrainedAlgorithmicMedia")
            ]),
        ),
        Sample {
            extra: Some(do_not_train()),
            ..captured("do-not-train.jpg", || {
                scene(Subject::Forest, 7).photograph(640, 480)
            })
        },
        Sample {
            signatory: Signatory::Unknown,
            ..generated("untrusted-signer.jpg", || {
                scene(Subject::Dunes, 8).photograph(640, 480)
            })
        },
        edited(
            "untrusted-past.jpg",
            || {
                let past = scene(Subject::Dunes, 8).photograph(640, 480);
                imageops::resize(&past, 320, 240, imageops::FilterType::Lanczos3)
            },
            &[("untrusted-signer.jpg", "parentOf")],
            json!([opened(), resized()]),
        ),
        Sample {
            signatory: Signatory::Expired,
            ..generated("expired.jpg", || {
                scene(Subject::Sea, 9).photograph(640, 480)
            })
        },
        Sample {
            binding: Binding::Remote("https://example.com/manifests/remote-only.c2pa"),
            ..generated("remote-only.jpg", || {
                scene(Subject::Fruit, 10).photograph(640, 480)
            })
        },
        Sample {
            binding: Binding::Sidecar,
            ..generated("sidecar.jpg", || {
                scene(Subject::Village, 11).photograph(640, 480)
            })
        },
        Sample {
            content: Content::File(media::mp4),
            ..generated("ai-generated.mp4", RgbImage::default)
        },
        Sample {
            content: Content::File(media::wav),
            ..generated("ai-generated.wav", RgbImage::default)
        },
        Sample {
            content: Content::File(media::mp3),
            ..generated("ai-generated.mp3", RgbImage::default)
        },
        Sample {
            content: Content::File(media::svg),
            ..captured("captured.svg", RgbImage::default)
        },
    ]
}

/// Pastes a scene, `width` pixels wide, into the middle of a picture.
fn collage(mut picture: RgbImage, part: Scene, width: u32) -> RgbImage {
    let part = part.photograph(width, width * 3 / 4);
    let (x, y) = (
        (picture.width() - part.width()) / 2,
        (picture.height() - part.height()) / 2,
    );
    imageops::replace(&mut picture, &part, x.into(), y.into());
    picture
}

impl Sample {
    fn sign(&self, output: &Output, context: &Arc<Context>, name: &str) {
        let mut builder = Builder::from_shared_context(context)
            .with_definition(self.definition())
            .unwrap();
        for (file, relationship) in self.ingredients {
            let bytes = output.read(&format!("content_credentials/{file}"));
            let ingredient = json!({
                "title": file,
                "relationship": relationship,
                "label": relationship,
                "instance_id": format!("xmp.iid:{}", uuid(file)),
            });
            builder
                .add_ingredient_from_stream(
                    ingredient.to_string(),
                    "image/jpeg",
                    &mut Cursor::new(bytes),
                )
                .unwrap();
        }
        match self.binding {
            Binding::Embedded => {}
            Binding::Remote(url) => {
                builder.set_no_embed(true).set_remote_url(url);
            }
            Binding::Sidecar => {
                builder.set_no_embed(true);
            }
        }
        let (media_type, picture) = self.picture();
        let mut signed = Cursor::new(Vec::new());
        let manifest = builder
            .sign(
                &self.signatory.signer(output),
                media_type,
                &mut Cursor::new(picture),
                &mut signed,
            )
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        output.write(name, signed.get_ref());
        if matches!(self.binding, Binding::Sidecar) {
            output.write(&name.replace(".jpg", ".c2pa"), &manifest);
        }
    }

    fn definition(&self) -> Value {
        let (name, version) = self.generator;
        let actions =
            json!({"label": "c2pa.actions.v2", "created": true, "data": {"actions": self.actions}});
        let extra = self
            .extra
            .as_ref()
            .map(|(label, data)| json!({"label": label, "data": data, "created": true}));
        let assertions: Vec<Value> = [actions].into_iter().chain(extra).collect();
        json!({
            "label": format!("urn:c2pa:{}", uuid(&format!("manifest of {}", self.name))),
            "instance_id": format!("xmp.iid:{}", uuid(self.name)),
            "title": self.name,
            "claim_generator_info": [{"name": name, "version": version}],
            "assertions": assertions,
        })
    }

    fn picture(&self) -> (&'static str, Vec<u8>) {
        let picture = match self.content {
            Content::Picture(picture) => picture(),
            Content::File(file) => return (self.media_type(), file()),
        };
        match self.media_type() {
            "image/png" => ("image/png", png(&picture)),
            "image/webp" => ("image/webp", encode(&picture, ImageFormat::WebP)),
            _ => ("image/jpeg", jpeg(&picture, 85)),
        }
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').unwrap().1 {
            "png" => "image/png",
            "webp" => "image/webp",
            "mp4" => "video/mp4",
            "wav" => "audio/wav",
            "mp3" => "audio/mpeg",
            "svg" => "image/svg+xml",
            _ => "image/jpeg",
        }
    }
}
