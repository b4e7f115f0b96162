#![no_main]
provscan_fuzz::target!(hidden_text);
