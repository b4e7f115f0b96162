//! The graphs of ComfyUI: PNG texts `prompt` and `workflow`, EXIF fields with those words in front, XMP properties of those
//! names, or the EXIF user comment. A graph generates if a node in it samples from a model or asks a service to.

mod graph;
mod nodes;

use super::model_name::model_name;
use super::{Clues, Mark, RATE, json_text};
use crate::evidence::{Claim, Code, Evidence, Strength};
use graph::{Graph, Node};
use nodes::{ORDINARY, OWN, PICTURES, SAMPLERS, SERVICES};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;

/// A sampler that is told to change no more than this keeps what the picture shows.
const EDITS: f64 = 0.6;

/// Of more samplers it is not told what each of them does.
const MAX_TOLD: usize = 16;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[WORKFLOW, AI_EDITED, EDITED, GRAPH],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const FORGEABLE: &str =
    "Anyone can copy a graph into another file, and saving the image elsewhere removes it.";

const WORKFLOW: Code = Code {
    name: "comfyui.workflow",
    claim: Claim::AiGenerated,
    summary: "It carries a ComfyUI graph that samples from a generative model.",
    proves: "That the file holds such a graph; it does not get there by accident.",
    limits: "Anyone can copy a graph into another file, and saving the image elsewhere removes it. How much of the picture the model made is not said; where the graph started from a picture, that is shown. A graph with several branches may have made this picture in one that does not sample.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const AI_EDITED: Code = Code {
    name: "comfyui.ai-edited",
    claim: Claim::AiEdited,
    summary: "It carries a ComfyUI graph in which a generative model reworks a loaded picture, and is told to keep most of it.",
    proves: "That the file holds such a graph, and that every sampler in it starts from a loaded picture with a `denoise` of 0.6 or less.",
    limits: "Anyone can copy a graph into another file, and saving the image elsewhere removes it. It says nothing of what made the picture that was loaded; a model may change faces and details even at a low `denoise`.",
    error_rate: RATE,
    next: "Label it as declared edited with AI, and look for what else the file says of its origin.",
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

/// What the graphs that ran say, or else those that the editor showed: it shows branches that did not run. Of several, the
/// one that says most counts, so that none can hide another.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let comments = clues.user_comments().chain(clues.texts("Comment"));
    // A box of JPEG XL with both graphs in one object.
    let comments = comments.chain(clues.texts("comf"));
    strongest(named(clues, "prompt").chain(comments))
        .or_else(|| strongest(named(clues, "workflow")))
}

fn strongest<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Evidence> {
    let likely = texts.filter(|text| is_likely(text));
    let mut found: Vec<Evidence> = likely.filter_map(read).collect();
    found.sort_by_key(|one| match one.claim() {
        Claim::AiGenerated => 0,
        Claim::AiEdited => 1,
        Claim::MayContainAi => 2,
        _ => 3,
    });
    found.into_iter().next()
}

fn read(text: &str) -> Option<Evidence> {
    let Some(object) = json_text::object(text) else {
        return broken(text);
    };
    let tool = match object.contains_key("extraMetadata") {
        true => "Civitai (ComfyUI)",
        false => "ComfyUI",
    };
    judge(&Graph::read(&object)?, tool)
}

/// The texts of this name, in every place where they stand.
fn named<'a>(clues: &Clues<'a>, name: &'static str) -> impl Iterator<Item = &'a str> {
    let exif = [MODEL, MAKE, IMAGE_DESCRIPTION];
    let exif: Vec<&str> = exif.into_iter().flat_map(|tag| clues.exif(tag)).collect();
    let exif = exif.into_iter().filter_map(move |text| behind(text, name));
    let xmp = clues.properties().filter(move |row| {
        row.name.eq_ignore_ascii_case(name) && row.namespace.to_ascii_lowercase().contains("comfy")
    });
    let texts = clues.texts(name).chain(exif);
    texts.chain(xmp.map(|row| row.value.as_str()))
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
    let kept = kept(graph, &makers);
    let code = match kept {
        Some(_) => &AI_EDITED,
        None => &WORKFLOW,
    };
    Some(
        Evidence::new(code, Strength::Declared)
            .with("tool", tool)
            .with_some("model", model(graph))
            .with("sampler_node", maker.kind.as_str())
            .with_some("sampler", maker.value(&["sampler_name"]))
            .with_some("steps", maker.value(&["steps"]))
            .with_some("seed", maker.value(&["seed", "noise_seed"]))
            .with_some("source_image", source.then_some(true))
            .with_some("denoise", kept.map(|most| most.to_string()))
            .with_personal("prompts", prompts(graph)),
    )
}

/// How much is changed at most, if every sampler starts from a loaded picture and keeps the greater part of it.
fn kept(graph: &Graph, makers: &[&Node]) -> Option<f64> {
    if makers.len() > MAX_TOLD {
        return None;
    }
    let mut most = 0.0_f64;
    for maker in makers {
        let share = denoise(graph, maker).filter(|share| (0.0..=EDITS).contains(share))?;
        most = most.max(share);
        graph.leads_back(&[maker], PICTURES, loads).then_some(())?;
    }
    Some(most)
}

/// How much of what it is given a sampler changes. The editor's form names no settings; there it is the seventh of the
/// sampler that comes with ComfyUI.
fn denoise(graph: &Graph, maker: &Node) -> Option<f64> {
    let seventh = || maker.value(&["6"]).filter(|_| maker.kind == "KSampler");
    let text = graph.text(maker, &["denoise"]).or_else(seventh);
    let text = text.or_else(|| graph.origin(maker, "sigmas")?.value(&["denoise"]));
    text?.trim().parse().ok()
}

/// Whether the node makes a picture: it samples, or asks a service to. Nodes that only choose a sampler are called so, too,
/// but are given neither noise nor a place to begin; nodes that save a picture note the same settings. What only changes
/// the size is called an upsampler or a resampler.
fn makes(node: &Node) -> bool {
    let kind = node.kind.as_str();
    let has = |names: &[&str]| names.iter().any(|name| node.has(name));
    let seeded = has(&["seed", "noise_seed", "noise"]);
    let begins = has(&["latent_image", "latent", "latents", "samples"]);
    let mut name = kind.to_ascii_lowercase();
    for word in ["upsampler", "downsampler", "resampler"] {
        name = name.replace(word, "");
    }
    let named = name.contains("sampler");
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
