//! `policy`: the rules, shown and checked.

use std::io::Write as _;

use provscan::sinks;

use crate::args::PolicyVerb;
use crate::exit::Exit;
use crate::run;

pub(crate) fn run(verb: PolicyVerb) -> anyhow::Result<Exit> {
    let text = match verb {
        PolicyVerb::Show => provscan::policy::DEFAULT.to_owned(),
        PolicyVerb::Check { file } => {
            let policy = run::policy(Some(&file))?;
            format!(
                "{}: policy `{}` is sound, with {} rules\n",
                file.display(),
                policy.name,
                policy.rules.len()
            )
        }
    };
    let mut sink = sinks::to(None)?;
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    Ok(Exit::Clear)
}
