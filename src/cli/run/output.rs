//! A report that is being written: records one after another, or all at the end where they wait for their groups.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::Inspection;
use provscan::inspect::Kept;
use provscan::policy::Finding;
use provscan::reports::{self, Assembly, Report, ReportKind, ReportOptions};
use provscan::scan::{Answer, Summary};
use provscan::sinks::Sink;
use provscan::sources::Name;

use super::groups::Groups;
use super::select::Selection;
use crate::args::{Color, Global};

/// Where records go, and in what form.
pub(crate) struct Output<'a> {
    report: &'a dyn Report,
    assembly: Box<dyn Assembly + 'a>,
    groups: Option<Groups>,
    selection: Selection,
    sink: Box<dyn Sink>,
}

impl<'a> Output<'a> {
    /// A report of the records that are selected, which tell which images look alike if they are to be grouped.
    pub(crate) fn new(
        report: &'a dyn Report,
        selection: Selection,
        group: bool,
        sink: Box<dyn Sink>,
    ) -> io::Result<Self> {
        Ok(Self {
            report,
            assembly: report.assembly(),
            groups: group.then(Groups::begin).transpose()?,
            selection,
            sink,
        })
    }

    /// Whether records wait for their groups; then they come in their stored form, with what was kept of the images.
    pub(crate) fn groups(&self) -> bool {
        self.groups.is_some()
    }

    /// What makes a record, if it is selected.
    pub(crate) fn render(&self) -> impl Fn(&Name, &Inspection) -> Vec<u8> + use<'a> {
        let (report, selection) = (self.report, self.selection.clone());
        move |name: &Name, inspection: &Inspection| selection.record(report, name, inspection)
    }

    /// Begins the report.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        self.assembly.begin(&mut self.sink)
    }

    /// Adds the record of an answer, or has it wait for its group.
    pub(crate) fn take(
        &mut self,
        answer: &Answer,
        kept: impl FnOnce() -> Option<Kept>,
    ) -> io::Result<()> {
        match &mut self.groups {
            Some(groups) => groups.take(answer, kept().as_ref()),
            None => self.add(&answer.rendered),
        }
    }

    /// Has what was added reach whoever reads it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    /// Nothing is to be written for now.
    pub(crate) fn idle(&mut self) -> io::Result<()> {
        self.sink.idle()
    }

    /// Adds the record of one input, if it is selected.
    pub(crate) fn record(&mut self, name: &Name, inspection: &Inspection) -> io::Result<()> {
        self.add(&self.selection.record(self.report, name, inspection))
    }

    /// Some inputs have nothing to say in some forms.
    fn add(&mut self, record: &[u8]) -> io::Result<()> {
        match record.is_empty() {
            true => Ok(()),
            false => self.assembly.add(record, &mut self.sink),
        }
    }

    /// Adds the records that waited, and ends the report. One that was interrupted may have to go beside a whole one that is
    /// there; then this says where.
    pub(crate) fn finish(mut self, summary: &Summary) -> io::Result<Option<PathBuf>> {
        if let Some(groups) = self.groups.take() {
            groups.finish(|name, inspection| self.record(name, inspection))?;
        }
        self.assembly.end(summary, &mut self.sink)?;
        match summary.interrupted {
            true => self.sink.finish_interrupted(),
            false => self.sink.finish().map(|()| None),
        }
    }
}

/// How many inputs came to what, where the answer itself is in a file.
pub(crate) fn totals(summary: &Summary) -> String {
    let found: Vec<String> = Finding::ALL
        .iter()
        .filter(|(finding, _)| summary.count(*finding) > 0)
        .map(|(finding, word)| format!("{} {word}", summary.count(*finding)))
        .collect();
    let inputs = match summary.inputs {
        1 => "1 input".to_owned(),
        more => format!("{more} inputs"),
    };
    format!("{inputs}: {}", found.join(", "))
}

/// The kind of report of this name; `text` is a page on each input where there are few.
pub(crate) fn kind(name: &str, few: bool) -> anyhow::Result<&'static ReportKind> {
    let name = if few && name == "text" { "page" } else { name };
    anyhow::ensure!(
        name != "parquet" || reports::named(name).is_some(),
        "this build writes no Parquet; one that is built with the feature parquet does (`cargo build --release --ignore-rust-version --features parquet`)"
    );
    reports::named(name).with_context(|| format!("there is no report called {name}"))
}

/// A report of this kind, for a file or for whoever reads standard output.
pub(crate) fn report(
    kind: &ReportKind,
    global: &Global,
    file: Option<&Path>,
    selection: &Selection,
) -> Box<dyn Report> {
    (kind.make)(ReportOptions {
        color: color(global.color, file.is_some()),
        asked_for: selection.words().to_vec(),
    })
}

/// Colours are for people: at a terminal, unless they asked for none (no-color.org).
fn color(wish: Color, to_file: bool) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match wish {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !to_file && !no_color && io::stdout().is_terminal(),
    }
}
