//! From blocks to metadata, within the limits.

use super::text::{self, Budget};
use super::xmp::Refusal;
use super::{Metadata, TextEntry, brotli, exif, extended, iptc, xmp};
use crate::asset::container::{COMFYUI, PNG_XMP, jxl_exif};
use crate::asset::{BlockKind, Container, Format, Limits};

/// Reads what the container's blocks hold.
pub(super) fn read(bytes: &[u8], container: &Container, limits: &Limits) -> Metadata {
    let mut reader = Reader::new(container.format, limits);
    let mut pieces = extended::Pieces::default();
    let mut comment_end = None;
    for block in &container.blocks {
        let Some(body) = bytes.get(block.range.clone()) else {
            continue;
        };
        match &block.kind {
            BlockKind::Exif => reader.exif(body),
            BlockKind::Xmp => reader.xmp(body),
            BlockKind::ExtendedXmp { guid, offset, .. } => pieces.add(*guid, *offset, body),
            BlockKind::Iptc => iptc::read(body, &mut reader.found.iptc, &mut reader.budget),
            BlockKind::Text {
                keyword,
                compressed,
                ..
            } => reader.text(keyword, body, *compressed),
            BlockKind::Brotli { kind } => reader.brotli(kind, body),
            BlockKind::Comment => {
                // The pieces of a GIF comment stand one length byte apart.
                let continues = container.format == Some(Format::Gif)
                    && comment_end == block.range.start.checked_sub(1);
                reader.comment(body, continues);
                comment_end = Some(block.range.end);
            }
            BlockKind::Jumbf
            | BlockKind::App { .. }
            | BlockKind::Trailer
            | BlockKind::SamsungTrailer => {}
        }
    }
    let found = &mut reader.found;
    for packet in pieces.join(&mut found.problems, &mut found.limit) {
        reader.xmp(&packet);
    }
    reader.finish()
}

/// A text in words. Keywords that only this file has may hold what its owner would not show.
fn named(keyword: &str) -> String {
    const KNOWN: &[&str] = &[
        "Author",
        "Comment",
        "Copyright",
        "Creation Time",
        "Description",
        "Disclaimer",
        "Software",
        "Source",
        "Title",
        "Warning",
        "parameters",
        "prompt",
        "workflow",
        "AIGC",
        PNG_XMP,
    ];
    let is_profile = ["exif", "APP1", "xmp", "iptc", "8bim", "icc"]
        .iter()
        .any(|kind| keyword.strip_prefix("Raw profile type ") == Some(kind));
    match is_profile || KNOWN.contains(&keyword) {
        true => format!("text {keyword:?}"),
        false => "a text".to_owned(),
    }
}

/// Metadata being read, and what of the limits is left.
struct Reader<'a> {
    found: Metadata,
    format: Option<Format>,
    limits: &'a Limits,
    budget: Budget,
}

impl<'a> Reader<'a> {
    fn new(format: Option<Format>, limits: &'a Limits) -> Self {
        Self {
            found: Metadata::default(),
            format,
            limits,
            budget: Budget::new(limits.max_inflate),
        }
    }

    fn exif(&mut self, body: &[u8]) {
        // Some writers put JPEG's signature before the TIFF header where it does not belong.
        let body = body.strip_prefix(b"Exif\0\0").unwrap_or(body);
        let unread = exif::read(body, &mut self.found.exif, &mut self.budget);
        // The walk over a TIFF file has named its damage already.
        let walked = [Some(Format::Orf), Some(Format::Rw2)].contains(&self.format);
        if !walked && !self.format.is_some_and(Format::is_tiff) {
            self.found.problems.extend(unread.damage);
        }
        if let Some(limit) = unread.limit {
            self.found.limit.get_or_insert(limit);
        }
    }

    fn xmp(&mut self, body: &[u8]) {
        if !self.budget.take(body.len()) {
            return;
        }
        match xmp::read(body, self.limits.max_depth) {
            Ok((packet, damage)) => {
                self.found.xmp.push(packet);
                self.found.problems.extend(damage);
            }
            Err(Refusal::Damage(problem)) => self.found.problems.push(problem),
            Err(Refusal::Limit(limit)) => {
                self.found.limit.get_or_insert(limit);
            }
        }
    }

    fn text(&mut self, keyword: &str, body: &[u8], compressed: bool) {
        let inflated;
        let body = match compressed {
            false => body,
            true => {
                let (bytes, problem) = text::inflate(body, &mut self.budget);
                if let Some(problem) = problem {
                    let message = format!("{}: {problem}", named(keyword));
                    self.found.problems.push(message);
                }
                inflated = bytes;
                &inflated
            }
        };
        if keyword == PNG_XMP {
            return self.xmp(body);
        }
        let (keyword, body) = match text::keyed(body).filter(|_| keyword == COMFYUI) {
            Some(keyed) => keyed,
            None => (keyword, body),
        };
        if !self.budget.take(body.len()) {
            return;
        }
        match (
            keyword.strip_prefix("Raw profile type "),
            text::raw_profile(body),
        ) {
            (Some("exif" | "APP1"), Some(profile)) => self.app1(&profile),
            (Some("xmp"), Some(profile)) => self.xmp(&profile),
            (Some("iptc" | "8bim"), Some(profile)) => {
                iptc::read(&profile, &mut self.found.iptc, &mut self.budget);
            }
            _ => {
                let text = text::decode(body);
                self.found.texts.push(TextEntry {
                    keyword: keyword.to_owned(),
                    text,
                });
            }
        }
    }

    fn brotli(&mut self, kind: &[u8; 4], body: &[u8]) {
        let (bytes, problem) = brotli::decompress(body, &mut self.budget);
        if let Some(problem) = problem {
            let message = format!("compressed box {}: {problem}", kind.escape_ascii());
            self.found.problems.push(message);
        }
        if bytes.is_empty() {
            return;
        }
        match kind {
            b"Exif" => self.exif(bytes.get(jxl_exif(&bytes, 0)..).unwrap_or_default()),
            b"xml " => self.xmp(&bytes),
            _ => self.text(COMFYUI, &bytes, false),
        }
    }

    /// ImageMagick keeps a JPEG's APP1 segment as it was, be it EXIF or XMP.
    fn app1(&mut self, profile: &[u8]) {
        match profile.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
            Some(packet) => self.xmp(packet),
            None => self.exif(profile),
        }
    }

    fn comment(&mut self, body: &[u8], continues: bool) {
        if !self.budget.take(body.len()) {
            return;
        }
        let text = text::decode(body);
        match self.found.texts.last_mut().filter(|_| continues) {
            Some(entry) => entry.text.push_str(&text),
            None => self.found.texts.push(TextEntry {
                keyword: "Comment".to_owned(),
                text,
            }),
        }
    }

    fn finish(mut self) -> Metadata {
        if self.budget.refused() {
            self.found.limit = Some(format!(
                "the metadata take more than the limit of {} bytes, so not all were read; --max-inflate raises it",
                self.limits.max_inflate
            ));
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_keywords_are_quoted() {
        assert_eq!(named("Comment"), "text \"Comment\"");
        assert_eq!(
            named("Raw profile type exif"),
            "text \"Raw profile type exif\""
        );
        assert_eq!(named("jane@example.com"), "a text");
        assert_eq!(named("Raw profile type jane"), "a text");
    }
}
