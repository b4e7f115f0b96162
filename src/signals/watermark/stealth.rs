//! Text in the lowest bits of the pixels ("stealth PNG info"), as extensions of Stable Diffusion tools and NovelAI write it:
//! column by column, a word that says how, the number of bits that follow, and these.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use image::DynamicImage;
use serde_json::Value;

use crate::asset::{Metadata, TextEntry};
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::signals::generator_metadata::{Clues, is_modest, recognise};

/// The hidden text is that of a generator.
pub(super) const PARAMETERS: Code = Code {
    name: "stealth.parameters",
    claim: Claim::AiGenerated,
    summary: "The lowest bits of its pixels hide the generation settings of an AI tool.",
    proves: "That such a text was written into the pixels, by a program that knows the form. It is read by the rules by which text in metadata is.",
    limits: "Anyone can hide any text in any picture with public programs. Saving as JPEG, scaling or editing destroys it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// The hidden text is some other.
pub(super) const TEXT: Code = Code {
    name: "stealth.text",
    claim: Claim::History,
    summary: "The lowest bits of its pixels hide a text, in the form that AI image tools use.",
    proves: "That somebody wrote a text into the pixels, and with it a word of 15 letters that is not there by accident.",
    limits: "The text itself is of no form that is known, or damaged, so it does not say where the picture comes from.",
    error_rate: RATE,
    next: "Read it with `--show-personal`, and judge it as a text that anyone can have written.",
};

const RATE: &str = "0 of 158 PNG and WebP files without it in a test collection. The word in front of the text is 120 bits long: by chance it is in none of 10^36 pictures.";

/// A text that is hidden in pixels.
pub(super) struct Hidden {
    /// Where and how it is written.
    method: &'static str,
    /// `None` where it is damaged.
    text: Option<String>,
    /// The text by keywords.
    metadata: Metadata,
    /// The text under `Comment`, with every character as it was written.
    comment: Option<String>,
}

impl Hidden {
    fn new(method: &'static str, text: Option<String>) -> Self {
        let mut texts = Vec::new();
        let mut add = |keyword: &str, text: &str| {
            let (keyword, text) = (keyword.to_owned(), text.to_owned());
            texts.push(TextEntry { keyword, text });
        };
        let written = text.as_deref().unwrap_or_default();
        let object = is_modest(written).then(|| serde_json::from_str(written));
        let fields = match object {
            Some(Ok(Value::Object(fields))) => fields,
            _ => serde_json::Map::default(),
        };
        for (keyword, value) in &fields {
            match value.as_str() {
                Some(value) => add(keyword, value),
                None => add(keyword, &value.to_string()),
            }
        }
        if text.is_some() && !fields.contains_key("parameters") {
            add("parameters", written);
        }
        let comment = fields.get("Comment").and_then(Value::as_str);
        let comment = comment.map(str::to_owned);
        Self {
            method,
            text,
            metadata: Metadata {
                texts,
                ..Metadata::default()
            },
            comment,
        }
    }

    /// What NovelAI calls the comment: its settings, with a signature.
    pub(super) fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }
}

/// What the hidden text says.
pub(super) fn evidence(hidden: &Hidden) -> Evidence {
    let found = recognise(&Clues::in_metadata(&hidden.metadata));
    let generated = found
        .into_iter()
        .find(|one| one.claim() == Claim::AiGenerated);
    let Some(generated) = generated else {
        return Evidence::new(&TEXT, Strength::Hint)
            .with("where", hidden.method)
            .with("readable", hidden.text.is_some())
            .with_personal("text", hidden.text.as_deref());
    };
    let mut evidence = Evidence::new(&PARAMETERS, Strength::Declared);
    evidence.detail = generated.detail;
    evidence.personal = generated.personal;
    // The recogniser has taken from the text what it says.
    evidence.with("where", hidden.method)
}

/// A form of hiding: the word that announces it.
struct Form {
    word: &'static [u8; 15],
    place: Place,
    compressed: bool,
    name: &'static str,
}

/// The bits that are used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One a pixel.
    Alpha,
    /// Three a pixel: red, green, blue.
    Colours,
}

const FORMS: &[Form] = &[
    Form {
        word: b"stealth_pnginfo",
        place: Place::Alpha,
        compressed: false,
        name: "alpha channel",
    },
    Form {
        word: b"stealth_pngcomp",
        place: Place::Alpha,
        compressed: true,
        name: "alpha channel, compressed",
    },
    Form {
        word: b"stealth_rgbinfo",
        place: Place::Colours,
        compressed: false,
        name: "colour channels",
    },
    Form {
        word: b"stealth_rgbcomp",
        place: Place::Colours,
        compressed: true,
        name: "colour channels, compressed",
    },
];

/// Longest text, inflated or not; prompts take a few thousand bytes.
const MAX_TEXT: usize = 8 << 20;

/// Reads the texts that are hidden in a picture: one in the alpha channel, one in the colours.
pub(super) fn read(image: &DynamicImage) -> Vec<Hidden> {
    [Place::Alpha, Place::Colours]
        .into_iter()
        .filter_map(|place| in_place(&Bits::of(image, place)?))
        .collect()
}

/// Whether the beginning of the first column announces a text, so that the rest of the picture is worth reading.
pub(super) fn is_announced(column: &DynamicImage) -> bool {
    let announced = |place| {
        let word = Bits::of(column, place)?.bytes(0, 15)?;
        let forms = FORMS.iter().filter(|form| form.place == place);
        forms.into_iter().find(|form| form.word.as_slice() == word)
    };
    [Place::Alpha, Place::Colours]
        .into_iter()
        .any(|place| announced(place).is_some())
}

fn in_place(bits: &Bits<'_>) -> Option<Hidden> {
    let word = bits.bytes(0, 15)?;
    let form = FORMS.iter().find(|form| form.word.as_slice() == word)?;
    // A word that announces the bits of the other place announces nothing.
    (form.place == bits.place).then(|| Hidden::new(form.name, text(bits, form)))
}

fn text(bits: &Bits<'_>, form: &Form) -> Option<String> {
    let start = 8 * form.word.len();
    let length = bits.bytes(start, 4)?;
    let length = u32::from_be_bytes(*length.first_chunk()?);
    // Counted in bits.
    let length = usize::try_from(length / 8).ok()?;
    if length > MAX_TEXT {
        return None;
    }
    let body = bits.bytes(start + 32, length)?;
    let body = match form.compressed {
        true => inflate(&body)?,
        false => body,
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    (!text.is_empty()).then_some(text)
}

/// What stands in a gzip file, as far as it is whole; `None` for nothing, or for more than any text.
fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let most = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX);
    let whole = MultiGzDecoder::new(body)
        .take(most.saturating_add(1))
        .read_to_end(&mut text)
        .is_ok();
    (whole && text.len() <= MAX_TEXT).then_some(text)
}

/// The lowest bits of a picture, in the order in which they are used.
struct Bits<'a> {
    raw: Raw<'a>,
    channels: usize,
    width: usize,
    height: usize,
    place: Place,
}

#[derive(Clone, Copy)]
enum Raw<'a> {
    Bytes(&'a [u8]),
    Words(&'a [u16]),
}

impl<'a> Bits<'a> {
    fn of(image: &'a DynamicImage, place: Place) -> Option<Self> {
        let (raw, channels) = match image {
            DynamicImage::ImageRgb8(image) => (Raw::Bytes(image.as_raw()), 3),
            DynamicImage::ImageRgba8(image) => (Raw::Bytes(image.as_raw()), 4),
            DynamicImage::ImageRgb16(image) => (Raw::Words(image.as_raw()), 3),
            DynamicImage::ImageRgba16(image) => (Raw::Words(image.as_raw()), 4),
            _ => return None,
        };
        (place == Place::Colours || channels == 4).then_some(Self {
            raw,
            channels,
            width: usize::try_from(image.width()).ok()?,
            height: usize::try_from(image.height()).ok()?,
            place,
        })
    }

    /// So many bytes from a bit on; `None` if the picture holds fewer. Nothing is allocated for what is not there.
    fn bytes(&self, start: usize, count: usize) -> Option<Vec<u8>> {
        let each = match self.place {
            Place::Alpha => 1,
            Place::Colours => 3,
        };
        let room = self.width.checked_mul(self.height)?.checked_mul(each)?;
        let end = start.checked_add(count.checked_mul(8)?)?;
        if end > room {
            return None;
        }
        let byte = |at: usize| {
            let mut bits = (0..8).map(|bit| self.bit(start + 8 * at + bit));
            bits.try_fold(0, |byte, bit| Some(byte << 1 | bit?))
        };
        (0..count).map(byte).collect()
    }

    fn bit(&self, at: usize) -> Option<u8> {
        let (pixel, channel) = match self.place {
            Place::Alpha => (at, 3),
            Place::Colours => (at / 3, at % 3),
        };
        let (x, y) = (pixel.checked_div(self.height)?, pixel % self.height);
        let place = (y * self.width + x) * self.channels + channel;
        match self.raw {
            Raw::Bytes(raw) => Some(*raw.get(place)? & 1),
            Raw::Words(raw) => Some((*raw.get(place)? & 1) as u8),
        }
    }
}

#[cfg(test)]
mod tests;
