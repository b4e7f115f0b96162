//! `policy`: the rules, shown and checked.

use std::io::Write as _;

use provscan::sinks;

use crate::args::PolicyVerb;
use crate::exit::Exit;
use crate::run::engine;

pub(crate) fn run(verb: PolicyVerb) -> anyhow::Result<Exit> {
    let text = match verb {
        PolicyVerb::Show => provscan::policy::DEFAULT.to_owned(),
        PolicyVerb::Check { file } => {
            let policy = engine::policy(Some(&file))?;
            let rules = policy.rules.len();
            let noun = if rules == 1 { "rule" } else { "rules" };
            format!(
                "{}: policy `{}` is sound, with {rules} {noun}\n",
                file.display(),
                policy.name
            )
        }
    };
    let mut sink = sinks::to(None)?;
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    Ok(Exit::Clear)
}
