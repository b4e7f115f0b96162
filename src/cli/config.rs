//! The configuration file: flags that are given without being typed. They come before those of the command line, and give way
//! to these and to the environment.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};
use toml::{Table, Value};

use crate::args::Cli;

/// Largest file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// The table whose flags are for every verb that has them.
const ALL: &str = "all";

/// Flags that no file can give.
const NEVER: [&str; 3] = ["config", "help", "version"];

/// What the command line, the environment and the configuration file say together; says so and ends where that is wrong.
pub(crate) fn parse() -> anyhow::Result<Cli> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let mut command = Cli::command();
    let Some(path) = file(&typed) else {
        return Ok(parsed(command, typed).unwrap_or_else(|error| error.exit()));
    };
    if let Err(error) = parsed(command.clone(), typed.clone())
        && !error.use_stderr()
    {
        // Help is given whatever is in the file.
        error.exit();
    }
    // Only then has every verb the flags that all of them have.
    command.build();
    let settings = read(&path, &command)?;
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let arguments = arguments(&command, &settings, &typed, &is_set);
    parsed(command, arguments).or_else(|error| {
        if error.use_stderr() && parsed(Cli::command(), typed).is_ok() {
            let path = path.display();
            anyhow::bail!("{path}: what it sets does not go with the command line: {error}");
        }
        error.exit()
    })
}

fn parsed(command: Command, arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command.try_get_matches_from(arguments)?)
}

/// The file that was named, by a flag or else by the environment.
fn file(typed: &[OsString]) -> Option<PathBuf> {
    let mut words = typed.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == "--config" {
            return words.next().map(PathBuf::from);
        }
        let value = word
            .to_str()
            .and_then(|word| word.strip_prefix("--config="));
        if let Some(value) = value {
            return Some(PathBuf::from(value));
        }
    }
    let named = std::env::var_os("PROVSCAN_CONFIG");
    named.filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn read(path: &Path, command: &Command) -> anyhow::Result<Table> {
    let named = || path.display().to_string();
    let mut text = String::new();
    let file = File::open(path).with_context(named)?;
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(named)?;
    anyhow::ensure!(
        text.len() as u64 <= MAX_BYTES,
        "{}: larger than {MAX_BYTES} bytes",
        named()
    );
    let settings: Table = toml::from_str(&text).with_context(named)?;
    check(command, &settings).with_context(named)?;
    Ok(settings)
}

/// Every table has to be of a verb, and every key a flag of it.
fn check(command: &Command, settings: &Table) -> anyhow::Result<()> {
    for (name, value) in settings {
        let Value::Table(table) = value else {
            anyhow::bail!("{name} stands outside of a table; put it under [{ALL}], or a verb's");
        };
        match command.find_subcommand(name) {
            _ if name == ALL => check_all(command, table)?,
            Some(verb) => check_verb(verb, name, table)?,
            None => anyhow::bail!("[{name}]: there is no such verb; [{ALL}] is for all of them"),
        }
    }
    Ok(())
}

fn check_all(command: &Command, table: &Table) -> anyhow::Result<()> {
    for (key, value) in table {
        let flag = leaves(command).find_map(|verb| flag(verb, key));
        let flag = flag.or_else(|| self::flag(command, key));
        check_value(flag, ALL, key, value)?;
    }
    Ok(())
}

fn check_verb(verb: &Command, name: &str, table: &Table) -> anyhow::Result<()> {
    for (key, value) in table {
        match (verb.find_subcommand(key), value) {
            (Some(inner), Value::Table(table)) => {
                check_verb(inner, &format!("{name}.{key}"), table)?;
            }
            _ => check_value(flag(verb, key), name, key, value)?,
        }
    }
    Ok(())
}

fn check_value(flag: Option<&Arg>, table: &str, key: &str, value: &Value) -> anyhow::Result<()> {
    let flag = flag.with_context(|| match table {
        ALL => format!("[{table}] {key}: no verb has a flag --{key}"),
        _ => format!("[{table}] {key}: the verb has no flag --{key}"),
    })?;
    let fits = match value {
        Value::Boolean(_) => !flag.get_action().takes_values(),
        Value::Array(values) => {
            matches!(flag.get_action(), ArgAction::Append) && values.iter().all(is_plain)
        }
        value => flag.get_action().takes_values() && is_plain(value),
    };
    anyhow::ensure!(
        fits,
        "[{table}] {key}: {}",
        match flag.get_action() {
            ArgAction::Append => "a value, or an array of values, was expected",
            action if action.takes_values() => "one value was expected",
            _ => "true or false was expected",
        }
    );
    Ok(())
}

fn is_plain(value: &Value) -> bool {
    matches!(
        value,
        Value::String(_) | Value::Integer(_) | Value::Float(_)
    )
}

/// The arguments with those of the file, behind the verb, where nothing else gives them.
fn arguments(
    command: &Command,
    settings: &Table,
    typed: &[OsString],
    is_set: &dyn Fn(&str) -> bool,
) -> Vec<OsString> {
    let (verbs, behind) = verb(command, typed);
    let (before, after) = typed.split_at_checked(behind).unwrap_or((typed, &[]));
    let mut all = before.to_vec();
    let Some(last) = verbs.last() else {
        return typed.to_vec();
    };
    let given: Vec<&Arg> = given(last, typed);
    for (key, value) in chosen(settings, &verbs) {
        let Some(flag) = flag(last, key) else {
            continue;
        };
        let gives_way = given.iter().any(|other| {
            other.get_id() == flag.get_id()
                || conflict(last, other, flag)
                || conflict(last, flag, other)
        });
        if !gives_way && !variable(flag).is_some_and(|name| is_set(&name)) {
            all.extend(words(key, value));
        }
    }
    all.extend_from_slice(after);
    all
}

/// What the file sets for a verb: what it says of this one before what it says of all.
fn chosen<'a>(settings: &'a Table, verbs: &[&Command]) -> Vec<(&'a str, &'a Value)> {
    let mut tables: Vec<&Table> = settings
        .get(ALL)
        .and_then(Value::as_table)
        .into_iter()
        .collect();
    let mut current = Some(settings);
    for verb in verbs {
        current = current.and_then(|table| table.get(verb.get_name())?.as_table());
        tables.extend(current);
    }
    let mut chosen: Vec<(&str, &Value)> = Vec::new();
    for (key, value) in tables.into_iter().rev().flatten() {
        if !value.is_table() && !chosen.iter().any(|(known, _)| known == key) {
            chosen.push((key, value));
        }
    }
    chosen
}

/// A setting as words of a command line.
fn words(key: &str, value: &Value) -> Vec<OsString> {
    let word = |value: String| OsString::from(format!("--{key}={value}"));
    match value {
        Value::Boolean(true) => vec![format!("--{key}").into()],
        Value::String(text) => vec![word(text.clone())],
        Value::Integer(number) => vec![word(number.to_string())],
        Value::Float(number) => vec![word(number.to_string())],
        Value::Array(values) => values.iter().flat_map(|value| words(key, value)).collect(),
        _ => Vec::new(),
    }
}

/// The verb that was typed, with verbs of verbs, and the place behind it.
fn verb<'a>(command: &'a Command, typed: &[OsString]) -> (Vec<&'a Command>, usize) {
    let (mut verbs, mut behind) = (Vec::new(), typed.len());
    let (mut current, mut place) = (command, 1);
    while let Some(word) = typed.get(place) {
        place += 1;
        if let Some(next) = current.find_subcommand(word) {
            (current, behind) = (next, place);
            verbs.push(next);
        } else if !word.as_encoded_bytes().starts_with(b"-")
            || !verbs.is_empty() && !current.has_subcommands()
        {
            break;
        } else if flags_of(current, word).any(|flag| flag.get_action().takes_values())
            && !word.as_encoded_bytes().contains(&b'=')
        {
            place += 1;
        }
    }
    (verbs, behind)
}

/// The flags of a verb that were typed.
fn given<'a>(verb: &'a Command, typed: &[OsString]) -> Vec<&'a Arg> {
    let words = typed.iter().skip(1).take_while(|word| *word != "--");
    words.flat_map(|word| flags_of(verb, word)).collect()
}

/// The flags that a word gives: one that is long, or several that are short.
fn flags_of<'a>(verb: &'a Command, word: &OsStr) -> impl Iterator<Item = &'a Arg> + use<'a> {
    let text = word.to_string_lossy().into_owned();
    let long = text.strip_prefix("--").map(|long| {
        let name = long.split_once('=').map_or(long, |(name, _)| name);
        flag(verb, name).into_iter().collect::<Vec<_>>()
    });
    let short = || {
        let mut flags = Vec::new();
        for letter in text.strip_prefix('-').unwrap_or_default().chars() {
            let Some(flag) = verb
                .get_arguments()
                .find(|arg| arg.get_short() == Some(letter))
            else {
                break;
            };
            flags.push(flag);
            // What comes behind is its value.
            if flag.get_action().takes_values() {
                break;
            }
        }
        flags
    };
    long.unwrap_or_else(short).into_iter()
}

/// Whether one flag says that it does not go with the other.
fn conflict(verb: &Command, one: &Arg, other: &Arg) -> bool {
    let conflicts = verb.get_arg_conflicts_with(one);
    conflicts.iter().any(|arg| arg.get_id() == other.get_id())
}

/// The flag of this name, unless no file can give it.
fn flag<'a>(verb: &'a Command, name: &str) -> Option<&'a Arg> {
    let mut flags = verb.get_arguments();
    let is_it = |arg: &&Arg| {
        let others = arg.get_all_aliases().unwrap_or_default();
        arg.get_long() == Some(name) || others.contains(&name)
    };
    flags.find(is_it).filter(|_| !NEVER.contains(&name))
}

/// The environment variable that stands for a flag, as its help says.
fn variable(flag: &Arg) -> Option<String> {
    if !flag.get_action().takes_values() {
        return None;
    }
    let help = flag.get_help()?.to_string();
    let (_, rest) = help.split_once("[env: ")?;
    let end = rest.find([']', ','])?;
    rest.get(..end).map(str::to_owned)
}

/// Every verb that does something.
fn leaves(command: &Command) -> Box<dyn Iterator<Item = &Command> + '_> {
    match command.has_subcommands() {
        true => Box::new(command.get_subcommands().flat_map(leaves)),
        false => Box::new(std::iter::once(command)),
    }
}

#[cfg(test)]
mod tests;
