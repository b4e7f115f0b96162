//! Graphs that generate, graphs that edit, and what is no graph.

use super::super::testing::{codes, found, with_exif, with_text, with_texts, with_xmp};
use super::*;

const API: &str = r#"{"3":{"class_type":"KSampler","inputs":{"seed":5,"steps":20,"sampler_name":"euler","positive":["6",0],"latent_image":["5",0]}},
    "4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"C:\\Users\\jane\\example.safetensors"}},
    "5":{"class_type":"EmptyLatentImage","inputs":{}},
    "6":{"class_type":"CLIPTextEncode","inputs":{"text":["7",0]}},"7":{"class_type":"PrimitiveString","inputs":{"value":"a cat"}}}"#;
const EDITOR: &str = r#"{"last_node_id":4,"nodes":[
    {"id":1,"type":"LoadImage","mode":0},
    {"id":2,"type":"VAEEncode","mode":0,"inputs":[{"name":"pixels","link":1}]},
    {"id":3,"type":"KSampler","mode":0,"inputs":[{"name":"latent_image","link":2}]},
    {"id":4,"type":"CLIPTextEncode","widgets_values":["a cat"]},
    {"id":5,"type":"CheckpointLoaderSimple","widgets_values":["jane/example.safetensors"]}],
    "links":[[1,1,0,2,0,"IMAGE"],[2,2,0,3,0,"LATENT"]]}"#;

fn only(metadata: &crate::asset::Metadata) -> Evidence {
    found(&MARK, metadata).remove(0)
}

#[test]
fn both_forms_are_read_in_every_place() {
    let behind = |word: &str, text: &str| format!("{word}:{text}");
    for metadata in [
        with_text("prompt", API),
        with_text("workflow", EDITOR),
        with_exif(&[("0th", MODEL, &behind("prompt", API))]),
        with_exif(&[("0th", IMAGE_DESCRIPTION, &behind("Workflow", EDITOR))]),
        with_exif(&[("exif", 0x9286, API)]),
        with_xmp(&[("comfy:", "prompt", API)]),
        with_xmp(&[("http://example.com/ComfyUI/", "Workflow", EDITOR)]),
        with_text("Comment", &format!("{{\"prompt\": {API}}}")),
    ] {
        let found = only(&metadata);
        assert_eq!(found.code.name, "comfyui.workflow");
        assert_eq!(found.get("model"), Some(&"example.safetensors".into()));
        let prompts = vec!["a cat".to_owned()];
        assert_eq!(found.personal, [("prompts", prompts.into())]);
    }
}

#[test]
fn numbers_that_are_no_json_and_graphs_cut_off_are_read() {
    let nan = API.replace("\"seed\":5", "\"cfg\":NaN");
    assert_eq!(
        only(&with_text("prompt", &nan)).get("steps"),
        Some(&"20".into())
    );
    for (keyword, text) in [("prompt", API), ("workflow", EDITOR)] {
        let cut = &text[..text.len() - 4];
        assert_eq!(codes(&MARK, &with_text(keyword, cut)), ["comfyui.workflow"]);
    }
}

#[test]
fn a_picture_that_it_started_from_is_told() {
    let source = |text| {
        only(&with_text("workflow", text))
            .get("source_image")
            .is_some()
    };
    assert!(source(EDITOR));
    assert!(!source(API));
    assert!(!source(&EDITOR.replace("[1,1,0,2,0,\"IMAGE\"],", "")));
}

#[test]
fn nodes_of_many_names_sample() {
    for node in [
        r#"{"class_type":"SamplerCustomAdvanced","inputs":{}}"#,
        r#"{"class_type":"XlabsSampler","inputs":{"noise_seed":1,"steps":2}}"#,
        r#"{"class_type":"FaceDetailer","inputs":{"seed":1,"steps":2,"sampler_name":"euler"}}"#,
        r#"{"class_type":"IdeogramV3","inputs":{"prompt":"a cat"}}"#,
        r#"{"class_type":"OpenAIDalle3","inputs":{"prompt":"a cat"}}"#,
    ] {
        let text = format!("{{\"1\":{node}}}");
        assert_eq!(
            codes(&MARK, &with_text("prompt", &text)),
            ["comfyui.workflow"],
            "{node}"
        );
    }
    for node in [
        r#"{"class_type":"Image Saver","inputs":{"seed":1,"steps":2,"sampler_name":"euler"}}"#,
        r#"{"class_type":"LTXVLatentUpsampler","inputs":{"samples":["2",0]}}"#,
        r#"{"class_type":"KSamplerSelect","inputs":{"sampler_name":"euler"}}"#,
        r#"{"class_type":"FluxKontextImageScale","inputs":{"image":["2",0]}}"#,
    ] {
        let text = format!("{{\"1\":{node}}}");
        assert_ne!(
            codes(&MARK, &with_text("prompt", &text)),
            ["comfyui.workflow"],
            "{node}"
        );
    }
}

#[test]
fn graphs_that_only_load_and_enlarge_are_editing() {
    let enlarge = r#"{"1":{"class_type":"LoadImage","inputs":{}},"2":{"class_type":"ImageUpscaleWithModel","inputs":{"image":["1",0]}},"3":{"class_type":"SaveImage","inputs":{}}}"#;
    assert_eq!(
        codes(&MARK, &with_text("prompt", enlarge)),
        ["comfyui.edited"]
    );
    let unknown = enlarge.replace("ImageUpscaleWithModel", "Wonder");
    assert_eq!(
        codes(&MARK, &with_text("prompt", &unknown)),
        ["comfyui.graph"]
    );
    let told = enlarge.replace("\"image\":", "\"prompt\":");
    assert_eq!(codes(&MARK, &with_text("prompt", &told)), ["comfyui.graph"]);
}

#[test]
fn what_ran_counts_and_not_what_the_editor_left_out() {
    let muted = EDITOR.replace("\"KSampler\",\"mode\":0", "\"KSampler\",\"mode\":4");
    assert_eq!(
        codes(&MARK, &with_text("workflow", &muted)),
        ["comfyui.graph"]
    );
    let enlarge = r#"{"1":{"class_type":"LoadImage","inputs":{}}}"#;
    let both = with_texts(&[("workflow", EDITOR), ("prompt", enlarge)]);
    assert_eq!(codes(&MARK, &both), ["comfyui.edited"]);
}

#[test]
fn graphs_within_graphs_count_where_they_are_used() {
    let graph = |used: &str| {
        format!(
            r#"{{"nodes":[{{"id":1,"type":"{used}"}}],"links":[],"definitions":{{"subgraphs":[
            {{"id":"a-b","nodes":[{{"id":2,"type":"KSampler"}}],"links":[{{"id":1,"origin_id":2,"target_id":3}}]}}]}}}}"#
        )
    };
    let code = |used| codes(&MARK, &with_text("workflow", &graph(used)));
    assert_eq!(code("a-b"), ["comfyui.workflow"]);
    assert!(code("c-d").is_empty());
}

#[test]
fn other_prompts_and_objects_say_nothing() {
    for text in [
        "a drawing of a KSampler",
        "{}",
        r#"{"nodes":[{"type":"KSampler"}]}"#,
        r#"{"nodes":3,"links":[]}"#,
        r#"{"a":{"class_type":"KSampler","inputs":{}},"b":1,"c":2}"#,
        r#"{"class_type": "course", "students": 3"#,
        r#"{"a":{"class_type":"yoga"},"b":{"class_type":"choir"}}"#,
        r#"{"nodes":[{"id":1}],"links":[]}"#,
    ] {
        assert!(
            codes(&MARK, &with_text("prompt", text)).is_empty(),
            "{text}"
        );
    }
    assert!(codes(&MARK, &with_text("Title", API)).is_empty());
    assert!(codes(&MARK, &with_xmp(&[("http://example.com/", "prompt", API)])).is_empty());
}

#[test]
fn a_picture_that_is_mostly_kept_is_edited() {
    let loaded = |denoise: &str| {
        API.replace("EmptyLatentImage", "LoadImage")
            .replace("\"seed\":5,", &format!("\"seed\":5,\"denoise\":{denoise},"))
    };
    let found = only(&with_text("prompt", &loaded("0.15")));
    assert_eq!(found.code.name, "comfyui.ai-edited");
    assert_eq!(found.get("denoise"), Some(&"0.15".into()));
    for text in [
        loaded("0.75"),
        loaded("1"),
        loaded("-1"),
        loaded("\"some\""),
        API.replace("\"seed\":5,", "\"seed\":5,\"denoise\":0.2,"),
    ] {
        assert_eq!(
            codes(&MARK, &with_text("prompt", &text)),
            ["comfyui.workflow"]
        );
    }
    let editor = EDITOR.replace(
        "\"id\":3,",
        "\"id\":3,\"widgets_values\":[1,\"fixed\",20,7,\"euler\",\"normal\",0.3],",
    );
    assert_eq!(
        codes(&MARK, &with_text("workflow", &editor)),
        ["comfyui.ai-edited"]
    );
    let detail = r#"{"1":{"class_type":"LoadImage","inputs":{}},"2":{"class_type":"FaceDetailer","inputs":{
        "image":["1",0],"seed":1,"steps":2,"sampler_name":"euler","denoise":0.2}}}"#;
    assert_eq!(
        codes(&MARK, &with_text("prompt", detail)),
        ["comfyui.ai-edited"]
    );
    let sigmas = r#"{"1":{"class_type":"LoadImage","inputs":{}},"2":{"class_type":"SamplerCustomAdvanced","inputs":{
        "latent_image":["1",0],"sigmas":["3",0]}},"3":{"class_type":"BasicScheduler","inputs":{"denoise":0.4}}}"#;
    assert_eq!(
        codes(&MARK, &with_text("prompt", sigmas)),
        ["comfyui.ai-edited"]
    );
}

#[test]
fn no_graph_hides_another() {
    let enlarge = r#"{"1":{"class_type":"LoadImage","inputs":{}},"2":{"class_type":"SaveImage","inputs":{}}}"#;
    for texts in [
        [("prompt", enlarge), ("prompt", API)],
        [("prompt", API), ("prompt", enlarge)],
        [("prompt", enlarge), ("Comment", API)],
    ] {
        assert_eq!(codes(&MARK, &with_texts(&texts)), ["comfyui.workflow"]);
    }
}
