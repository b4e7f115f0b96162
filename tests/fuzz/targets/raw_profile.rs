#![no_main]
provscan_fuzz::target!(raw_profile);
