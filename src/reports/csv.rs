//! CSV: a row an input, for spreadsheets.

use super::named::{Listed, claim_generator, listed, tool};
use super::record::telling;
use super::{Report, ReportKind, inert, safe};
use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "csv",
    about: "CSV with a header: one row an input",
    make: |_| Box::new(Csv),
};

const COLUMNS: [&str; 19] = [
    "path",
    "verdict",
    "action",
    "because",
    "strength",
    "media_type",
    "width",
    "height",
    "pixels",
    "bytes",
    "sha256",
    "errors",
    "group",
    "group_size",
    "list",
    "entry",
    "distance",
    "tool",
    "claim_generator",
];

struct Csv;

impl Report for Csv {
    fn head(&self) -> Vec<u8> {
        row(&COLUMNS.map(str::to_owned))
    }

    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        let number =
            |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let deciding =
            |e: &&crate::evidence::Evidence| inspection.verdict.because.contains(&e.code.name);
        let strength = inspection
            .evidence
            .iter()
            .filter(deciding)
            .map(|e| e.strength)
            .max();
        let errors: Vec<_> = inspection
            .faults
            .iter()
            .map(|fault| fault.message.as_str())
            .collect();
        let group = inspection.group.as_ref();
        let listed = listed(inspection);
        let shown = |text: Option<&str>| safe(text.unwrap_or_default()).into_owned();
        row(&[
            safe(&name.to_text()).into_owned(),
            inspection.verdict.finding.to_string(),
            inspection.verdict.action.to_string(),
            inspection.verdict.because.join(" "),
            strength
                .map(|strength| strength.to_string())
                .unwrap_or_default(),
            inspection.media_type.unwrap_or_default().to_owned(),
            number(inspection.dimensions.map(|(width, _)| width.into())),
            number(inspection.dimensions.map(|(_, height)| height.into())),
            telling(inspection.pixels).unwrap_or_default().to_owned(),
            number(inspection.bytes),
            inspection.sha256.clone().unwrap_or_default(),
            safe(&errors.join("; ")).into_owned(),
            group.map(|group| group.id.clone()).unwrap_or_default(),
            number(group.map(|group| group.size)),
            each(&listed, |one| safe(one.list).into_owned()),
            each(&listed, |one| safe(one.entry).into_owned()),
            each(&listed, |one| {
                one.distance
                    .map(|bits| bits.to_string())
                    .unwrap_or_default()
            }),
            shown(tool(inspection)),
            shown(claim_generator(inspection)),
        ])
    }

    /// A row for totals would be taken for an input.
    fn tail(&self, _: &Summary) -> Vec<u8> {
        Vec::new()
    }
}

/// One thing of every match, in the same order in each column.
fn each(listed: &[Listed<'_>], one: impl Fn(&Listed<'_>) -> String) -> String {
    let all: Vec<String> = listed.iter().map(one).collect();
    all.join("; ")
}

fn row(fields: &[String]) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(fields.iter().map(|field| inert(field).into_owned()));
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        assert_eq!(row(&["=cmd()".into(), "a,b".into()]), b"'=cmd(),\"a,b\"\n");
    }
}
