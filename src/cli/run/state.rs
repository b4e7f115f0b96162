//! `--state` and `--append`: what is remembered from one scan to the next, and outputs that grow.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::sinks::{self, Appending, Sink};
use provscan::sources::{Input, Place};

use crate::logs;

/// Where files are remembered, and how.
pub(crate) struct Remembered {
    pub(crate) file: PathBuf,
    /// Whether a file is the same is told by its content.
    pub(crate) verify: bool,
    /// Hashes are kept for lists to come.
    pub(crate) keep_prints: bool,
}

#[cfg(feature = "sqlite")]
pub(crate) use with::{Keeping, is_of_a_state};
#[cfg(not(feature = "sqlite"))]
pub(crate) use without::{Keeping, is_of_a_state};

/// The output to which records of this form are added, as a sink; nowhere where the state adds them.
pub(crate) fn append_to(
    keeping: &mut Option<Keeping>,
    output: &Path,
    form: &str,
    head: &[u8],
) -> anyhow::Result<Box<dyn Sink>> {
    anyhow::ensure!(
        matches!(form, "jsonl" | "csv"),
        "--append: a report in the form {form} is no list of lines; choose --format jsonl or csv"
    );
    if let Some(keeping) = keeping {
        keeping.append_to(output, form, head)?;
        return Ok(sinks::nowhere());
    }
    let appending = Appending::open(output, head).with_context(|| output.display().to_string())?;
    if let Some(notice) = appending.notice() {
        logs::warn(format_args!("{notice}"));
    }
    Ok(Box::new(appending))
}

/// Files that a scan writes to: they are no inputs of it, even if they lie in a folder that it goes through.
pub(crate) struct OwnFiles(Vec<(OsString, PathBuf)>);

/// How a run with a state ends.
#[derive(Clone, Copy)]
pub(crate) struct Ending {
    /// Files were compared by their content.
    pub(crate) verify: bool,
    /// What it spared is not told.
    pub(crate) quiet: bool,
    /// All inputs were met, so that what was not is gone.
    pub(crate) is_whole: bool,
}

impl OwnFiles {
    pub(crate) fn of(state: Option<&Path>, others: [Option<&Path>; 2]) -> Self {
        let endings = ["", "-wal", "-shm", "-journal"];
        let states = state.into_iter().flat_map(|state| {
            endings.map(|ending| {
                let mut path = state.as_os_str().to_owned();
                path.push(ending);
                PathBuf::from(path)
            })
        });
        let outputs = others
            .into_iter()
            .flatten()
            .flat_map(|path| [path.to_owned(), sinks::interrupted(path)]);
        let all = states.chain(outputs);
        let placed = all.filter_map(|path| Some((path.file_name()?.to_owned(), folder_of(&path)?)));
        Self(placed.collect())
    }

    /// Whether an input is one of them.
    pub(crate) fn is(&self, input: &Input) -> bool {
        let Place::File(path) = &input.place else {
            return false;
        };
        let name: Option<&OsStr> = path.file_name();
        let mut named = self
            .0
            .iter()
            .filter(|(own, _)| Some(own.as_os_str()) == name);
        named.any(|(_, folder)| folder_of(path).as_ref() == Some(folder))
    }
}

/// The folder that a file lies in, by its one true name.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    folder.canonicalize().ok()
}

#[cfg(feature = "sqlite")]
mod with {
    use std::sync::Arc;

    use provscan::Inspection;
    use provscan::inspect::Kept;
    use provscan::scan::{Answer, Job, Summary};
    use provscan::sources::Name;
    use provscan::state::{Basis, Keeper, RecallOptions, Remembering, StateError, Tally};

    use super::{Ending, Path, io, logs};
    use crate::run::Work;
    use crate::run::engine::Engine;

    /// A state that is being written.
    pub(crate) struct Keeping(Keeper);

    impl Keeping {
        /// The state that was asked for, if one was.
        pub(crate) fn open(work: &Work, engine: &Engine) -> anyhow::Result<Option<Self>> {
            let Some(state) = &work.state else {
                return Ok(None);
            };
            let keeper = Keeper::open(&state.file, &Basis::of(&engine.settings, &engine.policy))?;
            for notice in keeper.notices() {
                logs::warn(format_args!("{}: {notice}", state.file.display()));
            }
            Ok(Some(Self(keeper)))
        }

        /// What is done with each input.
        pub(crate) fn job(
            &self,
            engine: &Engine,
            work: &Work,
            form: &str,
            render: impl Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync + 'static,
        ) -> Arc<dyn Job> {
            let options = RecallOptions {
                verify: work.state.as_ref().is_some_and(|state| state.verify),
                // Records that wait for their groups are selected when they have them.
                as_stored: !work.audited
                    && (work.group || form == "jsonl" && work.selection.is_all()),
                reasons: matches!(form, "page" | "parquet"),
            };
            let memory = self.0.memory();
            let inspector = Arc::clone(&engine.inspector);
            let job = Remembering::new(inspector, &engine.settings, memory, options, render);
            Arc::new(job)
        }

        pub(crate) fn append_to(
            &mut self,
            output: &Path,
            form: &str,
            head: &[u8],
        ) -> anyhow::Result<()> {
            let said = self.0.notices().len();
            self.0.append_to(output, form, head)?;
            for notice in self.0.notices().iter().skip(said) {
                logs::warn(format_args!("{notice}"));
            }
            Ok(())
        }

        /// What was kept of the image that an answer is of.
        pub(crate) fn kept(&self, answer: &Answer) -> Option<Kept> {
            self.0.memory().kept(answer)
        }

        pub(crate) fn take(&mut self, answer: &Answer) -> io::Result<()> {
            Ok(self.0.take(answer)?)
        }

        /// Makes what was remembered last.
        pub(crate) fn commit(&mut self) -> io::Result<()> {
            Ok(self.0.commit()?)
        }

        /// Ends a run, and tells what it spared. Only one that met all its inputs tells what is gone.
        pub(crate) fn finish(
            self,
            summary: &Summary,
            tail: &[u8],
            ending: Ending,
        ) -> io::Result<()> {
            let (tally, lacking, first) = (self.0.tally(), self.0.lacking(), self.0.is_first());
            match ending.is_whole {
                true => self.0.finish(summary, tail)?,
                false => self.0.stop()?,
            }
            if lacking > 0 {
                logs::warn(format_args!(
                    "{} read again, because hashes of a kind that the lists hold had not been kept",
                    files(lacking, "was", "were")
                ));
            }
            if !ending.quiet {
                logs::say(format_args!("{}", told(tally, ending.verify)));
            }
            if tally.new > 0 && tally.new == tally.all() && !first {
                logs::warn(format_args!(
                    "the state held none of these files. It knows them by their paths as they were named, so that up and ./up are two: if you named them otherwise before, name them so again"
                ));
            }
            Ok(())
        }
    }

    /// What a run spared.
    fn told(tally: Tally, verify: bool) -> String {
        let unchanged = tally.unchanged + tally.judged;
        let judged = match tally.judged {
            0 => String::new(),
            some => format!(", {some} of the unchanged judged again"),
        };
        match verify {
            true => format!(
                "{} compared with the state, {unchanged} unchanged, {} new or changed{judged}",
                files(tally.all(), "was", "were"),
                tally.read
            ),
            false => format!(
                "{} read, {unchanged} unchanged{judged}",
                files(tally.read, "", "")
            ),
        }
    }

    /// So many files, with what follows in the right number.
    fn files(count: u64, one: &str, many: &str) -> String {
        let text = match count {
            1 => format!("1 file {one}"),
            count => format!("{count} files {many}"),
        };
        text.trim_end().to_owned()
    }

    /// Whether an error is that of a state, which says itself what it is about.
    pub(crate) fn is_of_a_state(error: &io::Error) -> bool {
        error
            .get_ref()
            .is_some_and(|error| error.is::<StateError>())
    }
}

#[cfg(not(feature = "sqlite"))]
mod without {
    use std::sync::Arc;

    use provscan::Inspection;
    use provscan::inspect::Kept;
    use provscan::scan::{Answer, Job, Summary};
    use provscan::sources::Name;

    use super::{Path, io};
    use crate::run::Work;
    use crate::run::engine::Engine;

    /// There is none in this program.
    pub(crate) enum Keeping {}

    impl Keeping {
        pub(crate) fn open(work: &Work, _: &Engine) -> anyhow::Result<Option<Self>> {
            anyhow::ensure!(
                work.state.is_none(),
                "--state: this program was built without databases; build it with the feature `sqlite`, which is on by default"
            );
            Ok(None)
        }

        pub(crate) fn job(
            &self,
            _: &Engine,
            _: &Work,
            _: &str,
            _: impl Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync + 'static,
        ) -> Arc<dyn Job> {
            match *self {}
        }

        pub(crate) fn append_to(&mut self, _: &Path, _: &str, _: &[u8]) -> anyhow::Result<()> {
            match *self {}
        }

        pub(crate) fn kept(&self, _: &Answer) -> Option<Kept> {
            match *self {}
        }

        pub(crate) fn take(&mut self, _: &Answer) -> io::Result<()> {
            match *self {}
        }

        pub(crate) fn finish(self, _: &Summary, _: &[u8], _: Ending) -> io::Result<()> {
            match self {}
        }
    }

    pub(crate) fn is_of_a_state(_: &io::Error) -> bool {
        false
    }
}
