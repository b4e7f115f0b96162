//! Lines of settings, and sentences that only look like them.

use super::*;

#[test]
fn values_may_hold_commas_brackets_and_breaks() {
    let text = "a cat\nNegative prompt: dogs,\nbirds\nSteps: 20, Sampler: Euler a, Lora hashes: \"a: 1, b: 2\", \
                Hires prompt: \"one,\\n two\", Civitai resources: [{\"a\": \"x]\", \"b\": 1}], Size: 512x768, odd, Version: v1.9";
    let found = read(text).unwrap();
    assert_eq!(found.prompt, Some("a cat"));
    assert_eq!(found.negative, Some("dogs,\nbirds"));
    assert_eq!(found.get("Lora hashes").unwrap(), "a: 1, b: 2");
    assert_eq!(found.get("hires prompt").unwrap(), "one,\n two");
    assert_eq!(found.get("Size").unwrap(), "512x768");
    assert_eq!(found.get("Version").unwrap(), "v1.9");
    assert!(found.has("Civitai resources"));
}

#[test]
fn the_line_may_stand_first_or_within() {
    assert!(read("Steps: 20, Sampler: Euler, Size: 512x512").is_some());
    assert!(read("Steps: 20, CFG scale: 7, Seed: 1\nTemplate: a cat").is_some());
    let within = "a cat Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512";
    assert!(read(within).unwrap().is_complete());
    assert!(read("a cat Steps: 20, Sampler: Euler").is_none());
}

#[test]
fn sentences_with_the_word_are_no_settings() {
    for text in [
        "Steps: 3, then turn left",
        "Steps: many, Sampler: none",
        "Steps: 3, Size: large",
        "Steps: 3, Seed: sunflower, Size: 20 cm",
        "FootSteps: 3, Seed: 1, Size: 1x1, CFG scale: 1",
        "Steps: 28",
        "Steps: 512, Size: 512x512, Setpoint: 1 nN",
        "Steps: 200, Seed: 42, Size: 800x600",
        "Steps: 5000, Sampler: NUTS, Seed: 42",
        "Steps: 5000, Sampler: Metropolis, Seed: 42, Size: 800x600, CFG scale: none",
        "Steps: 16, Sampler: Akai MPC, Seed: 1",
        "Steps: ",
        "",
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}

#[test]
fn samplers_of_models_are_known_by_their_names() {
    for name in [
        "Euler a",
        "DPM++ 2M SDE",
        "dpmpp_2m",
        "k_euler_ancestral",
        "sample_dpmpp_2m",
        "UniPC",
        "uni_pc_bh2",
        "SA-Solver",
        "res_multistep",
        "ER SDE",
        "[Forge] Flux Realistic",
        "\"DDIM CFG++\"",
    ] {
        let text = format!("Steps: 20, Sampler: {name}, Seed: 1");
        assert!(read(&text).is_some(), "{name}");
    }
    assert!(read("Steps: 20, Sampler: New one, CFG scale: 7, Seed: 1").is_some());
    assert!(read("a cat\nNegative prompt: dogs\nSteps: 20, Sampler: New one, Seed: 1").is_some());
}

#[test]
fn words_behind_the_line_do_not_hide_it() {
    let line = "a cat\nSteps: 20, Sampler: Euler a, Seed: 1";
    let text = format!("{line}\n{}", "and Steps: 1, left. ".repeat(40));
    assert_eq!(read(&text).unwrap().prompt, Some("a cat"));
}

#[test]
fn hostile_texts_take_linear_time() {
    for piece in ["Steps: 1, a: \"", "Steps: 1, a: [", "Steps: ", "a: [, "] {
        let text = format!("Steps: 1, {}", piece.repeat(200_000));
        assert!(read(&text).is_none());
    }
}
