//! Proves that unsigned samples open, or fail to, as their folders promise, and that readers find the metadata in them.

use crate::output::Output;
use std::fs;
use std::io::Cursor;

/// Broken, yet the decoder has nothing against them: a text inflates without end, and half a JPEG is grey below.
const OPEN_ALL_THE_SAME: [&str; 2] = ["broken/text-bomb.png", "broken/truncated.jpg"];

/// Formats that the `image` crate does not decode; tests/it/formats.rs looks at their pictures.
const NOT_OPENED: [&str; 4] = ["avif", "dng", "heic", "jxl"];

/// Opens every picture of the unsigned folders.
///
/// # Panics
/// If one opens that must not, or the other way round.
pub fn check(output: &Output) {
    for folder in [
        "plain",
        "generator_metadata",
        "known_image",
        "thumbnails",
        "broken",
    ] {
        for name in names(output, folder) {
            let decoded = image::load_from_memory(&output.read(&name));
            let broken = folder == "broken" && !OPEN_ALL_THE_SAME.contains(&name.as_str());
            match &decoded {
                Ok(picture) => println!("{name}: {} × {}", picture.width(), picture.height()),
                Err(error) => println!("{name}: {error}"),
            }
            assert_eq!(
                decoded.is_err(),
                broken,
                "{name} must {}open",
                if broken { "not " } else { "" }
            );
        }
    }
    assert_eq!(
        exif_field(output, "plain/rotated-exif.jpg", exif::Tag::Orientation),
        "row 0 at right and column 0 at top"
    );
    assert_eq!(
        exif_field(output, "plain/camera-exif.jpg", exif::Tag::Model),
        "\"EC-100\""
    );
    let comment = exif_field(
        output,
        "generator_metadata/automatic1111-comment.jpg",
        exif::Tag::UserComment,
    );
    assert!(
        comment.starts_with("0x554e49434f4445000061"),
        "the comment starts with {comment}"
    );
}

/// The names of a folder's pictures, in order.
fn names(output: &Output, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(output.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| format!("{folder}/{}", name.to_str().unwrap()));
    let pictures = names.filter(|name| {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        extension != "json" && !NOT_OPENED.contains(&extension)
    });
    let mut pictures: Vec<_> = pictures.collect();
    pictures.sort();
    pictures
}

fn exif_field(output: &Output, name: &str, tag: exif::Tag) -> String {
    let fields = exif::Reader::new()
        .read_from_container(&mut Cursor::new(output.read(name)))
        .unwrap();
    let field = fields
        .get_field(tag, exif::In::PRIMARY)
        .unwrap_or_else(|| panic!("{name} has no {tag}"));
    field.display_value().to_string()
}
