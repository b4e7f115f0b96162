//! What all signals found that cannot be true together. What content credentials say of themselves is for their own signal.

use super::super::Facts;
use super::super::code;
use crate::evidence::{Claim, Code, Evidence, Strength, Value};

pub(super) const CAPTURE: Code = Code {
    name: "traces.capture-and-mark",
    claim: Claim::Contradiction,
    summary: "One statement in it says that it was captured by a camera or scanner, another that a generator made it.",
    proves: "That both stand in the file: a capture in content credentials or by the IPTC digital source type, with no word of a model there, and a generator's mark, or the declaration that a model made it.",
    limits: "Which of the two is wrong: marks and declarations can be copied from one file into another, and a photograph that a model worked over may keep both.",
    error_rate: "seen on none of 552 real files, 72 with the mark of a generator among them; how often it is honest is not known",
    next: "Do not rely on either. Ask where the file comes from.",
};

pub(super) const CAMERA: Code = Code {
    name: "traces.camera-and-mark",
    claim: Claim::Contradiction,
    summary: "It has the metadata of a camera, and carries the mark of a generator that makes whole pictures.",
    proves: "That EXIF names a camera with its exposure, and that a generator's mark stands in the file or in its pixels.",
    limits: "Which of the two is wrong, if any: tools that people run themselves can start from a photograph and keep its metadata, which is honest. Then it is a hint only; with the mark of a service that keeps no camera's metadata, or a mark in the pixels, it weighs more.",
    error_rate: "seen on none of 552 real files, 72 with the mark of a generator among them; how often it is honest is not known",
    next: "Look at the picture. If it was made from a photograph, the metadata tell of that photograph and not of this picture.",
};

pub(super) const GENERATORS: Code = Code {
    name: "traces.two-generators",
    claim: Claim::Contradiction,
    summary: "It carries the marks of two generators, each of which says that it made the picture.",
    proves: "That both marks stand in the file, and name services that do not write each other's marks.",
    limits: "Which of the two is wrong: one picture may have been given to another service that kept the mark, or a mark was copied.",
    error_rate: "seen on none of 552 real files, 72 with the mark of a generator among them; how often it is honest is not known",
    next: "That a model made it is no less likely for it. Do not rely on which one.",
};

/// Services that make whole pictures, and the words by which they are named. Tools that people run themselves are not among
/// them: those write each other's marks.
const VENDORS: &[(&str, &[&str])] = &[
    ("Midjourney", &["midjourney"]),
    ("Google", &["google", "gemini", "imagen", "nano banana"]),
    ("xAI", &["xai", "grok"]),
    ("NovelAI", &["novelai"]),
    ("Ideogram", &["ideogram"]),
    ("Reve", &["reve"]),
    ("Luma", &["luma"]),
    ("OpenAI", &["openai", "chatgpt", "dall", "gpt"]),
    ("Adobe", &["adobe", "firefly"]),
];

/// Everything that cannot be true together.
pub(super) fn evidence(facts: &Facts, found: &[Evidence]) -> Vec<Evidence> {
    let capture = capture(found);
    let camera = match capture {
        // The camera's metadata are of the same capture.
        Some(_) => None,
        None => camera(facts, found),
    };
    [capture, camera, generators(found)]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether it stands in content credentials.
fn is_credential(one: &Evidence) -> bool {
    one.code.name.starts_with("c2pa.")
}

/// The strongest mark of a generator, other than in content credentials.
fn mark(found: &[Evidence]) -> Option<&Evidence> {
    let marks = found.iter().filter(|one| {
        let origin = code(one.code.name).map(|(kind, _)| kind.name);
        one.claim() == Claim::AiGenerated
            && one.strength >= Strength::Declared
            && matches!(origin, Some("generator_metadata" | "watermark"))
    });
    // Of equals the first: signals run in the order of the table.
    marks.reduce(|best, one| {
        if one.strength > best.strength {
            one
        } else {
            best
        }
    })
}

fn capture(found: &[Evidence]) -> Option<Evidence> {
    let mark = mark(found)?;
    let of_a_model = |one: &Evidence| {
        is_credential(one)
            && matches!(
                one.claim(),
                Claim::AiGenerated | Claim::AiEdited | Claim::AiIngredient | Claim::Tampered
            )
    };
    let captured = found.iter().find(|one| {
        one.claim() == Claim::Captured
            && one.strength >= Strength::Declared
            && !(is_credential(one) && found.iter().any(of_a_model))
    })?;
    Some(
        Evidence::new(&CAPTURE, Strength::Declared)
            .with("mark", mark.code.name)
            .with_some("tool", text(mark, "tool"))
            .with("capture", captured.code.name)
            .with_some("captured_by", text(captured, "tool")),
    )
}

fn camera(facts: &Facts, found: &[Evidence]) -> Option<Evidence> {
    let camera = facts.camera.as_deref()?;
    let mark = mark(found)?;
    // Content credentials that tell of a model tell how it came about.
    if found
        .iter()
        .any(|one| is_credential(one) && one.claim() == Claim::AiEdited)
    {
        return None;
    }
    let strength = match mark.strength > Strength::Declared || !vendors(mark).is_empty() {
        true => Strength::Declared,
        false => Strength::Hint,
    };
    Some(
        Evidence::new(&CAMERA, strength)
            .with("mark", mark.code.name)
            .with_some("tool", text(mark, "tool"))
            .with("camera", camera),
    )
}

/// Two statements that the picture itself was made, by services of which neither is named by the other.
fn generators(found: &[Evidence]) -> Option<Evidence> {
    let made = found.iter().filter(|one| {
        one.claim() == Claim::AiGenerated
            && one.strength >= Strength::Declared
            // What an earlier state was made with is history.
            && one.get("steps_back").is_none()
    });
    let named: Vec<(&Evidence, Vec<&str>)> = made
        .map(|one| (one, vendors(one)))
        .filter(|(_, vendors)| !vendors.is_empty())
        .collect();
    let pairs = named
        .iter()
        .enumerate()
        .flat_map(|(place, one)| named.iter().skip(place + 1).map(move |other| (one, other)));
    let ((one, first), (other, second)) = pairs
        .filter(|((one, _), (other, _))| !(is_credential(one) && is_credential(other)))
        .find(|((_, first), (_, second))| first.iter().all(|vendor| !second.contains(vendor)))?;
    // Adobe's programs offer the models of others.
    let strength = match first.iter().chain(second).any(|vendor| *vendor == "Adobe") {
        true => Strength::Hint,
        false => Strength::Declared,
    };
    Some(
        Evidence::new(&GENERATORS, strength)
            .with("one", first.join(" and "))
            .with("one_mark", one.code.name)
            .with("other", second.join(" and "))
            .with("other_mark", other.code.name),
    )
}

/// The services that a mark names as having made the picture. Models that people run themselves are called after services
/// whose style they imitate, and the name of a system is whatever somebody typed.
fn vendors(mark: &Evidence) -> Vec<&'static str> {
    let keys: &[&str] = match mark.code.name {
        name if name.starts_with("iptc.ai-system") => &["signer", "credit"],
        _ => &["tool", "signer", "credit", "says"],
    };
    let words: Vec<String> = keys
        .iter()
        .filter_map(|key| text(mark, key))
        .map(str::to_lowercase)
        .collect();
    let named = |names: &&[&str]| {
        names
            .iter()
            .any(|name| words.iter().any(|text| has(text, name)))
    };
    VENDORS
        .iter()
        .filter(|(_, names)| named(names))
        .map(|(vendor, _)| *vendor)
        .collect()
}

/// Whether a word of the text begins with this name, or is made of it and more letters where the name has none.
fn has(text: &str, name: &str) -> bool {
    let short = name.len() <= 4;
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        let begins = before.is_none_or(|c| !c.is_alphanumeric());
        let ends = after.is_none_or(|c| !c.is_alphabetic());
        // `reve` is the beginning of other words, `firefly` is not.
        begins && (ends || !short)
    })
}

fn text<'a>(one: &'a Evidence, key: &str) -> Option<&'a str> {
    match one.get(key)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals;

    fn one(name: &str, strength: Strength, details: &[(&'static str, &str)]) -> Evidence {
        let (_, code) = signals::code(name).unwrap();
        details
            .iter()
            .fold(Evidence::new(code, strength), |one, (key, value)| {
                one.with(key, *value)
            })
    }

    fn declared(name: &str, details: &[(&'static str, &str)]) -> Evidence {
        one(name, Strength::Declared, details)
    }

    fn codes(found: &[Evidence]) -> Vec<(&'static str, Strength)> {
        let evidence = evidence(&Facts::default(), found);
        evidence
            .iter()
            .map(|one| (one.code.name, one.strength))
            .collect()
    }

    #[test]
    fn a_capture_and_a_generators_mark_contradict_each_other() {
        let mark = declared("automatic1111.parameters", &[("tool", "Forge")]);
        let capture = [("traces.capture-and-mark", Strength::Declared)];
        let captured = declared("c2pa.captured", &[]);
        assert_eq!(codes(&[mark.clone(), captured.clone()]), capture);
        assert_eq!(
            codes(&[mark.clone(), declared("iptc.captured", &[])]),
            capture
        );
        // The credentials tell of the model themselves.
        let edited = declared("c2pa.ai-edited", &[]);
        assert!(codes(&[mark.clone(), captured.clone(), edited]).is_empty());
        let hint = one("c2pa.captured", Strength::Hint, &[]);
        assert!(codes(&[mark, hint]).is_empty());
        assert!(codes(&[captured, declared("c2pa.ai-generated", &[])]).is_empty());
    }

    #[test]
    fn names_of_models_and_systems_name_no_service() {
        let imitation = [("tool", "Forge"), ("model", "midjourneyMimic")];
        let imitation = declared("automatic1111.parameters", &imitation);
        assert!(vendors(&imitation).is_empty());
        let typed = declared("iptc.ai-system", &[("tool", "Midjourney")]);
        assert!(vendors(&typed).is_empty());
        let service = declared("automatic1111.parameters", &[("tool", "Midjourney")]);
        assert_eq!(vendors(&service), ["Midjourney"]);
        assert!(codes(&[imitation, typed, service]).is_empty());
    }

    #[test]
    fn only_services_exclude_each_other() {
        let of = |tool| declared("automatic1111.parameters", &[("tool", tool)]);
        let two = [("traces.two-generators", Strength::Declared)];
        assert_eq!(codes(&[of("Midjourney"), of("Google AI")]), two);
        let openai = declared(
            "c2pa.ai-generated",
            &[("tool", "gpt-image 2.0"), ("signer", "OpenAI")],
        );
        assert_eq!(codes(&[of("xAI Grok"), openai.clone()]), two);
        let hint = [("traces.two-generators", Strength::Hint)];
        assert_eq!(codes(&[of("Ideogram"), of("Adobe Firefly")]), hint);
        for together in [
            vec![of("Midjourney"), of("Midjourney")],
            vec![of("Stable Diffusion WebUI Forge"), of("ComfyUI")],
            vec![of("Fooocus"), of("NovelAI")],
            vec![
                of("Google AI"),
                declared(
                    "c2pa.ai-generated",
                    &[("tool", "Imagen 4"), ("signer", "Adobe Inc.")],
                ),
            ],
            vec![
                declared("c2pa.ai-generated", &[("tool", "Adobe_Firefly")]),
                openai.clone(),
            ],
            vec![of("Reverie Studio"), openai.clone()],
            vec![
                of("Midjourney"),
                declared("iptc.ai-edited", &[("tool", "Apple Photos")]),
            ],
            vec![
                of("Midjourney"),
                declared(
                    "c2pa.ai-generated",
                    &[("tool", "gpt-image"), ("steps_back", "1")],
                ),
            ],
        ] {
            assert!(codes(&together).is_empty(), "{together:?}");
        }
    }
}
