//! Whether the metadata are those that a camera writes.

use super::Metadata;

const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;

/// What a camera records of the moment: exposure time, aperture, sensitivity, focal length.
const EXPOSURE: [u16; 4] = [0x829A, 0x829D, 0x8827, 0x920A];

/// Names longer than any maker's or camera's are something else that was put there.
const MAX_NAME: usize = 64;

/// The camera that the metadata name. Anyone can write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Camera<'a> {
    /// Its maker.
    pub make: &'a str,
    /// Its model.
    pub model: &'a str,
}

impl Camera<'_> {
    /// Maker and model, the maker once: many write it into the model, too.
    pub fn name(&self) -> String {
        let (make, model) = (self.make.trim(), self.model.trim());
        let word = make.split_whitespace().next().unwrap_or_default();
        let repeated = model
            .split_at_checked(word.len())
            .is_some_and(|(head, rest)| {
                head.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphanumeric)
            });
        match word.is_empty() || repeated {
            true => model.to_owned(),
            false => format!("{make} {model}"),
        }
    }
}

impl Metadata {
    /// The camera that EXIF names, if it also holds at least two of exposure time, aperture, sensitivity and focal length.
    pub fn camera(&self) -> Option<Camera<'_>> {
        let name = |tag| {
            let mut names = self.exif.texts(tag).map(str::trim);
            names.find(|name| !name.is_empty() && name.len() <= MAX_NAME)
        };
        let (make, model) = (name(MAKE)?, name(MODEL)?);
        let recorded = EXPOSURE
            .iter()
            .filter(|tag| self.exif.text(**tag).is_some());
        (recorded.count() >= 2).then_some(Camera { make, model })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ExifField;
    use super::*;

    #[test]
    fn the_maker_of_a_camera_is_named_once() {
        for (make, model, name) in [
            ("Canon", "Canon EOS 80D", "Canon EOS 80D"),
            ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
            ("Apple", "iPhone 15", "Apple iPhone 15"),
            ("Example", "Examples 1", "Example Examples 1"),
            ("", "One", "One"),
        ] {
            assert_eq!(Camera { make, model }.name(), name);
        }
    }

    #[test]
    fn names_alone_make_no_camera() {
        let mut metadata = Metadata::default();
        let mut add = |tag, text: &str| {
            metadata.exif.fields.push(ExifField {
                ifd: "0th",
                tag,
                text: text.into(),
            });
            metadata.camera().is_some()
        };
        assert!(!add(MAKE, "Example"));
        assert!(!add(MODEL, "One"));
        assert!(!add(EXPOSURE[0], "1/60 s"));
        assert!(add(EXPOSURE[2], "200"));
    }
}
