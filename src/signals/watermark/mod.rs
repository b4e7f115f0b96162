//! Marks in the pixels: text hidden in their lowest bits, the open watermark of Stable Diffusion and its kin, and signatures
//! over them.

pub mod dwt_dct;
mod novelai_signature;
mod python_json;
mod stealth;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format, Metadata, PixelError};
use image::DynamicImage;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "watermark",
    about: "marks in the pixels: hidden text, open watermarks, signatures over the picture",
    codes: &[
        novelai_signature::VALID,
        novelai_signature::OF_EDIT,
        novelai_signature::BROKEN,
        stealth::PARAMETERS,
        stealth::TEXT,
        dwt_dct::FOUND,
    ],
    idle: None,
    load: |settings| {
        let watermark = Watermark {
            all: settings.decodes_all(),
        };
        Ok(Some(Box::new(watermark) as Box<dyn Signal>))
    },
};

struct Watermark {
    /// Also in what looks like a camera's file, which is decoded for nothing else.
    all: bool,
}

impl Signal for Watermark {
    fn prepare(&self, asset: &Asset) {
        if self.applies(asset).is_ok() && !announces_all(asset) {
            asset.expect_colours();
        }
    }

    fn examine(&self, asset: &Asset) -> Outcome {
        if let Err(why) = self.applies(asset) {
            return Outcome::NotApplicable(why);
        }
        // A large picture is passed over row by row, and decoded once more only for what its first column announces.
        if announces_all(asset)
            && asset.luma().is_ok()
            && asset
                .first_column()
                .is_some_and(|column| !stealth::is_announced(column))
        {
            return Outcome::Nothing;
        }
        match asset.pixels() {
            Ok(pixels) => Outcome::from_evidence(look(asset, &pixels.image)),
            Err(PixelError::Unsupported(_)) => {
                Outcome::NotApplicable("pixels of this kind are not decoded")
            }
            Err(error) => Outcome::Failed(Vec::new(), error.fault()),
        }
    }
}

impl Watermark {
    /// Whether there is anything to look for in this picture.
    fn applies(&self, asset: &Asset) -> Result<(), &'static str> {
        worth_decoding(asset)?;
        match !self.all && is_a_cameras(asset.format(), asset.metadata()) {
            true => Err("it has a camera's metadata; --thorough looks at its pixels, too"),
            false => Ok(()),
        }
    }
}

/// Whether the beginning of the first column tells all that its pixels may hold: it is too large for the marks that lie in
/// all of them, and nothing says that they are signed.
fn announces_all(asset: &Asset) -> bool {
    let size = asset.container().dimensions;
    asset.format() == Some(Format::Png)
        && size.is_some_and(|(width, height)| !dwt_dct::fits(width, height))
        && !novelai_signature::is_named(asset.metadata())
}

/// Whether it looks like a camera's file. Cameras write no PNG and no WebP, and sign no settings.
fn is_a_cameras(format: Option<Format>, metadata: &Metadata) -> bool {
    !matches!(format, Some(Format::Png | Format::WebP))
        && metadata.camera().is_some()
        && !novelai_signature::is_named(metadata)
}

/// Whether the pixels can hold a mark, as far as the header tells.
fn worth_decoding(asset: &Asset) -> Result<(), &'static str> {
    match asset.format() {
        Some(Format::Png | Format::WebP) => return Ok(()),
        Some(Format::Jpeg | Format::Tiff | Format::Bmp) => {}
        _ => return Err("no watermark that is looked for is in such files"),
    }
    match asset.container().dimensions {
        Some((width, height)) if dwt_dct::fits(width, height) => Ok(()),
        Some(_) => Err("too small or too large for the watermarks that are looked for"),
        None => Err("the header does not tell its size"),
    }
}

/// Looks for every mark.
fn look(asset: &Asset, image: &DynamicImage) -> Vec<crate::evidence::Evidence> {
    let hidden = match keeps_lowest_bits(asset) {
        true => stealth::read(image),
        false => Vec::new(),
    };
    let signature = novelai_signature::check(asset.metadata(), &hidden, image);
    let found = signature
        .into_iter()
        .chain(hidden.iter().map(stealth::evidence));
    found.chain(dwt_dct::find(image)).collect()
}

/// Whether the lowest bits of a channel may be as they were written.
fn keeps_lowest_bits(asset: &Asset) -> bool {
    matches!(asset.format(), Some(Format::Png | Format::WebP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::{ExifField, TextEntry};

    #[test]
    fn only_files_that_cameras_write_are_left_out_in_a_plain_scan() {
        let fields = [
            (0x010F, "Example"),
            (0x0110, "One"),
            (0x829A, "1/60"),
            (0x829D, "4"),
        ];
        let mut metadata = Metadata::default();
        for (tag, text) in fields {
            metadata.exif.fields.push(ExifField {
                ifd: "exif",
                tag,
                text: text.into(),
            });
        }
        assert!(metadata.camera().is_some());
        assert!(is_a_cameras(Some(Format::Jpeg), &metadata));
        assert!(!is_a_cameras(Some(Format::Jpeg), &Metadata::default()));
        for format in [Format::Png, Format::WebP] {
            assert!(!is_a_cameras(Some(format), &metadata));
        }
        metadata.texts.push(TextEntry {
            keyword: "Comment".into(),
            text: r#"{"signed_hash": "x"}"#.into(),
        });
        assert!(!is_a_cameras(Some(Format::Jpeg), &metadata));
    }
}
