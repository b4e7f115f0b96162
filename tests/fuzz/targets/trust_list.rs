#![no_main]
provscan_fuzz::target!(trust_list);
