#![no_main]
provscan_fuzz::target!(text_compressed);
