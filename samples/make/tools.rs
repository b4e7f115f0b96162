//! `generator_metadata/`: what tools that people run themselves write, and words that only resemble it.

use crate::drawing::{Subject, scene};
use crate::encode::{encode, jpeg, png, with_exif, with_segment, with_text};
use crate::metadata::{Value, exif, user_comment};
use crate::output::Output;
use image::ImageFormat;
use serde_json::json;

const LINE: &str = "Steps: 30, Sampler: DPM++ 2M SDE, CFG scale: 4, Seed: 1234567890, Size: 896x1152, Model: example-diffusion-2";

/// Writes the samples of these tools.
pub fn make(output: &Output) {
    let samples = [
        ("forge.png", forge()),
        ("automatic1111-moved.jpg", moved()),
        (
            "automatic1111-postprocessing.png",
            texts(&[(
                "postprocessing",
                "Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+",
            )]),
        ),
        ("comfyui.webp", comfyui(0.8)),
        ("comfyui-ai-edited.webp", comfyui(0.3)),
        (
            "comfyui-edited.png",
            comfyui_edited("ImageUpscaleWithModel"),
        ),
        ("comfyui-unknown.png", comfyui_edited("ExampleNode")),
        ("invokeai.png", invokeai()),
        (
            "invokeai-dream.png",
            texts(&[(
                "Dream",
                "\"a lighthouse [blurry]\" -s 50 -S 123 -W 512 -H 512 -C 7.5 -A k_lms",
            )]),
        ),
        ("novelai.png", novelai()),
        ("fooocus.jpg", fooocus()),
        (
            "fooocus-a1111.png",
            texts(&[
                ("fooocus_scheme", "a1111"),
                (
                    "parameters",
                    &format!("a lighthouse\n{LINE}, Version: Fooocus v2.5.0"),
                ),
            ]),
        ),
        ("swarmui.jpg", swarmui()),
        ("draw-things.png", draw_things()),
        (
            "easy-diffusion.png",
            texts(&[
                ("prompt", "a lighthouse"),
                (
                    "use_stable_diffusion_model",
                    "/home/somebody/models/example-diffusion-2.safetensors",
                ),
                ("sampler_name", "euler_a"),
                ("num_inference_steps", "25"),
            ]),
        ),
        ("stability-matrix.png", stability_matrix()),
        ("mochi-diffusion.jpg", mochi_diffusion()),
        ("flux.jpg", flux()),
        ("mflux.jpg", mflux()),
        ("imaginairy.jpg", imaginairy()),
        (
            "sd-scripts.png",
            texts(&[
                ("prompt", "a lighthouse"),
                ("seed", "1234567890"),
                ("sampler", "ddim"),
                ("steps", "50"),
                ("scale", "7.5"),
            ]),
        ),
        (
            "hosted-job.png",
            texts(&[("hf-job-id", "7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40")]),
        ),
        ("tools-not-ai.png", near_misses()),
        ("tools-not-ai.jpg", near_misses_in_exif()),
    ];
    for (name, bytes) in samples {
        output.write(&format!("generator_metadata/{name}"), &bytes);
    }
}

fn texts(texts: &[(&str, &str)]) -> Vec<u8> {
    let picture = png(&scene(Subject::Hills, 40).draw(96, 72));
    texts
        .iter()
        .rev()
        .fold(picture, |picture, (keyword, text)| {
            with_text(&picture, keyword, text)
        })
}

fn photograph() -> Vec<u8> {
    jpeg(&scene(Subject::Hills, 41).photograph(96, 72), 85)
}

/// A user comment of letters that need no more than ASCII.
fn ascii(text: &str) -> Value<'static> {
    Value::Bytes([b"ASCII\0\0\0", text.as_bytes()].concat())
}

/// Values in quotation marks hold commas.
fn forge() -> Vec<u8> {
    let settings = "a lighthouse\nNegative prompt: blurry\nSteps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, \
                    Seed: 1234567890, Size: 768x576, Model: example-diffusion-2, Lora hashes: \"first: 0123456789ab, second: ba9876543210\", \
                    Hires prompt: \"a lighthouse, at night\", Version: f2.0.1v1.10.1";
    texts(&[("parameters", settings)])
}

/// Another program saved the picture as JPEG and kept the text as a comment.
fn moved() -> Vec<u8> {
    with_segment(
        &photograph(),
        0xfe,
        format!("a lighthouse\n{LINE}, Version: v1.10.1").as_bytes(),
    )
}

/// In WebP the graphs stand where EXIF has the camera. This one begins with a picture.
fn comfyui(denoise: f64) -> Vec<u8> {
    let prompt = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "photo.jpg"}},
        "2": {"class_type": "VAEEncode", "inputs": {"pixels": ["1", 0], "vae": ["4", 2]}},
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 42, "steps": 20, "sampler_name": "euler", "denoise": denoise, "model": ["4", 0], "positive": ["6", 0], "latent_image": ["2", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "example-diffusion-2.safetensors"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    });
    let tiff = exif(&[(0x0110, Value::Text(&format!("prompt:{prompt}")))], &[]);
    let picture = encode(&scene(Subject::Hills, 42).draw(96, 72), ImageFormat::WebP);
    webp_with_exif(&picture, &tiff)
}

fn comfyui_edited(node: &str) -> Vec<u8> {
    let prompt = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "photo.jpg"}},
        "2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "4x.pth"}},
        "3": {"class_type": node, "inputs": {"upscale_model": ["2", 0], "image": ["1", 0]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    });
    texts(&[("prompt", &prompt.to_string())])
}

fn invokeai() -> Vec<u8> {
    let metadata = json!({
        "app_version": "5.4.2", "generation_mode": "sdxl_inpaint", "positive_prompt": "a lighthouse", "negative_prompt": "blurry",
        "width": 1024, "height": 768, "seed": 1234567890, "steps": 30, "scheduler": "euler", "model": {"name": "example-diffusion-2"},
    });
    texts(&[("invokeai_metadata", &metadata.to_string())])
}

/// The signature is no real one.
fn novelai() -> Vec<u8> {
    let comment = json!({
        "prompt": "a lighthouse", "steps": 28, "scale": 5.0, "uc": "blurry", "seed": 1234567890, "sampler": "k_euler_ancestral",
        "request_type": "PromptGenerateRequest", "signed_hash": "AAAA",
    });
    texts(&[
        ("Title", "AI generated image"),
        ("Description", "a lighthouse"),
        ("Software", "NovelAI"),
        ("Source", "NovelAI Diffusion V4 37442FCA"),
        ("Comment", &comment.to_string()),
    ])
}

/// All of its fields stand in the first directory.
fn fooocus() -> Vec<u8> {
    let settings = json!({
        "adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "example-diffusion-2", "full_prompt": ["a lighthouse"], "metadata_scheme": "fooocus",
        "prompt": "a lighthouse", "sampler": "dpmpp_2m_sde_gpu", "steps": 30, "version": "Fooocus v2.5.0",
    });
    let fields = [
        (0x0131, Value::Text("Fooocus v2.5.0")),
        (0x927c, Value::Text("fooocus")),
        (0x9286, Value::Text(&settings.to_string())),
    ];
    with_exif(&photograph(), &exif(&fields, &[]))
}

fn swarmui() -> Vec<u8> {
    let settings = json!({
        "sui_image_params": {"prompt": "a lighthouse", "model": "example-diffusion-2", "seed": 1234567890, "steps": 20,
            "width": 1024, "height": 768, "swarm_version": "0.9.3.0"},
        "sui_extra_data": {"date": "2025-06-01"},
    });
    with_exif(
        &photograph(),
        &exif(&[], &[(0x9286, user_comment(&settings.to_string()))]),
    )
}

fn draw_things() -> Vec<u8> {
    let settings = json!({
        "c": "a lighthouse", "uc": "blurry", "steps": 20, "sampler": "Euler a", "scale": 7.5, "seed": 42, "size": "512x512",
        "model": "example_diffusion_2.ckpt", "strength": 1,
    });
    texts(&[
        ("Software", "Draw Things"),
        ("Description", "a lighthouse"),
        ("Comment", &settings.to_string()),
    ])
}

fn stability_matrix() -> Vec<u8> {
    let settings = json!({
        "PositivePrompt": "a lighthouse", "NegativePrompt": "blurry", "Steps": 30, "Sampler": "DPM++ 2M Karras", "CfgScale": 7,
        "Seed": 1234567890, "Height": 896, "Width": 640, "ModelName": "example-diffusion-2",
    });
    texts(&[
        (
            "parameters",
            &format!("a lighthouse\nNegative prompt: blurry\n{LINE}"),
        ),
        ("parameters-json", &settings.to_string()),
    ])
}

/// IPTC fields in an application segment of the kind that Photoshop made.
fn mochi_diffusion() -> Vec<u8> {
    let caption = "Metadata Version: 2\nInclude in Image: a lighthouse\nExclude from Image: blurry\nModel: example-diffusion-2\n\
                   Steps: 30\nSeed: 42\nGenerator: Mochi Diffusion 5.2";
    let field = |number: u8, text: &str| {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&[0x1c, 2, number][..], &length, text.as_bytes()].concat()
    };
    let mut fields = [field(65, "Mochi Diffusion"), field(120, caption)].concat();
    let length = u32::try_from(fields.len()).unwrap().to_be_bytes();
    fields.resize(fields.len().next_multiple_of(2), 0);
    let body = [
        b"Photoshop 3.0\x008BIM\x04\x04\0\0".as_slice(),
        &length,
        &fields,
    ]
    .concat();
    with_segment(&photograph(), 0xed, &body)
}

fn flux() -> Vec<u8> {
    let fields = [
        (0x010e, Value::Text("a lighthouse")),
        (0x010f, Value::Text("Black Forest Labs")),
        (0x0110, Value::Text("flux-dev")),
        (0x0131, Value::Text("AI generated;txt2img;flux")),
    ];
    with_exif(&photograph(), &exif(&fields, &[]))
}

fn mflux() -> Vec<u8> {
    let settings = json!({
        "mflux_version": "0.10.0", "model": "example/diffusion-2", "seed": 42, "steps": 20, "width": 1024, "height": 768,
        "prompt": "a lighthouse", "image_path": null,
    });
    with_exif(
        &photograph(),
        &exif(&[], &[(0x9286, ascii(&settings.to_string()))]),
    )
}

fn imaginairy() -> Vec<u8> {
    let fields = [
        (0x010e, Value::Text("a lighthouse")),
        (0x0131, Value::Text("Imaginairy / Stable Diffusion v1.5")),
    ];
    with_exif(&photograph(), &exif(&fields, &[]))
}

/// Keys and words that tools use, and other people, too.
fn near_misses() -> Vec<u8> {
    texts(&[
        ("prompt", "please enter a name"),
        ("workflow", "{\"nodes\": 3, \"links\": []}"),
        ("parameters", "{\"base_model\": \"bicycle\", \"steps\": 3}"),
        ("seed", "sunflower"),
        ("steps", "3"),
        ("scale", "1:100"),
        ("sampler", "drum"),
        ("Dream", "of a lighthouse"),
        ("Title", "AI generated image"),
        ("Software", "Draw Things Together 3"),
        (
            "Comment",
            "{\"c\": 1, \"steps\": 16, \"sampler\": \"drum\"}",
        ),
        (
            "Description",
            "How to: write Steps: 20, Sampler: Euler a into the box",
        ),
        ("postprocessing", "sharpened"),
        ("hf-job-id", "12"),
    ])
}

fn near_misses_in_exif() -> Vec<u8> {
    let fields = [
        (0x010e, Value::Text("Generator: Honda; Seed: grass")),
        (0x0131, Value::Text("not AI generated;txt2img;flux")),
    ];
    let comment = user_comment(
        "Steps: 3, then along the sea. mflux_version, sui_image_params and class_type are names of keys.",
    );
    with_exif(&photograph(), &exif(&fields, &[(0x9286, comment)]))
}

/// Puts EXIF behind a picture without losses, and the header in front that says so.
fn webp_with_exif(webp: &[u8], tiff: &[u8]) -> Vec<u8> {
    const HAS_EXIF: u8 = 0x08;
    let side = |length: u32| (length - 1).to_le_bytes();
    let (width, height) = (side(96), side(72));
    let header = [&[HAS_EXIF, 0, 0, 0], &width[..3], &height[..3]].concat();
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        let mut chunk = [
            kind,
            &u32::try_from(body.len()).unwrap().to_le_bytes()[..],
            body,
        ]
        .concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &header),
        webp[12..].to_vec(),
        chunk(b"EXIF", tiff),
    ]
    .concat();
    chunk(b"RIFF", &body)
}
