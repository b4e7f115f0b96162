//! TIFF and DNG: the whole file is one EXIF structure, and some tags hold more.

use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format};
use crate::asset::tiff::{Entry, Ifd, Tiff};

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Tiff,
    sniff: |bytes| Tiff::new(bytes).is_some(),
    walk,
};

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let Some(tiff) = Tiff::new(bytes) else { return };
    walk.block(BlockKind::Exif, 0..bytes.len());
    let mut pictures: Vec<Picture> = Vec::new();
    let problems = tiff.visit(|entry| {
        if matches!(entry.ifd, Ifd::Main(_) | Ifd::Sub) {
            if pictures
                .last()
                .is_none_or(|last| last.directory != entry.directory)
            {
                pictures.push(Picture {
                    directory: entry.directory,
                    ..Picture::default()
                });
            }
            if let Some(picture) = pictures.last_mut() {
                picture.note(&entry);
            }
        }
        if let Some(kind) = block_kind(entry.tag) {
            let value = entry.at..entry.at.saturating_add(entry.value.len());
            match kind {
                BlockKind::Jumbf => walk.manifest(value.clone(), value),
                kind => walk.block(kind, value),
            }
        }
    });
    for (kind, at, message) in problems {
        walk.note(kind, at, message);
    }
    // A DNG begins with a thumbnail; the picture that is not reduced is the one that counts.
    let whole = pictures
        .iter()
        .find(|picture| !picture.reduced && picture.size().is_some());
    walk.dimensions(whole.or(pictures.first()).and_then(Picture::size));
}

fn block_kind(tag: u16) -> Option<BlockKind> {
    match tag {
        700 => Some(BlockKind::Xmp),
        33723 | 34377 => Some(BlockKind::Iptc),
        0xCD41 => Some(BlockKind::Jumbf),
        _ => None,
    }
}

#[derive(Default)]
struct Picture {
    directory: usize,
    width: u32,
    height: u32,
    reduced: bool,
}

impl Picture {
    fn note(&mut self, entry: &Entry<'_>) {
        let number = entry
            .numbers()
            .next()
            .and_then(|number| u32::try_from(number).ok());
        match (entry.tag, number) {
            (0xFE, Some(kind)) => self.reduced = kind & 1 != 0,
            (0x100, Some(width)) => self.width = width,
            (0x101, Some(height)) => self.height = height,
            _ => {}
        }
    }

    fn size(&self) -> Option<(u32, u32)> {
        (self.width > 0 && self.height > 0).then_some((self.width, self.height))
    }
}
