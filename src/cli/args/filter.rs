//! Which files of folders are wanted.

use clap::Args;
use provscan::sources::{Filter, FolderOptions};

#[derive(Args)]
pub(crate) struct FilterArgs {
    /// Follow links, also those that lead out of the folder
    #[arg(long, help_heading = "Inputs")]
    follow_links: bool,
    /// Leave out files and folders whose names begin with a dot; without this they are read. Lists of files to ignore, such as
    /// .gitignore, mean nothing here
    #[arg(long, help_heading = "Inputs")]
    skip_hidden: bool,
    /// Of what folders and archives hold, only names like this: *.jpg for the last part, in/**/*.jpg for all of the path below
    /// the folder that was named; upper and lower case differ. What cannot be looked into, such as 7z, is told all the same,
    /// since it may hold such names: --exclude leaves it out (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    include: Vec<String>,
    /// Leave out names like this, and everything in folders and archives of such a name (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    exclude: Vec<String>,
}

impl FilterArgs {
    /// How folders are gone through.
    pub(crate) fn folder(&self) -> FolderOptions {
        FolderOptions {
            follow_links: self.follow_links,
            skip_hidden: self.skip_hidden,
        }
    }

    /// What is wanted of folders and archives.
    ///
    /// # Errors
    /// A pattern is none.
    pub(crate) fn filter(&self) -> anyhow::Result<Filter> {
        let mut filter = Filter::default();
        for glob in &self.include {
            let taken = filter.include(glob);
            taken.map_err(|error| anyhow::anyhow!("--include {error}"))?;
        }
        for glob in &self.exclude {
            let taken = filter.exclude(glob);
            taken.map_err(|error| anyhow::anyhow!("--exclude {error}"))?;
        }
        Ok(filter)
    }
}
