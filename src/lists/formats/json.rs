//! JSON, read as a stream: objects are taken in key by key, and arrays element by element, so that only one record is in
//! memory. What nobody asks for is skipped.

use std::io::{self, BufReader};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json_guard::{Guarded, refusal};
use super::json_values::Key;
use super::{Entry, Head, Intake, Place, ReadError, Source};

/// Bytes that are parsed at once.
const BUFFER: usize = 64 << 10;

/// Whether a list is JSON and has this key near its beginning.
pub(super) fn has_key(head: Head<'_>, key: &str) -> bool {
    let bytes = head.bytes();
    let quoted = format!("\"{key}\"");
    let mut places = memchr::memmem::find_iter(bytes, &quoted);
    let is_key = |place: usize| {
        let after = bytes.get(place + quoted.len()..).unwrap_or_default();
        after.trim_ascii_start().starts_with(b":")
    };
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) && places.any(is_key)
}

/// An object of a list, put together from its keys in whatever order they come.
///
/// `S` is what takes in what it says: the list as a whole, or the object around it.
pub(super) trait Object<S> {
    /// What it is called in errors.
    const EXPECTED: &'static str;

    /// Takes in the value of a key; `false` if it has no use for it.
    ///
    /// # Errors
    /// The value is not what the key has.
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut S,
    ) -> Result<bool, A::Error>;

    /// All keys were there: hands on what it says.
    ///
    /// # Errors
    /// Something is missing or does not fit together.
    fn end<E: Error>(self, sink: &mut S) -> Result<(), E>;

    /// A text stands where the object was expected; only some forms allow that.
    ///
    /// # Errors
    /// It is not allowed.
    fn text<E: Error>(self, _: &str, _: &mut S) -> Result<(), E>
    where
        Self: Sized,
    {
        Err(E::custom(expected(Self::EXPECTED)))
    }
}

/// What stands in place of a value of another type.
fn expected(what: &str) -> String {
    format!("expected {what}")
}

/// One object, or `null` for none.
pub(super) struct One<'s, O, S> {
    pub(super) object: O,
    pub(super) sink: &'s mut S,
}

impl<'de, O: Object<S>, S> DeserializeSeed<'de> for One<'_, O, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de, O: Object<S>, S> Visitor<'de> for One<'_, O, S> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(O::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut key = String::new();
        while map.next_key_seed(Key(&mut key))?.is_some() {
            if !self.object.take(&key, &mut map, self.sink)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        self.object.end(self.sink)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.object.text(text, self.sink)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// An array of objects, or nothing.
pub(super) struct Many<'s, F, S> {
    /// Makes an empty object.
    pub(super) make: F,
    pub(super) sink: &'s mut S,
}

impl<'de, O: Object<S>, F: Fn() -> O, S> DeserializeSeed<'de> for Many<'_, F, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de, O: Object<S>, F: Fn() -> O, S> Visitor<'de> for Many<'_, F, S> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an array, each element {}", O::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        loop {
            let object = (self.make)();
            let sink = &mut *self.sink;
            if elements.next_element_seed(One { object, sink })?.is_none() {
                return Ok(());
            }
        }
    }
}

/// A record of a service's answer.
pub(super) trait Paged: Default {
    /// The key under which an answer has its records.
    const KEY: &'static str;
    /// What an answer is called in errors.
    const ANSWER: &'static str;
}

/// One answer of a service: an object of which one key has the records.
pub(super) struct Page<R> {
    found: bool,
    records: std::marker::PhantomData<R>,
}

impl<R> Default for Page<R> {
    fn default() -> Self {
        Self {
            found: false,
            records: std::marker::PhantomData,
        }
    }
}

impl<S, R: Object<S> + Paged> Object<S> for Page<R> {
    const EXPECTED: &'static str = R::ANSWER;

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut S,
    ) -> Result<bool, A::Error> {
        if key != R::KEY {
            return Ok(false);
        }
        self.found = true;
        let make = R::default;
        map.next_value_seed(Many { make, sink })?;
        Ok(true)
    }

    fn end<E: Error>(self, _: &mut S) -> Result<(), E> {
        match self.found {
            true => Ok(()),
            false => Err(E::custom(format!("no `{}` in this object", R::KEY))),
        }
    }
}

/// A whole document: an object, or an array of them.
struct Document<'s, F, S>(Many<'s, F, S>);

impl<'de, O: Object<S>, F: Fn() -> O, S> DeserializeSeed<'de> for Document<'_, F, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de, O: Object<S>, F: Fn() -> O, S> Visitor<'de> for Document<'_, F, S> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, or an array of such", O::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let object = (self.0.make)();
        let sink = self.0.sink;
        One { object, sink }.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<(), A::Error> {
        self.0.visit_seq(elements)
    }
}

/// Where records hand on what they say.
pub(super) struct Handover<'a> {
    intake: &'a mut dyn Intake,
    failed: Option<io::Error>,
}

impl Handover<'_> {
    /// One entry.
    pub(super) fn entry<E: Error>(&mut self, entry: Entry) -> Result<(), E> {
        let done = self.intake.entry(entry);
        self.done(done)
    }

    /// What came before under this id no longer holds.
    pub(super) fn withdraw<E: Error>(&mut self, id: &str) -> Result<(), E> {
        let done = self.intake.withdraw(id);
        self.done(done)
    }

    /// Something is left out on purpose.
    pub(super) fn leave_out(&mut self, why: &'static str) {
        self.intake.leave_out(why);
    }

    /// The parser's errors cannot carry others, so this one waits until the parser has stopped.
    fn done<E: Error>(&mut self, done: io::Result<()>) -> Result<(), E> {
        done.map_err(|error| {
            self.failed = Some(error);
            E::custom("it cannot be kept")
        })
    }
}

/// Reads a list of one document or several, one after the other, each of which is one of these objects or an array of them.
///
/// # Errors
/// The first place that is wrong.
pub(super) fn read<'a, O: for<'i> Object<Handover<'i>>>(
    source: &'a mut Source<'_>,
    intake: &'a mut dyn Intake,
    make: fn() -> O,
) -> Result<(), ReadError> {
    let head = source.head().bytes();
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        let message = "UTF-16 text; save the list as UTF-8";
        return Err(ReadError::bad(Place::Line(1), message));
    }
    let guarded = Guarded::new(source.reader());
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(BUFFER, guarded));
    let mut sink = Handover {
        intake,
        failed: None,
    };
    let mut documents = 0_u64;
    let done = loop {
        match json.end() {
            Ok(()) => break Ok(()),
            Err(error) if error.is_io() => break Err(error),
            Err(_) => {}
        }
        documents += 1;
        let sink = &mut sink;
        if let Err(error) = Document(Many { make, sink }).deserialize(&mut json) {
            break Err(error);
        }
    };
    match (done, sink.failed) {
        (Err(_), Some(failed)) => Err(ReadError::Intake(failed)),
        (Err(error), None) => Err(translated(error)),
        (Ok(()), _) if documents == 0 => Err(ReadError::bad(
            Place::Whole,
            format!("it is empty; {}", expected(O::EXPECTED)),
        )),
        (Ok(()), _) => Ok(()),
    }
}

/// The parser's error, without what it quotes.
fn translated(error: serde_json::Error) -> ReadError {
    let place = Place::Column(error.line() as u64, error.column() as u64);
    if error.is_io() {
        // The parser says nothing of the place of these, and what refused to read on knows best.
        let error = io::Error::from(error);
        return match refusal(&error) {
            Some((place, message)) => ReadError::bad(place, message),
            None => ReadError::Source(error),
        };
    }
    ReadError::bad(place, explained(&error))
}

/// What is wrong, without what the parser quotes.
pub(super) fn explained(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "the list ends in the middle; was it cut off?".to_owned();
    }
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(text, _)| text);
    if error.is_syntax() {
        return format!("this is no JSON: {text}");
    }
    // A value of a wrong type is quoted, and then follows what the code here expected.
    match text.rsplit_once(", expected ") {
        Some((_, what)) => expected(what),
        None => text.to_owned(),
    }
}
