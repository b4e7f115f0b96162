//! Where in a file a manifest stands or could stand, by our own walk.

use crate::asset::{Asset, Block, BlockKind, Format, ProblemKind};
use crate::error::{Fault, FaultKind};

/// Dublin Core terms: `provenance` holds the address of a manifest that is stored elsewhere.
const DCTERMS: &str = "http://purl.org/dc/terms/";

/// The address of a manifest that is stored elsewhere, if the XMP names one.
pub(super) fn address(asset: &Asset) -> Option<String> {
    let mut values = asset.metadata().xmp_values(DCTERMS, "provenance");
    values
        .find(|value| value.starts_with("http"))
        .map(str::to_owned)
}

/// Whether the walk met something that calls itself a manifest store.
pub(super) fn has_manifest(asset: &Asset) -> bool {
    let blocks = asset
        .container()
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Jumbf);
    let mut heads = blocks.map(|block| asset.piece(&block.range, DESCRIPTION));
    heads.any(|head| head.windows(4).any(|four| four == b"c2pa"))
}

/// Within so many bytes a JUMBF superbox has said what it is.
const DESCRIPTION: usize = 64;

/// The walk was whole and saw no place where a manifest or its address could be: asking the library would only copy the
/// file, or take long over the boxes of a long video. The library takes any APP11 segment of a JPEG for JUMBF, whatever
/// its marker says.
pub(super) fn cannot_hold_a_manifest(asset: &Asset) -> bool {
    let container = asset.container();
    let boxed = matches!(
        container.format,
        Some(Format::Mp4 | Format::QuickTime | Format::M4a)
    );
    let walked_fully = boxed
        || matches!(
            container.format,
            Some(
                Format::Jpeg | Format::Png | Format::WebP | Format::Gif | Format::Bmp | Format::Ico
            )
        );
    // A bare codestream of JPEG XL has no boxes, which is where a manifest would be.
    let bare = container.format == Some(Format::JpegXl) && asset.bytes().starts_with(&[0xFF, 0x0A]);
    let place = |block: &Block| match block.kind {
        BlockKind::Jumbf | BlockKind::App { number: 11 } => true,
        BlockKind::Xmp => boxed,
        _ => false,
    };
    (walked_fully || bare) && container.problems.is_empty() && !container.blocks.iter().any(place)
}

/// Something that the library would read into memory and is longer than the limit, or that it would take long over.
pub(super) fn too_long(asset: &Asset) -> Option<Fault> {
    let boxed = matches!(asset.format(), Some(Format::Avif | Format::Heif));
    let streamed = boxed || asset.format().is_some_and(Format::is_streamed);
    let problems = asset.container().problems.iter();
    let mut limits = problems.filter(|problem| problem.kind == ProblemKind::Limit);
    let limit = limits.next().filter(|_| streamed)?;
    Some(Fault::new(FaultKind::Limit, limit.message.clone()))
}
