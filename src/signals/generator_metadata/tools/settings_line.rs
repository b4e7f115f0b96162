//! The text that AUTOMATIC1111's web UI made common: the prompt, `Negative prompt: …`, and a line of settings that begins
//! with `Steps: 28, …`.

/// Whether a value is one that its setting can have.
type Fits = fn(&str) -> bool;

/// Settings that stand beside the steps.
const SETTINGS: &[(&str, Fits)] = &[
    ("Sampler", is_sampler),
    ("CFG scale", is_number),
    ("Seed", is_number),
    ("Size", is_size),
    ("Model hash", is_hash),
];

/// Settings that only a model is given. Microscopes, fractals and simulations have steps, seeds and sizes, too.
const OF_A_MODEL: &[(&str, Fits)] = &[
    ("Sampler", is_sampler),
    ("CFG scale", is_number),
    ("Distilled CFG Scale", is_number),
    ("Guidance Scale", is_number),
    ("Model hash", is_hash),
];

/// How the names of samplers begin, in small letters and without what parts their words. Statistics have samplers, too, and
/// so has music.
const SAMPLERS: &[&str] = &[
    "[forge]",
    "ddim",
    "ddpm",
    "deis",
    "dpm",
    "ersde",
    "euler",
    "gradientestimation",
    "heun",
    "ipndm",
    "kdpm",
    "kdiffusion",
    "keuler",
    "kheun",
    "klms",
    "lcm",
    "lms",
    "plms",
    "pndm",
    "res2",
    "res3",
    "resmultistep",
    "restart",
    "sampleddim",
    "sampledpm",
    "sampleeuler",
    "sampleheun",
    "samplelms",
    "sasolver",
    "seeds2",
    "seeds3",
    "tcd",
    "unipc",
];

/// No line has more; what follows is not read.
const MAX_PAIRS: usize = 256;

/// A value in brackets that does not end within this is read up to the next comma.
const MAX_VALUE: usize = 16 << 10;

/// Prompts may hold the words, too; of the places where a line begins with them, and then of all, the last ones count.
const MAX_PLACES: usize = 8;

/// A prompt with its settings.
pub(super) struct Settings<'a> {
    /// What was asked for.
    pub(super) prompt: Option<&'a str>,
    /// What was to be left out.
    pub(super) negative: Option<&'a str>,
    pairs: Vec<(&'a str, &'a str)>,
}

impl Settings<'_> {
    /// The value of a setting, without its quotation marks.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let named = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(name);
        let (_, value) = self.pairs.iter().find(named)?;
        let unquoted = || serde_json::from_str::<String>(value).ok();
        let value = match value.starts_with('"') {
            true => unquoted().unwrap_or_else(|| value.trim_matches('"').to_owned()),
            false => (*value).to_owned(),
        };
        (!value.trim().is_empty()).then_some(value)
    }

    /// Whether there is a setting of this name, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| *key == name)
    }

    /// Whether so many settings stand beside the steps that it cannot be a sentence that only sounds like it.
    pub(super) fn is_complete(&self) -> bool {
        self.known() >= 3
    }

    /// Whether anything in it is said to a model and to nothing else.
    fn is_of_a_model(&self) -> bool {
        let given = |(key, value): &(&str, &str)| {
            let mut own = OF_A_MODEL.iter();
            own.any(|(name, fits)| name.eq_ignore_ascii_case(key) && fits(value))
        };
        self.negative.is_some() || self.pairs.iter().any(given)
    }

    fn known(&self) -> usize {
        let named = |name| {
            self.pairs
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        SETTINGS
            .iter()
            .filter(|(name, fits)| named(*name).is_some_and(|(_, value)| fits(value)))
            .count()
    }
}

/// Reads the text, if it holds a line of settings: a number of steps, one more setting (where the line breaks were lost, at
/// least three), and something that only a model is given.
pub(super) fn read(text: &str) -> Option<Settings<'_>> {
    let places = || {
        let places = text.rmatch_indices("Steps: ");
        places.filter_map(|(at, _)| text.split_at_checked(at))
    };
    let lines = places().filter(|(before, _)| starts_line(before));
    lines
        .take(MAX_PLACES)
        .chain(places().take(MAX_PLACES))
        .find_map(|(before, line)| read_at(before, line))
}

/// Whether a line begins behind this.
fn starts_line(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}

fn read_at<'a>(before: &'a str, line: &'a str) -> Option<Settings<'a>> {
    let (prompt, negative) = prompts(before);
    let settings = Settings {
        prompt,
        negative,
        pairs: pairs(line),
    };
    let (_, steps) = settings.pairs.first()?;
    let counted = !steps.is_empty() && steps.bytes().all(|byte| byte.is_ascii_digit());
    let least = match starts_line(before) {
        true => 1,
        false => 3,
    };
    let apart = before.is_empty() || before.ends_with(|c: char| c.is_whitespace());
    (counted && apart && settings.known() >= least && settings.is_of_a_model()).then_some(settings)
}

/// What stands before the settings: what was asked for, and what was to be left out.
fn prompts(text: &str) -> (Option<&str>, Option<&str>) {
    let (prompt, negative) = match text.rsplit_once("Negative prompt:") {
        Some((prompt, negative)) => (prompt.trim(), negative.trim()),
        None => (text.trim(), ""),
    };
    let said = |text: &&str| !text.is_empty();
    (Some(prompt).filter(said), Some(negative).filter(said))
}

/// `key: value, key: "value, with a comma", key: [{"json": 1}]`, up to the end of the line.
fn pairs(mut rest: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    while pairs.len() < MAX_PAIRS {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some(end) = rest.find([':', ',', '\n', '\r']) else {
            break;
        };
        let (key, after) = rest.split_at(end);
        if after.starts_with(',') {
            rest = after;
            continue;
        }
        let Some(after) = after.strip_prefix(':') else {
            break;
        };
        let after = after.trim_start_matches([' ', '\t']);
        let (value, after) = after.split_at(value_end(after));
        pairs.push((key.trim(), value.trim()));
        rest = after;
    }
    pairs
}

/// Where a value ends: behind its closing quotation mark or bracket, or else at the next comma.
fn value_end(text: &str) -> usize {
    let plain = || text.find([',', '\n', '\r']).unwrap_or(text.len());
    match text.bytes().next() {
        Some(b'"' | b'[' | b'{') => closed(text).unwrap_or_else(plain),
        _ => plain(),
    }
}

/// The length of what begins with a quotation mark or a bracket, up to the one that closes it.
fn closed(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().take(MAX_VALUE).enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 && !quoted {
            return Some(at + 1);
        }
    }
    None
}

fn is_number(value: &str) -> bool {
    value.parse::<f64>().is_ok()
}

/// `DPM++ 2M`, `k_euler_a`, `res_multistep`
fn is_sampler(value: &str) -> bool {
    let letters = value
        .chars()
        .take(64)
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '"'));
    let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    SAMPLERS.iter().any(|start| name.starts_with(start))
}

/// `512x768`
fn is_size(value: &str) -> bool {
    let side = |text: &str| text.trim().parse::<u32>().is_ok();
    value
        .split_once('x')
        .is_some_and(|(width, height)| side(width) && side(height))
}

fn is_hash(value: &str) -> bool {
    value.len() >= 6 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
