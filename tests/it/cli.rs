//! The command line, as a person and as a script meets it.

mod online;
mod streams;

/// Every transcript in `tests/cli`. `TRYCMD=overwrite` writes what the program says now; read it as a user would.
#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .register_bin(
            "provscan",
            std::path::PathBuf::from(env!("CARGO_BIN_EXE_provscan")),
        )
        .env("COLUMNS", "100")
        .case("tests/cli/*.trycmd");
}
