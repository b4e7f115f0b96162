//! Midjourney: the prompt with its parameters and the id of the job, in PNG text `Description` or the fields that other
//! programs copy it to.

use super::shapes::is_uuid;
use super::{Clues, Mark, RATE};
use crate::asset::namespace::{DC, IPTC_EXT};
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const USER_COMMENT: u16 = 0x9286;
const XP_COMMENT: u16 = 0x9c9c;
const XP_SUBJECT: u16 = 0x9c9f;

const JOB_ID: &str = "Job ID:";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[JOB],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const JOB: Code = Code {
    name: "midjourney.job",
    claim: Claim::AiGenerated,
    summary: "It carries a prompt and a job id in the form of Midjourney's.",
    proves: "That the file holds a description in the form of those in Midjourney's downloads.",
    limits: "Anyone can write such a description, and saving the image elsewhere removes it. The job is not looked up.",
    error_rate: RATE,
    next: "Label it as declared AI-generated. Midjourney can tell whether the job exists.",
};

/// Finds a description that ends in a job id, behind a second sign: other programs write such ids, too.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let job = descriptions(clues).find_map(|text| {
        let job = Job::read(text)?;
        let sure = job.has_own_parameter() || in_xmp(clues, job.id);
        sure.then_some(job)
    })?;
    let author = clues
        .texts("Author")
        .map(str::trim)
        .find(|name| !name.is_empty());
    Some(
        Evidence::new(&JOB, Strength::Declared)
            .with("tool", "Midjourney")
            .with_some("version", job.version())
            .with_personal("prompt", (!job.prompt.is_empty()).then_some(job.prompt))
            .with_personal("author", author)
            .with_personal("job_id", Some(job.id)),
    )
}

fn descriptions<'a>(clues: &Clues<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let texts = ["Description", "Comment"].map(|keyword| clues.texts(keyword));
    let tags = [IMAGE_DESCRIPTION, USER_COMMENT, XP_COMMENT, XP_SUBJECT].map(|tag| clues.exif(tag));
    let texts = texts.into_iter().flatten();
    texts
        .chain(tags.into_iter().flatten())
        .chain(clues.xmp(DC, "description"))
}

/// The unique id of the image is that of its job.
fn in_xmp(clues: &Clues<'_>, id: &str) -> bool {
    clues
        .xmp(IPTC_EXT, "DigImageGUID")
        .any(|guid| guid.eq_ignore_ascii_case(id))
}

/// `a harbour --ar 4:3 --v 5.2 Job ID: 7c2e6f0a-…`
struct Job<'a> {
    prompt: &'a str,
    id: &'a str,
}

impl<'a> Job<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (prompt, id) = text.trim().rsplit_once(JOB_ID)?;
        let (prompt, id) = (prompt.trim(), id.trim());
        is_uuid(id).then_some(Self { prompt, id })
    }

    /// Its parameters, each with the word that follows. Phones turn two dashes into one long one.
    fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let prompt = self.prompt.split_ascii_whitespace();
        let next = self.prompt.split_ascii_whitespace().skip(1).chain([""]);
        prompt
            .zip(next)
            .filter_map(|(word, next)| Some((parameter(word)?, next)))
    }

    fn has_own_parameter(&self) -> bool {
        self.parameters().any(|(name, value)| is_own(name, value))
    }

    fn version(&self) -> Option<String> {
        let of = |(name, value): (&str, &str)| match name {
            "v" | "version" => is_version(value).then(|| value.to_owned()),
            "niji" if is_version(value) => Some(format!("niji {value}")),
            "niji" => Some("niji".to_owned()),
            _ => None,
        };
        self.parameters().filter_map(of).last()
    }
}

fn parameter(word: &str) -> Option<&str> {
    word.strip_prefix("--").or_else(|| word.strip_prefix('—'))
}

/// A parameter that other programs hardly have, with a value that it takes. Its `quality`, `seed`, `repeat`, `end` and
/// the like are left out: renderers and converters have options of these names, too.
fn is_own(name: &str, value: &str) -> bool {
    let is_flag = value.is_empty() || parameter(value).is_some();
    match name {
        "ar" | "aspect" => {
            let sides = value.split_once(':');
            sides.is_some_and(|(width, height)| is_number(width) && is_number(height))
        }
        "v" => is_version(value),
        "niji" => is_flag || is_version(value),
        "s" | "stylize" | "chaos" | "weird" | "iw" | "sw" | "cw" | "ow" => is_number(value),
        "sref" | "cref" | "oref" => is_reference(value),
        "style" => STYLES.contains(&value) || is_code(value),
        "p" | "profile" => is_code(value),
        "tile" | "raw" | "personalize" => is_flag,
        _ => false,
    }
}

const STYLES: &[&str] = &["raw", "cute", "scenic", "expressive", "original"];

fn is_number(text: &str) -> bool {
    (1..=8).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `6`, `5.2`
fn is_version(text: &str) -> bool {
    is_number(text) && text.len() <= 4 && text.split('.').all(|part| (1..=2).contains(&part.len()))
}

/// The address of a picture, the number of a style, or `random`.
fn is_reference(value: &str) -> bool {
    let is_address = value.starts_with("https://") || value.starts_with("http://");
    let is_style = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    is_address || is_style || value == "random"
}

/// What it calls a personal style, `k7x2m9q`: letters and digits, both.
fn is_code(value: &str) -> bool {
    (2..=64).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_text, with_texts, with_xmp};
    use super::*;

    const ID: &str = "7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40";

    #[test]
    fn prompt_version_author_and_job_are_read() {
        let text = format!("a sailing boat --ar 4:3 --v 5.2 Job ID: {ID}");
        let download = with_texts(&[("Description", text.as_str()), ("Author", "someone")]);
        let found = &found(&MARK, &download)[0];
        assert_eq!(found.get("version"), Some(&"5.2".into()));
        let personal: Vec<_> = found.personal.iter().map(|(key, _)| *key).collect();
        assert_eq!(personal, ["prompt", "author", "job_id"]);
        assert_eq!(
            found.personal[0].1,
            "a sailing boat --ar 4:3 --v 5.2".into()
        );
    }

    #[test]
    fn any_parameter_of_its_own_is_enough() {
        for parameter in [
            "--ar 16:9",
            "—v 7",
            "--niji --seed 5",
            "--stylize 250",
            "--sref https://example.com/a.png",
            "--sref 123456",
            "--style raw",
            "--profile k7x2m9q",
            "--weird 100",
            "--raw",
            "--tile --seed 3",
        ] {
            let text = format!("a boat {parameter} Job ID: {ID}");
            let found = codes(&MARK, &with_text("Description", &text));
            assert_eq!(found, ["midjourney.job"], "{parameter}");
        }
    }

    #[test]
    fn copies_in_other_fields_and_prompts_without_parameters_are_read() {
        let text = format!("a fox —niji 6 Job ID: {ID}");
        let exif = with_exif(&[("0th", IMAGE_DESCRIPTION, &text)]);
        assert_eq!(
            found(&MARK, &exif)[0].get("version"),
            Some(&"niji 6".into())
        );
        let bare = format!("a fox Job ID: {ID}");
        let upper = ID.to_uppercase();
        let xmp = [
            (DC, "description", bare.as_str()),
            (IPTC_EXT, "DigImageGUID", upper.as_str()),
        ];
        assert_eq!(codes(&MARK, &with_xmp(&xmp)), ["midjourney.job"]);
    }

    #[test]
    fn other_jobs_and_captions_say_nothing() {
        for text in [
            format!("Rendered by the farm. Job ID: {ID}"),
            format!("rendered with --threads 4 Job ID: {ID}"),
            "a photo --v of a cat".to_owned(),
            "a poster --ar 2:3 Job ID: 12345".to_owned(),
            format!("how to read a job: a boat --v 6 Job ID: {ID} and then its author"),
            "made in Midjourney".to_owned(),
            format!("convert --quality 80 in.tif Job ID: {ID}"),
            format!("render --seed 5 --quality high --version 3 Job ID: {ID}"),
            format!("render --tile 256 --profile release --ar wide Job ID: {ID}"),
            format!("the platform —end of the line, no —loop Job ID: {ID}"),
            format!("cut --style --raw-input --v --s Job ID: {ID}"),
        ] {
            assert!(
                codes(&MARK, &with_text("Description", &text)).is_empty(),
                "{text}"
            );
        }
        let shot = format!("Shot 12. Job ID: {ID}");
        let farm = [
            ("Description", shot.as_str()),
            ("Author", "farm"),
            ("Creation Time", "2024-05-01"),
        ];
        assert!(codes(&MARK, &with_texts(&farm)).is_empty());
        let elsewhere = format!("a boat --v 6 Job ID: {ID}");
        assert!(codes(&MARK, &with_text("parameters", &elsewhere)).is_empty());
    }
}
