#![no_main]
provscan_fuzz::target!(hash_list);
