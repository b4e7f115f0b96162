//! The graphs of ComfyUI: PNG texts `prompt` and `workflow`, EXIF fields with those words in front, XMP properties of those
//! names, or the EXIF user comment. A graph generates if a node in it samples from a model or asks a service to.

mod graph;

use super::model_name::model_name;
use super::{Clues, Mark, RATE, json_text};
use crate::evidence::{Claim, Code, Evidence, Strength};
use graph::{Graph, Node};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;

/// The graph that ran, and the one that the editor showed; the first one that can be read counts.
const NAMES: [&str; 2] = ["prompt", "workflow"];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[WORKFLOW, EDITED, GRAPH],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const FORGEABLE: &str =
    "Anyone can copy a graph into another file, and saving the image elsewhere removes it.";

const WORKFLOW: Code = Code {
    name: "comfyui.workflow",
    claim: Claim::AiGenerated,
    summary: "It carries a ComfyUI graph that samples from a generative model.",
    proves: "That the file holds such a graph; it does not get there by accident.",
    limits: "Anyone can copy a graph into another file, and saving the image elsewhere removes it. How much of the picture the model made is not said; where the graph started from a picture, that is shown.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const EDITED: Code = Code {
    name: "comfyui.edited",
    claim: Claim::Edited,
    summary: "It carries a ComfyUI graph that only loads, enlarges or changes a picture.",
    proves: "That the file holds such a graph. It says nothing of what made the picture that was loaded.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Look for what else the file says of its origin.",
};
const GRAPH: Code = Code {
    name: "comfyui.graph",
    claim: Claim::MayContainAi,
    summary: "It carries a ComfyUI graph of nodes that are not known; they may generate or only edit.",
    proves: "That the file holds such a graph; it does not get there by accident.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Look at the graph in ComfyUI, and for other marks.",
};

/// Nodes that sample, whatever they are given.
const SAMPLERS: &[&str] = &[
    "KSampler",
    "KSamplerAdvanced",
    "SamplerCustom",
    "SamplerCustomAdvanced",
];

/// Nodes that only ComfyUI has, or that stand in nearly every graph of its.
const OWN: &[&str] = &[
    "CheckpointLoaderSimple",
    "CLIPTextEncode",
    "ImageScale",
    "ImageScaleBy",
    "ImageUpscaleWithModel",
    "LoadImage",
    "PreviewImage",
    "SaveImage",
    "UpscaleModelLoader",
    "VAEDecode",
    "VAEEncode",
];

/// Nodes that ask a service for a picture, by the beginnings of their names.
const SERVICES: &[&str] = &[
    "ByteDanceImage",
    "ByteDanceSeedream",
    "Flux2Max",
    "Flux2Pro",
    "FluxKontextMax",
    "FluxKontextPro",
    "FluxPro",
    "GeminiImage",
    "GeminiNanoBanana",
    "GrokImage",
    "IdeogramTextToImage",
    "IdeogramV",
    "KlingImageGeneration",
    "LumaImageModify",
    "LumaImageNode",
    "OpenAIDalle",
    "OpenAIGPTImage",
    "RecraftImageInpainting",
    "RecraftImageToImage",
    "RecraftTextToImage",
    "RunwayTextToImage",
    "StabilityStableImage",
    "WanImageToImageApi",
    "WanTextToImageApi",
];

/// Inputs by which a picture, or noise in its place, comes to a sampler. The unnamed one is that of a bend in a line.
const PICTURES: &[&str] = &[
    "latent_image",
    "latent",
    "latents",
    "samples",
    "image",
    "images",
    "input_image",
    "pixels",
    "",
];

/// Words in the names of nodes that load, change and save pictures.
const ORDINARY: &[&str] = &[
    "Blend",
    "Blur",
    "Color",
    "Crop",
    "Image",
    "Invert",
    "Load",
    "Mask",
    "Note",
    "Preview",
    "Primitive",
    "Reroute",
    "Resize",
    "Save",
    "Scale",
    "Sharpen",
    "Upscale",
];

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let mut texts = texts(clues).filter(|text| is_likely(text));
    texts.find_map(|text| match json_text::object(text) {
        Some(object) => {
            let tool = match object.contains_key("extraMetadata") {
                true => "Civitai (ComfyUI)",
                false => "ComfyUI",
            };
            judge(&Graph::read(&object)?, tool)
        }
        None => broken(text),
    })
}

fn texts<'a>(clues: &Clues<'a>) -> impl Iterator<Item = &'a str> {
    let exif = [MODEL, MAKE, IMAGE_DESCRIPTION];
    let exif: Vec<&str> = exif.into_iter().flat_map(|tag| clues.exif(tag)).collect();
    let xmp = clues.metadata.xmp.iter().flat_map(|one| &one.properties);
    let named = move |name: &'static str| {
        let fields = exif.clone().into_iter();
        let fields = fields.filter_map(move |text| behind(text, name));
        let xmp = xmp.clone().filter(move |row| {
            row.name.eq_ignore_ascii_case(name)
                && row.namespace.to_ascii_lowercase().contains("comfy")
        });
        fields.chain(xmp.map(|row| row.value.as_str()))
    };
    let texts = NAMES.into_iter().flat_map(|name| clues.texts(name));
    let texts: Vec<&str> = texts.collect();
    texts
        .into_iter()
        .chain(NAMES.into_iter().flat_map(named))
        .chain(clues.user_comments())
        .chain(clues.texts("Comment"))
        // A box of JPEG XL with both graphs in one object.
        .chain(clues.texts("comf"))
}

/// What stands behind `prompt:`, which some write with a capital letter.
fn behind<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (start, rest) = text.trim_start().split_at_checked(name.len())?;
    let rest = rest.strip_prefix(':')?;
    start.eq_ignore_ascii_case(name).then_some(rest)
}

/// Keeps what cannot be a graph from being parsed.
fn is_likely(text: &str) -> bool {
    text.trim_start().starts_with('{')
        && (text.contains("\"class_type\"") || text.contains("\"nodes\""))
}

/// What a graph says.
fn judge(graph: &Graph, tool: &'static str) -> Option<Evidence> {
    let makers: Vec<&Node> = graph.nodes.iter().filter(|node| makes(node)).collect();
    let Some(maker) = makers.first() else {
        // Other programs draw graphs of the same form.
        let known = |node: &Node| OWN.contains(&node.kind.as_str());
        graph.nodes.iter().find(|node| known(node))?;
        let ordinary = graph.nodes.iter().all(is_ordinary);
        let code = match ordinary && graph.nodes.iter().any(loads) {
            true => &EDITED,
            false => &GRAPH,
        };
        return Some(Evidence::new(code, Strength::Declared).with("tool", tool));
    };
    let source = graph.leads_back(&makers, PICTURES, loads);
    Some(
        Evidence::new(&WORKFLOW, Strength::Declared)
            .with("tool", tool)
            .with_some("model", model(graph))
            .with("sampler_node", maker.kind.as_str())
            .with_some("sampler", maker.value(&["sampler_name"]))
            .with_some("steps", maker.value(&["steps"]))
            .with_some("seed", maker.value(&["seed", "noise_seed"]))
            .with_some("source_image", source.then_some(true))
            .with_personal("prompts", prompts(graph)),
    )
}

/// Whether the node makes a picture: it samples, or asks a service to. Nodes that only choose a sampler are called so, too,
/// but are given neither noise nor a place to begin; nodes that save a picture note the same settings.
fn makes(node: &Node) -> bool {
    let kind = node.kind.as_str();
    let has = |names: &[&str]| names.iter().any(|name| node.has(name));
    let seeded = has(&["seed", "noise_seed", "noise"]);
    let begins = has(&["latent_image", "latent", "latents", "samples"]);
    let named = kind.to_ascii_lowercase().contains("sampler");
    SAMPLERS.contains(&kind)
        || SERVICES.iter().any(|start| kind.starts_with(start))
        || named && (begins || seeded && has(&["model", "steps", "guider"]))
        || seeded && node.has("steps") && node.has("sampler_name") && !kind.contains("Save")
}

fn loads(node: &Node) -> bool {
    node.kind.contains("LoadImage") || node.kind.contains("ImageLoad")
}

/// Whether the node works on pictures and is told nothing in words.
fn is_ordinary(node: &Node) -> bool {
    let told = ["prompt", "text", "seed"].iter().any(|name| node.has(name));
    !told && ORDINARY.iter().any(|word| node.kind.contains(word))
}

/// The file of the model that is loaded first.
fn model(graph: &Graph) -> Option<String> {
    let named = |node: &Node| {
        let name = node.value(&["ckpt_name", "unet_name"]);
        let loads = ["Checkpoint", "UNET", "Unet"]
            .iter()
            .any(|word| node.kind.contains(word));
        let mut files = node.values().filter(|value| is_model_file(value));
        name.or_else(|| files.next().filter(|_| loads))
            .map(|name| model_name(name).to_owned())
    };
    graph.nodes.iter().find_map(named)
}

fn is_model_file(name: &str) -> bool {
    let endings = [".safetensors", ".ckpt", ".gguf", ".sft"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// What people typed.
fn prompts(graph: &Graph) -> Option<Vec<String>> {
    let names = ["text", "text_g", "t5xxl", "clip_l", "prompt", "0"];
    let typed =
        |node: &&Node| node.kind.contains("TextEncode") || makes(node) && node.has("prompt");
    // Each may have to look for the node that its text comes from.
    let nodes = graph.nodes.iter().filter(typed).take(64);
    let texts = nodes.filter_map(|node| graph.text(node, &names).map(str::to_owned));
    let texts: Vec<String> = texts.take(16).collect();
    (!texts.is_empty()).then_some(texts)
}

/// A graph that was cut off: two nodes named as only ComfyUI names them are enough.
fn broken(text: &str) -> Option<Evidence> {
    let two = text.match_indices("\"class_type\"").nth(1).is_some();
    let listed = text.contains("\"nodes\"") && text.contains("\"last_node_id\"");
    let sampler = SAMPLERS.iter().rev().find(|name| {
        let quoted = format!("\"{name}\"");
        text.contains(&quoted)
    })?;
    (two || listed).then(|| {
        Evidence::new(&WORKFLOW, Strength::Declared)
            .with("tool", "ComfyUI")
            .with("sampler_node", *sampler)
    })
}

#[cfg(test)]
mod tests;
