//! `archives/`: pictures in a zip archive, and in a shard of a data set.

use crate::drawing::{Subject, scene};
use crate::encode::jpeg;
use crate::output::Output;
use crate::pack::{Zip, tar};

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let drawing = |subject, seed| jpeg(&scene(subject, seed).draw(160, 120), 85);
    let mut zip = Zip::default();
    zip.store("holiday/village.jpg", &drawing(Subject::Village, 90));
    zip.store(
        "holiday/signed.jpg",
        &output.read("content_credentials/sidecar.jpg"),
    );
    zip.add(
        "holiday/signed.c2pa",
        &output.read("content_credentials/sidecar.c2pa"),
    );
    zip.add("readme.txt", b"Drawings, made by code.\n");
    zip.store("../outside.jpg", &drawing(Subject::Sea, 91));
    output.write("archives/photos.zip", &zip.finish(b""));

    let marked = output.read("generator_metadata/comfyui.png");
    let shard: [(&str, &[u8]); 5] = [
        ("000000.jpg", &drawing(Subject::Forest, 92)),
        ("000000.json", b"{\"width\": 160, \"height\": 120}"),
        ("000000.txt", b"a forest, drawn by code"),
        ("000001.png", &marked),
        ("000001.txt", b"a picture with the mark of a generator"),
    ];
    output.write("archives/shard-000000.tar", &tar(&shard));
}
