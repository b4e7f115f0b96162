#![no_main]
provscan_fuzz::target!(riff);
