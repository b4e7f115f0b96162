#![no_main]
provscan_fuzz::target!(extended_xmp);
