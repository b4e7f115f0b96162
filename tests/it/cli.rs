//! The command line, as a person and as a script meets it.

#[cfg(unix)]
mod interrupted;
mod online;
mod streams;

use crate::support::NO_TRUST;

/// Every transcript in `tests/cli`. `TRYCMD=overwrite` writes what the program says now; read it as a user would.
#[test]
fn transcripts() {
    program(NO_TRUST).case("tests/cli/*.trycmd");
}

/// Transcripts that install trust lists, each in a folder of its own.
#[test]
fn transcripts_of_installed_trust_lists() {
    program("installed").case("tests/cli/installed/*.trycmd");
}

fn program(trust_lists: &str) -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    cases
        .register_bin(
            "provscan",
            std::path::PathBuf::from(env!("CARGO_BIN_EXE_provscan")),
        )
        .env("COLUMNS", "100")
        .env("PROVSCAN_TRUST_DIR", trust_lists);
    cases
}
