#![no_main]
provscan_fuzz::target!(segment);
