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

/// Parameters of its prompts, without the dashes.
const PARAMETERS: &[&str] = &[
    "ar", "aspect", "v", "version", "niji", "s", "stylize", "c", "chaos", "q", "quality", "style",
    "w", "weird", "seed", "iw", "no", "tile", "raw", "p", "profile", "sref", "sw", "sv", "cref",
    "cw", "oref", "ow", "stop", "exp", "draft", "fast", "relax", "turbo", "hd", "test", "testp",
    "creative", "upbeta", "uplight", "repeat", "r", "stealth", "public", "motion", "loop", "end",
];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[JOB],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const JOB: Code = Code {
    name: "midjourney.job",
    claim: Claim::AiGenerated,
    summary: "It carries a prompt with the id of a Midjourney job.",
    proves: "That the file holds a description in the form that Midjourney writes into its downloads.",
    limits: "Anyone can write such a description, and saving the image elsewhere removes it. The job is not looked up.",
    error_rate: RATE,
    next: "Label it as declared AI-generated. Midjourney can tell whether the job exists.",
};

/// Finds a description that ends in a job id, behind a second sign: a parameter, the same id in XMP, or the texts that
/// stand beside it in a download.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let job = descriptions(clues).find_map(|text| {
        let job = Job::read(text)?;
        let sure = job.has_parameter() || in_xmp(clues, job.id) || is_download(clues);
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

/// A PNG as it is downloaded names the account and the time, too.
fn is_download(clues: &Clues<'_>) -> bool {
    let ends_so = |text: &str| Job::read(text).is_some();
    clues.texts("Description").any(ends_so)
        && clues.texts("Author").next().is_some()
        && clues.texts("Creation Time").next().is_some()
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
        prompt.zip(next).filter_map(|(word, next)| {
            let name = word.strip_prefix("--").or_else(|| word.strip_prefix('—'))?;
            PARAMETERS.contains(&name).then_some((name, next))
        })
    }

    fn has_parameter(&self) -> bool {
        self.parameters().next().is_some()
    }

    fn version(&self) -> Option<String> {
        let is_number = |text: &str| {
            (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        };
        let of = |(name, value): (&str, &str)| match name {
            "v" | "version" => is_number(value).then(|| value.to_owned()),
            "niji" if is_number(value) => Some(format!("niji {value}")),
            "niji" => Some("niji".to_owned()),
            _ => None,
        };
        self.parameters().filter_map(of).last()
    }
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
        let download = [
            ("Description", bare.as_str()),
            ("Author", "a"),
            ("Creation Time", "b"),
        ];
        assert_eq!(codes(&MARK, &with_texts(&download)), ["midjourney.job"]);
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
        ] {
            assert!(
                codes(&MARK, &with_text("Description", &text)).is_empty(),
                "{text}"
            );
        }
        let elsewhere = format!("a boat --v 6 Job ID: {ID}");
        assert!(codes(&MARK, &with_text("parameters", &elsewhere)).is_empty());
    }
}
