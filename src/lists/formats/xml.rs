//! XML, read as a stream: elements of one namespace, their text and their attributes. What defines or uses entities of its own
//! is refused.

use std::io;

use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::xml_guard::{Limited, MAX_PIECE, TOO_LONG, is_too_long};
use super::{Place, ReadError, Source};

/// Deepest nesting: honest lists have seven levels.
const MAX_DEPTH: usize = 64;

const CUT: &str = "the list ends in the middle; was it cut off?";
const ENTITY: &str = "an entity that XML itself does not define; they are not read";

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// An element begins; [`Xml::name`] and [`Xml::attribute`] tell which.
    Open,
    /// The element ends that began last and has not ended.
    Close,
    /// The list ends.
    End,
}

/// A list that is being read.
pub(super) struct Xml<'a> {
    reader: NsReader<Limited<'a>>,
    namespace: &'static str,
    piece: Vec<u8>,
    depth: usize,
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    /// Whether somebody wants the text that comes.
    kept: bool,
}

impl<'a> Xml<'a> {
    /// Elements of other namespaces than this one have no name.
    ///
    /// # Errors
    /// It is no UTF-8.
    pub(super) fn new(
        source: &'a mut Source<'_>,
        namespace: &'static str,
    ) -> Result<Self, ReadError> {
        let head = source.head().bytes();
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            let message = "UTF-16 text; save the list as UTF-8";
            return Err(ReadError::bad(Place::Line(1), message));
        }
        let mut reader = NsReader::from_reader(Limited::new(source.reader()));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            namespace,
            piece: Vec::new(),
            depth: 0,
            name: String::new(),
            attributes: Vec::new(),
            text: String::new(),
            kept: false,
        })
    }

    /// The name of the element that began last; empty if it is of another namespace.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An attribute of the element that began last.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Something that is wrong here.
    pub(super) fn bad(&self, message: impl Into<String>) -> ReadError {
        ReadError::bad(Place::Line(self.reader.get_ref().line()), message)
    }

    /// The text of the element that has just begun, up to its end.
    ///
    /// # Errors
    /// It is no XML.
    pub(super) fn text(&mut self) -> Result<String, ReadError> {
        self.text.clear();
        self.kept = true;
        let done = self.skip();
        self.kept = false;
        done.map(|()| self.text.trim().to_owned())
    }

    /// Goes on behind the element that has just begun.
    ///
    /// # Errors
    /// It is no XML.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()? == Piece::End {
                return Err(self.bad(CUT));
            }
        }
        Ok(())
    }

    /// Goes on to where an element begins or ends.
    ///
    /// # Errors
    /// It is no XML, or not the plain kind that lists are.
    pub(super) fn next(&mut self) -> Result<Piece, ReadError> {
        loop {
            self.reader.get_mut().next_piece();
            let mut piece = std::mem::take(&mut self.piece);
            piece.clear();
            let found = match self.reader.read_resolved_event_into(&mut piece) {
                Ok((namespace, event)) => {
                    let ours =
                        namespace == ResolveResult::Bound(Namespace(self.namespace.as_bytes()));
                    self.event(ours, &event)
                }
                Err(error) => Err(self.translated(&error)),
            };
            self.piece = piece;
            if let Some(found) = found? {
                return Ok(found);
            }
        }
    }

    fn event(&mut self, ours: bool, event: &Event<'_>) -> Result<Option<Piece>, ReadError> {
        match event {
            Event::Start(start) | Event::Empty(start) => {
                self.open(ours, start)?;
                return Ok(Some(Piece::Open));
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(Some(Piece::Close));
            }
            Event::Eof if self.depth > 0 => return Err(self.bad(CUT)),
            Event::Eof => return Ok(Some(Piece::End)),
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|_| self.no_utf8())?;
                self.push(&text)?;
            }
            Event::CData(text) => {
                let text = text.xml10_content().map_err(|_| self.no_utf8())?;
                self.push(&text)?;
            }
            Event::GeneralRef(reference) => {
                let character = character(reference).ok_or_else(|| self.bad(ENTITY))?;
                self.push(character.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(self.bad("a document type; lists have none")),
            Event::Decl(declaration) => self.declared(declaration)?,
            Event::Comment(_) | Event::PI(_) => {}
        }
        Ok(None)
    }

    fn open(&mut self, ours: bool, start: &BytesStart<'_>) -> Result<(), ReadError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.bad("nested deeper than 64 levels; no list is"));
        }
        self.depth += 1;
        self.name.clear();
        if ours {
            let name = start.local_name();
            let name = std::str::from_utf8(name.as_ref()).map_err(|_| self.no_utf8())?;
            self.name.push_str(name);
        }
        self.attributes.clear();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| self.bad("an attribute is not well formed"))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| self.bad(ENTITY))?;
            let key = String::from_utf8_lossy(attribute.key.as_ref());
            self.attributes.push((key.into_owned(), value.into_owned()));
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), ReadError> {
        let mark = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
        if self.depth == 0 && !text.chars().all(mark) {
            return Err(self.bad("text outside of all elements; expected XML"));
        }
        if self.kept && self.text.len() + text.len() > MAX_PIECE {
            return Err(self.bad(TOO_LONG));
        }
        if self.kept {
            self.text.push_str(text);
        }
        Ok(())
    }

    fn declared(&self, declaration: &BytesDecl<'_>) -> Result<(), ReadError> {
        let utf8 = match declaration.encoding() {
            None => true,
            Some(Ok(name)) => {
                name.eq_ignore_ascii_case(b"utf-8") || name.eq_ignore_ascii_case(b"us-ascii")
            }
            Some(Err(_)) => false,
        };
        if utf8 && self.depth == 0 {
            return Ok(());
        }
        Err(self.bad("this declaration is not that of UTF-8 XML; save the list as UTF-8"))
    }

    fn no_utf8(&self) -> ReadError {
        self.bad("not UTF-8 text; save the list as UTF-8")
    }

    /// The parser's error, without what it quotes.
    fn translated(&self, error: &quick_xml::Error) -> ReadError {
        use quick_xml::Error;
        match error {
            Error::Io(error) if is_too_long(error) => self.bad(TOO_LONG),
            Error::Io(error) => ReadError::Source(io::Error::new(error.kind(), error.to_string())),
            Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                self.bad("`<!` and then neither a comment nor CDATA; this is no XML")
            }
            Error::Syntax(_) => self.bad(CUT),
            Error::IllFormed(_) => {
                self.bad("this is no well-formed XML: do all end tags and references fit?")
            }
            Error::Encoding(_) => self.no_utf8(),
            Error::InvalidAttr(_) | Error::Escape(_) | Error::Namespace(_) => {
                self.bad("this is no well-formed XML: an attribute or a namespace is wrong")
            }
        }
    }
}

/// The character that a reference stands for, by its number or as one of the five that XML defines.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok()?;
    }
    match &**reference {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}
