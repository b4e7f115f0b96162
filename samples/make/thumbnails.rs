//! Signed samples with thumbnails: `thumbnails/`, and those in `known_image/` whose history holds a listed picture.

use crate::actions::{created, edit, opened};
use crate::drawing::{Scene, Subject, scene};
use crate::encode::jpeg;
use crate::output::Output;
use crate::signing::{Signatory, context, uuid};
use c2pa::{Builder, Context};
use image::{RgbImage, imageops};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::Arc;

/// One signed sample.
struct Sample {
    name: &'static str,
    picture: RgbImage,
    /// What its manifest shows of it.
    thumbnail: Option<RgbImage>,
    /// A listed picture that it was made from, with the thumbnail that stands for it.
    parent: Option<(&'static str, Thumbnail)>,
    actions: Value,
}

/// A file and its media type.
type Thumbnail = (&'static str, Vec<u8>);

const SHOWN: Scene = scene(Subject::Dunes, 60);
const FOREIGN: Scene = scene(Subject::Village, 61);

/// Signs every sample that is not there yet.
pub fn make(output: &Output) {
    let context = context(output);
    for sample in samples(output) {
        if !output.keeps(sample.name) {
            sample.sign(output, &context);
        }
    }
}

fn samples(output: &Output) -> Vec<Sample> {
    let captured = |name, thumbnail: Scene| Sample {
        name,
        picture: SHOWN.photograph(640, 480),
        thumbnail: Some(thumbnail.photograph(320, 240)),
        parent: None,
        actions: json!([created("digitalCapture", "Example Camera 1.2")]),
    };
    let edited = |name, picture: Scene, parent, thumbnail| Sample {
        name,
        picture: picture.photograph(640, 480),
        thumbnail: None,
        parent: Some((parent, thumbnail)),
        actions: json!([
            opened(),
            edit("c2pa.edited", "compositeWithTrainedAlgorithmicMedia")
        ]),
    };
    let second = image::load_from_memory(&output.read("known_image/known-2.jpg")).unwrap();
    let second = imageops::thumbnail(&second.into_rgb8(), 320, 240);
    vec![
        captured("thumbnails/own-thumbnail.jpg", SHOWN),
        captured("thumbnails/foreign-thumbnail.jpg", FOREIGN),
        edited(
            "known_image/original-in-history.jpg",
            scene(Subject::Sea, 62),
            "known-2.jpg",
            ("image/jpeg", jpeg(&second, 80)),
        ),
        edited(
            "known_image/listed-file-in-history.jpg",
            scene(Subject::Hills, 63),
            "known-exact.gif",
            ("image/gif", output.read("known_image/known-exact.gif")),
        ),
    ]
}

impl Sample {
    fn sign(&self, output: &Output, context: &Arc<Context>) {
        let mut builder = Builder::from_shared_context(context)
            .with_definition(self.definition())
            .unwrap();
        if let Some(thumbnail) = &self.thumbnail {
            let mut thumbnail = Cursor::new(jpeg(thumbnail, 80));
            builder.set_thumbnail("image/jpeg", &mut thumbnail).unwrap();
        }
        if let Some((parent, (media_type, thumbnail))) = &self.parent {
            let ingredient = json!({
                "title": parent,
                "relationship": "parentOf",
                "label": "parentOf",
                "instance_id": format!("xmp.iid:{}", uuid(parent)),
            });
            let mut bytes = Cursor::new(output.read(&format!("known_image/{parent}")));
            builder
                .add_ingredient_from_stream(ingredient.to_string(), media_type, &mut bytes)
                .unwrap()
                .set_thumbnail(*media_type, thumbnail.as_slice())
                .unwrap();
        }
        let mut signed = Cursor::new(Vec::new());
        let picture = jpeg(&self.picture, 85);
        let signer = Signatory::Trusted.signer(output);
        builder
            .sign(
                &signer,
                "image/jpeg",
                &mut Cursor::new(picture),
                &mut signed,
            )
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        output.write(self.name, signed.get_ref());
    }

    fn definition(&self) -> Value {
        json!({
            "label": format!("urn:c2pa:{}", uuid(&format!("manifest of {}", self.name))),
            "instance_id": format!("xmp.iid:{}", uuid(self.name)),
            "title": self.name.rsplit('/').next(),
            "claim_generator_info": [{"name": "Example Editor", "version": "5.0"}],
            "assertions": [{"label": "c2pa.actions.v2", "created": true, "data": {"actions": self.actions}}],
        })
    }
}
