//! Names of nodes and of what they are given.

/// Nodes that sample, whatever they are given.
pub(super) const SAMPLERS: &[&str] = &[
    "KSampler",
    "KSamplerAdvanced",
    "SamplerCustom",
    "SamplerCustomAdvanced",
];

/// Nodes that only ComfyUI has, or that stand in nearly every graph of its.
pub(super) const OWN: &[&str] = &[
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
pub(super) const SERVICES: &[&str] = &[
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
pub(super) const PICTURES: &[&str] = &[
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
pub(super) const ORDINARY: &[&str] = &[
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
