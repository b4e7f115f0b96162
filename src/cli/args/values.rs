//! Words that several verbs accept: names of reports, forms of lists, kinds of hashes.

use clap::builder::{PossibleValue, PossibleValuesParser};
use provscan::fingerprints::Kind;
use provscan::lists::formats;
use provscan::reports;

/// Names of reports. One that this build lacks is taken all the same, so that the answer can say how to get it.
pub(super) fn report_name() -> PossibleValuesParser {
    let built = reports::ALL
        .iter()
        .map(|kind| PossibleValue::new(kind.name));
    let lacking = reports::named("parquet").is_none();
    let lacking = lacking.then(|| PossibleValue::new("parquet").hide(true));
    PossibleValuesParser::new(built.chain(lacking))
}

/// Forms that a list can be written in.
pub(crate) fn writable() -> PossibleValuesParser {
    PossibleValuesParser::new(
        formats::ALL
            .iter()
            .filter(|format| format.write.is_some())
            .map(|format| format.name),
    )
}

/// `KIND=BITS`
pub(crate) fn threshold(text: &str) -> Result<(Kind, u32), String> {
    let (kind, bits) = text
        .split_once('=')
        .ok_or("expected KIND=BITS, such as pdq=31")?;
    let kind: Kind = kind
        .parse()
        .map_err(|error: provscan::fingerprints::UnknownKind| error.to_string())?;
    let bits = bits
        .parse()
        .map_err(|_| "the number of bits is no whole number".to_owned())?;
    Ok((kind, bits))
}

/// A kind of hash that lists may hold.
pub(crate) fn known_kind(name: &str) -> Result<Kind, String> {
    name.parse()
        .map_err(|error: provscan::fingerprints::UnknownKind| error.to_string())
}
