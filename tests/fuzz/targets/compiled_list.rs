#![no_main]
provscan_fuzz::target!(compiled_list);
