//! Hashes of images.
