//! Members of archives that are named: `archive.zip!/folder/a.jpg`, or a folder in it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::archive::names::{WITHIN, os_string};
use super::request::{self, About, Request, RequestError};
use super::{Input, Inputs, Line, Name, Place, SourceKind, SourceOptions};
use crate::error::{Fault, FaultKind};

pub(super) const KIND: SourceKind = SourceKind {
    name: "member",
    is_named: is_within,
    is_found: |_| false,
    open,
    of_bytes: None,
};

/// Whether a path leads into an archive, to one of its members.
pub fn is_within(path: &Path) -> bool {
    holder(path).is_some()
}

/// The file in which a named member lies: what stands before the first `!/` behind which a file ends.
fn holder(path: &Path) -> Option<PathBuf> {
    let name = path.as_os_str().as_encoded_bytes();
    let mut ends = memchr::memmem::find_iter(name, WITHIN);
    let file = ends.find_map(|end| {
        let file = PathBuf::from(os_string(name.get(..end)?.to_vec()));
        file.is_file().then_some(file)
    })?;
    (!path.exists()).then_some(file)
}

/// The member of this name, or the members in the folder of this name.
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    let Some(file) = holder(path) else {
        return lost(path);
    };
    let wanted = path.as_os_str().to_owned();
    let mut members = holding(&file, options)
        .filter_map(move |input| asked(input, &wanted))
        .peekable();
    match members.peek() {
        Some(_) => Box::new(members),
        None => lost(path),
    }
}

/// Everything in a file.
fn holding(file: &Path, options: &SourceOptions) -> Inputs {
    let kind = super::source(file);
    kind.map_or_else(|| lost(file), |kind| (kind.open)(file, options))
}

/// An input, if it is the one that somebody asked for, or lies in the folder that somebody asked for.
fn asked(input: Input, wanted: &OsStr) -> Option<Input> {
    let (name, wanted) = (
        input.name.as_os_str().as_encoded_bytes(),
        wanted.as_encoded_bytes(),
    );
    let rest = name.strip_prefix(wanted)?;
    if rest.is_empty() {
        return Some(Input {
            asked_for: true,
            ..input
        });
    }
    let within = wanted.ends_with(b"/") || rest.starts_with(b"/") || rest.starts_with(b"!/");
    within.then_some(input)
}

fn lost(path: &Path) -> Inputs {
    let message = "the archive holds nothing of this name";
    let fault = Fault::new(FaultKind::Unreadable, message);
    Box::new(std::iter::once(Input::lost(path, fault)))
}

/// The inputs that a list of paths names: files, archives, and members of archives. A list that breaks off is an input that
/// was lost, not the end of it.
pub fn listed(
    list: &Path,
    lines: impl Iterator<Item = io::Result<Line>> + Send + 'static,
    options: &SourceOptions,
) -> Inputs {
    let (name, options) = (list.to_owned(), options.clone());
    let mut broken = false;
    let mut open = None;
    let found = lines.map_while(move |line| match line {
        _ if broken => None,
        Ok(Line::Path(path)) => Some(one(path, &mut open, &options)),
        Ok(Line::Request(json, number)) => {
            let from = numbered(&name, number);
            Some(requested(&json, &from, &mut open, &options))
        }
        Ok(Line::TooLong(number)) => {
            let message = "a request longer than an image of the largest size is in Base64; --max-bytes raises that";
            let fault = Fault::new(FaultKind::Limit, message);
            let input = Input::lost(&numbered(&name, number), fault);
            Some(Box::new(std::iter::once(input)) as Inputs)
        }
        Err(error) => {
            broken = true;
            let message = format!("the list of paths broke off: {error}");
            let fault = Fault::new(FaultKind::Unreadable, message);
            Some(Box::new(std::iter::once(Input::lost(&name, fault))) as Inputs)
        }
    });
    Box::new(found.flatten())
}

/// The archive that was named last, and its members after the one that was asked for: a list mostly names them in their
/// order, so that the archive is gone through once.
struct Open {
    file: PathBuf,
    rest: Inputs,
}

/// What a line is called that has no name of its own.
fn numbered(list: &Path, number: u64) -> PathBuf {
    let mut name = list.as_os_str().to_owned();
    name.push(format!(":{number}"));
    name.into()
}

/// The inputs of a request. What is no request is lost, under its caller's name for it if that can be read.
fn requested(json: &[u8], from: &Path, open: &mut Option<Open>, options: &SourceOptions) -> Inputs {
    let request = match Request::parse(json, &options.limits) {
        _ if options.no_requests => Err(RequestError {
            id: None,
            message: "a scan with a state remembers files; a request as JSON is none, so leave out --state".to_owned(),
        }),
        request => request,
    };
    let (id, inputs) = match request {
        Ok(Request {
            id,
            about: About::Path(path),
        }) => (id, one(path.into(), open, options)),
        Ok(request) => (request.id.clone(), once(request::input(request, None))),
        Err(RequestError { id, message }) => {
            let message = format!("no request that can be read: {message}");
            (
                id,
                once(Input::lost(from, Fault::new(FaultKind::Malformed, message))),
            )
        }
    };
    let from = Name::new(from);
    Box::new(never_none(inputs, from.clone()).map(move |input| {
        let name = match id.is_none() && input.name.as_str() == Some("-") {
            true => from.clone(),
            false => input.name,
        };
        let place = match input.place {
            Place::Lost(fault) => Place::Lost(fault.of_what_was_asked_for()),
            place => place,
        };
        Input {
            name: name.with_id(id.clone()),
            place,
            // Also in an archive: whoever asks about an image that turns out to be one wants to know.
            is_image: true,
            ..input
        }
    }))
}

/// These, or an input that says that there are none: whoever asks waits for an answer.
fn never_none(mut inputs: Inputs, from: Name) -> Inputs {
    let first = inputs.next().unwrap_or_else(|| {
        let message =
            "nothing is there to look at: it is an archive without files, or left out by a flag";
        Input {
            name: from,
            ..Input::lost(Path::new("-"), Fault::new(FaultKind::NotAnImage, message))
        }
    });
    Box::new(std::iter::once(first).chain(inputs))
}

fn once(input: Input) -> Inputs {
    Box::new(std::iter::once(input))
}

fn one(path: PathBuf, open: &mut Option<Open>, options: &SourceOptions) -> Inputs {
    let filter = options.filter.clone();
    let input: Inputs = match holder(&path) {
        Some(file) => Box::new(std::iter::once(member(&path, file, open, options))),
        None if path.is_dir() => Box::new(std::iter::once(Input::file(path.clone()))),
        None => holding(&path, options),
    };
    // A line of a list has no folder above it: its name counts as it stands there.
    Box::new(input.filter(move |input| filter.wants(OsStr::new(""), input)))
}

fn member(path: &Path, file: PathBuf, open: &mut Option<Open>, options: &SourceOptions) -> Input {
    let is_wanted = |input: &Input| input.name.as_os_str() == path.as_os_str();
    let same = open.take().filter(|open| open.file == file);
    let later = same.and_then(|mut open| Some((open.rest.find(is_wanted)?, open.rest)));
    let found = later.or_else(|| {
        let mut rest = holding(&file, options);
        Some((rest.find(is_wanted)?, rest))
    });
    match found {
        Some((input, rest)) => {
            *open = Some(Open { file, rest });
            Input {
                asked_for: true,
                ..input
            }
        }
        None => {
            let message = "the archive holds nothing of this name";
            Input::lost(path, Fault::new(FaultKind::Unreadable, message))
        }
    }
}
