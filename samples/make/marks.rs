//! `generator_metadata/`: what generators and editors write into the files they save.

use crate::drawing::{Subject, scene};
use crate::encode::{iso_box, jpeg, png, with_chunk, with_exif, with_text, with_xmp};
use crate::metadata::{digital_source_type, exif, packet, user_comment};
use crate::output::Output;
use serde_json::json;

const PARAMETERS: &str = "a quiet village at the foot of green hills, morning light, highly detailed
Negative prompt: blurry, low quality, watermark
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234567890, Size: 768x576, \
Model hash: 0123456789, Model: example-diffusion-2, Version: v1.10.1";

const MIDJOURNEY: &str = "a sailing boat in front of a low sun --ar 4:3 --v 5.2 Job ID: 7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40";

const ORDINARY: &str =
    "Settings for the brochure: warm light, a 35 mm lens, and no crop. Steps are listed on page 4.";

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let samples = [
        (
            "automatic1111.png",
            with_text(&picture(Subject::Village, 20), "parameters", PARAMETERS),
        ),
        (
            "automatic1111-comment.jpg",
            with_exif(
                &photograph(21),
                &exif(&[], &[(0x9286, user_comment(PARAMETERS))]),
            ),
        ),
        ("comfyui.png", comfyui()),
        (
            "iptc-generated.jpg",
            with_xmp(
                &photograph(22),
                &digital_source_type("Iptc4xmpExt", "trainedAlgorithmicMedia"),
            ),
        ),
        (
            "iptc-ai-edited.jpg",
            with_xmp(
                &photograph(23),
                &digital_source_type("Iptc4xmpExt", "compositeWithTrainedAlgorithmicMedia"),
            ),
        ),
        (
            "iptc-capture.jpg",
            with_xmp(
                &photograph(24),
                &digital_source_type("Iptc4xmpExt", "digitalCapture"),
            ),
        ),
        (
            "iptc-generated.heic",
            heif(&digital_source_type(
                "Iptc4xmpExt",
                "trainedAlgorithmicMedia",
            )),
        ),
        (
            "iptc-generated.jxl",
            jpeg_xl(
                b"xml ",
                digital_source_type("Iptc4xmpExt", "trainedAlgorithmicMedia").as_bytes(),
            ),
        ),
        ("iptc-generated-compressed.jxl", compressed()),
        (
            "iptc-ingredient.jpg",
            with_xmp(&photograph(28), &ingredient()),
        ),
        ("comfyui-chunk.png", comfyui_chunk()),
        ("midjourney-style.png", midjourney()),
        (
            "parameters-not-ai.png",
            with_text(&picture(Subject::Dunes, 26), "parameters", ORDINARY),
        ),
    ];
    for (name, bytes) in samples {
        output.write(&format!("generator_metadata/{name}"), &bytes);
    }
}

fn picture(subject: Subject, seed: u64) -> Vec<u8> {
    png(&scene(subject, seed).draw(256, 192))
}

fn photograph(seed: u64) -> Vec<u8> {
    jpeg(&scene(Subject::Hills, seed).photograph(480, 360), 85)
}

/// The graph that ComfyUI runs, and the one that its editor shows.
fn comfyui() -> Vec<u8> {
    let prompt = json!({
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 156680208700286_u64, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal",
            "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "example-diffusion-2.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 384, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a bowl of fruit on a wooden table", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    });
    let workflow = json!({
        "last_node_id": 9, "last_link_id": 9, "version": 0.4,
        "nodes": [
            {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["example-diffusion-2.safetensors"]},
            {"id": 3, "type": "KSampler", "widgets_values": [156680208700286_u64, "fixed", 20, 8, "euler", "normal", 1]},
            {"id": 9, "type": "SaveImage", "widgets_values": ["ComfyUI"]},
        ],
        "links": [[1, 4, 0, 3, 0, "MODEL"], [9, 8, 0, 9, 0, "IMAGE"]],
    });
    let picture = with_text(
        &picture(Subject::Fruit, 25),
        "workflow",
        &workflow.to_string(),
    );
    with_text(&picture, "prompt", &prompt.to_string())
}

/// The chunk that ComfyUI gives animated pictures.
fn comfyui_chunk() -> Vec<u8> {
    let graph = json!({
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 42, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "model": ["4", 0], "latent_image": ["5", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "example-diffusion-2.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 384, "batch_size": 1}},
        "9": {"class_type": "SaveAnimatedPNG", "inputs": {"filename_prefix": "ComfyUI", "images": ["3", 0]}},
    });
    let body = format!("prompt\0{graph}");
    with_chunk(&picture(Subject::Fruit, 29), b"comf", body.as_bytes())
}

/// A document that a model made is in the pantry of this one.
fn ingredient() -> String {
    packet(
        r#"xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/""#,
        "<xmpMM:Pantry><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\
         <Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>\
         </rdf:li></rdf:Bag></xmpMM:Pantry>",
    )
}

/// Midjourney puts its XMP into a plain text chunk, with a prefix of its own.
fn midjourney() -> Vec<u8> {
    let xmp = digital_source_type("iptcExt", "trainedAlgorithmicMedia");
    let picture = with_text(&picture(Subject::Sea, 27), "XML:com.adobe.xmp", &xmp);
    with_text(&picture, "Description", MIDJOURNEY)
}

/// A HEIF file with no picture, only an XMP item: enough for whoever reads metadata.
fn heif(xmp: &str) -> Vec<u8> {
    let file_type = iso_box(b"ftyp", b"heic\0\0\0\0mif1heic");
    let handler = full_box(b"hdlr", b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let entry = iso_box(b"infe", b"\x02\0\0\0\0\x01\0\0mime\0application/rdf+xml\0");
    let items = full_box(b"iinf", &[b"\0\x01".as_slice(), &entry].concat());
    let meta = |at: u32| {
        let extent = [at.to_be_bytes(), (xmp.len() as u32).to_be_bytes()].concat();
        let location = full_box(
            b"iloc",
            &[b"\x44\0\0\x01\0\x01\0\0\0\x01".as_slice(), &extent].concat(),
        );
        full_box(b"meta", &[handler.as_slice(), &items, &location].concat())
    };
    let xmp_at = file_type.len() + meta(0).len() + 8;
    [
        file_type,
        meta(xmp_at as u32),
        iso_box(b"mdat", xmp.as_bytes()),
    ]
    .concat()
}

/// The same XMP in a box as encoders write it unless told otherwise: Brotli, here of one block that is only stored.
fn compressed() -> Vec<u8> {
    let xmp = digital_source_type("Iptc4xmpExt", "trainedAlgorithmicMedia");
    // A window of 16 bits; not the last block; its length in four nibbles; stored. Then the last one, empty.
    let head = ((xmp.len() as u32 - 1) << 4) | (1 << 20);
    let body = [b"xml ", &head.to_le_bytes()[..3], xmp.as_bytes(), &[3]].concat();
    jpeg_xl(b"brob", &body)
}

/// A JPEG XL container with one box of metadata and an empty codestream.
fn jpeg_xl(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [
        iso_box(b"JXL ", b"\r\n\x87\n"),
        iso_box(b"ftyp", b"jxl \0\0\0\0jxl "),
        iso_box(kind, body),
        iso_box(b"jxlc", b"\xff\x0a"),
    ]
    .concat()
}

/// A box with version 0 and no flags.
fn full_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    iso_box(kind, &[&[0; 4], body].concat())
}
