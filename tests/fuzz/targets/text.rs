#![no_main]
provscan_fuzz::target!(text);
