//! `plain/`: pictures with nothing to find, one for every format and kind of harmless metadata.

use crate::drawing::{Subject, scene};
use crate::encode::{encode, gif, jpeg, png, with_exif};
use crate::metadata::{Value, exif, user_comment};
use crate::output::Output;
use image::ImageFormat;

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let frames = [
        scene(Subject::Sea, 33).draw(160, 120),
        scene(Subject::Sea, 34).draw(160, 120),
    ];
    let samples = [
        (
            "drawing.jpg",
            jpeg(&scene(Subject::Village, 30).photograph(640, 480), 85),
        ),
        (
            "texture.png",
            png(&scene(Subject::Dunes, 31).draw(256, 192)),
        ),
        (
            "gradient.webp",
            encode(&scene(Subject::Sea, 32).draw(256, 192), ImageFormat::WebP),
        ),
        ("drawing.gif", gif(&frames)),
        (
            "scan.tif",
            encode(&scene(Subject::Fruit, 35).draw(160, 120), ImageFormat::Tiff),
        ),
        (
            "icon.bmp",
            encode(&scene(Subject::Hills, 36).draw(64, 64), ImageFormat::Bmp),
        ),
        (
            "rotated-exif.jpg",
            with_exif(
                &jpeg(&scene(Subject::Forest, 37).photograph(480, 360), 85),
                &camera(6),
            ),
        ),
        (
            "camera-exif.jpg",
            with_exif(
                &jpeg(&scene(Subject::Hills, 38).photograph(480, 360), 85),
                &camera(1),
            ),
        ),
    ];
    for (name, bytes) in samples {
        output.write(&format!("plain/{name}"), &bytes);
    }
}

/// The fields that a camera writes, with a remark by its owner.
fn camera(orientation: u16) -> Vec<u8> {
    exif(
        &[
            (0x010f, Value::Text("Example Cameras")),
            (0x0110, Value::Text("EC-100")),
            (0x0112, Value::Short(orientation)),
            (0x0131, Value::Text("Firmware 1.2")),
            (0x0132, Value::Text("2024:06:01 10:30:00")),
        ],
        &[
            (0x9003, Value::Text("2024:06:01 10:30:00")),
            (
                0x9286,
                user_comment("Steps to the old mill, seen from the east"),
            ),
        ],
    )
}
